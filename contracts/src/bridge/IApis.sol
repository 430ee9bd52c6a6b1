// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";

/// @title Apis: which applications answer calls of contracts, and what can be called there
/// @notice An application's owner registers it as a proxy and adds APIs: a definition, of which only the digest is stored, and terms.
/// Several calls fit one transaction by `multicall`. No money is here.
interface IApis {
    /// @notice What a call of an API costs and may need; changing it makes no new version.
    /// @param priceWei to the application's owner, a multiple of 1e8
    /// @param callbackGas exactly this much for the callback
    /// @param maxPayloadBytes longest payload, 32 to 16,384
    /// @param timeoutSeconds from the call until it may be expired, 10 s to `maxTimeoutSeconds`
    /// @param restricted only contracts on the list of the API may call
    struct ApiTerms {
        uint128 priceWei;
        uint32 callbackGas;
        uint32 maxPayloadBytes;
        uint32 timeoutSeconds;
        bool restricted;
    }

    /// @param version 0 when it is not there, else how often it has been defined
    /// @param place in the list of its application, from 1
    /// @param definedBlock block whose events ApiDefinition carry the definition
    /// @param definitionDigest SHA-256 of the definition: canonical JSON {name, method, path, request and response types}
    struct Api {
        uint32 apiId;
        uint32 version;
        uint32 place;
        uint40 definedBlock;
        bytes32 definitionDigest;
        bytes32 name;
        ApiTerms terms;
    }

    /// @notice An application that answers calls.
    /// @param latestApiId highest number that was given
    struct Proxy {
        bool registered;
        bool paused;
        uint32 latestApiId;
        uint32 apiCount;
    }

    /// @notice What terms may ask for; set by the DAO, for terms that are set from then on. Gas is what the chain calls so.
    struct Limits {
        uint32 maxCallbackGas;
        uint32 maxTimeoutSeconds;
    }

    event ProxyRegistered(uint64 indexed appId);
    event ProxyPaused(uint64 indexed appId, bool paused);
    event ApiDefined(
        uint64 indexed appId, uint32 indexed apiId, uint32 version, bytes32 name, bytes32 definitionDigest
    );
    /// @dev The definition in pieces of 320 bytes: an event of the Hub carries at most 416.
    event ApiDefinition(uint64 indexed appId, uint32 indexed apiId, uint32 indexed version, uint16 index, bytes chunk);
    event ApiTermsSet(uint64 indexed appId, uint32 indexed apiId, ApiTerms terms);
    event ApiDeleted(uint64 indexed appId, uint32 indexed apiId);
    event CallerSet(uint64 indexed appId, uint32 indexed apiId, address indexed caller, bool allowed);
    event LimitsSet(Limits limits);

    error NotAppOwner(address caller);
    error ProxyKnown(uint64 appId);
    error ProxyUnknown(uint64 appId);
    error ProxyIsPaused(uint64 appId);
    error AppNotActive(uint64 appId, ICloud.AppState state);
    error ApiUnknown(uint64 appId, uint32 apiId);
    error ApiNameTaken(bytes32 name);
    error ApiNameEmpty();
    error ApiVersionWrong(uint32 asked, uint32 current);
    error ApisTooMany(uint256 maximum);
    error CallerNotListed(address caller);
    error TermsInvalid(string field);
    error SizeWrong(string what, uint256 size, uint256 maximum);
    error LimitInvalid(string name);
    error ZeroAddress();

    // -- the owner of an application
    /// @notice Makes an application answer calls, from its first API on.
    function register(uint64 appId) external;
    /// @notice Refuses new calls, or takes them again; open ones may still be answered.
    function setPaused(uint64 appId, bool paused) external;
    /// @param name unique in the application; what tools find it by
    /// @param definition 1-4,096 bytes; only its digest is stored
    function addApi(uint64 appId, bytes32 name, bytes calldata definition, ApiTerms calldata terms)
        external
        returns (uint32 apiId);
    /// @notice Another definition: the next version, which callers have to name.
    function updateApi(uint64 appId, uint32 apiId, bytes calldata definition) external;
    /// @notice Another price or limit, for calls from now on.
    function setApiTerms(uint64 appId, uint32 apiId, ApiTerms calldata terms) external;
    /// @notice No more calls of it; open ones may still be answered. Its number is not given again.
    function deleteApi(uint64 appId, uint32 apiId) external;
    /// @notice 1-64 contracts on or off the list of an API.
    function setCallers(uint64 appId, uint32 apiId, address[] calldata callers, bool allowed) external;

    // -- restricted (DAO)
    /// @notice Replaces the limits; by the DAO.
    function setLimits(Limits calldata limits) external;

    // -- reading
    /// @notice The Cloud whose applications are called.
    function cloud() external view returns (ICloud);
    /// @notice The limits in force.
    function limits() external view returns (Limits memory);
    /// @notice Whether an application can be called, and how many APIs it has.
    function proxy(uint64 appId) external view returns (Proxy memory);
    /// @notice An API of an application.
    function api(uint64 appId, uint32 apiId) external view returns (Api memory);
    /// @notice At most 100 from index `first` (0-based); one that is deleted leaves its place to the last of the list.
    function apis(uint64 appId, uint256 first, uint256 count) external view returns (Api[] memory);
    /// @notice Number of an API by its name; 0 where there is none.
    function apiByName(uint64 appId, bytes32 name) external view returns (uint32 apiId);
    /// @notice Whether a caller is on the list of an API.
    function isListed(uint64 appId, uint32 apiId, address caller) external view returns (bool);
    /// @notice The API as `caller` may call it now; reverts with why it may not.
    /// @param apiVersion the definition that the caller knows; another one is refused
    function callable(uint64 appId, uint32 apiId, uint32 apiVersion, address caller) external view returns (Api memory);
}
