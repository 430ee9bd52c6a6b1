// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Complaints} from "../../src/discipline/Complaints.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {vm} from "../Vm.sol";
import {CloudDouble, SubnetDouble} from "./Doubles.sol";

/// @dev A worker with a stake, applications that it serves, a court.
abstract contract Stand {
    address internal constant ADMIN = address(0xAD);
    address internal constant COURT = address(0xC0487);
    address internal constant TREASURY = address(0x7EA5);
    address internal constant OWNER = address(0x0A11);
    address internal constant WORKER_OWNER = address(0x3081);
    address internal constant WORKER_OPERATOR = address(0x3082);
    address internal constant ANYONE = address(0xA27);
    uint64 internal constant WORKER_ID = 1;
    uint128 internal constant STAKE = 10 ether;
    uint128 internal constant BOND = 0.1 ether;
    bytes32 internal constant EVIDENCE = keccak256("evidence");
    uint16 internal constant WORKER = 1;

    IComplaints internal complaints;
    AccessManager internal manager;
    ISubnet internal subnet;
    CloudDouble internal cloud;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = new AccessManager(ADMIN);
        SubnetDouble made = new SubnetDouble(WORKER_OWNER, WORKER_OPERATOR);
        subnet = ISubnet(address(made));
        cloud = new CloudDouble();
        complaints = new Complaints(address(manager), ICloud(address(cloud)), subnet, rules());
        vm.deal(address(made), STAKE);
        made.set(STAKE);
        grantCourt();
    }

    function grantCourt() internal {
        bytes4[] memory decisions = new bytes4[](2);
        decisions[0] = IComplaints.uphold.selector;
        decisions[1] = IComplaints.rejectFrivolous.selector;
        vm.startPrank(ADMIN);
        manager.setTargetFunctionRole(address(complaints), decisions, Roles.COURT);
        manager.grantRole(Roles.COURT, COURT, 0);
        vm.stopPrank();
    }

    function rules() internal pure returns (IComplaints.Rules memory) {
        return
            IComplaints.Rules({bondWei: BOND, reachSeconds: 14 days, answerSeconds: 3 days, decisionSeconds: 21 days});
    }

    function served(address owner) internal returns (uint64 appId) {
        return cloud.serve(owner, WORKER_ID);
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

    function request(uint128 amountWei) internal {
        vm.prank(WORKER_OWNER);
        subnet.requestWithdrawal(WORKER, WORKER_ID, amountWei);
    }

    function hand(uint64 appId, address to) internal {
        cloud.hand(appId, to);
    }

    function advance(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
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

    function same(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function holds(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }
}
