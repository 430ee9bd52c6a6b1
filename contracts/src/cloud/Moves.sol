// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {CloudState} from "./CloudState.sol";
import {Ownership} from "./Ownership.sol";
import {Passing} from "./Passing.sol";

/// @title Moves: what an application can become without new code; the part of the Cloud behind Applications
contract Moves is Ownership, Passing {
    /// @dev The authority that counts is Cloud's: this contract's own storage is never used.
    constructor(ISubnet subnet_, IQuorum quorum_, address next)
        CloudState(address(0), subnet_, quorum_)
        Passing(next)
    {}

    function migrate(uint64 appId, uint64 workerId, uint256 maxWeiPerSecond, uint256 amountWei)
        external
        payable
        nonReentrant
    {
        Application storage a = _appOf(appId);
        _requireOwner(a);
        _requireNewLeases();
        uint256 receivedWei = _take(_assetOf(a), amountWei);
        _takeOver(appId, a);
        if (a.hot.state == ICloud.AppState.Ended) revert ICloud.AppStateWrong(appId, ICloud.AppState.Ended);
        _clearPending(appId, a);
        _deposit(appId, a, receivedWei);
        if (a.hot.state == ICloud.AppState.Active) {
            _settle(appId, a, ICloud.Reason.Migrated);
            _requireState(appId, a, ICloud.AppState.Active);
        }
        Release storage current = _current(appId, a);
        if (current.workerId == workerId) revert ICloud.WorkerUnfit(workerId, "same");
        bool paused = a.hot.state == ICloud.AppState.Paused;
        if (paused) _leavePaused(appId, a, current);
        (Release storage next, uint256 graceWei) = _copy(appId, a, current, workerId, maxWeiPerSecond);
        if (paused) {
            _arrive(appId, a, graceWei);
        } else {
            a.hot.pendingVersion = a.hot.latestVersion;
            a.hot.pendingDeadline = uint40(block.timestamp + _policy.updateWindowSeconds);
        }
        _joinWorker(appId, next);
        subnet.reserve(workerId, appId, _everything(next, a.hot.replicas));
    }

    function scale(uint64 appId, uint16 replicas, uint256 amountWei) external payable nonReentrant {
        Application storage a = _appOf(appId);
        _requireOwner(a);
        uint256 receivedWei = _take(_assetOf(a), amountWei);
        _takeOver(appId, a);
        _requireState(appId, a, ICloud.AppState.Active);
        _clearPending(appId, a);
        Release storage current = _current(appId, a);
        uint16 before = a.hot.replicas;
        if (replicas == before) revert ICloud.TermsInvalid("replicas");
        _requireTerms(_terms(current), replicas);
        _deposit(appId, a, receivedWei);
        // Those that go are paid like at an end.
        _earnOpenIntervals(appId, a, replicas);
        _settle(appId, a, ICloud.Reason.Scaled);
        _requireState(appId, a, ICloud.AppState.Active);
        _forget(appId, a, replicas);
        a.hot.replicas = uint8(replicas);
        _fundGrace(a, current);
        if (replicas < before) _free(current.workerId, appId, _everything(current, before - replicas));
        emit ICloud.ReplicasChanged(appId, replicas);
        if (replicas < before) return;
        _requireNewLeases();
        uint256 rentWei = _rentWei(a, current);
        _requireRent(appId, rentWei, type(uint256).max);
        _requireFunds(a, rentWei * _policy.minEscrowSeconds + a.graceWei);
        subnet.reserve(current.workerId, appId, _everything(current, replicas - before));
    }

    function pause(uint64 appId) external {
        Application storage a = _appOf(appId);
        _requireOwner(a);
        _takeOver(appId, a);
        _requireState(appId, a, ICloud.AppState.Active);
        _earnOpenIntervals(appId, a, 0);
        Release storage current = _current(appId, a);
        _payRent(appId, a, current, ICloud.Reason.Paused);
        _pause(appId, a, current, ICloud.Reason.ByOwner);
    }

    function resume(uint64 appId) external {
        Application storage a = _appOf(appId);
        _requireState(appId, a, ICloud.AppState.Paused);
        if (a.pausedByOwner) _requireOwner(a);
        _resume(appId, a, msg.sender == a.owner ? ICloud.Reason.ByOwner : ICloud.Reason.ByAnyone, true);
    }

    function giveNotice(uint64[] calldata appIds) external {
        if (appIds.length == 0 || appIds.length > MAX_BATCH) revert ICloud.BatchSize(appIds.length);
        uint64 until = uint64(block.timestamp) + _policy.noticeSeconds;
        for (uint256 i = 0; i < appIds.length; i++) {
            Application storage a = _appOf(appIds[i]);
            if (a.hot.state == ICloud.AppState.Ended) revert ICloud.AppStateWrong(appIds[i], ICloud.AppState.Ended);
            _takeOver(appIds[i], a);
            uint64 workerId = _current(appIds[i], a).workerId;
            ISubnet.Offer memory w = subnet.offer(workerId, NATIVE);
            if (msg.sender != w.owner && msg.sender != w.operator) revert ICloud.NotWorker(msg.sender);
            // The first notice counts.
            if (a.noticeUntil != 0) continue;
            a.noticeUntil = uint40(until);
            emit ICloud.NoticeGiven(appIds[i], workerId, until);
        }
    }

    /// @dev The old worker of a paused application has its disk back, paid to now.
    function _leavePaused(uint64 appId, Application storage a, Release storage old) private {
        if (_isGraceOver(a, old)) revert ICloud.AppStateWrong(appId, ICloud.AppState.Paused);
        _payGrace(appId, a, old, ICloud.Reason.Migrated);
        old.endedAt = _now();
        _leaveWorker(old);
        ISubnet.Resources memory disk;
        disk.diskMiB = _everything(old, a.hot.replicas).diskMiB;
        _free(old.workerId, appId, disk);
    }

    /// @dev The same code and terms, as a new version on another worker.
    function _copy(
        uint64 appId,
        Application storage a,
        Release storage current,
        uint64 workerId,
        uint256 maxWeiPerSecond
    ) private returns (Release storage next, uint256 graceWei) {
        ICloud.Terms memory terms = _terms(current);
        Price memory price = _price(workerId, _assetOf(a), terms, a.hot.replicas);
        _requireRent(appId, price.rentWei, maxWeiPerSecond);
        _requireFunds(a, price.minimumWei);
        uint32 version = ++a.hot.latestVersion;
        next = _write(appId, version, workerId, terms, price, current.manifestDigest, ICloud.Reason.Migrated);
        next.manifestVersion = current.manifestVersion;
        return (next, price.graceWei);
    }

    /// @dev A paused application goes on at its new worker, with a new start window.
    function _arrive(uint64 appId, Application storage a, uint256 graceWei) private {
        Hot memory h = a.hot;
        h.state = ICloud.AppState.Active;
        h.leased = false;
        h.currentVersion = h.latestVersion;
        h.switchedAt = _now();
        h.changedAt = _now();
        a.hot = h;
        a.noticeUntil = 0;
        a.pausedByOwner = false;
        a.escrowWei = SafeCast.toUint96(uint256(a.escrowWei) + a.graceWei - graceWei);
        a.graceWei = uint96(graceWei);
        emit ICloud.VersionActivated(appId, h.currentVersion, ICloud.Reason.Migrated);
        emit ICloud.AppResumed(appId, ICloud.Reason.Migrated);
    }
}
