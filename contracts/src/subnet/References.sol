// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "./ISubnet.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title References: reference values, denied platforms and revocation floors
abstract contract References is SubnetState {
    bytes32 private constant REVOCATION_TYPEHASH =
        keccak256("Revocation(uint16 subject,bytes32 id,uint64 blockNumber)");
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "RevocationBatch(uint64 epoch,uint64 expiry,Revocation[] revocations)Revocation(uint16 subject,bytes32 id,uint64 blockNumber)"
    );
    /// @dev 24 hours, and the one to which `lastSignedAt` is exact.
    uint256 private constant SILENCE_SECONDS = 25 hours;
    uint64 private constant MAX_EXTENSION_SECONDS = 7 days;

    function setReferenceValue(
        uint16 role,
        bytes32 measurementId,
        uint8 teeClass,
        ISubnet.ReferenceStatus status,
        uint64 until
    ) external restricted {
        ISubnet.Reference storage r = _referenceOf(role, measurementId);
        if (teeClass != 1 && teeClass != 2 && teeClass != 4 && teeClass != 8) revert ISubnet.TeeClassInvalid(teeClass);
        if (status == ISubnet.ReferenceStatus.None) revert ISubnet.ReferenceStatusInvalid();
        // Only a value that is not in force waits for the public delay; one that is may change its status at once.
        bool isLapsed = r.status == ISubnet.ReferenceStatus.Deprecated && block.timestamp >= r.until;
        if (r.status == ISubnet.ReferenceStatus.None || r.status == ISubnet.ReferenceStatus.Revoked || isLapsed) {
            r.validFrom = uint64(block.timestamp) + referenceDelaySeconds;
        }
        r.teeClass = teeClass;
        r.extended = false;
        _setStatus(r, role, measurementId, status, status == ISubnet.ReferenceStatus.Deprecated ? until : 0);
    }

    function revokeReference(uint16 role, bytes32 measurementId) external restricted {
        ISubnet.Reference storage r = _referenceOf(role, measurementId);
        _setStatus(r, role, measurementId, ISubnet.ReferenceStatus.Revoked, 0);
    }

    function extendDeprecated(uint16 role, bytes32 measurementId, uint64 until) external restricted {
        ISubnet.Reference storage r = _referenceOf(role, measurementId);
        if (r.status != ISubnet.ReferenceStatus.Deprecated) revert ISubnet.ExtensionRefused("status");
        if (r.extended) revert ISubnet.ExtensionRefused("once");
        if (block.timestamp < quorum.lastSignedAt() + SILENCE_SECONDS) revert ISubnet.ExtensionRefused("quorum signs");
        if (until <= r.until || until - r.until > MAX_EXTENSION_SECONDS) revert ISubnet.ExtensionRefused("length");
        if (until <= block.timestamp) revert ISubnet.ExtensionRefused("past");
        r.extended = true;
        _setStatus(r, role, measurementId, ISubnet.ReferenceStatus.Deprecated, until);
    }

    function denyPlatform(bytes32 platformId) external restricted {
        if (platformId == 0) revert ISubnet.ZeroDigest();
        _machines[platformId].denied = true;
        emit ISubnet.PlatformDenied(platformId);
    }

    function raiseRevocationFloor(ISubnet.Subject subject, bytes32 id) external restricted {
        _raiseFloor(subject, id, uint64(block.number));
    }

    function revoke(ISubnet.Revocation[] calldata revocations, IQuorum.Signed calldata signed) external {
        uint256 size = revocations.length;
        if (size == 0 || size > MAX_BATCH) revert ISubnet.BatchSize(size);
        bytes32[] memory hashes = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) {
            ISubnet.Revocation calldata r = revocations[i];
            hashes[i] = keccak256(abi.encode(REVOCATION_TYPEHASH, r.subject, r.id, r.blockNumber));
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        quorum.verify(keccak256(abi.encode(BATCH_TYPEHASH, signed.epoch, signed.expiry, list)), signed, false);
        for (uint256 i = 0; i < size; i++) {
            ISubnet.Revocation calldata r = revocations[i];
            if (r.subject > uint16(ISubnet.Subject.Application)) revert ISubnet.SubjectInvalid();
            if (r.blockNumber > block.number) revert ISubnet.ProofBlockInFuture(r.blockNumber);
            _raiseFloor(ISubnet.Subject(r.subject), r.id, r.blockNumber);
        }
    }

    function revocationFloor(ISubnet.Subject subject, bytes32 id) external view returns (uint64 blockNumber) {
        return _floors[subject][id];
    }

    function referenceValue(uint16 role, bytes32 measurementId) external view returns (ISubnet.Reference memory) {
        return _references[role][measurementId];
    }

    function isReferenceAccepted(uint16 role, bytes32 measurementId) external view returns (bool) {
        return _isAccepted(role, measurementId);
    }

    function _referenceOf(uint16 role, bytes32 measurementId) private view returns (ISubnet.Reference storage) {
        if (role != WORKER && role != DSECRET) revert ISubnet.RoleInvalid(role);
        if (measurementId == 0) revert ISubnet.ZeroDigest();
        return _references[role][measurementId];
    }

    function _setStatus(
        ISubnet.Reference storage r,
        uint16 role,
        bytes32 measurementId,
        ISubnet.ReferenceStatus status,
        uint64 until
    ) private {
        r.status = status;
        r.until = until;
        emit ISubnet.ReferenceValueSet(role, measurementId, status, r.teeClass, r.validFrom, until);
    }

    /// @dev Floors only rise.
    function _raiseFloor(ISubnet.Subject subject, bytes32 id, uint64 blockNumber) private {
        if (subject == ISubnet.Subject.None) revert ISubnet.SubjectInvalid();
        if (id == 0) revert ISubnet.ZeroDigest();
        if (blockNumber <= _floors[subject][id]) return;
        _floors[subject][id] = blockNumber;
        _raiseNewest(subject, blockNumber);
        _raiseNewest(ISubnet.Subject.None, blockNumber);
        emit ISubnet.RevocationFloorRaised(subject, id, blockNumber);
    }

    function _raiseNewest(ISubnet.Subject subject, uint256 blockNumber) private {
        uint256 newest = _newestOf(_newestFloors, subject);
        if (blockNumber > newest) _newestFloors += (blockNumber - newest) << (uint256(subject) * FLOOR_BITS);
    }
}
