// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {Escrow} from "./Escrow.sol";

/// @title Leases: taking attestation leases into two slots per replica
abstract contract Leases is Escrow {
    bytes32 private constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    uint256 private constant MAX_BATCH = 64;

    /// @dev What is the same for all leases of a batch: their length, and the machine that the Subnet was asked about last. Evidence of
    /// the same machine above every floor needs no second question.
    struct Batch {
        uint256 lifetime;
        uint64 newestFloor;
        uint64 workerId;
        bytes32 platformId;
        bytes32 measurementId;
    }

    function renew(ICloud.AttestationLease[] memory leases, IQuorum.Signed calldata signed) external {
        uint256 size = leases.length;
        if (size == 0 || size > MAX_BATCH) revert ICloud.BatchSize(size);
        bytes32[] memory hashes = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) {
            hashes[i] = keccak256(abi.encode(LEASE_TYPEHASH, leases[i]));
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        quorum.verify(keccak256(abi.encode(BATCH_TYPEHASH, signed.epoch, signed.expiry, list)), signed, false);
        Batch memory batch;
        batch.lifetime = _policy.maxLeaseSeconds;
        batch.newestFloor = subnet.newestFloor();
        for (uint256 i = 0; i < size; i++) {
            _renewOne(leases[i], batch);
        }
    }

    function lease(uint64 appId, uint16 replica, uint8 slot)
        external
        view
        returns (ICloud.AttestationLease memory found)
    {
        Hot memory h = _effective(appId, _appOf(appId).hot);
        uint32 version = slot == 0 ? h.currentVersion : slot == 1 ? h.pendingVersion : 0;
        LeaseSlot storage s = _slot(appId, h, replica, slot == 1);
        Mark memory m = s.mark;
        if (version == 0 || s.version != version || m.instance == 0) return found;
        found.appId = appId;
        found.version = version;
        found.replica = replica;
        found.workerId = _releases[appId][version].workerId;
        found.platformId = s.platformId;
        found.instanceKey = s.instanceKey;
        found.hpkeKey = s.hpkeKey;
        found.tlsKeyHash = s.tlsKeyHash;
        found.measurementId = s.measurementId;
        found.evidenceBlock = m.evidenceBlock;
        found.notBefore = m.notBefore;
        found.notAfter = uint64(m.notBefore) + m.lifetime;
    }

    function isLeaseLive(uint64 appId, address instanceKey) external view returns (bool) {
        Hot memory h = _apps[appId].hot;
        if (h.state != ICloud.AppState.Active || instanceKey == address(0)) return false;
        h = _effective(appId, h);
        if (_hasLiveKey(appId, h, instanceKey, false, h.currentVersion, h.replicas)) return true;
        uint32 pending = _openPending(h);
        if (pending == 0) return false;
        return _hasLiveKey(appId, h, instanceKey, true, pending, _pendingReplicas(h, _releases[appId][pending]));
    }

    function _renewOne(ICloud.AttestationLease memory l, Batch memory batch) private {
        Application storage a = _apps[l.appId];
        Hot memory h = a.hot;
        if (h.pendingVersion != 0 && _takeOver(l.appId, a)) h = a.hot;
        LeaseSlot storage slot = _slot(l.appId, h, l.replica, l.version != h.currentVersion);
        Mark memory m = slot.mark;
        // Everything that stays as it is while the same instance runs on: what was checked of it at its first lease holds.
        bytes10 instance = bytes10(
            keccak256(
                abi.encode(l.version, l.workerId, l.platformId, l.instanceKey, l.hpkeKey, l.tlsKeyHash, l.measurementId)
            )
        );
        (ICloud.LeaseCode code, bool bridges) = _judge(h, m, l, instance == m.instance, batch);
        if (code == ICloud.LeaseCode.Ok) code = _judgeTime(h, m, l, batch.lifetime);
        if (code != ICloud.LeaseCode.Ok) {
            emit ICloud.LeaseSkipped(l.appId, l.version, l.replica, code);
            return;
        }
        if (instance != m.instance) _writeInstance(a, slot, l);
        m.instance = instance;
        _advance(h, slot, m, l, bridges);
        emit ICloud.LeaseRenewed(l.appId, l.version, l.replica, l.instanceKey, l.notAfter, l.evidenceDigest);
    }

    /// @dev Every check of a lease that needs the chain, but those of time. Those of the evidence itself are the signers'.
    /// @return code Ok, or why it is skipped
    /// @return bridges whether the time since the slot's own evidence may be earned: the same instance, its evidence not revoked,
    /// not from before a pause, and the replica is one that the current version has, too, on the same worker
    function _judge(Hot memory h, Mark memory m, ICloud.AttestationLease memory l, bool same, Batch memory batch)
        private
        view
        returns (ICloud.LeaseCode code, bool bridges)
    {
        if (h.state != ICloud.AppState.Active) return (ICloud.LeaseCode.AppNotActive, false);
        bool pending = l.version != h.currentVersion;
        if (l.version == 0 || (pending && l.version != _openPending(h))) return (ICloud.LeaseCode.VersionWrong, false);
        bridges = same && m.notBefore >= h.switchedAt;
        if (pending || !same) {
            Release storage release = _releases[l.appId][l.version];
            if (release.workerId != l.workerId) return (ICloud.LeaseCode.WorkerWrong, false);
            if (l.replica >= (pending ? _pendingReplicas(h, release) : h.replicas)) {
                return (ICloud.LeaseCode.ReplicaOutOfRange, false);
            }
            if (l.evidenceBlock < release.createdBlock) code = ICloud.LeaseCode.EvidenceNotNewer;
            if (pending && (l.replica >= h.replicas || _isMigration(release, l.version))) bridges = false;
        } else if (l.replica >= h.replicas) {
            return (ICloud.LeaseCode.ReplicaOutOfRange, false);
        }
        // Floors only rise: what holds for the instance's evidence before holds for the newer one, by one call.
        bool older = same && m.evidenceBlock < l.evidenceBlock;
        ISubnet.EvidenceFault fault = _faultOf(l, older ? m.evidenceBlock : l.evidenceBlock, batch);
        if (older && fault == ISubnet.EvidenceFault.BelowRevocationFloor) {
            fault = _faultOf(l, l.evidenceBlock, batch);
            bridges = false;
        }
        if (fault == ISubnet.EvidenceFault.None) return (code, bridges);
        if (fault == ISubnet.EvidenceFault.PlatformNotLive) return (ICloud.LeaseCode.PlatformNotLive, false);
        if (fault == ISubnet.EvidenceFault.MeasurementNotAccepted) {
            return (ICloud.LeaseCode.MeasurementNotAccepted, false);
        }
        return (ICloud.LeaseCode.BelowRevocationFloor, false);
    }

    function _faultOf(ICloud.AttestationLease memory l, uint64 evidenceBlock, Batch memory batch)
        private
        view
        returns (ISubnet.EvidenceFault fault)
    {
        bool asked = batch.workerId == l.workerId && batch.platformId == l.platformId
            && batch.measurementId == l.measurementId;
        if (asked && evidenceBlock > batch.newestFloor) return ISubnet.EvidenceFault.None;
        fault = subnet.evidenceFault(
            ISubnet.Evidence({
                key: l.instanceKey,
                platformId: l.platformId,
                measurementId: l.measurementId,
                workerId: l.workerId,
                appId: l.appId,
                evidenceBlock: evidenceBlock
            })
        );
        if (fault == ISubnet.EvidenceFault.None) {
            (batch.workerId, batch.platformId, batch.measurementId) = (l.workerId, l.platformId, l.measurementId);
        }
    }

    /// @dev Newer than everything the slot has seen, of whatever instance: a batch sent again changes nothing. Not from before a
    /// resumption: it would be dead, see `_isLive`.
    function _judgeTime(Hot memory h, Mark memory m, ICloud.AttestationLease memory l, uint256 lifetime)
        private
        view
        returns (ICloud.LeaseCode)
    {
        if (l.evidenceBlock <= m.evidenceBlock || l.notBefore < m.notBefore) {
            return ICloud.LeaseCode.EvidenceNotNewer;
        }
        if (l.notAfter <= block.timestamp) return ICloud.LeaseCode.Expired;
        if (l.notBefore < h.switchedAt) return ICloud.LeaseCode.EvidenceNotNewer;
        bool inFuture = l.notBefore > block.timestamp || l.evidenceBlock >= block.number;
        if (inFuture || l.notAfter - l.notBefore != lifetime) return ICloud.LeaseCode.LifetimeWrong;
        return ICloud.LeaseCode.Ok;
    }

    /// @dev The slot's word: one read and one write where the same instance goes on.
    function _advance(
        Hot memory h,
        LeaseSlot storage slot,
        Mark memory m,
        ICloud.AttestationLease memory l,
        bool bridges
    ) private {
        bool pending = l.version != h.currentVersion;
        if (bridges && l.notBefore <= uint256(m.notBefore) + m.lifetime) {
            uint256 earned = _overlaps(h, m)
                ? _extension(l.appId, h, m, _slot(l.appId, h, l.replica, !pending), l.notBefore)
                : l.notBefore - m.notBefore;
            m.unsettledSeconds += uint32(earned);
        } else if (
            // A span of no time leaves nothing out: what a pending migration attests costs the old worker no second.
            m.earnedFrom == m.notBefore || !_overlaps(h, m)
                || m.notBefore <= _slot(l.appId, h, l.replica, !pending).mark.notBefore
        ) {
            m.earnedFrom = uint40(l.notBefore);
        }
        m.evidenceBlock = uint40(l.evidenceBlock);
        m.notBefore = uint40(l.notBefore);
        m.lifetime = uint24(l.notAfter - l.notBefore);
        slot.mark = m;
    }

    function _writeInstance(Application storage a, LeaseSlot storage slot, ICloud.AttestationLease memory l) private {
        slot.instanceKey = l.instanceKey;
        slot.version = l.version;
        slot.platformId = l.platformId;
        slot.hpkeKey = l.hpkeKey;
        slot.tlsKeyHash = l.tlsKeyHash;
        slot.measurementId = l.measurementId;
        if (!a.hot.leased && l.version == a.hot.currentVersion) a.hot.leased = true;
        Release storage release = _releases[l.appId][l.version];
        if (!release.leased) release.leased = true;
    }
}
