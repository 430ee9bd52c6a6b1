// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SubnetState} from "./SubnetState.sol";

/// @title References: reference values, denied platforms and revocation floors, set by the admin (later the DAO)
abstract contract References is SubnetState {
    mapping(uint16 role => mapping(bytes32 measurementId => Reference)) private _references;
    mapping(Subject subject => mapping(bytes32 id => uint64)) private _floors;
    mapping(bytes32 platformId => bool) internal _denied;

    function setReferenceValue(uint16 role, bytes32 measurementId, ReferenceStatus status, uint64 until)
        external
        onlyOwner
    {
        if (role != WORKER && role != DSECRET) revert RoleInvalid(role);
        if (measurementId == 0) revert ZeroDigest();
        if (status == ReferenceStatus.None) revert ReferenceStatusInvalid();
        Reference storage r = _references[role][measurementId];
        // Only a value that is not in force waits for the public delay; one that is may change its status at once.
        bool isLapsed = r.status == ReferenceStatus.Deprecated && block.timestamp >= r.until;
        if (r.status == ReferenceStatus.None || r.status == ReferenceStatus.Revoked || isLapsed) {
            r.validFrom = uint64(block.timestamp) + referenceDelaySeconds;
        }
        r.status = status;
        r.until = status == ReferenceStatus.Deprecated ? until : 0;
        emit ReferenceValueSet(role, measurementId, status, r.validFrom, r.until);
    }

    function denyPlatform(bytes32 platformId) external onlyOwner {
        if (platformId == 0) revert ZeroDigest();
        _denied[platformId] = true;
        emit PlatformDenied(platformId);
    }

    function raiseRevocationFloor(Subject subject, bytes32 id) external onlyOwner {
        if (subject == Subject.None) revert SubjectInvalid();
        if (id == 0) revert ZeroDigest();
        _floors[subject][id] = uint64(block.number);
        emit RevocationFloorRaised(subject, id, uint64(block.number));
    }

    function revocationFloor(Subject subject, bytes32 id) external view returns (uint64 blockNumber) {
        return _floors[subject][id];
    }

    function referenceValue(uint16 role, bytes32 measurementId) external view returns (Reference memory) {
        return _references[role][measurementId];
    }

    function isReferenceAccepted(uint16 role, bytes32 measurementId) public view returns (bool) {
        Reference memory r = _references[role][measurementId];
        if (block.timestamp < r.validFrom) return false;
        if (r.status == ReferenceStatus.Accepted) return true;
        return r.status == ReferenceStatus.Deprecated && block.timestamp < r.until;
    }

    function _isAboveFloor(Subject subject, bytes32 id, uint64 evidenceBlock) internal view returns (bool) {
        return evidenceBlock > _floors[subject][id];
    }
}
