// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {Capacity} from "./Capacity.sol";
import {Machines} from "./Machines.sol";
import {ISubnet} from "./ISubnet.sol";
import {Stakes} from "./Stakes.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title Subnet: workers, dsecret nodes, their machines, stakes and reference values at one address
/// @dev Answers itself what every lease and application asks, and holds the stakes; the rest is the Registry's, run here by delegatecall.
contract Subnet is Machines, Capacity, Stakes {
    address public immutable registry;

    /// @param registry_ a Registry made with the same arguments
    constructor(
        address authority,
        IQuorum quorum_,
        ISubnet.Settings memory settings,
        ISubnet.StakeRules memory rules,
        address treasury_,
        address registry_
    ) SubnetState(authority, quorum_, settings, rules, treasury_) {
        if (registry_.code.length == 0) revert ISubnet.ZeroAddress();
        registry = registry_;
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        return Address.functionDelegateCall(registry, msg.data);
    }
}
