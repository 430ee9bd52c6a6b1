// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IComplaints} from "../../src/discipline/IComplaints.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";
import {Coin} from "./Coin.sol";

/// @dev The whole network, its clock, who acts in it, and what each contract was given and has paid out, kept beside the contracts.
abstract contract World is Fixture {
    uint256 public constant TICK = 10;
    uint16 public constant WORKERS = uint16(ISubnet.Role.Worker);
    uint16 public constant NODES = uint16(ISubnet.Role.Dsecret);
    uint64 internal constant MAX_WORKERS = 4;
    uint64 internal constant MAX_NODES = 9;
    /// @dev Of the native asset.
    address public constant NATIVE = address(0);
    address internal constant STRANGER = address(0x5717);

    Coin public coin;
    IComplaints public complaints;
    IMisconduct public misconduct;
    address[] public accounts;
    mapping(string action => uint256) public done;
    /// @dev By contract and asset: what came in with a call, what went out, what was forced in and is nobody's yet.
    mapping(address holder => mapping(address asset => uint256)) public given;
    mapping(address holder => mapping(address asset => uint256)) public taken;
    mapping(address holder => mapping(address asset => uint256)) public forced;
    /// @dev What accounts are owed or have been paid by each contract in all, as the rules say; the Cloud's coins by the coin.
    mapping(address holder => mapping(address account => uint256)) public dueOf;
    mapping(address holder => mapping(address account => uint256)) public paidTo;
    /// @dev Of what the Cloud was forced to take: credited to the treasury.
    mapping(address asset => uint256) public sweptOf;

    uint256 internal clock = T0;

    /// @dev Every action begins at the network's own time.
    modifier onTime() {
        onTheClock();
        _;
    }

    function contracts() external view returns (ICloud, ISubnet, IQuorum) {
        return (cloud, subnet, quorum);
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function sync() external onTime {}

    function onTheClock() internal {
        vm.warp(clock);
        vm.roll(B0 + clock - T0);
    }

    function wait(uint256 seconds_) internal {
        clock += (seconds_ + TICK - 1) / TICK * TICK;
        onTheClock();
    }

    function tickNow() internal view returns (uint256) {
        return (clock - T0) / TICK + 1;
    }

    /// @dev Mostly within a lease, now and then beyond it, beyond windows and graces, beyond unbonding and complaints.
    function pass(uint256 seed) external {
        uint256 ticks = 1 + (seed >> 8) % 28;
        if (seed % 10 == 0) ticks = 1 + (seed >> 8) % 900;
        if (seed % 10 == 1) ticks = 1 + (seed >> 8) % (25 days / TICK);
        clock += ticks * TICK;
        done["pass"]++;
    }

    /// @dev Wei that came in without a call, as a selfdestruct would send them.
    function force(uint256 seed) external onTime {
        if (seed % 4 != 0) return;
        uint256 amountWei = 1 + (seed >> 32) % 1e12;
        uint256 which = (seed >> 16) % 4;
        address target = which == 1 ? address(subnet) : which == 2 ? address(complaints) : address(cloud);
        if (which == 3) {
            coin.mint(target, amountWei);
            forced[target][address(coin)] += amountWei;
        } else {
            vm.deal(target, target.balance + amountWei);
            forced[target][NATIVE] += amountWei;
        }
        done["force"]++;
    }

    function sweep(uint256 seed) external onTime {
        address holder = seed & 1 == 0 ? address(cloud) : address(subnet);
        address asset = seed & 3 == 0 ? address(coin) : NATIVE;
        uint256 expected = forced[holder][asset];
        vm.prank(STRANGER);
        (bool swept, bytes memory answer) = holder.call(
            holder == address(cloud) ? abi.encodeCall(ICloud.sweep, (asset)) : abi.encodeCall(ISubnet.sweep, ())
        );
        if (!swept) return;
        require(abi.decode(answer, (uint256)) == expected, "swept what was not forced in");
        forced[holder][asset] = 0;
        given[holder][asset] += expected;
        if (holder == address(subnet)) dueOf[holder][TREASURY] += expected;
        else sweptOf[asset] += expected;
        if (expected > 0) done["sweep"]++;
    }

    /// @dev Signatures of as many members of the epoch as it needs: live ones, or at genesis whichever are registered.
    function signTogether(bytes32 structHash, uint64 epoch, uint64 expiry, bool genesis)
        internal
        view
        returns (IQuorum.Signed memory signed, bool enough)
    {
        (signed.epoch, signed.expiry) = (epoch, expiry);
        bytes32 digest = typedDigest(structHash);
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        (, bool[] memory live,) = subnet.signers(members);
        uint256 count = 0;
        for (uint256 i = 0; i < members.length && count < threshold; i++) {
            if (!live[i] && !genesis) continue;
            signed.bitmap |= 1 << i;
            signed.signatures = bytes.concat(signed.signatures, signOne(nodeKeys[members[i] - 1], digest));
            count++;
        }
        enough = count == threshold;
    }
}
