// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Cloud: applications, their attestation leases, their money
/// @notice Amounts are the smallest unit of the application's asset: wei (18 decimals) of native DOT (asset 0), or of an ERC20
/// that the DAO allows. Rents are multiples of the asset's unit per second; native payouts are multiples of 1e8 wei (DOT has 10
/// decimals). Times are block times, seconds. All parts (Escrow, Leases, Applications, Moves, Deliveries) answer at this one address.
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
    /// @dev Why something happened to an application.
    enum Reason {
        None,
        ByOwner,
        ByWorker,
        ByAnyone,
        ByGuardian,
        Created,
        Ready,
        OutOfFunds,
        Refunded,
        GraceOver,
        NeverLeased,
        NoticeOver,
        DeadlinePassed,
        SecurityDeadline,
        Replaced,
        Paused,
        Ended,
        Migrated,
        Updated,
        Scaled
    }

    /// @notice What the owner asks for, per replica. The manifest repeats it.
    /// @param replicas at the version's start; `App.replicas` is how many there are now
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

    /// @param manifestVersion the version whose transaction carries the manifest: another one after a migration
    /// @param endedAt when it stopped being the current one (of one that a security version replaced: at the deadline), was dropped, or
    /// ended with its application; 0 before
    /// @param terms as the manifest repeats them; a migration keeps them, its replicas are `App.replicas`
    /// @param security its deadline ends the old version's leases, see `update`
    struct Version {
        uint64 workerId;
        uint64 createdAt;
        uint64 createdBlock;
        uint64 endedAt;
        uint32 manifestVersion;
        bool security;
        bytes32 manifestDigest;
        bytes32 termsDigest;
        uint256 weiPerSecond;
        Terms terms;
    }

    /// @param asset 0 native DOT, else an ERC20
    /// @param replicas of the current version, now
    /// @param pendingVersion 0 when there is none
    /// @param pausedAt 0 unless it is paused
    /// @param pauseReason ByOwner or OutOfFunds while paused
    /// @param noticeUntil end of the worker's notice, 0 without one
    /// @param settledSeconds attested seconds paid so far, all replicas
    struct App {
        address owner;
        AppState state;
        bytes32 name;
        address asset;
        uint16 replicas;
        uint32 currentVersion;
        uint32 pendingVersion;
        uint32 latestVersion;
        uint64 pendingDeadline;
        uint64 createdAt;
        uint64 pausedAt;
        Reason pauseReason;
        uint64 noticeUntil;
        uint256 escrowWei;
        uint256 graceDepositWei;
        uint256 paidWei;
        uint64 settledSeconds;
    }

    /// @notice What binds future versions of an application.
    /// @param guardian may veto pending versions; 0 nobody
    /// @param frozenUntil no new code before; type(uint64).max for good
    /// @param maxWeiPerSecond cap on the rent of all replicas together, 0 without a cap
    struct Rules {
        address guardian;
        uint64 frozenUntil;
        uint256 maxWeiPerSecond;
    }

    /// @notice Settings that are not code: environment references, secrets' digests, update strategy, alerts.
    /// @param digest SHA-256 of the bytes in the calldata of `configure`; 0 before the first
    struct Configuration {
        uint32 revision;
        uint64 createdBlock;
        bytes32 digest;
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

    /// @notice Parameters, set by the DAO.
    struct Parameters {
        uint64 maxLeaseSeconds;
        uint64 startWindowSeconds;
        uint64 minEscrowSeconds;
        uint64 updateWindowSeconds;
        uint64 noticeSeconds;
        uint16 feeBps;
        uint16 maxReplicas;
    }

    /// @param allowed whether new applications may be paid in it; those that are there go on
    /// @param unit rents are multiples of it: 1e8 for native DOT, fixed for an asset at its first setting
    struct Asset {
        bool allowed;
        uint64 unit;
    }

    /// @notice From which source an image was made, as an instance of a builder application signs it.
    /// @param imageDigest of the image's manifest in a registry
    /// @param statementDigest SHA-256 of the bytes of the in-toto statement
    /// @param repositoryHash keccak256 of the canonical address of the repository; 0: the builder did not see where the commit is
    /// @param commit Git's name of the commit, left-aligned
    /// @param manifestDigest of the manifest that was made with this image, 0 where none was
    struct BuildRecord {
        bytes32 imageDigest;
        bytes32 statementDigest;
        bytes32 repositoryHash;
        bytes32 commit;
        bytes32 manifestDigest;
    }

    /// @notice A record as it is kept.
    /// @param builderVersion version of the builder application whose instance signed it
    struct Build {
        bytes32 statementDigest;
        bytes32 repositoryHash;
        bytes32 commit;
        bytes32 manifestDigest;
        uint32 builderVersion;
        uint64 recordedAt;
    }

    /// @notice What a deploy key may do: new code of one application, within these.
    /// @param maxWeiPerSecond rent of all replicas together, 1 at least
    /// @param minIntervalSeconds between the application's newest version, whoever made it, and the next one
    /// @param expiresAt last second in which it counts
    /// @param builderAppId, repositoryHash 0 both, or: a manifest needs a build record of this builder and repository
    struct DeployLimits {
        uint256 maxWeiPerSecond;
        uint64 minIntervalSeconds;
        uint64 expiresAt;
        uint64 builderAppId;
        bytes32 repositoryHash;
    }

    struct DeployKey {
        address key;
        DeployLimits limits;
    }

    event AppCreated(
        uint64 indexed appId,
        address indexed owner,
        uint64 indexed workerId,
        bytes32 name,
        address asset,
        uint256 depositWei
    );
    event VersionCreated(
        uint64 indexed appId,
        uint32 indexed version,
        uint64 indexed workerId,
        Reason reason,
        bytes32 manifestDigest,
        bytes32 termsDigest,
        uint256 weiPerSecond
    );
    event VersionActivated(uint64 indexed appId, uint32 indexed version, Reason reason);
    event VersionDropped(uint64 indexed appId, uint32 indexed version, Reason reason);
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
        uint64 indexed appId,
        uint64 indexed workerId,
        Reason reason,
        uint64 attestedSeconds,
        uint256 rentWei,
        uint256 feeWei
    );
    event AppPaused(uint64 indexed appId, Reason reason);
    event AppResumed(uint64 indexed appId, Reason reason);
    event AppEnded(uint64 indexed appId, Reason reason, uint256 refundWei);
    event ReplicasChanged(uint64 indexed appId, uint16 replicas);
    event Configured(uint64 indexed appId, uint32 revision, bytes32 digest);
    event NoticeGiven(uint64 indexed appId, uint64 indexed workerId, uint64 until);
    event GuardianSet(uint64 indexed appId, address indexed guardian);
    event Frozen(uint64 indexed appId, uint64 until);
    event SpendingCapSet(uint64 indexed appId, uint256 maxWeiPerSecond);
    event OwnershipOffered(uint64 indexed appId, address indexed to);
    event OwnershipTaken(uint64 indexed appId, address indexed owner);
    event DeployKeySet(uint64 indexed appId, address indexed key, DeployLimits limits);
    event DeployKeyRevoked(uint64 indexed appId, address indexed key);
    event DeployKeyUsed(uint64 indexed appId, address indexed key, uint32 version);
    event BuildRecorded(
        bytes32 indexed imageDigest,
        uint64 indexed builderAppId,
        bytes32 indexed repositoryHash,
        uint32 builderVersion,
        bytes32 statementDigest,
        bytes32 commit,
        bytes32 manifestDigest
    );
    event Withdrawn(address indexed account, address indexed asset, uint256 amountWei);
    event ParametersSet(Parameters parameters);
    event TreasurySet(address indexed treasury);
    event AssetSet(address indexed asset, bool allowed, uint64 unit);
    event NewLeasesPaused(uint64 until);
    event Swept(address indexed asset, uint256 amountWei);

    error NotAppOwner(address caller);
    error NotWorker(address caller);
    error NotGuardian(address caller);
    error AppUnknown(uint64 appId);
    error AppStateWrong(uint64 appId, AppState state);
    error ManifestSize(uint256 size, uint256 maximum);
    error ConfigurationSize(uint256 size, uint256 maximum);
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
    error ValueWrong(uint256 valueWei, uint256 expectedWei);
    error AssetNotAllowed(address asset);
    error AssetUnitFixed(address asset, uint64 unit);
    error NoPendingVersion(uint64 appId);
    error PendingNotReady(uint64 appId, uint16 replica);
    error UpdatePending(uint64 appId, uint32 version);
    error TooEarly(uint64 allowedAt);
    error ParameterInvalid(string name);
    error DeadlinePassed(uint64 deadline);
    error ZeroAddress();
    error FrozenUntil(uint64 until);
    error NewLeasesArePaused(uint64 until);
    error NoRoom(uint64 workerId);
    error DeployKeyUnknown(address key);
    error DeployKeyExpired(uint64 expiresAt);
    error DeployKeysTooMany(uint256 maximum);
    error DeployLimitInvalid(string field);
    error BuildInvalid(string field);
    error BuildKnown(bytes32 digest);
    error BuildUnsigned(uint64 builderAppId);
    error BuildMissing(uint64 builderAppId, bytes32 repositoryHash, bytes32 manifestDigest);
    error FunctionUnknown(bytes4 selector);

    // -- the owner
    /// @notice Creates an application on a worker. `amountWei` >= minimum deposit: rent for minEscrowSeconds plus the grace deposit.
    /// Of an ERC20, what really arrives counts; native: `msg.value == amountWei`.
    /// @param asset 0 native DOT, else an allowed ERC20 that this contract may take from the caller
    /// @param maxWeiPerSecond the caller's limit for all replicas together: prices cannot change under the signature
    /// @param manifest canonical JSON, 1-65,536 bytes; only its digest is stored
    function create(
        bytes32 name,
        uint64 workerId,
        address asset,
        uint256 amountWei,
        Terms calldata terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond
    ) external payable returns (uint64 appId);
    /// @notice A new version beside the current one, on the same worker, re-priced; pending until activated or its window has
    /// passed. `amountWei` (may be 0) is added to the escrow.
    /// @param security at the deadline the new version takes over even unready, so that a host cannot hold back a fix: from then on
    /// the old one's leases are dead. The upgrade delay and a veto hold for it all the same.
    function update(
        uint64 appId,
        Terms calldata terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond,
        uint256 amountWei,
        bool security
    ) external payable;
    /// @notice The same code and terms on another worker, as a new version: pending beside the old one like an update (without its
    /// delay, allowed while frozen); of a paused application at once. The application id stays.
    function migrate(uint64 appId, uint64 workerId, uint256 maxWeiPerSecond, uint256 amountWei) external payable;
    /// @notice Changes how many replicas run, of the same version and rent each. Refused while a version is pending.
    function scale(uint64 appId, uint16 replicas, uint256 amountWei) external payable;
    /// @notice Pending becomes current: every replica holds a live lease and `ready` holds one Ready signature (65 bytes) per
    /// replica by its instance key. A security version past its deadline needs no `ready`. Anyone may call.
    function activate(uint64 appId, bytes calldata ready) external;
    /// @notice Drops a pending version: the owner at any time, the guardian (a veto), anyone after its deadline. A security version past
    /// its deadline is not pending any more.
    function dropPending(uint64 appId) external;
    /// @notice Settings beside the code, 1-16,384 bytes of canonical JSON; only their digest is stored. No version, no delay.
    function configure(uint64 appId, bytes calldata configuration) external;
    /// @notice Owner: stops and keeps the disk for the grace; drops a pending version, and its leases are dead for good. `resume` goes
    /// on, with new leases.
    function pause(uint64 appId) external;
    /// @notice Goes on when funds and room are there, within the grace: anyone after a pause for want of funds, the owner after its own.
    function resume(uint64 appId) external;
    /// @notice The owner at any time; anyone after the grace of a paused application; the worker after the start window (from creation,
    /// resumption or arrival on) in which no current version ever had a lease there, or after its notice.
    function terminate(uint64 appId) external;
    /// @notice Owner while there is no guardian, else the guardian alone, who may also resign (0).
    function setGuardian(uint64 appId, address guardian) external;
    /// @notice Owner: no update before `until`; it can only be put off further. Refused while an update is pending.
    function freeze(uint64 appId, uint64 until) external;
    /// @notice Owner: cap on what any later version, scale or migration may cost per second; not below what runs or is pending.
    function setSpendingCap(uint64 appId, uint256 maxWeiPerSecond) external;
    /// @notice Owner offers the application to another account, which takes it; 0 takes the offer back.
    function offerOwnership(uint64 appId, address to) external;
    /// @notice Whom it was offered to takes an application.
    function takeOwnership(uint64 appId) external;

    /// @notice Owner: lets a key propose new code, within limits; again for other limits. At most 4 keys; a new owner begins with none.
    function setDeployKey(uint64 appId, address key, DeployLimits calldata limits) external;
    /// @notice Owner: the key counts no more. What it has proposed stays pending until it is dropped.
    function revokeDeployKey(uint64 appId, address key) external;

    // -- a deploy key
    /// @notice Like `update` with the terms that are current and as many replicas as run: only the manifest is new, and the price within
    /// the caller's limit, the key's and the owner's cap. Upgrade delay, veto, freeze and pauses hold; never a security version.
    function updateByDeployKey(uint64 appId, bytes calldata manifest, uint256 maxWeiPerSecond) external;

    // -- the worker, and anyone
    /// @notice Keeps what a builder's instance says of an image, if it holds a live lease of the builder's current version and signed
    /// the record as an application signature. Records are added, never changed or removed; the same one is refused.
    function recordBuild(uint64 builderAppId, BuildRecord calldata record, bytes calldata signature) external;
    /// @notice Takes leases signed as one LeaseBatch; a bad quorum reverts, a bad entry is skipped with a code.
    function renew(AttestationLease[] calldata leases, IQuorum.Signed calldata signed) external;
    /// @notice Owner or operator of the worker: it may end these applications (1-64) once `noticeSeconds` have passed.
    function giveNotice(uint64[] calldata appIds) external;
    /// @notice Adds to the escrow (native: `msg.value == amountWei`); may resume an application that ran out of funds. Anyone may call.
    function recharge(uint64 appId, uint256 amountWei) external payable;
    /// @notice Pays the worker for attested seconds so far; pauses the application when its escrow is used up. Anyone may call.
    function settle(uint64 appId) external returns (uint256 rentWei);
    /// @notice Sends the caller's credit of an asset; native in multiples of 1e8 wei.
    function withdraw(address asset) external returns (uint256 amountWei);
    /// @notice Pays all credit of the caller in an asset to another account.
    function withdrawTo(address asset, address payable to) external returns (uint256 amountWei);
    /// @notice Credits the treasury with what the contract holds of an asset beyond its liabilities. Anyone may call.
    function sweep(address asset) external returns (uint256 amountWei);

    // -- restricted (DAO)
    /// @notice Replaces the parameters; by the DAO.
    function setParameters(Parameters calldata parameters) external;
    /// @notice Names another treasury; by the DAO.
    function setTreasury(address treasury) external;
    /// @notice Allows or ends an asset that applications are paid in; by the DAO.
    function setAsset(address asset, bool allowed, uint64 unit) external;
    /// @notice Restricted (DAO, fast track): no create, update, migrate, scale up or resume before `until`, at most 7 days ahead; a time
    /// that has passed lifts it. What runs goes on, is paid, can be ended and withdrawn.
    function pauseNewLeases(uint64 until) external;

    // -- reading
    /// @notice The contract that knows workers and nodes.
    function subnet() external view returns (ISubnet);
    /// @notice The contract that knows who signs.
    function quorum() external view returns (IQuorum);
    /// @notice The parameters in force.
    function parameters() external view returns (Parameters memory);
    /// @notice Where fees go.
    function treasury() external view returns (address);
    /// @notice Whether an asset is allowed, and its unit.
    function asset(address token) external view returns (Asset memory);
    /// @notice New instances are not leased until then; seconds since 1970.
    function newLeasesPausedUntil() external view returns (uint64);
    /// @notice Number of applications ever created; numbers begin with 1.
    function appCount() external view returns (uint64);
    /// @notice An application. Reverts where there is none of that number.
    function app(uint64 appId) external view returns (App memory);
    /// @notice Of `app`, what contracts ask for in every call.
    function ownerAndState(uint64 appId) external view returns (address owner, AppState state);
    /// @notice What bounds changes of an application: guardian, freeze, spending cap.
    function rules(uint64 appId) external view returns (Rules memory);
    /// @notice What its owner has configured without a new version.
    function configuration(uint64 appId) external view returns (Configuration memory);
    /// @notice Keys that may propose new code, and their limits; also those that have expired.
    function deployKeys(uint64 appId) external view returns (DeployKey[] memory);
    /// @notice Builders with a record of an image, at most 100 from index `first` (0-based). Anybody's application may be among them.
    function buildersOf(bytes32 imageDigest, uint256 first, uint256 count) external view returns (uint64[] memory);
    /// @notice A builder's records of an image, oldest first, at most 100 from index `first` (0-based).
    function buildsOf(bytes32 imageDigest, uint64 builderAppId, uint256 first, uint256 count)
        external
        view
        returns (Build[] memory);
    /// @notice Whether the builder has recorded a build of the repository with this manifest.
    function isManifestBuilt(uint64 builderAppId, bytes32 repositoryHash, bytes32 manifestDigest)
        external
        view
        returns (bool);
    /// @notice A version of an application; all zero where there is none of that number.
    function version(uint64 appId, uint32 version) external view returns (Version memory);
    /// @notice Number of an owner’s newest application of a name; 0 where there was none.
    function appByName(address owner, bytes32 name) external view returns (uint64 appId);
    /// @notice Those that an account owns or owned when they ended, at most 100 from index `first` (0-based); one that is handed
    /// over leaves its place to the last of the list.
    function appsOf(address owner, uint256 first, uint256 count) external view returns (uint64[] memory);
    /// @notice Those that run or are paused on a worker; pending migrations to it included.
    function appsOn(uint64 workerId, uint256 first, uint256 count) external view returns (uint64[] memory);
    /// @notice Number of applications on a worker.
    function appsOnCount(uint64 workerId) external view returns (uint256);
    /// @param slot 0 current, 1 pending. `evidenceDigest` is in the event LeaseRenewed alone where the contract says 0 here.
    function lease(uint64 appId, uint16 replica, uint8 slot) external view returns (AttestationLease memory);
    /// @notice Whether the key holds a lease of the current version, or of a pending one before its deadline, that has neither expired
    /// nor lapsed by a revocation, a pause, even one that is over, or the end.
    function isLeaseLive(uint64 appId, address instanceKey) external view returns (bool);
    /// @notice Until when the version had or has the application on its worker, with at least one lease; 0 if never. For complaints.
    function servedUntil(uint64 appId, uint32 version) external view returns (uint64);
    /// @notice Attested seconds not yet settled, all replicas, and what of their cost the escrow pays.
    function unsettled(uint64 appId) external view returns (uint64 attestedSeconds, uint256 rentWei);
    /// @notice What `create` or `update` would cost on this worker now.
    function quote(uint64 workerId, address asset, Terms calldata terms)
        external
        view
        returns (uint256 weiPerSecond, uint256 minimumDepositWei, uint256 graceDepositWei);
    /// @notice What an account may withdraw of an asset, in its smallest unit.
    function credit(address account, address asset) external view returns (uint256 amountWei);
    /// @notice Sum of escrows, grace deposits and credits of an asset; the balance is never below it.
    function liabilities(address asset) external view returns (uint256 amountWei);
}
