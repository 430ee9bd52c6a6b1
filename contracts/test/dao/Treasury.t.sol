// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IMembers} from "../../src/dao/IMembers.sol";
import {IWeteeToken} from "../../src/dao/IWeteeToken.sol";
import {vm} from "../Vm.sol";
import {Call, DaoFixture} from "./DaoFixture.sol";

contract Coin is ERC20("coin", "C") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

contract Piece is ERC721("piece", "P") {
    function mint(address to) external {
        _safeMint(to, 1);
    }
}

contract Pieces is ERC1155("") {
    function mint(address to) external {
        _mint(to, 1, 5, "");
    }
}

contract TreasuryTest is DaoFixture {
    function test_a_proposal_spends_native_dot() public {
        vm.deal(address(treasury), 5 ether);
        pass(normal, single(OUTSIDER, 3 ether, ""));
        vm.assertEq(OUTSIDER.balance, 3 ether, "paid");
        vm.assertEq(address(treasury).balance, 2 ether, "kept");
    }

    function test_anybody_pays_in() public {
        vm.deal(OUTSIDER, 1 ether);
        vm.prank(OUTSIDER);
        (bool taken,) = address(treasury).call{value: 1 ether}("");
        vm.assertTrue(taken && address(treasury).balance == 1 ether, "paid in");
    }

    function test_a_governor_takes_no_dot() public {
        vm.deal(OUTSIDER, 1 ether);
        vm.prank(OUTSIDER);
        (bool taken,) = address(normal).call{value: 1 ether}("");
        vm.assertTrue(!taken, "it would be stuck");
    }

    function test_a_proposal_spends_several_assets_at_once() public {
        Coin first = new Coin();
        Coin second = new Coin();
        first.mint(address(treasury), 10);
        second.mint(address(treasury), 20);
        vm.deal(address(treasury), 1 ether);
        Call[] memory calls = new Call[](3);
        calls[0] = Call(address(first), 0, abi.encodeCall(IERC20.transfer, (OUTSIDER, 4)));
        calls[1] = Call(address(second), 0, abi.encodeCall(IERC20.transfer, (OUTSIDER, 20)));
        calls[2] = Call(OUTSIDER, 1 ether, "");
        pass(normal, calls);
        vm.assertEq(first.balanceOf(OUTSIDER), 4, "first");
        vm.assertEq(second.balanceOf(OUTSIDER), 20, "second");
        vm.assertEq(OUTSIDER.balance, 1 ether, "native");
    }

    function test_a_payment_above_what_it_holds_is_refused_as_a_whole() public {
        Coin coin = new Coin();
        coin.mint(address(treasury), 10);
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(coin), 0, abi.encodeCall(IERC20.transfer, (OUTSIDER, 10)));
        calls[1] = Call(OUTSIDER, 1 ether, "");
        uint256 id = bringToExecution(normal, calls, "too much");
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        (bool taken,) =
            address(normal).call(abi.encodeCall(IGovernor.execute, (targets, values, datas, keccak256("too much"))));
        vm.assertTrue(!taken && coin.balanceOf(OUTSIDER) == 0, "half done");
        assertState(normal, id, IGovernor.ProposalState.Queued);
    }

    function test_it_holds_single_pieces_too() public {
        Piece piece = new Piece();
        Pieces pieces = new Pieces();
        piece.mint(address(treasury));
        pieces.mint(address(treasury));
        vm.assertTrue(piece.ownerOf(1) == address(treasury), "ERC721");
        vm.assertEq(pieces.balanceOf(address(treasury), 1), 5, "ERC1155");
        pass(address(piece), abi.encodeCall(piece.transferFrom, (address(treasury), OUTSIDER, 1)));
        vm.assertTrue(piece.ownerOf(1) == OUTSIDER, "spent");
    }

    function test_one_proposal_issues_tokens_and_admits_a_member() public {
        Call[] memory calls = new Call[](2);
        calls[0] = Call(address(token), 0, abi.encodeCall(IWeteeToken.issue, (OUTSIDER, 9)));
        calls[1] = Call(address(members), 0, abi.encodeCall(IMembers.add, (OUTSIDER)));
        pass(normal, calls);
        vm.assertTrue(token.balanceOf(OUTSIDER) == 9 && members.isMember(OUTSIDER), "both");
    }

    // -- no way around the governor

    function test_nobody_but_its_governor_schedules_or_cancels_in_a_timelock() public {
        address[6] memory callers = [DEPLOYER, GUARDIAN, MEMBER, holders[0], address(treasury), address(fast)];
        bytes32 proposer = treasury.PROPOSER_ROLE();
        bytes32 canceller = treasury.CANCELLER_ROLE();
        bytes4 why = IAccessControl.AccessControlUnauthorizedAccount.selector;
        for (uint256 i = 0; i < 6; i++) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(why, callers[i], proposer));
            treasury.schedule(OUTSIDER, 1, "", 0, 0, TIMELOCK);
            (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(single(OUTSIDER, 1, ""));
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(why, callers[i], proposer));
            treasury.scheduleBatch(targets, values, datas, 0, 0, TIMELOCK);
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(why, callers[i], canceller));
            treasury.cancel(0);
        }
        vm.assertTrue(treasury.hasRole(proposer, address(normal)), "its governor");
    }

    function test_what_was_not_scheduled_is_not_executed() public {
        vm.deal(address(treasury), 1 ether);
        vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
        treasury.execute(OUTSIDER, 1 ether, "", 0, 0);
    }

    function test_anybody_executes_in_the_timelock_what_is_due_and_the_governor_knows() public {
        Call[] memory calls = single(address(members), 0, abi.encodeCall(IMembers.setPublicJoin, (true)));
        uint256 id = bringToExecution(normal, calls, "open");
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        bytes32 salt = bytes20(address(normal)) ^ keccak256("open");
        vm.prank(OUTSIDER);
        treasury.executeBatch(targets, values, datas, 0, salt);
        vm.assertTrue(members.publicJoin(), "executed");
        assertState(normal, id, IGovernor.ProposalState.Executed);
    }

    function test_what_has_expired_is_not_executed_in_the_timelock_either() public {
        Call[] memory calls = single(address(members), 0, abi.encodeCall(IMembers.setPublicJoin, (true)));
        uint256 id = bringToExecution(normal, calls, "open");
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = split(calls);
        bytes32 salt = bytes20(address(normal)) ^ keccak256("open");
        bytes32 operation = treasury.hashOperationBatch(targets, values, datas, 0, salt);
        vm.assertTrue(normal.proposalNeedsQueuing(id), "through the timelock alone");
        vm.warp(normal.proposalEta(id) + WINDOW);
        vm.assertTrue(
            treasury.getOperationState(operation) == TimelockController.OperationState.Ready, "the last second"
        );
        vm.warp(block.timestamp + 1);
        vm.assertTrue(treasury.getOperationState(operation) == TimelockController.OperationState.Unset, "lapsed");
        vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
        treasury.executeBatch(targets, values, datas, 0, salt);
    }
}
