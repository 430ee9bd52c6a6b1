// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {Nodes} from "./Nodes.sol";
import {References} from "./References.sol";
import {ISubnet} from "./ISubnet.sol";
import {SubnetState} from "./SubnetState.sol";
import {Workers} from "./Workers.sol";

/// @title Registry: the part of the Subnet that is called seldom; it runs at the Subnet's address alone
contract Registry is Workers, Nodes, References {
    constructor(
        address authority,
        IQuorum quorum_,
        ISubnet.Settings memory settings,
        ISubnet.StakeRules memory rules,
        address treasury_
    ) SubnetState(authority, quorum_, settings, rules, treasury_) {}

    fallback() external payable {
        revert ISubnet.FunctionUnknown(msg.sig);
    }

    function setCloud(address cloud_) external restricted {
        if (cloud != address(0)) revert ISubnet.AlreadySet();
        if (cloud_ == address(0)) revert ISubnet.ZeroAddress();
        cloud = cloud_;
        emit ISubnet.CloudSet(cloud_);
    }
}
