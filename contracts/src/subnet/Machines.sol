// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "./ISubnet.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title Machines: NodeProofs, which platform belongs to whom, and whether evidence from it counts
abstract contract Machines is SubnetState {
    bytes32 private constant PROOF_TYPEHASH = keccak256(
        "NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "NodeProofBatch(uint64 epoch,uint64 expiry,NodeProof[] proofs)NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    /// @dev A worker's machine has no encryption key: 33 zero bytes stand in its evidence.
    bytes32 private constant NO_ENCRYPTION_KEY = keccak256(new bytes(33));

    function proveNodes(
        ISubnet.NodeProof[] calldata proofs,
        string[] calldata evidenceUris,
        IQuorum.Signed calldata signed
    ) external {
        uint256 size = proofs.length;
        if (size == 0 || size > MAX_BATCH) revert ISubnet.BatchSize(size);
        if (evidenceUris.length != size) revert ISubnet.BatchSize(evidenceUris.length);
        bool genesis = quorum.genesisOpen();
        // A committee that vouches for itself again after a silence admits neither keys nor machines.
        bool again = genesis && quorum.activeEpoch() != 0 && block.timestamp <= quorum.reopenedUntil();
        bytes32[] memory hashes = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) {
            hashes[i] = _hashProof(proofs[i]);
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        quorum.verify(keccak256(abi.encode(BATCH_TYPEHASH, signed.epoch, signed.expiry, list)), signed, genesis);
        for (uint256 i = 0; i < size; i++) {
            ISubnet.NodeProof calldata p = proofs[i];
            if (genesis && p.role != DSECRET) revert ISubnet.GenesisProofsOfNodesOnly(p.role);
            if (again && !_isProven(DSECRET, p.nodeId, p.platformId)) revert ISubnet.ProofKeysWrong(p.role, p.nodeId);
            _requireUri(evidenceUris[i]);
            _takeProof(p, evidenceUris[i]);
        }
    }

    function platform(bytes32 platformId) external view returns (ISubnet.Platform memory) {
        Machine storage m = _machines[platformId];
        bool current = m.generation == _generationOf(m.role, m.nodeId);
        return ISubnet.Platform({
            role: ISubnet.Role(m.role), nodeId: m.nodeId, notAfter: current ? m.notAfter : 0, denied: m.denied
        });
    }

    function liveProof(uint16 role, uint64 nodeId) external view returns (uint64 notAfter, bytes32 platformId) {
        platformId = _platformOf[role][nodeId];
        if (!isPlatformLive(role, nodeId, platformId)) return (0, platformId);
        return (_machines[platformId].notAfter, platformId);
    }

    function isPlatformLive(uint16 role, uint64 nodeId, bytes32 platformId) public view returns (bool) {
        return _machines[platformId].notAfter > block.timestamp && _isProven(role, nodeId, platformId);
    }

    function evidenceFault(ISubnet.Evidence calldata e) external view returns (ISubnet.EvidenceFault) {
        if (!isPlatformLive(WORKER, e.workerId, e.platformId)) return ISubnet.EvidenceFault.PlatformNotLive;
        if (!_isAccepted(WORKER, e.measurementId)) return ISubnet.EvidenceFault.MeasurementNotAccepted;
        bool above = _isAboveFloor(ISubnet.Subject.Key, bytes32(uint256(uint160(e.key))), e.evidenceBlock)
            && _isAboveFloor(ISubnet.Subject.Platform, e.platformId, e.evidenceBlock)
            && _isAboveFloor(ISubnet.Subject.Measurement, e.measurementId, e.evidenceBlock)
            && _isAboveFloor(ISubnet.Subject.Worker, bytes32(uint256(e.workerId)), e.evidenceBlock)
            && _isAboveFloor(ISubnet.Subject.Application, bytes32(uint256(e.appId)), e.evidenceBlock);
        return above ? ISubnet.EvidenceFault.None : ISubnet.EvidenceFault.BelowRevocationFloor;
    }

    function newestFloor() external view returns (uint64 blockNumber) {
        for (uint256 left = _newestFloors; left != 0; left >>= FLOOR_BITS) {
            if (uint48(left) > blockNumber) blockNumber = uint48(left);
        }
    }

    function signers(uint64[] calldata nodeIds)
        external
        view
        returns (address[] memory keys, bool[] memory live, bool[] memory lapsed)
    {
        uint256 size = nodeIds.length;
        keys = new address[](size);
        live = new bool[](size);
        lapsed = new bool[](size);
        for (uint256 i = 0; i < size; i++) {
            keys[i] = _nodeOf(nodeIds[i]).statementKey;
            bytes32 platformId = _platformOf[DSECRET][nodeIds[i]];
            bool proven = _isProven(DSECRET, nodeIds[i], platformId);
            live[i] = proven && _machines[platformId].notAfter > block.timestamp;
            lapsed[i] = proven && !live[i];
        }
    }

    /// @dev Whether a proof of exactly these, made with the keys of now, stands but for its time.
    function _isProven(uint16 role, uint64 nodeId, bytes32 platformId) private view returns (bool) {
        Machine memory m = _machines[platformId];
        if (m.role != role || m.nodeId != nodeId || m.denied || platformId == 0) return false;
        if (role == DSECRET && _hasLeft(_nodes[nodeId])) return false;
        if (m.generation != _generationOf(role, nodeId) || !_isAccepted(role, m.measurementId)) return false;
        if (!_isAboveFloor(ISubnet.Subject.Platform, platformId, m.evidenceBlock)) return false;
        if (!_isAboveFloor(ISubnet.Subject.Measurement, m.measurementId, m.evidenceBlock)) return false;
        if (role == WORKER && !_isAboveFloor(ISubnet.Subject.Worker, bytes32(uint256(nodeId)), m.evidenceBlock)) {
            return false;
        }
        // Of this generation, so the proof was made with the key that is registered now.
        address key = role == WORKER ? _workers[nodeId].operator : _nodes[nodeId].statementKey;
        return _isAboveFloor(ISubnet.Subject.Key, bytes32(uint256(uint160(key))), m.evidenceBlock);
    }

    function _takeProof(ISubnet.NodeProof calldata p, string calldata evidenceUri) private {
        _requireKeys(p);
        if (p.platformId == 0 || p.measurementId == 0 || p.evidenceDigest == 0) revert ISubnet.ZeroDigest();
        if (p.notAfter <= block.timestamp) revert ISubnet.ProofExpired(p.notAfter);
        if (p.notBefore > block.timestamp || p.notAfter - p.notBefore != nodeProofSeconds) {
            revert ISubnet.ProofLifetime(p.notBefore, p.notAfter);
        }
        if (p.evidenceBlock >= block.number) revert ISubnet.ProofBlockInFuture(p.evidenceBlock);
        if (!_isAccepted(p.role, p.measurementId)) revert ISubnet.ReferenceNotAccepted(p.measurementId);
        _requireFloors(p);
        Machine storage m = _machines[p.platformId];
        if (m.denied) revert ISubnet.PlatformIsDenied(p.platformId);
        uint32 generation = _generationOf(p.role, p.nodeId);
        if (m.role == p.role && m.nodeId == p.nodeId) {
            // Somebody else was faster with the same or a newer proof: nothing to do.
            if (m.generation == generation && p.evidenceBlock <= m.evidenceBlock) return;
        } else if (isPlatformLive(m.role, m.nodeId, p.platformId)) {
            revert ISubnet.PlatformTaken(p.platformId, m.role, m.nodeId);
        }
        _machines[p.platformId] = Machine({
            role: p.role,
            denied: false,
            generation: generation,
            nodeId: p.nodeId,
            notAfter: p.notAfter,
            evidenceBlock: p.evidenceBlock,
            measurementId: p.measurementId
        });
        _platformOf[p.role][p.nodeId] = p.platformId;
        if (p.role == DSECRET) _nodes[p.nodeId].teeClass = _references[DSECRET][p.measurementId].teeClass;
        emit ISubnet.NodeProven(p.role, p.nodeId, p.platformId, p.notAfter, p.evidenceDigest, evidenceUri);
    }

    function _requireKeys(ISubnet.NodeProof calldata p) private view {
        bool equal;
        if (p.role == WORKER) {
            WorkerRecord storage w = _workerOf(p.nodeId);
            if (w.status == ISubnet.WorkerStatus.Shutdown) revert ISubnet.StatusWrong(p.role, p.nodeId);
            equal = p.statementKey == w.operator && p.tlsKeyHash == 0 && keccak256(p.encryptionKey) == NO_ENCRYPTION_KEY;
        } else if (p.role == DSECRET) {
            NodeRecord storage n = _nodeOf(p.nodeId);
            if (n.status == ISubnet.NodeStatus.Slashed) revert ISubnet.StatusWrong(p.role, p.nodeId);
            equal = p.statementKey == n.statementKey && p.tlsKeyHash == n.tlsKeyHash
                && keccak256(p.encryptionKey) == keccak256(n.encryptionKey);
        } else {
            revert ISubnet.RoleInvalid(p.role);
        }
        if (!equal) revert ISubnet.ProofKeysWrong(p.role, p.nodeId);
        // Anybody's machine can name a worker and its public operator: the worker itself has to bring the proof.
        if (p.role == WORKER && msg.sender != p.statementKey) revert ISubnet.NotOperator(msg.sender);
    }

    function _requireFloors(ISubnet.NodeProof calldata p) private view {
        bytes32 key = bytes32(uint256(uint160(p.statementKey)));
        if (!_isAboveFloor(ISubnet.Subject.Key, key, p.evidenceBlock)) {
            revert ISubnet.ProofBelowFloor(ISubnet.Subject.Key);
        }
        if (!_isAboveFloor(ISubnet.Subject.Platform, p.platformId, p.evidenceBlock)) {
            revert ISubnet.ProofBelowFloor(ISubnet.Subject.Platform);
        }
        if (!_isAboveFloor(ISubnet.Subject.Measurement, p.measurementId, p.evidenceBlock)) {
            revert ISubnet.ProofBelowFloor(ISubnet.Subject.Measurement);
        }
        if (p.role == WORKER && !_isAboveFloor(ISubnet.Subject.Worker, bytes32(uint256(p.nodeId)), p.evidenceBlock)) {
            revert ISubnet.ProofBelowFloor(ISubnet.Subject.Worker);
        }
    }

    function _generationOf(uint16 role, uint64 nodeId) private view returns (uint32) {
        return role == WORKER ? _workers[nodeId].generation : _nodes[nodeId].generation;
    }

    /// @dev Above the newest floor of the subject, whosoever's, it is above its own.
    function _isAboveFloor(ISubnet.Subject subject, bytes32 id, uint64 evidenceBlock) private view returns (bool) {
        uint256 newest = uint48(_newestFloors >> (uint256(subject) * FLOOR_BITS - FLOOR_BITS));
        return evidenceBlock > newest || evidenceBlock > _floors[subject][id];
    }

    function _hashProof(ISubnet.NodeProof calldata p) private pure returns (bytes32) {
        bytes memory head = abi.encode(
            PROOF_TYPEHASH, p.role, p.nodeId, p.platformId, p.statementKey, keccak256(p.encryptionKey), p.tlsKeyHash
        );
        return keccak256(
            bytes.concat(head, abi.encode(p.measurementId, p.evidenceBlock, p.notBefore, p.notAfter, p.evidenceDigest))
        );
    }
}
