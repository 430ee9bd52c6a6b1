// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";

/// @dev A plain ERC20; what others below do differently is the attack.
contract PlainToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external virtual returns (bool) {
        _move(msg.sender, to, amount, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external virtual returns (bool) {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount, amount);
        return true;
    }

    function _move(address from, address to, uint256 sent, uint256 arrives) internal {
        balanceOf[from] -= sent;
        balanceOf[to] += arrives;
    }
}

/// @dev Keeps one percent of whatever moves.
contract FeeToken is PlainToken {
    function transferFrom(address from, address to, uint256 amount) external override returns (bool) {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount, amount - amount / 100);
        return true;
    }
}

/// @dev Takes one percent more from the sender than it was told to send.
contract SurchargeToken is PlainToken {
    function transfer(address to, uint256 amount) external override returns (bool) {
        _move(msg.sender, to, amount + amount / 100, amount);
        return true;
    }
}

/// @dev Says no instead of reverting.
contract FalseToken is PlainToken {
    bool public refuses;

    function setRefuses(bool next) external {
        refuses = next;
    }

    function transfer(address to, uint256 amount) external override returns (bool) {
        if (!refuses) _move(msg.sender, to, amount, amount);
        return !refuses;
    }

    function transferFrom(address from, address to, uint256 amount) external override returns (bool) {
        if (!refuses) _move(from, to, amount, amount);
        return !refuses;
    }
}

/// @dev Returns nothing at all, as some old tokens do.
contract SilentToken {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Calls the Cloud from within a transfer, and notes whether that worked.
contract ReentrantToken is PlainToken {
    ICloud private cloud;
    bytes private inner;
    bool public called;
    bool public innerSucceeded;

    function attack(ICloud cloud_, bytes calldata inner_) external {
        cloud = cloud_;
        inner = inner_;
    }

    function transfer(address to, uint256 amount) external override returns (bool) {
        _attack();
        _move(msg.sender, to, amount, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external override returns (bool) {
        _attack();
        _move(from, to, amount, amount);
        _attack();
        return true;
    }

    function _attack() private {
        if (inner.length == 0) return;
        called = true;
        (bool done,) = address(cloud).call(inner);
        if (done) innerSucceeded = true;
    }
}
