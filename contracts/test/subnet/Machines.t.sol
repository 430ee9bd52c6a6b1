// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture, IOwnable} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract MachinesTest is Fixture {
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
        subnet.proveNodes(proofs, signed);
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

    function test_batches_hold_one_to_sixty_four_proofs() public {
        IQuorum.Signed memory signed;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 0));
        sendProofs(new ISubnet.NodeProof[](0), signed);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 65));
        sendProofs(new ISubnet.NodeProof[](65), signed);
    }

    // -- registration of dsecret nodes

    function test_bad_node_registrations_are_refused() public {
        vm.deal(address(this), 100 ether);
        bytes memory key = encryptionKey(7);
        address signer = vm.addr(7);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, 2 ether - 1, 2 ether));
        subnet.registerNode{value: 2 ether - 1}(address(1), signer, key, bytes32("tls"), "e");
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.registerNode{value: 2 ether}(address(1), address(0), key, bytes32("tls"), "e");
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.registerNode{value: 2 ether}(address(0), signer, key, bytes32("tls"), "e");
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.registerNode{value: 2 ether}(address(1), signer, key, 0, "e");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EncryptionKeyLength.selector, 32));
        subnet.registerNode{value: 2 ether}(address(1), signer, new bytes(32), bytes32("tls"), "e");
        address taken = vm.addr(nodeKeys[0]);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatementKeyTaken.selector, taken));
        subnet.registerNode{value: 2 ether}(address(1), taken, key, bytes32("tls"), "e");
    }

    function test_a_retired_statement_key_is_nobody_elses() public {
        address retired = vm.addr(nodeKeys[0]);
        vm.startPrank(nodeOwner(0));
        subnet.setNodeKeys(1, vm.addr(77), encryptionKey(1), bytes32("tls"), "e");
        vm.stopPrank();
        vm.prank(nodeOwner(1));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatementKeyTaken.selector, retired));
        subnet.setNodeKeys(2, retired, encryptionKey(2), bytes32("tls"), "e");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.setNodeKeys(1, retired, encryptionKey(1), bytes32("tls"), "e");
        vm.prank(nodeOwner(0));
        subnet.setNodeKeys(1, retired, encryptionKey(1), bytes32("tls"), "e");
    }

    // -- reference values

    function test_new_reference_values_wait_and_revocation_does_not() public {
        ISubnet.Settings memory s = settings(ISubnet.NetworkKind.Live);
        s.referenceDelaySeconds = 7 days;
        ISubnet live = ISubnet(deploy("Subnet", abi.encode(ADMIN, quorum, s)));
        vm.startPrank(ADMIN);
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        advance(7 days - 1);
        holds(!live.isReferenceAccepted(1, AGENT), "a second early");
        advance(1);
        holds(live.isReferenceAccepted(1, AGENT), "counts");
        holds(!live.isReferenceAccepted(2, AGENT), "for its role alone");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Deprecated, uint64(block.timestamp + 10));
        holds(live.isReferenceAccepted(1, AGENT), "deprecated, still counts");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        holds(live.isReferenceAccepted(1, AGENT), "was in force, needs no second wait");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Deprecated, uint64(block.timestamp + 10));
        advance(10);
        holds(!live.isReferenceAccepted(1, AGENT), "at T no longer");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        holds(!live.isReferenceAccepted(1, AGENT), "one whose time has passed waits like a new one");
        advance(7 days);
        holds(live.isReferenceAccepted(1, AGENT), "counts again");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Revoked, 0);
        holds(!live.isReferenceAccepted(1, AGENT), "at once");
        live.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        holds(!live.isReferenceAccepted(1, AGENT), "a revoked one waits like a new one");
        same(live.referenceValue(1, AGENT).validFrom, block.timestamp + 7 days, "valid from");
    }

    function test_reference_values_must_make_sense() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.RoleInvalid.selector, 0));
        subnet.setReferenceValue(0, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.setReferenceValue(1, 0, ISubnet.ReferenceStatus.Accepted, 0);
        vm.expectRevert(ISubnet.ReferenceStatusInvalid.selector);
        subnet.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.None, 0);
        vm.expectRevert(ISubnet.SubjectInvalid.selector);
        subnet.raiseRevocationFloor(ISubnet.Subject.None, AGENT);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, 0);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.denyPlatform(0);
    }

    function test_only_the_admin_judges_and_the_admin_cannot_be_thrown_away() public {
        bytes4 refusal = bytes4(keccak256("OwnableUnauthorizedAccount(address)"));
        vm.expectPartialRevert(refusal);
        subnet.setReferenceValue(1, AGENT, ISubnet.ReferenceStatus.Accepted, 0);
        vm.expectPartialRevert(refusal);
        subnet.denyPlatform(MACHINE);
        vm.expectPartialRevert(refusal);
        subnet.raiseRevocationFloor(ISubnet.Subject.Platform, MACHINE);
        vm.prank(ADMIN);
        vm.expectRevert(bytes4(keccak256("AdminRequired()")));
        IOwnable(address(subnet)).renounceOwnership();
        vm.prank(ADMIN);
        IOwnable(address(subnet)).transferOwnership(OWNER);
        holds(IOwnable(address(subnet)).owner() == ADMIN, "not before it is accepted");
        vm.prank(OWNER);
        IOwnable(address(subnet)).acceptOwnership();
        holds(IOwnable(address(subnet)).owner() == OWNER, "handed over");
    }

    function test_a_live_network_cannot_be_simulated() public {
        ISubnet.Settings memory s = settings(ISubnet.NetworkKind.Live);
        s.simulated = true;
        bytes memory code = bytes.concat(vm.getCode("artifacts/Subnet.json"), abi.encode(ADMIN, quorum, s));
        address made;
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
        holds(made == address(0), "refused");
    }
}
