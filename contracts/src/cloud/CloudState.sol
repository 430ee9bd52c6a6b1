// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";

/// @title CloudState: the one storage layout of the Cloud's parts, packed, and how they find things in it
/// @dev The parts are Cloud, Applications, Moves, Deliveries. Cloud passes what it does not know to Applications by delegatecall, that
/// one to Moves, Moves to Deliveries: all of them work on Cloud's storage, and none may declare storage elsewhere.
abstract contract CloudState is AccessManaged, ReentrancyGuardTransient {
    /// @dev What a renewal reads, one word.
    /// @param flipped which physical lease slot is the current one; turned over when a pending version becomes current
    /// @param leased true once a version had a lease while or before it was the current one, on this worker
    /// @param token true when it is paid in an ERC20
    /// @param switchedAt creation, last pause or resumption, end; evidence from before a resumption counts for nothing after it
    /// @param changedAt when a version last became current or was dropped: later evidence overlaps with no other slot's
    struct Hot {
        ICloud.AppState state;
        bool flipped;
        bool leased;
        bool token;
        uint8 replicas;
        uint32 currentVersion;
        uint32 pendingVersion;
        uint32 latestVersion;
        uint40 pendingDeadline;
        uint40 switchedAt;
        uint40 changedAt;
    }

    /// @param graceWei deposit for the disk while paused
    /// @param ownerIndex place in the list of its owner
    /// @param arrivedAt when a migration brought it to its worker: earlier seconds are the old worker's
    struct Application {
        Hot hot;
        address owner;
        uint96 paidWei;
        uint96 escrowWei;
        uint96 graceWei;
        uint40 settledSeconds;
        uint24 ownerIndex;
        bytes32 name;
        address asset;
        uint40 arrivedAt;
        uint40 noticeUntil;
        bool pausedByOwner;
    }

    /// @param rate rent of one replica, in units of the asset per second
    /// @param diskRate the part of it that its disk costs while paused, rounded up by itself
    /// @param leased true after its first lease
    /// @param place in the list of its worker, while it is current there, or pending from another worker
    /// @param manifestVersion another one than its own number after a migration
    struct Release {
        uint40 workerId;
        uint40 createdAt;
        uint40 createdBlock;
        uint40 endedAt;
        uint48 rate;
        uint48 diskRate;
        uint8 replicas;
        uint8 teeClasses;
        uint8 level;
        bool security;
        bool leased;
        uint16 gpu;
        uint24 place;
        uint24 upgradeDelaySeconds;
        uint24 graceSeconds;
        uint32 cpuMilli;
        uint32 memoryMiB;
        uint32 diskMiB;
        uint32 manifestVersion;
        bytes32 manifestDigest;
    }

    /// @dev All that a renewal by the same instance changes, one word. What the slot has earned lies in [earnedFrom, notBefore].
    /// @param unsettledSeconds attested and not paid yet
    /// @param instance first bytes of the hash of what only another instance changes: to hit it again, 2^80 starts inside a TEE
    struct Mark {
        uint40 evidenceBlock;
        uint40 notBefore;
        uint24 lifetime;
        uint40 earnedFrom;
        uint32 unsettledSeconds;
        bytes10 instance;
    }

    struct LeaseSlot {
        Mark mark;
        address instanceKey;
        uint32 version;
        bytes32 platformId;
        bytes32 hpkeKey;
        bytes32 tlsKeyHash;
        bytes32 measurementId;
    }

    /// @dev Three words: see `ICloud.DeployLimits`.
    struct StoredDeployKey {
        address key;
        uint40 expiresAt;
        uint32 minIntervalSeconds;
        uint96 maxWeiPerSecond;
        uint64 builderAppId;
        bytes32 repositoryHash;
    }

    /// @dev Parameters and what stands beside them, two words.
    struct Policy {
        address treasury;
        uint16 feeBps;
        uint16 maxReplicas;
        uint40 newLeasesPausedUntil;
        uint48 maxLeaseSeconds;
        uint48 startWindowSeconds;
        uint48 minEscrowSeconds;
        uint48 updateWindowSeconds;
        uint48 noticeSeconds;
    }

    /// @dev Native DOT has 10 decimals: rents and payouts are multiples of this many wei.
    uint64 internal constant UNIT = 1e8;
    address internal constant NATIVE = address(0);

    ISubnet public immutable subnet;
    IQuorum public immutable quorum;
    uint64 public appCount;
    Policy internal _policy;
    mapping(uint64 appId => Application) internal _apps;
    mapping(uint64 appId => mapping(uint32 version => Release)) internal _releases;
    mapping(uint64 appId => mapping(uint16 replica => LeaseSlot[2])) internal _slots;
    mapping(address owner => mapping(bytes32 name => uint64)) internal _byName;
    mapping(address owner => uint64[]) internal _byOwner;
    mapping(uint64 workerId => uint64[]) internal _byWorker;
    mapping(address asset => mapping(address account => uint256)) internal _credits;
    mapping(address asset => uint256) internal _liabilities;
    mapping(address asset => ICloud.Asset) internal _assets;
    mapping(uint64 appId => ICloud.Rules) internal _rules;
    mapping(uint64 appId => ICloud.Configuration) internal _configurations;
    mapping(uint64 appId => address) internal _offeredTo;
    mapping(uint64 appId => StoredDeployKey[]) internal _deployKeys;
    mapping(bytes32 imageDigest => uint64[]) internal _builders;
    mapping(bytes32 imageDigest => mapping(uint64 builderAppId => bytes32[])) internal _buildDigests;
    mapping(bytes32 recordDigest => ICloud.Build) internal _builds;
    /// @dev Hash of builder, repository and manifest.
    mapping(bytes32 => bool) internal _builtManifests;

    constructor(address authority_, ISubnet subnet_, IQuorum quorum_) AccessManaged(authority_) {
        if (address(subnet_) == address(0) || address(quorum_) == address(0)) revert ICloud.ZeroAddress();
        subnet = subnet_;
        quorum = quorum_;
    }

    function _appOf(uint64 appId) internal view returns (Application storage a) {
        a = _apps[appId];
        if (a.hot.state == ICloud.AppState.None) revert ICloud.AppUnknown(appId);
    }

    function _requireOwner(Application storage a) internal view {
        if (msg.sender != a.owner) revert ICloud.NotAppOwner(msg.sender);
    }

    function _requireState(uint64 appId, Application storage a, ICloud.AppState state) internal view {
        if (a.hot.state != state) revert ICloud.AppStateWrong(appId, a.hot.state);
    }

    function _requireNewLeases() internal view {
        uint64 until = _policy.newLeasesPausedUntil;
        if (block.timestamp < until) revert ICloud.NewLeasesArePaused(until);
    }

    function _current(uint64 appId, Application storage a) internal view returns (Release storage) {
        return _releases[appId][a.hot.currentVersion];
    }

    /// @dev The pending version, or 0 also when its deadline has passed.
    function _openPending(Hot memory h) internal view returns (uint32) {
        return block.timestamp <= h.pendingDeadline ? h.pendingVersion : 0;
    }

    /// @dev A security version whose deadline has passed is as good as current; see `Funds._takeOver`.
    function _isTakenOver(uint64 appId, Hot memory h) internal view returns (bool) {
        return
            h.pendingVersion != 0 && block.timestamp > h.pendingDeadline && _releases[appId][h.pendingVersion].security;
    }

    function _isMigration(Release storage r, uint32 version) internal view returns (bool) {
        return r.manifestVersion != version;
    }

    /// @dev Replicas of the pending version. `scale` is refused while there is one, so a migration has those of the current one.
    function _pendingReplicas(Hot memory h, Release storage pending) internal view returns (uint8) {
        return _isMigration(pending, h.pendingVersion) ? h.replicas : pending.replicas;
    }

    /// @dev The slot of the current (false) or pending (true) version.
    function _slot(uint64 appId, Hot memory h, uint16 replica, bool pending) internal view returns (LeaseSlot storage) {
        return _slots[appId][replica][h.flipped == pending ? 0 : 1];
    }

    function _assetOf(Application storage a) internal view returns (address) {
        return a.hot.token ? a.asset : NATIVE;
    }

    function _unitOf(Application storage a) internal view returns (uint256) {
        return a.hot.token ? _assets[a.asset].unit : UNIT;
    }

    function _terms(Release storage r) internal view returns (ICloud.Terms memory) {
        return ICloud.Terms({
            replicas: r.replicas,
            cpuMilli: r.cpuMilli,
            memoryMiB: r.memoryMiB,
            diskMiB: r.diskMiB,
            gpu: r.gpu,
            teeClasses: r.teeClasses,
            level: r.level,
            upgradeDelaySeconds: r.upgradeDelaySeconds,
            graceSeconds: r.graceSeconds
        });
    }

    function _now() internal view returns (uint40) {
        return uint40(block.timestamp);
    }
}
