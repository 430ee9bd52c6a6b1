// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {CloudState} from "./CloudState.sol";
import {Passing} from "./Passing.sol";
import {Updates} from "./Updates.sol";

/// @title Applications: creation, versions, end; the part of the Cloud that answers what Cloud itself does not
contract Applications is Updates, Passing {
    bytes32 private constant READY_TYPEHASH = keccak256("Ready(uint64 appId,uint32 version,uint16 replica)");
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant DOMAIN_NAME = keccak256("WeTEE");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");
    uint256 private constant SIGNATURE_BYTES = 65;

    /// @dev The authority that counts is Cloud's: this contract's own storage is never used.
    constructor(ISubnet subnet_, IQuorum quorum_, address next)
        CloudState(address(0), subnet_, quorum_)
        Passing(next)
    {}

    function create(
        bytes32 name,
        uint64 workerId,
        address asset,
        uint256 amountWei,
        ICloud.Terms memory terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond
    ) external payable nonReentrant returns (uint64 appId) {
        _requireNewLeases();
        if (!_assets[asset].allowed) revert ICloud.AssetNotAllowed(asset);
        uint256 receivedWei = _take(asset, amountWei);
        if (name == 0) revert ICloud.NameEmpty();
        uint64 before = _byName[msg.sender][name];
        if (before != 0 && _apps[before].hot.state != ICloud.AppState.Ended) revert ICloud.NameTaken(name);
        appId = ++appCount;
        emit ICloud.AppCreated(appId, msg.sender, workerId, name, asset, receivedWei);
        Price memory price = _price(workerId, asset, terms, terms.replicas);
        if (price.rentWei > maxWeiPerSecond) revert ICloud.PriceAboveLimit(price.rentWei, maxWeiPerSecond);
        if (receivedWei < price.minimumWei) revert ICloud.DepositTooLow(receivedWei, price.minimumWei);
        _begin(appId, name, asset, receivedWei, price.graceWei, uint8(terms.replicas));
        Release storage r = _write(appId, 1, workerId, terms, price, _digest(manifest), ICloud.Reason.Created);
        _joinWorker(appId, r);
        emit ICloud.VersionActivated(appId, 1, ICloud.Reason.Created);
        subnet.reserve(workerId, appId, _everything(r, terms.replicas));
    }

    function update(
        uint64 appId,
        ICloud.Terms memory terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond,
        uint256 amountWei,
        bool security
    ) external payable nonReentrant {
        Application storage a = _appOf(appId);
        _requireOwner(a);
        _requireNewLeases();
        uint256 receivedWei = _take(_assetOf(a), amountWei);
        _update(appId, a, terms, manifest, maxWeiPerSecond, receivedWei, security);
    }

    function activate(uint64 appId, bytes calldata ready) external {
        Application storage a = _appOf(appId);
        _requireState(appId, a, ICloud.AppState.Active);
        if (_takeOver(appId, a)) return;
        Hot memory h = a.hot;
        if (h.pendingVersion == 0) revert ICloud.NoPendingVersion(appId);
        if (block.timestamp > h.pendingDeadline) revert ICloud.DeadlinePassed(h.pendingDeadline);
        Release storage next = _releases[appId][h.pendingVersion];
        bool migration = _isMigration(next, h.pendingVersion);
        if (!migration) {
            uint256 allowedAt = uint256(next.createdAt) + _current(appId, a).upgradeDelaySeconds;
            if (block.timestamp < allowedAt) revert ICloud.TooEarly(uint64(allowedAt));
        }
        _requireReady(appId, h, _pendingReplicas(h, next), ready);
        ICloud.Reason reason = migration ? ICloud.Reason.Migrated : ICloud.Reason.Ready;
        // The old worker is left during a live lease: it is paid to the second.
        if (migration) _earnOpenIntervals(appId, a, 0);
        _settle(appId, a, reason);
        // Out of funds: the application is paused and the pending version is gone.
        if (a.hot.state != ICloud.AppState.Active) return;
        _makeCurrent(appId, a, reason);
        _fundGrace(a, next);
    }

    function dropPending(uint64 appId) external {
        Application storage a = _appOf(appId);
        Hot memory h = a.hot;
        // A security version whose deadline has passed is not pending any more.
        if (h.pendingVersion == 0 || _isTakenOver(appId, h)) revert ICloud.NoPendingVersion(appId);
        ICloud.Reason reason = ICloud.Reason.DeadlinePassed;
        if (msg.sender == a.owner) reason = ICloud.Reason.ByOwner;
        else if (msg.sender == _rules[appId].guardian) reason = ICloud.Reason.ByGuardian;
        else if (block.timestamp <= h.pendingDeadline) revert ICloud.NotAppOwner(msg.sender);
        _dropPending(appId, a, reason);
    }

    function terminate(uint64 appId) external {
        Application storage a = _appOf(appId);
        if (a.hot.state == ICloud.AppState.Ended) revert ICloud.AppStateWrong(appId, ICloud.AppState.Ended);
        _takeOver(appId, a);
        Release storage current = _current(appId, a);
        ICloud.Reason reason = msg.sender == a.owner ? ICloud.Reason.ByOwner : _requireMayEnd(a, current);
        bool paused = a.hot.state == ICloud.AppState.Paused;
        if (paused) {
            _payGrace(appId, a, current, ICloud.Reason.Ended);
        } else {
            if (reason == ICloud.Reason.ByOwner) _earnOpenIntervals(appId, a, 0);
            _payRent(appId, a, current, ICloud.Reason.Ended);
            _dropPending(appId, a, ICloud.Reason.Ended);
        }
        uint256 refundWei = uint256(a.escrowWei) + a.graceWei;
        a.escrowWei = 0;
        a.graceWei = 0;
        a.hot.state = ICloud.AppState.Ended;
        a.hot.switchedAt = _now();
        _credits[_assetOf(a)][a.owner] += refundWei;
        _leaveWorker(current);
        ISubnet.Resources memory amount = _everything(current, a.hot.replicas);
        // The rest was freed at the pause.
        if (paused) amount = ISubnet.Resources({cpuMilli: 0, memoryMiB: 0, diskMiB: amount.diskMiB, gpu: 0});
        _free(current.workerId, appId, amount);
        emit ICloud.AppEnded(appId, reason, refundWei);
    }

    function quote(uint64 workerId, address asset, ICloud.Terms memory terms)
        external
        view
        returns (uint256 weiPerSecond, uint256 minimumDepositWei, uint256 graceDepositWei)
    {
        Price memory price = _price(workerId, asset, terms, terms.replicas);
        return (price.weiPerSecond, price.minimumWei, price.graceWei);
    }

    function _begin(uint64 appId, bytes32 name, address asset, uint256 receivedWei, uint256 graceWei, uint8 replicas)
        private
    {
        Application storage a = _apps[appId];
        Hot memory h;
        h.state = ICloud.AppState.Active;
        h.token = asset != NATIVE;
        h.replicas = replicas;
        h.currentVersion = 1;
        h.latestVersion = 1;
        h.switchedAt = _now();
        a.hot = h;
        a.owner = msg.sender;
        a.name = name;
        // Both parts of it fit when the sum does.
        SafeCast.toUint96(receivedWei);
        a.graceWei = uint96(graceWei);
        a.escrowWei = uint96(receivedWei - graceWei);
        a.ownerIndex = SafeCast.toUint24(_byOwner[msg.sender].length);
        if (h.token) a.asset = asset;
        _byName[msg.sender][name] = appId;
        _byOwner[msg.sender].push(appId);
    }

    function _requireReady(uint64 appId, Hot memory h, uint16 replicas, bytes calldata ready) private view {
        for (uint16 replica = 0; replica < replicas; replica++) {
            LeaseSlot storage slot = _slot(appId, h, replica, true);
            uint256 from = replica * SIGNATURE_BYTES;
            if (ready.length != replicas * SIGNATURE_BYTES || !_isLive(appId, h, slot, h.pendingVersion)) {
                revert ICloud.PendingNotReady(appId, replica);
            }
            (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(
                _readyDigest(appId, h.pendingVersion, replica), ready[from:from + SIGNATURE_BYTES]
            );
            if (problem != ECDSA.RecoverError.NoError || signer != slot.instanceKey) {
                revert ICloud.PendingNotReady(appId, replica);
            }
        }
    }

    /// @dev EIP-712 in this contract's own domain; the quorum's statements are hashed in the Quorum's.
    function _readyDigest(uint64 appId, uint32 version, uint16 replica) private view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(READY_TYPEHASH, appId, version, replica));
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this)));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev Anyone after the grace of a paused application; the worker after its notice, or without a lease in the start window.
    function _requireMayEnd(Application storage a, Release storage current) private view returns (ICloud.Reason) {
        ISubnet.Offer memory w = subnet.offer(current.workerId, NATIVE);
        bool byWorker = msg.sender == w.owner || msg.sender == w.operator;
        if (byWorker && a.noticeUntil != 0 && block.timestamp > a.noticeUntil) return ICloud.Reason.NoticeOver;
        if (a.hot.state == ICloud.AppState.Paused) {
            if (_isGraceOver(a, current)) return ICloud.Reason.GraceOver;
            revert ICloud.TooEarly(uint64(a.hot.switchedAt) + current.graceSeconds + 1);
        }
        if (!byWorker) revert ICloud.NotAppOwner(msg.sender);
        if (a.hot.leased) {
            if (a.noticeUntil != 0) revert ICloud.TooEarly(uint64(a.noticeUntil) + 1);
            revert ICloud.NotAppOwner(msg.sender);
        }
        uint64 windowEnd = uint64(a.hot.switchedAt) + _policy.startWindowSeconds;
        if (block.timestamp <= windowEnd) revert ICloud.TooEarly(windowEnd + 1);
        return ICloud.Reason.NeverLeased;
    }
}
