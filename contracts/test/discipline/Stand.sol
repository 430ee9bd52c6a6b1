// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev A worker with a stake, applications that it serves, a court.
abstract contract Stand is Fixture {
    address internal constant ANYONE = address(0xA27);
    uint128 internal constant STAKE = uint128(WORKER_STAKE);
    uint128 internal constant BOND = 0.1 ether;
    bytes32 internal constant EVIDENCE = keccak256("evidence");
    uint16 internal constant WORKER = 1;

    IComplaints internal complaints;

    function setUp() public virtual override {
        super.setUp();
        complaints = IComplaints(deploy("Complaints", abi.encode(manager, cloud, subnet, rules())));
        vm.startPrank(ADMIN);
        allow(address(complaints), IComplaints.uphold.selector, Roles.COURT);
        allow(address(complaints), IComplaints.rejectFrivolous.selector, Roles.COURT);
        manager.grantRole(Roles.SLASHER, address(complaints), 0);
        vm.stopPrank();
    }

    function rules() internal pure returns (IComplaints.Rules memory) {
        return
            IComplaints.Rules({bondWei: BOND, reachSeconds: 14 days, answerSeconds: 3 days, decisionSeconds: 21 days});
    }

    /// @dev An application that its worker serves: created a second ago, with evidence of then.
    function served(address owner) internal returns (uint64 appId) {
        uint256 time = block.timestamp;
        uint256 number = block.number;
        vm.warp(time - 1);
        vm.roll(number - 1);
        uint256 depositWei = 0.001 ether;
        bytes32 name = bytes32(uint256(cloud.appCount()) + 1);
        vm.deal(owner, owner.balance + depositWei);
        vm.prank(owner);
        appId = cloud.create{value: depositWei}(
            name, WORKER_ID, address(0), depositWei, terms(), MANIFEST, type(uint256).max
        );
        vm.warp(time);
        vm.roll(number);
        attest(appId, 1, 0, 1);
    }

    function end(uint64 appId) internal {
        vm.prank(cloud.app(appId).owner);
        cloud.terminate(appId);
    }

    function file(uint64 appId, uint128 claimedWei) internal returns (uint64) {
        return fileAs(cloud.app(appId).owner, appId, claimedWei);
    }

    function fileAs(address owner, uint64 appId, uint128 claimedWei) internal returns (uint64) {
        vm.deal(owner, owner.balance + BOND);
        vm.prank(owner);
        return complaints.file{value: BOND}(appId, 1, claimedWei, EVIDENCE, "https://example.org/evidence");
    }

    function answered(uint64 id) internal {
        vm.prank(WORKER_OWNER);
        complaints.answer(id, EVIDENCE, "");
    }

    /// @dev The worker ends its business and asks for all of its stake.
    function leave() internal {
        for (uint64 appId = 1; appId <= cloud.appCount(); appId++) {
            end(appId);
        }
        vm.prank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        request(STAKE);
    }

    function request(uint128 amountWei) internal {
        vm.prank(WORKER_OWNER);
        subnet.requestWithdrawal(WORKER, WORKER_ID, amountWei);
    }

    function hand(uint64 appId, address to) internal {
        vm.prank(cloud.app(appId).owner);
        cloud.offerOwnership(appId, to);
        vm.prank(to);
        cloud.takeOwnership(appId);
    }

    function locked() internal view returns (uint256) {
        ISubnet.Stake memory s = subnet.stake(WORKER, WORKER_ID);
        return s.lockedBondedWei + s.lockedUnbondingWei;
    }

    function staked() internal view returns (uint256) {
        ISubnet.Stake memory s = subnet.stake(WORKER, WORKER_ID);
        return s.bondedWei + s.unbondingWei;
    }

    function statusOf(uint64 id) internal view returns (IComplaints.Status) {
        return complaints.complaint(id).status;
    }

    function refuse(bytes memory reason) internal {
        vm.expectRevert(reason);
    }
}
