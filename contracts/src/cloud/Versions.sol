// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {Funds} from "./Funds.sol";

/// @title Versions: pricing what an owner asks for and writing it down
abstract contract Versions is Funds {
    uint256 internal constant MAX_PERIOD = 30 days;
    /// @dev A smallest unit of a token with few decimals is too much for a milli cpu and second: its prices are counted in billionths.
    uint256 private constant TOKEN_PRICE_SCALE = 1e9;

    /// @param rate, diskRate of one replica, in units of the asset per second
    /// @param weiPerSecond the rate as an amount
    /// @param rentWei, graceWei of all replicas: a second's rent, the whole grace deposit
    /// @param minimumWei rent for minEscrowSeconds and the grace deposit
    struct Price {
        uint48 rate;
        uint48 diskRate;
        uint256 weiPerSecond;
        uint256 rentWei;
        uint256 graceWei;
        uint256 minimumWei;
    }

    /// @dev Rent and disk rent of one replica, each rounded up to a multiple of the asset's unit per second.
    function _price(uint64 workerId, address asset, ICloud.Terms memory terms, uint256 replicas)
        internal
        view
        returns (Price memory price)
    {
        _requireTerms(terms, replicas);
        uint256 unit = _assets[asset].unit;
        if (unit == 0) revert ICloud.AssetNotAllowed(asset);
        ISubnet.Offer memory w = subnet.offer(workerId, asset);
        if (!w.open) revert ICloud.WorkerUnfit(workerId, "closed");
        if (w.teeClasses & terms.teeClasses == 0) revert ICloud.WorkerUnfit(workerId, "teeClasses");
        if (w.level < terms.level) revert ICloud.WorkerUnfit(workerId, "level");
        uint256 disk = uint256(w.prices.diskMiB) * terms.diskMiB;
        uint256 rent = uint256(w.prices.cpuMilli) * terms.cpuMilli + uint256(w.prices.memoryMiB) * terms.memoryMiB
            + disk + uint256(w.prices.gpu) * terms.gpu;
        uint256 step = asset == NATIVE ? unit : unit * TOKEN_PRICE_SCALE;
        rent = (rent + step - 1) / step;
        if (rent == 0) revert ICloud.WorkerUnfit(workerId, "asset");
        if (rent > type(uint48).max) revert ICloud.WorkerUnfit(workerId, "price");
        price.rate = uint48(rent);
        price.diskRate = uint48((disk + step - 1) / step);
        price.weiPerSecond = rent * unit;
        price.rentWei = price.weiPerSecond * replicas;
        price.graceWei = price.diskRate * unit * replicas * terms.graceSeconds;
        price.minimumWei = price.rentWei * _policy.minEscrowSeconds + price.graceWei;
    }

    /// @dev Of 64 replicas at most: what all of them take fits the types.
    function _requireTerms(ICloud.Terms memory terms, uint256 n) internal view {
        if (n == 0 || n > _policy.maxReplicas) revert ICloud.TermsInvalid("replicas");
        if (terms.cpuMilli == 0 || terms.cpuMilli * n > type(uint32).max) revert ICloud.TermsInvalid("cpuMilli");
        if (terms.memoryMiB == 0 || terms.memoryMiB * n > type(uint32).max) revert ICloud.TermsInvalid("memoryMiB");
        if (terms.diskMiB * n > type(uint32).max) revert ICloud.TermsInvalid("diskMiB");
        if (terms.gpu * n > type(uint16).max) revert ICloud.TermsInvalid("gpu");
        if (terms.teeClasses == 0) revert ICloud.TermsInvalid("teeClasses");
        if (terms.upgradeDelaySeconds > MAX_PERIOD) revert ICloud.TermsInvalid("upgradeDelaySeconds");
        if (terms.graceSeconds > MAX_PERIOD) revert ICloud.TermsInvalid("graceSeconds");
    }

    /// @dev The caller's limit, and the one the owner has set for all versions.
    function _requireRent(uint64 appId, uint256 rentWei, uint256 limitWei) internal view {
        if (rentWei > limitWei) revert ICloud.PriceAboveLimit(rentWei, limitWei);
        uint256 capWei = _rules[appId].maxWeiPerSecond;
        if (capWei != 0 && rentWei > capWei) revert ICloud.PriceAboveLimit(rentWei, capWei);
    }

    function _requireFunds(Application storage a, uint256 minimumWei) internal view {
        uint256 heldWei = uint256(a.escrowWei) + a.graceWei;
        if (heldWei < minimumWei) revert ICloud.DepositTooLow(heldWei, minimumWei);
    }

    /// @dev Fits the grace deposit, out of the escrow or back into it. At least a second's rent stays there.
    function _fundGrace(Application storage a, Release storage current) internal {
        uint256 graceWei = _diskWei(a, current) * current.graceSeconds;
        _requireFunds(a, graceWei + _rentWei(a, current));
        a.escrowWei = uint96(uint256(a.escrowWei) + a.graceWei - graceWei);
        a.graceWei = uint96(graceWei);
    }

    /// @dev Writes a version that is not there yet.
    function _write(
        uint64 appId,
        uint32 version,
        uint64 workerId,
        ICloud.Terms memory terms,
        Price memory price,
        bytes32 manifestDigest,
        ICloud.Reason reason
    ) internal returns (Release storage r) {
        r = _releases[appId][version];
        r.workerId = SafeCast.toUint40(workerId);
        r.createdAt = _now();
        r.createdBlock = uint40(block.number);
        r.rate = price.rate;
        r.diskRate = price.diskRate;
        r.replicas = uint8(terms.replicas);
        r.teeClasses = terms.teeClasses;
        r.level = terms.level;
        r.gpu = terms.gpu;
        r.upgradeDelaySeconds = uint24(terms.upgradeDelaySeconds);
        r.graceSeconds = uint24(terms.graceSeconds);
        r.cpuMilli = terms.cpuMilli;
        r.memoryMiB = terms.memoryMiB;
        r.diskMiB = terms.diskMiB;
        r.manifestVersion = version;
        r.manifestDigest = manifestDigest;
        emit ICloud.VersionCreated(
            appId, version, workerId, reason, manifestDigest, sha256(abi.encode(terms)), price.weiPerSecond
        );
    }

    /// @dev One pending version at a time; one whose deadline has passed makes room.
    function _clearPending(uint64 appId, Application storage a) internal {
        uint32 open = _openPending(a.hot);
        if (open != 0) revert ICloud.UpdatePending(appId, open);
        _dropPending(appId, a, ICloud.Reason.DeadlinePassed);
    }

    function _living(uint64 appId) internal returns (Application storage a) {
        a = _appOf(appId);
        _takeOver(appId, a);
        if (a.hot.state == ICloud.AppState.Ended) revert ICloud.AppStateWrong(appId, ICloud.AppState.Ended);
    }

    function _ownedLiving(uint64 appId) internal returns (Application storage a) {
        a = _living(appId);
        _requireOwner(a);
    }

    /// @dev A place at the end of the worker's list.
    function _joinWorker(uint64 appId, Release storage r) internal {
        uint64[] storage list = _byWorker[r.workerId];
        r.place = SafeCast.toUint24(list.length);
        list.push(appId);
    }
}
