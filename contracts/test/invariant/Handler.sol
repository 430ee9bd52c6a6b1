// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Random actors on a network of two workers. Time moves in ticks of ten seconds; what is attested is kept beside the
/// contracts in the plainest way: one boolean per tick, application and replica.
contract Handler is Fixture {
    uint256 public constant TICK = 10;
    uint256 private constant MAX_APPS = 12;
    uint16 private constant MAX_REPLICA = 3;
    /// @dev Short, so that escrows run dry often.
    uint64 private constant ESCROW = 600;

    address[] public accounts;
    uint256 public deposited;
    uint256 public withdrawn;
    mapping(uint64 appId => uint256) public depositedIn;
    mapping(uint64 appId => uint256) public refunded;
    /// @dev What a version's grace cost when it was made.
    mapping(uint64 appId => mapping(uint32 version => uint256)) public graceOf;
    mapping(uint64 appId => uint256) public attestedTicks;
    mapping(uint64 appId => uint256) public spareSeconds;
    mapping(string action => uint256) public done;

    uint256 private clock = T0;
    mapping(bytes32 tick => bool) private _attested;
    /// @dev Last evidence (tick number + 1) and key of an instance, by application, version and replica.
    mapping(bytes32 instance => uint256) private _lastTick;
    mapping(bytes32 instance => uint256) private _key;
    /// @dev Evidence of ticks up to this one (number + 1) attests nothing any more: revoked, or from before a pause.
    mapping(uint64 appId => uint256) private _deadTick;
    uint256 private _nextKey = 1;

    constructor() {
        super.setUp();
        vm.deal(WORKER_OWNER, 1 ether);
        registerWorker();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(2, machineOf(2));
        sendProofs(proofs, signProofs(proofs, 3));
        setFee(200);
        accounts = [address(0x0A11), address(0x0A12), address(0x0A13), WORKER_OWNER, TREASURY];
    }

    function network() external view returns (ICloud, ISubnet) {
        return (cloud, subnet);
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    /// @dev Every action begins at the handler's own time.
    modifier onTime() {
        vm.warp(clock);
        vm.roll(B0 + clock - T0);
        _;
    }

    function sync() external onTime {}

    // -- actions

    function pass(uint256 seed) external {
        // Mostly within a lease, now and then beyond it or beyond windows and graces.
        uint256 ticks = seed % 40 == 0 ? 1 + (seed >> 8) % 900 : 1 + (seed >> 8) % 28;
        clock += ticks * TICK;
        done["pass"]++;
    }

    function create(uint256 seed) external onTime {
        if (cloud.appCount() >= MAX_APPS) return;
        address owner = accounts[seed % 3];
        uint64 workerId = uint64(1 + ((seed >> 8) & 1));
        if (!subnet.worker(workerId).open) return;
        ICloud.Terms memory asked = randomTerms(seed >> 16);
        (, uint256 minimumWei, uint256 graceWei) = cloud.quote(workerId, asked);
        uint256 depositWei = minimumWei + (seed >> 64) % minimumWei;
        bytes32 name = bytes32(1 + (seed >> 80) % 40);
        vm.deal(owner, depositWei);
        vm.prank(owner);
        try cloud.create{value: depositWei}(name, workerId, asked, MANIFEST, type(uint256).max) returns (uint64 appId) {
            put(appId, depositWei);
            graceOf[appId][1] = graceWei;
            done["create"]++;
        } catch {}
    }

    /// @dev An instance that lives for a while: attested again and again, mostly in time.
    function live(uint256 seed) external onTime {
        for (uint256 i = 0; i < 1 + (seed >> 96) % 6; i++) {
            attestSome(seed);
            clock += (1 + (seed >> (8 * i)) % 31) * TICK;
            vm.warp(clock);
            vm.roll(B0 + clock - T0);
        }
        attestSome(seed);
        done["live"]++;
    }

    function attestSome(uint256 seed) public onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        bool pending = (seed >> 32) & 1 == 1 && a.pendingVersion != 0;
        uint32 version = pending ? a.pendingVersion : a.currentVersion;
        uint16 replicas = cloud.version(appId, version).terms.replicas;
        for (uint16 replica = 0; replica < replicas; replica++) {
            bool restarts = (seed >> 40) % 9 == replica;
            attestOne(appId, version, replica, pending ? 1 : 0, restarts);
        }
    }

    function settle(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any || cloud.app(appId).state != ICloud.AppState.Active) return;
        cloud.settle(appId);
        done["settle"]++;
        if (cloud.app(appId).state == ICloud.AppState.Paused) done["pause"]++;
    }

    function recharge(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.Version memory v = cloud.version(appId, cloud.app(appId).currentVersion);
        uint256 amountWei = 1 + (seed >> 32) % (v.weiPerSecond * v.terms.replicas * ESCROW * 3);
        bool paused = cloud.app(appId).state == ICloud.AppState.Paused;
        vm.deal(address(this), amountWei);
        try cloud.recharge{value: amountWei}(appId) {
            put(appId, amountWei);
            done["recharge"]++;
            if (!paused || cloud.app(appId).state != ICloud.AppState.Active) return;
            _deadTick[appId] = tickNow();
            done["resume"]++;
        } catch {}
    }

    function update(uint256 seed) external onTime {
        (uint64 appId, bool any) = pick(seed);
        if (!any) return;
        ICloud.App memory a = cloud.app(appId);
        ICloud.Terms memory asked = randomTerms(seed >> 32);
        uint256 amountWei = ((seed >> 64) % 3) * 1e13;
        vm.deal(a.owner, amountWei);
        vm.prank(a.owner);
        try cloud.update{value: amountWei}(appId, asked, MANIFEST, type(uint256).max) {
            put(appId, amountWei);
            (,, uint256 graceWei) = cloud.quote(cloud.version(appId, 1).workerId, asked);
            graceOf[appId][cloud.app(appId).latestVersion] = graceWei;
            done["update"]++;
        } catch {}
    }

    function activate(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPending(seed);
        if (!any) return;
        uint32 version = cloud.app(appId).pendingVersion;
        bytes memory ready;
        uint16 replicas = cloud.version(appId, version).terms.replicas;
        for (uint16 replica = 0; replica < replicas; replica++) {
            attestOne(appId, version, replica, 1, false);
            ready =
                bytes.concat(ready, readySignature(appId, version, replica, _key[instance(appId, version, replica)]));
        }
        try cloud.activate(appId, ready) {
            done["activate"]++;
        } catch {}
    }

    function dropPending(uint256 seed) external onTime {
        (uint64 appId, bool any) = pickPending(seed);
        if (!any) return;
        vm.prank((seed >> 32) & 1 == 1 ? cloud.app(appId).owner : address(0x5717));
        try cloud.dropPending(appId) {
            done["dropPending"]++;
        } catch {}
    }

    function terminate(uint256 seed) external onTime {
        if ((seed >> 64) % 4 != 0) return;
        (uint64 appId, bool any) = pick(seed);
        if (any) end(appId, (seed >> 32) & 3);
    }

    function withdraw(uint256 seed) external onTime {
        take(accounts[seed % accounts.length], (seed >> 32) & 1 == 1);
    }

    function reprice(uint256 seed) external onTime {
        uint64 workerId = uint64(1 + (seed & 1));
        ISubnet.Prices memory p = prices();
        p.cpuMilli = uint128(1 + (seed >> 8) % 1e9);
        p.memoryMiB = uint128(1 + (seed >> 40) % 1e8);
        p.diskMiB = uint128((seed >> 72) % 1e6);
        vm.prank(WORKER_OWNER);
        subnet.updateWorker(workerId, (seed >> 104) % 8 != 0, p, capacity(), "e");
        done["reprice"]++;
    }

    function revoke(uint256 seed) external onTime {
        if (seed % 4 != 0) return;
        (uint64 appId, bool any) = pick(seed >> 8);
        if (!any) return;
        vm.prank(ADMIN);
        subnet.raiseRevocationFloor(ISubnet.Subject.Application, bytes32(uint256(appId)));
        _deadTick[appId] = tickNow();
        done["revoke"]++;
    }

    function setFee(uint256 seed) public onTime {
        ICloud.Parameters memory p = parameters();
        (p.minEscrowSeconds, p.updateWindowSeconds) = (ESCROW, 7200);
        p.feeBps = uint16(seed % 501);
        vm.prank(ADMIN);
        cloud.setParameters(p);
        done["setFee"]++;
    }

    /// @dev Ends everything and withdraws everything: what is left is each account's remainder below 1e8 wei.
    function drain() external onTime returns (uint256 leftWei) {
        for (uint64 appId = 1; appId <= cloud.appCount(); appId++) {
            if (cloud.app(appId).state != ICloud.AppState.Ended) end(appId, 0);
        }
        for (uint256 i = 0; i < accounts.length; i++) {
            take(accounts[i], i & 1 == 1);
        }
        return address(cloud).balance;
    }

    // -- how

    function put(uint64 appId, uint256 amountWei) private {
        depositedIn[appId] += amountWei;
        deposited += amountWei;
    }

    function pick(uint256 seed) private view returns (uint64 appId, bool any) {
        uint64 count = cloud.appCount();
        if (count == 0) return (0, false);
        return (uint64(1 + (seed >> 128) % count), true);
    }

    function pickPending(uint256 seed) private view returns (uint64, bool) {
        (uint64 start, bool any) = pick(seed);
        uint64 count = cloud.appCount();
        for (uint64 i = 0; any && i < count; i++) {
            uint64 appId = 1 + (start + i) % count;
            if (cloud.app(appId).pendingVersion != 0) return (appId, true);
        }
        return (0, false);
    }

    function randomTerms(uint256 seed) private pure returns (ICloud.Terms memory t) {
        t = terms();
        t.replicas = uint16(1 + seed % MAX_REPLICA);
        t.cpuMilli = uint32(1 + (seed >> 8) % 9000);
        t.memoryMiB = uint32(1 + (seed >> 24) % 40_000);
        t.diskMiB = uint32((seed >> 40) % 150_000);
        t.graceSeconds = uint32((seed >> 60) % 9000);
    }

    function tickNow() private view returns (uint256) {
        return (clock - T0) / TICK + 1;
    }

    /// @dev Replicas that the current version does not have earn nothing before a pending one is activated.
    function isPaid(uint64 appId, uint16 replica) private view returns (bool) {
        return replica < cloud.version(appId, cloud.app(appId).currentVersion).terms.replicas;
    }

    function machineOf(uint64 workerId) private pure returns (bytes32) {
        return workerId == 1 ? MACHINE : keccak256(abi.encode("machine", workerId));
    }

    function instance(uint64 appId, uint32 version, uint16 replica) private pure returns (bytes32) {
        return keccak256(abi.encode(appId, version, replica));
    }

    function attestOne(uint64 appId, uint32 version, uint16 replica, uint8 slot, bool restarts) private {
        bytes32 id = instance(appId, version, replica);
        uint256 key = restarts || _key[id] == 0 ? _nextKey++ : _key[id];
        ICloud.AttestationLease memory l = leaseAt(appId, version, replica, key, clock - 1);
        l.workerId = cloud.version(appId, version).workerId;
        l.platformId = machineOf(l.workerId);
        renew(l);
        if (cloud.lease(appId, replica, slot).evidenceDigest != l.evidenceDigest) return;
        uint256 tick = tickNow();
        uint256 last = key == _key[id] ? _lastTick[id] : 0;
        _key[id] = key;
        bool earns = last > _deadTick[appId] && isPaid(appId, replica);
        if (earns && (tick - last) * TICK <= LEASE) mark(appId, replica, last, tick);
        _lastTick[id] = tick;
        done["renew"]++;
    }

    function mark(uint64 appId, uint16 replica, uint256 from, uint256 to) private {
        for (uint256 tick = from; tick < to; tick++) {
            bytes32 key = keccak256(abi.encode(appId, replica, tick));
            if (_attested[key]) continue;
            _attested[key] = true;
            attestedTicks[appId]++;
        }
    }

    function end(uint64 appId, uint256 who) private {
        ICloud.App memory a = cloud.app(appId);
        address caller = who == 0 ? a.owner : who == 1 ? WORKER_OPERATOR : address(0x5717);
        uint256 before = cloud.credit(a.owner);
        // Every live instance has attested up to now, when the owner ends it; evidence is one second old.
        if (who == 0) {
            markOpen(appId, a.currentVersion);
            markOpen(appId, a.pendingVersion);
        }
        vm.prank(caller);
        try cloud.terminate(appId) {
            refunded[appId] = cloud.credit(a.owner) - before;
            done["terminate"]++;
        } catch {}
    }

    function markOpen(uint64 appId, uint32 version) private {
        if (version == 0) return;
        uint16 replicas = cloud.version(appId, version).terms.replicas;
        uint256 tick = tickNow();
        for (uint16 replica = 0; replica < replicas; replica++) {
            uint256 last = _lastTick[instance(appId, version, replica)];
            if (last <= _deadTick[appId] || !isPaid(appId, replica) || (tick - last) * TICK >= LEASE) continue;
            mark(appId, replica, last, tick);
            spareSeconds[appId]++;
        }
    }

    function take(address account, bool elsewhere) private {
        uint256 owed = cloud.credit(account);
        vm.prank(account);
        if (owed < 1e8) {
            try cloud.withdraw() {
                revert("withdrew dust");
            } catch {
                return;
            }
        }
        withdrawn += elsewhere ? cloud.withdrawTo(payable(address(0xBEEF))) : cloud.withdraw();
        done["withdraw"]++;
    }
}
