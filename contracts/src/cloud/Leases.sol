// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {Escrow} from "./Escrow.sol";

/// @title Leases: attestation leases in two slots per replica, and the seconds they attest
/// @dev A slot earns by extending: evidence of the same key at `b`, no later than the end of its lease from `a`, attests [a, b].
/// Of that, whatever lies in the other slot's [earnedFrom, notBefore] is left out, so that no second is earned twice. When a slot
/// starts anew (another key, or a gap), its span is kept as long as the other slot could still reach into it, which can only
/// leave seconds out, never add any.
abstract contract Leases is Escrow {
    bytes32 private constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    uint256 private constant MAX_BATCH = 64;

    function renew(AttestationLease[] calldata leases, IQuorum.Signed calldata signed) external {
        uint256 size = leases.length;
        if (size == 0 || size > MAX_BATCH) revert BatchSize(size);
        bytes32[] memory hashes = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) {
            hashes[i] = keccak256(abi.encode(LEASE_TYPEHASH, leases[i]));
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        quorum.verify(keccak256(abi.encode(BATCH_TYPEHASH, signed.epoch, signed.expiry, list)), signed, false);
        uint64 lifetime = _parameters.maxLeaseSeconds;
        for (uint256 i = 0; i < size; i++) {
            _renewOne(leases[i], lifetime);
        }
    }

    function lease(uint64 appId, uint16 replica, uint8 slot) external view returns (AttestationLease memory found) {
        Application storage a = _appOf(appId);
        uint32 version = slot == 0 ? a.currentVersion : slot == 1 ? a.pendingVersion : 0;
        (LeaseSlot storage s,) = _slotPair(appId, a, replica, slot == 1);
        if (version == 0 || s.version != version) return found;
        found.appId = appId;
        found.version = version;
        found.replica = replica;
        found.workerId = s.workerId;
        found.platformId = s.platformId;
        found.instanceKey = s.instanceKey;
        found.hpkeKey = s.hpkeKey;
        found.tlsKeyHash = s.tlsKeyHash;
        found.measurementId = s.measurementId;
        found.evidenceBlock = s.evidenceBlock;
        found.notBefore = s.notBefore;
        found.notAfter = s.notAfter;
        found.evidenceDigest = s.evidenceDigest;
    }

    function isLeaseLive(uint64 appId, address instanceKey) external view returns (bool) {
        Application storage a = _apps[appId];
        if (a.state != AppState.Active || instanceKey == address(0)) return false;
        return _hasLiveKey(appId, a, instanceKey, false) || _hasLiveKey(appId, a, instanceKey, true);
    }

    /// @dev The time since the last evidence of every slot with a live lease, for an owner who ends the application now.
    function _earnOpenIntervals(uint64 appId, Application storage a) internal {
        uint256 earned = 0;
        uint32 pendingVersion = _openPending(a);
        uint16 replicas = _releases[appId][a.currentVersion].terms.replicas;
        for (uint16 replica = 0; replica < replicas; replica++) {
            (LeaseSlot storage current, LeaseSlot storage pending) = _slotPair(appId, a, replica, false);
            uint48 reach = current.notBefore;
            if (_mayEarn(a, current) && _isSlotLive(appId, current, a.currentVersion)) {
                reach = uint48(block.timestamp);
                earned += _earned(current.notBefore, reach, pending.earnedFrom, pending.notBefore);
            }
            if (_mayEarn(a, pending) && _isSlotLive(appId, pending, pendingVersion)) {
                earned += _earned(pending.notBefore, uint48(block.timestamp), current.earnedFrom, reach);
            }
        }
        a.unsettledSeconds += uint48(earned);
    }

    function _renewOne(AttestationLease memory l, uint64 lifetime) private {
        Application storage a = _apps[l.appId];
        (LeaseSlot storage slot, LeaseSlot storage other) =
            _slotPair(l.appId, a, l.replica, l.version != a.currentVersion);
        (LeaseCode code, bool bridges) = _judge(a, slot, l, lifetime);
        if (code != LeaseCode.Ok) {
            emit LeaseSkipped(l.appId, l.version, l.replica, code);
            return;
        }
        _write(a, slot, other, l, bridges);
        if (!a.leased) a.leased = true;
        emit LeaseRenewed(l.appId, l.version, l.replica, l.instanceKey, l.notAfter, l.evidenceDigest);
    }

    /// @dev Every check of a lease that needs the chain. Those of the evidence itself are the signers'.
    /// @return code Ok, or why it is skipped
    /// @return bridges whether the time since the slot's own evidence may be earned: that evidence is not revoked, and the
    /// replica is one that the current version has, too
    function _judge(Application storage a, LeaseSlot storage slot, AttestationLease memory l, uint64 lifetime)
        private
        view
        returns (LeaseCode code, bool bridges)
    {
        if (a.state != AppState.Active) return (LeaseCode.AppNotActive, false);
        bool pending = l.version != a.currentVersion;
        if (l.version == 0 || (pending && l.version != _openPending(a))) return (LeaseCode.VersionWrong, false);
        Release storage release = _releases[l.appId][l.version];
        if (release.workerId != l.workerId) return (LeaseCode.WorkerWrong, false);
        if (l.replica >= release.terms.replicas) return (LeaseCode.ReplicaOutOfRange, false);
        // Floors only rise: what holds for the key's evidence before holds for the newer one, by one call.
        bool known = slot.instanceKey == l.instanceKey && slot.evidenceBlock < l.evidenceBlock;
        ISubnet.EvidenceFault fault = _faultOf(l, known ? slot.evidenceBlock : l.evidenceBlock);
        bridges = true;
        if (known && fault == ISubnet.EvidenceFault.BelowRevocationFloor) {
            fault = _faultOf(l, l.evidenceBlock);
            bridges = false;
        }
        if (fault == ISubnet.EvidenceFault.PlatformNotLive) return (LeaseCode.PlatformNotLive, false);
        if (fault == ISubnet.EvidenceFault.MeasurementNotAccepted) return (LeaseCode.MeasurementNotAccepted, false);
        if (fault == ISubnet.EvidenceFault.BelowRevocationFloor) return (LeaseCode.BelowRevocationFloor, false);
        if (pending && l.replica >= _releases[l.appId][a.currentVersion].terms.replicas) bridges = false;
        return (_judgeTime(slot, l, lifetime, release.createdBlock), bridges);
    }

    function _faultOf(AttestationLease memory l, uint64 evidenceBlock) private view returns (ISubnet.EvidenceFault) {
        return subnet.evidenceFault(
            ISubnet.Evidence({
                key: l.instanceKey,
                platformId: l.platformId,
                measurementId: l.measurementId,
                workerId: l.workerId,
                appId: l.appId,
                evidenceBlock: evidenceBlock
            })
        );
    }

    /// @dev Newer than everything the slot has seen, of whatever key: a batch sent again changes nothing.
    function _judgeTime(LeaseSlot storage slot, AttestationLease memory l, uint64 lifetime, uint48 createdBlock)
        private
        view
        returns (LeaseCode)
    {
        if (l.evidenceBlock <= slot.evidenceBlock || l.notBefore < slot.notBefore || l.evidenceBlock < createdBlock) {
            return LeaseCode.EvidenceNotNewer;
        }
        if (l.notAfter <= block.timestamp) return LeaseCode.Expired;
        bool inFuture = l.notBefore > block.timestamp || l.evidenceBlock >= block.number;
        if (inFuture || l.notAfter - l.notBefore != lifetime) return LeaseCode.LifetimeWrong;
        return LeaseCode.Ok;
    }

    function _write(
        Application storage a,
        LeaseSlot storage slot,
        LeaseSlot storage other,
        AttestationLease memory l,
        bool bridges
    ) private {
        bytes32 fixedDigest = keccak256(abi.encode(l.platformId, l.hpkeKey, l.tlsKeyHash, l.measurementId, l.workerId));
        bool same = slot.instanceKey == l.instanceKey && slot.version == l.version && slot.fixedDigest == fixedDigest;
        uint48 notBefore = uint48(l.notBefore);
        if (same && bridges && _mayEarn(a, slot) && notBefore <= slot.notAfter) {
            uint256 earned = _earned(slot.notBefore, notBefore, other.earnedFrom, other.notBefore);
            a.unsettledSeconds += uint48(earned);
        } else if (slot.notBefore <= other.notBefore) {
            slot.earnedFrom = notBefore;
        }
        slot.evidenceBlock = l.evidenceBlock;
        slot.notBefore = notBefore;
        slot.notAfter = uint48(l.notAfter);
        slot.evidenceDigest = l.evidenceDigest;
        if (same) return;
        slot.instanceKey = l.instanceKey;
        slot.version = l.version;
        slot.workerId = l.workerId;
        slot.fixedDigest = fixedDigest;
        slot.platformId = l.platformId;
        slot.hpkeKey = l.hpkeKey;
        slot.tlsKeyHash = l.tlsKeyHash;
        slot.measurementId = l.measurementId;
    }

    /// @dev Seconds of [from, to] that do not lie in [otherFrom, otherTo].
    function _earned(uint256 from, uint256 to, uint256 otherFrom, uint256 otherTo) private pure returns (uint256) {
        uint256 low = from > otherFrom ? from : otherFrom;
        uint256 high = to < otherTo ? to : otherTo;
        return high > low ? (to - from) - (high - low) : to - from;
    }

    /// @dev Evidence from before a resumption does not bridge the pause.
    function _mayEarn(Application storage a, LeaseSlot storage slot) private view returns (bool) {
        return slot.notBefore >= a.switchedAt;
    }

    function _hasLiveKey(uint64 appId, Application storage a, address key, bool pending) private view returns (bool) {
        uint32 version = pending ? _openPending(a) : a.currentVersion;
        uint16 replicas = _releases[appId][version].terms.replicas;
        for (uint16 replica = 0; replica < replicas; replica++) {
            (LeaseSlot storage slot,) = _slotPair(appId, a, replica, pending);
            if (slot.instanceKey == key && _isSlotLive(appId, slot, version)) return true;
        }
        return false;
    }
}
