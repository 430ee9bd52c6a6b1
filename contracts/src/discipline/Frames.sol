// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Frames: hashes of docs/reference/threshold.md
/// @dev A frame is a tag and fields, each after its length in four bytes; fields of a fixed length are written out where they are used.
library Frames {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    /// @dev The number whose product with a point (x, y) has the same y.
    uint256 private constant LAMBDA = 0x5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72;

    /// @dev One of 2^128 numbers: a + b*LAMBDA, a and b the first and the next 8 bytes of the digest of a frame.
    function challenge(bytes memory frame) internal pure returns (uint256) {
        uint256 digest = uint256(sha256(frame));
        return addmod(digest >> 192, mulmod(uint64(digest >> 128), LAMBDA, ORDER), ORDER);
    }

    /// @dev Tag and length of a tag below `wetee/threshold/v1 `.
    function tag(string memory name) internal pure returns (bytes memory) {
        return field(bytes.concat("wetee/threshold/v1 ", bytes(name)));
    }

    /// @dev Bytes after their length.
    function field(bytes memory value) internal pure returns (bytes memory) {
        return bytes.concat(bytes4(uint32(value.length)), value);
    }

    function field(bytes32 value) internal pure returns (bytes memory) {
        return bytes.concat(bytes4(uint32(32)), value);
    }

    /// @dev A digest, or a field of no bytes for zero.
    function fieldOrNone(bytes32 digest) internal pure returns (bytes memory) {
        return digest == 0 ? new bytes(4) : field(digest);
    }
}
