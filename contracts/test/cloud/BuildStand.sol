// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev A builder application with a running instance, and what it signs, framed here by a general writer of frames.
abstract contract BuildStand is Fixture {
    address internal constant BUILDER_OWNER = address(0xB111);
    bytes32 internal constant REPOSITORY = keccak256("https://git.example/you/app");
    uint256 internal constant BUILDER_KEY = 77;

    /// @dev An application of an owner of its own, with an instance under the key.
    function createBuilder(address owner, uint256 key) internal returns (uint64 builder) {
        vm.deal(owner, 1 ether);
        vm.prank(owner);
        builder = cloud.create{value: 1 ether}(NAME, 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        advance(1);
        attest(builder, 1, 0, key);
    }

    function recordOf(bytes32 manifestDigest) internal pure returns (ICloud.BuildRecord memory) {
        return ICloud.BuildRecord({
            imageDigest: keccak256("image"),
            statementDigest: keccak256("statement"),
            repositoryHash: REPOSITORY,
            commit: bytes32(bytes20(keccak256("commit"))),
            manifestDigest: manifestDigest
        });
    }

    function field(bytes memory value) internal pure returns (bytes memory) {
        return bytes.concat(bytes4(uint32(value.length)), value);
    }

    /// @dev buildRecordDigest of docs/reference/bindings.md.
    function recordDigest(uint256 chainId, address at, uint64 builder, ICloud.BuildRecord memory record)
        internal
        pure
        returns (bytes32)
    {
        return sha256(
            bytes.concat(
                field("wetee/build-record/v1"),
                field(abi.encodePacked(chainId)),
                field(abi.encodePacked(at)),
                field(abi.encodePacked(builder)),
                field(abi.encode(record))
            )
        );
    }

    /// @dev What an agent's socket signs for its application.
    function signAsApplication(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        bytes memory framed = bytes.concat(field("wetee/app-signature/v1"), field(abi.encodePacked(digest)));
        return signOne(instanceKey(key), sha256(framed));
    }

    function signRecord(uint64 builder, uint256 key, ICloud.BuildRecord memory record)
        internal
        view
        returns (bytes memory)
    {
        return signAsApplication(key, recordDigest(block.chainid, address(cloud), builder, record));
    }

    function sendRecord(uint64 builder, uint256 key, ICloud.BuildRecord memory record) internal {
        cloud.recordBuild(builder, record, signRecord(builder, key, record));
    }
}
