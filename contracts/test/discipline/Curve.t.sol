// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Curve} from "../../src/discipline/Curve.sol";
import {Frames} from "../../src/discipline/Frames.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {Vm, vm} from "../Vm.sol";

/// @dev The library behind calls, so that a refusal can be expected.
contract CurveCalls {
    function requireSum(uint8 prefix, uint256 x, uint256 a, uint256 k, IMisconduct.Point memory hint) external pure {
        Curve.requireSum(prefix, x, a, k, hint);
    }

    function add(IMisconduct.Point memory a, IMisconduct.Point memory b, uint256 slope)
        external
        pure
        returns (IMisconduct.Point memory)
    {
        return Curve.add(a, b, slope);
    }
}

/// @dev Against the points of forge's wallets, which another implementation calculates.
contract CurveTest {
    uint256 private constant N = Curve.ORDER;
    uint256 private constant P = Curve.P;

    CurveCalls private immutable calls = new CurveCalls();

    function testFuzz_a_multiple_is_taken_and_no_other_point(uint256 a, uint256 k, uint256 x, uint256 y) external {
        (a, k) = (scalar(a), scalar(k));
        IMisconduct.Point memory base = pointOf(a);
        IMisconduct.Point memory product = pointOf(mulmod(a, k, N));
        calls.requireSum(prefixOf(base), base.x, 0, k, product);
        refuseSum(base, 0, k, IMisconduct.Point(product.x, P - product.y));
        if (x != product.x || y != product.y) refuseSum(base, 0, k, IMisconduct.Point(x, y));
    }

    function testFuzz_a_sum_of_two_multiples_is_taken_and_no_other_point(uint256 a, uint256 g, uint256 k) external {
        (a, g, k) = (scalar(a), scalar(g), scalar(k));
        uint256 total = addmod(mulmod(a, k, N), g, N);
        IMisconduct.Point memory base = pointOf(a);
        if (total == 0) return;
        calls.requireSum(prefixOf(base), base.x, g, k, pointOf(total));
        refuseSum(base, g, k, pointOf(scalar(total)));
    }

    function test_nothing_is_taken_for_nothing() external {
        IMisconduct.Point memory base = pointOf(5);
        // 5*(N-1) + 5 = 0.
        refuseSum(base, 5, N - 1, IMisconduct.Point(0, 0));
        refuseSum(base, 0, 0, IMisconduct.Point(0, 0));
        refuseSum(base, 0, N, IMisconduct.Point(0, 0));
        refuseSum(IMisconduct.Point(5, 0), 0, 1, IMisconduct.Point(0, 0));
        refuseSum(IMisconduct.Point(N + base.x % 2, 0), 0, 1, IMisconduct.Point(0, 0));
    }

    function testFuzz_points_are_added_with_the_slope_between_them(uint256 a, uint256 b, uint256 other) external {
        (a, b) = (scalar(a), scalar(b));
        if (addmod(a, b, N) == 0) return;
        IMisconduct.Point memory left = pointOf(a);
        IMisconduct.Point memory right = pointOf(b);
        uint256 slope = slopeOf(left, right);
        same(calls.add(left, right, slope), pointOf(addmod(a, b, N)));
        if (other % P != slope) refuseAdd(left, right, other);
    }

    function testFuzz_a_point_is_doubled_with_its_tangent_and_cancels_with_its_negative(uint256 a, uint256 other)
        external
    {
        a = scalar(a);
        IMisconduct.Point memory point = pointOf(a);
        uint256 tangent = slopeOf(point, point);
        same(calls.add(point, point, tangent), pointOf(addmod(a, a, N)));
        if (other % P != tangent) refuseAdd(point, point, other);
        same(calls.add(point, pointOf(N - a), other), IMisconduct.Point(0, 0));
        same(Curve.negate(point), pointOf(N - a));
    }

    function testFuzz_no_root_makes_a_point_none(uint256 a, uint256 root) external {
        IMisconduct.Point memory point = pointOf(scalar(a));
        vm.assertTrue(!Curve.isNoPoint(point.x, root), "any number");
        vm.assertTrue(!Curve.isNoPoint(point.x, point.y), "its own y");
    }

    function testFuzz_every_x_is_that_of_a_point_or_shown_to_be_none(uint256 x) external pure {
        x %= P;
        uint256 square = addmod(mulmod(mulmod(x, x, P), x, P), 7, P);
        uint256 y = power(square, (P + 1) / 4);
        uint256 root = power(P - square, (P + 1) / 4);
        vm.assertTrue((mulmod(y, y, P) == square) != Curve.isNoPoint(x, root), "one of both");
    }

    function test_challenges_are_those_of_the_reference() external pure {
        vm.assertEq(
            Frames.challenge(bytes.concat(Frames.tag("release weight"), Frames.field(keccak256("seed")))),
            CHALLENGE_OF_SEED,
            "challengeOf('wetee/threshold/v1 release weight', keccak256('seed'))"
        );
    }

    uint256 private constant CHALLENGE_OF_SEED = 0x16442154c811c5f585cca8494beadaf51a95b4741b1f054bced147bbf70873b9;

    function scalar(uint256 seed) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed))) % (N - 1) + 1;
    }

    function pointOf(uint256 k) private returns (IMisconduct.Point memory) {
        Vm.Wallet memory w = vm.createWallet(k);
        return IMisconduct.Point(w.publicKeyX, w.publicKeyY);
    }

    function prefixOf(IMisconduct.Point memory p) private pure returns (uint8) {
        return uint8(2 + (p.y & 1));
    }

    function slopeOf(IMisconduct.Point memory a, IMisconduct.Point memory b) private pure returns (uint256) {
        if (a.x == b.x) {
            return mulmod(mulmod(3, mulmod(a.x, a.x, P), P), power(addmod(a.y, a.y, P), P - 2), P);
        }
        return mulmod(addmod(b.y, P - a.y, P), power(addmod(b.x, P - a.x, P), P - 2), P);
    }

    function power(uint256 base, uint256 exponent) private pure returns (uint256 result) {
        result = 1;
        for (; exponent > 0; exponent >>= 1) {
            if (exponent & 1 == 1) result = mulmod(result, base, P);
            base = mulmod(base, base, P);
        }
    }

    function same(IMisconduct.Point memory a, IMisconduct.Point memory b) private pure {
        vm.assertEq(a.x, b.x, "x");
        vm.assertEq(a.y, b.y, "y");
    }

    function refuseSum(IMisconduct.Point memory base, uint256 a, uint256 k, IMisconduct.Point memory hint) private {
        vm.expectRevert(IMisconduct.HintWrong.selector);
        calls.requireSum(prefixOf(base), base.x, a, k, hint);
    }

    function refuseAdd(IMisconduct.Point memory a, IMisconduct.Point memory b, uint256 slope) private {
        vm.expectRevert(IMisconduct.HintWrong.selector);
        calls.add(a, b, slope);
    }
}
