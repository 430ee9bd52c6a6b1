// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {Apps} from "../subnet/Apps.sol";
import {vm} from "../Vm.sol";

/// @dev What each function of Subnet and Quorum costs, see CloudGas.t.sol. Written to snapshots/Subnet.json.
contract SubnetGasTest is NetworkFixture {
    address payable private constant TO = payable(address(0x70));

    function note(string memory name) private {
        vm.snapshotGasLastCall("Subnet", name);
    }

    function as_(address who) private {
        vm.prank(who);
    }

    function test_worker() public {
        registerWorker();
        note("registerWorker");
        as_(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), prices(), capacity());
        note("updateWorker");
        as_(WORKER_OWNER);
        subnet.setPrices(WORKER_ID, address(0x20), tokenPrices());
        note("setPrices");
        as_(WORKER_OWNER);
        subnet.drain(WORKER_ID, true);
        note("drain");
        as_(WORKER_OWNER);
        subnet.setOperator(WORKER_ID, address(9));
        note("setOperator");
        as_(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        note("shutdown");
    }

    function test_cloud() public {
        Apps apps = new Apps(subnet);
        as_(ADMIN);
        subnet.setCloud(address(apps));
        note("setCloud");
        apps.runOn(WORKER_ID, 1);
        apps.settle(1);
        as_(WORKER_OPERATOR);
        subnet.uploadWork(WORKER_ID, 1, "digest", "https://worker.example/metering/1/1");
        note("uploadWork");
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 1});
        as_(address(apps));
        subnet.reserve(WORKER_ID, 1, one);
        note("reserve");
        as_(address(apps));
        subnet.release(WORKER_ID, 1, one);
        note("release");
    }

    function test_stakes() public {
        vm.deal(address(this), 1 ether);
        subnet.bond{value: 1 ether}(1, WORKER_ID);
        note("bond");
        as_(WORKER_OWNER);
        subnet.requestWithdrawal(1, WORKER_ID, 2 ether);
        note("requestWithdrawal");
        as_(WORKER_OWNER);
        subnet.cancelWithdrawal(1, WORKER_ID);
        note("cancelWithdrawal");
        as_(WORKER_OWNER);
        subnet.requestWithdrawal(1, WORKER_ID, 2 ether);
        advance(UNBONDING);
        as_(WORKER_OWNER);
        subnet.withdrawStake(1, WORKER_ID, TO);
        note("withdrawStake");
        as_(SLASHER);
        subnet.lockStake(1, WORKER_ID, 2 ether);
        note("lockStake");
        as_(SLASHER);
        subnet.unlockStake(1, WORKER_ID, 1 ether, 0);
        note("unlockStake");
        as_(SLASHER);
        subnet.slashLocked(1, WORKER_ID, 1 ether, 0, address(this), 0.5 ether);
        note("slashLocked");
        as_(SLASHER);
        subnet.slashNode(3, address(this), 1000);
        note("slashNode");
        subnet.withdraw(TO);
        note("withdraw");
        vm.deal(address(subnet), address(subnet).balance + 1 ether);
        subnet.sweep();
        note("sweep");
        as_(ADMIN);
        subnet.setStakeRules(stakeRules());
        note("setStakeRules");
        as_(ADMIN);
        subnet.setTreasury(address(this));
        note("setTreasury");
    }

    function test_nodes() public {
        registerNode(nodeOwner(5), uint256(keccak256("another")));
        note("registerNode");
        ISubnet.NodeKeys memory keys = keysOf(nodeOwner(5), nodeOwner(5), 77, 4);
        as_(nodeOwner(5));
        subnet.setNodeKeys(4, keys, "127.0.0.1:1");
        note("setNodeKeys");
        as_(nodeOwner(5));
        subnet.leaveNode(4);
        note("leaveNode, no member");
        as_(nodeOwner(2));
        subnet.leaveNode(3);
        note("leaveNode, of a committee of 3");
    }

    function prove(uint64 size, string memory what) private {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](size);
        for (uint64 i = 0; i < size; i++) {
            proofs[i] = nodeProof(i + 1);
        }
        IQuorum.Signed memory signed = signProofs(proofs, 3);
        sendProofs(proofs, signed);
        note(what);
    }

    function test_proofs() public {
        registerWorker();
        proveWorker(2, keccak256("machine 2"), 2);
        note("proveNodes, a worker's machine, 2 of 3");
        advance(5);
        prove(1, "proveNodes, a node again, 2 of 3");
        advance(5);
        prove(3, "proveNodes, three nodes again, 2 of 3");
    }

    function test_references() public {
        as_(ADMIN);
        subnet.setReferenceValue(1, "another", 1, ISubnet.ReferenceStatus.Accepted, 0);
        note("setReferenceValue");
        as_(ADMIN);
        subnet.setReferenceValue(1, "another", 1, ISubnet.ReferenceStatus.Deprecated, uint64(block.timestamp + 1 days));
        advance(25 hours);
        as_(ADMIN);
        subnet.extendDeprecated(1, "another", uint64(block.timestamp + 1 days));
        note("extendDeprecated");
        as_(FAST);
        subnet.revokeReference(1, "another");
        note("revokeReference");
        as_(ADMIN);
        subnet.denyPlatform("machine");
        note("denyPlatform");
        as_(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Key, bytes32(uint256(1)));
        note("raiseRevocationFloor");
        ISubnet.Revocation[] memory list = new ISubnet.Revocation[](1);
        list[0] = ISubnet.Revocation({subject: 1, id: bytes32(uint256(2)), blockNumber: uint64(block.number)});
        IQuorum.Signed memory signed = signRevocations(list, 3);
        subnet.revoke(list, signed);
        note("revoke, one, 2 of 3");
    }

    function test_committees() public {
        nameAll(2);
        note("nameCommittee, 3");
        quorum.activate();
        note("activate, 3");
        advance(PROOF);
        as_(ADMIN);
        quorum.reopen();
        note("reopen");
        IQuorum next = IQuorum(deploy("Quorum", abi.encode(manager, 1, 1)));
        as_(ADMIN);
        next.setSubnet(address(subnet));
        note("setSubnet");
    }

    function test_committee_of_thirteen() public {
        deployNetwork(ISubnet.NetworkKind.Development, 1, 13, 7);
        note("activate, 13");
        nameAll(7);
        note("nameCommittee, 13");
        IQuorum.Signed memory signed;
        signed.epoch = 1;
        signed.expiry = uint64(block.timestamp);
        signed.bitmap = firstMembers(7);
        signed.signatures = signBy(typedDigest("statement"), signed.bitmap);
        quorum.verify("statement", signed, false);
        note("verify, 7 of 13");
    }
}
