// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";

/// @title Subnet: who takes part (workers, dsecret nodes), with which machines, stakes and reference values
interface ISubnet {
    enum NetworkKind {
        Development,
        Test,
        Live
    }
    enum Role {
        None,
        Worker,
        Dsecret
    }
    enum ReferenceStatus {
        None,
        Accepted,
        Deprecated,
        Revoked
    }
    /// @dev What a revocation floor is about.
    enum Subject {
        None,
        Key,
        Platform,
        Measurement,
        Worker,
        Application
    }

    /// @notice Prices of a worker; wei per second (18 decimals) per unit.
    struct Prices {
        uint128 cpuMilli;
        uint128 memoryMiB;
        uint128 diskMiB;
        uint128 gpu;
    }
    /// @notice Amounts of what a machine has or an application takes.
    struct Resources {
        uint32 cpuMilli;
        uint32 memoryMiB;
        uint32 diskMiB;
        uint16 gpu;
    }
    /// @param teeClasses bit 0 TDX, bit 1 SEV-SNP, bit 2 SGX
    struct Worker {
        address owner;
        address operator;
        uint8 level;
        uint8 teeClasses;
        bool open;
        uint128 stakeWei;
        Prices prices;
        Resources capacity;
        Resources reserved;
        string endpoint;
    }
    struct Node {
        address owner;
        address operator;
        address statementKey;
        bytes32 tlsKeyHash;
        uint128 stakeWei;
        string endpoint;
        bytes encryptionKey;
    }
    /// @notice A machine's own evidence, as appraised by the quorum (docs/reference/bindings.md).
    struct NodeProof {
        uint16 role;
        uint64 nodeId;
        bytes32 platformId;
        address statementKey;
        bytes encryptionKey;
        bytes32 tlsKeyHash;
        bytes32 measurementId;
        uint64 evidenceBlock;
        uint64 notBefore;
        uint64 notAfter;
        bytes32 evidenceDigest;
    }
    struct Platform {
        Role role;
        uint64 nodeId;
        uint64 notAfter;
        bool denied;
    }
    struct Reference {
        ReferenceStatus status;
        uint64 validFrom;
        uint64 until;
    }

    event WorkerRegistered(uint64 indexed workerId, address indexed owner, address operator, string endpoint);
    event WorkerUpdated(uint64 indexed workerId);
    event WorkerOperatorChanged(uint64 indexed workerId, address operator);
    event NodeRegistered(uint64 indexed nodeId, address indexed owner, address statementKey, string endpoint);
    event NodeKeysChanged(uint64 indexed nodeId, address statementKey, bytes32 tlsKeyHash);
    event StakeAdded(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei);
    event NodeProven(uint16 indexed role, uint64 indexed nodeId, bytes32 indexed platformId, uint64 notAfter, bytes32 evidenceDigest);
    event ReferenceValueSet(uint16 indexed role, bytes32 indexed measurementId, ReferenceStatus status, uint64 validFrom, uint64 until);
    event PlatformDenied(bytes32 indexed platformId);
    event RevocationFloorRaised(Subject indexed subject, bytes32 indexed id, uint64 blockNumber);
    event Reserved(uint64 indexed workerId, uint64 indexed appId);
    event Released(uint64 indexed workerId, uint64 indexed appId);

    error NotOwner(address caller);
    error NotCloud(address caller);
    error WorkerUnknown(uint64 workerId);
    error NodeUnknown(uint64 nodeId);
    error StakeTooLow(uint256 givenWei, uint256 minimumWei);
    error ZeroAddress();
    error ZeroDigest();
    error EndpointLength(uint256 length);
    error EncryptionKeyLength(uint256 length);
    error PriceZero();
    error CapacityZero();
    error CapacityBelowReserved();
    error CapacityExceeded(uint64 workerId);
    error WorkerClosed(uint64 workerId);
    error ReferenceNotAccepted(bytes32 measurementId);
    error ProofKeysWrong(uint16 role, uint64 nodeId);
    error ProofExpired(uint64 notAfter);
    error ProofLifetime(uint64 notBefore, uint64 notAfter);
    error ProofBelowFloor(Subject subject);
    error PlatformTaken(bytes32 platformId, uint16 role, uint64 nodeId);
    error PlatformIsDenied(bytes32 platformId);
    error StatementKeyTaken(address key);
    error AlreadySet();
    error BatchSize(uint256 size);

    // -- the network, fixed at creation
    function kind() external view returns (NetworkKind);
    function simulated() external view returns (bool);
    function trustStoreDigest() external view returns (bytes32);
    function nodeProofSeconds() external view returns (uint64);
    function quorum() external view returns (IQuorum);
    function cloud() external view returns (address);

    // -- workers
    function registerWorker(address operator, uint8 level, uint8 teeClasses, Prices calldata prices, Resources calldata capacity, string calldata endpoint)
        external payable returns (uint64 workerId);
    /// @notice Owner or operator. Capacity may not fall below what is reserved. Prices bind new versions only.
    function updateWorker(uint64 workerId, bool open, Prices calldata prices, Resources calldata capacity, string calldata endpoint) external;
    function setOperator(uint64 workerId, address operator) external;
    function addWorkerStake(uint64 workerId) external payable;
    function worker(uint64 workerId) external view returns (Worker memory);
    function workerCount() external view returns (uint64);
    /// @notice At most 100 from `first` (ids start at 1).
    function workers(uint64 first, uint64 count) external view returns (Worker[] memory);

    // -- dsecret nodes
    function registerNode(address operator, address statementKey, bytes calldata encryptionKey, bytes32 tlsKeyHash, string calldata endpoint)
        external payable returns (uint64 nodeId);
    /// @notice New keys of a node (owner or operator); its NodeProof lapses until proven again.
    function setNodeKeys(uint64 nodeId, address statementKey, bytes calldata encryptionKey, bytes32 tlsKeyHash, string calldata endpoint) external;
    function node(uint64 nodeId) external view returns (Node memory);
    function nodeCount() external view returns (uint64);
    function nodes(uint64 first, uint64 count) external view returns (Node[] memory);

    // -- proofs of machines
    /// @notice Takes a batch of NodeProofs signed by a quorum. Before the first epoch is active the named committee's registered keys count.
    function proveNodes(NodeProof[] calldata proofs, IQuorum.Signed calldata signed) external;
    function platform(bytes32 platformId) external view returns (Platform memory);
    /// @notice The node's live proof: end of it (0 when none) and its platform.
    function liveProof(uint16 role, uint64 nodeId) external view returns (uint64 notAfter, bytes32 platformId);
    /// @notice True when `platformId` is proven for exactly this role and node, unexpired and not denied.
    function isPlatformLive(uint16 role, uint64 nodeId, bytes32 platformId) external view returns (bool);

    // -- reference values and revocation (admin: becomes the DAO)
    function setReferenceValue(uint16 role, bytes32 measurementId, ReferenceStatus status, uint64 until) external;
    /// @param role 1: measurements of the agent (instances and workers' platforms), 2: of the dsecret node
    function isReferenceAccepted(uint16 role, bytes32 measurementId) external view returns (bool);
    function referenceValue(uint16 role, bytes32 measurementId) external view returns (Reference memory);
    function denyPlatform(bytes32 platformId) external;
    function raiseRevocationFloor(Subject subject, bytes32 id) external;
    function revocationFloor(Subject subject, bytes32 id) external view returns (uint64 blockNumber);

    // -- for the Cloud contract alone
    function reserve(uint64 workerId, uint64 appId, Resources calldata amount) external;
    function release(uint64 workerId, uint64 appId, Resources calldata amount) external;
}
