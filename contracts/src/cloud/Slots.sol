// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../subnet/ISubnet.sol";
import {CloudState} from "./CloudState.sol";

/// @title Slots: what a lease slot has earned, and whether its lease is live
/// @dev A slot earns by extending: evidence of the same instance at `b`, no later than the end of its lease from `a`, attests
/// [a, b]. Of that, whatever lies in the other slot's [earnedFrom, notBefore] is left out, so that no second is earned twice. When a
/// slot starts anew (another instance, or a gap), its span is kept as long as the other slot could still reach into it, which can
/// only leave seconds out, never add any. Seconds wait in the slots until they are settled.
abstract contract Slots is CloudState {
    /// @dev Unexpired, of this version, its evidence not revoked since and not from before a resumption: what earns nothing gives no
    /// service either, or a pause of no time after each renewal would make it free. False for an empty slot.
    function _isLive(uint64 appId, Hot memory h, LeaseSlot storage slot, uint32 version) internal view returns (bool) {
        Mark memory m = slot.mark;
        if (version == 0 || m.instance == 0 || slot.version != version || m.notBefore < h.switchedAt) return false;
        if (uint256(m.notBefore) + m.lifetime <= block.timestamp) return false;
        return subnet.evidenceFault(
            ISubnet.Evidence({
                key: slot.instanceKey,
                platformId: slot.platformId,
                measurementId: slot.measurementId,
                workerId: _releases[appId][version].workerId,
                appId: appId,
                evidenceBlock: m.evidenceBlock
            })
        ) == ISubnet.EvidenceFault.None;
    }

    /// @dev As things stand once a security version whose deadline has passed is the current one.
    function _effective(uint64 appId, Hot memory h) internal view returns (Hot memory) {
        if (!_isTakenOver(appId, h)) return h;
        h.replicas = _pendingReplicas(h, _releases[appId][h.pendingVersion]);
        h.currentVersion = h.pendingVersion;
        h.pendingVersion = 0;
        h.pendingDeadline = 0;
        h.flipped = !h.flipped;
        return h;
    }

    /// @dev Whether the key holds a live lease of a replica of the version.
    function _hasLiveKey(uint64 appId, Hot memory h, address key, bool pending, uint32 version, uint8 replicas)
        internal
        view
        returns (bool)
    {
        for (uint16 replica = 0; replica < replicas; replica++) {
            LeaseSlot storage slot = _slot(appId, h, replica, pending);
            if (slot.instanceKey == key && _isLive(appId, h, slot, version)) return true;
        }
        return false;
    }

    /// @dev Whether the two slots of a replica can have seconds in common after this evidence of one of them.
    function _overlaps(Hot memory h, Mark memory m) internal pure returns (bool) {
        return h.latestVersion > 1 && (h.pendingVersion != 0 || m.notBefore < h.changedAt);
    }

    /// @dev Seconds that an extension of the slot to `to` earns.
    function _extension(uint64 appId, Hot memory h, Mark memory m, LeaseSlot storage other, uint256 to)
        internal
        view
        returns (uint256)
    {
        uint256 from = m.notBefore;
        if (!_overlaps(h, m)) return to - from;
        // Seconds until a migration's activation are the old worker's.
        if (_isMigration(_releases[appId][h.currentVersion], h.currentVersion)) {
            uint256 arrivedAt = _apps[appId].arrivedAt;
            if (from < arrivedAt) from = arrivedAt;
            if (from >= to) return 0;
        }
        // A pending migration earns nothing: its slot matters only for what another version has left there.
        uint32 pending = h.pendingVersion;
        bool migrates = pending != 0 && _isMigration(_releases[appId][pending], pending);
        if (migrates && m.notBefore >= h.changedAt) return to - from;
        Mark memory o = other.mark;
        return _outside(from, to, o.earnedFrom, o.notBefore);
    }

    /// @dev The time since the last evidence of every slot with a live lease, of replicas from `first` on, when the owner ends them.
    function _earnOpenIntervals(uint64 appId, Application storage a, uint16 first) internal {
        Hot memory h = a.hot;
        uint32 pendingVersion = _openPending(h);
        if (pendingVersion != 0 && _isMigration(_releases[appId][pendingVersion], pendingVersion)) pendingVersion = 0;
        for (uint16 replica = first; replica < h.replicas; replica++) {
            LeaseSlot storage current = _slot(appId, h, replica, false);
            LeaseSlot storage pending = _slot(appId, h, replica, true);
            Mark memory m = current.mark;
            uint256 earned = 0;
            uint256 reach = m.notBefore;
            if (_isLive(appId, h, current, h.currentVersion)) {
                reach = block.timestamp;
                earned = _extension(appId, h, m, pending, reach);
            }
            Mark memory p = pending.mark;
            if (_isLive(appId, h, pending, pendingVersion)) {
                earned += _outside(p.notBefore, block.timestamp, m.earnedFrom, reach);
            }
            if (earned != 0) current.mark.unsettledSeconds = m.unsettledSeconds + uint32(earned);
        }
    }

    /// @dev Replicas from `first` on are scaled away: what ran there is forgotten, up to now nothing is earned there any more.
    function _forget(uint64 appId, Application storage a, uint16 first) internal {
        Hot memory h = a.hot;
        for (uint16 replica = first; replica < h.replicas; replica++) {
            Mark storage m = _slot(appId, h, replica, false).mark;
            if (m.evidenceBlock == 0) continue;
            m.instance = 0;
            m.notBefore = _now();
        }
    }

    /// @dev Empties the slots of the seconds that wait there.
    function _takeUnsettled(uint64 appId, Application storage a) internal returns (uint256 attested) {
        uint256 replicas = a.hot.replicas;
        uint256 slots = a.hot.latestVersion > 1 ? 2 : 1;
        for (uint16 replica = 0; replica < replicas; replica++) {
            for (uint256 i = 0; i < slots; i++) {
                Mark storage m = _slots[appId][replica][i].mark;
                uint32 waiting = m.unsettledSeconds;
                if (waiting == 0) continue;
                attested += waiting;
                m.unsettledSeconds = 0;
            }
        }
    }

    /// @dev Seconds of [from, to] that do not lie in [otherFrom, otherTo].
    function _outside(uint256 from, uint256 to, uint256 otherFrom, uint256 otherTo) private pure returns (uint256) {
        uint256 low = from > otherFrom ? from : otherFrom;
        uint256 high = to < otherTo ? to : otherTo;
        return high > low ? (to - from) - (high - low) : to - from;
    }
}
