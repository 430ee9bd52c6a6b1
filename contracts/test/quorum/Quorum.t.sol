// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract QuorumTest is Fixture {
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
        subnet.setReferenceValue(2, NODE_IMAGE, ISubnet.ReferenceStatus.Revoked, 0);
        refused(signed, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
    }

    function test_changed_keys_do_not_count_until_proven_again() public {
        uint256 key = uint256(keccak256("new key"));
        vm.prank(nodeOwner(0));
        subnet.setNodeKeys(1, vm.addr(key), encryptionKey(1), keccak256("tls"), "127.0.0.1:1");
        nodeKeys[0] = key;
        refused(statement(3), abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        sendProofs(proofs, signProofs(proofs, 6));
        quorum.verify(STATEMENT, statement(3), false);
    }

    function test_thresholds_are_majorities() public {
        uint64[] memory two = new uint64[](2);
        (two[0], two[1]) = (1, 2);
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeThreshold.selector, 1, 2));
        quorum.nameCommittee(two, 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeThreshold.selector, 3, 2));
        quorum.nameCommittee(two, 3);
        quorum.nameCommittee(two, 2);
        two[1] = 1;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeMemberRepeated.selector, 1));
        quorum.nameCommittee(two, 2);
        two[1] = 9;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NodeUnknown.selector, 9));
        quorum.nameCommittee(two, 2);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 0));
        quorum.nameCommittee(new uint64[](0), 0);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 65));
        quorum.nameCommittee(new uint64[](65), 33);
    }

    function test_only_the_admin_names_committees_and_links_once() public {
        vm.expectPartialRevert(bytes4(keccak256("OwnableUnauthorizedAccount(address)")));
        quorum.nameCommittee(new uint64[](1), 1);
        vm.startPrank(ADMIN);
        vm.expectRevert(IQuorum.AlreadySet.selector);
        quorum.setSubnet(address(1));
        vm.expectRevert(ISubnet.AlreadySet.selector);
        subnet.setCloud(address(1));
    }

    function test_activation_needs_every_member_proven() public {
        uint64 fresh = registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        nameAll(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignerNotLive.selector, fresh));
        quorum.activate();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(fresh);
        sendProofs(proofs, signProofs(proofs, 3));
        quorum.activate();
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochUnknown.selector, 3));
        quorum.activate();
    }

    function test_live_networks_need_four_members_and_three_owners() public {
        deployContracts(ISubnet.NetworkKind.Live, 3);
        delete nodeKeys;
        address[5] memory owners = [nodeOwner(0), nodeOwner(0), nodeOwner(1), nodeOwner(1), nodeOwner(2)];
        for (uint256 i = 0; i < 3; i++) {
            registerNode(owners[i], i + 1);
        }
        uint64[] memory members = new uint64[](3);
        (members[0], members[1], members[2]) = (1, 2, 3);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 3));
        quorum.nameCommittee(members, 2);
        registerNode(owners[3], 4);
        members = new uint64[](4);
        (members[0], members[1], members[2], members[3]) = (1, 2, 3, 4);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 2, 3));
        quorum.nameCommittee(members, 3);
        // Seats 2, 2, 1: the two largest owners hold four of five, a quorum by themselves.
        registerNode(owners[4], 5);
        members = new uint64[](5);
        (members[0], members[1], members[2], members[3], members[4]) = (1, 2, 3, 4, 5);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 3, 3));
        quorum.nameCommittee(members, 3);
    }

    function test_a_quorum_remains_when_the_largest_owner_is_silent() public {
        deployContracts(ISubnet.NetworkKind.Live, 2);
        delete nodeKeys;
        address[5] memory owners = [nodeOwner(0), nodeOwner(0), nodeOwner(1), nodeOwner(2), nodeOwner(3)];
        uint64[] memory members = new uint64[](5);
        for (uint256 i = 0; i < 5; i++) {
            members[i] = registerNode(owners[i], i + 1);
        }
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 4, 2));
        quorum.nameCommittee(members, 4);
        quorum.nameCommittee(members, 3);
    }

    // -- genesis

    function test_registered_keys_count_only_until_the_first_epoch_and_only_for_the_subnet() public {
        deployContracts(ISubnet.NetworkKind.Development, 1);
        delete nodeKeys;
        holds(!quorum.genesisOpen(), "no committee yet");
        for (uint256 i = 0; i < 3; i++) {
            registerNode(nodeOwner(i), i + 1);
        }
        nameAll(2);
        holds(quorum.genesisOpen(), "open");
        IQuorum.Signed memory signed = statement(3);
        signed.epoch = 1;
        quorum_as_subnet(signed, "");
        signed.epoch = 0;
        quorum_as_subnet(signed, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 0, 1));
        signed.epoch = 1;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.GenesisForSubnetOnly.selector, address(this)));
        quorum.verify(STATEMENT, signed, true);
        refused(signed, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 1, 0));
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](3);
        for (uint64 i = 0; i < 3; i++) {
            proofs[i] = nodeProof(i + 1);
        }
        sendProofs(proofs, signProofs(proofs, 3));
        quorum.activate();
        holds(!quorum.genesisOpen(), "closed for good");
        quorum_as_subnet(signed, abi.encodeWithSelector(IQuorum.GenesisClosed.selector));
    }

    function quorum_as_subnet(IQuorum.Signed memory signed, bytes memory why) private {
        if (why.length > 0) vm.expectRevert(why);
        vm.prank(address(subnet));
        quorum.verify(STATEMENT, signed, true);
    }

    function test_genesis_takes_no_proofs_of_workers() public {
        deployContracts(ISubnet.NetworkKind.Development, 1);
        delete nodeKeys;
        registerNode(nodeOwner(0), 1);
        nameAll(1);
        registerWorker();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(1, MACHINE);
        IQuorum.Signed memory signed = signProofs(proofs, 1);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.GenesisProofsOfNodesOnly.selector, 1));
        sendProofs(proofs, signed);
    }

    function test_a_development_network_that_stood_still_can_go_on() public {
        advance(PROOF);
        holds(quorum.genesisOpen(), "no live quorum");
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](2);
        (proofs[0], proofs[1]) = (nodeProof(1), nodeProof(2));
        sendProofs(proofs, signProofs(proofs, 3));
        holds(!quorum.genesisOpen(), "a quorum lives again");
        quorum.verify(STATEMENT, statement(3), false);
    }

    function test_a_test_network_has_no_second_genesis() public {
        deployNetwork(ISubnet.NetworkKind.Test, 1, 3, 2);
        advance(PROOF);
        holds(!quorum.genesisOpen(), "closed");
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        sendProofs(proofs, signed);
    }

    function test_a_batch_signed_for_one_purpose_is_not_a_batch_of_another() public {
        uint64 appId = createApp(1 ether);
        advance(10);
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = leaseAt(appId, 1, 0, 1, lastSecond());
        IQuorum.Signed memory signed = signLeases(leases);
        leases[0].evidenceDigest = keccak256("another");
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        cloud.renew(leases, signed);
    }
}
