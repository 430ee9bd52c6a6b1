// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract ScalingTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
    }

    function scale(uint16 replicas) private {
        vm.prank(OWNER);
        cloud.scale(appId, replicas, 0);
    }

    function test_replicas_come_and_go_with_capacity_and_grace_deposit() public {
        uint256 one = cloud.app(appId).graceDepositWei;
        scale(3);
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 1500, "three");
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 3072, "three disks");
        same(cloud.app(appId).graceDepositWei, 3 * one, "deposit of three");
        same(cloud.app(appId).escrowWei + 3 * one, 1 ether, "moved, not made");
        scale(2);
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 1000, "two");
        same(cloud.app(appId).graceDepositWei, 2 * one, "deposit of two");
        same(cloud.app(appId).replicas, 2, "two");
        same(cloud.app(appId).currentVersion, 1, "no new version");
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(subnet.worker(WORKER_ID).reserved.diskMiB, 0, "all freed");
        same(cloud.credit(OWNER, address(0)), 1 ether, "all back");
    }

    function test_what_is_scaled_away_is_paid_like_at_an_end() public {
        scale(2);
        attest(appId, 1, 0, 1);
        attest(appId, 1, 1, 2);
        advance(50);
        scale(1);
        same(cloud.app(appId).settledSeconds, 51, "the second one to now, the first one's interval stays open");
        expectSkip(leaseAt(appId, 1, 1, 2, lastSecond()), ICloud.LeaseCode.ReplicaOutOfRange);
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(2))), "dead");
        advance(50);
        attest(appId, 1, 0, 1);
        same(attestedSeconds(appId), 100, "the first one goes on");
    }

    function test_the_time_while_it_was_scaled_away_is_not_bridged_by_the_same_instance() public {
        scale(2);
        attest(appId, 1, 1, 2);
        advance(20);
        scale(1);
        advance(20);
        scale(2);
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(2))), "its old lease stays dead");
        advance(20);
        attest(appId, 1, 1, 2);
        same(attestedSeconds(appId), 0, "starts anew");
        same(cloud.app(appId).settledSeconds, 21, "paid before");
        advance(20);
        attest(appId, 1, 1, 2);
        same(attestedSeconds(appId), 20, "counts again");
    }

    function test_evidence_from_before_scaling_away_that_comes_later_is_not_paid_twice() public {
        scale(2);
        attest(appId, 1, 1, 2);
        advance(20);
        ICloud.AttestationLease memory l = leaseAt(appId, 1, 1, 2, lastSecond());
        advance(20);
        scale(1);
        same(cloud.app(appId).settledSeconds, 41, "paid to now");
        scale(2);
        expectSkip(l, ICloud.LeaseCode.EvidenceNotNewer);
    }

    function test_a_batch_replayed_after_scaling_away_and_back_earns_nothing() public {
        scale(2);
        attest(appId, 1, 1, 2);
        advance(20);
        ICloud.AttestationLease memory l = leaseAt(appId, 1, 1, 2, lastSecond());
        renew(l);
        scale(1);
        scale(2);
        expectSkip(l, ICloud.LeaseCode.EvidenceNotNewer);
        same(attestedSeconds(appId), 0, "nothing");
    }

    function test_scaling_up_needs_the_minimum_escrow_and_may_bring_it_and_scaling_down_needs_nothing() public {
        vm.prank(OWNER);
        cloud.terminate(appId);
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        ICloud.Terms memory two = terms();
        two.replicas = 2;
        (, uint256 neededWei,) = cloud.quote(WORKER_ID, address(0), two);
        appId = createApp(minimumWei);
        uint256 missing = neededWei - minimumWei;
        vm.deal(OWNER, missing);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, neededWei - 1, neededWei));
        cloud.scale{value: missing - 1}(appId, 2, missing - 1);
        cloud.scale{value: missing}(appId, 2, missing);
        vm.stopPrank();
        advance(1);
        attest(appId, 1, 0, 1);
        for (uint256 i = 0; i < 23; i++) {
            advance(LEASE);
            attest(appId, 1, 0, 1);
        }
        scale(1);
        same(cloud.app(appId).replicas, 1, "with what is left");
    }

    function test_scaling_is_refused_where_it_cannot_be() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.scale(appId, 2, 0);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TermsInvalid.selector, "replicas"));
        cloud.scale(appId, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TermsInvalid.selector, "replicas"));
        cloud.scale(appId, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TermsInvalid.selector, "replicas"));
        cloud.scale(appId, 17, 0);
        cloud.scale(appId, 16, 0);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        vm.expectRevert(abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        cloud.scale(appId, 2, 0);
    }

    function test_scaling_up_takes_no_more_than_the_worker_has_and_the_cap_allows() public {
        uint256 rent = rate(appId);
        vm.startPrank(OWNER);
        cloud.setSpendingCap(appId, 2 * rent);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, 3 * rent, 2 * rent));
        cloud.scale(appId, 3, 0);
        cloud.scale(appId, 2, 0);
        cloud.setSpendingCap(appId, 0);
        vm.stopPrank();
        ICloud.Terms memory rest = terms();
        rest.cpuMilli = 63_000;
        vm.deal(address(this), 100 ether);
        cloud.create{value: 50 ether}("rest", 1, address(0), 50 ether, rest, MANIFEST, type(uint256).max);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CapacityExceeded.selector, WORKER_ID));
        cloud.scale(appId, 3, 0);
    }

    function test_an_expired_pending_version_makes_room_for_scaling() public {
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(901);
        scale(2);
        same(cloud.app(appId).pendingVersion, 0, "dropped");
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 1000, "two");
    }

    function test_sixty_four_replicas_settle_and_end_in_one_transaction() public {
        ICloud.Parameters memory p = parameters();
        p.maxReplicas = 64;
        vm.prank(ADMIN);
        cloud.setParameters(p);
        scale(64);
        for (uint256 round = 0; round < 2; round++) {
            advance(100);
            ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](64);
            for (uint16 i = 0; i < 64; i++) {
                leases[i] = leaseAt(appId, 1, i, 100 + i, lastSecond());
            }
            cloud.renew(leases, signLeases(leases));
        }
        cloud.settle(appId);
        same(cloud.app(appId).settledSeconds, 6400, "all of them");
        advance(99);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 12_800, "open intervals of all of them");
    }
}
