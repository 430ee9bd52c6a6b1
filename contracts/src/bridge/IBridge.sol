// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IApis} from "./IApis.sol";

/// @title Bridge: contracts call HTTP APIs of attested applications, and their callbacks get the answers
/// @notice A call is a fee in escrow until it is answered under a live lease of the application, or has timed out: the price goes to the
/// application's owner, what the submitter spends on gas to the submitter, all of it back after a time-out. Results are EIP-712
/// statements of the instance's key: domain name "WeTEE", version "1", this address. Amounts are wei, payouts multiples of 1e8 wei (DOT
/// has 10 decimals). Times are block times, seconds.
interface IBridge {
    /// @dev Where a call is. Nothing is kept of it any more, and it is None, once its callback has run, or it has expired.
    enum CallState {
        None,
        Open,
        CallbackFailed
    }
    /// @dev Why a call has ended.
    enum Outcome {
        None,
        Answered,
        CallbackFailed,
        Replayed,
        TimedOut
    }

    /// @notice What a call was made under; later changes of the API do not touch it.
    /// @param selector of the callback (uint64 callId, uint16 status, bytes payload) on the caller; 0: there is none
    /// @param refundTo who gets the fee after a time-out
    /// @param deadline last second in which it can be answered
    /// @param definedBlock block whose events ApiDefinition carry the definition
    /// @param allowanceWei for whoever submits the answer
    struct Order {
        bytes4 selector;
        uint32 callbackGas;
        address refundTo;
        uint64 deadline;
        uint32 apiId;
        uint32 apiVersion;
        uint32 maxPayloadBytes;
        uint64 definedBlock;
        uint128 priceWei;
        uint128 allowanceWei;
        bytes32 definitionDigest;
        bytes32 argsDigest;
    }

    /// @notice A call as the event CallOpened has it. The contract keeps its digest alone: whoever closes a call brings it along.
    struct Call {
        uint64 callId;
        uint64 appId;
        address caller;
        Order order;
    }

    /// @notice What is kept of a call.
    /// @param digest first 31 bytes of keccak256(abi.encode(call)), and of the result too after a callback that failed
    struct Kept {
        CallState state;
        bytes31 digest;
    }

    /// @notice A call again and again, from a balance that was paid before.
    /// @param everyBlocks least distance of two calls
    /// @param maxFeeWei no call that costs more
    struct Subscription {
        address subscriber;
        bytes4 selector;
        uint32 everyBlocks;
        address refundTo;
        uint64 nextBlock;
        uint64 appId;
        uint32 apiId;
        uint32 apiVersion;
        uint128 balanceWei;
        uint128 maxFeeWei;
        bytes32 argsDigest;
    }

    /// @notice An answer.
    /// @param status HTTP status, 100-999; what is no HTTP answer has a status of docs/reference/bridge.md
    /// @param payload by the types of the definition where the status is 2xx, else abi.encode(string text)
    /// @param signature 65 bytes of Result(uint64 callId,uint32 apiVersion,uint16 status,bytes32 payloadDigest) by the instance's key
    struct Answer {
        Call call;
        uint16 status;
        bytes payload;
        bytes signature;
    }

    /// @notice Set by the DAO. Gas is what the chain calls so; calls that are open keep what they were made under.
    /// @param gasPriceWei what a submitter is paid for each unit of gas
    /// @param overheadGas of an answer beside its callback
    /// @param triggerGas of a subscription's call, for whoever triggers it
    /// @param reserveGas has to be left for what comes after a callback
    struct Parameters {
        uint64 gasPriceWei;
        uint32 overheadGas;
        uint32 triggerGas;
        uint32 reserveGas;
    }

    event CallOpened(
        uint64 indexed callId, uint64 indexed appId, address indexed caller, uint64 subscriptionId, Order order
    );
    /// @dev The arguments in pieces of 320 bytes: an event of the Hub carries at most 416.
    event CallArguments(uint64 indexed callId, uint16 index, bytes chunk);
    event CallClosed(
        uint64 indexed callId,
        uint64 indexed appId,
        Outcome indexed outcome,
        uint16 status,
        address submitter,
        bytes32 payloadDigest
    );
    event Subscribed(
        uint64 indexed subscriptionId,
        uint64 indexed appId,
        address indexed subscriber,
        uint32 apiId,
        uint32 everyBlocks
    );
    event SubscriptionToppedUp(uint64 indexed subscriptionId, address indexed from, uint256 amountWei);
    event SubscriptionCancelled(uint64 indexed subscriptionId, uint256 refundWei);
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);
    event ParametersSet(Parameters parameters);
    event Swept(uint256 amountWei);

    error NotCaller(address caller);
    error NotSubscriber(address caller);
    error SizeWrong(string what, uint256 size, uint256 maximum);
    error FeeTooLow(uint256 givenWei, uint256 feeWei);
    error FeeTooHigh(uint256 feeWei, uint256 maximumWei);
    error CallNotOpen(uint64 callId, CallState state);
    error CallWrong(uint64 callId);
    error CallTimedOut(uint64 callId, uint64 deadline);
    error StatusInvalid(uint16 status);
    error KeyNotLive(uint64 appId, address key);
    error NothingAnswered();
    error GasTooLow(uint256 left, uint256 needed);
    error PayloadWrong(uint64 callId);
    error ReplayFailed(uint64 callId);
    error SubscriptionUnknown(uint64 subscriptionId);
    error SubscriptionEmpty(uint64 subscriptionId, uint256 balanceWei, uint256 neededWei);
    error EveryBlocksZero();
    error TooEarly(uint256 allowedAt);
    error AmountZero();
    error NothingToWithdraw();
    error TransferFailed(address to, uint256 amountWei);
    error ParameterInvalid(string name);
    error ZeroAddress();

    // -- contracts that call
    /// @notice Calls an API; `msg.value` >= `quote`, what is above it is credited to `refundTo`.
    /// @param apiVersion the definition that the caller knows; another one is refused
    /// @param args as the definition has them, at most 4,096 bytes
    /// @param selector of the callback on the caller, 0: none
    /// @param refundTo 0: the caller
    function call(uint64 appId, uint32 apiId, uint32 apiVersion, bytes calldata args, bytes4 selector, address refundTo)
        external
        payable
        returns (uint64 callId);
    /// @notice The caller of a call whose callback failed: runs it again, with all the gas that is left.
    function replay(Call calldata call_, uint16 status, bytes calldata payload) external;
    /// @notice A call every `everyBlocks` blocks from `msg.value`, as soon as somebody triggers it.
    function subscribe(
        uint64 appId,
        uint32 apiId,
        uint32 apiVersion,
        bytes calldata args,
        bytes4 selector,
        uint32 everyBlocks,
        uint128 maxFeeWei,
        address refundTo
    ) external payable returns (uint64 subscriptionId);
    /// @notice Anyone may pay.
    function topUp(uint64 subscriptionId) external payable;
    /// @notice The subscriber: ends it, the rest is credited to `refundTo`.
    function cancel(uint64 subscriptionId) external returns (uint256 refundWei);

    // -- anyone
    /// @notice Answers a call and runs its callback. Whatever the callback does, the call is answered.
    function fulfil(Answer calldata answer) external;
    /// @notice Answers 1 to 64 calls. Those that are not open, have timed out or are signed by a key without a live lease are skipped;
    /// whatever else `fulfil` would refuse, and no answer that counts, refuses all of them.
    function fulfilMany(Answer[] calldata answers) external returns (uint256 answered);
    /// @notice Gives the fee of a call back that has timed out.
    function expire(Call calldata call_) external;
    /// @notice Makes the call of a subscription that is due; `args` are those of its digest. Paid from its balance.
    function trigger(uint64 subscriptionId, bytes calldata args) external returns (uint64 callId);
    /// @notice Sends the caller's credit, in multiples of 1e8 wei.
    function withdraw(address payable to) external returns (uint256 amountWei);
    /// @notice Sends an account its own credit: for contracts that cannot ask for it.
    function withdrawFor(address payable account) external returns (uint256 amountWei);
    /// @notice Credits the treasury with what is here beyond the liabilities.
    function sweep() external returns (uint256 amountWei);

    // -- restricted (DAO)
    /// @notice Replaces the parameters; by the DAO.
    function setParameters(Parameters calldata parameters) external;

    // -- reading
    /// @notice The Cloud whose leases answers are checked against.
    function cloud() external view returns (ICloud);
    /// @notice The register of APIs.
    function apis() external view returns (IApis);
    /// @notice The parameters in force.
    function parameters() external view returns (Parameters memory);
    /// @notice What a call costs now, with or without a callback.
    function quote(uint64 appId, uint32 apiId, bool withCallback) external view returns (uint256 feeWei);
    /// @notice Number of calls ever opened; numbers begin with 1.
    function callCount() external view returns (uint64);
    /// @notice State of a call.
    function stateOf(uint64 callId) external view returns (CallState);
    /// @notice First 31 bytes of keccak256(abi.encode(call_)): what an open call is kept by.
    function digestOf(Call calldata call_) external pure returns (bytes31);
    /// @notice Of each call that is open what it is kept by, 0 of the others. Past their deadline they are open until somebody expires them.
    function openDigests(uint64[] calldata callIds) external view returns (bytes31[] memory digests);
    /// @notice Number of subscriptions ever made; numbers begin with 1.
    function subscriptionCount() external view returns (uint64);
    /// @notice A subscription; all zero where there is none of that number.
    function subscription(uint64 subscriptionId) external view returns (Subscription memory);
    /// @notice What an account may withdraw, wei.
    function credit(address account) external view returns (uint256 amountWei);
    /// @notice Fees of open calls, balances of subscriptions and credits; the balance is never below it.
    function liabilitiesWei() external view returns (uint256 amountWei);
}
