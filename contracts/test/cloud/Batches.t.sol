// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev A lease behind a good one of a batch passes no check that it would fail alone.
contract BatchesTest is Fixture {
    uint64 private first;
    uint64 private second;

    function setUp() public override {
        super.setUp();
        secondWorker();
        first = createApp(1 ether);
        vm.deal(OWNER, 2 ether);
        vm.prank(OWNER);
        second = cloud.create{value: 1 ether}("b", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        advance(10);
    }

    /// @dev The lease is sent behind a good one, and skipped like this.
    function skipsBehind(ICloud.AttestationLease memory l, ICloud.LeaseCode code) private {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](2);
        leases[0] = leaseAt(first, 1, 0, 1, lastSecond());
        leases[1] = l;
        IQuorum.Signed memory signed = signLeases(leases);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.LeaseRenewed(first, 1, 0, leases[0].instanceKey, leases[0].notAfter, leases[0].evidenceDigest);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.LeaseSkipped(l.appId, l.version, l.replica, code);
        cloud.renew(leases, signed);
    }

    function test_a_revoked_application_on_the_same_machine() public {
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(second)));
        skipsBehind(leaseAt(second, 1, 0, 2, lastSecond()), ICloud.LeaseCode.BelowRevocationFloor);
    }

    function test_a_revoked_key_on_the_same_machine() public {
        bytes32 key = bytes32(uint256(uint160(vm.addr(instanceKey(2)))));
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, key);
        skipsBehind(leaseAt(second, 1, 0, 2, lastSecond()), ICloud.LeaseCode.BelowRevocationFloor);
    }

    function test_another_measurement_on_the_same_machine() public {
        ICloud.AttestationLease memory l = leaseAt(second, 1, 0, 2, lastSecond());
        l.measurementId = keccak256("unknown");
        skipsBehind(l, ICloud.LeaseCode.MeasurementNotAccepted);
    }

    function test_another_machine_of_the_same_worker() public {
        ICloud.AttestationLease memory l = leaseAt(second, 1, 0, 2, lastSecond());
        l.platformId = keccak256("unproven machine");
        skipsBehind(l, ICloud.LeaseCode.PlatformNotLive);
    }

    function test_another_worker_that_names_the_same_machine() public {
        vm.prank(OWNER);
        cloud.migrate(second, 2, type(uint256).max, 0);
        advance(2);
        ICloud.AttestationLease memory l = leaseAt(second, 2, 0, 2, lastSecond());
        l.workerId = 2;
        skipsBehind(l, ICloud.LeaseCode.PlatformNotLive);
    }
}
