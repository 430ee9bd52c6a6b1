// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IComplaints} from "../discipline/IComplaints.sol";

/// @title Lens: what consoles and daemons read, many records joined in one call
/// @notice Keeps nothing and may be replaced at any time. Pages hold at most 100 records, of `appRows` 200, whatever is asked for;
/// amounts and times are those of the contracts that they come from.
interface ILens {
    /// @param pending empty (workerId 0) without a pending version
    /// @param unsettledSeconds attested and not yet paid, all replicas
    /// @param unsettledWei what of it the escrow pays
    /// @param fundedSeconds how long the escrow lasts for all replicas once that is paid
    /// @param openComplaintId 0 without one
    struct AppView {
        uint64 appId;
        ICloud.App app;
        ICloud.Version current;
        ICloud.Version pending;
        ICloud.Rules rules;
        ICloud.Configuration configuration;
        uint64 unsettledSeconds;
        uint256 unsettledWei;
        uint64 fundedSeconds;
        uint64 openComplaintId;
    }

    /// @notice What lists show of an application: a quarter of an `AppView`.
    /// @param workerId of its current version; before there is one, of its pending one
    /// @param weiPerSecond rent of a replica of that version
    /// @param unsettledWei what the escrow pays of what is attested and not yet paid
    struct AppRow {
        uint64 appId;
        address owner;
        ICloud.AppState state;
        bytes32 name;
        address asset;
        uint16 replicas;
        uint32 currentVersion;
        uint32 pendingVersion;
        uint64 createdAt;
        uint256 escrowWei;
        uint256 paidWei;
        uint64 workerId;
        uint256 weiPerSecond;
        uint256 unsettledWei;
    }

    /// @param offer in the asset that was asked for; prices all zero where the worker does not take it
    /// @param platformId machine that it proved last
    /// @param machineUntil end of the live proof of that machine, 0 without one
    /// @param apps how many run, are paused or about to arrive there
    struct WorkerView {
        uint64 workerId;
        ISubnet.Worker worker;
        ISubnet.Offer offer;
        ISubnet.Stake stake;
        uint256 requiredStakeWei;
        bytes32 platformId;
        uint64 machineUntil;
        uint256 apps;
    }

    /// @param machineUntil end of the live NodeProof, 0 without one
    /// @param vendor 1 Intel, 2 AMD, 3 AWS, 0 unproven
    /// @param seated whether a committee that counts, or the one named next, seats it
    struct NodeView {
        uint64 nodeId;
        ISubnet.Node node;
        ISubnet.Stake stake;
        uint256 requiredStakeWei;
        bytes32 platformId;
        uint64 machineUntil;
        uint8 vendor;
        bool seated;
    }

    struct Network {
        ISubnet.NetworkKind kind;
        bool simulated;
        bytes32 trustStoreDigest;
        uint64 workerCount;
        uint64 nodeCount;
        uint64 appCount;
        uint64 complaintCount;
        uint64 activeEpoch;
        uint64 latestEpoch;
        uint64 lastSignedAt;
        bool genesisOpen;
        uint16 minOwners;
        uint16 minVendors;
        uint64 nodeProofSeconds;
        uint64 referenceDelaySeconds;
        uint64 unbondingSeconds;
        uint64 newLeasesPausedUntil;
        address treasury;
        ICloud.Parameters parameters;
        ISubnet.StakeRules stakeRules;
        IComplaints.Rules complaintRules;
    }

    /// @notice The Cloud that is read.
    function cloud() external view returns (ICloud);
    /// @notice The Subnet that is read.
    function subnet() external view returns (ISubnet);
    /// @notice The Quorum that is read.
    function quorum() external view returns (IQuorum);
    /// @notice The Complaints that are read.
    function complaints() external view returns (IComplaints);
    /// @notice An application with its leases and money, at once.
    function app(uint64 appId) external view returns (AppView memory);
    /// @notice By id, from 1.
    function apps(uint64 first, uint64 count) external view returns (AppView[] memory);
    /// @notice By id, from 1; at most 200.
    function appRows(uint64 first, uint64 count) external view returns (AppRow[] memory);
    /// @notice By place in the list of their owner, from 0.
    function appRowsOf(address owner, uint256 first, uint256 count) external view returns (AppRow[] memory);
    /// @notice By place in the list of their worker, from 0; those about to arrive by migration included.
    function appRowsOn(uint64 workerId, uint256 first, uint256 count) external view returns (AppRow[] memory);
    /// @notice By id, from 1, with their offers in an asset (0 native DOT).
    function workers(address asset, uint64 first, uint64 count) external view returns (WorkerView[] memory);
    /// @notice By id, from 1.
    function nodes(uint64 first, uint64 count) external view returns (NodeView[] memory);
    /// @notice Counts, parameters and committee of the whole network, at once.
    function network() external view returns (Network memory);
}
