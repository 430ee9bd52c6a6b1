// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {KeysFixture} from "./KeysFixture.sol";
import {vm} from "../Vm.sol";

/// @dev Keys of members for one session: whoever registers one, when, and how often.
contract RegistrationsTest is KeysFixture {
    uint64 private number;

    function setUp() public override {
        super.setUp();
        number = keys.open(1);
    }

    function test_a_registration_is_an_event_with_its_digest() public {
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.Registered(number, 2, keccak256(BODY));
        send(number, IKeys.Kind.Register, 2, 0);
        same(keys.session(number).registered, 1, "one");
    }

    function test_a_member_registers_once_whatever_else_it_signs() public {
        send(number, IKeys.Kind.Register, 1, 0);
        bytes memory why =
            abi.encodeWithSelector(IKeys.MessageRepeated.selector, number, IKeys.Kind.Register, uint16(1), uint16(0));
        refused(number, IKeys.Kind.Register, 1, 0, why);
        bytes memory other = signed(number, IKeys.Kind.Register, 1, 0, "another key");
        vm.expectRevert(why);
        keys.register(number, 1, "another key", other);
        same(keys.session(number).registered, 1, "the first one");
    }

    /// @dev In a session that goes on without it.
    function test_nobody_registers_after_the_window() public {
        registerAll(number, 3);
        advance(REGISTER - 1);
        uint256 inTime = vm.snapshotState();
        send(number, IKeys.Kind.Register, 4, 0);
        vm.revertToState(inTime);
        advance(1);
        refused(number, IKeys.Kind.Register, 4, 0, wrongPhase(number, IKeys.Phase.Deal));
        dealAll(number, 3);
        refused(number, IKeys.Kind.Register, 4, 0, wrongPhase(number, IKeys.Phase.Complain));
    }

    function test_a_key_registered_for_one_session_is_none_in_the_next() public {
        bytes memory signature = signed(number, IKeys.Kind.Register, 1, 0, BODY);
        keys.register(number, 1, BODY, signature);
        advance(REGISTER);
        number = keys.open(quorum.renewCommittee());
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 1));
        keys.register(number, 1, BODY, signature);
    }

    function test_another_members_registration_is_nobody_elses() public {
        bytes memory signature = signed(number, IKeys.Kind.Register, 1, 0, BODY);
        keys.register(number, 1, BODY, signature);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 2));
        keys.register(number, 2, BODY, signature);
    }

    function test_only_members_with_a_live_proof_register() public {
        bytes memory signature = signMessage(nodeKeys[0], message(number, IKeys.Kind.Register, 5, 0, BODY));
        vm.expectRevert(abi.encodeWithSelector(IKeys.SenderUnknown.selector, 5, 4));
        keys.register(number, 5, BODY, signature);
        silenceNode(1);
        refused(number, IKeys.Kind.Register, 1, 0, abi.encodeWithSelector(IKeys.MemberNotLive.selector, 1));
    }

    function test_a_body_has_one_to_8192_bytes() public {
        bytes memory larger = new bytes(8_193);
        bytes memory signature = signed(number, IKeys.Kind.Register, 1, 0, larger);
        vm.expectRevert(abi.encodeWithSelector(IKeys.BodySize.selector, 8_193, 8_192));
        keys.register(number, 1, larger, signature);
        signature = signed(number, IKeys.Kind.Register, 1, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IKeys.BodySize.selector, 0, 8_192));
        keys.register(number, 1, "", signature);
    }

    function test_the_keys_of_an_old_epochs_members_register_nothing_in_a_resharing() public {
        registerAll(number, 4);
        dealAll(number, 4);
        advance(COMPLAIN);
        confirmSession(number);
        quorum.activate();
        registerNode(nodeOwner(4), 5);
        proveNode(5, 7);
        name(list(1, 2, 5), 2);
        number = keys.open(2);
        // The third member is node 5 now.
        bytes memory signature = signMessage(nodeKeys[2], message(number, IKeys.Kind.Register, 3, 0, BODY));
        vm.expectRevert(abi.encodeWithSelector(IKeys.SignatureInvalid.selector, 3));
        keys.register(number, 3, BODY, signature);
        send(number, IKeys.Kind.Register, 3, 0);
    }
}
