// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISubnet} from "./ISubnet.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title StakeBook: what a stake has to cover, and whether it does
abstract contract StakeBook is SubnetState {
    /// @dev Takes `msg.value` in.
    function _bond(uint16 role, uint64 nodeId) internal {
        _stakes[role][nodeId].bondedWei += SafeCast.toUint128(msg.value);
        liabilitiesWei += msg.value;
        emit ISubnet.StakeAdded(role, nodeId, msg.value);
    }

    function _requireCover(uint16 role, uint64 nodeId) internal view {
        uint256 coverWei = _coverWei(_stakes[role][nodeId]);
        uint256 requiredWei = _requiredWei(role, nodeId);
        if (coverWei < requiredWei) revert ISubnet.StakeTooLow(coverWei, requiredWei);
    }

    /// @dev What of a stake counts towards what is required: locked stake may be slashed tomorrow.
    function _coverWei(StakeRecord storage s) internal view returns (uint256) {
        return s.bondedWei - s.lockedBondedWei;
    }

    function _requiredWei(uint16 role, uint64 nodeId) internal view returns (uint256) {
        if (role == WORKER) return _requiredOfWorker(_workers[nodeId], _workers[nodeId].reserved);
        return _nodes[nodeId].status == ISubnet.NodeStatus.Active || _isHeld(nodeId) ? _stakeRules.nodeWei : 0;
    }

    /// @dev While statements of the node count, its stake answers for them.
    function _isHeld(uint64 nodeId) internal view returns (bool) {
        return !_hasLeft(_nodes[nodeId]) && quorum.isSeated(nodeId);
    }

    /// @dev Of a worker that has this much reserved.
    function _requiredOfWorker(WorkerRecord storage w, ISubnet.Resources memory reserved)
        internal
        view
        returns (uint256)
    {
        if (w.status == ISubnet.WorkerStatus.Shutdown) return 0;
        ISubnet.StakeRules memory rules = _stakeRules;
        uint256 requiredWei = rules.workerBaseWei;
        requiredWei += uint256(rules.workerPerLevelWei) * w.level;
        requiredWei += uint256(rules.perCpuMilliWei) * reserved.cpuMilli;
        requiredWei += uint256(rules.perMemoryMiBWei) * reserved.memoryMiB;
        return requiredWei + uint256(rules.perGpuWei) * reserved.gpu;
    }
}
