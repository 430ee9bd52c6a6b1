// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ITimelock} from "./ITimelock.sol";

/// @title Timelock: the executing arm of one governor; made by that governor's constructor
contract Timelock is TimelockController, AccessManaged, ITimelock {
    /// @dev At least a second, so that nothing is queued and executed in one block.
    uint256 private constant MIN_DELAY = 1;
    uint256 private constant MAX_DELAY = 14 days;

    uint256 public constant executionWindowSeconds = 14 days;
    uint256 private _delaySeconds;

    constructor(address authority, uint256 delaySeconds)
        TimelockController(delaySeconds, _only(msg.sender), _only(address(0)), address(0))
        AccessManaged(authority)
    {
        _setDelay(delaySeconds);
    }

    /// @notice Restricted (DAO).
    /// @dev Not by the timelock itself: the fast track must not choose its own delay.
    function updateDelay(uint256 delaySeconds) public override restricted {
        emit MinDelayChange(_delaySeconds, delaySeconds);
        _setDelay(delaySeconds);
    }

    function grantRole(bytes32, address) public pure override {
        revert RolesFixed();
    }

    function revokeRole(bytes32, address) public pure override {
        revert RolesFixed();
    }

    function renounceRole(bytes32, address) public pure override {
        revert RolesFixed();
    }

    function getMinDelay() public view override returns (uint256) {
        return _delaySeconds;
    }

    function getOperationState(bytes32 id) public view override returns (OperationState state) {
        state = super.getOperationState(id);
        if (state == OperationState.Ready && block.timestamp > getTimestamp(id) + executionWindowSeconds) {
            return OperationState.Unset;
        }
    }

    function _setDelay(uint256 delaySeconds) private {
        if (delaySeconds < MIN_DELAY || delaySeconds > MAX_DELAY) {
            revert DelayOutOfRange(delaySeconds, MIN_DELAY, MAX_DELAY);
        }
        _delaySeconds = delaySeconds;
    }

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}
