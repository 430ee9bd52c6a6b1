// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICloud} from "../cloud/ICloud.sol";
import {IForwarder} from "./IForwarder.sol";

/// @title Forwarder: what an instance signed, sent by anybody, paid from its application's budget
contract Forwarder is IForwarder, AccessManaged, EIP712 {
    bytes32 private constant FORWARD_TYPEHASH = keccak256(
        "Forward(uint64 appId,address to,uint128 valueWei,uint32 gas,uint256 nonce,uint64 deadline,bytes data)"
    );
    uint256 private constant UNIT = 1e8;
    uint256 private constant MAX_DATA_BYTES = 16_384;
    uint64 private constant MAX_GAS_PRICE_WEI = 1e15;
    uint32 private constant MAX_GAS = 1e9;

    ICloud public immutable cloud;

    Parameters private _parameters;
    uint256 public liabilitiesWei;
    mapping(uint64 appId => Budget) private _budgets;
    mapping(uint64 appId => mapping(uint256 word => uint256)) private _nonces;
    mapping(address account => uint256) public credit;

    constructor(address authority, ICloud cloud_, Parameters memory parameters_)
        AccessManaged(authority)
        EIP712("WeTEE", "1")
    {
        if (authority == address(0) || address(cloud_) == address(0)) revert ZeroAddress();
        cloud = cloud_;
        _setParameters(parameters_);
    }

    function fund(uint64 appId) external payable {
        if (cloud.app(appId).state == ICloud.AppState.None) revert AppUnknown(appId);
        if (msg.value == 0) revert AmountZero();
        _budgets[appId].balanceWei += uint128(msg.value);
        liabilitiesWei += msg.value;
        emit Funded(appId, msg.sender, msg.value);
    }

    function release(uint64 appId, uint128 amountWei) external {
        _requireOwner(appId);
        Budget storage b = _budgets[appId];
        if (amountWei == 0) revert AmountZero();
        if (amountWei > b.balanceWei) revert BudgetTooLow(appId, b.balanceWei, amountWei);
        b.balanceWei -= amountWei;
        credit[msg.sender] += amountWei;
        emit Released(appId, msg.sender, amountWei);
    }

    function setDayCap(uint64 appId, uint128 dayCapWei) external {
        _requireOwner(appId);
        _budgets[appId].dayCapWei = dayCapWei;
        emit DayCapSet(appId, dayCapWei);
    }

    function forward(Request calldata request, bytes calldata signature) external returns (bool success) {
        address key = _check(request, signature);
        uint256 gasWei = gasCostWei(request.gas);
        _spend(request.appId, gasWei + request.valueWei);
        credit[msg.sender] += gasWei;
        liabilitiesWei -= request.valueWei;
        success = _forward(request, key);
        if (!success && request.valueWei > 0) {
            liabilitiesWei += request.valueWei;
            Budget storage b = _budgets[request.appId];
            b.balanceWei += request.valueWei;
            b.spentWei -= request.valueWei;
        }
        uint256 costWei = success ? gasWei + request.valueWei : gasWei;
        emit Forwarded(request.appId, key, request.to, request.nonce, success, costWei);
    }

    function withdraw(address payable to) external returns (uint256 amountWei) {
        if (to == address(0)) revert ZeroAddress();
        amountWei = credit[msg.sender] / UNIT * UNIT;
        if (amountWei == 0) revert NothingToWithdraw();
        credit[msg.sender] -= amountWei;
        liabilitiesWei -= amountWei;
        emit Withdrawn(msg.sender, to, amountWei);
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }

    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    function budget(uint64 appId) external view returns (Budget memory) {
        return _budgets[appId];
    }

    function usedNonces(uint64 appId, uint256 nonce) public view returns (bool) {
        return (_nonces[appId][nonce >> 8] >> (nonce & 0xff)) & 1 == 1;
    }

    function gasCostWei(uint32 gas_) public view returns (uint256) {
        uint256 exactWei = (uint256(gas_) + _parameters.overheadGas) * _parameters.gasPriceWei;
        return (exactWei + UNIT - 1) / UNIT * UNIT;
    }

    /// @dev Everything but money; uses the nonce up.
    function _check(Request calldata r, bytes calldata signature) private returns (address key) {
        if (block.timestamp > r.deadline) revert Expired(r.deadline);
        if (r.data.length > MAX_DATA_BYTES) revert DataSize(r.data.length, MAX_DATA_BYTES);
        if (r.gas > _parameters.maxGas) revert GasTooHigh(r.gas, _parameters.maxGas);
        // What believes this contract must not be told by it who calls; it holds nothing else that a call could use.
        if (r.to == address(this) || r.to == address(0)) revert TargetRefused(r.to);
        if (usedNonces(r.appId, r.nonce)) revert NonceUsed(r.appId, r.nonce);
        _nonces[r.appId][r.nonce >> 8] |= 1 << (r.nonce & 0xff);
        bytes32 structHash = keccak256(
            abi.encode(FORWARD_TYPEHASH, r.appId, r.to, r.valueWei, r.gas, r.nonce, r.deadline, keccak256(r.data))
        );
        (key,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), signature);
        if (!cloud.isLeaseLive(r.appId, key)) revert KeyNotLive(r.appId, key);
    }

    function _spend(uint64 appId, uint256 amountWei) private {
        Budget storage b = _budgets[appId];
        if (amountWei > b.balanceWei) revert BudgetTooLow(appId, b.balanceWei, amountWei);
        uint64 today = uint64(block.timestamp / 1 days);
        if (b.day != today) (b.day, b.spentWei) = (today, 0);
        uint256 leftWei = b.dayCapWei > b.spentWei ? b.dayCapWei - b.spentWei : 0;
        if (amountWei > leftWei) revert DayCapReached(appId, leftWei, amountWei);
        b.balanceWei -= uint128(amountWei);
        b.spentWei += uint128(amountWei);
    }

    /// @dev Exactly the gas that was signed, or nothing of this transaction holds. What the call returns is not copied.
    function _forward(Request calldata r, address key) private returns (bool success) {
        bytes memory data = abi.encodePacked(r.data, r.appId, key);
        (address to, uint256 value, uint256 limit) = (r.to, r.valueWei, r.gas);
        uint256 needed = limit + limit / 63 + _parameters.reserveGas;
        uint256 left = gasleft();
        if (left < needed) revert GasTooLow(left, needed);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            success := call(limit, to, value, add(data, 0x20), mload(data), 0, 0)
        }
    }

    function _requireOwner(uint64 appId) private view {
        if (msg.sender != cloud.app(appId).owner || msg.sender == address(0)) revert NotAppOwner(msg.sender);
    }

    function _setParameters(Parameters memory p) private {
        if (p.gasPriceWei == 0 || p.gasPriceWei > MAX_GAS_PRICE_WEI) revert ParameterInvalid("gasPriceWei");
        if (p.overheadGas == 0 || p.overheadGas > MAX_GAS) revert ParameterInvalid("overheadGas");
        if (p.reserveGas == 0 || p.reserveGas > MAX_GAS) revert ParameterInvalid("reserveGas");
        if (p.maxGas == 0 || p.maxGas > MAX_GAS) revert ParameterInvalid("maxGas");
        _parameters = p;
        emit ParametersSet(p);
    }
}
