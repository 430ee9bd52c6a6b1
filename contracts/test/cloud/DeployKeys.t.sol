// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {BuildStand} from "./BuildStand.sol";
import {vm} from "../Vm.sol";

/// @dev Deploy keys: an owner's leave to propose new code within limits, and everything that it is no leave for.
contract DeployKeysTest is BuildStand {
    address private constant KEY = address(0xDE9);
    address private constant GUARDIAN = address(0x6A);
    address private constant OTHER = address(0x0772);
    bytes private constant NEXT = '{"format":"wetee/manifest/v1","next":1}';
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
        set(limits());
    }

    function limits() private view returns (ICloud.DeployLimits memory) {
        return ICloud.DeployLimits({
            maxWeiPerSecond: rate(appId),
            minIntervalSeconds: 0,
            expiresAt: uint64(block.timestamp + 1 days),
            builderAppId: 0,
            repositoryHash: 0
        });
    }

    function set(ICloud.DeployLimits memory chosen) private {
        vm.prank(OWNER);
        cloud.setDeployKey(appId, KEY, chosen);
    }

    function deployWith(address key, bytes memory why) private {
        if (why.length > 0) vm.expectRevert(why);
        vm.prank(key);
        cloud.updateByDeployKey(appId, NEXT, type(uint256).max);
    }

    function unknown(address key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICloud.DeployKeyUnknown.selector, key);
    }

    // -- what it is for

    function test_a_key_proposes_a_manifest_on_the_same_terms_and_nothing_is_current_by_that() public {
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.DeployKeyUsed(appId, KEY, 2);
        deployWith(KEY, "");
        ICloud.App memory a = cloud.app(appId);
        holds(a.currentVersion == 1 && a.pendingVersion == 2, "pending");
        ICloud.Version memory v = cloud.version(appId, 2);
        holds(v.manifestDigest == sha256(NEXT) && !v.security && v.workerId == WORKER_ID, "its manifest, no more");
        holds(v.termsDigest == cloud.version(appId, 1).termsDigest, "the same terms");
        advance(1);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).currentVersion, 2, "current as any other");
    }

    function test_as_many_replicas_as_run_now() public {
        vm.prank(OWNER);
        cloud.scale(appId, 2, 0);
        deployWith(KEY, abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, 2 * rate(appId), rate(appId)));
        ICloud.DeployLimits memory two = limits();
        two.maxWeiPerSecond *= 2;
        set(two);
        deployWith(KEY, "");
        same(cloud.version(appId, 2).terms.replicas, 2, "replicas");
    }

    function test_after_a_security_version_took_over_its_terms_are_the_current_ones() public {
        ICloud.Terms memory asked = terms();
        asked.upgradeDelaySeconds = 5;
        vm.prank(OWNER);
        cloud.update(appId, asked, MANIFEST, type(uint256).max, 0, true);
        advance(901);
        deployWith(KEY, "");
        same(cloud.version(appId, 3).terms.upgradeDelaySeconds, 5, "of version 2");
    }

    // -- what holds for the owner holds for the key

    function test_the_upgrade_delay_holds() public {
        ICloud.Terms memory slow = terms();
        slow.upgradeDelaySeconds = 100;
        vm.prank(OWNER);
        cloud.update(appId, slow, MANIFEST, type(uint256).max, 0, false);
        advance(1);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        deployWith(KEY, "");
        uint256 allowedAt = block.timestamp + 100;
        same(cloud.app(appId).pendingDeadline, allowedAt + 900, "the window begins after it");
        advance(99);
        attest(appId, 3, 0, 3);
        bytes memory ready = readySignature(appId, 3, 0, 3);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, allowedAt));
        cloud.activate(appId, ready);
        advance(1);
        cloud.activate(appId, ready);
    }

    function test_a_guardian_and_the_owner_drop_what_a_key_proposed() public {
        vm.prank(OWNER);
        cloud.setGuardian(appId, GUARDIAN);
        deployWith(KEY, "");
        deployWith(KEY, abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        vm.prank(GUARDIAN);
        cloud.dropPending(appId);
        deployWith(KEY, "");
        vm.prank(OWNER);
        cloud.dropPending(appId);
        same(cloud.app(appId).currentVersion, 1, "as before");
    }

    function test_a_frozen_application_takes_nothing_from_a_key() public {
        uint64 until = uint64(block.timestamp + 100);
        vm.prank(OWNER);
        cloud.freeze(appId, until);
        deployWith(KEY, abi.encodeWithSelector(ICloud.FrozenUntil.selector, until));
    }

    function test_a_paused_or_ended_application_takes_nothing_from_a_key() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        deployWith(KEY, abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Paused));
        vm.prank(OWNER);
        cloud.terminate(appId);
        deployWith(KEY, abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
    }

    function test_a_stop_of_new_leases_holds() public {
        uint64 until = uint64(block.timestamp + 100);
        vm.prank(FAST);
        cloud.pauseNewLeases(until);
        deployWith(KEY, abi.encodeWithSelector(ICloud.NewLeasesArePaused.selector, until));
    }

    function test_the_owners_cap_holds_below_the_keys() public {
        uint256 rent = rate(appId);
        vm.prank(OWNER);
        cloud.setSpendingCap(appId, rent);
        ICloud.DeployLimits memory high = limits();
        high.maxWeiPerSecond = 10 * rent;
        set(high);
        raisePrices();
        vm.expectPartialRevert(ICloud.PriceAboveLimit.selector);
        vm.prank(KEY);
        cloud.updateByDeployKey(appId, NEXT, type(uint256).max);
    }

    function raisePrices() private {
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), raised(), capacity());
    }

    function raised() private pure returns (ISubnet.Prices memory p) {
        p = prices();
        p.cpuMilli *= 2;
    }

    // -- the key's own limits

    function test_a_worker_that_got_dearer_meets_the_keys_limit_and_the_callers() public {
        uint256 rent = rate(appId);
        uint256 id = vm.snapshotState();
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, rent, rent - 1));
        vm.prank(KEY);
        cloud.updateByDeployKey(appId, NEXT, rent - 1);
        raisePrices();
        vm.expectPartialRevert(ICloud.PriceAboveLimit.selector);
        vm.prank(KEY);
        cloud.updateByDeployKey(appId, NEXT, type(uint256).max);
        vm.revertToState(id);
        deployWith(KEY, "");
    }

    function test_a_key_ends_with_its_last_second() public {
        ICloud.DeployLimits memory short = limits();
        short.expiresAt = uint64(block.timestamp + 10);
        set(short);
        uint256 id = vm.snapshotState();
        advance(10);
        deployWith(KEY, "");
        vm.revertToState(id);
        advance(11);
        deployWith(KEY, abi.encodeWithSelector(ICloud.DeployKeyExpired.selector, short.expiresAt));
    }

    function test_a_revoked_key_proposes_nothing() public {
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.DeployKeyRevoked(appId, KEY);
        vm.prank(OWNER);
        cloud.revokeDeployKey(appId, KEY);
        deployWith(KEY, unknown(KEY));
        vm.expectRevert(unknown(KEY));
        vm.prank(OWNER);
        cloud.revokeDeployKey(appId, KEY);
    }

    function test_a_key_is_no_key_of_another_application() public {
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        uint64 second = cloud.create{value: 1 ether}("b", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        vm.expectRevert(unknown(KEY));
        vm.prank(KEY);
        cloud.updateByDeployKey(second, NEXT, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        vm.prank(KEY);
        cloud.updateByDeployKey(9, NEXT, type(uint256).max);
    }

    function test_nobody_else_proposes_not_even_the_owner_this_way() public {
        deployWith(OTHER, unknown(OTHER));
        deployWith(OWNER, unknown(OWNER));
    }

    function test_the_interval_counts_from_the_newest_version_whoever_made_it() public {
        ICloud.DeployLimits memory slow = limits();
        slow.minIntervalSeconds = 60;
        set(slow);
        uint256 createdAt = cloud.version(appId, 1).createdAt;
        deployWith(KEY, abi.encodeWithSelector(ICloud.TooEarly.selector, createdAt + 60));
        advance(createdAt + 59 - block.timestamp);
        deployWith(KEY, abi.encodeWithSelector(ICloud.TooEarly.selector, createdAt + 60));
        advance(1);
        deployWith(KEY, "");
        uint256 proposedAt = block.timestamp;
        vm.startPrank(OWNER);
        cloud.dropPending(appId);
        cloud.revokeDeployKey(appId, KEY);
        vm.stopPrank();
        set(slow);
        deployWith(KEY, abi.encodeWithSelector(ICloud.TooEarly.selector, proposedAt + 60));
    }

    // -- build records

    function demand(uint64 builder, bytes32 repository) private {
        ICloud.DeployLimits memory chosen = limits();
        (chosen.builderAppId, chosen.repositoryHash) = (builder, repository);
        set(chosen);
    }

    function missing(uint64 builder, bytes32 repository) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICloud.BuildMissing.selector, builder, repository, sha256(NEXT));
    }

    function test_a_manifest_needs_a_record_of_the_builder_and_repository_that_the_owner_named() public {
        uint64 builder = createBuilder(BUILDER_OWNER, BUILDER_KEY);
        uint64 another = createBuilder(address(0xB222), BUILDER_KEY + 1);
        attest(builder, 1, 0, BUILDER_KEY);
        demand(builder, REPOSITORY);
        deployWith(KEY, missing(builder, REPOSITORY));
        // Another builder's record of the very manifest.
        sendRecord(another, BUILDER_KEY + 1, recordOf(sha256(NEXT)));
        deployWith(KEY, missing(builder, REPOSITORY));
        // Another repository's, a fork.
        ICloud.BuildRecord memory fork = recordOf(sha256(NEXT));
        fork.repositoryHash = keccak256("https://git.example/fork/app");
        sendRecord(builder, BUILDER_KEY, fork);
        deployWith(KEY, missing(builder, REPOSITORY));
        // One whose builder did not see where the commit is.
        ICloud.BuildRecord memory unseen = recordOf(sha256(NEXT));
        unseen.repositoryHash = 0;
        sendRecord(builder, BUILDER_KEY, unseen);
        deployWith(KEY, missing(builder, REPOSITORY));
        // Another manifest's, and one without a manifest.
        sendRecord(builder, BUILDER_KEY, recordOf(sha256(MANIFEST)));
        sendRecord(builder, BUILDER_KEY, recordOf(0));
        deployWith(KEY, missing(builder, REPOSITORY));
        sendRecord(builder, BUILDER_KEY, recordOf(sha256(NEXT)));
        deployWith(KEY, "");
    }

    function test_a_lapsed_instance_of_the_builder_opens_no_way_and_a_record_outlives_its_instance() public {
        uint64 builder = createBuilder(BUILDER_OWNER, BUILDER_KEY);
        demand(builder, REPOSITORY);
        ICloud.BuildRecord memory record = recordOf(sha256(NEXT));
        bytes memory signature = signRecord(builder, BUILDER_KEY, record);
        uint256 id = vm.snapshotState();
        advance(LEASE);
        vm.expectRevert(abi.encodeWithSelector(ICloud.BuildUnsigned.selector, builder));
        cloud.recordBuild(builder, record, signature);
        deployWith(KEY, missing(builder, REPOSITORY));
        vm.revertToState(id);
        cloud.recordBuild(builder, record, signature);
        advance(LEASE);
        deployWith(KEY, "");
    }

    // -- setting

    function test_only_the_owner_sets_and_revokes() public {
        ICloud.DeployLimits memory chosen = limits();
        address[3] memory others = [KEY, GUARDIAN, OTHER];
        for (uint256 i = 0; i < 3; i++) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, others[i]));
            cloud.setDeployKey(appId, OTHER, chosen);
            vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, others[i]));
            cloud.revokeDeployKey(appId, KEY);
            vm.stopPrank();
        }
    }

    function test_an_application_has_at_most_four_keys_and_other_limits_take_no_place() public {
        ICloud.DeployLimits memory chosen = limits();
        vm.startPrank(OWNER);
        for (uint160 i = 1; i <= 3; i++) {
            cloud.setDeployKey(appId, address(i), chosen);
        }
        vm.expectRevert(abi.encodeWithSelector(ICloud.DeployKeysTooMany.selector, 4));
        cloud.setDeployKey(appId, OTHER, chosen);
        chosen.minIntervalSeconds = 60;
        cloud.setDeployKey(appId, KEY, chosen);
        ICloud.DeployKey[] memory keys = cloud.deployKeys(appId);
        same(keys.length, 4, "four");
        holds(keys[0].key == KEY && keys[0].limits.minIntervalSeconds == 60, "the limits are new");
        cloud.revokeDeployKey(appId, KEY);
        keys = cloud.deployKeys(appId);
        holds(keys.length == 3 && keys[0].key == address(3), "the last one took its place");
        cloud.setDeployKey(appId, OTHER, chosen);
        vm.stopPrank();
    }

    function test_limits_that_mean_nothing_are_refused() public {
        invalid(address(0), limits(), "key");
        invalid(OWNER, limits(), "key");
        ICloud.DeployLimits memory l = limits();
        l.maxWeiPerSecond = 0;
        invalid(KEY, l, "maxWeiPerSecond");
        l.maxWeiPerSecond = uint256(type(uint96).max) + 1;
        invalid(KEY, l, "maxWeiPerSecond");
        l = limits();
        l.minIntervalSeconds = 30 days + 1;
        invalid(KEY, l, "minIntervalSeconds");
        l = limits();
        l.expiresAt = uint64(block.timestamp + 366 days + 1);
        invalid(KEY, l, "expiresAt");
        l = limits();
        l.builderAppId = appId;
        invalid(KEY, l, "repositoryHash");
        (l.builderAppId, l.repositoryHash) = (0, REPOSITORY);
        invalid(KEY, l, "repositoryHash");
        l.builderAppId = 9;
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.setDeployKey(appId, KEY, l);
        l = limits();
        l.expiresAt = uint64(block.timestamp - 1);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DeadlinePassed.selector, l.expiresAt));
        cloud.setDeployKey(appId, KEY, l);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.setDeployKey(appId, KEY, l);
        cloud.revokeDeployKey(appId, KEY);
        vm.stopPrank();
    }

    function invalid(address key, ICloud.DeployLimits memory chosen, string memory what) private {
        vm.expectRevert(abi.encodeWithSelector(ICloud.DeployLimitInvalid.selector, what));
        vm.prank(OWNER);
        cloud.setDeployKey(appId, key, chosen);
    }

    // -- what it is no leave for

    function test_keys_end_with_a_new_owner_and_do_not_come_back_with_the_old_one() public {
        vm.prank(OWNER);
        cloud.offerOwnership(appId, OTHER);
        vm.startPrank(OTHER);
        cloud.takeOwnership(appId);
        cloud.offerOwnership(appId, OWNER);
        vm.stopPrank();
        same(cloud.deployKeys(appId).length, 0, "none");
        deployWith(KEY, unknown(KEY));
        vm.prank(OWNER);
        cloud.takeOwnership(appId);
        deployWith(KEY, unknown(KEY));
    }

    function test_a_key_can_do_nothing_else_that_is_the_owners() public {
        deployWith(KEY, "");
        bytes[] memory calls = new bytes[](14);
        calls[0] = abi.encodeCall(ICloud.update, (appId, terms(), NEXT, type(uint256).max, 0, true));
        calls[1] = abi.encodeCall(ICloud.migrate, (appId, 2, type(uint256).max, 0));
        calls[2] = abi.encodeCall(ICloud.scale, (appId, 2, 0));
        calls[3] = abi.encodeCall(ICloud.dropPending, (appId));
        calls[4] = abi.encodeCall(ICloud.configure, (appId, "{}"));
        calls[5] = abi.encodeCall(ICloud.pause, (appId));
        calls[6] = abi.encodeCall(ICloud.terminate, (appId));
        calls[7] = abi.encodeCall(ICloud.setGuardian, (appId, KEY));
        calls[8] = abi.encodeCall(ICloud.freeze, (appId, type(uint64).max));
        calls[9] = abi.encodeCall(ICloud.setSpendingCap, (appId, 0));
        calls[10] = abi.encodeCall(ICloud.offerOwnership, (appId, KEY));
        calls[11] = abi.encodeCall(ICloud.takeOwnership, (appId));
        calls[12] = abi.encodeCall(ICloud.setDeployKey, (appId, OTHER, limits()));
        calls[13] = abi.encodeCall(ICloud.revokeDeployKey, (appId, KEY));
        for (uint256 i = 0; i < calls.length; i++) {
            vm.prank(KEY);
            (bool done, bytes memory why) = address(cloud).call(calls[i]);
            holds(!done && bytes4(why) == ICloud.NotAppOwner.selector, "not the owner's");
        }
        vm.prank(OWNER);
        cloud.pause(appId);
        vm.startPrank(KEY);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, KEY));
        cloud.resume(appId);
        vm.expectRevert(ICloud.NothingToWithdraw.selector);
        cloud.withdraw(address(0));
        vm.stopPrank();
    }

    function test_a_key_brings_and_takes_no_wei() public {
        vm.deal(KEY, 1 ether);
        uint256 escrowWei = cloud.app(appId).escrowWei;
        vm.prank(KEY);
        (bool done,) =
            address(cloud).call{value: 1}(abi.encodeCall(ICloud.updateByDeployKey, (appId, NEXT, type(uint256).max)));
        holds(!done, "no wei");
        deployWith(KEY, "");
        same(cloud.app(appId).escrowWei, escrowWei, "escrow");
        same(KEY.balance, 1 ether, "balance");
    }

    function test_the_manifest_has_its_bounds() public {
        vm.startPrank(KEY);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ManifestSize.selector, 0, 65_536));
        cloud.updateByDeployKey(appId, "", type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ManifestSize.selector, 65_537, 65_536));
        cloud.updateByDeployKey(appId, new bytes(65_537), type(uint256).max);
        vm.stopPrank();
    }
}
