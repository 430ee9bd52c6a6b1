// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {vm} from "../Vm.sol";
import {GreedyReceiver} from "./GreedyReceiver.sol";
import {Stand} from "./Stand.sol";

contract ComplaintAttacksTest is Stand {
    address private constant OTHER = address(0x0A12);
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = served(OWNER);
    }

    // -- bonds

    function test_a_receiver_that_takes_no_money_holds_up_nobody() external {
        GreedyReceiver receiver = new GreedyReceiver(complaints);
        uint64 id = file(served(address(receiver)), 1 ether);
        uint64 honest = file(appId, 1 ether);
        vm.startPrank(COURT);
        complaints.dismiss(id);
        complaints.dismiss(honest);
        vm.stopPrank();
        vm.prank(OWNER);
        complaints.withdraw(payable(OWNER));
        refuse(abi.encodeWithSelector(IComplaints.TransferFailed.selector, address(receiver), BOND));
        receiver.withdraw(payable(address(receiver)));
        same(complaints.credit(address(receiver)), BOND, "still credited");
        receiver.withdraw(payable(ANYONE));
        same(ANYONE.balance, BOND, "sent elsewhere");
        same(address(complaints).balance, 0, "empty");
    }

    function test_a_reentering_receiver_is_paid_once() external {
        GreedyReceiver receiver = new GreedyReceiver(complaints);
        uint64 id = file(served(address(receiver)), 1 ether);
        file(appId, 1 ether);
        vm.prank(COURT);
        complaints.dismiss(id);
        receiver.open();
        refuse(abi.encodeWithSelector(IComplaints.TransferFailed.selector, address(receiver), BOND));
        receiver.withdraw(payable(address(receiver)));
        same(address(complaints).balance, 2 * BOND, "nothing left");
        same(complaints.liabilitiesWei(), 2 * BOND, "nothing forgotten");
    }

    function test_a_credit_is_paid_once_to_its_account_alone() external {
        uint64 id = file(appId, 1 ether);
        bytes memory nothing = abi.encodeWithSelector(IComplaints.NothingToWithdraw.selector);
        refuse(nothing);
        vm.prank(OWNER);
        complaints.withdraw(payable(OWNER));
        vm.prank(COURT);
        complaints.dismiss(id);
        vm.startPrank(OWNER);
        refuse(abi.encodeWithSelector(IComplaints.ZeroAddress.selector));
        complaints.withdraw(payable(address(0)));
        same(complaints.withdraw(payable(OWNER)), BOND, "the bond");
        refuse(nothing);
        complaints.withdraw(payable(OWNER));
        vm.stopPrank();
        refuse(nothing);
        complaints.withdraw(payable(ANYONE));
    }

    function test_forced_wei_are_nobodys() external {
        uint64 id = file(appId, 1 ether);
        vm.deal(address(complaints), BOND + 7 ether);
        same(complaints.liabilitiesWei(), BOND, "owed as before");
        vm.prank(COURT);
        complaints.dismiss(id);
        vm.prank(OWNER);
        same(complaints.withdraw(payable(OWNER)), BOND, "no more than the bond");
        same(address(complaints).balance, 7 ether, "the rest lies there");
    }

    function test_wei_cannot_be_sent_by_mistake() external {
        vm.deal(address(this), 1 ether);
        (bool sent,) = address(complaints).call{value: 1 ether}("");
        holds(!sent, "refused");
    }

    // -- locks

    function test_locks_of_many_complaints_are_released_and_slashed_each_once() external {
        uint64 others = served(OTHER);
        uint64 last = served(address(0x0A13));
        uint64 first = file(appId, 2 ether);
        uint64 second = file(others, 3 ether);
        uint64 third = file(last, 100 ether);
        same(locked(), STAKE, "everything");
        vm.prank(COURT);
        complaints.rejectFrivolous(first);
        same(locked(), 8 ether, "the first one's is free");
        advance(3 days);
        vm.prank(COURT);
        complaints.uphold(second, 1 ether, 1 ether);
        same(locked(), 5 ether, "the second one's is free or slashed");
        same(staked(), 9 ether, "slashed once");
        vm.prank(COURT);
        complaints.uphold(third, 5 ether, 1);
        same(locked(), 0, "none is left");
        same(staked(), 4 ether, "slashed");
        same(subnet.credit(OTHER) + subnet.credit(address(0x0A13)) + subnet.credit(TREASURY), 6 ether, "to the wei");
    }

    function test_a_complaint_delays_a_withdrawal_by_its_own_time_and_no_longer() external {
        leave();
        uint256 availableAt = block.timestamp + 14 days;
        advance(14 days - 1);
        uint64 id = file(appId, 4 ether);
        same(complaints.complaint(id).lockedUnbondingWei, 4 ether, "held back");
        advance(1);
        vm.prank(WORKER_OWNER);
        subnet.withdrawStake(WORKER, WORKER_ID, payable(WORKER_OWNER));
        same(staked(), 4 ether, "only the claim is held back");
        advance(21 days - 1);
        vm.prank(WORKER_OWNER);
        complaints.dismiss(id);
        vm.prank(WORKER_OWNER);
        subnet.withdrawStake(WORKER, WORKER_ID, payable(WORKER_OWNER));
        same(staked(), 0, "all of it has left");
        holds(block.timestamp <= availableAt + 21 days, "21 days late at most");
    }

    function test_what_is_due_is_out_of_every_complaints_reach() external {
        leave();
        advance(14 days);
        vm.deal(OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.NothingToClaim.selector, WORKER_ID));
        vm.prank(OWNER);
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, "");
    }

    /// @dev A worker that complains about itself for a wei must not use up the one delay of its request.
    function test_a_worker_cannot_shield_its_withdrawal_by_a_small_complaint_of_its_own() external {
        uint64 own = served(WORKER_OWNER);
        leave();
        file(own, 1);
        uint64 honest = file(appId, 4 ether);
        same(complaints.complaint(honest).lockedUnbondingWei, 4 ether, "the victim's claim is held back all the same");
    }

    function test_a_complaint_of_the_worker_itself_frees_nothing_early() external {
        uint64 own = file(served(WORKER_OWNER), STAKE);
        answered(own);
        refuse(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, WORKER_OWNER));
        vm.prank(WORKER_OWNER);
        complaints.uphold(own, STAKE, STAKE);
    }

    /// @dev An accomplice would hold all of the stake before a victim can claim any, and file anew whenever a decision is near.
    function test_a_complaint_is_not_taken_out_of_the_courts_hands_to_be_filed_anew() external {
        address accomplice = address(0xACC);
        uint64 own = file(served(accomplice), STAKE);
        advance(21 days - 1);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, block.timestamp + 1));
        vm.prank(accomplice);
        complaints.dismiss(own);
        vm.prank(COURT);
        complaints.uphold(own, STAKE, 0);
        same(subnet.credit(TREASURY), STAKE, "the court took it, in its time");
    }

    function test_stake_that_a_worker_claims_of_itself_is_the_courts_to_slash() external {
        uint64 own = file(served(WORKER_OWNER), STAKE);
        answered(own);
        vm.prank(COURT);
        complaints.uphold(own, STAKE, 0);
        same(subnet.credit(TREASURY), STAKE, "all of it to the treasury");
        same(subnet.credit(WORKER_OWNER), 0, "none to the worker");
    }

    function test_what_is_leaving_is_slashed_first() external {
        request(4 ether);
        uint64 id = file(appId, STAKE);
        answered(id);
        vm.prank(COURT);
        complaints.uphold(id, 5 ether, 5 ether);
        ISubnet.Stake memory s = subnet.stake(WORKER, WORKER_ID);
        same(s.unbondingWei, 0, "leaving");
        same(s.bondedWei, 5 ether, "bonded");
        same(locked(), 0, "none locked");
    }

    function test_a_worker_that_takes_its_request_back_leaves_the_lock_where_it_is() external {
        leave();
        uint64 id = file(appId, 4 ether);
        vm.prank(WORKER_OWNER);
        subnet.cancelWithdrawal(WORKER, WORKER_ID);
        same(subnet.stake(WORKER, WORKER_ID).unbondingWei, 4 ether, "the locked part stays");
        advance(21 days);
        vm.prank(ANYONE);
        complaints.dismiss(id);
        same(locked(), 0, "released");
        vm.prank(WORKER_OWNER);
        subnet.withdrawStake(WORKER, WORKER_ID, payable(WORKER_OWNER));
        same(staked(), 6 ether, "and due");
    }

    function test_a_worker_that_shut_down_answers_and_wins_its_bond_all_the_same() external {
        leave();
        uint64 id = file(appId, 4 ether);
        answered(id);
        vm.prank(COURT);
        complaints.rejectFrivolous(id);
        same(complaints.credit(WORKER_OWNER), BOND, "the worker's");
    }

    function test_stake_added_or_requested_meanwhile_is_not_part_of_the_lock() external {
        uint64 id = file(appId, STAKE);
        vm.deal(ANYONE, 5 ether);
        vm.prank(ANYONE);
        subnet.bond{value: 5 ether}(WORKER, WORKER_ID);
        request(3 ether);
        answered(id);
        vm.prank(COURT);
        complaints.uphold(id, STAKE, STAKE);
        ISubnet.Stake memory s = subnet.stake(WORKER, WORKER_ID);
        same(s.bondedWei, 2 ether, "bonded later");
        same(s.unbondingWei, 3 ether, "requested later");
        same(locked(), 0, "none locked");
    }

    // -- who decides, and who gets it

    function test_bond_and_loss_are_the_complainants_whoever_owns_the_application_now() external {
        uint64 id = file(appId, 2 ether);
        hand(appId, OTHER);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, complaints.deadlineOf(id)));
        vm.prank(OTHER);
        complaints.dismiss(id);
        answered(id);
        vm.prank(COURT);
        complaints.uphold(id, 2 ether, 1 ether);
        same(complaints.credit(OWNER), BOND, "bond");
        same(subnet.credit(OWNER), 1 ether, "loss");
        same(complaints.credit(OTHER) + subnet.credit(OTHER), 0, "nothing to the new owner");
        file(appId, 1 ether);
        same(complaints.complaint(id + 1).status == IComplaints.Status.Open ? 1 : 0, 1, "who may complain now");
    }

    function test_whoever_sold_an_application_cannot_complain_any_more() external {
        hand(appId, OTHER);
        vm.deal(OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.NotAppOwner.selector, OWNER));
        vm.prank(OWNER);
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, "");
    }

    function test_a_court_that_was_revoked_decides_nothing_and_the_complaint_still_ends() external {
        uint64 id = file(appId, 4 ether);
        answered(id);
        vm.prank(ADMIN);
        manager.revokeRole(Roles.COURT, COURT);
        vm.startPrank(COURT);
        refuse(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, COURT));
        complaints.uphold(id, 1, 1);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, complaints.deadlineOf(id)));
        complaints.dismiss(id);
        vm.stopPrank();
        advance(21 days);
        vm.prank(ANYONE);
        complaints.dismiss(id);
        same(locked(), 0, "free");
        same(complaints.credit(OWNER), BOND, "bond back");
    }

    function test_a_contract_that_lost_its_role_ends_its_complaints_once_it_has_it_again() external {
        uint64 id = file(appId, 4 ether);
        advance(21 days);
        vm.prank(ADMIN);
        manager.revokeRole(Roles.SLASHER, address(complaints));
        refuse(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(complaints)));
        complaints.dismiss(id);
        vm.prank(ADMIN);
        manager.grantRole(Roles.SLASHER, address(complaints), 0);
        complaints.dismiss(id);
        same(locked(), 0, "free");
        same(complaints.credit(OWNER), BOND, "bond back");
    }

    function test_a_court_with_a_delay_dismisses_nothing_at_once() external {
        uint64 id = file(appId, 4 ether);
        vm.prank(ADMIN);
        manager.grantRole(Roles.COURT, OTHER, 1 days);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, complaints.deadlineOf(id)));
        vm.prank(OTHER);
        complaints.dismiss(id);
    }

    function test_a_complaint_that_nobody_decides_ends_although_others_slashed_the_stake_meanwhile() external {
        uint64 others = served(OTHER);
        uint64 idle = file(appId, 4 ether);
        uint64 other = file(others, 6 ether);
        answered(other);
        vm.prank(COURT);
        complaints.uphold(other, 6 ether, 6 ether);
        advance(21 days);
        vm.prank(ANYONE);
        complaints.dismiss(idle);
        same(staked(), 4 ether, "what the idle one locked");
        same(locked(), 0, "free");
    }

    /// @dev Any order of filings and decisions: what is locked is the sum of the open ones, and every bond comes back to somebody.
    function testFuzz_locks_and_bonds_add_up(uint256 seed) external {
        uint64[6] memory apps;
        for (uint256 i = 0; i < 6; i++) {
            apps[i] = served(address(uint160(0x1000 + i)));
        }
        for (uint256 step = 0; step < 24; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 app = apps[seed % 6];
            uint64 open = complaints.openComplaintOf(app);
            if (open == 0) {
                if (locked() < staked()) file(app, uint128(1 + (seed >> 8) % 4 ether));
            } else {
                decide(open, seed >> 16);
            }
            if ((seed >> 200) % 4 == 0) advance(2 days);
            checkSums();
        }
    }

    function decide(uint64 id, uint256 seed) private {
        IComplaints.Complaint memory c = complaints.complaint(id);
        if (block.timestamp >= c.decideBy) {
            vm.prank(ANYONE);
            return complaints.dismiss(id);
        }
        vm.startPrank(COURT);
        if (seed % 3 == 0) complaints.rejectFrivolous(id);
        else if (seed % 3 == 1 || block.timestamp < c.answerBy) complaints.dismiss(id);
        else complaints.uphold(id, c.lockedBondedWei, c.lockedBondedWei / 2);
        vm.stopPrank();
    }

    function checkSums() private view {
        uint256 open = 0;
        uint256 credits = complaints.credit(WORKER_OWNER);
        for (uint64 id = 1; id <= complaints.complaintCount(); id++) {
            IComplaints.Complaint memory c = complaints.complaint(id);
            if (c.status == IComplaints.Status.Open) open += c.lockedBondedWei + c.lockedUnbondingWei;
        }
        for (uint256 i = 0; i < 6; i++) {
            address owner = address(uint160(0x1000 + i));
            credits += complaints.credit(owner);
            if (complaints.openComplaintOf(uint64(i + 2)) != 0) credits += BOND;
        }
        same(locked(), open, "locked is what open complaints claim");
        same(credits, complaints.liabilitiesWei(), "open bonds and credits");
        same(address(complaints).balance, complaints.liabilitiesWei(), "and they are there");
    }
}
