// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";

/// @title Forwarder: transactions of attested applications
/// @notice An application's instance signs what it wants to do on chain, anybody sends it, and the contract that is called learns from
/// WeteeOrigin which application it was. Gas and value are paid from the application's budget here, at most so much a day. Statements
/// are EIP-712: domain name "WeTEE", version "1", this address. Amounts are wei, payouts multiples of 1e8 wei (DOT has 10 decimals).
interface IForwarder {
    /// @notice What an instance asks for.
    /// @param to is called with `data` and the application's 28 bytes of WeteeOrigin behind it
    /// @param valueWei from the budget
    /// @param gas exactly this much for the call
    /// @param nonce `usedNonces(appId, nonce)` is false: any number that is not used up
    /// @param deadline block time after which it is refused, seconds
    struct Request {
        uint64 appId;
        address to;
        uint128 valueWei;
        uint32 gas;
        uint256 nonce;
        uint64 deadline;
        bytes data;
    }

    /// @notice What an application may spend here.
    /// @param dayCapWei in a day, values and gas together
    /// @param spentWei in the day that has number `day` since 1970
    struct Budget {
        uint128 balanceWei;
        uint128 dayCapWei;
        uint128 spentWei;
        uint64 day;
    }

    /// @notice Set by the DAO. Gas is what the chain calls so.
    struct Parameters {
        uint64 gasPriceWei;
        uint32 overheadGas;
        uint32 reserveGas;
        uint32 maxGas;
    }

    event Funded(uint64 indexed appId, address indexed from, uint256 amountWei);
    event Released(uint64 indexed appId, address indexed owner, uint256 amountWei);
    event DayCapSet(uint64 indexed appId, uint128 dayCapWei);
    event Forwarded(
        uint64 indexed appId,
        address indexed instanceKey,
        address indexed to,
        uint256 nonce,
        bool success,
        uint256 costWei
    );
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);
    event ParametersSet(Parameters parameters);

    error NotAppOwner(address caller);
    error AppUnknown(uint64 appId);
    error AmountZero();
    error Expired(uint64 deadline);
    error NonceUsed(uint64 appId, uint256 nonce);
    error KeyNotLive(uint64 appId, address key);
    error TargetRefused(address to);
    error DataSize(uint256 size, uint256 maximum);
    error GasTooHigh(uint256 gas, uint256 maximum);
    error GasTooLow(uint256 left, uint256 needed);
    error BudgetTooLow(uint64 appId, uint256 balanceWei, uint256 neededWei);
    error DayCapReached(uint64 appId, uint256 leftWei, uint256 neededWei);
    error NothingToWithdraw();
    error TransferFailed(address to, uint256 amountWei);
    error ParameterInvalid(string name);
    error ZeroAddress();

    /// @notice Adds to an application's budget. Anyone may pay.
    function fund(uint64 appId) external payable;
    /// @notice The owner: takes of the budget what is not spent, as a credit.
    function release(uint64 appId, uint128 amountWei) external;
    /// @notice The owner: how much a day may cost; 0, as at first, forwards nothing.
    function setDayCap(uint64 appId, uint128 dayCapWei) external;
    /// @notice Forwards a request of an instance with a live lease. Its nonce is used up and its gas paid whatever the call does.
    /// @param signature 65 bytes of Forward(uint64 appId,address to,uint128 valueWei,uint32 gas,uint256 nonce,uint64 deadline,bytes data)
    /// @return success whether the call went through; its value stays in the budget if not
    function forward(Request calldata request, bytes calldata signature) external returns (bool success);
    /// @notice Sends the caller's credit, in multiples of 1e8 wei.
    function withdraw(address payable to) external returns (uint256 amountWei);
    /// @notice Replaces the parameters; by the DAO.
    function setParameters(Parameters calldata parameters) external;

    /// @notice The Cloud whose leases requests are checked against.
    function cloud() external view returns (ICloud);
    /// @notice The parameters in force.
    function parameters() external view returns (Parameters memory);
    /// @notice What an application may spend on gas.
    function budget(uint64 appId) external view returns (Budget memory);
    /// @notice Whether a number of an application has been used.
    function usedNonces(uint64 appId, uint256 nonce) external view returns (bool);
    /// @notice What an account may withdraw, wei.
    function credit(address account) external view returns (uint256 amountWei);
    /// @notice Budgets and credits; the balance is never below it.
    function liabilitiesWei() external view returns (uint256 amountWei);
    /// @notice What a submitter is paid for a request with this much gas.
    function gasCostWei(uint32 gas) external view returns (uint256);
}
