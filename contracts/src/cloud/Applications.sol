// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {Leases} from "./Leases.sol";

/// @title Applications: creation, versions, end
abstract contract Applications is Leases {
    bytes32 private constant READY_TYPEHASH = keccak256("Ready(uint64 appId,uint32 version,uint16 replica)");
    uint256 private constant MAX_MANIFEST_BYTES = 65_536;
    uint256 private constant SIGNATURE_BYTES = 65;

    function create(bytes32 name, uint64 workerId, Terms memory terms, bytes calldata manifest, uint256 maxWeiPerSecond)
        external
        payable
        returns (uint64 appId)
    {
        if (name == 0) revert NameEmpty();
        if (_apps[_byName[msg.sender][name]].state != AppState.Ended && _byName[msg.sender][name] != 0) {
            revert NameTaken(name);
        }
        appId = ++appCount;
        (uint256 rentWei, uint256 graceWei) = _write(appId, 1, workerId, terms, manifest, maxWeiPerSecond);
        uint256 minimumWei = rentWei * _parameters.minEscrowSeconds + graceWei;
        if (msg.value < minimumWei) revert DepositTooLow(msg.value, minimumWei);
        Application storage a = _apps[appId];
        a.owner = msg.sender;
        a.state = AppState.Active;
        a.currentVersion = 1;
        a.latestVersion = 1;
        a.name = name;
        a.createdAt = uint48(block.timestamp);
        a.graceWei = SafeCast.toUint128(graceWei);
        a.escrowWei = SafeCast.toUint128(msg.value - graceWei);
        _byName[msg.sender][name] = appId;
        _byOwner[msg.sender].push(appId);
        a.workerIndex = uint32(_byWorker[workerId].length);
        _byWorker[workerId].push(appId);
        emit AppCreated(appId, msg.sender, workerId, name, msg.value);
        emit VersionActivated(appId, 1);
        subnet.reserve(workerId, appId, _everything(terms));
    }

    function update(uint64 appId, Terms memory terms, bytes calldata manifest, uint256 maxWeiPerSecond)
        external
        payable
    {
        Application storage a = _activeApp(appId);
        if (msg.sender != a.owner) revert NotAppOwner(msg.sender);
        if (_openPending(a) != 0) revert UpdatePending(appId, a.pendingVersion);
        _dropPending(appId, a);
        if (msg.value > 0) {
            a.escrowWei += SafeCast.toUint128(msg.value);
            emit Recharged(appId, msg.sender, msg.value);
        }
        _settle(appId, a);
        if (a.state != AppState.Active) revert AppStateWrong(appId, a.state);
        Release storage current = _releases[appId][a.currentVersion];
        uint32 version = ++a.latestVersion;
        (uint256 rentWei, uint256 graceWei) = _write(appId, version, current.workerId, terms, manifest, maxWeiPerSecond);
        uint256 heldWei = uint256(a.escrowWei) + a.graceWei;
        uint256 minimumWei = rentWei * _parameters.minEscrowSeconds + graceWei;
        if (heldWei < minimumWei) revert DepositTooLow(heldWei, minimumWei);
        a.pendingVersion = version;
        a.pendingDeadline =
            uint48(block.timestamp + current.terms.upgradeDelaySeconds + _parameters.updateWindowSeconds);
        subnet.reserve(current.workerId, appId, _everything(terms));
    }

    function activate(uint64 appId, bytes calldata ready) external {
        Application storage a = _activeApp(appId);
        uint32 version = a.pendingVersion;
        if (version == 0) revert NoPendingVersion(appId);
        if (block.timestamp > a.pendingDeadline) revert DeadlinePassed(a.pendingDeadline);
        Release storage old = _releases[appId][a.currentVersion];
        Release storage next = _releases[appId][version];
        uint256 allowedAt = uint256(next.createdAt) + old.terms.upgradeDelaySeconds;
        if (block.timestamp < allowedAt) revert TooEarly(uint64(allowedAt));
        _requireReady(appId, a, version, next.terms.replicas, ready);
        _settle(appId, a);
        // Out of funds: the application is paused and the pending version is gone.
        if (a.state != AppState.Active) return;
        a.currentVersion = version;
        a.pendingVersion = 0;
        a.pendingDeadline = 0;
        a.flipped = !a.flipped;
        _fundGrace(a, next);
        emit VersionActivated(appId, version);
        subnet.release(old.workerId, appId, _everything(old.terms));
    }

    function dropPending(uint64 appId) external {
        Application storage a = _appOf(appId);
        if (a.pendingVersion == 0) revert NoPendingVersion(appId);
        if (msg.sender != a.owner && block.timestamp <= a.pendingDeadline) revert NotAppOwner(msg.sender);
        _dropPending(appId, a);
    }

    function terminate(uint64 appId) external {
        Application storage a = _appOf(appId);
        if (a.state == AppState.Ended) revert AppStateWrong(appId, AppState.Ended);
        Release storage current = _releases[appId][a.currentVersion];
        bool byOwner = msg.sender == a.owner;
        if (!byOwner) _requireMayEnd(appId, a, current.workerId);
        bool paused = a.state == AppState.Paused;
        if (paused) {
            _payGrace(appId, a, current);
        } else {
            if (byOwner) _earnOpenIntervals(appId, a);
            _payRent(appId, a, current);
            _dropPending(appId, a);
        }
        uint256 refundWei = uint256(a.escrowWei) + a.graceWei;
        a.escrowWei = 0;
        a.graceWei = 0;
        a.state = AppState.Ended;
        _credits[a.owner] += refundWei;
        _leaveWorker(a, current.workerId);
        emit AppEnded(appId, refundWei);
        ISubnet.Resources memory amount = _everything(current.terms);
        // The rest was freed at the pause.
        if (paused) amount = ISubnet.Resources({cpuMilli: 0, memoryMiB: 0, diskMiB: amount.diskMiB, gpu: 0});
        subnet.release(current.workerId, appId, amount);
    }

    function quote(uint64 workerId, Terms memory terms)
        external
        view
        returns (uint256 weiPerSecond, uint256 minimumDepositWei, uint256 graceDepositWei)
    {
        uint256 diskWei;
        (weiPerSecond, diskWei) = _price(workerId, terms);
        graceDepositWei = diskWei * terms.replicas * terms.graceSeconds;
        minimumDepositWei = weiPerSecond * terms.replicas * _parameters.minEscrowSeconds + graceDepositWei;
    }

    /// @dev Prices and stores a version. Returns rent per second and grace deposit of all replicas.
    function _write(
        uint64 appId,
        uint32 version,
        uint64 workerId,
        Terms memory terms,
        bytes calldata manifest,
        uint256 maxWeiPerSecond
    ) private returns (uint256 rentWei, uint256 graceWei) {
        if (manifest.length == 0 || manifest.length > MAX_MANIFEST_BYTES) {
            revert ManifestSize(manifest.length, MAX_MANIFEST_BYTES);
        }
        (uint256 weiPerSecond, uint256 diskWei) = _price(workerId, terms);
        rentWei = weiPerSecond * terms.replicas;
        graceWei = diskWei * terms.replicas * terms.graceSeconds;
        if (rentWei > maxWeiPerSecond) revert PriceAboveLimit(rentWei, maxWeiPerSecond);
        Release storage r = _releases[appId][version];
        r.workerId = workerId;
        r.createdAt = uint48(block.timestamp);
        r.createdBlock = uint48(block.number);
        r.rate = SafeCast.toUint48(weiPerSecond / UNIT);
        r.diskRate = SafeCast.toUint48(diskWei / UNIT);
        r.manifestDigest = sha256(manifest);
        r.terms = terms;
        emit VersionCreated(appId, version, workerId, r.manifestDigest, sha256(abi.encode(terms)), weiPerSecond);
    }

    /// @dev Rent and disk rent of one replica, each rounded up to a multiple of 1e8 wei per second.
    function _price(uint64 workerId, Terms memory terms) private view returns (uint256 weiPerSecond, uint256 diskWei) {
        _requireTerms(terms);
        ISubnet.Offer memory w = subnet.offer(workerId);
        if (!w.open) revert WorkerUnfit(workerId, "closed");
        if (w.teeClasses & terms.teeClasses == 0) revert WorkerUnfit(workerId, "teeClasses");
        if (w.level < terms.level) revert WorkerUnfit(workerId, "level");
        diskWei = uint256(w.prices.diskMiB) * terms.diskMiB;
        weiPerSecond = uint256(w.prices.cpuMilli) * terms.cpuMilli + uint256(w.prices.memoryMiB) * terms.memoryMiB
            + diskWei + uint256(w.prices.gpu) * terms.gpu;
        weiPerSecond = _roundUp(weiPerSecond);
        diskWei = _roundUp(diskWei);
        if (weiPerSecond / UNIT > type(uint48).max) revert WorkerUnfit(workerId, "price");
    }

    function _requireTerms(Terms memory terms) private view {
        uint256 n = terms.replicas;
        if (n == 0 || n > _parameters.maxReplicas) revert TermsInvalid("replicas");
        if (terms.cpuMilli == 0 || terms.cpuMilli * n > type(uint32).max) revert TermsInvalid("cpuMilli");
        if (terms.memoryMiB == 0 || terms.memoryMiB * n > type(uint32).max) revert TermsInvalid("memoryMiB");
        if (terms.diskMiB * n > type(uint32).max) revert TermsInvalid("diskMiB");
        if (terms.gpu * n > type(uint16).max) revert TermsInvalid("gpu");
        if (terms.teeClasses == 0) revert TermsInvalid("teeClasses");
        if (terms.upgradeDelaySeconds > MAX_PERIOD) revert TermsInvalid("upgradeDelaySeconds");
        if (terms.graceSeconds > MAX_PERIOD) revert TermsInvalid("graceSeconds");
    }

    /// @dev Fits the grace deposit to the version that becomes current. Nothing is set aside for it before: what is held until
    /// then is there for the rent of the version that runs.
    function _fundGrace(Application storage a, Release storage next) private {
        uint256 heldWei = uint256(a.escrowWei) + a.graceWei;
        uint256 graceWei = _graceWei(next, next.terms.graceSeconds);
        uint256 minimumWei = graceWei + _rentWei(next);
        if (heldWei < minimumWei) revert DepositTooLow(heldWei, minimumWei);
        a.escrowWei = uint128(heldWei - graceWei);
        a.graceWei = uint128(graceWei);
    }

    /// @dev The last application of the worker's list takes the place of this one: the list stays as long as what runs there.
    function _leaveWorker(Application storage a, uint64 workerId) private {
        uint64[] storage list = _byWorker[workerId];
        uint64 last = list[list.length - 1];
        list[a.workerIndex] = last;
        _apps[last].workerIndex = a.workerIndex;
        list.pop();
    }

    function _requireReady(uint64 appId, Application storage a, uint32 version, uint16 replicas, bytes calldata ready)
        private
        view
    {
        for (uint16 replica = 0; replica < replicas; replica++) {
            (LeaseSlot storage slot,) = _slotPair(appId, a, replica, true);
            uint256 from = replica * SIGNATURE_BYTES;
            if (ready.length != replicas * SIGNATURE_BYTES || !_isSlotLive(appId, slot, version)) {
                revert PendingNotReady(appId, replica);
            }
            bytes32 digest = _hashTypedData(keccak256(abi.encode(READY_TYPEHASH, appId, version, replica)));
            (address signer, ECDSA.RecoverError problem,) =
                ECDSA.tryRecoverCalldata(digest, ready[from:from + SIGNATURE_BYTES]);
            if (problem != ECDSA.RecoverError.NoError || signer != slot.instanceKey) {
                revert PendingNotReady(appId, replica);
            }
        }
    }

    /// @dev Anyone after the grace of a paused application; the worker when no lease came within the start window.
    function _requireMayEnd(uint64 appId, Application storage a, uint64 workerId) private view {
        if (a.state == AppState.Paused) {
            uint256 graceEnd = uint256(a.switchedAt) + _releases[appId][a.currentVersion].terms.graceSeconds;
            if (block.timestamp <= graceEnd) revert TooEarly(uint64(graceEnd + 1));
            return;
        }
        ISubnet.Offer memory w = subnet.offer(workerId);
        if (a.leased || (msg.sender != w.owner && msg.sender != w.operator)) revert NotAppOwner(msg.sender);
        uint256 windowEnd = uint256(a.createdAt) + _parameters.startWindowSeconds;
        if (block.timestamp <= windowEnd) revert TooEarly(uint64(windowEnd + 1));
    }

    function _roundUp(uint256 amountWei) private pure returns (uint256) {
        return ((amountWei + UNIT - 1) / UNIT) * UNIT;
    }
}
