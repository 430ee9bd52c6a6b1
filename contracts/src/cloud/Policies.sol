// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "./ICloud.sol";
import {CloudState} from "./CloudState.sol";

/// @title Policies: what the DAO sets
abstract contract Policies is CloudState {
    uint256 private constant MAX_FEE_BPS = 500;
    uint256 private constant MAX_REPLICAS = 64;
    uint256 private constant MAX_WINDOW = 30 days;
    uint256 private constant MAX_LEASE_SECONDS = 1 days;
    uint256 private constant MAX_STOP_SECONDS = 7 days;

    function setParameters(ICloud.Parameters calldata next) external restricted {
        _setParameters(next);
    }

    function setTreasury(address next) external restricted {
        _setTreasury(next);
    }

    function setAsset(address token, bool allowed, uint64 unit) external restricted {
        _setAsset(token, allowed, unit);
    }

    function pauseNewLeases(uint64 until) external restricted {
        if (until > block.timestamp + MAX_STOP_SECONDS) revert ICloud.ParameterInvalid("until");
        _policy.newLeasesPausedUntil = uint40(until);
        emit ICloud.NewLeasesPaused(until);
    }

    function parameters() external view returns (ICloud.Parameters memory) {
        Policy memory p = _policy;
        return ICloud.Parameters({
            maxLeaseSeconds: p.maxLeaseSeconds,
            startWindowSeconds: p.startWindowSeconds,
            minEscrowSeconds: p.minEscrowSeconds,
            updateWindowSeconds: p.updateWindowSeconds,
            noticeSeconds: p.noticeSeconds,
            feeBps: p.feeBps,
            maxReplicas: p.maxReplicas
        });
    }

    function treasury() external view returns (address) {
        return _policy.treasury;
    }

    function asset(address token) external view returns (ICloud.Asset memory) {
        return _assets[token];
    }

    function newLeasesPausedUntil() external view returns (uint64) {
        return _policy.newLeasesPausedUntil;
    }

    function _setParameters(ICloud.Parameters memory next) internal {
        _requireWithin(next.maxLeaseSeconds, MAX_LEASE_SECONDS, "maxLeaseSeconds");
        _requireWithin(next.startWindowSeconds, MAX_WINDOW, "startWindowSeconds");
        _requireWithin(next.minEscrowSeconds, MAX_WINDOW, "minEscrowSeconds");
        _requireWithin(next.updateWindowSeconds, MAX_WINDOW, "updateWindowSeconds");
        _requireWithin(next.noticeSeconds, MAX_WINDOW, "noticeSeconds");
        _requireWithin(next.maxReplicas, MAX_REPLICAS, "maxReplicas");
        if (next.feeBps > MAX_FEE_BPS) revert ICloud.ParameterInvalid("feeBps");
        Policy storage p = _policy;
        p.maxLeaseSeconds = uint48(next.maxLeaseSeconds);
        p.startWindowSeconds = uint48(next.startWindowSeconds);
        p.minEscrowSeconds = uint48(next.minEscrowSeconds);
        p.updateWindowSeconds = uint48(next.updateWindowSeconds);
        p.noticeSeconds = uint48(next.noticeSeconds);
        p.feeBps = next.feeBps;
        p.maxReplicas = next.maxReplicas;
        emit ICloud.ParametersSet(next);
    }

    function _setTreasury(address next) internal {
        if (next == address(0)) revert ICloud.ZeroAddress();
        _policy.treasury = next;
        emit ICloud.TreasurySet(next);
    }

    /// @dev The unit is fixed at the first setting: rates of what runs are counted in it.
    function _setAsset(address token, bool allowed, uint64 unit) internal {
        if (unit == 0) revert ICloud.ParameterInvalid("unit");
        uint64 before = _assets[token].unit;
        if (before != 0 && before != unit) revert ICloud.AssetUnitFixed(token, before);
        _assets[token] = ICloud.Asset({allowed: allowed, unit: unit});
        emit ICloud.AssetSet(token, allowed, unit);
    }

    function _requireWithin(uint256 value, uint256 maximum, string memory name) private pure {
        if (value == 0 || value > maximum) revert ICloud.ParameterInvalid(name);
    }
}
