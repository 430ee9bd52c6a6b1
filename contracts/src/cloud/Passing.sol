// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Passing: a part that hands what it does not know to the next one, which works on the same storage
abstract contract Passing {
    address private immutable NEXT;

    error PartWithoutCode(address part);

    constructor(address next) {
        if (next.code.length == 0) revert PartWithoutCode(next);
        NEXT = next;
    }

    fallback(bytes calldata data) external payable returns (bytes memory) {
        return Address.functionDelegateCall(NEXT, data);
    }
}
