// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IComplaints} from "../discipline/IComplaints.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ILens} from "./ILens.sol";

/// @title Lens: joins the records of the Cloud, the Subnet, the Quorum and Complaints for readers
contract Lens is ILens {
    uint64 private constant MAX_PAGE = 100;
    uint64 private constant MAX_ROWS = 200;
    uint16 private constant WORKER = uint16(ISubnet.Role.Worker);
    uint16 private constant DSECRET = uint16(ISubnet.Role.Dsecret);

    ICloud public immutable cloud;
    ISubnet public immutable subnet;
    IQuorum public immutable quorum;
    IComplaints public immutable complaints;

    constructor(ICloud cloud_, ISubnet subnet_, IQuorum quorum_, IComplaints complaints_) {
        cloud = cloud_;
        subnet = subnet_;
        quorum = quorum_;
        complaints = complaints_;
    }

    function app(uint64 appId) external view returns (AppView memory) {
        return _app(appId);
    }

    function apps(uint64 first, uint64 count) external view returns (AppView[] memory page) {
        page = new AppView[](_size(first, count, cloud.appCount(), MAX_PAGE));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _app(first + i);
        }
    }

    function appRows(uint64 first, uint64 count) external view returns (AppRow[] memory page) {
        page = new AppRow[](_size(first, count, cloud.appCount(), MAX_ROWS));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _row(first + i);
        }
    }

    function appRowsOf(address owner, uint256 first, uint256 count) external view returns (AppRow[] memory) {
        return _rows(cloud.appsOf(owner, first, count));
    }

    function appRowsOn(uint64 workerId, uint256 first, uint256 count) external view returns (AppRow[] memory) {
        return _rows(cloud.appsOn(workerId, first, count));
    }

    function workers(address asset, uint64 first, uint64 count) external view returns (WorkerView[] memory page) {
        page = new WorkerView[](_size(first, count, subnet.workerCount(), MAX_PAGE));
        for (uint64 i = 0; i < page.length; i++) {
            uint64 workerId = first + i;
            WorkerView memory w = page[i];
            w.workerId = workerId;
            w.worker = subnet.worker(workerId);
            w.offer = subnet.offer(workerId, asset);
            w.stake = subnet.stake(WORKER, workerId);
            w.requiredStakeWei = subnet.requiredStakeWei(WORKER, workerId);
            (w.machineUntil, w.platformId) = subnet.liveProof(WORKER, workerId);
            w.apps = cloud.appsOnCount(workerId);
        }
    }

    function nodes(uint64 first, uint64 count) external view returns (NodeView[] memory page) {
        page = new NodeView[](_size(first, count, subnet.nodeCount(), MAX_PAGE));
        for (uint64 i = 0; i < page.length; i++) {
            uint64 nodeId = first + i;
            NodeView memory n = page[i];
            n.nodeId = nodeId;
            n.node = subnet.node(nodeId);
            n.stake = subnet.stake(DSECRET, nodeId);
            n.requiredStakeWei = subnet.requiredStakeWei(DSECRET, nodeId);
            (n.machineUntil, n.platformId) = subnet.liveProof(DSECRET, nodeId);
            n.vendor = subnet.vendorOf(nodeId);
            n.seated = quorum.isSeated(nodeId);
        }
    }

    function network() external view returns (Network memory n) {
        n.kind = subnet.kind();
        n.simulated = subnet.simulated();
        n.trustStoreDigest = subnet.trustStoreDigest();
        n.workerCount = subnet.workerCount();
        n.nodeCount = subnet.nodeCount();
        n.appCount = cloud.appCount();
        n.complaintCount = complaints.complaintCount();
        n.activeEpoch = quorum.activeEpoch();
        n.latestEpoch = quorum.latestEpoch();
        n.lastSignedAt = quorum.lastSignedAt();
        n.genesisOpen = quorum.genesisOpen();
        n.minOwners = quorum.minOwners();
        n.minVendors = quorum.minVendors();
        n.nodeProofSeconds = subnet.nodeProofSeconds();
        n.referenceDelaySeconds = subnet.referenceDelaySeconds();
        n.unbondingSeconds = subnet.unbondingSeconds();
        n.newLeasesPausedUntil = cloud.newLeasesPausedUntil();
        n.treasury = cloud.treasury();
        n.parameters = cloud.parameters();
        n.stakeRules = subnet.stakeRules();
        n.complaintRules = complaints.rules();
    }

    function _rows(uint64[] memory ids) private view returns (AppRow[] memory page) {
        page = new AppRow[](ids.length);
        for (uint256 i = 0; i < ids.length; i++) {
            page[i] = _row(ids[i]);
        }
    }

    function _row(uint64 appId) private view returns (AppRow memory r) {
        ICloud.App memory a = cloud.app(appId);
        r.appId = appId;
        (r.owner, r.state, r.name, r.asset) = (a.owner, a.state, a.name, a.asset);
        (r.replicas, r.currentVersion, r.pendingVersion) = (a.replicas, a.currentVersion, a.pendingVersion);
        (r.createdAt, r.escrowWei, r.paidWei) = (a.createdAt, a.escrowWei, a.paidWei);
        uint32 number = a.currentVersion == 0 ? a.pendingVersion : a.currentVersion;
        ICloud.Version memory version = cloud.version(appId, number);
        (r.workerId, r.weiPerSecond) = (version.workerId, version.weiPerSecond);
        (, r.unsettledWei) = cloud.unsettled(appId);
    }

    function _app(uint64 appId) private view returns (AppView memory v) {
        v.appId = appId;
        v.app = cloud.app(appId);
        v.current = cloud.version(appId, v.app.currentVersion);
        v.pending = cloud.version(appId, v.app.pendingVersion);
        v.rules = cloud.rules(appId);
        v.configuration = cloud.configuration(appId);
        v.openComplaintId = complaints.openComplaintOf(appId);
        (v.unsettledSeconds, v.unsettledWei) = cloud.unsettled(appId);
        uint256 rentWei = v.current.weiPerSecond * v.app.replicas;
        if (rentWei != 0) v.fundedSeconds = uint64((v.app.escrowWei - v.unsettledWei) / rentWei);
    }

    /// @dev How many records from id `first` exist, at most a page.
    function _size(uint64 first, uint64 count, uint64 total, uint64 most) private pure returns (uint64) {
        if (first == 0 || first > total) return 0;
        uint64 left = total - first + 1;
        uint64 size = count > most ? most : count;
        return size > left ? left : size;
    }
}
