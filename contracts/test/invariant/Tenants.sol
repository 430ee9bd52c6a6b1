// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Purse} from "./Purse.sol";

/// @dev What owners of applications, their guardians and anybody do with the Cloud.
abstract contract Tenants is Purse {
    address private constant GUARDIAN = address(0x6A2D);

    // -- beginning and changing

    function create(uint256 seed) external onTime {
        if (cloud.appCount() >= MAX_APPS) return;
        address owner = accounts[seed % 3];
        uint64 workerId = pickWorker(seed >> 8);
        address asset = (seed >> 12) % 3 == 0 ? address(coin) : NATIVE;
        ICloud.Terms memory asked = randomTerms(seed >> 16);
        (, uint256 minimumWei,) = quoteOf(workerId, asset, asked);
        if (minimumWei == 0) return;
        // What a coin keeps of a transfer comes on top.
        uint256 depositWei = minimumWei + minimumWei / 50 + (seed >> 64) % minimumWei;
        bytes32 name = bytes32(1 + (seed >> 80) % 40);
        uint256 before = fund(owner, asset, depositWei);
        uint256 value = asset == NATIVE ? depositWei : 0;
        vm.prank(owner);
        try cloud.create{value: value}(name, workerId, asset, depositWei, asked, MANIFEST, type(uint256).max) returns (
            uint64 appId
        ) {
            put(appId, before);
            noteGrace(appId, 1, workerId);
            done["create"]++;
            if (asset != NATIVE) done["create with a coin"]++;
        } catch {}
    }

    function update(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        bool security = (seed >> 70) % 3 == 0;
        uint256 amountWei = topUp(appId, a, seed >> 64);
        uint256 before = fund(a.owner, a.asset, amountWei);
        uint256 value = a.asset == NATIVE ? amountWei : 0;
        vm.prank(a.owner);
        try cloud.update{value: value}(
            appId, randomTerms(seed >> 32), MANIFEST, type(uint256).max, amountWei, security
        ) {
            put(appId, before);
            noteLatest(appId);
            done[security ? "update for security" : "update"]++;
        } catch {}
    }

    function migrate(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPaused(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        bool paused = a.state == ICloud.AppState.Paused;
        uint256 amountWei = topUp(appId, a, seed >> 64);
        if (paused) amountWei += rentOf(appId, a) * ESCROW * 2 + a.graceDepositWei;
        uint256 before = fund(a.owner, a.asset, amountWei);
        uint256 value = a.asset == NATIVE ? amountWei : 0;
        uint64 workerId = pickWorker(seed >> 32);
        vm.prank(a.owner);
        try cloud.migrate{value: value}(appId, workerId, type(uint256).max, amountWei) {
            put(appId, before);
            noteLatest(appId);
            if (paused) _deadTick[appId] = tickNow();
            done[paused ? "migrate a paused one" : "migrate"]++;
        } catch {}
    }

    function scale(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        uint256 amountWei = topUp(appId, a, seed >> 64);
        uint256 before = fund(a.owner, a.asset, amountWei);
        uint256 value = a.asset == NATIVE ? amountWei : 0;
        uint16 replicas = uint16(1 + (seed >> 32) % MAX_REPLICA);
        vm.prank(a.owner);
        try cloud.scale{value: value}(appId, replicas, amountWei) {
            markOpen(appId, a, replicas);
            put(appId, before);
            done["scale"]++;
        } catch {}
    }

    function activate(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPending(seed);
        if (!any) return;
        if ((seed >> 40) % 4 != 0) attestVersion(appId, true, 8);
        ICloud.App memory a = cloud.app(appId);
        if (a.pendingVersion == 0) return;
        try cloud.activate(appId, readyOf(appId, a.pendingVersion)) {
            done["activate"]++;
            if (cloud.app(appId).currentVersion != a.pendingVersion || !isMigration(appId, a.pendingVersion)) return;
            moveOver(appId, a);
            done["activate a migration"]++;
        } catch {}
    }

    function dropPending(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPending(seed);
        if (!any) return;
        uint256 who = (seed >> 32) % 4;
        vm.prank(who == 0 ? cloud.app(appId).owner : who == 1 ? GUARDIAN : STRANGER);
        try cloud.dropPending(appId) {
            done["dropPending"]++;
        } catch {}
    }

    function bind(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        address owner = cloud.app(appId).owner;
        uint256 what = (seed >> 32) % 4;
        vm.prank(owner);
        if (what == 0) try cloud.setGuardian(appId, GUARDIAN) {} catch {}
        if (what == 1) try cloud.freeze(appId, uint64(block.timestamp + (seed >> 64) % 3600)) {} catch {}
        if (what == 2) try cloud.setSpendingCap(appId, (seed >> 64) % 1e14) {} catch {}
        if (what == 3) try cloud.configure(appId, "{}") {} catch {}
        done["bind"]++;
    }

    /// @dev An application changes hands, also while a complaint about it is open.
    function handOver(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any || (seed % 4 != 0 && complaints.openComplaintOf(appId) == 0)) return;
        address next = accounts[(seed >> 16) % 3];
        vm.prank(cloud.app(appId).owner);
        try cloud.offerOwnership(appId, next) {}
        catch {
            return;
        }
        vm.prank(next);
        try cloud.takeOwnership(appId) {
            done["handOver"]++;
        } catch {}
    }

    // -- running

    /// @dev An instance that lives for a while: attested again and again, mostly in time.
    function live(uint256 seed) external onTime {
        for (uint256 i = 0; i < 1 + (seed >> 96) % 6; i++) {
            attestSome(seed);
            wait((1 + (seed >> (8 * i)) % 31) * TICK);
        }
        attestSome(seed);
        done["live"]++;
    }

    function attestSome(uint256 seed) public onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        bool pending = (seed >> 32) & 1 == 1 && cloud.app(appId).pendingVersion != 0;
        attestVersion(appId, pending, seed >> 40);
    }

    function settle(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any || cloud.app(appId).state != ICloud.AppState.Active) return;
        cloud.settle(appId);
        done["settle"]++;
        if (cloud.app(appId).state == ICloud.AppState.Paused) done["run dry"]++;
    }

    /// @dev By anybody, often of dust.
    function recharge(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPaused(seed);
        if (!any) return;
        bool dust = (seed >> 24) % 4 == 0;
        give(appId, dust ? 1 + (seed >> 32) % 100 : 1 + topUp(appId, cloud.app(appId), seed >> 64));
        if (dust) done["recharge dust"]++;
    }

    function give(uint64 appId, uint256 amountWei) private {
        ICloud.App memory a = cloud.app(appId);
        uint256 before = fund(STRANGER, a.asset, amountWei);
        vm.prank(STRANGER);
        try cloud.recharge{value: a.asset == NATIVE ? amountWei : 0}(appId, amountWei) {
            put(appId, before);
            noteResume(appId, a.state);
            done["recharge"]++;
        } catch {}
    }

    function pause(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any || (seed >> 64) % 3 != 0) return;
        ICloud.App memory a = cloud.app(appId);
        vm.prank(a.owner);
        try cloud.pause(appId) {
            markOpen(appId, a, 0);
            done["pause"]++;
        } catch {}
    }

    /// @dev Mostly with money; one that ran dry goes on by it.
    function resume(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPaused(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        if ((seed >> 40) % 4 != 0) give(appId, 1 + rentOf(appId, a) * ESCROW * 2 + a.graceDepositWei);
        vm.prank((seed >> 32) % 4 != 0 ? a.owner : STRANGER);
        try cloud.resume(appId) {
            noteResume(appId, a.state);
        } catch {}
    }

    function giveNotice(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any || (seed >> 64) % 4 != 0) return;
        uint64[] memory ids = new uint64[](1);
        ids[0] = appId;
        vm.prank(ownerOfWorker(cloud.version(appId, cloud.app(appId).currentVersion).workerId));
        try cloud.giveNotice(ids) {
            done["notice"]++;
        } catch {}
    }

    function terminate(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPaused(seed);
        uint256 who = (seed >> 32) & 3;
        // Workers and strangers try often, mostly in vain.
        if (any && (who != 0 || (seed >> 64) % 4 == 0)) end(appId, who);
    }

    function withdraw(uint256 seed) external onTime {
        takeCredit(
            accounts[seed % accounts.length], (seed >> 8) & 1 == 0 ? NATIVE : address(coin), (seed >> 32) & 1 == 1
        );
    }

    // -- the DAO

    function revoke(uint256 seed) external onTime {
        if (seed % 4 != 0) return;
        (uint64 appId, bool any) = pick(seed >> 8);
        if (!any) return;
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(appId)));
        _deadTick[appId] = tickNow();
        done["revoke"]++;
    }

    function govern(uint256 seed) public onTime {
        ICloud.Parameters memory p = parameters();
        (p.minEscrowSeconds, p.updateWindowSeconds, p.noticeSeconds) = (ESCROW, 7200, 3600);
        p.feeBps = uint16(seed % 501);
        vm.startPrank(ADMIN);
        cloud.setParameters(p);
        if ((seed >> 16) % 16 == 0) cloud.pauseNewLeases(uint64(block.timestamp + (seed >> 32) % 10 minutes));
        vm.stopPrank();
        done["govern"]++;
    }

    // -- how

    function end(uint64 appId, uint256 who) internal {
        ICloud.App memory a = cloud.app(appId);
        uint64 workerId = cloud.version(appId, a.currentVersion).workerId;
        address caller = who == 0 ? a.owner : who == 1 ? ownerOfWorker(workerId) : STRANGER;
        uint256 before = cloud.credit(a.owner, a.asset);
        vm.prank(caller);
        try cloud.terminate(appId) {
            if (who == 0) markOpen(appId, a, 0);
            refunded[appId] = cloud.credit(a.owner, a.asset) - before;
            dueOf[bookOf(a.asset)][a.owner] += refunded[appId];
            done["terminate"]++;
            if (who == 1) done["terminate by the worker"]++;
            if (who > 1) done["terminate by anyone"]++;
        } catch {}
    }

    function takeCredit(address account, address asset, bool elsewhere) internal {
        uint256 owed = cloud.credit(account, asset);
        address to = elsewhere ? address(0xBEEF) : account;
        vm.prank(account);
        (bool paid, bytes memory answer) = address(cloud)
            .call(
                elsewhere
                    ? abi.encodeCall(ICloud.withdrawTo, (asset, payable(to)))
                    : abi.encodeCall(ICloud.withdraw, (asset))
            );
        bool due = owed >= (asset == NATIVE ? 1e8 : 1);
        require(paid == due, "paid what is due, and only that");
        if (!paid) return;
        uint256 amountWei = abi.decode(answer, (uint256));
        taken[address(cloud)][asset] += amountWei;
        paidTo[bookOf(asset)][account] += amountWei;
        done["withdraw"]++;
    }
}
