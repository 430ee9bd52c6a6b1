// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IWeteeToken} from "./IWeteeToken.sol";

/// @title WeteeToken: votes of the DAO
contract WeteeToken is ERC20, ERC20Permit, ERC20Votes, AccessManaged, IWeteeToken {
    uint16 private constant MAX_RATE_BPS = 1_000;
    uint256 private constant BPS = 10_000;

    uint16 public immutable maxYearlyIssueBps;
    uint256 private immutable _firstSupply;
    uint256 private immutable _madeAt;

    constructor(address authority, address holder, uint256 supply, uint16 maxYearlyIssueBps_)
        ERC20("WeTEE", "WTEE")
        ERC20Permit("WeTEE")
        AccessManaged(authority)
    {
        if (authority == address(0)) revert ZeroAddress();
        if (supply == 0) revert IssueZero();
        if (maxYearlyIssueBps_ > MAX_RATE_BPS) {
            revert IssueRateInvalid(maxYearlyIssueBps_, MAX_RATE_BPS);
        }
        maxYearlyIssueBps = maxYearlyIssueBps_;
        _firstSupply = supply;
        _madeAt = block.timestamp;
        _mint(holder, supply);
    }

    function issue(address to, uint256 amount) external restricted {
        if (amount == 0) revert IssueZero();
        uint256 most = issuable();
        if (amount > most) revert IssueAboveCap(amount, most);
        _mint(to, amount);
        emit Issued(to, amount);
    }

    /// @dev Supply never shrinks, so what was issued since a time is the difference of two supplies, and the votes' own
    /// checkpoints remember both.
    function issuable() public view returns (uint256) {
        uint256 start =
            block.timestamp - _madeAt < 365 days ? _firstSupply : getPastTotalSupply(block.timestamp - 365 days);
        uint256 most = start * maxYearlyIssueBps / BPS;
        uint256 issued = totalSupply() - start;
        return most > issued ? most - issued : 0;
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
