// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../src/bridge/WeteeConsumer.sol";

/// @title PriceFeed: a price that an attested oracle has answered, with rules for what counts (examples/price-oracle)
/// @notice A price counts while it is young, of enough sources that are close together, and not too far from the one before.
contract PriceFeed is WeteeConsumer {
    /// @param maxAgeSeconds older prices are not given out, nor taken
    /// @param maxSpreadBps sources may be so far apart, in hundredths of a percent
    /// @param maxMoveBps a price may be so far from the one before, while that one is young
    struct Rules {
        uint32 maxAgeSeconds;
        uint16 maxSpreadBps;
        uint16 maxMoveBps;
        uint8 minSources;
    }

    /// @param value with 8 decimals
    /// @param at second at which the sources were asked
    struct Price {
        uint192 value;
        uint64 at;
    }

    uint256 private constant BPS = 10_000;

    uint64 public immutable appId;
    uint32 public immutable apiId;
    uint32 public immutable apiVersion;
    string public symbol;
    Rules public rules;
    Price private _last;

    event PriceUpdated(uint64 indexed callId, uint192 value, uint64 at);
    event PriceRefused(uint64 indexed callId, bytes32 reason, uint256 value, uint64 at);

    error PriceStale(uint64 at, uint256 maxAgeSeconds);

    constructor(
        IBridge bridge_,
        uint64 appId_,
        uint32 apiId_,
        uint32 apiVersion_,
        string memory symbol_,
        Rules memory r
    ) WeteeConsumer(bridge_) {
        (appId, apiId, apiVersion, symbol, rules) = (appId_, apiId_, apiVersion_, symbol_, r);
    }

    /// @notice Asks the oracle, out of this contract's balance; anybody may.
    function update() external returns (uint64 callId) {
        return _ask(appId, apiId, apiVersion, abi.encode(symbol));
    }

    /// @notice The last price that counts; reverts when it is too old.
    function price() external view returns (uint192 value, uint64 at) {
        (value, at) = (_last.value, _last.at);
        if (!_isYoung(at)) revert PriceStale(at, rules.maxAgeSeconds);
    }

    /// @notice The last price whatever its age.
    function lastPrice() external view returns (Price memory) {
        return _last;
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        (uint256 value, uint64 at, uint32 spreadBps, uint8 sources) =
            abi.decode(payload, (uint256, uint64, uint32, uint8));
        bytes32 reason = _refusal(value, at, spreadBps, sources);
        if (reason != 0) {
            emit PriceRefused(callId, reason, value, at);
            return;
        }
        _last = Price(uint192(value), at);
        emit PriceUpdated(callId, uint192(value), at);
    }

    function _refusal(uint256 value, uint64 at, uint32 spreadBps, uint8 sources) private view returns (bytes32) {
        Price memory last = _last;
        if (value == 0 || value > type(uint192).max) return "value";
        // The oracle's clock may be ahead of the chain's by a block or two, and answers may overtake each other.
        if (at > block.timestamp + rules.maxAgeSeconds || !_isYoung(at)) return "age";
        if (at <= last.at) return "order";
        if (sources < rules.minSources) return "sources";
        if (spreadBps > rules.maxSpreadBps) return "spread";
        // After a pause longer than that any price is as good as the first one.
        if (last.value != 0 && _isYoung(last.at)) {
            uint256 move = value > last.value ? value - last.value : last.value - value;
            if (move * BPS > uint256(last.value) * rules.maxMoveBps) return "move";
        }
        return 0;
    }

    function _isYoung(uint64 at) private view returns (bool) {
        return at != 0 && block.timestamp <= uint256(at) + rules.maxAgeSeconds;
    }
}
