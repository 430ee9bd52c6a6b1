// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ICloud} from "../cloud/ICloud.sol";
import {IApis} from "./IApis.sol";

/// @title Apis: the book of what contracts can call
contract Apis is IApis, AccessManaged, Multicall {
    /// @dev Native DOT has 10 decimals: prices are multiples of this many wei.
    uint256 private constant UNIT = 1e8;
    uint256 private constant MAX_PAGE = 100;
    uint256 private constant MAX_APIS = 64;
    uint256 private constant MAX_CALLERS = 64;
    uint256 private constant MAX_DEFINITION_BYTES = 4_096;
    uint256 private constant CHUNK_BYTES = 320;
    uint32 private constant MIN_PAYLOAD_BYTES = 32;
    uint32 private constant MAX_PAYLOAD_BYTES = 16_384;
    uint32 private constant MIN_TIMEOUT_SECONDS = 10;
    uint32 private constant MAX_TIMEOUT_SECONDS = 7 days;
    uint32 private constant MAX_GAS = 1e9;

    ICloud public immutable cloud;

    Limits private _limits;
    mapping(uint64 appId => Proxy) private _proxies;
    mapping(uint64 appId => uint32[]) private _apiIds;
    mapping(uint64 appId => mapping(uint32 apiId => Api)) private _apis;
    mapping(uint64 appId => mapping(bytes32 name => uint32)) public apiByName;
    mapping(uint64 appId => mapping(uint32 apiId => mapping(address caller => bool))) public isListed;

    constructor(address authority, ICloud cloud_, Limits memory limits_) AccessManaged(authority) {
        if (authority == address(0) || address(cloud_) == address(0)) revert ZeroAddress();
        cloud = cloud_;
        _setLimits(limits_);
    }

    function register(uint64 appId) external {
        _requireOwner(appId, true);
        Proxy storage p = _proxies[appId];
        if (p.registered) revert ProxyKnown(appId);
        p.registered = true;
        emit ProxyRegistered(appId);
    }

    function setPaused(uint64 appId, bool paused) external {
        _requireOwner(appId, false);
        _proxyOf(appId).paused = paused;
        emit ProxyPaused(appId, paused);
    }

    function addApi(uint64 appId, bytes32 name, bytes calldata definition, ApiTerms calldata terms)
        external
        returns (uint32 apiId)
    {
        _requireOwner(appId, true);
        Proxy storage p = _proxyOf(appId);
        if (name == 0) revert ApiNameEmpty();
        if (apiByName[appId][name] != 0) revert ApiNameTaken(name);
        uint32[] storage ids = _apiIds[appId];
        if (ids.length == MAX_APIS) revert ApisTooMany(MAX_APIS);
        apiId = ++p.latestApiId;
        p.apiCount++;
        ids.push(apiId);
        apiByName[appId][name] = apiId;
        Api storage a = _apis[appId][apiId];
        (a.apiId, a.name, a.place) = (apiId, name, uint32(ids.length));
        _define(appId, apiId, a, definition);
        _setTerms(appId, apiId, a, terms);
    }

    function updateApi(uint64 appId, uint32 apiId, bytes calldata definition) external {
        _requireOwner(appId, true);
        _define(appId, apiId, _apiOf(appId, apiId), definition);
    }

    function setApiTerms(uint64 appId, uint32 apiId, ApiTerms calldata terms) external {
        _requireOwner(appId, true);
        _setTerms(appId, apiId, _apiOf(appId, apiId), terms);
    }

    function deleteApi(uint64 appId, uint32 apiId) external {
        _requireOwner(appId, false);
        Api storage a = _apiOf(appId, apiId);
        uint32[] storage ids = _apiIds[appId];
        uint32 last = ids[ids.length - 1];
        if (last != apiId) {
            ids[a.place - 1] = last;
            _apis[appId][last].place = a.place;
        }
        ids.pop();
        _proxies[appId].apiCount--;
        delete apiByName[appId][a.name];
        delete _apis[appId][apiId];
        emit ApiDeleted(appId, apiId);
    }

    function setCallers(uint64 appId, uint32 apiId, address[] calldata callers, bool allowed) external {
        _requireOwner(appId, false);
        _apiOf(appId, apiId);
        if (callers.length == 0 || callers.length > MAX_CALLERS) {
            revert SizeWrong("callers", callers.length, MAX_CALLERS);
        }
        for (uint256 i = 0; i < callers.length; i++) {
            if (callers[i] == address(0)) revert ZeroAddress();
            isListed[appId][apiId][callers[i]] = allowed;
            emit CallerSet(appId, apiId, callers[i], allowed);
        }
    }

    function setLimits(Limits calldata limits_) external restricted {
        _setLimits(limits_);
    }

    function limits() external view returns (Limits memory) {
        return _limits;
    }

    function proxy(uint64 appId) external view returns (Proxy memory) {
        return _proxies[appId];
    }

    function api(uint64 appId, uint32 apiId) external view returns (Api memory) {
        return _apis[appId][apiId];
    }

    function apis(uint64 appId, uint256 first, uint256 count) external view returns (Api[] memory page) {
        uint32[] storage ids = _apiIds[appId];
        uint256 size = first < ids.length ? ids.length - first : 0;
        if (size > count) size = count;
        page = new Api[](size > MAX_PAGE ? MAX_PAGE : size);
        for (uint256 i = 0; i < page.length; i++) {
            page[i] = _apis[appId][ids[first + i]];
        }
    }

    function callable(uint64 appId, uint32 apiId, uint32 apiVersion, address caller)
        external
        view
        returns (Api memory a)
    {
        if (_proxyOf(appId).paused) revert ProxyIsPaused(appId);
        (, ICloud.AppState state) = cloud.ownerAndState(appId);
        if (state != ICloud.AppState.Active) revert AppNotActive(appId, state);
        a = _apiOf(appId, apiId);
        if (a.version != apiVersion) revert ApiVersionWrong(apiVersion, a.version);
        if (a.terms.restricted && !isListed[appId][apiId][caller]) revert CallerNotListed(caller);
    }

    function _define(uint64 appId, uint32 apiId, Api storage a, bytes calldata definition) private {
        if (definition.length == 0 || definition.length > MAX_DEFINITION_BYTES) {
            revert SizeWrong("definition", definition.length, MAX_DEFINITION_BYTES);
        }
        a.version++;
        a.definedBlock = uint40(block.number);
        a.definitionDigest = sha256(definition);
        emit ApiDefined(appId, apiId, a.version, a.name, a.definitionDigest);
        for (uint256 at = 0; at < definition.length; at += CHUNK_BYTES) {
            uint256 end = at + CHUNK_BYTES > definition.length ? definition.length : at + CHUNK_BYTES;
            emit ApiDefinition(appId, apiId, a.version, uint16(at / CHUNK_BYTES), definition[at:end]);
        }
    }

    function _setTerms(uint64 appId, uint32 apiId, Api storage a, ApiTerms calldata t) private {
        if (t.priceWei % UNIT != 0 || t.priceWei > type(uint96).max) revert TermsInvalid("priceWei");
        if (t.callbackGas > _limits.maxCallbackGas) revert TermsInvalid("callbackGas");
        if (t.maxPayloadBytes < MIN_PAYLOAD_BYTES || t.maxPayloadBytes > MAX_PAYLOAD_BYTES) {
            revert TermsInvalid("maxPayloadBytes");
        }
        if (t.timeoutSeconds < MIN_TIMEOUT_SECONDS || t.timeoutSeconds > _limits.maxTimeoutSeconds) {
            revert TermsInvalid("timeoutSeconds");
        }
        a.terms = t;
        emit ApiTermsSet(appId, apiId, t);
    }

    function _proxyOf(uint64 appId) private view returns (Proxy storage p) {
        p = _proxies[appId];
        if (!p.registered) revert ProxyUnknown(appId);
    }

    function _apiOf(uint64 appId, uint32 apiId) private view returns (Api storage a) {
        a = _apis[appId][apiId];
        if (a.place == 0) revert ApiUnknown(appId, apiId);
    }

    function _setLimits(Limits memory l) private {
        if (l.maxCallbackGas == 0 || l.maxCallbackGas > MAX_GAS) revert LimitInvalid("maxCallbackGas");
        if (l.maxTimeoutSeconds < MIN_TIMEOUT_SECONDS || l.maxTimeoutSeconds > MAX_TIMEOUT_SECONDS) {
            revert LimitInvalid("maxTimeoutSeconds");
        }
        _limits = l;
        emit LimitsSet(l);
    }

    function _requireOwner(uint64 appId, bool living) private view {
        (address owner, ICloud.AppState state) = cloud.ownerAndState(appId);
        if (msg.sender != owner) revert NotAppOwner(msg.sender);
        if (living && state == ICloud.AppState.Ended) revert AppNotActive(appId, state);
    }
}
