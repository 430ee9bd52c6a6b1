// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {ForwarderStand} from "../bridge/ForwarderStand.sol";
import {vm} from "../Vm.sol";

/// @dev What each function of Apis, Bridge and Forwarder costs, see CloudGas.t.sol. Written to snapshots/Bridge.json.
contract BridgeGasTest is ForwarderStand {
    bytes private payload = abi.encode(uint256(42));

    function note(string memory name) private {
        vm.snapshotGasLastCall("Bridge", name);
    }

    function test_apis() public {
        vm.startPrank(OTHER_OWNER);
        apis.register(otherId);
        note("register");
        apis.addApi(otherId, "price", DEFINITION, apiTerms());
        note("addApi, first");
        apis.addApi(otherId, "weather", new bytes(1024), apiTerms());
        note("addApi, definition of 1 KiB");
        apis.updateApi(otherId, 1, DEFINITION);
        note("updateApi");
        apis.setApiTerms(otherId, 1, apiTerms());
        note("setApiTerms");
        address[] memory callers = new address[](1);
        callers[0] = STRANGER;
        apis.setCallers(otherId, 1, callers, true);
        note("setCallers, one");
        apis.setPaused(otherId, true);
        note("setPaused");
        apis.deleteApi(otherId, 1);
        note("deleteApi");
        vm.stopPrank();
        vm.prank(ADMIN);
        apis.setLimits(IApis.Limits(1_000_000, 1 days));
        note("setLimits");
    }

    function test_calls() public {
        vm.deal(STRANGER, 100 ether);
        vm.prank(STRANGER);
        bridge.call{value: 1 ether}(appId, API, 1, ARGS, 0, address(0));
        note("call, first of an application");
        vm.prank(address(reader));
        bridge.call{value: fee()}(appId, API, 1, ARGS, reader.onWeteeAnswer.selector, address(0));
        note("call, 32 bytes of arguments");
        vm.prank(address(reader));
        bridge.call{value: fee()}(appId, API, 1, new bytes(1024), reader.onWeteeAnswer.selector, address(0));
        note("call, 1 KiB of arguments");
        answer(1, OK, payload);
        note("fulfil, without callback, first of its owner");
        answer(2, OK, payload);
        note("fulfil, with a callback that keeps two words");
        vm.prank(STRANGER);
        bridge.call{value: 1 ether}(appId, API, 1, ARGS, 0, address(0));
        answer(4, OK, payload);
        note("fulfil, without callback");
        reader.setBroken(true);
        answer(3, OK, payload);
        note("fulfil, with a callback that fails");
        reader.setBroken(false);
        IBridge.Call memory failed = callOf(3);
        vm.prank(address(reader));
        bridge.replay(failed, OK, payload);
        note("replay");
        ask();
        advance(TIMEOUT + 1);
        IBridge.Call memory late = callOf(5);
        bridge.expire(late);
        note("expire");
        bridge.withdrawFor(payable(address(reader)));
        note("withdrawFor");
        vm.prank(OWNER);
        bridge.withdraw(payable(OWNER));
        note("withdraw");
        vm.deal(address(bridge), address(bridge).balance + 1e8);
        bridge.sweep();
        note("sweep");
        vm.prank(ADMIN);
        bridge.setParameters(bridgeParameters());
        note("setParameters, of the bridge");
    }

    function test_batch() public {
        ask();
        answer(1, OK, payload);
        IBridge.Answer[] memory answers = new IBridge.Answer[](20);
        for (uint64 i = 0; i < 20; i++) {
            vm.prank(address(reader));
            uint64 callId = bridge.call{value: fee()}(appId, API, 1, ARGS, 0, address(0));
            answers[i] = answerOf(callId, OK, payload);
        }
        vm.prank(SUBMITTER);
        bridge.fulfilMany(answers);
        note("fulfilMany, 20 without callback");
    }

    function test_subscriptions() public {
        vm.prank(address(reader));
        bridge.subscribe{value: 1 ether}(appId, API, 1, ARGS, reader.onWeteeAnswer.selector, 10, 1 ether, address(0));
        note("subscribe");
        bridge.topUp{value: 1 ether}(1);
        note("topUp");
        vm.prank(SUBMITTER);
        bridge.trigger(1, ARGS);
        note("trigger, first");
        advance(10);
        vm.prank(SUBMITTER);
        bridge.trigger(1, ARGS);
        note("trigger");
        vm.prank(address(reader));
        bridge.cancel(1);
        note("cancel");
    }

    function test_forwarding() public {
        forwarder.fund{value: 1 ether}(appId);
        note("fund");
        send(writing("hello"));
        note("forward, first of a day");
        IForwarder.Request memory next = writing("hello");
        next.nonce = 8;
        send(next);
        note("forward, of a contract that keeps three words");
        vm.startPrank(OWNER);
        forwarder.setDayCap(appId, 1 ether);
        note("setDayCap");
        forwarder.release(appId, 1e8);
        note("release");
        vm.stopPrank();
    }
}
