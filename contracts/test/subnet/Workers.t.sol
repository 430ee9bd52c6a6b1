// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

contract WorkersTest is Fixture {
    function register(
        address operator,
        uint8 teeClasses,
        ISubnet.Prices memory p,
        ISubnet.Resources memory c,
        string memory endpoint,
        uint256 stakeWei
    ) private {
        subnet.registerWorker{value: stakeWei}(operator, 1, teeClasses, p, c, endpoint);
    }

    function test_registration_stores_what_was_asked_and_the_stake() public view {
        ISubnet.Worker memory w = subnet.worker(WORKER_ID);
        holds(w.owner == WORKER_OWNER && w.operator == WORKER_OPERATOR && w.open, "who");
        same(w.stakeWei, 1 ether, "stake");
        same(w.prices.memoryMiB, prices().memoryMiB, "price");
        same(w.capacity.cpuMilli, 64_000, "capacity");
        ISubnet.Offer memory offer = subnet.offer(WORKER_ID);
        holds(offer.owner == w.owner && offer.operator == w.operator && offer.open, "offer");
        same(offer.prices.cpuMilli, w.prices.cpuMilli, "offered price");
    }

    function test_bad_registrations_are_refused_each_for_its_reason() public {
        vm.deal(address(this), 100 ether);
        ISubnet.Prices memory p = prices();
        ISubnet.Resources memory c = capacity();
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        register(address(0), 1, p, c, "e", 1 ether);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.SettingInvalid.selector, "teeClasses"));
        register(address(1), 0, p, c, "e", 1 ether);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, 1 ether - 1, 1 ether));
        register(address(1), 1, p, c, "e", 1 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EndpointLength.selector, 0));
        register(address(1), 1, p, c, "", 1 ether);
        string memory longest = string(new bytes(128));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EndpointLength.selector, 129));
        register(address(1), 1, p, c, string.concat(longest, "e"), 1 ether);
        register(address(1), 1, p, c, longest, 1 ether);
        p.cpuMilli = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        register(address(1), 1, p, c, "e", 1 ether);
        p = prices();
        p.gpu = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        register(address(1), 1, p, c, "e", 1 ether);
        p = prices();
        c.memoryMiB = 0;
        vm.expectRevert(ISubnet.CapacityZero.selector);
        register(address(1), 1, p, c, "e", 1 ether);
    }

    function test_owner_and_operator_update_and_nobody_else() public {
        ISubnet.Prices memory p = prices();
        p.cpuMilli *= 2;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.updateWorker(WORKER_ID, false, p, capacity(), "new");
        vm.prank(WORKER_OPERATOR);
        subnet.updateWorker(WORKER_ID, false, p, capacity(), "new");
        ISubnet.Worker memory w = subnet.worker(WORKER_ID);
        holds(!w.open, "closed");
        same(w.prices.cpuMilli, p.cpuMilli, "price");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        subnet.updateWorker(9, false, p, capacity(), "new");
    }

    function test_capacity_may_fall_to_what_is_reserved_and_no_lower() public {
        createApp(1 ether);
        ISubnet.Resources memory c = ISubnet.Resources({cpuMilli: 500, memoryMiB: 256, diskMiB: 1024, gpu: 0});
        vm.startPrank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, prices(), c, "e");
        c.diskMiB--;
        vm.expectRevert(ISubnet.CapacityBelowReserved.selector);
        subnet.updateWorker(WORKER_ID, true, prices(), c, "e");
    }

    function test_only_the_cloud_reserves_and_releases() public {
        ISubnet.Resources memory amount = capacity();
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotCloud.selector, address(this)));
        subnet.reserve(WORKER_ID, 1, amount);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotCloud.selector, address(this)));
        subnet.release(WORKER_ID, 1, amount);
    }

    function test_a_closed_worker_takes_no_reservation_and_frees_those_it_has() public {
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 1});
        vm.prank(address(cloud));
        subnet.reserve(WORKER_ID, 1, one);
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, false, prices(), capacity(), "e");
        holds(!subnet.fits(WORKER_ID, one), "closed");
        vm.startPrank(address(cloud));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerClosed.selector, WORKER_ID));
        subnet.reserve(WORKER_ID, 2, one);
        subnet.release(WORKER_ID, 1, one);
    }

    function test_the_whole_capacity_can_be_reserved_and_not_one_unit_more() public {
        ISubnet.Resources memory amount = capacity();
        vm.startPrank(address(cloud));
        holds(subnet.fits(WORKER_ID, amount), "fits");
        subnet.reserve(WORKER_ID, 1, amount);
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 0, memoryMiB: 0, diskMiB: 0, gpu: 1});
        holds(!subnet.fits(WORKER_ID, one), "full");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.CapacityExceeded.selector, WORKER_ID));
        subnet.reserve(WORKER_ID, 2, one);
        subnet.release(WORKER_ID, 1, amount);
        same(subnet.worker(WORKER_ID).reserved.memoryMiB, 0, "freed");
    }

    function testFuzz_no_amount_wraps_into_a_fit(uint32 cpuMilli, uint32 memoryMiB, uint32 diskMiB, uint16 gpu) public {
        ISubnet.Resources memory c = capacity();
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 1});
        vm.prank(address(cloud));
        subnet.reserve(WORKER_ID, 1, one);
        bool room = uint256(cpuMilli) + 1 <= c.cpuMilli && uint256(memoryMiB) + 1 <= c.memoryMiB
            && uint256(diskMiB) + 1 <= c.diskMiB && uint256(gpu) + 1 <= c.gpu;
        ISubnet.Resources memory asked =
            ISubnet.Resources({cpuMilli: cpuMilli, memoryMiB: memoryMiB, diskMiB: diskMiB, gpu: gpu});
        holds(subnet.fits(WORKER_ID, asked) == room, "fits");
    }

    function test_stake_grows_by_what_anyone_adds() public {
        vm.deal(address(this), 3 ether);
        subnet.addWorkerStake{value: 3 ether}(WORKER_ID);
        same(subnet.worker(WORKER_ID).stakeWei, 4 ether, "stake");
        vm.expectRevert(ISubnet.AmountZero.selector);
        subnet.addWorkerStake(WORKER_ID);
    }

    function test_pages_end_where_the_records_end() public {
        registerWorker();
        same(subnet.workers(1, 100).length, 2, "all");
        same(subnet.workers(2, 100).length, 1, "the rest");
        same(subnet.workers(3, 100).length, 0, "behind the end");
        same(subnet.workers(0, 100).length, 0, "no record 0");
        same(subnet.workers(1, 1).length, 1, "one");
        same(subnet.nodes(1, type(uint64).max).length, 3, "nodes");
    }
}
