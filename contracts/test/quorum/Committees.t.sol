// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

interface IAuthorized {
    function setAuthority(address next) external;
}

interface IPrevious {
    function previousEpoch() external view returns (uint64);
}

contract CommitteesTest is NetworkFixture {
    function ids(uint256 size) private pure returns (uint64[] memory members) {
        members = new uint64[](size);
        for (uint64 i = 0; i < size; i++) {
            members[i] = i + 1;
        }
    }

    function name(uint64[] memory members, uint16 threshold, bytes memory why) private {
        vm.prank(ADMIN);
        if (why.length > 0) vm.expectRevert(why);
        quorum.nameCommittee(members, threshold);
    }

    /// @dev Nodes of these owners, on a fresh live network.
    function registerFor(address[] memory owners) private {
        delete nodeKeys;
        for (uint256 i = 0; i < owners.length; i++) {
            registerNode(owners[i], i + 1);
        }
    }

    function owners5(uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) private pure returns (address[] memory o) {
        o = new address[](5);
        (o[0], o[1], o[2], o[3], o[4]) = (nodeOwner(a), nodeOwner(b), nodeOwner(c), nodeOwner(d), nodeOwner(e));
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
        bytes4 refusal = bytes4(keccak256("AccessManagedUnauthorized(address)"));
        vm.expectPartialRevert(refusal);
        quorum.nameCommittee(new uint64[](1), 1);
        vm.expectPartialRevert(refusal);
        quorum.setSubnet(address(1));
        vm.expectPartialRevert(refusal);
        quorum.reopen();
        vm.prank(ADMIN);
        vm.expectRevert(IQuorum.AlreadySet.selector);
        quorum.setSubnet(address(1));
        IQuorum other = IQuorum(deploy("Quorum", abi.encode(manager, 1, 1)));
        vm.prank(ADMIN);
        vm.expectRevert(IQuorum.ZeroAddress.selector);
        other.setSubnet(address(0));
    }

    function test_nobody_hands_the_authority_to_anybody_but_itself() public {
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", ADMIN));
        vm.prank(ADMIN);
        IAuthorized(address(quorum)).setAuthority(ADMIN);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", ADMIN));
        vm.prank(ADMIN);
        IAuthorized(address(subnet)).setAuthority(ADMIN);
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

    function test_members_are_active_nodes_when_named_and_when_they_begin() public {
        registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        vm.prank(nodeOwner(3));
        subnet.leaveNode(4);
        name(ids(4), 3, abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 4));
        name(ids(3), 2, "");
        vm.prank(nodeOwner(2));
        subnet.leaveNode(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 3));
        quorum.activate();
        vm.prank(SLASHER);
        subnet.slashNode(2, ADMIN, 0);
        name(ids(2), 2, abi.encodeWithSelector(IQuorum.MemberNotActive.selector, 2));
    }

    function test_naming_again_replaces_what_is_pending_and_the_old_one_goes_on() public {
        registerNode(nodeOwner(3), uint256(keccak256("never proven")));
        name(ids(4), 3, "");
        same(quorum.latestEpoch(), 2, "pending");
        vm.expectRevert(abi.encodeWithSelector(IQuorum.SignerNotLive.selector, 4));
        quorum.activate();
        same(quorum.activeEpoch(), 1, "the old one goes on");
        holds(quorum.isSeated(4), "seated by what is named");
        name(ids(3), 2, "");
        holds(!quorum.isSeated(4), "no longer");
        quorum.activate();
        same(quorum.activeEpoch(), 3, "a number of its own");
        same(IPrevious(address(quorum)).previousEpoch(), 1, "after the one that was active");
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochUnknown.selector, 4));
        quorum.committee(4);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.EpochUnknown.selector, 0));
        quorum.committee(0);
    }

    function test_seats_are_of_the_active_the_named_and_for_fifteen_minutes_the_previous_committee() public {
        uint64 fourth = registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        holds(quorum.isSeated(3) && !quorum.isSeated(fourth), "active");
        uint64[] memory members = new uint64[](3);
        (members[0], members[1], members[2]) = (1, 2, fourth);
        name(members, 2, "");
        holds(quorum.isSeated(3) && quorum.isSeated(fourth), "named");
        advance(1);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(fourth);
        sendProofs(proofs, signProofs(proofs, 3));
        quorum.activate();
        advance(15 minutes);
        holds(quorum.isSeated(3), "its statements count");
        advance(1);
        holds(!quorum.isSeated(3) && quorum.isSeated(fourth), "and then no longer");
        holds(!quorum.isSeated(9), "nobody");
    }

    /// @dev Named against its will, a node gets away: a committee that never comes to be holds nobody who left.
    function test_a_node_that_left_is_not_held_by_a_committee_that_is_only_named() public {
        uint64 fourth = registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        name(ids(4), 3, "");
        vm.startPrank(nodeOwner(3));
        subnet.leaveNode(fourth);
        holds(!quorum.isSeated(fourth), "free");
        subnet.requestWithdrawal(2, fourth, uint128(NODE_STAKE));
        advance(UNBONDING);
        same(subnet.withdrawStake(2, fourth, payable(nodeOwner(3))), NODE_STAKE, "out");
    }

    // -- diversity

    function test_live_networks_need_four_members() public {
        deployContracts(ISubnet.NetworkKind.Live, 1);
        registerFor(owners5(0, 1, 2, 3, 4));
        name(ids(3), 2, abi.encodeWithSelector(IQuorum.CommitteeSize.selector, 3));
        name(ids(4), 3, "");
    }

    function test_the_largest_owners_but_one_hold_no_quorum() public {
        deployContracts(ISubnet.NetworkKind.Live, 3);
        registerFor(owners5(0, 0, 1, 1, 2));
        name(ids(4), 3, abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 2, 3));
        // Seats 2, 2, 1: the two largest owners hold four of five, a quorum by themselves.
        name(ids(5), 3, abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 3, 3));
        deployContracts(ISubnet.NetworkKind.Live, 3);
        registerFor(owners5(0, 0, 1, 2, 3));
        name(ids(5), 3, abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 4, 3));
        deployContracts(ISubnet.NetworkKind.Live, 3);
        registerFor(owners5(0, 1, 2, 3, 4));
        name(ids(5), 3, "");
    }

    function test_a_quorum_remains_when_the_largest_owner_is_silent() public {
        deployContracts(ISubnet.NetworkKind.Live, 2);
        registerFor(owners5(0, 0, 1, 2, 3));
        name(ids(5), 4, abi.encodeWithSelector(IQuorum.CommitteeNotDiverse.selector, 4, 2));
        name(ids(5), 3, "");
    }

    /// @dev Five nodes, the last `amd` of them on another vendor's hardware, all proven at genesis.
    function vendors(uint16 minVendors, uint256 amd) private {
        deployContracts(ISubnet.NetworkKind.Test, 1, minVendors);
        registerFor(owners5(0, 1, 2, 3, 4));
        bytes32 image = keccak256("node measurement on SEV-SNP");
        vm.prank(ADMIN);
        subnet.setReferenceValue(2, image, 2, ISubnet.ReferenceStatus.Accepted, 0);
        name(ids(5), 3, "");
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](5);
        for (uint64 i = 0; i < 5; i++) {
            proofs[i] = nodeProof(i + 1);
            if (i >= 5 - amd) proofs[i].measurementId = image;
        }
        sendProofs(proofs, signProofs(proofs, 7));
    }

    function test_no_vendor_alone_holds_a_quorum() public {
        vendors(2, 0);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverseInVendors.selector, 1, 2));
        quorum.activate();
        vendors(2, 2);
        vm.expectRevert(abi.encodeWithSelector(IQuorum.CommitteeNotDiverseInVendors.selector, 2, 2));
        quorum.activate();
        vendors(1, 0);
        quorum.activate();
    }

    function test_vendors_that_each_lack_a_quorum_are_diverse() public {
        vendors(2, 2);
        name(ids(5), 4, "");
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        advance(1);
        proofs[0] = nodeProof(1);
        sendProofs(proofs, signProofs(proofs, 15));
        quorum.activate();
        same(quorum.minVendors(), 2, "vendors");
        same(quorum.minOwners(), 1, "owners");
    }
}
