// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ICloud} from "./ICloud.sol";
import {CloudState} from "./CloudState.sol";
import {Leases} from "./Leases.sol";
import {Passing} from "./Passing.sol";
import {Policies} from "./Policies.sol";

/// @title Cloud: the one address of applications, leases and money; what others read of them
/// @dev Holds the paths that run all the time (Leases, Escrow); everything else is in the parts behind it.
contract Cloud is Leases, Policies, Passing {
    uint256 private constant MAX_PAGE = 100;

    constructor(
        address authority_,
        ISubnet subnet_,
        IQuorum quorum_,
        address treasury_,
        ICloud.Parameters memory initial,
        address part
    ) CloudState(authority_, subnet_, quorum_) Passing(part) {
        _setTreasury(treasury_);
        _setParameters(initial);
        _setAsset(NATIVE, true, UNIT);
    }

    function app(uint64 appId) external view returns (ICloud.App memory) {
        Application storage a = _appOf(appId);
        Hot memory h = _effective(appId, a.hot);
        bool paused = h.state == ICloud.AppState.Paused;
        return ICloud.App({
            owner: a.owner,
            state: h.state,
            name: a.name,
            asset: a.asset,
            replicas: h.replicas,
            currentVersion: h.currentVersion,
            pendingVersion: h.pendingVersion,
            latestVersion: h.latestVersion,
            pendingDeadline: h.pendingDeadline,
            createdAt: _releases[appId][1].createdAt,
            pausedAt: paused ? h.switchedAt : 0,
            pauseReason: !paused
                ? ICloud.Reason.None
                : a.pausedByOwner ? ICloud.Reason.ByOwner : ICloud.Reason.OutOfFunds,
            noticeUntil: a.noticeUntil,
            escrowWei: a.escrowWei,
            graceDepositWei: a.graceWei,
            paidWei: a.paidWei,
            settledSeconds: a.settledSeconds
        });
    }

    function ownerAndState(uint64 appId) external view returns (address, ICloud.AppState) {
        Application storage a = _appOf(appId);
        return (a.owner, a.hot.state);
    }

    function version(uint64 appId, uint32 number) external view returns (ICloud.Version memory found) {
        Release storage r = _releases[appId][number];
        if (r.workerId == 0) return found;
        found.workerId = r.workerId;
        found.createdAt = r.createdAt;
        found.createdBlock = r.createdBlock;
        found.endedAt = _endedAt(appId, number, r);
        found.manifestVersion = r.manifestVersion;
        found.security = r.security;
        found.manifestDigest = r.manifestDigest;
        found.terms = _terms(r);
        found.termsDigest = sha256(abi.encode(found.terms));
        found.weiPerSecond = uint256(r.rate) * _unitOf(_apps[appId]);
    }

    function servedUntil(uint64 appId, uint32 number) external view returns (uint64) {
        Release storage r = _releases[appId][number];
        if (!r.leased) return 0;
        uint64 endedAt = _endedAt(appId, number, r);
        return endedAt == 0 ? uint64(block.timestamp) : endedAt;
    }

    function appByName(address owner, bytes32 name) external view returns (uint64 appId) {
        return _byName[owner][name];
    }

    function appsOf(address owner, uint256 first, uint256 count) external view returns (uint64[] memory) {
        return _page(_byOwner[owner], first, count);
    }

    function appsOn(uint64 workerId, uint256 first, uint256 count) external view returns (uint64[] memory) {
        return _page(_byWorker[workerId], first, count);
    }

    function appsOnCount(uint64 workerId) external view returns (uint256) {
        return _byWorker[workerId].length;
    }

    /// @dev The version that was current at the end ended with its application, one that a security version replaces at the deadline.
    function _endedAt(uint64 appId, uint32 number, Release storage r) private view returns (uint64) {
        Hot memory h = _apps[appId].hot;
        if (h.currentVersion != number) return r.endedAt;
        if (_isTakenOver(appId, h)) return h.pendingDeadline;
        return h.state == ICloud.AppState.Ended ? h.switchedAt : 0;
    }

    function _page(uint64[] storage ids, uint256 first, uint256 count) private view returns (uint64[] memory page) {
        uint256 total = ids.length;
        uint256 left = first < total ? total - first : 0;
        uint256 size = count < MAX_PAGE ? count : MAX_PAGE;
        page = new uint64[](size < left ? size : left);
        for (uint256 i = 0; i < page.length; i++) {
            page[i] = ids[first + i];
        }
    }
}
