// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Handler} from "./Handler.sol";

/// @dev What must hold after every call, each as plain sums over everything that there is.
abstract contract Checks {
    Handler internal handler;
    ICloud internal cloud;
    ISubnet internal subnet;
    IQuorum internal quorum;
    IComplaints internal complaints;
    address internal coin;
    address internal constant NATIVE = address(0);
    uint16 internal constant WORKERS = 1;
    uint16 internal constant NODES = 2;

    function setUp() public virtual {
        handler = new Handler();
        (cloud, subnet, quorum) = handler.contracts();
        complaints = handler.complaints();
        coin = address(handler.coin());
    }

    /// @dev All records, read once for all checks.
    struct Records {
        ICloud.App[] apps;
        ICloud.Version[] versions;
        IComplaints.Complaint[] complaints;
    }

    function read() internal returns (Records memory r) {
        uint64 count = cloud.appCount();
        r.apps = new ICloud.App[](count + 1);
        r.versions = new ICloud.Version[](count + 1);
        for (uint64 appId = 1; appId <= count; appId++) {
            r.apps[appId] = cloud.app(appId);
            r.versions[appId] = cloud.version(appId, r.apps[appId].currentVersion);
            // A security version whose deadline has passed is current already; the next touch frees the old one's capacity.
            if (!r.versions[appId].security || r.apps[appId].state != ICloud.AppState.Active) continue;
            cloud.settle(appId);
            r.apps[appId] = cloud.app(appId);
        }
        r.complaints = complaints.complaints(1, 100);
        vm.assertEq(r.complaints.length, complaints.complaintCount(), "all complaints are read");
    }

    // -- the Cloud

    function checkCloud(Records memory r) internal view {
        uint256[2] memory held;
        uint256[2] memory paid;
        for (uint64 appId = 1; appId < r.apps.length; appId++) {
            ICloud.App memory a = r.apps[appId];
            uint256 i = a.asset == NATIVE ? 0 : 1;
            held[i] += a.escrowWei + a.graceDepositWei;
            paid[i] += a.paidWei + handler.refunded(appId);
            checkMoney(appId, a, r.versions[appId]);
            checkSeconds(appId, a);
        }
        checkAsset(NATIVE, held[0], paid[0], address(cloud).balance);
        checkAsset(coin, held[1], paid[1], handler.coin().balanceOf(address(cloud)));
    }

    function checkAsset(address asset, uint256 heldWei, uint256 paidWei, uint256 balanceWei) private view {
        uint256 creditsWei = 0;
        for (uint256 i = 0; i < handler.accountCount(); i++) {
            address account = handler.accounts(i);
            uint256 creditWei = cloud.credit(account, asset);
            creditsWei += creditWei;
            if (i >= 3) continue;
            // The first three own applications: they are owed what was refunded, and nothing else.
            address book = handler.bookOf(asset);
            uint256 dueWei = handler.dueOf(book, account);
            vm.assertEq(creditWei + handler.paidTo(book, account), dueWei, "an owner is paid refunds alone");
        }
        uint256 owedWei = cloud.liabilities(asset);
        vm.assertEq(owedWei, heldWei + creditsWei, "the Cloud owes escrows, grace deposits and credits");
        vm.assertEq(balanceWei, owedWei + handler.forced(address(cloud), asset), "the Cloud has exactly what it owes");
        uint256 takenWei = handler.taken(address(cloud), asset);
        vm.assertEq(handler.given(address(cloud), asset), takenWei + owedWei, "no unit made or lost in the Cloud");
        vm.assertEq(creditsWei + takenWei, paidWei + handler.sweptOf(asset), "credited is rent, refund or surplus");
    }

    function checkMoney(uint64 appId, ICloud.App memory a, ICloud.Version memory v) private view {
        uint256 held = a.escrowWei + a.graceDepositWei + a.paidWei + handler.refunded(appId);
        vm.assertEq(handler.depositedIn(appId), held, "each application's money is its own");
        if (a.state == ICloud.AppState.Ended) vm.assertEq(a.escrowWei + a.graceDepositWei, 0, "ended is empty");
        if (a.state != ICloud.AppState.Active) return;
        uint256 graceWei = handler.graceOf(appId, a.currentVersion) * a.replicas;
        bool full = a.graceDepositWei == graceWei;
        // One that took over at its deadline takes what is there.
        if (v.security) full = a.graceDepositWei <= graceWei;
        vm.assertTrue(full, "the grace deposit is the current version's while it runs");
    }

    function checkSeconds(uint64 appId, ICloud.App memory a) private view {
        uint64 waiting = 0;
        if (a.state == ICloud.AppState.Active) (waiting,) = cloud.unsettled(appId);
        uint256 attested = handler.attestedTicks(appId) * handler.TICK() + handler.spareSeconds(appId);
        vm.assertTrue(a.settledSeconds + waiting <= attested, "no second is earned that was not attested");
    }

    // -- capacity

    function checkCapacity(Records memory r) internal view {
        uint64 workers = subnet.workerCount();
        uint256[] memory cpu = new uint256[](workers + 1);
        uint256[] memory memoryMiB = new uint256[](workers + 1);
        uint256[] memory disk = new uint256[](workers + 1);
        uint256[] memory running = new uint256[](workers + 1);
        for (uint64 appId = 1; appId < r.apps.length; appId++) {
            ICloud.App memory a = r.apps[appId];
            if (a.state == ICloud.AppState.Ended) continue;
            ICloud.Version memory v = r.versions[appId];
            bool active = a.state == ICloud.AppState.Active;
            running[v.workerId]++;
            disk[v.workerId] += uint256(v.terms.diskMiB) * a.replicas;
            if (active) cpu[v.workerId] += uint256(v.terms.cpuMilli) * a.replicas;
            if (active) memoryMiB[v.workerId] += uint256(v.terms.memoryMiB) * a.replicas;
            if (a.pendingVersion == 0) continue;
            ICloud.Version memory p = cloud.version(appId, a.pendingVersion);
            if (p.workerId != v.workerId) running[p.workerId]++;
            uint256 replicas = handler.replicasOf(a, appId, a.pendingVersion);
            disk[p.workerId] += uint256(p.terms.diskMiB) * replicas;
            cpu[p.workerId] += uint256(p.terms.cpuMilli) * replicas;
            memoryMiB[p.workerId] += uint256(p.terms.memoryMiB) * replicas;
        }
        for (uint64 id = 1; id <= workers; id++) {
            ISubnet.Worker memory w = subnet.worker(id);
            vm.assertEq(w.reserved.cpuMilli, cpu[id], "reserved cpu is what applications hold");
            vm.assertEq(w.reserved.memoryMiB, memoryMiB[id], "reserved memory is what applications hold");
            vm.assertEq(w.reserved.diskMiB, disk[id], "reserved disk is what applications hold");
            vm.assertTrue(w.reserved.cpuMilli <= w.capacity.cpuMilli, "cpu not over-reserved");
            vm.assertTrue(w.reserved.memoryMiB <= w.capacity.memoryMiB, "memory not over-reserved");
            vm.assertTrue(w.reserved.diskMiB <= w.capacity.diskMiB, "disk not over-reserved");
            if (w.status == ISubnet.WorkerStatus.Shutdown) {
                vm.assertEq(running[id], 0, "nothing runs after a shutdown");
            }
            checkList(r, id, running[id]);
        }
    }

    /// @dev As many entries as run there, each one of them, none twice.
    function checkList(Records memory r, uint64 workerId, uint256 running) private view {
        uint64[] memory list = cloud.appsOn(workerId, 0, 100);
        vm.assertEq(list.length, running, "the worker's list is as long as what runs there");
        uint256 seen = 0;
        for (uint256 i = 0; i < list.length; i++) {
            ICloud.App memory a = r.apps[list[i]];
            bool here = r.versions[list[i]].workerId == workerId;
            if (a.pendingVersion != 0) here = here || cloud.version(list[i], a.pendingVersion).workerId == workerId;
            vm.assertTrue(here && a.state != ICloud.AppState.Ended, "listed while it runs there");
            vm.assertTrue((seen >> list[i]) & 1 == 0, "listed once");
            seen |= 1 << list[i];
        }
    }

    // -- the Subnet

    function checkSubnet(Records memory r) internal view {
        uint256 owedWei = 0;
        for (uint64 id = 1; id <= subnet.workerCount(); id++) {
            owedWei += checkStake(WORKERS, id, openLocks(r, id));
        }
        for (uint64 id = 1; id <= subnet.nodeCount(); id++) {
            owedWei += checkStake(NODES, id, [uint256(0), 0]);
        }
        owedWei += checkCredits(address(subnet));
        vm.assertEq(subnet.liabilitiesWei(), owedWei, "the Subnet owes stakes and credits");
        checkHolder(address(subnet), owedWei);
    }

    function checkStake(uint16 role, uint64 id, uint256[2] memory locks) private view returns (uint256 heldWei) {
        ISubnet.Stake memory s = subnet.stake(role, id);
        heldWei = uint256(s.bondedWei) + s.unbondingWei;
        uint256 goneWei = handler.withdrawnFrom(role, id) + handler.slashedFrom(role, id);
        vm.assertEq(handler.bondedIn(role, id), heldWei + goneWei, "each stake is its own, slashed once");
        vm.assertEq(s.lockedBondedWei, locks[0], "bonded stake is locked by open complaints alone");
        vm.assertEq(s.lockedUnbondingWei, locks[1], "leaving stake is locked by open complaints alone");
        vm.assertTrue(s.lockedBondedWei <= s.bondedWei && s.lockedUnbondingWei <= s.unbondingWei, "locks are parts");
    }

    function openLocks(Records memory r, uint64 workerId) private pure returns (uint256[2] memory locks) {
        for (uint256 i = 0; i < r.complaints.length; i++) {
            IComplaints.Complaint memory c = r.complaints[i];
            if (c.workerId != workerId || c.status != IComplaints.Status.Open) continue;
            locks[0] += c.lockedBondedWei;
            locks[1] += c.lockedUnbondingWei;
        }
    }

    // -- Complaints

    function checkComplaints(Records memory r) internal view {
        uint256 owedWei = checkCredits(address(complaints));
        for (uint256 i = 0; i < r.complaints.length; i++) {
            IComplaints.Complaint memory c = r.complaints[i];
            bool open = c.status == IComplaints.Status.Open;
            if (open) owedWei += c.bondWei;
            vm.assertTrue(!open || complaints.openComplaintOf(c.appId) == i + 1, "one open complaint per application");
        }
        vm.assertEq(complaints.liabilitiesWei(), owedWei, "Complaints owes open bonds and credits");
        checkHolder(address(complaints), owedWei);
    }

    /// @dev What an account is owed and was paid is what the rules give it, to the wei.
    function checkCredits(address holder) private view returns (uint256 creditsWei) {
        for (uint256 i = 0; i < handler.accountCount(); i++) {
            address account = handler.accounts(i);
            uint256 owedWei = holder == address(subnet) ? subnet.credit(account) : complaints.credit(account);
            uint256 dueWei = handler.dueOf(holder, account);
            vm.assertEq(owedWei + handler.paidTo(holder, account), dueWei, "nobody is paid more than they are due");
            creditsWei += owedWei;
        }
    }

    function checkHolder(address holder, uint256 owedWei) private view {
        vm.assertEq(holder.balance, owedWei + handler.forced(holder, NATIVE), "it has exactly what it owes");
        uint256 outWei = handler.taken(holder, NATIVE) + owedWei;
        vm.assertEq(handler.given(holder, NATIVE), outWei, "no wei made or lost");
    }

    // -- committees

    function checkCommittees() internal view {
        for (uint64 epoch = 1; epoch <= quorum.latestEpoch(); epoch++) {
            (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
            vm.assertTrue(2 * threshold > members.length, "a threshold is a majority");
            vm.assertTrue(threshold <= members.length, "and can be reached");
        }
    }
}
