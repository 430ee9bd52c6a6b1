// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {KeysFixture} from "./KeysFixture.sol";

/// @dev Sessions: who opens them, and how one phase follows on another.
contract SessionsTest is KeysFixture {
    function test_a_session_is_opened_once_for_the_epoch_that_is_named_and_not_active() public {
        vm.expectRevert(abi.encodeWithSelector(IKeys.EpochNotPending.selector, 0));
        keys.open(0);
        vm.expectRevert(abi.encodeWithSelector(IKeys.EpochNotPending.selector, 2));
        keys.open(2);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionUnknown.selector, 1));
        keys.session(1);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.SessionOpened(1, 1, 1);
        same(keys.open(1), 1, "its number");
        same(keys.sessionOf(1), 1, "of the epoch");
        same(keys.sessionCount(), 1, "count");
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionExists.selector, 1));
        keys.open(1);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionUnknown.selector, 0));
        keys.session(0);
        IKeys.Session memory s = keys.session(1);
        same(s.epoch, 1, "epoch");
        same(s.dealersEpoch, 1, "the members deal for themselves");
        same(s.openedBlock, block.number, "block");
        same(s.openedAt, T0, "time");
        same(s.dealers, 4, "dealers");
        same(uint256(s.messagesDigest), 0, "nothing said yet");
    }

    /// @dev Else honest nodes would sign two results for one epoch, which is what a conviction rests on.
    function test_an_epoch_whose_session_expired_is_never_opened_again() public {
        keys.open(1);
        advance(REGISTER);
        isIn(1, IKeys.Phase.Expired, 0);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SessionExists.selector, 1));
        keys.open(1);
        uint64 next = quorum.renewCommittee();
        same(next, 2, "another number for the next try");
        same(keys.open(next), 2, "opened");
    }

    function test_an_active_epoch_and_one_that_was_replaced_are_not_opened() public {
        makeEpoch();
        vm.expectRevert(abi.encodeWithSelector(IKeys.EpochNotPending.selector, 1));
        keys.open(1);
        nameAll(3);
        nameAll(3);
        vm.expectRevert(abi.encodeWithSelector(IKeys.EpochNotPending.selector, 2));
        keys.open(2);
        keys.open(3);
    }

    function test_every_member_is_live_when_a_session_is_opened() public {
        silenceNode(3);
        vm.expectRevert(abi.encodeWithSelector(IKeys.MemberNotLive.selector, 3));
        keys.open(1);
    }

    function test_a_key_that_is_registered_and_not_proven_opens_nothing() public {
        changeKeys(2, uint256(keccak256("new key")));
        vm.expectRevert(abi.encodeWithSelector(IKeys.MemberNotLive.selector, 2));
        keys.open(1);
        proveNode(2, 7);
        keys.open(1);
    }

    // -- phases

    function test_phases_of_a_new_key_follow_one_another_to_the_second() public {
        uint64 n = keys.open(1);
        uint256 at = T0;
        isIn(n, IKeys.Phase.Register, at + REGISTER - 1);
        uint256 opened = vm.snapshotState();
        registerAll(n, 3);
        advance(REGISTER - 1);
        isIn(n, IKeys.Phase.Register, at + REGISTER - 1);
        advance(1);
        isIn(n, IKeys.Phase.Deal, at + REGISTER + DEAL - 1);
        vm.revertToState(opened);
        registerAll(n, 4);
        isIn(n, IKeys.Phase.Deal, at + DEAL - 1);
        dealAll(n, 3);
        advance(DEAL - 1);
        isIn(n, IKeys.Phase.Deal, at + DEAL - 1);
        advance(1);
        at += DEAL;
        isIn(n, IKeys.Phase.Complain, at + COMPLAIN - 1);
        advance(COMPLAIN - 1);
        isIn(n, IKeys.Phase.Complain, at + COMPLAIN - 1);
        advance(1);
        at += COMPLAIN;
        isIn(n, IKeys.Phase.Reveal, at + REVEAL - 1);
        advance(REVEAL - 1);
        isIn(n, IKeys.Phase.Reveal, at + REVEAL - 1);
        advance(1);
        at += REVEAL;
        isIn(n, IKeys.Phase.Recover, at + RECOVER - 1);
        advance(RECOVER - 1);
        isIn(n, IKeys.Phase.Recover, at + RECOVER - 1);
        advance(1);
        at += RECOVER;
        isIn(n, IKeys.Phase.Confirm, at + CONFIRM - 1);
        advance(CONFIRM - 1);
        isIn(n, IKeys.Phase.Confirm, at + CONFIRM - 1);
        advance(1);
        isIn(n, IKeys.Phase.Expired, 0);
    }

    function test_dealing_begins_with_the_last_member_that_registers() public {
        uint64 n = keys.open(1);
        advance(7);
        registerAll(n, 3);
        isIn(n, IKeys.Phase.Register, T0 + REGISTER - 1);
        advance(3);
        send(n, IKeys.Kind.Register, 4, 0);
        isIn(n, IKeys.Phase.Deal, T0 + 10 + DEAL - 1);
        same(keys.session(n).registered, 4, "registered");
    }

    /// @dev The old epoch goes on: an epoch that fewer hold than are needed would release nothing.
    function test_a_session_in_which_fewer_register_than_are_needed_expires_when_registering_ends() public {
        uint64 n = keys.open(1);
        registerAll(n, 2);
        advance(REGISTER - 1);
        isIn(n, IKeys.Phase.Register, T0 + REGISTER - 1);
        advance(1);
        isIn(n, IKeys.Phase.Expired, 0);
        refused(n, IKeys.Kind.Deal, 1, 0, wrongPhase(n, IKeys.Phase.Expired));
    }

    function test_in_a_new_key_those_who_registered_deal_and_nobody_waits_for_the_others() public {
        uint64 n = keys.open(1);
        registerAll(n, 3);
        advance(REGISTER);
        dealAll(n, 2);
        refused(n, IKeys.Kind.Deal, 4, 0, abi.encodeWithSelector(IKeys.NotRegistered.selector, n, 4));
        isIn(n, IKeys.Phase.Deal, T0 + REGISTER + DEAL - 1);
        send(n, IKeys.Kind.Deal, 3, 0);
        isIn(n, IKeys.Phase.Complain, T0 + REGISTER + COMPLAIN - 1);
        refused(n, IKeys.Kind.Complain, 4, 1, abi.encodeWithSelector(IKeys.NotRegistered.selector, n, 4));
    }

    /// @dev It deals what it has, and gets nothing.
    function test_in_a_resharing_whoever_holds_a_share_deals_registered_or_not() public {
        makeEpoch();
        nameAll(3);
        uint64 n = keys.open(2);
        registerAll(n, 3);
        advance(REGISTER);
        dealAll(n, 4);
        same(uint256(phase(n)), uint256(IKeys.Phase.Complain), "all have dealt");
        refused(n, IKeys.Kind.Complain, 4, 1, abi.encodeWithSelector(IKeys.NotRegistered.selector, n, 4));
        advance(COMPLAIN);
        confirmSession(n);
    }

    function test_a_resharing_has_no_reveal_and_no_recover() public {
        makeEpoch();
        nameAll(3);
        uint64 n = begun(2);
        uint256 at = block.timestamp;
        dealAll(n, 3);
        advance(DEAL);
        isIn(n, IKeys.Phase.Complain, at + DEAL + COMPLAIN - 1);
        advance(COMPLAIN);
        isIn(n, IKeys.Phase.Confirm, at + DEAL + COMPLAIN + CONFIRM - 1);
        refused(n, IKeys.Kind.Reveal, 1, 0, wrongPhase(n, IKeys.Phase.Confirm));
        refused(n, IKeys.Kind.Recover, 1, 2, wrongPhase(n, IKeys.Phase.Confirm));
        advance(CONFIRM);
        isIn(n, IKeys.Phase.Expired, 0);
    }

    function test_dealing_ends_with_the_last_dealer() public {
        uint64 n = begun(1);
        advance(7);
        dealAll(n, 3);
        isIn(n, IKeys.Phase.Deal, T0 + DEAL - 1);
        advance(3);
        send(n, IKeys.Kind.Deal, 4, 0);
        isIn(n, IKeys.Phase.Complain, T0 + 10 + COMPLAIN - 1);
        advance(COMPLAIN);
        isIn(n, IKeys.Phase.Reveal, T0 + 10 + COMPLAIN + REVEAL - 1);
    }

    function test_dealing_may_end_in_its_last_second() public {
        uint64 n = begun(1);
        advance(DEAL - 1);
        dealAll(n, 4);
        isIn(n, IKeys.Phase.Complain, T0 + DEAL - 1 + COMPLAIN - 1);
    }

    function test_revealing_ends_when_everybody_who_dealt_has_revealed() public {
        uint64 n = begun(1);
        dealAll(n, 3);
        advance(DEAL + COMPLAIN + 4);
        revealAll(n, 2);
        isIn(n, IKeys.Phase.Reveal, T0 + DEAL + COMPLAIN + REVEAL - 1);
        send(n, IKeys.Kind.Reveal, 3, 0);
        isIn(n, IKeys.Phase.Recover, block.timestamp + RECOVER - 1);
        advance(RECOVER);
        isIn(n, IKeys.Phase.Confirm, block.timestamp + CONFIRM - 1);
        same(keys.session(n).dealt, 3, "dealt");
        same(keys.session(n).revealed, 3, "revealed");
    }

    /// @dev The contract cannot tell a reveal that holds from one that does not: garbage from one dealer must not end the session.
    function test_the_others_may_recover_what_a_dealer_has_revealed_wrongly() public {
        uint64 n = dealt();
        revealAll(n, 4);
        same(uint256(phase(n)), uint256(IKeys.Phase.Recover), "follows on every Reveal");
        send(n, IKeys.Kind.Recover, 1, 4);
        confirmSession(n);
    }

    function test_a_session_with_too_few_dealings_expires_when_dealing_ends() public {
        uint64 n = begun(1);
        dealAll(n, 2);
        advance(DEAL - 1);
        isIn(n, IKeys.Phase.Deal, T0 + DEAL - 1);
        advance(1);
        isIn(n, IKeys.Phase.Expired, 0);
        refused(n, IKeys.Kind.Complain, 1, 2, wrongPhase(n, IKeys.Phase.Expired));
    }

    /// @dev Three of the four old members can hand the key on, whatever the new committee's threshold.
    function test_a_resharing_needs_as_many_dealers_as_the_old_threshold() public {
        makeEpoch();
        registerNode(nodeOwner(4), 5);
        proveNode(5, 7);
        name(list(1, 2, 5), 2);
        uint64 n = begun(2);
        dealAll(n, 2);
        advance(DEAL);
        isIn(n, IKeys.Phase.Expired, 0);
    }

    function test_a_session_of_an_epoch_that_was_replaced_is_over() public {
        uint64 n = dealt();
        nameAll(3);
        isIn(n, IKeys.Phase.Expired, 0);
        refused(n, IKeys.Kind.Reveal, 1, 0, wrongPhase(n, IKeys.Phase.Expired));
        confirmRefused(n, result(n), wrongPhase(n, IKeys.Phase.Expired));
        keys.open(2);
    }

    function test_windows_are_those_of_when_the_session_was_opened() public {
        uint64 n = keys.open(1);
        IKeys.Windows memory other = IKeys.Windows(1, 1, 1, 1, 1, 1);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.WindowsSet(other);
        vm.prank(ADMIN);
        keys.setWindows(other);
        isIn(n, IKeys.Phase.Register, T0 + REGISTER - 1);
        nameAll(3);
        isIn(keys.open(2), IKeys.Phase.Register, T0);
        same(keys.windows().confirmSeconds, 1, "of later ones");
    }

    // -- settings

    function test_only_the_admin_sets_windows_each_of_a_second_to_seven_days() public {
        IKeys.Windows memory w = windows();
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        keys.setWindows(w);
        uint32 longest = 7 days;
        vm.startPrank(ADMIN);
        keys.setWindows(IKeys.Windows(1, 1, 1, 1, 1, 1));
        keys.setWindows(IKeys.Windows(longest, longest, longest, longest, longest, longest));
        for (uint256 i = 0; i < 6; i++) {
            for (uint256 j = 0; j < 2; j++) {
                uint32[6] memory all = [uint32(1), 1, 1, 1, 1, 1];
                all[i] = j == 0 ? 0 : longest + 1;
                vm.expectRevert(IKeys.WindowsInvalid.selector);
                keys.setWindows(IKeys.Windows(all[0], all[1], all[2], all[3], all[4], all[5]));
            }
        }
        vm.stopPrank();
    }

    function test_constructors_refuse_nobody_and_windows_of_no_time() public {
        IKeys.Windows memory w = windows();
        notDeployed("Keys", abi.encode(address(0), subnet, quorum, w));
        notDeployed("Keys", abi.encode(manager, address(0), quorum, w));
        notDeployed("Keys", abi.encode(manager, subnet, address(0), w));
        w.revealSeconds = 0;
        notDeployed("Keys", abi.encode(manager, subnet, quorum, w));
        holds(address(keys.quorum()) == address(quorum), "quorum");
        holds(address(keys.subnet()) == address(subnet), "subnet");
    }

    // -- properties

    /// @dev Whatever is said and whenever: phases go forward only, each ends where it said, messages are taken in theirs alone.
    function testFuzz_phases_only_go_forward_and_each_takes_its_own_messages(uint256 seed) public {
        bool resharing = seed % 2 == 1;
        if (resharing) {
            makeEpoch();
            nameAll(3);
        }
        uint64 n = keys.open(quorum.latestEpoch());
        IKeys.Session memory before = keys.session(n);
        for (uint256 step = 0; step < 32; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0) advance((seed >> 8) % 30);
            attempt(n, IKeys.Kind(1 + (seed >> 16) % 5), uint16(1 + (seed >> 24) % 4), uint16(1 + (seed >> 32) % 4));
            IKeys.Session memory s = keys.session(n);
            holds(s.phase >= before.phase, "never back");
            if (before.phaseEnd != 0 && block.timestamp > before.phaseEnd) holds(s.phase > before.phase, "ends");
            if (s.phaseEnd != 0) holds(s.phaseEnd >= block.timestamp, "an end to come");
            if (resharing) {
                holds(s.phase != IKeys.Phase.Reveal && s.phase != IKeys.Phase.Recover, "of a new key alone");
            }
            holds(s.registered >= before.registered && s.registered <= 4, "registered");
            holds(s.dealt >= before.dealt && s.dealt <= s.dealers && s.revealed <= s.dealt, "counts");
            before = s;
        }
    }

    /// @dev A message of a fitting signature: taken exactly in its phase, once, by whoever has registered where it has to be, about a
    /// dealer who has dealt.
    function attempt(uint64 n, IKeys.Kind kind, uint16 sender, uint16 other) private {
        uint16 subject = kind == IKeys.Kind.Complain || kind == IKeys.Kind.Recover ? other : 0;
        bool expected = isDue(n, kind, sender, subject);
        bytes memory signature = signed(n, kind, sender, subject, BODY);
        bytes32 before = keys.session(n).messagesDigest;
        bool taken = true;
        try this.bringFromOutside(n, kind, sender, subject, signature) {}
        catch {
            taken = false;
        }
        holds(taken == expected, "taken");
        if (!taken) {
            holds(keys.session(n).messagesDigest == before, "nothing changed");
            return;
        }
        said[n][kind][sender][subject] = true;
        bytes32 digest = keccak256(abi.encode(before, kind, sender, subject, keccak256(BODY)));
        holds(keys.session(n).messagesDigest == digest, "the digest of all messages");
    }

    function isDue(uint64 n, IKeys.Kind kind, uint16 sender, uint16 subject) private view returns (bool) {
        IKeys.Session memory s = keys.session(n);
        if (uint256(s.phase) != uint256(kind) || said[n][kind][sender][subject]) return false;
        if (kind == IKeys.Kind.Register) return true;
        bool registered = said[n][IKeys.Kind.Register][sender][0];
        if (kind == IKeys.Kind.Deal) return registered || s.dealersEpoch != s.epoch;
        return registered && said[n][IKeys.Kind.Deal][subject == 0 ? sender : subject][0];
    }

    mapping(uint64 => mapping(IKeys.Kind => mapping(uint16 => mapping(uint16 => bool)))) private said;

    function bringFromOutside(uint64 n, IKeys.Kind kind, uint16 sender, uint16 subject, bytes calldata signature)
        external
    {
        bring(n, kind, sender, subject, BODY, signature);
    }
}
