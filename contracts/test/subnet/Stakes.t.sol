// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Apps} from "./Apps.sol";
import {StakeFixture} from "./StakeFixture.sol";

/// @dev Takes no wei.
contract Refuser {}

/// @dev Calls back into the Subnet while it is being paid, and notes whether that was refused.
contract Reenterer {
    ISubnet private immutable subnet;
    bytes private again;
    bool public refused;

    constructor(ISubnet subnet_) {
        subnet = subnet_;
    }

    function register(
        address operator,
        ISubnet.Profile calldata p,
        ISubnet.Prices calldata q,
        ISubnet.Resources calldata c
    ) external payable returns (uint64) {
        return subnet.registerWorker{value: msg.value}(operator, p, q, c);
    }

    function act(bytes calldata call, bytes calldata again_) external {
        again = again_;
        (bool done,) = address(subnet).call(call);
        require(done, "refused");
    }

    receive() external payable {
        (bool done,) = address(subnet).call(again);
        refused = !done;
    }
}

contract StakesTest is StakeFixture {
    // -- bonding

    function test_anyone_adds_to_a_stake_and_it_is_the_owners() public {
        vm.deal(address(this), 3 ether);
        subnet.bond{value: 2 ether}(WORKER, WORKER_ID);
        subnet.bond{value: 1 ether}(DSECRET, 2);
        same(stake().bondedWei, 12 ether, "worker");
        same(subnet.worker(WORKER_ID).stakeWei, 12 ether, "as the worker shows it");
        same(subnet.node(2).stakeWei, 3 ether, "node");
        balances();
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
    }

    function test_a_bond_of_nothing_to_nobody_or_in_no_role_is_refused() public {
        vm.deal(address(this), 3 ether);
        vm.expectRevert(ISubnet.AmountZero.selector);
        subnet.bond(WORKER, WORKER_ID);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 2));
        subnet.bond{value: 1}(WORKER, 2);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NodeUnknown.selector, 4));
        subnet.bond{value: 1}(DSECRET, 4);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.RoleInvalid.selector, 3));
        subnet.bond{value: 1}(3, 1);
        vm.prank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatusWrong.selector, WORKER, WORKER_ID));
        subnet.bond{value: 1}(WORKER, WORKER_ID);
    }

    // -- withdrawing

    function test_what_is_not_required_leaves_after_the_unbonding_time_once() public {
        request(10 ether - MINIMUM);
        same(stake().bondedWei, MINIMUM, "stays");
        same(stake().availableAt, T0 + UNBONDING, "when");
        advance(UNBONDING - 1);
        withdrawRefused(abi.encodeWithSelector(ISubnet.TooEarly.selector, T0 + UNBONDING));
        advance(1);
        same(withdraw(), 8.5 ether, "paid");
        same(TO.balance, 8.5 ether, "arrived");
        same(stake().availableAt, 0, "request is gone");
        balances();
        withdrawRefused(nothing());
        vm.prank(WORKER_OWNER);
        vm.expectRevert(ISubnet.NothingToWithdraw.selector);
        subnet.cancelWithdrawal(WORKER, WORKER_ID);
    }

    function test_one_wei_of_what_is_required_does_not_leave() public {
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM - 1, MINIMUM));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 10 ether - MINIMUM + 1);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, 10 ether, 10 ether + 1));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 10 ether + 1);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(ISubnet.AmountZero.selector);
        subnet.requestWithdrawal(WORKER, WORKER_ID, 0);
    }

    function test_one_stake_is_refunded_once_however_often_it_is_asked_for() public {
        for (uint256 i = 0; i < 5; i++) {
            request(1 ether);
            cancel();
        }
        same(stake().bondedWei, 10 ether, "nothing grew");
        request(8.5 ether);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM - 1, MINIMUM));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
        advance(UNBONDING);
        withdraw();
        withdrawRefused(nothing());
        vm.prank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        request(uint128(MINIMUM));
        advance(UNBONDING);
        same(withdraw(), MINIMUM, "the rest after the shutdown");
        withdrawRefused(nothing());
        same(TO.balance, 10 ether, "what was put in, no more");
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, 0, 1));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
        balances();
    }

    function test_a_second_request_joins_the_first_and_starts_its_time_again() public {
        request(1 ether);
        advance(UNBONDING - 1);
        request(2 ether);
        same(stake().unbondingWei, 3 ether, "together");
        advance(1);
        withdrawRefused(abi.encodeWithSelector(ISubnet.TooEarly.selector, stake().availableAt));
        advance(UNBONDING - 1);
        same(withdraw(), 3 ether, "together");
    }

    function test_payments_are_multiples_of_a_planck_and_the_rest_stays_owed() public {
        request(1 ether + 1e8 - 1);
        advance(UNBONDING);
        same(withdraw(), 1 ether, "rounded down");
        same(stake().unbondingWei, 1e8 - 1, "the rest");
        withdrawRefused(nothing());
        request(1);
        advance(UNBONDING);
        same(withdraw(), 1e8, "with one wei more");
        balances();
    }

    function test_only_the_owner_withdraws_and_not_to_nobody() public {
        request(1 ether);
        advance(UNBONDING);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.withdrawStake(WORKER, WORKER_ID, TO);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.cancelWithdrawal(WORKER, WORKER_ID);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.withdrawStake(WORKER, WORKER_ID, payable(address(0)));
    }

    function test_a_receiver_that_takes_nothing_blocks_itself_alone() public {
        request(1 ether);
        advance(UNBONDING);
        address refuser = address(new Refuser());
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.TransferFailed.selector, refuser, 1 ether));
        subnet.withdrawStake(WORKER, WORKER_ID, payable(refuser));
        same(withdraw(), 1 ether, "to another account");
    }

    function test_a_receiver_that_calls_back_is_paid_once() public {
        Reenterer thief = new Reenterer(subnet);
        vm.deal(address(this), 10 ether);
        uint64 id = thief.register{value: 10 ether}(address(1), profile(), prices(), capacity());
        bytes memory call = abi.encodeCall(ISubnet.withdrawStake, (WORKER, id, payable(address(thief))));
        thief.act(abi.encodeCall(ISubnet.requestWithdrawal, (WORKER, id, 2 ether)), "");
        advance(UNBONDING);
        thief.act(call, call);
        same(address(thief).balance, 2 ether, "once");
        holds(thief.refused(), "the second call was refused");
        thief.act(abi.encodeCall(ISubnet.requestWithdrawal, (WORKER, id, 2 ether)), "");
        advance(UNBONDING);
        thief.act(call, abi.encodeCall(ISubnet.withdraw, (payable(address(thief)))));
        holds(thief.refused(), "nor through the other door");
        balances();
    }

    // -- what has to stay

    function test_reservations_take_stake_and_give_it_free() public {
        Apps apps = linked();
        ISubnet.Resources memory amount = ISubnet.Resources({cpuMilli: 1000, memoryMiB: 1000, diskMiB: 9, gpu: 2});
        apps.reserve(WORKER_ID, amount);
        uint256 needed = 1 ether + 0.5 ether + 1000 * 1e13 + 1000 * 1e12 + 2 * 0.1 ether;
        same(subnet.requiredStakeWei(WORKER, WORKER_ID), needed, "required");
        request(uint128(10 ether - needed));
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, needed - 1, needed));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 0, diskMiB: 0, gpu: 0});
        holds(!subnet.fits(WORKER_ID, one), "no cover for one more");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, needed, needed + 1e13));
        apps.reserve(WORKER_ID, one);
        vm.deal(address(this), 1e13);
        subnet.bond{value: 1e13}(WORKER, WORKER_ID);
        holds(subnet.fits(WORKER_ID, one), "covered");
        apps.reserve(WORKER_ID, one);
        apps.release(WORKER_ID, amount);
        apps.release(WORKER_ID, one);
        same(subnet.requiredStakeWei(WORKER, WORKER_ID), MINIMUM, "free again");
    }

    function test_stricter_rules_hold_for_what_comes_and_end_nothing() public {
        Apps apps = linked();
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 1});
        apps.reserve(WORKER_ID, one);
        request(1 ether);
        ISubnet.StakeRules memory rules = stakeRules();
        rules.workerBaseWei = 100 ether;
        rules.nodeWei = 100 ether;
        vm.prank(ADMIN);
        subnet.setStakeRules(rules);
        same(subnet.stakeRules().nodeWei, 100 ether, "set");
        holds(!subnet.fits(WORKER_ID, one), "no new reservation");
        vm.prank(WORKER_OWNER);
        vm.expectPartialRevert(ISubnet.StakeTooLow.selector);
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
        apps.release(WORKER_ID, one);
        advance(UNBONDING);
        same(withdraw(), 1 ether, "what was on its way arrives");
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), prices(), capacity());
        holds(subnet.isPlatformLive(WORKER, WORKER_ID, MACHINE), "goes on");
    }

    // -- credits

    function test_credits_are_paid_once_in_multiples_of_a_planck() public {
        lock(2 ether);
        slash(2 ether, 0, 1 ether + 1);
        vm.startPrank(address(0xC1A));
        same(subnet.withdraw(TO), 1 ether, "rounded down");
        same(subnet.credit(address(0xC1A)), 1, "the rest");
        vm.expectRevert(ISubnet.NothingToWithdraw.selector);
        subnet.withdraw(TO);
        vm.stopPrank();
        vm.prank(TREASURY);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.withdraw(payable(address(0)));
        balances();
    }

    function test_wei_forced_in_is_the_treasurys() public {
        vm.expectRevert(ISubnet.NothingToWithdraw.selector);
        subnet.sweep();
        vm.deal(address(subnet), address(subnet).balance + 5 ether);
        same(subnet.sweep(), 5 ether, "swept");
        same(subnet.credit(TREASURY), 5 ether, "credited");
        vm.expectRevert(ISubnet.NothingToWithdraw.selector);
        subnet.sweep();
        balances();
        vm.deal(address(this), 1);
        (bool taken,) = address(subnet).call{value: 1}("");
        holds(!taken, "plain transfers are refused");
    }

    function test_a_new_treasury_gets_what_comes_and_the_old_one_keeps_its_credit() public {
        lock(2 ether);
        slash(1 ether, 0, 0);
        vm.prank(ADMIN);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.setTreasury(address(0));
        vm.prank(ADMIN);
        subnet.setTreasury(address(this));
        slash(1 ether, 0, 0);
        same(subnet.credit(TREASURY), 1 ether, "old");
        same(subnet.credit(address(this)), 1 ether, "new");
    }

    // -- seats

    function leave(uint64 nodeId) private {
        vm.prank(nodeOwner(nodeId - 1));
        subnet.leaveNode(nodeId);
    }

    function nodeRequest(uint64 nodeId, uint128 amountWei) private {
        vm.prank(nodeOwner(nodeId - 1));
        subnet.requestWithdrawal(DSECRET, nodeId, amountWei);
    }

    function nodeWithdraw(uint64 nodeId, bytes memory why) private {
        vm.prank(nodeOwner(nodeId - 1));
        if (why.length > 0) vm.expectRevert(why);
        subnet.withdrawStake(DSECRET, nodeId, TO);
    }

    function test_a_seated_node_withdraws_nothing_and_one_that_left_everything() public {
        leave(3);
        vm.prank(nodeOwner(2));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, NODE_STAKE - 1, NODE_STAKE));
        subnet.requestWithdrawal(DSECRET, 3, 1);
        nodeKeys.pop();
        nameAll(2);
        quorum.activate();
        holds(quorum.isSeated(3), "statements of the epoch before count");
        same(subnet.requiredStakeWei(DSECRET, 3), NODE_STAKE, "so the stake answers");
        advance(15 minutes + 1);
        holds(!quorum.isSeated(3), "free");
        nodeRequest(3, uint128(NODE_STAKE));
        advance(UNBONDING);
        nodeWithdraw(3, "");
        same(TO.balance, NODE_STAKE, "out");
        balances();
    }

    function test_what_a_seated_node_has_too_much_waits_for_the_seat() public {
        vm.deal(address(this), 1 ether);
        subnet.bond{value: 1 ether}(DSECRET, 3);
        nodeRequest(3, 1 ether);
        advance(UNBONDING);
        nodeWithdraw(3, abi.encodeWithSelector(ISubnet.NodeSeated.selector, 3));
    }

    function test_a_seat_holds_a_node_that_left_for_sixty_days_at_most() public {
        leave(3);
        advance(60 days - 1);
        holds(subnet.requiredStakeWei(DSECRET, 3) > 0, "held");
        (uint64 notAfter,) = subnet.liveProof(DSECRET, 3);
        holds(notAfter > 0, "signs until then");
        advance(1);
        (notAfter,) = subnet.liveProof(DSECRET, 3);
        same(notAfter, 0, "signs nothing any more");
        holds(quorum.isSeated(3), "though nobody named another committee");
        nodeRequest(3, uint128(NODE_STAKE));
        advance(UNBONDING);
        nodeWithdraw(3, "");
        same(TO.balance, NODE_STAKE, "out");
    }
}
