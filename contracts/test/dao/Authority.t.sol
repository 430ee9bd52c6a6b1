// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuthority} from "../../src/dao/IAuthority.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {vm} from "../Vm.sol";
import {DaoFixture} from "./DaoFixture.sol";

contract AuthorityTest is DaoFixture {
    function asDao() private {
        vm.prank(address(treasury));
    }

    function test_the_dao_is_the_only_admin() public view {
        vm.assertEq(authority.admins(), 1, "admins");
        (bool dao,) = authority.hasRole(Roles.ADMIN, address(treasury));
        (bool deployer,) = authority.hasRole(Roles.ADMIN, DEPLOYER);
        vm.assertTrue(dao && !deployer, "who is admin");
    }

    function test_the_last_admin_cannot_be_revoked_or_renounce() public {
        bytes memory why = abi.encodeWithSelector(IAuthority.LastAdmin.selector, address(treasury));
        asDao();
        vm.expectRevert(why);
        authority.renounceRole(Roles.ADMIN, address(treasury));
        asDao();
        vm.expectRevert(why);
        authority.revokeRole(Roles.ADMIN, address(treasury));
    }

    function test_one_of_two_admins_may_go() public {
        asDao();
        authority.grantRole(Roles.ADMIN, OUTSIDER, 0);
        asDao();
        authority.grantRole(Roles.ADMIN, OUTSIDER, 0);
        vm.assertEq(authority.admins(), 2, "granted twice, counted once");
        asDao();
        authority.revokeRole(Roles.ADMIN, GUARDIAN);
        asDao();
        authority.renounceRole(Roles.ADMIN, address(treasury));
        vm.assertEq(authority.admins(), 1, "one left");
        vm.prank(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IAuthority.LastAdmin.selector, OUTSIDER));
        authority.renounceRole(Roles.ADMIN, OUTSIDER);
    }

    function test_an_admin_is_never_delayed_a_second_time() public {
        asDao();
        vm.expectRevert(abi.encodeWithSelector(IAuthority.AdminDelayed.selector, 1));
        authority.grantRole(Roles.ADMIN, address(treasury), 1);
    }

    function test_other_roles_come_and_go_freely_and_may_be_delayed() public {
        asDao();
        authority.grantRole(Roles.COURT, OUTSIDER, 1 days);
        vm.prank(OUTSIDER);
        authority.renounceRole(Roles.COURT, OUTSIDER);
        (bool court,) = authority.hasRole(Roles.COURT, OUTSIDER);
        vm.assertTrue(!court && authority.admins() == 1, "renounced");
    }

    function test_delays_of_grants_and_targets_are_at_most_fourteen_days() public {
        uint32 most = 14 days;
        bytes memory why = abi.encodeWithSelector(IAuthority.DelayTooLong.selector, most + 1, most);
        vm.startPrank(address(treasury));
        authority.setGrantDelay(Roles.COURT, most);
        authority.setTargetAdminDelay(address(members), most);
        vm.expectRevert(why);
        authority.setGrantDelay(Roles.COURT, most + 1);
        vm.expectRevert(why);
        authority.setTargetAdminDelay(address(members), most + 1);
        vm.stopPrank();
    }

    function test_the_guardian_of_a_role_is_nobody_and_its_admin_is_the_dao() public view {
        for (uint64 role = Roles.FAST; role <= Roles.BRIDGE; role++) {
            vm.assertEq(authority.getRoleAdmin(role), Roles.ADMIN, "admin");
            vm.assertEq(authority.getRoleGuardian(role), Roles.ADMIN, "guardian");
        }
    }
}
