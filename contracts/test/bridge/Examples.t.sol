// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Admission} from "../../examples/Admission.sol";
import {Raffle} from "../../examples/Raffle.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";

/// @dev The examples' contracts: what they take, and what they refuse.
contract ExamplesTest is BridgeStand {
    Raffle private raffle;
    Admission private admission;

    function setUp() public override {
        super.setUp();
        raffle = new Raffle(bridge, appId, API, 1, drawKey());
        admission = new Admission(bridge, appId, API, 1);
        vm.deal(address(raffle), 10 ether);
        vm.deal(address(admission), 10 ether);
    }

    /// @dev A point, whoever knows its secret: the generator.
    function drawKey() private pure returns (IMisconduct.Point memory) {
        return IMisconduct.Point(
            0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
            0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8
        );
    }

    function test_a_raffle_takes_no_proof_for_another_input_and_asks_again() external {
        raffle.enter();
        uint64 first = raffle.draw();
        vm.expectRevert(abi.encodeWithSelector(Raffle.AskedAlready.selector, first));
        raffle.draw();
        vm.expectRevert(abi.encodeWithSelector(Raffle.EntriesClosed.selector));
        raffle.enter();
        bytes32 input = raffle.input();
        answer(first, OK, abi.encode(new bytes(96)));
        holds(raffle.winner() == address(0), "nobody has won");
        holds(raffle.draw() > first, "asked again");
        holds(raffle.input() == input, "for the same number");
    }

    function test_a_raffle_needs_an_entrant_and_a_key_that_is_a_point() external {
        vm.expectRevert(abi.encodeWithSelector(Raffle.NobodyEntered.selector));
        raffle.draw();
        vm.expectRevert(abi.encodeWithSelector(Raffle.KeyInvalid.selector));
        new Raffle(bridge, appId, API, 1, IMisconduct.Point(1, 1));
    }

    function test_an_applicant_is_judged_once() external {
        uint64 callId = admission.request("sealed");
        vm.expectRevert(abi.encodeWithSelector(Admission.AskedAlready.selector, callId));
        admission.request("sealed");
        answer(callId, OK, abi.encode(true));
        holds(admission.verdictOf(address(this)) == Admission.Verdict.Approved, "approved");
        holds(admission.verdictOf(STRANGER) == Admission.Verdict.None, "nobody else is");
        vm.expectRevert(abi.encodeWithSelector(Admission.JudgedAlready.selector, Admission.Verdict.Approved));
        admission.request("sealed");
    }

    function test_a_failure_is_no_verdict_and_another_try_is_free() external {
        answer(admission.request("sealed"), 422, abi.encode("no"));
        holds(admission.verdictOf(address(this)) == Admission.Verdict.None, "no verdict");
        answer(admission.request("sealed"), OK, abi.encode(false));
        holds(admission.verdictOf(address(this)) == Admission.Verdict.Refused, "refused");
    }
}
