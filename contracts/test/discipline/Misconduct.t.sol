// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {vm} from "../Vm.sol";
import {MisconductStand} from "./MisconductStand.sol";

contract MisconductTest is MisconductStand {
    address private constant REPORTER = address(0x5EE);

    // -- leases

    function test_two_leases_of_one_evidence_convict_their_signer() external {
        uint256 stakeWei = nodeStakeWei(1);
        reportAs(REPORTER, signed(lease(1), 0), signed(otherPlatform(lease(1)), 0));
        holds(misconduct.isConvicted(1), "convicted");
        same(nodeStakeWei(1), 0, "nothing is left of the stake");
        same(subnet.credit(REPORTER), stakeWei / 20, "5 % to the reporter");
        same(subnet.credit(TREASURY), stakeWei - stakeWei / 20, "the rest to the treasury");
        same(nodeStakeWei(2), stakeWei, "the others keep theirs");
    }

    /// @dev Every field counts: one bit off in any of them, under the same evidence, is a lie.
    function testFuzz_any_other_field_conflicts(uint256 field, uint8 bit) external {
        ICloud.AttestationLease memory changed = lease(1);
        field %= 12;
        if (field == 0) changed.appId ^= uint64(1) << (bit % 64);
        if (field == 1) changed.version ^= uint32(1) << (bit % 32);
        if (field == 2) changed.replica ^= uint16(1) << (bit % 16);
        if (field == 3) changed.workerId ^= uint64(1) << (bit % 64);
        if (field == 4) changed.platformId ^= bytes32(uint256(1) << bit);
        if (field == 5) changed.instanceKey = address(uint160(changed.instanceKey) ^ (uint160(1) << (bit % 160)));
        if (field == 6) changed.hpkeKey ^= bytes32(uint256(1) << bit);
        if (field == 7) changed.tlsKeyHash ^= bytes32(uint256(1) << bit);
        if (field == 8) changed.measurementId ^= bytes32(uint256(1) << bit);
        if (field == 9) changed.evidenceBlock ^= uint64(1) << (bit % 64);
        if (field == 10) changed.notBefore ^= uint64(1) << (bit % 64);
        if (field == 11) changed.notAfter ^= uint64(1) << (bit % 64);
        reportAs(REPORTER, signed(lease(1), 0), signed(changed, 0));
        holds(misconduct.isConvicted(1), "convicted");
    }

    function test_one_lease_signed_in_two_batches_is_no_conflict() external {
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        ICloud.AttestationLease[] memory pair = new ICloud.AttestationLease[](2);
        (pair[0], pair[1]) = (lease(2), lease(1));
        refuseLeases(first, signedIn(pair, 1, 0, 9, 99), abi.encodeWithSelector(IMisconduct.NotConflicting.selector));
    }

    function test_leases_of_different_evidence_are_no_conflict() external {
        bytes memory reason = abi.encodeWithSelector(IMisconduct.NotConflicting.selector);
        refuseLeases(signed(lease(1), 0), signed(lease(2), 0), reason);
    }

    function test_two_conflicting_leases_in_one_batch_convict() external {
        ICloud.AttestationLease[] memory pair = new ICloud.AttestationLease[](2);
        (pair[0], pair[1]) = (lease(1), otherPlatform(lease(1)));
        reportAs(REPORTER, signedIn(pair, 0, 0, 1, 99), signedIn(pair, 1, 0, 1, 99));
        holds(misconduct.isConvicted(1), "one signature over both");
    }

    function test_leases_of_different_epochs_and_expiries_convict_too() external {
        ICloud.AttestationLease[] memory one = new ICloud.AttestationLease[](1);
        ICloud.AttestationLease[] memory two = new ICloud.AttestationLease[](1);
        (one[0], two[0]) = (lease(1), otherPlatform(lease(1)));
        reportAs(REPORTER, signedIn(one, 0, 1, 3, 30), signedIn(two, 0, 1, 4, 40));
        holds(misconduct.isConvicted(2), "whatever batch they were in");
    }

    function test_leases_of_two_signers_are_no_conflict_of_either() external {
        bytes memory reason =
            abi.encodeWithSelector(IMisconduct.SignersDiffer.selector, vm.addr(nodeKeys[0]), vm.addr(nodeKeys[1]));
        refuseLeases(signed(lease(1), 0), signed(otherPlatform(lease(1)), 1), reason);
    }

    function test_a_key_that_no_node_has_registered_convicts_nobody() external {
        nodeKeys.push(uint256(keccak256("nobody's")));
        bytes memory reason = abi.encodeWithSelector(IMisconduct.SignerUnknown.selector, vm.addr(nodeKeys[3]));
        refuseLeases(signed(lease(1), 3), signed(otherPlatform(lease(1)), 3), reason);
    }

    function test_an_old_key_convicts_its_node() external {
        changeKey(1);
        reportAs(REPORTER, signed(lease(1), 0), signed(otherPlatform(lease(1)), 0));
        holds(misconduct.isConvicted(1), "a key never changes its node");
    }

    function test_the_batch_must_hold_the_lease_at_its_index() external {
        ICloud.AttestationLease[] memory pair = new ICloud.AttestationLease[](2);
        (pair[0], pair[1]) = (lease(2), otherPlatform(lease(1)));
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        IMisconduct.SignedLease memory second = signedIn(pair, 1, 0, 1, 99);
        second.index = 0;
        refuseLeases(first, second, abi.encodeWithSelector(IMisconduct.HashesWrong.selector, 0));
        second.index = 2;
        refuseLeases(first, second, abi.encodeWithSelector(IMisconduct.HashesWrong.selector, 2));
        second.index = 1;
        second.hashes[0] = keccak256("another");
        vm.expectPartialRevert(IMisconduct.SignersDiffer.selector);
        misconduct.reportLeases(first, second);
        second.hashes = new bytes32[](0);
        refuseLeases(first, second, abi.encodeWithSelector(IMisconduct.HashesWrong.selector, 1));
    }

    function test_batches_have_at_most_64_leases() external {
        ICloud.AttestationLease[] memory many = new ICloud.AttestationLease[](65);
        ICloud.AttestationLease[] memory most = new ICloud.AttestationLease[](64);
        for (uint64 i = 0; i < 65; i++) {
            many[i] = lease(100 + i);
            if (i < 64) most[i] = lease(100 + i);
        }
        (many[64], most[63]) = (lease(1), lease(1));
        IMisconduct.SignedLease memory other = signed(otherPlatform(lease(1)), 0);
        IMisconduct.SignedLease memory tooMany = signedIn(many, 64, 0, 1, 99);
        refuseLeases(tooMany, other, abi.encodeWithSelector(IMisconduct.HashesWrong.selector, 64));
        reportAs(REPORTER, signedIn(most, 63, 0, 1, 99), other);
    }

    // -- confirmations

    function test_two_confirmations_of_one_session_convict() external {
        IQuorum.CommitteeConfirmed memory other = confirmed();
        other.epoch++;
        vm.prank(REPORTER);
        misconduct.reportConfirmations(confirms(confirmed(), 0), confirms(other, 0));
        holds(misconduct.isConvicted(1), "convicted");
    }

    function test_two_confirmations_of_one_epoch_convict() external {
        IQuorum.CommitteeConfirmed memory other = confirmed();
        other.session = keccak256("another session");
        vm.prank(REPORTER);
        misconduct.reportConfirmations(confirms(confirmed(), 1), confirms(other, 1));
        holds(misconduct.isConvicted(2), "convicted");
    }

    function test_any_other_content_of_one_session_convicts() external {
        for (uint256 field = 0; field < 4; field++) {
            setUp();
            IQuorum.CommitteeConfirmed memory other = confirmed();
            if (field == 0) other.threshold++;
            if (field == 1) other.membersDigest = keccak256("others");
            if (field == 2) other.networkKeyDigest = keccak256("another key");
            if (field == 3) other.transcriptDigest = keccak256("another transcript");
            misconduct.reportConfirmations(confirms(confirmed(), 2), confirms(other, 2));
            holds(misconduct.isConvicted(3), "convicted");
        }
    }

    function test_the_same_confirmation_or_those_of_different_sessions_and_epochs_are_no_conflict() external {
        IMisconduct.SignedConfirmation memory first = confirms(confirmed(), 0);
        IQuorum.CommitteeConfirmed memory other = confirmed();
        (other.session, other.epoch) = (keccak256("another session"), other.epoch + 1);
        IMisconduct.SignedConfirmation memory next = confirms(other, 0);
        vm.expectRevert(IMisconduct.NotConflicting.selector);
        misconduct.reportConfirmations(first, first);
        vm.expectRevert(IMisconduct.NotConflicting.selector);
        misconduct.reportConfirmations(first, next);
    }

    function test_a_lease_and_a_confirmation_are_never_the_same_digest() external {
        IMisconduct.SignedConfirmation memory forged = confirms(confirmed(), 0);
        IQuorum.CommitteeConfirmed memory other = confirmed();
        other.threshold++;
        IMisconduct.SignedConfirmation memory second =
            IMisconduct.SignedConfirmation(other, signed(lease(1), 0).signature);
        vm.expectPartialRevert(IMisconduct.SignersDiffer.selector);
        misconduct.reportConfirmations(forged, second);
    }

    // -- messages of key sessions

    function test_two_bodies_of_one_message_convict_their_signer() external {
        IKeys.SessionMessage memory other = message();
        other.bodyDigest = keccak256("another body");
        IMisconduct.SignedMessage memory first = says(message(), 1);
        IMisconduct.SignedMessage memory second = says(other, 1);
        vm.prank(REPORTER);
        misconduct.reportMessages(first, second);
        holds(misconduct.isConvicted(2), "convicted");
        holds(subnet.credit(REPORTER) > 0, "the reporter is paid");
    }

    /// @dev A dealer deals in many sessions, a member complains of many dealers: each message has its own body.
    function testFuzz_other_messages_of_a_sender_are_no_conflict(uint256 field, uint256 bits) external {
        IKeys.SessionMessage memory other = message();
        other.bodyDigest = keccak256("another body");
        field %= 4;
        if (field == 0) other.session ^= uint64(bits % type(uint64).max + 1);
        if (field == 1) other.kind = IKeys.Kind(bits % 4 < 2 ? bits % 4 : 1 + bits % 4);
        if (field == 2) other.sender ^= uint16(bits % type(uint16).max + 1);
        if (field == 3) other.subject ^= uint16(bits % type(uint16).max + 1);
        IMisconduct.SignedMessage memory first = says(message(), 0);
        IMisconduct.SignedMessage memory second = says(other, 0);
        vm.expectRevert(IMisconduct.NotConflicting.selector);
        misconduct.reportMessages(first, second);
    }

    /// @dev A node that lost its state makes another key; the chain takes one, and nothing else is said under the other.
    function test_two_keys_that_a_node_registers_for_one_session_are_no_conflict() external {
        IKeys.SessionMessage memory one = message();
        one.kind = IKeys.Kind.Register;
        IMisconduct.SignedMessage memory first = says(one, 0);
        one.bodyDigest = keccak256("another body");
        IMisconduct.SignedMessage memory second = says(one, 0);
        vm.expectRevert(IMisconduct.NotConflicting.selector);
        misconduct.reportMessages(first, second);
    }

    function test_a_message_that_is_sent_again_is_no_conflict() external {
        IMisconduct.SignedMessage memory first = says(message(), 0);
        vm.expectRevert(IMisconduct.NotConflicting.selector);
        misconduct.reportMessages(first, first);
    }

    function test_messages_of_two_signers_are_no_conflict_of_either() external {
        IKeys.SessionMessage memory other = message();
        other.bodyDigest = keccak256("another body");
        IMisconduct.SignedMessage memory first = says(message(), 0);
        IMisconduct.SignedMessage memory second = says(other, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IMisconduct.SignersDiffer.selector, vm.addr(nodeKeys[0]), vm.addr(nodeKeys[1]))
        );
        misconduct.reportMessages(first, second);
        second = says(other, 0);
        second.signature = otherForm(second.signature);
        vm.expectRevert(IMisconduct.SignatureInvalid.selector);
        misconduct.reportMessages(first, second);
    }

    // -- signatures

    function test_the_other_form_of_a_signature_is_refused() external {
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        IMisconduct.SignedLease memory second = signed(otherPlatform(lease(1)), 0);
        second.signature = otherForm(second.signature);
        refuseLeases(first, second, abi.encodeWithSelector(IMisconduct.SignatureInvalid.selector));
    }

    function test_signatures_have_65_bytes_and_a_known_v() external {
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        IMisconduct.SignedLease memory second = signed(otherPlatform(lease(1)), 0);
        bytes memory good = second.signature;
        bytes memory reason = abi.encodeWithSelector(IMisconduct.SignatureInvalid.selector);
        second.signature = bytes.concat(good, hex"00");
        refuseLeases(first, second, reason);
        second.signature = "";
        refuseLeases(first, second, reason);
        good[64] = 0;
        second.signature = good;
        refuseLeases(first, second, reason);
    }

    function test_signatures_for_another_quorum_or_chain_convict_nobody() external {
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        IMisconduct.SignedLease memory second = signed(otherPlatform(lease(1)), 0);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IMisconduct.SignersDiffer.selector);
        misconduct.reportLeases(first, second);
    }

    // -- once, and what it pays

    function test_a_node_is_convicted_once() external {
        reportAs(REPORTER, signed(lease(1), 0), signed(otherPlatform(lease(1)), 0));
        uint256 paidWei = subnet.credit(REPORTER);
        IMisconduct.SignedLease memory other = signed(lease(2), 0);
        bytes memory reason = abi.encodeWithSelector(IMisconduct.AlreadyConvicted.selector, 1);
        refuseLeases(other, signed(otherPlatform(lease(2)), 0), reason);
        same(subnet.credit(REPORTER), paidWei, "paid once");
    }

    /// @dev Whoever copies the report is paid instead; the node is slashed all the same, and nobody can make it cheaper.
    function test_a_copied_report_takes_the_reward_and_nothing_else() external {
        IMisconduct.SignedLease memory first = signed(lease(1), 0);
        IMisconduct.SignedLease memory second = signed(otherPlatform(lease(1)), 0);
        reportAs(nodeOwner(0), first, second);
        same(nodeStakeWei(1), 0, "slashed");
        holds(
            subnet.credit(nodeOwner(0)) * 10 <= subnet.credit(TREASURY),
            "a node that reports itself loses the most of it"
        );
        refuseLeases(second, first, abi.encodeWithSelector(IMisconduct.AlreadyConvicted.selector, 1));
    }

    function test_the_reward_is_at_most_a_tenth_and_the_daos_to_set() external {
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IMisconduct.RewardInvalid.selector, 1_001));
        misconduct.setReward(1_001);
        misconduct.setReward(1_000);
        vm.stopPrank();
        same(misconduct.rewardBps(), 1_000, "set");
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, REPORTER));
        vm.prank(REPORTER);
        misconduct.setReward(1);
        uint256 stakeWei = nodeStakeWei(1);
        reportAs(REPORTER, signed(lease(1), 0), signed(otherPlatform(lease(1)), 0));
        same(subnet.credit(REPORTER), stakeWei / 10, "a tenth");
    }

    function test_no_misconduct_without_an_authority_a_subnet_and_a_quorum() external {
        notDeployed("Misconduct", abi.encode(address(0), subnet, quorum, 500));
        notDeployed("Misconduct", abi.encode(manager, address(0), quorum, 500));
        notDeployed("Misconduct", abi.encode(manager, subnet, address(0), 500));
        notDeployed("Misconduct", abi.encode(manager, subnet, quorum, 1_001));
        deploy("Misconduct", abi.encode(manager, subnet, quorum, 1_000));
    }

    function reportAs(address who, IMisconduct.SignedLease memory first, IMisconduct.SignedLease memory second)
        private
    {
        vm.prank(who);
        misconduct.reportLeases(first, second);
    }

    function refuseLeases(
        IMisconduct.SignedLease memory first,
        IMisconduct.SignedLease memory second,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        misconduct.reportLeases(first, second);
    }
}
