// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {Builds} from "./Builds.sol";
import {CloudState} from "./CloudState.sol";

/// @title Deliveries: build records, and keys that may propose what was built; the last part of the Cloud
contract Deliveries is Builds {
    uint256 private constant MAX_DEPLOY_KEYS = 4;
    uint256 private constant MAX_KEY_SECONDS = 366 days;

    /// @dev The authority that counts is Cloud's: this contract's own storage is never used.
    constructor(ISubnet subnet_, IQuorum quorum_) CloudState(address(0), subnet_, quorum_) {}

    fallback() external payable {
        revert ICloud.FunctionUnknown(msg.sig);
    }

    function setDeployKey(uint64 appId, address key, ICloud.DeployLimits calldata limits) external {
        Application storage a = _ownedLiving(appId);
        if (key == address(0) || key == a.owner) revert ICloud.DeployLimitInvalid("key");
        if (limits.maxWeiPerSecond == 0 || limits.maxWeiPerSecond > type(uint96).max) {
            revert ICloud.DeployLimitInvalid("maxWeiPerSecond");
        }
        if (limits.minIntervalSeconds > MAX_PERIOD) revert ICloud.DeployLimitInvalid("minIntervalSeconds");
        if (limits.expiresAt < block.timestamp) revert ICloud.DeadlinePassed(limits.expiresAt);
        if (limits.expiresAt > block.timestamp + MAX_KEY_SECONDS) revert ICloud.DeployLimitInvalid("expiresAt");
        if ((limits.builderAppId == 0) != (limits.repositoryHash == 0)) {
            revert ICloud.DeployLimitInvalid("repositoryHash");
        }
        if (limits.builderAppId != 0) _appOf(limits.builderAppId);
        StoredDeployKey[] storage keys = _deployKeys[appId];
        uint256 place = _placeOf(keys, key);
        if (place == MAX_DEPLOY_KEYS) revert ICloud.DeployKeysTooMany(MAX_DEPLOY_KEYS);
        if (place == keys.length) keys.push();
        keys[place] = StoredDeployKey({
            key: key,
            expiresAt: uint40(limits.expiresAt),
            minIntervalSeconds: uint32(limits.minIntervalSeconds),
            maxWeiPerSecond: uint96(limits.maxWeiPerSecond),
            builderAppId: limits.builderAppId,
            repositoryHash: limits.repositoryHash
        });
        emit ICloud.DeployKeySet(appId, key, limits);
    }

    function revokeDeployKey(uint64 appId, address key) external {
        _requireOwner(_appOf(appId));
        StoredDeployKey[] storage keys = _deployKeys[appId];
        uint256 place = _placeOf(keys, key);
        if (place == keys.length) revert ICloud.DeployKeyUnknown(key);
        keys[place] = keys[keys.length - 1];
        keys.pop();
        emit ICloud.DeployKeyRevoked(appId, key);
    }

    function updateByDeployKey(uint64 appId, bytes calldata manifest, uint256 maxWeiPerSecond) external nonReentrant {
        Application storage a = _appOf(appId);
        StoredDeployKey[] storage keys = _deployKeys[appId];
        uint256 place = _placeOf(keys, msg.sender);
        if (place == keys.length) revert ICloud.DeployKeyUnknown(msg.sender);
        StoredDeployKey memory k = keys[place];
        if (block.timestamp > k.expiresAt) revert ICloud.DeployKeyExpired(k.expiresAt);
        // Of any version: what the owner has just proposed or moved is not overtaken.
        uint256 allowedAt = uint256(_releases[appId][a.hot.latestVersion].createdAt) + k.minIntervalSeconds;
        if (block.timestamp < allowedAt) revert ICloud.TooEarly(uint64(allowedAt));
        if (k.builderAppId != 0) {
            bytes32 digest = sha256(manifest);
            if (!isManifestBuilt(k.builderAppId, k.repositoryHash, digest)) {
                revert ICloud.BuildMissing(k.builderAppId, k.repositoryHash, digest);
            }
        }
        _requireNewLeases();
        _takeOver(appId, a);
        ICloud.Terms memory terms = _terms(_current(appId, a));
        terms.replicas = a.hot.replicas;
        uint256 limitWei = maxWeiPerSecond < k.maxWeiPerSecond ? maxWeiPerSecond : k.maxWeiPerSecond;
        _update(appId, a, terms, manifest, limitWei, 0, false);
        emit ICloud.DeployKeyUsed(appId, msg.sender, a.hot.latestVersion);
    }

    function deployKeys(uint64 appId) external view returns (ICloud.DeployKey[] memory all) {
        _appOf(appId);
        StoredDeployKey[] storage keys = _deployKeys[appId];
        all = new ICloud.DeployKey[](keys.length);
        for (uint256 i = 0; i < all.length; i++) {
            StoredDeployKey memory k = keys[i];
            ICloud.DeployLimits memory limits = ICloud.DeployLimits({
                maxWeiPerSecond: k.maxWeiPerSecond,
                minIntervalSeconds: k.minIntervalSeconds,
                expiresAt: k.expiresAt,
                builderAppId: k.builderAppId,
                repositoryHash: k.repositoryHash
            });
            all[i] = ICloud.DeployKey({key: k.key, limits: limits});
        }
    }

    /// @dev The number of keys where it is none of them.
    function _placeOf(StoredDeployKey[] storage keys, address key) private view returns (uint256 place) {
        uint256 count = keys.length;
        while (place < count && keys[place].key != key) place++;
    }
}
