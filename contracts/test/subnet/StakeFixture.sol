// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";
import {Apps} from "./Apps.sol";

/// @dev Worker 1 has 10 ether bonded; level 1 and nothing reserved take 1.5 of them.
abstract contract StakeFixture is NetworkFixture {
    uint16 internal constant WORKER = 1;
    uint16 internal constant DSECRET = 2;
    uint128 internal constant MINIMUM = 1.5 ether;
    address payable internal constant TO = payable(address(0x70));

    function request(uint128 amountWei) internal {
        vm.prank(WORKER_OWNER);
        subnet.requestWithdrawal(WORKER, WORKER_ID, amountWei);
    }

    function cancel() internal {
        vm.prank(WORKER_OWNER);
        subnet.cancelWithdrawal(WORKER, WORKER_ID);
    }

    function withdraw() internal returns (uint256) {
        vm.prank(WORKER_OWNER);
        return subnet.withdrawStake(WORKER, WORKER_ID, TO);
    }

    function withdrawRefused(bytes memory why) internal {
        vm.prank(WORKER_OWNER);
        vm.expectRevert(why);
        subnet.withdrawStake(WORKER, WORKER_ID, TO);
    }

    function nothing() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISubnet.NothingToWithdraw.selector);
    }

    function lock(uint128 amountWei) internal returns (uint128 bondedWei, uint128 unbondingWei) {
        vm.prank(SLASHER);
        return subnet.lockStake(WORKER, WORKER_ID, amountWei);
    }

    function unlock(uint128 bondedWei, uint128 unbondingWei) internal {
        vm.prank(SLASHER);
        subnet.unlockStake(WORKER, WORKER_ID, bondedWei, unbondingWei);
    }

    function slash(uint128 bondedWei, uint128 unbondingWei, uint256 lossWei) internal {
        vm.prank(SLASHER);
        subnet.slashLocked(WORKER, WORKER_ID, bondedWei, unbondingWei, address(0xC1A), lossWei);
    }

    function stake() internal view returns (ISubnet.Stake memory) {
        return subnet.stake(WORKER, WORKER_ID);
    }

    function linked() internal returns (Apps apps) {
        apps = new Apps(subnet);
        vm.prank(ADMIN);
        subnet.setCloud(address(apps));
    }

    /// @dev All that is owed, by who is owed.
    function owed() internal view returns (uint256 total) {
        for (uint64 id = 1; id <= subnet.workerCount(); id++) {
            ISubnet.Stake memory s = subnet.stake(WORKER, id);
            total += uint256(s.bondedWei) + s.unbondingWei;
        }
        for (uint64 id = 1; id <= subnet.nodeCount(); id++) {
            ISubnet.Stake memory s = subnet.stake(DSECRET, id);
            total += uint256(s.bondedWei) + s.unbondingWei;
        }
        total += subnet.credit(TREASURY) + subnet.credit(address(0xC1A)) + subnet.credit(address(this));
    }

    function balances() internal view {
        same(subnet.liabilitiesWei(), owed(), "liabilities are what is owed");
        same(address(subnet).balance, owed(), "and the balance is no less");
    }
}
