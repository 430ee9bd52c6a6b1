// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {vm} from "../Vm.sol";
import {SecretsStand} from "./SecretsStand.sol";

contract SecretsTest is SecretsStand {
    // -- setting

    function test_a_secret_is_set_and_found_by_name_and_by_digest() external {
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.SecretSet(appId, hashOf("db"), 1, 1, digest("db", 1), POLICY);
        set("db", 1);
        ISecrets.Secret memory s = secrets.secret(appId, "db");
        vm.assertTrue(keccak256(bytes(s.name)) == hashOf("db"), "its name");
        same(s.current, 1, "current");
        same(s.latest, 1, "latest");
        holds(s.version.ciphertextDigest == digest("db", 1) && s.version.policyDigest == POLICY, "digests");
        same(uint160(s.version.owner), uint160(OWNER), "who set it");
        same(s.version.setAt, block.timestamp, "when");
        (uint64 app, string memory name, uint32 number) = secrets.secretOf(digest("db", 1));
        same(app, appId, "of the application");
        holds(hashOf(name) == hashOf("db"), "of the name");
        same(number, 1, "of the version");
    }

    function test_a_rotation_is_the_next_number_and_becomes_current() external {
        set("db", 1);
        set("db", 2);
        same(current("db"), 2, "current");
        holds(secrets.version(appId, "db", 1).ciphertextDigest == digest("db", 1), "the older is kept");
        (,, uint32 number) = secrets.secretOf(digest("db", 1));
        same(number, 1, "and found by its digest");
    }

    function test_only_the_next_number_is_taken() external {
        refuseSet("db", 0, digest("db", 0), abi.encodeWithSelector(ISecrets.VersionNotNext.selector, 0, 1));
        refuseSet("db", 2, digest("db", 2), abi.encodeWithSelector(ISecrets.VersionNotNext.selector, 2, 1));
        set("db", 1);
        refuseSet("db", 1, digest("db", 9), abi.encodeWithSelector(ISecrets.VersionNotNext.selector, 1, 2));
        refuseSet("db", 3, digest("db", 3), abi.encodeWithSelector(ISecrets.VersionNotNext.selector, 3, 2));
    }

    function test_digests_are_never_zero() external {
        bytes memory reason = abi.encodeWithSelector(ISecrets.ZeroDigest.selector);
        refuseSet("db", 1, 0, reason);
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.setSecret(appId, "db", 1, 1, digest("db", 1), 0);
    }

    function test_a_digest_belongs_to_one_version_of_one_secret_for_good() external {
        set("db", 1);
        bytes memory reason = abi.encodeWithSelector(ISecrets.DigestTaken.selector, digest("db", 1));
        refuseSet("db", 2, digest("db", 1), reason);
        refuseSet("api", 1, digest("db", 1), reason);
        vm.expectRevert(reason);
        vm.prank(OTHER_OWNER);
        secrets.setSecret(otherId, "db", 1, 1, digest("db", 1), POLICY);
        remove("db");
        refuseSet("db", 2, digest("db", 1), reason);
        vm.expectRevert(reason);
        vm.prank(OTHER_OWNER);
        secrets.setSecret(otherId, "db", 1, 1, digest("db", 1), POLICY);
    }

    function test_secrets_of_one_name_in_two_applications_are_two() external {
        set("db", 1);
        vm.prank(OTHER_OWNER);
        secrets.setSecret(otherId, "db", 1, 1, keccak256("theirs"), POLICY);
        remove("db");
        same(secrets.secret(otherId, "db").current, 1, "theirs is set");
        same(current("db"), 0, "this is not");
    }

    function test_an_application_has_at_most_64_secrets_at_a_time() external {
        for (uint256 i = 0; i < 64; i++) {
            set(vm.toString(i), 1);
        }
        same(secrets.secrets(appId).length, 64, "all listed");
        refuseSet("more", 1, digest("more", 1), abi.encodeWithSelector(ISecrets.SecretsTooMany.selector, 64));
        set("7", 2);
        remove("7");
        set("more", 1);
        refuseSet("7", 3, digest("7", 3), abi.encodeWithSelector(ISecrets.SecretsTooMany.selector, 64));
    }

    // -- names

    function test_names_are_1_to_64_of_their_letters_and_do_not_begin_with_a_dot() external {
        set("A-z_0.9", 1);
        set("-", 1);
        set("_.", 1);
        bytes memory long = new bytes(64);
        for (uint256 i = 0; i < 64; i++) {
            long[i] = "z";
        }
        set(string(long), 1);
        refuseName("");
        refuseName(string.concat(string(long), "z"));
        refuseName(".db");
        refuseName(".");
        refuseName("..");
        refuseName("a/b");
        refuseName("a b");
        refuseName(unicode"ä");
        refuseName("a\x00");
    }

    function testFuzz_every_other_byte_is_refused(bytes1 c) external {
        bool letter = (c >= "a" && c <= "z") || (c >= "A" && c <= "Z") || (c >= "0" && c <= "9");
        string memory name = string(bytes.concat("x", c, "y"));
        if (letter || c == "." || c == "_" || c == "-") set(name, 1);
        else refuseName(name);
    }

    // -- rolling back

    function test_an_older_version_becomes_current_again_and_a_newer_one_too() external {
        set("db", 1);
        set("db", 2);
        set("db", 3);
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.SecretRolledBack(appId, hashOf("db"), 1);
        rollBack("db", 1);
        ISecrets.Secret memory s = secrets.secret(appId, "db");
        same(s.current, 1, "current");
        same(s.latest, 3, "no number is free again");
        holds(s.version.ciphertextDigest == digest("db", 1), "its digest");
        rollBack("db", 3);
        same(current("db"), 3, "and forth");
        rollBack("db", 2);
        set("db", 4);
        same(current("db"), 4, "a new one is current");
    }

    function test_a_version_that_is_not_kept_is_unknown() external {
        set("db", 1);
        refuseRollBack("db", 0, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 0));
        refuseRollBack("db", 2, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 2));
        refuseRollBack("api", 1, abi.encodeWithSelector(ISecrets.SecretUnknown.selector, appId, hashOf("api")));
    }

    function test_the_newest_16_versions_are_kept() external {
        for (uint32 i = 1; i <= 17; i++) {
            set("db", i);
        }
        refuseRollBack("db", 1, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 1));
        (uint64 app, string memory name, uint32 number) = secrets.secretOf(digest("db", 1));
        same(app + bytes(name).length + number, 0, "no secret of that digest any more");
        refuseSet("db", 18, digest("db", 1), abi.encodeWithSelector(ISecrets.DigestTaken.selector, digest("db", 1)));
        rollBack("db", 2);
        same(current("db"), 2, "the sixteenth from the end");
    }

    // -- removing

    function test_what_is_removed_is_gone_and_its_number_is_not_free_again() external {
        set("db", 1);
        set("db", 2);
        grant("db", byOwner(OTHER_OWNER));
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.SecretRemoved(appId, hashOf("db"));
        remove("db");
        ISecrets.Secret memory s = secrets.secret(appId, "db");
        same(s.current, 0, "no version");
        same(s.latest, 2, "the numbers stay");
        holds(s.version.ciphertextDigest == 0 && s.version.owner == address(0), "an empty version");
        same(secrets.secrets(appId).length, 0, "not listed");
        same(secrets.readers(appId, "db").length, 0, "no readers");
        (uint64 app,,) = secrets.secretOf(digest("db", 2));
        same(app, 0, "no secret of its digest");
        refuseRollBack("db", 2, abi.encodeWithSelector(ISecrets.SecretUnknown.selector, appId, hashOf("db")));
    }

    function test_what_is_set_again_goes_on_with_the_next_number_and_without_readers() external {
        set("db", 1);
        grant("db", byOwner(OTHER_OWNER));
        remove("db");
        refuseSet("db", 1, digest("db", 9), abi.encodeWithSelector(ISecrets.VersionNotNext.selector, 1, 2));
        set("db", 2);
        same(current("db"), 2, "current");
        holds(!secrets.isGranted(appId, "db", otherId, manifestDigest()), "nobody reads it");
        refuseRollBack("db", 1, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 1));
    }

    function test_what_is_not_set_is_not_removed() external {
        bytes memory reason = abi.encodeWithSelector(ISecrets.SecretUnknown.selector, appId, hashOf("db"));
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.removeSecret(appId, "db");
        set("db", 1);
        remove("db");
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.removeSecret(appId, "db");
    }

    /// @dev Any order of setting and removing leaves those that are set, each once and with its own name.
    function testFuzz_the_list_has_what_is_set(uint256 seed) external {
        uint32[8] memory latest;
        bool[8] memory isSet;
        for (uint256 step = 0; step < 24; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 which = seed % 8;
            if (isSet[which] && seed >> 128 & 1 == 1) remove(vm.toString(which));
            else set(vm.toString(which), ++latest[which]);
            isSet[which] = current(vm.toString(which)) != 0;
        }
        ISecrets.Secret[] memory list = secrets.secrets(appId);
        uint256 expected = 0;
        for (uint256 i = 0; i < 8; i++) {
            if (isSet[i]) expected++;
        }
        same(list.length, expected, "as many");
        for (uint256 i = 0; i < list.length; i++) {
            uint256 which = uint8(bytes(list[i].name)[0]) - 48;
            holds(isSet[which], "set, and once");
            isSet[which] = false;
            same(list[i].current, latest[which], "its version");
            (, string memory name,) = secrets.secretOf(list[i].version.ciphertextDigest);
            holds(hashOf(name) == hashOf(list[i].name), "found by its digest");
        }
    }

    // -- who may

    function test_only_the_owner_changes_anything() external {
        set("db", 1);
        grant("db", byOwner(OTHER_OWNER));
        address[3] memory others = [STRANGER, WORKER_OPERATOR, OTHER_OWNER];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory reason = abi.encodeWithSelector(ISecrets.NotOwner.selector, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(reason);
            secrets.setSecret(appId, "db", 2, 1, digest("db", 2), POLICY);
            vm.expectRevert(reason);
            secrets.rollBack(appId, "db", 1);
            vm.expectRevert(reason);
            secrets.removeSecret(appId, "db");
            vm.expectRevert(reason);
            secrets.grant(appId, "db", byOwner(others[i]));
            vm.expectRevert(reason);
            secrets.revoke(appId, "db", byOwner(OTHER_OWNER));
            vm.stopPrank();
        }
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 99));
        secrets.setSecret(99, "db", 1, 1, digest("db", 1), POLICY);
    }

    function test_another_owner_takes_over_and_older_versions_keep_whom_their_labels_name() external {
        set("db", 1);
        handOver(appId, OWNER, STRANGER);
        refuseSet("db", 2, digest("db", 2), abi.encodeWithSelector(ISecrets.NotOwner.selector, OWNER));
        same(uint160(secrets.secret(appId, "db").version.owner), uint160(OWNER), "set by the one before");
        vm.prank(STRANGER);
        secrets.setSecret(appId, "db", 2, 1, digest("db", 2), POLICY);
        same(uint160(secrets.secret(appId, "db").version.owner), uint160(STRANGER), "set by the new one");
        vm.prank(STRANGER);
        secrets.rollBack(appId, "db", 1);
        same(uint160(secrets.secret(appId, "db").version.owner), uint160(OWNER), "and back");
    }

    function test_after_the_end_a_secret_can_be_taken_away_and_nothing_else() external {
        set("db", 1);
        set("api", 1);
        grant("db", byOwner(OTHER_OWNER));
        end(appId, OWNER);
        bytes memory reason = abi.encodeWithSelector(ISecrets.AppEnded.selector, appId);
        refuseSet("db", 2, digest("db", 2), reason);
        refuseRollBack("db", 1, reason);
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.grant(appId, "db", byOwner(STRANGER));
        vm.prank(OWNER);
        secrets.revoke(appId, "db", byOwner(OTHER_OWNER));
        remove("db");
        remove("api");
        same(secrets.secrets(appId).length, 0, "all gone");
    }

    function test_no_secrets_without_a_cloud_a_subnet_and_keys() external {
        notDeployed("Secrets", abi.encode(address(0), subnet, book));
        notDeployed("Secrets", abi.encode(cloud, address(0), book));
        notDeployed("Secrets", abi.encode(cloud, subnet, address(0)));
        same(uint160(secrets.keys()), uint160(address(book)), "the keys");
        same(uint160(secrets.cloud()), uint160(address(cloud)), "the cloud");
        same(uint160(secrets.subnet()), uint160(address(subnet)), "the subnet");
    }

    function manifestDigest() private pure returns (bytes32) {
        return sha256(MANIFEST);
    }

    function rollBack(string memory name, uint32 number) private {
        vm.prank(OWNER);
        secrets.rollBack(appId, name, number);
    }

    function refuseSet(string memory name, uint32 number, bytes32 ciphertext, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.setSecret(appId, name, number, 1, ciphertext, POLICY);
    }

    function refuseName(string memory name) private {
        refuseSet(name, 1, digest(name, 1), abi.encodeWithSelector(ISecrets.NameInvalid.selector));
    }

    function refuseRollBack(string memory name, uint32 number, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.rollBack(appId, name, number);
    }
}
