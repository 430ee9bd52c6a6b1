// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {BuildStand} from "./BuildStand.sol";
import {vm} from "../Vm.sol";

/// @dev Build records: who may say what of an image, and what is kept of it.
contract BuildsTest is BuildStand {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    bytes32 private constant IMAGE = keccak256("image");
    uint64 private builder;

    function setUp() public override {
        super.setUp();
        builder = createBuilder(BUILDER_OWNER, BUILDER_KEY);
    }

    function refused(ICloud.BuildRecord memory record, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(ICloud.BuildUnsigned.selector, builder));
        cloud.recordBuild(builder, record, signature);
    }

    function count(uint64 by) private view returns (uint256) {
        return cloud.buildsOf(IMAGE, by, 0, 100).length;
    }

    function test_the_digest_is_that_of_the_bindings() public view {
        string memory file = vm.readFile("../packages/attestation/src/binding/vectors.json");
        ICloud.BuildRecord memory record = ICloud.BuildRecord({
            imageDigest: hex"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1",
            statementDigest: hex"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2",
            repositoryHash: hex"b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3",
            commit: hex"b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4000000000000000000000000",
            manifestDigest: hex"b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5"
        });
        address at = address(bytes20(hex"c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"));
        bytes32 expected = vm.parseJsonBytes32(file, '$.vectors[?(@.name=="buildRecordDigest")].expected');
        holds(recordDigest(31337, at, 7, record) == expected, "the digest");
        expected = vm.parseJsonBytes32(file, '$.vectors[?(@.name=="repositoryHash")].expected');
        holds(REPOSITORY == expected, "the repository");
    }

    function test_anybody_sends_what_a_live_instance_signed_and_it_is_kept() public {
        ICloud.BuildRecord memory record = recordOf(sha256(MANIFEST));
        bytes memory signature = signRecord(builder, BUILDER_KEY, record);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.BuildRecorded(
            IMAGE, builder, REPOSITORY, 1, record.statementDigest, record.commit, record.manifestDigest
        );
        vm.prank(address(0x999));
        cloud.recordBuild(builder, record, signature);
        ICloud.Build memory b = cloud.buildsOf(IMAGE, builder, 0, 100)[0];
        holds(b.statementDigest == record.statementDigest && b.commit == record.commit, "statement and commit");
        holds(b.repositoryHash == REPOSITORY && b.manifestDigest == sha256(MANIFEST), "repository and manifest");
        holds(b.builderVersion == 1 && b.recordedAt == block.timestamp, "version and time");
        same(cloud.buildersOf(IMAGE, 0, 100)[0], builder, "its builder");
        holds(cloud.isManifestBuilt(builder, REPOSITORY, sha256(MANIFEST)), "the manifest");
        holds(!cloud.isManifestBuilt(builder, REPOSITORY, 0), "no other");
        vm.expectRevert(
            abi.encodeWithSelector(
                ICloud.BuildKnown.selector, recordDigest(block.chainid, address(cloud), builder, record)
            )
        );
        cloud.recordBuild(builder, record, signature);
    }

    function test_a_record_without_a_manifest_allows_no_manifest() public {
        sendRecord(builder, BUILDER_KEY, recordOf(0));
        same(count(builder), 1, "kept");
        holds(!cloud.isManifestBuilt(builder, REPOSITORY, 0), "nothing is not a manifest");
    }

    function test_a_signature_counts_for_one_record_chain_cloud_and_builder() public {
        ICloud.BuildRecord memory record = recordOf(0);
        address at = address(cloud);
        bytes32 digest = recordDigest(block.chainid, at, builder, record);
        refused(record, signAsApplication(BUILDER_KEY, recordDigest(block.chainid + 1, at, builder, record)));
        refused(record, signAsApplication(BUILDER_KEY, recordDigest(block.chainid, address(this), builder, record)));
        refused(record, signAsApplication(BUILDER_KEY, recordDigest(block.chainid, at, builder + 1, record)));
        refused(record, signOne(instanceKey(BUILDER_KEY), digest));
        refused(record, signAsApplication(BUILDER_KEY + 1, digest));
        refused(record, "");
        bytes memory good = signAsApplication(BUILDER_KEY, digest);
        ICloud.BuildRecord memory other = recordOf(sha256("other"));
        refused(other, good);
        other = recordOf(0);
        other.commit = "other";
        refused(other, good);
        other = recordOf(0);
        other.repositoryHash = "other";
        refused(other, good);
        other = recordOf(0);
        other.statementDigest = "other";
        refused(other, good);
        other = recordOf(0);
        other.imageDigest = "other";
        refused(other, good);
        cloud.recordBuild(builder, record, good);
    }

    function test_the_other_signature_of_the_same_key_is_refused() public {
        ICloud.BuildRecord memory record = recordOf(0);
        bytes memory good = signRecord(builder, BUILDER_KEY, record);
        bytes32 r;
        bytes32 s;
        (r, s) = abi.decode(good, (bytes32, bytes32));
        uint8 v = uint8(good[64]) == 27 ? 28 : 27;
        refused(record, abi.encodePacked(r, bytes32(ORDER - uint256(s)), v));
    }

    function test_an_instance_whose_lease_has_lapsed_says_nothing() public {
        ICloud.BuildRecord memory record = recordOf(0);
        bytes memory signature = signRecord(builder, BUILDER_KEY, record);
        uint256 id = vm.snapshotState();
        advance(LEASE - 2);
        cloud.recordBuild(builder, record, signature);
        vm.revertToState(id);
        advance(LEASE - 1);
        refused(record, signature);
    }

    function test_an_instance_of_another_application_says_nothing() public {
        createBuilder(address(0xB222), BUILDER_KEY + 1);
        ICloud.BuildRecord memory record = recordOf(0);
        refused(record, signRecord(builder, BUILDER_KEY + 1, record));
    }

    function test_a_paused_builder_says_nothing_nor_does_one_that_does_not_exist() public {
        ICloud.BuildRecord memory record = recordOf(0);
        vm.prank(BUILDER_OWNER);
        cloud.pause(builder);
        refused(record, signRecord(builder, BUILDER_KEY, record));
        bytes memory signature = signRecord(9, BUILDER_KEY, record);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.recordBuild(9, record, signature);
    }

    function test_a_pending_version_of_a_builder_says_nothing_before_it_is_current() public {
        vm.prank(BUILDER_OWNER);
        cloud.update(builder, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(1);
        attest(builder, 2, 0, BUILDER_KEY + 1);
        ICloud.BuildRecord memory record = recordOf(0);
        holds(cloud.isLeaseLive(builder, vm.addr(instanceKey(BUILDER_KEY + 1))), "it has a lease");
        refused(record, signRecord(builder, BUILDER_KEY + 1, record));
        cloud.activate(builder, readySignature(builder, 2, 0, BUILDER_KEY + 1));
        sendRecord(builder, BUILDER_KEY + 1, record);
        same(cloud.buildsOf(IMAGE, builder, 0, 1)[0].builderVersion, 2, "of version 2");
    }

    function test_records_are_added_and_those_of_other_builders_stand_beside_them() public {
        uint64 second = createBuilder(address(0xB222), BUILDER_KEY + 1);
        attest(builder, 1, 0, BUILDER_KEY);
        sendRecord(builder, BUILDER_KEY, recordOf(0));
        ICloud.BuildRecord memory other = recordOf(0);
        other.commit = "other";
        sendRecord(second, BUILDER_KEY + 1, other);
        same(count(builder), 1, "one of the first");
        holds(cloud.buildsOf(IMAGE, builder, 0, 1)[0].commit == recordOf(0).commit, "as it was");
        sendRecord(builder, BUILDER_KEY, other);
        same(count(builder), 2, "two of the first");
        same(count(second), 1, "one of the second");
        holds(cloud.buildsOf(IMAGE, builder, 1, 100)[0].commit == "other", "from an index on");
        same(cloud.buildsOf(IMAGE, builder, 2, 100).length, 0, "none beyond");
        same(cloud.buildersOf(IMAGE, 0, 100).length, 2, "two builders, each once");
        same(cloud.buildersOf(IMAGE, 1, 1)[0], second, "the second");
    }

    function test_pages_have_a_bound() public {
        ICloud.BuildRecord memory record = recordOf(0);
        for (uint256 i = 1; i <= 101; i++) {
            record.commit = bytes32(i);
            sendRecord(builder, BUILDER_KEY, record);
        }
        same(cloud.buildsOf(IMAGE, builder, 0, type(uint256).max).length, 100, "a page");
        same(cloud.buildsOf(IMAGE, builder, 100, type(uint256).max).length, 1, "the rest");
    }

    function test_a_record_names_image_statement_and_commit() public {
        string[3] memory names = ["imageDigest", "statementDigest", "commit"];
        for (uint256 i = 0; i < 3; i++) {
            ICloud.BuildRecord memory record = recordOf(0);
            if (i == 0) record.imageDigest = 0;
            if (i == 1) record.statementDigest = 0;
            if (i == 2) record.commit = 0;
            bytes memory signature = signRecord(builder, BUILDER_KEY, record);
            vm.expectRevert(abi.encodeWithSelector(ICloud.BuildInvalid.selector, names[i]));
            cloud.recordBuild(builder, record, signature);
        }
    }
}
