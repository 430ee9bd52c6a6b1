// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Curve} from "../src/discipline/Curve.sol";
import {IMisconduct} from "../src/discipline/IMisconduct.sol";

/// @title RandomProof: checks the output of a verifiable random function on secp256k1 (examples/random-draw)
/// @notice For each key and input one output holds, whoever made the proof: nobody can choose, and nobody who does not know the key's
/// secret can tell before. The shape is that of RFC 9381's ECVRF; hash, challenge and encoding are those of draw.mjs.
library RandomProof {
    /// @param gamma secret * H(input); the output is its hash
    /// @param c challenge
    /// @param s response: nonce - c * secret
    /// @param left s * H(input), @param right c * gamma, @param slope of the line through both: hints, which only save gas
    struct Proof {
        IMisconduct.Point gamma;
        uint256 c;
        uint256 s;
        IMisconduct.Point left;
        IMisconduct.Point right;
        uint256 slope;
    }

    bytes32 private constant POINT_TAG = "wetee/example/draw/point";
    bytes32 private constant CHALLENGE_TAG = "wetee/example/draw/challenge";
    bytes32 private constant OUTPUT_TAG = "wetee/example/draw/output";
    uint256 private constant MAX_TRIES = 256;
    /// @dev (P + 1) / 4: to this power a square becomes its root.
    uint256 private constant ROOT_EXPONENT = (Curve.P + 1) / 4;

    error ProofWrong();

    /// @notice 32 random bytes; reverts for a proof that is not the one of this key and input.
    function verify(IMisconduct.Point memory key, bytes32 input, Proof memory p) internal view returns (bytes32) {
        if (!isOnCurve(p.gamma) || p.s == 0 || p.c == 0) revert ProofWrong();
        IMisconduct.Point memory base = hashToPoint(key, input);
        Curve.requireMultiple(base, p.s, p.left);
        Curve.requireMultiple(p.gamma, p.c, p.right);
        IMisconduct.Point memory v = Curve.add(p.left, p.right, p.slope);
        // s * G + c * key: what the nonce times the generator was.
        address u = Curve.addressOf(uint8(2 + (key.y & 1)), key.x, p.s, p.c);
        bytes memory challenge =
            abi.encode(CHALLENGE_TAG, base.x, base.y, key.x, key.y, p.gamma.x, p.gamma.y, u, v.x, v.y);
        if (u == address(0) || uint256(keccak256(challenge)) % Curve.ORDER != p.c) revert ProofWrong();
        return keccak256(abi.encode(OUTPUT_TAG, p.gamma.x, p.gamma.y));
    }

    /// @notice A point that nobody knows the logarithm of: the first candidate x that has one, with its even y.
    function hashToPoint(IMisconduct.Point memory key, bytes32 input) internal view returns (IMisconduct.Point memory) {
        for (uint256 count = 0; count < MAX_TRIES; count++) {
            uint256 x = uint256(keccak256(abi.encode(POINT_TAG, key.x, key.y, input, count)));
            // ecrecover takes no x from the order on.
            if (x >= Curve.ORDER) continue;
            uint256 square = addmod(mulmod(mulmod(x, x, Curve.P), x, Curve.P), 7, Curve.P);
            uint256 y = power(square, ROOT_EXPONENT);
            if (mulmod(y, y, Curve.P) == square) return IMisconduct.Point(x, y % 2 == 0 ? y : Curve.P - y);
        }
        revert ProofWrong();
    }

    function isOnCurve(IMisconduct.Point memory a) internal pure returns (bool) {
        if (a.x >= Curve.P || a.y >= Curve.P) return false;
        return mulmod(a.y, a.y, Curve.P) == addmod(mulmod(mulmod(a.x, a.x, Curve.P), a.x, Curve.P), 7, Curve.P);
    }

    /// @dev By the precompile for modular powers (EIP-198).
    function power(uint256 base, uint256 exponent) private view returns (uint256) {
        (bool ok, bytes memory result) =
            address(5).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, Curve.P));
        if (!ok || result.length != 32) revert ProofWrong();
        return abi.decode(result, (uint256));
    }
}
