// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Cloud: applications, their attestation leases, their money
/// @notice Amounts are wei (18 decimals); rents and payouts are multiples of 1e8 wei (DOT has 10 decimals). Times are block times, seconds.
interface ICloud {
    enum AppState {
        None,
        Active,
        Paused,
        Ended
    }
    /// @dev Why an entry of a renewal batch was skipped. Ok is 0.
    enum LeaseCode {
        Ok,
        AppNotActive,
        VersionWrong,
        WorkerWrong,
        ReplicaOutOfRange,
        PlatformNotLive,
        MeasurementNotAccepted,
        BelowRevocationFloor,
        EvidenceNotNewer,
        Expired,
        LifetimeWrong
    }

    /// @notice What the owner asks for, per replica. The manifest repeats it.
    struct Terms {
        uint16 replicas;
        uint32 cpuMilli;
        uint32 memoryMiB;
        uint32 diskMiB;
        uint16 gpu;
        uint8 teeClasses;
        uint8 level;
        uint32 upgradeDelaySeconds;
        uint32 graceSeconds;
    }

    struct Version {
        uint64 workerId;
        uint64 createdAt;
        uint64 createdBlock;
        bytes32 manifestDigest;
        bytes32 termsDigest;
        uint256 weiPerSecond;
        Terms terms;
    }

    /// @param pendingVersion 0 when there is none
    /// @param pausedAt 0 unless it is paused
    /// @param settledSeconds attested seconds paid so far, all replicas
    struct App {
        address owner;
        AppState state;
        bytes32 name;
        uint32 currentVersion;
        uint32 pendingVersion;
        uint32 latestVersion;
        uint64 pendingDeadline;
        uint64 createdAt;
        uint64 pausedAt;
        uint256 escrowWei;
        uint256 graceDepositWei;
        uint256 paidWei;
        uint64 settledSeconds;
    }

    struct AttestationLease {
        uint64 appId;
        uint32 version;
        uint16 replica;
        uint64 workerId;
        bytes32 platformId;
        address instanceKey;
        bytes32 hpkeKey;
        bytes32 tlsKeyHash;
        bytes32 measurementId;
        uint64 evidenceBlock;
        uint64 notBefore;
        uint64 notAfter;
        bytes32 evidenceDigest;
    }

    /// @notice Parameters, set by the admin (later the DAO).
    struct Parameters {
        uint64 maxLeaseSeconds;
        uint64 startWindowSeconds;
        uint64 minEscrowSeconds;
        uint64 updateWindowSeconds;
        uint16 feeBps;
        uint16 maxReplicas;
    }

    event AppCreated(
        uint64 indexed appId, address indexed owner, uint64 indexed workerId, bytes32 name, uint256 depositWei
    );
    event VersionCreated(
        uint64 indexed appId,
        uint32 indexed version,
        uint64 indexed workerId,
        bytes32 manifestDigest,
        bytes32 termsDigest,
        uint256 weiPerSecond
    );
    event VersionActivated(uint64 indexed appId, uint32 indexed version);
    event VersionDropped(uint64 indexed appId, uint32 indexed version);
    event LeaseRenewed(
        uint64 indexed appId,
        uint32 version,
        uint16 replica,
        address instanceKey,
        uint64 notAfter,
        bytes32 evidenceDigest
    );
    event LeaseSkipped(uint64 indexed appId, uint32 version, uint16 replica, LeaseCode code);
    event Recharged(uint64 indexed appId, address indexed from, uint256 amountWei);
    event Settled(
        uint64 indexed appId, uint64 indexed workerId, uint64 attestedSeconds, uint256 rentWei, uint256 feeWei
    );
    event AppPaused(uint64 indexed appId);
    event AppResumed(uint64 indexed appId);
    event AppEnded(uint64 indexed appId, uint256 refundWei);
    event Withdrawn(address indexed account, uint256 amountWei);
    event ParametersSet(Parameters parameters);
    event TreasurySet(address indexed treasury);

    error NotAppOwner(address caller);
    error AppUnknown(uint64 appId);
    error AppStateWrong(uint64 appId, AppState state);
    error ManifestSize(uint256 size, uint256 maximum);
    error TermsInvalid(string field);
    error PriceAboveLimit(uint256 weiPerSecond, uint256 limit);
    error DepositTooLow(uint256 givenWei, uint256 minimumWei);
    error NameTaken(bytes32 name);
    error NameEmpty();
    error WorkerUnfit(uint64 workerId, string why);
    error BatchSize(uint256 size);
    error NothingToWithdraw();
    error TransferFailed(address to, uint256 amountWei);
    error AmountZero();
    error NoPendingVersion(uint64 appId);
    error PendingNotReady(uint64 appId, uint16 replica);
    error UpdatePending(uint64 appId, uint32 version);
    error TooEarly(uint64 allowedAt);
    error ParameterInvalid(string name);
    error DeadlinePassed(uint64 deadline);
    error ZeroAddress();

    /// @notice Creates an application on a worker. `msg.value` >= minimum deposit: rent for minEscrowSeconds plus the grace deposit.
    /// @param maxWeiPerSecond the caller's limit for all replicas together: prices cannot change under the signature
    /// @param manifest canonical JSON, at most 65,536 bytes; only its digest is stored
    function create(
        bytes32 name,
        uint64 workerId,
        Terms calldata terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond
    ) external payable returns (uint64 appId);
    /// @notice A new version beside the current one, on the same worker, re-priced; pending until activated or its window has passed.
    function update(uint64 appId, Terms calldata terms, bytes calldata manifest, uint256 maxWeiPerSecond)
        external
        payable;
    /// @notice Pending becomes current: every replica holds a live lease and `ready` holds one Ready signature (65 bytes) per replica by its instance key.
    function activate(uint64 appId, bytes calldata ready) external;
    /// @notice Drops a pending version: the owner at any time, anyone after its deadline.
    function dropPending(uint64 appId) external;
    /// @notice Takes leases signed as one LeaseBatch; a bad quorum reverts, a bad entry is skipped with a code.
    function renew(AttestationLease[] calldata leases, IQuorum.Signed calldata signed) external;
    function recharge(uint64 appId) external payable;
    /// @notice Pays the worker for attested seconds so far; pauses the application when its escrow is used up. Anyone may call.
    function settle(uint64 appId) external returns (uint256 rentWei);
    /// @notice Owner at any time; anyone after the grace of a paused application, or either side after the start window without a first lease.
    function terminate(uint64 appId) external;
    /// @notice Sends the caller's credit, in multiples of 1e8 wei.
    function withdraw() external returns (uint256 amountWei);
    function withdrawTo(address payable to) external returns (uint256 amountWei);

    function subnet() external view returns (ISubnet);
    function quorum() external view returns (IQuorum);
    function parameters() external view returns (Parameters memory);
    function setParameters(Parameters calldata parameters) external;
    function appCount() external view returns (uint64);
    function app(uint64 appId) external view returns (App memory);
    function version(uint64 appId, uint32 version) external view returns (Version memory);
    function appByName(address owner, bytes32 name) external view returns (uint64 appId);
    /// @notice At most 100 application ids, newest last, from index `first` (0-based).
    function appsOf(address owner, uint256 first, uint256 count) external view returns (uint64[] memory);
    function appsOn(uint64 workerId, uint256 first, uint256 count) external view returns (uint64[] memory);
    /// @param slot 0 current, 1 pending
    function lease(uint64 appId, uint16 replica, uint8 slot) external view returns (AttestationLease memory);
    function isLeaseLive(uint64 appId, address instanceKey) external view returns (bool);
    /// @notice Attested seconds not yet settled, all replicas, and what they cost.
    function unsettled(uint64 appId) external view returns (uint64 attestedSeconds, uint256 rentWei);
    /// @notice What `create` or `update` would cost on this worker now.
    function quote(uint64 workerId, Terms calldata terms)
        external
        view
        returns (uint256 weiPerSecond, uint256 minimumDepositWei, uint256 graceDepositWei);
    function credit(address account) external view returns (uint256 amountWei);
    function treasury() external view returns (address);
    function setTreasury(address treasury) external;
}
