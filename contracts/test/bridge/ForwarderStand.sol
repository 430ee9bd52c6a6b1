// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";
import {Guestbook} from "./Consumers.sol";

/// @dev A guestbook that takes one application's entries, and a budget to write them.
abstract contract ForwarderStand is BridgeStand {
    bytes32 private constant FORWARD_TYPEHASH = keccak256(
        "Forward(uint64 appId,address to,uint128 valueWei,uint32 gas,uint256 nonce,uint64 deadline,bytes data)"
    );
    uint32 internal constant GAS = 200_000;

    IForwarder internal forwarder;
    Guestbook internal book;

    function setUp() public virtual override {
        super.setUp();
        forwarder = IForwarder(deploy("Forwarder", abi.encode(manager, cloud, parametersOf())));
        book = new Guestbook(address(forwarder), appId);
        forwarder.fund{value: 1 ether}(appId);
        vm.prank(OWNER);
        forwarder.setDayCap(appId, 0.5 ether);
    }

    function parametersOf() internal pure returns (IForwarder.Parameters memory) {
        return IForwarder.Parameters({gasPriceWei: 1e9, overheadGas: 150_000, reserveGas: 80_000, maxGas: 5_000_000});
    }

    function costWei() internal pure returns (uint256) {
        return uint256(GAS + 150_000) * 1e9;
    }

    function writing(string memory text) internal view returns (IForwarder.Request memory) {
        return IForwarder.Request({
            appId: appId,
            to: address(book),
            valueWei: 0,
            gas: GAS,
            nonce: 7,
            deadline: uint64(block.timestamp + 60),
            data: abi.encodeCall(Guestbook.write, (text))
        });
    }

    function sign(IForwarder.Request memory r, uint256 key) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(FORWARD_TYPEHASH, r.appId, r.to, r.valueWei, r.gas, r.nonce, r.deadline, keccak256(r.data))
        );
        return signOne(instanceKey(key), typedDigest(address(forwarder), structHash));
    }

    function send(IForwarder.Request memory r) internal returns (bool) {
        bytes memory signature = sign(r, 1);
        vm.prank(SUBMITTER);
        return forwarder.forward(r, signature);
    }
}
