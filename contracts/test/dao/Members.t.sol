// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembers} from "../../src/dao/IMembers.sol";
import {Members} from "../../src/dao/Members.sol";
import {vm} from "../Vm.sol";
import {DaoFixture} from "./DaoFixture.sol";

contract MembersTest is DaoFixture {
    function asDao() private {
        vm.prank(address(treasury));
    }

    function refused(address caller, bytes memory data, bytes memory why) private {
        vm.prank(caller);
        (bool taken, bytes memory returned) = address(members).call(data);
        vm.assertTrue(!taken && keccak256(returned) == keccak256(why), "refused for another reason");
    }

    function test_a_proposal_adds_and_removes_a_member() public {
        pass(address(members), abi.encodeCall(IMembers.add, (OUTSIDER)));
        vm.assertTrue(members.isMember(OUTSIDER), "added");
        vm.assertEq(members.memberCount(), 2, "count");
        pass(address(members), abi.encodeCall(IMembers.remove, (OUTSIDER)));
        vm.assertTrue(!members.isMember(OUTSIDER), "removed");
    }

    function test_joining_is_closed_until_the_dao_opens_it_and_after_it_closes_it() public {
        bytes memory join = abi.encodeCall(IMembers.join, ());
        refused(OUTSIDER, join, abi.encodeWithSelector(IMembers.JoinClosed.selector));
        asDao();
        members.setPublicJoin(true);
        vm.expectEmit(true, true, true, true, address(members));
        emit IMembers.MemberJoined(OUTSIDER, false);
        vm.prank(OUTSIDER);
        members.join();
        vm.assertTrue(members.isMember(OUTSIDER) && members.publicJoin(), "joined");
        asDao();
        members.setPublicJoin(false);
        refused(GUARDIAN, join, abi.encodeWithSelector(IMembers.JoinClosed.selector));
    }

    function test_a_member_resigns_and_nobody_else_can() public {
        vm.expectEmit(true, true, true, true, address(members));
        emit IMembers.MemberLeft(MEMBER, false);
        vm.prank(MEMBER);
        members.resign();
        vm.assertEq(members.memberCount(), 0, "left");
        refused(
            MEMBER, abi.encodeCall(IMembers.resign, ()), abi.encodeWithSelector(IMembers.NotMember.selector, MEMBER)
        );
    }

    function test_nobody_joins_twice_and_no_stranger_is_removed() public {
        address dao = address(treasury);
        refused(
            dao, abi.encodeCall(IMembers.add, (MEMBER)), abi.encodeWithSelector(IMembers.AlreadyMember.selector, MEMBER)
        );
        refused(
            dao,
            abi.encodeCall(IMembers.remove, (OUTSIDER)),
            abi.encodeWithSelector(IMembers.NotMember.selector, OUTSIDER)
        );
        refused(dao, abi.encodeCall(IMembers.add, (address(0))), abi.encodeWithSelector(IMembers.ZeroAddress.selector));
    }

    function test_a_register_that_starts_with_one_account_twice_is_refused() public {
        address[] memory first = new address[](2);
        (first[0], first[1]) = (MEMBER, MEMBER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.AlreadyMember.selector, MEMBER));
        new Members(address(authority), first);
    }

    function test_no_register_without_an_authority() public {
        vm.expectRevert(IMembers.ZeroAddress.selector);
        new Members(address(0), new address[](0));
    }

    function test_pages_hold_at_most_a_hundred_and_end_with_the_list() public {
        for (uint160 i = 1; i <= 104; i++) {
            asDao();
            members.add(address(i));
        }
        vm.assertEq(members.members(0, 101).length, 100, "a full page");
        vm.assertEq(members.members(100, 100).length, 5, "the rest");
        vm.assertEq(members.members(104, type(uint256).max).length, 1, "the last");
        vm.assertEq(members.members(105, 1).length, 0, "behind the last");
        vm.assertEq(members.members(type(uint256).max, 1).length, 0, "far behind");
        vm.assertTrue(members.members(1, 1)[0] == address(1), "in the order of joining");
        vm.assertEq(members.members(3, 0).length, 0, "an empty page");
    }
}
