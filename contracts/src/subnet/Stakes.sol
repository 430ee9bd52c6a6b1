// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISubnet} from "./ISubnet.sol";
import {StakeBook} from "./StakeBook.sol";

/// @title Stakes: what workers and nodes have bonded, what is leaving, what is locked, and what slashing owes
/// @dev Every wei is in exactly one of bondedWei, unbondingWei and a credit; locks are parts of the first two, never beside them.
abstract contract Stakes is StakeBook, ReentrancyGuardTransient {
    uint256 private constant BASIS_POINTS = 10_000;

    function setStakeRules(ISubnet.StakeRules calldata rules) external restricted {
        _setStakeRules(rules);
    }

    function setTreasury(address next) external restricted {
        _setTreasury(next);
    }

    function bond(uint16 role, uint64 nodeId) external payable {
        if (msg.value == 0) revert ISubnet.AmountZero();
        _ownerOf(role, nodeId);
        bool over = role == WORKER
            ? _workers[nodeId].status == ISubnet.WorkerStatus.Shutdown
            : _nodes[nodeId].status == ISubnet.NodeStatus.Slashed;
        if (over) revert ISubnet.StatusWrong(role, nodeId);
        _bond(role, nodeId);
    }

    function requestWithdrawal(uint16 role, uint64 nodeId, uint128 amountWei) external {
        _requireOwner(role, nodeId);
        if (amountWei == 0) revert ISubnet.AmountZero();
        StakeRecord storage s = _stakes[role][nodeId];
        uint256 coverWei = _coverWei(s);
        if (coverWei < amountWei) revert ISubnet.StakeTooLow(coverWei, amountWei);
        s.bondedWei -= amountWei;
        s.unbondingWei += amountWei;
        s.availableAt = uint64(block.timestamp) + unbondingSeconds;
        _requireCover(role, nodeId);
        emit ISubnet.WithdrawalRequested(role, nodeId, amountWei, s.availableAt);
    }

    function cancelWithdrawal(uint16 role, uint64 nodeId) external {
        _requireOwner(role, nodeId);
        StakeRecord storage s = _stakes[role][nodeId];
        // What a complaint locked stays where it is: its lock is of that part.
        uint128 amountWei = s.unbondingWei - s.lockedUnbondingWei;
        if (amountWei == 0) revert ISubnet.NothingToWithdraw();
        s.bondedWei += amountWei;
        _leave(s, amountWei);
        emit ISubnet.WithdrawalCancelled(role, nodeId, amountWei);
    }

    function withdrawStake(uint16 role, uint64 nodeId, address payable to)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        _requireOwner(role, nodeId);
        StakeRecord storage s = _stakes[role][nodeId];
        amountWei = _roundDown(s.unbondingWei - s.lockedUnbondingWei);
        if (amountWei == 0) revert ISubnet.NothingToWithdraw();
        if (block.timestamp < s.availableAt) revert ISubnet.TooEarly(s.availableAt);
        if (role == DSECRET && _isHeld(nodeId)) revert ISubnet.NodeSeated(nodeId);
        _leave(s, uint128(amountWei));
        emit ISubnet.StakeWithdrawn(role, nodeId, to, amountWei);
        _send(to, amountWei);
    }

    function lockStake(uint16 role, uint64 nodeId, uint128 amountWei)
        external
        restricted
        returns (uint128 bondedWei, uint128 unbondingWei)
    {
        _ownerOf(role, nodeId);
        StakeRecord storage s = _stakes[role][nodeId];
        bondedWei = _smaller(amountWei, s.bondedWei - s.lockedBondedWei);
        s.lockedBondedWei += bondedWei;
        // From `availableAt` on no complaint holds the request back: otherwise one after the other could, for ever.
        if (block.timestamp < s.availableAt) {
            unbondingWei = _smaller(amountWei - bondedWei, s.unbondingWei - s.lockedUnbondingWei);
        }
        if (unbondingWei > 0) {
            s.lockedUnbondingWei += unbondingWei;
            s.delayed = true;
        }
        emit ISubnet.StakeLocked(role, nodeId, uint256(bondedWei) + unbondingWei);
    }

    function unlockStake(uint16 role, uint64 nodeId, uint128 bondedWei, uint128 unbondingWei) external restricted {
        StakeRecord storage s = _stakes[role][nodeId];
        s.lockedBondedWei -= bondedWei;
        s.lockedUnbondingWei -= unbondingWei;
        emit ISubnet.StakeUnlocked(role, nodeId, uint256(bondedWei) + unbondingWei);
    }

    function slashLocked(
        uint16 role,
        uint64 nodeId,
        uint128 bondedWei,
        uint128 unbondingWei,
        address beneficiary,
        uint256 beneficiaryWei
    ) external restricted {
        StakeRecord storage s = _stakes[role][nodeId];
        s.lockedBondedWei -= bondedWei;
        s.lockedUnbondingWei -= unbondingWei;
        s.bondedWei -= bondedWei;
        _leave(s, unbondingWei);
        _pay(role, nodeId, uint256(bondedWei) + unbondingWei, beneficiary, beneficiaryWei);
    }

    function slashNode(uint64 nodeId, address reporter, uint16 rewardBps)
        external
        restricted
        returns (uint256 amountWei)
    {
        NodeRecord storage n = _nodeOf(nodeId);
        if (n.status == ISubnet.NodeStatus.Slashed) revert ISubnet.StatusWrong(DSECRET, nodeId);
        n.status = ISubnet.NodeStatus.Slashed;
        n.generation++;
        emit ISubnet.NodeStatusChanged(nodeId, ISubnet.NodeStatus.Slashed);
        StakeRecord storage s = _stakes[DSECRET][nodeId];
        uint128 bondedWei = s.bondedWei - s.lockedBondedWei;
        uint128 unbondingWei = s.unbondingWei - s.lockedUnbondingWei;
        s.bondedWei -= bondedWei;
        _leave(s, unbondingWei);
        amountWei = uint256(bondedWei) + unbondingWei;
        _pay(DSECRET, nodeId, amountWei, reporter, amountWei * rewardBps / BASIS_POINTS);
    }

    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _roundDown(_credits[msg.sender]);
        if (amountWei == 0) revert ISubnet.NothingToWithdraw();
        _credits[msg.sender] -= amountWei;
        emit ISubnet.Withdrawn(msg.sender, amountWei);
        _send(to, amountWei);
    }

    function sweep() external returns (uint256 amountWei) {
        amountWei = address(this).balance - liabilitiesWei;
        if (amountWei == 0) revert ISubnet.NothingToWithdraw();
        liabilitiesWei += amountWei;
        _credits[treasury] += amountWei;
        emit ISubnet.Swept(treasury, amountWei);
    }

    function credit(address account) external view returns (uint256 amountWei) {
        return _credits[account];
    }

    function stakeRules() external view returns (ISubnet.StakeRules memory) {
        return _stakeRules;
    }

    function stake(uint16 role, uint64 nodeId) external view returns (ISubnet.Stake memory) {
        StakeRecord storage s = _stakes[role][nodeId];
        return ISubnet.Stake({
            bondedWei: s.bondedWei,
            unbondingWei: s.unbondingWei,
            lockedBondedWei: s.lockedBondedWei,
            lockedUnbondingWei: s.lockedUnbondingWei,
            availableAt: s.availableAt,
            delayed: s.delayed
        });
    }

    function requiredStakeWei(uint16 role, uint64 nodeId) external view returns (uint256) {
        _ownerOf(role, nodeId);
        return _requiredWei(role, nodeId);
    }

    /// @dev Takes an unlocked amount out of the request; nothing is left of the request without wei.
    function _leave(StakeRecord storage s, uint128 amountWei) private {
        s.unbondingWei -= amountWei;
        if (s.unbondingWei > 0) return;
        s.availableAt = 0;
        s.delayed = false;
    }

    function _pay(uint16 role, uint64 nodeId, uint256 amountWei, address beneficiary, uint256 beneficiaryWei) private {
        if (beneficiary == address(0)) revert ISubnet.ZeroAddress();
        _credits[treasury] += amountWei - beneficiaryWei;
        _credits[beneficiary] += beneficiaryWei;
        emit ISubnet.StakeSlashed(role, nodeId, amountWei, beneficiary, beneficiaryWei);
    }

    function _send(address payable to, uint256 amountWei) private {
        if (to == address(0)) revert ISubnet.ZeroAddress();
        liabilitiesWei -= amountWei;
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert ISubnet.TransferFailed(to, amountWei);
    }

    function _requireOwner(uint16 role, uint64 nodeId) private view {
        if (msg.sender != _ownerOf(role, nodeId)) revert ISubnet.NotOwner(msg.sender);
    }

    function _ownerOf(uint16 role, uint64 nodeId) private view returns (address) {
        if (role == WORKER) return _workerOf(nodeId).owner;
        if (role == DSECRET) return _nodeOf(nodeId).owner;
        revert ISubnet.RoleInvalid(role);
    }

    function _smaller(uint128 left, uint128 right) private pure returns (uint128) {
        return left < right ? left : right;
    }

    function _roundDown(uint256 amountWei) private pure returns (uint256) {
        return amountWei - amountWei % UNIT;
    }
}
