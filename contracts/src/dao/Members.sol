// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IMembers} from "./IMembers.sol";

/// @title Members: the DAO's register of members
contract Members is AccessManaged, IMembers {
    using EnumerableSet for EnumerableSet.AddressSet;

    uint256 private constant MAX_PAGE = 100;

    bool public publicJoin;
    EnumerableSet.AddressSet private _members;

    constructor(address authority, address[] memory first) AccessManaged(authority) {
        if (authority == address(0)) revert ZeroAddress();
        for (uint256 i = 0; i < first.length; i++) {
            _add(first[i], true);
        }
    }

    function join() external {
        if (!publicJoin) revert JoinClosed();
        _add(msg.sender, false);
    }

    function resign() external {
        _remove(msg.sender, false);
    }

    function add(address account) external restricted {
        _add(account, true);
    }

    function remove(address account) external restricted {
        _remove(account, true);
    }

    function setPublicJoin(bool open) external restricted {
        publicJoin = open;
        emit PublicJoinSet(open);
    }

    function isMember(address account) external view returns (bool) {
        return _members.contains(account);
    }

    function memberCount() external view returns (uint256) {
        return _members.length();
    }

    function members(uint256 first, uint256 count) external view returns (address[] memory) {
        uint256 size = _members.length();
        if (first >= size) return new address[](0);
        if (count > MAX_PAGE) count = MAX_PAGE;
        return _members.values(first, count < size - first ? first + count : size);
    }

    function _add(address account, bool byProposal) private {
        if (account == address(0)) revert ZeroAddress();
        if (!_members.add(account)) revert AlreadyMember(account);
        emit MemberJoined(account, byProposal);
    }

    function _remove(address account, bool removed) private {
        if (!_members.remove(account)) revert NotMember(account);
        emit MemberLeft(account, removed);
    }
}
