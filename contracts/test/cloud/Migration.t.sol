// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract MigrationTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        secondWorker();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
    }

    function migrate() private {
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
    }

    function activate() private {
        cloud.activate(appId, readySignature(appId, cloud.app(appId).pendingVersion, 0, 2));
    }

    function reservedCpu(uint64 workerId) private view returns (uint256) {
        return subnet.worker(workerId).reserved.cpuMilli;
    }

    function test_a_migration_is_a_pending_version_with_the_same_code_and_terms_on_the_other_worker() public {
        migrate();
        ICloud.Version memory v = cloud.version(appId, 2);
        ICloud.Version memory old = cloud.version(appId, 1);
        same(v.workerId, 2, "there");
        same(v.manifestVersion, 1, "its bytes are the first version's");
        holds(v.manifestDigest == old.manifestDigest && v.termsDigest == old.termsDigest, "same code and terms");
        same(cloud.app(appId).pendingVersion, 2, "pending");
        same(cloud.app(appId).pendingDeadline, block.timestamp + 900, "its window");
        same(cloud.appsOn(WORKER_ID, 0, 9)[0], appId, "still here");
        same(cloud.appsOn(2, 0, 9)[0], appId, "and there");
        same(reservedCpu(WORKER_ID), 500, "capacity here");
        same(reservedCpu(2), 500, "and there");
    }

    function test_seconds_until_activation_are_the_old_workers_and_paid_to_the_second() public {
        migrate();
        advance(20);
        attestThere(appId, 2, 0, 2);
        advance(40);
        attestThere(appId, 2, 0, 2);
        same(attestedSeconds(appId), 0, "the new one earns nothing yet");
        advance(40);
        attest(appId, 1, 0, 1);
        same(attestedSeconds(appId), 100, "the old one all of it");
        attestThere(appId, 2, 0, 2);
        advance(29);
        activate();
        same(cloud.app(appId).settledSeconds, 130, "its open interval, too");
        holds(cloud.appsOn(WORKER_ID, 0, 9).length == 0 && cloud.appsOn(2, 0, 9)[0] == appId, "moved");
        same(reservedCpu(WORKER_ID), 0, "freed");
        same(reservedCpu(2), 500, "kept");
        same(cloud.version(appId, 1).endedAt, block.timestamp, "the old version has ended");
        advance(31);
        attestThere(appId, 2, 0, 2);
        same(attestedSeconds(appId), 30, "the new worker's from the activation on");
    }

    function test_a_lapsed_old_lease_has_no_open_interval_at_the_activation() public {
        advance(LEASE);
        migrate();
        advance(1);
        attestThere(appId, 2, 0, 2);
        activate();
        same(cloud.app(appId).settledSeconds, 0, "nothing");
        advance(50);
        attestThere(appId, 2, 0, 2);
        same(attestedSeconds(appId), 49, "the new worker's, from the activation on");
    }

    function test_a_dropped_migration_leaves_no_trace_in_lists_and_capacity() public {
        migrate();
        advance(50);
        attestThere(appId, 2, 0, 2);
        advance(50);
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.dropPending(appId);
        same(cloud.appsOnCount(2), 0, "left");
        same(reservedCpu(2), 0, "freed");
        same(cloud.servedUntil(appId, 2), block.timestamp, "it did serve: complaints can name it");
        advance(50);
        attest(appId, 1, 0, 1);
        same(attestedSeconds(appId), 150, "the old worker goes on as before");
    }

    function test_a_migration_right_after_an_update_counts_no_second_twice() public {
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(10);
        attest(appId, 2, 0, 2);
        advance(90);
        attest(appId, 1, 0, 1);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).settledSeconds, 100, "by the old instance");
        migrate();
        advance(1);
        attestThere(appId, 3, 0, 3);
        advance(49);
        attest(appId, 2, 0, 2);
        same(attestedSeconds(appId), 49, "from the activation on, what came before was paid");
        vm.prank(OWNER);
        cloud.dropPending(appId);
        advance(50);
        attest(appId, 2, 0, 2);
        holds(attestedSeconds(appId) <= 99, "never more than attested");
    }

    function test_a_migration_needs_no_upgrade_delay_and_passes_a_freeze() public {
        ICloud.Terms memory slow = terms();
        slow.upgradeDelaySeconds = 1000;
        vm.deal(OWNER, 1 ether);
        vm.startPrank(OWNER);
        appId = cloud.create{value: 1 ether}("slow", 1, address(0), 1 ether, slow, MANIFEST, type(uint256).max);
        cloud.freeze(appId, type(uint64).max);
        vm.stopPrank();
        migrate();
        advance(1);
        attestThere(appId, 2, 0, 2);
        activate();
        same(cloud.app(appId).currentVersion, 2, "moved");
    }

    function test_a_migration_is_refused_where_it_cannot_be() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.migrate(appId, 2, type(uint256).max, 0);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.WorkerUnfit.selector, 1, "same"));
        cloud.migrate(appId, 1, type(uint256).max, 0);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        cloud.migrate(appId, 9, type(uint256).max, 0);
        uint256 rent = rate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, rent, rent - 1));
        cloud.migrate(appId, 2, rent - 1, 0);
        cloud.migrate(appId, 2, rent, 0);
        vm.expectRevert(abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        cloud.migrate(appId, 2, rent, 0);
        vm.expectRevert(abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.migrate(appId, 2, rent, 0);
    }

    function test_a_migration_needs_the_minimum_and_may_bring_it() public {
        (, uint256 minimumWei,) = cloud.quote(2, address(0), terms());
        vm.deal(OWNER, 2 * minimumWei);
        vm.startPrank(OWNER);
        appId = cloud.create{value: minimumWei}("m", 1, address(0), minimumWei, terms(), MANIFEST, type(uint256).max);
        vm.stopPrank();
        advance(1);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        uint256 owedWei = 100 * rate(appId);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, minimumWei - owedWei, minimumWei));
        cloud.migrate(appId, 2, type(uint256).max, 0);
        cloud.migrate{value: owedWei}(appId, 2, type(uint256).max, owedWei);
    }

    function test_a_scaled_application_migrates_with_the_replicas_it_has() public {
        vm.prank(OWNER);
        cloud.scale(appId, 3, 0);
        migrate();
        same(reservedCpu(2), 1500, "three");
        advance(1);
        bytes memory ready;
        for (uint16 i = 0; i < 3; i++) {
            attestThere(appId, 2, i, 10 + i);
            ready = bytes.concat(ready, readySignature(appId, 2, i, 10 + i));
        }
        cloud.activate(appId, ready);
        same(cloud.app(appId).replicas, 3, "three");
        same(cloud.version(appId, 2).terms.replicas, 1, "the terms are those of the manifest");
        same(cloud.app(appId).graceDepositWei, 3 * uint256(102_400_000 + 97_600_000) * 7200, "deposit of three");
    }

    // -- paused applications move at once

    function test_a_paused_application_moves_at_once_and_starts_there() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        advance(100);
        uint256 paidWei = cloud.app(appId).paidWei;
        uint256 deposit = cloud.app(appId).graceDepositWei;
        migrate();
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Active && a.currentVersion == 2 && a.pendingVersion == 0, "there");
        same(a.paidWei - paidWei, deposit / 7200 * 100, "the old disk is paid");
        same(a.graceDepositWei, deposit, "a full deposit");
        holds(cloud.appsOn(WORKER_ID, 0, 9).length == 0 && cloud.appsOn(2, 0, 9)[0] == appId, "moved");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 0, "old disk freed");
        same(reservedCpu(2), 500, "capacity there");
        advance(10);
        attestThere(appId, 2, 0, 2);
        advance(10);
        attestThere(appId, 2, 0, 2);
        same(attestedSeconds(appId), 10, "it earns there");
    }

    function test_a_moved_application_has_a_new_start_window() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        advance(700);
        migrate();
        uint256 windowEnd = block.timestamp + 600;
        advance(600);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, windowEnd + 1));
        cloud.terminate(appId);
        advance(1);
        vm.prank(WORKER_OPERATOR);
        cloud.terminate(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Ended, "never leased there");
    }

    function test_a_paused_application_moves_only_within_its_grace_and_with_the_minimum() public {
        (, uint256 minimumWei,) = cloud.quote(2, address(0), terms());
        vm.prank(OWNER);
        cloud.terminate(appId);
        appId = createApp(minimumWei);
        vm.startPrank(OWNER);
        cloud.pause(appId);
        vm.stopPrank();
        advance(100);
        uint256 diskWei = cloud.app(appId).graceDepositWei / 7200 * 100;
        vm.deal(OWNER, diskWei);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, minimumWei - diskWei, minimumWei));
        cloud.migrate(appId, 2, type(uint256).max, 0);
        vm.stopPrank();
        advance(7101);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        cloud.migrate(appId, 2, type(uint256).max, 0);
    }

    function test_lists_of_workers_stay_right_when_pending_and_current_ones_leave() public {
        uint64[3] memory ids;
        vm.deal(OWNER, 3 ether);
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(OWNER);
            ids[i] = cloud.create{value: 1 ether}(
                bytes32(i + 1), 2, address(0), 1 ether, terms(), MANIFEST, type(uint256).max
            );
        }
        migrate();
        vm.startPrank(OWNER);
        cloud.terminate(ids[0]);
        uint64[] memory there = cloud.appsOn(2, 0, 9);
        holds(
            there.length == 3 && there[0] == appId && there[1] == ids[1] && there[2] == ids[2], "pending fills the gap"
        );
        cloud.dropPending(appId);
        there = cloud.appsOn(2, 0, 9);
        holds(there.length == 2 && there[0] == ids[2] && there[1] == ids[1], "the pending one left from its new place");
        cloud.terminate(ids[2]);
        cloud.terminate(ids[1]);
        same(cloud.appsOnCount(2), 0, "none");
        same(cloud.appsOnCount(1), 1, "the one that stayed");
    }
}
