// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {BuildStand} from "../cloud/BuildStand.sol";
import {vm} from "../Vm.sol";
import {PlainToken} from "../cloud/Tokens.sol";

/// @dev What each function of the Cloud costs as a transaction (profile `gas`: calls are isolated, intrinsic gas and calldata
/// included). Written to snapshots/Cloud.json; the totals of the test functions to .gas-snapshot.
contract CloudGasTest is BuildStand {
    uint256 private constant SIZE = 20;

    function note(string memory name) private {
        vm.snapshotGasLastCall("Cloud", name);
    }

    function test_create() public {
        createApp(1 ether);
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        cloud.create{value: 1 ether}("second", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        note("create, second of an owner");
    }

    function test_create_in_an_erc20() public {
        PlainToken token = new PlainToken();
        vm.prank(ADMIN);
        cloud.setAsset(address(token), true, 1e8);
        note("setAsset");
        vm.prank(WORKER_OWNER);
        subnet.setPrices(WORKER_ID, address(token), tokenPrices());
        token.mint(OWNER, 3 ether);
        vm.startPrank(OWNER);
        token.approve(address(cloud), type(uint256).max);
        cloud.create(NAME, 1, address(token), 1 ether, terms(), MANIFEST, type(uint256).max);
        cloud.create("second", 1, address(token), 1 ether, terms(), MANIFEST, type(uint256).max);
        note("create, ERC20, second of an owner");
        cloud.recharge(1, 1 ether);
        note("recharge, ERC20");
        cloud.terminate(1);
        cloud.withdraw(address(token));
        note("withdraw, ERC20");
    }

    function test_deploy_keys_and_build_records() public {
        uint64 appId = createApp(1 ether);
        uint64 builder = createBuilder(BUILDER_OWNER, BUILDER_KEY);
        ICloud.DeployLimits memory limits = ICloud.DeployLimits({
            maxWeiPerSecond: 1 ether,
            minIntervalSeconds: 0,
            expiresAt: uint64(block.timestamp + 1 days),
            builderAppId: builder,
            repositoryHash: REPOSITORY
        });
        vm.prank(OWNER);
        cloud.setDeployKey(appId, address(0xDE9), limits);
        note("setDeployKey, first of an application");
        sendRecord(builder, BUILDER_KEY, recordOf(sha256(MANIFEST)));
        note("recordBuild, first of an image");
        ICloud.BuildRecord memory other = recordOf(0);
        other.commit = "other";
        sendRecord(builder, BUILDER_KEY, other);
        note("recordBuild, second of an image, no manifest");
        vm.prank(address(0xDE9));
        cloud.updateByDeployKey(appId, MANIFEST, 1 ether);
        note("updateByDeployKey, build record demanded");
        vm.prank(OWNER);
        cloud.revokeDeployKey(appId, address(0xDE9));
        note("revokeDeployKey, the only one");
    }

    function test_money() public {
        uint64 appId = createApp(1 ether);
        vm.deal(address(this), 1 ether);
        cloud.recharge{value: 1 ether}(appId, 1 ether);
        note("recharge");
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        cloud.settle(appId);
        note("settle, first of an application");
        advance(100);
        attest(appId, 1, 0, 1);
        cloud.settle(appId);
        note("settle");
        advance(100);
        vm.prank(OWNER);
        cloud.terminate(appId);
        note("terminate, live lease");
        vm.prank(OWNER);
        cloud.withdraw(address(0));
        note("withdraw");
        vm.prank(WORKER_OWNER);
        cloud.withdrawTo(address(0), payable(OWNER));
        note("withdrawTo");
        vm.deal(address(cloud), address(cloud).balance + 1 ether);
        cloud.sweep(address(0));
        note("sweep");
        appId = createApp(1 ether);
        vm.prank(OWNER);
        cloud.terminate(appId);
        note("terminate, without a lease, owner has credit");
    }

    function test_update_and_activate() public {
        uint64 appId = createApp(1 ether);
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        note("update");
        advance(10);
        attest(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        note("activate");
        vm.startPrank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, true);
        cloud.dropPending(appId);
        note("dropPending");
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, true);
        vm.stopPrank();
        advance(901);
        cloud.activate(appId, "");
        note("activate, security version past its deadline");
    }

    function test_moves() public {
        secondWorker();
        uint64 appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        note("migrate");
        advance(10);
        attestThere(appId, 2, 0, 2);
        cloud.activate(appId, readySignature(appId, 2, 0, 2));
        note("activate, migration");
        vm.startPrank(OWNER);
        cloud.scale(appId, 2, 0);
        note("scale up");
        cloud.scale(appId, 1, 0);
        note("scale down");
        cloud.pause(appId);
        note("pause, live lease");
        cloud.resume(appId);
        note("resume");
        cloud.pause(appId);
        cloud.migrate(appId, 1, type(uint256).max, 0);
        note("migrate, paused");
        vm.stopPrank();
        uint64[] memory ids = new uint64[](1);
        ids[0] = appId;
        vm.prank(WORKER_OPERATOR);
        cloud.giveNotice(ids);
        note("giveNotice, one application");
    }

    function test_rules() public {
        uint64 appId = createApp(1 ether);
        vm.startPrank(OWNER);
        cloud.configure(appId, "{}");
        note("configure, first");
        cloud.configure(appId, "{}");
        note("configure");
        cloud.setSpendingCap(appId, 1 ether);
        note("setSpendingCap");
        cloud.freeze(appId, type(uint64).max);
        note("freeze");
        cloud.setGuardian(appId, ADMIN);
        note("setGuardian");
        cloud.offerOwnership(appId, ADMIN);
        note("offerOwnership");
        vm.stopPrank();
        vm.startPrank(ADMIN);
        cloud.takeOwnership(appId);
        note("takeOwnership");
        cloud.setParameters(parameters());
        note("setParameters");
        cloud.setTreasury(OWNER);
        note("setTreasury");
        cloud.pauseNewLeases(uint64(block.timestamp + 1));
        note("pauseNewLeases");
    }

    function renewTwenty(string memory committee) private {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](SIZE);
        vm.deal(address(this), SIZE * 1 ether);
        for (uint256 i = 0; i < SIZE; i++) {
            cloud.create{value: 1 ether}(
                bytes32(i + 1), WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max
            );
        }
        advance(10);
        for (uint256 i = 0; i < SIZE; i++) {
            leases[i] = leaseAt(uint64(i + 1), 1, 0, i, lastSecond());
        }
        cloud.renew(leases, signLeases(leases));
        note(string.concat("renew 20 leases, first, ", committee));
        // The second renewal writes each application's first seconds; from the third on it is always the same.
        for (uint256 round = 0; round < 2; round++) {
            advance(100);
            for (uint256 i = 0; i < SIZE; i++) {
                leases[i] = leaseAt(uint64(i + 1), 1, 0, i, lastSecond());
            }
            cloud.renew(leases, signLeases(leases));
        }
        note(string.concat("renew 20 leases, ", committee));
    }

    function test_renew_with_two_of_three() public {
        renewTwenty("2 of 3");
    }

    function test_renew_with_seven_of_thirteen() public {
        vm.warp(T0);
        vm.roll(B0);
        deployNetwork(ISubnet.NetworkKind.Development, 1, 13, 7);
        registerWorker();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(WORKER_ID, MACHINE);
        sendProofs(proofs, signProofs(proofs, firstMembers(7)));
        renewTwenty("7 of 13");
    }
}
