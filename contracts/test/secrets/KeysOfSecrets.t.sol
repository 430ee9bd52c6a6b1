// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {vm} from "../Vm.sol";
import {SecretsStand} from "./SecretsStand.sol";

/// @dev Versions of secrets before and after the network has made another key.
contract KeysOfSecretsTest is SecretsStand {
    function test_a_version_names_the_key_it_is_sealed_to() external {
        set("db", 1);
        same(secrets.version(appId, "db", 1).key, 1, "the first");
        book.make();
        set("db", 2);
        same(secrets.version(appId, "db", 2).key, 2, "the second");
        same(secrets.secret(appId, "db").version.key, 2, "as it is listed");
    }

    /// @dev Sealed before a key was made, and sent after: nobody could open it with the newest key.
    function test_what_is_sealed_to_another_than_the_newest_key_is_not_taken() external {
        refuseKey(0, 1);
        refuseKey(2, 1);
        book.make();
        refuseKey(1, 2);
        set("db", 1);
    }

    function test_instances_of_the_older_key_are_given_what_was_current_when_the_first_of_the_newer_was_set() external {
        set("db", 1);
        set("db", 2);
        rollBack("db", 1);
        book.make();
        same(under("db", 2), 0, "nothing of the new key yet");
        same(under("db", 1), 1, "as before");
        set("db", 3);
        same(under("db", 1), 1, "not the newest of its key: a rollback is not undone by a rotation");
        holds(secrets.secretUnder(appId, "db", 1).version.ciphertextDigest == digest("db", 1), "its digest");
        same(under("db", 2), 3, "the new key's");
        set("db", 4);
        same(under("db", 1), 1, "still");
        same(under("db", 2), 4, "the newest");
        same(under("db", 3), 0, "no such key");
        same(under("db", 0), 0, "no key at all");
        same(under("api", 1), 0, "no such secret");
    }

    function test_a_rollback_stays_within_a_key() external {
        set("db", 1);
        set("db", 2);
        book.make();
        set("db", 3);
        set("db", 4);
        rollBack("db", 3);
        same(current("db"), 3, "of the newer key");
        rollBack("db", 1);
        same(current("db"), 3, "the newer key's stays");
        same(under("db", 1), 1, "the older key's is another");
        remove("db");
        set("db", 5);
        refuseRollBack("db", 2, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 2));
    }

    /// @dev Versions of three keys are kept: the first one has nothing to do with instances of the other two.
    function test_nothing_is_rolled_back_to_a_version_of_an_ended_key() external {
        set("db", 1);
        set("db", 2);
        book.make();
        set("db", 3);
        book.end(1);
        refuseRollBack("db", 1, abi.encodeWithSelector(ISecrets.KeyEnded.selector, 1));
        book.make();
        set("db", 4);
        refuseRollBack("db", 2, abi.encodeWithSelector(ISecrets.KeyEnded.selector, 1));
        same(under("db", 1), 0, "of the ended key there is nothing");
        same(under("db", 2), 3, "of the older one its version");
        same(under("db", 3), 4, "of the newest its version");
    }

    function test_a_rollback_into_a_key_that_has_no_version_of_its_own_is_refused() external {
        set("db", 1);
        book.make();
        remove("db");
        set("db", 2);
        refuseRollBack("db", 1, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 1));
        same(under("db", 1), 0, "what was removed is gone under every key");
    }

    function test_the_older_keys_version_is_kept_however_many_follow_and_goes_with_the_secret() external {
        set("db", 1);
        book.make();
        for (uint32 i = 2; i <= 20; i++) {
            set("db", i);
        }
        same(under("db", 1), 1, "kept");
        holds(secrets.version(appId, "db", 1).ciphertextDigest == digest("db", 1), "its digest");
        (uint64 app,,) = secrets.secretOf(digest("db", 1));
        same(app, appId, "and found by it");
        holds(secrets.version(appId, "db", 2).ciphertextDigest == 0, "others are not");
        book.end(1);
        book.make();
        set("db", 21);
        holds(secrets.version(appId, "db", 1).ciphertextDigest == 0, "another one took its place");
        same(under("db", 2), 20, "that of the key before");
        remove("db");
        same(under("db", 2) + under("db", 3), 0, "removed under every key");
        holds(secrets.version(appId, "db", 20).ciphertextDigest == 0, "no version is left");
    }

    function test_the_older_keys_version_goes_with_the_secret_however_old_it_is() external {
        set("db", 1);
        book.make();
        for (uint32 i = 2; i <= 20; i++) {
            set("db", i);
        }
        remove("db");
        holds(secrets.version(appId, "db", 1).ciphertextDigest == 0, "gone");
        same(under("db", 1), 0, "released to nobody");
    }

    function test_a_rollback_within_the_older_key_lets_go_what_was_kept_for_it_alone() external {
        for (uint32 i = 1; i <= 12; i++) {
            set("db", i);
        }
        rollBack("db", 3);
        book.make();
        for (uint32 i = 13; i <= 25; i++) {
            set("db", i);
        }
        rollBack("db", 3);
        same(under("db", 1), 3, "the same again stays");
        holds(secrets.version(appId, "db", 3).ciphertextDigest == digest("db", 3), "kept for the older key alone");
        rollBack("db", 11);
        same(under("db", 1), 11, "another one of its key");
        holds(secrets.version(appId, "db", 3).ciphertextDigest == 0, "no version is left behind");
        refuseRollBack("db", 3, abi.encodeWithSelector(ISecrets.VersionUnknown.selector, 3));
        same(current("db"), 25, "the newer key's stays");
    }

    function under(string memory name, uint32 key) private view returns (uint32) {
        return secrets.secretUnder(appId, name, key).current;
    }

    function rollBack(string memory name, uint32 number) private {
        vm.prank(OWNER);
        secrets.rollBack(appId, name, number);
    }

    function refuseRollBack(string memory name, uint32 number, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.rollBack(appId, name, number);
    }

    function refuseKey(uint32 key, uint32 newest) private {
        vm.expectRevert(abi.encodeWithSelector(ISecrets.KeyNotNewest.selector, key, newest));
        vm.prank(OWNER);
        secrets.setSecret(appId, "db", 1, key, digest("db", 1), POLICY);
    }
}
