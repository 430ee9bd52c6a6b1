// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICloud} from "./ICloud.sol";
import {Funds} from "./Funds.sol";

/// @title Escrow: recharging, settling, withdrawing
abstract contract Escrow is Funds {
    using SafeERC20 for IERC20;

    /// @dev What a security version that takes over now pays on its way counts, too, also when there is no rent left for it.
    function settle(uint64 appId) external returns (uint256 rentWei) {
        Application storage a = _appOf(appId);
        uint256 beforeWei = a.paidWei;
        if (!_takeOver(appId, a)) {
            _requireState(appId, a, ICloud.AppState.Active);
            _settle(appId, a, ICloud.Reason.ByAnyone);
        }
        return a.paidWei - beforeWei;
    }

    function recharge(uint64 appId, uint256 amountWei) external payable nonReentrant {
        Application storage a = _appOf(appId);
        uint256 receivedWei = _take(_assetOf(a), amountWei);
        if (receivedWei == 0) revert ICloud.AmountZero();
        _takeOver(appId, a);
        ICloud.AppState state = a.hot.state;
        bool paused = state == ICloud.AppState.Paused;
        if (state == ICloud.AppState.Ended || (paused && _isGraceOver(a, _current(appId, a)))) {
            revert ICloud.AppStateWrong(appId, state);
        }
        _deposit(appId, a, receivedWei);
        if (paused && !a.pausedByOwner) _resume(appId, a, ICloud.Reason.Refunded, false);
    }

    function withdraw(address asset) external returns (uint256 amountWei) {
        return _withdraw(asset, payable(msg.sender));
    }

    function withdrawTo(address asset, address payable to) external returns (uint256 amountWei) {
        if (to == address(0)) revert ICloud.ZeroAddress();
        return _withdraw(asset, to);
    }

    function sweep(address asset) external nonReentrant returns (uint256 amountWei) {
        amountWei = _balance(asset) - _liabilities[asset];
        if (amountWei == 0) revert ICloud.AmountZero();
        _liabilities[asset] += amountWei;
        _credits[asset][_policy.treasury] += amountWei;
        emit ICloud.Swept(asset, amountWei);
    }

    function credit(address account, address asset) external view returns (uint256 amountWei) {
        return _credits[asset][account];
    }

    function liabilities(address asset) external view returns (uint256 amountWei) {
        return _liabilities[asset];
    }

    function unsettled(uint64 appId) external view returns (uint64 attestedSeconds, uint256 rentWei) {
        Application storage a = _appOf(appId);
        uint256 slots = a.hot.latestVersion > 1 ? 2 : 1;
        for (uint16 replica = 0; replica < a.hot.replicas; replica++) {
            for (uint256 i = 0; i < slots; i++) {
                attestedSeconds += _slots[appId][replica][i].mark.unsettledSeconds;
            }
        }
        uint256 rate = _current(appId, a).rate * _unitOf(a);
        uint256 most = a.escrowWei / rate;
        rentWei = (attestedSeconds > most ? most : attestedSeconds) * rate;
    }

    function _withdraw(address asset, address payable to) private nonReentrant returns (uint256 amountWei) {
        amountWei = _credits[asset][msg.sender];
        if (asset == NATIVE) amountWei -= amountWei % UNIT;
        if (amountWei == 0) revert ICloud.NothingToWithdraw();
        _credits[asset][msg.sender] -= amountWei;
        _liabilities[asset] -= amountWei;
        emit ICloud.Withdrawn(msg.sender, asset, amountWei);
        if (asset == NATIVE) {
            (bool sent,) = to.call{value: amountWei}("");
            if (!sent) revert ICloud.TransferFailed(to, amountWei);
            return amountWei;
        }
        uint256 beforeWei = _balance(asset);
        IERC20(asset).safeTransfer(to, amountWei);
        // A token that charges the sender on top would be paid by others' deposits.
        if (_balance(asset) + amountWei < beforeWei) revert ICloud.TransferFailed(to, amountWei);
    }

    function _balance(address asset) private view returns (uint256) {
        return asset == NATIVE ? address(this).balance : IERC20(asset).balanceOf(address(this));
    }
}
