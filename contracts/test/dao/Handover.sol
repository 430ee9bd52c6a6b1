// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";

/// @title Handover: the calls by which the deployer gives the network to the DAO
/// @notice deploy.ts sends the same calls: the roles as one `Authority.multicall`, then ADMIN's grant and the deployer's renouncement
/// as another, so that nobody ever sees half of it. Before them the deployer, as first ADMIN, has linked the contracts
/// (`Quorum.setSubnet`, `Subnet.setCloud`) and set what a network starts with (reference values, committee, assets). After them
/// the normal timelock is the only ADMIN.
library Handover {
    struct Network {
        address deployer;
        address normalTimelock;
        address fastTimelock;
        address cloud;
        address subnet;
        address complaints;
        address misconduct;
    }

    function calls(Network memory n) internal pure returns (bytes[] memory list) {
        list = new bytes[](11);
        list[0] = map(n.cloud, selectors(ICloud.pauseNewLeases.selector), Roles.FAST);
        list[1] = map(n.subnet, selectors(ISubnet.revokeReference.selector), Roles.FAST);
        list[2] = map(n.subnet, stakeSelectors(), Roles.SLASHER);
        list[3] = map(n.complaints, courtSelectors(), Roles.COURT);
        list[4] = grant(Roles.FAST, n.fastTimelock);
        list[5] = grant(Roles.FAST, n.normalTimelock);
        list[6] = grant(Roles.SLASHER, n.complaints);
        list[7] = grant(Roles.SLASHER, n.misconduct);
        list[8] = grant(Roles.COURT, n.normalTimelock);
        list[9] = grant(Roles.ADMIN, n.normalTimelock);
        list[10] = abi.encodeCall(IAccessManager.renounceRole, (Roles.ADMIN, n.deployer));
    }

    function stakeSelectors() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](4);
        list[0] = ISubnet.lockStake.selector;
        list[1] = ISubnet.unlockStake.selector;
        list[2] = ISubnet.slashLocked.selector;
        list[3] = ISubnet.slashNode.selector;
    }

    function courtSelectors() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](2);
        list[0] = IComplaints.uphold.selector;
        list[1] = IComplaints.rejectFrivolous.selector;
    }

    function selectors(bytes4 one) internal pure returns (bytes4[] memory list) {
        list = new bytes4[](1);
        list[0] = one;
    }

    function map(address target, bytes4[] memory list, uint64 role) internal pure returns (bytes memory) {
        return abi.encodeCall(IAccessManager.setTargetFunctionRole, (target, list, role));
    }

    function grant(uint64 role, address account) internal pure returns (bytes memory) {
        return abi.encodeCall(IAccessManager.grantRole, (role, account, 0));
    }
}
