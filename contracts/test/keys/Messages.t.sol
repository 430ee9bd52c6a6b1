// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {vm} from "../Vm.sol";
import {KeysFixture} from "./KeysFixture.sol";

/// @dev What a member says: taken once, in its phase, under its proven key alone.
contract MessagesTest is KeysFixture {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint64 private number;

    function setUp() public override {
        super.setUp();
        number = begun(1);
    }

    /// @dev Everybody deals; then to the beginning of a phase.
    function until(IKeys.Kind kind) private {
        if (kind == IKeys.Kind.Deal) return;
        dealAll(number, 4);
        if (kind == IKeys.Kind.Complain) return;
        advance(COMPLAIN);
        if (kind == IKeys.Kind.Recover) advance(REVEAL);
    }

    function subjectOf(IKeys.Kind kind, uint16 dealer) private pure returns (uint16) {
        return kind == IKeys.Kind.Complain || kind == IKeys.Kind.Recover ? dealer : 0;
    }

    function test_each_kind_is_an_event_with_its_digest() public {
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.Dealt(number, 1, keccak256(BODY));
        dealAll(number, 1);
        for (uint16 i = 2; i <= 4; i++) {
            send(number, IKeys.Kind.Deal, i, 0);
        }
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.Complained(number, 2, 1, keccak256(BODY));
        send(number, IKeys.Kind.Complain, 1, 2);
        advance(COMPLAIN);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.Revealed(number, 3, keccak256(BODY));
        send(number, IKeys.Kind.Reveal, 3, 0);
        advance(REVEAL);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.Recovered(number, 4, 1, keccak256(BODY));
        send(number, IKeys.Kind.Recover, 1, 4);
    }

    function test_no_message_is_taken_outside_its_phase() public {
        IKeys.Phase[4] memory phases = [IKeys.Phase.Deal, IKeys.Phase.Complain, IKeys.Phase.Reveal, IKeys.Phase.Recover];
        IKeys.Kind[4] memory kinds = [IKeys.Kind.Deal, IKeys.Kind.Complain, IKeys.Kind.Reveal, IKeys.Kind.Recover];
        uint32[4] memory lengths = [DEAL, COMPLAIN, REVEAL, RECOVER];
        dealAll(number, 3);
        for (uint256 p = 0; p < 4; p++) {
            for (uint256 k = 0; k < 4; k++) {
                if (k == p) continue;
                refused(number, kinds[k], 4, subjectOf(kinds[k], 1), wrongPhase(number, phases[p]));
            }
            advance(lengths[p]);
        }
        for (uint256 k = 0; k < 4; k++) {
            refused(number, kinds[k], 4, subjectOf(kinds[k], 1), wrongPhase(number, IKeys.Phase.Confirm));
        }
    }

    function test_a_message_is_taken_once_whatever_else_its_sender_signs() public {
        IKeys.Kind[4] memory kinds = [IKeys.Kind.Deal, IKeys.Kind.Complain, IKeys.Kind.Reveal, IKeys.Kind.Recover];
        uint256 fresh = vm.snapshotState();
        for (uint256 k = 0; k < 4; k++) {
            until(kinds[k]);
            uint16 subject = subjectOf(kinds[k], 2);
            if (kinds[k] != IKeys.Kind.Deal || keys.session(number).dealt == 0) send(number, kinds[k], 1, subject);
            bytes memory why =
                abi.encodeWithSelector(IKeys.MessageRepeated.selector, number, kinds[k], uint16(1), subject);
            refused(number, kinds[k], 1, subject, why);
            bytes memory other = signed(number, kinds[k], 1, subject, "another body");
            vm.expectRevert(why);
            bring(number, kinds[k], 1, subject, "another body", other);
            vm.revertToState(fresh);
            fresh = vm.snapshotState();
        }
    }

    function test_a_member_complains_of_each_dealer_once() public {
        until(IKeys.Kind.Complain);
        for (uint16 complainer = 1; complainer <= 4; complainer++) {
            for (uint16 dealer = 1; dealer <= 4; dealer++) {
                send(number, IKeys.Kind.Complain, complainer, dealer);
            }
        }
    }

    function test_only_what_was_dealt_is_complained_of_revealed_and_recovered() public {
        dealAll(number, 3);
        advance(DEAL);
        bytes memory why = abi.encodeWithSelector(IKeys.NotDealt.selector, number, 4);
        refused(number, IKeys.Kind.Complain, 1, 4, why);
        uint16[3] memory nobody = [0, 5, type(uint16).max];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory none = abi.encodeWithSelector(IKeys.NotDealt.selector, number, nobody[i]);
            refused(number, IKeys.Kind.Complain, 1, nobody[i], none);
        }
        advance(COMPLAIN);
        refused(number, IKeys.Kind.Reveal, 4, 0, why);
        advance(REVEAL);
        refused(number, IKeys.Kind.Recover, 1, 4, why);
    }

    function test_bodies_have_one_to_8192_bytes() public {
        bytes memory empty = "";
        bytes memory largest = new bytes(8_192);
        bytes memory larger = new bytes(8_193);
        bytes memory signature = signed(number, IKeys.Kind.Deal, 1, 0, empty);
        vm.expectRevert(abi.encodeWithSelector(IKeys.BodySize.selector, 0, 8_192));
        keys.deal(number, 1, empty, signature);
        signature = signed(number, IKeys.Kind.Deal, 1, 0, larger);
        vm.expectRevert(abi.encodeWithSelector(IKeys.BodySize.selector, 8_193, 8_192));
        keys.deal(number, 1, larger, signature);
        keys.deal(number, 1, largest, signed(number, IKeys.Kind.Deal, 1, 0, largest));
        keys.deal(number, 2, "1", signed(number, IKeys.Kind.Deal, 2, 0, "1"));
    }

    function test_only_members_speak() public {
        IKeys.Kind[4] memory kinds = [IKeys.Kind.Deal, IKeys.Kind.Complain, IKeys.Kind.Reveal, IKeys.Kind.Recover];
        uint256 fresh = vm.snapshotState();
        uint16[2] memory nobody = [uint16(0), 5];
        for (uint256 k = 0; k < 4; k++) {
            for (uint256 i = 0; i < 2; i++) {
                until(kinds[k]);
                uint16 subject = subjectOf(kinds[k], 2);
                bytes memory signature = signMessage(nodeKeys[0], message(number, kinds[k], nobody[i], subject, BODY));
                // Nobody at this index has registered or dealt either.
                vm.expectRevert(
                    abi.encodeWithSelector(
                        kinds[k] == IKeys.Kind.Reveal ? IKeys.NotDealt.selector : IKeys.NotRegistered.selector,
                        number,
                        nobody[i]
                    )
                );
                bring(number, kinds[k], nobody[i], subject, BODY, signature);
                vm.revertToState(fresh);
                fresh = vm.snapshotState();
            }
        }
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionUnknown.selector, 2));
        keys.deal(2, 1, BODY, "");
    }

    // -- signatures

    function wrong(bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 1));
        keys.deal(number, 1, BODY, signature);
    }

    function test_another_members_key_a_strangers_and_none_are_refused() public {
        IKeys.SessionMessage memory m = message(number, IKeys.Kind.Deal, 1, 0, BODY);
        wrong(signMessage(nodeKeys[1], m));
        wrong(signMessage(99, m));
        wrong("");
        wrong(new bytes(65));
        bytes memory right = signMessage(nodeKeys[0], m);
        wrong(bytes.concat(right, hex"00"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(nodeKeys[0], typedDigest(keccak256(abi.encode(MESSAGE_TYPEHASH, m))));
        wrong(abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
        wrong(abi.encodePacked(r, s));
        wrong(abi.encodePacked(r, s, v - 27));
        keys.deal(number, 1, BODY, right);
    }

    /// @dev Every field is signed: a signature is one of one place in one session.
    function test_a_message_of_another_session_kind_sender_subject_or_body_is_refused() public {
        wrong(signMessage(nodeKeys[0], message(number + 1, IKeys.Kind.Deal, 1, 0, BODY)));
        wrong(signMessage(nodeKeys[0], message(number, IKeys.Kind.Reveal, 1, 0, BODY)));
        wrong(signMessage(nodeKeys[0], message(number, IKeys.Kind.Deal, 2, 0, BODY)));
        wrong(signMessage(nodeKeys[0], message(number, IKeys.Kind.Deal, 1, 1, BODY)));
        wrong(signMessage(nodeKeys[0], message(number, IKeys.Kind.Deal, 1, 0, "another body")));
        until(IKeys.Kind.Complain);
        bytes memory signature = signed(number, IKeys.Kind.Complain, 1, 2, BODY);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 1));
        keys.complain(number, 1, 3, BODY, signature);
    }

    function test_what_was_said_in_one_session_is_refused_in_the_next() public {
        bytes memory signature = signed(number, IKeys.Kind.Deal, 1, 0, BODY);
        keys.deal(number, 1, BODY, signature);
        advance(DEAL);
        number = begun(quorum.renewCommittee());
        wrong(signature);
    }

    function test_another_chain_or_another_network_does_not_take_the_signature() public {
        bytes memory signature = signed(number, IKeys.Kind.Deal, 1, 0, BODY);
        vm.chainId(block.chainid + 1);
        wrong(signature);
        vm.chainId(block.chainid - 1);
        IKeys first = keys;
        begin(subnet.kind(), 4, 3);
        number = begun(1);
        holds(address(first) != address(keys), "a second network");
        wrong(signature);
    }

    function test_a_member_whose_machine_counts_no_longer_is_not_heard() public {
        silenceNode(1);
        refused(number, IKeys.Kind.Deal, 1, 0, abi.encodeWithSelector(IKeys.MemberNotLive.selector, 1));
        send(number, IKeys.Kind.Deal, 2, 0);
    }

    function test_a_convicted_member_is_not_heard() public {
        vm.prank(SLASHER);
        subnet.slashNode(1, ADMIN, 0);
        refused(number, IKeys.Kind.Deal, 1, 0, abi.encodeWithSelector(IKeys.MemberNotLive.selector, 1));
    }

    function test_a_key_that_changes_amid_a_session_counts_no_longer_and_its_successor_when_it_is_proven() public {
        bytes memory old = signed(number, IKeys.Kind.Deal, 1, 0, BODY);
        changeKeys(1, uint256(keccak256("new key")));
        vm.expectRevert(abi.encodeWithSelector(IKeys.MemberNotLive.selector, 1));
        keys.deal(number, 1, BODY, old);
        refused(number, IKeys.Kind.Deal, 1, 0, abi.encodeWithSelector(IKeys.MemberNotLive.selector, 1));
        proveNode(1, 14);
        wrong(old);
        send(number, IKeys.Kind.Deal, 1, 0);
    }
}
