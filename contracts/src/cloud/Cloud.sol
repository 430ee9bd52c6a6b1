// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {Applications} from "./Applications.sol";
import {CloudState} from "./CloudState.sol";

/// @title Cloud: applications, leases and escrow behind one address, and what others read of them
contract Cloud is Applications {
    uint256 private constant MAX_PAGE = 100;

    constructor(address admin, ISubnet subnet_, IQuorum quorum_, address treasury_, Parameters memory initial)
        CloudState(admin, subnet_, quorum_, treasury_, initial)
    {}

    function app(uint64 appId) external view returns (App memory) {
        Application storage a = _appOf(appId);
        return App({
            owner: a.owner,
            state: a.state,
            name: a.name,
            currentVersion: a.currentVersion,
            pendingVersion: a.pendingVersion,
            latestVersion: a.latestVersion,
            pendingDeadline: a.pendingDeadline,
            createdAt: a.createdAt,
            pausedAt: a.state == AppState.Paused ? a.switchedAt : 0,
            escrowWei: a.escrowWei,
            graceDepositWei: a.graceWei,
            paidWei: a.paidWei,
            settledSeconds: a.settledSeconds
        });
    }

    function version(uint64 appId, uint32 number) external view returns (Version memory found) {
        Release storage r = _releases[appId][number];
        if (r.workerId == 0) return found;
        return Version({
            workerId: r.workerId,
            createdAt: r.createdAt,
            createdBlock: r.createdBlock,
            manifestDigest: r.manifestDigest,
            termsDigest: sha256(abi.encode(r.terms)),
            weiPerSecond: uint256(r.rate) * UNIT,
            terms: r.terms
        });
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
