// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../../src/bridge/IBridge.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {vm} from "../Vm.sol";
import {BridgeUsers} from "./BridgeUsers.sol";

/// @dev Every wei of fees, balances and budgets is somebody's after any sequence of calls by anybody at any time.
contract BridgeInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    string[] private _names = [
        "pass",
        "price",
        "update",
        "pause",
        "go on",
        "reckon",
        "ask",
        "answer",
        "fail",
        "replay",
        "expire",
        "cheat",
        "subscribe",
        "top up",
        "trigger",
        "trigger in vain",
        "cancel",
        "withdraw",
        "sweep",
        "fund",
        "release",
        "forward",
        "forward in vain",
        "over budget",
        "collect"
    ];
    BridgeUsers private handler;
    IBridge private bridge;
    IForwarder private forwarder;
    uint64 private appId;

    function setUp() public {
        handler = new BridgeUsers();
        (bridge, forwarder, appId) = handler.parts();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(handler), selectors: actions()});
    }

    function invariant_every_wei_is_somebodys() public view {
        uint256 credited;
        address[6] memory accounts = handler.accounts();
        for (uint256 i = 0; i < 6; i++) {
            vm.assertEq(bridge.credit(accounts[i]), handler.owed(accounts[i]), "credited is what is owed");
            vm.assertEq(forwarder.credit(accounts[i]), handler.forwarderOwed(accounts[i]), "and at the forwarder");
            credited += bridge.credit(accounts[i]);
        }
        uint256 openWei = handler.openWei();
        vm.assertEq(bridge.liabilitiesWei(), credited + openWei + handler.subscribedWei(), "liabilities are their sum");
        vm.assertEq(address(bridge).balance, bridge.liabilitiesWei(), "and that is here");
        vm.assertEq(forwarder.budget(appId).balanceWei, handler.budgetWei(), "the budget is what is left");
        vm.assertEq(address(forwarder).balance, forwarder.liabilitiesWei(), "the forwarder has what it owes");
        checkCalls();
    }

    function checkCalls() private view {
        uint64[] memory open = handler.openIds();
        uint256 count;
        for (uint64 callId = bridge.callCount(); callId > 0; callId--) {
            if (bridge.stateOf(callId) == IBridge.CallState.Open) count++;
        }
        vm.assertEq(count, open.length, "as many are open");
        for (uint256 i = 0; i < open.length; i++) {
            vm.assertTrue(bridge.stateOf(open[i]) == IBridge.CallState.Open, "open until it is closed");
        }
        uint64[] memory failed = handler.failedIds();
        for (uint256 i = 0; i < failed.length; i++) {
            vm.assertTrue(bridge.stateOf(failed[i]) == IBridge.CallState.CallbackFailed, "can be run again");
        }
    }

    /// @dev An invariant over states that are never reached proves nothing.
    function test_random_calls_reach_every_state() external {
        bytes4[] memory selectors = actions();
        for (uint256 i = 0; i < 1_500; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            bytes4 action = selectors[seed % selectors.length];
            (bool called,) = address(handler).call(abi.encodeWithSelector(action, uint256(keccak256(abi.encode(seed)))));
            vm.assertTrue(called, "no action reverts");
            if (i % 10 == 9) invariant_every_wei_is_somebodys();
        }
        for (uint256 i = 0; i < _names.length; i++) {
            vm.assertTrue(handler.done(_names[i]) > 0, _names[i]);
        }
    }

    function actions() private view returns (bytes4[] memory selectors) {
        bytes4[23] memory all = [
            handler.pass.selector,
            handler.pass.selector,
            handler.pass.selector,
            handler.price.selector,
            handler.update.selector,
            handler.pauseApis.selector,
            handler.pauseApis.selector,
            handler.reckon.selector,
            bytes4(keccak256("ask(uint256)")),
            bytes4(keccak256("ask(uint256)")),
            bytes4(keccak256("answer(uint256)")),
            bytes4(keccak256("answer(uint256)")),
            handler.replay.selector,
            handler.expire.selector,
            handler.cheat.selector,
            handler.subscribe.selector,
            handler.topUp.selector,
            handler.trigger.selector,
            handler.cancel.selector,
            handler.withdraw.selector,
            handler.give.selector,
            handler.budget.selector,
            handler.forward.selector
        ];
        selectors = new bytes4[](all.length + 1);
        for (uint256 i = 0; i < all.length; i++) {
            selectors[i] = all[i];
        }
        selectors[all.length] = handler.collect.selector;
    }
}
