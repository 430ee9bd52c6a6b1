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

    function replicasOf(ICloud.App memory a, uint64 appId, uint32 version) internal view returns (uint16) {
        return version == a.currentVersion ? a.replicas : cloud.version(appId, version).terms.replicas;
    }

    function attestVersion(uint64 appId, bool pending, uint256 seed) internal {
        ICloud.App memory a = cloud.app(appId);
        uint32 version = pending ? a.pendingVersion : a.currentVersion;
        uint16 replicas = replicasOf(a, appId, version);
        for (uint16 replica = 0; replica < replicas; replica++) {
            attestOne(appId, version, replica, pending ? 1 : 0, seed % 9 == replica);
        }
    }

    function attestOne(uint64 appId, uint32 version, uint16 replica, uint8 slot, bool restarts) internal {
        bytes32 id = instance(appId, version, replica);
        uint256 key = restarts || _key[id] == 0 ? _nextKey++ : _key[id];
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = leaseAt(appId, version, replica, key, clock - 1);
        leases[0].workerId = cloud.version(appId, version).workerId;
        leases[0].platformId = machineOf(leases[0].workerId);
        if (!sendLeases(leases)) return;
        ICloud.AttestationLease memory held = cloud.lease(appId, replica, slot);
        if (held.instanceKey != leases[0].instanceKey || held.notBefore != leases[0].notBefore) return;
        uint256 tick = tickNow();
        uint256 last = key == _key[id] ? _lastTick[id] : 0;
        _key[id] = key;
        bool earns = last > _deadTick[appId] && isPaid(appId, replica);
        if (earns && (tick - last) * TICK <= LEASE) mark(appId, replica, last, tick);
        _lastTick[id] = tick;
        done["renew"]++;
    }

    /// @dev False while too few members of the committee are live.
    function sendLeases(ICloud.AttestationLease[] memory leases) internal returns (bool) {
        uint64 epoch = quorum.activeEpoch();
        uint64 expiry = uint64(block.timestamp + LEASE);
        (IQuorum.Signed memory signed, bool enough) =
            signTogether(leaseBatchHash(leases, epoch, expiry), epoch, expiry, false);
        if (enough) cloud.renew(leases, signed);
        return enough;
    }

    function readyOf(uint64 appId, uint32 version) internal view returns (bytes memory ready) {
        uint16 replicas = cloud.version(appId, version).terms.replicas;
        for (uint16 replica = 0; replica < replicas; replica++) {
            uint256 key = _key[instance(appId, version, replica)];
            ready = bytes.concat(ready, readySignature(appId, version, replica, key));
        }
    }

    /// @dev Every live instance attests up to now when the owner ends or moves the application; evidence is one second old.
    function markOpen(uint64 appId) internal {
        ICloud.App memory a = cloud.app(appId);
        markOpenOf(a, appId, a.currentVersion);
        if (a.pendingVersion != 0) markOpenOf(a, appId, a.pendingVersion);
    }

    function markOpenOf(ICloud.App memory a, uint64 appId, uint32 version) private {
        uint256 tick = tickNow();
        for (uint16 replica = 0; replica < replicasOf(a, appId, version); replica++) {
            uint256 last = _lastTick[instance(appId, version, replica)];
            if (last <= _deadTick[appId] || replica >= a.replicas || (tick - last) * TICK >= LEASE) continue;
            mark(appId, replica, last, tick);
            spareSeconds[appId]++;
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
