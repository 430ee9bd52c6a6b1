// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

/// @dev A network of four dsecret nodes (3 of 4) whose first committee is named and proven; it has no key yet.
abstract contract KeysFixture is NetworkFixture {
    uint32 internal constant REGISTER = 60;
    uint32 internal constant DEAL = 50;
    uint32 internal constant COMPLAIN = 40;
    uint32 internal constant REVEAL = 30;
    uint32 internal constant RECOVER = 20;
    uint32 internal constant CONFIRM = 10;
    bytes internal constant BODY = "a body";

    bytes32 internal constant MESSAGE_TYPEHASH =
        keccak256("SessionMessage(uint64 session,uint8 kind,uint16 sender,uint16 subject,bytes32 bodyDigest)");
    bytes32 internal constant CONFIRMED_TYPEHASH = keccak256(
        "CommitteeConfirmed(bytes32 session,uint64 epoch,uint16 threshold,bytes32 membersDigest,bytes32 networkKeyDigest,bytes32 transcriptDigest)"
    );

    IKeys internal keys;

    function setUp() public virtual override {
        vm.warp(T0);
        vm.roll(B0);
        begin(ISubnet.NetworkKind.Test, 4, 3);
    }

    function begin(ISubnet.NetworkKind kind, uint256 size, uint16 threshold) internal {
        deployContracts(kind, 1);
        keys = IKeys(deploy("Keys", abi.encode(manager, subnet, quorum, windows())));
        vm.prank(ADMIN);
        quorum.setKeys(address(keys), 1 days);
        delete nodeKeys;
        for (uint256 i = 0; i < size; i++) {
            registerNode(nodeOwner(i), uint256(keccak256(abi.encode("statement key", i))));
        }
        nameAll(threshold);
        proveAll(firstMembers(threshold));
    }

    function windows() internal pure returns (IKeys.Windows memory) {
        return IKeys.Windows({
            registerSeconds: REGISTER,
            dealSeconds: DEAL,
            complainSeconds: COMPLAIN,
            revealSeconds: REVEAL,
            recoverSeconds: RECOVER,
            confirmSeconds: CONFIRM
        });
    }

    // -- committees

    function list(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory members) {
        members = new uint64[](3);
        (members[0], members[1], members[2]) = (a, b, c);
    }

    function name(uint64[] memory members, uint16 threshold) internal {
        vm.prank(ADMIN);
        quorum.nameCommittee(members, threshold);
    }

    /// @dev Its proof counts no longer, and no other one will.
    function silenceNode(uint64 nodeId) internal {
        bytes32 machine = nodeProof(nodeId).platformId;
        vm.prank(ADMIN);
        subnet.denyPlatform(machine);
    }

    function leave(uint64 nodeId) internal {
        vm.prank(nodeOwner(nodeId - 1));
        subnet.leaveNode(nodeId);
    }

    /// @dev New keys of a node, not proven yet.
    function changeKeys(uint64 nodeId, uint256 key) internal {
        address owner = nodeOwner(nodeId - 1);
        ISubnet.NodeKeys memory made = keysOf(owner, owner, key, nodeId);
        vm.prank(owner);
        subnet.setNodeKeys(nodeId, made, "127.0.0.1:1");
        nodeKeys[nodeId - 1] = key;
    }

    function proveNode(uint64 nodeId, uint256 bitmap) internal {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(nodeId);
        sendProofs(proofs, signProofs(proofs, bitmap));
    }

    // -- messages

    function epochOf(uint64 number, IKeys.Kind kind) internal view returns (uint64) {
        IKeys.Session memory s = keys.session(number);
        bool fromDealer = kind == IKeys.Kind.Deal || kind == IKeys.Kind.Reveal;
        return fromDealer ? s.dealersEpoch : s.epoch;
    }

    function keyAt(uint64 epoch, uint16 index) internal view returns (uint256) {
        return nodeKeys[quorum.member(epoch, index) - 1];
    }

    function signMessage(uint256 key, IKeys.SessionMessage memory m) internal view returns (bytes memory) {
        return signOne(key, typedDigest(keccak256(abi.encode(MESSAGE_TYPEHASH, m))));
    }

    function message(uint64 number, IKeys.Kind kind, uint16 sender, uint16 subject, bytes memory body)
        internal
        pure
        returns (IKeys.SessionMessage memory)
    {
        return IKeys.SessionMessage({
            session: number, kind: kind, sender: sender, subject: subject, bodyDigest: keccak256(body)
        });
    }

    /// @dev As its sender would sign it.
    function signed(uint64 number, IKeys.Kind kind, uint16 sender, uint16 subject, bytes memory body)
        internal
        view
        returns (bytes memory)
    {
        return signMessage(keyAt(epochOf(number, kind), sender), message(number, kind, sender, subject, body));
    }

    function bring(
        uint64 number,
        IKeys.Kind kind,
        uint16 sender,
        uint16 subject,
        bytes memory body,
        bytes memory signature
    ) internal {
        if (kind == IKeys.Kind.Register) keys.register(number, sender, body, signature);
        if (kind == IKeys.Kind.Deal) keys.deal(number, sender, body, signature);
        if (kind == IKeys.Kind.Complain) keys.complain(number, sender, subject, body, signature);
        if (kind == IKeys.Kind.Reveal) keys.reveal(number, sender, body, signature);
        if (kind == IKeys.Kind.Recover) keys.recover(number, sender, subject, body, signature);
    }

    function send(uint64 number, IKeys.Kind kind, uint16 sender, uint16 subject) internal {
        bring(number, kind, sender, subject, BODY, signed(number, kind, sender, subject, BODY));
    }

    function refused(uint64 number, IKeys.Kind kind, uint16 sender, uint16 subject, bytes memory why) internal {
        bytes memory signature = signed(number, kind, sender, subject, BODY);
        vm.expectRevert(why);
        bring(number, kind, sender, subject, BODY, signature);
    }

    /// @dev Keys of the first `count` members.
    function registerAll(uint64 number, uint16 count) internal {
        for (uint16 i = 1; i <= count; i++) {
            send(number, IKeys.Kind.Register, i, 0);
        }
    }

    /// @dev Opens the session of an epoch, and every member registers: dealing begins.
    function begun(uint64 epoch) internal returns (uint64 number) {
        number = keys.open(epoch);
        (uint64[] memory members,) = quorum.committee(epoch);
        registerAll(number, uint16(members.length));
    }

    /// @dev Dealings of the first `count` dealers.
    function dealAll(uint64 number, uint16 count) internal {
        for (uint16 i = 1; i <= count; i++) {
            send(number, IKeys.Kind.Deal, i, 0);
        }
    }

    function revealAll(uint64 number, uint16 count) internal {
        for (uint16 i = 1; i <= count; i++) {
            send(number, IKeys.Kind.Reveal, i, 0);
        }
    }

    // -- phases

    function phase(uint64 number) internal view returns (IKeys.Phase) {
        return keys.session(number).phase;
    }

    /// @dev Also that its end is where it should be.
    function isIn(uint64 number, IKeys.Phase expected, uint256 lastSecond_) internal view {
        IKeys.Session memory s = keys.session(number);
        same(uint256(s.phase), uint256(expected), "phase");
        same(s.phaseEnd, lastSecond_, "last second of the phase");
    }

    function wrongPhase(uint64 number, IKeys.Phase found) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IKeys.PhaseWrong.selector, number, found);
    }

    /// @dev Opens the session of the latest epoch; everybody registers and deals, and the time for complaints passes.
    function dealt() internal returns (uint64 number) {
        number = begun(quorum.latestEpoch());
        dealAll(number, keys.session(number).dealers);
        advance(COMPLAIN);
    }

    // -- confirmations

    function keyY() internal pure returns (bytes memory) {
        return bytes.concat(hex"02", keccak256("Y"));
    }

    function keyS() internal pure returns (bytes memory) {
        return bytes.concat(hex"03", keccak256("S"));
    }

    function result(uint64 number) internal view returns (IQuorum.CommitteeConfirmed memory c) {
        IKeys.Session memory s = keys.session(number);
        (uint64[] memory members, uint16 threshold) = quorum.committee(s.epoch);
        c.session = keccak256(abi.encode("session id", number));
        c.epoch = s.epoch;
        c.threshold = threshold;
        c.membersDigest = keccak256(abi.encode(members));
        c.networkKeyDigest = keccak256(bytes.concat(keyY(), keyS()));
        c.transcriptDigest = keccak256(abi.encode("transcript", number));
    }

    /// @dev By the members of the confirmed epoch whose bits are set.
    function signResult(IQuorum.CommitteeConfirmed memory c, uint256 bitmap)
        internal
        view
        returns (IQuorum.Signed memory s)
    {
        s.epoch = c.epoch;
        s.expiry = uint64(block.timestamp);
        s.bitmap = bitmap;
        bytes32 digest = typedDigest(keccak256(abi.encode(CONFIRMED_TYPEHASH, c)));
        (uint64[] memory members,) = quorum.committee(c.epoch);
        for (uint16 i = 0; i < members.length; i++) {
            if ((bitmap >> i) & 1 == 0) continue;
            s.signatures = bytes.concat(s.signatures, signOne(nodeKeys[members[i] - 1], digest));
        }
    }

    function quorumOf(uint64 epoch) internal view returns (uint256) {
        (, uint16 threshold) = quorum.committee(epoch);
        return firstMembers(threshold);
    }

    function confirmSession(uint64 number) internal {
        IQuorum.CommitteeConfirmed memory c = result(number);
        keys.confirm(number, c, keyY(), keyS(), signResult(c, quorumOf(c.epoch)));
    }

    function otherY() internal pure returns (bytes memory) {
        return bytes.concat(hex"02", keccak256("the second Y"));
    }

    /// @dev The session of a second key.
    function confirmNew(uint64 n) internal {
        IQuorum.CommitteeConfirmed memory c = result(n);
        c.networkKeyDigest = keccak256(bytes.concat(otherY(), keyS()));
        keys.confirm(n, c, otherY(), keyS(), signResult(c, quorumOf(c.epoch)));
    }

    function confirmRefused(uint64 number, IQuorum.CommitteeConfirmed memory c, bytes memory why) internal {
        IQuorum.Signed memory s = signResult(c, quorumOf(c.epoch));
        vm.expectRevert(why);
        keys.confirm(number, c, keyY(), keyS(), s);
    }

    /// @dev The latest epoch from its session to its beginning.
    function makeEpoch() internal returns (uint64 number) {
        number = dealt();
        confirmSession(number);
        quorum.activate();
    }
}
