// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

interface IParts {
    function registry() external view returns (address);
    function nobodyKnowsThis() external;
}

contract PartsTest is NetworkFixture {
    function test_a_part_called_directly_keeps_no_wei() public {
        address registry = IParts(address(subnet)).registry();
        ISubnet part = ISubnet(registry);
        vm.deal(address(this), 10 ether);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.PartOnly.selector, registry));
        part.registerWorker{value: 10 ether}(address(1), profile(), prices(), capacity());
        ISubnet.NodeKeys memory keys = keysOf(address(this), address(1), 99, 9);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.PartOnly.selector, registry));
        part.registerNode{value: 2 ether}(address(1), keys, "e");
        (bool taken,) = registry.call{value: 1}("");
        holds(!taken, "plain transfer");
        same(registry.balance, 0, "nothing");
    }

    function test_a_part_called_directly_has_nothing_to_change() public {
        ISubnet part = ISubnet(IParts(address(subnet)).registry());
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, WORKER_ID));
        vm.prank(WORKER_OWNER);
        part.setOperator(WORKER_ID, address(9));
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        part.denyPlatform(MACHINE);
        vm.prank(ADMIN);
        part.denyPlatform(MACHINE);
        holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "the Subnet's own storage stays");
    }

    function test_a_function_that_no_part_has_is_refused_by_name() public {
        vm.expectRevert(abi.encodeWithSelector(ISubnet.FunctionUnknown.selector, IParts.nobodyKnowsThis.selector));
        IParts(address(subnet)).nobodyKnowsThis();
    }

    function test_a_subnet_needs_its_registry_and_everything_an_authority() public {
        ISubnet.Settings memory s = settings(ISubnet.NetworkKind.Test);
        notDeployed("Subnet", abi.encode(manager, quorum, s, stakeRules(), TREASURY, address(0x1)));
        notDeployed("Subnet", abi.encode(address(0), quorum, s, stakeRules(), TREASURY, address(manager)));
        notDeployed("Subnet", abi.encode(manager, address(0), s, stakeRules(), TREASURY, address(manager)));
        notDeployed("Quorum", abi.encode(address(0), 1, 1));
        deploy("Subnet", abi.encode(manager, quorum, s, stakeRules(), TREASURY, address(manager)));
    }

    function test_both_parts_read_the_same_words() public view {
        same(subnet.workerCount(), 1, "workers");
        same(subnet.nodeCount(), 3, "nodes");
        holds(subnet.treasury() == TREASURY && subnet.cloud() == address(0), "addresses");
        same(subnet.liabilitiesWei(), address(subnet).balance, "liabilities");
        same(subnet.worker(WORKER_ID).stakeWei, subnet.stake(1, WORKER_ID).bondedWei, "a stake seen by both");
        holds(subnet.offer(WORKER_ID, address(0)).owner == subnet.worker(WORKER_ID).owner, "a worker seen by both");
    }
}
