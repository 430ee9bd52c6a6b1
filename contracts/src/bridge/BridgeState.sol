// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IApis} from "./IApis.sol";
import {IBridge} from "./IBridge.sol";

/// @title BridgeState: what all of the Bridge works with, packed
abstract contract BridgeState is IBridge {
    /// @dev Native DOT has 10 decimals: fees and payouts are multiples of this many wei.
    uint256 internal constant UNIT = 1e8;

    ICloud public immutable cloud;
    IApis public immutable apis;

    Parameters internal _parameters;
    uint64 public callCount;
    uint64 public subscriptionCount;
    uint128 internal _liabilitiesWei;
    mapping(address account => uint256) public credit;
    mapping(uint64 callId => Kept) internal _kept;
    mapping(uint64 subscriptionId => Subscription) internal _subscriptions;

    constructor(IApis apis_) {
        if (address(apis_) == address(0)) revert ZeroAddress();
        apis = apis_;
        cloud = apis_.cloud();
    }

    function liabilitiesWei() external view returns (uint256) {
        return _liabilitiesWei;
    }

    /// @dev What `gas_` units are paid with, rounded up to a payout.
    function _gasWei(uint256 gas_) internal view returns (uint256) {
        uint256 exactWei = gas_ * _parameters.gasPriceWei;
        return (exactWei + UNIT - 1) / UNIT * UNIT;
    }
}
