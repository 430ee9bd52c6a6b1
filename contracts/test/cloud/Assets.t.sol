// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";
import {FalseToken, FeeToken, PlainToken, ReentrantToken, SilentToken, SurchargeToken} from "./Tokens.sol";

/// @dev Wei that nobody can refuse.
contract Forcer {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}

contract AssetsTest is Fixture {
    uint256 private constant FUNDS = 1e18;

    /// @dev The DAO allows the token, the worker takes it at its native prices.
    function offered(address token) private {
        vm.prank(ADMIN);
        cloud.setAsset(token, true, 1e8);
        vm.prank(WORKER_OPERATOR);
        subnet.setPrices(WORKER_ID, token, tokenPrices());
        PlainToken(token).mint(OWNER, FUNDS);
    }

    function plain() private returns (PlainToken token) {
        token = new PlainToken();
        offered(address(token));
        vm.prank(OWNER);
        token.approve(address(cloud), type(uint256).max);
    }

    function createWith(address token, uint256 amount) private returns (uint64) {
        vm.prank(OWNER);
        return cloud.create(NAME, WORKER_ID, token, amount, terms(), MANIFEST, type(uint256).max);
    }

    function endAndEmpty(uint64 appId, address token) private {
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        cloud.withdraw(token);
        vm.stopPrank();
        same(cloud.liabilities(token), cloud.credit(TREASURY, token) + cloud.credit(WORKER_OWNER, token), "the rest");
    }

    // -- what the DAO allows

    function test_only_allowed_assets_that_the_worker_takes_can_pay() public {
        PlainToken token = new PlainToken();
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetNotAllowed.selector, address(token)));
        createWith(address(token), FUNDS);
        vm.prank(ADMIN);
        cloud.setAsset(address(token), true, 1e8);
        token.mint(OWNER, FUNDS);
        vm.prank(OWNER);
        token.approve(address(cloud), FUNDS);
        vm.expectRevert(abi.encodeWithSelector(ICloud.WorkerUnfit.selector, WORKER_ID, "asset"));
        createWith(address(token), FUNDS);
        vm.prank(WORKER_OPERATOR);
        subnet.setPrices(WORKER_ID, address(token), tokenPrices());
        uint64 appId = createWith(address(token), FUNDS);
        holds(cloud.app(appId).asset == address(token), "its asset");
        same(cloud.liabilities(address(token)), FUNDS, "owed");
    }

    function test_an_asset_that_is_disallowed_later_goes_on_where_it_is_used() public {
        PlainToken token = plain();
        uint64 appId = createWith(address(token), FUNDS / 2);
        vm.prank(ADMIN);
        cloud.setAsset(address(token), false, 1e8);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetNotAllowed.selector, address(token)));
        cloud.create("another", WORKER_ID, address(token), FUNDS / 4, terms(), MANIFEST, type(uint256).max);
        vm.startPrank(OWNER);
        cloud.recharge(appId, FUNDS / 4);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, FUNDS / 4, false);
        vm.stopPrank();
        endAndEmpty(appId, address(token));
        same(token.balanceOf(OWNER), FUNDS, "all of it");
    }

    function test_the_unit_of_an_asset_is_fixed_at_its_first_setting() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ParameterInvalid.selector, "unit"));
        cloud.setAsset(address(9), true, 0);
        cloud.setAsset(address(9), true, 5);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetUnitFixed.selector, address(9), 5));
        cloud.setAsset(address(9), true, 6);
        cloud.setAsset(address(9), false, 5);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetUnitFixed.selector, address(0), 1e8));
        cloud.setAsset(address(0), true, 1);
        cloud.setAsset(address(0), false, 1e8);
        vm.stopPrank();
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AssetNotAllowed.selector, address(0)));
        cloud.create{value: 1 ether}(NAME, WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        cloud.setAsset(address(9), true, 5);
    }

    function test_the_value_of_a_call_is_exactly_its_native_amount() public {
        PlainToken token = plain();
        uint64 appId = createWith(address(token), FUNDS / 2);
        vm.deal(OWNER, 3 ether);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ValueWrong.selector, 1, 0));
        cloud.recharge{value: 1}(appId, FUNDS / 4);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ValueWrong.selector, 1 ether, 1 ether + 1));
        cloud.create{value: 1 ether}("n", WORKER_ID, address(0), 1 ether + 1, terms(), MANIFEST, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ValueWrong.selector, 1 ether, 1 ether - 1));
        cloud.create{value: 1 ether}("n", WORKER_ID, address(0), 1 ether - 1, terms(), MANIFEST, type(uint256).max);
    }

    // -- a whole life in an ERC20

    function test_rent_fee_refund_and_withdrawals_in_an_erc20() public {
        PlainToken token = plain();
        (uint256 perSecond, uint256 minimum, uint256 grace) = cloud.quote(WORKER_ID, address(token), terms());
        uint64 appId = createWith(address(token), minimum);
        same(cloud.app(appId).graceDepositWei, grace, "grace deposit");
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        same(cloud.settle(appId), 100 * perSecond, "rent");
        same(cloud.credit(TREASURY, address(token)), 2 * perSecond, "two percent");
        same(cloud.credit(WORKER_OWNER, address(token)), 98 * perSecond, "the rest");
        same(cloud.credit(WORKER_OWNER, address(0)), 0, "nothing native");
        endAndEmpty(appId, address(token));
        vm.prank(WORKER_OWNER);
        cloud.withdrawTo(address(token), payable(address(0xBEEF)));
        same(
            token.balanceOf(address(0xBEEF)), 98 * perSecond + perSecond - perSecond * 200 / 10_000, "to the last unit"
        );
        vm.prank(TREASURY);
        cloud.withdraw(address(token));
        same(token.balanceOf(address(cloud)), 0, "empty");
        same(cloud.liabilities(address(token)), 0, "nothing owed");
    }

    // -- tokens that misbehave

    function test_of_a_token_that_takes_a_fee_what_arrives_counts() public {
        FeeToken token = new FeeToken();
        offered(address(token));
        (, uint256 minimum,) = cloud.quote(WORKER_ID, address(token), terms());
        vm.startPrank(OWNER);
        token.approve(address(cloud), FUNDS);
        uint256 arrives = minimum - minimum / 100;
        vm.expectRevert(abi.encodeWithSelector(ICloud.DepositTooLow.selector, arrives, minimum));
        cloud.create(NAME, WORKER_ID, address(token), minimum, terms(), MANIFEST, type(uint256).max);
        uint64 appId = cloud.create(NAME, WORKER_ID, address(token), FUNDS / 2, terms(), MANIFEST, type(uint256).max);
        cloud.recharge(appId, 1e10);
        vm.stopPrank();
        uint256 arrived = FUNDS / 2 - FUNDS / 200 + 1e10 - 1e8;
        same(cloud.liabilities(address(token)), arrived, "no more than arrived");
        same(token.balanceOf(address(cloud)), arrived, "is there");
        endAndEmpty(appId, address(token));
    }

    function test_a_token_that_charges_the_sender_on_top_cannot_be_paid_by_others() public {
        SurchargeToken token = new SurchargeToken();
        offered(address(token));
        vm.startPrank(OWNER);
        token.approve(address(cloud), FUNDS);
        uint64 appId = cloud.create(NAME, WORKER_ID, address(token), FUNDS / 2, terms(), MANIFEST, type(uint256).max);
        cloud.create("b", WORKER_ID, address(token), FUNDS / 2, terms(), MANIFEST, type(uint256).max);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.TransferFailed.selector, OWNER, FUNDS / 2));
        cloud.withdraw(address(token));
    }

    function test_tokens_that_return_nothing_work() public {
        SilentToken token = new SilentToken();
        offered(address(token));
        uint64 appId = createWith(address(token), FUNDS);
        endAndEmpty(appId, address(token));
        same(token.balanceOf(OWNER), FUNDS, "back");
    }

    function test_tokens_that_answer_false_change_nothing() public {
        FalseToken token = new FalseToken();
        offered(address(token));
        token.setRefuses(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        createWith(address(token), FUNDS);
        token.setRefuses(false);
        uint64 appId = createWith(address(token), FUNDS);
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        token.setRefuses(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        cloud.withdraw(address(token));
        same(cloud.credit(OWNER, address(token)), FUNDS, "still credited");
        token.setRefuses(false);
        same(cloud.withdraw(address(token)), FUNDS, "later");
    }

    function test_a_token_that_calls_back_while_it_is_taken_counts_once() public {
        ReentrantToken token = new ReentrantToken();
        offered(address(token));
        uint64 appId = createWith(address(token), FUNDS / 2);
        bytes[4] memory inner = [
            abi.encodeCall(ICloud.recharge, (appId, 1e10)),
            abi.encodeCall(ICloud.sweep, (address(token))),
            abi.encodeCall(ICloud.withdraw, (address(token))),
            abi.encodeCall(ICloud.scale, (appId, 2, 0))
        ];
        token.mint(address(token), FUNDS);
        for (uint256 i = 0; i < inner.length; i++) {
            token.attack(cloud, inner[i]);
            uint256 before = cloud.liabilities(address(token));
            vm.prank(OWNER);
            cloud.recharge(appId, 1e10);
            holds(token.called() && !token.innerSucceeded(), "tried, refused");
            same(cloud.liabilities(address(token)), before + 1e10, "once");
            same(token.balanceOf(address(cloud)), before + 1e10, "is there");
        }
    }

    function test_a_token_that_calls_back_while_it_is_sent_gets_nothing_twice() public {
        ReentrantToken token = new ReentrantToken();
        offered(address(token));
        uint64 appId = createWith(address(token), FUNDS / 2);
        vm.prank(OWNER);
        cloud.create("b", WORKER_ID, address(token), FUNDS / 2, terms(), MANIFEST, type(uint256).max);
        vm.prank(OWNER);
        cloud.terminate(appId);
        token.attack(cloud, abi.encodeCall(ICloud.withdraw, (address(token))));
        vm.prank(OWNER);
        cloud.withdraw(address(token));
        holds(token.called() && !token.innerSucceeded(), "tried, refused");
        same(token.balanceOf(address(cloud)), FUNDS / 2, "the other application's");
    }

    // -- liabilities

    function test_what_is_forced_in_belongs_to_the_treasury_and_nobody_else() public {
        createApp(1 ether);
        vm.expectRevert(ICloud.AmountZero.selector);
        cloud.sweep(address(0));
        vm.deal(address(this), 1 ether);
        new Forcer{value: 1 ether}(payable(address(cloud)));
        same(cloud.liabilities(address(0)), 1 ether, "not owed yet");
        same(cloud.sweep(address(0)), 1 ether, "swept");
        same(cloud.credit(TREASURY, address(0)), 1 ether, "to the treasury");
        same(cloud.liabilities(address(0)), address(cloud).balance, "all of it is owed");
        vm.expectRevert(ICloud.AmountZero.selector);
        cloud.sweep(address(0));
    }

    function test_wei_without_a_function_is_refused() public {
        vm.deal(address(this), 1 ether);
        (bool sent,) = address(cloud).call{value: 1}("");
        holds(!sent, "refused");
        vm.expectRevert(abi.encodeWithSelector(ICloud.FunctionUnknown.selector, bytes4(0xdeadbeef)));
        (sent,) = address(cloud).call{value: 1}(hex"deadbeef");
    }

    function test_more_than_ninety_six_bits_are_refused_not_cut() public {
        PlainToken token = plain();
        uint64 appId = createWith(address(token), FUNDS / 2);
        token.mint(OWNER, type(uint128).max);
        vm.startPrank(OWNER);
        uint256 most = type(uint96).max - FUNDS / 2;
        vm.expectPartialRevert(bytes4(keccak256("SafeCastOverflowedUintDowncast(uint8,uint256)")));
        cloud.recharge(appId, most + 1);
        cloud.recharge(appId, most);
        same(cloud.app(appId).escrowWei + cloud.app(appId).graceDepositWei, type(uint96).max, "as much as there can be");
        cloud.terminate(appId);
        same(cloud.withdraw(address(token)), type(uint96).max, "and out");
    }
}
