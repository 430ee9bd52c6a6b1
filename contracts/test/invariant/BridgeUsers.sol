// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IApis} from "../../src/bridge/IApis.sol";
import {IBridge} from "../../src/bridge/IBridge.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {Guestbook} from "../bridge/Consumers.sol";
import {ForwarderStand} from "../bridge/ForwarderStand.sol";
import {vm} from "../Vm.sol";

/// @dev What callers, submitters, owners and strangers do at the bridge, and who should have which wei then, kept in the plainest way.
contract BridgeUsers is ForwarderStand {
    struct Asked {
        uint64 callId;
        uint256 deadline;
        uint256 priceWei;
        uint256 allowanceWei;
        address refundTo;
        bool withCallback;
        uint32 version;
    }

    address private constant REFUNDED = address(0x4EF0);
    uint256 private constant MAX_OPEN = 12;

    Asked[] private _open;
    uint64[] private _failed;
    uint64[] private _subscriptions;
    mapping(uint64 subscriptionId => uint256) private _balances;
    mapping(address account => uint256) public owed;
    mapping(address account => uint256) public forwarderOwed;
    uint256 public openWei;
    uint256 public subscribedWei;
    uint256 public budgetWei;
    uint256 private _nonce;
    mapping(string action => uint256) public done;

    constructor() {
        vm.deal(address(this), 1e6 ether);
        setUp();
        budgetWei = 1 ether;
        vm.deal(address(reader), 1e6 ether);
    }

    function accounts() public view returns (address[6] memory) {
        return [OWNER, SUBMITTER, REFUNDED, address(reader), TREASURY, STRANGER];
    }

    function parts() external view returns (IBridge, IForwarder, uint64) {
        return (bridge, forwarder, appId);
    }

    function openIds() external view returns (uint64[] memory ids) {
        ids = new uint64[](_open.length);
        for (uint256 i = 0; i < ids.length; i++) {
            ids[i] = _open[i].callId;
        }
    }

    function failedIds() external view returns (uint64[] memory) {
        return _failed;
    }

    // -- time and leases

    function pass(uint256 seed) external {
        advance(1 + seed % 60);
        if (!cloud.isLeaseLive(appId, vm.addr(instanceKey(1)))) attest(appId, 1, 0, 1);
        done["pass"]++;
    }

    // -- the owner

    function price(uint256 seed) external {
        IApis.ApiTerms memory t = apiTerms();
        (t.priceWei, t.callbackGas) = (uint128((seed % 100) * 1e8), uint32(100_000 + seed % 200_000));
        vm.prank(OWNER);
        apis.setApiTerms(appId, API, t);
        done["price"]++;
    }

    function update(uint256) external {
        vm.prank(OWNER);
        apis.updateApi(appId, API, DEFINITION);
        done["update"]++;
    }

    function pauseApis(uint256) external {
        bool paused = !apis.proxy(appId).paused;
        vm.prank(OWNER);
        apis.setPaused(appId, paused);
        done[paused ? "pause" : "go on"]++;
    }

    function reckon(uint256 seed) external {
        IBridge.Parameters memory p = bridgeParameters();
        (p.gasPriceWei, p.overheadGas) = (uint64(1 + seed % 1e10), uint32(100_000 + seed % 300_000));
        vm.prank(ADMIN);
        bridge.setParameters(p);
        done["reckon"]++;
    }

    // -- calls

    function ask(uint256 seed) external {
        if (apis.proxy(appId).paused || _open.length == MAX_OPEN) return;
        bool withCallback = seed % 3 != 0;
        uint256 feeWei = bridge.quote(appId, API, withCallback);
        uint256 extraWei = seed % 5 == 0 ? seed % 1e9 : 0;
        address refundTo = seed % 2 == 0 ? REFUNDED : address(reader);
        bytes4 selector = withCallback ? reader.onWeteeAnswer.selector : bytes4(0);
        uint32 version = apis.api(appId, API).version;
        vm.prank(address(reader));
        uint64 callId =
            bridge.call{value: feeWei + extraWei}(appId, API, version, new bytes(seed % 700), selector, refundTo);
        owed[refundTo] += extraWei;
        noteOpen(callId, refundTo, withCallback, version);
        done["ask"]++;
    }

    function answer(uint256 seed) external {
        if (_open.length == 0) return;
        uint256 at = seed % _open.length;
        Asked memory a = _open[at];
        if (block.timestamp > a.deadline) return;
        bool broken = seed % 4 == 0;
        reader.setBroken(broken);
        bytes memory payload = abi.encode(seed);
        bytes memory signature = resultSignature(1, a.callId, a.version, OK, payload);
        if (!cloud.isLeaseLive(appId, vm.addr(instanceKey(1)))) attest(appId, 1, 0, 1);
        vm.prank(SUBMITTER);
        bridge.fulfil(IBridge.Answer(callOf(a.callId), OK, payload, signature));
        reader.setBroken(false);
        owed[OWNER] += a.priceWei;
        owed[SUBMITTER] += a.allowanceWei;
        closed(at);
        if (broken && a.withCallback) {
            _failed.push(a.callId);
            _payloads[a.callId] = payload;
            done["fail"]++;
        } else {
            done["answer"]++;
        }
    }

    mapping(uint64 callId => bytes) private _payloads;

    function replay(uint256 seed) external {
        if (_failed.length == 0) return;
        uint256 at = seed % _failed.length;
        uint64 callId = _failed[at];
        reader.replay(callOf(callId), OK, _payloads[callId]);
        _failed[at] = _failed[_failed.length - 1];
        _failed.pop();
        done["replay"]++;
    }

    function expire(uint256 seed) external {
        if (_open.length == 0) return;
        uint256 at = seed % _open.length;
        Asked memory a = _open[at];
        if (block.timestamp <= a.deadline) return;
        bridge.expire(callOf(a.callId));
        owed[a.refundTo] += a.priceWei + a.allowanceWei;
        closed(at);
        done["expire"]++;
    }

    /// @dev Nobody is paid for what is not right, whatever they send.
    function cheat(uint256 seed) external {
        uint64 callId = uint64(seed % (uint256(bridge.callCount()) + 2));
        bytes memory payload = abi.encode(seed);
        bytes memory signature = resultSignature(seed % 2 == 0 ? 2 : 3, callId, 1, OK, payload);
        try bridge.fulfil(IBridge.Answer(callOf(callId), OK, payload, signature)) {
            revert("a stranger's key answered");
        } catch {}
        if (bridge.stateOf(callId) == IBridge.CallState.Open && block.timestamp > callOf(callId).order.deadline) {
            return;
        }
        try bridge.expire(callOf(callId)) {
            revert("expired before its time");
        } catch {
            done["cheat"]++;
        }
    }

    // -- subscriptions

    function subscribe(uint256 seed) external {
        if (apis.proxy(appId).paused || _subscriptions.length == 4) return;
        uint256 valueWei = 1 + seed % (seed % 3 == 0 ? 1e12 : 1 ether);
        uint32 version = apis.api(appId, API).version;
        vm.prank(address(reader));
        uint64 id = bridge.subscribe{value: valueWei}(
            appId, API, version, ARGS, reader.onWeteeAnswer.selector, 1 + uint32(seed % 50), 1 ether, REFUNDED
        );
        _subscriptions.push(id);
        _balances[id] = valueWei;
        subscribedWei += valueWei;
        done["subscribe"]++;
    }

    function topUp(uint256 seed) external {
        if (_subscriptions.length == 0) return;
        uint64 id = _subscriptions[seed % _subscriptions.length];
        uint256 valueWei = 1 + seed % 1 ether;
        bridge.topUp{value: valueWei}(id);
        _balances[id] += valueWei;
        subscribedWei += valueWei;
        done["top up"]++;
    }

    function trigger(uint256 seed) external {
        if (_subscriptions.length == 0 || apis.proxy(appId).paused || _open.length == MAX_OPEN) return;
        uint64 id = _subscriptions[seed % _subscriptions.length];
        IBridge.Subscription memory s = bridge.subscription(id);
        if (block.number < s.nextBlock || apis.api(appId, API).version != s.apiVersion) return;
        uint256 feeWei = bridge.quote(appId, API, true);
        uint256 beforeWei = bridge.credit(STRANGER);
        vm.prank(STRANGER);
        try bridge.trigger(id, ARGS) returns (uint64 callId) {
            uint256 triggerWei = bridge.credit(STRANGER) - beforeWei;
            owed[STRANGER] += triggerWei;
            _balances[id] -= feeWei + triggerWei;
            subscribedWei -= feeWei + triggerWei;
            noteOpen(callId, REFUNDED, true, s.apiVersion);
            done["trigger"]++;
        } catch {
            done["trigger in vain"]++;
        }
    }

    function cancel(uint256 seed) external {
        if (_subscriptions.length == 0) return;
        uint256 at = seed % _subscriptions.length;
        uint64 id = _subscriptions[at];
        vm.prank(address(reader));
        vm.assertEq(bridge.cancel(id), _balances[id], "the rest");
        owed[REFUNDED] += _balances[id];
        subscribedWei -= _balances[id];
        _subscriptions[at] = _subscriptions[_subscriptions.length - 1];
        _subscriptions.pop();
        done["cancel"]++;
    }

    // -- money

    function withdraw(uint256 seed) external {
        address account = accounts()[seed % 6];
        uint256 payable_ = owed[account] / 1e8 * 1e8;
        if (payable_ == 0) return;
        uint256 beforeWei = account.balance;
        bridge.withdrawFor(payable(account));
        vm.assertEq(account.balance - beforeWei, payable_, "to the wei");
        owed[account] -= payable_;
        done["withdraw"]++;
    }

    function give(uint256 seed) external {
        uint256 wei_ = 1 + seed % 1e12;
        vm.deal(address(bridge), address(bridge).balance + wei_);
        bridge.sweep();
        owed[TREASURY] += wei_;
        done["sweep"]++;
    }

    // -- the forwarder

    function budget(uint256 seed) external {
        vm.prank(OWNER);
        forwarder.setDayCap(appId, seed % 5 == 0 ? 0 : 0.5 ether);
        if (seed % 2 == 0 || budgetWei < 0.2 ether) {
            forwarder.fund{value: 0.1 ether}(appId);
            budgetWei += 0.1 ether;
            done["fund"]++;
            return;
        }
        vm.prank(OWNER);
        forwarder.release(appId, 0.05 ether + 1);
        budgetWei -= 0.05 ether + 1;
        forwarderOwed[OWNER] += 0.05 ether + 1;
        done["release"]++;
    }

    function forward(uint256 seed) external {
        if (!cloud.isLeaseLive(appId, vm.addr(instanceKey(1)))) attest(appId, 1, 0, 1);
        IForwarder.Request memory r = writing("hello");
        r.nonce = 1_000 + _nonce++;
        r.valueWei = uint128(seed % 1e15);
        if (seed % 3 == 0) r.data = abi.encodeCall(Guestbook.refuse, ());
        bytes memory signature = sign(r, 1);
        uint256 gasWei = forwarder.gasCostWei(r.gas);
        vm.prank(SUBMITTER);
        try forwarder.forward(r, signature) returns (bool success) {
            vm.assertTrue(success == (seed % 3 != 0), "as the call went");
            budgetWei -= gasWei + (success ? r.valueWei : 0);
            forwarderOwed[SUBMITTER] += gasWei;
            done[success ? "forward" : "forward in vain"]++;
        } catch {
            done["over budget"]++;
        }
    }

    function collect(uint256 seed) external {
        address account = seed % 2 == 0 ? OWNER : SUBMITTER;
        uint256 payable_ = forwarderOwed[account] / 1e8 * 1e8;
        if (payable_ == 0) return;
        vm.prank(account);
        vm.assertEq(forwarder.withdraw(payable(account)), payable_, "to the wei");
        forwarderOwed[account] -= payable_;
        done["collect"]++;
    }

    function noteOpen(uint64 callId, address refundTo, bool withCallback, uint32 version) private {
        IBridge.Order memory c = callOf(callId).order;
        _open.push(Asked(callId, c.deadline, c.priceWei, c.allowanceWei, refundTo, withCallback, version));
        openWei += uint256(c.priceWei) + c.allowanceWei;
    }

    function closed(uint256 at) private {
        openWei -= _open[at].priceWei + _open[at].allowanceWei;
        _open[at] = _open[_open.length - 1];
        _open.pop();
    }
}
