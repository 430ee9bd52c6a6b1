// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {WeteeOrigin} from "../src/bridge/WeteeOrigin.sol";

/// @title Notebook: each attested application has a page, and nobody else writes on it
/// @notice examples/hello writes on its own by `PUT /note`, through its agent and the Forwarder.
contract Notebook is WeteeOrigin {
    uint256 public constant MAX_BYTES = 256;

    /// @param instance whose key signed for it
    /// @param writtenAt block time, seconds; 0: nothing is written
    struct Note {
        string text;
        address instance;
        uint64 writtenAt;
    }

    mapping(uint64 appId => Note) private _notes;

    event NoteWritten(uint64 indexed appId, address indexed instance);

    error TextTooLong(uint256 size, uint256 maximum);

    constructor(address forwarder_) WeteeOrigin(forwarder_) {}

    /// @notice Writes what an application's page says from now on; for an attested instance of it alone.
    function write(uint64 appId, string calldata text) external {
        requireApp(appId);
        if (bytes(text).length > MAX_BYTES) revert TextTooLong(bytes(text).length, MAX_BYTES);
        address instance = callingInstance();
        _notes[appId] = Note(text, instance, uint64(block.timestamp));
        emit NoteWritten(appId, instance);
    }

    function noteOf(uint64 appId) external view returns (Note memory) {
        return _notes[appId];
    }
}
