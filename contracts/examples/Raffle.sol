// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMisconduct} from "../src/discipline/IMisconduct.sol";
import {IBridge} from "../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../src/bridge/WeteeConsumer.sol";
import {RandomProof} from "./RandomProof.sol";

/// @title Raffle: one of its entrants wins, by a random number that nobody can choose (examples/random-draw)
/// @notice The key is fixed before anybody enters, and the input is all entrants: there is one number for them, and nobody knows it
/// while they enter. An answer that is held back is asked for again, and is the same.
contract Raffle is WeteeConsumer {
    uint64 public immutable appId;
    uint32 public immutable apiId;
    uint32 public immutable apiVersion;
    uint256 public immutable keyX;
    uint256 public immutable keyY;

    address[] public entrants;
    bool public closed;
    uint64 public askedCall;
    /// @notice Zero until it is drawn.
    address public winner;

    event Entered(address indexed entrant, uint256 place);
    event Drawn(uint64 indexed callId, bytes32 number, address indexed winner);

    error EntriesClosed();
    error NobodyEntered();
    error KeyInvalid();
    error AskedAlready(uint64 callId);
    error DrawnAlready(address winner);

    constructor(IBridge bridge_, uint64 appId_, uint32 apiId_, uint32 apiVersion_, IMisconduct.Point memory key)
        payable
        WeteeConsumer(bridge_)
    {
        if (!RandomProof.isOnCurve(key)) revert KeyInvalid();
        (appId, apiId, apiVersion, keyX, keyY) = (appId_, apiId_, apiVersion_, key.x, key.y);
    }

    function enter() external {
        if (closed) revert EntriesClosed();
        entrants.push(msg.sender);
        emit Entered(msg.sender, entrants.length - 1);
    }

    /// @notice Closes the entries and asks for the number, out of this contract's balance; again where that call has expired or its
    /// answer was no proof.
    function draw() external returns (uint64 callId) {
        if (entrants.length == 0) revert NobodyEntered();
        if (winner != address(0)) revert DrawnAlready(winner);
        if (bridge.stateOf(askedCall) == IBridge.CallState.Open) revert AskedAlready(askedCall);
        closed = true;
        callId = _ask(appId, apiId, apiVersion, abi.encode(input()));
        askedCall = callId;
    }

    /// @notice What the number is drawn for: this contract and its entrants in their order, nothing else.
    function input() public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), entrants));
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        if (winner != address(0)) revert DrawnAlready(winner);
        RandomProof.Proof memory proof = abi.decode(abi.decode(payload, (bytes)), (RandomProof.Proof));
        bytes32 number = RandomProof.verify(IMisconduct.Point(keyX, keyY), input(), proof);
        winner = entrants[uint256(number) % entrants.length];
        emit Drawn(callId, number, winner);
    }
}
