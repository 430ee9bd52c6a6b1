// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "./IBridge.sol";

/// @title WeteeConsumer: base of contracts that call HTTP APIs of attested applications
/// @notice A contract inherits it, calls `_ask`, and writes `_answered`. Fees come out of its own balance; what comes back after a
/// time-out is credited to it in the Bridge, and anyone may have it sent here.
abstract contract WeteeConsumer {
    IBridge public immutable bridge;

    /// @dev Of an event's data on the Hub, bytes.
    uint256 private constant MAX_FAILURE = 320;

    /// @notice A call came back without success: a status other than 2xx, and the first 320 bytes of the encoded text beside it; see
    /// docs/reference/bridge.md.
    event WeteeFailed(uint64 indexed callId, uint16 status, bytes failure);

    error NotBridge(address caller);

    constructor(IBridge bridge_) {
        bridge = bridge_;
    }

    /// @dev Refunds, and whatever pays for calls.
    receive() external payable virtual {}

    /// @notice The callback of every call that `_ask` makes.
    function onWeteeAnswer(uint64 callId, uint16 status, bytes calldata payload) external {
        if (msg.sender != address(bridge)) revert NotBridge(msg.sender);
        if (status / 100 == 2) _answered(callId, payload);
        else _failed(callId, status, payload);
    }

    /// @dev Calls version `apiVersion` of an API with arguments by its definition. Pays the fee of now out of this contract's balance.
    function _ask(uint64 appId, uint32 apiId, uint32 apiVersion, bytes memory args) internal returns (uint64 callId) {
        uint256 feeWei = bridge.quote(appId, apiId, true);
        return bridge.call{value: feeWei}(appId, apiId, apiVersion, args, this.onWeteeAnswer.selector, address(this));
    }

    /// @dev The answer: `abi.decode(payload, (...))` by the response types of the definition. If this reverts, the call is answered all
    /// the same, and `bridge.replay` runs it again.
    function _answered(uint64 callId, bytes calldata payload) internal virtual;

    function _failed(uint64 callId, uint16 status, bytes calldata payload) internal virtual {
        emit WeteeFailed(callId, status, payload.length > MAX_FAILURE ? payload[:MAX_FAILURE] : payload);
    }
}
