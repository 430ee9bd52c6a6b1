// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Members: who has joined the DAO
/// @notice Votes are counted by the token; a member may propose without holding the proposal threshold, so that a voice needs no wealth.
interface IMembers {
    event MemberJoined(address indexed member, bool byProposal);
    event MemberLeft(address indexed member, bool removed);
    event PublicJoinSet(bool open);

    error AlreadyMember(address account);
    error NotMember(address account);
    error JoinClosed();
    error ZeroAddress();

    /// @notice Anyone, while public joining is open.
    function join() external;
    /// @notice The caller leaves.
    function resign() external;
    /// @notice Restricted (DAO).
    function add(address account) external;
    /// @notice Restricted (DAO).
    function remove(address account) external;
    /// @notice Restricted (DAO).
    function setPublicJoin(bool open) external;

    /// @notice Whether anybody may join.
    function publicJoin() external view returns (bool);
    /// @notice Whether an account is a member.
    function isMember(address account) external view returns (bool);
    /// @notice Number of members.
    function memberCount() external view returns (uint256);
    /// @notice At most 100 from index `first` (0-based); the order changes when members leave.
    function members(uint256 first, uint256 count) external view returns (address[] memory);
}
