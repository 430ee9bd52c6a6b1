// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";
import {Dao} from "./DaoFixture.sol";
import {Handover} from "./Handover.sol";

/// @dev The whole network as deployed, handed over to the DAO by the calls that deploy.ts sends.
abstract contract DaoNetwork is Fixture, Dao {
    IComplaints internal complaints;
    IMisconduct internal misconduct;
    /// @dev Made for the network, and not linked: its committee begins without a session.
    IKeys internal keys;
    IApis internal apis;
    IBridge internal bridge;
    IForwarder internal forwarder;

    function setUp() public virtual override {
        super.setUp();
        bytes[] memory calls = Handover.calls(
            Handover.Network({
                deployer: DEPLOYER,
                normalTimelock: address(treasury),
                fastTimelock: address(fastTimelock),
                cloud: address(cloud),
                subnet: address(subnet),
                complaints: address(complaints),
                misconduct: address(misconduct)
            })
        );
        vm.prank(DEPLOYER);
        authority.multicall(calls);
    }

    function deployContracts(ISubnet.NetworkKind kind, uint16 minOwners, uint16 minVendors) internal override {
        deployDao();
        manager = AccessManager(address(authority));
        quorum = IQuorum(deploy("Quorum", abi.encode(manager, minOwners, minVendors)));
        subnet = deploySubnet(settings(kind));
        vm.startPrank(DEPLOYER);
        quorum.setSubnet(address(subnet));
        subnet.setTreasury(address(treasury));
        subnet.setReferenceValue(1, AGENT, 1, ISubnet.ReferenceStatus.Accepted, 0);
        subnet.setReferenceValue(2, NODE_IMAGE, 1, ISubnet.ReferenceStatus.Accepted, 0);
        vm.stopPrank();
        linkCloud();
        vm.prank(DEPLOYER);
        cloud.setTreasury(address(treasury));
        complaints = IComplaints(deploy("Complaints", abi.encode(manager, cloud, subnet, complaintRules())));
        misconduct = IMisconduct(deploy("Misconduct", abi.encode(manager, subnet, quorum, 500)));
        apis = IApis(deploy("Apis", abi.encode(manager, cloud, apiLimits())));
        bridge = IBridge(deploy("Bridge", abi.encode(manager, apis, bridgeParameters())));
        forwarder = IForwarder(deploy("Forwarder", abi.encode(manager, cloud, forwarderParameters())));
        keys = IKeys(deploy("Keys", abi.encode(manager, subnet, quorum, keyWindows())));
    }

    function apiLimits() internal pure returns (IApis.Limits memory) {
        return IApis.Limits({maxCallbackGas: 1_000_000, maxTimeoutSeconds: 1 days});
    }

    function bridgeParameters() internal pure returns (IBridge.Parameters memory) {
        return IBridge.Parameters({gasPriceWei: 1e9, overheadGas: 250_000, triggerGas: 250_000, reserveGas: 100_000});
    }

    function forwarderParameters() internal pure returns (IForwarder.Parameters memory) {
        return IForwarder.Parameters({gasPriceWei: 1e9, overheadGas: 150_000, reserveGas: 100_000, maxGas: 5_000_000});
    }

    function keyWindows() internal pure returns (IKeys.Windows memory) {
        return IKeys.Windows(900, 900, 900, 900, 900, 900);
    }

    function complaintRules() internal pure returns (IComplaints.Rules memory) {
        return IComplaints.Rules({
            bondWei: 0.1 ether, reachSeconds: UNBONDING, answerSeconds: 3 days, decisionSeconds: 14 days
        });
    }
}
