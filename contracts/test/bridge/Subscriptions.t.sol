// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";

/// @dev Calls again and again from a balance.
contract SubscriptionsTest is BridgeStand {
    uint32 private constant EVERY = 50;
    bytes private payload = abi.encode(uint256(42));

    function triggerWei() private pure returns (uint256) {
        return (uint256(200_000) * (1e9 + 1) + 1e8 - 1) / 1e8 * 1e8;
    }

    function needed() private pure returns (uint256) {
        return fee() + triggerWei();
    }

    /// @dev The reader's, but paid by a stranger: a contract subscribes for itself.
    function subscribe(uint256 valueWei, uint128 maxFeeWei) private returns (uint64) {
        vm.deal(address(reader), address(reader).balance + valueWei);
        vm.prank(address(reader));
        return bridge.subscribe{value: valueWei}(
            appId, API, 1, ARGS, reader.onWeteeAnswer.selector, EVERY, maxFeeWei, address(0)
        );
    }

    function trigger(uint64 id) private returns (uint64) {
        vm.prank(SUBMITTER);
        return bridge.trigger(id, ARGS);
    }

    function test_a_subscription_calls_every_so_many_blocks() external {
        uint64 id = subscribe(2 * needed(), uint128(needed()));
        uint64 callId = trigger(id);
        same(bridge.credit(SUBMITTER), triggerWei(), "who triggers is paid");
        answer(callId, OK, payload);
        same(reader.price(), 42, "the subscriber has its answer");
        uint256 next = block.number + EVERY;
        vm.expectRevert(abi.encodeWithSelector(IBridge.TooEarly.selector, next));
        trigger(id);
        advance(EVERY);
        answer(trigger(id), OK, payload);
        same(bridge.subscription(id).balanceWei, 0, "all spent");
        advance(EVERY);
        vm.expectRevert(abi.encodeWithSelector(IBridge.SubscriptionEmpty.selector, id, 0, needed()));
        trigger(id);
        bridge.topUp{value: needed()}(id);
        trigger(id);
        solvent();
    }

    function test_missed_calls_are_not_made_up_for() external {
        uint64 id = subscribe(3 * needed(), uint128(needed()));
        trigger(id);
        advance(10 * EVERY);
        attest(appId, 1, 0, 1);
        trigger(id);
        vm.expectPartialRevert(IBridge.TooEarly.selector);
        trigger(id);
    }

    function test_a_call_that_costs_more_than_agreed_is_not_made() external {
        uint64 id = subscribe(10 * needed(), uint128(needed()));
        IApis.ApiTerms memory dearer = apiTerms();
        dearer.priceWei += 1e8;
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, dearer);
        vm.expectRevert(abi.encodeWithSelector(IBridge.FeeTooHigh.selector, needed() + 1e8, needed()));
        trigger(id);
        same(bridge.subscription(id).balanceWei, 10 * needed(), "nothing is spent");
        same(bridge.callCount(), 0, "nothing is called");
    }

    function test_only_its_arguments_and_its_version_are_called() external {
        uint64 id = subscribe(10 * needed(), uint128(needed()));
        vm.expectRevert(abi.encodeWithSelector(IBridge.PayloadWrong.selector, id));
        bridge.trigger(id, "other");
        vm.prank(OWNER);
        apis.updateApi(appId, API, "another");
        vm.expectRevert(abi.encodeWithSelector(IApis.ApiVersionWrong.selector, 1, 2));
        trigger(id);
    }

    function test_the_subscriber_alone_ends_it_and_gets_the_rest() external {
        uint64 id = subscribe(10 * needed(), uint128(needed()));
        uint64 callId = trigger(id);
        vm.expectRevert(abi.encodeWithSelector(IBridge.NotSubscriber.selector, STRANGER));
        vm.prank(STRANGER);
        bridge.cancel(id);
        vm.prank(address(reader));
        same(bridge.cancel(id), 9 * needed(), "what was not spent");
        same(bridge.credit(address(reader)), 9 * needed(), "credited");
        answer(callId, OK, payload);
        same(reader.price(), 42, "the call that was made is answered");
        bytes memory why = abi.encodeWithSelector(IBridge.SubscriptionUnknown.selector, id);
        advance(EVERY);
        vm.expectRevert(why);
        trigger(id);
        vm.expectRevert(why);
        bridge.topUp{value: 1}(id);
        vm.expectRevert(why);
        vm.prank(address(reader));
        bridge.cancel(id);
        solvent();
    }

    function test_a_contract_off_the_list_is_called_for_no_more() external {
        IApis.ApiTerms memory t = apiTerms();
        t.restricted = true;
        uint64 id = subscribe(10 * needed(), uint128(needed()));
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, t);
        vm.expectRevert(abi.encodeWithSelector(IApis.CallerNotListed.selector, address(reader)));
        trigger(id);
        vm.expectRevert(abi.encodeWithSelector(IApis.CallerNotListed.selector, address(reader)));
        this.subscribeAgain();
    }

    function subscribeAgain() external {
        subscribe(1 ether, 1 ether);
    }

    function test_no_rhythm_and_no_money_are_refused() external {
        vm.expectRevert(abi.encodeWithSelector(IBridge.EveryBlocksZero.selector));
        bridge.subscribe{value: 1}(appId, API, 1, ARGS, 0, 0, 1, address(0));
        vm.expectRevert(abi.encodeWithSelector(IBridge.AmountZero.selector));
        bridge.subscribe(appId, API, 1, ARGS, 0, 1, 1, address(0));
        uint64 id = subscribe(needed(), uint128(needed()));
        vm.expectRevert(abi.encodeWithSelector(IBridge.AmountZero.selector));
        bridge.topUp(id);
    }
}
