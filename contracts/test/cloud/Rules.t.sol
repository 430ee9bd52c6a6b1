// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev What binds future versions, settings beside the code, and handing an application over.
contract RulesTest is Fixture {
    address private constant GUARDIAN = address(0x6A);
    address private constant OTHER = address(0x0772);
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
    }

    function update(bytes memory why) private {
        vm.prank(OWNER);
        if (why.length > 0) vm.expectRevert(why);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
    }

    // -- guardian

    function test_a_guardian_vetoes_pending_versions_and_nobody_else_does() public {
        vm.prank(OWNER);
        cloud.setGuardian(appId, GUARDIAN);
        holds(cloud.rules(appId).guardian == GUARDIAN, "guardian");
        update("");
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.dropPending(appId);
        vm.expectEmit(true, true, true, true, address(cloud));
        emit ICloud.VersionDropped(appId, 2, ICloud.Reason.ByGuardian);
        vm.prank(GUARDIAN);
        cloud.dropPending(appId);
        same(cloud.app(appId).pendingVersion, 0, "vetoed");
    }

    function test_a_guardian_is_replaced_by_itself_alone_and_may_resign() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.setGuardian(appId, GUARDIAN);
        vm.startPrank(OWNER);
        cloud.setGuardian(appId, GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotGuardian.selector, OWNER));
        cloud.setGuardian(appId, address(0));
        vm.stopPrank();
        vm.prank(GUARDIAN);
        cloud.setGuardian(appId, address(0));
        vm.prank(OWNER);
        cloud.setGuardian(appId, OTHER);
        holds(cloud.rules(appId).guardian == OTHER, "a new one");
    }

    // -- freeze

    function test_a_frozen_application_takes_no_new_code_before_its_time() public {
        uint64 until = uint64(block.timestamp + 100);
        vm.prank(OWNER);
        cloud.freeze(appId, until);
        advance(99);
        update(abi.encodeWithSelector(ICloud.FrozenUntil.selector, until));
        advance(1);
        update("");
    }

    function test_a_freeze_can_only_be_put_off_further() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.freeze(appId, type(uint64).max);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.DeadlinePassed.selector, block.timestamp));
        cloud.freeze(appId, uint64(block.timestamp));
        cloud.freeze(appId, uint64(block.timestamp + 100));
        vm.expectRevert(abi.encodeWithSelector(ICloud.FrozenUntil.selector, block.timestamp + 100));
        cloud.freeze(appId, uint64(block.timestamp + 99));
        cloud.freeze(appId, type(uint64).max);
        same(cloud.rules(appId).frozenUntil, type(uint64).max, "for good");
    }

    function test_a_freeze_waits_for_a_pending_update_to_be_decided() public {
        update("");
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.UpdatePending.selector, appId, 2));
        cloud.freeze(appId, type(uint64).max);
        cloud.dropPending(appId);
        cloud.freeze(appId, type(uint64).max);
    }

    // -- spending cap

    function test_a_cap_holds_for_updates_migrations_and_replicas_together() public {
        secondWorker();
        uint256 rent = rate(appId);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, rent, rent - 1));
        cloud.setSpendingCap(appId, rent - 1);
        cloud.setSpendingCap(appId, rent);
        same(cloud.rules(appId).maxWeiPerSecond, rent, "cap");
        ICloud.Terms memory two = terms();
        two.replicas = 2;
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, 2 * rent, rent));
        cloud.update(appId, two, MANIFEST, type(uint256).max, 0, false);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        cloud.dropPending(appId);
        cloud.setSpendingCap(appId, 2 * rent);
        cloud.update(appId, two, MANIFEST, type(uint256).max, 0, false);
        vm.expectRevert(abi.encodeWithSelector(ICloud.PriceAboveLimit.selector, 2 * rent, rent));
        cloud.setSpendingCap(appId, rent);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.setSpendingCap(appId, 0);
    }

    // -- configuration

    function test_a_configuration_is_its_digest_and_revision() public {
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.configure(appId, "{}");
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.ConfigurationSize.selector, 0, 16_384));
        cloud.configure(appId, "");
        vm.expectRevert(abi.encodeWithSelector(ICloud.ConfigurationSize.selector, 16_385, 16_384));
        cloud.configure(appId, new bytes(16_385));
        cloud.configure(appId, new bytes(16_384));
        cloud.configure(appId, "{}");
        ICloud.Configuration memory c = cloud.configuration(appId);
        same(c.revision, 2, "revision");
        same(c.createdBlock, block.number, "block");
        holds(c.digest == sha256("{}"), "digest");
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppStateWrong.selector, appId, ICloud.AppState.Ended));
        cloud.configure(appId, "{}");
    }

    // -- ownership

    function test_an_application_is_offered_and_taken_with_its_name_lists_and_money() public {
        vm.deal(OWNER, 2 ether);
        vm.startPrank(OWNER);
        uint64 second = cloud.create{value: 1 ether}("b", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        uint64 third = cloud.create{value: 1 ether}("c", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        cloud.offerOwnership(appId, OTHER);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, address(this)));
        cloud.takeOwnership(appId);
        vm.prank(OTHER);
        cloud.takeOwnership(appId);
        holds(cloud.app(appId).owner == OTHER, "taken");
        same(cloud.appByName(OTHER, NAME), appId, "by its name there");
        same(cloud.appByName(OWNER, NAME), 0, "not here");
        uint64[] memory here = cloud.appsOf(OWNER, 0, 9);
        holds(here.length == 2 && here[0] == third && here[1] == second, "the last one fills the gap");
        same(cloud.appsOf(OTHER, 0, 9)[0], appId, "there");
        vm.prank(OTHER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, OTHER));
        cloud.takeOwnership(appId);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, OWNER));
        cloud.pause(appId);
        vm.prank(OTHER);
        cloud.terminate(appId);
        same(cloud.credit(OTHER, address(0)), 1 ether, "refund");
        vm.startPrank(OWNER);
        cloud.offerOwnership(third, OTHER);
        vm.stopPrank();
        vm.prank(OTHER);
        cloud.takeOwnership(third);
        same(cloud.appsOf(OWNER, 0, 9)[0], second, "moved again from its new place");
    }

    function test_an_offer_can_be_taken_back_and_a_taken_name_refuses_it() public {
        vm.prank(OWNER);
        cloud.offerOwnership(appId, OTHER);
        vm.prank(OWNER);
        cloud.offerOwnership(appId, address(0));
        vm.prank(OTHER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NotAppOwner.selector, OTHER));
        cloud.takeOwnership(appId);
        vm.deal(OTHER, 1 ether);
        vm.prank(OTHER);
        uint64 same_ = cloud.create{value: 1 ether}(NAME, 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        vm.prank(OWNER);
        cloud.offerOwnership(appId, OTHER);
        vm.startPrank(OTHER);
        vm.expectRevert(abi.encodeWithSelector(ICloud.NameTaken.selector, NAME));
        cloud.takeOwnership(appId);
        cloud.terminate(same_);
        cloud.takeOwnership(appId);
        holds(cloud.app(appId).owner == OTHER, "taken");
    }

    function test_a_worker_that_takes_an_application_on_itself_gains_nothing() public {
        vm.prank(OWNER);
        cloud.offerOwnership(appId, WORKER_OWNER);
        vm.startPrank(WORKER_OWNER);
        cloud.takeOwnership(appId);
        cloud.terminate(appId);
        same(cloud.credit(WORKER_OWNER, address(0)), 1 ether, "what was there");
    }
}
