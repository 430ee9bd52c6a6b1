// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {KeysFixture} from "../keys/KeysFixture.sol";
import {vm} from "../Vm.sol";

/// @dev Committees that renew themselves, and epochs that begin once they are confirmed.
contract RenewalTest is KeysFixture {
    uint64 private constant REFRESH = 1 days;

    function setUp() public override {
        super.setUp();
        makeEpoch();
    }

    function sizeOf(uint64 epoch) private view returns (uint256, uint16) {
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        return (members.length, threshold);
    }

    function is_(uint64 epoch, uint64[] memory expected, uint16 expectedThreshold) private view {
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        holds(keccak256(abi.encode(members)) == keccak256(abi.encode(expected)), "members");
        same(threshold, expectedThreshold, "threshold");
    }

    function pending(uint64 epoch) private {
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochPending.selector, epoch));
        quorum.renewCommittee();
    }

    // -- the active committee

    function test_anybody_renews_a_committee_of_a_day_and_not_a_second_younger() public {
        uint256 since = block.timestamp;
        advance(REFRESH - 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.RefreshTooEarly.selector, since + REFRESH));
        quorum.renewCommittee();
        advance(1);
        vm.expectEmit(true, true, true, true, address(quorum));
        emit IQuorum.CommitteeNamed(2, 4, 3);
        same(quorum.renewCommittee(), 2, "named");
        (uint64[] memory before,) = quorum.committee(1);
        is_(2, before, 3);
        makeEpoch();
        same(quorum.activeEpoch(), 2, "refreshed");
    }

    function test_a_threshold_that_the_dao_chose_stays_while_all_members_do() public {
        nameAll(4);
        uint64 n = dealt();
        IQuorum.CommitteeConfirmed memory c = result(n);
        keys.confirm(n, c, keyY(), keyS(), signResult(c, 15));
        quorum.activate();
        advance(REFRESH);
        quorum.renewCommittee();
        (, uint16 threshold) = sizeOf(3);
        same(threshold, 4, "as it was");
    }

    function test_a_member_that_left_is_left_out_at_once() public {
        leave(2);
        same(quorum.renewCommittee(), 2, "named");
        is_(2, list(1, 3, 4), 3);
    }

    function test_a_member_without_a_live_proof_is_left_out_at_once() public {
        silenceNode(1);
        quorum.renewCommittee();
        is_(2, list(2, 3, 4), 3);
    }

    /// @dev Three of seven are one short of the four that the key needs; of the four that are left they would be a majority.
    function test_whoever_keeps_machines_from_their_proofs_does_not_bring_the_threshold_down() public {
        begin(ISubnet.NetworkKind.Test, 7, 4);
        makeEpoch();
        silenceNode(5);
        silenceNode(6);
        silenceNode(7);
        quorum.renewCommittee();
        (uint256 size, uint16 threshold) = sizeOf(2);
        same(size, 4, "those that are left");
        same(threshold, 4, "three of them are as few as they were");
    }

    function test_fewer_than_hold_the_key_are_no_committee() public {
        silenceNode(1);
        silenceNode(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 2));
        quorum.renewCommittee();
    }

    function test_live_networks_keep_four_members() public {
        begin(ISubnet.NetworkKind.Live, 5, 3);
        makeEpoch();
        silenceNode(1);
        quorum.renewCommittee();
        (uint256 size, uint16 threshold) = sizeOf(2);
        same(size, 4, "four");
        same(threshold, 3, "as it was");
        uint64 n = begun(2);
        for (uint16 i = 2; i <= 5; i++) {
            send(n, IKeys.Kind.Deal, i, 0);
        }
        advance(DEAL + COMPLAIN);
        confirmSession(n);
        quorum.activate();
        silenceNode(2);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 3));
        quorum.renewCommittee();
    }

    /// @dev Five nodes of owners 0, 0, 1, 2, 3 and, the last two, of another vendor.
    function mixed(uint16 minOwners, uint16 minVendors) private {
        deployContracts(ISubnet.NetworkKind.Test, minOwners, minVendors);
        keys = IKeys(deploy("Keys", abi.encode(manager, subnet, quorum, windows())));
        bytes32 image = keccak256("node measurement on SEV-SNP");
        vm.startPrank(ADMIN);
        quorum.setKeys(address(keys), REFRESH);
        subnet.setReferenceValue(2, image, 2, ISubnet.ReferenceStatus.Accepted, 0);
        vm.stopPrank();
        delete nodeKeys;
        for (uint256 i = 0; i < 5; i++) {
            registerNode(nodeOwner(i == 0 ? 0 : i - 1), i + 1);
        }
        nameAll(4);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](5);
        for (uint64 i = 0; i < 5; i++) {
            proofs[i] = nodeProof(i + 1);
            if (i >= 3) proofs[i].measurementId = image;
        }
        sendProofs(proofs, signProofs(proofs, 15));
        makeEpoch();
    }

    function test_a_renewed_committee_has_enough_owners() public {
        mixed(1, 1);
        silenceNode(5);
        quorum.renewCommittee();
        (uint256 size, uint16 threshold) = sizeOf(2);
        same(size, 4, "four");
        same(threshold, 4, "as it was");
        // With two owners asked for, the one of nodes 1 and 2 must not hold up the other two.
        deployDiverse();
        silenceNode(5);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 3, 2));
        quorum.renewCommittee();
    }

    function deployDiverse() private {
        deployContracts(ISubnet.NetworkKind.Test, 2, 1);
        keys = IKeys(deploy("Keys", abi.encode(manager, subnet, quorum, windows())));
        vm.prank(ADMIN);
        quorum.setKeys(address(keys), REFRESH);
        delete nodeKeys;
        for (uint256 i = 0; i < 5; i++) {
            registerNode(nodeOwner(i == 0 ? 0 : i - 1), i + 1);
        }
        nameAll(3);
        proveAll(7);
        makeEpoch();
    }

    function test_a_renewed_committee_has_enough_vendors() public {
        mixed(1, 2);
        // Node 4 moves to the first vendor's machines, and node 5 is out: four of four.
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(4);
        sendProofs(proofs, signProofs(proofs, 15));
        silenceNode(5);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverseInVendors.selector, 1, 2));
        quorum.renewCommittee();
    }

    // -- while another one is named

    function test_what_the_dao_has_named_is_not_renewed_for_a_day() public {
        registerNode(nodeOwner(4), 5);
        nameAll(3);
        pending(2);
        silenceNode(1);
        pending(2);
        advance(REFRESH - 1);
        pending(2);
        advance(1);
        same(quorum.renewCommittee(), 3, "then the active one goes on");
        is_(3, list(2, 3, 4), 3);
    }

    function test_a_renewed_committee_waits_for_its_session_unless_a_member_is_out() public {
        advance(REFRESH);
        quorum.renewCommittee();
        pending(2);
        silenceNode(4);
        same(quorum.renewCommittee(), 3, "without it");
        is_(3, list(1, 2, 3), 3);
        pending(3);
    }

    function test_a_running_session_is_not_disturbed() public {
        nameAll(3);
        uint64 n = keys.open(2);
        silenceNode(4);
        pending(2);
        registerAll(n, 3);
        advance(REGISTER);
        pending(2);
        dealAll(n, 3);
        advance(DEAL);
        pending(2);
        advance(COMPLAIN + CONFIRM - 1);
        pending(2);
        advance(1);
        same(quorum.renewCommittee(), 3, "expired");
    }

    function test_a_committee_whose_session_expired_gets_another_try_for_a_day() public {
        registerNode(nodeOwner(4), 5);
        proveNode(5, 7);
        nameAll(4);
        for (uint64 epoch = 2; epoch < 5; epoch++) {
            keys.open(epoch);
            advance(REGISTER);
            same(quorum.renewCommittee(), epoch + 1, "again");
            (uint256 size, uint16 threshold) = sizeOf(epoch + 1);
            same(size, 5, "what the DAO has named");
            same(threshold, 4, "with its threshold");
        }
        keys.open(5);
        advance(REFRESH - 3 * REGISTER);
        quorum.renewCommittee();
        (uint256 last,) = sizeOf(6);
        same(last, 4, "then the active one");
    }

    function test_a_confirmed_committee_begins_before_another_is_named() public {
        nameAll(3);
        confirmSession(dealt());
        advance(REFRESH);
        pending(2);
        leave(3);
        same(quorum.renewCommittee(), 3, "it cannot begin");
        // A day after it was named the active committee is what goes on.
        is_(3, list(1, 2, 4), 3);
    }

    function test_a_confirmed_committee_on_hardware_of_one_vendor_gives_way() public {
        mixed(1, 2);
        (uint64[] memory members,) = quorum.committee(1);
        name(members, 4);
        uint64 n = dealt();
        confirmSession(n);
        pending(2);
        // Nodes 4 and 5 move to the first vendor's machines.
        for (uint64 id = 4; id <= 5; id++) {
            ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
            proofs[0] = nodeProof(id);
            sendProofs(proofs, signProofs(proofs, 15));
        }
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverseInVendors.selector, 1, 2));
        quorum.activate();
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverseInVendors.selector, 1, 2));
        quorum.renewCommittee();
    }

    // -- before the first epoch

    function test_the_first_committee_tries_again_until_it_has_a_key() public {
        begin(ISubnet.NetworkKind.Test, 4, 3);
        pending(1);
        advance(10 * REFRESH);
        pending(1);
        keys.open(1);
        advance(REGISTER);
        same(quorum.renewCommittee(), 2, "again");
        pending(2);
        (uint64[] memory members,) = quorum.committee(1);
        is_(2, members, 3);
        makeEpoch();
        same(quorum.activeEpoch(), 2, "the first one with a key");
    }

    function test_there_is_nothing_to_renew_without_a_committee_and_without_keys() public {
        deployContracts(ISubnet.NetworkKind.Test, 1);
        vm.expectRevert(IQuorum.KeysNotSet.selector);
        quorum.renewCommittee();
        vm.prank(ADMIN);
        quorum.setKeys(address(keys), REFRESH);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochUnknown.selector, 0));
        quorum.renewCommittee();
    }

    // -- activation

    function test_an_epoch_begins_once_it_is_confirmed() public {
        nameAll(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotConfirmed.selector, 2));
        quorum.activate();
        uint64 n = dealt();
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotConfirmed.selector, 2));
        quorum.activate();
        confirmSession(n);
        // The quorum that confirmed was live: one proof that ends meanwhile holds nothing up.
        silenceNode(4);
        quorum.activate();
        same(quorum.activeEpoch(), 2, "active");
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochUnknown.selector, 3));
        quorum.activate();
    }

    function test_members_of_a_confirmed_epoch_are_still_active_when_it_begins() public {
        nameAll(3);
        confirmSession(dealt());
        leave(1);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 1));
        quorum.activate();
    }

    function test_a_confirmed_epoch_that_was_replaced_never_begins() public {
        nameAll(3);
        confirmSession(dealt());
        nameAll(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotConfirmed.selector, 3));
        quorum.activate();
    }

    // -- settings and views

    function test_only_the_admin_links_the_keys_once_and_sets_the_age() public {
        bytes4 refusal = bytes4(keccak256("AccessManagedUnauthorized(address)"));
        vm.expectPartialRevert(refusal);
        quorum.setKeys(address(1), REFRESH);
        vm.expectPartialRevert(refusal);
        quorum.setRefreshSeconds(1);
        holds(address(quorum.keys()) == address(keys), "linked");
        same(quorum.refreshSeconds(), REFRESH, "a day");
        vm.startPrank(ADMIN);
        vm.expectRevert(IQuorum.AlreadySet.selector);
        quorum.setKeys(address(1), REFRESH);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.RefreshInvalid.selector, 0));
        quorum.setRefreshSeconds(0);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.RefreshInvalid.selector, 30 days + 1));
        quorum.setRefreshSeconds(30 days + 1);
        quorum.setRefreshSeconds(30 days);
        vm.expectEmit(true, true, true, true, address(quorum));
        emit IQuorum.RefreshSet(60);
        quorum.setRefreshSeconds(60);
        vm.stopPrank();
        advance(60);
        quorum.renewCommittee();
        IQuorum other = IQuorum(deploy("Quorum", abi.encode(manager, 1, 1)));
        vm.startPrank(ADMIN);
        vm.expectRevert(IQuorum.KeysNotSet.selector);
        other.setRefreshSeconds(60);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.RefreshInvalid.selector, 0));
        other.setKeys(address(keys), 0);
        vm.expectRevert(IQuorum.ZeroAddress.selector);
        other.setKeys(address(0), REFRESH);
        vm.expectEmit(true, true, true, true, address(other));
        emit IQuorum.KeysSet(address(keys));
        other.setKeys(address(keys), REFRESH);
        vm.stopPrank();
    }

    function test_places_of_a_committee_begin_at_one() public {
        name(list(4, 2, 1), 2);
        same(quorum.member(2, 1), 4, "the first");
        same(quorum.member(2, 3), 1, "the last");
        uint16[2] memory wrong = [uint16(0), 4];
        for (uint256 i = 0; i < 2; i++) {
            vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberUnknown.selector, 2, wrong[i]));
            quorum.member(2, wrong[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberUnknown.selector, 3, 1));
        quorum.member(3, 1);
    }

    function test_the_committee_named_last_signs_for_itself_and_no_other() public {
        bytes32 statement = keccak256("a statement");
        name(list(2, 3, 4), 2);
        IQuorum.Signed memory s;
        (s.epoch, s.expiry, s.bitmap) = (2, uint64(block.timestamp), 3);
        s.signatures = signBy(typedDigest(statement), 6);
        quorum.verifyNamed(statement, s);
        s.epoch = 1;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 1, 2));
        quorum.verifyNamed(statement, s);
        s.epoch = 2;
        silenceNode(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 3));
        quorum.verifyNamed(statement, s);
        advance(1);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.StatementExpired.selector, s.expiry, block.timestamp));
        quorum.verifyNamed(statement, s);
        deployContracts(ISubnet.NetworkKind.Test, 1);
        s.epoch = 0;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 0, 0));
        quorum.verifyNamed(statement, s);
    }
}
