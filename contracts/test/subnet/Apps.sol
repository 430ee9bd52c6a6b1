// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";

/// @dev Stands where the Cloud stands and says of its applications what a test wants.
contract Apps {
    ISubnet private immutable subnet;
    mapping(uint64 workerId => uint256) public appsOnCount;
    uint64 private settledSeconds;
    uint64 private servedBy;

    constructor(ISubnet subnet_) {
        subnet = subnet_;
    }

    function settle(uint64 total) external {
        settledSeconds = total;
    }

    function runOn(uint64 workerId, uint256 count) external {
        servedBy = workerId;
        appsOnCount[workerId] = count;
    }

    function app(uint64) external view returns (ICloud.App memory found) {
        found.currentVersion = 3;
        found.settledSeconds = settledSeconds;
    }

    function version(uint64, uint32 number) external view returns (ICloud.Version memory found) {
        if (number == 3) found.workerId = servedBy;
    }

    function reserve(uint64 workerId, ISubnet.Resources calldata amount) external {
        subnet.reserve(workerId, 1, amount);
    }

    function release(uint64 workerId, ISubnet.Resources calldata amount) external {
        subnet.release(workerId, 1, amount);
    }
}
