// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {KeysFixture} from "./KeysFixture.sol";

/// @dev A new key beside the old one: ordered at any time, made in a session of its own, and the end of the older.
contract RotationTest is KeysFixture {
    uint64 private constant OVERLAP = 7 days;

    // -- the order

    function test_the_dao_alone_orders_and_ends() public {
        makeEpoch();
        bytes memory why = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this));
        vm.expectRevert(why);
        keys.rotate(OVERLAP);
        vm.expectRevert(why);
        keys.endKey(1);
    }

    function test_there_is_nothing_to_rotate_before_there_is_a_key() public {
        refuseOrder(OVERLAP, abi.encodeWithSelector(IKeys.KeyUnknown.selector, 1));
        confirmSession(dealt());
        order(OVERLAP);
    }

    function test_the_overlap_is_30_days_at_most() public {
        makeEpoch();
        refuseOrder(30 days + 1, abi.encodeWithSelector(IKeys.OverlapTooLong.selector, 30 days + 1));
        order(30 days);
        order(0);
        (bool ordered, uint64 overlap) = keys.rotation();
        holds(ordered && overlap == 0, "the newest order counts");
    }

    function test_two_keys_live_at_most() public {
        makeEpoch();
        rotated(OVERLAP);
        uint256 end = block.timestamp + OVERLAP;
        advance(OVERLAP - 1);
        refuseOrder(1, abi.encodeWithSelector(IKeys.OlderKeyLives.selector, 1, end));
        same(keys.liveKeys().length, 2, "both");
        advance(1);
        same(keys.liveKeys().length, 1, "the newest alone");
        order(1);
    }

    // -- the new key

    function test_the_next_session_makes_a_new_key_and_the_older_lives_on_for_the_overlap() public {
        makeEpoch();
        same(keys.frozenEpoch(), 0, "nothing is frozen");
        order(OVERLAP);
        same(quorum.renewCommittee(), 2, "due at once");
        uint64 n = begun(2);
        same(keys.session(n).dealersEpoch, 2, "its members deal");
        dealAll(n, 4);
        advance(COMPLAIN);
        isIn(n, IKeys.Phase.Reveal, block.timestamp + REVEAL - 1);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.KeyEndSet(1, 1, uint64(block.timestamp) + OVERLAP);
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.NetworkKeyMade(2, otherY(), keyS());
        confirmNew(n);
        same(keys.keyCount(), 2, "two");
        same(keys.confirmation(1).key, 1, "of the first epoch");
        same(keys.confirmation(2).key, 2, "of the second");
        (bool ordered,) = keys.rotation();
        holds(!ordered, "done");
        IKeys.NetworkKey memory older = keys.keyAt(1);
        same(older.lastEpoch, 1, "frozen with whoever has shares of it");
        same(older.endsAt, block.timestamp + OVERLAP, "its end");
        IKeys.NetworkKey memory newest = keys.keyAt(2);
        same(newest.madeBlock, block.number, "made now");
        same(newest.lastEpoch + newest.endsAt, 0, "goes on");
        (bytes memory y,) = keys.networkKey();
        holds(keccak256(y) == keccak256(otherY()), "what is encrypted to");
        same(keys.frozenEpoch(), 1, "frozen");
        quorum.activate();
        same(keys.liveKeys()[0].number, 1, "the older first");
        same(keys.liveKeys()[1].number, 2, "then the newest");
        advance(OVERLAP);
        same(keys.frozenEpoch(), 0, "over");
        holds(!keys.isKeyLive(1) && keys.isKeyLive(2) && !keys.isKeyLive(3) && !keys.isKeyLive(0), "which live");
        same(keys.keyAt(1).number, 1, "an ended key is known");
        vm.expectRevert(abi.encodeWithSelector(IKeys.KeyUnknown.selector, 3));
        keys.keyAt(3);
    }

    function test_a_new_key_is_another_one() public {
        makeEpoch();
        order(OVERLAP);
        quorum.renewCommittee();
        uint64 n = dealt();
        confirmRefused(n, result(n), abi.encodeWithSelector(IKeys.KeyRepeated.selector, 1));
        confirmNew(n);
    }

    function test_the_new_key_is_handed_on_and_the_older_stays_where_it_is() public {
        makeEpoch();
        rotated(OVERLAP);
        nameAll(3);
        uint64 n = dealt();
        same(keys.session(n).dealersEpoch, 2, "whoever has the new key deals");
        confirmRefused(n, result(n), abi.encodeWithSelector(IKeys.KeyDiffers.selector));
        confirmNew(n);
        quorum.activate();
        same(keys.keyCount(), 2, "no third");
        same(keys.keyAt(1).lastEpoch, 1, "as it was");
        same(keys.confirmation(3).key, 2, "of the new key");
    }

    /// @dev The active epoch has shares of the old key alone, and must not deal.
    function test_the_committee_that_made_a_key_and_never_began_deals_it() public {
        makeEpoch();
        order(OVERLAP);
        nameAll(3);
        confirmNew(dealt());
        leave(4);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 4));
        quorum.activate();
        same(quorum.renewCommittee(), 3, "named again");
        uint64 n = begun(3);
        same(keys.session(n).dealersEpoch, 2, "who made the key");
        dealAll(n, 4);
        advance(COMPLAIN);
        confirmNew(n);
        quorum.activate();
        same(keys.keyAt(1).lastEpoch, 1, "the older is with the epoch that was active");
        nameAll3();
        same(keys.session(keys.open(4)).dealersEpoch, 3, "then the active one");
    }

    /// @dev The order comes while a committee is named, is registering, deals, complains, or has confirmed.
    function test_an_order_in_any_phase_of_a_session_lets_it_end_and_makes_the_next_one_of_a_new_key() public {
        makeEpoch();
        for (uint256 at = 0; at < 6; at++) {
            uint256 here = vm.snapshotState();
            nameAll(3);
            uint64 n = 0;
            if (at == 0) order(OVERLAP);
            n = keys.open(2);
            if (at == 1) order(OVERLAP);
            registerAll(n, 4);
            if (at == 2) order(OVERLAP);
            dealAll(n, keys.session(n).dealers);
            if (at == 3) order(OVERLAP);
            advance(COMPLAIN);
            if (at == 4) order(OVERLAP);
            same(keys.session(n).dealersEpoch, at == 0 ? 2 : 1, "what it began as");
            if (at == 0) confirmNew(n);
            else confirmSession(n);
            if (at == 5) order(OVERLAP);
            quorum.activate();
            same(keys.keyCount(), at == 0 ? 2 : 1, "keys");
            if (at != 0) {
                quorum.renewCommittee();
                n = dealt();
                same(keys.session(n).dealersEpoch, 3, "then a new key");
                confirmNew(n);
                quorum.activate();
            }
            same(keys.keyCount(), 2, "made once");
            same(keys.keyAt(1).lastEpoch, at == 0 ? 1 : 2, "frozen where it was");
            same(quorum.activeEpoch(), at == 0 ? 2 : 3, "the new key's epoch");
            vm.revertToState(here);
        }
    }

    function test_sessions_of_a_new_key_that_come_to_nothing_are_followed_by_others_of_a_new_key() public {
        makeEpoch();
        order(OVERLAP);
        quorum.renewCommittee();
        for (uint64 epoch = 2; epoch < 5; epoch++) {
            uint64 n = keys.open(epoch);
            if (epoch > 2) registerAll(n, 4);
            if (epoch > 3) dealAll(n, 4);
            advance(REGISTER + DEAL + COMPLAIN + REVEAL + RECOVER + CONFIRM);
            same(uint256(phase(n)), uint256(IKeys.Phase.Expired), "came to nothing");
            same(keys.keyCount(), 1, "one key");
            same(keys.liveKeys()[0].endsAt, 0, "which goes on");
            same(quorum.activeEpoch(), 1, "and so does its epoch");
            same(quorum.renewCommittee(), epoch + 1, "named again");
        }
        confirmNew(dealt());
        quorum.activate();
        same(keys.keyCount(), 2, "at last");
        same(keys.keyAt(1).lastEpoch, 1, "from where it was");
    }

    // -- the end

    function test_a_key_that_leaked_ends_when_the_new_one_is_made() public {
        makeEpoch();
        rotated(0);
        holds(!keys.isKeyLive(1), "at once");
        same(keys.frozenEpoch(), 0, "nobody holds it for anybody");
        same(keys.liveKeys().length, 1, "one");
        same(keys.liveKeys()[0].number, 2, "the new one");
    }

    function test_the_dao_ends_an_older_key_before_its_time_and_no_other() public {
        makeEpoch();
        refuseEnd(1, abi.encodeWithSelector(IKeys.KeyIsNewest.selector, 1));
        refuseEnd(0, abi.encodeWithSelector(IKeys.KeyUnknown.selector, 0));
        rotated(OVERLAP);
        refuseEnd(2, abi.encodeWithSelector(IKeys.KeyIsNewest.selector, 2));
        refuseEnd(3, abi.encodeWithSelector(IKeys.KeyUnknown.selector, 3));
        vm.prank(ADMIN);
        keys.endKey(1);
        holds(!keys.isKeyLive(1), "ended");
        same(keys.keyAt(1).endsAt, block.timestamp, "now");
        refuseEnd(1, abi.encodeWithSelector(IKeys.KeyEnded.selector, 1));
        order(OVERLAP);
    }

    // -- who answers for it

    function test_members_of_a_frozen_epoch_are_seated_until_the_key_ends_also_when_they_leave() public {
        makeEpoch();
        order(OVERLAP);
        leave(4);
        quorum.renewCommittee();
        confirmNew(dealt());
        quorum.activate();
        advance(15 minutes + 1);
        (uint64[] memory members,) = quorum.committee(2);
        same(members.length, 3, "without the one that left");
        holds(quorum.isSeated(4), "its share of the older key is good");
        holds(subnet.requiredStakeWei(2, 4) != 0, "so its stake stays");
        advance(OVERLAP - 15 minutes - 2);
        holds(quorum.isSeated(4), "to the last second");
        advance(1);
        holds(!quorum.isSeated(4), "and no longer");
        same(subnet.requiredStakeWei(2, 4), 0, "its stake is its own");
    }

    // -- how

    function rotated(uint64 overlap) private {
        order(overlap);
        quorum.renewCommittee();
        confirmNew(dealt());
        quorum.activate();
    }

    function order(uint64 overlap) private {
        vm.expectEmit(true, true, true, true, address(keys));
        emit IKeys.RotationOrdered(overlap);
        vm.prank(ADMIN);
        keys.rotate(overlap);
    }

    function refuseOrder(uint64 overlap, bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(ADMIN);
        keys.rotate(overlap);
    }

    function refuseEnd(uint32 number, bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(ADMIN);
        keys.endKey(number);
    }

    function nameAll3() private {
        name(list(1, 2, 3), 3);
    }
}
