// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {KeysFixture} from "./KeysFixture.sol";

/// @dev What a quorum of the new committee confirms, and what of it the contract checks by itself.
contract ConfirmationsTest is KeysFixture {
    function test_the_first_confirmation_makes_the_key() public {
        (bytes memory y, bytes memory s) = keys.networkKey();
        same(y.length + s.length, 0, "none yet");
        holds(!keys.isConfirmed(1), "not confirmed");
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        IQuorum.Signed memory by = signResult(c, 7);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.NetworkKeyMade(1, keyY(), keyS());
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.EpochConfirmed(n, 1, c.transcriptDigest);
        keys.confirm(n, c, keyY(), keyS(), by);
        (y, s) = keys.networkKey();
        holds(keccak256(y) == keccak256(keyY()) && keccak256(s) == keccak256(keyS()), "the key");
        holds(keys.isConfirmed(1), "confirmed");
        IKeys.Confirmation memory found = keys.confirmation(1);
        same(found.session, n, "session");
        holds(found.sessionId == c.session && found.transcriptDigest == c.transcriptDigest, "as it was signed");
        same(keys.confirmation(2).session, 0, "of no other epoch");
        isIn(n, IKeys.Phase.Confirmed, 0);
        confirmRefused(n, c, wrongPhase(n, IKeys.Phase.Confirmed));
        advance(30 days);
        isIn(n, IKeys.Phase.Confirmed, 0);
    }

    function test_confirmations_count_from_the_end_of_complaints_to_the_end_of_confirm() public {
        uint64 n = keys.open(1);
        confirmRefused(n, result(n), wrongPhase(n, IKeys.Phase.Register));
        registerAll(n, 4);
        confirmRefused(n, result(n), wrongPhase(n, IKeys.Phase.Deal));
        dealAll(n, 3);
        advance(DEAL + COMPLAIN - 1);
        confirmRefused(n, result(n), wrongPhase(n, IKeys.Phase.Complain));
        uint32[4] memory later = [1, REVEAL, RECOVER, CONFIRM - 1];
        for (uint256 i = 0; i < 4; i++) {
            advance(later[i]);
            uint256 here = vm.snapshotState();
            confirmSession(n);
            vm.revertToState(here);
        }
        advance(1);
        confirmRefused(n, result(n), wrongPhase(n, IKeys.Phase.Expired));
        IQuorum.CommitteeConfirmed memory none = result(n);
        IQuorum.Signed memory by = signResult(none, 7);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionUnknown.selector, 9));
        keys.confirm(9, none, keyY(), keyS(), by);
    }

    function test_as_many_as_the_threshold_seal_in_hardware() public {
        uint64 n = dealt();
        // Four seal by SGX. TDX and Nitro have no key for it; SEV-SNP has.
        proveAs(1, 1);
        confirmSessionAndUndo(n);
        proveAs(2, 8);
        confirmRefused(n, result(n), abi.encodeWithSelector(IKeys.SealersTooFew.selector, 2, 3));
        proveAs(2, 2);
        confirmSession(n);
    }

    function test_simulated_hardware_seals_whatever_it_simulates() public {
        begin(ISubnet.NetworkKind.Development, 4, 3);
        for (uint64 id = 1; id <= 4; id++) {
            proveAs(id, 1);
        }
        confirmSession(dealt());
    }

    function confirmSessionAndUndo(uint64 n) private {
        uint256 here = vm.snapshotState();
        confirmSession(n);
        vm.revertToState(here);
    }

    /// @dev A new proof of a node, by a program that is measured on other hardware.
    function proveAs(uint64 nodeId, uint8 teeClass) private {
        bytes32 image = keccak256(abi.encode("image", teeClass));
        vm.prank(ADMIN);
        subnet.setReferenceValue(2, image, teeClass, ISubnet.ReferenceStatus.Accepted, 0);
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(nodeId);
        proofs[0].measurementId = image;
        sendProofs(proofs, signProofs(proofs, 7));
    }

    function test_fewer_than_the_threshold_confirm_nothing() public {
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        IQuorum.Signed memory by = signResult(c, 6);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignaturesTooFew.selector, 2, 3));
        keys.confirm(n, c, keyY(), keyS(), by);
        keys.confirm(n, c, keyY(), keyS(), signResult(c, 14));
    }

    function test_a_member_without_a_live_proof_confirms_nothing() public {
        uint64 n = dealt();
        silenceNode(2);
        confirmRefused(n, result(n), abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 2));
        IQuorum.CommitteeConfirmed memory c = result(n);
        keys.confirm(n, c, keyY(), keyS(), signResult(c, 13));
    }

    function test_a_signature_of_something_else_confirms_nothing() public {
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        IQuorum.Signed memory by = signResult(c, 7);
        c.transcriptDigest = keccak256("another transcript");
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        keys.confirm(n, c, keyY(), keyS(), by);
    }

    function test_a_result_of_another_epoch_committee_or_threshold_is_refused() public {
        uint64 n = dealt();
        bytes memory why = abi.encodeWithSelector(IKeys.ConfirmationDiffers.selector);
        IQuorum.CommitteeConfirmed memory c = result(n);
        c.threshold = 2;
        confirmRefused(n, c, why);
        c = result(n);
        c.membersDigest = keccak256(abi.encode(list(1, 2, 3)));
        confirmRefused(n, c, why);
        c = result(n);
        c.session = 0;
        confirmRefused(n, c, why);
        c = result(n);
        c.transcriptDigest = 0;
        confirmRefused(n, c, why);
        c = result(n);
        IQuorum.Signed memory by = signResult(c, 7);
        c.epoch = 2;
        vm.expectRevert(why);
        keys.confirm(n, c, keyY(), keyS(), by);
    }

    function test_the_keys_are_those_that_were_signed_33_bytes_each() public {
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        IQuorum.Signed memory by = signResult(c, 7);
        vm.expectRevert(IKeys.ConfirmationDiffers.selector);
        keys.confirm(n, c, keyS(), keyY(), by);
        // The same bytes, cut elsewhere.
        bytes memory both = bytes.concat(keyY(), keyS());
        bytes memory y = new bytes(32);
        bytes memory s = new bytes(34);
        for (uint256 i = 0; i < 66; i++) {
            if (i < 32) y[i] = both[i];
            else s[i - 32] = both[i];
        }
        vm.expectRevert(abi.encodeWithSelector(IKeys.KeyLength.selector, 32));
        keys.confirm(n, c, y, s, by);
        vm.expectRevert(abi.encodeWithSelector(IKeys.KeyLength.selector, 34));
        keys.confirm(n, c, keyY(), s, by);
    }

    /// @dev What the old committee signs is no confirmation of the new one.
    function test_another_committee_confirms_nothing() public {
        makeEpoch();
        registerNode(nodeOwner(4), 5);
        proveNode(5, 7);
        name(list(3, 4, 5), 2);
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        bytes32 digest = typedDigest(keccak256(abi.encode(CONFIRMED_TYPEHASH, c)));
        IQuorum.Signed memory by = signResult(c, 3);
        by.signatures = signBy(digest, 3);
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        keys.confirm(n, c, keyY(), keyS(), by);
        by = signResult(c, 3);
        by.epoch = 1;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 1, 2));
        keys.confirm(n, c, keyY(), keyS(), by);
        keys.confirm(n, c, keyY(), keyS(), signResult(c, 7));
    }

    /// @dev The epoch is signed, and an epoch has one session.
    function test_a_confirmation_of_a_session_that_expired_confirms_no_other() public {
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        IQuorum.Signed memory by = signResult(c, 7);
        by.expiry = type(uint64).max;
        advance(REVEAL + RECOVER + CONFIRM);
        vm.expectRevert(wrongPhase(n, IKeys.Phase.Expired));
        keys.confirm(n, c, keyY(), keyS(), by);
        quorum.renewCommittee();
        n = dealt();
        vm.expectRevert(IKeys.ConfirmationDiffers.selector);
        keys.confirm(n, c, keyY(), keyS(), by);
        c.epoch = 2;
        by.epoch = 2;
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        keys.confirm(n, c, keyY(), keyS(), by);
        confirmSession(n);
    }

    // -- later epochs

    function test_the_key_outlives_every_epoch() public {
        makeEpoch();
        nameAll(3);
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        bytes memory other = bytes.concat(hex"02", keccak256("another key"));
        c.networkKeyDigest = keccak256(bytes.concat(other, keyS()));
        IQuorum.Signed memory by = signResult(c, 7);
        vm.expectRevert(IKeys.KeyDiffers.selector);
        keys.confirm(n, c, other, keyS(), by);
        confirmSession(n);
        (bytes memory y,) = keys.networkKey();
        holds(keccak256(y) == keccak256(keyY()), "as it was made");
        holds(keys.isConfirmed(1) && keys.isConfirmed(2), "both");
        same(keys.confirmation(2).key, 1, "of one key");
        same(keys.keyCount(), 1, "and of no other");
    }

    function test_the_active_committee_deals_to_the_next_one() public {
        makeEpoch();
        registerNode(nodeOwner(4), 5);
        proveNode(5, 7);
        name(list(5, 4, 1), 2);
        uint64 n = begun(2);
        IKeys.Session memory s = keys.session(n);
        same(s.dealersEpoch, 1, "the old ones deal");
        same(s.dealers, 4, "all of them");
        // Member 1 of the new committee is node 5, which holds no share yet: dealer 1 is node 1.
        IKeys.SessionMessage memory m = message(n, IKeys.Kind.Deal, 1, 0, BODY);
        bytes memory signature = signMessage(nodeKeys[4], m);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 1));
        keys.deal(n, 1, BODY, signature);
        keys.deal(n, 1, BODY, signMessage(nodeKeys[0], m));
        for (uint16 i = 2; i <= 4; i++) {
            send(n, IKeys.Kind.Deal, i, 0);
        }
        // Complaints are the new members'.
        m = message(n, IKeys.Kind.Complain, 1, 4, BODY);
        signature = signMessage(nodeKeys[0], m);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 1));
        keys.complain(n, 1, 4, BODY, signature);
        keys.complain(n, 1, 4, BODY, signMessage(nodeKeys[4], m));
        signature = signMessage(nodeKeys[3], message(n, IKeys.Kind.Complain, 4, 1, BODY));
        vm.expectRevert(abi.encodeWithSelector(IKeys.NotRegistered.selector, n, 4));
        keys.complain(n, 4, 1, BODY, signature);
        advance(COMPLAIN);
        confirmSession(n);
    }

    function test_an_old_member_that_is_silent_holds_nothing_up_but_the_time_to_deal() public {
        makeEpoch();
        silenceNode(2);
        quorum.renewCommittee();
        uint64 n = begun(2);
        send(n, IKeys.Kind.Deal, 1, 0);
        refused(n, IKeys.Kind.Deal, 2, 0, abi.encodeWithSelector(IKeys.MemberNotLive.selector, 2));
        send(n, IKeys.Kind.Deal, 3, 0);
        send(n, IKeys.Kind.Deal, 4, 0);
        advance(DEAL + COMPLAIN);
        IQuorum.CommitteeConfirmed memory c = result(n);
        keys.confirm(n, c, keyY(), keyS(), signResult(c, 7));
        quorum.activate();
        same(quorum.activeEpoch(), 2, "without it");
    }

    /// @dev A key that a committee has made and never used is handed on all the same: something may be encrypted to it.
    function test_a_confirmed_committee_that_never_began_deals_when_no_other_has_shares() public {
        confirmSession(dealt());
        leave(4);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 4));
        quorum.activate();
        same(quorum.renewCommittee(), 2, "named again without the one that left");
        uint64 n = begun(2);
        same(keys.session(n).dealersEpoch, 1, "who holds the key");
        dealAll(n, 4);
        advance(COMPLAIN);
        confirmSession(n);
        quorum.activate();
        nameAll2(3);
        same(keys.session(keys.open(3)).dealersEpoch, 2, "then the active one");
    }

    /// @dev The members of the second epoch have shares too, but the active one has not ended.
    function test_the_active_committee_deals_also_after_one_that_never_began() public {
        makeEpoch();
        nameAll(3);
        confirmSession(dealt());
        nameAll(3);
        same(keys.session(keys.open(3)).dealersEpoch, 1, "the active one");
    }

    function nameAll2(uint16 threshold) private {
        name(list(1, 2, 3), threshold);
    }
}
