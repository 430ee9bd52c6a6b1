// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev What owners and workers try so as not to pay, or not to let go, while the service goes on.
contract DodgingTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        secondWorker();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
    }

    function earned() private view returns (uint256) {
        return attestedSeconds(appId) + cloud.app(appId).settledSeconds;
    }

    function live(uint256 key) private view returns (bool) {
        return cloud.isLeaseLive(appId, vm.addr(instanceKey(key)));
    }

    function blink() private {
        vm.startPrank(OWNER);
        cloud.pause(appId);
        cloud.resume(appId);
        vm.stopPrank();
    }

    // -- a friend's worker, where the application is never activated

    function test_attesting_migrations_that_are_dropped_again_takes_no_second_from_the_worker() public {
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        for (uint256 i = 1; i <= 3; i++) {
            // The last change is later than the worker's evidence.
            vm.startPrank(OWNER);
            cloud.dropPending(appId);
            cloud.migrate(appId, 2, type(uint256).max, 0);
            vm.stopPrank();
            uint32 pending = cloud.app(appId).pendingVersion;
            advance(2);
            attestThere(appId, pending, 0, 10 + i);
            advance(96);
            attestThere(appId, pending, 0, 10 + i);
            holds(live(10 + i), "it does run there");
            advance(2);
            attest(appId, 1, 0, 1);
            same(earned(), 100 * i, "every second of the worker that serves");
        }
    }

    // -- a pause of no time right after each renewal

    function test_a_lease_from_before_a_pause_is_dead_after_it_as_it_earns_nothing() public {
        holds(live(1), "before");
        blink();
        holds(!live(1), "service and pay end together");
        advance(1);
        attest(appId, 1, 0, 1);
        holds(live(1), "new evidence, new service");
        advance(99);
        attest(appId, 1, 0, 1);
        same(earned(), 1 + 99, "paid from then on");
    }

    function test_evidence_from_before_a_resumption_is_no_lease_after_it() public {
        advance(10);
        ICloud.AttestationLease memory before = leaseAt(appId, 1, 0, 1, block.timestamp - 1);
        ICloud.AttestationLease memory other = leaseAt(appId, 1, 0, 2, block.timestamp - 1);
        blink();
        expectSkip(before, ICloud.LeaseCode.EvidenceNotNewer);
        expectSkip(other, ICloud.LeaseCode.EvidenceNotNewer);
        uint256 resumedAt = block.timestamp;
        advance(1);
        renew(leaseAt(appId, 1, 0, 1, resumedAt));
        holds(live(1), "from the resumption on");
    }

    // -- a worker that serves only where the application may go

    function test_a_lease_of_a_pending_migration_keeps_the_worker_that_never_served_from_nothing() public {
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        vm.stopPrank();
        appId = createApp(1 ether);
        uint64 createdAt = uint64(block.timestamp);
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        advance(1);
        attestThere(appId, 2, 0, 2);
        advance(599);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, createdAt + 601));
        cloud.terminate(appId);
        advance(1);
        vm.prank(WORKER_OWNER);
        cloud.terminate(appId);
        holds(cloud.app(appId).state == ICloud.AppState.Ended, "ended");
    }

    function test_a_version_that_was_leased_while_it_was_pending_counts_as_leased_once_current() public {
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        vm.stopPrank();
        appId = createApp(1 ether);
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        advance(1);
        attestThere(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        advance(700);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, WORKER_OWNER));
        cloud.terminate(appId);
    }

    function test_an_updated_application_leaves_its_own_place_in_the_workers_list() public {
        vm.deal(OWNER, 1 ether);
        vm.startPrank(OWNER);
        uint64 second = cloud.create{value: 1 ether}("b", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        cloud.update(second, terms(), MANIFEST, type(uint256).max, 0, false);
        vm.stopPrank();
        advance(2);
        attest(second, 2, 0, 3);
        cloud.activate(second, readySignature(second, 2, 0, 3));
        vm.prank(OWNER);
        cloud.terminate(second);
        uint64[] memory left = cloud.appsOn(WORKER_ID, 0, 9);
        holds(left.length == 1 && left[0] == appId, "the other one stays");
    }
}
