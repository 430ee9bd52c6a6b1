// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {ISubnet} from "./ISubnet.sol";
import {Records} from "./Records.sol";

/// @title Workers: registration, profile, prices, and their way out
abstract contract Workers is Records {
    /// @dev Bits of every TEE class there is: TDX, SEV-SNP, SGX, Nitro.
    uint8 private constant TEE_CLASSES = 15;

    function registerWorker(
        address operator,
        ISubnet.Profile calldata profile,
        ISubnet.Prices calldata prices,
        ISubnet.Resources calldata capacity
    ) external payable inPlace returns (uint64 workerId) {
        if (operator == address(0)) revert ISubnet.ZeroAddress();
        workerId = ++workerCount;
        WorkerRecord storage w = _workers[workerId];
        w.owner = msg.sender;
        w.operator = operator;
        w.status = ISubnet.WorkerStatus.Active;
        w.open = true;
        _describe(workerId, w, profile, prices, capacity);
        uint256 minimumWei = _requiredOfWorker(w, w.reserved);
        if (msg.value < minimumWei) revert ISubnet.StakeTooLow(msg.value, minimumWei);
        emit ISubnet.WorkerRegistered(workerId, msg.sender, operator, profile.endpoint);
        if (msg.value > 0) _bond(WORKER, workerId);
    }

    function updateWorker(
        uint64 workerId,
        bool open,
        ISubnet.Profile calldata profile,
        ISubnet.Prices calldata prices,
        ISubnet.Resources calldata capacity
    ) external {
        WorkerRecord storage w = _ownedOrOperated(workerId);
        bool lessPromised = profile.level < w.level || w.teeClasses & ~profile.teeClasses != 0;
        if (lessPromised && !_isNothing(w.reserved)) revert ISubnet.LevelInUse(workerId);
        bool morePromised = profile.level > w.level;
        w.open = open;
        _describe(workerId, w, profile, prices, capacity);
        if (morePromised) _requireCover(WORKER, workerId);
        emit ISubnet.WorkerUpdated(workerId);
    }

    function setPrices(uint64 workerId, address asset, ISubnet.Prices calldata prices) external {
        WorkerRecord storage w = _ownedOrOperated(workerId);
        if (asset == address(0)) revert ISubnet.ZeroAddress();
        bool none = prices.cpuMilli == 0 && prices.memoryMiB == 0 && prices.diskMiB == 0 && prices.gpu == 0;
        if (!none) _requirePrices(prices, w.capacity);
        _prices[workerId][asset] = prices;
        emit ISubnet.WorkerPricesSet(workerId, asset, prices);
    }

    function setOperator(uint64 workerId, address operator) external {
        WorkerRecord storage w = _owned(workerId);
        if (operator == address(0)) revert ISubnet.ZeroAddress();
        w.operator = operator;
        w.generation++;
        emit ISubnet.WorkerOperatorChanged(workerId, operator);
    }

    function drain(uint64 workerId, bool draining) external {
        WorkerRecord storage w = draining ? _ownedOrOperated(workerId) : _owned(workerId);
        _setStatus(workerId, w, draining ? ISubnet.WorkerStatus.Draining : ISubnet.WorkerStatus.Active);
    }

    function shutdown(uint64 workerId) external {
        WorkerRecord storage w = _owned(workerId);
        bool used = cloud != address(0) && ICloud(cloud).appsOnCount(workerId) > 0;
        if (used || !_isNothing(w.reserved)) revert ISubnet.WorkerInUse(workerId);
        w.generation++;
        _setStatus(workerId, w, ISubnet.WorkerStatus.Shutdown);
    }

    function uploadWork(uint64 workerId, uint64 appId, bytes32 digest, string calldata uri) external {
        WorkerRecord storage w = _workerOf(workerId);
        if (msg.sender != w.operator) revert ISubnet.NotOperator(msg.sender);
        _requireUri(uri);
        ICloud.App memory app = ICloud(cloud).app(appId);
        uint64 servedBy = ICloud(cloud).version(appId, app.currentVersion).workerId;
        if (servedBy != workerId || app.settledSeconds <= _workProofs[appId].settledSeconds) {
            revert ISubnet.WorkProofWrong(workerId, appId);
        }
        _workProofs[appId] = ISubnet.WorkProof({
            workerId: workerId, settledSeconds: app.settledSeconds, uploadedAt: uint64(block.timestamp), digest: digest
        });
        emit ISubnet.WorkProven(workerId, appId, app.settledSeconds, digest, uri);
    }

    function workProof(uint64 appId) external view returns (ISubnet.WorkProof memory) {
        return _workProofs[appId];
    }

    function worker(uint64 workerId) external view returns (ISubnet.Worker memory) {
        _workerOf(workerId);
        return _viewOf(workerId);
    }

    function workers(uint64 first, uint64 count) external view returns (ISubnet.Worker[] memory page) {
        page = new ISubnet.Worker[](_pageSize(first, count, workerCount));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _viewOf(first + i);
        }
    }

    function _viewOf(uint64 workerId) private view returns (ISubnet.Worker memory found) {
        WorkerRecord storage w = _workers[workerId];
        found.owner = w.owner;
        found.operator = w.operator;
        found.status = w.status;
        found.open = w.open;
        found.level = w.level;
        found.teeClasses = w.teeClasses;
        found.region = w.region;
        found.stakeWei = _stakes[WORKER][workerId].bondedWei;
        found.prices = _prices[workerId][address(0)];
        found.capacity = w.capacity;
        found.reserved = w.reserved;
        found.endpoint = w.endpoint;
    }

    function _describe(
        uint64 workerId,
        WorkerRecord storage w,
        ISubnet.Profile calldata profile,
        ISubnet.Prices calldata prices,
        ISubnet.Resources calldata capacity
    ) private {
        _requireEndpoint(profile.endpoint);
        if (profile.teeClasses == 0 || profile.teeClasses > TEE_CLASSES) revert ISubnet.SettingInvalid("teeClasses");
        if (capacity.cpuMilli == 0 || capacity.memoryMiB == 0) revert ISubnet.CapacityZero();
        _requirePrices(prices, capacity);
        ISubnet.Resources memory reserved = w.reserved;
        if (
            capacity.cpuMilli < reserved.cpuMilli || capacity.memoryMiB < reserved.memoryMiB
                || capacity.diskMiB < reserved.diskMiB || capacity.gpu < reserved.gpu
        ) revert ISubnet.CapacityBelowReserved();
        w.level = profile.level;
        w.teeClasses = profile.teeClasses;
        w.region = profile.region;
        w.endpoint = profile.endpoint;
        w.capacity = capacity;
        _prices[workerId][address(0)] = prices;
    }

    function _setStatus(uint64 workerId, WorkerRecord storage w, ISubnet.WorkerStatus status) private {
        w.status = status;
        emit ISubnet.WorkerStatusChanged(workerId, status);
    }

    function _owned(uint64 workerId) private view returns (WorkerRecord storage w) {
        w = _workerOf(workerId);
        if (msg.sender != w.owner) revert ISubnet.NotOwner(msg.sender);
        if (w.status == ISubnet.WorkerStatus.Shutdown) revert ISubnet.StatusWrong(WORKER, workerId);
    }

    function _ownedOrOperated(uint64 workerId) private view returns (WorkerRecord storage w) {
        w = _workerOf(workerId);
        if (msg.sender != w.owner && msg.sender != w.operator) revert ISubnet.NotOwner(msg.sender);
        if (w.status == ISubnet.WorkerStatus.Shutdown) revert ISubnet.StatusWrong(WORKER, workerId);
    }

    function _requirePrices(ISubnet.Prices calldata prices, ISubnet.Resources memory capacity) private pure {
        if (prices.cpuMilli == 0 || prices.memoryMiB == 0) revert ISubnet.PriceZero();
        if (capacity.gpu > 0 && prices.gpu == 0) revert ISubnet.PriceZero();
    }
}
