// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {vm} from "../Vm.sol";
import {Attested} from "./Attested.sol";

/// @dev What applications were given, and what chance asks for.
abstract contract Purse is Attested {
    uint256 internal constant MAX_APPS = 12;
    uint16 internal constant MAX_REPLICA = 3;
    /// @dev Short, so that escrows run dry often.
    uint64 internal constant ESCROW = 600;

    mapping(uint64 appId => uint256) public depositedIn;
    mapping(uint64 appId => uint256) public refunded;
    /// @dev What a version's grace costs per replica, fixed when it was made.
    mapping(uint64 appId => mapping(uint32 version => uint256)) public graceOf;

    function ownerOfWorker(uint64 workerId) internal view returns (address) {
        return subnet.workerOwner(workerId);
    }

    function pickWorker(uint256 seed) internal view returns (uint64) {
        return uint64(1 + seed % subnet.workerCount());
    }

    function pick(uint256 seed) internal view returns (uint64 appId, bool any) {
        uint64 count = cloud.appCount();
        if (count == 0) return (0, false);
        return (uint64(1 + (seed >> 128) % count), true);
    }

    function pickPending(uint256 seed) internal view returns (uint64, bool) {
        (uint64 start, bool any) = pick(seed);
        uint64 count = cloud.appCount();
        for (uint64 i = 0; any && i < count; i++) {
            uint64 appId = 1 + (start + i) % count;
            if (cloud.app(appId).pendingVersion != 0) return (appId, true);
        }
        return (0, false);
    }

    /// @dev Every other time one that is paused, if there is one.
    function pickPaused(uint256 seed) internal view returns (uint64 appId, bool any) {
        (appId, any) = pick(seed);
        uint64 count = cloud.appCount();
        for (uint64 i = 0; any && i < count && (seed >> 120) & 1 == 0; i++) {
            uint64 next = 1 + (appId + i) % count;
            if (cloud.app(next).state == ICloud.AppState.Paused) return (next, true);
        }
    }

    function randomTerms(uint256 seed) internal pure returns (ICloud.Terms memory t) {
        t = terms();
        t.replicas = uint16(1 + seed % MAX_REPLICA);
        t.cpuMilli = uint32(1 + (seed >> 8) % 9000);
        t.memoryMiB = uint32(1 + (seed >> 24) % 40_000);
        t.diskMiB = uint32((seed >> 40) % 150_000);
        t.graceSeconds = uint32((seed >> 60) % 9000);
    }

    function quoteOf(uint64 workerId, address asset, ICloud.Terms memory asked)
        internal
        view
        returns (uint256 rentWei, uint256 minimumWei, uint256 graceWei)
    {
        try cloud.quote(workerId, asset, asked) returns (uint256 rent, uint256 minimum, uint256 grace) {
            return (rent, minimum, grace);
        } catch {}
    }

    /// @dev Under whose address `dueOf` and `paidTo` keep an asset of the Cloud.
    function bookOf(address asset) public view returns (address) {
        return asset == NATIVE ? address(cloud) : asset;
    }

    /// @dev Nothing, or some of the rent of the next while.
    function topUp(uint64 appId, ICloud.App memory a, uint256 seed) internal view returns (uint256) {
        return seed % 3 == 0 ? 0 : (seed >> 8) % (rentOf(appId, a) * ESCROW * 4);
    }

    function rentOf(uint64 appId, ICloud.App memory a) internal view returns (uint256) {
        return cloud.version(appId, a.currentVersion).weiPerSecond * a.replicas;
    }

    /// @dev Gives the account what it is about to pay; returns what the Cloud holds before.
    function fund(address account, address asset, uint256 amountWei) internal returns (uint256 before) {
        if (asset == NATIVE) {
            vm.deal(account, account.balance + amountWei);
            return address(cloud).balance;
        }
        coin.mint(account, amountWei);
        vm.prank(account);
        coin.approve(address(cloud), amountWei);
        return coin.balanceOf(address(cloud));
    }

    /// @dev What arrived is the application's.
    function put(uint64 appId, uint256 before) internal {
        address asset = cloud.app(appId).asset;
        uint256 held = asset == NATIVE ? address(cloud).balance : coin.balanceOf(address(cloud));
        depositedIn[appId] += held - before;
        given[address(cloud)][asset] += held - before;
    }

    function noteLatest(uint64 appId) internal {
        uint32 version = cloud.app(appId).latestVersion;
        noteGrace(appId, version, cloud.version(appId, version).workerId);
    }

    function noteGrace(uint64 appId, uint32 version, uint64 workerId) internal {
        ICloud.Terms memory one = cloud.version(appId, version).terms;
        one.replicas = 1;
        (,, graceOf[appId][version]) = quoteOf(workerId, cloud.app(appId).asset, one);
    }

    function noteResume(uint64 appId, ICloud.AppState before) internal {
        if (before != ICloud.AppState.Paused || cloud.app(appId).state != ICloud.AppState.Active) return;
        _deadTick[appId] = tickNow();
        done["resume"]++;
    }
}
