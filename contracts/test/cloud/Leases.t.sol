// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract LeasesTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(10 ether);
        advance(10);
    }

    function pendingSeconds() private view returns (uint64 attested) {
        (attested,) = cloud.unsettled(appId);
    }

    function good() private view returns (ICloud.AttestationLease memory) {
        return leaseAt(appId, 1, 0, 1, lastSecond());
    }

    function test_a_lease_is_stored_as_signed_but_for_the_digest_of_its_evidence_and_live_until_its_end() public {
        ICloud.AttestationLease memory l = good();
        renew(l);
        l.evidenceDigest = 0;
        ICloud.AttestationLease memory stored = cloud.lease(appId, 0, 0);
        holds(keccak256(abi.encode(stored)) == keccak256(abi.encode(l)), "as signed");
        holds(cloud.isLeaseLive(appId, l.instanceKey), "live");
        holds(!cloud.isLeaseLive(appId, address(0)), "nobody's key");
        same(cloud.lease(appId, 0, 1).notAfter, 0, "no pending lease");
        same(cloud.lease(appId, 0, 2).notAfter, 0, "no third slot");
        advance(LEASE - 2);
        holds(cloud.isLeaseLive(appId, l.instanceKey), "last second");
        advance(1);
        holds(!cloud.isLeaseLive(appId, l.instanceKey), "lapsed");
    }

    // -- every reason to skip an entry

    function test_entries_that_do_not_fit_the_chain_are_skipped_with_their_reason() public {
        ICloud.AttestationLease memory l = good();
        l.appId = 99;
        expectSkip(l, ICloud.LeaseCode.AppNotActive);
        l = good();
        l.version = 2;
        expectSkip(l, ICloud.LeaseCode.VersionWrong);
        l.version = 0;
        expectSkip(l, ICloud.LeaseCode.VersionWrong);
        l = good();
        l.workerId = 2;
        expectSkip(l, ICloud.LeaseCode.WorkerWrong);
        l = good();
        l.replica = 1;
        expectSkip(l, ICloud.LeaseCode.ReplicaOutOfRange);
        l = good();
        l.platformId = keccak256("a machine that nobody registered");
        expectSkip(l, ICloud.LeaseCode.PlatformNotLive);
        l = good();
        l.measurementId = NODE_IMAGE;
        expectSkip(l, ICloud.LeaseCode.MeasurementNotAccepted);
        l = good();
        l.notBefore = uint64(block.timestamp) - LEASE;
        l.notAfter = uint64(block.timestamp);
        expectSkip(l, ICloud.LeaseCode.Expired);
        l = good();
        l.notAfter++;
        expectSkip(l, ICloud.LeaseCode.LifetimeWrong);
        l = good();
        (l.notBefore, l.notAfter) = (l.notBefore + 2, l.notAfter + 2);
        expectSkip(l, ICloud.LeaseCode.LifetimeWrong);
        l = good();
        l.evidenceBlock = uint64(block.number);
        expectSkip(l, ICloud.LeaseCode.LifetimeWrong);
        l = good();
        l.evidenceBlock = uint64(B0 - 1);
        expectSkip(l, ICloud.LeaseCode.EvidenceNotNewer);
        holds(!cloud.isLeaseLive(appId, good().instanceKey), "nothing was taken");
        renew(good());
    }

    function test_another_workers_machine_does_not_count() public {
        registerWorker();
        bytes32 foreign = keccak256("the second worker's machine");
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(2, foreign);
        sendProofs(proofs, signProofs(proofs, 3));
        ICloud.AttestationLease memory l = good();
        l.platformId = foreign;
        expectSkip(l, ICloud.LeaseCode.PlatformNotLive);
    }

    function test_a_new_operator_must_prove_the_machine_again_before_leases_count() public {
        vm.prank(WORKER_OWNER);
        subnet.setOperator(WORKER_ID, address(0x99));
        expectSkip(good(), ICloud.LeaseCode.PlatformNotLive);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(WORKER_ID, MACHINE);
        sendProofs(proofs, signProofs(proofs, 3));
        renew(good());
        holds(cloud.isLeaseLive(appId, good().instanceKey), "live");
    }

    function test_each_revocation_floor_skips_and_ends_leases_at_once() public {
        ISubnet.Subject[5] memory subjects = [
            ISubnet.Subject.Key,
            ISubnet.Subject.Application,
            ISubnet.Subject.Measurement,
            ISubnet.Subject.Platform,
            ISubnet.Subject.Worker
        ];
        bytes32[5] memory ids = [
            bytes32(uint256(uint160(good().instanceKey))),
            bytes32(uint256(appId)),
            AGENT,
            MACHINE,
            bytes32(uint256(WORKER_ID))
        ];
        for (uint256 i = 0; i < 5; i++) {
            renew(good());
            holds(cloud.isLeaseLive(appId, good().instanceKey), "live before");
            vm.prank(ADMIN);
            subnet.raiseRevocationFloor(subjects[i], ids[i]);
            holds(!cloud.isLeaseLive(appId, good().instanceKey), "dead after");
            ICloud.AttestationLease memory l = good();
            advance(1);
            if (i >= 2) {
                // The proof of the worker's own machine falls, too: it is made anew first.
                expectSkip(l, ICloud.LeaseCode.PlatformNotLive);
                advance(1);
                proveWorker();
            }
            l.evidenceBlock = subnet.revocationFloor(subjects[i], ids[i]);
            expectSkip(l, ICloud.LeaseCode.BelowRevocationFloor);
            advance(1);
        }
    }

    function test_a_revoked_measurement_ends_leases_at_once() public {
        renew(good());
        vm.prank(ADMIN);
        subnet.setReferenceValue(1, AGENT, 1, ISubnet.ReferenceStatus.Revoked, 0);
        holds(!cloud.isLeaseLive(appId, good().instanceKey), "dead");
    }

    function test_one_bad_entry_does_not_spoil_the_batch() public {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](3);
        (leases[0], leases[1], leases[2]) = (good(), good(), good());
        leases[0].workerId = 7;
        leases[2].evidenceBlock++;
        cloud.renew(leases, signLeases(leases));
        holds(cloud.isLeaseLive(appId, good().instanceKey), "the second one counts");
    }

    function test_batches_hold_one_to_sixty_four_leases_and_need_a_quorum() public {
        IQuorum.Signed memory signed;
        vm.expectRevert(abi.encodeWithSelector(ICloud.BatchSize.selector, 0));
        cloud.renew(new ICloud.AttestationLease[](0), signed);
        vm.expectRevert(abi.encodeWithSelector(ICloud.BatchSize.selector, 65));
        cloud.renew(new ICloud.AttestationLease[](65), signed);
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = good();
        signed = signLeases(leases);
        leases[0].workerId++;
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        cloud.renew(leases, signed);
    }

    // -- replay and staleness

    function test_a_lease_sent_again_or_older_evidence_changes_nothing() public {
        ICloud.AttestationLease memory older = good();
        advance(5);
        ICloud.AttestationLease memory newer = good();
        renew(newer);
        expectSkip(newer, ICloud.LeaseCode.EvidenceNotNewer);
        expectSkip(older, ICloud.LeaseCode.EvidenceNotNewer);
        advance(5);
        older.evidenceBlock = newer.evidenceBlock + 1;
        expectSkip(older, ICloud.LeaseCode.EvidenceNotNewer);
        same(pendingSeconds(), 0, "nothing earned");
    }

    function test_an_unexpired_lease_of_the_instance_before_does_not_push_out_the_new_one() public {
        ICloud.AttestationLease memory first = good();
        renew(first);
        advance(5);
        ICloud.AttestationLease memory second = leaseAt(appId, 1, 0, 2, lastSecond());
        renew(second);
        expectSkip(first, ICloud.LeaseCode.EvidenceNotNewer);
        holds(cloud.lease(appId, 0, 0).instanceKey == second.instanceKey, "the new instance stays");
    }

    // -- attested seconds

    function test_time_between_two_pieces_of_evidence_of_one_key_is_earned() public {
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 0, "one alone attests nothing");
        advance(LEASE);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), LEASE, "as long as a lease");
    }

    function test_a_gap_longer_than_a_lease_is_not_earned() public {
        attest(appId, 1, 0, 1);
        advance(LEASE + 1);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 0, "gap");
        advance(50);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 50, "from the new beginning on");
    }

    function test_time_between_evidence_of_two_keys_is_not_earned() public {
        attest(appId, 1, 0, 1);
        advance(50);
        attest(appId, 1, 0, 2);
        same(pendingSeconds(), 0, "another key");
        advance(50);
        ICloud.AttestationLease memory l = leaseAt(appId, 1, 0, 2, lastSecond());
        l.instanceKey = vm.addr(instanceKey(3));
        renew(l);
        same(pendingSeconds(), 0, "another key, all else the same");
    }

    function test_a_key_that_changes_its_other_fields_starts_anew() public {
        attest(appId, 1, 0, 1);
        advance(50);
        ICloud.AttestationLease memory l = good();
        l.tlsKeyHash = keccak256("another");
        renew(l);
        same(pendingSeconds(), 0, "not the same instance");
        holds(cloud.lease(appId, 0, 0).tlsKeyHash == l.tlsKeyHash, "as signed last");
    }

    function test_revoked_evidence_earns_nothing_up_to_the_next() public {
        attest(appId, 1, 0, 1);
        advance(50);
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(appId)));
        advance(50);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 0, "the lease before was dead");
        advance(50);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 50, "from the new evidence on");
    }

    function test_a_longer_lease_parameter_does_not_stretch_old_leases() public {
        attest(appId, 1, 0, 1);
        ICloud.Parameters memory p = parameters();
        p.maxLeaseSeconds = 3600;
        vm.prank(ADMIN);
        cloud.setParameters(p);
        advance(LEASE + 1);
        ICloud.AttestationLease memory l = good();
        l.notAfter = l.notBefore + 3600;
        renew(l);
        same(pendingSeconds(), 0, "the old lease had ended");
    }

    function test_overlapping_slots_are_counted_once() public {
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(20);
        attest(appId, 2, 0, 2);
        advance(30);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 50, "current: 50");
        advance(10);
        attest(appId, 2, 0, 2);
        same(pendingSeconds(), 60, "pending: 40, of which 30 were counted");
        advance(5);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 65, "current: 15 more, of which 10 were counted");
    }

    function test_coverage_of_the_old_version_is_not_counted_again_after_activation() public {
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(10);
        attest(appId, 2, 0, 2);
        advance(40);
        attest(appId, 1, 0, 1);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).settledSeconds, 50, "settled at the old price");
        holds(cloud.lease(appId, 0, 0).version == 2, "the pending slot is the current one");
        same(cloud.lease(appId, 0, 1).version, 0, "no pending lease");
        advance(10);
        attest(appId, 2, 0, 2);
        same(pendingSeconds(), 10, "50 of the 60 were counted before");
        expectSkip(good(), ICloud.LeaseCode.VersionWrong);
    }

    function test_replicas_earn_each_for_itself() public {
        ICloud.Terms memory two = terms();
        two.replicas = 2;
        vm.deal(OWNER, 10 ether);
        vm.prank(OWNER);
        appId = cloud.create{value: 10 ether}("two", WORKER_ID, address(0), 10 ether, two, MANIFEST, type(uint256).max);
        advance(10);
        attest(appId, 1, 0, 1);
        attest(appId, 1, 1, 2);
        advance(100);
        attest(appId, 1, 0, 1);
        same(pendingSeconds(), 100, "first");
        attest(appId, 1, 1, 2);
        same(pendingSeconds(), 200, "both");
    }

    /// @dev The contract's bookkeeping beside a plain one: an array of seconds, each attested or not.
    /// forge-config: default.fuzz.runs = 96
    function testFuzz_earned_seconds_are_those_of_a_plain_bitmap(uint256 seed) public {
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        uint256 start = block.timestamp;
        bool[800] memory attested;
        uint256[2] memory last;
        bool restarts = seed & 1 == 1;
        uint256[2] memory key = [uint256(1), 1001];
        while (block.timestamp < start + 700) {
            seed = uint256(keccak256(abi.encode(seed)));
            advance(1 + (seed % 90));
            uint256 slot = (seed >> 8) & 1;
            uint256 at = lastSecond() - start + 1;
            if (restarts && (seed >> 16) % 8 == 0 && block.timestamp < start + 700) {
                key[slot]++;
                last[slot] = 0;
            }
            uint64 before = cloud.lease(appId, 0, uint8(slot)).notBefore;
            if (before >= lastSecond()) continue;
            attest(appId, slot == 0 ? 1 : 2, 0, key[slot]);
            if (last[slot] != 0 && at - last[slot] <= LEASE) {
                for (uint256 s = last[slot]; s < at; s++) {
                    attested[s] = true;
                }
            }
            last[slot] = at;
        }
        uint256 expected = 0;
        for (uint256 s = 0; s < 800; s++) {
            if (attested[s]) expected++;
        }
        uint256 earned = pendingSeconds();
        holds(earned <= expected, "never more than attested");
        if (!restarts) same(earned, expected, "exactly what is attested");
    }
}
