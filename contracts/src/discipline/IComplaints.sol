// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Complaints: an application's owner against the worker that it paid, decided by the DAO or a court that it names
/// @notice Amounts are wei of native DOT, times are block times in seconds. A complaint locks only what it claims of the worker's stake;
/// whatever is not decided in time is dismissed with the bond returned.
interface IComplaints {
    enum Status {
        None,
        Open,
        Upheld,
        Frivolous,
        Dismissed
    }

    /// @param complainant the application's owner when it was filed: bond and loss are theirs, whoever owns it later
    /// @param answerDigest, answeredAt 0 until the worker has answered
    /// @param lockedBondedWei, lockedUnbondingWei what the Subnet holds back for it; once closed, what it held back
    /// @param answerBy, decideBy its own times: rules set later do not change them
    struct Complaint {
        uint64 appId;
        uint64 workerId;
        uint32 version;
        Status status;
        address complainant;
        uint64 filedAt;
        uint64 answeredAt;
        uint128 bondWei;
        uint128 claimedWei;
        uint128 lockedBondedWei;
        uint128 lockedUnbondingWei;
        uint64 answerBy;
        uint64 decideBy;
        bytes32 evidenceDigest;
        bytes32 answerDigest;
    }

    /// @param bondWei a multiple of 1e8, above 0
    /// @param reachSeconds how long after the last lease a complaint may be filed; at most the Subnet's unbondingSeconds
    /// @param answerSeconds no decision before the worker has answered or this has passed
    /// @param decisionSeconds after it a complaint is dismissed; at most 21 days
    struct Rules {
        uint128 bondWei;
        uint64 reachSeconds;
        uint64 answerSeconds;
        uint64 decisionSeconds;
    }

    /// @dev The URIs (0-128 bytes) are in the events alone.
    event ComplaintFiled(
        uint64 indexed complaintId,
        uint64 indexed appId,
        uint64 indexed workerId,
        uint128 claimedWei,
        bytes32 evidenceDigest,
        string uri
    );
    event ComplaintAnswered(uint64 indexed complaintId, bytes32 answerDigest, string uri);
    event ComplaintClosed(uint64 indexed complaintId, Status status, uint128 slashedWei, uint128 lossWei);
    event Withdrawn(address indexed account, uint256 amountWei);
    event RulesSet(Rules rules);

    error NotAppOwner(address caller);
    error NotWorker(address caller);
    error ComplaintUnknown(uint64 complaintId);
    error ComplaintNotOpen(uint64 complaintId, Status status);
    error ComplaintOpen(uint64 appId, uint64 complaintId);
    error OutOfReach(uint64 appId, uint32 version, uint64 servedUntil);
    error BondWrong(uint256 givenWei, uint256 bondWei);
    error NothingToClaim(uint64 workerId);
    error ClaimZero();
    error SlashZero();
    error ZeroDigest();
    error UriLength(uint256 length);
    error TooEarly(uint64 allowedAt);
    error TooLate(uint64 deadline);
    error SlashAboveClaim(uint128 slashedWei, uint128 lockedWei);
    error LossAboveSlash(uint128 lossWei, uint128 slashedWei);
    error AlreadyAnswered(uint64 complaintId);
    error RuleInvalid(string name);
    error NothingToWithdraw();
    error TransferFailed(address to, uint256 amountWei);
    error ZeroAddress();

    /// @notice The application's owner, about a version that its worker served within the reach; `msg.value` is exactly the bond.
    /// One open complaint per application. Locks up to `claimedWei` of the worker's stake, at least 1 wei. A lock shields nothing: a
    /// worker that complains about itself puts that stake into the court's hands, which may slash all of it to the treasury.
    function file(uint64 appId, uint32 version, uint128 claimedWei, bytes32 evidenceDigest, string calldata uri)
        external
        payable
        returns (uint64 complaintId);
    /// @notice The worker's owner or operator, once, while it is open and before its deadline.
    function answer(uint64 complaintId, bytes32 answerDigest, string calldata uri) external;
    /// @notice Restricted (COURT): slashes `slashedWei` of what is locked: `lossWei` to the complainant, the rest to the treasury; the
    /// bond returns. After an answer or the answer window, before the deadline. To slash nothing is to dismiss.
    function uphold(uint64 complaintId, uint128 slashedWei, uint128 lossWei) external;
    /// @notice Restricted (COURT): the lock is released and the bond goes to the worker's owner. Before the deadline.
    function rejectFrivolous(uint64 complaintId) external;
    /// @notice The lock is released, the bond returns: the court (whoever may reject it as frivolous without delay) at any time, anyone
    /// from the deadline on. Not the complainant: an accomplice would take the stake out of the court's hands and file anew.
    function dismiss(uint64 complaintId) external;
    /// @notice Restricted (DAO); hold for complaints filed from now on.
    function setRules(Rules calldata rules) external;
    /// @notice Sends the caller's bonds that have come back, or been won.
    function withdraw(address payable to) external returns (uint256 amountWei);

    /// @notice The Cloud whose applications are complained about.
    function cloud() external view returns (ICloud);
    /// @notice The Subnet whose stakes are locked.
    function subnet() external view returns (ISubnet);
    /// @notice Bond, deadlines and penalties.
    function rules() external view returns (Rules memory);
    /// @notice Number of complaints ever filed; numbers begin with 1.
    function complaintCount() external view returns (uint64);
    /// @notice A complaint. Reverts where there is none of that number.
    function complaint(uint64 complaintId) external view returns (Complaint memory);
    /// @notice At most 100 from `first` (ids start at 1).
    function complaints(uint64 first, uint64 count) external view returns (Complaint[] memory);
    /// @notice The open complaint about an application; 0 where there is none.
    function openComplaintOf(uint64 appId) external view returns (uint64 complaintId);
    /// @notice Its `decideBy`: decisions come before it, anyone may dismiss from it on.
    function deadlineOf(uint64 complaintId) external view returns (uint64);
    /// @notice What an account may withdraw, wei.
    function credit(address account) external view returns (uint256 amountWei);
    /// @notice Sum of open bonds and credits; the balance is never below it.
    function liabilitiesWei() external view returns (uint256);
}
