// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AuthorityUtils} from "@openzeppelin/contracts/access/manager/AuthorityUtils.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICloud} from "../cloud/ICloud.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IComplaints} from "./IComplaints.sol";

/// @title Complaints: bonds are held here, stakes and what slashing pays are held by the Subnet
contract Complaints is IComplaints, AccessManaged, ReentrancyGuardTransient {
    uint16 private constant WORKER = uint16(ISubnet.Role.Worker);
    uint64 private constant MAX_DECISION_SECONDS = 21 days;
    uint256 private constant MAX_URI_BYTES = 128;
    uint256 private constant MAX_PAGE = 100;
    /// @dev Native DOT has 10 decimals: bonds are multiples of it, so no payment leaves a remainder.
    uint256 private constant UNIT = 1e8;

    ICloud public immutable cloud;
    ISubnet public immutable subnet;

    Rules private _rules;
    uint64 public complaintCount;
    uint256 public liabilitiesWei;
    mapping(uint64 complaintId => Complaint) private _complaints;
    mapping(uint64 appId => uint64) public openComplaintOf;
    mapping(address account => uint256) public credit;

    constructor(address authority, ICloud cloud_, ISubnet subnet_, Rules memory rules_) AccessManaged(authority) {
        if (authority == address(0) || address(cloud_) == address(0) || address(subnet_) == address(0)) {
            revert ZeroAddress();
        }
        cloud = cloud_;
        subnet = subnet_;
        _setRules(rules_);
    }

    function file(uint64 appId, uint32 version, uint128 claimedWei, bytes32 evidenceDigest, string calldata uri)
        external
        payable
        returns (uint64 complaintId)
    {
        if (cloud.app(appId).owner != msg.sender) revert NotAppOwner(msg.sender);
        if (openComplaintOf[appId] != 0) revert ComplaintOpen(appId, openComplaintOf[appId]);
        if (msg.value != _rules.bondWei) revert BondWrong(msg.value, _rules.bondWei);
        if (claimedWei == 0) revert ClaimZero();
        if (evidenceDigest == 0) revert ZeroDigest();
        _requireUri(uri);
        uint64 workerId = _servedBy(appId, version);
        (uint128 bondedWei, uint128 unbondingWei) = subnet.lockStake(WORKER, workerId, claimedWei);
        if (bondedWei + unbondingWei == 0) revert NothingToClaim(workerId);

        complaintId = ++complaintCount;
        openComplaintOf[appId] = complaintId;
        liabilitiesWei += msg.value;
        Complaint storage c = _complaints[complaintId];
        (c.appId, c.workerId, c.version, c.status) = (appId, workerId, version, Status.Open);
        (c.complainant, c.filedAt) = (msg.sender, uint64(block.timestamp));
        (c.bondWei, c.claimedWei) = (uint128(msg.value), claimedWei);
        (c.lockedBondedWei, c.lockedUnbondingWei) = (bondedWei, unbondingWei);
        c.answerBy = uint64(block.timestamp) + _rules.answerSeconds;
        c.decideBy = uint64(block.timestamp) + _rules.decisionSeconds;
        c.evidenceDigest = evidenceDigest;
        emit ComplaintFiled(complaintId, appId, workerId, claimedWei, evidenceDigest, uri);
    }

    function answer(uint64 complaintId, bytes32 answerDigest, string calldata uri) external {
        Complaint storage c = _undecided(complaintId);
        ISubnet.Worker memory w = subnet.worker(c.workerId);
        if (msg.sender != w.owner && msg.sender != w.operator) revert NotWorker(msg.sender);
        if (c.answeredAt != 0) revert AlreadyAnswered(complaintId);
        if (answerDigest == 0) revert ZeroDigest();
        _requireUri(uri);
        c.answeredAt = uint64(block.timestamp);
        c.answerDigest = answerDigest;
        emit ComplaintAnswered(complaintId, answerDigest, uri);
    }

    function uphold(uint64 complaintId, uint128 slashedWei, uint128 lossWei) external restricted {
        Complaint storage c = _undecided(complaintId);
        if (c.answeredAt == 0 && block.timestamp < c.answerBy) revert TooEarly(c.answerBy);
        (uint128 bondedWei, uint128 unbondingWei) = (c.lockedBondedWei, c.lockedUnbondingWei);
        if (slashedWei == 0) revert SlashZero();
        if (slashedWei > bondedWei + unbondingWei) revert SlashAboveClaim(slashedWei, bondedWei + unbondingWei);
        if (lossWei > slashedWei) revert LossAboveSlash(lossWei, slashedWei);
        // What is leaving goes first: what stays bonded goes on securing others.
        uint128 takenUnbondingWei = slashedWei < unbondingWei ? slashedWei : unbondingWei;
        uint128 takenBondedWei = slashedWei - takenUnbondingWei;
        _close(c, Status.Upheld, c.complainant);
        emit ComplaintClosed(complaintId, Status.Upheld, slashedWei, lossWei);
        subnet.slashLocked(WORKER, c.workerId, takenBondedWei, takenUnbondingWei, c.complainant, lossWei);
        _unlock(c.workerId, bondedWei - takenBondedWei, unbondingWei - takenUnbondingWei);
    }

    function rejectFrivolous(uint64 complaintId) external restricted {
        Complaint storage c = _undecided(complaintId);
        _release(complaintId, c, Status.Frivolous, subnet.workerOwner(c.workerId));
    }

    function dismiss(uint64 complaintId) external {
        Complaint storage c = _open(complaintId);
        if (block.timestamp < c.decideBy) {
            (bool isCourt,) =
                AuthorityUtils.canCallWithDelay(authority(), msg.sender, address(this), this.rejectFrivolous.selector);
            if (!isCourt) revert TooEarly(c.decideBy);
        }
        _release(complaintId, c, Status.Dismissed, c.complainant);
    }

    function setRules(Rules calldata rules_) external restricted {
        _setRules(rules_);
    }

    function withdraw(address payable to) external nonReentrant returns (uint256 amountWei) {
        if (to == address(0)) revert ZeroAddress();
        amountWei = credit[msg.sender];
        if (amountWei == 0) revert NothingToWithdraw();
        credit[msg.sender] = 0;
        liabilitiesWei -= amountWei;
        emit Withdrawn(msg.sender, amountWei);
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }

    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function complaint(uint64 complaintId) external view returns (Complaint memory) {
        return _known(complaintId);
    }

    function complaints(uint64 first, uint64 count) external view returns (Complaint[] memory page) {
        uint64 total = complaintCount;
        uint256 size = first == 0 || first > total ? 0 : total - first + 1;
        if (size > count) size = count;
        if (size > MAX_PAGE) size = MAX_PAGE;
        page = new Complaint[](size);
        for (uint64 i = 0; i < size; i++) {
            page[i] = _complaints[first + i];
        }
    }

    function deadlineOf(uint64 complaintId) external view returns (uint64) {
        return _known(complaintId).decideBy;
    }

    /// @dev The version's worker, if its service is within the reach.
    function _servedBy(uint64 appId, uint32 version) private view returns (uint64 workerId) {
        uint64 servedUntil = cloud.servedUntil(appId, version);
        if (servedUntil == 0 || uint256(servedUntil) + _rules.reachSeconds < block.timestamp) {
            revert OutOfReach(appId, version, servedUntil);
        }
        return cloud.version(appId, version).workerId;
    }

    function _release(uint64 complaintId, Complaint storage c, Status status, address bondTo) private {
        _close(c, status, bondTo);
        emit ComplaintClosed(complaintId, status, 0, 0);
        _unlock(c.workerId, c.lockedBondedWei, c.lockedUnbondingWei);
    }

    /// @dev Open to closed, once: the only way that a bond becomes somebody's credit.
    function _close(Complaint storage c, Status status, address bondTo) private {
        c.status = status;
        delete openComplaintOf[c.appId];
        credit[bondTo] += c.bondWei;
    }

    function _unlock(uint64 workerId, uint128 bondedWei, uint128 unbondingWei) private {
        if (bondedWei + unbondingWei > 0) subnet.unlockStake(WORKER, workerId, bondedWei, unbondingWei);
    }

    function _known(uint64 complaintId) private view returns (Complaint storage c) {
        c = _complaints[complaintId];
        if (c.status == Status.None) revert ComplaintUnknown(complaintId);
    }

    function _open(uint64 complaintId) private view returns (Complaint storage c) {
        c = _known(complaintId);
        if (c.status != Status.Open) revert ComplaintNotOpen(complaintId, c.status);
    }

    /// @dev Open and before its deadline.
    function _undecided(uint64 complaintId) private view returns (Complaint storage c) {
        c = _open(complaintId);
        if (block.timestamp >= c.decideBy) revert TooLate(c.decideBy);
    }

    function _requireUri(string calldata uri) private pure {
        if (bytes(uri).length > MAX_URI_BYTES) revert UriLength(bytes(uri).length);
    }

    function _setRules(Rules memory r) private {
        if (r.bondWei == 0 || r.bondWei % UNIT != 0) revert RuleInvalid("bondWei");
        if (r.reachSeconds == 0 || r.reachSeconds > subnet.unbondingSeconds()) revert RuleInvalid("reachSeconds");
        if (r.decisionSeconds > MAX_DECISION_SECONDS) revert RuleInvalid("decisionSeconds");
        if (r.answerSeconds == 0 || r.answerSeconds >= r.decisionSeconds) revert RuleInvalid("answerSeconds");
        _rules = r;
        emit RulesSet(r);
    }
}
