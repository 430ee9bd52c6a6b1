// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";

contract CloudDouble {
    uint64 public appCount;
    mapping(uint64 => address) private _owners;
    mapping(uint64 => uint64) private _workers;
    mapping(uint64 => uint64) private _served;

    function serve(address owner, uint64 workerId) external returns (uint64 appId) {
        appId = ++appCount;
        _owners[appId] = owner;
        _workers[appId] = workerId;
        _served[appId] = type(uint64).max;
    }

    function end(uint64 appId, uint64 servedUntil_) external {
        _served[appId] = servedUntil_;
    }

    function hand(uint64 appId, address owner) external {
        _owners[appId] = owner;
    }

    function app(uint64 appId) external view returns (ICloud.App memory a) {
        a.owner = _owners[appId];
    }

    function version(uint64 appId, uint32) external view returns (ICloud.Version memory v) {
        v.workerId = _workers[appId];
    }

    function servedUntil(uint64 appId, uint32 version_) external view returns (uint64) {
        if (version_ != 1) return 0;
        return _served[appId] < block.timestamp ? _served[appId] : uint64(block.timestamp);
    }
}

contract SubnetDouble {
    address private _owner;
    address private _operator;
    ISubnet.Stake private _stake;
    mapping(address => uint256) public credit;
    uint64 public constant unbondingSeconds = 14 days;

    constructor(address owner, address operator) {
        _owner = owner;
        _operator = operator;
    }

    function set(uint128 bondedWei) external {
        _stake.bondedWei = bondedWei;
    }

    function worker(uint64) external view returns (ISubnet.Worker memory w) {
        (w.owner, w.operator) = (_owner, _operator);
    }

    function workerOwner(uint64) external view returns (address) {
        return _owner;
    }

    function stake(uint16, uint64) external view returns (ISubnet.Stake memory) {
        return _stake;
    }

    function requestWithdrawal(uint16, uint64, uint128 amountWei) external {
        _stake.bondedWei -= amountWei;
        _stake.unbondingWei += amountWei;
        _stake.availableAt = uint64(block.timestamp + 14 days);
    }

    function withdrawStake(uint16, uint64, address payable to) external returns (uint256 amountWei) {
        require(block.timestamp >= _stake.availableAt);
        amountWei = _stake.unbondingWei - _stake.lockedUnbondingWei;
        _stake.unbondingWei -= uint128(amountWei);
        to.transfer(amountWei);
    }

    function lockStake(uint16, uint64, uint128 amountWei) external returns (uint128 bondedWei, uint128 unbondingWei) {
        bondedWei = least(amountWei, _stake.bondedWei - _stake.lockedBondedWei);
        if (block.timestamp < _stake.availableAt) {
            unbondingWei = least(amountWei - bondedWei, _stake.unbondingWei - _stake.lockedUnbondingWei);
        }
        _stake.lockedBondedWei += bondedWei;
        _stake.lockedUnbondingWei += unbondingWei;
    }

    function unlockStake(uint16, uint64, uint128 bondedWei, uint128 unbondingWei) public {
        _stake.lockedBondedWei -= bondedWei;
        _stake.lockedUnbondingWei -= unbondingWei;
    }

    function slashLocked(uint16 r, uint64 i, uint128 bondedWei, uint128 unbondingWei, address to, uint256 toWei)
        external
    {
        unlockStake(r, i, bondedWei, unbondingWei);
        _stake.bondedWei -= bondedWei;
        _stake.unbondingWei -= unbondingWei;
        credit[to] += toWei;
        credit[address(0x7EA5)] += bondedWei + unbondingWei - toWei;
    }

    function least(uint128 a, uint128 b) private pure returns (uint128) {
        return a < b ? a : b;
    }
}
