// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Fixture} from "../Fixture.sol";
import {KeysFixture} from "../keys/KeysFixture.sol";
import {NetworkFixture} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";

/// @dev Committees that make a key, hand it on, and make another one beside it when the DAO has ordered that; members that speak twice or
/// out of turn; and beside all that what was said and confirmed. Every action knows beforehand whether the contract must take it.
abstract contract Sessions is Fixture, KeysFixture {
    uint256 internal constant MAX_NODES = 7;
    uint8 private constant RIGHT = 0;

    mapping(string action => uint256) public done;
    /// @dev Digest of the body, by session, kind, sender and subject.
    mapping(bytes32 message => bytes32) public said;
    mapping(uint64 session => bytes32) public messages;
    mapping(uint64 session => uint256) public registrations;
    mapping(uint64 session => uint256) public dealings;
    mapping(uint64 session => uint256) public reveals;
    mapping(uint64 session => uint64) public dealersOf;
    mapping(uint64 session => IKeys.Phase) private _seen;
    /// @dev Of the confirmation, 0 for an epoch without one.
    mapping(uint64 epoch => bytes32) public confirmedAs;
    uint32 public madeCount;
    /// @dev Of the two points of each key, by its number.
    mapping(uint32 number => bytes32) public madeKey;
    mapping(uint64 epoch => uint32) public keyOf;
    bool public ordered;
    uint64 public overlap;
    /// @dev Of the key before the newest, once there are two.
    uint64 public frozenLast;
    uint256 public olderEndsAt;
    uint64 public lastConfirmed;
    uint256 private constant MAX_OVERLAP = 30 days;
    uint256 internal clock;
    uint256 private _keysMade;

    modifier onTime() {
        vm.warp(clock);
        vm.roll(B0 + clock - T0);
        _;
        clock = block.timestamp;
        watchPhases();
    }

    function setUp() public virtual override(NetworkFixture, KeysFixture) {
        KeysFixture.setUp();
        clock = block.timestamp;
    }

    function linkCloud() internal override(NetworkFixture, Fixture) {
        Fixture.linkCloud();
    }

    function parts() external view returns (IKeys, IQuorum) {
        return (keys, quorum);
    }

    function sync() external onTime {}

    /// @dev Mostly within a phase; now and then beyond a session, or beyond the age of a renewal.
    function pass(uint256 seed) external onTime {
        uint256 seconds_ = 1 + (seed >> 8) % 30;
        if (seed % 16 == 0) seconds_ = 1 + (seed >> 8) % 300;
        if (seed % 16 == 1) seconds_ = 1 + (seed >> 8) % 2 days;
        advance(seconds_);
        done["pass"]++;
    }

    // -- sessions

    function open(uint256 seed) external onTime {
        uint64 latest = quorum.latestEpoch();
        openFor(seed % 8 == 0 ? uint64((seed >> 8) % (latest + 2)) : latest);
    }

    function openFor(uint64 epoch) internal {
        uint64 active = quorum.activeEpoch();
        bool fits = epoch != 0 && epoch != active && epoch == quorum.latestEpoch() && keys.sessionOf(epoch) == 0;
        if (fits) fits = allLive(epoch);
        uint64 expected = lastConfirmed == 0 || ordered ? epoch : holdsNewest(active) ? active : lastConfirmed;
        try keys.open(epoch) returns (uint64 n) {
            require(fits, "opened what may not be");
            dealersOf[n] = expected;
            done[expected != epoch ? "open a resharing" : ordered ? "open another key" : "open"]++;
        } catch {
            require(!fits, "not opened");
        }
    }

    /// @dev Something that fits the phase, by whomever; often twice, with another body.
    function say(uint256 seed) external onTime {
        uint64 n = pickSession(seed);
        if (n == 0) return;
        uint8 phase_ = uint8(keys.session(n).phase);
        uint8 kind = phase_ >= 1 && phase_ <= 5 && seed % 8 != 0 ? phase_ : uint8(1 + (seed >> 8) % 5);
        uint16 sender = uint16((seed >> 16) % 6);
        uint16 subject = kind == 3 || kind == 5 ? uint16((seed >> 32) % 6) : 0;
        tell(n, IKeys.Kind(kind), sender, subject, abi.encode(seed), (seed >> 48) % 8 == 0);
    }

    function tell(uint64 n, IKeys.Kind kind, uint16 sender, uint16 subject, bytes memory body, bool forged) internal {
        IKeys.SessionMessage memory m = message(n, kind, sender, subject, body);
        bytes memory signature = signMessage(signerOf(m) + (forged ? 1 : 0), m);
        bool fits = !forged && mayTake(m);
        bytes32 id = idOf(n, kind, sender, subject);
        if (said[id] != 0) done["say twice"]++;
        (bool taken,) = address(keys).call(callFor(m, body, signature));
        require(taken == fits, fits ? "a message was not taken" : "a message was taken that may not be");
        if (!taken) return;
        said[id] = m.bodyDigest;
        messages[n] = keccak256(abi.encode(messages[n], kind, sender, subject, m.bodyDigest));
        if (kind == IKeys.Kind.Register) registrations[n]++;
        if (kind == IKeys.Kind.Deal) dealings[n]++;
        if (kind == IKeys.Kind.Reveal) reveals[n]++;
        string[6] memory names = ["", "register", "deal", "complain", "reveal", "recover"];
        done[names[uint8(kind)]]++;
    }

    /// @dev 1 for a sender who has no seat.
    function signerOf(IKeys.SessionMessage memory m) private view returns (uint256) {
        uint64 id = senderOf(m);
        return id == 0 ? 1 : nodeKeys[id - 1];
    }

    function senderOf(IKeys.SessionMessage memory m) private view returns (uint64) {
        (uint64[] memory members,) = quorum.committee(epochOf(m.session, m.kind));
        return m.sender != 0 && m.sender <= members.length ? members[m.sender - 1] : 0;
    }

    /// @dev In its phase, for the first time, by a live member who has registered where it has to be, about somebody who has dealt.
    function mayTake(IKeys.SessionMessage memory m) private view returns (bool) {
        if (uint8(keys.session(m.session).phase) != uint8(m.kind)) return false;
        if (said[idOf(m.session, m.kind, m.sender, m.subject)] != 0) return false;
        uint64 id = senderOf(m);
        if (id == 0 || !isLive(id)) return false;
        if (m.kind == IKeys.Kind.Register) return true;
        bool registered = said[idOf(m.session, IKeys.Kind.Register, m.sender, 0)] != 0;
        if (m.kind == IKeys.Kind.Deal) return registered || dealersOf[m.session] != keys.session(m.session).epoch;
        if (m.kind != IKeys.Kind.Reveal && !registered) return false;
        uint16 dealer = m.kind == IKeys.Kind.Reveal ? m.sender : m.subject;
        return said[idOf(m.session, IKeys.Kind.Deal, dealer, 0)] != 0;
    }

    /// @dev By a quorum of live members, or: too few, of another committee, of another key.
    function confirm(uint256 seed) external onTime {
        uint64 n = pickSession(seed);
        if (n != 0) confirmAs(n, seed % 2 == 0 ? RIGHT : uint8((seed >> 8) % 5), (seed >> 16) % 4 == 0);
    }

    /// @dev With another key: a new one that is the newest again, or one in the place of the newest.
    function confirmAs(uint64 n, uint8 how, bool otherKey) internal {
        bool isNew = dealersOf[n] == keys.session(n).epoch;
        uint32 number = isNew && (!otherKey || madeCount == 0) ? madeCount + 1 : madeCount;
        bytes memory point = otherKey && !isNew ? bytes.concat(hex"02", keccak256("other")) : keyS();
        IQuorum.CommitteeConfirmed memory c = proposal(n, how, bytes.concat(yOf(number), point));
        (IQuorum.Signed memory by, bool enough) = signersOf(n, c, how == 4);
        bool fits = enough && how == RIGHT && mayConfirm(n, isNew, c.networkKeyDigest);
        (bool taken,) = address(keys).call(abi.encodeCall(IKeys.confirm, (n, c, yOf(number), point, by)));
        require(taken == fits, fits ? "not confirmed" : "confirmed what may not be");
        if (!taken) return;
        done[!isNew ? "hand the key on" : madeCount == 0 ? "make the key" : "make another key"]++;
        if (isNew) noteKey(c.networkKeyDigest);
        keyOf[c.epoch] = madeCount;
        confirmedAs[c.epoch] = keccak256(abi.encode(n, c.session, c.transcriptDigest));
        lastConfirmed = c.epoch;
    }

    /// @dev The one before is frozen with whoever has shares of it.
    function noteKey(bytes32 digest) private {
        uint64 active = quorum.activeEpoch();
        if (madeCount != 0) {
            frozenLast = holdsNewest(active) ? active : lastConfirmed;
            olderEndsAt = block.timestamp + overlap;
        }
        (ordered, overlap) = (false, 0);
        madeKey[++madeCount] = digest;
    }

    function yOf(uint32 number) private pure returns (bytes memory) {
        return bytes.concat(hex"02", keccak256(abi.encode("Y", number)));
    }

    function holdsNewest(uint64 epoch) private view returns (bool) {
        return madeCount != 0 && keyOf[epoch] == madeCount;
    }

    function olderLives() public view returns (bool) {
        return madeCount > 1 && block.timestamp < olderEndsAt;
    }

    function keyLives(uint32 number) public view returns (bool) {
        return number != 0 && (number == madeCount || (number + 1 == madeCount && olderLives()));
    }

    function proposal(uint64 n, uint8 how, bytes memory points)
        private
        view
        returns (IQuorum.CommitteeConfirmed memory c)
    {
        c = result(n);
        c.networkKeyDigest = keccak256(points);
        if (how == 1) c.threshold++;
        if (how == 2) c.membersDigest = keccak256("others");
        if (how == 3) c.epoch = c.epoch > 1 ? c.epoch - 1 : 2;
    }

    function signersOf(uint64 n, IQuorum.CommitteeConfirmed memory c, bool tooFew)
        private
        view
        returns (IQuorum.Signed memory by, bool enough)
    {
        uint64 epoch = keys.session(n).epoch;
        (, uint16 threshold) = quorum.committee(epoch);
        uint256 bitmap;
        (bitmap, enough) = liveSigners(epoch, tooFew ? threshold - 1 : threshold);
        by = signAs(c, epoch, bitmap);
    }

    function mayConfirm(uint64 n, bool isNew, bytes32 key) private returns (bool) {
        IKeys.Phase phase_ = keys.session(n).phase;
        if (phase_ < IKeys.Phase.Reveal || phase_ > IKeys.Phase.Confirm) return false;
        if ((key == madeKey[madeCount]) != isNew) return true;
        done[isNew ? "the same key" : "not the key"]++;
        return false;
    }

    // -- another key

    function rotate(uint64 seed) private {
        uint64 wanted = uint64((seed >> 16) % MAX_OVERLAP);
        if ((seed >> 8) % 4 == 0) wanted = 0;
        if ((seed >> 8) % 8 == 1) wanted = uint64(MAX_OVERLAP + (seed >> 16) % 2);
        bool byAdmin = seed % 4 != 0;
        bool fits = byAdmin && madeCount != 0 && wanted <= MAX_OVERLAP && !olderLives();
        vm.prank(byAdmin ? ADMIN : OWNER);
        try keys.rotate(wanted) {
            require(fits, "ordered what may not be");
            done[ordered ? "order again" : "order"]++;
            (ordered, overlap) = (true, wanted);
        } catch {
            require(!fits, "not ordered");
            if (byAdmin && olderLives()) done["order in vain"]++;
        }
    }

    /// @dev As the DAO, where it may; beside it the older one lives for a week.
    function makeAnotherKey() internal {
        rotate(1 | (2 << 8) | (uint64(7 days) << 16));
        completeLatest(32);
        if (ordered) completeLatest(32);
    }

    function endKey(uint64 seed) private {
        uint32 number = seed % 3 == 0 ? uint32((seed >> 8) % (madeCount + 2)) : madeCount - (madeCount == 0 ? 0 : 1);
        bool byAdmin = (seed >> 4) % 4 != 0;
        bool fits = byAdmin && number != 0 && number != madeCount && keyLives(number);
        vm.prank(byAdmin ? ADMIN : OWNER);
        try keys.endKey(number) {
            require(fits, "ended what may not be");
            olderEndsAt = block.timestamp;
            done["end a key"]++;
        } catch {
            require(!fits, "not ended");
        }
    }

    function changeKey(uint256 seed) external onTime {
        if (seed % 3 == 0) endKey(uint64(seed >> 32));
        else if (seed % 3 == 1) rotate(uint64(seed >> 32));
    }

    function activate(uint256) external onTime {
        activateLatest();
    }

    function activateLatest() internal {
        uint64 latest = quorum.latestEpoch();
        bool confirmed = confirmedAs[latest] != 0;
        if (!confirmed && latest != quorum.activeEpoch()) done["activate in vain"]++;
        try quorum.activate() {
            require(confirmed, "an epoch began that was not confirmed");
            done["activate"]++;
        } catch {}
    }

    /// @dev All that are live do what is to do, up to the next epoch's beginning.
    function complete(uint256 seed) external onTime {
        completeLatest(seed);
    }

    function completeLatest(uint256 seed) internal {
        if (quorum.latestEpoch() == quorum.activeEpoch()) {
            advance(1 days);
            tryRenew();
        }
        uint64 latest = quorum.latestEpoch();
        openFor(latest);
        uint64 n = keys.sessionOf(latest);
        if (n == 0) return;
        speak(n, IKeys.Kind.Register, seed);
        if (phase(n) == IKeys.Phase.Register) advance(keys.session(n).phaseEnd - block.timestamp + 1);
        speak(n, IKeys.Kind.Deal, seed);
        for (uint256 i = 0; i < 5 && uint8(phase(n)) < uint8(IKeys.Phase.Confirm); i++) {
            if (phase(n) == IKeys.Phase.Complain) tell(n, IKeys.Kind.Complain, 1, 2, abi.encode(seed), false);
            if (phase(n) == IKeys.Phase.Reveal) speak(n, IKeys.Kind.Reveal, seed);
            if (phase(n) == IKeys.Phase.Recover) tell(n, IKeys.Kind.Recover, 1, 2, abi.encode(seed), false);
            uint64 end = keys.session(n).phaseEnd;
            if (end >= block.timestamp) advance(end - block.timestamp + 1);
        }
        // Now and then with another key first, in vain once there is one; and now and then others go on from here.
        if (seed & 16 != 0 && madeCount != 0) confirmAs(n, RIGHT, true);
        if (seed & 96 == 0) return;
        confirmAs(n, RIGHT, false);
        activateLatest();
    }

    function setWindows(uint256 seed) external onTime {
        IKeys.Windows memory w = windows();
        w.registerSeconds = uint32(1 + (seed >> 16) % 100);
        w.dealSeconds = uint32((seed >> 8) % 100);
        vm.prank(seed % 4 == 0 ? OWNER : ADMIN);
        try keys.setWindows(w) {
            require(seed % 4 != 0 && w.dealSeconds != 0, "anybody's windows");
            done["windows"]++;
        } catch {}
    }

    // -- committees

    function renewCommittee(uint256) external onTime {
        tryRenew();
    }

    function tryRenew() internal {
        try quorum.renewCommittee() {
            done["renew"]++;
        } catch {}
    }

    function nameCommittee(uint256 seed) external onTime {
        if (seed % 3 != 0) return;
        uint64 count = subnet.nodeCount();
        uint64[] memory found = new uint64[](count);
        uint256 size = 0;
        for (uint64 id = 1; id <= count; id++) {
            if ((seed >> (8 + 2 * id)) & 3 != 0) found[size++] = id;
        }
        uint64[] memory members = new uint64[](size);
        for (uint256 i = 0; i < size; i++) {
            members[i] = found[i];
        }
        vm.prank(ADMIN);
        try quorum.nameCommittee(members, uint16(size / 2 + 1)) {
            done["name"]++;
        } catch {}
    }

    function leaveNode(uint256 seed) external onTime {
        if (seed % 6 != 0) return;
        uint64 id = pickNode(seed);
        vm.prank(nodeOwner(id - 1));
        try subnet.leaveNode(id) {
            done["leave"]++;
        } catch {}
    }

    /// @dev Not live until it is proven again.
    function rekey(uint256 seed) external onTime {
        if (seed % 4 != 0) return;
        uint64 id = pickNode(seed);
        if (subnet.node(id).status != ISubnet.NodeStatus.Active) return;
        changeKeys(id, freshKey());
        if ((seed >> 8) % 3 != 0) prove(id);
        done["rekey"]++;
    }

    function proveAgain(uint256 seed) external onTime {
        prove(pickNode(seed));
        done["prove"]++;
    }

    function join(uint256) external onTime {
        if (subnet.nodeCount() >= MAX_NODES) return;
        prove(registerNode(nodeOwner(nodeKeys.length), freshKey()));
        done["join"]++;
    }

    // -- how

    /// @dev No two nodes and no two times have the same.
    function freshKey() private returns (uint256) {
        return uint256(keccak256(abi.encode("fresh key", ++_keysMade)));
    }

    /// @dev A phase never comes again, and what ended stays so.
    function watchPhases() private {
        for (uint64 n = keys.sessionCount(); n > 0; n--) {
            IKeys.Phase now_ = keys.session(n).phase;
            require(now_ >= _seen[n], "a phase came again");
            require(_seen[n] != IKeys.Phase.Confirmed || now_ == IKeys.Phase.Confirmed, "confirmed no longer");
            if (_seen[n] == IKeys.Phase.Expired) return;
            _seen[n] = now_;
            if (now_ == IKeys.Phase.Expired) done["expire"]++;
        }
    }

    function speak(uint64 n, IKeys.Kind kind, uint256 seed) private {
        IKeys.Session memory s = keys.session(n);
        (uint64[] memory members,) = quorum.committee(s.epoch);
        uint256 senders = kind == IKeys.Kind.Register ? members.length : s.dealers;
        for (uint16 i = 1; i <= senders; i++) {
            tell(n, kind, i, 0, abi.encode(seed, i), false);
        }
    }

    function prove(uint64 id) internal {
        if (subnet.node(id).status != ISubnet.NodeStatus.Active) return;
        uint64 epoch = currentEpoch();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = nodeProof(id);
        (IQuorum.Signed memory by, bool enough) = signProof(proofs, epoch);
        if (!enough) return;
        try subnet.proveNodes(proofs, new string[](1), by) {} catch {}
    }

    function signProof(ISubnet.NodeProof[] memory proofs, uint64 epoch)
        internal
        view
        returns (IQuorum.Signed memory by, bool enough)
    {
        (, uint16 threshold) = quorum.committee(epoch);
        (by.bitmap, enough) = liveSigners(epoch, threshold);
        if (quorum.genesisOpen()) (by.bitmap, enough) = (firstMembers(threshold), true);
        (by.epoch, by.expiry) = (epoch, proofs[0].notAfter);
        by.signatures = signByMembers(epoch, typedDigest(proofBatchHash(proofs, epoch, by.expiry)), by.bitmap);
    }

    function signAs(IQuorum.CommitteeConfirmed memory c, uint64 epoch, uint256 bitmap)
        private
        view
        returns (IQuorum.Signed memory by)
    {
        (by.epoch, by.expiry, by.bitmap) = (epoch, uint64(block.timestamp), bitmap);
        by.signatures = signByMembers(epoch, typedDigest(keccak256(abi.encode(CONFIRMED_TYPEHASH, c))), bitmap);
    }

    function signByMembers(uint64 epoch, bytes32 digest, uint256 bitmap) private view returns (bytes memory all) {
        (uint64[] memory members,) = quorum.committee(epoch);
        for (uint256 i = 0; i < members.length; i++) {
            if ((bitmap >> i) & 1 == 1) all = bytes.concat(all, signOne(nodeKeys[members[i] - 1], digest));
        }
    }

    function liveSigners(uint64 epoch, uint256 wanted) private view returns (uint256 bitmap, bool enough) {
        (uint64[] memory members,) = quorum.committee(epoch);
        uint256 count = 0;
        for (uint256 i = 0; i < members.length && count < wanted; i++) {
            if (!isLive(members[i])) continue;
            bitmap |= 1 << i;
            count++;
        }
        enough = count == wanted;
    }

    function allLive(uint64 epoch) private view returns (bool) {
        (uint64[] memory members,) = quorum.committee(epoch);
        for (uint256 i = 0; i < members.length; i++) {
            if (!isLive(members[i])) return false;
        }
        return true;
    }

    function isLive(uint64 nodeId) private view returns (bool) {
        uint64[] memory ids = new uint64[](1);
        ids[0] = nodeId;
        (, bool[] memory live,) = subnet.signers(ids);
        return live[0];
    }

    function callFor(IKeys.SessionMessage memory m, bytes memory body, bytes memory signature)
        private
        pure
        returns (bytes memory)
    {
        if (m.kind == IKeys.Kind.Register) {
            return abi.encodeCall(IKeys.register, (m.session, m.sender, body, signature));
        }
        if (m.kind == IKeys.Kind.Deal) return abi.encodeCall(IKeys.deal, (m.session, m.sender, body, signature));
        if (m.kind == IKeys.Kind.Reveal) return abi.encodeCall(IKeys.reveal, (m.session, m.sender, body, signature));
        if (m.kind == IKeys.Kind.Complain) {
            return abi.encodeCall(IKeys.complain, (m.session, m.sender, m.subject, body, signature));
        }
        return abi.encodeCall(IKeys.recover, (m.session, m.sender, m.subject, body, signature));
    }

    function idOf(uint64 n, IKeys.Kind kind, uint16 sender, uint16 subject) private pure returns (bytes32) {
        return keccak256(abi.encode(n, kind, sender, subject));
    }

    /// @dev Mostly the newest; 0 for none.
    function pickSession(uint256 seed) private view returns (uint64) {
        uint64 count = keys.sessionCount();
        if (count == 0 || (seed >> 64) % 8 != 0) return count;
        return uint64(1 + (seed >> 72) % count);
    }

    function pickNode(uint256 seed) internal view returns (uint64) {
        return uint64(1 + (seed >> 80) % subnet.nodeCount());
    }
}
