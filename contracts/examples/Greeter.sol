// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../src/bridge/WeteeConsumer.sol";

/// @title Greeter: has an application greet somebody, and keeps what it said
/// @notice The API `greeting` of examples/hello: `/greeting/{name}` gives a text and how many calls it has had.
contract Greeter is WeteeConsumer {
    uint64 public immutable appId;
    uint32 public immutable apiId;

    string public greeting;
    uint64 public calls;
    uint64 public answeredCall;

    constructor(IBridge bridge_, uint64 appId_, uint32 apiId_) payable WeteeConsumer(bridge_) {
        (appId, apiId) = (appId_, apiId_);
    }

    function greet(string calldata name) external returns (uint64 callId) {
        return _ask(appId, apiId, 1, abi.encode(name));
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        (greeting, calls) = abi.decode(payload, (string, uint64));
        answeredCall = callId;
    }
}
