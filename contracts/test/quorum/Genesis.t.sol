// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

contract GenesisTest is NetworkFixture {
    bytes32 private constant STATEMENT = keccak256("a statement");

    function statement(uint256 bitmap, uint64 epoch) private view returns (IQuorum.Signed memory signed) {
        signed.epoch = epoch;
        signed.expiry = uint64(block.timestamp);
        signed.bitmap = bitmap;
        signed.signatures = signBy(typedDigest(STATEMENT), bitmap);
    }

    function refused(IQuorum.Signed memory signed, bytes memory why) private {
        vm.expectRevert(why);
        quorum.verify(STATEMENT, signed, false);
    }

    function asSubnet(IQuorum.Signed memory signed, bytes memory why) private {
        if (why.length > 0) vm.expectRevert(why);
        vm.prank(address(subnet));
        quorum.verify(STATEMENT, signed, true);
    }

    /// @dev Proofs of these nodes, signed by these members for the epoch that is active.
    function prove(uint64 from, uint64 to, uint256 bitmap, bytes memory why) private {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](to - from + 1);
        for (uint64 id = from; id <= to; id++) {
            proofs[id - from] = nodeProof(id);
        }
        IQuorum.Signed memory signed = signProofs(proofs, bitmap);
        signed.epoch = quorum.activeEpoch();
        signed.signatures = signBy(typedDigest(proofBatchHash(proofs, signed.epoch, signed.expiry)), bitmap);
        if (why.length > 0) vm.expectRevert(why);
        sendProofs(proofs, signed);
    }

    function test_registered_keys_count_only_until_the_first_epoch_and_only_for_the_subnet() public {
        deployContracts(ISubnet.NetworkKind.Development, 1);
        delete nodeKeys;
        holds(!quorum.genesisOpen(), "no committee yet");
        for (uint256 i = 0; i < 3; i++) {
            registerNode(nodeOwner(i), i + 1);
        }
        nameAll(2);
        holds(quorum.genesisOpen(), "open");
        IQuorum.Signed memory signed = statement(3, 1);
        asSubnet(signed, "");
        signed.epoch = 0;
        asSubnet(signed, abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 0, 1));
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
        asSubnet(signed, abi.encodeWithSelector(IQuorum.GenesisClosed.selector));
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
        quorum.verify(STATEMENT, statement(3, 1), false);
    }

    function test_a_convicted_member_signs_nothing_at_genesis_either() public {
        deployContracts(ISubnet.NetworkKind.Development, 1);
        delete nodeKeys;
        for (uint256 i = 0; i < 3; i++) {
            registerNode(nodeOwner(i), i + 1);
        }
        nameAll(2);
        vm.prank(SLASHER);
        subnet.slashNode(2, ADMIN, 0);
        asSubnet(statement(3, 1), abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 2));
        asSubnet(statement(5, 1), "");
    }

    // -- networks that are not for development

    /// @dev All proofs have run out and nobody has signed since.
    function silence() private {
        deployNetwork(ISubnet.NetworkKind.Test, 1, 3, 2);
        advance(PROOF);
    }

    function reopen() private {
        vm.prank(ADMIN);
        quorum.reopen();
    }

    function reopenRefused(bytes memory why) private {
        vm.prank(ADMIN);
        vm.expectRevert(why);
        quorum.reopen();
    }

    function test_a_test_network_has_no_second_genesis_by_itself() public {
        silence();
        holds(!quorum.genesisOpen(), "closed");
        prove(1, 1, 3, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
    }

    function test_the_same_members_with_the_same_keys_go_on_after_a_silence() public {
        silence();
        reopen();
        same(quorum.reopenedUntil(), block.timestamp + 7 days, "for seven days");
        holds(quorum.genesisOpen(), "open");
        prove(1, 2, 3, "");
        holds(!quorum.genesisOpen(), "closed as soon as a quorum lives");
        quorum.verify(STATEMENT, statement(3, 1), false);
        prove(3, 3, 3, "");
    }

    function test_a_silence_ends_with_the_reopening_of_seven_days() public {
        silence();
        reopen();
        advance(7 days);
        holds(quorum.genesisOpen(), "the last second");
        advance(1);
        holds(!quorum.genesisOpen(), "over");
        prove(1, 1, 3, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        reopen();
        prove(1, 2, 3, "");
    }

    function test_there_is_no_reopening_while_a_quorum_lives_or_has_signed_within_a_day() public {
        deployNetwork(ISubnet.NetworkKind.Test, 1, 3, 2);
        advance(30 days);
        reopenRefused(abi.encodeWithSelector(IQuorum.QuorumNotSilent.selector, T0));
        advance(PROOF - 30 days - 2);
        quorum.verify(STATEMENT, statement(3, 1), false);
        uint64 signedAt = quorum.lastSignedAt();
        advance(25 hours - 1);
        reopenRefused(abi.encodeWithSelector(IQuorum.QuorumNotSilent.selector, signedAt));
        advance(1);
        reopen();
        deployContracts(ISubnet.NetworkKind.Test, 1);
        reopenRefused(abi.encodeWithSelector(IQuorum.GenesisClosed.selector));
    }

    function test_a_reopening_counts_no_changed_key() public {
        silence();
        ISubnet.NodeKeys memory keys = keysOf(nodeOwner(0), nodeOwner(0), 77, 1);
        vm.prank(nodeOwner(0));
        subnet.setNodeKeys(1, keys, "e");
        nodeKeys[0] = 77;
        reopen();
        prove(2, 2, 3, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        prove(1, 1, 6, abi.encodeWithSelector(ISubnet.ProofKeysWrong.selector, 2, 1));
        prove(2, 3, 6, "");
        prove(1, 1, 6, "");
    }

    function test_a_reopening_counts_nothing_revoked_and_nothing_denied() public {
        silence();
        bytes32 machine = nodeProof(1).platformId;
        vm.prank(ADMIN);
        subnet.denyPlatform(machine);
        reopen();
        prove(2, 2, 3, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, bytes32(uint256(uint160(vm.addr(nodeKeys[1])))));
        prove(3, 3, 6, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 2));
        vm.prank(FAST);
        subnet.revokeReference(2, NODE_IMAGE);
        prove(3, 3, 5, abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
    }

    function test_a_reopening_admits_no_member_and_no_machine() public {
        silence();
        registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        nameAll(3);
        reopen();
        prove(4, 4, 3, abi.encodeWithSelector(ISubnet.ProofKeysWrong.selector, 2, 4));
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(1);
        proofs[0].platformId = keccak256("another machine");
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochNotActive.selector, 2, 1));
        sendProofs(proofs, signed);
        signed.epoch = 1;
        signed.signatures = signBy(typedDigest(proofBatchHash(proofs, 1, signed.expiry)), 3);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.ProofKeysWrong.selector, 2, 1));
        sendProofs(proofs, signed);
        // The committee that was named meanwhile locks nobody out.
        prove(1, 2, 3, "");
        holds(!quorum.genesisOpen(), "the old one goes on");
    }
}
