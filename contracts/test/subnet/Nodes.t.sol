// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

contract NodesTest is NetworkFixture {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    address private constant OPERATOR = address(0x09);

    function setUp() public override {
        super.setUp();
        vm.deal(address(this), 100 ether);
    }

    function keysFor(address owner) private view returns (ISubnet.NodeKeys memory) {
        return keysOf(owner, OPERATOR, 7, 7);
    }

    function refused(ISubnet.NodeKeys memory keys, bytes memory why) private {
        vm.expectRevert(why);
        subnet.registerNode{value: NODE_STAKE}(OPERATOR, keys, "e");
    }

    function possessionRefused(ISubnet.NodeKeys memory keys) private {
        refused(keys, abi.encodeWithSelector(ISubnet.PossessionWrong.selector, keys.statementKey));
    }

    function test_registration_stores_the_keys_and_the_stake() public {
        uint64 id = subnet.registerNode{value: NODE_STAKE}(OPERATOR, keysFor(address(this)), "https://node");
        ISubnet.Node memory n = subnet.node(id);
        holds(n.owner == address(this) && n.operator == OPERATOR && n.statementKey == vm.addr(7), "who");
        holds(n.status == ISubnet.NodeStatus.Active, "status");
        same(n.stakeWei, NODE_STAKE, "stake");
        holds(keccak256(n.encryptionKey) == keccak256(encryptionKey(7)), "encryption key");
        same(subnet.nodeOfKey(vm.addr(7)), id, "by its key");
        same(subnet.nodeOfKey(vm.addr(8)), 0, "nobody's key");
    }

    function test_bad_node_registrations_are_refused() public {
        ISubnet.NodeKeys memory keys = keysFor(address(this));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, NODE_STAKE - 1, NODE_STAKE));
        subnet.registerNode{value: NODE_STAKE - 1}(OPERATOR, keys, "e");
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.registerNode{value: NODE_STAKE}(address(0), keys, "e");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EndpointLength.selector, 0));
        subnet.registerNode{value: NODE_STAKE}(OPERATOR, keys, "");
        keys.statementKey = address(0);
        refused(keys, abi.encodeWithSelector(ISubnet.ZeroAddress.selector));
        keys = keysFor(address(this));
        keys.tlsKeyHash = 0;
        refused(keys, abi.encodeWithSelector(ISubnet.ZeroDigest.selector));
        keys = keysFor(address(this));
        keys.encryptionKey = new bytes(32);
        refused(keys, abi.encodeWithSelector(ISubnet.EncryptionKeyLength.selector, 32));
        keys = keysOf(address(this), OPERATOR, nodeKeys[0], 7);
        refused(keys, abi.encodeWithSelector(ISubnet.StatementKeyTaken.selector, keys.statementKey));
    }

    // -- possession

    /// @dev A registration read in the mempool is of no use to anybody but its owner.
    function test_a_copied_registration_is_refused_and_the_first_goes_through() public {
        ISubnet.NodeKeys memory keys = keysFor(address(this));
        vm.deal(address(0xBAD), NODE_STAKE);
        vm.prank(address(0xBAD));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.PossessionWrong.selector, keys.statementKey));
        subnet.registerNode{value: NODE_STAKE}(OPERATOR, keys, "e");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.PossessionWrong.selector, keys.statementKey));
        subnet.registerNode{value: NODE_STAKE}(address(0xBAD), keys, "e");
        subnet.registerNode{value: NODE_STAKE}(OPERATOR, keys, "e");
    }

    function test_a_key_that_does_not_sign_for_the_others_is_not_possessed() public {
        ISubnet.NodeKeys memory keys = keysFor(address(this));
        keys.encryptionKey = encryptionKey(8);
        possessionRefused(keys);
        keys = keysFor(address(this));
        keys.tlsKeyHash = "another";
        possessionRefused(keys);
        keys = keysFor(address(this));
        keys.statementKey = vm.addr(8);
        possessionRefused(keys);
        keys = keysFor(address(this));
        keys.possession = "";
        possessionRefused(keys);
        keys.possession = new bytes(65);
        possessionRefused(keys);
    }

    function test_a_signature_turned_around_is_refused() public {
        ISubnet.NodeKeys memory keys = keysFor(address(this));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(7, possessionDigest(address(this), OPERATOR, keys, address(subnet)));
        keys.possession = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        possessionRefused(keys);
    }

    function test_possession_shown_to_another_chain_or_contract_is_refused() public {
        ISubnet.NodeKeys memory keys = keysFor(address(this));
        keys.possession = signOne(7, possessionDigest(address(this), OPERATOR, keys, address(quorum)));
        possessionRefused(keys);
        vm.chainId(block.chainid + 1);
        keys = keysFor(address(this));
        vm.chainId(block.chainid - 1);
        possessionRefused(keys);
    }

    // -- new keys

    function test_a_retired_statement_key_is_nobody_elses() public {
        address owner = nodeOwner(0);
        vm.prank(owner);
        subnet.setNodeKeys(1, keysOf(owner, owner, 77, 1), "e");
        address retired = vm.addr(nodeKeys[0]);
        same(subnet.nodeOfKey(retired), 1, "still its");
        ISubnet.NodeKeys memory keys = keysOf(nodeOwner(1), nodeOwner(1), nodeKeys[0], 2);
        vm.prank(nodeOwner(1));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatementKeyTaken.selector, retired));
        subnet.setNodeKeys(2, keys, "e");
        keys = keysOf(owner, owner, nodeKeys[0], 1);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.setNodeKeys(1, keys, "e");
        vm.prank(owner);
        subnet.setNodeKeys(1, keys, "e");
    }

    function test_the_operator_changes_keys_too_and_a_convicted_node_has_none_to_change() public {
        uint64 id = subnet.registerNode{value: NODE_STAKE}(OPERATOR, keysFor(address(this)), "e");
        ISubnet.NodeKeys memory keys = keysOf(address(this), OPERATOR, 8, 8);
        vm.prank(OPERATOR);
        subnet.setNodeKeys(id, keys, "e");
        holds(subnet.node(id).statementKey == vm.addr(8), "changed");
        vm.prank(SLASHER);
        subnet.slashNode(id, ADMIN, 0);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatusWrong.selector, 2, id));
        subnet.setNodeKeys(id, keys, "e");
    }

    // -- leaving

    function test_members_leave_while_a_threshold_of_active_ones_stays() public {
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.leaveNode(3);
        vm.prank(nodeOwner(2));
        subnet.leaveNode(3);
        holds(subnet.node(3).status == ISubnet.NodeStatus.Leaving, "leaving");
        vm.prank(nodeOwner(1));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CommitteeTooSmall.selector, 1, 2));
        subnet.leaveNode(2);
        vm.prank(nodeOwner(2));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StatusWrong.selector, 2, 3));
        subnet.leaveNode(3);
    }

    function test_who_sits_in_no_committee_leaves_at_once() public {
        uint64 id = subnet.registerNode{value: NODE_STAKE}(OPERATOR, keysFor(address(this)), "e");
        same(subnet.requiredStakeWei(2, id), NODE_STAKE, "while it is active");
        vm.prank(nodeOwner(2));
        subnet.leaveNode(3);
        subnet.leaveNode(id);
        same(subnet.requiredStakeWei(2, id), 0, "free");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NodeUnknown.selector, 9));
        subnet.leaveNode(9);
    }

    function test_a_committee_that_is_too_small_holds_its_members_and_nobody_else() public {
        uint64 id = subnet.registerNode{value: NODE_STAKE}(OPERATOR, keysFor(address(this)), "e");
        vm.startPrank(SLASHER);
        subnet.slashNode(2, SLASHER, 0);
        subnet.slashNode(3, SLASHER, 0);
        vm.stopPrank();
        vm.prank(nodeOwner(0));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CommitteeTooSmall.selector, 0, 2));
        subnet.leaveNode(1);
        subnet.leaveNode(id);
        same(subnet.requiredStakeWei(2, id), 0, "free");
    }

    function test_before_the_first_epoch_a_named_member_leaves_freely() public {
        deployContracts(ISubnet.NetworkKind.Development, 1);
        delete nodeKeys;
        registerNode(nodeOwner(0), 1);
        nameAll(1);
        vm.prank(nodeOwner(0));
        subnet.leaveNode(1);
        holds(subnet.node(1).status == ISubnet.NodeStatus.Leaving, "left");
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 1));
        quorum.activate();
    }

    function test_a_leaving_member_signs_until_the_next_epoch() public {
        vm.prank(nodeOwner(2));
        subnet.leaveNode(3);
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(3);
        sendProofs(proofs, signProofs(proofs, 5));
        (uint64 notAfter,) = subnet.liveProof(2, 3);
        same(notAfter, proofs[0].notAfter, "and proves its machine");
    }
}
