// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IWeteeToken} from "../../src/dao/IWeteeToken.sol";
import {WeteeToken} from "../../src/dao/WeteeToken.sol";
import {vm} from "../Vm.sol";
import {DaoFixture} from "./DaoFixture.sol";

contract WeteeTokenTest is DaoFixture {
    uint256 private constant KEY = 0xC0FFEE;
    uint256 private constant YEARLY = SUPPLY * ISSUE_BPS / 10_000;

    function issue(uint256 amount) private {
        vm.prank(address(treasury));
        token.issue(OUTSIDER, amount);
    }

    function issueRefused(uint256 amount, uint256 issuable) private {
        vm.prank(address(treasury));
        vm.expectRevert(abi.encodeWithSelector(IWeteeToken.IssueAboveCap.selector, amount, issuable));
        token.issue(OUTSIDER, amount);
    }

    function permitDigest(address spender, uint256 value, uint256 nonce, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(kind, vm.addr(KEY), spender, value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function delegationDigest(address delegatee, uint256 nonce, uint256 expiry) private view returns (bytes32) {
        bytes32 kind = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        bytes32 structHash = keccak256(abi.encode(kind, delegatee, nonce, expiry));
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function test_a_proposal_issues_tokens() public {
        vm.expectEmit(true, true, true, true, address(token));
        emit IWeteeToken.Issued(OUTSIDER, 5);
        issue(5);
        vm.assertEq(token.balanceOf(OUTSIDER), 5, "issued");
        vm.assertEq(token.totalSupply(), SUPPLY + 5, "supply");
    }

    function test_nobody_else_issues() public {
        address[4] memory callers = [DEPLOYER, holders[0], address(fastTimelock), GUARDIAN];
        for (uint256 i = 0; i < 4; i++) {
            vm.prank(callers[i]);
            vm.expectRevert(unauthorized(callers[i]));
            token.issue(callers[i], 1);
        }
    }

    function test_nothing_is_no_amount_to_issue() public {
        vm.prank(address(treasury));
        vm.expectRevert(IWeteeToken.IssueZero.selector);
        token.issue(OUTSIDER, 0);
    }

    function test_nothing_is_issued_to_address_zero() public {
        vm.prank(address(treasury));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.issue(address(0), 1);
    }

    function test_the_first_year_issues_the_cap_and_not_one_unit_more() public {
        vm.assertEq(token.issuable(), YEARLY, "issuable");
        issueRefused(YEARLY + 1, YEARLY);
        issue(YEARLY - 1);
        issueRefused(2, 1);
        issue(1);
        issueRefused(1, 0);
        vm.warp(daoMadeAt + 365 days - 1);
        issueRefused(1, 0);
    }

    function test_what_was_issued_a_year_ago_counts_until_its_last_second() public {
        vm.warp(daoMadeAt + 100 days);
        issue(YEARLY);
        vm.warp(daoMadeAt + 365 days);
        issueRefused(1, 0);
        vm.warp(daoMadeAt + 465 days - 1);
        issueRefused(1, 0);
        vm.warp(daoMadeAt + 465 days);
        uint256 next = (SUPPLY + YEARLY) * ISSUE_BPS / 10_000;
        issueRefused(next + 1, next);
        issue(next);
    }

    function test_two_halves_free_their_room_one_after_the_other() public {
        vm.warp(daoMadeAt + 10 days);
        issue(YEARLY / 2);
        vm.warp(daoMadeAt + 200 days);
        issue(YEARLY / 2);
        vm.warp(daoMadeAt + 375 days);
        uint256 start = SUPPLY + YEARLY / 2;
        vm.assertEq(token.issuable(), start * ISSUE_BPS / 10_000 - YEARLY / 2, "the second half still counts");
        vm.warp(daoMadeAt + 565 days);
        vm.assertEq(token.issuable(), (SUPPLY + YEARLY) * ISSUE_BPS / 10_000, "nothing counts any more");
    }

    /// @dev Whatever is issued when, no window of 365 days holds more than the rate of the supply at its start.
    function test_no_year_issues_more_than_its_rate(uint32[8] memory waits, uint96[8] memory amounts) public {
        uint256[] memory times = new uint256[](9);
        uint256[] memory supplies = new uint256[](9);
        (times[0], supplies[0]) = (daoMadeAt, SUPPLY);
        for (uint256 i = 1; i < 9; i++) {
            vm.warp(block.timestamp + waits[i - 1] % 400 days);
            uint256 amount = amounts[i - 1] % (token.issuable() + 1);
            if (amount > 0) issue(amount);
            (times[i], supplies[i]) = (block.timestamp, token.totalSupply());
            for (uint256 j = 0; j < i; j++) {
                if (times[i] - times[j] >= 365 days || times[i] == times[j]) continue;
                vm.assertTrue(supplies[i] - supplies[j] <= supplies[j] * ISSUE_BPS / 10_000, "above the rate");
            }
        }
    }

    function test_a_rate_above_ten_percent_is_refused_at_deployment() public {
        new WeteeToken(address(authority), DEPLOYER, 1, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IWeteeToken.IssueRateInvalid.selector, 1_001, 1_000));
        new WeteeToken(address(authority), DEPLOYER, 1, 1_001);
    }

    function test_no_token_without_an_authority_or_a_supply() public {
        vm.expectRevert(IWeteeToken.ZeroAddress.selector);
        new WeteeToken(address(0), DEPLOYER, 1, 1);
        vm.expectRevert(IWeteeToken.IssueZero.selector);
        new WeteeToken(address(authority), DEPLOYER, 0, 1);
    }

    function test_the_clock_is_the_block_time() public view {
        vm.assertEq(token.clock(), block.timestamp, "clock");
        vm.assertTrue(keccak256(bytes(token.CLOCK_MODE())) == keccak256("mode=timestamp"), "clock mode");
    }

    function test_votes_count_only_once_delegated() public {
        vm.prank(holders[0]);
        token.transfer(OUTSIDER, 10);
        vm.assertEq(token.getVotes(OUTSIDER), 0, "not delegated");
        vm.prank(OUTSIDER);
        token.delegate(MEMBER);
        vm.assertEq(token.getVotes(MEMBER), 10, "delegated");
        vm.assertEq(token.getVotes(OUTSIDER), 0, "to another");
    }

    function test_a_permit_counts_once() public {
        address owner = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, permitDigest(OUTSIDER, 7, 0, block.timestamp));
        token.permit(owner, OUTSIDER, 7, block.timestamp, v, r, s);
        vm.assertEq(token.allowance(owner, OUTSIDER), 7, "allowance");
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        token.permit(owner, OUTSIDER, 7, block.timestamp, v, r, s);
    }

    function test_a_permit_past_its_deadline_is_refused() public {
        uint256 deadline = block.timestamp;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, permitDigest(OUTSIDER, 7, 0, deadline));
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, deadline));
        token.permit(vm.addr(KEY), OUTSIDER, 7, deadline, v, r, s);
    }

    function test_a_permit_of_another_chain_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, permitDigest(OUTSIDER, 7, 0, block.timestamp));
        vm.chainId(420_420_419);
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        token.permit(vm.addr(KEY), OUTSIDER, 7, block.timestamp, v, r, s);
    }

    function test_a_signed_delegation_counts_once_and_shares_its_nonces_with_permits() public {
        address owner = vm.addr(KEY);
        vm.prank(holders[0]);
        token.transfer(owner, 10);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, delegationDigest(MEMBER, 0, block.timestamp));
        token.delegateBySig(MEMBER, 0, block.timestamp, v, r, s);
        vm.assertEq(token.getVotes(MEMBER), 10, "votes");
        vm.assertEq(token.nonces(owner), 1, "nonce");
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, owner, 1));
        token.delegateBySig(MEMBER, 0, block.timestamp, v, r, s);
    }

    function test_votes_of_this_second_cannot_be_looked_up() public {
        vm.expectRevert(
            abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, block.timestamp, uint48(block.timestamp))
        );
        token.getPastVotes(holders[0], block.timestamp);
    }
}
