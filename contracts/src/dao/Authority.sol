// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAuthority} from "./IAuthority.sol";

/// @title Authority: who may call what, for every contract of the network
contract Authority is AccessManager, IAuthority {
    uint32 private constant MAX_DELAY = 14 days;

    uint256 public admins;

    constructor(address firstAdmin) AccessManager(firstAdmin) {}

    function _grantRole(uint64 role, address account, uint32 grantDelay, uint32 executionDelay)
        internal
        override
        returns (bool added)
    {
        if (role == ADMIN_ROLE && executionDelay != 0) revert AdminDelayed(executionDelay);
        added = super._grantRole(role, account, grantDelay, executionDelay);
        if (added && role == ADMIN_ROLE) admins++;
    }

    function _revokeRole(uint64 role, address account) internal override returns (bool removed) {
        removed = super._revokeRole(role, account);
        if (removed && role == ADMIN_ROLE && --admins == 0) revert LastAdmin(account);
    }

    function _setGrantDelay(uint64 role, uint32 delay) internal override {
        if (delay > MAX_DELAY) revert DelayTooLong(delay, MAX_DELAY);
        super._setGrantDelay(role, delay);
    }

    function _setTargetAdminDelay(address target, uint32 delay) internal override {
        if (delay > MAX_DELAY) revert DelayTooLong(delay, MAX_DELAY);
        super._setTargetAdminDelay(target, delay);
    }
}
