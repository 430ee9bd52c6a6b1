// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";

/// @title Subnet: who takes part (workers, dsecret nodes), with which machines, stakes and reference values
/// @notice Its parts (Subnet, Registry) answer at one address.
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

    enum WorkerStatus {
        None,
        Active,
        Draining,
        Shutdown
    }
    /// @dev A leaving node may withdraw once it sits in no committee that counts; a slashed one signs nothing any more.
    enum NodeStatus {
        None,
        Active,
        Leaving,
        Slashed
    }

    /// @notice Prices of a worker, per second and unit: wei (18 decimals); in an ERC20, billionths of its smallest unit.
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

    /// @notice What a worker says of itself.
    /// @param level security level that it promises, more of it takes more stake
    /// @param teeClasses bit 0 TDX, bit 1 SEV-SNP, bit 2 SGX
    /// @param region short name of where it stands, UTF-8, zero-padded
    /// @param endpoint URL, 1-128 bytes
    struct Profile {
        uint8 level;
        uint8 teeClasses;
        bytes32 region;
        string endpoint;
    }

    /// @param stakeWei bonded, without what is leaving
    /// @param prices in native DOT; those in other assets are in `offer`
    struct Worker {
        address owner;
        address operator;
        WorkerStatus status;
        bool open;
        uint8 level;
        uint8 teeClasses;
        bytes32 region;
        uint128 stakeWei;
        Prices prices;
        Resources capacity;
        Resources reserved;
        string endpoint;
    }

    /// @notice Stake of a worker or node, wei.
    /// @param bondedWei what of it is not locked is the cover: it counts towards what is required
    /// @param unbondingWei requested back; slashable until withdrawn
    /// @param lockedBondedWei, lockedUnbondingWei parts of the two that open complaints claim
    /// @param availableAt from when unbondingWei can be withdrawn, 0 without a request
    /// @param delayed true once a complaint holds or has held back a part of this request. No complaint can from availableAt on, so
    /// the last one that did ends within its own deadline of that time, however many there were
    struct Stake {
        uint128 bondedWei;
        uint128 unbondingWei;
        uint128 lockedBondedWei;
        uint128 lockedUnbondingWei;
        uint64 availableAt;
        bool delayed;
    }

    /// @notice Minimum stake: base + level x perLevel + reserved amounts x their share; wei. Set by the DAO; raising it slashes
    /// and locks nobody, it only holds for new reservations and withdrawals.
    struct StakeRules {
        uint128 workerBaseWei;
        uint128 workerPerLevelWei;
        uint128 perCpuMilliWei;
        uint128 perMemoryMiBWei;
        uint128 perGpuWei;
        uint128 nodeWei;
    }

    /// @notice What a worker's metering file of one settlement is, by digest and address; digest 0 before workers meter.
    struct WorkProof {
        uint64 workerId;
        uint64 settledSeconds;
        uint64 uploadedAt;
        bytes32 digest;
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
        NodeStatus status;
        uint128 stakeWei;
        string endpoint;
        bytes encryptionKey;
    }

    /// @notice Keys made inside a node's TEE.
    /// @param possession EIP-712 signature (65 bytes, low s) by statementKey over
    /// NodeKeys(address owner,address operator,bytes encryptionKey,bytes32 tlsKeyHash) in this contract's domain: nobody can
    /// register another's key, or copy a registration out of the mempool
    struct NodeKeys {
        address statementKey;
        bytes32 tlsKeyHash;
        bytes encryptionKey;
        bytes possession;
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

    /// @notice A revocation that the quorum signed: evidence of blocks up to `blockNumber` no longer counts for the subject.
    struct Revocation {
        uint16 subject;
        bytes32 id;
        uint64 blockNumber;
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
    /// @param unbondingSeconds from the request of a withdrawal to its payment, at least 1 second, at most 365 days; never below the reach of complaints
    struct Settings {
        NetworkKind kind;
        bool simulated;
        bytes32 trustStoreDigest;
        uint64 nodeProofSeconds;
        uint64 referenceDelaySeconds;
        uint64 unbondingSeconds;
    }

    struct Platform {
        Role role;
        uint64 nodeId;
        uint64 notAfter;
        bool denied;
    }

    /// @param teeClass one bit: 1 TDX, 2 SEV-SNP, 4 SGX, 8 Nitro
    /// @param extended true once its T was put off while no quorum signed
    struct Reference {
        ReferenceStatus status;
        uint8 teeClass;
        bool extended;
        uint64 validFrom;
        uint64 until;
    }

    event WorkerRegistered(uint64 indexed workerId, address indexed owner, address operator, string endpoint);
    event WorkerUpdated(uint64 indexed workerId);
    event WorkerOperatorChanged(uint64 indexed workerId, address operator);
    event NodeRegistered(uint64 indexed nodeId, address indexed owner, address statementKey, string endpoint);
    event NodeKeysChanged(uint64 indexed nodeId, address statementKey, bytes32 tlsKeyHash);
    event StakeAdded(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei);
    event WithdrawalRequested(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei, uint64 availableAt);
    event WithdrawalCancelled(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei);
    event StakeWithdrawn(uint16 indexed role, uint64 indexed nodeId, address to, uint256 amountWei);
    event StakeLocked(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei);
    event StakeUnlocked(uint16 indexed role, uint64 indexed nodeId, uint256 amountWei);
    event StakeSlashed(
        uint16 indexed role, uint64 indexed nodeId, uint256 amountWei, address beneficiary, uint256 beneficiaryWei
    );
    event StakeRulesSet(StakeRules rules);
    event TreasurySet(address indexed treasury);
    event Withdrawn(address indexed account, uint256 amountWei);
    event Swept(address indexed treasury, uint256 amountWei);
    event WorkerPricesSet(uint64 indexed workerId, address indexed asset, Prices prices);
    event WorkerStatusChanged(uint64 indexed workerId, WorkerStatus status);
    event NodeStatusChanged(uint64 indexed nodeId, NodeStatus status);
    event WorkProven(uint64 indexed workerId, uint64 indexed appId, uint64 settledSeconds, bytes32 digest, string uri);
    event NodeProven(
        uint16 indexed role,
        uint64 indexed nodeId,
        bytes32 indexed platformId,
        uint64 notAfter,
        bytes32 evidenceDigest,
        string evidenceUri
    );
    event ReferenceValueSet(
        uint16 indexed role,
        bytes32 indexed measurementId,
        ReferenceStatus status,
        uint8 teeClass,
        uint64 validFrom,
        uint64 until
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
    error StatusWrong(uint16 role, uint64 nodeId);
    error WorkerInUse(uint64 workerId);
    error LevelInUse(uint64 workerId);
    error NodeSeated(uint64 nodeId);
    error CommitteeTooSmall(uint256 left, uint256 threshold);
    error NothingToWithdraw();
    error TooEarly(uint64 allowedAt);
    error TransferFailed(address to, uint256 amountWei);
    error PossessionWrong(address statementKey);
    error UriLength(uint256 length);
    error TeeClassInvalid(uint8 teeClass);
    error ExtensionRefused(string why);
    error WorkProofWrong(uint64 workerId, uint64 appId);
    error FunctionUnknown(bytes4 selector);
    error PartOnly(address part);

    // -- the network, fixed at creation
    /// @notice The kind of network: development, test or live; never changes.
    function kind() external view returns (NetworkKind);
    /// @notice Whether simulated platforms are accepted; never true on a live network.
    function simulated() external view returns (bool);
    /// @notice Digest of the vendors’ roots that evidence is judged by.
    function trustStoreDigest() external view returns (bytes32);
    /// @notice How long a proof of a machine counts, seconds.
    function nodeProofSeconds() external view returns (uint64);
    /// @notice The contract that knows who signs.
    function quorum() external view returns (IQuorum);
    /// @notice The contract that leases capacity; zero until it is set.
    function cloud() external view returns (address);
    /// @notice Links the Cloud, once; restricted.
    function setCloud(address cloud) external;
    /// @notice Between an announcement of a reference value and its use, seconds.
    function referenceDelaySeconds() external view returns (uint64);
    /// @notice Between a request to withdraw stake and its payment, seconds.
    function unbondingSeconds() external view returns (uint64);
    /// @notice What stake is demanded of whom.
    function stakeRules() external view returns (StakeRules memory);
    /// @notice Restricted (DAO).
    function setStakeRules(StakeRules calldata rules) external;
    /// @notice Where the treasury’s part of slashed stake goes.
    function treasury() external view returns (address);
    /// @notice Restricted (DAO). Receives what slashing leaves over.
    function setTreasury(address treasury) external;

    // -- workers
    /// @notice `msg.value` is the first stake, at least the minimum of its level.
    function registerWorker(
        address operator,
        Profile calldata profile,
        Prices calldata prices,
        Resources calldata capacity
    ) external payable returns (uint64 workerId);
    /// @notice Owner or operator. Capacity may not fall below what is reserved; level and teeClasses may not shrink while
    /// anything is reserved. Prices (native) bind new versions only.
    function updateWorker(
        uint64 workerId,
        bool open,
        Profile calldata profile,
        Prices calldata prices,
        Resources calldata capacity
    ) external;
    /// @notice Owner or operator: prices in an ERC20, billionths of its smallest unit per second; all zero takes the offer back.
    function setPrices(uint64 workerId, address asset, Prices calldata prices) external;
    /// @notice Owner only. Proofs of all its machines lapse: they were made with the old operator's key.
    function setOperator(uint64 workerId, address operator) external;
    /// @notice Owner or operator: takes no new reservations while draining; the owner may take that back.
    function drain(uint64 workerId, bool draining) external;
    /// @notice Owner only, for good: refused until every application on it has ended or migrated. Its machines' proofs lapse.
    function shutdown(uint64 workerId) external;
    /// @notice Operator only: the metering file of the application's newest settlement, once per settlement.
    function uploadWork(uint64 workerId, uint64 appId, bytes32 digest, string calldata uri) external;
    /// @notice The newest proof of work that a worker has uploaded for an application.
    function workProof(uint64 appId) external view returns (WorkProof memory);
    /// @notice A worker. Reverts where there is none of that number.
    function worker(uint64 workerId) external view returns (Worker memory);
    /// @param asset 0 native DOT; prices all zero where the worker does not take the asset
    function offer(uint64 workerId, address asset) external view returns (Offer memory);
    /// @notice Owner of a worker. Reverts where there is none of that number.
    function workerOwner(uint64 workerId) external view returns (address);
    /// @notice Number of workers ever registered; numbers begin with 1.
    function workerCount() external view returns (uint64);
    /// @notice At most 100 from `first` (ids start at 1).
    function workers(uint64 first, uint64 count) external view returns (Worker[] memory);

    // -- stakes of both roles
    /// @notice Anyone may add to a stake; it belongs to the owner of the worker or node. Refused after a shutdown or conviction.
    function bond(uint16 role, uint64 nodeId) external payable;
    /// @notice Owner: `amountWei` leaves the bonded stake now and can be withdrawn after `unbondingSeconds`. What stays bonded
    /// and not locked must cover `requiredStakeWei`. A second request adds to the first and starts its time again.
    function requestWithdrawal(uint16 role, uint64 nodeId, uint128 amountWei) external;
    /// @notice Owner: what was requested and is not locked is bonded again.
    function cancelWithdrawal(uint16 role, uint64 nodeId) external;
    /// @notice Owner: sends what is due and not locked, in multiples of 1e8 wei. Of a node only while it sits in no committee that counts.
    function withdrawStake(uint16 role, uint64 nodeId, address payable to) external returns (uint256 amountWei);
    /// @notice Stake of a worker or node.
    function stake(uint16 role, uint64 nodeId) external view returns (Stake memory);
    /// @notice What has to stay bonded: 0 after a shutdown, and for a leaving node that no committee seats.
    function requiredStakeWei(uint16 role, uint64 nodeId) external view returns (uint256);
    /// @notice Restricted (SLASHER): holds back up to `amountWei`, bonded stake first, then a request whose time has not come yet. What is
    /// locked covers nothing: it may be slashed.
    function lockStake(uint16 role, uint64 nodeId, uint128 amountWei)
        external
        returns (uint128 bondedWei, uint128 unbondingWei);
    /// @notice Restricted (SLASHER): the opposite, with the two amounts that `lockStake` returned.
    function unlockStake(uint16 role, uint64 nodeId, uint128 bondedWei, uint128 unbondingWei) external;
    /// @notice Restricted (SLASHER): takes `amountWei` out of a lock; `beneficiaryWei` of it is credited to `beneficiary`, the rest to the treasury.
    function slashLocked(
        uint16 role,
        uint64 nodeId,
        uint128 bondedWei,
        uint128 unbondingWei,
        address beneficiary,
        uint256 beneficiaryWei
    ) external;
    /// @notice Restricted (SLASHER): takes all stake of a node that is proven to have lied, less what complaints lock; the node
    /// signs nothing any more. `rewardBps` of it is credited to `reporter`, the rest to the treasury.
    function slashNode(uint64 nodeId, address reporter, uint16 rewardBps) external returns (uint256 amountWei);
    /// @notice What slashing owes an account, wei.
    function credit(address account) external view returns (uint256 amountWei);
    /// @notice Sends the caller's credit in multiples of 1e8 wei.
    function withdraw(address payable to) external returns (uint256 amountWei);
    /// @notice Sum of all stakes and credits; the balance is never below it.
    function liabilitiesWei() external view returns (uint256);
    /// @notice Credits what was forced in beyond liabilities to the treasury. Anyone may call.
    function sweep() external returns (uint256 amountWei);

    // -- dsecret nodes
    /// @notice `msg.value` is the first stake, at least `stakeRules().nodeWei`.
    function registerNode(address operator, NodeKeys calldata keys, string calldata endpoint)
        external
        payable
        returns (uint64 nodeId);
    /// @notice New keys of a node (owner or operator); its NodeProof lapses until proven again.
    function setNodeKeys(uint64 nodeId, NodeKeys calldata keys, string calldata endpoint) external;
    /// @notice Owner: the node takes no new seat and may withdraw once no committee that counts seats it. Refused while fewer
    /// than the threshold of its active committee would stay. A seat holds it for 60 days at most: after them it signs nothing any more.
    function leaveNode(uint64 nodeId) external;
    /// @notice The node that named this statement key first, 0 if none; a key never changes its node.
    function nodeOfKey(address statementKey) external view returns (uint64 nodeId);
    /// @notice Vendor of the hardware that the node proved last: 1 Intel, 2 AMD, 3 AWS, 0 unproven.
    function vendorOf(uint64 nodeId) external view returns (uint8);
    /// @notice How many of these nodes proved hardware last that has a sealing key of its own: SEV-SNP or SGX; TDX and Nitro have none.
    function sealersAmong(uint64[] calldata nodeIds) external view returns (uint256 count);
    /// @notice A dsecret node. Reverts where there is none of that number.
    function node(uint64 nodeId) external view returns (Node memory);
    /// @notice Number of nodes ever registered; numbers begin with 1.
    function nodeCount() external view returns (uint64);
    /// @notice Nodes from number `first` on, at most `count`.
    function nodes(uint64 first, uint64 count) external view returns (Node[] memory);
    /// @notice Statement keys of these nodes and whether each has a live NodeProof; for the Quorum contract.
    /// @return keys statement keys, in the order of `nodeIds`; 0 of a node that signs nothing any more
    /// @return live whether a proof of these keys is live
    /// @return lapsed whether nothing but time ended the last proof of these keys
    function signers(uint64[] calldata nodeIds)
        external
        view
        returns (address[] memory keys, bool[] memory live, bool[] memory lapsed);

    // -- proofs of machines
    /// @notice Takes a batch of NodeProofs signed by a quorum. While `IQuorum.genesisOpen` (before the first epoch is active; on
    /// development networks also when fewer members than the threshold have a live proof) the latest named committee's
    /// registered keys count, and only proofs of dsecret nodes (role 2) are taken. An entry no newer than the one known for
    /// the same machine, node and keys changes nothing; any bad entry reverts the batch. Proofs of workers are taken from the
    /// worker's operator alone: a machine names its worker by itself, so the worker has to agree.
    /// @param evidenceUris where each evidence can be fetched, 0-128 bytes; a hint, the digest decides
    function proveNodes(NodeProof[] calldata proofs, string[] calldata evidenceUris, IQuorum.Signed calldata signed)
        external;
    /// @notice A machine by its platform’s id.
    function platform(bytes32 platformId) external view returns (Platform memory);
    /// @notice The node's live proof: end of it (0 when none) and its platform.
    function liveProof(uint16 role, uint64 nodeId) external view returns (uint64 notAfter, bytes32 platformId);
    /// @notice True when `platformId` is proven for exactly this role and node, unexpired and not denied.
    function isPlatformLive(uint16 role, uint64 nodeId, bytes32 platformId) external view returns (bool);
    /// @notice Whether a worker's instance evidence counts now: platform live for the worker, measurement accepted, above all floors.
    function evidenceFault(Evidence calldata evidence) external view returns (EvidenceFault);
    /// @notice Block of the newest revocation floor of all: evidence above it is above every floor.
    function newestFloor() external view returns (uint64 blockNumber);

    // -- reference values and revocation
    /// @notice Restricted (DAO).
    function setReferenceValue(uint16 role, bytes32 measurementId, uint8 teeClass, ReferenceStatus status, uint64 until)
        external;
    /// @notice Restricted (DAO, fast track): the value is revoked at once.
    function revokeReference(uint16 role, bytes32 measurementId) external;
    /// @notice Restricted (DAO): puts off the T of a deprecated value once, by at most 7 days, while no quorum has signed for 24 h.
    function extendDeprecated(uint16 role, bytes32 measurementId, uint64 until) external;
    /// @param role 1: measurements of the agent (instances and workers' platforms), 2: of the dsecret node
    function isReferenceAccepted(uint16 role, bytes32 measurementId) external view returns (bool);
    /// @notice What is accepted of a measurement for a role.
    function referenceValue(uint16 role, bytes32 measurementId) external view returns (Reference memory);
    /// @notice Restricted (DAO).
    function denyPlatform(bytes32 platformId) external;
    /// @notice Restricted (DAO). Evidence of blocks up to now no longer counts for the subject; for good.
    /// @param id Key and Worker and Application: the address or id as a number; Platform, Measurement: the digest
    function raiseRevocationFloor(Subject subject, bytes32 id) external;
    /// @notice Raises floors as a quorum signed it: RevocationBatch(uint64 epoch,uint64 expiry,Revocation[] revocations). A floor
    /// that is there already or higher stays; a block in the future reverts. 1-64 entries. Anyone may call.
    function revoke(Revocation[] calldata revocations, IQuorum.Signed calldata signed) external;
    /// @notice Evidence made before this block does not count for the subject.
    function revocationFloor(Subject subject, bytes32 id) external view returns (uint64 blockNumber);

    // -- for the Cloud contract alone
    /// @notice Reverts when the worker is not open, has no room, or its cover is below what is required with this amount.
    function reserve(uint64 workerId, uint64 appId, Resources calldata amount) external;
    /// @notice Capacity of a worker becomes free again; by the Cloud alone.
    function release(uint64 workerId, uint64 appId, Resources calldata amount) external;
    /// @notice True when `reserve` of this amount would be taken now.
    function fits(uint64 workerId, Resources calldata amount) external view returns (bool);
}
