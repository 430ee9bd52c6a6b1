// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ITimelock} from "../../src/dao/ITimelock.sol";
import {IWeteeGovernor} from "../../src/dao/IWeteeGovernor.sol";
import {Members} from "../../src/dao/Members.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {vm} from "../Vm.sol";
import {DaoFixture} from "./DaoFixture.sol";

/// @dev A DAO that could stop itself by a proposal would be stopped by one: each setting has bounds.
contract SettingsTest is DaoFixture {
    uint32 private constant MAX_PERIOD = 21 days;

    function taken(address target, bytes memory data) private {
        vm.prank(address(treasury));
        (bool ok,) = target.call(data);
        vm.assertTrue(ok, "refused");
    }

    function refused(address target, bytes memory data, bytes memory why) private {
        vm.prank(address(treasury));
        (bool ok, bytes memory returned) = target.call(data);
        vm.assertTrue(!ok && keccak256(returned) == keccak256(why), "taken, or refused for another reason");
    }

    function delay(uint48 seconds_) private pure returns (bytes memory) {
        return abi.encodeCall(GovernorSettings.setVotingDelay, (seconds_));
    }

    function period(uint32 seconds_) private pure returns (bytes memory) {
        return abi.encodeCall(GovernorSettings.setVotingPeriod, (seconds_));
    }

    function quorum(uint256 percent) private pure returns (bytes memory) {
        return abi.encodeCall(GovernorVotesQuorumFraction.updateQuorumNumerator, (percent));
    }

    function threshold(uint256 votes) private pure returns (bytes memory) {
        return abi.encodeCall(GovernorSettings.setProposalThreshold, (votes));
    }

    function test_the_voting_delay_is_a_second_to_seven_days() public {
        bytes4 why = IWeteeGovernor.VotingDelayOutOfRange.selector;
        taken(address(normal), delay(1));
        taken(address(normal), delay(7 days));
        refused(address(normal), delay(0), abi.encodeWithSelector(why, 0, 1, 7 days));
        refused(address(normal), delay(7 days + 1), abi.encodeWithSelector(why, 7 days + 1, 1, 7 days));
        refused(address(normal), delay(type(uint48).max), abi.encodeWithSelector(why, type(uint48).max, 1, 7 days));
    }

    function test_the_voting_period_is_a_minute_to_twenty_one_days() public {
        bytes4 why = IWeteeGovernor.VotingPeriodOutOfRange.selector;
        taken(address(normal), period(60));
        taken(address(normal), period(MAX_PERIOD));
        refused(address(normal), period(59), abi.encodeWithSelector(why, 59, 60, MAX_PERIOD));
        refused(address(normal), period(MAX_PERIOD + 1), abi.encodeWithSelector(why, MAX_PERIOD + 1, 60, MAX_PERIOD));
        refused(address(normal), period(3650 days), abi.encodeWithSelector(why, 3650 days, 60, MAX_PERIOD));
    }

    function test_the_quorum_is_one_to_twenty_five_percent() public {
        bytes4 why = IWeteeGovernor.QuorumOutOfRange.selector;
        taken(address(normal), quorum(1));
        taken(address(normal), quorum(25));
        refused(address(normal), quorum(0), abi.encodeWithSelector(why, 0, 1, 25));
        refused(address(normal), quorum(26), abi.encodeWithSelector(why, 26, 1, 25));
        refused(address(normal), quorum(101), abi.encodeWithSelector(why, 101, 1, 25));
    }

    function test_the_proposal_threshold_is_at_most_five_percent_of_the_supply() public {
        uint256 most = SUPPLY / 20;
        bytes4 why = IWeteeGovernor.ProposalThresholdTooHigh.selector;
        taken(address(normal), threshold(0));
        taken(address(normal), threshold(most));
        refused(address(normal), threshold(most + 1), abi.encodeWithSelector(why, most + 1, most));
    }

    function test_a_late_quorum_puts_off_by_at_most_the_voting_period() public {
        taken(address(normal), abi.encodeCall(GovernorPreventLateQuorum.setLateQuorumVoteExtension, (VOTING_PERIOD)));
        refused(
            address(normal),
            abi.encodeCall(GovernorPreventLateQuorum.setLateQuorumVoteExtension, (VOTING_PERIOD + 1)),
            abi.encodeWithSelector(
                GovernorPreventLateQuorum.GovernorPreventLateQuorumVoteExtensionTooLarge.selector,
                VOTING_PERIOD + 1,
                VOTING_PERIOD
            )
        );
    }

    function test_the_timelocks_delay_is_a_second_to_fourteen_days() public {
        bytes4 why = ITimelock.DelayOutOfRange.selector;
        for (uint256 i = 0; i < 2; i++) {
            address lock = i == 0 ? address(treasury) : address(fastTimelock);
            taken(lock, abi.encodeCall(TimelockController.updateDelay, (1)));
            taken(lock, abi.encodeCall(TimelockController.updateDelay, (14 days)));
            refused(
                lock, abi.encodeCall(TimelockController.updateDelay, (0)), abi.encodeWithSelector(why, 0, 1, 14 days)
            );
            refused(
                lock,
                abi.encodeCall(TimelockController.updateDelay, (14 days + 1)),
                abi.encodeWithSelector(why, 14 days + 1, 1, 14 days)
            );
        }
    }

    function test_settings_outside_their_bounds_are_refused_at_deployment_too() public {
        IWeteeGovernor.Settings memory s = settings();
        s.votingDelaySeconds = 0;
        undeployable(s, abi.encodeWithSelector(IWeteeGovernor.VotingDelayOutOfRange.selector, 0, 1, 7 days));
        s = settings();
        s.votingPeriodSeconds = 59;
        undeployable(s, abi.encodeWithSelector(IWeteeGovernor.VotingPeriodOutOfRange.selector, 59, 60, MAX_PERIOD));
        s = settings();
        s.quorumPercent = 26;
        undeployable(s, abi.encodeWithSelector(IWeteeGovernor.QuorumOutOfRange.selector, 26, 1, 25));
        s = settings();
        s.proposalThreshold = SUPPLY / 20 + 1;
        undeployable(
            s, abi.encodeWithSelector(IWeteeGovernor.ProposalThresholdTooHigh.selector, SUPPLY / 20 + 1, SUPPLY / 20)
        );
        s = settings();
        s.timelockSeconds = 0;
        undeployable(s, abi.encodeWithSelector(ITimelock.DelayOutOfRange.selector, 0, 1, 14 days));
    }

    function test_no_governor_without_an_authority_or_members() public {
        IWeteeGovernor.Settings memory s = settings();
        vm.expectRevert(IWeteeGovernor.ZeroAddress.selector);
        new WeteeGovernor("refused", address(0), token, members, s);
        vm.expectRevert(IWeteeGovernor.ZeroAddress.selector);
        new WeteeGovernor("refused", address(authority), token, Members(address(0)), s);
    }

    function undeployable(IWeteeGovernor.Settings memory s, bytes memory why) private {
        vm.expectRevert(why);
        this.deployGovernor(s);
    }

    function deployGovernor(IWeteeGovernor.Settings memory s) external {
        governor("refused", s);
    }

    function test_a_proposal_changes_settings_of_both_tracks() public {
        pass(address(normal), period(10 days));
        pass(address(fast), quorum(20));
        pass(address(fastTimelock), abi.encodeCall(TimelockController.updateDelay, (2 hours)));
        vm.assertEq(normal.votingPeriod(), 10 days, "period");
        vm.assertEq(fast.quorumNumerator(), 20, "quorum");
        vm.assertEq(fastTimelock.getMinDelay(), 2 hours, "delay");
    }

    function test_a_proposal_that_would_freeze_the_dao_is_refused_when_it_is_executed() public {
        bytes4 why = IWeteeGovernor.VotingPeriodOutOfRange.selector;
        passRefused(normal, address(normal), period(3650 days), abi.encodeWithSelector(why, 3650 days, 60, MAX_PERIOD));
        pass(address(normal), period(MAX_PERIOD));
        pass(address(normal), delay(7 days));
        pass(address(treasury), abi.encodeCall(TimelockController.updateDelay, (14 days)));
        pass(address(normal), quorum(25));
        pass(address(normal), period(1 days));
        vm.assertEq(normal.votingPeriod(), 1 days, "even the slowest DAO decides");
    }

    function test_a_running_vote_keeps_the_quorum_of_its_snapshot() public {
        uint256 id = propose(normal, single(address(0), 0, ""), "running");
        toVoting(normal, id);
        uint256 needed = normal.quorum(normal.proposalSnapshot(id));
        taken(address(normal), quorum(25));
        vm.warp(block.timestamp + 1);
        vm.assertEq(normal.quorum(normal.proposalSnapshot(id)), needed, "quorum");
    }

    function test_the_timelock_of_a_track_never_changes() public {
        bytes memory call = abi.encodeCall(GovernorTimelockControl.updateTimelock, (fastTimelock));
        passRefused(normal, address(normal), call, abi.encodeWithSelector(IWeteeGovernor.TimelockFixed.selector));
    }

    function test_the_roles_of_a_timelock_never_change() public {
        bytes32 proposer = treasury.PROPOSER_ROLE();
        bytes memory why = abi.encodeWithSelector(ITimelock.RolesFixed.selector);
        bytes memory grant = abi.encodeCall(IAccessControl.grantRole, (proposer, OUTSIDER));
        passRefused(normal, address(treasury), grant, why);
        passRefused(fast, address(fastTimelock), grant, why);
        bytes memory revoke = abi.encodeCall(IAccessControl.revokeRole, (proposer, address(normal)));
        passRefused(normal, address(treasury), revoke, why);
        refused(address(treasury), abi.encodeCall(IAccessControl.renounceRole, (proposer, address(treasury))), why);
    }

    function test_a_governor_does_not_give_up_its_place_in_the_timelock_by_relay() public {
        bytes memory renounce = abi.encodeCall(IAccessControl.renounceRole, (treasury.PROPOSER_ROLE(), address(normal)));
        passRefused(
            normal,
            address(normal),
            abi.encodeCall(Governor.relay, (address(treasury), 0, renounce)),
            abi.encodeWithSelector(IWeteeGovernor.RelayToTimelock.selector)
        );
    }

    function test_tokens_sent_to_a_governor_by_mistake_are_recovered_by_relay() public {
        vm.prank(holders[0]);
        token.transfer(address(fast), 7);
        bytes memory send = abi.encodeCall(token.transfer, (holders[0], 7));
        pass(address(fast), abi.encodeCall(Governor.relay, (address(token), 0, send)));
        vm.assertEq(token.balanceOf(address(fast)), 0, "recovered");
    }
}
