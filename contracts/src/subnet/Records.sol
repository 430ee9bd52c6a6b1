// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "./ISubnet.sol";
import {StakeBook} from "./StakeBook.sol";

/// @title Records: what the registrations of both roles have in common
abstract contract Records is StakeBook {
    uint256 private constant MAX_ENDPOINT_BYTES = 128;
    uint256 private constant MAX_PAGE = 100;
    address private immutable _part = address(this);

    /// @dev Called directly, a part would keep the wei for good.
    modifier inPlace() {
        if (address(this) == _part) revert ISubnet.PartOnly(_part);
        _;
    }

    function _requireEndpoint(string calldata endpoint) internal pure {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT_BYTES) revert ISubnet.EndpointLength(length);
    }

    /// @dev How many of `count` records from id `first` exist, at most a page.
    function _pageSize(uint64 first, uint64 count, uint64 total) internal pure returns (uint256) {
        if (first == 0 || first > total) return 0;
        uint256 size = count > MAX_PAGE ? MAX_PAGE : count;
        uint256 left = uint256(total) - first + 1;
        return size > left ? left : size;
    }
}
