// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../src/cloud/ICloud.sol";
import {IQuorum} from "../src/quorum/IQuorum.sol";
import {ISubnet} from "../src/subnet/ISubnet.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @dev What each user action costs as a transaction (profile `gas`: calls are isolated, intrinsic gas and calldata included).
/// Written to snapshots/Gas.json; the totals of the test functions to .gas-snapshot.
contract GasTest is Fixture {
    uint256 private constant SIZE = 20;

    function note(string memory name) private {
        vm.snapshotGasLastCall("Gas", name);
    }

    function test_create() public {
        createApp(1 ether);
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        cloud.create{value: 1 ether}("second", WORKER_ID, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        note("create, second of an owner");
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

    function test_subnet() public {
        registerWorker();
        note("registerWorker");
        registerNode(nodeOwner(5), uint256(keccak256("another")));
        note("registerNode");
        advance(5);
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(2, keccak256("machine 2"));
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        sendProofs(proofs, signed);
        note("proveNodes, one machine, 2 of 3");
    }
}
