// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Frames: hashes of docs/reference/threshold.md
/// @dev A frame is a tag and fields, each after its length in four bytes; fields of a fixed length are written out where they are used.
library Frames {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    /// @dev The tag of every challenge, and its length (RFC 9380: DST_prime).
    bytes private constant CHALLENGE = hex"77657465652f7468726573686f6c642f7631206368616c6c656e67651c";

    /// @dev A number below the order: expand_message_xmd (RFC 9380 section 5.3.1, SHA-256) of a frame to 48 bytes, reduced.
    function challenge(bytes memory frame) internal pure returns (uint256) {
        bytes memory padded = bytes.concat(new bytes(64), frame, hex"003000", CHALLENGE);
        bytes32 b0 = sha256(padded);
        bytes32 b1 = sha256(bytes.concat(b0, hex"01", CHALLENGE));
        bytes32 b2 = sha256(bytes.concat(b0 ^ b1, hex"02", CHALLENGE));
        return addmod(mulmod(uint256(b1), 1 << 128, ORDER), uint256(b2) >> 128, ORDER);
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
