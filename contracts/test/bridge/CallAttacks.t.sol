// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../../src/bridge/WeteeConsumer.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";
import {OddConsumer} from "./Consumers.sol";

/// @dev What a submitter, a caller, another application or a stranger might try.
contract CallAttacksTest is BridgeStand {
    OddConsumer private odd;
    bytes private payload = abi.encode(uint256(42));

    function setUp() public override {
        super.setUp();
        odd = new OddConsumer(bridge);
        vm.deal(address(odd), 10 ether);
    }

    function keyOf(uint256 key) private pure returns (address) {
        return vm.addr(instanceKey(key));
    }

    function notLive(address key) private view returns (bytes memory) {
        return abi.encodeWithSelector(IBridge.KeyNotLive.selector, appId, key);
    }

    // -- answers

    function test_a_key_of_another_application_answers_nothing() external {
        uint64 callId = ask();
        refuseAnswer(callId, OK, payload, resultSignature(2, callId, 1, OK, payload), notLive(keyOf(2)));
    }

    function test_a_key_without_a_lease_answers_nothing() external {
        uint64 callId = ask();
        refuseAnswer(callId, OK, payload, resultSignature(3, callId, 1, OK, payload), notLive(keyOf(3)));
    }

    function test_a_lease_that_lapses_before_the_answer_is_in_counts_no_more() external {
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, longTerms());
        uint64 callId = ask();
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        advance(LEASE);
        refuseAnswer(callId, OK, payload, signature, notLive(keyOf(1)));
        attest(appId, 1, 0, 1);
        answer(callId, OK, payload);
        same(reader.price(), 42, "answered under the next lease");
    }

    function test_a_revoked_machine_answers_nothing() external {
        uint64 callId = ask();
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        ISubnet.Revocation[] memory list = new ISubnet.Revocation[](1);
        list[0] = ISubnet.Revocation({subject: 2, id: MACHINE, blockNumber: uint64(block.number)});
        subnet.revoke(list, signRevocations(list, firstMembers(2)));
        refuseAnswer(callId, OK, payload, signature, notLive(keyOf(1)));
    }

    function test_no_signature_and_a_wrong_one_answer_nothing() external {
        uint64 callId = ask();
        refuseAnswer(callId, OK, payload, "", notLive(address(0)));
        refuseAnswer(callId, OK, payload, new bytes(65), notLive(address(0)));
    }

    function test_a_signature_is_for_one_call_version_status_and_payload() external {
        uint64 callId = ask();
        uint64 nextId = ask();
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        bridge.fulfil(IBridge.Answer(callOf(nextId), OK, payload, signature));
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        bridge.fulfil(IBridge.Answer(callOf(callId), 201, payload, signature));
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        bridge.fulfil(IBridge.Answer(callOf(callId), OK, abi.encode(uint256(43)), signature));
        bytes memory ofAnotherVersion = resultSignature(1, callId, 2, OK, payload);
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        bridge.fulfil(IBridge.Answer(callOf(callId), OK, payload, ofAnotherVersion));
    }

    function test_a_signature_of_another_chain_or_bridge_answers_nothing() external {
        uint64 callId = ask();
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        IBridge.Call memory ours = callOf(callId);
        IBridge twin = IBridge(deploy("Bridge", abi.encode(manager, apis, bridgeParameters())));
        odd = new OddConsumer(twin);
        vm.deal(address(odd), 1 ether);
        odd.call(appId, API, ARGS);
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        twin.fulfil(IBridge.Answer(callOf(callId), OK, payload, signature));
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IBridge.KeyNotLive.selector);
        bridge.fulfil(IBridge.Answer(ours, OK, payload, signature));
    }

    /// @dev One bit in each of the 15 words that a call is made of.
    function test_a_call_that_is_told_otherwise_than_it_was_made_closes_nothing() external {
        uint64 callId = ask();
        uint64 failed = odds(OddConsumer.Mood.Revert, "");
        answer(failed, OK, payload);
        bytes memory made = abi.encode(callOf(callId));
        bytes memory kept = abi.encode(callOf(failed));
        same(made.length, 15 * 32, "words");
        advance(TIMEOUT + 1);
        for (uint256 word = 1; word < 15; word++) {
            // Selectors stand at the front of their word, all else at its end.
            uint256 at = word == 3 ? word * 32 : word * 32 + 31;
            bytes memory told = flipped(made, at);
            vm.expectRevert(abi.encodeWithSelector(IBridge.CallWrong.selector, callId));
            bridge.expire(abi.decode(told, (IBridge.Call)));
            told = flipped(kept, at);
            vm.expectRevert(
                word == 2
                    ? abi.encodeWithSelector(IBridge.NotCaller.selector, address(odd))
                    : abi.encodeWithSelector(IBridge.PayloadWrong.selector, failed)
            );
            vm.prank(address(odd));
            bridge.replay(abi.decode(told, (IBridge.Call)), OK, payload);
        }
        bridge.expire(abi.decode(made, (IBridge.Call)));
        solvent();
    }

    function flipped(bytes memory words, uint256 at) private pure returns (bytes memory copy) {
        copy = bytes.concat(words);
        copy[at] = bytes1(uint8(copy[at]) ^ 1);
    }

    function test_an_answer_of_a_call_that_is_told_otherwise_is_refused() external {
        IBridge.Answer memory given = answerOf(ask(), OK, payload);
        vm.startPrank(SUBMITTER);
        given.call.order.allowanceWei++;
        vm.expectRevert(abi.encodeWithSelector(IBridge.CallWrong.selector, given.call.callId));
        bridge.fulfil(given);
        IBridge.Answer[] memory answers = new IBridge.Answer[](1);
        answers[0] = given;
        vm.expectRevert(abi.encodeWithSelector(IBridge.CallWrong.selector, given.call.callId));
        bridge.fulfilMany(answers);
        given.call.order.allowanceWei--;
        bridge.fulfil(given);
        vm.stopPrank();
        solvent();
    }

    function test_a_consumer_takes_answers_from_the_bridge_alone() external {
        uint64 callId = ask();
        vm.expectRevert(abi.encodeWithSelector(WeteeConsumer.NotBridge.selector, STRANGER));
        vm.prank(STRANGER);
        reader.onWeteeAnswer(callId, OK, payload);
        same(reader.price(), 0, "nothing was answered");
    }

    function test_an_answer_counts_once() external {
        uint64 callId = ask();
        answer(callId, OK, payload);
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        bytes memory why = abi.encodeWithSelector(IBridge.CallNotOpen.selector, callId, IBridge.CallState.None);
        refuseAnswer(callId, OK, payload, signature, why);
        same(bridge.credit(SUBMITTER), allowance(), "paid once");
        same(bridge.credit(OWNER), PRICE, "paid once");
    }

    function test_calls_that_were_never_made_are_not_answered() external {
        for (uint64 callId = 0; callId < 2; callId++) {
            bytes memory why = abi.encodeWithSelector(IBridge.CallNotOpen.selector, callId, IBridge.CallState.None);
            refuseAnswer(callId, OK, payload, resultSignature(1, callId, 1, OK, payload), why);
            vm.expectRevert(why);
            bridge.expire(callOf(callId));
        }
    }

    function test_a_payload_that_is_too_long_and_a_status_that_is_none_are_refused() external {
        uint64 callId = ask();
        bytes memory tooLong = new bytes(257);
        refuseAnswer(
            callId,
            OK,
            tooLong,
            resultSignature(1, callId, 1, OK, tooLong),
            abi.encodeWithSelector(IBridge.SizeWrong.selector, "payload", 257, 256)
        );
        for (uint16 i = 0; i < 2; i++) {
            uint16 status = i == 0 ? 99 : 1000;
            bytes memory signature = resultSignature(1, callId, 1, status, payload);
            bytes memory why = abi.encodeWithSelector(IBridge.StatusInvalid.selector, status);
            refuseAnswer(callId, status, payload, signature, why);
        }
    }

    // -- callbacks

    function test_a_callback_that_reverts_is_answered_and_can_be_run_again() external {
        uint64 callId = ask();
        reader.setBroken(true);
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallClosed(callId, appId, IBridge.Outcome.CallbackFailed, OK, SUBMITTER, keccak256(payload));
        answer(callId, OK, payload);
        same(stateOf(callId), uint256(IBridge.CallState.CallbackFailed), "said so");
        same(bridge.credit(OWNER), PRICE, "paid all the same");
        same(bridge.credit(SUBMITTER), allowance(), "paid all the same");
        vm.expectRevert(abi.encodeWithSelector(IBridge.ReplayFailed.selector, callId));
        reader.replay(callOf(callId), OK, payload);
        reader.setBroken(false);
        vm.expectRevert(abi.encodeWithSelector(IBridge.PayloadWrong.selector, callId));
        reader.replay(callOf(callId), OK, abi.encode(uint256(43)));
        vm.expectRevert(abi.encodeWithSelector(IBridge.PayloadWrong.selector, callId));
        reader.replay(callOf(callId), 201, payload);
        vm.expectRevert(abi.encodeWithSelector(IBridge.NotCaller.selector, STRANGER));
        vm.prank(STRANGER);
        bridge.replay(callOf(callId), OK, payload);
        reader.replay(callOf(callId), OK, payload);
        same(reader.price(), 42, "answered");
        vm.expectRevert(abi.encodeWithSelector(IBridge.CallNotOpen.selector, callId, IBridge.CallState.None));
        reader.replay(callOf(callId), OK, payload);
        solvent();
    }

    function test_a_failed_callback_is_neither_answered_again_nor_refunded() external {
        uint64 callId = ask();
        reader.setBroken(true);
        answer(callId, OK, payload);
        bytes memory why =
            abi.encodeWithSelector(IBridge.CallNotOpen.selector, callId, IBridge.CallState.CallbackFailed);
        refuseAnswer(callId, OK, payload, resultSignature(1, callId, 1, OK, payload), why);
        advance(TIMEOUT + 1);
        vm.expectRevert(why);
        bridge.expire(callOf(callId));
    }

    function odds(OddConsumer.Mood mood, bytes memory inner) private returns (uint64 callId) {
        odd.setMood(mood, inner, 0);
        callId = odd.call(appId, API, ARGS);
    }

    function test_a_callback_that_burns_its_gas_burns_no_more() external {
        uint64 callId = odds(OddConsumer.Mood.BurnGas, "");
        IBridge.Answer memory given = answerOf(callId, OK, payload);
        uint256 startGas = gasleft();
        bridge.fulfil(given);
        holds(startGas - gasleft() < CALLBACK_GAS + 250_000, "what was paid for");
        same(stateOf(callId), uint256(IBridge.CallState.CallbackFailed), "failed");
    }

    function test_what_a_callback_returns_is_not_copied() external {
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, heavyTerms());
        for (uint256 i = 0; i < 2; i++) {
            OddConsumer.Mood mood = i == 0 ? OddConsumer.Mood.ReturnMegabytes : OddConsumer.Mood.RevertMegabytes;
            uint64 callId = odds(mood, "");
            IBridge.Answer memory given = answerOf(callId, OK, payload);
            uint256 startGas = gasleft();
            bridge.fulfil(given);
            holds(startGas - gasleft() < heavyTerms().callbackGas + 250_000, "a megabyte costs its maker alone");
        }
    }

    function test_a_submitter_cannot_starve_a_callback() external {
        uint64 callId = odds(OddConsumer.Mood.MeasureGas, "");
        IBridge.Answer memory given = answerOf(callId, OK, payload);
        uint256 starved = 0;
        for (uint256 limit = 150_000; limit < 600_000; limit += 2_000) {
            uint256 snapshot = vm.snapshotState();
            try bridge.fulfil{gas: limit}(given) {
                same(stateOf(callId), uint256(IBridge.CallState.None), "either with all its gas");
                holds(odd.gasSeen() > CALLBACK_GAS - 30_000, "that was paid for");
            } catch {
                starved++;
            }
            vm.revertToState(snapshot);
        }
        holds(starved > 10 && starved < 200, "or not at all");
    }

    function test_a_callback_that_comes_back_finds_its_call_closed() external {
        uint64 callId = odds(OddConsumer.Mood.Reenter, "");
        bytes memory inner = abi.encodeCall(IBridge.fulfil, (answerOf(callId, OK, payload)));
        odd.setMood(OddConsumer.Mood.Reenter, inner, 0);
        answer(callId, OK, payload);
        holds(!odd.innerWorked() && odd.innerReason() == IBridge.CallNotOpen.selector, "not again");
        callId = odds(OddConsumer.Mood.Reenter, "");
        odd.setMood(OddConsumer.Mood.Reenter, abi.encodeCall(IBridge.expire, (callOf(callId))), 0);
        answer(callId, OK, payload);
        holds(!odd.innerWorked() && odd.innerReason() == IBridge.CallNotOpen.selector, "no refund");
        callId = odds(OddConsumer.Mood.Reenter, "");
        odd.setMood(OddConsumer.Mood.Reenter, abi.encodeCall(IBridge.replay, (callOf(callId), OK, payload)), 0);
        answer(callId, OK, payload);
        holds(!odd.innerWorked() && odd.innerReason() == IBridge.CallNotOpen.selector, "no replay");
        solvent();
    }

    function test_a_callback_may_call_again() external {
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, heavyTerms());
        uint256 feeWei = bridge.quote(appId, API, false);
        uint64 callId = odd.call(appId, API, ARGS);
        bytes memory next = abi.encodeCall(IBridge.call, (appId, API, 1, ARGS, bytes4(0), address(0)));
        odd.setMood(OddConsumer.Mood.Reenter, next, feeWei);
        answer(callId, OK, payload);
        holds(odd.innerWorked(), "it called");
        same(stateOf(callId + 1), uint256(IBridge.CallState.Open), "and that one is open");
        answer(callId + 1, OK, payload);
        same(bridge.credit(OWNER), 2 * PRICE, "and answered");
        solvent();
    }

    function test_one_callers_fault_is_not_anothers() external {
        uint64 bad = odds(OddConsumer.Mood.Revert, "");
        uint64 good = ask();
        answer(bad, OK, payload);
        answer(good, OK, payload);
        same(reader.price(), 42, "answered");
    }

    function test_who_refuses_money_refuses_only_its_own() external {
        vm.deal(address(this), 1 ether);
        uint64 callId = bridge.call{value: fee()}(appId, API, 1, ARGS, 0, address(apis));
        advance(TIMEOUT + 1);
        bridge.expire(callOf(callId));
        vm.expectPartialRevert(IBridge.TransferFailed.selector);
        bridge.withdrawFor(payable(address(apis)));
        holds(bridge.credit(address(apis)) > 0, "it stays credited");
        solvent();
    }

    /// @dev A time-out that outlives a lease.
    function longTerms() private pure returns (IApis.ApiTerms memory) {
        IApis.ApiTerms memory t = apiTerms();
        t.timeoutSeconds = 1 hours;
        return t;
    }

    function heavyTerms() private pure returns (IApis.ApiTerms memory) {
        IApis.ApiTerms memory t = apiTerms();
        t.callbackGas = 1_000_000;
        return t;
    }
}
