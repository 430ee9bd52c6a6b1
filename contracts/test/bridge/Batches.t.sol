// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../../src/bridge/IBridge.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";
import {OddConsumer} from "./Consumers.sol";

/// @dev Many answers in one transaction: what nobody needs any more is skipped, nothing is paid twice.
contract BatchesTest is BridgeStand {
    bytes private payload = abi.encode(uint256(42));

    function batch(uint256 count) private returns (IBridge.Answer[] memory answers) {
        answers = new IBridge.Answer[](count);
        for (uint256 i = 0; i < count; i++) {
            answers[i] = answerOf(ask(), OK, payload);
        }
    }

    function openOf(IBridge.Answer[] memory answers) private view returns (uint256 open) {
        for (uint256 i = 0; i < answers.length; i++) {
            if (bridge.stateOf(answers[i].call.callId) == IBridge.CallState.Open) open++;
        }
    }

    function send(IBridge.Answer[] memory answers) private returns (uint256) {
        vm.prank(SUBMITTER);
        return bridge.fulfilMany(answers);
    }

    function test_a_batch_answers_all_its_calls_and_is_paid_for_each() external {
        IBridge.Answer[] memory answers = batch(5);
        same(send(answers), 5, "answered");
        same(bridge.credit(SUBMITTER), 5 * allowance(), "allowances");
        same(bridge.credit(OWNER), 5 * uint256(PRICE), "prices");
        same(openOf(answers), 0, "none is open");
        same(reader.lastCall(), 5, "the last one came back");
        solvent();
    }

    function test_a_call_that_was_answered_before_or_has_timed_out_keeps_the_others_from_nothing() external {
        uint64 late = ask();
        advance(TIMEOUT - 1);
        attest(appId, 1, 0, 1);
        IBridge.Answer[] memory answers = batch(3);
        answer(answers[0].call.callId, OK, payload);
        uint256 before = bridge.credit(SUBMITTER);
        advance(2);
        attest(appId, 1, 0, 1);
        answers[1] = answerOf(late, OK, payload);
        same(send(answers), 1, "answered");
        same(bridge.credit(SUBMITTER), before + allowance(), "paid for one");
        solvent();
    }

    function test_a_key_without_a_lease_is_skipped() external {
        IBridge.Answer[] memory answers = batch(2);
        answers[0].signature = resultSignature(2, answers[0].call.callId, 1, OK, payload);
        same(send(answers), 1, "answered");
        same(stateOf(answers[0].call.callId), uint256(IBridge.CallState.Open), "still open");
    }

    function test_one_call_twice_in_a_batch_is_answered_once() external {
        IBridge.Answer[] memory answers = batch(2);
        answers[1] = answers[0];
        same(send(answers), 1, "answered");
        same(bridge.credit(SUBMITTER), allowance(), "paid for one");
        solvent();
    }

    function test_a_batch_that_answers_nothing_is_refused() external {
        IBridge.Answer[] memory answers = batch(2);
        send(answers);
        vm.expectRevert(abi.encodeWithSelector(IBridge.NothingAnswered.selector));
        send(answers);
        vm.expectRevert(abi.encodeWithSelector(IBridge.SizeWrong.selector, "answers", 0, 64));
        bridge.fulfilMany(new IBridge.Answer[](0));
        vm.expectRevert(abi.encodeWithSelector(IBridge.SizeWrong.selector, "answers", 65, 64));
        bridge.fulfilMany(new IBridge.Answer[](65));
    }

    function test_a_submitter_cannot_starve_one_callback_of_a_batch() external {
        IBridge.Answer[] memory answers = batch(3);
        bytes memory data = abi.encodeCall(bridge.fulfilMany, (answers));
        uint256 refused;
        uint256 taken;
        for (uint256 gasGiven = 100_000; gasGiven <= 1_500_000; gasGiven += 20_000) {
            uint256 id = vm.snapshotState();
            vm.prank(SUBMITTER);
            // solhint-disable-next-line avoid-low-level-calls
            (bool done,) = address(bridge).call{gas: gasGiven}(data);
            same(openOf(answers), done ? 0 : 3, "all or nothing");
            same(reader.lastCall(), done ? 3 : 0, "the last one came back with the others");
            (refused, taken) = done ? (refused, taken + 1) : (refused + 1, taken);
            vm.revertToState(id);
        }
        vm.assertTrue(refused > 0 && taken > 0, "too little and enough were tried");
    }

    function test_a_callback_that_answers_the_next_call_of_the_batch_gets_it_once() external {
        OddConsumer odd = new OddConsumer(bridge);
        vm.deal(address(odd), 10 ether);
        IBridge.Answer[] memory answers = new IBridge.Answer[](2);
        uint64 first = odd.call(appId, API, ARGS);
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        uint64 second = bridge.call{value: fee()}(appId, API, 1, ARGS, 0, address(0));
        answers[0] = answerOf(first, OK, payload);
        answers[1] = answerOf(second, OK, payload);
        bytes memory inner = abi.encodeCall(bridge.fulfil, (answers[1]));
        odd.setMood(OddConsumer.Mood.Reenter, inner, 0);
        same(send(answers), 1, "the callback was faster with the second");
        same(openOf(answers), 0, "none is open");
        solvent();
    }

    function test_a_callback_that_fails_is_recorded_and_the_next_one_runs() external {
        OddConsumer odd = new OddConsumer(bridge);
        vm.deal(address(odd), 10 ether);
        odd.setMood(OddConsumer.Mood.BurnGas, "", 0);
        IBridge.Answer[] memory answers = new IBridge.Answer[](2);
        answers[0] = answerOf(odd.call(appId, API, ARGS), OK, payload);
        answers[1] = answerOf(ask(), OK, payload);
        same(send(answers), 2, "answered");
        same(stateOf(answers[0].call.callId), uint256(IBridge.CallState.CallbackFailed), "recorded");
        same(reader.price(), 42, "the next one came back");
    }
}
