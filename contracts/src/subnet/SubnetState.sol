// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "./ISubnet.sol";

/// @title SubnetState: all storage of the Subnet's parts, and the checks that they have in common
/// @dev The parts run at one address by delegatecall: storage is declared here and nowhere else.
abstract contract SubnetState is AccessManaged {
    /// @dev The first word holds all that the hot paths ask of a worker.
    struct WorkerRecord {
        address owner;
        uint32 generation;
        ISubnet.WorkerStatus status;
        bool open;
        uint8 level;
        uint8 teeClasses;
        address operator;
        ISubnet.Resources capacity;
        ISubnet.Resources reserved;
        bytes32 region;
        string endpoint;
    }

    /// @dev The first word holds all that the check of a signature asks of a node.
    /// @param generation raised when keys change: proofs of an older one have lapsed; a worker's, when its operator does
    /// @param teeClass of the machine that it proved last
    struct NodeRecord {
        address statementKey;
        uint32 generation;
        ISubnet.NodeStatus status;
        uint48 leftAt;
        uint8 teeClass;
        address owner;
        address operator;
        bytes32 tlsKeyHash;
        string endpoint;
        bytes encryptionKey;
    }

    /// @dev The cover (bonded without locked) is one word.
    struct StakeRecord {
        uint128 bondedWei;
        uint128 lockedBondedWei;
        uint128 unbondingWei;
        uint128 lockedUnbondingWei;
        uint64 availableAt;
        bool delayed;
    }

    /// @dev Two words: one read tells whose it is, whether it is denied and how long it is proven.
    struct Machine {
        uint16 role;
        bool denied;
        uint32 generation;
        uint64 nodeId;
        uint64 notAfter;
        uint64 evidenceBlock;
        bytes32 measurementId;
    }

    uint256 internal constant MAX_BATCH = 64;
    uint256 internal constant MAX_URI_BYTES = 128;
    uint64 private constant MAX_PERIOD_SECONDS = 365 days;
    uint256 internal constant FLOOR_BITS = 42;
    /// @dev How long a seat holds a node that leaves: by then its place was filled, or it signs nothing any more.
    uint256 internal constant LEAVE_SECONDS = 60 days;
    /// @dev Native DOT has 10 decimals: payouts are multiples of it.
    uint256 internal constant UNIT = 1e8;
    uint16 internal constant WORKER = uint16(ISubnet.Role.Worker);
    uint16 internal constant DSECRET = uint16(ISubnet.Role.Dsecret);

    ISubnet.NetworkKind public immutable kind;
    bool public immutable simulated;
    bytes32 public immutable trustStoreDigest;
    uint64 public immutable nodeProofSeconds;
    uint64 public immutable referenceDelaySeconds;
    uint64 public immutable unbondingSeconds;
    IQuorum public immutable quorum;

    address public cloud;
    uint64 public workerCount;
    address public treasury;
    uint64 public nodeCount;
    uint256 public liabilitiesWei;
    /// @dev 42 bits for each subject, the newest floor of any id, and as many at None for the newest of all subjects: evidence above
    /// it needs no look at `_floors`.
    uint256 internal _newestFloors;
    ISubnet.StakeRules internal _stakeRules;

    mapping(uint64 workerId => WorkerRecord) internal _workers;
    mapping(uint64 workerId => mapping(address asset => ISubnet.Prices)) internal _prices;
    mapping(uint64 appId => ISubnet.WorkProof) internal _workProofs;
    mapping(uint64 nodeId => NodeRecord) internal _nodes;
    /// @dev A key stays with the node that named it first, also after a change: a signature never changes its signer.
    mapping(address statementKey => uint64 nodeId) internal _keyOwners;
    mapping(uint16 role => mapping(uint64 nodeId => StakeRecord)) internal _stakes;
    mapping(address account => uint256 amountWei) internal _credits;
    mapping(bytes32 platformId => Machine) internal _machines;
    /// @dev The machine that a worker or node proved last.
    mapping(uint16 role => mapping(uint64 nodeId => bytes32 platformId)) internal _platformOf;
    mapping(uint16 role => mapping(bytes32 measurementId => ISubnet.Reference)) internal _references;
    mapping(ISubnet.Subject subject => mapping(bytes32 id => uint64 blockNumber)) internal _floors;

    constructor(
        address authority,
        IQuorum quorum_,
        ISubnet.Settings memory settings,
        ISubnet.StakeRules memory rules,
        address treasury_
    ) AccessManaged(authority) {
        if (authority == address(0) || address(quorum_) == address(0)) {
            revert ISubnet.ZeroAddress();
        }
        if (settings.trustStoreDigest == 0) revert ISubnet.ZeroDigest();
        if (settings.nodeProofSeconds == 0) revert ISubnet.SettingInvalid("nodeProofSeconds");
        if (settings.unbondingSeconds == 0 || settings.unbondingSeconds > MAX_PERIOD_SECONDS) {
            revert ISubnet.SettingInvalid("unbondingSeconds");
        }
        if (settings.referenceDelaySeconds > MAX_PERIOD_SECONDS) {
            revert ISubnet.SettingInvalid("referenceDelaySeconds");
        }
        if (settings.kind == ISubnet.NetworkKind.Live && settings.simulated) {
            revert ISubnet.SettingInvalid("simulated");
        }
        quorum = quorum_;
        kind = settings.kind;
        simulated = settings.simulated;
        trustStoreDigest = settings.trustStoreDigest;
        nodeProofSeconds = settings.nodeProofSeconds;
        referenceDelaySeconds = settings.referenceDelaySeconds;
        unbondingSeconds = settings.unbondingSeconds;
        _setStakeRules(rules);
        _setTreasury(treasury_);
    }

    function _setStakeRules(ISubnet.StakeRules memory rules) internal {
        _stakeRules = rules;
        emit ISubnet.StakeRulesSet(rules);
    }

    function _setTreasury(address next) internal {
        if (next == address(0)) revert ISubnet.ZeroAddress();
        treasury = next;
        emit ISubnet.TreasurySet(next);
    }

    function _workerOf(uint64 workerId) internal view returns (WorkerRecord storage) {
        if (workerId == 0 || workerId > workerCount) revert ISubnet.WorkerUnknown(workerId);
        return _workers[workerId];
    }

    function _nodeOf(uint64 nodeId) internal view returns (NodeRecord storage) {
        if (nodeId == 0 || nodeId > nodeCount) revert ISubnet.NodeUnknown(nodeId);
        return _nodes[nodeId];
    }

    /// @dev For good: no signature of it counts, so no seat holds its stake.
    function _hasLeft(NodeRecord storage n) internal view returns (bool) {
        if (n.status == ISubnet.NodeStatus.Slashed) return true;
        return n.status == ISubnet.NodeStatus.Leaving && block.timestamp >= n.leftAt + LEAVE_SECONDS;
    }

    function _isNothing(ISubnet.Resources memory amount) internal pure returns (bool) {
        return amount.cpuMilli == 0 && amount.memoryMiB == 0 && amount.diskMiB == 0 && amount.gpu == 0;
    }

    function _requireUri(string calldata uri) internal pure {
        if (bytes(uri).length > MAX_URI_BYTES) revert ISubnet.UriLength(bytes(uri).length);
    }

    function _isAccepted(uint16 role, bytes32 measurementId) internal view returns (bool) {
        ISubnet.Reference storage r = _references[role][measurementId];
        if (block.timestamp < r.validFrom) return false;
        if (r.status == ISubnet.ReferenceStatus.Accepted) return true;
        return r.status == ISubnet.ReferenceStatus.Deprecated && block.timestamp < r.until;
    }

    function _newestOf(uint256 newest, ISubnet.Subject subject) internal pure returns (uint256) {
        return (newest >> (uint256(subject) * FLOOR_BITS)) & ((1 << FLOOR_BITS) - 1);
    }

    /// @dev EIP-712 in this contract's own domain; the quorum's statements are hashed in the Quorum's.
    function _hashTypedData(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("WeTEE"),
                keccak256("1"),
                block.chainid,
                address(this)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
