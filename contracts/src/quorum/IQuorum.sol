// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../keys/IKeys.sol";

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

    /// @notice What a committee confirms when its session has ended. Two that differ for one session or epoch are slashable.
    /// @param session id of the key session: hash of chain, contract, epoch, member root and block
    /// @param membersDigest keccak256(abi.encode(uint64[] members))
    /// @param networkKeyDigest keccak256 of the compressed points Y and S
    /// @param transcriptDigest hash of the qualified dealers and the public shares
    struct CommitteeConfirmed {
        bytes32 session;
        uint64 epoch;
        uint16 threshold;
        bytes32 membersDigest;
        bytes32 networkKeyDigest;
        bytes32 transcriptDigest;
    }

    /// @dev The members themselves are read with `committee`: an event of the Hub carries at most 416 bytes.
    event CommitteeNamed(uint64 indexed epoch, uint16 size, uint16 threshold);
    event CommitteeActivated(uint64 indexed epoch);
    event SubnetSet(address indexed subnet);
    event KeysSet(address indexed keys);
    event RefreshSet(uint64 refreshSeconds);
    event GenesisReopened(uint64 indexed epoch, uint64 until);

    error EpochUnknown(uint64 epoch);
    error EpochNotActive(uint64 epoch, uint64 activeEpoch);
    error EpochPending(uint64 epoch);
    error EpochNotConfirmed(uint64 epoch);
    error RefreshTooEarly(uint64 allowedAt);
    error RefreshInvalid(uint64 refreshSeconds);
    error KeysNotSet();
    error MemberUnknown(uint64 epoch, uint16 index);
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
    error CommitteeNotDiverseInVendors(uint256 vendors, uint256 minVendors);
    error MemberNotActive(uint64 nodeId);
    error QuorumNotSilent(uint64 lastSignedAt);
    error GenesisClosed();
    error GenesisForSubnetOnly(address caller);
    error AlreadySet();
    error ZeroAddress();

    /// @notice Reverts unless `signed` holds at least threshold signatures of distinct live members of the active epoch
    /// (or of the epoch before it, for 15 minutes after the active one began).
    /// @dev With `genesis` the rule is another one: the *latest named* committee signs, its members' keys count as they are
    /// registered in the Subnet, without a NodeProof. That is refused unless the caller is the Subnet and `genesisOpen` is
    /// true, so no other contract can be made to act on keys that nobody has appraised. After `reopen` it is the *active* committee
    /// that signs, and a member counts only while its last proof is live or nothing but time has ended it.
    /// @param structHash EIP-712 struct hash of the statement
    /// @param genesis true for the first NodeProofs of a committee; see `genesisOpen`
    /// @dev Notes the time of a regular statement, at most once an hour, for `lastSignedAt`; it changes nothing else.
    function verify(bytes32 structHash, Signed calldata signed, bool genesis) external;

    /// @notice Names the committee of the next epoch; restricted (DAO). Active once its members' NodeProofs are in. Members are
    /// active nodes, of enough owners; vendors are checked by `activate`, when they are proven. Naming again replaces what is pending.
    function nameCommittee(uint64[] calldata members, uint16 threshold) external;

    /// @notice Names the next epoch without the DAO; anyone may call. The same members in the same order, less those that are not
    /// active or have no live proof; the threshold stays, whoever is out. As a committee of `nameCommittee`
    /// has to be, of enough vendors, and no fewer members than the threshold was.
    /// Of the active committee: once it is `refreshSeconds` old, as soon as one of its members is out, or when a new key is ordered. While another is named:
    /// not while its session runs or it can begin, nor within `refreshSeconds` of its naming before it had a session (but one
    /// that this function has named gives way as soon as one of its members is out). When its session expired, or it was confirmed and
    /// cannot begin, it is named again itself, until `refreshSeconds` after its naming; after them the active one is.
    function renewCommittee() external returns (uint64 epoch);

    /// @notice Makes the newest named committee active; every member is active and has a live NodeProof. Anyone may call.
    /// @dev With Keys the epoch has to be confirmed there instead of every member live: a quorum of it was when it confirmed.
    function activate() external;

    /// @notice Reverts unless `signed` holds threshold signatures of the committee that was named last, by members with live proofs.
    function verifyNamed(bytes32 structHash, Signed calldata signed) external view;

    /// @notice True while the latest named committee may vouch for its own machines with registered keys: while no epoch is
    /// active; on networks of kind Development also while fewer members of the active epoch than its threshold have a live NodeProof;
    /// on other networks while `reopen` is in force, and then only members count whose last proof nothing but time has ended.
    function genesisOpen() external view returns (bool);
    /// @notice Restricted (DAO): when no quorum has signed for 24 h and fewer members than the threshold have a live proof, the same
    /// members with the keys they proved last may vouch for their machines again, for 7 days. No member or key is added by it.
    function reopen() external;
    /// @notice Until when members may vouch for their machines again; seconds since 1970.
    function reopenedUntil() external view returns (uint64);
    /// @notice When a quorum signed last or a committee became active, seconds; exact to an hour, never later than it was.
    function lastSignedAt() external view returns (uint64);
    /// @notice True while a committee that counts seats the node, or the last one of an older key that lives does, or the one named next
    /// does and the node has not left.
    function isSeated(uint64 nodeId) external view returns (bool);
    /// @notice The epoch whose committee signs; 0 before the first.
    function activeEpoch() external view returns (uint64);
    /// @notice The epoch named last, active or not.
    function latestEpoch() external view returns (uint64);
    /// @notice Members of an epoch by their places, and how many of them sign together.
    function committee(uint64 epoch) external view returns (uint64[] memory members, uint16 threshold);
    /// @notice Of statements that a quorum signs (EIP-712).
    function domainSeparator() external view returns (bytes32);
    /// @notice Links the Subnet, once; restricted.
    function setSubnet(address subnet) external;
    /// @notice Links Keys, once; restricted. From then on an epoch has to be confirmed there before it is active.
    /// @param refreshSeconds age from which a committee is renewed, 1 s to 30 days
    function setKeys(address keys, uint64 refreshSeconds) external;
    /// @notice The board of key sessions; zero until it is set.
    function keys() external view returns (IKeys);
    /// @notice Restricted (DAO).
    function setRefreshSeconds(uint64 refreshSeconds) external;
    /// @notice Age from which a committee is renewed, seconds.
    function refreshSeconds() external view returns (uint64);
    /// @notice Node at a place of a committee.
    /// @param index from 1, as in key sessions
    function member(uint64 epoch, uint16 index) external view returns (uint64 nodeId);
    /// @notice Fewer owners than this never hold the threshold of a committee together.
    function minOwners() external view returns (uint16);
    /// @notice Fewer vendors of hardware than this never hold the threshold of a committee together.
    function minVendors() external view returns (uint16);
}
