// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IKeys} from "../keys/IKeys.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IQuorum} from "./IQuorum.sol";

/// @title Quorum: committees of dsecret nodes and the check of what they signed
contract Quorum is IQuorum, AccessManaged, EIP712 {
    /// @dev `namedAt` of one that is named again is that of the first time.
    struct Committee {
        uint64[] members;
        uint16 threshold;
        bool renewed;
        uint64 namedAt;
    }

    /// @dev Bounds every loop over a committee.
    uint256 private constant MAX_MEMBERS = 64;
    uint256 private constant MIN_LIVE_MEMBERS = 4;
    uint256 private constant SIGNATURE_BYTES = 65;
    /// @dev How long statements of the epoch before the active one still count.
    uint256 private constant OVERLAP_SECONDS = 15 minutes;
    /// @dev How often the time of a statement is noted: not every lease pays for it.
    uint256 private constant NOTE_SECONDS = 1 hours;
    uint256 private constant SILENCE_SECONDS = 24 hours + NOTE_SECONDS;
    uint64 private constant REOPEN_SECONDS = 7 days;
    uint64 private constant MAX_REFRESH_SECONDS = 30 days;

    uint16 public immutable minOwners;
    uint16 public immutable minVendors;
    ISubnet public subnet;
    uint64 public lastSignedAt;
    uint64 public reopenedUntil;
    uint64 public latestEpoch;
    uint64 public activeEpoch;
    uint64 public previousEpoch;
    uint64 public activatedAt;
    uint64 public refreshSeconds;
    IKeys public keys;
    mapping(uint64 epoch => Committee) private _committees;

    constructor(address authority, uint16 minOwners_, uint16 minVendors_)
        AccessManaged(authority)
        EIP712("WeTEE", "1")
    {
        if (authority == address(0)) revert ZeroAddress();
        minOwners = minOwners_;
        minVendors = minVendors_;
    }

    function setSubnet(address subnet_) external restricted {
        if (address(subnet) != address(0)) revert AlreadySet();
        if (subnet_ == address(0)) revert ZeroAddress();
        subnet = ISubnet(subnet_);
        emit SubnetSet(subnet_);
    }

    function setKeys(address keys_, uint64 refreshSeconds_) external restricted {
        if (address(keys) != address(0)) revert AlreadySet();
        if (keys_ == address(0)) revert ZeroAddress();
        keys = IKeys(keys_);
        emit KeysSet(keys_);
        _setRefresh(refreshSeconds_);
    }

    function setRefreshSeconds(uint64 refreshSeconds_) external restricted {
        if (address(keys) == address(0)) revert KeysNotSet();
        _setRefresh(refreshSeconds_);
    }

    function nameCommittee(uint64[] calldata members, uint16 threshold) external restricted {
        uint256 size = members.length;
        _requireSize(size);
        if (threshold < size / 2 + 1 || threshold > size) revert CommitteeThreshold(threshold, size);
        for (uint256 i = 1; i < size; i++) {
            for (uint256 j = 0; j < i; j++) {
                if (members[i] == members[j]) revert CommitteeMemberRepeated(members[i]);
            }
        }
        _name(members, threshold, false, uint64(block.timestamp));
    }

    function renewCommittee() external returns (uint64 epoch) {
        if (address(keys) == address(0)) revert KeysNotSet();
        (uint64 base, bool due) = _renewal();
        Committee memory old = _committees[base];
        uint64[] memory members = _present(old.members);
        bool same = members.length == old.members.length;
        if (same && !due) revert RefreshTooEarly(activatedAt + refreshSeconds);
        _requireSize(members.length);
        // Fewer could not hand the key on. The threshold stays: else whoever keeps some members' machines from being proven would
        // bring down how many it takes to learn the key.
        if (members.length < old.threshold) revert CommitteeSize(members.length);
        _requireVendors(members, old.threshold);
        return _name(members, old.threshold, true, base == activeEpoch ? uint64(block.timestamp) : old.namedAt);
    }

    function activate() external {
        uint64 epoch = latestEpoch;
        if (epoch == activeEpoch) revert EpochUnknown(epoch + 1);
        Committee memory named = _committees[epoch];
        if (address(keys) == address(0)) {
            _requireLive(named.members);
        } else if (!keys.isConfirmed(epoch)) {
            revert EpochNotConfirmed(epoch);
        }
        for (uint256 i = 0; i < named.members.length; i++) {
            if (!_isActive(named.members[i])) revert MemberNotActive(named.members[i]);
        }
        _requireVendors(named.members, named.threshold);
        previousEpoch = activeEpoch;
        activeEpoch = epoch;
        activatedAt = uint64(block.timestamp);
        lastSignedAt = uint64(block.timestamp);
        emit CommitteeActivated(epoch);
    }

    function reopen() external restricted {
        if (activeEpoch == 0) revert GenesisClosed();
        if (block.timestamp < lastSignedAt + SILENCE_SECONDS || _hasLiveQuorum()) revert QuorumNotSilent(lastSignedAt);
        reopenedUntil = uint64(block.timestamp) + REOPEN_SECONDS;
        emit GenesisReopened(activeEpoch, reopenedUntil);
    }

    function verify(bytes32 structHash, Signed calldata signed, bool genesis) external {
        if (genesis) {
            _requireGenesis(signed.epoch);
        } else if (!_counts(signed.epoch)) {
            revert EpochNotActive(signed.epoch, activeEpoch);
        }
        _check(structHash, signed, genesis && !_isReopened(), genesis);
        if (!genesis && block.timestamp >= lastSignedAt + NOTE_SECONDS) lastSignedAt = uint64(block.timestamp);
    }

    function verifyNamed(bytes32 structHash, Signed calldata signed) external view {
        if (signed.epoch != latestEpoch || signed.epoch == 0) revert EpochNotActive(signed.epoch, latestEpoch);
        _check(structHash, signed, false, false);
    }

    function genesisOpen() public view returns (bool) {
        if (latestEpoch == 0) return false;
        if (activeEpoch == 0) return true;
        if (!_isReopened() && subnet.kind() != ISubnet.NetworkKind.Development) return false;
        return !_hasLiveQuorum();
    }

    function isSeated(uint64 nodeId) external view returns (bool) {
        if (_seats(activeEpoch, nodeId)) return true;
        if (_counts(previousEpoch) && _seats(previousEpoch, nodeId)) return true;
        // Its share of an older key is good until that ends.
        if (address(keys) != address(0) && _seats(keys.frozenEpoch(), nodeId)) return true;
        // One that left can take no seat: a committee that never comes to be does not hold it.
        return latestEpoch != activeEpoch && _seats(latestEpoch, nodeId) && _isActive(nodeId);
    }

    function committee(uint64 epoch) external view returns (uint64[] memory members, uint16 threshold) {
        if (epoch == 0 || epoch > latestEpoch) revert EpochUnknown(epoch);
        return (_committees[epoch].members, _committees[epoch].threshold);
    }

    function member(uint64 epoch, uint16 index) external view returns (uint64 nodeId) {
        uint64[] storage members = _committees[epoch].members;
        if (index == 0 || index > members.length) revert MemberUnknown(epoch, index);
        return members[index - 1];
    }

    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev A number of its own also for one that replaces a pending committee: nobody ever signs twice for an epoch.
    function _name(uint64[] memory members, uint16 threshold, bool renewed, uint64 namedAt)
        private
        returns (uint64 epoch)
    {
        _requireOwners(members, threshold);
        epoch = ++latestEpoch;
        _committees[epoch] = Committee({members: members, threshold: threshold, renewed: renewed, namedAt: namedAt});
        emit CommitteeNamed(epoch, uint16(members.length), threshold);
    }

    function _setRefresh(uint64 refreshSeconds_) private {
        if (refreshSeconds_ == 0 || refreshSeconds_ > MAX_REFRESH_SECONDS) revert RefreshInvalid(refreshSeconds_);
        refreshSeconds = refreshSeconds_;
        emit RefreshSet(refreshSeconds_);
    }

    /// @dev The epoch whose committee is named again, and whether it is time for that even when nobody is out.
    function _renewal() private view returns (uint64 base, bool due) {
        uint64 latest = latestEpoch;
        if (latest == 0) revert EpochUnknown(0);
        if (latest == activeEpoch) {
            (bool ordered,) = keys.rotation();
            return (latest, ordered || block.timestamp >= activatedAt + refreshSeconds);
        }
        Committee storage named = _committees[latest];
        bool recent = activeEpoch == 0 || block.timestamp < named.namedAt + refreshSeconds;
        uint64 session = keys.sessionOf(latest);
        bool held = recent;
        if (session != 0) {
            IKeys.Phase phase = keys.session(session).phase;
            held = phase == IKeys.Phase.Confirmed ? _canBegin(named) : phase != IKeys.Phase.Expired;
        } else if (recent && named.renewed) {
            held = _present(named.members).length == named.members.length;
        }
        if (held) revert EpochPending(latest);
        return (recent ? latest : activeEpoch, true);
    }

    /// @dev Whether a confirmed committee would be taken by `activate`.
    function _canBegin(Committee memory named) private view returns (bool) {
        for (uint256 i = 0; i < named.members.length; i++) {
            if (!_isActive(named.members[i])) return false;
        }
        (, uint256 together) = _vendors(named.members);
        return together < named.threshold;
    }

    /// @dev Those that are active nodes with a live proof, in the same order.
    function _present(uint64[] memory members) private view returns (uint64[] memory present) {
        (, bool[] memory live,) = subnet.signers(members);
        uint256 count = 0;
        for (uint256 i = 0; i < live.length; i++) {
            live[i] = live[i] && _isActive(members[i]);
            if (live[i]) count++;
        }
        present = new uint64[](count);
        uint256 next = 0;
        for (uint256 i = 0; i < live.length; i++) {
            if (live[i]) present[next++] = members[i];
        }
    }

    function _requireSize(uint256 size) private view {
        uint256 smallest = subnet.kind() == ISubnet.NetworkKind.Live ? MIN_LIVE_MEMBERS : 1;
        if (size < smallest || size > MAX_MEMBERS) revert CommitteeSize(size);
    }

    function _requireLive(uint64[] memory members) private view {
        (, bool[] memory live,) = subnet.signers(members);
        for (uint256 i = 0; i < live.length; i++) {
            if (!live[i]) revert SignerNotLive(members[i]);
        }
    }

    /// @dev Threshold signatures of the committee of `signed.epoch`, not expired. Keys count with a live proof, all registered ones with
    /// `registered`, those whose proof nothing but time has ended with `again`.
    function _check(bytes32 structHash, Signed calldata signed, bool registered, bool again) private view {
        if (signed.expiry < block.timestamp) revert StatementExpired(signed.expiry, block.timestamp);
        (uint64[] memory ids, uint256[] memory indexes) = _signersOf(signed);
        (address[] memory signerKeys, bool[] memory live, bool[] memory lapsed) = subnet.signers(ids);
        bytes32 digest = _hashTypedDataV4(structHash);
        for (uint256 i = 0; i < ids.length; i++) {
            bool counts = registered || live[i] || (again && lapsed[i]);
            if (!counts || signerKeys[i] == address(0)) revert SignerNotLive(ids[i]);
            _checkSignature(digest, signed.signatures, i, indexes[i], signerKeys[i]);
        }
    }

    /// @dev Active, or the one before it within the overlap.
    function _counts(uint64 epoch) private view returns (bool) {
        if (epoch == 0) return false;
        if (epoch == activeEpoch) return true;
        return epoch == previousEpoch && block.timestamp <= activatedAt + OVERLAP_SECONDS;
    }

    /// @dev After a silence: the committee that vouches for itself is the active one, its keys those that it proved before.
    function _isReopened() private view returns (bool) {
        return block.timestamp <= reopenedUntil;
    }

    function _requireGenesis(uint64 epoch) private view {
        if (msg.sender != address(subnet)) revert GenesisForSubnetOnly(msg.sender);
        if (!genesisOpen()) revert GenesisClosed();
        uint64 expected = _isReopened() ? activeEpoch : latestEpoch;
        if (epoch != expected) revert EpochNotActive(epoch, expected);
    }

    function _hasLiveQuorum() private view returns (bool) {
        Committee storage active = _committees[activeEpoch];
        (, bool[] memory live,) = subnet.signers(active.members);
        uint256 count = 0;
        for (uint256 i = 0; i < live.length; i++) {
            if (live[i]) count++;
        }
        return count >= active.threshold;
    }

    function _isActive(uint64 nodeId) private view returns (bool) {
        return subnet.node(nodeId).status == ISubnet.NodeStatus.Active;
    }

    function _seats(uint64 epoch, uint64 nodeId) private view returns (bool) {
        uint64[] storage members = _committees[epoch].members;
        for (uint256 i = 0; i < members.length; i++) {
            if (members[i] == nodeId) return true;
        }
        return false;
    }

    /// @dev Node ids and committee indexes of the set bits, ascending: distinct, because members of a committee are.
    function _signersOf(Signed calldata signed) private view returns (uint64[] memory ids, uint256[] memory indexes) {
        Committee storage named = _committees[signed.epoch];
        uint256 size = named.members.length;
        if (signed.bitmap >> size != 0) revert BitmapOutOfRange(signed.bitmap, size);
        uint256 count = 0;
        for (uint256 i = 0; i < size; i++) {
            if ((signed.bitmap >> i) & 1 == 1) count++;
        }
        if (count < named.threshold) revert SignaturesTooFew(count, named.threshold);
        uint256 expected = count * SIGNATURE_BYTES;
        if (signed.signatures.length != expected) revert SignatureLength(signed.signatures.length, expected);
        ids = new uint64[](count);
        indexes = new uint256[](count);
        uint256 next = 0;
        for (uint256 i = 0; i < size; i++) {
            if ((signed.bitmap >> i) & 1 == 0) continue;
            ids[next] = named.members[i];
            indexes[next] = i;
            next++;
        }
    }

    function _checkSignature(bytes32 digest, bytes calldata signatures, uint256 position, uint256 member, address key)
        private
        pure
    {
        bytes calldata one = signatures[position * SIGNATURE_BYTES:(position + 1) * SIGNATURE_BYTES];
        (address recovered, ECDSA.RecoverError problem,) =
            ECDSA.tryRecover(digest, uint8(one[64]), bytes32(one[0:32]), bytes32(one[32:64]));
        if (problem == ECDSA.RecoverError.InvalidSignatureS) revert SignatureMalleable(member);
        if (problem != ECDSA.RecoverError.NoError || recovered != key) revert SignerWrong(member, key, recovered);
    }

    /// @dev The (minOwners-1) largest owners together hold fewer than `threshold` seats, and a quorum remains when the
    /// largest owner is silent.
    function _requireOwners(uint64[] memory members, uint16 threshold) private view {
        uint256 size = members.length;
        uint256[] memory owners = new uint256[](size);
        for (uint256 i = 0; i < size; i++) {
            ISubnet.Node memory n = subnet.node(members[i]);
            if (n.status != ISubnet.NodeStatus.Active) revert MemberNotActive(members[i]);
            owners[i] = uint160(n.owner);
        }
        if (minOwners <= 1) return;
        (uint256 distinct, uint256 largest, uint256 together) = _concentration(owners, minOwners - 1);
        if (size - largest < threshold || together >= threshold) {
            revert CommitteeNotDiverse(distinct, minOwners);
        }
    }

    /// @dev The (minVendors-1) largest vendors of hardware together hold fewer than `threshold` seats.
    function _requireVendors(uint64[] memory members, uint16 threshold) private view {
        (uint256 distinct, uint256 together) = _vendors(members);
        if (together >= threshold) revert CommitteeNotDiverseInVendors(distinct, minVendors);
    }

    /// @dev How many vendors there are, and how many seats the (minVendors-1) largest hold together.
    function _vendors(uint64[] memory members) private view returns (uint256 distinct, uint256 together) {
        if (minVendors <= 1) return (0, 0);
        uint256[] memory vendors = new uint256[](members.length);
        for (uint256 i = 0; i < members.length; i++) {
            vendors[i] = subnet.vendorOf(members[i]);
        }
        (distinct,, together) = _concentration(vendors, minVendors - 1);
    }

    /// @dev How many different holders there are, how many seats the largest has, and how many the `count` largest together.
    function _concentration(uint256[] memory holders, uint256 count)
        private
        pure
        returns (uint256 distinct, uint256 largest, uint256 together)
    {
        uint256[] memory seats = new uint256[](holders.length);
        uint256[] memory seen = new uint256[](holders.length);
        for (uint256 i = 0; i < holders.length; i++) {
            uint256 at = 0;
            while (at < distinct && seen[at] != holders[i]) at++;
            if (at == distinct) seen[distinct++] = holders[i];
            seats[at]++;
        }
        for (uint256 round = 0; round < count && round < distinct; round++) {
            uint256 top = 0;
            for (uint256 i = 1; i < distinct; i++) {
                if (seats[i] > seats[top]) top = i;
            }
            if (round == 0) largest = seats[top];
            together += seats[top];
            seats[top] = 0;
        }
    }
}
