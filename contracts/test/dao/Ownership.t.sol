// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {vm} from "../Vm.sol";
import {Call} from "./DaoFixture.sol";
import {DaoNetwork} from "./DaoNetwork.sol";

contract Dollar is ERC20("dollar", "D") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev An owner may be a contract that acts once in a week: the DAO's treasury owns an application.
contract OwnershipTest is DaoNetwork {
    uint256 private constant DEPOSIT = 1 ether;
    bytes private constant NEXT = '{"format":"wetee/manifest/v1","next":true}';

    function setUp() public override {
        super.setUp();
        vm.deal(address(treasury), 100 ether);
    }

    function decide(Call[] memory calls) private {
        pass(normal, calls);
        vm.roll(blockAt(block.timestamp));
    }

    function decide(uint256 value, bytes memory data) private {
        decide(single(address(cloud), value, data));
    }

    function create(address asset, uint256 amount) private pure returns (bytes memory) {
        return abi.encodeCall(ICloud.create, (NAME, WORKER_ID, asset, amount, terms(), MANIFEST, type(uint256).max));
    }

    /// @dev Attested for ten minutes from now; evidence of before the version counts for nothing.
    function serve(uint64 appId, uint32 version) private {
        advance(2);
        attest(appId, version, 0, version);
        for (uint256 i = 0; i < 5; i++) {
            advance(120);
            attest(appId, version, 0, version);
        }
    }

    function test_the_dao_deploys_updates_recharges_settles_and_terminates_an_application() public {
        decide(DEPOSIT, create(address(0), DEPOSIT));
        uint64 appId = cloud.appByName(address(treasury), NAME);
        vm.assertTrue(cloud.app(appId).owner == address(treasury), "owner");
        vm.assertEq(address(treasury).balance, 100 ether - DEPOSIT, "deposit");
        serve(appId, 1);

        decide(0, abi.encodeCall(ICloud.settle, (appId)));
        uint256 earned = cloud.credit(WORKER_OWNER, address(0));
        vm.assertEq(cloud.app(appId).settledSeconds, 600, "settled");
        vm.assertTrue(earned > 0, "earned");

        decide(0, abi.encodeCall(ICloud.update, (appId, terms(), NEXT, type(uint256).max, 0, false)));
        vm.assertEq(cloud.app(appId).pendingVersion, 2, "pending");
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        vm.assertEq(cloud.app(appId).currentVersion, 2, "current");
        serve(appId, 2);

        uint256 escrow = cloud.app(appId).escrowWei;
        decide(2 ether, abi.encodeCall(ICloud.recharge, (appId, 2 ether)));
        vm.assertTrue(cloud.app(appId).escrowWei > escrow, "recharged");

        decide(0, abi.encodeCall(ICloud.terminate, (appId)));
        vm.assertTrue(cloud.app(appId).state == ICloud.AppState.Ended, "ended");
        uint256 refund = cloud.credit(address(treasury), address(0));
        vm.assertTrue(refund > 2 ether, "refunded, with the fees that are the treasury's too");

        uint256 before = address(treasury).balance;
        decide(0, abi.encodeCall(ICloud.withdraw, (address(0))));
        vm.assertEq(address(treasury).balance - before, refund - refund % 1e8, "withdrawn in whole planck");
        vm.assertEq(
            cloud.liabilities(address(0)),
            cloud.credit(WORKER_OWNER, address(0)) + refund % 1e8,
            "nothing but the worker's rent is left"
        );
    }

    function test_one_proposal_allows_an_asset_and_pays_an_application_in_it() public {
        Dollar dollar = new Dollar();
        dollar.mint(address(treasury), 1e18);
        Call[] memory calls = new Call[](3);
        calls[0] = Call(address(cloud), 0, abi.encodeCall(ICloud.setAsset, (address(dollar), true, 1)));
        calls[1] = Call(address(dollar), 0, abi.encodeCall(dollar.approve, (address(cloud), 1e18)));
        calls[2] = Call(address(cloud), 0, create(address(dollar), 1e18));
        vm.prank(WORKER_OWNER);
        subnet.setPrices(WORKER_ID, address(dollar), tokenPrices());
        decide(calls);
        uint64 appId = cloud.appByName(address(treasury), NAME);
        vm.assertTrue(cloud.app(appId).asset == address(dollar), "asset");
        vm.assertEq(cloud.liabilities(address(dollar)), 1e18, "deposit");
        decide(0, abi.encodeCall(ICloud.terminate, (appId)));
        decide(0, abi.encodeCall(ICloud.withdraw, (address(dollar))));
        vm.assertEq(dollar.balanceOf(address(treasury)), 1e18, "all of it back: no lease, no rent");
    }

    function test_new_leases_paused_by_the_fast_track_stop_a_creation_until_its_time() public {
        uint64 until = uint64(block.timestamp + 7 days);
        pass(fast, single(address(cloud), 0, abi.encodeCall(ICloud.pauseNewLeases, (until))));
        bytes memory why = abi.encodeWithSelector(ICloud.NewLeasesArePaused.selector, until);
        vm.deal(OWNER, DEPOSIT);
        vm.prank(OWNER);
        vm.expectRevert(why);
        cloud.create{value: DEPOSIT}(NAME, WORKER_ID, address(0), DEPOSIT, terms(), MANIFEST, type(uint256).max);
        vm.warp(until);
        vm.roll(blockAt(until));
        createApp(DEPOSIT);
    }

    function test_a_measurement_revoked_by_the_fast_track_ends_its_machines_within_a_day() public {
        uint256 began = block.timestamp;
        vm.assertTrue(subnet.isReferenceAccepted(1, AGENT), "accepted");
        pass(fast, single(address(subnet), 0, abi.encodeCall(subnet.revokeReference, (1, AGENT))));
        vm.assertTrue(!subnet.isReferenceAccepted(1, AGENT), "revoked");
        vm.assertTrue(block.timestamp - began < 8 hours, "fast");
    }
}
