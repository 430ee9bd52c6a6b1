// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {Nodes} from "./Nodes.sol";
import {References} from "./References.sol";
import {Workers} from "./Workers.sol";

/// @title Machines: NodeProofs, and which platform belongs to whom
abstract contract Machines is Workers, Nodes, References {
    struct Machine {
        uint16 role;
        uint32 generation;
        uint64 nodeId;
        uint64 notAfter;
        uint64 evidenceBlock;
        bytes32 measurementId;
    }

    bytes32 private constant PROOF_TYPEHASH = keccak256(
        "NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "NodeProofBatch(uint64 epoch,uint64 expiry,NodeProof[] proofs)NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    /// @dev A worker's machine has no encryption key: 33 zero bytes stand in its evidence.
    bytes32 private constant NO_ENCRYPTION_KEY = keccak256(new bytes(33));

    mapping(bytes32 platformId => Machine) private _machines;
    /// @dev The machine a worker or node proved last.
    mapping(uint16 role => mapping(uint64 nodeId => bytes32 platformId)) private _platformOf;

    function proveNodes(NodeProof[] calldata proofs, IQuorum.Signed calldata signed) external {
        if (proofs.length == 0 || proofs.length > MAX_BATCH) revert BatchSize(proofs.length);
        bool genesis = quorum.genesisOpen();
        bytes32[] memory hashes = new bytes32[](proofs.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            hashes[i] = _hashProof(proofs[i]);
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        quorum.verify(keccak256(abi.encode(BATCH_TYPEHASH, signed.epoch, signed.expiry, list)), signed, genesis);
        for (uint256 i = 0; i < proofs.length; i++) {
            if (genesis && proofs[i].role != DSECRET) revert GenesisProofsOfNodesOnly(proofs[i].role);
            _takeProof(proofs[i]);
        }
    }

    function platform(bytes32 platformId) external view returns (Platform memory) {
        Machine storage m = _machines[platformId];
        bool current = m.generation == _generations[m.role][m.nodeId];
        return Platform({
            role: Role(m.role), nodeId: m.nodeId, notAfter: current ? m.notAfter : 0, denied: _denied[platformId]
        });
    }

    function liveProof(uint16 role, uint64 nodeId) public view returns (uint64 notAfter, bytes32 platformId) {
        platformId = _platformOf[role][nodeId];
        if (!isPlatformLive(role, nodeId, platformId)) return (0, platformId);
        return (_machines[platformId].notAfter, platformId);
    }

    function isPlatformLive(uint16 role, uint64 nodeId, bytes32 platformId) public view returns (bool) {
        Machine storage m = _machines[platformId];
        if (m.notAfter <= block.timestamp || m.role != role || m.nodeId != nodeId || platformId == 0) return false;
        if (m.generation != _generations[role][nodeId] || _denied[platformId]) return false;
        bytes32 measurementId = m.measurementId;
        uint64 evidenceBlock = m.evidenceBlock;
        if (!isReferenceAccepted(role, measurementId)) return false;
        if (!_isAboveFloor(Subject.Platform, platformId, evidenceBlock)) return false;
        if (!_isAboveFloor(Subject.Measurement, measurementId, evidenceBlock)) return false;
        if (role == WORKER && !_isAboveFloor(Subject.Worker, bytes32(uint256(nodeId)), evidenceBlock)) return false;
        // Of this generation, so the proof was made with the key that is registered now.
        address key = role == WORKER ? _workers[nodeId].operator : _nodes[nodeId].statementKey;
        return _isAboveFloor(Subject.Key, bytes32(uint256(uint160(key))), evidenceBlock);
    }

    function evidenceFault(Evidence calldata e) external view returns (EvidenceFault) {
        if (!isPlatformLive(WORKER, e.workerId, e.platformId)) return EvidenceFault.PlatformNotLive;
        if (!isReferenceAccepted(WORKER, e.measurementId)) return EvidenceFault.MeasurementNotAccepted;
        bool above = _isAboveFloor(Subject.Key, bytes32(uint256(uint160(e.key))), e.evidenceBlock)
            && _isAboveFloor(Subject.Platform, e.platformId, e.evidenceBlock)
            && _isAboveFloor(Subject.Measurement, e.measurementId, e.evidenceBlock)
            && _isAboveFloor(Subject.Worker, bytes32(uint256(e.workerId)), e.evidenceBlock)
            && _isAboveFloor(Subject.Application, bytes32(uint256(e.appId)), e.evidenceBlock);
        return above ? EvidenceFault.None : EvidenceFault.BelowRevocationFloor;
    }

    function signers(uint64[] calldata nodeIds) external view returns (address[] memory keys, bool[] memory live) {
        keys = new address[](nodeIds.length);
        live = new bool[](nodeIds.length);
        for (uint256 i = 0; i < nodeIds.length; i++) {
            keys[i] = _nodeOf(nodeIds[i]).statementKey;
            live[i] = isPlatformLive(DSECRET, nodeIds[i], _platformOf[DSECRET][nodeIds[i]]);
        }
    }

    function _takeProof(NodeProof calldata p) private {
        _requireKeys(p);
        if (p.platformId == 0 || p.measurementId == 0 || p.evidenceDigest == 0) revert ZeroDigest();
        if (p.notAfter <= block.timestamp) revert ProofExpired(p.notAfter);
        if (p.notBefore > block.timestamp || p.notAfter - p.notBefore != nodeProofSeconds) {
            revert ProofLifetime(p.notBefore, p.notAfter);
        }
        if (p.evidenceBlock >= block.number) revert ProofBlockInFuture(p.evidenceBlock);
        if (_denied[p.platformId]) revert PlatformIsDenied(p.platformId);
        if (!isReferenceAccepted(p.role, p.measurementId)) revert ReferenceNotAccepted(p.measurementId);
        _requireFloors(p);
        Machine storage m = _machines[p.platformId];
        uint32 generation = _generations[p.role][p.nodeId];
        if (m.role == p.role && m.nodeId == p.nodeId) {
            // Somebody else was faster with the same or a newer proof: nothing to do.
            if (m.generation == generation && p.evidenceBlock <= m.evidenceBlock) return;
        } else if (isPlatformLive(m.role, m.nodeId, p.platformId)) {
            revert PlatformTaken(p.platformId, m.role, m.nodeId);
        }
        _machines[p.platformId] = Machine({
            role: p.role,
            generation: generation,
            nodeId: p.nodeId,
            notAfter: p.notAfter,
            evidenceBlock: p.evidenceBlock,
            measurementId: p.measurementId
        });
        _platformOf[p.role][p.nodeId] = p.platformId;
        emit NodeProven(p.role, p.nodeId, p.platformId, p.notAfter, p.evidenceDigest);
    }

    function _requireKeys(NodeProof calldata p) private view {
        bool equal;
        if (p.role == WORKER) {
            equal = p.statementKey == _workerOf(p.nodeId).operator && p.tlsKeyHash == 0
                && keccak256(p.encryptionKey) == NO_ENCRYPTION_KEY;
        } else if (p.role == DSECRET) {
            Node storage n = _nodeOf(p.nodeId);
            equal = p.statementKey == n.statementKey && p.tlsKeyHash == n.tlsKeyHash
                && keccak256(p.encryptionKey) == keccak256(n.encryptionKey);
        } else {
            revert RoleInvalid(p.role);
        }
        if (!equal) revert ProofKeysWrong(p.role, p.nodeId);
        // Anybody's machine can name a worker and its public operator: the worker itself has to bring the proof.
        if (p.role == WORKER && msg.sender != p.statementKey) revert NotOperator(msg.sender);
    }

    function _requireFloors(NodeProof calldata p) private view {
        bytes32 key = bytes32(uint256(uint160(p.statementKey)));
        if (!_isAboveFloor(Subject.Key, key, p.evidenceBlock)) revert ProofBelowFloor(Subject.Key);
        if (!_isAboveFloor(Subject.Platform, p.platformId, p.evidenceBlock)) revert ProofBelowFloor(Subject.Platform);
        if (!_isAboveFloor(Subject.Measurement, p.measurementId, p.evidenceBlock)) {
            revert ProofBelowFloor(Subject.Measurement);
        }
        if (p.role == WORKER && !_isAboveFloor(Subject.Worker, bytes32(uint256(p.nodeId)), p.evidenceBlock)) {
            revert ProofBelowFloor(Subject.Worker);
        }
    }

    function _hashProof(NodeProof calldata p) private pure returns (bytes32) {
        bytes memory head = abi.encode(
            PROOF_TYPEHASH, p.role, p.nodeId, p.platformId, p.statementKey, keccak256(p.encryptionKey), p.tlsKeyHash
        );
        return keccak256(
            bytes.concat(head, abi.encode(p.measurementId, p.evidenceBlock, p.notBefore, p.notAfter, p.evidenceDigest))
        );
    }
}
