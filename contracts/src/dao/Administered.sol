// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Administered: an admin that can be handed over in two steps (later: the DAO) and never thrown away
abstract contract Administered is Ownable2Step {
    error AdminRequired();

    constructor(address admin) Ownable(admin) {}

    /// @notice Always refused: a network without an admin could never be corrected.
    function renounceOwnership() public pure override {
        revert AdminRequired();
    }
}
