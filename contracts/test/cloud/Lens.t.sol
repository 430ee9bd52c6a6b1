// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {ILens} from "../../src/lens/ILens.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Complaints of which one is open, about application 1.
contract OneComplaint {
    function complaintCount() external pure returns (uint64) {
        return 1;
    }

    function openComplaintOf(uint64 appId) external pure returns (uint64) {
        return appId == 1 ? 7 : 0;
    }

    function rules() external pure returns (IComplaints.Rules memory r) {
        r.bondWei = 5;
    }
}

contract LensTest is Fixture {
    ILens private lens;

    function setUp() public override {
        super.setUp();
        lens = ILens(deploy("Lens", abi.encode(cloud, subnet, quorum, new OneComplaint())));
    }

    function createMany(uint256 count) private {
        ICloud.Terms memory small = terms();
        (small.cpuMilli, small.memoryMiB, small.diskMiB) = (1, 1, 1);
        vm.deal(OWNER, count * 1 ether);
        vm.startPrank(OWNER);
        for (uint256 i = 0; i < count; i++) {
            cloud.create{value: 1 ether}(bytes32(i + 1), 1, address(0), 1 ether, small, MANIFEST, type(uint256).max);
        }
        vm.stopPrank();
    }

    function test_an_application_with_everything_about_it() public {
        uint64 appId = createApp(1 ether);
        vm.startPrank(OWNER);
        cloud.configure(appId, "{}");
        cloud.setSpendingCap(appId, 1 ether);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        vm.stopPrank();
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        ILens.AppView memory v = lens.app(appId);
        holds(v.app.owner == OWNER && v.appId == appId, "whose");
        same(v.current.createdBlock, B0, "current version");
        same(v.pending.manifestVersion, 2, "pending version");
        same(v.rules.maxWeiPerSecond, 1 ether, "rules");
        same(v.configuration.revision, 1, "configuration");
        same(v.unsettledSeconds, 100, "unsettled");
        same(v.unsettledWei, 100 * rate(appId), "in wei");
        same(v.fundedSeconds, (v.app.escrowWei - v.unsettledWei) / rate(appId), "how long it lasts");
        same(v.openComplaintId, 7, "complaint");
    }

    function test_a_row_of_a_list_says_what_the_view_of_the_application_says() public {
        uint64 appId = createApp(1 ether);
        alike(lens.appRows(appId, 1)[0], lens.app(appId));
        same(lens.appRows(appId, 1)[0].workerId, WORKER_ID, "where it is about to run");
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(10);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 1);
        alike(lens.appRows(appId, 1)[0], lens.app(appId));
        alike(lens.appRowsOf(OWNER, 0, 9)[0], lens.app(appId));
        alike(lens.appRowsOn(WORKER_ID, 0, 9)[0], lens.app(appId));
        holds(lens.appRows(appId, 1)[0].unsettledWei != 0, "something is not paid yet");
        vm.prank(OWNER);
        cloud.terminate(appId);
        alike(lens.appRows(appId, 1)[0], lens.app(appId));
    }

    function alike(ILens.AppRow memory row, ILens.AppView memory v) private pure {
        ICloud.App memory a = v.app;
        holds(row.appId == v.appId && row.owner == a.owner && row.state == a.state, "whose, and how it is");
        holds(row.name == a.name && row.asset == a.asset && row.replicas == a.replicas, "name, asset, replicas");
        holds(row.currentVersion == a.currentVersion && row.pendingVersion == a.pendingVersion, "versions");
        holds(row.createdAt == a.createdAt && row.escrowWei == a.escrowWei && row.paidWei == a.paidWei, "money");
        ICloud.Version memory version = a.currentVersion == 0 ? v.pending : v.current;
        holds(row.workerId == version.workerId && row.weiPerSecond == version.weiPerSecond, "where, and its rent");
        same(row.unsettledWei, v.unsettledWei, "not settled");
    }

    function test_pages_hold_a_hundred_and_end_where_the_records_end() public {
        createMany(103);
        same(lens.appRowsOf(OWNER, 0, 1000).length, 100, "a page");
        same(lens.appRowsOf(OWNER, 100, 1000).length, 3, "the rest");
        same(lens.appRows(101, 1000)[2].appId, 103, "the rest of the rows");
        same(lens.apps(1, 1000).length, 100, "a page by id");
        ILens.AppView[] memory rest = lens.apps(101, 1000);
        holds(rest.length == 3 && rest[2].appId == 103, "the rest by id");
        same(lens.apps(0, 5).length, 0, "ids start at one");
        same(lens.apps(104, 5).length, 0, "behind the end");
        same(lens.apps(5, 2)[1].appId, 6, "from the middle");
        same(lens.workers(address(0), 1, type(uint64).max).length, 1, "workers");
        same(lens.nodes(2, type(uint64).max).length, 2, "nodes");
    }

    function test_a_page_of_rows_holds_two_hundred() public {
        createMany(203);
        same(lens.appRows(1, type(uint64).max).length, 200, "a page");
        same(lens.appRows(201, 1000).length, 3, "the rest");
    }

    function test_workers_and_nodes_with_stake_and_machine() public {
        createApp(1 ether);
        ILens.WorkerView memory w = lens.workers(address(0), 1, 1)[0];
        holds(w.worker.owner == WORKER_OWNER && w.workerId == 1, "whose");
        same(w.stake.bondedWei, WORKER_STAKE, "stake");
        same(w.requiredStakeWei, subnet.requiredStakeWei(1, 1), "of it required");
        same(w.offer.prices.cpuMilli, prices().cpuMilli, "prices");
        holds(w.platformId == MACHINE && w.machineUntil > block.timestamp, "its machine");
        same(w.apps, 1, "one application");
        same(lens.workers(address(9), 1, 1)[0].offer.prices.cpuMilli, 0, "not in this asset");
        ILens.NodeView memory n = lens.nodes(1, 1)[0];
        holds(n.nodeId == 1 && n.seated && n.machineUntil > block.timestamp, "seated and live");
        same(n.vendor, 1, "Intel");
        same(n.stake.bondedWei, NODE_STAKE, "stake");
    }

    function test_the_network_in_one_answer() public {
        createApp(1 ether);
        ILens.Network memory n = lens.network();
        holds(n.kind == ISubnet.NetworkKind.Development && n.simulated, "kind");
        holds(n.workerCount == 1 && n.nodeCount == 3 && n.appCount == 1 && n.complaintCount == 1, "counts");
        holds(n.activeEpoch == 1 && n.latestEpoch == 1 && !n.genesisOpen, "epochs");
        same(n.parameters.maxLeaseSeconds, LEASE, "parameters");
        same(n.stakeRules.nodeWei, NODE_STAKE, "stakes");
        same(n.complaintRules.bondWei, 5, "complaints");
        holds(n.treasury == TREASURY && n.newLeasesPausedUntil == 0, "treasury");
    }
}
