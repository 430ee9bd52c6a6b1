// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Roles of the network's AccessManager; everything restricted that is not named here is ADMIN's, the DAO's normal timelock
library Roles {
    /// @dev `IAccessManager.ADMIN_ROLE`: the normal timelock alone.
    uint64 internal constant ADMIN = 0;
    /// @dev The fast timelock, and the normal one: `Cloud.pauseNewLeases`, `Subnet.revokeReference`; nothing else.
    uint64 internal constant FAST = 1;
    /// @dev Contracts that decide about stakes by their own rules: Complaints, Misconduct.
    uint64 internal constant SLASHER = 2;
    /// @dev Decides complaints: the normal timelock, or a court that the DAO names.
    uint64 internal constant COURT = 3;
    /// @dev Seat of the Bridge; nobody has it yet.
    uint64 internal constant BRIDGE = 4;
}
