// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IKeys} from "../keys/IKeys.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IMisconduct} from "./IMisconduct.sol";
import {Shares} from "./Shares.sol";

/// @title Misconduct: signatures that no honest node makes: two that differ, or one of a release that does not verify
/// @dev Digests are those that the Cloud and the Quorum check: EIP-712 in the Quorum's domain. Holds no money.
contract Misconduct is IMisconduct, AccessManaged {
    bytes32 private constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant CONFIRMED_TYPEHASH = keccak256(
        "CommitteeConfirmed(bytes32 session,uint64 epoch,uint16 threshold,bytes32 membersDigest,bytes32 networkKeyDigest,bytes32 transcriptDigest)"
    );
    bytes32 private constant MESSAGE_TYPEHASH =
        keccak256("SessionMessage(uint64 session,uint8 kind,uint16 sender,uint16 subject,bytes32 bodyDigest)");
    uint256 private constant MAX_BATCH = 64;
    uint16 private constant MAX_REWARD_BPS = 1_000;

    ISubnet public immutable subnet;
    IQuorum public immutable quorum;
    uint16 public rewardBps;
    mapping(uint64 nodeId => bool) public isConvicted;

    constructor(address authority, ISubnet subnet_, IQuorum quorum_, uint16 rewardBps_) AccessManaged(authority) {
        if (authority == address(0) || address(subnet_) == address(0) || address(quorum_) == address(0)) {
            revert ZeroAddress();
        }
        subnet = subnet_;
        quorum = quorum_;
        _setReward(rewardBps_);
    }

    function reportLeases(SignedLease calldata first, SignedLease calldata second) external {
        bytes32 subject = first.lease.evidenceDigest;
        if (second.lease.evidenceDigest != subject) revert NotConflicting();
        (bytes32 firstHash, bytes32 firstBatch) = _hashLease(first);
        (bytes32 secondHash, bytes32 secondBatch) = _hashLease(second);
        if (firstHash == secondHash) revert NotConflicting();
        _convict(_signer(firstBatch, first.signature), _signer(secondBatch, second.signature), subject);
    }

    function reportConfirmations(SignedConfirmation calldata first, SignedConfirmation calldata second) external {
        bool sameSession = first.confirmed.session == second.confirmed.session;
        if (!sameSession && first.confirmed.epoch != second.confirmed.epoch) revert NotConflicting();
        bytes32 firstHash = keccak256(abi.encode(CONFIRMED_TYPEHASH, first.confirmed));
        bytes32 secondHash = keccak256(abi.encode(CONFIRMED_TYPEHASH, second.confirmed));
        if (firstHash == secondHash) revert NotConflicting();
        bytes32 subject = sameSession ? first.confirmed.session : bytes32(uint256(first.confirmed.epoch));
        _convict(_signer(firstHash, first.signature), _signer(secondHash, second.signature), subject);
    }

    function reportMessages(SignedMessage calldata first, SignedMessage calldata second) external {
        bytes32 subject = keccak256(_placeOf(first.message));
        if (keccak256(_placeOf(second.message)) != subject || first.message.bodyDigest == second.message.bodyDigest) {
            revert NotConflicting();
        }
        // A node that lost its session's key registers another; the first that a block takes is the one.
        if (first.message.kind == IKeys.Kind.Register) revert NotConflicting();
        bytes32 firstHash = keccak256(abi.encode(MESSAGE_TYPEHASH, first.message));
        bytes32 secondHash = keccak256(abi.encode(MESSAGE_TYPEHASH, second.message));
        _convict(_signer(firstHash, first.signature), _signer(secondHash, second.signature), subject);
    }

    function reportRelease(SignedRelease calldata signed, Hints calldata hints) external {
        (bytes32 requestDigest, bytes32 hash) = Shares.replyHash(signed);
        address key = _signer(hash, signed.signature);
        if (subnet.nodeOfKey(key) != signed.nodeId) revert SignerUnknown(key);
        Shares.requireWrong(signed, hints, quorum, key);
        _convict(key, key, requestDigest);
    }

    function setReward(uint16 rewardBps_) external restricted {
        _setReward(rewardBps_);
    }

    function _convict(address key, address secondKey, bytes32 subject) private {
        if (key != secondKey) revert SignersDiffer(key, secondKey);
        uint64 nodeId = subnet.nodeOfKey(key);
        if (nodeId == 0) revert SignerUnknown(key);
        if (isConvicted[nodeId]) revert AlreadyConvicted(nodeId);
        isConvicted[nodeId] = true;
        uint256 slashedWei = subnet.slashNode(nodeId, msg.sender, rewardBps);
        emit NodeConvicted(nodeId, key, msg.sender, subject, slashedWei);
    }

    /// @dev Struct hashes of the lease, and of the batch that holds it at its index.
    function _hashLease(SignedLease calldata s) private pure returns (bytes32 leaseHash, bytes32 batchHash) {
        uint256 size = s.hashes.length;
        leaseHash = keccak256(abi.encode(LEASE_TYPEHASH, s.lease));
        if (size > MAX_BATCH || s.index >= size || s.hashes[s.index] != leaseHash) revert HashesWrong(s.index);
        batchHash = keccak256(abi.encode(BATCH_TYPEHASH, s.epoch, s.expiry, keccak256(abi.encodePacked(s.hashes))));
    }

    /// @dev What a sender may say one thing about: session, kind, sender and subject.
    function _placeOf(IKeys.SessionMessage calldata m) private pure returns (bytes memory) {
        return abi.encode(m.session, m.kind, m.sender, m.subject);
    }

    /// @dev 65 bytes with a low s only, so that one signature has one form.
    function _signer(bytes32 structHash, bytes calldata signature) private view returns (address key) {
        bytes32 digest = MessageHashUtils.toTypedDataHash(quorum.domainSeparator(), structHash);
        ECDSA.RecoverError problem;
        (key, problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem != ECDSA.RecoverError.NoError) revert SignatureInvalid();
    }

    function _setReward(uint16 rewardBps_) private {
        if (rewardBps_ > MAX_REWARD_BPS) revert RewardInvalid(rewardBps_);
        rewardBps = rewardBps_;
        emit RewardSet(rewardBps_);
    }
}
