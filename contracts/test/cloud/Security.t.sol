// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Security updates: at their deadline the old version's leases are dead, whatever the host does.
contract SecurityTest is Fixture {
    address private constant GUARDIAN = address(0x6A);
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
    }

    function fix(ICloud.Terms memory asked) private {
        vm.prank(OWNER);
        cloud.update(appId, asked, MANIFEST, type(uint256).max, 0, true);
    }

    function live(uint256 key) private view returns (bool) {
        return cloud.isLeaseLive(appId, vm.addr(instanceKey(key)));
    }

    function test_a_host_that_never_starts_the_fix_loses_the_old_lease_at_the_deadline() public {
        fix(terms());
        advance(700);
        attest(appId, 1, 0, 1);
        advance(200);
        holds(live(1), "through the deadline");
        attest(appId, 1, 0, 1);
        advance(1);
        holds(!live(1), "dead after it");
        expectSkip(leaseAt(appId, 1, 0, 1, lastSecond()), ICloud.LeaseCode.VersionWrong);
        same(cloud.app(appId).currentVersion, 2, "the fix is current");
        same(cloud.app(appId).settledSeconds, 200, "what was attested before is paid");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 500, "one reservation");
    }

    function test_a_running_fix_is_as_good_as_current_after_the_deadline_and_earns() public {
        fix(terms());
        advance(800);
        attest(appId, 2, 0, 2);
        advance(101);
        holds(live(2), "live");
        ICloud.App memory a = cloud.app(appId);
        holds(a.currentVersion == 2 && a.pendingVersion == 0, "current already, though nobody has touched it");
        same(cloud.lease(appId, 0, 0).version, 2, "in the current slot");
        attest(appId, 2, 0, 2);
        same(attestedSeconds(appId), 101, "earned by the fix");
    }

    function test_the_old_version_ended_at_the_deadline_whenever_anyone_touches_it() public {
        fix(terms());
        uint64 deadline = cloud.app(appId).pendingDeadline;
        advance(900);
        same(cloud.version(appId, 1).endedAt, 0, "at the deadline it is current");
        same(cloud.servedUntil(appId, 1), block.timestamp, "and serves");
        advance(100);
        for (uint256 i = 0; i < 2; i++) {
            same(cloud.version(appId, 1).endedAt, deadline, "ended");
            same(cloud.servedUntil(appId, 1), deadline, "served until then");
            cloud.settle(appId);
        }
        same(cloud.version(appId, 2).endedAt, 0, "the fix is current");
    }

    function test_rules_bind_what_runs_after_the_deadline_not_what_ran_before() public {
        ICloud.Terms memory less = terms();
        less.cpuMilli = 1;
        fix(less);
        uint256 rentWei = cloud.version(appId, 2).weiPerSecond;
        vm.startPrank(OWNER);
        vm.expectPartialRevert(ICloud.PriceAboveLimit.selector);
        cloud.setSpendingCap(appId, rentWei);
        vm.expectPartialRevert(ICloud.UpdatePending.selector);
        cloud.freeze(appId, type(uint64).max);
        advance(901);
        uint256 before = vm.snapshotState();
        cloud.setSpendingCap(appId, rentWei);
        vm.revertToState(before);
        cloud.freeze(appId, type(uint64).max);
        same(cloud.app(appId).currentVersion, 2, "the fix, for good");
    }

    function test_anyone_makes_it_formal_without_ready_and_nobody_before_the_deadline() public {
        fix(terms());
        advance(900);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PendingNotReady.selector, appId, 0));
        cloud.activate(appId, "");
        advance(1);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.VersionActivated(appId, 2, ICloud.Reason.SecurityDeadline);
        cloud.activate(appId, "");
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoPendingVersion.selector, appId));
        cloud.activate(appId, "");
    }

    function test_a_ready_fix_is_activated_like_any_update_before_the_deadline() public {
        fix(terms());
        advance(10);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).currentVersion, 2, "current");
    }

    function test_the_upgrade_delay_and_a_veto_hold_for_a_fix() public {
        ICloud.Terms memory slow = terms();
        slow.upgradeDelaySeconds = 1000;
        vm.deal(OWNER, 1 ether);
        vm.startPrank(OWNER);
        appId = cloud.create{value: 1 ether}("slow", 1, address(0), 1 ether, slow, MANIFEST, type(uint256).max);
        cloud.setGuardian(appId, GUARDIAN);
        vm.stopPrank();
        fix(terms());
        advance(1800);
        attest(appId, 1, 0, 1);
        advance(100);
        holds(live(1), "the delay and the window");
        vm.prank(GUARDIAN);
        cloud.dropPending(appId);
        advance(1);
        holds(live(1), "vetoed: the old version goes on");
    }

    function test_after_its_deadline_a_fix_cannot_be_dropped_by_anyone() public {
        fix(terms());
        advance(901);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoPendingVersion.selector, appId));
        cloud.dropPending(appId);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoPendingVersion.selector, appId));
        cloud.dropPending(appId);
    }

    function test_a_fix_without_the_funds_for_it_pauses_and_blocks_nothing() public {
        vm.prank(OWNER);
        cloud.terminate(appId);
        ICloud.Terms memory big = terms();
        (big.diskMiB, big.graceSeconds) = (2000, 30 days);
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), big);
        appId = createApp(minimumWei);
        fix(big);
        advance(2);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 3; i++) {
            advance(299);
            attest(appId, 1, 0, 1);
        }
        uint256 spent = 897 * rate(appId);
        advance(3);
        cloud.settle(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Active, "enough for both, a little less escrow");
        same(cloud.app(appId).escrowWei + cloud.app(appId).graceDepositWei, minimumWei - spent, "held");
        // Now one that cannot pay its deposit.
        vm.prank(OWNER);
        cloud.terminate(appId);
        ICloud.Terms memory cheap = terms();
        (cheap.cpuMilli, cheap.memoryMiB, cheap.diskMiB, cheap.graceSeconds) = (1, 1, 2000, 30 days);
        (, minimumWei,) = cloud.quote(WORKER_ID, address(0), cheap);
        appId = createApp(minimumWei);
        fix(cheap);
        advance(2);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 3; i++) {
            advance(299);
            attest(appId, 1, 0, 1);
        }
        advance(3);
        attest(appId, 2, 0, 2);
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Paused && a.pauseReason == ICloud.Reason.OutOfFunds, "paused");
        same(a.currentVersion, 2, "with the fix");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "cpu freed");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 2000, "its disk kept");
        advance(40 days);
        cloud.terminate(appId);
        same(cloud.app(appId).escrowWei + cloud.app(appId).graceDepositWei, 0, "ended");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 0, "freed");
    }

    function test_settling_what_a_fix_without_funds_takes_over_pays_and_pauses() public {
        vm.prank(OWNER);
        cloud.terminate(appId);
        ICloud.Terms memory cheap = terms();
        (cheap.cpuMilli, cheap.memoryMiB, cheap.diskMiB, cheap.graceSeconds) = (1, 1, 2000, 30 days);
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), cheap);
        appId = createApp(minimumWei);
        uint256 dueWei = 897 * rate(appId);
        fix(cheap);
        advance(2);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 3; i++) {
            advance(299);
            attest(appId, 1, 0, 1);
        }
        advance(3);
        same(cloud.settle(appId), dueWei, "what the old version has earned");
        holds(cloud.app(appId).state == ICloud.AppState.Paused, "no second of the fix is left");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.settle(appId);
    }

    function test_a_fix_with_more_replicas_takes_their_number_along() public {
        ICloud.Terms memory three = terms();
        three.replicas = 3;
        fix(three);
        advance(901);
        attest(appId, 2, 2, 7);
        same(cloud.app(appId).replicas, 3, "three");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 1500, "three");
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "freed");
    }

    function test_every_way_to_touch_it_takes_it_over_first() public {
        bytes[5] memory calls = [
            abi.encodeCall(ICloud.settle, (appId)),
            abi.encodeCall(ICloud.scale, (appId, 2, 0)),
            abi.encodeCall(ICloud.pause, (appId)),
            abi.encodeCall(ICloud.update, (appId, terms(), MANIFEST, type(uint256).max, 0, false)),
            abi.encodeCall(ICloud.terminate, (appId))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            fix(terms());
            uint32 fixed_ = cloud.app(appId).pendingVersion;
            advance(901);
            vm.prank(OWNER);
            (bool done,) = address(cloud).call(calls[i]);
            holds(done, "done");
            same(cloud.app(appId).currentVersion, fixed_, "taken over");
            vm.startPrank(OWNER);
            if (cloud.app(appId).state == ICloud.AppState.Paused) cloud.resume(appId);
            if (cloud.app(appId).pendingVersion != 0) cloud.dropPending(appId);
            vm.stopPrank();
        }
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "nothing stays reserved");
    }
}
