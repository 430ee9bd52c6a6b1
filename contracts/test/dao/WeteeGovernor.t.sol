// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IMembers} from "../../src/dao/IMembers.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {vm} from "../Vm.sol";
import {Call, DaoFixture} from "./DaoFixture.sol";

contract WeteeGovernorTest is DaoFixture {
    string private constant TEXT = "open the register";

    Call[] private open;

    function setUp() public override {
        super.setUp();
        open.push(Call(address(members), 0, abi.encodeCall(IMembers.setPublicJoin, (true))));
    }

    function refuse(WeteeGovernor track, bytes memory call, bytes memory why) private {
        (bool taken, bytes memory returned) = address(track).call(call);
        vm.assertTrue(!taken && keccak256(returned) == keccak256(why), "refused for another reason");
    }

    function argumentsOf(bytes4 selector, string memory description) private view returns (bytes memory) {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        return abi.encodeWithSelector(selector, targets, values, datas, keccak256(bytes(description)));
    }

    function wrongState(uint256 id, IGovernor.ProposalState current, bytes32 allowed)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, id, current, allowed);
    }

    function only(IGovernor.ProposalState state) private pure returns (bytes32) {
        return bytes32(1 << uint8(state));
    }

    function proposeBy(address proposer, string memory description) private returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        vm.prank(proposer);
        return normal.propose(targets, values, datas, description);
    }

    // -- life

    function test_a_proposal_lives_from_pending_to_executed() public {
        uint256 id = propose(normal, open, TEXT);
        assertState(normal, id, IGovernor.ProposalState.Pending);
        vm.warp(normal.proposalSnapshot(id));
        assertState(normal, id, IGovernor.ProposalState.Pending);
        toVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Active);
        vote(normal, id, 0, 1);
        vm.warp(normal.proposalDeadline(id));
        assertState(normal, id, IGovernor.ProposalState.Active);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Succeeded);
        queue(normal, open, TEXT);
        assertState(normal, id, IGovernor.ProposalState.Queued);
        vm.warp(normal.proposalEta(id));
        execute(normal, open, TEXT);
        assertState(normal, id, IGovernor.ProposalState.Executed);
        vm.assertTrue(members.publicJoin(), "done");
    }

    function test_nothing_runs_before_the_timelock_is_over() public {
        uint256 id = bringToExecution(normal, open, TEXT);
        vm.warp(normal.proposalEta(id) - 1);
        (bool early,) = address(normal).call(argumentsOf(IGovernor.execute.selector, TEXT));
        vm.warp(normal.proposalEta(id));
        (bool due,) = address(normal).call(argumentsOf(IGovernor.execute.selector, TEXT));
        vm.assertTrue(!early && due && members.publicJoin(), "a second too early");
    }

    function test_nothing_is_executed_twice() public {
        uint256 id = bringToExecution(normal, open, TEXT);
        execute(normal, open, TEXT);
        refuse(
            normal,
            argumentsOf(IGovernor.execute.selector, TEXT),
            wrongState(id, IGovernor.ProposalState.Executed, only(IGovernor.ProposalState.Queued))
        );
    }

    function test_more_votes_against_defeat_it() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 0, 0);
        vote(normal, id, 1, 1);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Defeated);
        refuse(
            normal,
            argumentsOf(IGovernor.queue.selector, TEXT),
            wrongState(id, IGovernor.ProposalState.Defeated, only(IGovernor.ProposalState.Succeeded))
        );
    }

    function test_a_tie_defeats_it() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 0, 0);
        vote(normal, id, 1, 1);
        vote(normal, id, 3, 1);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Defeated);
    }

    function test_the_quorum_is_met_exactly_and_missed_by_one_vote() public {
        vm.prank(holders[2]);
        token.transfer(holders[3], SUPPLY / 20);
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 3, 1);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Succeeded);
        vm.prank(holders[3]);
        token.transfer(holders[2], 1);
        id = propose(normal, open, "one vote less");
        toVoting(normal, id);
        vote(normal, id, 3, 1);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Defeated);
    }

    function test_abstentions_count_for_the_quorum_alone() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 3, 1);
        vote(normal, id, 0, 2);
        afterVoting(normal, id);
        assertState(normal, id, IGovernor.ProposalState.Succeeded);
    }

    function test_a_vote_before_or_after_its_time_is_refused() public {
        uint256 id = propose(normal, open, TEXT);
        bytes memory call = abi.encodeCall(IGovernor.castVote, (id, 1));
        vm.warp(normal.proposalSnapshot(id));
        bytes32 active = only(IGovernor.ProposalState.Active);
        refuse(normal, call, wrongState(id, IGovernor.ProposalState.Pending, active));
        afterVoting(normal, id);
        refuse(normal, call, wrongState(id, IGovernor.ProposalState.Defeated, active));
    }

    function test_what_is_not_queued_in_time_has_expired() public {
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vote(normal, id, 0, 1);
        vm.warp(normal.proposalDeadline(id) + WINDOW);
        assertState(normal, id, IGovernor.ProposalState.Succeeded);
        vm.warp(block.timestamp + 1);
        assertState(normal, id, IGovernor.ProposalState.Expired);
        refuse(
            normal,
            argumentsOf(IGovernor.queue.selector, TEXT),
            wrongState(id, IGovernor.ProposalState.Expired, only(IGovernor.ProposalState.Succeeded))
        );
    }

    function test_what_is_not_executed_in_time_has_expired() public {
        uint256 id = bringToExecution(normal, open, TEXT);
        vm.warp(normal.proposalEta(id) + WINDOW);
        assertState(normal, id, IGovernor.ProposalState.Queued);
        vm.warp(block.timestamp + 1);
        assertState(normal, id, IGovernor.ProposalState.Expired);
        refuse(
            normal,
            argumentsOf(IGovernor.execute.selector, TEXT),
            wrongState(id, IGovernor.ProposalState.Expired, only(IGovernor.ProposalState.Queued))
        );
    }

    function test_what_is_executed_in_the_last_second_stays_executed() public {
        uint256 id = bringToExecution(normal, open, TEXT);
        vm.warp(normal.proposalEta(id) + WINDOW);
        execute(normal, open, TEXT);
        vm.warp(block.timestamp + 400 days);
        assertState(normal, id, IGovernor.ProposalState.Executed);
    }

    function test_a_call_that_reverts_leaves_the_proposal_queued() public {
        Call[] memory calls = single(address(members), 0, abi.encodeCall(IMembers.add, (MEMBER)));
        uint256 id = bringToExecution(normal, calls, TEXT);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        vm.expectRevert(abi.encodeWithSelector(IMembers.AlreadyMember.selector, MEMBER));
        normal.execute(targets, values, datas, keccak256(bytes(TEXT)));
        assertState(normal, id, IGovernor.ProposalState.Queued);
    }

    function test_the_fast_track_lives_by_its_own_times() public {
        uint256 began = block.timestamp;
        uint256 id = bringToExecution(fast, open, TEXT);
        vm.assertEq(normal.proposalThreshold(), fast.proposalThreshold(), "one threshold");
        vm.assertTrue(block.timestamp - began < 8 hours, "it is fast");
        assertState(fast, id, IGovernor.ProposalState.Queued);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        vm.expectRevert(unauthorized(address(fastTimelock)));
        fast.execute(targets, values, datas, keccak256(bytes(TEXT)));
    }

    function test_a_proposal_of_one_track_is_unknown_to_the_other() public {
        uint256 id = bringToExecution(fast, open, TEXT);
        refuse(
            normal,
            argumentsOf(IGovernor.queue.selector, TEXT),
            abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, id)
        );
    }

    function test_governor_and_timelock_fit_the_hub() public view {
        vm.assertTrue(address(normal).code.length <= 24_576, "runtime code of the governor");
        vm.assertTrue(address(treasury).code.length <= 24_576, "runtime code of the timelock");
        bytes memory args = abi.encode("WeTEE DAO fast track", authority, token, members, settings());
        uint256 size = vm.getCode("artifacts/WeteeGovernor.json").length + args.length;
        vm.assertTrue(size <= 49_152, "initcode of the governor");
    }

    // -- who proposes

    function test_a_member_proposes_without_a_vote() public {
        vm.assertEq(token.getVotes(MEMBER), 0, "no votes");
        uint256 id = proposeBy(MEMBER, TEXT);
        vm.assertTrue(normal.proposalProposer(id) == MEMBER, "proposer");
    }

    function test_a_holder_of_the_threshold_proposes_and_one_vote_less_does_not() public {
        uint256 threshold = normal.proposalThreshold();
        vm.prank(holders[0]);
        token.transfer(OUTSIDER, threshold - 1);
        vm.prank(OUTSIDER);
        token.delegate(OUTSIDER);
        vm.warp(block.timestamp + 1);
        bytes memory why = abi.encodeWithSelector(
            IGovernor.GovernorInsufficientProposerVotes.selector, OUTSIDER, threshold - 1, threshold
        );
        vm.expectRevert(why);
        this.proposeAs(OUTSIDER, TEXT);
        vm.prank(holders[0]);
        token.transfer(OUTSIDER, 1);
        vm.expectRevert(why);
        this.proposeAs(OUTSIDER, TEXT);
        vm.warp(block.timestamp + 1);
        proposeBy(OUTSIDER, TEXT);
    }

    function proposeAs(address proposer, string memory description) external returns (uint256) {
        return proposeBy(proposer, description);
    }

    function test_who_has_resigned_proposes_no_more() public {
        vm.prank(MEMBER);
        members.resign();
        vm.expectPartialRevert(IGovernor.GovernorInsufficientProposerVotes.selector);
        this.proposeAs(MEMBER, TEXT);
    }

    function test_a_proposal_that_names_its_proposer_is_taken_from_nobody_else() public {
        string memory named = "mine #proposer=0x00000000000000000000000000000000000a11ce";
        bytes memory why = abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, MEMBER);
        vm.expectRevert(why);
        this.proposeAs(MEMBER, named);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, holders[1]));
        this.proposeAs(holders[1], named);
        proposeBy(holders[0], named);
    }

    function test_the_same_proposal_is_not_made_twice() public {
        uint256 id = proposeBy(MEMBER, TEXT);
        vm.expectRevert(wrongState(id, IGovernor.ProposalState.Pending, bytes32(0)));
        this.proposeAs(MEMBER, TEXT);
    }

    function test_a_proposal_of_nothing_or_of_unequal_lists_is_refused() public {
        vm.prank(MEMBER);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 0, 0));
        normal.propose(new address[](0), new uint256[](0), new bytes[](0), TEXT);
        vm.prank(MEMBER);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 1, 2));
        normal.propose(new address[](1), new uint256[](2), new bytes[](1), TEXT);
    }
}
