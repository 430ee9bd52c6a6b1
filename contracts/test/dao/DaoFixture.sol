// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Authority} from "../../src/dao/Authority.sol";
import {IWeteeGovernor} from "../../src/dao/IWeteeGovernor.sol";
import {Members} from "../../src/dao/Members.sol";
import {Timelock} from "../../src/dao/Timelock.sol";
import {WeteeGovernor} from "../../src/dao/WeteeGovernor.sol";
import {WeteeToken} from "../../src/dao/WeteeToken.sol";
import {vm} from "../Vm.sol";

/// @dev A call that a proposal makes.
struct Call {
    address target;
    uint256 value;
    bytes data;
}

/// @dev The DAO as deployed, before hand-over: two tracks, one member, four holders who vote for themselves.
abstract contract Dao {
    address internal constant DEPLOYER = address(0xAD);
    address internal constant GUARDIAN = address(0x60A2D);
    address internal constant MEMBER = address(0x3E3B);
    address internal constant OUTSIDER = address(0x0575);
    uint256 internal constant SUPPLY = 1_000_000 ether;
    uint16 internal constant ISSUE_BPS = 500;
    uint48 internal constant VOTING_DELAY = 1 days;
    uint32 internal constant VOTING_PERIOD = 5 days;
    uint256 internal constant TIMELOCK = 2 days;
    uint256 internal constant WINDOW = 14 days;
    uint256 internal constant GUARDED = 180 days;

    uint256 internal daoMadeAt;
    Authority internal authority;
    WeteeToken internal token;
    Members internal members;
    WeteeGovernor internal normal;
    WeteeGovernor internal fast;
    Timelock internal treasury;
    Timelock internal fastTimelock;
    /// @dev 40 %, 30 %, 20 %, 10 % of the supply.
    address[4] internal holders = [address(0xA11CE), address(0xB0B), address(0xCA201), address(0xDA7E)];
    uint256 private proposals;

    function deployDao() internal {
        daoMadeAt = block.timestamp;
        authority = Authority(create("Authority", abi.encode(DEPLOYER)));
        token = WeteeToken(create("WeteeToken", abi.encode(authority, DEPLOYER, SUPPLY, ISSUE_BPS)));
        address[] memory first = new address[](1);
        first[0] = MEMBER;
        members = Members(create("Members", abi.encode(authority, first)));
        normal = governor("WeTEE DAO", settings());
        treasury = Timelock(payable(normal.timelock()));
        fast = governor("WeTEE DAO fast track", fastSettings());
        fastTimelock = Timelock(payable(fast.timelock()));
        for (uint256 i = 0; i < 4; i++) {
            vm.prank(DEPLOYER);
            token.transfer(holders[i], SUPPLY * (4 - i) / 10);
            vm.prank(holders[i]);
            token.delegate(holders[i]);
        }
        vm.warp(block.timestamp + 1);
        vm.roll(block.number + 1);
    }

    function settings() internal view returns (IWeteeGovernor.Settings memory) {
        return IWeteeGovernor.Settings({
            votingDelaySeconds: VOTING_DELAY,
            votingPeriodSeconds: VOTING_PERIOD,
            lateQuorumSeconds: 1 days,
            quorumPercent: 15,
            proposalThreshold: SUPPLY / 100,
            timelockSeconds: TIMELOCK,
            guardian: GUARDIAN,
            guardianUntil: daoMadeAt + GUARDED
        });
    }

    function fastSettings() internal view returns (IWeteeGovernor.Settings memory s) {
        s = settings();
        s.votingDelaySeconds = 10 minutes;
        s.votingPeriodSeconds = 6 hours;
        s.lateQuorumSeconds = 1 hours;
        s.quorumPercent = 25;
        s.timelockSeconds = 1 hours;
    }

    function governor(string memory name, IWeteeGovernor.Settings memory s) internal returns (WeteeGovernor) {
        return WeteeGovernor(payable(create("WeteeGovernor", abi.encode(name, authority, token, members, s))));
    }

    function create(string memory name, bytes memory args) internal returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(string.concat("artifacts/", name, ".json")), args);
        assembly {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    // -- proposals

    function single(address target, uint256 value, bytes memory data) internal pure returns (Call[] memory calls) {
        calls = new Call[](1);
        calls[0] = Call(target, value, data);
    }

    /// @dev The four arguments of a governor's functions.
    function split(Call[] memory calls)
        internal
        pure
        returns (address[] memory targets, uint256[] memory values, bytes[] memory datas)
    {
        targets = new address[](calls.length);
        values = new uint256[](calls.length);
        datas = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (targets[i], values[i], datas[i]) = (calls[i].target, calls[i].value, calls[i].data);
        }
    }

    /// @dev A text that no proposal has had.
    function text() internal returns (string memory) {
        return string(abi.encodePacked("proposal ", bytes32(++proposals)));
    }

    function propose(WeteeGovernor track, Call[] memory calls, string memory description)
        internal
        returns (uint256 id)
    {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        vm.prank(MEMBER);
        id = track.propose(targets, values, datas, description);
    }

    function queue(WeteeGovernor track, Call[] memory calls, string memory description) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        track.queue(targets, values, datas, keccak256(bytes(description)));
    }

    function execute(WeteeGovernor track, Call[] memory calls, string memory description) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        track.execute(targets, values, datas, keccak256(bytes(description)));
    }

    function cancelBy(address caller, WeteeGovernor track, Call[] memory calls, string memory description) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        vm.prank(caller);
        track.cancel(targets, values, datas, keccak256(bytes(description)));
    }

    function vote(WeteeGovernor track, uint256 id, uint256 holder, uint8 support) internal {
        vm.prank(holders[holder]);
        track.castVote(id, support);
    }

    function toVoting(WeteeGovernor track, uint256 id) internal {
        vm.warp(track.proposalSnapshot(id) + 1);
    }

    function afterVoting(WeteeGovernor track, uint256 id) internal {
        vm.warp(track.proposalDeadline(id) + 1);
    }

    /// @dev Proposed, voted for by 70 %, queued; may be executed at the block time that it leaves.
    function bringToExecution(WeteeGovernor track, Call[] memory calls, string memory description)
        internal
        returns (uint256 id)
    {
        id = propose(track, calls, description);
        toVoting(track, id);
        vote(track, id, 0, 1);
        vote(track, id, 1, 1);
        afterVoting(track, id);
        queue(track, calls, description);
        vm.warp(track.proposalEta(id));
    }

    function pass(WeteeGovernor track, Call[] memory calls) internal returns (uint256 id) {
        string memory description = text();
        id = bringToExecution(track, calls, description);
        execute(track, calls, description);
    }

    /// @dev By the normal track.
    function pass(address target, bytes memory data) internal {
        pass(normal, single(target, 0, data));
    }

    /// @dev The same, refused by its target for this reason.
    function passRefused(WeteeGovernor track, address target, bytes memory data, bytes memory why) internal {
        string memory description = text();
        Call[] memory calls = single(target, 0, data);
        bringToExecution(track, calls, description);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        vm.expectRevert(why);
        track.execute(targets, values, datas, keccak256(bytes(description)));
    }

    function stateOf(WeteeGovernor track, uint256 id) internal view returns (IGovernor.ProposalState) {
        return track.state(id);
    }

    function assertState(WeteeGovernor track, uint256 id, IGovernor.ProposalState expected) internal view {
        vm.assertEq(uint256(track.state(id)), uint256(expected), "state of the proposal");
    }

    function unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller);
    }
}

/// @dev The DAO alone, with the authority in its hands.
abstract contract DaoFixture is Dao {
    uint256 internal constant START = 1_800_000_000;

    function setUp() public virtual {
        vm.warp(START);
        deployDao();
        vm.startPrank(DEPLOYER);
        authority.grantRole(0, address(treasury), 0);
        authority.revokeRole(0, DEPLOYER);
        vm.stopPrank();
    }
}
