// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../src/bridge/WeteeConsumer.sol";

/// @title StockReader: asks an existing web program what it has in stock (examples/existing-program)
contract StockReader is WeteeConsumer {
    /// @param priceCents in hundredths
    /// @param at second of the answer; 0: nothing known
    struct Item {
        string name;
        uint32 stock;
        uint128 priceCents;
        uint64 at;
    }

    uint64 public immutable appId;
    uint32 public immutable apiId;
    uint32 public immutable apiVersion;

    mapping(uint64 callId => string) private _askedFor;
    mapping(string id => Item) private _items;

    event ItemRead(uint64 indexed callId, uint32 stock, uint128 priceCents);

    constructor(IBridge bridge_, uint64 appId_, uint32 apiId_, uint32 apiVersion_) payable WeteeConsumer(bridge_) {
        (appId, apiId, apiVersion) = (appId_, apiId_, apiVersion_);
    }

    function read(string calldata id) external returns (uint64 callId) {
        callId = _ask(appId, apiId, apiVersion, abi.encode(id));
        _askedFor[callId] = id;
    }

    function item(string calldata id) external view returns (Item memory) {
        return _items[id];
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        (string memory name, uint32 stock, uint128 priceCents) = abi.decode(payload, (string, uint32, uint128));
        _items[_askedFor[callId]] = Item(name, stock, priceCents, uint64(block.timestamp));
        emit ItemRead(callId, stock, priceCents);
    }
}
