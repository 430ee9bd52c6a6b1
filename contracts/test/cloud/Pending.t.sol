// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Money while a version is pending: the owner pays for what is current, the worker's pay is not set aside.
contract PendingTest is Fixture {
    function updateTo(uint64 appId, ICloud.Terms memory asked) private {
        vm.prank(OWNER);
        cloud.update(appId, asked, MANIFEST, type(uint256).max, 0, false);
    }

    function unsettledSeconds(uint64 appId) private view returns (uint64 attested) {
        (attested,) = cloud.unsettled(appId);
    }

    function threeSmall() private pure returns (ICloud.Terms memory asked) {
        asked = terms();
        (asked.replicas, asked.cpuMilli) = (3, 10);
    }

    function longGrace() private pure returns (ICloud.Terms memory asked) {
        asked = terms();
        (asked.cpuMilli, asked.memoryMiB, asked.diskMiB, asked.graceSeconds) = (1, 1, 2000, 30 days);
    }

    function attestAll(uint64 appId, uint32 version) private returns (bytes memory ready) {
        for (uint16 replica = 0; replica < 3; replica++) {
            attest(appId, version, replica, 10 + replica);
            ready = bytes.concat(ready, readySignature(appId, version, replica, 10 + replica));
        }
    }

    function test_replicas_that_only_the_pending_version_has_earn_from_its_activation_on() public {
        uint64 appId = createApp(1 ether);
        updateTo(appId, threeSmall());
        advance(10);
        attestAll(appId, 2);
        advance(100);
        bytes memory ready = attestAll(appId, 2);
        same(unsettledSeconds(appId), 100, "one replica at the current rent, not three");
        cloud.activate(appId, ready);
        advance(50);
        attestAll(appId, 2);
        same(unsettledSeconds(appId), 150, "three at the new one");
    }

    function test_open_intervals_of_replicas_that_only_the_pending_version_has_are_not_paid() public {
        uint64 appId = createApp(1 ether);
        updateTo(appId, threeSmall());
        advance(10);
        attestAll(appId, 2);
        advance(99);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 100, "one replica");
    }

    function test_a_pending_version_with_a_large_deposit_does_not_hold_back_the_workers_pay() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), longGrace());
        uint64 appId = createApp(minimumWei);
        uint256 rent = rate(appId);
        advance(10);
        attest(appId, 1, 0, 1);
        updateTo(appId, longGrace());
        for (uint256 i = 0; i < 20; i++) {
            advance(LEASE);
            attest(appId, 1, 0, 1);
        }
        same(unsettledSeconds(appId), 20 * LEASE, "attested");
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).paidWei, rent * (20 * LEASE + 1), "paid to the last second");
    }

    function test_an_update_pays_what_is_attested_before_it_counts_what_is_held() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        uint64 appId = createApp(minimumWei);
        uint256 owedWei = 100 * rate(appId);
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        vm.deal(OWNER, owedWei);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, minimumWei - owedWei, minimumWei));
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        cloud.update{value: owedWei}(appId, terms(), MANIFEST, type(uint256).max, owedWei, false);
        same(cloud.app(appId).paidWei, owedWei, "paid");
    }

    function test_activation_needs_the_new_versions_grace_deposit_and_a_second_of_its_rent() public {
        (, uint256 minimumWei, uint256 graceWei) = cloud.quote(WORKER_ID, address(0), longGrace());
        uint64 appId = createApp(minimumWei);
        updateTo(appId, longGrace());
        advance(10);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 3; i++) {
            advance(280);
            attest(appId, 1, 0, 1);
        }
        attest(appId, 2, 0, 2);
        bytes memory ready = readySignature(appId, 2, 0, 2);
        uint256 leftWei = minimumWei - 840 * rate(appId);
        uint256 neededWei = graceWei + cloud.version(appId, 2).weiPerSecond;
        holds(leftWei < neededWei, "the window has used up what the update needed");
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, leftWei, neededWei));
        cloud.activate(appId, ready);
        vm.deal(address(this), neededWei - leftWei);
        cloud.recharge{value: neededWei - leftWei}(appId, neededWei - leftWei);
        cloud.activate(appId, ready);
        same(cloud.app(appId).graceDepositWei, graceWei, "full");
        same(cloud.app(appId).escrowWei, cloud.version(appId, 2).weiPerSecond, "a second");
    }

    function test_an_activation_that_finds_no_second_of_rent_pays_what_is_due_and_pauses() public {
        ICloud.Parameters memory p = parameters();
        p.minEscrowSeconds = LEASE;
        vm.prank(ADMIN);
        cloud.setParameters(p);
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        uint64 appId = createApp(minimumWei);
        updateTo(appId, terms());
        advance(10);
        attest(appId, 1, 0, 1);
        advance(LEASE);
        attest(appId, 1, 0, 1);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        ICloud.App memory a = cloud.app(appId);
        holds(a.state == ICloud.AppState.Paused && a.pauseReason == ICloud.Reason.OutOfFunds, "paused");
        same(a.currentVersion, 1, "the version that ran stays the current one");
        same(a.pendingVersion, 0, "the other is dropped");
        same(a.paidWei, LEASE * rate(appId), "the worker has its rent");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, terms().diskMiB, "one disk");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 0, "and nothing else is reserved");
    }
}
