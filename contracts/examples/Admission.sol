// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBridge} from "../src/bridge/IBridge.sol";
import {WeteeConsumer} from "../src/bridge/WeteeConsumer.sol";

/// @title Admission: admits those whom a private model approves, on data that it never sees (examples/private-scoring)
/// @notice An applicant seals its data to the application's key, together with this contract's address and its own: what somebody else
/// copies does not open. On chain is the verdict alone.
contract Admission is WeteeConsumer {
    enum Verdict {
        None,
        Approved,
        Refused
    }

    uint64 public immutable appId;
    uint32 public immutable apiId;
    uint32 public immutable apiVersion;

    mapping(address applicant => Verdict) public verdictOf;
    mapping(address applicant => uint64) public callOf;
    mapping(uint64 callId => address) private _applicantOf;

    event Judged(uint64 indexed callId, address indexed applicant, bool approved);

    error JudgedAlready(Verdict verdict);
    error AskedAlready(uint64 callId);

    constructor(IBridge bridge_, uint64 appId_, uint32 apiId_, uint32 apiVersion_) payable WeteeConsumer(bridge_) {
        (appId, apiId, apiVersion) = (appId_, apiId_, apiVersion_);
    }

    /// @notice Has the sender judged, once; again only where no verdict has come. Out of this contract's balance.
    /// @param sealedInput see examples/private-scoring
    function request(bytes calldata sealedInput) external returns (uint64 callId) {
        if (verdictOf[msg.sender] != Verdict.None) revert JudgedAlready(verdictOf[msg.sender]);
        if (bridge.stateOf(callOf[msg.sender]) == IBridge.CallState.Open) revert AskedAlready(callOf[msg.sender]);
        callId = _ask(appId, apiId, apiVersion, abi.encode(sealedInput, msg.sender));
        (callOf[msg.sender], _applicantOf[callId]) = (callId, msg.sender);
    }

    function _answered(uint64 callId, bytes calldata payload) internal override {
        bool approved = abi.decode(payload, (bool));
        address applicant = _applicantOf[callId];
        verdictOf[applicant] = approved ? Verdict.Approved : Verdict.Refused;
        emit Judged(callId, applicant, approved);
    }
}
