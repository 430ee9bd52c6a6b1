// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../src/cloud/ICloud.sol";
import {Roles} from "../src/dao/Roles.sol";
import {IQuorum} from "../src/quorum/IQuorum.sol";
import {NetworkFixture} from "./NetworkFixture.sol";
import {vm} from "./Vm.sol";

/// @dev The network with its Cloud: applications and their leases.
abstract contract Fixture is NetworkFixture {
    uint64 internal constant LEASE = 300;
    uint256 internal constant MIN_ESCROW = 3600;
    address internal constant OWNER = address(0x0A11);
    bytes32 internal constant NAME = "hello";
    bytes internal constant MANIFEST = '{"format":"wetee/manifest/v1"}';

    bytes32 internal constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant LEASE_BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );

    bytes32 internal constant MACHINE_2 = keccak256("the second worker's machine");

    ICloud internal cloud;

    function parameters() internal pure returns (ICloud.Parameters memory) {
        return ICloud.Parameters({
            maxLeaseSeconds: LEASE,
            startWindowSeconds: 600,
            minEscrowSeconds: uint64(MIN_ESCROW),
            updateWindowSeconds: 900,
            noticeSeconds: 1 days,
            feeBps: 200,
            maxReplicas: 16
        });
    }

    function linkCloud() internal virtual override {
        address deliveries = deploy("Deliveries", abi.encode(subnet, quorum));
        address moves = deploy("Moves", abi.encode(subnet, quorum, deliveries));
        address applications = deploy("Applications", abi.encode(subnet, quorum, moves));
        bytes memory args = abi.encode(manager, subnet, quorum, TREASURY, parameters(), applications);
        cloud = ICloud(deploy("Cloud", args));
        vm.startPrank(ADMIN);
        subnet.setCloud(address(cloud));
        allow(address(cloud), ICloud.pauseNewLeases.selector, Roles.FAST);
        vm.stopPrank();
    }

    // -- leases

    function leaseBatchHash(ICloud.AttestationLease[] memory leases, uint64 epoch, uint64 expiry)
        internal
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](leases.length);
        for (uint256 i = 0; i < leases.length; i++) {
            hashes[i] = keccak256(abi.encode(LEASE_TYPEHASH, leases[i]));
        }
        return keccak256(abi.encode(LEASE_BATCH_TYPEHASH, epoch, expiry, keccak256(abi.encodePacked(hashes))));
    }

    function signLeases(ICloud.AttestationLease[] memory leases) internal view returns (IQuorum.Signed memory signed) {
        signed.epoch = quorum.activeEpoch();
        signed.expiry = uint64(block.timestamp + LEASE);
        (, uint16 threshold) = quorum.committee(signed.epoch);
        signed.bitmap = firstMembers(threshold);
        bytes32 digest = typedDigest(leaseBatchHash(leases, signed.epoch, signed.expiry));
        signed.signatures = signBy(digest, signed.bitmap);
    }

    // -- applications

    function terms() internal pure returns (ICloud.Terms memory) {
        return ICloud.Terms({
            replicas: 1,
            cpuMilli: 500,
            memoryMiB: 256,
            diskMiB: 1024,
            gpu: 0,
            teeClasses: 1,
            level: 1,
            upgradeDelaySeconds: 0,
            graceSeconds: 7200
        });
    }

    function createApp(uint256 depositWei) internal returns (uint64) {
        return createApp(terms(), depositWei);
    }

    function createApp(ICloud.Terms memory asked, uint256 depositWei) internal returns (uint64) {
        vm.deal(OWNER, OWNER.balance + depositWei);
        vm.prank(OWNER);
        return
            cloud.create{value: depositWei}(NAME, WORKER_ID, address(0), depositWei, asked, MANIFEST, type(uint256).max);
    }

    function instanceKey(uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("instance key", index)));
    }

    /// @dev A lease from evidence of time `at` for instance key number `key`.
    function leaseAt(uint64 appId, uint32 version, uint16 replica, uint256 key, uint256 at)
        internal
        pure
        returns (ICloud.AttestationLease memory l)
    {
        l.appId = appId;
        l.version = version;
        l.replica = replica;
        l.workerId = WORKER_ID;
        l.platformId = MACHINE;
        l.instanceKey = vm.addr(instanceKey(key));
        l.hpkeKey = keccak256(abi.encode("hpke", key));
        l.tlsKeyHash = keccak256(abi.encode("tls", key));
        l.measurementId = AGENT;
        l.evidenceBlock = blockAt(at);
        l.notBefore = uint64(at);
        l.notAfter = uint64(at) + LEASE;
        l.evidenceDigest = keccak256(abi.encode("evidence", appId, version, replica, key, at));
    }

    function renew(ICloud.AttestationLease memory l) internal {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = l;
        cloud.renew(leases, signLeases(leases));
    }

    /// @dev A lease from evidence of the last second.
    function attest(uint64 appId, uint32 version, uint16 replica, uint256 key) internal {
        renew(leaseAt(appId, version, replica, key, lastSecond()));
    }

    /// @dev The same on the second worker, see `secondWorker`.
    function attestThere(uint64 appId, uint32 version, uint16 replica, uint256 key) internal {
        ICloud.AttestationLease memory l = leaseAt(appId, version, replica, key, lastSecond());
        (l.workerId, l.platformId) = (2, MACHINE_2);
        renew(l);
    }

    /// @dev Another worker of the same owner, with its own machine.
    function secondWorker() internal {
        registerWorker();
        proveWorker(2, MACHINE_2, 2);
    }

    function attestedSeconds(uint64 appId) internal view returns (uint64 attested) {
        (attested,) = cloud.unsettled(appId);
    }

    function expectSkip(ICloud.AttestationLease memory l, ICloud.LeaseCode code) internal {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = l;
        IQuorum.Signed memory signed = signLeases(leases);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.LeaseSkipped(l.appId, l.version, l.replica, code);
        cloud.renew(leases, signed);
    }

    function readySignature(uint64 appId, uint32 version, uint16 replica, uint256 key)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(
            abi.encode(keccak256("Ready(uint64 appId,uint32 version,uint16 replica)"), appId, version, replica)
        );
        return signOne(instanceKey(key), typedDigest(address(cloud), structHash));
    }

    function rate(uint64 appId) internal view returns (uint256) {
        return cloud.version(appId, cloud.app(appId).currentVersion).weiPerSecond;
    }
}
