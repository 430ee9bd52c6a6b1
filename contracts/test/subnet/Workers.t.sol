// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";
import {Apps} from "./Apps.sol";

contract WorkersTest is NetworkFixture {
    uint256 private constant MINIMUM = 1.5 ether;
    address private constant TOKEN = address(0x20);
    Apps private apps;

    function setUp() public override {
        super.setUp();
        apps = new Apps(subnet);
        vm.prank(ADMIN);
        subnet.setCloud(address(apps));
    }

    function register(
        address operator,
        ISubnet.Profile memory about,
        ISubnet.Prices memory p,
        ISubnet.Resources memory c,
        uint256 stakeWei
    ) private returns (uint64) {
        return subnet.registerWorker{value: stakeWei}(operator, about, p, c);
    }

    function update(bool open, ISubnet.Profile memory about) private {
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, open, about, prices(), capacity());
    }

    function updateRefused(ISubnet.Profile memory about, ISubnet.Resources memory c, bytes memory why) private {
        vm.prank(WORKER_OWNER);
        vm.expectRevert(why);
        subnet.updateWorker(WORKER_ID, true, about, prices(), c);
    }

    function units(uint32 cpuMilli, uint32 memoryMiB, uint32 diskMiB, uint16 gpu)
        private
        pure
        returns (ISubnet.Resources memory)
    {
        return ISubnet.Resources({cpuMilli: cpuMilli, memoryMiB: memoryMiB, diskMiB: diskMiB, gpu: gpu});
    }

    function statusIs(ISubnet.WorkerStatus status) private view {
        holds(subnet.worker(WORKER_ID).status == status, "status");
    }

    // -- registration

    function test_registration_stores_what_was_asked_and_the_stake() public view {
        ISubnet.Worker memory w = subnet.worker(WORKER_ID);
        holds(w.owner == WORKER_OWNER && w.operator == WORKER_OPERATOR && w.open, "who");
        holds(w.status == ISubnet.WorkerStatus.Active, "status");
        same(w.stakeWei, WORKER_STAKE, "stake");
        same(w.prices.memoryMiB, prices().memoryMiB, "price");
        same(w.capacity.cpuMilli, 64_000, "capacity");
        holds(w.region == "eu-north" && w.level == 1 && w.teeClasses == 1, "profile");
        ISubnet.Offer memory offer = subnet.offer(WORKER_ID, address(0));
        holds(offer.owner == w.owner && offer.operator == w.operator && offer.open, "offer");
        holds(offer.level == 1 && offer.teeClasses == 1, "offered level");
        same(offer.prices.cpuMilli, w.prices.cpuMilli, "offered price");
        holds(subnet.workerOwner(WORKER_ID) == WORKER_OWNER, "owner");
    }

    function test_bad_registrations_are_refused_each_for_its_reason() public {
        vm.deal(address(this), 100 ether);
        ISubnet.Prices memory p = prices();
        ISubnet.Resources memory c = capacity();
        ISubnet.Profile memory about = profile();
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        register(address(0), about, p, c, 2 ether);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM - 1, MINIMUM));
        register(address(1), about, p, c, MINIMUM - 1);
        register(address(1), about, p, c, MINIMUM);
        about.level = 2;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.StakeTooLow.selector, MINIMUM, MINIMUM + 0.5 ether));
        register(address(1), about, p, c, MINIMUM);
        about.teeClasses = 0;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.SettingInvalid.selector, "teeClasses"));
        register(address(1), about, p, c, 2 ether);
        about.teeClasses = 16;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.SettingInvalid.selector, "teeClasses"));
        register(address(1), about, p, c, 2 ether);
        about.teeClasses = 15;
        about.endpoint = "";
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EndpointLength.selector, 0));
        register(address(1), about, p, c, 2 ether);
        about.endpoint = string(new bytes(129));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.EndpointLength.selector, 129));
        register(address(1), about, p, c, 2 ether);
        about.endpoint = string(new bytes(128));
        register(address(1), about, p, c, 2 ether);
        p.cpuMilli = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        register(address(1), about, p, c, 2 ether);
        p = prices();
        p.gpu = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        register(address(1), about, p, c, 2 ether);
        p = prices();
        c.memoryMiB = 0;
        vm.expectRevert(ISubnet.CapacityZero.selector);
        register(address(1), about, p, c, 2 ether);
    }

    /// @dev Ids are given in order and the caller is the owner: whoever is first takes nothing that another one asked for.
    function test_a_registration_seen_and_copied_takes_nothing_from_the_first() public {
        vm.deal(address(0xBAD), 10 ether);
        vm.prank(address(0xBAD));
        uint64 copy = subnet.registerWorker{value: 10 ether}(WORKER_OPERATOR, profile(), prices(), capacity());
        uint64 own = registerWorker();
        holds(subnet.workerOwner(copy) == address(0xBAD) && subnet.workerOwner(own) == WORKER_OWNER, "each its own");
        proveWorker(own, keccak256("second machine"), 2);
        holds(subnet.isPlatformLive(1, own, keccak256("second machine")), "and proves it");
    }

    // -- updates

    function test_owner_and_operator_update_and_nobody_else() public {
        ISubnet.Prices memory p = prices();
        p.cpuMilli *= 2;
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.updateWorker(WORKER_ID, false, profile(), p, capacity());
        vm.prank(WORKER_OPERATOR);
        subnet.updateWorker(WORKER_ID, false, profile(), p, capacity());
        ISubnet.Worker memory w = subnet.worker(WORKER_ID);
        holds(!w.open, "closed");
        same(w.prices.cpuMilli, p.cpuMilli, "price");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        subnet.updateWorker(9, false, profile(), p, capacity());
    }

    function test_capacity_may_fall_to_what_is_reserved_and_no_lower() public {
        apps.reserve(WORKER_ID, units(500, 256, 1024, 0));
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), prices(), units(500, 256, 1024, 0));
        updateRefused(
            profile(), units(500, 256, 1023, 0), abi.encodeWithSelector(ISubnet.CapacityBelowReserved.selector)
        );
    }

    function test_a_promise_does_not_shrink_while_anything_rests_on_it() public {
        ISubnet.Profile memory about = profile();
        about.teeClasses = 3;
        update(true, about);
        apps.reserve(WORKER_ID, units(0, 0, 1, 0));
        bytes memory why = abi.encodeWithSelector(ISubnet.LevelInUse.selector, WORKER_ID);
        about.teeClasses = 6;
        updateRefused(about, capacity(), why);
        about.teeClasses = 7;
        about.level = 0;
        updateRefused(about, capacity(), why);
        about.level = 1;
        update(true, about);
        apps.release(WORKER_ID, units(0, 0, 1, 0));
        about.level = 0;
        about.teeClasses = 4;
        update(true, about);
    }

    function test_a_higher_level_takes_its_stake() public {
        ISubnet.Profile memory about = profile();
        about.level = 18;
        update(true, about);
        about.level = 19;
        updateRefused(about, capacity(), abi.encodeWithSelector(ISubnet.StakeTooLow.selector, WORKER_STAKE, 10.5 ether));
    }

    function test_a_new_operator_is_the_owners_to_name() public {
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.setOperator(WORKER_ID, address(9));
        vm.startPrank(WORKER_OWNER);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.setOperator(WORKER_ID, address(0));
        subnet.setOperator(WORKER_ID, address(9));
        holds(subnet.worker(WORKER_ID).operator == address(9), "operator");
    }

    // -- prices in other assets

    function test_prices_in_a_token_are_offered_until_taken_back() public {
        ISubnet.Prices memory p = prices();
        p.cpuMilli = 77;
        vm.prank(WORKER_OPERATOR);
        subnet.setPrices(WORKER_ID, TOKEN, p);
        same(subnet.offer(WORKER_ID, TOKEN).prices.cpuMilli, 77, "token");
        same(subnet.offer(WORKER_ID, address(0)).prices.cpuMilli, prices().cpuMilli, "native stays");
        same(subnet.offer(WORKER_ID, address(0x21)).prices.memoryMiB, 0, "another token is not taken");
        p = ISubnet.Prices({cpuMilli: 0, memoryMiB: 0, diskMiB: 0, gpu: 0});
        vm.prank(WORKER_OWNER);
        subnet.setPrices(WORKER_ID, TOKEN, p);
        same(subnet.offer(WORKER_ID, TOKEN).prices.cpuMilli, 0, "taken back");
    }

    function test_a_price_that_gives_anything_away_is_refused() public {
        vm.startPrank(WORKER_OWNER);
        ISubnet.Prices memory p = prices();
        p.memoryMiB = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        subnet.setPrices(WORKER_ID, TOKEN, p);
        p = prices();
        p.gpu = 0;
        vm.expectRevert(ISubnet.PriceZero.selector);
        subnet.setPrices(WORKER_ID, TOKEN, p);
        p = prices();
        p.diskMiB = 0;
        subnet.setPrices(WORKER_ID, TOKEN, p);
        vm.expectRevert(ISubnet.ZeroAddress.selector);
        subnet.setPrices(WORKER_ID, address(0), prices());
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, address(this)));
        subnet.setPrices(WORKER_ID, TOKEN, prices());
    }

    // -- the way out

    function test_a_draining_worker_takes_nothing_new_and_keeps_what_it_has() public {
        ISubnet.Resources memory one = units(1, 1, 1, 1);
        apps.reserve(WORKER_ID, one);
        vm.prank(WORKER_OPERATOR);
        subnet.drain(WORKER_ID, true);
        statusIs(ISubnet.WorkerStatus.Draining);
        holds(!subnet.offer(WORKER_ID, address(0)).open && subnet.worker(WORKER_ID).open, "offers nothing");
        holds(!subnet.fits(WORKER_ID, one), "takes nothing");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerClosed.selector, WORKER_ID));
        apps.reserve(WORKER_ID, one);
        apps.release(WORKER_ID, one);
        holds(subnet.isPlatformLive(1, WORKER_ID, MACHINE), "its machine stays live");
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.drain(WORKER_ID, false);
        vm.prank(WORKER_OWNER);
        subnet.drain(WORKER_ID, false);
        statusIs(ISubnet.WorkerStatus.Active);
        apps.reserve(WORKER_ID, one);
    }

    function test_a_shutdown_waits_for_the_last_application() public {
        bytes memory why = abi.encodeWithSelector(ISubnet.WorkerInUse.selector, WORKER_ID);
        vm.prank(WORKER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOwner.selector, WORKER_OPERATOR));
        subnet.shutdown(WORKER_ID);
        apps.reserve(WORKER_ID, units(0, 0, 0, 1));
        vm.startPrank(WORKER_OWNER);
        vm.expectRevert(why);
        subnet.shutdown(WORKER_ID);
        apps.release(WORKER_ID, units(0, 0, 0, 1));
        apps.runOn(WORKER_ID, 1);
        vm.expectRevert(why);
        subnet.shutdown(WORKER_ID);
        apps.runOn(WORKER_ID, 0);
        subnet.shutdown(WORKER_ID);
        statusIs(ISubnet.WorkerStatus.Shutdown);
        holds(!subnet.isPlatformLive(1, WORKER_ID, MACHINE), "its machines' proofs have lapsed");
        same(subnet.requiredStakeWei(1, WORKER_ID), 0, "nothing has to stay");
    }

    function test_a_shutdown_is_for_good() public {
        bytes memory why = abi.encodeWithSelector(ISubnet.StatusWrong.selector, 1, WORKER_ID);
        vm.startPrank(WORKER_OWNER);
        subnet.shutdown(WORKER_ID);
        vm.expectRevert(why);
        subnet.shutdown(WORKER_ID);
        vm.expectRevert(why);
        subnet.drain(WORKER_ID, false);
        vm.expectRevert(why);
        subnet.drain(WORKER_ID, true);
        vm.expectRevert(why);
        subnet.setOperator(WORKER_ID, address(9));
        vm.expectRevert(why);
        subnet.setPrices(WORKER_ID, TOKEN, prices());
        vm.stopPrank();
        updateRefused(profile(), capacity(), why);
        holds(!subnet.offer(WORKER_ID, address(0)).open && !subnet.fits(WORKER_ID, units(0, 0, 0, 0)), "closed");
    }

    // -- proofs of work

    function upload(uint64 workerId, bytes32 digest, string memory uri) private {
        vm.prank(WORKER_OPERATOR);
        subnet.uploadWork(workerId, 1, digest, uri);
    }

    function test_one_metering_file_per_settlement() public {
        apps.runOn(WORKER_ID, 1);
        bytes memory why = abi.encodeWithSelector(ISubnet.WorkProofWrong.selector, WORKER_ID, 1);
        vm.expectRevert(why);
        upload(WORKER_ID, "d", "nothing is settled yet");
        apps.settle(100);
        upload(WORKER_ID, 0, "");
        ISubnet.WorkProof memory proof = subnet.workProof(1);
        holds(proof.workerId == WORKER_ID && proof.digest == 0, "stored, without a digest while nothing is metered");
        same(proof.settledSeconds, 100, "settlement");
        same(proof.uploadedAt, block.timestamp, "when");
        vm.expectRevert(why);
        upload(WORKER_ID, "d", "the same settlement again");
        apps.settle(101);
        upload(WORKER_ID, "d", string(new bytes(128)));
        holds(subnet.workProof(1).digest == "d", "newest");
        apps.settle(102);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.UriLength.selector, 129));
        upload(WORKER_ID, "d", string(new bytes(129)));
    }

    function test_only_the_operator_of_the_worker_that_runs_it_uploads() public {
        apps.runOn(WORKER_ID, 1);
        apps.settle(100);
        vm.prank(WORKER_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotOperator.selector, WORKER_OWNER));
        subnet.uploadWork(WORKER_ID, 1, "d", "u");
        uint64 other = registerWorker();
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkProofWrong.selector, other, 1));
        upload(other, "d", "u");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        upload(9, "d", "u");
    }

    // -- capacity

    function test_only_the_cloud_reserves_and_releases() public {
        ISubnet.Resources memory amount = capacity();
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotCloud.selector, address(this)));
        subnet.reserve(WORKER_ID, 1, amount);
        vm.expectRevert(abi.encodeWithSelector(ISubnet.NotCloud.selector, address(this)));
        subnet.release(WORKER_ID, 1, amount);
    }

    function test_a_closed_worker_takes_no_reservation_and_frees_those_it_has() public {
        ISubnet.Resources memory one = ISubnet.Resources({cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 1});
        vm.prank(address(apps));
        subnet.reserve(WORKER_ID, 1, one);
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, false, profile(), prices(), capacity());
        holds(!subnet.fits(WORKER_ID, one), "closed");
        vm.startPrank(address(apps));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerClosed.selector, WORKER_ID));
        subnet.reserve(WORKER_ID, 2, one);
        subnet.release(WORKER_ID, 1, one);
    }

    function test_the_whole_capacity_can_be_reserved_and_not_one_unit_more() public {
        ISubnet.Resources memory amount = capacity();
        vm.startPrank(address(apps));
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
        vm.prank(address(apps));
        subnet.reserve(WORKER_ID, 1, one);
        bool room = uint256(cpuMilli) + 1 <= c.cpuMilli && uint256(memoryMiB) + 1 <= c.memoryMiB
            && uint256(diskMiB) + 1 <= c.diskMiB && uint256(gpu) + 1 <= c.gpu;
        ISubnet.Resources memory asked =
            ISubnet.Resources({cpuMilli: cpuMilli, memoryMiB: memoryMiB, diskMiB: diskMiB, gpu: gpu});
        holds(subnet.fits(WORKER_ID, asked) == room, "fits");
    }

    function test_amounts_beyond_what_is_reserved_are_released_down_to_nothing() public {
        apps.reserve(WORKER_ID, units(3, 3, 3, 2));
        apps.release(WORKER_ID, units(4, 1, type(uint32).max, 2));
        ISubnet.Resources memory left = subnet.worker(WORKER_ID).reserved;
        holds(left.cpuMilli == 0 && left.memoryMiB == 2 && left.diskMiB == 0 && left.gpu == 0, "each by itself");
    }

    function test_an_unknown_worker_has_no_room_and_no_offer() public {
        holds(!subnet.fits(9, units(0, 0, 0, 0)), "no room");
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        subnet.offer(9, address(0));
        vm.expectRevert(abi.encodeWithSelector(ISubnet.WorkerUnknown.selector, 9));
        apps.reserve(9, units(0, 0, 0, 0));
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
