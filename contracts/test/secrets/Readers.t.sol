// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {SecretsStand} from "./SecretsStand.sol";

/// @dev Who else may read a secret, and the receipts of nodes.
contract ReadersTest is SecretsStand {
    bytes32 private constant CODE = keccak256("manifest");

    function setUp() public override {
        super.setUp();
        set("db", 1);
    }

    // -- granting

    function test_one_application_with_one_manifest_is_granted() external {
        holds(!secrets.isGranted(appId, "db", otherId, CODE), "nobody at first");
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.SecretGranted(appId, hashOf("db"), byManifest(otherId, CODE));
        grant("db", byManifest(otherId, CODE));
        holds(secrets.isGranted(appId, "db", otherId, CODE), "that one");
        holds(!secrets.isGranted(appId, "db", otherId, keccak256("other code")), "not with other code");
        uint64 third = createFor(OTHER_OWNER, "third");
        holds(!secrets.isGranted(appId, "db", third, CODE), "not another with the same code");
        holds(!secrets.isGranted(appId, "api", otherId, CODE), "not of another secret");
        holds(!secrets.isGranted(otherId, "db", appId, CODE), "not the other way");
    }

    function test_every_application_of_an_owner_is_granted_while_it_is_that_owners() external {
        grant("db", byOwner(OTHER_OWNER));
        uint64 third = createFor(OTHER_OWNER, "third");
        holds(secrets.isGranted(appId, "db", otherId, CODE), "the first");
        holds(secrets.isGranted(appId, "db", third, keccak256("any code")), "the second, with any code");
        handOver(third, OTHER_OWNER, STRANGER);
        holds(!secrets.isGranted(appId, "db", third, CODE), "not after it was handed over");
    }

    function test_zero_never_means_any() external {
        grant("db", byOwner(OTHER_OWNER));
        grant("db", byManifest(otherId, CODE));
        holds(!secrets.isGranted(appId, "db", otherId, 0), "no manifest");
        holds(!secrets.isGranted(appId, "db", 0, CODE), "no application");
        holds(!secrets.isGranted(0, "db", otherId, CODE), "of no application");
        holds(!secrets.isGranted(appId, "", otherId, CODE), "of no name");
        holds(!secrets.isGranted(appId, "db", 99, CODE), "an application that does not exist");
    }

    function test_a_reader_is_exactly_one_of_the_two() external {
        refuseGrant(ISecrets.Reader(0, 0, address(0)));
        refuseGrant(ISecrets.Reader(otherId, 0, address(0)));
        refuseGrant(ISecrets.Reader(0, CODE, address(0)));
        refuseGrant(ISecrets.Reader(otherId, 0, OTHER_OWNER));
        refuseGrant(ISecrets.Reader(0, CODE, OTHER_OWNER));
        refuseGrant(ISecrets.Reader(otherId, CODE, OTHER_OWNER));
        refuseGrant(ISecrets.Reader(99, CODE, address(0)));
    }

    function testFuzz_only_what_was_granted_is_granted(uint64 readerId, bytes32 code, uint64 asked, bytes32 askedCode)
        external
    {
        readerId = 1 + readerId % 2;
        vm.assume(code != 0);
        grant("db", byManifest(readerId, code));
        bool expected = asked == readerId && askedCode == code;
        holds(secrets.isGranted(appId, "db", asked, askedCode) == expected, "that alone");
        holds(secrets.isGranted(appId, "db", readerId, code), "itself");
    }

    function test_a_reader_is_granted_once() external {
        grant("db", byOwner(OTHER_OWNER));
        grant("db", byManifest(otherId, CODE));
        bytes memory reason = abi.encodeWithSelector(ISecrets.ReaderKnown.selector);
        refuse(byOwner(OTHER_OWNER), reason);
        refuse(byManifest(otherId, CODE), reason);
        grant("db", byManifest(otherId, keccak256("next version")));
        same(secrets.readers(appId, "db").length, 3, "three");
    }

    function test_a_secret_has_at_most_16_readers() external {
        for (uint160 i = 1; i <= 16; i++) {
            grant("db", byOwner(address(i)));
        }
        refuse(byOwner(address(17)), abi.encodeWithSelector(ISecrets.ReadersTooMany.selector, 16));
        revoke(byOwner(address(3)));
        grant("db", byOwner(address(17)));
        same(secrets.readers(appId, "db").length, 16, "sixteen");
    }

    function test_what_is_not_set_is_not_granted() external {
        vm.expectRevert(abi.encodeWithSelector(ISecrets.SecretUnknown.selector, appId, hashOf("api")));
        vm.prank(OWNER);
        secrets.grant(appId, "api", byOwner(OTHER_OWNER));
    }

    // -- revoking

    function test_what_is_revoked_is_not_granted_and_the_others_stay() external {
        grant("db", byOwner(STRANGER));
        grant("db", byManifest(otherId, CODE));
        grant("db", byManifest(otherId, keccak256("next version")));
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.SecretRevoked(appId, hashOf("db"), byOwner(STRANGER));
        revoke(byOwner(STRANGER));
        holds(secrets.isGranted(appId, "db", otherId, CODE), "the second stays");
        holds(secrets.isGranted(appId, "db", otherId, keccak256("next version")), "the third, too");
        revoke(byManifest(otherId, keccak256("next version")));
        holds(!secrets.isGranted(appId, "db", otherId, keccak256("next version")), "gone");
        ISecrets.Reader[] memory left = secrets.readers(appId, "db");
        same(left.length, 1, "one is left");
        holds(left[0].appId == otherId && left[0].manifestDigest == CODE && left[0].owner == address(0), "the second");
    }

    function test_only_what_is_granted_is_revoked() external {
        grant("db", byManifest(otherId, CODE));
        bytes memory reason = abi.encodeWithSelector(ISecrets.ReaderUnknown.selector);
        refuseRevoke(byManifest(otherId, keccak256("other code")), reason);
        refuseRevoke(byOwner(OTHER_OWNER), reason);
        revoke(byManifest(otherId, CODE));
        refuseRevoke(byManifest(otherId, CODE), reason);
        remove("db");
        refuseRevoke(
            byManifest(otherId, CODE), abi.encodeWithSelector(ISecrets.SecretUnknown.selector, appId, hashOf("db"))
        );
    }

    // -- ends

    function test_a_reader_that_has_ended_reads_nothing() external {
        grant("db", byOwner(OTHER_OWNER));
        grant("db", byManifest(otherId, CODE));
        end(otherId, OTHER_OWNER);
        holds(!secrets.isGranted(appId, "db", otherId, CODE), "ended");
    }

    function test_secrets_of_an_application_that_has_ended_are_read_by_nobody() external {
        grant("db", byOwner(OTHER_OWNER));
        end(appId, OWNER);
        holds(!secrets.isGranted(appId, "db", otherId, CODE), "its owner cannot rotate it any more");
    }

    function test_a_grant_ends_with_the_secret() external {
        grant("db", byOwner(OTHER_OWNER));
        remove("db");
        holds(!secrets.isGranted(appId, "db", otherId, CODE), "removed");
    }

    function test_a_grant_holds_for_every_version() external {
        grant("db", byOwner(OTHER_OWNER));
        set("db", 2);
        holds(secrets.isGranted(appId, "db", otherId, CODE), "rotated");
    }

    // -- receipts

    function test_receipts_are_counted_without_a_gap() external {
        vm.expectEmit(true, true, true, true, address(secrets));
        emit ISecrets.ReceiptsPosted(1, 1, 10, keccak256("root"));
        post(1, 1, 10, keccak256("root"));
        same(secrets.receiptsPosted(1), 10, "ten");
        post(1, 11, 1, keccak256("next"));
        same(secrets.receiptsPosted(1), 11, "eleven");
        same(secrets.receiptsPosted(2), 0, "of another node none");
    }

    function test_receipts_follow_those_that_were_posted() external {
        refusePost(0, 1, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsNotNext.selector, 0, 1));
        refusePost(2, 1, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsNotNext.selector, 2, 1));
        post(1, 1, 10, keccak256("root"));
        refusePost(1, 10, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsNotNext.selector, 1, 11));
        refusePost(10, 1, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsNotNext.selector, 10, 11));
        refusePost(12, 1, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsNotNext.selector, 12, 11));
    }

    function test_receipts_are_some_and_have_a_root() external {
        refusePost(1, 0, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsCount.selector, 0));
        refusePost(1, 1, 0, abi.encodeWithSelector(ISecrets.ZeroDigest.selector));
        uint64 most = type(uint64).max;
        refusePost(1, most, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsCount.selector, most));
        post(1, 1, most - 1, keccak256("root"));
        refusePost(most, 1, keccak256("root"), abi.encodeWithSelector(ISecrets.ReceiptsCount.selector, 1));
    }

    function test_only_the_operator_posts_receipts_of_its_node() external {
        address[3] memory others = [nodeOwner(1), OWNER, STRANGER];
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(abi.encodeWithSelector(ISecrets.NotOperator.selector, others[i]));
            vm.prank(others[i]);
            secrets.postReceipts(1, 1, 1, keccak256("root"));
        }
        vm.expectPartialRevert(ISubnet.NodeUnknown.selector);
        secrets.postReceipts(99, 1, 1, keccak256("root"));
    }

    function post(uint64 nodeId, uint64 first, uint64 count, bytes32 root) private {
        address operator = subnet.node(nodeId).operator;
        vm.prank(operator);
        secrets.postReceipts(nodeId, first, count, root);
    }

    function refusePost(uint64 first, uint64 count, bytes32 root, bytes memory reason) private {
        address operator = subnet.node(1).operator;
        vm.expectRevert(reason);
        vm.prank(operator);
        secrets.postReceipts(1, first, count, root);
    }

    function revoke(ISecrets.Reader memory reader) private {
        vm.prank(OWNER);
        secrets.revoke(appId, "db", reader);
    }

    function refuse(ISecrets.Reader memory reader, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.grant(appId, "db", reader);
    }

    function refuseGrant(ISecrets.Reader memory reader) private {
        refuse(reader, abi.encodeWithSelector(ISecrets.ReaderInvalid.selector));
    }

    function refuseRevoke(ISecrets.Reader memory reader, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OWNER);
        secrets.revoke(appId, "db", reader);
    }
}
