// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev An owner that is a contract; its receiver can refuse, or try to withdraw once more from within.
contract OwnerContract {
    enum Mood {
        Willing,
        Refusing,
        Greedy
    }

    ICloud private immutable cloud;
    Mood public mood;
    bool public innerFailed;

    constructor(ICloud cloud_) payable {
        cloud = cloud_;
    }

    function setMood(Mood next) external {
        mood = next;
    }

    function create(uint64 workerId, ICloud.Terms calldata terms, bytes calldata manifest) external returns (uint64) {
        return cloud.create{value: address(this).balance}(
            "dao", workerId, address(0), address(this).balance, terms, manifest, type(uint256).max
        );
    }

    function terminate(uint64 appId) external {
        cloud.terminate(appId);
    }

    function withdraw() external returns (uint256) {
        return cloud.withdraw(address(0));
    }

    function withdrawTo(address payable to) external returns (uint256) {
        return cloud.withdrawTo(address(0), to);
    }

    receive() external payable {
        if (mood == Mood.Refusing) revert("no");
        if (mood == Mood.Greedy) {
            try cloud.withdraw(address(0)) {}
            catch {
                innerFailed = true;
            }
        }
    }
}

contract EscrowTest is Fixture {
    function attestFor(uint64 appId, uint256 seconds_) internal {
        attest(appId, 1, 0, 1);
        while (seconds_ > 0) {
            uint256 step = seconds_ > LEASE ? LEASE : seconds_;
            advance(step);
            attest(appId, 1, 0, 1);
            seconds_ -= step;
        }
    }

    function minimumDeposit() private view returns (uint256 minimumWei) {
        (, minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
    }

    /// @dev An application that has used up its escrow: paused now.
    function pausedApp() private returns (uint64 appId) {
        appId = createApp(minimumDeposit());
        advance(10);
        attestFor(appId, MIN_ESCROW);
        cloud.settle(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "paused");
    }

    // -- settle

    function test_settle_pays_rent_for_attested_seconds_less_the_fee() public {
        uint64 appId = createApp(1 ether);
        advance(10);
        attestFor(appId, 1000);
        (uint64 attested, uint256 rentWei) = cloud.unsettled(appId);
        same(attested, 1000, "seconds");
        same(rentWei, 1000 * rate(appId), "rent");
        same(cloud.settle(appId), rentWei, "paid");
        same(cloud.credit(TREASURY, address(0)), rentWei * 200 / 10_000, "fee");
        same(cloud.credit(WORKER_OWNER, address(0)), rentWei - rentWei * 200 / 10_000, "worker");
        ICloud.App memory a = cloud.app(appId);
        same(a.settledSeconds, 1000, "settled");
        same(a.paidWei, rentWei, "paid so far");
        same(cloud.settle(appId), 0, "nothing twice");
        same(cloud.credit(WORKER_OWNER, address(0)), rentWei - rentWei * 200 / 10_000, "unchanged");
    }

    function test_nothing_attested_nothing_paid() public {
        uint64 appId = createApp(1 ether);
        advance(10 days);
        same(cloud.settle(appId), 0, "no lease");
        attest(appId, 1, 0, 1);
        advance(LEASE);
        same(cloud.settle(appId), 0, "the open interval is not paid");
    }

    function test_settle_never_pays_past_the_escrow_and_pauses_then() public {
        uint64 appId = createApp(minimumDeposit());
        advance(10);
        attestFor(appId, MIN_ESCROW - 1);
        cloud.settle(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Active, "one second left");
        attestFor(appId, 200);
        uint256 rent = rate(appId);
        same(cloud.settle(appId), rent, "the one second");
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Paused, "paused");
        same(a.settledSeconds, MIN_ESCROW, "escrow's worth");
        same(a.escrowWei, 0, "empty");
        ISubnet.Resources memory reserved = subnet.worker(WORKER_ID).reserved;
        same(reserved.cpuMilli, 0, "cpu freed");
        same(reserved.memoryMiB, 0, "memory freed");
        same(reserved.diskMiB, 1024, "disk kept");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.settle(appId);
        expectSkip(leaseAt(appId, 1, 0, 1, lastSecond()), ICloud.LeaseCode.AppNotActive);
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(1))), "no lease lives while paused");
    }

    // -- pause, resume, end

    function test_a_recharge_below_the_minimum_is_kept_and_the_minimum_resumes() public {
        uint64 appId = pausedApp();
        advance(100);
        uint256 rent = rate(appId);
        uint256 diskWei = cloud.app(appId).graceDepositWei / 7200;
        uint256 neededWei = rent * MIN_ESCROW + diskWei * 100;
        vm.deal(address(this), neededWei);
        cloud.recharge{value: neededWei - 1}(appId, neededWei - 1);
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "a wei short");
        uint256 earned = cloud.credit(WORKER_OWNER, address(0)) + cloud.credit(TREASURY, address(0));
        cloud.recharge{value: 1}(appId, 1);
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Active, "resumed");
        same(a.graceDepositWei, diskWei * 7200, "grace deposit full again");
        same(a.escrowWei, rent * MIN_ESCROW, "the minimum");
        same(
            cloud.credit(WORKER_OWNER, address(0)) + cloud.credit(TREASURY, address(0)) - earned,
            diskWei * 100,
            "disk while paused"
        );
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 500, "reserved again");
    }

    function test_evidence_from_before_a_pause_earns_nothing_after_it() public {
        uint64 appId = pausedApp();
        advance(20);
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        advance(20);
        attest(appId, 1, 0, 1);
        (uint64 attested,) = cloud.unsettled(appId);
        same(attested, 0, "the pause is not bridged");
        advance(20);
        attest(appId, 1, 0, 1);
        (attested,) = cloud.unsettled(appId);
        same(attested, 20, "counts again");
    }

    function test_evidence_made_during_a_pause_earns_nothing_after_it() public {
        uint64 appId = pausedApp();
        advance(20);
        ICloud.AttestationLease memory paused = leaseAt(appId, 1, 0, 1, lastSecond());
        advance(20);
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        expectSkip(paused, ICloud.LeaseCode.EvidenceNotNewer);
        advance(20);
        attest(appId, 1, 0, 1);
        (uint64 attested,) = cloud.unsettled(appId);
        same(attested, 0, "from the resumption on, between two pieces of evidence");
    }

    function test_an_application_ended_right_after_a_pause_pays_no_open_interval_from_before() public {
        uint64 appId = pausedApp();
        advance(5);
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        advance(5);
        uint64 settled = cloud.app(appId).settledSeconds;
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, settled, "nothing more");
    }

    function test_no_room_no_resumption_but_the_money_stays_the_owners() public {
        uint64 appId = pausedApp();
        ICloud.Terms memory rest = terms();
        rest.cpuMilli = 64_000;
        vm.deal(address(this), 100 ether);
        cloud.create{value: 50 ether}("rest", WORKER_ID, address(0), 50 ether, rest, MANIFEST, type(uint256).max);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "no room");
        same(cloud.app(appId).escrowWei, 1 ether, "kept");
        uint256 deposit = cloud.app(appId).graceDepositWei;
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.credit(OWNER, address(0)), 1 ether + deposit, "refunded");
    }

    function test_after_the_grace_anyone_ends_it_and_the_worker_has_its_disk_rent() public {
        uint64 appId = pausedApp();
        uint256 deposit = cloud.app(appId).graceDepositWei;
        uint256 earned = cloud.credit(WORKER_OWNER, address(0)) + cloud.credit(TREASURY, address(0));
        advance(7200);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, block.timestamp + 1));
        cloud.terminate(appId);
        advance(1);
        vm.deal(address(this), 1);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.recharge{value: 1}(appId, 1);
        advance(10 days);
        cloud.terminate(appId);
        same(
            cloud.credit(WORKER_OWNER, address(0)) + cloud.credit(TREASURY, address(0)) - earned,
            deposit,
            "the grace and no more"
        );
        same(cloud.credit(OWNER, address(0)), 0, "nothing left");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 0, "disk freed");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.terminate(appId);
    }

    function test_a_pause_drops_the_pending_version() public {
        uint64 appId = createApp(minimumDeposit() * 2);
        advance(10);
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        attestFor(appId, MIN_ESCROW * 3);
        cloud.settle(appId);
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Paused && a.pendingVersion == 0, "paused, dropped");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 1024, "one disk");
    }

    // -- terminate

    function test_the_owner_ends_to_the_second_with_the_open_interval_of_a_live_lease() public {
        uint64 appId = createApp(1 ether);
        uint256 rent = rate(appId);
        advance(10);
        attestFor(appId, 100);
        advance(LEASE - 2);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 100 + LEASE - 1, "up to now");
        same(cloud.credit(OWNER, address(0)), 1 ether - rent * (100 + LEASE - 1), "the rest");
        same(cloud.app(appId).escrowWei, 0, "nothing stays");
    }

    function test_a_lapsed_or_revoked_lease_has_no_open_interval() public {
        uint64 appId = createApp(1 ether);
        advance(10);
        attestFor(appId, 100);
        advance(LEASE - 1);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 100, "lapsed");
        appId = createApp(1 ether);
        advance(10);
        attestFor(appId, 100);
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(appId)));
        advance(50);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 100, "revoked");
    }

    function test_open_intervals_of_both_slots_count_once() public {
        uint64 appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(40);
        attest(appId, 2, 0, 2);
        advance(60);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 101, "union");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "both reservations freed");
    }

    function test_the_worker_may_end_what_never_had_a_lease_after_the_window() public {
        uint64 appId = createApp(1 ether);
        uint256 windowEnd = block.timestamp + 600;
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, windowEnd + 1));
        cloud.terminate(appId);
        advance(601);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.terminate(appId);
        vm.prank(WORKER_OPERATOR);
        cloud.terminate(appId);
        same(cloud.credit(OWNER, address(0)), 1 ether, "all back to the owner");
        appId = createApp(1 ether);
        advance(601);
        attest(appId, 1, 0, 1);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, WORKER_OWNER));
        cloud.terminate(appId);
    }

    // -- recharge and withdrawal

    function test_recharge_needs_an_amount_and_an_application() public {
        uint64 appId = createApp(1 ether);
        vm.expectRevert(ICloud.AmountZero.selector);
        cloud.recharge(appId, 0);
        vm.deal(address(this), 3);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.recharge{value: 1}(9, 1);
        cloud.recharge{value: 1}(appId, 1);
        vm.prank(OWNER);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.recharge{value: 1}(appId, 1);
    }

    function test_dust_stays_credited_until_it_makes_a_multiple() public {
        uint64 appId = createApp(1 ether + 7);
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        same(cloud.credit(OWNER, address(0)), 1 ether + 7, "refund to the wei");
        uint256 before = OWNER.balance;
        same(cloud.withdraw(address(0)), 1 ether, "multiple of 1e8");
        same(OWNER.balance - before, 1 ether, "received");
        same(cloud.credit(OWNER, address(0)), 7, "remainder");
        vm.expectRevert(ICloud.NothingToWithdraw.selector);
        cloud.withdraw(address(0));
        vm.stopPrank();
        appId = createApp(1 ether + 1e8 - 7);
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        same(cloud.withdrawTo(address(0), payable(address(0xBEEF))), 1 ether + 1e8, "remainder included");
        same(address(0xBEEF).balance, 1 ether + 1e8, "where it was sent");
        vm.expectRevert(ICloud.ZeroAddress.selector);
        cloud.withdrawTo(address(0), payable(address(0)));
    }

    function contractApp() private returns (OwnerContract dao, uint64 appId) {
        dao = new OwnerContract(cloud);
        vm.deal(address(dao), 1 ether);
        appId = dao.create(WORKER_ID, terms(), MANIFEST);
        dao.terminate(appId);
        same(cloud.credit(address(dao), address(0)), 1 ether, "credited");
    }

    function test_a_receiver_that_calls_back_gets_nothing_twice() public {
        (OwnerContract dao,) = contractApp();
        createApp(5 ether);
        dao.setMood(OwnerContract.Mood.Greedy);
        dao.withdraw();
        holds(dao.innerFailed(), "the inner call failed");
        same(address(dao).balance, 1 ether, "once");
        same(address(cloud).balance, 5 ether, "others' money untouched");
    }

    function test_a_receiver_that_refuses_harms_only_itself_and_can_send_elsewhere() public {
        (OwnerContract dao,) = contractApp();
        dao.setMood(OwnerContract.Mood.Refusing);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TransferFailed.selector, address(dao), 1 ether));
        dao.withdraw();
        same(cloud.credit(address(dao), address(0)), 1 ether, "still credited");
        dao.withdrawTo(payable(address(0xBEEF)));
        same(address(0xBEEF).balance, 1 ether, "elsewhere");
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_settled_rent_is_seconds_times_rate_whatever_the_rhythm(uint256 seed) public {
        uint64 appId = createApp(minimumDeposit() * 2);
        uint256 rent = rate(appId);
        uint256 deposited = cloud.app(appId).escrowWei;
        advance(2);
        attest(appId, 1, 0, 1);
        uint256 attested = 0;
        for (uint256 i = 0; i < 40 && cloud.app(appId).state == ICloud.AppState.Active; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 step = 1 + seed % (LEASE + 60);
            advance(step);
            attest(appId, 1, 0, 1);
            if (step <= LEASE) attested += step;
            if ((seed >> 128) % 3 == 0) cloud.settle(appId);
        }
        ICloud.App memory a = cloud.app(appId);
        holds(a.settledSeconds <= attested, "no more than attested");
        same(a.paidWei, a.settledSeconds * rent, "seconds times rate");
        same(deposited - a.escrowWei, a.paidWei, "out of the escrow");
    }
}
