// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RandomProof} from "../../examples/RandomProof.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {Curve} from "../../src/discipline/Curve.sol";

/// @dev The library behind calls, so that a refusal can be expected.
contract ProofCalls {
    function verify(IMisconduct.Point memory key, bytes32 input, RandomProof.Proof memory proof)
        external
        view
        returns (bytes32)
    {
        return RandomProof.verify(key, input, proof);
    }
}

/// @dev One number for a key and an input, whatever is handed in.
contract RandomProofTest {
    /// @dev Made by examples/random-draw/draw.mjs: tests/end-to-end/example-programs.test.ts makes the same.
    bytes private constant DRAW_KEY =
        hex"20d5d567adb25d46b00006d2690524672a52c07ad7fbb4242041c3c5c443dc3f046d47652fdccb4a39abd4dec0021859e9d8bf6e829f76edc80bd8bbc51d32b8";
    bytes32 private constant DRAW_INPUT = 0x3317d8cc8d2b30ed5bf4e712a931331f7b1ae524454806713f02eecc742479e6;
    bytes private constant DRAW_PROOF =
        hex"4ea39265857907273a9eb73dbf6d897d1b25ecfca73c174d1e030710e4ae4b86c2dabfe043dcfc4d2f5ce29d1dc2a5b53c606a499419b6c7e48b570de5079d3117fd5f064a7142ecf6064669ed1055f8a3e80ab269ba88c3bbc5f5f36bbc2b21b217e7bd43eb94edf64d473011b5b2149ad0eee6cebf84cbccbd47a45ca5e760fbeb3d37ed777038ae29dbab99580aae1ad9fb3dbcb3ca5c6f06d406a9caaa2a3b11735b07a9978f3bdbd1666cb8e22769e3b481a60ee88f78b460d7a6dff89073e40de3092a9c6bbac8e59ae6e8bf9d7780e3e267eb65e6d299a2a6006f5625fb7037ad50a2fa4e803ff6e2d668db5c60e5031cc13c8108d758156ec2ff16f66e54f2e21a3ae44bf92d3ead9a3a0f373a67ed653ff41875c7e692c26ecac868";

    ProofCalls private immutable calls = new ProofCalls();

    function drawKey() private pure returns (IMisconduct.Point memory) {
        return abi.decode(DRAW_KEY, (IMisconduct.Point));
    }

    function drawProof() private pure returns (RandomProof.Proof memory) {
        return abi.decode(DRAW_PROOF, (RandomProof.Proof));
    }

    function refuseProof(IMisconduct.Point memory by, bytes32 input, RandomProof.Proof memory p) private view {
        try calls.verify(by, input, p) returns (bytes32) {
            revert("another number was proven");
        } catch {}
    }

    function test_the_proof_of_the_program_holds() external view {
        bytes32 number = calls.verify(drawKey(), DRAW_INPUT, drawProof());
        require(number != 0, "no number");
    }

    function test_a_proof_is_for_one_input_and_one_key() external view {
        refuseProof(drawKey(), keccak256("another input"), drawProof());
        IMisconduct.Point memory other = drawProof().left;
        refuseProof(other, DRAW_INPUT, drawProof());
        refuseProof(Curve.negate(drawKey()), DRAW_INPUT, drawProof());
    }

    function testFuzz_no_other_number_is_proven(uint256 change, uint256 field) external view {
        change = change % (type(uint256).max - 1) + 1;
        RandomProof.Proof memory p = drawProof();
        field = field % 9;
        unchecked {
            if (field == 0) p.gamma.x += change;
            else if (field == 1) p.gamma.y += change;
            else if (field == 2) p.c += change;
            else if (field == 3) p.s += change;
            else if (field == 4) p.left.x += change;
            else if (field == 5) p.left.y += change;
            else if (field == 6) p.right.x += change;
            else if (field == 7) p.right.y += change;
            else p.slope += change;
        }
        refuseProof(drawKey(), DRAW_INPUT, p);
    }

    function test_the_other_point_of_the_same_x_is_no_number() external view {
        RandomProof.Proof memory p = drawProof();
        p.gamma = Curve.negate(p.gamma);
        refuseProof(drawKey(), DRAW_INPUT, p);
        p.right = Curve.negate(p.right);
        refuseProof(drawKey(), DRAW_INPUT, p);
    }
}
