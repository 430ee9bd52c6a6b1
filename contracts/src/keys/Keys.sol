// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IKeys} from "./IKeys.sol";

/// @title Keys: sessions in which a committee makes the network's key or takes it over
contract Keys is IKeys, AccessManaged {
    /// @dev Times are block times. `registeredAt`, `dealtAt` and `revealedAt` are set when a phase ends before its window. `threshold` is
    /// how many of the members have to register, `needed` how many of the dealers have to deal.
    struct Record {
        uint64 epoch;
        uint64 dealersEpoch;
        uint64 openedBlock;
        uint64 openedAt;
        Windows windows;
        uint16 members;
        uint16 threshold;
        uint16 registered;
        uint16 dealers;
        uint16 needed;
        uint16 dealt;
        uint16 revealed;
        bool confirmed;
        uint40 registeredAt;
        uint40 dealtAt;
        uint40 revealedAt;
        bytes32 messagesDigest;
    }

    bytes32 private constant MESSAGE_TYPEHASH =
        keccak256("SessionMessage(uint64 session,uint8 kind,uint16 sender,uint16 subject,bytes32 bodyDigest)");
    bytes32 private constant CONFIRMED_TYPEHASH = keccak256(
        "CommitteeConfirmed(bytes32 session,uint64 epoch,uint16 threshold,bytes32 membersDigest,bytes32 networkKeyDigest,bytes32 transcriptDigest)"
    );
    uint256 private constant MAX_BODY_BYTES = 8_192;
    uint256 private constant POINT_BYTES = 33;
    uint32 private constant MAX_WINDOW_SECONDS = 7 days;
    uint64 private constant MAX_OVERLAP_SECONDS = 30 days;

    ISubnet public immutable subnet;
    IQuorum public immutable quorum;
    uint64 public sessionCount;
    /// @dev The epoch confirmed last, 0 for none.
    uint64 private _lastConfirmed;
    Windows private _windows;
    uint32 public keyCount;
    bool private _rotationOrdered;
    uint64 private _overlapSeconds;
    mapping(uint32 number => NetworkKey) private _keys;
    mapping(uint64 epoch => uint64) public sessionOf;
    mapping(uint64 session => Record) private _sessions;
    mapping(uint64 epoch => Confirmation) private _confirmations;
    /// @dev Bit i: member i + 1 has sent its message of this kind and subject.
    mapping(uint64 session => mapping(Kind => mapping(uint16 subject => uint256))) private _taken;

    constructor(address authority, ISubnet subnet_, IQuorum quorum_, Windows memory windows_) AccessManaged(authority) {
        if (authority == address(0) || address(subnet_) == address(0) || address(quorum_) == address(0)) {
            revert ZeroAddress();
        }
        subnet = subnet_;
        quorum = quorum_;
        _setWindows(windows_);
    }

    function setWindows(Windows calldata windows_) external restricted {
        _setWindows(windows_);
    }

    function rotate(uint64 overlapSeconds) external restricted {
        uint32 newest = keyCount;
        if (newest == 0) revert KeyUnknown(1);
        if (overlapSeconds > MAX_OVERLAP_SECONDS) revert OverlapTooLong(overlapSeconds);
        if (_lives(newest - 1)) revert OlderKeyLives(newest - 1, _keys[newest - 1].endsAt);
        (_rotationOrdered, _overlapSeconds) = (true, overlapSeconds);
        emit RotationOrdered(overlapSeconds);
    }

    function endKey(uint32 number) external restricted {
        if (number == 0 || number > keyCount) revert KeyUnknown(number);
        if (number == keyCount) revert KeyIsNewest(number);
        if (!_lives(number)) revert KeyEnded(number);
        _setEnd(number, _keys[number].lastEpoch, uint64(block.timestamp));
    }

    function open(uint64 epoch) external returns (uint64 number) {
        uint64 active = quorum.activeEpoch();
        if (epoch == 0 || epoch == active || epoch != quorum.latestEpoch()) revert EpochNotPending(epoch);
        if (sessionOf[epoch] != 0) revert SessionExists(sessionOf[epoch]);
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        _requireLive(members);
        number = ++sessionCount;
        sessionOf[epoch] = number;
        Record storage s = _sessions[number];
        (s.members, s.threshold) = (uint16(members.length), threshold);
        uint64 dealersEpoch = epoch;
        uint256 dealers = members.length;
        // Once there is a key, it is handed on by whoever has shares of it, until the DAO orders a new one. An active epoch may have those
        // of an older key: the committee that made the newest never began.
        if (_lastConfirmed != 0 && !_rotationOrdered) {
            dealersEpoch = _holdsNewest(active) ? active : _lastConfirmed;
            uint64[] memory holders;
            (holders, threshold) = quorum.committee(dealersEpoch);
            dealers = holders.length;
        }
        (s.epoch, s.dealersEpoch) = (epoch, dealersEpoch);
        (s.openedBlock, s.openedAt) = (uint64(block.number), uint64(block.timestamp));
        s.windows = _windows;
        (s.dealers, s.needed) = (uint16(dealers), threshold);
        emit SessionOpened(number, epoch, dealersEpoch);
    }

    function register(uint64 number, uint16 member, bytes calldata body, bytes calldata signature) external {
        Record storage s = _requirePhase(number, Phase.Register);
        bytes32 digest = _take(s, _message(number, Kind.Register, member, 0, body), signature);
        if (++s.registered == s.members) s.registeredAt = uint40(block.timestamp);
        emit Registered(number, member, digest);
    }

    function deal(uint64 number, uint16 dealer, bytes calldata body, bytes calldata signature) external {
        Record storage s = _requirePhase(number, Phase.Deal);
        // Members of a new key deal to one another; whoever hands a key on deals what it has, registered or not.
        bool fromMember = s.dealersEpoch == s.epoch;
        if (fromMember) _requireRegistered(number, dealer);
        bytes32 digest = _take(s, _message(number, Kind.Deal, dealer, 0, body), signature);
        if (++s.dealt == (fromMember ? s.registered : s.dealers)) s.dealtAt = uint40(block.timestamp);
        emit Dealt(number, dealer, digest);
    }

    function complain(uint64 number, uint16 complainer, uint16 dealer, bytes calldata body, bytes calldata signature)
        external
    {
        Record storage s = _requirePhase(number, Phase.Complain);
        _requireDealt(number, dealer);
        _requireRegistered(number, complainer);
        bytes32 digest = _take(s, _message(number, Kind.Complain, complainer, dealer, body), signature);
        emit Complained(number, dealer, complainer, digest);
    }

    function reveal(uint64 number, uint16 dealer, bytes calldata body, bytes calldata signature) external {
        Record storage s = _requirePhase(number, Phase.Reveal);
        _requireDealt(number, dealer);
        bytes32 digest = _take(s, _message(number, Kind.Reveal, dealer, 0, body), signature);
        if (++s.revealed == s.dealt) s.revealedAt = uint40(block.timestamp);
        emit Revealed(number, dealer, digest);
    }

    function recover(uint64 number, uint16 member, uint16 dealer, bytes calldata body, bytes calldata signature)
        external
    {
        Record storage s = _requirePhase(number, Phase.Recover);
        _requireDealt(number, dealer);
        _requireRegistered(number, member);
        bytes32 digest = _take(s, _message(number, Kind.Recover, member, dealer, body), signature);
        emit Recovered(number, dealer, member, digest);
    }

    function confirm(
        uint64 number,
        IQuorum.CommitteeConfirmed calldata confirmed,
        bytes calldata encryptionKey,
        bytes calldata verificationKey,
        IQuorum.Signed calldata signed
    ) external {
        Record storage s = _known(number);
        (Phase phase,) = _phaseOf(s);
        if (phase < Phase.Reveal || phase > Phase.Confirm) revert PhaseWrong(number, phase);
        uint64 epoch = s.epoch;
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        _requireSame(epoch, members, threshold, confirmed);
        _requireSealing(members, threshold);
        bool isNew = s.dealersEpoch == epoch;
        _requireKey(confirmed, encryptionKey, verificationKey, isNew);
        quorum.verifyNamed(keccak256(abi.encode(CONFIRMED_TYPEHASH, confirmed)), signed);
        s.confirmed = true;
        if (isNew) _makeKey(encryptionKey, verificationKey);
        _confirmations[epoch] = Confirmation({
            session: number,
            key: keyCount,
            sessionId: confirmed.session,
            transcriptDigest: confirmed.transcriptDigest
        });
        _lastConfirmed = epoch;
        emit EpochConfirmed(number, epoch, confirmed.transcriptDigest);
    }

    function networkKey() external view returns (bytes memory encryptionKey, bytes memory verificationKey) {
        return (_keys[keyCount].encryptionKey, _keys[keyCount].verificationKey);
    }

    function keyAt(uint32 number) external view returns (NetworkKey memory) {
        if (number == 0 || number > keyCount) revert KeyUnknown(number);
        return _keys[number];
    }

    function liveKeys() external view returns (NetworkKey[] memory live) {
        uint32 newest = keyCount;
        if (newest == 0) return live;
        bool two = _lives(newest - 1);
        live = new NetworkKey[](two ? 2 : 1);
        if (two) live[0] = _keys[newest - 1];
        live[live.length - 1] = _keys[newest];
    }

    function isKeyLive(uint32 number) external view returns (bool) {
        return _lives(number);
    }

    function frozenEpoch() external view returns (uint64) {
        uint32 newest = keyCount;
        return newest > 1 && _lives(newest - 1) ? _keys[newest - 1].lastEpoch : 0;
    }

    function rotation() external view returns (bool ordered, uint64 overlapSeconds) {
        return (_rotationOrdered, _overlapSeconds);
    }

    function session(uint64 number) external view returns (Session memory) {
        Record storage s = _known(number);
        (Phase phase, uint64 phaseEnd) = _phaseOf(s);
        return Session({
            epoch: s.epoch,
            dealersEpoch: s.dealersEpoch,
            openedBlock: s.openedBlock,
            openedAt: s.openedAt,
            phase: phase,
            phaseEnd: phaseEnd,
            registered: s.registered,
            dealers: s.dealers,
            dealt: s.dealt,
            revealed: s.revealed,
            messagesDigest: s.messagesDigest
        });
    }

    function confirmation(uint64 epoch) external view returns (Confirmation memory) {
        return _confirmations[epoch];
    }

    function isConfirmed(uint64 epoch) public view returns (bool) {
        return _confirmations[epoch].session != 0;
    }

    function windows() external view returns (Windows memory) {
        return _windows;
    }

    /// @dev The phase at this block's time, and its last second.
    function _phaseOf(Record storage s) private view returns (Phase, uint64) {
        if (s.confirmed) return (Phase.Confirmed, 0);
        if (s.epoch != quorum.latestEpoch()) return (Phase.Expired, 0);
        Windows memory w = s.windows;
        // The first second after the phase.
        uint64 end = s.registeredAt != 0 ? s.registeredAt : s.openedAt + w.registerSeconds;
        if (block.timestamp < end) return (Phase.Register, end - 1);
        if (s.registered < s.threshold) return (Phase.Expired, 0);
        end = s.dealtAt != 0 ? s.dealtAt : end + w.dealSeconds;
        if (block.timestamp < end) return (Phase.Deal, end - 1);
        if (s.dealt < s.needed) return (Phase.Expired, 0);
        end += w.complainSeconds;
        if (block.timestamp < end) return (Phase.Complain, end - 1);
        if (s.dealersEpoch == s.epoch) {
            end = s.revealedAt != 0 ? s.revealedAt : end + w.revealSeconds;
            if (block.timestamp < end) return (Phase.Reveal, end - 1);
            end += w.recoverSeconds;
            if (block.timestamp < end) return (Phase.Recover, end - 1);
        }
        end += w.confirmSeconds;
        return block.timestamp < end ? (Phase.Confirm, end - 1) : (Phase.Expired, 0);
    }

    function _known(uint64 number) private view returns (Record storage s) {
        if (number == 0 || number > sessionCount) revert SessionUnknown(number);
        return _sessions[number];
    }

    function _requirePhase(uint64 number, Phase expected) private view returns (Record storage s) {
        s = _known(number);
        (Phase phase,) = _phaseOf(s);
        if (phase != expected) revert PhaseWrong(number, phase);
    }

    function _requireDealt(uint64 number, uint16 dealer) private view {
        if (!_has(_taken[number][Kind.Deal][0], dealer)) revert NotDealt(number, dealer);
    }

    function _requireRegistered(uint64 number, uint16 member) private view {
        if (!_has(_taken[number][Kind.Register][0], member)) revert NotRegistered(number, member);
    }

    function _requireLive(uint64[] memory members) private view {
        (, bool[] memory live,) = subnet.signers(members);
        for (uint256 i = 0; i < live.length; i++) {
            if (!live[i]) revert MemberNotLive(members[i]);
        }
    }

    function _message(uint64 number, Kind kind, uint16 sender, uint16 subject, bytes calldata body)
        private
        pure
        returns (SessionMessage memory)
    {
        if (body.length == 0 || body.length > MAX_BODY_BYTES) revert BodySize(body.length, MAX_BODY_BYTES);
        return
            SessionMessage({session: number, kind: kind, sender: sender, subject: subject, bodyDigest: keccak256(body)});
    }

    /// @dev Takes a message once, under the live key of its sender.
    function _take(Record storage s, SessionMessage memory m, bytes calldata signature) private returns (bytes32) {
        bool fromDealer = m.kind == Kind.Deal || m.kind == Kind.Reveal;
        uint16 size = fromDealer ? s.dealers : s.members;
        if (m.sender == 0 || m.sender > size) revert SenderUnknown(m.sender, size);
        uint256 taken = _taken[m.session][m.kind][m.subject];
        if (_has(taken, m.sender)) revert MessageRepeated(m.session, m.kind, m.sender, m.subject);
        _requireSignature(fromDealer ? s.dealersEpoch : s.epoch, m, signature);
        _taken[m.session][m.kind][m.subject] = taken | (1 << (m.sender - 1));
        s.messagesDigest = keccak256(abi.encode(s.messagesDigest, m.kind, m.sender, m.subject, m.bodyDigest));
        return m.bodyDigest;
    }

    function _requireSignature(uint64 epoch, SessionMessage memory m, bytes calldata signature) private view {
        uint64[] memory ids = new uint64[](1);
        ids[0] = quorum.member(epoch, m.sender);
        (address[] memory keys, bool[] memory live,) = subnet.signers(ids);
        if (!live[0]) revert MemberNotLive(ids[0]);
        bytes32 structHash = keccak256(abi.encode(MESSAGE_TYPEHASH, m));
        bytes32 digest = MessageHashUtils.toTypedDataHash(quorum.domainSeparator(), structHash);
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem != ECDSA.RecoverError.NoError || signer != keys[0]) revert SignatureInvalid(m.sender);
    }

    /// @dev What the contract itself knows of the result.
    function _requireSame(
        uint64 epoch,
        uint64[] memory members,
        uint16 threshold,
        IQuorum.CommitteeConfirmed calldata confirmed
    ) private pure {
        if (
            confirmed.epoch != epoch || confirmed.threshold != threshold
                || confirmed.membersDigest != keccak256(abi.encode(members)) || confirmed.session == 0
                || confirmed.transcriptDigest == 0
        ) revert ConfirmationDiffers();
    }

    /// @dev A member whose hardware has no sealing key gets the key of its files from the others: `threshold` of them need none of that.
    function _requireSealing(uint64[] memory members, uint16 threshold) private view {
        if (subnet.simulated()) return;
        uint256 count = subnet.sealersAmong(members);
        if (count < threshold) revert SealersTooFew(count, threshold);
    }

    function _requireKey(
        IQuorum.CommitteeConfirmed calldata confirmed,
        bytes calldata encryptionKey,
        bytes calldata verificationKey,
        bool isNew
    ) private view {
        if (encryptionKey.length != POINT_BYTES) revert KeyLength(encryptionKey.length);
        if (verificationKey.length != POINT_BYTES) revert KeyLength(verificationKey.length);
        bytes32 digest = keccak256(bytes.concat(encryptionKey, verificationKey));
        if (confirmed.networkKeyDigest != digest) revert ConfirmationDiffers();
        NetworkKey storage newest = _keys[keyCount];
        bool same = digest == keccak256(bytes.concat(newest.encryptionKey, newest.verificationKey));
        if (isNew && same) revert KeyRepeated(keyCount);
        if (!isNew && !same) revert KeyDiffers();
    }

    /// @dev The key before it is frozen where it is: with the epoch that is active, or that was confirmed last where the active one has
    /// none of it.
    function _makeKey(bytes calldata encryptionKey, bytes calldata verificationKey) private {
        uint32 old = keyCount;
        if (old != 0) {
            uint64 active = quorum.activeEpoch();
            _setEnd(
                old, _holdsNewest(active) ? active : _lastConfirmed, uint64(block.timestamp) + _overlapSeconds
            );
        }
        (_rotationOrdered, _overlapSeconds) = (false, 0);
        uint32 number = ++keyCount;
        _keys[number] = NetworkKey({
            number: number,
            madeBlock: uint64(block.number),
            lastEpoch: 0,
            endsAt: 0,
            encryptionKey: encryptionKey,
            verificationKey: verificationKey
        });
        emit NetworkKeyMade(number, encryptionKey, verificationKey);
    }

    function _setEnd(uint32 number, uint64 lastEpoch, uint64 endsAt) private {
        (_keys[number].lastEpoch, _keys[number].endsAt) = (lastEpoch, endsAt);
        emit KeyEndSet(number, lastEpoch, endsAt);
    }

    function _lives(uint32 number) private view returns (bool) {
        if (number == 0 || number > keyCount) return false;
        return number == keyCount || block.timestamp < _keys[number].endsAt;
    }

    function _holdsNewest(uint64 epoch) private view returns (bool) {
        return keyCount != 0 && _confirmations[epoch].key == keyCount;
    }

    function _setWindows(Windows memory w) private {
        uint32[6] memory all = [
            w.registerSeconds,
            w.dealSeconds,
            w.complainSeconds,
            w.revealSeconds,
            w.recoverSeconds,
            w.confirmSeconds
        ];
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i] == 0 || all[i] > MAX_WINDOW_SECONDS) revert WindowsInvalid();
        }
        _windows = w;
        emit WindowsSet(w);
    }

    function _has(uint256 bits, uint16 member) private pure returns (bool) {
        return member != 0 && (bits >> (member - 1)) & 1 == 1;
    }
}
