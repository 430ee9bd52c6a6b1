// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Authority: the AccessManager of the network, which cannot be left without a working admin
/// @notice Roles are those of `Roles`. After hand-over the DAO's normal timelock is the only ADMIN. Everything else is
/// OpenZeppelin's `IAccessManager`.
interface IAuthority {
    /// @notice The last admin can neither be revoked nor renounce.
    error LastAdmin(address account);
    /// @notice An admin acts without a second delay: its timelock is the delay.
    error AdminDelayed(uint32 delaySeconds);
    error DelayTooLong(uint32 delaySeconds, uint32 maximum);

    /// @notice How many accounts are ADMIN.
    function admins() external view returns (uint256);
}
