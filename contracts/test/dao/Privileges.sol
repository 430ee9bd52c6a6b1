// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {IMembers} from "../../src/dao/IMembers.sol";
import {IWeteeToken} from "../../src/dao/IWeteeToken.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {DaoNetwork} from "./DaoNetwork.sol";

/// @dev Every privileged function of the network, each with a call that means something and who alone may make it.
abstract contract Privileges is DaoNetwork {
    /// @dev Not a role of the authority: a timelock's own governor.
    uint64 internal constant GOVERNOR = 1_000;

    /// @param refusal the error by which the holder's call is refused all the same, in the state of the test; 0 when it succeeds
    struct Privilege {
        string contractName;
        address target;
        uint64 role;
        bytes4 refusal;
        bytes data;
    }

    Privilege[] internal privileges;

    function isUnauthorized(bytes memory returned) internal pure returns (bool) {
        bytes4 why = bytes4(returned);
        return why == IAccessManaged.AccessManagedUnauthorized.selector
            || why == IAccessManager.AccessManagerUnauthorizedAccount.selector
            || why == IAccessControl.AccessControlUnauthorizedAccount.selector;
    }

    function listPrivileges() internal {
        listNetwork();
        listCloud();
        listDao();
        listTrack(normal);
        listTrack(fast);
        listAuthority();
    }

    function add(string memory name, address target, uint64 role, bytes memory data) private {
        add(name, target, role, data, 0);
    }

    function add(string memory name, address target, uint64 role, bytes memory data, bytes4 refusal) private {
        privileges.push(Privilege(name, target, role, refusal, data));
    }

    function listNetwork() private {
        address q = address(quorum);
        uint64[] memory seats = new uint64[](2);
        (seats[0], seats[1]) = (1, 2);
        add("Quorum", q, Roles.ADMIN, abi.encodeCall(IQuorum.nameCommittee, (seats, 2)));
        add("Quorum", q, Roles.ADMIN, abi.encodeCall(IQuorum.reopen, ()), IQuorum.QuorumNotSilent.selector);
        add("Quorum", q, Roles.ADMIN, abi.encodeCall(IQuorum.setSubnet, (q)), IQuorum.AlreadySet.selector);
        add("Quorum", q, Roles.ADMIN, abi.encodeCall(IQuorum.setKeys, (address(keys), 1 days)));
        add("Quorum", q, Roles.ADMIN, abi.encodeCall(IQuorum.setRefreshSeconds, (1 hours)), IQuorum.KeysNotSet.selector);
        add("Keys", address(keys), Roles.ADMIN, abi.encodeCall(IKeys.setWindows, (keyWindows())));
        bytes4 noKey = IKeys.KeyUnknown.selector;
        add("Keys", address(keys), Roles.ADMIN, abi.encodeCall(IKeys.rotate, (1 days)), noKey);
        add("Keys", address(keys), Roles.ADMIN, abi.encodeCall(IKeys.endKey, (1)), noKey);

        address s = address(subnet);
        ISubnet.ReferenceStatus accepted = ISubnet.ReferenceStatus.Accepted;
        add("Subnet", s, Roles.ADMIN, abi.encodeCall(ISubnet.setCloud, (s)), ISubnet.AlreadySet.selector);
        add("Subnet", s, Roles.ADMIN, abi.encodeCall(ISubnet.setStakeRules, (stakeRules())));
        add("Subnet", s, Roles.ADMIN, abi.encodeCall(ISubnet.setTreasury, (OUTSIDER)));
        add("Subnet", s, Roles.ADMIN, abi.encodeCall(ISubnet.setReferenceValue, (1, "new agent", 2, accepted, 0)));
        bytes memory extend = abi.encodeCall(ISubnet.extendDeprecated, (1, AGENT, 1));
        add("Subnet", s, Roles.ADMIN, extend, ISubnet.ExtensionRefused.selector);
        add("Subnet", s, Roles.ADMIN, abi.encodeCall(ISubnet.denyPlatform, (MACHINE)));
        bytes memory floor = abi.encodeCall(ISubnet.raiseRevocationFloor, (ISubnet.Subject.Worker, bytes32(uint256(1))));
        add("Subnet", s, Roles.ADMIN, floor);
        add("Subnet", s, Roles.FAST, abi.encodeCall(ISubnet.revokeReference, (1, AGENT)));
        add("Subnet", s, Roles.SLASHER, abi.encodeCall(ISubnet.lockStake, (1, WORKER_ID, 1)));
        add("Subnet", s, Roles.SLASHER, abi.encodeCall(ISubnet.unlockStake, (1, WORKER_ID, 0, 0)));
        add("Subnet", s, Roles.SLASHER, abi.encodeCall(ISubnet.slashLocked, (1, WORKER_ID, 0, 0, OUTSIDER, 0)));
        add("Subnet", s, Roles.SLASHER, abi.encodeCall(ISubnet.slashNode, (3, OUTSIDER, 0)));

        address c = address(complaints);
        bytes4 unknown = IComplaints.ComplaintUnknown.selector;
        add("Complaints", c, Roles.COURT, abi.encodeCall(IComplaints.uphold, (1, 1, 1)), unknown);
        add("Complaints", c, Roles.COURT, abi.encodeCall(IComplaints.rejectFrivolous, (1)), unknown);
        add("Complaints", c, Roles.ADMIN, abi.encodeCall(IComplaints.setRules, (complaintRules())));
        add("Misconduct", address(misconduct), Roles.ADMIN, abi.encodeCall(IMisconduct.setReward, (1)));
    }

    function listCloud() private {
        address c = address(cloud);
        add("Cloud", c, Roles.ADMIN, abi.encodeCall(ICloud.setParameters, (parameters())));
        add("Cloud", c, Roles.ADMIN, abi.encodeCall(ICloud.setTreasury, (OUTSIDER)));
        add("Cloud", c, Roles.ADMIN, abi.encodeCall(ICloud.setAsset, (address(token), true, 1e8)));
        add("Cloud", c, Roles.FAST, abi.encodeCall(ICloud.pauseNewLeases, (1)));
        add("Apis", address(apis), Roles.ADMIN, abi.encodeCall(IApis.setLimits, (apiLimits())));
        add("Bridge", address(bridge), Roles.ADMIN, abi.encodeCall(IBridge.setParameters, (bridgeParameters())));
        bytes memory forwarding = abi.encodeCall(IForwarder.setParameters, (forwarderParameters()));
        add("Forwarder", address(forwarder), Roles.ADMIN, forwarding);
    }

    function listDao() private {
        add("WeteeToken", address(token), Roles.ADMIN, abi.encodeCall(IWeteeToken.issue, (OUTSIDER, 1)));
        add("Members", address(members), Roles.ADMIN, abi.encodeCall(IMembers.add, (OUTSIDER)));
        add("Members", address(members), Roles.ADMIN, abi.encodeCall(IMembers.remove, (MEMBER)));
        add("Members", address(members), Roles.ADMIN, abi.encodeCall(IMembers.setPublicJoin, (true)));
    }

    function listTrack(WeteeGovernor track) private {
        address g = address(track);
        string memory name = "WeteeGovernor";
        add(name, g, Roles.ADMIN, abi.encodeCall(GovernorSettings.setVotingDelay, (1)));
        add(name, g, Roles.ADMIN, abi.encodeCall(GovernorSettings.setVotingPeriod, (1 hours)));
        add(name, g, Roles.ADMIN, abi.encodeCall(GovernorSettings.setProposalThreshold, (1)));
        add(name, g, Roles.ADMIN, abi.encodeCall(GovernorVotesQuorumFraction.updateQuorumNumerator, (1)));
        add(name, g, Roles.ADMIN, abi.encodeCall(GovernorPreventLateQuorum.setLateQuorumVoteExtension, (1)));
        add(name, g, Roles.ADMIN, abi.encodeCall(Governor.relay, (OUTSIDER, 0, "")));
        address t = track.timelock();
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(single(OUTSIDER, 0, ""));
        add("Timelock", t, Roles.ADMIN, abi.encodeCall(TimelockController.updateDelay, (1 hours)));
        bytes memory one = abi.encodeCall(TimelockController.schedule, (OUTSIDER, 0, "", 0, 0, 14 days));
        add("Timelock", t, GOVERNOR, one);
        bytes memory batch = abi.encodeCall(TimelockController.scheduleBatch, (targets, values, datas, 0, 0, 14 days));
        add("Timelock", t, GOVERNOR, batch);
        bytes memory cancel = abi.encodeCall(TimelockController.cancel, ("none"));
        add("Timelock", t, GOVERNOR, cancel, TimelockController.TimelockUnexpectedOperationState.selector);
    }

    function listAuthority() private {
        address a = address(authority);
        string memory name = "Authority";
        bytes4[] memory selectors = new bytes4[](1);
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.labelRole, (Roles.COURT, "court")));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.grantRole, (Roles.COURT, OUTSIDER, 0)));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.revokeRole, (Roles.COURT, address(treasury))));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.setRoleAdmin, (Roles.COURT, Roles.ADMIN)));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.setRoleGuardian, (Roles.COURT, Roles.ADMIN)));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.setGrantDelay, (Roles.COURT, 1 days)));
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.setTargetAdminDelay, (address(cloud), 1 days)));
        bytes memory map = abi.encodeCall(IAccessManager.setTargetFunctionRole, (address(cloud), selectors, 1));
        add(name, a, Roles.ADMIN, map);
        add(name, a, Roles.ADMIN, abi.encodeCall(IAccessManager.setTargetClosed, (address(cloud), true)));
        bytes memory move = abi.encodeCall(IAccessManager.updateAuthority, (address(cloud), address(token)));
        add(name, a, Roles.ADMIN, move);
    }
}
