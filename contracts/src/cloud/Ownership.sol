// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICloud} from "./ICloud.sol";
import {Versions} from "./Versions.sol";

/// @title Ownership: rules and settings that an owner gives an application, and handing it over
abstract contract Ownership is Versions {
    uint256 internal constant MAX_BATCH = 64;
    uint256 private constant MAX_CONFIGURATION_BYTES = 16_384;

    function configure(uint64 appId, bytes calldata configuration_) external {
        _ownedLiving(appId);
        uint256 size = configuration_.length;
        if (size == 0 || size > MAX_CONFIGURATION_BYTES) {
            revert ICloud.ConfigurationSize(size, MAX_CONFIGURATION_BYTES);
        }
        ICloud.Configuration storage c = _configurations[appId];
        c.revision++;
        c.createdBlock = uint64(block.number);
        c.digest = sha256(configuration_);
        emit ICloud.Configured(appId, c.revision, c.digest);
    }

    function setGuardian(uint64 appId, address guardian) external {
        Application storage a = _living(appId);
        address before = _rules[appId].guardian;
        if (before == address(0)) _requireOwner(a);
        else if (msg.sender != before) revert ICloud.NotGuardian(msg.sender);
        _rules[appId].guardian = guardian;
        emit ICloud.GuardianSet(appId, guardian);
    }

    /// @dev A pending update would be new code after all: it is activated or dropped first.
    function freeze(uint64 appId, uint64 until) external {
        Hot memory h = _ownedLiving(appId).hot;
        uint32 pending = h.pendingVersion;
        if (pending != 0 && !_isMigration(_releases[appId][pending], pending)) {
            revert ICloud.UpdatePending(appId, pending);
        }
        uint64 before = _rules[appId].frozenUntil;
        if (until < before) revert ICloud.FrozenUntil(before);
        if (until <= block.timestamp) revert ICloud.DeadlinePassed(until);
        _rules[appId].frozenUntil = until;
        emit ICloud.Frozen(appId, until);
    }

    function setSpendingCap(uint64 appId, uint256 maxWeiPerSecond) external {
        Application storage a = _ownedLiving(appId);
        Hot memory h = a.hot;
        uint256 runsWei = _rentWei(a, _current(appId, a));
        if (h.pendingVersion != 0) {
            Release storage pending = _releases[appId][h.pendingVersion];
            uint256 pendingWei = _unitOf(a) * pending.rate * _pendingReplicas(h, pending);
            if (pendingWei > runsWei) runsWei = pendingWei;
        }
        if (maxWeiPerSecond != 0 && runsWei > maxWeiPerSecond) revert ICloud.PriceAboveLimit(runsWei, maxWeiPerSecond);
        _rules[appId].maxWeiPerSecond = maxWeiPerSecond;
        emit ICloud.SpendingCapSet(appId, maxWeiPerSecond);
    }

    function offerOwnership(uint64 appId, address to) external {
        _ownedLiving(appId);
        _offeredTo[appId] = to;
        emit ICloud.OwnershipOffered(appId, to);
    }

    function takeOwnership(uint64 appId) external {
        Application storage a = _living(appId);
        if (msg.sender != _offeredTo[appId]) revert ICloud.NotAppOwner(msg.sender);
        bytes32 name = a.name;
        uint64 taken = _byName[msg.sender][name];
        if (taken != 0 && _apps[taken].hot.state != ICloud.AppState.Ended) revert ICloud.NameTaken(name);
        address before = a.owner;
        uint64[] storage list = _byOwner[before];
        uint64 last = list[list.length - 1];
        list[a.ownerIndex] = last;
        _apps[last].ownerIndex = a.ownerIndex;
        list.pop();
        delete _byName[before][name];
        delete _offeredTo[appId];
        // Keys were the former owner's trust.
        delete _deployKeys[appId];
        a.owner = msg.sender;
        a.ownerIndex = SafeCast.toUint24(_byOwner[msg.sender].length);
        _byOwner[msg.sender].push(appId);
        _byName[msg.sender][name] = appId;
        emit ICloud.OwnershipTaken(appId, msg.sender);
    }

    function rules(uint64 appId) external view returns (ICloud.Rules memory) {
        _appOf(appId);
        return _rules[appId];
    }

    function configuration(uint64 appId) external view returns (ICloud.Configuration memory) {
        _appOf(appId);
        return _configurations[appId];
    }
}
