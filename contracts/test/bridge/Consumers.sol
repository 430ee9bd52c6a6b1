// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../../src/bridge/WeteeConsumer.sol";
import {WeteeOrigin} from "../../src/bridge/WeteeOrigin.sol";

/// @dev What a contract author writes: asks for a number, keeps it.
contract PriceReader is WeteeConsumer {
    uint256 public price;
    uint64 public lastCall;
    uint16 public failedWith;
    bytes public lastPayload;
    bool private _broken;

    constructor(IBridge bridge_) WeteeConsumer(bridge_) {}

    function ask(uint64 appId, uint32 apiId, uint32 apiVersion, bytes calldata args) external returns (uint64) {
        return _ask(appId, apiId, apiVersion, args);
    }

    function setBroken(bool broken) external {
        _broken = broken;
    }

    function replay(IBridge.Call calldata call_, uint16 status, bytes calldata payload) external {
        bridge.replay(call_, status, payload);
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        require(!_broken, "broken");
        (lastCall, price) = (callId, abi.decode(payload, (uint256)));
    }

    function _failed(uint64 callId, uint16 status, bytes calldata payload) internal override {
        super._failed(callId, status, payload);
        (lastCall, failedWith, lastPayload) = (callId, status, payload);
    }
}

/// @dev A caller whose callback does what the test wants.
contract OddConsumer {
    enum Mood {
        Revert,
        BurnGas,
        ReturnMegabytes,
        RevertMegabytes,
        Reenter,
        MeasureGas
    }

    IBridge private _bridge;
    Mood private _mood;
    bytes private _inner;
    uint256 private _innerWei;
    uint256 public gasSeen;
    bool public innerWorked;
    bytes4 public innerReason;

    constructor(IBridge bridge) payable {
        _bridge = bridge;
    }

    receive() external payable {}

    function call(uint64 appId, uint32 apiId, bytes calldata args) external returns (uint64) {
        uint256 feeWei = _bridge.quote(appId, apiId, true);
        return _bridge.call{value: feeWei}(appId, apiId, 1, args, this.back.selector, address(0));
    }

    /// @dev What the callback calls in the Bridge, or whatever it does.
    function setMood(Mood mood, bytes calldata inner, uint256 innerWei) external {
        (_mood, _inner, _innerWei) = (mood, inner, innerWei);
    }

    function back(uint64, uint16, bytes calldata) external {
        if (_mood == Mood.Revert) revert("no");
        if (_mood == Mood.MeasureGas) gasSeen = gasleft();
        if (_mood == Mood.BurnGas) {
            while (true) {}
        }
        if (_mood == Mood.ReturnMegabytes) {
            assembly {
                return(0, 1000000)
            }
        }
        if (_mood == Mood.RevertMegabytes) {
            assembly {
                revert(0, 1000000)
            }
        }
        if (_mood == Mood.Reenter) {
            bytes memory reason;
            (innerWorked, reason) = address(_bridge).call{value: _innerWei}(_inner);
            if (!innerWorked) innerReason = bytes4(reason);
        }
    }
}

/// @dev Takes calls of one application's instances.
contract Guestbook is WeteeOrigin {
    uint64 private _appId;
    string public entry;
    address public by;
    uint256 public paid;

    constructor(address forwarder_, uint64 appId) WeteeOrigin(forwarder_) {
        _appId = appId;
    }

    function write(string calldata text) external payable onlyApp(_appId) {
        (entry, by, paid) = (text, callingInstance(), paid + msg.value);
    }

    function anybody() external view returns (uint64) {
        return callingApp();
    }

    function refuse() external payable {
        revert("no");
    }
}
