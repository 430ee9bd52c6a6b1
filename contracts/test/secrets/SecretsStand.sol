// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev What Secrets reads of Keys: how many there are, and which of them live.
contract KeyBook {
    uint32 public keyCount = 1;
    mapping(uint32 number => bool) public isEnded;

    function make() external {
        keyCount++;
    }

    function end(uint32 number) external {
        isEnded[number] = true;
    }

    function isKeyLive(uint32 number) external view returns (bool) {
        return number != 0 && number <= keyCount && !isEnded[number];
    }
}

/// @dev Two applications of two owners, and their secrets.
abstract contract SecretsStand is Fixture {
    address internal constant OTHER_OWNER = address(0x0B22);
    address internal constant STRANGER = address(0x5742);
    bytes32 internal constant POLICY = keccak256("policy");

    ISecrets internal secrets;
    KeyBook internal book;
    /// @dev OWNER's.
    uint64 internal appId;
    /// @dev OTHER_OWNER's.
    uint64 internal otherId;

    function setUp() public virtual override {
        super.setUp();
        book = new KeyBook();
        secrets = ISecrets(deploy("Secrets", abi.encode(cloud, subnet, book)));
        appId = createApp(1 ether);
        otherId = createFor(OTHER_OWNER, "other");
    }

    function createFor(address owner, bytes32 name) internal returns (uint64) {
        vm.deal(owner, 1 ether);
        vm.prank(owner);
        return cloud.create{value: 1 ether}(name, WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
    }

    /// @dev A digest that no other name and number has.
    function digest(string memory name, uint32 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(name, number));
    }

    function set(string memory name, uint32 number) internal {
        uint32 key = book.keyCount();
        vm.prank(OWNER);
        secrets.setSecret(appId, name, number, key, digest(name, number), POLICY);
    }

    function remove(string memory name) internal {
        vm.prank(OWNER);
        secrets.removeSecret(appId, name);
    }

    function grant(string memory name, ISecrets.Reader memory reader) internal {
        vm.prank(OWNER);
        secrets.grant(appId, name, reader);
    }

    function byManifest(uint64 readerId, bytes32 manifestDigest) internal pure returns (ISecrets.Reader memory) {
        return ISecrets.Reader(readerId, manifestDigest, address(0));
    }

    function byOwner(address owner) internal pure returns (ISecrets.Reader memory) {
        return ISecrets.Reader(0, 0, owner);
    }

    function current(string memory name) internal view returns (uint32) {
        return secrets.secret(appId, name).current;
    }

    function end(uint64 id, address owner) internal {
        vm.prank(owner);
        cloud.terminate(id);
    }

    function handOver(uint64 id, address from, address to) internal {
        vm.prank(from);
        cloud.offerOwnership(id, to);
        vm.prank(to);
        cloud.takeOwnership(id);
    }

    function hashOf(string memory name) internal pure returns (bytes32) {
        return keccak256(bytes(name));
    }
}
