// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IMembers} from "./IMembers.sol";
import {ITimelock} from "./ITimelock.sol";
import {IWeteeGovernor} from "./IWeteeGovernor.sol";
import {Timelock} from "./Timelock.sol";
import {WeteeToken} from "./WeteeToken.sol";

/// @title WeteeGovernor: a track of the DAO
/// @dev Makes its own timelock, so that between the two there is never a deployer with rights in either. The bases that later
/// ones read while constructing (the token, the voting period) come first.
contract WeteeGovernor is
    AccessManaged,
    GovernorVotes,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl,
    GovernorPreventLateQuorum,
    IWeteeGovernor
{
    uint256 private constant MIN_VOTING_DELAY = 1;
    uint256 private constant MAX_VOTING_DELAY = 7 days;
    uint256 private constant MIN_VOTING_PERIOD = 1 minutes;
    uint256 private constant MAX_VOTING_PERIOD = 21 days;
    uint256 private constant MIN_QUORUM_PERCENT = 1;
    uint256 private constant MAX_QUORUM_PERCENT = 25;
    uint256 private constant MAX_THRESHOLD_PERCENT = 5;
    uint256 private constant MAX_GUARDIAN_TERM = 365 days;

    IMembers public immutable members;
    uint256 public immutable guardianUntil;
    address public guardian;

    constructor(string memory name_, address authority, WeteeToken votes, IMembers members_, Settings memory s)
        AccessManaged(authority)
        Governor(name_)
        GovernorVotes(votes)
        GovernorSettings(s.votingDelaySeconds, s.votingPeriodSeconds, s.proposalThreshold)
        GovernorVotesQuorumFraction(s.quorumPercent)
        GovernorTimelockControl(new Timelock(authority, s.timelockSeconds))
        GovernorPreventLateQuorum(s.lateQuorumSeconds)
    {
        if (authority == address(0) || address(members_) == address(0)) revert ZeroAddress();
        uint256 latest = block.timestamp + MAX_GUARDIAN_TERM;
        if (s.guardianUntil > latest) revert GuardianTermTooLong(s.guardianUntil, latest);
        members = members_;
        guardian = s.guardian;
        guardianUntil = s.guardianUntil;
    }

    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override returns (uint256) {
        address proposer = _msgSender();
        if (!members.isMember(proposer)) return super.propose(targets, values, calldatas, description);
        if (!_isValidDescriptionForProposer(proposer, description)) revert GovernorRestrictedProposer(proposer);
        return _propose(targets, values, calldatas, description, proposer);
    }

    function resignGuardian() external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        guardian = address(0);
        emit GuardianResigned(msg.sender);
    }

    function relay(address target, uint256 value, bytes calldata data) public payable override {
        if (target == timelock()) revert RelayToTimelock();
        super.relay(target, value, data);
    }

    function updateTimelock(TimelockController) public pure override {
        revert TimelockFixed();
    }

    /// @dev The governor's own state is still Queued when the timelock has let the operation lapse; the governor alone can cancel there.
    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (ProposalState current)
    {
        current = super.state(proposalId);
        if (current == ProposalState.Succeeded) {
            uint256 window = ITimelock(timelock()).executionWindowSeconds();
            if (block.timestamp > proposalDeadline(proposalId) + window) return ProposalState.Expired;
        } else if (current == ProposalState.Canceled && Governor.state(proposalId) == ProposalState.Queued) {
            return ProposalState.Expired;
        }
    }

    function proposalDeadline(uint256 proposalId)
        public
        view
        override(Governor, GovernorPreventLateQuorum)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @dev Instead of the track's own timelock: the DAO's normal track sets both.
    function _checkGovernance() internal override {
        _checkCanCall(_msgSender(), _msgData());
    }

    function _validateCancel(uint256 proposalId, address caller) internal view override returns (bool) {
        if (caller == guardian && block.timestamp < guardianUntil) return true;
        return super._validateCancel(proposalId, caller);
    }

    function _setVotingDelay(uint48 delay) internal override {
        if (delay < MIN_VOTING_DELAY || delay > MAX_VOTING_DELAY) {
            revert VotingDelayOutOfRange(delay, MIN_VOTING_DELAY, MAX_VOTING_DELAY);
        }
        super._setVotingDelay(delay);
    }

    function _setVotingPeriod(uint32 period) internal override {
        if (period < MIN_VOTING_PERIOD || period > MAX_VOTING_PERIOD) {
            revert VotingPeriodOutOfRange(period, MIN_VOTING_PERIOD, MAX_VOTING_PERIOD);
        }
        super._setVotingPeriod(period);
    }

    function _setProposalThreshold(uint256 votes) internal override {
        uint256 most = IERC20(address(token())).totalSupply() * MAX_THRESHOLD_PERCENT / 100;
        if (votes > most) revert ProposalThresholdTooHigh(votes, most);
        super._setProposalThreshold(votes);
    }

    function _updateQuorumNumerator(uint256 percent) internal override {
        if (percent < MIN_QUORUM_PERCENT || percent > MAX_QUORUM_PERCENT) {
            revert QuorumOutOfRange(percent, MIN_QUORUM_PERCENT, MAX_QUORUM_PERCENT);
        }
        super._updateQuorumNumerator(percent);
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
