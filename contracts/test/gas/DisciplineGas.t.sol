// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {MisconductStand} from "../discipline/MisconductStand.sol";
import {ReleaseStand} from "../discipline/ReleaseStand.sol";
import {vm} from "../Vm.sol";

/// @dev What each function of Complaints and Misconduct costs, see CloudGas.t.sol. Written to snapshots/Discipline.json.
contract DisciplineGasTest is MisconductStand {
    uint128 private constant BOND = 0.1 ether;

    IComplaints private complaints;
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        complaints = IComplaints(deploy("Complaints", abi.encode(manager, cloud, subnet, rules())));
        vm.startPrank(ADMIN);
        allow(address(complaints), IComplaints.uphold.selector, Roles.COURT);
        allow(address(complaints), IComplaints.rejectFrivolous.selector, Roles.COURT);
        manager.grantRole(Roles.SLASHER, address(complaints), 0);
        vm.stopPrank();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
        vm.deal(OWNER, 1 ether);
    }

    function rules() private pure returns (IComplaints.Rules memory) {
        return
            IComplaints.Rules({bondWei: BOND, reachSeconds: UNBONDING, answerSeconds: 3 days, decisionSeconds: 14 days});
    }

    function note(string memory name) private {
        vm.snapshotGasLastCall("Discipline", name);
    }

    function file() private returns (uint64) {
        vm.prank(OWNER);
        return complaints.file{value: BOND}(appId, 1, 1 ether, "evidence", "https://example.org/evidence");
    }

    function test_complaints() public {
        uint64 id = file();
        note("file, first");
        vm.prank(WORKER_OPERATOR);
        complaints.answer(id, "answer", "https://example.org/answer");
        note("answer");
        vm.prank(COURT);
        complaints.uphold(id, 0.5 ether, 0.25 ether);
        note("uphold, half of what is locked");
        vm.prank(OWNER);
        complaints.withdraw(payable(OWNER));
        note("withdraw");
        id = file();
        note("file");
        vm.prank(COURT);
        complaints.rejectFrivolous(id);
        note("rejectFrivolous");
        id = file();
        vm.prank(COURT);
        complaints.dismiss(id);
        note("dismiss");
        vm.prank(ADMIN);
        complaints.setRules(rules());
        note("setRules");
    }

    function test_misconduct() public {
        IMisconduct.SignedLease memory one = signed(lease(1), 0);
        IMisconduct.SignedLease memory other = signed(otherPlatform(lease(1)), 0);
        misconduct.reportLeases(one, other);
        note("reportLeases, batches of one");
        IQuorum.CommitteeConfirmed memory changed = confirmed();
        changed.threshold++;
        IMisconduct.SignedConfirmation memory first = confirms(confirmed(), 1);
        IMisconduct.SignedConfirmation memory second = confirms(changed, 1);
        misconduct.reportConfirmations(first, second);
        note("reportConfirmations");
        IKeys.SessionMessage memory otherBody = message();
        otherBody.bodyDigest = keccak256("another body");
        IMisconduct.SignedMessage memory said = says(message(), 2);
        IMisconduct.SignedMessage memory saidOtherwise = says(otherBody, 2);
        misconduct.reportMessages(said, saidOtherwise);
        note("reportMessages");
        vm.prank(ADMIN);
        misconduct.setReward(100);
        note("setReward");
    }
}

/// @dev What it costs to convict a member of a committee of 64 by a release of 1, 4 and 16 items.
contract ReleaseGasTest is ReleaseStand {
    function members() internal pure override returns (uint256 size, uint16 threshold) {
        return (64, 33);
    }

    function setUp() public override {
        super.setUp();
        confirmShares("large");
    }

    function test_release_of_1() public {
        report("wrong, 1 of 64 members", "reportRelease, 1 item, committee of 64");
    }

    function test_release_of_4() public {
        report("wrong, 4 of 64 members", "reportRelease, 4 items, committee of 64");
    }

    function test_release_of_16() public {
        report("wrong, 16 of 64 members", "reportRelease, 16 items, committee of 64");
    }

    function report(string memory name, string memory what) private {
        Case memory c = caseOf(name);
        misconduct.reportRelease(c.signed, c.hints);
        vm.snapshotGasLastCall("Discipline", what);
        holds(misconduct.isConvicted(2), "convicted");
    }
}
