// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembers} from "../../src/dao/IMembers.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {vm} from "../Vm.sol";
import {Call, DaoFixture} from "../dao/DaoFixture.sol";

/// @dev What each function of the DAO costs, see CloudGas.t.sol; what is restricted as the treasury calls it, without the
/// proposal around it. Written to snapshots/Dao.json.
contract DaoGasTest is DaoFixture {
    uint256 private constant KEY = 0xF15;

    function note(string memory name) private {
        vm.snapshotGasLastCall("Dao", name);
    }

    function openRegister() private view returns (Call[] memory) {
        return single(address(members), 0, abi.encodeCall(IMembers.setPublicJoin, (true)));
    }

    function test_proposal() public {
        uint256 id = propose(normal, openRegister(), "open the register");
        note("propose, one call");
        toVoting(normal, id);
        vote(normal, id, 0, 1);
        note("castVote, first");
        vote(normal, id, 1, 1);
        note("castVote");
        vm.prank(holders[2]);
        normal.castVoteWithReason(id, 1, "members know their friends");
        note("castVoteWithReason");
        bytes32 kind = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
        bytes32 ballot = keccak256(abi.encode(kind, id, uint8(1), vm.addr(KEY), uint256(0)));
        bytes memory signature = sign(governorDigest(ballot));
        normal.castVoteBySig(id, 1, vm.addr(KEY), signature);
        note("castVoteBySig, without votes");
        afterVoting(normal, id);
        queue(normal, openRegister(), "open the register");
        note("queue, one call");
        vm.warp(normal.proposalEta(id));
        execute(normal, openRegister(), "open the register");
        note("execute, one call");
        propose(normal, openRegister(), "once more");
        cancelBy(MEMBER, normal, openRegister(), "once more");
        note("cancel");
        vm.prank(GUARDIAN);
        normal.resignGuardian();
        note("resignGuardian");
    }

    function test_settings() public {
        vm.startPrank(address(treasury));
        normal.setVotingDelay(2 days);
        note("setVotingDelay");
        normal.setVotingPeriod(6 days);
        note("setVotingPeriod");
        normal.setProposalThreshold(1);
        note("setProposalThreshold");
        normal.updateQuorumNumerator(16);
        note("updateQuorumNumerator");
        normal.setLateQuorumVoteExtension(2 days);
        note("setLateQuorumVoteExtension");
        normal.relay(address(members), 0, abi.encodeCall(IMembers.memberCount, ()));
        note("relay");
        treasury.updateDelay(3 days);
        note("updateDelay");
        authority.grantRole(Roles.COURT, OUTSIDER, 0);
        note("grantRole");
        authority.revokeRole(Roles.COURT, OUTSIDER);
        note("revokeRole");
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IMembers.add.selector;
        authority.setTargetFunctionRole(address(members), selectors, Roles.COURT);
        note("setTargetFunctionRole, one function");
    }

    function test_members() public {
        vm.startPrank(address(treasury));
        members.add(OUTSIDER);
        note("add");
        members.remove(OUTSIDER);
        note("remove");
        members.setPublicJoin(true);
        note("setPublicJoin");
        vm.stopPrank();
        vm.prank(OUTSIDER);
        members.join();
        note("join");
        vm.prank(OUTSIDER);
        members.resign();
        note("resign");
    }

    function test_token() public {
        vm.prank(address(treasury));
        token.issue(OUTSIDER, 1 ether);
        note("issue");
        vm.startPrank(OUTSIDER);
        token.delegate(MEMBER);
        note("delegate");
        token.transfer(holders[0], 0.5 ether);
        note("transfer, both with votes");
        token.approve(MEMBER, 0.1 ether);
        note("approve");
        vm.stopPrank();
        vm.prank(MEMBER);
        token.transferFrom(OUTSIDER, holders[0], 0.1 ether);
        note("transferFrom, both with votes");
        (address owner, uint256 deadline) = (vm.addr(KEY), block.timestamp);
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 permit = keccak256(abi.encode(kind, owner, MEMBER, uint256(7), uint256(0), deadline));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, typed(token.DOMAIN_SEPARATOR(), permit));
        token.permit(owner, MEMBER, 7, deadline, v, r, s);
        note("permit");
        kind = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        bytes32 delegation = keccak256(abi.encode(kind, MEMBER, uint256(1), deadline));
        (v, r, s) = vm.sign(KEY, typed(token.DOMAIN_SEPARATOR(), delegation));
        token.delegateBySig(MEMBER, 1, deadline, v, r, s);
        note("delegateBySig, without tokens");
    }

    function sign(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }

    function governorDigest(bytes32 structHash) private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = normal.eip712Domain();
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain =
            keccak256(abi.encode(kind, keccak256(bytes(name)), keccak256(bytes(version)), chainId, verifier));
        return typed(domain, structHash);
    }

    function typed(bytes32 domain, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
