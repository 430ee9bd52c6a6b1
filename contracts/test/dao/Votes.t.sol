// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IMembers} from "../../src/dao/IMembers.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {WeteeToken} from "../../src/dao/WeteeToken.sol";
import {vm} from "../Vm.sol";
import {Call, DaoFixture} from "./DaoFixture.sol";

/// @dev Lends what it holds for one call and wants all of it back at its end.
contract Lender {
    WeteeToken private immutable token;

    constructor(WeteeToken token_) {
        token = token_;
    }

    function lend(uint256 amount, bytes calldata data) external {
        uint256 before = token.balanceOf(address(this));
        token.transfer(msg.sender, amount);
        (bool taken, bytes memory returned) = msg.sender.call(data);
        if (!taken) {
            assembly {
                revert(add(returned, 0x20), mload(returned))
            }
        }
        require(token.balanceOf(address(this)) == before, "not paid back");
    }
}

/// @dev Takes a decision over with votes that it has for one transaction.
contract Borrower {
    WeteeToken private immutable token;
    WeteeGovernor private immutable track;
    Lender private immutable lender;

    constructor(WeteeToken token_, WeteeGovernor track_, Lender lender_) {
        (token, track, lender) = (token_, track_, lender_);
        token_.delegate(address(this));
    }

    function attack(uint256 amount, bytes calldata call) external {
        lender.lend(amount, abi.encodeCall(this.act, (amount, call)));
    }

    function act(uint256 amount, bytes calldata call) external {
        (bool taken, bytes memory returned) = address(track).call(call);
        token.transfer(address(lender), amount);
        if (taken) return;
        assembly {
            revert(add(returned, 0x20), mload(returned))
        }
    }
}

contract VotesTest is DaoFixture {
    string private constant TEXT = "open the register";

    Call[] private open;
    Lender private lender;
    Borrower private borrower;

    function setUp() public override {
        super.setUp();
        open.push(Call(address(members), 0, abi.encodeCall(IMembers.setPublicJoin, (true))));
        lender = new Lender(token);
        borrower = new Borrower(token, normal, lender);
        vm.prank(holders[0]);
        token.transfer(address(lender), SUPPLY * 4 / 10);
        vm.warp(block.timestamp + 1);
    }

    function votesFor(uint256 id) private view returns (uint256 votes) {
        (, votes,) = normal.proposalVotes(id);
    }

    // -- borrowed votes

    function test_borrowed_votes_do_not_propose() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        bytes memory call = abi.encodeCall(IGovernor.propose, (targets, values, datas, TEXT));
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, address(borrower), 0, SUPPLY / 100
            )
        );
        borrower.attack(SUPPLY * 4 / 10, call);
    }

    function test_borrowed_votes_weigh_nothing_whenever_they_are_cast() public {
        uint256 id = propose(normal, open, TEXT);
        bytes memory call = abi.encodeCall(IGovernor.castVote, (id, 1));
        vm.warp(normal.proposalSnapshot(id));
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        borrower.attack(SUPPLY * 4 / 10, call);
        toVoting(normal, id);
        borrower.attack(SUPPLY * 4 / 10, call);
        vm.assertEq(votesFor(id), 0, "weight");
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Defeated);
    }

    function test_votes_borrowed_and_given_back_in_the_second_of_the_snapshot_weigh_nothing() public {
        uint256 id = propose(normal, open, TEXT);
        vm.warp(normal.proposalSnapshot(id));
        // A call that does nothing: the votes are there and gone within the second.
        borrower.attack(SUPPLY * 4 / 10, abi.encodeCall(IGovernor.state, (id)));
        toVoting(normal, id);
        vm.prank(address(borrower));
        normal.castVote(id, 1);
        vm.assertEq(votesFor(id), 0, "weight");
    }

    // -- one vote each

    function test_a_second_vote_is_refused() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 1, 1);
        vm.prank(holders[1]);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, holders[1]));
        normal.castVote(id, 0);
    }

    function test_tokens_that_have_voted_do_not_vote_again_for_their_next_owner() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 1, 1);
        vm.startPrank(holders[1]);
        token.transfer(OUTSIDER, SUPPLY * 3 / 10);
        vm.stopPrank();
        vm.prank(OUTSIDER);
        token.delegate(OUTSIDER);
        vm.warp(block.timestamp + 1);
        vm.prank(OUTSIDER);
        normal.castVote(id, 1);
        vm.assertEq(votesFor(id), SUPPLY * 3 / 10, "counted once");
    }

    function test_who_sells_after_the_snapshot_still_votes() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vm.prank(holders[1]);
        token.transfer(OUTSIDER, SUPPLY * 3 / 10);
        vote(normal, id, 1, 1);
        vm.assertEq(votesFor(id), SUPPLY * 3 / 10, "weight at the snapshot");
    }

    function test_a_delegate_votes_with_what_it_was_given_and_its_giver_does_not() public {
        vm.prank(holders[2]);
        token.delegate(holders[3]);
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 3, 1);
        vote(normal, id, 2, 1);
        vm.assertEq(votesFor(id), SUPPLY * 3 / 10, "both shares, once");
    }

    function test_a_delegation_during_the_vote_changes_only_later_ones() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vm.prank(holders[2]);
        token.delegate(holders[3]);
        vm.warp(block.timestamp + 1);
        vote(normal, id, 3, 1);
        vm.assertEq(votesFor(id), SUPPLY / 10, "only its own");
    }

    function test_an_unknown_kind_of_vote_is_refused() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vm.prank(holders[1]);
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        normal.castVote(id, 3);
    }

    // -- late quorum

    function test_a_quorum_reached_late_leaves_a_day_to_answer() public {
        uint256 id = propose(normal, open, TEXT);
        uint256 deadline = normal.proposalDeadline(id);
        vm.warp(deadline);
        vote(normal, id, 2, 1);
        vm.assertEq(normal.proposalDeadline(id), deadline + 1 days, "put off");
        vm.warp(deadline + 1 days);
        vote(normal, id, 1, 0);
        vm.assertEq(normal.proposalDeadline(id), deadline + 1 days, "put off once");
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Defeated);
    }

    function test_a_quorum_reached_early_puts_nothing_off() public {
        uint256 id = propose(normal, open, TEXT);
        uint256 deadline = normal.proposalDeadline(id);
        vm.warp(deadline - 1 days);
        vote(normal, id, 2, 1);
        vm.assertEq(normal.proposalDeadline(id), deadline, "not put off");
    }

    // -- by signature

    function ballot(WeteeGovernor track, uint256 id, uint8 support, address voter, uint256 nonce)
        private
        view
        returns (bytes32)
    {
        bytes32 structHash = keccak256(abi.encode(track.BALLOT_TYPEHASH(), id, support, voter, nonce));
        (, string memory name, string memory version, uint256 chain, address where,,) = track.eip712Domain();
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(abi.encode(kind, keccak256(bytes(name)), keccak256(bytes(version)), chain, where));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signed(bytes32 digest, uint256 key) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function test_a_signed_vote_counts_once_and_on_its_own_track_alone() public {
        address voter = vm.addr(0x516);
        vm.prank(holders[1]);
        token.transfer(voter, 10);
        vm.prank(voter);
        token.delegate(voter);
        uint256 id = propose(normal, open, TEXT);
        uint256 same = propose(fast, open, TEXT);
        vm.assertEq(id, same, "one id on both tracks");
        bytes memory signature = signed(ballot(normal, id, 1, voter, 0), 0x516);
        toVoting(fast, id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        fast.castVoteBySig(id, 1, voter, signature);
        toVoting(normal, id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        normal.castVoteBySig(id, 0, voter, signature);
        normal.castVoteBySig(id, 1, voter, signature);
        vm.assertEq(votesFor(id), 10, "counted");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        normal.castVoteBySig(id, 1, voter, signature);
    }
}
