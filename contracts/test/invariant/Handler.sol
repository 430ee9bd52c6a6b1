// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Coin} from "./Coin.sol";
import {Keepers} from "./Keepers.sol";

/// @dev Everything that anybody does: the Cloud's and the Subnet's actions, and discipline.
contract Handler is Keepers {
    uint128 private constant BOND = 0.1 ether;
    uint256 private constant REWARD_BPS = 500;

    constructor() {
        super.setUp();
        coin = new Coin();
        complaints = IComplaints(
            deploy(
                "Complaints", abi.encode(manager, cloud, subnet, IComplaints.Rules(BOND, UNBONDING, 3 days, 21 days))
            )
        );
        misconduct = IMisconduct(deploy("Misconduct", abi.encode(manager, subnet, quorum, REWARD_BPS)));
        vm.startPrank(ADMIN);
        allow(address(complaints), IComplaints.uphold.selector, Roles.COURT);
        allow(address(complaints), IComplaints.rejectFrivolous.selector, Roles.COURT);
        manager.grantRole(Roles.SLASHER, address(complaints), 0);
        manager.grantRole(Roles.SLASHER, address(misconduct), 0);
        cloud.setAsset(address(coin), true, 1e8);
        vm.stopPrank();
        address second = address(0x3083);
        accounts = [OWNER, address(0x0A12), address(0x0A13), WORKER_OWNER, second, TREASURY, STRANGER];
        noteBond(WORKERS, 1, WORKER_STAKE);
        vm.deal(second, WORKER_STAKE);
        vm.prank(second);
        subnet.registerWorker{value: WORKER_STAKE}(WORKER_OPERATOR, profile(), prices(), capacity());
        noteBond(WORKERS, 2, WORKER_STAKE);
        for (uint64 id = 1; id <= 2; id++) {
            vm.prank(accounts[2 + id]);
            subnet.setPrices(id, address(coin), tokenPrices());
        }
        prove(WORKERS, 2);
        for (uint64 id = 1; id <= subnet.nodeCount(); id++) {
            noteBond(NODES, id, NODE_STAKE);
        }
        govern(200);
    }

    // -- complaints

    function file(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        uint32 version = uint32(1 + (seed >> 32) % a.latestVersion);
        // Sometimes more than any stake, sometimes dust.
        uint256 size = (seed >> 40) % 16;
        uint128 claimedWei = uint128(1 + (seed >> 64) % (size < 4 ? 1e9 : 1 ether));
        if (size > 11) claimedWei = type(uint128).max;
        vm.deal(a.owner, a.owner.balance + BOND);
        vm.prank(a.owner);
        try complaints.file{value: BOND}(appId, version, claimedWei, "evidence", "") returns (uint64 id) {
            given[address(complaints)][NATIVE] += BOND;
            done["file"]++;
            if (complaints.complaint(id).lockedUnbondingWei > 0) done["lock what is leaving"]++;
        } catch {}
    }

    function answer(uint256 seed) external onTime {
        (uint64 id, bool any) = pickComplaint(seed);
        if (!any) return;
        vm.prank(ownerOfWorker(complaints.complaint(id).workerId));
        try complaints.answer(id, "answer", "") {
            done["answer"]++;
        } catch {}
    }

    function uphold(uint256 seed) external onTime {
        (uint64 id, bool any) = pickComplaint(seed);
        if (!any) return;
        IComplaints.Complaint memory c = complaints.complaint(id);
        uint256 lockedWei = c.lockedBondedWei + c.lockedUnbondingWei;
        uint128 slashedWei = uint128(1 + (seed >> 64) % lockedWei);
        if ((seed >> 32) % 4 == 0) slashedWei = uint128(lockedWei);
        uint128 lossWei = uint128((seed >> 80) % (uint256(slashedWei) + 1));
        vm.prank(COURT);
        try complaints.uphold(id, slashedWei, lossWei) {
            slashedFrom[WORKERS][c.workerId] += slashedWei;
            dueOf[address(subnet)][c.complainant] += lossWei;
            dueOf[address(subnet)][TREASURY] += slashedWei - lossWei;
            dueOf[address(complaints)][c.complainant] += BOND;
            done["uphold"]++;
            if (cloud.app(c.appId).owner != c.complainant) done["uphold for a former owner"]++;
        } catch {}
    }

    function rejectFrivolous(uint256 seed) external onTime {
        (uint64 id, bool any) = pickComplaint(seed);
        if (!any || (seed >> 32) % 3 != 0) return;
        vm.prank(COURT);
        try complaints.rejectFrivolous(id) {
            dueOf[address(complaints)][ownerOfWorker(complaints.complaint(id).workerId)] += BOND;
            done["frivolous"]++;
        } catch {}
    }

    function dismiss(uint256 seed) external onTime {
        (uint64 id, bool any) = pickComplaint(seed);
        if (!any) return;
        uint64 decideBy = complaints.deadlineOf(id);
        uint256 who = (seed >> 32) % 8;
        if (who == 7 && decideBy > block.timestamp) wait(decideBy - block.timestamp);
        dismissAs(id, who < 2 ? COURT : STRANGER);
    }

    // -- misconduct

    /// @dev A node signs two leases of one evidence, with whatever key it has had; a second report is in vain.
    function convict(uint256 seed) external onTime {
        if ((seed >> 40) % 6 != 0) return;
        uint64 id = pickNode(seed);
        IMisconduct.SignedLease memory first = lie(id, 0);
        IMisconduct.SignedLease memory second = lie(id, 1);
        ISubnet.Stake memory s = subnet.stake(NODES, id);
        uint256 stakeWei = s.bondedWei + s.unbondingWei;
        bool before = misconduct.isConvicted(id);
        vm.prank(STRANGER);
        try misconduct.reportLeases(first, second) {
            require(!before, "convicted twice");
            slashedFrom[NODES][id] += stakeWei;
            uint256 rewardWei = stakeWei * REWARD_BPS / 10_000;
            dueOf[address(subnet)][STRANGER] += rewardWei;
            dueOf[address(subnet)][TREASURY] += stakeWei - rewardWei;
            done["convict"]++;
        } catch {
            require(before, "not convicted");
        }
    }

    // -- paying out

    function collect(uint256 seed) external onTime {
        address account = accounts[seed % accounts.length];
        if ((seed >> 8) & 1 == 0) takeSlashed(account);
        else takeBond(account);
    }

    /// @dev Everybody goes: what is left is the remainders below 1e8 wei. Nobody's help is needed but time's; a seat is given up
    /// once the DAO has named others.
    function drain() external onTime {
        for (uint64 appId = 1; appId <= cloud.appCount(); appId++) {
            if (cloud.app(appId).state != ICloud.AppState.Ended) end(appId, 0);
        }
        wait(21 days);
        for (uint64 id = 1; id <= complaints.complaintCount(); id++) {
            if (complaints.complaint(id).status == IComplaints.Status.Open) dismissAs(id, STRANGER);
        }
        replaceNodes();
        for (uint64 id = 1; id <= subnet.workerCount(); id++) {
            if (subnet.worker(id).status == ISubnet.WorkerStatus.Shutdown) continue;
            vm.prank(ownerOfWorker(id));
            subnet.shutdown(id);
        }
        for (uint64 id = 1; id <= subnet.workerCount(); id++) {
            requestAll(WORKERS, id);
        }
        for (uint64 id = 1; id < subnet.nodeCount(); id++) {
            requestAll(NODES, id);
        }
        wait(UNBONDING);
        for (uint64 id = 1; id <= subnet.workerCount(); id++) {
            takeStake(WORKERS, id);
        }
        for (uint64 id = 1; id < subnet.nodeCount(); id++) {
            takeStake(NODES, id);
        }
        for (uint256 i = 0; i < accounts.length; i++) {
            takeCredit(accounts[i], NATIVE, i & 1 == 1);
            takeCredit(accounts[i], address(coin), i & 1 == 1);
            takeSlashed(accounts[i]);
            takeBond(accounts[i]);
        }
    }

    // -- how

    function dismissAs(uint64 id, address who) private {
        address complainant = complaints.complaint(id).complainant;
        vm.prank(who);
        try complaints.dismiss(id) {
            dueOf[address(complaints)][complainant] += BOND;
            done["dismiss"]++;
        } catch {}
    }

    function lie(uint64 id, uint256 which) private view returns (IMisconduct.SignedLease memory s) {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = leaseAt(1, 1, 0, 1, T0);
        leases[0].tlsKeyHash = bytes32(which);
        s.lease = leases[0];
        s.hashes = new bytes32[](1);
        s.hashes[0] = keccak256(abi.encode(LEASE_TYPEHASH, leases[0]));
        s.signature = signOne(nodeKeys[id - 1], typedDigest(leaseBatchHash(leases, 0, 0)));
    }

    function pickComplaint(uint256 seed) private view returns (uint64, bool) {
        uint64 count = complaints.complaintCount();
        for (uint64 i = 0; i < count && i < 8; i++) {
            uint64 id = uint64(count - (uint256(seed >> 16) + i) % count);
            if (complaints.complaint(id).status == IComplaints.Status.Open) return (id, true);
        }
        return (0, false);
    }

    function takeSlashed(address account) private {
        vm.prank(account);
        try subnet.withdraw(payable(account)) returns (uint256 amountWei) {
            paidTo[address(subnet)][account] += amountWei;
            taken[address(subnet)][NATIVE] += amountWei;
            done["collect"]++;
        } catch {}
    }

    function takeBond(address account) private {
        vm.prank(account);
        try complaints.withdraw(payable(account)) returns (uint256 amountWei) {
            paidTo[address(complaints)][account] += amountWei;
            taken[address(complaints)][NATIVE] += amountWei;
            done["collect bond"]++;
        } catch {}
    }

    /// @dev A fresh node takes every seat; then all others leave and the statements of the old epoch run out.
    function replaceNodes() private {
        uint256 key = uint256(keccak256("the last one"));
        uint64[] memory members = new uint64[](1);
        members[0] = registerNode(nodeOwner(nodeKeys.length), key);
        noteBond(NODES, members[0], NODE_STAKE);
        vm.prank(ADMIN);
        quorum.nameCommittee(members, 1);
        activateNamed(members);
        wait(15 minutes + TICK);
        for (uint64 id = 1; id < subnet.nodeCount(); id++) {
            if (subnet.node(id).status != ISubnet.NodeStatus.Active) continue;
            vm.prank(ownerOf(NODES, id));
            subnet.leaveNode(id);
        }
    }

    function requestAll(uint16 role, uint64 id) private {
        uint128 bondedWei = subnet.stake(role, id).bondedWei;
        if (bondedWei == 0) return;
        vm.prank(ownerOf(role, id));
        subnet.requestWithdrawal(role, id, bondedWei);
    }
}
