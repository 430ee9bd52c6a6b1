// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "./ISubnet.sol";
import {StakeBook} from "./StakeBook.sol";

/// @title Capacity: what the Cloud asks of a worker, and reserves of it
abstract contract Capacity is StakeBook {
    function offer(uint64 workerId, address asset) external view returns (ISubnet.Offer memory) {
        WorkerRecord storage w = _workerOf(workerId);
        return ISubnet.Offer({
            owner: w.owner,
            operator: w.operator,
            open: _isOpen(w),
            level: w.level,
            teeClasses: w.teeClasses,
            prices: _prices[workerId][asset]
        });
    }

    function workerOwner(uint64 workerId) external view returns (address) {
        return _workerOf(workerId).owner;
    }

    function reserve(uint64 workerId, uint64 appId, ISubnet.Resources calldata amount) external {
        if (msg.sender != cloud) revert ISubnet.NotCloud(msg.sender);
        WorkerRecord storage w = _workerOf(workerId);
        if (!_isOpen(w)) revert ISubnet.WorkerClosed(workerId);
        if (!_hasRoom(w, amount)) revert ISubnet.CapacityExceeded(workerId);
        ISubnet.Resources memory reserved = _sum(w, amount);
        uint256 requiredWei = _requiredOfWorker(w, reserved);
        uint256 coverWei = _coverWei(_stakes[WORKER][workerId]);
        if (coverWei < requiredWei) revert ISubnet.StakeTooLow(coverWei, requiredWei);
        w.reserved = reserved;
        emit ISubnet.Reserved(workerId, appId);
    }

    /// @dev Nothing can make it fail: whatever ends an application comes through here. Never below zero, were a sum ever wrong.
    function release(uint64 workerId, uint64 appId, ISubnet.Resources calldata amount) external {
        if (msg.sender != cloud) revert ISubnet.NotCloud(msg.sender);
        WorkerRecord storage w = _workerOf(workerId);
        ISubnet.Resources memory reserved = w.reserved;
        reserved.cpuMilli = _less(reserved.cpuMilli, amount.cpuMilli);
        reserved.memoryMiB = _less(reserved.memoryMiB, amount.memoryMiB);
        reserved.diskMiB = _less(reserved.diskMiB, amount.diskMiB);
        reserved.gpu = uint16(_less(reserved.gpu, amount.gpu));
        w.reserved = reserved;
        emit ISubnet.Released(workerId, appId);
    }

    function fits(uint64 workerId, ISubnet.Resources calldata amount) external view returns (bool) {
        WorkerRecord storage w = _workers[workerId];
        if (!_isOpen(w) || !_hasRoom(w, amount)) return false;
        return _coverWei(_stakes[WORKER][workerId]) >= _requiredOfWorker(w, _sum(w, amount));
    }

    function _isOpen(WorkerRecord storage w) private view returns (bool) {
        return w.open && w.status == ISubnet.WorkerStatus.Active;
    }

    /// @dev Sums in 256 bits: an amount near the type's end must not wrap into a fit.
    function _hasRoom(WorkerRecord storage w, ISubnet.Resources calldata amount) private view returns (bool) {
        ISubnet.Resources memory capacity = w.capacity;
        ISubnet.Resources memory reserved = w.reserved;
        return uint256(reserved.cpuMilli) + amount.cpuMilli <= capacity.cpuMilli
            && uint256(reserved.memoryMiB) + amount.memoryMiB <= capacity.memoryMiB
            && uint256(reserved.diskMiB) + amount.diskMiB <= capacity.diskMiB
            && uint256(reserved.gpu) + amount.gpu <= capacity.gpu;
    }

    function _less(uint32 held, uint32 amount) private pure returns (uint32) {
        return held > amount ? held - amount : 0;
    }

    function _sum(WorkerRecord storage w, ISubnet.Resources calldata amount)
        private
        view
        returns (ISubnet.Resources memory sum)
    {
        sum = w.reserved;
        sum.cpuMilli += amount.cpuMilli;
        sum.memoryMiB += amount.memoryMiB;
        sum.diskMiB += amount.diskMiB;
        sum.gpu += amount.gpu;
    }
}
