// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Stand} from "./Stand.sol";

contract ComplaintsTest is Stand {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = served(OWNER);
    }

    // -- filing

    function test_a_complaint_locks_what_it_claims_and_holds_the_bond() external {
        uint64 id = file(appId, 3 ether);
        IComplaints.Complaint memory c = complaints.complaint(id);
        same(c.workerId, WORKER_ID, "worker");
        holds(c.complainant == OWNER && c.status == IComplaints.Status.Open, "open, of the owner");
        same(c.lockedBondedWei, 3 ether, "locked in the record");
        same(locked(), 3 ether, "locked in the Subnet");
        same(address(complaints).balance, BOND, "bond held");
        same(complaints.liabilitiesWei(), BOND, "bond owed");
        same(complaints.openComplaintOf(appId), id, "open one of the application");
        same(complaints.deadlineOf(id), block.timestamp + 21 days, "deadline");
    }

    function test_a_claim_above_the_stake_locks_what_there_is() external {
        uint64 id = file(appId, type(uint128).max);
        same(locked(), STAKE, "all of it");
        same(complaints.complaint(id).claimedWei, type(uint128).max, "the claim as it was made");
    }

    function test_a_second_complaint_locks_only_what_the_first_has_left() external {
        uint64 other = served(address(0x0A12));
        uint64 third = served(address(0x0A13));
        file(appId, 7 ether);
        uint64 second = file(other, 7 ether);
        same(complaints.complaint(second).lockedBondedWei, 3 ether, "the rest");
        vm.deal(address(0x0A13), BOND);
        refuse(abi.encodeWithSelector(IComplaints.NothingToClaim.selector, WORKER_ID));
        vm.prank(address(0x0A13));
        complaints.file{value: BOND}(third, 1, 1, EVIDENCE, "");
    }

    function test_only_the_owner_of_the_application_may_complain() external {
        vm.deal(WORKER_OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.NotAppOwner.selector, WORKER_OWNER));
        vm.prank(WORKER_OWNER);
        complaints.file{value: BOND}(appId, 1, 1 ether, EVIDENCE, "");
    }

    function test_an_application_has_one_open_complaint() external {
        uint64 first = file(appId, 1 ether);
        vm.deal(OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.ComplaintOpen.selector, appId, first));
        vm.prank(OWNER);
        complaints.file{value: BOND}(appId, 1, 1 ether, EVIDENCE, "");
        vm.prank(COURT);
        complaints.dismiss(first);
        same(file(appId, 1 ether), first + 1, "and another once it is closed");
    }

    function test_the_bond_is_exact() external {
        vm.deal(OWNER, 1 ether);
        vm.startPrank(OWNER);
        refuse(abi.encodeWithSelector(IComplaints.BondWrong.selector, BOND - 1, BOND));
        complaints.file{value: BOND - 1}(appId, 1, 1, EVIDENCE, "");
        refuse(abi.encodeWithSelector(IComplaints.BondWrong.selector, BOND + 1, BOND));
        complaints.file{value: BOND + 1}(appId, 1, 1, EVIDENCE, "");
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, "");
        vm.stopPrank();
    }

    function test_nothing_empty_is_filed() external {
        vm.deal(OWNER, 1 ether);
        vm.startPrank(OWNER);
        refuse(abi.encodeWithSelector(IComplaints.ClaimZero.selector));
        complaints.file{value: BOND}(appId, 1, 0, EVIDENCE, "");
        refuse(abi.encodeWithSelector(IComplaints.ZeroDigest.selector));
        complaints.file{value: BOND}(appId, 1, 1, 0, "");
        refuse(abi.encodeWithSelector(IComplaints.UriLength.selector, 129));
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, string(new bytes(129)));
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, string(new bytes(128)));
        vm.stopPrank();
    }

    function test_a_version_that_never_ran_is_out_of_reach() external {
        vm.deal(OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.OutOfReach.selector, appId, 2, 0));
        vm.prank(OWNER);
        complaints.file{value: BOND}(appId, 2, 1, EVIDENCE, "");
    }

    function test_the_reach_ends_with_its_last_second() external {
        uint64 endedAt = uint64(block.timestamp);
        end(appId);
        advance(14 days);
        uint64 id = file(appId, 1);
        vm.prank(COURT);
        complaints.dismiss(id);
        advance(1);
        vm.deal(OWNER, BOND);
        refuse(abi.encodeWithSelector(IComplaints.OutOfReach.selector, appId, 1, endedAt));
        vm.prank(OWNER);
        complaints.file{value: BOND}(appId, 1, 1, EVIDENCE, "");
    }

    // -- answering

    function test_owner_or_operator_of_the_worker_answers_once() external {
        uint64 id = file(appId, 1 ether);
        refuse(abi.encodeWithSelector(IComplaints.NotWorker.selector, OWNER));
        vm.prank(OWNER);
        complaints.answer(id, EVIDENCE, "");
        refuse(abi.encodeWithSelector(IComplaints.ZeroDigest.selector));
        vm.prank(WORKER_OWNER);
        complaints.answer(id, 0, "");
        refuse(abi.encodeWithSelector(IComplaints.UriLength.selector, 129));
        vm.prank(WORKER_OWNER);
        complaints.answer(id, EVIDENCE, string(new bytes(129)));
        vm.prank(WORKER_OPERATOR);
        complaints.answer(id, EVIDENCE, string(new bytes(128)));
        same(complaints.complaint(id).answeredAt, block.timestamp, "answered now");
        refuse(abi.encodeWithSelector(IComplaints.AlreadyAnswered.selector, id));
        vm.prank(WORKER_OWNER);
        complaints.answer(id, EVIDENCE, "");
    }

    function test_an_answer_comes_before_the_deadline() external {
        uint64 id = file(appId, 1 ether);
        uint64 late = file(served(address(0x0A12)), 1 ether);
        advance(21 days - 1);
        vm.startPrank(WORKER_OWNER);
        complaints.answer(id, EVIDENCE, "");
        advance(1);
        refuse(abi.encodeWithSelector(IComplaints.TooLate.selector, block.timestamp));
        complaints.answer(late, EVIDENCE, "");
        vm.stopPrank();
    }

    // -- deciding

    function test_upheld_the_loss_is_the_complainants_and_the_rest_the_treasurys() external {
        uint64 id = file(appId, 4 ether);
        answered(id);
        vm.prank(COURT);
        complaints.uphold(id, 3 ether, 2 ether);
        same(staked(), STAKE - 3 ether, "slashed");
        same(locked(), 0, "the rest of the lock is free");
        same(subnet.credit(OWNER), 2 ether, "loss");
        same(subnet.credit(TREASURY), 1 ether, "rest");
        same(complaints.credit(OWNER), BOND, "bond");
        same(complaints.openComplaintOf(appId), 0, "none open");
    }

    function test_no_more_is_slashed_than_was_locked_and_no_more_lost_than_slashed() external {
        uint64 id = file(appId, 4 ether);
        answered(id);
        vm.startPrank(COURT);
        refuse(abi.encodeWithSelector(IComplaints.SlashAboveClaim.selector, 4 ether + 1, 4 ether));
        complaints.uphold(id, 4 ether + 1, 0);
        refuse(abi.encodeWithSelector(IComplaints.LossAboveSlash.selector, 2 ether + 1, 2 ether));
        complaints.uphold(id, 2 ether, 2 ether + 1);
        refuse(abi.encodeWithSelector(IComplaints.SlashZero.selector));
        complaints.uphold(id, 0, 0);
        complaints.uphold(id, 4 ether, 4 ether);
        vm.stopPrank();
        same(subnet.credit(OWNER), 4 ether, "all of it");
    }

    function test_nothing_is_upheld_before_the_worker_could_answer() external {
        uint64 id = file(appId, 4 ether);
        uint256 answerBy = block.timestamp + 3 days;
        advance(3 days - 1);
        vm.startPrank(COURT);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, answerBy));
        complaints.uphold(id, 1, 1);
        advance(1);
        complaints.uphold(id, 1, 1);
        vm.stopPrank();
    }

    function test_nothing_is_decided_from_the_deadline_on() external {
        uint64 id = file(appId, 4 ether);
        uint64 other = file(served(address(0x0A12)), 4 ether);
        advance(21 days - 1);
        vm.startPrank(COURT);
        complaints.uphold(other, 1, 1);
        advance(1);
        refuse(abi.encodeWithSelector(IComplaints.TooLate.selector, block.timestamp));
        complaints.uphold(id, 1, 1);
        refuse(abi.encodeWithSelector(IComplaints.TooLate.selector, block.timestamp));
        complaints.rejectFrivolous(id);
        vm.stopPrank();
    }

    function test_a_frivolous_bond_is_the_workers() external {
        uint64 id = file(appId, 4 ether);
        vm.prank(COURT);
        complaints.rejectFrivolous(id);
        holds(statusOf(id) == IComplaints.Status.Frivolous, "frivolous");
        same(locked(), 0, "free");
        same(complaints.credit(WORKER_OWNER), BOND, "the worker's");
        same(complaints.credit(OWNER), 0, "not the complainant's");
        vm.prank(WORKER_OWNER);
        complaints.withdraw(payable(ANYONE));
        same(ANYONE.balance, BOND, "paid");
        same(complaints.liabilitiesWei(), 0, "nothing owed");
    }

    function test_the_court_alone_decides() external {
        uint64 id = file(appId, 4 ether);
        answered(id);
        address[3] memory others = [OWNER, WORKER_OWNER, ADMIN];
        for (uint256 i = 0; i < others.length; i++) {
            bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]);
            vm.startPrank(others[i]);
            refuse(reason);
            complaints.uphold(id, 1, 1);
            refuse(reason);
            complaints.rejectFrivolous(id);
            vm.stopPrank();
        }
    }

    function test_the_court_dismisses_at_any_time_others_from_the_deadline_on() external {
        uint64 first = file(appId, 1 ether);
        uint64 second = file(served(address(0x0A13)), 1 ether);
        uint256 deadline = block.timestamp + 21 days;
        vm.prank(COURT);
        complaints.dismiss(first);
        advance(21 days - 1);
        address[2] memory parties = [WORKER_OWNER, address(0x0A13)];
        for (uint256 i = 0; i < 2; i++) {
            refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, deadline));
            vm.prank(parties[i]);
            complaints.dismiss(second);
        }
        advance(1);
        vm.prank(ANYONE);
        complaints.dismiss(second);
        same(complaints.credit(OWNER), BOND, "bond back");
        same(complaints.credit(address(0x0A13)), BOND, "bond back");
        same(locked(), 0, "all free");
    }

    function test_a_closed_complaint_stays_closed() external {
        uint64 id = file(appId, 4 ether);
        file(served(address(0x0A12)), 4 ether);
        answered(id);
        vm.prank(COURT);
        complaints.uphold(id, 1 ether, 1 ether);
        bytes memory reason =
            abi.encodeWithSelector(IComplaints.ComplaintNotOpen.selector, id, IComplaints.Status.Upheld);
        vm.startPrank(COURT);
        refuse(reason);
        complaints.uphold(id, 1 ether, 1 ether);
        refuse(reason);
        complaints.rejectFrivolous(id);
        refuse(reason);
        complaints.dismiss(id);
        vm.stopPrank();
        refuse(reason);
        vm.prank(WORKER_OWNER);
        complaints.answer(id, EVIDENCE, "");
        same(locked(), 4 ether, "the other one's lock is untouched");
    }

    function test_an_unknown_complaint_is_refused() external {
        bytes memory reason = abi.encodeWithSelector(IComplaints.ComplaintUnknown.selector, 1);
        refuse(reason);
        complaints.complaint(1);
        refuse(reason);
        complaints.deadlineOf(1);
        refuse(reason);
        complaints.dismiss(1);
        refuse(reason);
        vm.prank(COURT);
        complaints.uphold(1, 1, 1);
    }

    // -- rules

    function test_rules_set_later_do_not_change_open_complaints() external {
        uint64 id = file(appId, 1 ether);
        uint64 deadline = complaints.deadlineOf(id);
        IComplaints.Rules memory next = rules();
        (next.bondWei, next.answerSeconds, next.decisionSeconds) = (2 * BOND, 1, 2);
        vm.prank(ADMIN);
        complaints.setRules(next);
        same(complaints.deadlineOf(id), deadline, "its own deadline");
        advance(2);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, deadline));
        vm.prank(ANYONE);
        complaints.dismiss(id);
        refuse(abi.encodeWithSelector(IComplaints.TooEarly.selector, complaints.complaint(id).answerBy));
        vm.prank(COURT);
        complaints.uphold(id, 1, 1);
        vm.prank(COURT);
        complaints.dismiss(id);
        same(complaints.credit(OWNER), BOND, "its own bond");
    }

    function test_rules_have_bounds() external {
        refuseRules("bondWei", 0, 14 days, 3 days, 21 days);
        refuseRules("bondWei", 1e8 + 1, 14 days, 3 days, 21 days);
        refuseRules("reachSeconds", 1e8, 0, 3 days, 21 days);
        refuseRules("reachSeconds", 1e8, 14 days + 1, 3 days, 21 days);
        refuseRules("decisionSeconds", 1e8, 14 days, 3 days, 21 days + 1);
        refuseRules("answerSeconds", 1e8, 14 days, 0, 21 days);
        refuseRules("answerSeconds", 1e8, 14 days, 21 days, 21 days);
        vm.prank(ADMIN);
        complaints.setRules(IComplaints.Rules(1e8, 14 days, 21 days - 1, 21 days));
        same(complaints.rules().bondWei, 1e8, "set");
    }

    function test_no_complaints_without_an_authority_a_cloud_and_a_subnet() external {
        notDeployed("Complaints", abi.encode(address(0), cloud, subnet, rules()));
        notDeployed("Complaints", abi.encode(manager, address(0), subnet, rules()));
        notDeployed("Complaints", abi.encode(manager, cloud, address(0), rules()));
        IComplaints.Rules memory none;
        notDeployed("Complaints", abi.encode(manager, cloud, subnet, none));
        deploy("Complaints", abi.encode(manager, cloud, subnet, rules()));
    }

    function test_the_dao_alone_sets_rules() external {
        refuse(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, COURT));
        vm.prank(COURT);
        complaints.setRules(rules());
    }

    // -- reading

    function test_pages_hold_at_most_a_hundred() external {
        for (uint256 i = 0; i < 101; i++) {
            file(served(OWNER), 1);
        }
        same(complaints.complaints(1, 1000).length, 100, "a page");
        same(complaints.complaints(101, 1000).length, 1, "the rest");
        same(complaints.complaints(2, 3)[2].appId, 5, "application of the fourth");
        same(complaints.complaints(0, 10).length, 0, "ids start at one");
        same(complaints.complaints(102, 10).length, 0, "past the end");
    }

    function refuseRules(string memory name, uint128 bondWei, uint64 reach, uint64 answer, uint64 decision) private {
        refuse(abi.encodeWithSelector(IComplaints.RuleInvalid.selector, name));
        vm.prank(ADMIN);
        complaints.setRules(IComplaints.Rules(bondWei, reach, answer, decision));
    }
}
