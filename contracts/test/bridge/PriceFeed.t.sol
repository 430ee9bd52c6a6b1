// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PriceFeed} from "../../examples/PriceFeed.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";

/// @dev The example's rules, each with a price that counts and one just beyond.
contract PriceFeedTest is BridgeStand {
    uint256 private constant DOT = 6.5e8;
    uint32 private constant MAX_AGE = 100;

    PriceFeed private feed;

    function setUp() public override {
        super.setUp();
        feed = new PriceFeed(bridge, appId, API, 1, "DOT", PriceFeed.Rules(MAX_AGE, 200, 1_000, 3));
        vm.deal(address(feed), 10 ether);
    }

    function give(uint256 value, uint64 at, uint32 spreadBps, uint8 sources) private {
        answer(feed.update(), OK, abi.encode(value, at, spreadBps, sources));
    }

    function time() private view returns (uint64) {
        return uint64(block.timestamp);
    }

    function isLast(uint256 value) private view {
        same(feed.lastPrice().value, value, "the last price");
    }

    function test_a_price_by_the_rules_counts() external {
        give(DOT, time(), 200, 3);
        (uint192 value, uint64 at) = feed.price();
        same(value, DOT, "value");
        same(at, time(), "time");
    }

    function test_sources_that_are_too_few_or_too_far_apart_do_not_count() external {
        give(DOT, time(), 201, 3);
        give(DOT, time(), 200, 2);
        give(0, time(), 0, 3);
        isLast(0);
    }

    function test_a_price_moves_so_far_and_no_farther() external {
        give(DOT, time(), 0, 3);
        advance(1);
        give(DOT * 1_101 / 1_000, time(), 0, 3);
        isLast(DOT);
        give(DOT * 11 / 10, time(), 0, 3);
        isLast(DOT * 11 / 10);
    }

    function test_a_price_of_an_earlier_second_does_not_replace_a_later_one() external {
        advance(10);
        give(DOT, time(), 0, 3);
        give(DOT + 1, time() - 1, 0, 3);
        give(DOT + 1, time(), 0, 3);
        isLast(DOT);
    }

    function test_an_old_price_is_not_given_out_and_then_any_may_follow() external {
        give(DOT, time(), 0, 3);
        uint64 at = time();
        advance(MAX_AGE);
        feed.price();
        advance(1);
        vm.expectRevert(abi.encodeWithSelector(PriceFeed.PriceStale.selector, at, MAX_AGE));
        feed.price();
        attest(appId, 1, 0, 1);
        give(DOT * 2, time(), 0, 3);
        isLast(DOT * 2);
    }

    function test_a_price_that_is_too_old_or_of_the_future_is_not_taken() external {
        advance(MAX_AGE + 1);
        attest(appId, 1, 0, 1);
        give(DOT, time() - MAX_AGE - 1, 0, 3);
        give(DOT, time() + MAX_AGE + 1, 0, 3);
        isLast(0);
        give(DOT, time() - MAX_AGE, 0, 3);
        isLast(DOT);
    }

    function test_a_failed_answer_changes_nothing() external {
        give(DOT, time(), 0, 3);
        answer(feed.update(), 503, abi.encode("1 sources answered, 2 needed"));
        isLast(DOT);
    }
}
