// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "./ICloud.sol";
import {Versions} from "./Versions.sol";

/// @title Updates: the one way to new code of an application, whoever may propose it
abstract contract Updates is Versions {
    uint256 private constant MAX_MANIFEST_BYTES = 65_536;

    /// @dev Everything but who may do it, and the money that comes with it.
    function _update(
        uint64 appId,
        Application storage a,
        ICloud.Terms memory terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond,
        uint256 receivedWei,
        bool security
    ) internal {
        _takeOver(appId, a);
        _requireState(appId, a, ICloud.AppState.Active);
        uint64 frozenUntil = _rules[appId].frozenUntil;
        if (block.timestamp < frozenUntil) revert ICloud.FrozenUntil(frozenUntil);
        _clearPending(appId, a);
        _deposit(appId, a, receivedWei);
        _settle(appId, a, ICloud.Reason.Updated);
        _requireState(appId, a, ICloud.AppState.Active);
        _propose(appId, a, terms, _digest(manifest), maxWeiPerSecond, security);
    }

    /// @dev Writes the pending version and reserves its capacity; no money is set aside for it.
    function _propose(
        uint64 appId,
        Application storage a,
        ICloud.Terms memory terms,
        bytes32 manifestDigest,
        uint256 maxWeiPerSecond,
        bool security
    ) private {
        Release storage current = _current(appId, a);
        uint64 workerId = current.workerId;
        Price memory price = _price(workerId, _assetOf(a), terms, terms.replicas);
        _requireRent(appId, price.rentWei, maxWeiPerSecond);
        _requireFunds(a, price.minimumWei);
        uint32 version = ++a.hot.latestVersion;
        Release storage r = _write(appId, version, workerId, terms, price, manifestDigest, ICloud.Reason.Updated);
        if (security) r.security = true;
        a.hot.pendingVersion = version;
        a.hot.pendingDeadline = uint40(block.timestamp + current.upgradeDelaySeconds + _policy.updateWindowSeconds);
        subnet.reserve(workerId, appId, _everything(r, terms.replicas));
    }

    function _digest(bytes calldata manifest) internal pure returns (bytes32) {
        if (manifest.length == 0 || manifest.length > MAX_MANIFEST_BYTES) {
            revert ICloud.ManifestSize(manifest.length, MAX_MANIFEST_BYTES);
        }
        return sha256(manifest);
    }
}
