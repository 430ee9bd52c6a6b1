// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title Workers: registration, prices, capacity and what the Cloud has reserved of it
abstract contract Workers is SubnetState {
    function registerWorker(
        address operator,
        uint8 level,
        uint8 teeClasses,
        Prices calldata prices,
        Resources calldata capacity,
        string calldata endpoint
    ) external payable returns (uint64 workerId) {
        if (operator == address(0)) revert ZeroAddress();
        if (teeClasses == 0) revert SettingInvalid("teeClasses");
        if (msg.value < minWorkerStakeWei) revert StakeTooLow(msg.value, minWorkerStakeWei);
        workerId = ++workerCount;
        Worker storage w = _workers[workerId];
        w.owner = msg.sender;
        w.operator = operator;
        w.level = level;
        w.teeClasses = teeClasses;
        w.stakeWei = SafeCast.toUint128(msg.value);
        _setOffer(w, true, prices, capacity, endpoint);
        emit WorkerRegistered(workerId, msg.sender, operator, endpoint);
        if (msg.value > 0) emit StakeAdded(WORKER, workerId, msg.value);
    }

    function updateWorker(
        uint64 workerId,
        bool open,
        Prices calldata prices,
        Resources calldata capacity,
        string calldata endpoint
    ) external {
        Worker storage w = _workerOf(workerId);
        if (msg.sender != w.owner && msg.sender != w.operator) revert NotOwner(msg.sender);
        _setOffer(w, open, prices, capacity, endpoint);
        emit WorkerUpdated(workerId);
    }

    function setOperator(uint64 workerId, address operator) external {
        Worker storage w = _workerOf(workerId);
        if (msg.sender != w.owner) revert NotOwner(msg.sender);
        if (operator == address(0)) revert ZeroAddress();
        w.operator = operator;
        _generations[WORKER][workerId]++;
        emit WorkerOperatorChanged(workerId, operator);
    }

    function addWorkerStake(uint64 workerId) external payable {
        if (msg.value == 0) revert AmountZero();
        _workerOf(workerId).stakeWei += SafeCast.toUint128(msg.value);
        emit StakeAdded(WORKER, workerId, msg.value);
    }

    function worker(uint64 workerId) external view returns (Worker memory) {
        return _workerOf(workerId);
    }

    function offer(uint64 workerId) external view returns (Offer memory) {
        Worker storage w = _workerOf(workerId);
        return Offer({
            owner: w.owner,
            operator: w.operator,
            open: w.open,
            level: w.level,
            teeClasses: w.teeClasses,
            prices: w.prices
        });
    }

    function workerOwner(uint64 workerId) external view returns (address) {
        return _workerOf(workerId).owner;
    }

    function workers(uint64 first, uint64 count) external view returns (Worker[] memory page) {
        page = new Worker[](_pageSize(first, count, workerCount));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _workers[first + i];
        }
    }

    function reserve(uint64 workerId, uint64 appId, Resources calldata amount) external {
        if (msg.sender != cloud) revert NotCloud(msg.sender);
        Worker storage w = _workerOf(workerId);
        if (!w.open) revert WorkerClosed(workerId);
        if (!_hasRoom(w, amount)) revert CapacityExceeded(workerId);
        Resources memory reserved = w.reserved;
        reserved.cpuMilli += amount.cpuMilli;
        reserved.memoryMiB += amount.memoryMiB;
        reserved.diskMiB += amount.diskMiB;
        reserved.gpu += amount.gpu;
        w.reserved = reserved;
        emit Reserved(workerId, appId);
    }

    function release(uint64 workerId, uint64 appId, Resources calldata amount) external {
        if (msg.sender != cloud) revert NotCloud(msg.sender);
        Worker storage w = _workerOf(workerId);
        Resources memory reserved = w.reserved;
        reserved.cpuMilli -= amount.cpuMilli;
        reserved.memoryMiB -= amount.memoryMiB;
        reserved.diskMiB -= amount.diskMiB;
        reserved.gpu -= amount.gpu;
        w.reserved = reserved;
        emit Released(workerId, appId);
    }

    function fits(uint64 workerId, Resources calldata amount) external view returns (bool) {
        Worker storage w = _workerOf(workerId);
        return w.open && _hasRoom(w, amount);
    }

    /// @dev Sums in 256 bits: an amount near the type's end must not wrap into a fit.
    function _hasRoom(Worker storage w, Resources calldata amount) private view returns (bool) {
        Resources memory capacity = w.capacity;
        Resources memory reserved = w.reserved;
        return uint256(reserved.cpuMilli) + amount.cpuMilli <= capacity.cpuMilli
            && uint256(reserved.memoryMiB) + amount.memoryMiB <= capacity.memoryMiB
            && uint256(reserved.diskMiB) + amount.diskMiB <= capacity.diskMiB
            && uint256(reserved.gpu) + amount.gpu <= capacity.gpu;
    }

    function _setOffer(
        Worker storage w,
        bool open,
        Prices calldata prices,
        Resources calldata capacity,
        string calldata endpoint
    ) private {
        _requireEndpoint(endpoint);
        if (prices.cpuMilli == 0 || prices.memoryMiB == 0) revert PriceZero();
        if (capacity.gpu > 0 && prices.gpu == 0) revert PriceZero();
        if (capacity.cpuMilli == 0 || capacity.memoryMiB == 0) revert CapacityZero();
        Resources memory reserved = w.reserved;
        if (
            capacity.cpuMilli < reserved.cpuMilli || capacity.memoryMiB < reserved.memoryMiB
                || capacity.diskMiB < reserved.diskMiB || capacity.gpu < reserved.gpu
        ) revert CapacityBelowReserved();
        w.open = open;
        w.prices = prices;
        w.capacity = capacity;
        w.endpoint = endpoint;
    }
}
