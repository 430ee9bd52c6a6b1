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
        liabilitiesWei += msg.value;
        uint256 feeWei;
        (callId, feeWei) = _open(wish, a, args);
        if (msg.value < feeWei) revert FeeTooLow(msg.value, feeWei);
        if (msg.value > feeWei) credit[wish.refundTo] += msg.value - feeWei;
    }

    function fulfil(uint64 callId, uint16 status, bytes calldata payload, bytes calldata signature) external {
        Call memory c = _openCall(callId);
        if (block.timestamp > c.deadline) revert CallTimedOut(callId, c.deadline);
        (bytes32 payloadDigest, address key) = _checkAnswer(c, callId, status, payload, signature);
        if (!cloud.isLeaseLive(c.appId, key)) revert KeyNotLive(c.appId, key);
        _answer(c, callId, status, payload, payloadDigest);
    }

    function fulfilMany(Answer[] calldata answers) external returns (uint256 answered) {
        if (answers.length == 0 || answers.length > MAX_ANSWERS) {
            revert SizeWrong("answers", answers.length, MAX_ANSWERS);
        }
        for (uint256 i = 0; i < answers.length; i++) {
            Answer calldata a = answers[i];
            Call memory c = _calls[a.callId];
            // What somebody else was faster with, or nobody may answer any more, keeps nothing else back.
            if (c.state != CallState.Open || block.timestamp > c.deadline) continue;
            (bytes32 payloadDigest, address key) = _checkAnswer(c, a.callId, a.status, a.payload, a.signature);
            if (!cloud.isLeaseLive(c.appId, key)) continue;
            _answer(c, a.callId, a.status, a.payload, payloadDigest);
            answered++;
        }
        if (answered == 0) revert NothingAnswered();
    }

    function replay(uint64 callId, uint16 status, bytes calldata payload) external {
        Call memory c = _calls[callId];
        if (c.state != CallState.CallbackFailed) revert CallNotOpen(callId, c.state);
        if (msg.sender != c.caller) revert NotCaller(msg.sender);
        bytes32 payloadDigest = keccak256(payload);
        if (c.resultDigest != _resultDigest(status, payloadDigest)) revert PayloadWrong(callId);
        delete _calls[callId];
        emit CallClosed(callId, 0, Outcome.Replayed, status, msg.sender, payloadDigest);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done,) = c.caller.call(abi.encodeWithSelector(c.selector, callId, status, payload));
        if (!done) revert ReplayFailed(callId);
    }

    function expire(uint64 callId) external {
        Call memory c = _openCall(callId);
        if (block.timestamp <= c.deadline) revert TooEarly(uint256(c.deadline) + 1);
        _close(callId, c);
        credit[c.refundTo] += uint256(c.priceWei) + c.allowanceWei;
        emit CallClosed(callId, c.appId, Outcome.TimedOut, 0, msg.sender, 0);
    }

    function quote(uint64 appId, uint32 apiId, bool withCallback) external view returns (uint256 feeWei) {
        IApis.Api memory a = apis.api(appId, apiId);
        if (a.version == 0) revert IApis.ApiUnknown(appId, apiId);
        return a.terms.priceWei + _allowanceWei(a.terms, withCallback);
    }

    function callOf(uint64 callId) external view returns (Call memory) {
        return _calls[callId];
    }

    function openCallCount(uint64 appId) external view returns (uint256) {
        return _openCalls[appId].length;
    }

    function openCalls(uint64 appId, uint256 first, uint256 count)
        external
        view
        returns (uint64[] memory callIds, Call[] memory calls)
    {
        uint64[] storage list = _openCalls[appId];
        uint256 size = first < list.length ? list.length - first : 0;
        if (size > count) size = count;
        if (size > MAX_PAGE) size = MAX_PAGE;
        callIds = new uint64[](size);
        calls = new Call[](size);
        for (uint256 i = 0; i < size; i++) {
            callIds[i] = list[first + i];
            calls[i] = _calls[callIds[i]];
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
        uint64[] storage list = _openCalls[wish.appId];
        list.push(callId);
        IApis.ApiTerms memory t = a.terms;
        uint256 allowanceWei = _allowanceWei(t, wish.selector != 0);
        feeWei = t.priceWei + allowanceWei;
        Call storage c = _calls[callId];
        (c.state, c.caller, c.selector) = (CallState.Open, wish.caller, wish.selector);
        c.callbackGas = t.callbackGas;
        c.refundTo = wish.refundTo;
        c.deadline = uint40(block.timestamp) + t.timeoutSeconds;
        (c.createdBlock, c.definedBlock) = (uint40(block.number), a.definedBlock);
        (c.appId, c.apiId, c.apiVersion) = (wish.appId, wish.apiId, a.version);
        (c.maxPayloadBytes, c.place) = (t.maxPayloadBytes, uint32(list.length));
        (c.priceWei, c.allowanceWei) = (t.priceWei, uint128(allowanceWei));
        (c.definitionDigest, c.argsDigest) = (a.definitionDigest, keccak256(args));
        emit CallOpened(
            callId,
            wish.appId,
            wish.caller,
            wish.apiId,
            a.version,
            wish.subscriptionId,
            c.deadline,
            feeWei,
            c.argsDigest
        );
        _emitArguments(callId, args);
    }

    function _emitArguments(uint64 callId, bytes calldata args) private {
        for (uint256 at = 0; at < args.length; at += CHUNK_BYTES) {
            uint256 end = at + CHUNK_BYTES > args.length ? args.length : at + CHUNK_BYTES;
            emit CallArguments(callId, uint16(at / CHUNK_BYTES), args[at:end]);
        }
    }

    /// @dev The digest of a payload that fits the call, and whose signature of the result it is, 0 for none.
    function _checkAnswer(
        Call memory c,
        uint64 callId,
        uint16 status,
        bytes calldata payload,
        bytes calldata signature
    ) private view returns (bytes32 payloadDigest, address key) {
        if (status < MIN_STATUS || status > MAX_STATUS) revert StatusInvalid(status);
        if (payload.length > c.maxPayloadBytes) {
            revert SizeWrong("payload", payload.length, c.maxPayloadBytes);
        }
        payloadDigest = keccak256(payload);
        bytes32 structHash = keccak256(abi.encode(RESULT_TYPEHASH, callId, c.apiVersion, status, payloadDigest));
        // Refuses a high s: another signature of the same answer closes nothing twice, but nobody should look for it.
        (key,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), signature);
    }

    /// @dev Closes the call, pays, calls back.
    function _answer(Call memory c, uint64 callId, uint16 status, bytes calldata payload, bytes32 payloadDigest)
        private
    {
        _close(callId, c);
        credit[cloud.app(c.appId).owner] += c.priceWei;
        credit[msg.sender] += c.allowanceWei;
        bool done = c.selector == 0 || _callBack(c, callId, status, payload);
        if (!done) {
            Call storage kept = _calls[callId];
            (kept.state, kept.caller, kept.selector) = (CallState.CallbackFailed, c.caller, c.selector);
            kept.resultDigest = _resultDigest(status, payloadDigest);
        }
        Outcome outcome = done ? Outcome.Answered : Outcome.CallbackFailed;
        emit CallClosed(callId, c.appId, outcome, status, msg.sender, payloadDigest);
    }

    /// @dev Forgets a call: its fee is for others from here on, and it can never be closed again.
    function _close(uint64 callId, Call memory c) private {
        uint64[] storage list = _openCalls[c.appId];
        uint64 last = list[list.length - 1];
        if (last != callId) {
            list[c.place - 1] = last;
            _calls[last].place = c.place;
        }
        list.pop();
        delete _calls[callId];
    }

    /// @dev Exactly the gas that the call was paid for, or nothing of this transaction holds: a submitter cannot starve a callback. The
    /// 64th that some chains keep back counts, and the reserve for what comes after. What the callback returns is not copied.
    function _callBack(Call memory c, uint64 callId, uint16 status, bytes calldata payload)
        private
        returns (bool done)
    {
        bytes memory data = abi.encodeWithSelector(c.selector, callId, status, payload);
        (address target, uint256 limit) = (c.caller, c.callbackGas);
        uint256 needed = limit + limit / 63 + _parameters.reserveGas;
        uint256 left = gasleft();
        if (left < needed) revert GasTooLow(left, needed);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            done := call(limit, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }

    function _openCall(uint64 callId) private view returns (Call memory c) {
        c = _calls[callId];
        if (callId == 0 || callId > callCount) revert CallUnknown(callId);
        if (c.state != CallState.Open) revert CallNotOpen(callId, c.state);
    }

    function _resultDigest(uint16 status, bytes32 payloadDigest) private pure returns (bytes32) {
        return keccak256(abi.encode(status, payloadDigest));
    }
}
