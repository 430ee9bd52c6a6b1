// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

contract ReferencesTest is NetworkFixture {
    ISubnet.ReferenceStatus private constant ACCEPTED = ISubnet.ReferenceStatus.Accepted;
    ISubnet.ReferenceStatus private constant DEPRECATED = ISubnet.ReferenceStatus.Deprecated;
    ISubnet.ReferenceStatus private constant REVOKED = ISubnet.ReferenceStatus.Revoked;

    function set(ISubnet.ReferenceStatus status, uint256 until) private {
        vm.prank(ADMIN);
        subnet.setReferenceValue(1, AGENT, 1, status, uint64(until));
    }

    function accepted() private view returns (bool) {
        return subnet.isReferenceAccepted(1, AGENT);
    }

    // -- reference values

    function test_new_reference_values_wait_and_revocation_does_not() public {
        ISubnet.Settings memory s = settings(ISubnet.NetworkKind.Live);
        s.referenceDelaySeconds = 7 days;
        subnet = deploySubnet(s);
        set(ACCEPTED, 0);
        advance(7 days - 1);
        holds(!accepted(), "a second early");
        advance(1);
        holds(accepted(), "counts");
        holds(!subnet.isReferenceAccepted(2, AGENT), "for its role alone");
        set(DEPRECATED, block.timestamp + 10);
        holds(accepted(), "deprecated, still counts");
        set(ACCEPTED, 0);
        holds(accepted(), "was in force, needs no second wait");
        set(DEPRECATED, block.timestamp + 10);
        advance(10);
        holds(!accepted(), "at T no longer");
        set(ACCEPTED, 0);
        holds(!accepted(), "one whose time has passed waits like a new one");
        advance(7 days);
        holds(accepted(), "counts again");
        set(REVOKED, 0);
        holds(!accepted(), "at once");
        set(ACCEPTED, 0);
        holds(!accepted(), "a revoked one waits like a new one");
        same(subnet.referenceValue(1, AGENT).validFrom, block.timestamp + 7 days, "valid from");
    }

    function test_reference_values_must_make_sense() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.RoleInvalid.selector, 0));
        subnet.setReferenceValue(0, AGENT, 1, ACCEPTED, 0);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.RoleInvalid.selector, 3));
        subnet.revokeReference(3, AGENT);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.setReferenceValue(1, 0, 1, ACCEPTED, 0);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.revokeReference(1, 0);
        vm.expectRevert(ISubnet.ReferenceStatusInvalid.selector);
        subnet.setReferenceValue(1, AGENT, 1, ISubnet.ReferenceStatus.None, 0);
        vm.expectRevert(ISubnet.SubjectInvalid.selector);
        subnet.raiseRevocationFloor(ISubnet.Subject.None, AGENT);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, 0);
        vm.expectRevert(ISubnet.ZeroDigest.selector);
        subnet.denyPlatform(0);
    }

    function test_a_measurement_is_of_exactly_one_class() public {
        vm.startPrank(ADMIN);
        for (uint8 class = 0; class < 20; class++) {
            bool one = class == 1 || class == 2 || class == 4 || class == 8;
            if (!one) vm.expectRevert(abi.encodeWithSelector(ISubnet.TeeClassInvalid.selector, class));
            subnet.setReferenceValue(1, AGENT, class, ACCEPTED, 0);
        }
        same(subnet.referenceValue(1, AGENT).teeClass, 8, "class");
    }

    function test_the_fast_track_revokes_at_once_also_what_is_unknown_and_does_nothing_else() public {
        vm.startPrank(FAST);
        subnet.revokeReference(1, AGENT);
        holds(!accepted(), "revoked");
        subnet.revokeReference(2, keccak256("bad image"));
        holds(subnet.referenceValue(2, keccak256("bad image")).status == REVOKED, "before anybody accepts it");
        bytes4 refusal = bytes4(keccak256("AccessManagedUnauthorized(address)"));
        vm.expectPartialRevert(refusal);
        subnet.setReferenceValue(1, AGENT, 1, ACCEPTED, 0);
        vm.expectPartialRevert(refusal);
        subnet.extendDeprecated(1, AGENT, uint64(block.timestamp + 1));
        vm.expectPartialRevert(refusal);
        subnet.denyPlatform(MACHINE);
        vm.expectPartialRevert(refusal);
        subnet.raiseRevocationFloor(ISubnet.Subject.Platform, MACHINE);
    }

    function test_strangers_judge_nothing() public {
        bytes4 refusal = bytes4(keccak256("AccessManagedUnauthorized(address)"));
        vm.expectPartialRevert(refusal);
        subnet.setReferenceValue(1, AGENT, 1, ACCEPTED, 0);
        vm.expectPartialRevert(refusal);
        subnet.revokeReference(1, AGENT);
        vm.expectPartialRevert(refusal);
        subnet.denyPlatform(MACHINE);
        vm.expectPartialRevert(refusal);
        subnet.raiseRevocationFloor(ISubnet.Subject.Platform, MACHINE);
        vm.expectPartialRevert(refusal);
        subnet.setCloud(address(this));
    }

    function test_the_cloud_is_linked_once() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.setCloud(address(0));
        subnet.setCloud(address(1));
        vm.expectRevert(ISubnet.AlreadySet.selector);
        subnet.setCloud(address(2));
    }

    function test_a_live_network_cannot_be_simulated_and_settings_must_make_sense() public {
        ISubnet.Settings memory s = settings(ISubnet.NetworkKind.Live);
        s.simulated = true;
        notDeployed(s, address(manager), TREASURY);
        s = settings(ISubnet.NetworkKind.Live);
        s.trustStoreDigest = 0;
        notDeployed(s, address(manager), TREASURY);
        s = settings(ISubnet.NetworkKind.Live);
        s.nodeProofSeconds = 0;
        notDeployed(s, address(manager), TREASURY);
        s = settings(ISubnet.NetworkKind.Live);
        s.unbondingSeconds = 0;
        notDeployed(s, address(manager), TREASURY);
        s.unbondingSeconds = 365 days + 1;
        notDeployed(s, address(manager), TREASURY);
        s.unbondingSeconds = 365 days;
        s.referenceDelaySeconds = 365 days + 1;
        notDeployed(s, address(manager), TREASURY);
        s = settings(ISubnet.NetworkKind.Live);
        notDeployed(s, address(0), TREASURY);
        notDeployed(s, address(manager), address(0));
        deploySubnet(s);
    }

    function notDeployed(ISubnet.Settings memory s, address authority, address treasury) private {
        bytes memory args = abi.encode(authority, quorum, s, stakeRules(), treasury);
        bytes memory code = bytes.concat(vm.getCode("artifacts/Registry.json"), args);
        address made;
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
        holds(made == address(0), "refused");
    }

    // -- putting off a T

    function extend(uint256 until, string memory why) private {
        vm.prank(ADMIN);
        if (bytes(why).length > 0) vm.expectRevert(abi.encodeWithSelector(ISubnet.ExtensionRefused.selector, why));
        subnet.extendDeprecated(1, AGENT, uint64(until));
    }

    function test_a_passed_t_is_put_off_once_for_seven_days_while_no_quorum_signs() public {
        extend(T0 + 3 days, "status");
        set(DEPRECATED, T0 + 1 days);
        advance(25 hours - 1);
        extend(T0 + 3 days, "quorum signs");
        advance(1);
        holds(!accepted(), "its time has passed");
        extend(T0 + 1 days, "length");
        extend(T0 + 8 days + 1, "length");
        extend(block.timestamp, "past");
        extend(T0 + 8 days, "");
        holds(accepted(), "counts again");
        same(subnet.referenceValue(1, AGENT).until, T0 + 8 days, "until");
        holds(subnet.referenceValue(1, AGENT).extended, "noted");
        extend(T0 + 9 days, "once");
        advance(8 days);
        holds(!accepted(), "and then no longer");
    }

    function test_a_t_that_passed_seven_days_ago_is_not_put_off_any_more() public {
        set(DEPRECATED, T0 + 1 days);
        advance(8 days - 1);
        extend(T0 + 8 days, "");
        set(DEPRECATED, T0 + 8 days);
        advance(7 days + 1);
        extend(T0 + 15 days, "past");
        extend(T0 + 15 days + 2, "length");
    }

    // -- floors

    function one(uint16 subject, bytes32 id, uint256 blockNumber) private pure returns (ISubnet.Revocation[] memory r) {
        r = new ISubnet.Revocation[](1);
        r[0] = ISubnet.Revocation({subject: subject, id: id, blockNumber: uint64(blockNumber)});
    }

    function revokeRefused(ISubnet.Revocation[] memory list, bytes memory why) private {
        IQuorum.Signed memory signed = signRevocations(list, 3);
        vm.expectRevert(why);
        subnet.revoke(list, signed);
    }

    function test_a_quorum_raises_floors_and_anyone_may_bring_its_word() public {
        ISubnet.Revocation[] memory list = new ISubnet.Revocation[](64);
        for (uint16 i = 0; i < 64; i++) {
            list[i] = ISubnet.Revocation({subject: 1, id: bytes32(uint256(i) + 1), blockNumber: uint64(B0)});
        }
        list[1] = ISubnet.Revocation({subject: 2, id: MACHINE, blockNumber: uint64(B0)});
        list[2] = ISubnet.Revocation({subject: 5, id: bytes32(uint256(7)), blockNumber: uint64(B0 - 1)});
        subnet.revoke(list, signRevocations(list, 3));
        same(subnet.revocationFloor(ISubnet.Subject.Platform, MACHINE), B0, "platform");
        same(subnet.revocationFloor(ISubnet.Subject.Application, bytes32(uint256(7))), B0 - 1, "application");
        same(subnet.revocationFloor(ISubnet.Subject.Key, bytes32(uint256(64))), B0, "the last of the batch");
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "counts at once");
    }

    function test_a_lower_floor_changes_nothing() public {
        subnet.revoke(one(2, MACHINE, B0), signRevocations(one(2, MACHINE, B0), 3));
        subnet.revoke(one(2, MACHINE, B0 - 5), signRevocations(one(2, MACHINE, B0 - 5), 3));
        same(subnet.revocationFloor(ISubnet.Subject.Platform, MACHINE), B0, "the higher one stays");
        bytes32 other = keccak256("another");
        subnet.revoke(one(2, other, B0 - 3), signRevocations(one(2, other, B0 - 3), 3));
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "the newest of all is still known");
        same(subnet.newestFloor(), B0, "and told");
        vm.roll(B0 + 7);
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, other);
        same(subnet.newestFloor(), B0 + 7, "of whatever subject");
        vm.roll(B0);
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Platform, MACHINE);
        same(subnet.revocationFloor(ISubnet.Subject.Platform, MACHINE), B0, "nor does the DAO lower it");
    }

    function test_bad_revocations_are_refused() public {
        revokeRefused(one(0, MACHINE, B0), abi.encodeWithSelector(ISubnet.SubjectInvalid.selector));
        revokeRefused(one(6, MACHINE, B0), abi.encodeWithSelector(ISubnet.SubjectInvalid.selector));
        revokeRefused(one(2, 0, B0), abi.encodeWithSelector(ISubnet.ZeroDigest.selector));
        revokeRefused(one(2, MACHINE, B0 + 1), abi.encodeWithSelector(ISubnet.ProofBlockInFuture.selector, B0 + 1));
        IQuorum.Signed memory none;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 0));
        subnet.revoke(new ISubnet.Revocation[](0), none);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.BatchSize.selector, 65));
        subnet.revoke(new ISubnet.Revocation[](65), none);
    }

    function test_what_the_quorum_did_not_sign_revokes_nothing() public {
        IQuorum.Signed memory signed = signRevocations(one(2, keccak256("another"), B0), 3);
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        subnet.revoke(one(2, MACHINE, B0), signed);
        signed = signRevocations(one(2, MACHINE, B0), 3);
        signed.bitmap = 5;
        vm.expectPartialRevert(IQuorum.SignerWrong.selector);
        subnet.revoke(one(2, MACHINE, B0), signed);
    }
}
