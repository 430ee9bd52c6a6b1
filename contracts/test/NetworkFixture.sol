// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Roles} from "../src/dao/Roles.sol";
import {IQuorum} from "../src/quorum/IQuorum.sol";
import {ISubnet} from "../src/subnet/ISubnet.sol";
import {Statements} from "./Statements.sol";
import {vm} from "./Vm.sol";

/// @dev A network of one worker and three dsecret nodes (2 of 3), as deployed, with one block a second; without a Cloud.
abstract contract NetworkFixture is Statements {
    uint256 internal constant T0 = 1_800_000_000;
    uint256 internal constant B0 = 1_000;
    uint64 internal constant PROOF = 365 days;
    uint64 internal constant UNBONDING = 14 days;
    uint256 internal constant WORKER_STAKE = 10 ether;
    uint256 internal constant NODE_STAKE = 2 ether;
    address internal constant ADMIN = address(0xAD);
    address internal constant FAST = address(0xFA57);
    address internal constant SLASHER = address(0x51A5);
    address internal constant COURT = address(0xC0);
    address internal constant TREASURY = address(0x7EA5);
    address internal constant WORKER_OWNER = address(0x3081);
    address internal constant WORKER_OPERATOR = address(0x3082);
    address internal constant NODE_OWNER = address(0xD5EC);
    bytes32 internal constant AGENT = keccak256("agent measurement");
    bytes32 internal constant NODE_IMAGE = keccak256("node measurement");
    bytes32 internal constant MACHINE = keccak256("worker machine");
    uint64 internal constant WORKER_ID = 1;

    AccessManager internal manager;

    function setUp() public virtual {
        vm.warp(T0);
        vm.roll(B0);
        deployNetwork(ISubnet.NetworkKind.Development, 1, 3, 2);
        registerWorker();
        proveWorker();
    }

    // -- deployment

    function deploy(string memory name, bytes memory args) internal returns (address made) {
        made = tryDeploy(name, args);
        require(made != address(0), string.concat("deployment failed: ", name));
    }

    function notDeployed(string memory name, bytes memory args) internal {
        require(tryDeploy(name, args) == address(0), string.concat("deployment not refused: ", name));
    }

    function tryDeploy(string memory name, bytes memory args) private returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(string.concat("artifacts/", name, ".json")), args);
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
    }

    function settings(ISubnet.NetworkKind kind) internal pure virtual returns (ISubnet.Settings memory) {
        return ISubnet.Settings({
            kind: kind,
            simulated: kind == ISubnet.NetworkKind.Development,
            trustStoreDigest: keccak256("roots"),
            nodeProofSeconds: PROOF,
            referenceDelaySeconds: 0,
            unbondingSeconds: UNBONDING
        });
    }

    /// @dev The worker's first stake covers level 1 and all it can reserve.
    function stakeRules() internal pure virtual returns (ISubnet.StakeRules memory) {
        return ISubnet.StakeRules({
            workerBaseWei: 1 ether,
            workerPerLevelWei: 0.5 ether,
            perCpuMilliWei: 1e13,
            perMemoryMiBWei: 1e12,
            perGpuWei: 0.1 ether,
            nodeWei: uint128(NODE_STAKE)
        });
    }

    function deploySubnet(ISubnet.Settings memory chosen) internal returns (ISubnet) {
        bytes memory args = abi.encode(manager, quorum, chosen, stakeRules(), TREASURY);
        address registry = deploy("Registry", args);
        return ISubnet(deploy("Subnet", abi.encode(manager, quorum, chosen, stakeRules(), TREASURY, registry)));
    }

    function deployContracts(ISubnet.NetworkKind kind, uint16 minOwners) internal {
        deployContracts(kind, minOwners, 1);
    }

    function deployContracts(ISubnet.NetworkKind kind, uint16 minOwners, uint16 minVendors) internal virtual {
        manager = AccessManager(deploy("Authority", abi.encode(ADMIN)));
        quorum = IQuorum(deploy("Quorum", abi.encode(manager, minOwners, minVendors)));
        subnet = deploySubnet(settings(kind));
        vm.startPrank(ADMIN);
        manager.grantRole(Roles.FAST, FAST, 0);
        manager.grantRole(Roles.FAST, ADMIN, 0);
        manager.grantRole(Roles.SLASHER, SLASHER, 0);
        manager.grantRole(Roles.COURT, COURT, 0);
        allow(address(subnet), ISubnet.revokeReference.selector, Roles.FAST);
        allow(address(subnet), ISubnet.lockStake.selector, Roles.SLASHER);
        allow(address(subnet), ISubnet.unlockStake.selector, Roles.SLASHER);
        allow(address(subnet), ISubnet.slashLocked.selector, Roles.SLASHER);
        allow(address(subnet), ISubnet.slashNode.selector, Roles.SLASHER);
        quorum.setSubnet(address(subnet));
        subnet.setReferenceValue(1, AGENT, 1, ISubnet.ReferenceStatus.Accepted, 0);
        subnet.setReferenceValue(2, NODE_IMAGE, 4, ISubnet.ReferenceStatus.Accepted, 0);
        vm.stopPrank();
        linkCloud();
    }

    /// @dev Deploys the Cloud and links it, where there is one.
    function linkCloud() internal virtual {}

    /// @dev Called as the admin.
    function allow(address target, bytes4 selector, uint64 role) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }

    function deployNetwork(ISubnet.NetworkKind kind, uint16 minOwners, uint256 size, uint16 threshold) internal {
        deployContracts(kind, minOwners);
        delete nodeKeys;
        for (uint256 i = 0; i < size; i++) {
            registerNode(nodeOwner(i), uint256(keccak256(abi.encode("statement key", i))));
        }
        nameAll(threshold);
        proveAll(firstMembers(threshold));
        quorum.activate();
    }

    /// @dev Proves every registered node, signed by these members.
    function proveAll(uint256 bitmap) internal {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](nodeKeys.length);
        for (uint64 i = 0; i < proofs.length; i++) {
            proofs[i] = nodeProof(i + 1);
        }
        sendProofs(proofs, signProofs(proofs, bitmap));
    }

    // -- nodes

    function nodeOwner(uint256 index) internal pure returns (address) {
        return address(uint160(NODE_OWNER) + uint160(index));
    }

    function registerNode(address owner, uint256 key) internal returns (uint64 nodeId) {
        ISubnet.NodeKeys memory keys = keysOf(owner, owner, key, nodeKeys.length + 1);
        vm.deal(owner, NODE_STAKE);
        vm.prank(owner);
        nodeId = subnet.registerNode{value: NODE_STAKE}(owner, keys, "127.0.0.1:1");
        nodeKeys.push(key);
    }

    /// @dev What a node's TEE would make for this owner and operator.
    function keysOf(address owner, address operator, uint256 key, uint256 nodeId)
        internal
        view
        returns (ISubnet.NodeKeys memory keys)
    {
        keys.statementKey = vm.addr(key);
        keys.encryptionKey = encryptionKey(nodeId);
        keys.tlsKeyHash = keccak256(abi.encode("tls", key));
        keys.possession = signOne(key, possessionDigest(owner, operator, keys, address(subnet)));
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

    // -- workers

    function prices() internal pure returns (ISubnet.Prices memory) {
        return ISubnet.Prices({cpuMilli: 3e7, memoryMiB: 1e7 + 1, diskMiB: 1e5, gpu: 1e15});
    }

    /// @dev The native prices in an ERC20, whose prices are billionths of its smallest unit.
    function tokenPrices() internal pure returns (ISubnet.Prices memory p) {
        p = prices();
        p.cpuMilli *= 1e9;
        p.memoryMiB *= 1e9;
        p.diskMiB *= 1e9;
        p.gpu *= 1e9;
    }

    function capacity() internal pure returns (ISubnet.Resources memory) {
        return ISubnet.Resources({cpuMilli: 64_000, memoryMiB: 262_144, diskMiB: 1_000_000, gpu: 2});
    }

    function profile() internal pure returns (ISubnet.Profile memory) {
        return ISubnet.Profile({level: 1, teeClasses: 1, region: "eu-north", endpoint: "http://127.0.0.1:2"});
    }

    function registerWorker() internal returns (uint64) {
        vm.deal(WORKER_OWNER, WORKER_STAKE);
        vm.prank(WORKER_OWNER);
        return subnet.registerWorker{value: WORKER_STAKE}(WORKER_OPERATOR, profile(), prices(), capacity());
    }

    function proveWorker() internal {
        proveWorker(WORKER_ID, MACHINE, 2);
    }

    function proveWorker(uint64 workerId, bytes32 machine, uint256 signatures) internal {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(workerId, machine);
        sendProofs(proofs, signProofs(proofs, firstMembers(signatures)));
    }

    // -- proofs

    /// @dev A worker's proof comes from its operator, whose address is the statement key; anybody sends those of nodes.
    function sendProofs(ISubnet.NodeProof[] memory proofs, IQuorum.Signed memory signed) internal {
        if (proofs.length > 0 && proofs[0].role == 1) vm.prank(proofs[0].statementKey);
        subnet.proveNodes(proofs, new string[](proofs.length), signed);
    }

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

    // -- assertions

    function same(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function holds(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }
}
