// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {KeysFixture} from "../keys/KeysFixture.sol";
import {vm} from "../Vm.sol";

/// @dev What each message of a session costs, see CloudGas.t.sol. Written to snapshots/Keys.json; what Quorum does by itself to
/// snapshots/Subnet.json.
contract KeysGasTest is KeysFixture {
    uint256 private constant REGISTRATION_BYTES = 97;
    uint256 private constant COMPLAINT_BYTES = 97;
    uint256 private constant REVEAL_BYTES = 97;

    function note(string memory what, uint256 size) private {
        vm.snapshotGasLastCall("Keys", string.concat(what, ", ", nameOf(size)));
    }

    function nameOf(uint256 size) private pure returns (string memory) {
        return string.concat(vm.toString(size / 2 + 1), " of ", vm.toString(size));
    }

    function noteQuorum(string memory what) private {
        vm.snapshotGasLastCall("Subnet", what);
    }

    /// @dev Bytes of a dealing of docs/reference/threshold.md.
    function dealingBytes(uint256 size, uint256 threshold) private pure returns (uint256) {
        return 33 * (threshold + 1) + 128 + 32 * size;
    }

    /// @dev As points and ciphertexts are: hardly a zero among them.
    function filled(uint256 length, uint16 sender) private pure returns (bytes memory body) {
        body = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            body[i] = bytes1(1 + uint8(uint256(keccak256(abi.encode(sender, i))) % 255));
        }
    }

    function say(uint64 n, IKeys.Kind kind, uint16 sender, uint16 subject, uint256 length) private {
        bytes memory body = filled(length, sender);
        bring(n, kind, sender, subject, body, signed(n, kind, sender, subject, body));
    }

    function run(uint256 size, uint16 threshold) private {
        begin(ISubnet.NetworkKind.Test, size, threshold);
        uint64 n = keys.open(1);
        note("open", size);
        say(n, IKeys.Kind.Register, 1, 0, REGISTRATION_BYTES);
        note("register, first of a session", size);
        say(n, IKeys.Kind.Register, 2, 0, REGISTRATION_BYTES);
        note("register", size);
        for (uint16 i = 3; i <= size; i++) {
            send(n, IKeys.Kind.Register, i, 0);
        }
        uint256 length = dealingBytes(size, threshold);
        say(n, IKeys.Kind.Deal, 1, 0, length);
        note("deal, first of a session", size);
        say(n, IKeys.Kind.Deal, 2, 0, length);
        note("deal", size);
        for (uint16 i = 3; i <= size; i++) {
            send(n, IKeys.Kind.Deal, i, 0);
        }
        say(n, IKeys.Kind.Complain, 1, 2, COMPLAINT_BYTES);
        note("complain, first of a dealer", size);
        say(n, IKeys.Kind.Complain, 2, 2, COMPLAINT_BYTES);
        note("complain", size);
        advance(COMPLAIN);
        say(n, IKeys.Kind.Reveal, 1, 0, REVEAL_BYTES);
        note("reveal, first of a session", size);
        say(n, IKeys.Kind.Reveal, 2, 0, REVEAL_BYTES);
        note("reveal", size);
        advance(REVEAL);
        say(n, IKeys.Kind.Recover, 1, 3, REVEAL_BYTES);
        note("recover, first of a dealer", size);
        say(n, IKeys.Kind.Recover, 2, 3, REVEAL_BYTES);
        note("recover", size);
        confirmSession(n);
        note("confirm, makes the key", size);
    }

    /// @dev The key is made, and handed on a day later.
    function both(uint256 size) private {
        run(size, uint16(size / 2 + 1));
        quorum.activate();
        noteQuorum(string.concat("activate, ", nameOf(size), ", confirmed"));
        advance(1 days);
        quorum.renewCommittee();
        noteQuorum(string.concat("renewCommittee, ", nameOf(size)));
        uint64 n = keys.open(2);
        note("open, resharing", size);
        registerAll(n, uint16(size));
        dealAll(n, uint16(size));
        advance(COMPLAIN);
        confirmSession(n);
        note("confirm, resharing", size);
    }

    function test_session_of_three() public {
        both(3);
        quorum.activate();
        vm.prank(ADMIN);
        keys.rotate(7 days);
        vm.snapshotGasLastCall("Keys", "rotate");
        quorum.renewCommittee();
        confirmNew(dealt());
        note("confirm, makes a second key", 3);
        quorum.activate();
        vm.prank(ADMIN);
        keys.endKey(1);
        vm.snapshotGasLastCall("Keys", "endKey");
    }

    function test_session_of_seven() public {
        both(7);
        vm.prank(ADMIN);
        keys.setWindows(windows());
        vm.snapshotGasLastCall("Keys", "setWindows");
    }

    function test_session_of_sixteen() public {
        both(16);
    }

    function test_session_of_the_largest_committee() public {
        both(64);
    }

    function test_settings_of_quorum() public {
        IQuorum other = IQuorum(deploy("Quorum", abi.encode(manager, 1, 1)));
        vm.prank(ADMIN);
        other.setKeys(address(keys), 1 days);
        noteQuorum("setKeys");
        vm.prank(ADMIN);
        other.setRefreshSeconds(1 hours);
        noteQuorum("setRefreshSeconds");
    }
}
