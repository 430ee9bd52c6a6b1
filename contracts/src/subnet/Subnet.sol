// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {Machines} from "./Machines.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title Subnet: workers, dsecret nodes, their machines and reference values in one contract
contract Subnet is Machines {
    constructor(address admin, IQuorum quorum_, Settings memory settings) SubnetState(admin, quorum_, settings) {}
}
