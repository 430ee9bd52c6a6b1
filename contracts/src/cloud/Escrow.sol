// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {CloudState} from "./CloudState.sol";

/// @title Escrow: paying for attested seconds, pausing, resuming, withdrawing
/// @dev Liabilities are the escrows, grace deposits and credits; every function moves wei between them or in and out with
/// the caller's own value, so their sum never exceeds the balance.
abstract contract Escrow is CloudState, ReentrancyGuardTransient {
    uint256 private constant BPS = 10_000;

    function settle(uint64 appId) external returns (uint256 rentWei) {
        Application storage a = _activeApp(appId);
        rentWei = _settle(appId, a);
    }

    function recharge(uint64 appId) external payable {
        Application storage a = _appOf(appId);
        if (msg.value == 0) revert AmountZero();
        if (a.state == AppState.Ended || (a.state == AppState.Paused && _isGraceOver(appId, a))) {
            revert AppStateWrong(appId, a.state);
        }
        a.escrowWei += SafeCast.toUint128(msg.value);
        emit Recharged(appId, msg.sender, msg.value);
        if (a.state == AppState.Paused) _tryResume(appId, a);
    }

    function withdraw() external returns (uint256 amountWei) {
        return _withdraw(payable(msg.sender));
    }

    function withdrawTo(address payable to) external returns (uint256 amountWei) {
        if (to == address(0)) revert ZeroAddress();
        return _withdraw(to);
    }

    function credit(address account) external view returns (uint256 amountWei) {
        return _credits[account];
    }

    function unsettled(uint64 appId) external view returns (uint64 attestedSeconds, uint256 rentWei) {
        Application storage a = _appOf(appId);
        uint256 rate = _releases[appId][a.currentVersion].rate * UNIT;
        attestedSeconds = a.unsettledSeconds;
        rentWei = _affordable(a, attestedSeconds, rate) * rate;
    }

    /// @dev Pays what is attested; pauses when less than one second of all replicas is left.
    function _settle(uint64 appId, Application storage a) internal returns (uint256 rentWei) {
        Release storage current = _releases[appId][a.currentVersion];
        rentWei = _payRent(appId, a, current);
        if (a.escrowWei < _rentWei(current)) _pause(appId, a, current);
    }

    /// @dev Whole seconds only, at the current version's rate. Seconds beyond the escrow lapse: they were the worker's risk.
    function _payRent(uint64 appId, Application storage a, Release storage current) internal returns (uint256 rentWei) {
        uint256 rate = current.rate * UNIT;
        uint256 paid = _affordable(a, a.unsettledSeconds, rate);
        a.unsettledSeconds = 0;
        if (paid == 0) return 0;
        rentWei = paid * rate;
        a.settledSeconds += uint64(paid);
        _payWorker(appId, a, current.workerId, uint64(paid), rentWei);
        a.escrowWei -= uint128(rentWei);
    }

    /// @dev Splits `rentWei` into the platform's fee (rounded down) and the worker owner's credit. The caller takes it from a deposit.
    function _payWorker(uint64 appId, Application storage a, uint64 workerId, uint64 attested, uint256 rentWei)
        private
    {
        uint256 feeWei = (rentWei * _parameters.feeBps) / BPS;
        a.paidWei += uint128(rentWei);
        _credits[treasury] += feeWei;
        _credits[subnet.workerOwner(workerId)] += rentWei - feeWei;
        emit Settled(appId, workerId, attested, rentWei, feeWei);
    }

    /// @dev Pays the worker for the disk of a paused application, at most the grace, out of the grace deposit.
    function _payGrace(uint64 appId, Application storage a, Release storage current) internal {
        uint256 pausedSeconds = block.timestamp - a.switchedAt;
        if (pausedSeconds > current.terms.graceSeconds) pausedSeconds = current.terms.graceSeconds;
        uint256 dueWei = _graceWei(current, pausedSeconds);
        if (dueWei == 0) return;
        a.graceWei -= uint128(dueWei);
        _payWorker(appId, a, current.workerId, 0, dueWei);
    }

    function _pause(uint64 appId, Application storage a, Release storage current) private {
        _dropPending(appId, a);
        a.state = AppState.Paused;
        a.switchedAt = uint48(block.timestamp);
        subnet.release(current.workerId, appId, _computing(current.terms));
        emit AppPaused(appId);
    }

    /// @dev Goes on when the escrow holds a full new grace deposit and the minimum rent, and the worker has room; else stays paused.
    function _tryResume(uint64 appId, Application storage a) private {
        Release storage current = _releases[appId][a.currentVersion];
        uint256 dueWei = _graceWei(current, block.timestamp - a.switchedAt);
        uint256 minimumWei = _rentWei(current) * _parameters.minEscrowSeconds;
        if (a.escrowWei < dueWei + minimumWei) return;
        ISubnet.Resources memory amount = _computing(current.terms);
        if (!subnet.fits(current.workerId, amount)) return;
        _payGrace(appId, a, current);
        a.escrowWei -= uint128(dueWei);
        a.graceWei += uint128(dueWei);
        a.state = AppState.Active;
        a.switchedAt = uint48(block.timestamp);
        subnet.reserve(current.workerId, appId, amount);
        emit AppResumed(appId);
    }

    /// @dev Forgets the pending version, if any; its reservation is freed.
    function _dropPending(uint64 appId, Application storage a) internal {
        uint32 version = a.pendingVersion;
        if (version == 0) return;
        Release storage pending = _releases[appId][version];
        a.pendingVersion = 0;
        a.pendingDeadline = 0;
        subnet.release(pending.workerId, appId, _everything(pending.terms));
        emit VersionDropped(appId, version);
    }

    function _isGraceOver(uint64 appId, Application storage a) internal view returns (bool) {
        return block.timestamp > uint256(a.switchedAt) + _releases[appId][a.currentVersion].terms.graceSeconds;
    }

    /// @dev A second's rent of all replicas.
    function _rentWei(Release storage r) internal view returns (uint256) {
        return uint256(r.rate) * UNIT * r.terms.replicas;
    }

    function _graceWei(Release storage r, uint256 seconds_) internal view returns (uint256) {
        return uint256(r.diskRate) * UNIT * r.terms.replicas * seconds_;
    }

    function _everything(Terms memory terms) internal pure returns (ISubnet.Resources memory amount) {
        amount = _computing(terms);
        amount.diskMiB = terms.diskMiB * terms.replicas;
    }

    /// @dev All but the disk, all replicas. Products fit: `create` and `update` have checked them.
    function _computing(Terms memory terms) internal pure returns (ISubnet.Resources memory) {
        return ISubnet.Resources({
            cpuMilli: terms.cpuMilli * terms.replicas,
            memoryMiB: terms.memoryMiB * terms.replicas,
            diskMiB: 0,
            gpu: terms.gpu * terms.replicas
        });
    }

    function _affordable(Application storage a, uint256 seconds_, uint256 rate) private view returns (uint256) {
        if (seconds_ == 0) return 0;
        uint256 most = a.escrowWei / rate;
        return seconds_ > most ? most : seconds_;
    }

    function _withdraw(address payable to) private nonReentrant returns (uint256 amountWei) {
        uint256 owed = _credits[msg.sender];
        uint256 remainder = owed % UNIT;
        amountWei = owed - remainder;
        if (amountWei == 0) revert NothingToWithdraw();
        _credits[msg.sender] = remainder;
        emit Withdrawn(msg.sender, amountWei);
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }
}
