// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";
import {PlainToken} from "./Tokens.sol";

/// @dev The example of docs/reference/contracts.md, number by number.
contract WorkedExampleTest is Fixture {
    function test_the_worked_example_of_the_reference() public {
        // What the worker asks, in wei per second and unit.
        ISubnet.Prices memory p = ISubnet.Prices({cpuMilli: 20_000_000, memoryMiB: 5_000_001, diskMiB: 100_000, gpu: 0});
        ISubnet.Resources memory c = ISubnet.Resources({cpuMilli: 4000, memoryMiB: 8192, diskMiB: 65_536, gpu: 0});
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(WORKER_ID, true, profile(), p, c);

        // One replica: 500 milli cpu, 256 MiB memory, 1,024 MiB disk, two hours of grace.
        (uint256 weiPerSecond, uint256 minimumWei, uint256 graceWei) = cloud.quote(WORKER_ID, address(0), terms());
        same(weiPerSecond, 11_400_000_000, "10,000,000,000 + 1,280,000,256 + 102,400,000, rounded up");
        same(graceWei, 1_440_000_000_000, "200,000,000 wei per second of disk for 7,200 seconds");
        same(minimumWei, 42_480_000_000_000, "one hour of rent and the grace deposit");

        uint64 appId = createApp(100_000_000_000_000);
        same(cloud.app(appId).escrowWei, 98_560_000_000_000, "deposit less the grace deposit");

        // Evidence at 0 s, 300 s, 600 s; then a crash, a new instance at 700 s and 900 s; the lease is 300 s.
        advance(1);
        attest(appId, 1, 0, 1);
        advance(300);
        attest(appId, 1, 0, 1);
        advance(300);
        attest(appId, 1, 0, 1);
        advance(100);
        attest(appId, 1, 0, 2);
        advance(200);
        attest(appId, 1, 0, 2);

        // Attested: 0-600 and 700-900. The 100 seconds between the two instances are not.
        same(cloud.settle(appId), 9_120_000_000_000, "800 seconds");
        same(cloud.credit(TREASURY, address(0)), 182_400_000_000, "2 percent");
        same(cloud.credit(WORKER_OWNER, address(0)), 8_937_600_000_000, "the rest");

        // The owner ends it 50 seconds after the last evidence, which the live lease covers.
        advance(49);
        vm.prank(OWNER);
        cloud.terminate(appId);
        same(cloud.app(appId).settledSeconds, 850, "50 more");
        same(cloud.app(appId).paidWei, 9_690_000_000_000, "850 seconds");
        same(cloud.credit(OWNER, address(0)), 90_310_000_000_000, "everything else, grace deposit included");
        same(
            cloud.credit(WORKER_OWNER, address(0)) + cloud.credit(TREASURY, address(0))
                + cloud.credit(OWNER, address(0)),
            100_000_000_000_000,
            "sum"
        );

        vm.prank(OWNER);
        same(cloud.withdraw(address(0)), 90_310_000_000_000, "out");
        vm.prank(WORKER_OWNER);
        same(cloud.withdraw(address(0)), 9_496_200_000_000, "out");
        vm.prank(TREASURY);
        same(cloud.withdraw(address(0)), 193_800_000_000, "out");
        same(address(cloud).balance, 0, "nothing stays behind");
    }

    function test_the_same_in_an_erc20_differs_in_nothing_but_the_asset() public {
        PlainToken token = new PlainToken();
        ISubnet.Prices memory p =
            ISubnet.Prices({cpuMilli: 20_000_000e9, memoryMiB: 5_000_001e9, diskMiB: 100_000e9, gpu: 1e9});
        vm.prank(ADMIN);
        cloud.setAsset(address(token), true, 1e8);
        vm.prank(WORKER_OWNER);
        subnet.setPrices(WORKER_ID, address(token), p);
        token.mint(OWNER, 100_000_000_000_000);
        vm.startPrank(OWNER);
        token.approve(address(cloud), 100_000_000_000_000);
        uint64 appId =
            cloud.create(NAME, WORKER_ID, address(token), 100_000_000_000_000, terms(), MANIFEST, type(uint256).max);
        vm.stopPrank();
        advance(1);
        attest(appId, 1, 0, 1);
        advance(300);
        attest(appId, 1, 0, 1);
        same(cloud.settle(appId), 3_420_000_000_000, "300 seconds at 11,400,000,000");
        same(cloud.credit(TREASURY, address(token)), 68_400_000_000, "2 percent");
        same(cloud.credit(WORKER_OWNER, address(token)), 3_351_600_000_000, "the rest");
    }
}
