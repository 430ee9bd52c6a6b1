// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Misconduct: slashing dsecret nodes by proof, without a vote
/// @notice Conflicting means exactly: two CommitteeConfirmed for one session or one epoch with different content, or two leases with
/// the same evidenceDigest and any other field different, signed by the same node's statement key.
interface IMisconduct {
    /// @notice One lease within a signed LeaseBatch.
    /// @param hashes EIP-712 struct hashes of all leases of the batch, in order, 1-64
    /// @param index which of them is `lease`
    /// @param signature 65 bytes, low s, over the batch
    struct SignedLease {
        uint64 epoch;
        uint64 expiry;
        bytes32[] hashes;
        uint256 index;
        ICloud.AttestationLease lease;
        bytes signature;
    }

    /// @param signature 65 bytes, low s, over
    /// CommitteeConfirmed(bytes32 session,uint64 epoch,uint16 threshold,bytes32 membersDigest,bytes32 networkKeyDigest,bytes32 transcriptDigest)
    struct SignedConfirmation {
        IQuorum.CommitteeConfirmed confirmed;
        bytes signature;
    }

    event NodeConvicted(
        uint64 indexed nodeId,
        address indexed statementKey,
        address indexed reporter,
        bytes32 subject,
        uint256 slashedWei
    );
    event RewardSet(uint16 rewardBps);

    error NotConflicting();
    error SignersDiffer(address first, address second);
    error SignatureInvalid();
    error SignerUnknown(address key);
    error AlreadyConvicted(uint64 nodeId);
    error HashesWrong(uint256 index);
    error RewardInvalid(uint16 rewardBps);
    error ZeroAddress();

    /// @notice Slashes the node once, whatever it did besides. Anyone may report; the reporter earns `rewardBps` of the slash. Whoever
    /// copies a report out of the mempool and is first takes that reward and nothing else: the node is slashed all the same.
    function reportLeases(SignedLease calldata first, SignedLease calldata second) external;
    function reportConfirmations(SignedConfirmation calldata first, SignedConfirmation calldata second) external;
    /// @notice Restricted (DAO): at most 1,000 (10 %).
    function setReward(uint16 rewardBps) external;
    function rewardBps() external view returns (uint16);
    function isConvicted(uint64 nodeId) external view returns (bool);
    function subnet() external view returns (ISubnet);
    function quorum() external view returns (IQuorum);
}
