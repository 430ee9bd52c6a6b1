// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IKeys} from "../keys/IKeys.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Misconduct: slashing dsecret nodes by proof, without a vote
/// @notice Conflicting means exactly: two CommitteeConfirmed for one session or one epoch with different content, two leases with
/// the same evidenceDigest and any other field different, or two SessionMessages of one session, kind, sender and subject with
/// different bodies, signed by the same node's statement key. Besides: a signed release of shares that does not verify.
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

    /// @param signature 65 bytes, low s, over SessionMessage, see IKeys
    struct SignedMessage {
        IKeys.SessionMessage message;
        bytes signature;
    }

    /// @dev As in the second byte of a release.
    enum ReleaseKind {
        None,
        Secrets,
        DerivedKeys
    }

    /// @notice One of the releases that a node signed in one reply, docs/reference/threshold.md.
    /// @param count of items, 1-16: more cannot be judged here
    /// @param items context_1, base_1 ... as the fields of a frame: each after its length in four bytes
    /// @param otherItems digest of the items of the other kind, 0 where none were asked for
    /// @param release the bytes that are wrong
    /// @param otherRelease keccak256 of the release of the other kind
    /// @param signature 65 bytes, low s, over
    /// ReleaseReply(uint64 epoch,uint64 nodeId,bytes32 requestDigest,bytes32 releaseDigest)
    struct SignedRelease {
        uint64 epoch;
        uint64 nodeId;
        bytes32 requestId;
        bytes32 readerKey;
        ReleaseKind kind;
        uint16 count;
        bytes items;
        bytes32 otherItems;
        bytes release;
        bytes32 otherRelease;
        bytes signature;
    }

    struct Point {
        uint256 x;
        uint256 y;
    }

    /// @notice What shows that a release is wrong, for a contract that cannot multiply points. Whatever of it is not so reverts. For bytes
    /// that are no release of that question none of it is read.
    /// @param publicShares V_1, V_2 ... of the epoch, 33 bytes each, zeros for a share of zero
    /// @param qualified digest of the qualified dealers
    /// @param noPoint an image that is no point of the curve, from 1, `root` squared minus what its y squared would be; 0: another reason,
    /// and the rest counts
    /// @param products weight times base for each item, then weight times image
    /// @param slopes of the additions: of the bases, of the images, and of z*B and -c*M
    /// @param firstCommitment z*G - c*V; zeros where that is nothing
    /// @param responseProduct z*B, B the weighted sum of the bases
    /// @param challengeProduct c*M, M the weighted sum of the images
    struct Hints {
        bytes publicShares;
        bytes32 qualified;
        uint16 noPoint;
        uint256 root;
        Point[] products;
        uint256[] slopes;
        Point firstCommitment;
        Point responseProduct;
        Point challengeProduct;
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
    error EpochUnconfirmed(uint64 epoch);
    error NotMember(uint64 nodeId, uint64 epoch);
    error ItemsInvalid();
    error PublicSharesWrong();
    error HintWrong();
    error ReleaseRight();
    error RewardInvalid(uint16 rewardBps);
    error ZeroAddress();

    /// @notice Slashes the node once, whatever it did besides. Anyone may report; the reporter earns `rewardBps` of the slash. Whoever
    /// copies a report out of the mempool and is first takes that reward and nothing else: the node is slashed all the same.
    function reportLeases(SignedLease calldata first, SignedLease calldata second) external;
    /// @notice The same for two confirmations of one epoch that a node signed.
    function reportConfirmations(SignedConfirmation calldata first, SignedConfirmation calldata second) external;
    /// @notice The same for two different messages of a node at one place of a session.
    function reportMessages(SignedMessage calldata first, SignedMessage calldata second) external;
    /// @notice A release that the node signed and that does not verify, whatever is wrong with it. Showing it shows the images in it.
    function reportRelease(SignedRelease calldata signed, Hints calldata hints) external;
    /// @notice Restricted (DAO): at most 1,000 (10 %).
    function setReward(uint16 rewardBps) external;
    /// @notice The reporter’s part of a slash, hundredths of a percent.
    function rewardBps() external view returns (uint16);
    /// @notice Whether a node has been slashed here.
    function isConvicted(uint64 nodeId) external view returns (bool);
    /// @notice The contract that holds the stakes.
    function subnet() external view returns (ISubnet);
    /// @notice The contract that knows the committees.
    function quorum() external view returns (IQuorum);
}
