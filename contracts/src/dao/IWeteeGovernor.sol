// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembers} from "./IMembers.sol";

/// @title WeteeGovernor: one track of the DAO, from a proposal to its timelock
/// @notice Deployed twice: the normal track, whose timelock is the network's ADMIN and treasury, and the fast track, whose timelock
/// has the FAST role alone. Members, and holders of the threshold of votes, propose; the token's votes decide: more for than
/// against, for and abstain together at least the quorum. Times are block times, seconds.
/// The settings of both tracks are restricted (DAO): a track that could set its own would be no track. They stay within bounds,
/// so that no proposal freezes the DAO. What is not queued within the timelock's execution window after its vote, or not executed
/// within it after its delay, has expired. The rest is OpenZeppelin's `IGovernor` and its extensions Settings, CountingSimple, Votes,
/// VotesQuorumFraction, TimelockControl and PreventLateQuorum. Its event ProposalCreated carries the whole proposal: what
/// does not fit the 64 KiB that the Hub takes for an event cannot be proposed.
interface IWeteeGovernor {
    /// @param votingDelaySeconds from a proposal to the moment whose votes count: 1 s to 7 days. Never 0: votes that are
    /// borrowed and given back within one block count for nothing.
    /// @param votingPeriodSeconds 1 minute to 21 days
    /// @param lateQuorumSeconds how long voting goes on at least once the quorum is reached: at most the voting period
    /// @param quorumPercent of the supply at the snapshot: 1 to 25
    /// @param proposalThreshold votes, at most 5 % of the supply; none are asked of members
    /// @param timelockSeconds from queueing to execution: 1 s to 14 days
    /// @param guardian may cancel any proposal of this track until `guardianUntil`; 0 nobody
    /// @param guardianUntil at most 365 days after deployment
    struct Settings {
        uint48 votingDelaySeconds;
        uint32 votingPeriodSeconds;
        uint48 lateQuorumSeconds;
        uint256 quorumPercent;
        uint256 proposalThreshold;
        uint256 timelockSeconds;
        address guardian;
        uint256 guardianUntil;
    }

    event GuardianResigned(address indexed guardian);

    error VotingDelayOutOfRange(uint256 delaySeconds, uint256 minimum, uint256 maximum);
    error VotingPeriodOutOfRange(uint256 periodSeconds, uint256 minimum, uint256 maximum);
    error QuorumOutOfRange(uint256 percent, uint256 minimum, uint256 maximum);
    error ProposalThresholdTooHigh(uint256 votes, uint256 maximum);
    error GuardianTermTooLong(uint256 until, uint256 maximum);
    error NotGuardian(address caller);
    error ZeroAddress();
    /// @notice The timelock of a track never changes.
    error TimelockFixed();
    /// @notice `relay` recovers what was sent to the governor by mistake; its rights in the timelock are out of reach.
    error RelayToTimelock();

    /// @notice The guardian gives up its right early.
    function resignGuardian() external;

    /// @notice May cancel proposals while `block.timestamp < guardianUntil`, queued ones too; 0 once it has resigned.
    function guardian() external view returns (address);
    /// @notice Fixed: nobody can put it off.
    function guardianUntil() external view returns (uint256);
    /// @notice Who may propose and vote.
    function members() external view returns (IMembers);
}
