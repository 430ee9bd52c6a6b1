// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {World} from "./World.sol";

/// @dev What was attested, kept in the plainest way: one boolean per tick of ten seconds, application and replica.
abstract contract Attested is World {
    mapping(uint64 appId => uint256) public attestedTicks;
    /// @dev Seconds beyond whole ticks: evidence is a second older than the action that brings it.
    mapping(uint64 appId => uint256) public spareSeconds;

    mapping(bytes32 tick => bool) private _attested;
    /// @dev Last evidence (tick number + 1) and key of an instance, by application, version and replica.
    mapping(bytes32 instance => uint256) private _lastTick;
    mapping(bytes32 instance => uint256) private _key;
    /// @dev Evidence of ticks up to this one (number + 1) attests nothing any more: revoked, or from before a pause.
    mapping(uint64 appId => uint256) internal _deadTick;
    uint256 private _nextKey = 1;

    function machineOf(uint64 workerId) internal pure returns (bytes32) {
        return workerId == 1 ? MACHINE : keccak256(abi.encode("machine", workerId));
    }

    /// @dev Replicas that the current version does not have earn nothing before a pending one is activated.
    function isPaid(uint64 appId, uint16 replica) internal view returns (bool) {
        return replica < cloud.app(appId).replicas;
    }

    /// @dev Until a migration is activated every second is the old worker's.
    function isArriving(uint64 appId, uint32 version) internal view returns (bool) {
        return cloud.app(appId).pendingVersion == version && isMigration(appId, version);
    }

    function isMigration(uint64 appId, uint32 version) internal view returns (bool) {
        return cloud.version(appId, version).manifestVersion != version;
    }

    /// @dev A migration has as many as run now, an update as many as it asks for.
    function replicasOf(ICloud.App memory a, uint64 appId, uint32 version) public view returns (uint16) {
        ICloud.Version memory v = cloud.version(appId, version);
        return version == a.currentVersion || v.manifestVersion != version ? a.replicas : v.terms.replicas;
    }

    /// @dev One batch for all replicas; now and then an instance is a new one.
    function attestVersion(uint64 appId, bool pending, uint256 seed) internal {
        ICloud.App memory a = cloud.app(appId);
        uint32 version = pending ? a.pendingVersion : a.currentVersion;
        uint64 workerId = cloud.version(appId, version).workerId;
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](replicasOf(a, appId, version));
        uint256[] memory keys = new uint256[](leases.length);
        for (uint16 replica = 0; replica < leases.length; replica++) {
            bytes32 id = instance(appId, version, replica);
            keys[replica] = seed % 9 == replica || _key[id] == 0 ? _nextKey++ : _key[id];
            leases[replica] = leaseAt(appId, version, replica, keys[replica], clock - 1);
            leases[replica].workerId = workerId;
            leases[replica].platformId = machineOf(workerId);
        }
        if (!sendLeases(leases)) return;
        for (uint256 i = 0; i < leases.length; i++) {
            if (isHeld(leases[i])) note(leases[i], keys[i]);
        }
    }

    function note(ICloud.AttestationLease memory l, uint256 key) private {
        bytes32 id = instance(l.appId, l.version, l.replica);
        uint256 tick = tickNow();
        uint256 last = key == _key[id] ? _lastTick[id] : 0;
        _key[id] = key;
        _lastTick[id] = tick;
        done["renew"]++;
        bool earns = last > _deadTick[l.appId] && isPaid(l.appId, l.replica) && !isArriving(l.appId, l.version);
        if (earns && (tick - last) * TICK <= LEASE) mark(l.appId, l.replica, last, tick);
    }

    /// @dev Whether it was taken: it is in one of the two slots.
    function isHeld(ICloud.AttestationLease memory l) private view returns (bool) {
        for (uint8 slot = 0; slot < 2; slot++) {
            ICloud.AttestationLease memory held = cloud.lease(l.appId, l.replica, slot);
            if (held.version == l.version && held.instanceKey == l.instanceKey && held.notBefore == l.notBefore) {
                return true;
            }
        }
        return false;
    }

    /// @dev False while too few members of the committee are live.
    function sendLeases(ICloud.AttestationLease[] memory leases) private returns (bool) {
        uint64 epoch = quorum.activeEpoch();
        uint64 expiry = uint64(block.timestamp + LEASE);
        (IQuorum.Signed memory signed, bool enough) =
            signTogether(leaseBatchHash(leases, epoch, expiry), epoch, expiry, false);
        if (enough) cloud.renew(leases, signed);
        return enough;
    }

    function readyOf(uint64 appId, uint32 version) internal view returns (bytes memory ready) {
        uint16 replicas = replicasOf(cloud.app(appId), appId, version);
        for (uint16 replica = 0; replica < replicas; replica++) {
            uint256 key = _key[instance(appId, version, replica)];
            ready = bytes.concat(ready, readySignature(appId, version, replica, key));
        }
    }

    /// @dev Live instances of replicas from `first` on attest up to now: their owner has stopped them. `a` is from before that.
    function markOpen(uint64 appId, ICloud.App memory a, uint16 first) internal {
        markOpenOf(appId, a, a.currentVersion, first);
        if (a.pendingVersion != 0) markOpenOf(appId, a, a.pendingVersion, first);
    }

    function markOpenOf(uint64 appId, ICloud.App memory a, uint32 version, uint16 first) private {
        uint256 tick = tickNow();
        for (uint16 replica = first; replica < a.replicas; replica++) {
            uint256 last = _lastTick[instance(appId, version, replica)];
            if (last <= _deadTick[appId] || (tick - last) * TICK >= LEASE) continue;
            mark(appId, replica, last, tick);
            spareSeconds[appId]++;
        }
    }

    /// @dev The new worker's seconds begin now, the old one's end: it is left during live leases. `a` is from before that.
    function moveOver(uint64 appId, ICloud.App memory a) internal {
        markOpenOf(appId, a, a.currentVersion, 0);
        for (uint16 replica = 0; replica < a.replicas; replica++) {
            _lastTick[instance(appId, a.pendingVersion, replica)] = tickNow();
        }
    }

    function mark(uint64 appId, uint16 replica, uint256 from, uint256 to) private {
        for (uint256 tick = from; tick < to; tick++) {
            bytes32 key = keccak256(abi.encode(appId, replica, tick));
            if (_attested[key]) continue;
            _attested[key] = true;
            attestedTicks[appId]++;
        }
    }

    function instance(uint64 appId, uint32 version, uint16 replica) private pure returns (bytes32) {
        return keccak256(abi.encode(appId, version, replica));
    }
}
