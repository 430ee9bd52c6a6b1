// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Timelock: holds what a governor has decided for a while, then anybody may execute it
/// @notice Its governor alone schedules and cancels, for good: roles are fixed by the constructor, so that no proposal can
/// lock the DAO out or let another account in. The normal timelock is the DAO's treasury: native DOT, ERC20, ERC721, ERC1155.
/// What is not executed within `executionWindowSeconds` after its time counts as never scheduled. The rest is OpenZeppelin's
/// `TimelockController`.
interface ITimelock {
    error DelayOutOfRange(uint256 delaySeconds, uint256 minimum, uint256 maximum);
    error RolesFixed();

    /// @notice How long a ready operation may be executed, seconds.
    function executionWindowSeconds() external view returns (uint256);
}
