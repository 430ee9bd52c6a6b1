// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {vm} from "../Vm.sol";
import {Checks} from "./Checks.sol";

/// @dev What holds after any sequence of calls by anybody at any time, over all contracts together.
contract MoneyInvariants is Checks {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    string[] private _names = [
        "create",
        "create with a coin",
        "renew",
        "settle",
        "run dry",
        "pause",
        "resume",
        "recharge",
        "recharge dust",
        "update",
        "update for security",
        "migrate",
        "migrate a paused one",
        "activate a migration",
        "scale",
        "activate",
        "dropPending",
        "notice",
        "terminate",
        "terminate by the worker",
        "terminate by anyone",
        "withdraw",
        "handOver",
        "reprice",
        "revoke",
        "force",
        "sweep",
        "bond",
        "request",
        "cancel",
        "unstake",
        "enrol",
        "drain",
        "shutdown",
        "join",
        "rekey",
        "leave",
        "reseat",
        "file",
        "answer",
        "uphold",
        "frivolous",
        "dismiss",
        "lock what is leaving",
        "uphold for a former owner",
        "convict",
        "collect",
        "collect bond"
    ];
    mapping(string action => uint256) private _reached;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(handler), selectors: actions()});
    }

    function invariant_money_capacity_and_committees_add_up() external {
        handler.sync();
        Records memory r = read();
        checkCloud(r);
        checkCapacity(r);
        checkSubnet(r);
        checkComplaints(r);
        checkCommittees();
    }

    /// @dev Whatever happened, everybody gets out: what stays is each account's remainder below 1e8 wei.
    function afterInvariant() external {
        handler.drain();
        Records memory r = read();
        checkCloud(r);
        checkSubnet(r);
        checkComplaints(r);
        uint256 remainders = handler.accountCount() * 1e8;
        uint256 cloudWei = address(cloud).balance - handler.forced(address(cloud), address(0));
        vm.assertTrue(cloudWei < remainders, "all but remainders has left the Cloud");
        vm.assertEq(cloud.liabilities(coin), 0, "every coin has left the Cloud");
        vm.assertEq(complaints.liabilitiesWei(), 0, "every bond has left");
        uint64 last = subnet.nodeCount();
        uint256 stakes = uint256(subnet.workerCount() + last) * 1e8;
        uint256 lastWei = subnet.stake(NODES, last).bondedWei;
        vm.assertTrue(subnet.liabilitiesWei() - lastWei < remainders + stakes, "all but remainders has left the Subnet");
    }

    /// @dev An invariant over states that are never reached proves nothing.
    function test_random_calls_reach_every_state() external {
        for (uint256 round = 0; round < 24; round++) {
            if (round > 0) setUp();
            act(round);
            for (uint256 i = 0; i < _names.length; i++) {
                _reached[_names[i]] += handler.done(_names[i]);
            }
        }
        for (uint256 i = 0; i < _names.length; i++) {
            vm.assertTrue(_reached[_names[i]] > 0, _names[i]);
        }
    }

    function act(uint256 round) private {
        bytes4[] memory selectors = actions();
        for (uint256 i = 0; i < 250; i++) {
            uint256 seed = uint256(keccak256(abi.encode(round, i)));
            bytes4 action = selectors[seed % selectors.length];
            (bool called,) = address(handler).call(abi.encodeWithSelector(action, uint256(keccak256(abi.encode(seed)))));
            vm.assertTrue(called, "no action reverts");
        }
    }

    /// @dev Attesting is what earns, and what complaints need: many calls are that.
    function actions() private view returns (bytes4[] memory selectors) {
        bytes4[39] memory once = [
            handler.pass.selector,
            handler.migrate.selector,
            handler.create.selector,
            handler.create.selector,
            handler.attestSome.selector,
            handler.settle.selector,
            handler.recharge.selector,
            handler.update.selector,
            handler.migrate.selector,
            handler.scale.selector,
            handler.activate.selector,
            handler.activate.selector,
            handler.dropPending.selector,
            handler.bind.selector,
            handler.handOver.selector,
            handler.pause.selector,
            handler.resume.selector,
            handler.giveNotice.selector,
            handler.terminate.selector,
            handler.withdraw.selector,
            handler.revoke.selector,
            handler.govern.selector,
            handler.force.selector,
            handler.sweep.selector,
            handler.bond.selector,
            handler.request.selector,
            handler.cancel.selector,
            handler.unstake.selector,
            handler.enrol.selector,
            handler.reprice.selector,
            handler.drainOrShut.selector,
            handler.proveAgain.selector,
            handler.join.selector,
            handler.rekey.selector,
            handler.leave.selector,
            handler.reseat.selector,
            handler.convict.selector,
            handler.collect.selector,
            handler.pass.selector
        ];
        bytes4[6] memory discipline = [
            handler.file.selector,
            handler.file.selector,
            handler.answer.selector,
            handler.uphold.selector,
            handler.rejectFrivolous.selector,
            handler.dismiss.selector
        ];
        uint256 extra = 10;
        selectors = new bytes4[](once.length + discipline.length + extra);
        for (uint256 i = 0; i < selectors.length; i++) {
            if (i < once.length) selectors[i] = once[i];
            else if (i < once.length + discipline.length) selectors[i] = discipline[i - once.length];
            else selectors[i] = handler.live.selector;
        }
    }
}
