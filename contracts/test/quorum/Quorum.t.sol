// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

contract QuorumTest is NetworkFixture {
    bytes32 private constant STATEMENT = keccak256("a statement");
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function statement(uint256 bitmap) private view returns (IQuorum.Signed memory signed) {
        signed.epoch = quorum.activeEpoch();
        signed.expiry = uint64(block.timestamp);
        signed.bitmap = bitmap;
        signed.signatures = signBy(typedDigest(STATEMENT), bitmap);
    }

    function refused(IQuorum.Signed memory signed, bytes memory why) private {
        vm.expectRevert(why);
        quorum.verify(STATEMENT, signed, false);
    }

    function test_threshold_of_distinct_members_is_enough_and_one_less_is_not() public {
        quorum.verify(STATEMENT, statement(3), false);
        quorum.verify(STATEMENT, statement(5), false);
        quorum.verify(STATEMENT, statement(7), false);
        refused(statement(4), abi.encodeWithSelector(IQuorum.SignaturesTooFew.selector, 1, 2));
    }

    function test_one_member_signing_twice_counts_once() public {
        IQuorum.Signed memory signed = statement(1);
        signed.bitmap = 3;
        signed.signatures = bytes.concat(signed.signatures, signed.signatures);
        address first = vm.addr(nodeKeys[0]);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerWrong.selector, 1, vm.addr(nodeKeys[1]), first));
    }

    function test_signatures_in_descending_order_are_refused() public {
        IQuorum.Signed memory signed = statement(3);
        bytes32 digest = typedDigest(STATEMENT);
        signed.signatures = bytes.concat(signOne(nodeKeys[1], digest), signOne(nodeKeys[0], digest));
        refused(
            signed, abi.encodeWithSelector(IQuorum.SignerWrong.selector, 0, vm.addr(nodeKeys[0]), vm.addr(nodeKeys[1]))
        );
    }

    function test_high_s_is_refused() public {
        IQuorum.Signed memory signed = statement(3);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(nodeKeys[1], typedDigest(STATEMENT));
        bytes memory high = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        signed.signatures = bytes.concat(signOne(nodeKeys[0], typedDigest(STATEMENT)), high);
        refused(signed, abi.encodeWithSelector(IQuorum.SignatureMalleable.selector, 1));
    }

    function test_v_of_zero_or_one_is_refused() public {
        IQuorum.Signed memory signed = statement(3);
        signed.signatures[129] = bytes1(uint8(signed.signatures[129]) - 27);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerWrong.selector, 1, vm.addr(nodeKeys[1]), address(0)));
    }

    function test_a_bit_beyond_the_committee_is_refused() public {
        IQuorum.Signed memory signed = statement(3);
        signed.bitmap = 11;
        refused(signed, abi.encodeWithSelector(IQuorum.BitmapOutOfRange.selector, 11, 3));
    }

    function test_missing_and_spare_signature_bytes_are_refused() public {
        IQuorum.Signed memory signed = statement(3);
        signed.signatures = bytes.concat(signed.signatures, hex"00");
        refused(signed, abi.encodeWithSelector(IQuorum.SignatureLength.selector, 131, 130));
        signed.signatures = signBy(typedDigest(STATEMENT), 1);
        refused(signed, abi.encodeWithSelector(IQuorum.SignatureLength.selector, 65, 130));
    }

    function test_a_statement_counts_through_its_expiry_and_not_a_second_longer() public {
        IQuorum.Signed memory signed = statement(3);
        quorum.verify(STATEMENT, signed, false);
        advance(1);
        refused(signed, abi.encodeWithSelector(IQuorum.StatementExpired.selector, signed.expiry, block.timestamp));
    }

    function test_another_chain_or_contract_does_not_accept_the_signatures() public {
        IQuorum.Signed memory signed = statement(3);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        quorum.verify(STATEMENT, signed, false);
        vm.chainId(block.chainid - 1);
        IQuorum first = quorum;
        deployNetwork(ISubnet.NetworkKind.Development, 1, 3, 2);
        holds(address(first) != address(quorum), "a second contract");
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        quorum.verify(STATEMENT, signed, false);
    }

    function test_the_epoch_before_counts_for_fifteen_minutes_and_older_or_unknown_ones_never() public {
        IQuorum.Signed memory old = statement(3);
        nameAll(2);
        quorum.activate();
        same(quorum.activeEpoch(), 2, "active epoch");
        old.expiry = uint64(block.timestamp + 1 days);
        advance(15 minutes);
        quorum.verify(STATEMENT, old, false);
        advance(1);
        refused(old, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 1, 2));
        old.epoch = 3;
        refused(old, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 3, 2));
        old.epoch = 0;
        refused(old, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 0, 2));
    }

    function test_a_named_committee_signs_nothing_before_it_is_active() public {
        nameAll(3);
        IQuorum.Signed memory signed = statement(7);
        signed.epoch = 2;
        refused(signed, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 2, 1));
    }

    function test_a_member_without_a_live_proof_does_not_count() public {
        IQuorum.Signed memory signed = statement(3);
        bytes32 machine = nodeProof(2).platformId;
        vm.prank(ADMIN);
        subnet.denyPlatform(machine);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 2));
        quorum.verify(STATEMENT, statement(5), false);
    }

    function test_a_revoked_node_measurement_silences_everybody_at_once() public {
        IQuorum.Signed memory signed = statement(3);
        vm.prank(ADMIN);
        subnet.setReferenceValue(2, NODE_IMAGE, 1, ISubnet.ReferenceStatus.Revoked, 0);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
    }

    function test_changed_keys_do_not_count_until_proven_again() public {
        uint256 key = uint256(keccak256("new key"));
        ISubnet.NodeKeys memory keys = keysOf(nodeOwner(0), nodeOwner(0), key, 1);
        vm.prank(nodeOwner(0));
        subnet.setNodeKeys(1, keys, "127.0.0.1:1");
        nodeKeys[0] = key;
        refused(statement(3), abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        sendProofs(proofs, signProofs(proofs, 6));
        quorum.verify(STATEMENT, statement(3), false);
    }

    function test_a_convicted_member_does_not_count_from_the_same_moment() public {
        IQuorum.Signed memory signed = statement(3);
        vm.prank(SLASHER);
        subnet.slashNode(2, ADMIN, 0);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 2));
        quorum.verify(STATEMENT, statement(5), false);
    }

    function test_a_batch_signed_for_one_epoch_is_none_of_the_next() public {
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        nameAll(2);
        quorum.activate();
        signed.epoch = 2;
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        sendProofs(proofs, signed);
        signed.epoch = 1;
        sendProofs(proofs, signed);
    }

    /// @dev The types have different names, so their hashes never meet.
    function test_a_batch_signed_for_one_purpose_is_not_a_batch_of_another() public {
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        ISubnet.Revocation[] memory list = new ISubnet.Revocation[](1);
        list[0] = ISubnet.Revocation({subject: 2, id: MACHINE, blockNumber: 1});
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        subnet.revoke(list, signed);
    }

    function test_the_time_of_a_statement_is_noted_once_an_hour() public {
        same(quorum.lastSignedAt(), T0, "when the epoch began");
        advance(1 hours - 1);
        quorum.verify(STATEMENT, statement(3), false);
        same(quorum.lastSignedAt(), T0, "within the hour");
        advance(1);
        quorum.verify(STATEMENT, statement(3), false);
        same(quorum.lastSignedAt(), T0 + 1 hours, "after it");
        advance(5 hours);
        refused(statement(4), abi.encodeWithSelector(IQuorum.SignaturesTooFew.selector, 1, 2));
        same(quorum.lastSignedAt(), T0 + 1 hours, "what is refused is no sign of life");
    }
}
