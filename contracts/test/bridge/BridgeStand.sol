// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {Fixture} from "../Fixture.sol";
import {Vm, vm} from "../Vm.sol";
import {PriceReader} from "./Consumers.sol";

/// @dev An attested application with one API, and a contract that calls it.
abstract contract BridgeStand is Fixture {
    address internal constant OTHER_OWNER = address(0x0B22);
    address internal constant STRANGER = address(0x5742);
    address internal constant SUBMITTER = address(0x5B17);
    bytes internal constant DEFINITION = '{"method":"GET","path":"/price/{0}"}';
    bytes internal constant ARGS = hex"0000000000000000000000000000000000000000000000000000000000000007";
    uint128 internal constant PRICE = 0.01 ether;
    uint32 internal constant CALLBACK_GAS = 200_000;
    uint32 internal constant TIMEOUT = 120;
    uint32 internal constant API = 1;
    uint16 internal constant OK = 200;
    bytes32 private constant RESULT_TYPEHASH =
        keccak256("Result(uint64 callId,uint32 apiVersion,uint16 status,bytes32 payloadDigest)");

    IApis internal apis;
    IBridge internal bridge;
    PriceReader internal reader;
    uint64 internal appId;
    mapping(uint64 callId => IBridge.Call) private _made;
    /// @dev OTHER_OWNER's, attested with key 2.
    uint64 internal otherId;

    function setUp() public virtual override {
        super.setUp();
        apis = IApis(deploy("Apis", abi.encode(manager, cloud, IApis.Limits(1_000_000, 1 days))));
        bridge = IBridge(deploy("Bridge", abi.encode(manager, apis, bridgeParameters())));
        appId = createApp(1 ether);
        vm.deal(OTHER_OWNER, 1 ether);
        vm.prank(OTHER_OWNER);
        otherId =
            cloud.create{value: 1 ether}("other", WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        advance(10);
        attest(appId, 1, 0, 1);
        attest(otherId, 1, 0, 2);
        vm.startPrank(OWNER);
        apis.register(appId);
        apis.addApi(appId, "price", DEFINITION, apiTerms());
        vm.stopPrank();
        reader = new PriceReader(bridge);
        vm.deal(address(reader), 10 ether);
        vm.recordLogs();
    }

    /// @dev As its event had it, which is where everybody who closes calls has them from.
    function callOf(uint64 callId) internal returns (IBridge.Call memory) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            bytes32[] memory topics = logs[i].topics;
            if (topics[0] != IBridge.CallOpened.selector) continue;
            (, IBridge.Order memory order) = abi.decode(logs[i].data, (uint64, IBridge.Order));
            uint64 opened = uint64(uint256(topics[1]));
            _made[opened] =
                IBridge.Call(opened, uint64(uint256(topics[2])), address(uint160(uint256(topics[3]))), order);
        }
        IBridge.Call memory made = _made[callId];
        made.callId = callId;
        return made;
    }

    function bridgeParameters() internal pure returns (IBridge.Parameters memory) {
        return
            IBridge.Parameters({gasPriceWei: 1e9 + 1, overheadGas: 250_000, triggerGas: 200_000, reserveGas: 100_000});
    }

    function apiTerms() internal pure returns (IApis.ApiTerms memory) {
        return IApis.ApiTerms({
            priceWei: PRICE, callbackGas: CALLBACK_GAS, maxPayloadBytes: 256, timeoutSeconds: TIMEOUT, restricted: false
        });
    }

    /// @dev (450,000 gas) * (1e9 + 1) wei, rounded up to 1e8.
    function allowance() internal pure returns (uint256) {
        return (uint256(450_000) * (1e9 + 1) + 1e8 - 1) / 1e8 * 1e8;
    }

    function fee() internal pure returns (uint256) {
        return PRICE + allowance();
    }

    function ask() internal returns (uint64) {
        return reader.ask(appId, API, 1, ARGS);
    }

    function resultSignature(uint256 key, uint64 callId, uint32 version, uint16 status, bytes memory payload)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(abi.encode(RESULT_TYPEHASH, callId, version, status, keccak256(payload)));
        return signOne(instanceKey(key), typedDigest(address(bridge), structHash));
    }

    function answer(uint64 callId, uint16 status, bytes memory payload) internal {
        IBridge.Answer memory given = answerOf(callId, status, payload);
        vm.prank(SUBMITTER);
        bridge.fulfil(given);
    }

    function answerOf(uint64 callId, uint16 status, bytes memory payload) internal returns (IBridge.Answer memory) {
        return IBridge.Answer(callOf(callId), status, payload, resultSignature(1, callId, 1, status, payload));
    }

    function refuseAnswer(uint64 callId, uint16 status, bytes memory payload, bytes memory signature, bytes memory why)
        internal
    {
        IBridge.Answer memory given = IBridge.Answer(callOf(callId), status, payload, signature);
        vm.expectRevert(why);
        vm.prank(SUBMITTER);
        bridge.fulfil(given);
    }

    function stateOf(uint64 callId) internal view returns (uint256) {
        return uint256(bridge.stateOf(callId));
    }

    function solvent() internal view {
        same(address(bridge).balance, bridge.liabilitiesWei(), "every wei that is there is owed");
    }
}
