// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Apps} from "./Apps.sol";
import {StakeFixture} from "./StakeFixture.sol";

contract LocksTest is StakeFixture {
    // -- locks

    function test_a_lock_holds_what_is_claimed_and_no_more() public {
        (uint128 bondedWei, uint128 unbondingWei) = lock(2 ether);
        same(bondedWei, 2 ether, "bonded");
        same(unbondingWei, 0, "nothing is leaving");
        request(10 ether - 2 ether - MINIMUM);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM - 1, MINIMUM));
        subnet.requestWithdrawal(WORKER, WORKER_ID, 1);
        unlock(bondedWei, unbondingWei);
        request(2 ether);
    }

    function test_locked_stake_covers_no_reservation() public {
        Apps apps = linked();
        lock(8.5 ether);
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 0, diskMiB: 0, gpu: 0});
        holds(!subnet.fits(WORKER_ID, one), "locked");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM, uint256(MINIMUM) + 1e13));
        apps.reserve(WORKER_ID, one);
        unlock(8.5 ether, 0);
        apps.reserve(WORKER_ID, one);
    }

    function test_a_lock_takes_bonded_stake_first_then_what_is_leaving_then_nothing() public {
        request(8 ether);
        (uint128 bondedWei, uint128 unbondingWei) = lock(3 ether);
        same(bondedWei, 2 ether, "all that is bonded");
        same(unbondingWei, 1 ether, "and of what leaves");
        holds(stake().delayed, "delayed");
        (bondedWei, unbondingWei) = lock(20 ether);
        same(bondedWei, 0, "none left");
        same(unbondingWei, 7 ether, "the rest");
        (bondedWei, unbondingWei) = lock(1);
        same(uint256(bondedWei) + unbondingWei, 0, "nothing left");
    }

    /// @dev An accomplice's claim of one wei would otherwise use up the only delay that there is.
    function test_a_small_claim_does_not_shield_a_request_from_the_next_one() public {
        request(8.5 ether);
        lock(MINIMUM + 1);
        (, uint128 unbondingWei) = lock(5 ether);
        same(unbondingWei, 5 ether, "held for the second, too");
    }

    function test_a_request_is_held_back_by_complaints_until_it_is_due_and_by_none_after() public {
        request(8.5 ether);
        advance(UNBONDING - 1);
        (uint128 bondedWei, uint128 unbondingWei) = lock(3 ether);
        same(unbondingWei, 1.5 ether, "in the last second");
        advance(1);
        (, uint128 more) = lock(3 ether);
        same(more, 0, "due: no complaint delays it");
        same(withdraw(), 7 ether, "what is not locked leaves");
        withdrawRefused(nothing());
        unlock(bondedWei, unbondingWei);
        (bondedWei, more) = lock(3 ether);
        same(more, 0, "nor a second time");
        unlock(bondedWei, more);
        same(withdraw(), 1.5 ether, "the rest once the complaint is over");
        same(TO.balance, 8.5 ether, "all of it");
        balances();
    }

    function test_cancelling_frees_nothing_that_is_locked() public {
        request(8.5 ether);
        (uint128 bondedWei, uint128 unbondingWei) = lock(4.5 ether);
        uint64 due = stake().availableAt;
        advance(1 days);
        cancel();
        same(stake().bondedWei, 7 ether, "what was not locked is bonded again");
        same(stake().unbondingWei, 3 ether, "what was stays");
        same(stake().availableAt, due, "with its time");
        holds(stake().delayed, "and its mark");
        vm.prank(WORKER_OWNER);
        vm.expectRevert(ISubnet.NothingToWithdraw.selector);
        subnet.cancelWithdrawal(WORKER, WORKER_ID);
        advance(UNBONDING);
        withdrawRefused(nothing());
        slash(bondedWei, unbondingWei, 4.5 ether);
        same(subnet.credit(address(0xC1A)), 4.5 ether, "the complainant is paid in full");
        same(stake().unbondingWei, 0, "slashed");
        same(stake().availableAt, 0, "nothing leaves any more");
        holds(!stake().delayed, "a new request starts clean");
        balances();
    }

    function test_merging_requests_loses_no_lock() public {
        request(4 ether);
        (uint128 bondedWei, uint128 unbondingWei) = lock(8 ether);
        same(unbondingWei, 2 ether, "of the first request");
        vm.deal(address(this), 5 ether);
        subnet.bond{value: 5 ether}(WORKER, WORKER_ID);
        request(3.5 ether);
        same(stake().lockedUnbondingWei, 2 ether, "still");
        advance(UNBONDING);
        same(withdraw(), 5.5 ether, "all but what is locked");
        slash(bondedWei, unbondingWei, 0);
        same(subnet.credit(TREASURY), 8 ether, "slashed in full");
        balances();
    }

    function test_a_shutdown_is_no_escape_from_a_complaint() public {
        vm.prank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        request(10 ether);
        advance(UNBONDING - 1);
        (, uint128 unbondingWei) = lock(10 ether);
        same(unbondingWei, 10 ether, "locked");
        advance(1);
        withdrawRefused(nothing());
        slash(0, unbondingWei, 10 ether);
        withdrawRefused(nothing());
        same(subnet.credit(address(0xC1A)), 10 ether, "credited");
    }

    function test_a_lock_is_slashed_once() public {
        (uint128 bondedWei,) = lock(2 ether);
        slash(bondedWei, 0, 0.5 ether);
        same(subnet.credit(address(0xC1A)), 0.5 ether, "loss");
        same(subnet.credit(TREASURY), 1.5 ether, "rest");
        same(stake().bondedWei, 8 ether, "left");
        vm.startPrank(SLASHER);
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        subnet.slashLocked(WORKER, WORKER_ID, bondedWei, 0, address(0xC1A), 0);
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        subnet.unlockStake(WORKER, WORKER_ID, bondedWei, 0);
        vm.stopPrank();
        lock(1 ether);
        vm.startPrank(SLASHER);
        vm.expectPartialRevert(bytes4(keccak256("Panic(uint256)")));
        subnet.slashLocked(WORKER, WORKER_ID, 1 ether, 0, address(0xC1A), 1 ether + 1);
        vm.stopPrank();
        balances();
    }

    function test_nobody_is_no_beneficiary() public {
        lock(1 ether);
        vm.prank(SLASHER);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.slashLocked(WORKER, WORKER_ID, 1 ether, 0, address(0), 1 ether);
    }

    function test_only_slashers_lock_unlock_and_slash() public {
        bytes4 refusal = bytes4(keccak256("AccessManagedUnauthorized(address)"));
        vm.startPrank(ADMIN);
        vm.expectPartialRevert(refusal);
        subnet.lockStake(WORKER, WORKER_ID, 1);
        vm.expectPartialRevert(refusal);
        subnet.unlockStake(WORKER, WORKER_ID, 0, 0);
        vm.expectPartialRevert(refusal);
        subnet.slashLocked(WORKER, WORKER_ID, 0, 0, ADMIN, 0);
        vm.expectPartialRevert(refusal);
        subnet.slashNode(1, ADMIN, 0);
        vm.stopPrank();
        vm.startPrank(SLASHER);
        vm.expectPartialRevert(refusal);
        subnet.setStakeRules(stakeRules());
        vm.expectPartialRevert(refusal);
        subnet.setTreasury(SLASHER);
    }

    // -- slashed nodes

    function test_a_convicted_node_loses_everything_once_and_signs_nothing_any_more() public {
        vm.deal(address(this), 1 ether + 1);
        subnet.bond{value: 1 ether}(DSECRET, 3);
        vm.prank(nodeOwner(2));
        subnet.requestWithdrawal(DSECRET, 3, 1 ether);
        vm.prank(SLASHER);
        same(subnet.slashNode(3, address(this), 1000), 3 ether, "bonded and leaving");
        same(subnet.credit(address(this)), 0.3 ether, "a tenth to the reporter");
        same(subnet.credit(TREASURY), 2.7 ether, "the rest to the treasury");
        holds(subnet.node(3).status == ISubnet.NodeStatus.Slashed, "status");
        (uint64 notAfter,) = subnet.liveProof(DSECRET, 3);
        same(notAfter, 0, "not live");
        balances();
        vm.prank(SLASHER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatusWrong.selector, DSECRET, 3));
        subnet.slashNode(3, address(this), 1000);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatusWrong.selector, DSECRET, 3));
        subnet.bond{value: 1}(DSECRET, 3);
        same(subnet.requiredStakeWei(DSECRET, 3), 0, "nothing has to stay");
    }

    function test_a_conviction_leaves_what_complaints_lock() public {
        vm.startPrank(SLASHER);
        (uint128 bondedWei,) = subnet.lockStake(DSECRET, 3, 0.5 ether);
        same(subnet.slashNode(3, address(this), 0), 1.5 ether, "the rest");
        subnet.unlockStake(DSECRET, 3, bondedWei, 0);
        vm.stopPrank();
        vm.prank(nodeOwner(2));
        subnet.requestWithdrawal(DSECRET, 3, 0.5 ether);
        advance(UNBONDING);
        vm.prank(nodeOwner(2));
        same(subnet.withdrawStake(DSECRET, 3, TO), 0.5 ether, "the owner's again, seat or not");
        balances();
    }

    // -- any order of things

    /// @dev Whatever happens in whatever order: nothing is owed twice, no lock is lost, nobody gets more than was put in.
    function testFuzz_stakes_and_locks_add_up_in_any_order(uint256 seed) public {
        uint128[2][] memory open = new uint128[2][](40);
        uint256 put = WORKER_STAKE;
        for (uint256 i = 0; i < open.length; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint128 amountWei = uint128(1 + (seed >> 16) % 4 ether);
            uint256 action = seed % 7;
            if (action == 0) {
                vm.deal(address(this), amountWei);
                subnet.bond{value: amountWei}(WORKER, WORKER_ID);
                put += amountWei;
            } else if (action <= 3) {
                ownerTries(action, amountWei);
            } else if (action == 4) {
                (open[i][0], open[i][1]) = lock(amountWei);
            } else if (action == 5) {
                uint256 which = (seed >> 160) % open.length;
                uint128[2] memory held = open[which];
                delete open[which];
                if (seed >> 255 == 0) unlock(held[0], held[1]);
                else slash(held[0], held[1], held[0]);
            } else {
                advance((seed >> 160) % 8 days);
            }
            addsUp(open, put);
        }
    }

    /// @dev Requests, cancels or withdraws; what is refused changes nothing.
    function ownerTries(uint256 action, uint128 amountWei) private {
        vm.prank(WORKER_OWNER);
        bytes memory call = action == 1
            ? abi.encodeCall(ISubnet.requestWithdrawal, (WORKER, WORKER_ID, amountWei))
            : action == 2
                ? abi.encodeCall(ISubnet.cancelWithdrawal, (WORKER, WORKER_ID))
                : abi.encodeCall(ISubnet.withdrawStake, (WORKER, WORKER_ID, TO));
        (bool done,) = address(subnet).call(call);
        done;
    }

    function addsUp(uint128[2][] memory open, uint256 put) private view {
        uint256 lockedBondedWei = 0;
        uint256 lockedUnbondingWei = 0;
        for (uint256 i = 0; i < open.length; i++) {
            lockedBondedWei += open[i][0];
            lockedUnbondingWei += open[i][1];
        }
        ISubnet.Stake memory s = stake();
        same(s.lockedBondedWei, lockedBondedWei, "bonded locks are the open ones");
        same(s.lockedUnbondingWei, lockedUnbondingWei, "unbonding locks are the open ones");
        holds(s.lockedBondedWei <= s.bondedWei && s.lockedUnbondingWei <= s.unbondingWei, "locks are parts");
        holds((s.availableAt == 0) == (s.unbondingWei == 0), "a request has a time");
        uint256 gone = TO.balance + subnet.credit(TREASURY) + subnet.credit(address(0xC1A));
        same(gone + s.bondedWei + s.unbondingWei, put, "every wei is in one place");
        balances();
    }
}
