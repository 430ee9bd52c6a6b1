// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {vm} from "../Vm.sol";
import {ReleaseStand} from "./ReleaseStand.sol";

contract ReleasesTest is ReleaseStand {
    address private constant REPORTER = address(0x5EE);

    function test_every_lie_convicts_and_every_right_release_does_not() external {
        uint256 judged = 0;
        for (uint256 i = 0; i < caseCount(); i++) {
            string memory committee = committeeOf(i);
            if (keccak256(bytes(committee)) == keccak256("large")) continue;
            uint256 state = vm.snapshotState();
            confirmShares(committee);
            Case memory c = readCase(i);
            if (!c.wrong) vm.expectRevert(IMisconduct.ReleaseRight.selector);
            misconduct.reportRelease(c.signed, c.hints);
            vm.assertEq(misconduct.isConvicted(2) ? 1 : 0, c.wrong ? 1 : 0, c.name);
            holds(!misconduct.isConvicted(1) && !misconduct.isConvicted(3), "nobody else");
            vm.revertToState(state);
            judged++;
        }
        holds(judged >= 40, "there are cases");
    }
}
