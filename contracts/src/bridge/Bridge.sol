// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BridgeState} from "./BridgeState.sol";
import {IApis} from "./IApis.sol";
import {Subscriptions} from "./Subscriptions.sol";

/// @title Bridge: parameters and what leaves it
contract Bridge is Subscriptions, AccessManaged {
    uint64 private constant MAX_GAS_PRICE_WEI = 1e15;
    uint32 private constant MAX_GAS = 1e9;

    constructor(address authority, IApis apis_, Parameters memory parameters_)
        AccessManaged(authority)
        BridgeState(apis_)
        EIP712("WeTEE", "1")
    {
        if (authority == address(0)) revert ZeroAddress();
        _setParameters(parameters_);
    }

    function withdraw(address payable to) external returns (uint256 amountWei) {
        return _withdraw(msg.sender, to);
    }

    function withdrawFor(address payable account) external returns (uint256 amountWei) {
        return _withdraw(account, account);
    }

    function sweep() external returns (uint256 amountWei) {
        amountWei = address(this).balance - _liabilitiesWei;
        if (amountWei == 0) revert NothingToWithdraw();
        _liabilitiesWei += uint128(amountWei);
        credit[cloud.treasury()] += amountWei;
        emit Swept(amountWei);
    }

    function setParameters(Parameters calldata parameters_) external restricted {
        _setParameters(parameters_);
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @dev The remainder below a payout stays credited. Nothing of the account's is here any more when it is sent.
    function _withdraw(address account, address payable to) private returns (uint256 amountWei) {
        if (to == address(0)) revert ZeroAddress();
        amountWei = credit[account] / UNIT * UNIT;
        if (amountWei == 0) revert NothingToWithdraw();
        credit[account] -= amountWei;
        _liabilitiesWei -= uint128(amountWei);
        emit Withdrawn(account, to, amountWei);
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }

    function _setParameters(Parameters memory p) private {
        if (p.gasPriceWei == 0 || p.gasPriceWei > MAX_GAS_PRICE_WEI) revert ParameterInvalid("gasPriceWei");
        if (p.overheadGas == 0 || p.overheadGas > MAX_GAS) revert ParameterInvalid("overheadGas");
        if (p.triggerGas == 0 || p.triggerGas > MAX_GAS) revert ParameterInvalid("triggerGas");
        if (p.reserveGas == 0 || p.reserveGas > MAX_GAS) revert ParameterInvalid("reserveGas");
        _parameters = p;
        emit ParametersSet(p);
    }
}
