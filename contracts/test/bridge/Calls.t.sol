// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";

/// @dev A call from its fee to its answer or its time-out.
contract CallsTest is BridgeStand {
    function test_a_call_is_answered_and_everybody_gets_what_is_theirs() external {
        uint256 beforeWei = address(reader).balance;
        uint64 callId = ask();
        same(beforeWei - address(reader).balance, fee(), "the fee is paid");
        same(bridge.quote(appId, API, true), fee(), "as quoted");
        same(bridge.liabilitiesWei(), fee(), "and owed");
        answer(callId, OK, abi.encode(uint256(42)));
        same(reader.price(), 42, "the contract has its answer");
        same(reader.lastCall(), callId, "of this call");
        same(bridge.credit(OWNER), PRICE, "the price is the owner's");
        same(bridge.credit(SUBMITTER), allowance(), "gas is the submitter's");
        same(stateOf(callId), uint256(IBridge.CallState.None), "nothing is left of it");
        solvent();
    }

    function test_both_withdraw_in_payouts_of_the_hub() external {
        answer(ask(), OK, abi.encode(uint256(42)));
        vm.prank(OWNER);
        same(bridge.withdraw(payable(STRANGER)), PRICE, "the owner, to anybody");
        same(STRANGER.balance, PRICE, "there");
        same(bridge.withdrawFor(payable(SUBMITTER)), allowance(), "sent by anybody");
        same(SUBMITTER.balance, allowance(), "to the submitter");
        same(bridge.liabilitiesWei(), 0, "nothing is owed");
        vm.expectRevert(abi.encodeWithSelector(IBridge.NothingToWithdraw.selector));
        bridge.withdrawFor(payable(OWNER));
        vm.expectRevert(abi.encodeWithSelector(IBridge.ZeroAddress.selector));
        bridge.withdraw(payable(address(0)));
    }

    function test_an_http_error_is_an_answer() external {
        uint64 callId = ask();
        bytes memory text = abi.encode("not found");
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallClosed(callId, appId, IBridge.Outcome.Answered, 404, SUBMITTER, keccak256(text));
        answer(callId, 404, text);
        same(reader.failedWith(), 404, "the contract is told");
        same(reader.price(), 0, "and takes it for no answer");
        same(bridge.credit(OWNER), PRICE, "paid all the same");
    }

    function test_a_call_names_what_it_was_made_under() external {
        uint64 callId = ask();
        vm.startPrank(OWNER);
        apis.updateApi(appId, API, "another");
        IApis.ApiTerms memory dearer = apiTerms();
        (dearer.priceWei, dearer.callbackGas, dearer.timeoutSeconds) = (1 ether, 1, 10);
        apis.setApiTerms(appId, API, dearer);
        vm.stopPrank();
        IBridge.Call memory made = callOf(callId);
        IBridge.Order memory c = made.order;
        same(c.apiVersion, 1, "version");
        holds(c.definitionDigest == sha256(DEFINITION), "definition");
        same(c.priceWei, PRICE, "price");
        same(c.callbackGas, CALLBACK_GAS, "gas");
        same(c.deadline, block.timestamp + TIMEOUT, "deadline");
        holds(c.argsDigest == keccak256(ARGS), "arguments");
        holds(made.caller == address(reader) && c.refundTo == address(reader), "caller");
        answer(callId, OK, abi.encode(uint256(42)));
        same(bridge.credit(OWNER), PRICE, "paid as agreed");
    }

    function test_a_deleted_api_is_still_answered() external {
        uint64 callId = ask();
        vm.prank(OWNER);
        apis.deleteApi(appId, API);
        answer(callId, OK, abi.encode(uint256(42)));
        same(reader.price(), 42, "answered");
        vm.expectRevert(abi.encodeWithSelector(IApis.ApiUnknown.selector, appId, API));
        bridge.quote(appId, API, true);
    }

    function test_arguments_come_in_events_that_the_hub_takes() external {
        bytes memory args = new bytes(700);
        args[0] = 0x01;
        args[650] = 0x02;
        bytes memory first = new bytes(320);
        first[0] = 0x01;
        bytes memory last = new bytes(60);
        last[10] = 0x02;
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallArguments(1, 0, first);
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallArguments(1, 1, new bytes(320));
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallArguments(1, 2, last);
        reader.ask(appId, API, 1, args);
        vm.expectRevert(abi.encodeWithSelector(IBridge.SizeWrong.selector, "args", 4097, 4096));
        reader.ask(appId, API, 1, new bytes(4097));
    }

    function test_what_is_paid_too_much_comes_back_too_little_is_refused() external {
        vm.deal(STRANGER, 1 ether);
        uint256 feeWei = bridge.quote(appId, API, false);
        vm.startPrank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IBridge.FeeTooLow.selector, feeWei - 1, feeWei));
        bridge.call{value: feeWei - 1}(appId, API, 1, ARGS, 0, OWNER);
        bridge.call{value: feeWei + 3}(appId, API, 1, ARGS, 0, OWNER);
        vm.stopPrank();
        same(bridge.credit(OWNER), 3, "credited to whom the caller named");
        solvent();
    }

    function test_a_call_without_callback_is_answered_in_the_event_alone() external {
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        uint64 callId = bridge.call{value: 0.5 ether}(appId, API, 1, ARGS, 0, address(0));
        bytes memory payload = abi.encode(uint256(42));
        vm.expectEmit(true, true, true, true, address(bridge));
        emit IBridge.CallClosed(callId, appId, IBridge.Outcome.Answered, OK, SUBMITTER, keccak256(payload));
        answer(callId, OK, payload);
    }

    function test_after_the_time_out_anyone_gives_the_whole_fee_back() external {
        uint64 callId = ask();
        uint256 deadline = block.timestamp + TIMEOUT;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IBridge.TooEarly.selector, deadline + 1));
        bridge.expire(callOf(callId));
        vm.warp(deadline + 1);
        bytes memory payload = abi.encode(uint256(42));
        bytes memory signature = resultSignature(1, callId, 1, OK, payload);
        refuseAnswer(
            callId, OK, payload, signature, abi.encodeWithSelector(IBridge.CallTimedOut.selector, callId, deadline)
        );
        vm.prank(STRANGER);
        bridge.expire(callOf(callId));
        uint256 beforeWei = address(reader).balance;
        bridge.withdrawFor(payable(address(reader)));
        same(address(reader).balance - beforeWei, fee(), "all of it");
        vm.expectRevert(abi.encodeWithSelector(IBridge.CallNotOpen.selector, callId, IBridge.CallState.None));
        bridge.expire(callOf(callId));
        same(bridge.liabilitiesWei(), 0, "nothing is owed");
    }

    function test_an_answer_in_the_last_second_counts() external {
        uint64 callId = ask();
        vm.warp(block.timestamp + TIMEOUT);
        answer(callId, OK, abi.encode(uint256(42)));
        same(reader.price(), 42, "answered");
    }

    function test_nobody_calls_what_does_not_take_calls() external {
        vm.expectRevert(abi.encodeWithSelector(IApis.ApiVersionWrong.selector, 2, 1));
        reader.ask(appId, API, 2, ARGS);
        vm.expectRevert(abi.encodeWithSelector(IApis.ApiVersionWrong.selector, 0, 1));
        reader.ask(appId, API, 0, ARGS);
        vm.prank(OWNER);
        apis.setPaused(appId, true);
        vm.expectRevert(abi.encodeWithSelector(IApis.ProxyIsPaused.selector, appId));
        ask();
        vm.startPrank(OWNER);
        apis.setPaused(appId, false);
        cloud.pause(appId);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IApis.AppNotActive.selector, appId, ICloud.AppState.Paused));
        ask();
    }

    function test_a_restricted_api_is_for_listed_contracts() external {
        IApis.ApiTerms memory t = apiTerms();
        t.restricted = true;
        address[] memory list = new address[](1);
        list[0] = address(reader);
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, t);
        vm.expectRevert(abi.encodeWithSelector(IApis.CallerNotListed.selector, address(reader)));
        ask();
        vm.prank(OWNER);
        apis.setCallers(appId, API, list, true);
        ask();
        vm.prank(OWNER);
        apis.setCallers(appId, API, list, false);
        vm.expectRevert(abi.encodeWithSelector(IApis.CallerNotListed.selector, address(reader)));
        ask();
    }

    function test_open_calls_are_known_by_what_their_events_had() external {
        for (uint256 i = 0; i < 5; i++) {
            ask();
        }
        answer(2, OK, abi.encode(uint256(1)));
        answer(5, OK, abi.encode(uint256(1)));
        uint64[] memory ids = new uint64[](7);
        for (uint64 i = 0; i < 7; i++) {
            ids[i] = i;
        }
        bytes31[] memory digests = bridge.openDigests(ids);
        same(digests.length, 7, "one for each that was asked for");
        for (uint64 i = 0; i < 7; i++) {
            bool open = i == 1 || i == 3 || i == 4;
            holds(digests[i] == (open ? bridge.digestOf(callOf(i)) : bytes31(0)), "of those that are open");
        }
    }

    function test_the_owner_of_the_answers_second_is_paid() external {
        uint64 callId = ask();
        vm.prank(OWNER);
        cloud.offerOwnership(appId, OTHER_OWNER);
        vm.prank(OTHER_OWNER);
        cloud.takeOwnership(appId);
        answer(callId, OK, abi.encode(uint256(1)));
        same(bridge.credit(OTHER_OWNER), PRICE, "the new owner");
        same(bridge.credit(OWNER), 0, "not the old one");
    }

    function test_what_nobody_is_owed_is_the_treasurys() external {
        ask();
        vm.expectRevert(abi.encodeWithSelector(IBridge.NothingToWithdraw.selector));
        bridge.sweep();
        vm.deal(address(bridge), address(bridge).balance + 5e8);
        same(bridge.sweep(), 5e8, "swept");
        same(bridge.credit(TREASURY), 5e8, "credited");
        vm.expectRevert(abi.encodeWithSelector(IBridge.NothingToWithdraw.selector));
        bridge.sweep();
        solvent();
    }

    function test_parameters_are_the_daos_and_in_range() external {
        IBridge.Parameters memory p = bridgeParameters();
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        bridge.setParameters(p);
        vm.startPrank(ADMIN);
        bridge.setParameters(p);
        for (uint256 side = 0; side < 2; side++) {
            uint32 gas_ = side == 0 ? 0 : 1e9 + 1;
            p.gasPriceWei = side == 0 ? 0 : 1e15 + 1;
            refuseParameter(p, "gasPriceWei");
            p = bridgeParameters();
            p.overheadGas = gas_;
            refuseParameter(p, "overheadGas");
            p = bridgeParameters();
            p.triggerGas = gas_;
            refuseParameter(p, "triggerGas");
            p = bridgeParameters();
            p.reserveGas = gas_;
            refuseParameter(p, "reserveGas");
            p = bridgeParameters();
        }
        vm.stopPrank();
        notDeployed("Bridge", abi.encode(address(0), apis, bridgeParameters()));
        notDeployed("Bridge", abi.encode(manager, address(0), bridgeParameters()));
    }

    function refuseParameter(IBridge.Parameters memory p, string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(IBridge.ParameterInvalid.selector, name));
        bridge.setParameters(p);
    }
}
