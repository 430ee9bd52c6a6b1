// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Administered} from "../dao/Administered.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "./ISubnet.sol";

/// @title SubnetState: what the network was created with, who is registered, and the checks its parts have in common
abstract contract SubnetState is ISubnet, Administered {
    uint256 internal constant MAX_PAGE = 100;
    uint256 internal constant MAX_BATCH = 64;
    uint256 internal constant MAX_ENDPOINT_BYTES = 128;
    uint256 internal constant ENCRYPTION_KEY_BYTES = 33;
    uint16 internal constant WORKER = uint16(Role.Worker);
    uint16 internal constant DSECRET = uint16(Role.Dsecret);

    NetworkKind public immutable kind;
    bool public immutable simulated;
    bytes32 public immutable trustStoreDigest;
    uint64 public immutable nodeProofSeconds;
    uint64 public immutable referenceDelaySeconds;
    uint128 public immutable minWorkerStakeWei;
    uint128 public immutable minNodeStakeWei;
    IQuorum public immutable quorum;
    address public cloud;

    uint64 public workerCount;
    uint64 public nodeCount;
    mapping(uint64 workerId => Worker) internal _workers;
    mapping(uint64 nodeId => Node) internal _nodes;
    /// @dev Raised when a worker's operator or a node's keys change: proofs of an older generation have lapsed.
    mapping(uint16 role => mapping(uint64 nodeId => uint32)) internal _generations;

    constructor(address admin, IQuorum quorum_, Settings memory settings) Administered(admin) {
        if (address(quorum_) == address(0)) revert ZeroAddress();
        if (settings.trustStoreDigest == 0) revert ZeroDigest();
        if (settings.nodeProofSeconds == 0) revert SettingInvalid("nodeProofSeconds");
        if (settings.kind == NetworkKind.Live && settings.simulated) revert SettingInvalid("simulated");
        quorum = quorum_;
        kind = settings.kind;
        simulated = settings.simulated;
        trustStoreDigest = settings.trustStoreDigest;
        nodeProofSeconds = settings.nodeProofSeconds;
        referenceDelaySeconds = settings.referenceDelaySeconds;
        minWorkerStakeWei = settings.minWorkerStakeWei;
        minNodeStakeWei = settings.minNodeStakeWei;
    }

    function setCloud(address cloud_) external onlyOwner {
        if (cloud != address(0)) revert AlreadySet();
        if (cloud_ == address(0)) revert ZeroAddress();
        cloud = cloud_;
        emit CloudSet(cloud_);
    }

    function _workerOf(uint64 workerId) internal view returns (Worker storage) {
        if (workerId == 0 || workerId > workerCount) revert WorkerUnknown(workerId);
        return _workers[workerId];
    }

    function _nodeOf(uint64 nodeId) internal view returns (Node storage) {
        if (nodeId == 0 || nodeId > nodeCount) revert NodeUnknown(nodeId);
        return _nodes[nodeId];
    }

    function _requireEndpoint(string calldata endpoint) internal pure {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT_BYTES) revert EndpointLength(length);
    }

    /// @dev How many of `count` records from id `first` exist, at most a page.
    function _pageSize(uint64 first, uint64 count, uint64 total) internal pure returns (uint256) {
        if (first == 0 || first > total) return 0;
        uint256 size = count > MAX_PAGE ? MAX_PAGE : count;
        uint256 left = uint256(total) - first + 1;
        return size > left ? left : size;
    }
}
