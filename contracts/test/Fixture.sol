// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../src/cloud/ICloud.sol";
import {IQuorum} from "../src/quorum/IQuorum.sol";
import {ISubnet} from "../src/subnet/ISubnet.sol";
import {vm} from "./Vm.sol";

interface IOwnable {
    function transferOwnership(address next) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function owner() external view returns (address);
}

/// @dev A network of one worker and three dsecret nodes (2 of 3), as deployed, with one block a second.
abstract contract Fixture {
    uint256 internal constant T0 = 1_800_000_000;
    uint256 internal constant B0 = 1_000;
    uint64 internal constant LEASE = 300;
    uint64 internal constant PROOF = 365 days;
    uint256 internal constant MIN_ESCROW = 3600;
    address internal constant ADMIN = address(0xAD);
    address internal constant TREASURY = address(0x7EA5);
    address internal constant OWNER = address(0x0A11);
    address internal constant WORKER_OWNER = address(0x3081);
    address internal constant WORKER_OPERATOR = address(0x3082);
    address internal constant NODE_OWNER = address(0xD5EC);
    bytes32 internal constant AGENT = keccak256("agent measurement");
    bytes32 internal constant NODE_IMAGE = keccak256("node measurement");
    bytes32 internal constant MACHINE = keccak256("worker machine");
    bytes32 internal constant NAME = "hello";
    bytes internal constant MANIFEST = '{"format":"wetee/manifest/v1"}';
    uint64 internal constant WORKER_ID = 1;

    bytes32 internal constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant LEASE_BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant PROOF_TYPEHASH = keccak256(
        "NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant PROOF_BATCH_TYPEHASH = keccak256(
        "NodeProofBatch(uint64 epoch,uint64 expiry,NodeProof[] proofs)NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );

    IQuorum internal quorum;
    ISubnet internal subnet;
    ICloud internal cloud;
    /// @dev Statement key of node i + 1.
    uint256[] internal nodeKeys;

    function setUp() public virtual {
        vm.warp(T0);
        vm.roll(B0);
        deployNetwork(ISubnet.NetworkKind.Development, 1, 3, 2);
        registerWorker();
        proveWorker();
    }

    // -- deployment

    function deploy(string memory name, bytes memory args) internal returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(string.concat("artifacts/", name, ".json")), args);
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
        require(made != address(0), string.concat("deployment failed: ", name));
    }

    function settings(ISubnet.NetworkKind kind) internal pure returns (ISubnet.Settings memory) {
        return ISubnet.Settings({
            kind: kind,
            simulated: kind == ISubnet.NetworkKind.Development,
            trustStoreDigest: keccak256("roots"),
            nodeProofSeconds: PROOF,
            referenceDelaySeconds: 0,
            minWorkerStakeWei: 1 ether,
            minNodeStakeWei: 2 ether
        });
    }

    function parameters() internal pure returns (ICloud.Parameters memory) {
        return ICloud.Parameters({
            maxLeaseSeconds: LEASE,
            startWindowSeconds: 600,
            minEscrowSeconds: uint64(MIN_ESCROW),
            updateWindowSeconds: 900,
            feeBps: 200,
            maxReplicas: 16
        });
    }

    function deployContracts(ISubnet.NetworkKind kind, uint16 minOwners) internal {
        quorum = IQuorum(deploy("Quorum", abi.encode(ADMIN, minOwners)));
        subnet = ISubnet(deploy("Subnet", abi.encode(ADMIN, quorum, settings(kind))));
        cloud = ICloud(deploy("Cloud", abi.encode(ADMIN, subnet, quorum, TREASURY, parameters())));
        vm.startPrank(ADMIN);
        quorum.setSubnet(address(subnet));
        subnet.setCloud(address(cloud));
        subnet.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        subnet.setReferenceValue(2, NODE_IMAGE, ISubnet.ReferenceStatus.Accepted, 0);
        vm.stopPrank();
    }

    function deployNetwork(ISubnet.NetworkKind kind, uint16 minOwners, uint256 size, uint16 threshold) internal {
        deployContracts(kind, minOwners);
        delete nodeKeys;
        for (uint256 i = 0; i < size; i++) {
            registerNode(nodeOwner(i), uint256(keccak256(abi.encode("statement key", i))));
        }
        nameAll(threshold);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](size);
        for (uint64 i = 0; i < size; i++) {
            proofs[i] = nodeProof(i + 1);
        }
        sendProofs(proofs, signProofs(proofs, firstMembers(threshold)));
        quorum.activate();
    }

    function nodeOwner(uint256 index) internal pure returns (address) {
        return address(uint160(NODE_OWNER) + uint160(index));
    }

    function registerNode(address owner, uint256 key) internal returns (uint64 nodeId) {
        vm.deal(owner, 2 ether);
        vm.prank(owner);
        nodeId = subnet.registerNode{value: 2 ether}(
            owner, vm.addr(key), encryptionKey(nodeKeys.length + 1), keccak256(abi.encode("tls", key)), "127.0.0.1:1"
        );
        nodeKeys.push(key);
    }

    function encryptionKey(uint256 nodeId) internal pure returns (bytes memory) {
        return bytes.concat(hex"02", bytes32(nodeId));
    }

    function nameAll(uint16 threshold) internal {
        uint64[] memory members = new uint64[](nodeKeys.length);
        for (uint64 i = 0; i < members.length; i++) {
            members[i] = i + 1;
        }
        vm.prank(ADMIN);
        quorum.nameCommittee(members, threshold);
    }

    function prices() internal pure returns (ISubnet.Prices memory) {
        return ISubnet.Prices({cpuMilli: 3e7, memoryMiB: 1e7 + 1, diskMiB: 1e5, gpu: 1e15});
    }

    function capacity() internal pure returns (ISubnet.Resources memory) {
        return ISubnet.Resources({cpuMilli: 64_000, memoryMiB: 262_144, diskMiB: 1_000_000, gpu: 2});
    }

    function registerWorker() internal returns (uint64) {
        vm.deal(WORKER_OWNER, 1 ether);
        vm.prank(WORKER_OWNER);
        return subnet.registerWorker{value: 1 ether}(WORKER_OPERATOR, 1, 1, prices(), capacity(), "http://127.0.0.1:2");
    }

    function proveWorker() internal {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(WORKER_ID, MACHINE);
        sendProofs(proofs, signProofs(proofs, firstMembers(2)));
    }

    /// @dev A worker's proof comes from its operator, whose address is the statement key; anybody sends those of nodes.
    function sendProofs(ISubnet.NodeProof[] memory proofs, IQuorum.Signed memory signed) internal {
        if (proofs.length > 0 && proofs[0].role == 1) vm.prank(proofs[0].statementKey);
        subnet.proveNodes(proofs, signed);
    }

    // -- time

    function advance(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
        vm.roll(block.number + seconds_);
    }

    function blockAt(uint256 time) internal pure returns (uint64) {
        return uint64(B0 + time - T0);
    }

    function lastSecond() internal view returns (uint64) {
        return uint64(block.timestamp - 1);
    }

    // -- statements

    function nodeProof(uint64 nodeId) internal view returns (ISubnet.NodeProof memory p) {
        ISubnet.Node memory n = subnet.node(nodeId);
        p = proofOf(2, nodeId, keccak256(abi.encode("node machine", nodeId)), NODE_IMAGE);
        p.statementKey = n.statementKey;
        p.encryptionKey = n.encryptionKey;
        p.tlsKeyHash = n.tlsKeyHash;
    }

    function workerProof(uint64 workerId, bytes32 machine) internal view returns (ISubnet.NodeProof memory p) {
        p = proofOf(1, workerId, machine, AGENT);
        p.statementKey = subnet.worker(workerId).operator;
        p.encryptionKey = new bytes(33);
    }

    function proofOf(uint16 role, uint64 id, bytes32 machine, bytes32 measurement)
        internal
        view
        returns (ISubnet.NodeProof memory p)
    {
        p.role = role;
        p.nodeId = id;
        p.platformId = machine;
        p.measurementId = measurement;
        p.notBefore = lastSecond();
        p.notAfter = p.notBefore + subnet.nodeProofSeconds();
        p.evidenceBlock = uint64(block.number - 1);
        p.evidenceDigest = keccak256(abi.encode(role, id, block.number));
    }

    function proofBatchHash(ISubnet.NodeProof[] memory proofs, uint64 epoch, uint64 expiry)
        internal
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](proofs.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            ISubnet.NodeProof memory p = proofs[i];
            bytes memory head = abi.encode(
                PROOF_TYPEHASH, p.role, p.nodeId, p.platformId, p.statementKey, keccak256(p.encryptionKey), p.tlsKeyHash
            );
            hashes[i] = keccak256(
                bytes.concat(
                    head, abi.encode(p.measurementId, p.evidenceBlock, p.notBefore, p.notAfter, p.evidenceDigest)
                )
            );
        }
        return keccak256(abi.encode(PROOF_BATCH_TYPEHASH, epoch, expiry, keccak256(abi.encodePacked(hashes))));
    }

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

    function currentEpoch() internal view returns (uint64) {
        return quorum.genesisOpen() ? quorum.latestEpoch() : quorum.activeEpoch();
    }

    function firstMembers(uint256 count) internal pure returns (uint256) {
        return (1 << count) - 1;
    }

    function typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", quorum.domainSeparator(), structHash));
    }

    function signBy(bytes32 digest, uint256 bitmap) internal view returns (bytes memory signatures) {
        for (uint256 i = 0; i < nodeKeys.length; i++) {
            if ((bitmap >> i) & 1 == 1) signatures = bytes.concat(signatures, signOne(nodeKeys[i], digest));
        }
    }

    function signOne(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signProofs(ISubnet.NodeProof[] memory proofs, uint256 bitmap)
        internal
        view
        returns (IQuorum.Signed memory signed)
    {
        signed.epoch = currentEpoch();
        signed.expiry = proofs[0].notAfter;
        signed.bitmap = bitmap;
        signed.signatures = signBy(typedDigest(proofBatchHash(proofs, signed.epoch, signed.expiry)), bitmap);
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
        return cloud.create{value: depositWei}(NAME, WORKER_ID, asked, MANIFEST, type(uint256).max);
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
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("WeTEE"),
                keccak256("1"),
                block.chainid,
                address(cloud)
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(keccak256("Ready(uint64 appId,uint32 version,uint16 replica)"), appId, version, replica)
        );
        return signOne(instanceKey(key), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    function rate(uint64 appId) internal view returns (uint256) {
        return cloud.version(appId, cloud.app(appId).currentVersion).weiPerSecond;
    }

    function same(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function holds(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }
}
