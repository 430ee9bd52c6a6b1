// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Calls} from "./Calls.sol";
import {IApis} from "./IApis.sol";

/// @title Subscriptions: calls again and again from a balance that was paid before
abstract contract Subscriptions is Calls {
    function subscribe(
        uint64 appId,
        uint32 apiId,
        uint32 apiVersion,
        bytes calldata args,
        bytes4 selector,
        uint32 everyBlocks,
        uint128 maxFeeWei,
        address refundTo
    ) external payable returns (uint64 subscriptionId) {
        apis.callable(appId, apiId, apiVersion, msg.sender);
        if (everyBlocks == 0) revert EveryBlocksZero();
        if (msg.value == 0) revert AmountZero();
        subscriptionId = ++subscriptionCount;
        _liabilitiesWei += uint128(msg.value);
        Subscription storage s = _subscriptions[subscriptionId];
        (s.subscriber, s.selector, s.everyBlocks) = (msg.sender, selector, everyBlocks);
        (s.refundTo, s.nextBlock) = (refundTo == address(0) ? msg.sender : refundTo, uint64(block.number));
        (s.appId, s.apiId, s.apiVersion) = (appId, apiId, apiVersion);
        (s.balanceWei, s.maxFeeWei, s.argsDigest) = (uint128(msg.value), maxFeeWei, keccak256(args));
        emit Subscribed(subscriptionId, appId, msg.sender, apiId, everyBlocks);
    }

    function topUp(uint64 subscriptionId) external payable {
        Subscription storage s = _known(subscriptionId);
        if (msg.value == 0) revert AmountZero();
        s.balanceWei += uint128(msg.value);
        _liabilitiesWei += uint128(msg.value);
        emit SubscriptionToppedUp(subscriptionId, msg.sender, msg.value);
    }

    function cancel(uint64 subscriptionId) external returns (uint256 refundWei) {
        Subscription memory s = _known(subscriptionId);
        if (msg.sender != s.subscriber) revert NotSubscriber(msg.sender);
        refundWei = s.balanceWei;
        credit[s.refundTo] += refundWei;
        delete _subscriptions[subscriptionId];
        emit SubscriptionCancelled(subscriptionId, refundWei);
    }

    function trigger(uint64 subscriptionId, bytes calldata args) external returns (uint64 callId) {
        Subscription storage s = _known(subscriptionId);
        uint64 now_ = uint64(block.number);
        if (now_ < s.nextBlock) revert TooEarly(s.nextBlock);
        if (keccak256(args) != s.argsDigest) revert PayloadWrong(subscriptionId);
        IApis.Api memory a = apis.callable(s.appId, s.apiId, s.apiVersion, s.subscriber);
        // Missed ones are not made up for.
        s.nextBlock = now_ + s.everyBlocks;
        Wish memory wish = Wish({
            caller: s.subscriber,
            selector: s.selector,
            refundTo: s.refundTo,
            appId: s.appId,
            apiId: s.apiId,
            subscriptionId: subscriptionId
        });
        uint256 feeWei;
        (callId, feeWei) = _open(wish, a, args);
        uint256 triggerWei = _gasWei(_parameters.triggerGas);
        uint256 neededWei = feeWei + triggerWei;
        if (neededWei > s.maxFeeWei) revert FeeTooHigh(neededWei, s.maxFeeWei);
        if (neededWei > s.balanceWei) revert SubscriptionEmpty(subscriptionId, s.balanceWei, neededWei);
        s.balanceWei -= uint128(neededWei);
        credit[msg.sender] += triggerWei;
    }

    function subscription(uint64 subscriptionId) external view returns (Subscription memory) {
        return _subscriptions[subscriptionId];
    }

    function _known(uint64 subscriptionId) private view returns (Subscription storage s) {
        s = _subscriptions[subscriptionId];
        if (s.subscriber == address(0)) revert SubscriptionUnknown(subscriptionId);
    }
}
