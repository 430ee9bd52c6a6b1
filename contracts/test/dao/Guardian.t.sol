// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IMembers} from "../../src/dao/IMembers.sol";
import {IWeteeGovernor} from "../../src/dao/IWeteeGovernor.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {vm} from "../Vm.sol";
import {Call, DaoFixture} from "./DaoFixture.sol";

/// @dev Who takes a proposal back: its proposer while it is pending, the guardian until its end.
contract GuardianTest is DaoFixture {
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

    function test_a_proposer_cancels_only_while_it_is_pending() public {
        uint256 id = propose(normal, open, TEXT);
        vm.warp(normal.proposalSnapshot(id) + 1);
        bytes memory why = abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, MEMBER);
        vm.prank(MEMBER);
        refuse(normal, argumentsOf(IGovernor.cancel.selector, TEXT), why);
        id = propose(normal, open, "another");
        cancelBy(MEMBER, normal, open, "another");
        assertState(normal, id, IGovernor.ProposalState.Canceled);
    }

    function test_the_guardian_cancels_in_every_state_that_can_still_act() public {
        uint256 id = propose(normal, open, "pending");
        cancelBy(GUARDIAN, normal, open, "pending");
        assertState(normal, id, IGovernor.ProposalState.Canceled);

        id = propose(normal, open, "active");
        toVoting(normal, id);
        vote(normal, id, 0, 1);
        cancelBy(GUARDIAN, normal, open, "active");
        assertState(normal, id, IGovernor.ProposalState.Canceled);

        id = propose(normal, open, "succeeded");
        toVoting(normal, id);
        vote(normal, id, 0, 1);
        afterVoting(normal, id);
        cancelBy(GUARDIAN, normal, open, "succeeded");
        assertState(normal, id, IGovernor.ProposalState.Canceled);

        id = bringToExecution(normal, open, "queued");
        cancelBy(GUARDIAN, normal, open, "queued");
        assertState(normal, id, IGovernor.ProposalState.Canceled);
        vm.warp(block.timestamp + 365 days);
        assertState(normal, id, IGovernor.ProposalState.Canceled);
    }

    function test_what_the_guardian_cancelled_runs_neither_here_nor_in_the_timelock() public {
        uint256 id = bringToExecution(normal, open, TEXT);
        cancelBy(GUARDIAN, normal, open, TEXT);
        refuse(
            normal,
            argumentsOf(IGovernor.execute.selector, TEXT),
            wrongState(id, IGovernor.ProposalState.Canceled, only(IGovernor.ProposalState.Queued))
        );
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        bytes32 salt = bytes20(address(normal)) ^ keccak256(bytes(TEXT));
        vm.assertTrue(
            !treasury.isOperation(treasury.hashOperationBatch(targets, values, datas, 0, salt)), "still in the timelock"
        );
    }

    function test_the_guardian_cancels_until_its_end_and_not_a_second_longer() public {
        uint256 end = normal.guardianUntil();
        vm.warp(end - 2 days);
        uint256 id = propose(normal, open, TEXT);
        uint256 other = propose(normal, open, "another");
        vm.warp(end - 1);
        cancelBy(GUARDIAN, normal, open, TEXT);
        assertState(normal, id, IGovernor.ProposalState.Canceled);
        vm.warp(end);
        vm.prank(GUARDIAN);
        refuse(
            normal,
            argumentsOf(IGovernor.cancel.selector, "another"),
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, other, GUARDIAN)
        );
        assertState(normal, other, IGovernor.ProposalState.Active);
    }

    function test_a_guardian_that_resigned_cancels_nothing() public {
        uint256 id = propose(normal, open, TEXT);
        vm.expectEmit(true, true, true, true, address(normal));
        emit IWeteeGovernor.GuardianResigned(GUARDIAN);
        vm.prank(GUARDIAN);
        normal.resignGuardian();
        vm.assertTrue(normal.guardian() == address(0), "resigned");
        vm.prank(GUARDIAN);
        refuse(
            normal,
            argumentsOf(IGovernor.cancel.selector, TEXT),
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, GUARDIAN)
        );
        vm.prank(GUARDIAN);
        refuse(
            normal,
            abi.encodeCall(IWeteeGovernor.resignGuardian, ()),
            abi.encodeWithSelector(IWeteeGovernor.NotGuardian.selector, GUARDIAN)
        );
    }

    function test_nobody_else_resigns_for_the_guardian_or_cancels() public {
        uint256 id = propose(normal, open, TEXT);
        address[4] memory callers = [DEPLOYER, holders[0], address(treasury), address(fastTimelock)];
        for (uint256 i = 0; i < 4; i++) {
            vm.prank(callers[i]);
            refuse(
                normal,
                abi.encodeCall(IWeteeGovernor.resignGuardian, ()),
                abi.encodeWithSelector(IWeteeGovernor.NotGuardian.selector, callers[i])
            );
            vm.prank(callers[i]);
            refuse(
                normal,
                argumentsOf(IGovernor.cancel.selector, TEXT),
                abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, callers[i])
            );
        }
    }

    function test_a_guardian_of_more_than_a_year_is_refused_at_deployment() public {
        IWeteeGovernor.Settings memory s = settings();
        uint256 latest = block.timestamp + 365 days;
        s.guardianUntil = latest;
        new WeteeGovernor("longest", address(authority), token, members, s);
        s.guardianUntil = latest + 1;
        vm.expectRevert(abi.encodeWithSelector(IWeteeGovernor.GuardianTermTooLong.selector, latest + 1, latest));
        new WeteeGovernor("too long", address(authority), token, members, s);
    }

    function test_the_guardian_proposes_nothing_and_its_vote_weighs_nothing() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(open);
        vm.prank(GUARDIAN);
        refuse(
            normal,
            abi.encodeCall(IGovernor.propose, (targets, values, datas, TEXT)),
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, GUARDIAN, 0, SUPPLY / 100)
        );
        uint256 id = propose(normal, open, TEXT);
        toVoting(normal, id);
        vm.prank(GUARDIAN);
        vm.assertEq(normal.castVote(id, 0), 0, "weight");
    }

    function test_what_was_cancelled_is_not_proposed_again_under_the_same_text() public {
        uint256 id = propose(normal, open, TEXT);
        cancelBy(GUARDIAN, normal, open, TEXT);
        vm.expectRevert(wrongState(id, IGovernor.ProposalState.Canceled, bytes32(0)));
        this.proposeAgain();
        propose(normal, open, "a second attempt");
    }

    function proposeAgain() external {
        propose(normal, open, TEXT);
    }
}
