// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Four contracts, one address: every function answers there, and a part called by itself does nothing.
contract PartsTest is Fixture {
    address private deliveries;
    address private moves;
    address private applications;

    function setUp() public override {
        super.setUp();
        deliveries = deploy("Deliveries", abi.encode(subnet, quorum));
        moves = deploy("Moves", abi.encode(subnet, quorum, deliveries));
        applications = deploy("Applications", abi.encode(subnet, quorum, moves));
    }

    function writers() private view returns (bytes[] memory calls) {
        IQuorum.Signed memory signed;
        calls = new bytes[](32);
        calls[0] =
            abi.encodeCall(ICloud.create, (NAME, WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max));
        calls[1] = abi.encodeCall(ICloud.update, (1, terms(), MANIFEST, type(uint256).max, 1 ether, false));
        calls[2] = abi.encodeCall(ICloud.migrate, (1, 2, type(uint256).max, 1 ether));
        calls[3] = abi.encodeCall(ICloud.scale, (1, 2, 1 ether));
        calls[4] = abi.encodeCall(ICloud.recharge, (1, 1 ether));
        calls[5] = abi.encodeCall(ICloud.activate, (1, ""));
        calls[6] = abi.encodeCall(ICloud.dropPending, (1));
        calls[7] = abi.encodeCall(ICloud.configure, (1, "{}"));
        calls[8] = abi.encodeCall(ICloud.pause, (1));
        calls[9] = abi.encodeCall(ICloud.resume, (1));
        calls[10] = abi.encodeCall(ICloud.terminate, (1));
        calls[11] = abi.encodeCall(ICloud.setGuardian, (1, OWNER));
        calls[12] = abi.encodeCall(ICloud.freeze, (1, type(uint64).max));
        calls[13] = abi.encodeCall(ICloud.setSpendingCap, (1, 0));
        calls[14] = abi.encodeCall(ICloud.offerOwnership, (1, OWNER));
        calls[15] = abi.encodeCall(ICloud.takeOwnership, (1));
        calls[16] = abi.encodeCall(ICloud.renew, (new ICloud.AttestationLease[](1), signed));
        calls[17] = abi.encodeCall(ICloud.giveNotice, (new uint64[](1)));
        calls[18] = abi.encodeCall(ICloud.settle, (1));
        calls[19] = abi.encodeCall(ICloud.withdraw, (address(0)));
        calls[20] = abi.encodeCall(ICloud.withdrawTo, (address(0), payable(OWNER)));
        calls[21] = abi.encodeCall(ICloud.sweep, (address(0)));
        calls[22] = abi.encodeCall(ICloud.setParameters, (parameters()));
        calls[23] = abi.encodeCall(ICloud.setTreasury, (OWNER));
        calls[24] = abi.encodeCall(ICloud.setAsset, (address(9), true, 1));
        calls[25] = abi.encodeCall(ICloud.pauseNewLeases, (0));
        calls[26] = abi.encodeCall(IAccessManaged.setAuthority, (OWNER));
        calls[27] = "";
        calls[28] = abi.encodeCall(ICloud.setDeployKey, (1, address(9), deployLimits()));
        calls[29] = abi.encodeCall(ICloud.revokeDeployKey, (1, address(9)));
        calls[30] = abi.encodeCall(ICloud.updateByDeployKey, (1, MANIFEST, type(uint256).max));
        calls[31] = abi.encodeCall(ICloud.recordBuild, (1, buildRecord(), new bytes(65)));
    }

    function deployLimits() private view returns (ICloud.DeployLimits memory limits) {
        limits.maxWeiPerSecond = 1 ether;
        limits.expiresAt = uint64(block.timestamp);
    }

    function buildRecord() private pure returns (ICloud.BuildRecord memory) {
        return ICloud.BuildRecord("image", "statement", "repository", "commit", 0);
    }

    function test_a_part_called_by_itself_takes_no_wei_and_does_nothing() public {
        bytes[] memory calls = writers();
        address[3] memory parts = [applications, moves, deliveries];
        vm.deal(ADMIN, 100 ether);
        vm.startPrank(ADMIN);
        for (uint256 p = 0; p < 3; p++) {
            for (uint256 i = 0; i < calls.length; i++) {
                (bool done,) = parts[p].call(calls[i]);
                holds(!done, "refused");
                (done,) = parts[p].call{value: 1 ether}(calls[i]);
                holds(!done, "refused with value");
            }
            same(parts[p].balance, 0, "nothing there");
        }
    }

    function test_functions_that_take_no_money_refuse_it() public {
        createApp(1 ether);
        bytes[] memory calls = writers();
        vm.deal(OWNER, 100 ether);
        vm.startPrank(OWNER);
        for (uint256 i = 5; i < calls.length; i++) {
            (bool done,) = address(cloud).call{value: 1}(calls[i]);
            holds(!done, "refused");
        }
        same(address(cloud).balance, cloud.liabilities(address(0)), "nothing slipped in");
    }

    function test_every_reading_function_answers_at_the_clouds_address() public {
        uint64 appId = createApp(1 ether);
        holds(address(cloud.subnet()) == address(subnet) && address(cloud.quorum()) == address(quorum), "linked");
        same(cloud.parameters().noticeSeconds, 1 days, "parameters");
        holds(cloud.treasury() == TREASURY, "treasury");
        holds(cloud.asset(address(0)).allowed && cloud.asset(address(0)).unit == 1e8, "native");
        same(cloud.newLeasesPausedUntil(), 0, "not paused");
        same(cloud.appCount(), appId, "count");
        same(cloud.rules(appId).frozenUntil, 0, "rules");
        same(cloud.configuration(appId).revision, 0, "configuration");
        same(cloud.version(appId, 9).workerId, 0, "no such version");
        same(cloud.servedUntil(appId, 1), 0, "never served");
        same(cloud.appsOnCount(WORKER_ID), 1, "on its worker");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.rules(9);
        same(cloud.deployKeys(appId).length, 0, "no deploy keys");
        same(cloud.buildersOf("image", 0, 1).length, 0, "no builders");
        same(cloud.buildsOf("image", appId, 0, 1).length, 0, "no builds");
        holds(!cloud.isManifestBuilt(appId, "repository", "manifest"), "not built");
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.deployKeys(9);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.configuration(9);
        vm.expectRevert(abi.encodeWithSelector(ICloud.AppUnknown.selector, 9));
        cloud.app(9);
    }

    function test_what_a_version_served_is_known_from_its_first_lease_to_its_end() public {
        uint64 appId = createApp(1 ether);
        advance(1);
        attest(appId, 1, 0, 1);
        advance(10);
        same(cloud.servedUntil(appId, 1), block.timestamp, "until now");
        vm.prank(OWNER);
        cloud.terminate(appId);
        uint256 end = block.timestamp;
        advance(10);
        same(cloud.servedUntil(appId, 1), end, "until the end");
        same(cloud.version(appId, 1).endedAt, end, "ended");
    }

    function test_the_daos_functions_are_the_daos() public {
        bytes[] memory calls = writers();
        for (uint256 i = 22; i < 27; i++) {
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
            (bool done,) = address(cloud).call(calls[i]);
            done;
        }
    }

    function test_parts_are_wired_to_contracts() public {
        notDeployed("Applications", abi.encode(subnet, quorum, address(0x77)));
        notDeployed("Applications", abi.encode(address(0), quorum, moves));
        notDeployed("Moves", abi.encode(address(0), quorum, deliveries));
        notDeployed("Moves", abi.encode(subnet, address(0), deliveries));
        notDeployed("Moves", abi.encode(subnet, quorum, address(0x77)));
        notDeployed("Deliveries", abi.encode(address(0), quorum));
        notDeployed("Deliveries", abi.encode(subnet, address(0)));
        notDeployed("Cloud", abi.encode(manager, subnet, quorum, TREASURY, parameters(), address(0x77)));
        notDeployed("Cloud", abi.encode(manager, subnet, quorum, address(0), parameters(), applications));
    }
}
