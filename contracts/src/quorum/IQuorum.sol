// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Quorum: which dsecret nodes speak for the network, and whether enough of them signed
/// @notice Checks EIP-712 statements signed by the committee of an epoch. Domain: name "WeTEE", version "1", this address.
interface IQuorum {
    /// @notice Signatures of one statement.
    /// @param epoch committee that signed
    /// @param expiry block time after which the statement no longer counts, seconds
    /// @param bitmap bit i set: member i of that epoch signed
    /// @param signatures 65 bytes (r, s, v) per set bit, ascending by member index, low s
    struct Signed {
        uint64 epoch;
        uint64 expiry;
        uint256 bitmap;
        bytes signatures;
    }

    event CommitteeNamed(uint64 indexed epoch, uint64[] members, uint16 threshold);
    event CommitteeActivated(uint64 indexed epoch);

    error EpochUnknown(uint64 epoch);
    error EpochNotActive(uint64 epoch, uint64 activeEpoch);
    error StatementExpired(uint64 expiry, uint256 nowSeconds);
    error BitmapOutOfRange(uint256 bitmap, uint256 members);
    error SignaturesTooFew(uint256 signatures, uint256 threshold);
    error SignatureLength(uint256 length, uint256 expected);
    error SignerWrong(uint256 member, address expected, address recovered);
    error SignerNotLive(uint64 nodeId);
    error SignatureMalleable(uint256 member);
    error CommitteeSize(uint256 members);
    error CommitteeThreshold(uint16 threshold, uint256 members);
    error CommitteeMemberRepeated(uint64 nodeId);
    error CommitteeNotDiverse(uint256 owners, uint256 minOwners);

    /// @notice Reverts unless `signed` holds at least threshold signatures of distinct live members of the active epoch.
    /// @param structHash EIP-712 struct hash of the statement
    /// @param genesis true while members have no NodeProof yet: statement keys count as registered
    function verify(bytes32 structHash, Signed calldata signed, bool genesis) external view;

    /// @notice Names the committee of the next epoch; admin only. Active once its members' NodeProofs are in.
    function nameCommittee(uint64[] calldata members, uint16 threshold) external;

    /// @notice Makes the newest named committee active; every member needs a live NodeProof. Anyone may call.
    function activate() external;

    function activeEpoch() external view returns (uint64);
    function latestEpoch() external view returns (uint64);
    function committee(uint64 epoch) external view returns (uint64[] memory members, uint16 threshold);
    function domainSeparator() external view returns (bytes32);
}
