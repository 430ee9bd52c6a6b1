// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Administered} from "../dao/Administered.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";

/// @title CloudState: what the Cloud stores, packed, and how its parts find it
abstract contract CloudState is ICloud, Administered {
    /// @param flipped which physical lease slot is the current one; turned over when a pending version becomes current
    /// @param leased true after the first lease
    /// @param switchedAt last pause or resumption; evidence from before a resumption earns nothing after it
    /// @param unsettledSeconds beside the times: a renewal reads them and writes it, one word
    /// @param workerIndex place in the list of its worker
    /// @param graceWei deposit for the disk while paused: always what the current version's grace costs, less what it has paid
    struct Application {
        address owner;
        AppState state;
        bool flipped;
        bool leased;
        uint32 currentVersion;
        uint32 pendingVersion;
        bytes32 name;
        uint48 pendingDeadline;
        uint48 createdAt;
        uint48 switchedAt;
        uint48 unsettledSeconds;
        uint32 latestVersion;
        uint32 workerIndex;
        uint64 settledSeconds;
        uint128 paidWei;
        uint128 escrowWei;
        uint128 graceWei;
    }

    /// @param rate rent of one replica, in 1e8 wei per second
    /// @param diskRate the part of it that its disk costs while paused, in 1e8 wei per second, rounded up by itself
    struct Release {
        uint64 workerId;
        uint48 createdAt;
        uint48 createdBlock;
        uint48 rate;
        uint48 diskRate;
        bytes32 manifestDigest;
        Terms terms;
    }

    /// @dev What one slot has earned is covered by [earnedFrom, notBefore]; see Leases.
    /// @param fixedDigest hash of the fields that a renewal by the same key leaves as they are
    struct LeaseSlot {
        address instanceKey;
        uint32 version;
        uint64 evidenceBlock;
        uint64 workerId;
        uint48 earnedFrom;
        uint48 notBefore;
        uint48 notAfter;
        bytes32 evidenceDigest;
        bytes32 fixedDigest;
        bytes32 platformId;
        bytes32 hpkeKey;
        bytes32 tlsKeyHash;
        bytes32 measurementId;
    }

    /// @dev Native DOT has 10 decimals: rents and payouts are multiples of this many wei.
    uint256 internal constant UNIT = 1e8;
    uint256 internal constant MAX_FEE_BPS = 500;
    uint256 internal constant MAX_REPLICAS = 64;
    uint256 internal constant MAX_PERIOD = 30 days;
    uint256 internal constant MAX_LEASE_SECONDS = 1 days;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant DOMAIN_NAME = keccak256("WeTEE");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");

    ISubnet public immutable subnet;
    IQuorum public immutable quorum;
    address public treasury;
    uint64 public appCount;
    Parameters internal _parameters;
    mapping(uint64 appId => Application) internal _apps;
    mapping(uint64 appId => mapping(uint32 version => Release)) internal _releases;
    mapping(uint64 appId => mapping(uint16 replica => LeaseSlot[2])) internal _slots;
    mapping(address owner => mapping(bytes32 name => uint64)) internal _byName;
    mapping(address owner => uint64[]) internal _byOwner;
    mapping(uint64 workerId => uint64[]) internal _byWorker;
    mapping(address account => uint256) internal _credits;

    constructor(address admin, ISubnet subnet_, IQuorum quorum_, address treasury_, Parameters memory initial)
        Administered(admin)
    {
        if (address(subnet_) == address(0) || address(quorum_) == address(0)) revert ZeroAddress();
        subnet = subnet_;
        quorum = quorum_;
        _setTreasury(treasury_);
        _setParameters(initial);
    }

    function setParameters(Parameters calldata next) external onlyOwner {
        _setParameters(next);
    }

    function setTreasury(address next) external onlyOwner {
        _setTreasury(next);
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    function _setParameters(Parameters memory next) private {
        _requireWithin(next.maxLeaseSeconds, MAX_LEASE_SECONDS, "maxLeaseSeconds");
        _requireWithin(next.startWindowSeconds, MAX_PERIOD, "startWindowSeconds");
        _requireWithin(next.minEscrowSeconds, MAX_PERIOD, "minEscrowSeconds");
        _requireWithin(next.updateWindowSeconds, MAX_PERIOD, "updateWindowSeconds");
        _requireWithin(next.maxReplicas, MAX_REPLICAS, "maxReplicas");
        if (next.feeBps > MAX_FEE_BPS) revert ParameterInvalid("feeBps");
        _parameters = next;
        emit ParametersSet(next);
    }

    function _setTreasury(address next) private {
        if (next == address(0)) revert ZeroAddress();
        treasury = next;
        emit TreasurySet(next);
    }

    function _requireWithin(uint256 value, uint256 maximum, string memory name) private pure {
        if (value == 0 || value > maximum) revert ParameterInvalid(name);
    }

    /// @dev EIP-712 in this contract's own domain; the quorum's statements are hashed in the Quorum's.
    function _hashTypedData(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this)));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _appOf(uint64 appId) internal view returns (Application storage a) {
        a = _apps[appId];
        if (a.state == AppState.None) revert AppUnknown(appId);
    }

    function _activeApp(uint64 appId) internal view returns (Application storage a) {
        a = _appOf(appId);
        if (a.state != AppState.Active) revert AppStateWrong(appId, a.state);
    }

    /// @dev The pending version, or 0 also when its deadline has passed.
    function _openPending(Application storage a) internal view returns (uint32) {
        return block.timestamp <= a.pendingDeadline ? a.pendingVersion : 0;
    }

    /// @dev The slot of the current (false) or pending (true) version, and the other one.
    function _slotPair(uint64 appId, Application storage a, uint16 replica, bool pending)
        internal
        view
        returns (LeaseSlot storage slot, LeaseSlot storage other)
    {
        LeaseSlot[2] storage pair = _slots[appId][replica];
        uint256 at = a.flipped == pending ? 0 : 1;
        return (pair[at], pair[1 - at]);
    }

    /// @dev Unexpired, of this version, and its evidence not revoked since. False for an empty slot.
    function _isSlotLive(uint64 appId, LeaseSlot storage slot, uint32 version) internal view returns (bool) {
        if (version == 0 || slot.version != version || slot.notAfter <= block.timestamp) return false;
        return subnet.evidenceFault(
            ISubnet.Evidence({
                key: slot.instanceKey,
                platformId: slot.platformId,
                measurementId: slot.measurementId,
                workerId: slot.workerId,
                appId: appId,
                evidenceBlock: slot.evidenceBlock
            })
        ) == ISubnet.EvidenceFault.None;
    }
}
