// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Handler} from "./Handler.sol";

/// @dev What holds after any sequence of calls by anybody at any time.
contract MoneyInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;
    ICloud private cloud;
    ISubnet private subnet;

    function setUp() public {
        handler = new Handler();
        (cloud, subnet) = handler.network();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[14] memory actions = [
            Handler.pass.selector,
            Handler.pass.selector,
            Handler.create.selector,
            Handler.attestSome.selector,
            Handler.settle.selector,
            Handler.recharge.selector,
            Handler.update.selector,
            Handler.activate.selector,
            Handler.dropPending.selector,
            Handler.terminate.selector,
            Handler.withdraw.selector,
            Handler.reprice.selector,
            Handler.revoke.selector,
            Handler.setFee.selector
        ];
        // Attesting is what earns: many calls are that.
        uint256 extra = 5;
        bytes4[] memory selectors = new bytes4[](actions.length + extra);
        for (uint256 i = 0; i < selectors.length; i++) {
            selectors[i] = i < actions.length ? actions[i] : Handler.live.selector;
        }
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(handler), selectors: selectors});
    }

    function invariant_money_and_capacity_add_up() external {
        handler.sync();
        uint256 liabilities = 0;
        for (uint64 appId = 1; appId <= cloud.appCount(); appId++) {
            ICloud.App memory a = cloud.app(appId);
            liabilities += a.escrowWei + a.graceDepositWei;
            checkMoney(appId, a);
            checkSeconds(appId, a);
        }
        for (uint256 i = 0; i < handler.accountCount(); i++) {
            liabilities += cloud.credit(handler.accounts(i));
        }
        vm.assertEq(address(cloud).balance, liabilities, "the balance is exactly what is owed");
        vm.assertEq(handler.deposited(), handler.withdrawn() + liabilities, "no wei made or lost");
        for (uint64 workerId = 1; workerId <= 2; workerId++) {
            checkCapacity(workerId);
        }
    }

    /// @dev An invariant over states that are never reached proves nothing.
    function test_random_calls_reach_every_state() external {
        bytes4[] memory actions = this.targetSelectors()[0].selectors;
        for (uint256 i = 0; i < 700; i++) {
            uint256 seed = uint256(keccak256(abi.encode("call", i)));
            bytes4 action = actions[seed % actions.length];
            (bool done,) = address(handler).call(abi.encodeWithSelector(action, uint256(keccak256(abi.encode(seed)))));
            vm.assertTrue(done, "no action reverts");
        }
        string[13] memory names = [
            "create",
            "renew",
            "settle",
            "pause",
            "resume",
            "recharge",
            "update",
            "activate",
            "dropPending",
            "terminate",
            "withdraw",
            "reprice",
            "revoke"
        ];
        for (uint256 i = 0; i < names.length; i++) {
            vm.assertTrue(handler.done(names[i]) > 0, names[i]);
        }
    }

    function afterInvariant() external {
        uint256 leftWei = handler.drain();
        vm.assertTrue(leftWei < 1e8 * handler.accountCount(), "all but remainders can leave");
    }

    function checkMoney(uint64 appId, ICloud.App memory a) private view {
        uint256 held = a.escrowWei + a.graceDepositWei + a.paidWei + handler.refunded(appId);
        vm.assertEq(handler.depositedIn(appId), held, "each application's money is its own");
        if (a.state == ICloud.AppState.Ended) vm.assertEq(a.escrowWei + a.graceDepositWei, 0, "ended is empty");
        if (a.state != ICloud.AppState.Active) return;
        uint256 graceWei = handler.graceOf(appId, a.currentVersion);
        vm.assertEq(a.graceDepositWei, graceWei, "the grace deposit is the current version's while it runs");
    }

    function checkSeconds(uint64 appId, ICloud.App memory a) private view {
        (uint64 waiting,) = cloud.unsettled(appId);
        uint256 attested = handler.attestedTicks(appId) * handler.TICK() + handler.spareSeconds(appId);
        vm.assertTrue(a.settledSeconds + waiting <= attested, "no second is earned that was not attested");
    }

    function checkCapacity(uint64 workerId) private view {
        uint256 cpu = 0;
        uint256 disk = 0;
        uint256 running = 0;
        for (uint64 appId = 1; appId <= cloud.appCount(); appId++) {
            ICloud.App memory a = cloud.app(appId);
            ICloud.Version memory v = cloud.version(appId, a.currentVersion);
            if (v.workerId != workerId || a.state == ICloud.AppState.Ended) continue;
            running++;
            disk += uint256(v.terms.diskMiB) * v.terms.replicas;
            if (a.state == ICloud.AppState.Active) cpu += uint256(v.terms.cpuMilli) * v.terms.replicas;
            if (a.pendingVersion == 0) continue;
            ICloud.Terms memory t = cloud.version(appId, a.pendingVersion).terms;
            disk += uint256(t.diskMiB) * t.replicas;
            cpu += uint256(t.cpuMilli) * t.replicas;
        }
        checkList(workerId, running);
        ISubnet.Worker memory w = subnet.worker(workerId);
        vm.assertEq(w.reserved.cpuMilli, cpu, "reserved cpu is what applications hold");
        vm.assertEq(w.reserved.diskMiB, disk, "reserved disk is what applications hold");
        vm.assertTrue(w.reserved.cpuMilli <= w.capacity.cpuMilli, "cpu not over-reserved");
        vm.assertTrue(w.reserved.memoryMiB <= w.capacity.memoryMiB, "memory not over-reserved");
        vm.assertTrue(w.reserved.diskMiB <= w.capacity.diskMiB, "disk not over-reserved");
    }

    /// @dev As many entries as run there, each one of them, none twice.
    function checkList(uint64 workerId, uint256 running) private view {
        uint64[] memory list = cloud.appsOn(workerId, 0, 100);
        vm.assertEq(list.length, running, "the worker's list is as long as what runs there");
        uint256 seen = 0;
        for (uint256 i = 0; i < list.length; i++) {
            vm.assertEq(cloud.version(list[i], 1).workerId, workerId, "listed at its own worker");
            vm.assertTrue(cloud.app(list[i]).state != ICloud.AppState.Ended, "listed while it runs");
            vm.assertTrue((seen >> list[i]) & 1 == 0, "listed once");
            seen |= 1 << list[i];
        }
    }
}
