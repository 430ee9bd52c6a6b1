// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMisconduct} from "./IMisconduct.sol";

/// @title Curve: secp256k1, as far as the EVM can be made to calculate on it
/// @dev The one operation that the EVM has is ecrecover: the address of (s*R - e*G)/r, r the x of R. With e = 0 and s = k*r it is the
/// address of k*R, with e = -a*r that of a*G + k*R. The point itself is somebody's hint, taken where its address is this one: another
/// point of that address is as hard to find as another key of an account. A hint that is wrong reverts; it decides nothing.
library Curve {
    uint256 internal constant P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 internal constant G_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
    /// @dev The first byte of G where it is compressed.
    uint8 internal constant G_PREFIX = 2;

    /// @dev Takes `hint` for a*G + k*point; the point is compressed, its x below the order, k and the result not zero.
    function requireSum(uint8 prefix, uint256 x, uint256 a, uint256 k, IMisconduct.Point memory hint) internal pure {
        address expected = addressOf(prefix, x, a, k);
        if (expected == address(0) || expected != toAddress(hint)) revert IMisconduct.HintWrong();
    }

    /// @dev Takes `hint` for k*a.
    function requireMultiple(IMisconduct.Point memory a, uint256 k, IMisconduct.Point memory hint) internal pure {
        requireSum(uint8(2 + (a.y & 1)), a.x, 0, k, hint);
    }

    /// @dev The address of a*G + k*point; 0 where the point is none, its x is not below the order, k is zero or the sum is nothing.
    function addressOf(uint8 prefix, uint256 x, uint256 a, uint256 k) internal pure returns (address) {
        uint256 e = mulmod(a, x, ORDER);
        if (e != 0) e = ORDER - e;
        return ecrecover(bytes32(e), prefix + 25, bytes32(x), bytes32(mulmod(k, x, ORDER)));
    }

    function toAddress(IMisconduct.Point memory point) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(point.x, point.y)))));
    }

    /// @dev a + b for points of the curve, `slope` the slope of the line through them; (0, 0) where the sum is nothing.
    function add(IMisconduct.Point memory a, IMisconduct.Point memory b, uint256 slope)
        internal
        pure
        returns (IMisconduct.Point memory sum)
    {
        if (a.x == b.x) {
            if (a.y != b.y) return sum;
            uint256 square = mulmod(a.x, a.x, P);
            if (mulmod(slope, addmod(a.y, a.y, P), P) != mulmod(3, square, P)) revert IMisconduct.HintWrong();
        } else if (mulmod(slope, addmod(b.x, P - a.x, P), P) != addmod(b.y, P - a.y, P)) {
            revert IMisconduct.HintWrong();
        }
        sum.x = addmod(mulmod(slope, slope, P), P - addmod(a.x, b.x, P), P);
        sum.y = addmod(mulmod(slope, addmod(a.x, P - sum.x, P), P), P - a.y, P);
    }

    /// @dev No point of the curve has y = 0.
    function negate(IMisconduct.Point memory a) internal pure returns (IMisconduct.Point memory) {
        return IMisconduct.Point(a.x, P - a.y);
    }

    function isNothing(IMisconduct.Point memory a) internal pure returns (bool) {
        return a.x == 0 && a.y == 0;
    }

    /// @dev Whether no point has this x: `root` squared is then minus what y squared would be, because -1 has no root in this field.
    function isNoPoint(uint256 x, uint256 root) internal pure returns (bool) {
        uint256 square = addmod(mulmod(mulmod(x, x, P), x, P), 7, P);
        return mulmod(root, root, P) == P - square;
    }

    /// @dev 33 bytes.
    function compress(IMisconduct.Point memory a) internal pure returns (bytes memory) {
        return bytes.concat(bytes1(uint8(2 + (a.y & 1))), bytes32(a.x));
    }
}
