// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {WeteeOrigin} from "../../src/bridge/WeteeOrigin.sol";
import {vm} from "../Vm.sol";
import {Guestbook} from "./Consumers.sol";
import {ForwarderStand} from "./ForwarderStand.sol";

/// @dev Transactions of attested applications.
contract ForwarderTest is ForwarderStand {
    function refuse(IForwarder.Request memory r, bytes memory why) private {
        bytes memory signature = sign(r, 1);
        vm.expectRevert(why);
        forwarder.forward(r, signature);
    }

    function solventForwarder() private view {
        same(address(forwarder).balance, forwarder.liabilitiesWei(), "every wei that is there is owed");
    }

    function test_a_contract_learns_which_application_calls_it() external {
        vm.expectEmit(true, true, true, true, address(forwarder));
        emit IForwarder.Forwarded(appId, vm.addr(instanceKey(1)), address(book), 7, true, costWei());
        holds(send(writing("hello")), "it went through");
        holds(keccak256(bytes(book.entry())) == keccak256("hello"), "written");
        holds(book.by() == vm.addr(instanceKey(1)), "by this instance");
        same(forwarder.credit(SUBMITTER), costWei(), "the submitter's gas is paid");
        same(forwarder.budget(appId).balanceWei, 1 ether - costWei(), "from the budget");
        vm.prank(SUBMITTER);
        same(forwarder.withdraw(payable(STRANGER)), costWei(), "and can be taken");
        solventForwarder();
    }

    function test_everybody_else_is_refused_there() external {
        bytes memory why = abi.encodeWithSelector(WeteeOrigin.NotFromApp.selector, 0, appId);
        vm.expectRevert(why);
        book.write("hello");
        vm.expectRevert(why);
        (bool done,) = address(book)
            .call(abi.encodePacked(abi.encodeCall(Guestbook.write, ("hello")), appId, vm.addr(instanceKey(1))));
        done;
        same(book.anybody(), 0, "a plain call is of no application");
    }

    function test_another_application_is_refused_there() external {
        forwarder.fund{value: 1 ether}(otherId);
        vm.prank(OTHER_OWNER);
        forwarder.setDayCap(otherId, 1 ether);
        IForwarder.Request memory r = writing("hello");
        r.appId = otherId;
        bytes memory signature = sign(r, 2);
        vm.prank(SUBMITTER);
        holds(!forwarder.forward(r, signature), "it failed");
        same(bytes(book.entry()).length, 0, "nothing is written");
    }

    function test_a_contract_for_application_0_takes_nobody() external {
        Guestbook open = new Guestbook(address(forwarder), 0);
        vm.expectRevert(abi.encodeWithSelector(WeteeOrigin.NotFromApp.selector, 0, 0));
        open.write("hello");
    }

    function test_only_keys_with_a_live_lease_of_that_application_count() external {
        IForwarder.Request memory r = writing("hello");
        for (uint256 key = 2; key <= 3; key++) {
            bytes memory signature = sign(r, key);
            bytes memory why = abi.encodeWithSelector(IForwarder.KeyNotLive.selector, appId, vm.addr(instanceKey(key)));
            vm.expectRevert(why);
            forwarder.forward(r, signature);
        }
        bytes memory good = sign(r, 1);
        vm.expectRevert(abi.encodeWithSelector(IForwarder.KeyNotLive.selector, appId, address(0)));
        forwarder.forward(r, "");
        r.data = abi.encodeCall(Guestbook.write, ("other"));
        vm.expectPartialRevert(IForwarder.KeyNotLive.selector);
        forwarder.forward(r, good);
        vm.prank(OWNER);
        cloud.pause(appId);
        r = writing("hello");
        refuse(r, abi.encodeWithSelector(IForwarder.KeyNotLive.selector, appId, vm.addr(instanceKey(1))));
    }

    function test_a_request_is_forwarded_once_and_in_time() external {
        send(writing("hello"));
        IForwarder.Request memory r = writing("again");
        refuse(r, abi.encodeWithSelector(IForwarder.NonceUsed.selector, appId, 7));
        holds(forwarder.usedNonces(appId, 7) && !forwarder.usedNonces(appId, 263), "that one alone");
        (r.nonce, r.deadline) = (type(uint256).max, uint64(block.timestamp - 1));
        refuse(r, abi.encodeWithSelector(IForwarder.Expired.selector, block.timestamp - 1));
        r.deadline++;
        send(r);
    }

    function test_a_call_that_fails_costs_gas_alone_and_its_nonce() external {
        IForwarder.Request memory r = writing("");
        (r.data, r.valueWei) = (abi.encodeCall(Guestbook.refuse, ()), 0.1 ether);
        holds(!send(r), "it failed");
        same(forwarder.budget(appId).balanceWei, 1 ether - costWei(), "its value stays");
        same(forwarder.budget(appId).spentWei, costWei(), "and is not counted as spent");
        refuse(r, abi.encodeWithSelector(IForwarder.NonceUsed.selector, appId, 7));
        solventForwarder();
    }

    function test_a_value_comes_from_the_budget() external {
        IForwarder.Request memory r = writing("paid");
        r.valueWei = 0.1 ether;
        send(r);
        same(book.paid(), 0.1 ether, "arrived");
        same(forwarder.budget(appId).balanceWei, 0.9 ether - costWei(), "taken");
        solventForwarder();
    }

    function test_a_day_costs_no_more_than_the_owner_says() external {
        IForwarder.Request memory r = writing("dear");
        r.valueWei = uint128(0.5 ether - costWei());
        send(r);
        (r.nonce, r.valueWei) = (8, 0);
        refuse(r, abi.encodeWithSelector(IForwarder.DayCapReached.selector, appId, 0, costWei()));
        advance(1 days);
        attest(appId, 1, 0, 1);
        r.deadline = uint64(block.timestamp);
        send(r);
        vm.prank(OWNER);
        forwarder.setDayCap(appId, 0);
        r.nonce = 9;
        refuse(r, abi.encodeWithSelector(IForwarder.DayCapReached.selector, appId, 0, costWei()));
    }

    function test_no_more_is_spent_than_is_there() external {
        vm.startPrank(OWNER);
        forwarder.setDayCap(appId, 10 ether);
        forwarder.release(appId, uint128(1 ether - costWei() + 1));
        vm.expectRevert(abi.encodeWithSelector(IForwarder.BudgetTooLow.selector, appId, costWei() - 1, costWei()));
        forwarder.release(appId, uint128(costWei()));
        vm.stopPrank();
        refuse(writing("a"), abi.encodeWithSelector(IForwarder.BudgetTooLow.selector, appId, costWei() - 1, costWei()));
        solventForwarder();
    }

    function test_the_owner_alone_takes_the_budget_back() external {
        bytes memory why = abi.encodeWithSelector(IForwarder.NotAppOwner.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(why);
        forwarder.release(appId, 1);
        vm.expectRevert(why);
        forwarder.setDayCap(appId, 1);
        vm.stopPrank();
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(IForwarder.AmountZero.selector));
        forwarder.release(appId, 0);
        cloud.terminate(appId);
        forwarder.release(appId, 1 ether);
        same(forwarder.withdraw(payable(OWNER)), 1 ether, "also after the end");
        vm.expectRevert(abi.encodeWithSelector(IForwarder.NothingToWithdraw.selector));
        forwarder.withdraw(payable(OWNER));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IForwarder.AppUnknown.selector, 99));
        forwarder.fund{value: 1}(99);
        vm.expectRevert(abi.encodeWithSelector(IForwarder.AmountZero.selector));
        forwarder.fund{value: 0}(appId);
    }

    function test_what_cannot_be_paid_out_stays_owed() external {
        send(writing("hello"));
        vm.startPrank(SUBMITTER);
        vm.expectRevert(abi.encodeWithSelector(IForwarder.ZeroAddress.selector));
        forwarder.withdraw(payable(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IForwarder.TransferFailed.selector, address(book), costWei()));
        forwarder.withdraw(payable(address(book)));
        vm.stopPrank();
        same(forwarder.credit(SUBMITTER), costWei(), "it is still the submitter's");
        solventForwarder();
    }

    /// @dev Gas with which the call just goes through.
    function leastGas(IForwarder.Request memory r) private returns (uint32 gas_) {
        bool success;
        for (gas_ = 500_000; !success; gas_ += 1_000) {
            r.gas = gas_;
            uint256 snapshot = vm.snapshotState();
            success = send(r);
            vm.revertToState(snapshot);
        }
        gas_ -= 1_000;
    }

    /// @dev A 64th of it is enough to go on: what is kept back of a small call would not be, and hide a missing rule.
    function test_a_submitter_cannot_starve_a_call() external {
        bytes memory text = new bytes(1_024);
        for (uint256 i = 0; i < text.length; i++) {
            text[i] = "a";
        }
        IForwarder.Request memory r = writing(string(text));
        r.gas = leastGas(r);
        bytes memory signature = sign(r, 1);
        uint256 starved = 0;
        for (uint256 limit = 500_000; limit < 1_500_000; limit += 5_000) {
            uint256 snapshot = vm.snapshotState();
            try forwarder.forward{gas: limit}(r, signature) returns (bool success) {
                holds(success, "either with all its gas");
            } catch {
                starved++;
            }
            vm.revertToState(snapshot);
        }
        holds(starved > 10 && starved < 200, "or not at all");
    }

    function test_what_the_forwarder_does_not_call() external {
        IForwarder.Request memory r = writing("hello");
        r.to = address(forwarder);
        refuse(r, abi.encodeWithSelector(IForwarder.TargetRefused.selector, address(forwarder)));
        r.to = address(0);
        refuse(r, abi.encodeWithSelector(IForwarder.TargetRefused.selector, address(0)));
        r = writing("hello");
        r.data = new bytes(16_385);
        refuse(r, abi.encodeWithSelector(IForwarder.DataSize.selector, 16_385, 16_384));
        r = writing("hello");
        r.gas = 5_000_001;
        refuse(r, abi.encodeWithSelector(IForwarder.GasTooHigh.selector, 5_000_001, 5_000_000));
    }

    function test_parameters_are_the_daos_and_in_range() external {
        IForwarder.Parameters memory p = parametersOf();
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        forwarder.setParameters(p);
        vm.startPrank(ADMIN);
        forwarder.setParameters(p);
        same(forwarder.parameters().maxGas, 5_000_000, "set");
        for (uint256 side = 0; side < 2; side++) {
            uint32 gas_ = side == 0 ? 0 : 1e9 + 1;
            p.gasPriceWei = side == 0 ? 0 : 1e15 + 1;
            refuseParameter(p, "gasPriceWei");
            p = parametersOf();
            p.overheadGas = gas_;
            refuseParameter(p, "overheadGas");
            p = parametersOf();
            p.reserveGas = gas_;
            refuseParameter(p, "reserveGas");
            p = parametersOf();
            p.maxGas = gas_;
            refuseParameter(p, "maxGas");
            p = parametersOf();
        }
        vm.stopPrank();
        notDeployed("Forwarder", abi.encode(address(0), cloud, parametersOf()));
        notDeployed("Forwarder", abi.encode(manager, address(0), parametersOf()));
    }

    function refuseParameter(IForwarder.Parameters memory p, string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(IForwarder.ParameterInvalid.selector, name));
        forwarder.setParameters(p);
    }
}
