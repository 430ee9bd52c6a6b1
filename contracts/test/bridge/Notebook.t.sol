// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Notebook} from "../../examples/Notebook.sol";
import {IForwarder} from "../../src/bridge/IForwarder.sol";
import {WeteeOrigin} from "../../src/bridge/WeteeOrigin.sol";
import {vm} from "../Vm.sol";
import {ForwarderStand} from "./ForwarderStand.sol";

/// @dev The pages of the example: each its application's own.
contract NotebookTest is ForwarderStand {
    Notebook private notebook;

    function setUp() public override {
        super.setUp();
        notebook = new Notebook(address(forwarder));
    }

    function noting(uint64 onPage, string memory text) private view returns (IForwarder.Request memory r) {
        r = writing("");
        r.to = address(notebook);
        r.data = abi.encodeCall(Notebook.write, (onPage, text));
    }

    function test_an_application_writes_on_its_page() external {
        vm.expectEmit(true, true, true, true, address(notebook));
        emit Notebook.NoteWritten(appId, vm.addr(instanceKey(1)));
        holds(send(noting(appId, "hello")), "it went through");
        Notebook.Note memory note = notebook.noteOf(appId);
        holds(keccak256(bytes(note.text)) == keccak256("hello"), "written");
        holds(note.instance == vm.addr(instanceKey(1)), "by this instance");
        same(note.writtenAt, block.timestamp, "now");
    }

    function test_nobody_else_does() external {
        bytes memory why = abi.encodeWithSelector(WeteeOrigin.NotFromApp.selector, 0, appId);
        bytes memory plain = abi.encodeCall(Notebook.write, (appId, "hello"));
        vm.expectRevert(why);
        notebook.write(appId, "hello");
        vm.expectRevert(why);
        (bool done,) = address(notebook).call(abi.encodePacked(plain, appId, vm.addr(instanceKey(1))));
        done;
        holds(!send(noting(otherId, "hello")), "an application does not write on another's page");
        same(notebook.noteOf(appId).writtenAt + notebook.noteOf(otherId).writtenAt, 0, "nothing is written");
    }

    function test_a_text_of_257_bytes_is_too_long() external {
        IForwarder.Request memory r = noting(appId, string(new bytes(257)));
        holds(!send(r), "refused");
        r = noting(appId, string(new bytes(256)));
        (r.nonce, r.gas) = (8, 400_000);
        holds(send(r), "256 are taken");
    }
}
