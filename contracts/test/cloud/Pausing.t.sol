// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev An owner's own pause, a worker's notice, and the DAO's stop of new leases.
contract PausingTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
    }

    function noticeOf(uint64 id) private {
        uint64[] memory ids = new uint64[](1);
        ids[0] = id;
        cloud.giveNotice(ids);
    }

    // -- pause and resume by the owner

    function test_an_owners_pause_pays_to_the_second_and_keeps_the_disk() public {
        advance(50);
        vm.prank(OWNER);
        cloud.pause(appId);
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Paused && a.pauseReason == ICloud.Reason.ByOwner, "paused");
        same(a.pausedAt, block.timestamp, "now");
        same(a.settledSeconds, 51, "the open interval is paid: a pause before each renewal would be free otherwise");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "cpu freed");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 1024, "disk kept");
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(1))), "no lease lives");
    }

    function test_only_the_owner_resumes_its_own_pause() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        advance(100);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.resume(appId);
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "a recharge does not wake it either");
        uint256 deposit = cloud.app(appId).graceDepositWei;
        vm.startPrank(OWNER);
        cloud.resume(appId);
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Active && a.pauseReason == ICloud.Reason.None, "resumed");
        same(a.graceDepositWei, deposit, "deposit full again");
        same(a.paidWei, rate(appId) + deposit / 7200 * 100, "the second before the pause, the disk during it");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Active));
        cloud.resume(appId);
        cloud.pause(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.pause(appId);
    }

    function test_anyone_resumes_what_ran_out_of_funds_once_funds_and_room_are_there() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        vm.prank(OWNER);
        cloud.terminate(appId);
        appId = createApp(minimumWei);
        advance(1);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 12; i++) {
            advance(LEASE);
            attest(appId, 1, 0, 1);
        }
        cloud.settle(appId);
        holds(cloud.app(appId).pauseReason == ICloud.Reason.OutOfFunds, "out of funds");
        vm.expectPartialRevert(ICloud.DepositTooLow.selector);
        cloud.resume(appId);
        ICloud.Terms memory rest = terms();
        rest.cpuMilli = 64_000;
        vm.deal(address(this), 100 ether);
        uint64 big = cloud.create{value: 50 ether}("b", 1, address(0), 50 ether, rest, MANIFEST, type(uint256).max);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoRoom.selector, WORKER_ID));
        cloud.resume(appId);
        cloud.terminate(big);
        cloud.resume(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Active, "resumed");
    }

    function test_after_the_grace_nothing_resumes() public {
        vm.startPrank(OWNER);
        cloud.pause(appId);
        advance(7201);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.resume(appId);
    }

    function test_only_the_owner_pauses() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.pause(appId);
    }

    function test_dust_cannot_put_off_the_end_of_the_grace() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        vm.deal(address(this), 100);
        for (uint256 i = 0; i < 4; i++) {
            advance(1800);
            cloud.recharge{value: 1}(appId, 1);
        }
        advance(1);
        cloud.terminate(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Ended, "ended all the same");
    }

    // -- notice

    function test_a_worker_may_end_an_application_after_its_notice_and_not_before() public {
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, WORKER_OPERATOR));
        cloud.terminate(appId);
        vm.prank(WORKER_OPERATOR);
        noticeOf(appId);
        uint256 until = block.timestamp + 1 days;
        same(cloud.app(appId).noticeUntil, until, "a day");
        advance(1 days);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, until + 1));
        cloud.terminate(appId);
        attest(appId, 1, 0, 1);
        advance(1);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.terminate(appId);
        vm.prank(WORKER_OWNER);
        cloud.terminate(appId);
        same(cloud.credit(OWNER, address(0)), 1 ether, "no open interval when the worker ends it");
    }

    function test_a_second_notice_changes_nothing() public {
        vm.startPrank(WORKER_OPERATOR);
        noticeOf(appId);
        uint256 until = cloud.app(appId).noticeUntil;
        advance(100);
        noticeOf(appId);
        same(cloud.app(appId).noticeUntil, until, "the first one counts");
    }

    function test_notice_is_the_current_workers_alone_and_of_one_to_sixty_four() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotWorker.selector, address(this)));
        noticeOf(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.BatchSize.selector, 0));
        cloud.giveNotice(new uint64[](0));
        vm.expectRevert(abi.encodeWithSelector(ICloud.BatchSize.selector, 65));
        cloud.giveNotice(new uint64[](65));
        vm.prank(OWNER);
        cloud.terminate(appId);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        noticeOf(appId);
    }

    function test_a_notice_also_ends_a_pause_and_does_not_follow_a_migration() public {
        secondWorker();
        vm.prank(WORKER_OWNER);
        noticeOf(appId);
        vm.startPrank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        vm.stopPrank();
        advance(1);
        attestThere(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).noticeUntil, 0, "another worker, no notice");
        vm.prank(WORKER_OWNER);
        noticeOf(appId);
        ICloud.Terms memory t = terms();
        t.graceSeconds = 30 days;
        vm.prank(OWNER);
        cloud.pause(appId);
        advance(1 days + 1);
        vm.prank(WORKER_OWNER);
        cloud.terminate(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Ended, "ended while paused");
    }

    // -- the DAO's stop

    function test_while_new_leases_are_paused_nothing_new_begins_and_what_runs_goes_on() public {
        secondWorker();
        uint64 until = uint64(block.timestamp + 7 days);
        vm.prank(FAST);
        cloud.pauseNewLeases(until);
        same(cloud.newLeasesPausedUntil(), until, "until");
        bytes memory why = abi.encodeWithSelector(ICloud.NewLeasesArePaused.selector, until);
        vm.deal(OWNER, 2 ether);
        vm.startPrank(OWNER);
        vm.expectRevert(why);
        cloud.create{value: 1 ether}("n", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        vm.expectRevert(why);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, true);
        vm.expectRevert(why);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        vm.expectRevert(why);
        cloud.scale(appId, 2, 0);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        vm.stopPrank();
        advance(50);
        attest(appId, 1, 0, 1);
        same(cloud.settle(appId), 50 * rate(appId), "paid");
        vm.startPrank(OWNER);
        cloud.pause(appId);
        vm.expectRevert(why);
        cloud.resume(appId);
        cloud.terminate(appId);
        cloud.withdraw(address(0));
        vm.stopPrank();
        vm.warp(until);
        createApp(1 ether);
    }

    function test_a_recharge_while_new_leases_are_paused_is_kept_and_resumes_nothing() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        vm.prank(OWNER);
        cloud.terminate(appId);
        appId = createApp(minimumWei);
        advance(1);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 12; i++) {
            advance(LEASE);
            attest(appId, 1, 0, 1);
        }
        cloud.settle(appId);
        vm.prank(FAST);
        cloud.pauseNewLeases(uint64(block.timestamp + 100));
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        same(cloud.app(appId).escrowWei, 1 ether, "kept");
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "paused");
        advance(100);
        cloud.resume(appId);
    }

    function test_new_leases_stop_for_seven_days_at_most_and_only_by_the_dao() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        cloud.pauseNewLeases(1);
        vm.startPrank(FAST);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "until"));
        cloud.pauseNewLeases(uint64(block.timestamp + 7 days + 1));
        cloud.pauseNewLeases(uint64(block.timestamp + 7 days));
        cloud.pauseNewLeases(0);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, FAST));
        cloud.setTreasury(FAST);
        vm.stopPrank();
        vm.prank(OWNER);
        cloud.scale(appId, 2, 0);
    }
}
