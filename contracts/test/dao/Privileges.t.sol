// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {vm} from "../Vm.sol";
import {Call} from "./DaoFixture.sol";
import {Privileges} from "./Privileges.sol";
import {Records, records} from "./Records.sol";

/// @dev After the hand-over no key but the DAO's changes anything: every privileged function is tried by everybody.
contract PrivilegesTest is Privileges {
    Records.Log[] private grants;

    function setUp() public override {
        records.recordLogs();
        super.setUp();
        Records.Log[] memory logs = records.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == IAccessManager.RoleGranted.selector) grants.push(logs[i]);
        }
        listPrivileges();
    }

    // -- who holds what

    function mayCall(Privilege memory p, address caller) private view returns (bool) {
        if (p.role == GOVERNOR) return caller == address(p.target == address(treasury) ? normal : fast);
        (bool isMember,) = authority.hasRole(p.role, caller);
        return isMember;
    }

    function callers() private view returns (address[] memory list) {
        list = new address[](17);
        (list[0], list[1], list[2], list[3]) = (DEPLOYER, OUTSIDER, GUARDIAN, MEMBER);
        (list[4], list[5], list[6], list[7]) = (holders[0], address(normal), address(fast), address(fastTimelock));
        (list[8], list[9], list[10]) = (address(treasury), address(cloud), address(subnet));
        (list[11], list[12], list[13]) = (address(quorum), address(complaints), address(misconduct));
        (list[14], list[15], list[16]) = (WORKER_OWNER, address(this), address(keys));
    }

    function test_after_the_hand_over_each_role_has_exactly_its_holders() public view {
        vm.assertEq(authority.admins(), 1, "admins");
        for (uint256 i = 0; i < grants.length; i++) {
            uint64 role = uint64(uint256(grants[i].topics[1]));
            address account = address(uint160(uint256(grants[i].topics[2])));
            bool expected = (role == Roles.ADMIN || role == Roles.FAST || role == Roles.COURT)
                ? account == address(treasury) || (role == Roles.FAST && account == address(fastTimelock))
                : role == Roles.SLASHER && (account == address(complaints) || account == address(misconduct));
            (bool isMember, uint32 delay) = authority.hasRole(role, account);
            vm.assertTrue(isMember == expected && delay == 0, "another holder");
        }
        vm.assertEq(grants.length, 7, "grants: the deployer's, and six of the hand-over");
    }

    function test_everybody_without_the_role_is_refused_every_privileged_function() public {
        address[] memory list = callers();
        for (uint256 i = 0; i < privileges.length; i++) {
            Privilege memory p = privileges[i];
            for (uint256 j = 0; j < list.length; j++) {
                if (mayCall(p, list[j])) continue;
                vm.prank(list[j]);
                (bool taken, bytes memory returned) = p.target.call(p.data);
                vm.assertTrue(!taken && isUnauthorized(returned), describe(p, list[j]));
            }
        }
    }

    function test_the_dao_reaches_by_proposal_all_that_is_its_own() public {
        for (uint256 i = 0; i < privileges.length; i++) {
            Privilege memory p = privileges[i];
            if (!mayCall(p, address(treasury))) {
                vm.assertTrue(p.role == Roles.SLASHER || p.role == GOVERNOR, describe(p, address(treasury)));
                continue;
            }
            uint256 id = records.snapshotState();
            requireReached(p, normal);
            records.revertToState(id);
        }
    }

    function test_the_fast_track_reaches_by_proposal_its_two_functions_and_nothing_else() public {
        uint256 reached;
        for (uint256 i = 0; i < privileges.length; i++) {
            Privilege memory p = privileges[i];
            uint256 id = records.snapshotState();
            if (mayCall(p, address(fastTimelock))) {
                bytes4 selector = bytes4(p.data);
                vm.assertTrue(
                    selector == cloud.pauseNewLeases.selector || selector == subnet.revokeReference.selector, "a third"
                );
                requireReached(p, fast);
                reached++;
            } else {
                (bool taken, bytes memory returned) = byProposal(p, fast);
                vm.assertTrue(!taken && isUnauthorized(returned), describe(p, address(fastTimelock)));
            }
            records.revertToState(id);
        }
        vm.assertEq(reached, 2, "two functions");
    }

    function test_stakes_are_in_the_hands_of_complaints_and_misconduct_alone() public {
        address[2] memory slashers = [address(complaints), address(misconduct)];
        for (uint256 i = 0; i < privileges.length; i++) {
            Privilege memory p = privileges[i];
            if (p.role != Roles.SLASHER) continue;
            for (uint256 j = 0; j < 2; j++) {
                uint256 id = records.snapshotState();
                vm.prank(slashers[j]);
                (bool taken,) = p.target.call(p.data);
                vm.assertTrue(taken, describe(p, slashers[j]));
                records.revertToState(id);
            }
        }
    }

    function test_a_court_that_the_dao_names_decides_until_it_takes_the_name_back() public {
        bytes memory decide = abi.encodeWithSelector(complaints.rejectFrivolous.selector, 1);
        pass(address(authority), abi.encodeCall(IAccessManager.grantRole, (Roles.COURT, OUTSIDER, 0)));
        vm.prank(OUTSIDER);
        (bool taken, bytes memory returned) = address(complaints).call(decide);
        vm.assertTrue(!taken && !isUnauthorized(returned), "named");
        pass(address(authority), abi.encodeCall(IAccessManager.revokeRole, (Roles.COURT, OUTSIDER)));
        vm.prank(OUTSIDER);
        (, returned) = address(complaints).call(decide);
        vm.assertTrue(isUnauthorized(returned), "taken back");
    }

    function test_only_the_authority_itself_moves_a_contract_to_another_one() public {
        address[] memory list = callers();
        address[9] memory targets = [
            address(quorum),
            address(keys),
            address(subnet),
            address(cloud),
            address(complaints),
            address(misconduct),
            address(token),
            address(normal),
            address(treasury)
        ];
        for (uint256 i = 0; i < targets.length; i++) {
            vm.assertTrue(IAccessManaged(targets[i]).authority() == address(authority), "authority");
            for (uint256 j = 0; j < list.length; j++) {
                vm.prank(list[j]);
                vm.expectRevert(unauthorized(list[j]));
                IAccessManaged(targets[i]).setAuthority(address(token));
            }
        }
    }

    // -- proposals

    function requireReached(Privilege memory p, WeteeGovernor track) private {
        (bool taken, bytes memory returned) = byProposal(p, track);
        vm.assertTrue(p.refusal == 0 ? taken : !taken && bytes4(returned) == p.refusal, describe(p, track.timelock()));
    }

    function byProposal(Privilege memory p, WeteeGovernor track) private returns (bool, bytes memory) {
        string memory description = text();
        Call[] memory calls = single(p.target, 0, p.data);
        bringToExecution(track, calls, description);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        bytes memory execution =
            abi.encodeCall(IGovernor.execute, (targets, values, datas, keccak256(bytes(description))));
        return address(track).call(execution);
    }

    function describe(Privilege memory p, address caller) private pure returns (string memory) {
        bytes memory selector = abi.encodePacked(bytes4(p.data));
        return string.concat(
            p.contractName, " ", records.toString(selector), " by ", records.toString(abi.encodePacked(caller))
        );
    }
}
