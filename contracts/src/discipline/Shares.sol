// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IKeys} from "../keys/IKeys.sol";
import {IQuorum} from "../quorum/IQuorum.sol";
import {Curve} from "./Curve.sol";
import {Frames} from "./Frames.sol";
import {IMisconduct} from "./IMisconduct.sol";

/// @title Shares: whether a release of shares is wrong, as `checkRelease` of docs/reference/threshold.md finds
/// @dev Everything is bound: question and bytes by the node's signature, its public share by what its committee confirmed, each hint by
/// what it is a hint of. A right release reverts with ReleaseRight, a wrong hint with HintWrong. Numbers that ecrecover cannot take (an
/// image's x from the order on, a challenge or response of zero) are wrong, too: an honest member meets one with a chance of 2^-127.
library Shares {
    using Curve for IMisconduct.Point;

    /// @param baseAt where each base is in the items
    struct Statement {
        uint16 index;
        uint256 members;
        uint256[] baseAt;
        bytes publicShare;
        uint256 challenge;
        uint256 response;
        bytes32 transcript;
        IMisconduct.Point base;
        IMisconduct.Point image;
    }

    uint256 private constant MAX_ITEMS = 16;
    uint256 private constant POINT_BYTES = 33;
    uint256 private constant IMAGES_AT = 14;
    uint256 private constant PROOF_BYTES = 64;
    /// @dev The length of a point as a field has it.
    bytes4 private constant POINT_FIELD = hex"00000021";
    bytes private constant G_COMPRESSED = hex"0279BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798";

    /// @dev EIP-712 struct hash of what the node signed; both digests are computed from what is shown.
    function replyHash(IMisconduct.SignedRelease calldata s)
        internal
        pure
        returns (bytes32 requestDigest, bytes32 hash)
    {
        if (s.kind == IMisconduct.ReleaseKind.None || s.count == 0 || s.count > MAX_ITEMS) {
            revert IMisconduct.ItemsInvalid();
        }
        bool secrets = s.kind == IMisconduct.ReleaseKind.Secrets;
        bytes32 own =
            sha256(bytes.concat(Frames.tag("release items"), _kindField(s.kind), _countField(s.count), s.items));
        bytes memory asked = secrets
            ? bytes.concat(Frames.field(own), Frames.fieldOrNone(s.otherItems))
            : bytes.concat(Frames.fieldOrNone(s.otherItems), Frames.field(own));
        requestDigest = sha256(
            bytes.concat(Frames.tag("release request"), Frames.field(s.requestId), Frames.field(s.readerKey), asked)
        );
        bytes32 release = keccak256(s.release);
        bytes32 releaseDigest =
            keccak256(secrets ? bytes.concat(release, s.otherRelease) : bytes.concat(s.otherRelease, release));
        bytes32 typeHash =
            keccak256("ReleaseReply(uint64 epoch,uint64 nodeId,bytes32 requestDigest,bytes32 releaseDigest)");
        hash = keccak256(abi.encode(typeHash, s.epoch, s.nodeId, requestDigest, releaseDigest));
    }

    /// @dev Returns where the release is wrong, and reverts where it is right or where that is not shown.
    /// @param key that signed the reply: an honest node's proof names this one and its own number
    function requireWrong(
        IMisconduct.SignedRelease calldata s,
        IMisconduct.Hints calldata hints,
        IQuorum quorum,
        address key
    ) internal view {
        IKeys.Confirmation memory confirmed = _confirmation(s.epoch, quorum);
        Statement memory own;
        (own.index, own.members) = _indexOf(s, quorum);
        own.baseAt = _basesOf(s);
        if (!_isRelease(s, own)) return;
        if (hints.noPoint != 0) {
            _requireNoPoint(s, hints);
            return;
        }
        _requirePublicShares(s.epoch, own.members, hints, quorum, confirmed);
        own.publicShare = hints.publicShares[(own.index - 1) * POINT_BYTES:own.index * POINT_BYTES];
        // A member whose share is zero has nothing to release.
        if (own.publicShare[0] == 0) return;
        own.transcript = _transcriptOf(s, own, key);
        if (_verifies(s, hints, own)) revert IMisconduct.ReleaseRight();
    }

    /// @dev Reading bytes of the question: fields of a frame, context and base in turn, and nothing behind them.
    function _basesOf(IMisconduct.SignedRelease calldata s) private pure returns (uint256[] memory baseAt) {
        bytes calldata items = s.items;
        baseAt = new uint256[](s.count);
        uint256 at = 0;
        for (uint256 i = 0; i < s.count; i++) {
            if (at + 4 > items.length) revert IMisconduct.ItemsInvalid();
            at += 4 + uint256(uint32(bytes4(items[at:at + 4])));
            if (at + 4 + POINT_BYTES > items.length || bytes4(items[at:at + 4]) != POINT_FIELD) {
                revert IMisconduct.ItemsInvalid();
            }
            baseAt[i] = at + 4;
            at += 4 + POINT_BYTES;
        }
        if (at != items.length) revert IMisconduct.ItemsInvalid();
    }

    /// @dev Whether the bytes are a release of this member, epoch and question, with points that may be some and two numbers.
    function _isRelease(IMisconduct.SignedRelease calldata s, Statement memory own) private pure returns (bool) {
        bytes calldata r = s.release;
        uint256 proofAt = IMAGES_AT + s.count * POINT_BYTES;
        if (r.length != proofAt + PROOF_BYTES) return false;
        bytes14 head =
            bytes14(bytes.concat(hex"01", bytes1(uint8(s.kind)), bytes2(own.index), bytes8(s.epoch), bytes2(s.count)));
        if (bytes14(r[:IMAGES_AT]) != head) return false;
        for (uint256 at = IMAGES_AT; at < proofAt; at += POINT_BYTES) {
            (uint8 prefix, uint256 x) = _pointAt(r, at);
            if (prefix < 2 || prefix > 3 || x == 0 || x >= Curve.ORDER) return false;
        }
        own.challenge = uint256(bytes32(r[proofAt:proofAt + 32]));
        own.response = uint256(bytes32(r[proofAt + 32:]));
        if (own.challenge == 0 || own.challenge >= Curve.ORDER) return false;
        return own.response != 0 && own.response < Curve.ORDER;
    }

    function _requireNoPoint(IMisconduct.SignedRelease calldata s, IMisconduct.Hints calldata hints) private pure {
        if (hints.noPoint > s.count) revert IMisconduct.HintWrong();
        (, uint256 x) = _pointAt(s.release, IMAGES_AT + (hints.noPoint - 1) * POINT_BYTES);
        if (!Curve.isNoPoint(x, hints.root)) revert IMisconduct.HintWrong();
    }

    /// @dev The shares are those that the committee of the epoch confirmed: `confirmationDigest`.
    function _requirePublicShares(
        uint64 epoch,
        uint256 members,
        IMisconduct.Hints calldata hints,
        IQuorum quorum,
        IKeys.Confirmation memory confirmed
    ) private view {
        bytes calldata shares = hints.publicShares;
        if (shares.length != members * POINT_BYTES) revert IMisconduct.PublicSharesWrong();
        bytes memory fields = Frames.tag("public share root");
        for (uint256 at = 0; at < shares.length; at += POINT_BYTES) {
            fields = shares[at] == 0
                ? bytes.concat(fields, bytes4(0))
                : bytes.concat(fields, POINT_FIELD, shares[at:at + POINT_BYTES]);
        }
        (, uint16 threshold) = quorum.committee(epoch);
        // Of the epoch, not the newest: nobody of an older key's last epoch would be convicted else.
        IKeys.NetworkKey memory networkKey = quorum.keys().keyAt(confirmed.key);
        bytes memory head = bytes.concat(
            Frames.tag("confirmation"),
            Frames.field(confirmed.sessionId),
            hex"00000002",
            bytes2(threshold),
            hex"00000008",
            bytes8(epoch)
        );
        bytes memory keys =
            bytes.concat(Frames.field(networkKey.encryptionKey), Frames.field(networkKey.verificationKey));
        bytes32 digest = sha256(bytes.concat(head, Frames.field(hints.qualified), keys, Frames.field(sha256(fields))));
        if (digest != confirmed.transcriptDigest) revert IMisconduct.PublicSharesWrong();
    }

    function _transcriptOf(IMisconduct.SignedRelease calldata s, Statement memory own, address key)
        private
        pure
        returns (bytes32)
    {
        bytes memory head = bytes.concat(
            Frames.tag("release"),
            _kindField(s.kind),
            hex"00000008",
            bytes8(s.epoch),
            Frames.field(s.requestId),
            Frames.field(s.readerKey),
            hex"00000002",
            bytes2(own.index),
            Frames.field(own.publicShare),
            bytes.concat(hex"00000008", bytes8(s.nodeId), hex"00000014", bytes20(key)),
            _countField(s.count)
        );
        bytes memory images;
        for (uint256 i = 0; i < s.count; i++) {
            uint256 at = IMAGES_AT + i * POINT_BYTES;
            images = bytes.concat(images, POINT_FIELD, s.release[at:at + POINT_BYTES]);
        }
        return sha256(bytes.concat(head, s.items, images));
    }

    /// @dev Both weighted sums, both commitments, and the challenge that they give.
    function _verifies(IMisconduct.SignedRelease calldata s, IMisconduct.Hints calldata hints, Statement memory own)
        private
        pure
        returns (bool)
    {
        uint256 count = s.count;
        if (hints.products.length != 2 * count || hints.slopes.length != 2 * count - 1) revert IMisconduct.HintWrong();
        (bool some, IMisconduct.Point memory first) = _firstCommitment(hints, own);
        if (!some) return false;
        _sum(s, hints, own);
        IMisconduct.Point memory response = hints.responseProduct;
        IMisconduct.Point memory challenged = hints.challengeProduct;
        own.base.requireMultiple(own.response, response);
        own.image.requireMultiple(own.challenge, challenged);
        IMisconduct.Point memory second = response.add(challenged.negate(), hints.slopes[2 * count - 2]);
        if (second.isNothing()) return false;
        bytes memory bases = bytes.concat(POINT_FIELD, G_COMPRESSED, Frames.field(own.base.compress()));
        bytes memory images = bytes.concat(Frames.field(own.publicShare), Frames.field(own.image.compress()));
        bytes memory context = Frames.field(bytes.concat(Frames.tag("release"), Frames.field(own.transcript)));
        bytes32 statement = sha256(bytes.concat(Frames.tag("dleq"), context, bases, images));
        bytes memory commitments = bytes.concat(Frames.field(first.compress()), Frames.field(second.compress()));
        return Frames.challenge(bytes.concat(Frames.tag("dleq"), Frames.field(statement), commitments)) == own.challenge;
    }

    /// @dev z*G - c*V; none where both are one point, which a member can bring about and no proof has.
    function _firstCommitment(IMisconduct.Hints calldata hints, Statement memory own)
        private
        pure
        returns (bool some, IMisconduct.Point memory first)
    {
        uint8 prefix = uint8(own.publicShare[0]);
        uint256 x = _xOf(own.publicShare);
        first = hints.firstCommitment;
        if (!first.isNothing()) {
            Curve.requireSum(prefix, x, own.response, Curve.ORDER - own.challenge, first);
            return (true, first);
        }
        address product = Curve.addressOf(prefix, x, 0, own.challenge);
        if (product == address(0) || product != Curve.addressOf(Curve.G_PREFIX, Curve.G_X, 0, own.response)) {
            revert IMisconduct.HintWrong();
        }
    }

    /// @dev The sums of weight times base and of weight times image. Partial sums are nothing by no more than chance: weights follow from
    /// all points.
    function _sum(IMisconduct.SignedRelease calldata s, IMisconduct.Hints calldata hints, Statement memory own)
        private
        pure
    {
        uint256 count = s.count;
        bytes memory seed = bytes.concat(Frames.tag("release weight"), Frames.field(own.transcript), hex"00000002");
        for (uint256 i = 0; i < count; i++) {
            uint256 weight = i == 0 ? 1 : Frames.challenge(bytes.concat(seed, bytes2(uint16(i))));
            IMisconduct.Point memory base = hints.products[i];
            IMisconduct.Point memory image = hints.products[count + i];
            (uint8 prefix, uint256 x) = _pointAt(s.items, own.baseAt[i]);
            Curve.requireSum(prefix, x, 0, weight, base);
            (prefix, x) = _pointAt(s.release, IMAGES_AT + i * POINT_BYTES);
            Curve.requireSum(prefix, x, 0, weight, image);
            own.base = i == 0 ? base : own.base.add(base, hints.slopes[i - 1]);
            own.image = i == 0 ? image : own.image.add(image, hints.slopes[count + i - 2]);
            if (own.base.isNothing() || own.image.isNothing()) revert IMisconduct.HintWrong();
        }
    }

    function _confirmation(uint64 epoch, IQuorum quorum) private view returns (IKeys.Confirmation memory confirmed) {
        IKeys keys = quorum.keys();
        if (address(keys) != address(0)) confirmed = keys.confirmation(epoch);
        if (confirmed.transcriptDigest == 0) revert IMisconduct.EpochUnconfirmed(epoch);
    }

    /// @dev Index of the node in the committee of the epoch, from 1, and how many members there are.
    function _indexOf(IMisconduct.SignedRelease calldata s, IQuorum quorum)
        private
        view
        returns (uint16 index, uint256 size)
    {
        (uint64[] memory members,) = quorum.committee(s.epoch);
        size = members.length;
        while (index < size && members[index] != s.nodeId) index++;
        if (index == size) revert IMisconduct.NotMember(s.nodeId, s.epoch);
        index++;
    }

    function _kindField(IMisconduct.ReleaseKind kind) private pure returns (bytes memory) {
        return Frames.field(kind == IMisconduct.ReleaseKind.Secrets ? bytes("secrets") : bytes("derived keys"));
    }

    function _countField(uint16 count) private pure returns (bytes memory) {
        return bytes.concat(hex"00000002", bytes2(count));
    }

    function _pointAt(bytes calldata from, uint256 at) private pure returns (uint8 prefix, uint256 x) {
        return (uint8(from[at]), uint256(bytes32(from[at + 1:at + POINT_BYTES])));
    }

    function _xOf(bytes memory compressed) private pure returns (uint256 x) {
        for (uint256 i = 1; i < POINT_BYTES; i++) {
            x = (x << 8) | uint8(compressed[i]);
        }
    }
}
