// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IComplaints} from "../../src/discipline/IComplaints.sol";

/// @dev Takes nothing while `shut`; tries to be paid twice otherwise.
contract GreedyReceiver {
    IComplaints private _complaints;
    bool private _shut = true;
    bool public tried;

    constructor(IComplaints complaints) {
        _complaints = complaints;
    }

    function open() external {
        _shut = false;
    }

    function withdraw(address payable to) external {
        _complaints.withdraw(to);
    }

    receive() external payable {
        require(!_shut);
        tried = true;
        _complaints.withdraw(payable(address(this)));
    }
}
