// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {Slots} from "./Slots.sol";

/// @title Funds: what the parts do with money and versions: take, pay, pause, resume, drop, make current
/// @dev Liabilities are the escrows, grace deposits and credits of an asset. They rise with what is taken and fall with what is
/// withdrawn; everything else only moves them.
abstract contract Funds is Slots {
    using SafeERC20 for IERC20;

    uint256 private constant BPS = 10_000;

    /// @dev Takes an amount from the caller: native exactly what comes with the call, of an ERC20 what really arrives.
    function _take(address asset, uint256 amountWei) internal returns (uint256 receivedWei) {
        uint256 expectedWei = asset == NATIVE ? amountWei : 0;
        if (msg.value != expectedWei) revert ICloud.ValueWrong(msg.value, expectedWei);
        if (amountWei == 0) return 0;
        receivedWei = amountWei;
        if (asset != NATIVE) {
            uint256 beforeWei = IERC20(asset).balanceOf(address(this));
            IERC20(asset).safeTransferFrom(msg.sender, address(this), amountWei);
            receivedWei = IERC20(asset).balanceOf(address(this)) - beforeWei;
        }
        _liabilities[asset] += receivedWei;
    }

    /// @dev Puts what was taken into the escrow. All that an application ever gets fits 96 bits, so no payment can overflow.
    function _deposit(uint64 appId, Application storage a, uint256 receivedWei) internal {
        if (receivedWei == 0) return;
        SafeCast.toUint96(uint256(a.paidWei) + a.escrowWei + a.graceWei + receivedWei);
        a.escrowWei += uint96(receivedWei);
        emit ICloud.Recharged(appId, msg.sender, receivedWei);
    }

    /// @dev Pays what is attested; pauses when less than one second of all replicas is left.
    function _settle(uint64 appId, Application storage a, ICloud.Reason reason) internal returns (uint256 rentWei) {
        Release storage current = _current(appId, a);
        rentWei = _payRent(appId, a, current, reason);
        if (a.escrowWei < _rentWei(a, current)) _pause(appId, a, current, ICloud.Reason.OutOfFunds);
    }

    /// @dev Whole seconds only, at the current version's rate. Seconds beyond the escrow lapse: they were the worker's risk.
    function _payRent(uint64 appId, Application storage a, Release storage current, ICloud.Reason reason)
        internal
        returns (uint256 rentWei)
    {
        uint256 paid = _takeUnsettled(appId, a);
        if (paid == 0) return 0;
        uint256 rate = current.rate * _unitOf(a);
        uint256 most = a.escrowWei / rate;
        if (paid > most) paid = most;
        if (paid == 0) return 0;
        rentWei = paid * rate;
        a.escrowWei -= uint96(rentWei);
        a.settledSeconds += uint40(paid);
        _payWorker(appId, a, current.workerId, uint64(paid), rentWei, reason);
    }

    /// @dev Splits `rentWei` into the platform's fee (rounded down) and the worker owner's credit. The caller takes it from a deposit.
    function _payWorker(
        uint64 appId,
        Application storage a,
        uint64 workerId,
        uint64 attested,
        uint256 rentWei,
        ICloud.Reason reason
    ) private {
        uint256 feeWei = (rentWei * _policy.feeBps) / BPS;
        a.paidWei += uint96(rentWei);
        mapping(address => uint256) storage credits = _credits[_assetOf(a)];
        credits[_policy.treasury] += feeWei;
        credits[subnet.workerOwner(workerId)] += rentWei - feeWei;
        emit ICloud.Settled(appId, workerId, reason, attested, rentWei, feeWei);
    }

    /// @dev Pays the worker for the disk of a paused application, at most the grace, out of the grace deposit.
    function _payGrace(uint64 appId, Application storage a, Release storage current, ICloud.Reason reason) internal {
        uint256 dueWei = _graceDue(a, current);
        if (dueWei == 0) return;
        a.graceWei -= uint96(dueWei);
        _payWorker(appId, a, current.workerId, 0, dueWei, reason);
    }

    function _graceDue(Application storage a, Release storage current) internal view returns (uint256 dueWei) {
        uint256 pausedSeconds = block.timestamp - a.hot.switchedAt;
        if (pausedSeconds > current.graceSeconds) pausedSeconds = current.graceSeconds;
        dueWei = _diskWei(a, current) * pausedSeconds;
        // A security version may have become current with less than its grace costs.
        if (dueWei > a.graceWei) dueWei = a.graceWei;
    }

    function _isGraceOver(Application storage a, Release storage current) internal view returns (bool) {
        return block.timestamp > uint256(a.hot.switchedAt) + current.graceSeconds;
    }

    /// @dev Processor, memory and accelerators are free for others; the disk stays.
    function _pause(uint64 appId, Application storage a, Release storage current, ICloud.Reason reason) internal {
        _dropPending(appId, a, ICloud.Reason.Paused);
        a.hot.state = ICloud.AppState.Paused;
        a.hot.switchedAt = _now();
        a.pausedByOwner = reason == ICloud.Reason.ByOwner;
        _free(current.workerId, appId, _computing(current, a.hot.replicas));
        emit ICloud.AppPaused(appId, reason);
    }

    /// @dev Goes on when the escrow holds what the grace deposit lacks and the minimum rent, and the worker has room. Else it reverts
    /// if `strict`, and stays paused if not.
    function _resume(uint64 appId, Application storage a, ICloud.Reason reason, bool strict) internal {
        if (strict) _requireNewLeases();
        else if (block.timestamp < _policy.newLeasesPausedUntil) return;
        Release storage current = _current(appId, a);
        if (_isGraceOver(a, current)) revert ICloud.AppStateWrong(appId, ICloud.AppState.Paused);
        uint256 dueWei = _graceDue(a, current);
        uint256 missingWei = _diskWei(a, current) * current.graceSeconds + dueWei - a.graceWei;
        uint256 minimumWei = missingWei + _rentWei(a, current) * _policy.minEscrowSeconds;
        if (a.escrowWei < minimumWei) {
            if (strict) revert ICloud.DepositTooLow(a.escrowWei, minimumWei);
            return;
        }
        ISubnet.Resources memory amount = _computing(current, a.hot.replicas);
        if (!subnet.fits(current.workerId, amount)) {
            if (strict) revert ICloud.NoRoom(current.workerId);
            return;
        }
        _payGrace(appId, a, current, ICloud.Reason.Paused);
        a.escrowWei -= uint96(missingWei);
        a.graceWei += uint96(missingWei);
        a.hot.state = ICloud.AppState.Active;
        a.hot.switchedAt = _now();
        emit ICloud.AppResumed(appId, reason);
        subnet.reserve(current.workerId, appId, amount);
    }

    /// @dev Forgets the pending version, if any; its reservation is freed.
    function _dropPending(uint64 appId, Application storage a, ICloud.Reason reason) internal {
        Hot memory h = a.hot;
        uint32 version = h.pendingVersion;
        if (version == 0) return;
        Release storage pending = _releases[appId][version];
        uint8 replicas = _pendingReplicas(h, pending);
        if (_isMigration(pending, version)) _leaveWorker(pending);
        pending.endedAt = _now();
        a.hot.pendingVersion = 0;
        a.hot.pendingDeadline = 0;
        a.hot.changedAt = _now();
        _free(pending.workerId, appId, _everything(pending, replicas));
        emit ICloud.VersionDropped(appId, version, reason);
    }

    /// @dev A security version whose deadline has passed becomes current, ready or not: by whatever touches the application next.
    /// It never reverts for want of funds: the grace deposit is what is there, and without a second's rent the application pauses.
    function _takeOver(uint64 appId, Application storage a) internal returns (bool) {
        Hot memory h = a.hot;
        if (!_isTakenOver(appId, h)) return false;
        _payRent(appId, a, _current(appId, a), ICloud.Reason.SecurityDeadline);
        Release storage next = _releases[appId][h.pendingVersion];
        _makeCurrent(appId, a, ICloud.Reason.SecurityDeadline);
        _releases[appId][h.currentVersion].endedAt = h.pendingDeadline;
        uint256 heldWei = uint256(a.escrowWei) + a.graceWei;
        uint256 graceWei = _diskWei(a, next) * next.graceSeconds;
        if (graceWei > heldWei) graceWei = heldWei;
        a.escrowWei = uint96(heldWei - graceWei);
        a.graceWei = uint96(graceWei);
        if (a.escrowWei < _rentWei(a, next)) _pause(appId, a, next, ICloud.Reason.OutOfFunds);
        return true;
    }

    /// @dev The pending version takes the current one's place, slots, list and capacity.
    function _makeCurrent(uint64 appId, Application storage a, ICloud.Reason reason) internal {
        Hot memory h = a.hot;
        Release storage old = _releases[appId][h.currentVersion];
        Release storage next = _releases[appId][h.pendingVersion];
        uint8 oldReplicas = h.replicas;
        h.replicas = _pendingReplicas(h, next);
        if (_isMigration(next, h.pendingVersion)) {
            _leaveWorker(old);
            a.noticeUntil = 0;
            a.arrivedAt = _now();
        } else {
            next.place = old.place;
        }
        old.endedAt = _now();
        if (next.leased) h.leased = true;
        h.currentVersion = h.pendingVersion;
        h.pendingVersion = 0;
        h.pendingDeadline = 0;
        h.changedAt = _now();
        h.flipped = !h.flipped;
        a.hot = h;
        _free(old.workerId, appId, _everything(old, oldReplicas));
        emit ICloud.VersionActivated(appId, h.currentVersion, reason);
    }

    /// @dev The last application of the worker's list takes the place of this one: the list stays as long as what is there.
    function _leaveWorker(Release storage leaving) internal {
        uint64 workerId = leaving.workerId;
        uint64[] storage list = _byWorker[workerId];
        uint256 end = list.length - 1;
        uint24 place = leaving.place;
        if (place != end) {
            uint64 last = list[end];
            list[place] = last;
            Hot memory h = _apps[last].hot;
            Release storage moved = _releases[last][h.currentVersion];
            if (moved.workerId != workerId) moved = _releases[last][h.pendingVersion];
            moved.place = place;
        }
        list.pop();
    }

    /// @dev Not caught: a caller who chooses the gas must not be able to keep a worker's capacity. The Subnet never refuses it.
    function _free(uint64 workerId, uint64 appId, ISubnet.Resources memory amount) internal {
        subnet.release(workerId, appId, amount);
    }

    /// @dev A second's rent of all replicas.
    function _rentWei(Application storage a, Release storage r) internal view returns (uint256) {
        return _unitOf(a) * r.rate * a.hot.replicas;
    }

    /// @dev A second's disk of all replicas.
    function _diskWei(Application storage a, Release storage r) internal view returns (uint256) {
        return _unitOf(a) * r.diskRate * a.hot.replicas;
    }

    function _everything(Release storage r, uint256 replicas) internal view returns (ISubnet.Resources memory amount) {
        amount = _computing(r, replicas);
        amount.diskMiB = uint32(r.diskMiB * replicas);
    }

    /// @dev All but the disk. Products fit: `Versions._requireTerms` has checked them.
    function _computing(Release storage r, uint256 replicas) internal view returns (ISubnet.Resources memory) {
        return ISubnet.Resources({
            cpuMilli: uint32(r.cpuMilli * replicas),
            memoryMiB: uint32(r.memoryMiB * replicas),
            diskMiB: 0,
            gpu: uint16(r.gpu * replicas)
        });
    }
}
