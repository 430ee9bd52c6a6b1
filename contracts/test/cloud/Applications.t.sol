// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract ApplicationsTest is Fixture {
    bytes private constant MANIFEST_2 = '{"format":"wetee/manifest/v1","name":"two"}';

    function refusedCreate(ICloud.Terms memory asked, bytes memory why) private {
        vm.deal(OWNER, 10 ether);
        vm.prank(OWNER);
        vm.expectRevert(why);
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, asked, MANIFEST, type(uint256).max);
    }

    function updateTo(uint64 appId, ICloud.Terms memory asked) private {
        vm.prank(OWNER);
        cloud.update(appId, asked, MANIFEST_2, type(uint256).max, 0, false);
    }

    function reservedCpu() private view returns (uint256) {
        return subnet.worker(WORKER_ID).reserved.cpuMilli;
    }

    // -- create

    function test_an_application_holds_what_its_owner_asked_for() public {
        uint64 appId = createApp(1 ether);
        ICloud.App memory a = cloud.app(appId);
        holds(a.owner == OWNER && a.state == ICloud.AppState.Active && a.name == NAME, "who");
        same(a.currentVersion, 1, "version");
        (uint256 weiPerSecond,, uint256 graceWei) = cloud.quote(WORKER_ID, address(0), terms());
        same(a.graceDepositWei, graceWei, "grace deposit");
        same(a.escrowWei, 1 ether - graceWei, "escrow");
        ICloud.Version memory v = cloud.version(appId, 1);
        holds(v.manifestDigest == sha256(MANIFEST), "manifest digest");
        holds(v.termsDigest == sha256(abi.encode(terms())), "terms digest");
        same(v.weiPerSecond, weiPerSecond, "rent");
        same(v.createdBlock, block.number, "created block");
        same(cloud.appByName(OWNER, NAME), appId, "by name");
        same(cloud.appsOf(OWNER, 0, 100)[0], appId, "of owner");
        same(cloud.appsOn(WORKER_ID, 0, 100)[0], appId, "on worker");
        same(cloud.appsOf(OWNER, 1, 100).length, 0, "page behind the end");
        same(reservedCpu(), 500, "reserved");
    }

    function test_rent_is_rounded_up_to_ten_decimals() public view {
        (uint256 weiPerSecond, uint256 minimumWei, uint256 graceWei) = cloud.quote(WORKER_ID, address(0), terms());
        uint256 exact = 500 * uint256(3e7) + 256 * uint256(1e7 + 1) + 1024 * uint256(1e5);
        same(exact % 1e8, 62_400_256, "not a multiple");
        same(weiPerSecond, exact - 62_400_256 + 1e8, "rounded up");
        uint256 diskWei = 1024 * uint256(1e5);
        same(graceWei, (diskWei + 1e8 - 1) / 1e8 * 1e8 * 7200, "grace");
        same(minimumWei, weiPerSecond * MIN_ESCROW + graceWei, "minimum");
    }

    function test_the_minimum_deposit_is_enough_and_one_wei_less_is_not() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        vm.deal(OWNER, minimumWei);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, minimumWei - 1, minimumWei));
        cloud.create{value: minimumWei - 1}(
            NAME, WORKER_ID, address(0), minimumWei - 1, terms(), MANIFEST, type(uint256).max
        );
        createApp(minimumWei);
    }

    function test_the_price_limit_covers_all_replicas() public {
        ICloud.Terms memory asked = terms();
        asked.replicas = 3;
        (uint256 weiPerSecond,,) = cloud.quote(WORKER_ID, address(0), asked);
        vm.deal(OWNER, 10 ether);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, weiPerSecond * 3, weiPerSecond * 3 - 1));
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, asked, MANIFEST, weiPerSecond * 3 - 1);
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, asked, MANIFEST, weiPerSecond * 3);
    }

    function test_bad_terms_are_refused_each_by_its_field() public {
        ICloud.Terms memory t = terms();
        t.replicas = 0;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "replicas"));
        t.replicas = 17;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "replicas"));
        t = terms();
        t.cpuMilli = 0;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "cpuMilli"));
        t.cpuMilli = type(uint32).max / 2 + 1;
        t.replicas = 2;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "cpuMilli"));
        t = terms();
        t.memoryMiB = 0;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "memoryMiB"));
        t = terms();
        (t.diskMiB, t.replicas) = (type(uint32).max, 2);
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "diskMiB"));
        t = terms();
        (t.gpu, t.replicas) = (type(uint16).max, 2);
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "gpu"));
        t = terms();
        t.teeClasses = 0;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "teeClasses"));
        t = terms();
        t.graceSeconds = 30 days + 1;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "graceSeconds"));
        t = terms();
        t.upgradeDelaySeconds = 30 days + 1;
        refusedCreate(t, abi.encodeWithSelector(ICloud.TermsInvalid.selector, "upgradeDelaySeconds"));
    }

    function test_a_worker_that_does_not_fit_is_refused() public {
        ICloud.Terms memory t = terms();
        t.teeClasses = 2;
        refusedCreate(t, abi.encodeWithSelector(ICloud.WorkerUnfit.selector, WORKER_ID, "teeClasses"));
        t = terms();
        t.level = 2;
        refusedCreate(t, abi.encodeWithSelector(ICloud.WorkerUnfit.selector, WORKER_ID, "level"));
        t = terms();
        t.cpuMilli = 64_001;
        refusedCreate(t, abi.encodeWithSelector(ISubnet.CapacityExceeded.selector, WORKER_ID));
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetNotAllowed.selector, address(9)));
        cloud.quote(WORKER_ID, address(9), terms());
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, false, profile(), prices(), capacity());
        refusedCreate(terms(), abi.encodeWithSelector(ICloud.WorkerUnfit.selector, WORKER_ID, "closed"));
    }

    function test_a_rate_has_at_most_forty_eight_bits_of_units() public {
        ISubnet.Prices memory p;
        (p.cpuMilli, p.memoryMiB, p.diskMiB, p.gpu) = (uint128(2 ** 48 - 1) * 1e8, 1, 1, 1);
        ICloud.Terms memory t = terms();
        (t.cpuMilli, t.memoryMiB, t.diskMiB) = (1, 1, 0);
        vm.startPrank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), p, capacity());
        vm.expectRevert(abi.encodeWithSelector(ICloud.WorkerUnfit.selector, WORKER_ID, "price"));
        cloud.quote(WORKER_ID, address(0), t);
        p.cpuMilli--;
        subnet.updateWorker(WORKER_ID, true, profile(), p, capacity());
        (uint256 weiPerSecond,,) = cloud.quote(WORKER_ID, address(0), t);
        same(weiPerSecond, uint256(2 ** 48 - 1) * 1e8, "the highest");
        vm.stopPrank();
    }

    function test_names_are_taken_until_their_application_ended() public {
        uint64 first = createApp(1 ether);
        refusedCreate(terms(), abi.encodeWithSelector(ICloud.NameTaken.selector, NAME));
        vm.prank(OWNER);
        cloud.terminate(first);
        same(createApp(1 ether), first + 1, "taken again");
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        vm.expectRevert(ICloud.NameEmpty.selector);
        cloud.create{value: 1 ether}(0, WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        // Somebody else may use the same name.
        vm.deal(address(this), 1 ether);
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
    }

    function test_ended_applications_leave_their_workers_list() public {
        vm.deal(address(this), 4 ether);
        uint64[4] memory ids;
        for (uint256 i = 0; i < 4; i++) {
            ids[i] = cloud.create{value: 1 ether}(
                bytes32(i + 1), WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max
            );
        }
        cloud.terminate(ids[1]);
        uint64[] memory left = cloud.appsOn(WORKER_ID, 0, 100);
        holds(left.length == 3 && left[0] == ids[0] && left[1] == ids[3] && left[2] == ids[2], "the last fills the gap");
        cloud.terminate(ids[3]);
        cloud.terminate(ids[2]);
        left = cloud.appsOn(WORKER_ID, 0, 100);
        holds(left.length == 1 && left[0] == ids[0], "one");
        cloud.terminate(ids[0]);
        same(cloud.appsOn(WORKER_ID, 0, 100).length, 0, "none");
        same(cloud.appsOf(address(this), 0, 100).length, 4, "the owner's list keeps them");
    }

    function test_manifests_have_one_byte_to_64_kib() public {
        vm.deal(OWNER, 10 ether);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ManifestSize.selector, 0, 65_536));
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, terms(), "", type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ManifestSize.selector, 65_537, 65_536));
        cloud.create{value: 1 ether}(
            NAME, WORKER_ID, address(0), 1 ether, terms(), new bytes(65_537), type(uint256).max
        );
        cloud.create{value: 1 ether}(
            NAME, WORKER_ID, address(0), 1 ether, terms(), new bytes(65_536), type(uint256).max
        );
    }

    // -- update, activate, drop

    function test_an_update_reserves_beside_the_current_version_and_activation_frees_the_old() public {
        uint64 appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
        ICloud.Terms memory bigger = terms();
        bigger.cpuMilli = 800;
        updateTo(appId, bigger);
        same(reservedCpu(), 1300, "both");
        same(cloud.app(appId).pendingVersion, 2, "pending");
        same(cloud.app(appId).pendingDeadline, block.timestamp + 900, "deadline");
        vm.expectRevert(abi.encodeWithSelector(ICloud.PendingNotReady.selector, appId, 0));
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        advance(10);
        attest(appId, 2, 0, 2);
        holds(cloud.isLeaseLive(appId, vm.addr(instanceKey(1))), "the old one lives");
        holds(cloud.isLeaseLive(appId, vm.addr(instanceKey(2))), "and the new one beside it");
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(3))), "a strange key does not");
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(reservedCpu(), 800, "new only");
        ICloud.App memory a = cloud.app(appId);
        holds(a.currentVersion == 2 && a.pendingVersion == 0 && a.pendingDeadline == 0, "current");
        holds(cloud.isLeaseLive(appId, vm.addr(instanceKey(2))), "the new one lives");
        holds(!cloud.isLeaseLive(appId, vm.addr(instanceKey(1))), "the old one does not");
    }

    function test_ready_must_be_signed_by_the_instance_for_this_version_and_replica() public {
        uint64 appId = createApp(1 ether);
        updateTo(appId, terms());
        advance(10);
        attest(appId, 2, 0, 2);
        bytes memory why = abi.encodeWithSelector(ICloud.PendingNotReady.selector, appId, 0);
        bytes[6] memory bad = [
            bytes(""),
            readySignature(appId, 2, 0, 3),
            readySignature(appId, 1, 0, 2),
            readySignature(appId, 2, 1, 2),
            readySignature(appId + 1, 2, 0, 2),
            bytes.concat(readySignature(appId, 2, 0, 2), hex"00")
        ];
        for (uint256 i = 0; i < bad.length; i++) {
            vm.expectRevert(why);
            cloud.activate(appId, bad[i]);
        }
        advance(LEASE);
        bytes memory ready = readySignature(appId, 2, 0, 2);
        vm.expectRevert(why);
        cloud.activate(appId, ready);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, ready);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoPendingVersion.selector, appId));
        cloud.activate(appId, ready);
    }

    function test_every_replica_must_be_ready() public {
        uint64 appId = createApp(1 ether);
        ICloud.Terms memory two = terms();
        two.replicas = 2;
        updateTo(appId, two);
        advance(10);
        attest(appId, 2, 0, 2);
        bytes memory ready = bytes.concat(readySignature(appId, 2, 0, 2), readySignature(appId, 2, 1, 3));
        vm.expectRevert(abi.encodeWithSelector(ICloud.PendingNotReady.selector, appId, 1));
        cloud.activate(appId, ready);
        attest(appId, 2, 1, 3);
        cloud.activate(appId, ready);
        same(reservedCpu(), 1000, "two replicas");
    }

    function test_pending_counts_through_its_deadline_and_is_anybodys_to_drop_after() public {
        uint64 appId = createApp(1 ether);
        updateTo(appId, terms());
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(900);
        attest(appId, 2, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.dropPending(appId);
        advance(1);
        expectSkip(leaseAt(appId, 2, 0, 2, lastSecond()), ICloud.LeaseCode.VersionWrong);
        bytes memory ready = readySignature(appId, 2, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DeadlinePassed.selector, block.timestamp - 1));
        cloud.activate(appId, ready);
        cloud.dropPending(appId);
        same(reservedCpu(), 500, "freed");
        same(cloud.app(appId).currentVersion, 1, "the old version stays");
        vm.expectRevert(abi.encodeWithSelector(ICloud.NoPendingVersion.selector, appId));
        cloud.dropPending(appId);
    }

    function test_an_update_after_the_deadline_replaces_the_pending_version() public {
        uint64 appId = createApp(1 ether);
        updateTo(appId, terms());
        advance(901);
        updateTo(appId, terms());
        same(cloud.app(appId).pendingVersion, 3, "third");
        same(reservedCpu(), 1000, "reserved once each");
        vm.prank(OWNER);
        cloud.dropPending(appId);
        same(reservedCpu(), 500, "dropped by the owner before the deadline");
    }

    function test_the_running_versions_upgrade_delay_binds_the_next_one() public {
        ICloud.Terms memory slow = terms();
        slow.upgradeDelaySeconds = 1000;
        uint64 appId = createApp(slow, 1 ether);
        uint256 asked = block.timestamp;
        updateTo(appId, terms());
        same(cloud.app(appId).pendingDeadline, asked + 1900, "window after the delay");
        advance(999);
        attest(appId, 2, 0, 2);
        bytes memory ready = readySignature(appId, 2, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TooEarly.selector, asked + 1000));
        cloud.activate(appId, ready);
        advance(1);
        cloud.activate(appId, ready);
    }

    function test_new_prices_bind_new_versions_only() public {
        uint64 appId = createApp(1 ether);
        uint256 old = rate(appId);
        ISubnet.Prices memory p = prices();
        p.cpuMilli *= 2;
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), p, capacity());
        same(rate(appId), old, "current version");
        updateTo(appId, terms());
        same(cloud.version(appId, 2).weiPerSecond, old + 500 * uint256(3e7), "new version");
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        same(cloud.app(appId).paidWei, 100 * old, "seconds before activation at the old price");
    }

    function test_the_grace_deposit_follows_the_current_version() public {
        uint64 appId = createApp(1 ether);
        uint256 before = cloud.app(appId).graceDepositWei;
        ICloud.Terms memory bigger = terms();
        bigger.diskMiB *= 4;
        updateTo(appId, bigger);
        same(cloud.app(appId).graceDepositWei, before, "nothing is set aside for a pending version");
        (,, uint256 neededWei) = cloud.quote(WORKER_ID, address(0), bigger);
        advance(10);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        ICloud.App memory a = cloud.app(appId);
        same(a.graceDepositWei, neededWei, "raised");
        same(a.escrowWei + a.graceDepositWei, 1 ether, "moved, not made");
        ICloud.Terms memory smaller = terms();
        smaller.diskMiB = 0;
        updateTo(appId, smaller);
        same(cloud.app(appId).graceDepositWei, neededWei, "kept for the running version");
        advance(10);
        attest(appId, 3, 0, 3);
        cloud.activate(appId, readySignature(appId, 3, 0, 3));
        same(cloud.app(appId).graceDepositWei, 0, "released");
        same(cloud.app(appId).escrowWei, 1 ether, "to the escrow");
    }

    function test_an_update_needs_the_minimum_at_the_new_price_and_may_bring_it() public {
        (, uint256 minimumWei,) = cloud.quote(WORKER_ID, address(0), terms());
        uint64 appId = createApp(minimumWei);
        ICloud.Terms memory two = terms();
        two.replicas = 2;
        (, uint256 neededWei,) = cloud.quote(WORKER_ID, address(0), two);
        vm.deal(OWNER, minimumWei);
        vm.startPrank(OWNER);
        vm.expectPartialRevert(ICloud.DepositTooLow.selector);
        cloud.update{value: neededWei - minimumWei - 1}(
            appId, two, MANIFEST, type(uint256).max, neededWei - minimumWei - 1, false
        );
        cloud.update{value: neededWei - minimumWei}(
            appId, two, MANIFEST, type(uint256).max, neededWei - minimumWei, false
        );
    }

    function test_only_the_owner_updates_and_only_what_runs() public {
        uint64 appId = createApp(1 ether);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.update(9, terms(), MANIFEST, type(uint256).max, 0, false);
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
    }

    function test_creation_takes_no_more_than_the_worker_has() public {
        ICloud.Terms memory half = terms();
        (half.cpuMilli, half.replicas) = (16_000, 2);
        vm.deal(address(this), 100 ether);
        cloud.create{value: 10 ether}("a", WORKER_ID, address(0), 10 ether, half, MANIFEST, type(uint256).max);
        uint64 second =
            cloud.create{value: 10 ether}("b", WORKER_ID, address(0), 10 ether, half, MANIFEST, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CapacityExceeded.selector, WORKER_ID));
        cloud.create{value: 10 ether}("c", WORKER_ID, address(0), 10 ether, half, MANIFEST, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CapacityExceeded.selector, WORKER_ID));
        cloud.update(second, terms(), MANIFEST, type(uint256).max, 0, false);
        cloud.terminate(second);
        cloud.create{value: 10 ether}("c", WORKER_ID, address(0), 10 ether, half, MANIFEST, type(uint256).max);
    }

    // -- parameters

    function test_parameters_have_limits_and_an_admin() public {
        ICloud.Parameters memory p = parameters();
        vm.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        cloud.setParameters(p);
        vm.expectPartialRevert(IAccessManaged.AccessManagedUnauthorized.selector);
        cloud.setTreasury(OWNER);
        vm.startPrank(ADMIN);
        p.feeBps = 500;
        cloud.setParameters(p);
        p.feeBps = 501;
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "feeBps"));
        cloud.setParameters(p);
        p = parameters();
        p.maxLeaseSeconds = 0;
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "maxLeaseSeconds"));
        cloud.setParameters(p);
        p.maxLeaseSeconds = 1 days + 1;
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "maxLeaseSeconds"));
        cloud.setParameters(p);
        p = parameters();
        p.maxReplicas = 65;
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "maxReplicas"));
        cloud.setParameters(p);
        vm.expectRevert(ICloud.ZeroAddress.selector);
        cloud.setTreasury(address(0));
        cloud.setTreasury(OWNER);
        holds(cloud.treasury() == OWNER, "treasury");
    }
}
