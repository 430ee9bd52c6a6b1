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

    /// @dev Why evidence does not count at the moment. None is 0.
    enum EvidenceFault {
        None,
        PlatformNotLive,
        MeasurementNotAccepted,
        BelowRevocationFloor
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

    /// @notice What the Cloud needs to price and judge a worker.
    struct Offer {
        address owner;
        address operator;
        bool open;
        uint8 level;
        uint8 teeClasses;
        Prices prices;
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

    /// @notice What a lease rests on.
    struct Evidence {
        address key;
        bytes32 platformId;
        bytes32 measurementId;
        uint64 workerId;
        uint64 appId;
        uint64 evidenceBlock;
    }

    /// @notice Of the network, fixed at creation.
    /// @param nodeProofSeconds lifetime of a NodeProof
    /// @param referenceDelaySeconds public delay before a new reference value counts
    struct Settings {
        NetworkKind kind;
        bool simulated;
        bytes32 trustStoreDigest;
        uint64 nodeProofSeconds;
        uint64 referenceDelaySeconds;
        uint128 minWorkerStakeWei;
        uint128 minNodeStakeWei;
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
    event NodeProven(
        uint16 indexed role, uint64 indexed nodeId, bytes32 indexed platformId, uint64 notAfter, bytes32 evidenceDigest
    );
    event ReferenceValueSet(
        uint16 indexed role, bytes32 indexed measurementId, ReferenceStatus status, uint64 validFrom, uint64 until
    );
    event PlatformDenied(bytes32 indexed platformId);
    event RevocationFloorRaised(Subject indexed subject, bytes32 indexed id, uint64 blockNumber);
    event CloudSet(address indexed cloud);
    event Reserved(uint64 indexed workerId, uint64 indexed appId);
    event Released(uint64 indexed workerId, uint64 indexed appId);

    error NotOwner(address caller);
    error NotCloud(address caller);
    error NotOperator(address caller);
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
    error SettingInvalid(string name);
    error RoleInvalid(uint16 role);
    error SubjectInvalid();
    error ReferenceStatusInvalid();
    error ProofBlockInFuture(uint64 evidenceBlock);
    error GenesisProofsOfNodesOnly(uint16 role);
    error AmountZero();

    // -- the network, fixed at creation
    function kind() external view returns (NetworkKind);
    function simulated() external view returns (bool);
    function trustStoreDigest() external view returns (bytes32);
    function nodeProofSeconds() external view returns (uint64);
    function quorum() external view returns (IQuorum);
    function cloud() external view returns (address);
    /// @notice Links the Cloud, once; admin only.
    function setCloud(address cloud) external;
    function referenceDelaySeconds() external view returns (uint64);
    function minWorkerStakeWei() external view returns (uint128);
    function minNodeStakeWei() external view returns (uint128);

    // -- workers
    function registerWorker(
        address operator,
        uint8 level,
        uint8 teeClasses,
        Prices calldata prices,
        Resources calldata capacity,
        string calldata endpoint
    ) external payable returns (uint64 workerId);
    /// @notice Owner or operator. Capacity may not fall below what is reserved. Prices bind new versions only.
    function updateWorker(
        uint64 workerId,
        bool open,
        Prices calldata prices,
        Resources calldata capacity,
        string calldata endpoint
    ) external;
    /// @notice Owner only. Proofs of all its machines lapse: they were made with the old operator's key.
    function setOperator(uint64 workerId, address operator) external;
    function addWorkerStake(uint64 workerId) external payable;
    function worker(uint64 workerId) external view returns (Worker memory);
    function offer(uint64 workerId) external view returns (Offer memory);
    function workerOwner(uint64 workerId) external view returns (address);
    function workerCount() external view returns (uint64);
    /// @notice At most 100 from `first` (ids start at 1).
    function workers(uint64 first, uint64 count) external view returns (Worker[] memory);

    // -- dsecret nodes
    function registerNode(
        address operator,
        address statementKey,
        bytes calldata encryptionKey,
        bytes32 tlsKeyHash,
        string calldata endpoint
    ) external payable returns (uint64 nodeId);
    /// @notice New keys of a node (owner or operator); its NodeProof lapses until proven again.
    function setNodeKeys(
        uint64 nodeId,
        address statementKey,
        bytes calldata encryptionKey,
        bytes32 tlsKeyHash,
        string calldata endpoint
    ) external;
    function node(uint64 nodeId) external view returns (Node memory);
    function nodeCount() external view returns (uint64);
    function nodes(uint64 first, uint64 count) external view returns (Node[] memory);
    /// @notice Statement keys of these nodes and whether each has a live NodeProof; for the Quorum contract.
    function signers(uint64[] calldata nodeIds) external view returns (address[] memory keys, bool[] memory live);

    // -- proofs of machines
    /// @notice Takes a batch of NodeProofs signed by a quorum. While `IQuorum.genesisOpen` (before the first epoch is active; on
    /// development networks also when fewer members than the threshold have a live proof) the latest named committee's
    /// registered keys count, and only proofs of dsecret nodes (role 2) are taken. An entry no newer than the one known for
    /// the same machine, node and keys changes nothing; any bad entry reverts the batch. Proofs of workers are taken from the
    /// worker's operator alone: a machine names its worker by itself, so the worker has to agree.
    function proveNodes(NodeProof[] calldata proofs, IQuorum.Signed calldata signed) external;
    function platform(bytes32 platformId) external view returns (Platform memory);
    /// @notice The node's live proof: end of it (0 when none) and its platform.
    function liveProof(uint16 role, uint64 nodeId) external view returns (uint64 notAfter, bytes32 platformId);
    /// @notice True when `platformId` is proven for exactly this role and node, unexpired and not denied.
    function isPlatformLive(uint16 role, uint64 nodeId, bytes32 platformId) external view returns (bool);
    /// @notice Whether a worker's instance evidence counts now: platform live for the worker, measurement accepted, above all floors.
    function evidenceFault(Evidence calldata evidence) external view returns (EvidenceFault);

    // -- reference values and revocation (admin: becomes the DAO)
    function setReferenceValue(uint16 role, bytes32 measurementId, ReferenceStatus status, uint64 until) external;
    /// @param role 1: measurements of the agent (instances and workers' platforms), 2: of the dsecret node
    function isReferenceAccepted(uint16 role, bytes32 measurementId) external view returns (bool);
    function referenceValue(uint16 role, bytes32 measurementId) external view returns (Reference memory);
    function denyPlatform(bytes32 platformId) external;
    /// @notice Evidence of blocks up to now no longer counts for the subject; for good.
    /// @param id Key and Worker and Application: the address or id as a number; Platform, Measurement: the digest
    function raiseRevocationFloor(Subject subject, bytes32 id) external;
    function revocationFloor(Subject subject, bytes32 id) external view returns (uint64 blockNumber);

    // -- for the Cloud contract alone
    function reserve(uint64 workerId, uint64 appId, Resources calldata amount) external;
    function release(uint64 workerId, uint64 appId, Resources calldata amount) external;
    /// @notice True when `reserve` of this amount would be taken now.
    function fits(uint64 workerId, Resources calldata amount) external view returns (bool);
}
