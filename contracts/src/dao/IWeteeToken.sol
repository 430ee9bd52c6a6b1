// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title WeteeToken: the DAO's votes, an ERC20 with permit and delegation
/// @notice Votes count only once delegated, to oneself or another; their clock is the block time. Nobody can burn, freeze or move
/// what others hold; the one privileged function is `issue`. The rest is OpenZeppelin's ERC20, ERC20Permit and ERC20Votes.
interface IWeteeToken {
    event Issued(address indexed to, uint256 amount);

    error IssueAboveCap(uint256 amount, uint256 issuable);
    /// @notice Also of a first supply of nothing.
    error IssueZero();
    error ZeroAddress();
    error IssueRateInvalid(uint16 maxYearlyIssueBps, uint16 maximum);

    /// @notice Restricted (DAO): makes new tokens, at most `issuable` now.
    function issue(address to, uint256 amount) external;

    /// @notice What may be issued now. Within any 365 days at most `maxYearlyIssueBps` / 10,000 (rounded down) of the supply at
    /// their start is issued; what was issued exactly 365 days ago no longer counts. During the first 365 days the first
    /// supply is that start.
    function issuable() external view returns (uint256);
    /// @notice At most 1,000 (10 %), fixed.
    function maxYearlyIssueBps() external view returns (uint16);
}
