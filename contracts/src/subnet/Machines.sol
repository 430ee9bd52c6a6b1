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
            if (again) _requireProven(p);
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
        (bool proven, Machine storage m) = _proofOf(role, nodeId, platformId, _newestFloors);
        return proven && m.notAfter > block.timestamp;
    }

    /// @dev Asked for every lease of a batch: one read of each record, and of no floor while the evidence is above all there are.
    function evidenceFault(ISubnet.Evidence calldata e) external view returns (ISubnet.EvidenceFault) {
        uint256 newest = _newestFloors;
        (bool proven, Machine storage m) = _proofOf(WORKER, e.workerId, e.platformId, newest);
        if (!proven || m.notAfter <= block.timestamp) return ISubnet.EvidenceFault.PlatformNotLive;
        bytes32 measurementId = e.measurementId;
        if (measurementId != m.measurementId && !_isAccepted(WORKER, measurementId)) {
            return ISubnet.EvidenceFault.MeasurementNotAccepted;
        }
        uint64 evidenceBlock = e.evidenceBlock;
        if (_isAboveAll(evidenceBlock, newest)) return ISubnet.EvidenceFault.None;
        bool above = _isAbove(ISubnet.Subject.Key, bytes32(uint256(uint160(e.key))), evidenceBlock, newest)
            && _isAbove(ISubnet.Subject.Platform, e.platformId, evidenceBlock, newest)
            && _isAbove(ISubnet.Subject.Measurement, measurementId, evidenceBlock, newest)
            && _isAbove(ISubnet.Subject.Worker, bytes32(uint256(e.workerId)), evidenceBlock, newest)
            && _isAbove(ISubnet.Subject.Application, bytes32(uint256(e.appId)), evidenceBlock, newest);
        return above ? ISubnet.EvidenceFault.None : ISubnet.EvidenceFault.BelowRevocationFloor;
    }

    function newestFloor() external view returns (uint64 blockNumber) {
        return uint64(_newestOf(_newestFloors, ISubnet.Subject.None));
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
        uint256 newest = _newestFloors;
        for (uint256 i = 0; i < size; i++) {
            NodeRecord storage n = _nodeOf(nodeIds[i]);
            if (!_hasLeft(n)) keys[i] = n.statementKey;
            bytes32 platformId = _platformOf[DSECRET][nodeIds[i]];
            (bool proven, Machine storage m) = _proofOf(DSECRET, nodeIds[i], platformId, newest);
            live[i] = proven && m.notAfter > block.timestamp;
            lapsed[i] = proven && !live[i];
        }
    }

    /// @dev Whether a proof of exactly these, made with the keys of now, stands but for its time.
    function _proofOf(uint16 role, uint64 nodeId, bytes32 platformId, uint256 newest)
        private
        view
        returns (bool, Machine storage m)
    {
        m = _machines[platformId];
        if (m.role != role || m.nodeId != nodeId || m.denied || platformId == 0) return (false, m);
        if (role == DSECRET && _hasLeft(_nodes[nodeId])) return (false, m);
        if (m.generation != _generationOf(role, nodeId) || !_isAccepted(role, m.measurementId)) return (false, m);
        if (_isAboveAll(m.evidenceBlock, newest)) return (true, m);
        // Of this generation, so the proof was made with the key that is registered now.
        address key = role == WORKER ? _workers[nodeId].operator : _nodes[nodeId].statementKey;
        ISubnet.Subject floor = _firstFloor(role, nodeId, platformId, key, m.measurementId, m.evidenceBlock, newest);
        return (floor == ISubnet.Subject.None, m);
    }

    function _requireProven(ISubnet.NodeProof calldata p) private view {
        (bool proven,) = _proofOf(DSECRET, p.nodeId, p.platformId, _newestFloors);
        if (!proven) revert ISubnet.ProofKeysWrong(p.role, p.nodeId);
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
        ISubnet.Subject floor = _firstFloor(
            p.role, p.nodeId, p.platformId, p.statementKey, p.measurementId, p.evidenceBlock, _newestFloors
        );
        if (floor != ISubnet.Subject.None) revert ISubnet.ProofBelowFloor(floor);
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

    /// @dev The first subject whose floor the evidence of a machine is not above, None when it is above all of them.
    function _firstFloor(
        uint16 role,
        uint64 nodeId,
        bytes32 platformId,
        address key,
        bytes32 measurementId,
        uint64 evidenceBlock,
        uint256 newest
    ) private view returns (ISubnet.Subject) {
        if (!_isAbove(ISubnet.Subject.Key, bytes32(uint256(uint160(key))), evidenceBlock, newest)) {
            return ISubnet.Subject.Key;
        }
        if (!_isAbove(ISubnet.Subject.Platform, platformId, evidenceBlock, newest)) return ISubnet.Subject.Platform;
        if (!_isAbove(ISubnet.Subject.Measurement, measurementId, evidenceBlock, newest)) {
            return ISubnet.Subject.Measurement;
        }
        if (role == WORKER && !_isAbove(ISubnet.Subject.Worker, bytes32(uint256(nodeId)), evidenceBlock, newest)) {
            return ISubnet.Subject.Worker;
        }
        return ISubnet.Subject.None;
    }

    function _generationOf(uint16 role, uint64 nodeId) private view returns (uint32) {
        return role == WORKER ? _workers[nodeId].generation : _nodes[nodeId].generation;
    }

    function _isAboveAll(uint64 evidenceBlock, uint256 newest) private pure returns (bool) {
        return evidenceBlock > _newestOf(newest, ISubnet.Subject.None);
    }

    /// @dev Above the newest floor of the subject, whosoever's, it is above its own.
    function _isAbove(ISubnet.Subject subject, bytes32 id, uint64 evidenceBlock, uint256 newest)
        private
        view
        returns (bool)
    {
        return evidenceBlock > _newestOf(newest, subject) || evidenceBlock > _floors[subject][id];
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
