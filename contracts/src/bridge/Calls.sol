// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BridgeState} from "./BridgeState.sol";
import {IApis} from "./IApis.sol";

/// @title Calls: opened with a fee in escrow, closed once: by an answer under a live lease, or after the time-out
/// @dev Everything is settled before a callback runs, which may therefore do here whatever it likes.
abstract contract Calls is BridgeState, EIP712 {
    bytes32 private constant RESULT_TYPEHASH =
        keccak256("Result(uint64 callId,uint32 apiVersion,uint16 status,bytes32 payloadDigest)");
    uint256 private constant MAX_ARGUMENT_BYTES = 4_096;
    uint256 private constant CHUNK_BYTES = 320;
    uint256 private constant MAX_ANSWERS = 64;
    uint16 private constant MIN_STATUS = 100;
    uint16 private constant MAX_STATUS = 999;

    /// @dev Who wants what; the fee has been taken.
    struct Wish {
        address caller;
        bytes4 selector;
        address refundTo;
        uint64 appId;
        uint32 apiId;
        uint64 subscriptionId;
    }

    function call(uint64 appId, uint32 apiId, uint32 apiVersion, bytes calldata args, bytes4 selector, address refundTo)
        external
        payable
        returns (uint64 callId)
    {
        IApis.Api memory a = apis.callable(appId, apiId, apiVersion, msg.sender);
        Wish memory wish = Wish({
            caller: msg.sender,
            selector: selector,
            refundTo: refundTo == address(0) ? msg.sender : refundTo,
            appId: appId,
            apiId: apiId,
            subscriptionId: 0
        });
        _liabilitiesWei += uint128(msg.value);
        uint256 feeWei;
        (callId, feeWei) = _open(wish, a, args);
        if (msg.value < feeWei) revert FeeTooLow(msg.value, feeWei);
        if (msg.value > feeWei) credit[wish.refundTo] += msg.value - feeWei;
    }

    function fulfil(Answer calldata answer) external {
        Call calldata c = answer.call;
        _requireOpen(c);
        if (block.timestamp > c.order.deadline) revert CallTimedOut(c.callId, c.order.deadline);
        (bytes32 payloadDigest, address key) = _checkAnswer(answer);
        if (!cloud.isLeaseLive(c.appId, key)) revert KeyNotLive(c.appId, key);
        _answer(answer, payloadDigest);
    }

    function fulfilMany(Answer[] calldata answers) external returns (uint256 answered) {
        if (answers.length == 0 || answers.length > MAX_ANSWERS) {
            revert SizeWrong("answers", answers.length, MAX_ANSWERS);
        }
        for (uint256 i = 0; i < answers.length; i++) {
            Call calldata c = answers[i].call;
            // What somebody else was faster with, or nobody may answer any more, keeps nothing else back.
            if (stateOf(c.callId) != CallState.Open || block.timestamp > c.order.deadline) continue;
            _requireOpen(c);
            (bytes32 payloadDigest, address key) = _checkAnswer(answers[i]);
            if (!cloud.isLeaseLive(c.appId, key)) continue;
            _answer(answers[i], payloadDigest);
            answered++;
        }
        if (answered == 0) revert NothingAnswered();
    }

    function replay(Call calldata call_, uint16 status, bytes calldata payload) external {
        uint64 callId = call_.callId;
        Kept memory k = _kept[callId];
        if (k.state != CallState.CallbackFailed) revert CallNotOpen(callId, k.state);
        if (msg.sender != call_.caller) revert NotCaller(msg.sender);
        bytes32 payloadDigest = keccak256(payload);
        if (k.digest != _resultDigest(call_, status, payloadDigest)) revert PayloadWrong(callId);
        delete _kept[callId];
        emit CallClosed(callId, 0, Outcome.Replayed, status, msg.sender, payloadDigest);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done,) = msg.sender.call(abi.encodeWithSelector(call_.order.selector, callId, status, payload));
        if (!done) revert ReplayFailed(callId);
    }

    function expire(Call calldata call_) external {
        _requireOpen(call_);
        Order calldata order = call_.order;
        if (block.timestamp <= order.deadline) revert TooEarly(uint256(order.deadline) + 1);
        delete _kept[call_.callId];
        credit[order.refundTo] += uint256(order.priceWei) + order.allowanceWei;
        emit CallClosed(call_.callId, call_.appId, Outcome.TimedOut, 0, msg.sender, 0);
    }

    function quote(uint64 appId, uint32 apiId, bool withCallback) external view returns (uint256 feeWei) {
        IApis.Api memory a = apis.api(appId, apiId);
        if (a.version == 0) revert IApis.ApiUnknown(appId, apiId);
        return a.terms.priceWei + _allowanceWei(a.terms, withCallback);
    }

    function stateOf(uint64 callId) public view returns (CallState) {
        return _kept[callId].state;
    }

    function digestOf(Call calldata call_) external pure returns (bytes31) {
        return _digestOf(call_);
    }

    function openDigests(uint64[] calldata callIds) external view returns (bytes31[] memory digests) {
        digests = new bytes31[](callIds.length);
        for (uint256 i = 0; i < callIds.length; i++) {
            Kept memory k = _kept[callIds[i]];
            if (k.state == CallState.Open) digests[i] = k.digest;
        }
    }

    /// @dev What whoever submits an answer is paid.
    function _allowanceWei(IApis.ApiTerms memory t, bool withCallback) private view returns (uint256) {
        return _gasWei(uint256(_parameters.overheadGas) + (withCallback ? t.callbackGas : 0));
    }

    /// @dev A new call under the API's terms of now. The caller sees to it that the fee is there.
    function _open(Wish memory wish, IApis.Api memory a, bytes calldata args)
        internal
        returns (uint64 callId, uint256 feeWei)
    {
        if (args.length > MAX_ARGUMENT_BYTES) revert SizeWrong("args", args.length, MAX_ARGUMENT_BYTES);
        callId = ++callCount;
        IApis.ApiTerms memory t = a.terms;
        uint256 allowanceWei = _allowanceWei(t, wish.selector != 0);
        feeWei = t.priceWei + allowanceWei;
        Order memory order = Order({
            selector: wish.selector,
            callbackGas: t.callbackGas,
            refundTo: wish.refundTo,
            deadline: uint64(block.timestamp) + t.timeoutSeconds,
            apiId: wish.apiId,
            apiVersion: a.version,
            maxPayloadBytes: t.maxPayloadBytes,
            definedBlock: a.definedBlock,
            priceWei: t.priceWei,
            allowanceWei: uint128(allowanceWei),
            definitionDigest: a.definitionDigest,
            argsDigest: keccak256(args)
        });
        bytes31 digest = bytes31(keccak256(abi.encode(callId, wish.appId, wish.caller, order)));
        _kept[callId] = Kept(CallState.Open, digest);
        emit CallOpened(callId, wish.appId, wish.caller, wish.subscriptionId, order);
        _emitArguments(callId, args);
    }

    function _emitArguments(uint64 callId, bytes calldata args) private {
        for (uint256 at = 0; at < args.length; at += CHUNK_BYTES) {
            uint256 end = at + CHUNK_BYTES > args.length ? args.length : at + CHUNK_BYTES;
            emit CallArguments(callId, uint16(at / CHUNK_BYTES), args[at:end]);
        }
    }

    /// @dev The digest of a payload that fits the call, and whose signature of the result it is, 0 for none.
    function _checkAnswer(Answer calldata answer) private view returns (bytes32 payloadDigest, address key) {
        if (answer.status < MIN_STATUS || answer.status > MAX_STATUS) revert StatusInvalid(answer.status);
        Order calldata order = answer.call.order;
        if (answer.payload.length > order.maxPayloadBytes) {
            revert SizeWrong("payload", answer.payload.length, order.maxPayloadBytes);
        }
        payloadDigest = keccak256(answer.payload);
        bytes32 structHash =
            keccak256(abi.encode(RESULT_TYPEHASH, answer.call.callId, order.apiVersion, answer.status, payloadDigest));
        // Refuses a high s: another signature of the same answer closes nothing twice, but nobody should look for it.
        (key,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), answer.signature);
    }

    /// @dev Forgets the call, so that it is never closed again and its fee is for others from here on; pays; calls back.
    function _answer(Answer calldata answer, bytes32 payloadDigest) private {
        Call calldata c = answer.call;
        delete _kept[c.callId];
        (address owner,) = cloud.ownerAndState(c.appId);
        credit[owner] += c.order.priceWei;
        credit[msg.sender] += c.order.allowanceWei;
        bool done = c.order.selector == 0 || _callBack(answer);
        if (!done) _kept[c.callId] = Kept(CallState.CallbackFailed, _resultDigest(c, answer.status, payloadDigest));
        Outcome outcome = done ? Outcome.Answered : Outcome.CallbackFailed;
        emit CallClosed(c.callId, c.appId, outcome, answer.status, msg.sender, payloadDigest);
    }

    /// @dev Exactly the gas that the call was paid for, or nothing of this transaction holds: a submitter cannot starve a callback. The
    /// 64th that some chains keep back counts, and the reserve for what comes after. What the callback returns is not copied.
    function _callBack(Answer calldata answer) private returns (bool done) {
        Call calldata c = answer.call;
        bytes memory data = abi.encodeWithSelector(c.order.selector, c.callId, answer.status, answer.payload);
        (address target, uint256 limit) = (c.caller, c.order.callbackGas);
        uint256 needed = limit + limit / 63 + _parameters.reserveGas;
        uint256 left = gasleft();
        if (left < needed) revert GasTooLow(left, needed);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            done := call(limit, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }

    /// @dev Whoever closes a call says what it was; it has to be what was kept.
    function _requireOpen(Call calldata c) private view {
        Kept memory k = _kept[c.callId];
        if (k.state != CallState.Open) revert CallNotOpen(c.callId, k.state);
        if (k.digest != _digestOf(c)) revert CallWrong(c.callId);
    }

    function _digestOf(Call calldata c) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(c)));
    }

    function _resultDigest(Call calldata c, uint16 status, bytes32 payloadDigest) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(_digestOf(c), status, payloadDigest)));
    }
}
