// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev An owner that is a contract without callbacks, say a DAO's timelock: whatever it is told, it calls.
contract Timelock {
    function execute(address target, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        (bool done, bytes memory answer) = target.call{value: value}(data);
        require(done, "call failed");
        return answer;
    }

    receive() external payable {}
}

/// @dev States in which money looks locked: each is driven to empty by its owner alone, at once.
contract StuckTest is Fixture {
    uint64 private appId;

    function setUp() public override {
        super.setUp();
        appId = createApp(1 ether);
        advance(10);
        attest(appId, 1, 0, 1);
    }

    /// @dev The owner ends it now; everybody withdraws; at most remainders below 1e8 wei each stay.
    function emptyNow() private {
        vm.prank(OWNER);
        cloud.terminate(appId);
        address[3] memory all = [OWNER, WORKER_OWNER, TREASURY];
        for (uint256 i = 0; i < 3; i++) {
            if (cloud.credit(all[i], address(0)) < 1e8) continue;
            vm.prank(all[i]);
            cloud.withdraw(address(0));
        }
        holds(address(cloud).balance < 3e8, "empty but for remainders");
        same(address(cloud).balance, cloud.liabilities(address(0)), "which are owed");
    }

    function test_a_worker_that_closes_and_drains() public {
        vm.startPrank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, false, profile(), prices(), capacity());
        subnet.drain(WORKER_ID, true);
        vm.stopPrank();
        emptyNow();
    }

    function test_a_worker_whose_machine_is_denied() public {
        vm.prank(ADMIN);
        subnet.denyPlatform(MACHINE);
        emptyNow();
    }

    function test_a_worker_with_another_operator() public {
        vm.prank(WORKER_OWNER);
        subnet.setOperator(WORKER_ID, address(0x99));
        emptyNow();
    }

    function test_a_stop_of_new_leases_and_a_disallowed_asset() public {
        vm.startPrank(ADMIN);
        cloud.pauseNewLeases(uint64(block.timestamp + 7 days));
        cloud.setAsset(address(0), false, 1e8);
        vm.stopPrank();
        emptyNow();
    }

    function test_a_pause_by_the_owner() public {
        vm.prank(OWNER);
        cloud.pause(appId);
        advance(100 days);
        emptyNow();
    }

    function test_a_pending_update_a_pending_fix_and_a_pending_migration() public {
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, true);
        uint256 taken = vm.snapshotState();
        emptyNow();
        vm.revertToState(taken);
        advance(1000);
        emptyNow();
        vm.revertToState(taken);
        vm.prank(OWNER);
        cloud.dropPending(appId);
        secondWorker();
        vm.prank(OWNER);
        cloud.migrate(appId, 2, type(uint256).max, 0);
        emptyNow();
        same(subnet.worker(2).reserved.cpuMilli, 0, "freed there, too");
        same(cloud.appsOnCount(2), 0, "left there, too");
    }

    function test_a_guardian_a_freeze_and_a_cap() public {
        vm.startPrank(OWNER);
        cloud.setGuardian(appId, address(this));
        cloud.freeze(appId, type(uint64).max);
        cloud.setSpendingCap(appId, rate(appId));
        vm.stopPrank();
        emptyNow();
    }

    function test_many_versions() public {
        for (uint256 i = 0; i < 40; i++) {
            vm.startPrank(OWNER);
            cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
            cloud.dropPending(appId);
            vm.stopPrank();
        }
        same(subnet.worker(WORKER_ID).reserved.cpuMilli, 500, "one reservation");
        emptyNow();
    }

    function test_dust_from_strangers() public {
        vm.deal(address(this), 1000);
        for (uint256 i = 0; i < 100; i++) {
            cloud.recharge{value: 1}(appId, 1);
        }
        emptyNow();
    }

    function test_a_caller_that_leaves_too_little_gas_cannot_keep_capacity_reserved() public {
        vm.prank(OWNER);
        cloud.update(appId, terms(), MANIFEST, type(uint256).max, 0, false);
        advance(901);
        uint256 refused = 0;
        for (uint256 gas_ = 20_000; gas_ < 80_000; gas_ += 97) {
            uint256 before = vm.snapshotState();
            vm.cool(address(cloud));
            vm.cool(address(subnet));
            (bool done,) = address(cloud).call{gas: gas_}(abi.encodeCall(ICloud.dropPending, (appId)));
            if (!done) {
                refused++;
                continue;
            }
            same(subnet.worker(WORKER_ID).reserved.cpuMilli, 500, "dropped and freed, or neither");
            vm.revertToState(before);
        }
        holds(refused > 0 && refused < 600, "both happened");
    }

    function test_a_timelock_deploys_updates_recharges_and_ends_an_application() public {
        Timelock dao = new Timelock();
        vm.deal(address(dao), 3 ether);
        bytes memory create =
            abi.encodeCall(ICloud.create, ("dao", 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max));
        uint64 id = abi.decode(dao.execute(address(cloud), 1 ether, create), (uint64));
        holds(cloud.app(id).owner == address(dao), "its own");
        dao.execute(
            address(cloud),
            1 ether,
            abi.encodeCall(ICloud.update, (id, terms(), MANIFEST, type(uint256).max, 1 ether, false))
        );
        dao.execute(address(cloud), 1 ether, abi.encodeCall(ICloud.recharge, (id, 1 ether)));
        dao.execute(address(cloud), 0, abi.encodeCall(ICloud.terminate, (id)));
        dao.execute(address(cloud), 0, abi.encodeCall(ICloud.withdraw, (address(0))));
        same(address(dao).balance, 3 ether, "all of it");
    }
}
