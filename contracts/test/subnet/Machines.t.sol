// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

interface Meter {
    struct Gas {
        uint64 limit;
        uint64 used;
        uint64 memoryUsed;
        int64 refunded;
        uint64 remaining;
    }

    function lastCallGas() external view returns (Gas memory);
}

contract MachinesTest is NetworkFixture {
    function prove(ISubnet.NodeProof memory p, bytes memory why) private {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = p;
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        signed.expiry = uint64(block.timestamp);
        signed.signatures = signBy(typedDigest(proofBatchHash(proofs, signed.epoch, signed.expiry)), 3);
        if (why.length > 0) vm.expectRevert(why);
        sendProofs(proofs, signed);
    }

    function fresh() private returns (ISubnet.NodeProof memory) {
        advance(1);
        return workerProof(WORKER_ID, MACHINE);
    }

    function test_a_strangers_machine_is_not_proven_for_a_worker_without_its_operator() public {
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(WORKER_ID, keccak256("a stranger's machine"));
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOperator.selector, address(0xBAD)));
        vm.prank(address(0xBAD));
        subnet.proveNodes(proofs, new string[](1), signed);
        (, bytes32 platformId) = subnet.liveProof(1, WORKER_ID);
        holds(platformId == MACHINE, "still the worker's own");
    }

    function test_a_proof_makes_the_machine_the_workers_until_its_end() public {
        (uint64 notAfter, bytes32 platformId) = subnet.liveProof(1, WORKER_ID);
        same(notAfter, T0 - 1 + PROOF, "end");
        holds(platformId == MACHINE, "machine");
        holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "live");
        holds(!subnet.isPlatformLive(1, 2, MACHINE), "not another worker's");
        holds(!subnet.isPlatformLive(2, WORKER_ID, MACHINE), "not a node's");
        holds(!subnet.isPlatformLive(1, WORKER_ID, bytes32(0)), "no machine without an id");
        advance(PROOF - 2);
        holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "last second");
        advance(1);
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "lapsed");
        (notAfter,) = subnet.liveProof(1, WORKER_ID);
        same(notAfter, 0, "none");
    }

    function test_keys_must_be_the_registered_ones() public {
        bytes memory why = abi.encodeWithSelector(ISubnet.ProofKeysWrong.selector, 1, WORKER_ID);
        ISubnet.NodeProof memory p = fresh();
        p.statementKey = WORKER_OWNER;
        prove(p, why);
        p = fresh();
        p.tlsKeyHash = bytes32(uint256(1));
        prove(p, why);
        p = fresh();
        p.encryptionKey = new bytes(32);
        prove(p, why);
        why = abi.encodeWithSelector(ISubnet.ProofKeysWrong.selector, 2, 1);
        p = nodeProof(1);
        p.encryptionKey = encryptionKey(2);
        prove(p, why);
        p = nodeProof(1);
        p.tlsKeyHash = 0;
        prove(p, why);
        p = nodeProof(1);
        p.statementKey = vm.addr(nodeKeys[1]);
        prove(p, why);
        p.role = 3;
        prove(p, abi.encodeWithSelector(ISubnet.RoleInvalid.selector, 3));
    }

    function test_lifetime_is_exact_and_the_future_is_refused() public {
        ISubnet.NodeProof memory p = fresh();
        p.notAfter++;
        prove(p, abi.encodeWithSelector(ISubnet.ProofLifetime.selector, p.notBefore, p.notAfter));
        p = fresh();
        (p.notBefore, p.notAfter) = (p.notBefore + 2, p.notAfter + 2);
        prove(p, abi.encodeWithSelector(ISubnet.ProofLifetime.selector, p.notBefore, p.notAfter));
        p = fresh();
        p.evidenceBlock = uint64(block.number);
        prove(p, abi.encodeWithSelector(ISubnet.ProofBlockInFuture.selector, block.number));
        p = fresh();
        p.notBefore = uint64(block.timestamp) - PROOF;
        p.notAfter = uint64(block.timestamp);
        prove(p, abi.encodeWithSelector(ISubnet.ProofExpired.selector, p.notAfter));
    }

    function test_nothing_may_be_zero() public {
        ISubnet.NodeProof memory p = fresh();
        p.platformId = 0;
        prove(p, abi.encodeWithSelector(ISubnet.ZeroDigest.selector));
        p = fresh();
        p.measurementId = 0;
        prove(p, abi.encodeWithSelector(ISubnet.ZeroDigest.selector));
        p = fresh();
        p.evidenceDigest = 0;
        prove(p, abi.encodeWithSelector(ISubnet.ZeroDigest.selector));
    }

    function test_a_live_machine_of_somebody_else_is_taken_and_a_lapsed_one_is_free() public {
        registerWorker();
        prove(workerProof(2, MACHINE), abi.encodeWithSelector(ISubnet.PlatformTaken.selector, MACHINE, 1, WORKER_ID));
        vm.prank(WORKER_OWNER);
        subnet.setOperator(WORKER_ID, address(0x99));
        prove(workerProof(2, MACHINE), "");
        holds(subnet.isPlatformLive(1, 2, MACHINE), "the second worker's now");
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "no longer the first one's");
    }

    function test_a_new_operator_ends_the_proofs_of_all_machines() public {
        ISubnet.NodeProof memory other = fresh();
        other.platformId = keccak256("second machine");
        prove(other, "");
        holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "the first machine stays");
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.setOperator(WORKER_ID, address(0x99));
        vm.prank(WORKER_OWNER);
        subnet.setOperator(WORKER_ID, address(0x99));
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "first");
        holds(!subnet.isPlatformLive(1, WORKER_ID, other.platformId), "second");
        same(subnet.platform(MACHINE).notAfter, 0, "shown as lapsed");
    }

    function test_a_batch_sent_again_changes_nothing_and_an_older_one_does_not_shorten() public {
        ISubnet.NodeProof memory older = fresh();
        ISubnet.NodeProof memory newer = fresh();
        prove(newer, "");
        prove(newer, "");
        prove(older, "");
        same(subnet.platform(MACHINE).notAfter, newer.notAfter, "newest");
    }

    function test_denied_machines_and_unknown_measurements_are_refused() public {
        ISubnet.NodeProof memory p = fresh();
        p.measurementId = NODE_IMAGE;
        prove(p, abi.encodeWithSelector(ISubnet.ReferenceNotAccepted.selector, NODE_IMAGE));
        vm.prank(ADMIN);
        subnet.denyPlatform(MACHINE);
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "denied at once");
        prove(fresh(), abi.encodeWithSelector(ISubnet.PlatformIsDenied.selector, MACHINE));
    }

    function test_evidence_must_be_above_every_floor() public {
        ISubnet.Subject[4] memory subjects =
            [ISubnet.Subject.Key, ISubnet.Subject.Platform, ISubnet.Subject.Measurement, ISubnet.Subject.Worker];
        bytes32[4] memory ids =
            [bytes32(uint256(uint160(WORKER_OPERATOR))), MACHINE, AGENT, bytes32(uint256(WORKER_ID))];
        for (uint256 i = 0; i < 4; i++) {
            ISubnet.NodeProof memory p = fresh();
            vm.prank(ADMIN);
            subnet.raiseRevocationFloor(subjects[i], ids[i]);
            same(subnet.revocationFloor(subjects[i], ids[i]), block.number, "floor");
            prove(p, abi.encodeWithSelector(ISubnet.ProofBelowFloor.selector, subjects[i]));
            advance(1);
            prove(fresh(), "");
            holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "proven again above the floor");
        }
    }

    // -- evidence of instances

    function evidence() private view returns (ISubnet.Evidence memory) {
        return ISubnet.Evidence({
            key: address(0x1257),
            platformId: MACHINE,
            measurementId: AGENT,
            workerId: WORKER_ID,
            appId: 7,
            evidenceBlock: uint64(block.number - 1)
        });
    }

    function faulty(ISubnet.Evidence memory e, ISubnet.EvidenceFault fault) private view {
        same(uint256(subnet.evidenceFault(e)), uint256(fault), "fault");
    }

    function test_evidence_counts_on_a_live_machine_with_an_accepted_measurement() public {
        ISubnet.Evidence memory e = evidence();
        faulty(e, ISubnet.EvidenceFault.None);
        e.platformId = keccak256("another machine");
        faulty(e, ISubnet.EvidenceFault.PlatformNotLive);
        e = evidence();
        e.workerId = 2;
        faulty(e, ISubnet.EvidenceFault.PlatformNotLive);
        e = evidence();
        e.measurementId = NODE_IMAGE;
        faulty(e, ISubnet.EvidenceFault.MeasurementNotAccepted);
        vm.prank(FAST);
        subnet.revokeReference(1, AGENT);
        faulty(evidence(), ISubnet.EvidenceFault.PlatformNotLive);
    }

    /// @dev The machine itself is proven above the floors first: what is left is the fault of the evidence.
    function test_evidence_is_below_a_floor_until_it_is_newer_and_floors_of_others_change_nothing() public {
        ISubnet.Subject[5] memory subjects = [
            ISubnet.Subject.Key,
            ISubnet.Subject.Platform,
            ISubnet.Subject.Measurement,
            ISubnet.Subject.Worker,
            ISubnet.Subject.Application
        ];
        bytes32[5] memory ids =
            [bytes32(uint256(0x1257)), MACHINE, AGENT, bytes32(uint256(WORKER_ID)), bytes32(uint256(7))];
        for (uint256 i = 0; i < 5; i++) {
            advance(10);
            ISubnet.Evidence memory e = evidence();
            vm.prank(ADMIN);
            subnet.raiseRevocationFloor(subjects[i], keccak256("another"));
            prove(fresh(), "");
            faulty(e, ISubnet.EvidenceFault.None);
            vm.prank(ADMIN);
            subnet.raiseRevocationFloor(subjects[i], ids[i]);
            advance(1);
            prove(fresh(), "");
            e.evidenceBlock = uint64(block.number - 2);
            faulty(e, ISubnet.EvidenceFault.BelowRevocationFloor);
            e.evidenceBlock++;
            faulty(e, ISubnet.EvidenceFault.None);
        }
    }

    /// @dev The plain rule against the shortcut by the newest floors of all.
    function testFuzz_evidence_counts_exactly_above_the_floor_of_its_own(uint8 own, uint8 other, uint8 at) public {
        ISubnet.Evidence memory e = evidence();
        e.evidenceBlock = uint64(B0 + at);
        vm.startPrank(ADMIN);
        vm.roll(B0 + own);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(e.appId)));
        vm.roll(B0 + other);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(8)));
        vm.stopPrank();
        faulty(e, at > own ? ISubnet.EvidenceFault.None : ISubnet.EvidenceFault.BelowRevocationFloor);
        e.appId = 8;
        faulty(e, at > other ? ISubnet.EvidenceFault.None : ISubnet.EvidenceFault.BelowRevocationFloor);
    }

    function test_a_warm_judgement_of_fresh_evidence_costs_less_than_three_thousand_gas() public {
        vm.startPrank(ADMIN);
        for (uint16 i = 1; i <= 5; i++) {
            subnet.raiseRevocationFloor(ISubnet.Subject(i), keccak256("another"));
        }
        vm.stopPrank();
        advance(10);
        prove(fresh(), "");
        advance(10);
        ISubnet.Evidence memory e = evidence();
        subnet.evidenceFault(e);
        e.key = address(0x1258);
        e.appId = 8;
        faulty(e, ISubnet.EvidenceFault.None);
        holds(Meter(address(vm)).lastCallGas().used < 3_000, "gas of the second of a batch");
    }

    function test_floors_end_live_proofs_at_once() public {
        vm.startPrank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, bytes32(uint256(uint160(vm.addr(nodeKeys[0])))));
        vm.stopPrank();
        (uint64 notAfter,) = subnet.liveProof(2, 1);
        same(notAfter, 0, "node by key");
        bytes32 machine = nodeProof(2).platformId;
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Platform, machine);
        (notAfter,) = subnet.liveProof(2, 2);
        same(notAfter, 0, "node by machine");
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Worker, bytes32(uint256(WORKER_ID)));
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "worker");
    }

    function test_a_floor_of_the_operators_key_ends_the_proofs_made_with_it() public {
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, bytes32(uint256(uint160(WORKER_OPERATOR))));
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "worker by its operator's key");
    }

    function test_a_shut_down_worker_and_a_convicted_node_prove_nothing() public {
        vm.prank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        prove(fresh(), abi.encodeWithSelector(ISubnet.StatusWrong.selector, 1, WORKER_ID));
        vm.prank(SLASHER);
        subnet.slashNode(3, ADMIN, 0);
        ISubnet.NodeProof memory p = nodeProof(3);
        prove(p, abi.encodeWithSelector(ISubnet.StatusWrong.selector, 2, 3));
    }

    function test_a_denied_machine_stays_denied_whoever_proves_it() public {
        bytes32 machine = keccak256("a machine that nobody has proven yet");
        vm.prank(ADMIN);
        subnet.denyPlatform(machine);
        advance(1);
        prove(workerProof(WORKER_ID, machine), abi.encodeWithSelector(ISubnet.PlatformIsDenied.selector, machine));
        holds(subnet.platform(machine).denied, "denied");
    }

    function test_where_the_evidence_lies_is_told_and_measured() public {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = fresh();
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        string[] memory uris = new string[](1);
        uris[0] = string(new bytes(129));
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.UriLength.selector, 129));
        subnet.proveNodes(proofs, uris, signed);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 2));
        subnet.proveNodes(proofs, new string[](2), signed);
        uris[0] = "https://example.org/evidence";
        vm.expectEmit(true, true, true, true, address(subnet));
        emit ISubnet.NodeProven(1, WORKER_ID, MACHINE, proofs[0].notAfter, proofs[0].evidenceDigest, uris[0]);
        vm.prank(WORKER_OPERATOR);
        subnet.proveNodes(proofs, uris, signed);
    }

    function test_the_vendor_is_the_one_of_the_hardware_proven_last() public {
        same(subnet.vendorOf(1), 1, "SGX: Intel");
        uint64 fourth = registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        same(subnet.vendorOf(fourth), 0, "unproven");
        uint8[3] memory classes = [2, 1, 8];
        uint8[3] memory vendors = [2, 1, 3];
        for (uint256 i = 0; i < 3; i++) {
            bytes32 image = keccak256(abi.encode("image", i));
            vm.prank(ADMIN);
            subnet.setReferenceValue(2, image, classes[i], ISubnet.ReferenceStatus.Accepted, 0);
            advance(1);
            ISubnet.NodeProof memory p = nodeProof(fourth);
            p.measurementId = image;
            prove(p, "");
            same(subnet.vendorOf(fourth), vendors[i], "AMD, Intel, AWS");
        }
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NodeUnknown.selector, 9));
        subnet.vendorOf(9);
    }

    function test_batches_hold_one_to_sixty_four_proofs() public {
        IQuorum.Signed memory signed;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 0));
        sendProofs(new ISubnet.NodeProof[](0), signed);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 65));
        sendProofs(new ISubnet.NodeProof[](65), signed);
    }
}
