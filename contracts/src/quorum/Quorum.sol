// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Administered} from "../dao/Administered.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {IQuorum} from "./IQuorum.sol";

/// @title Quorum: committees of dsecret nodes and the check of what they signed
contract Quorum is IQuorum, Administered, EIP712 {
    struct Committee {
        uint64[] members;
        uint16 threshold;
    }

    /// @dev Bounds every loop over a committee.
    uint256 private constant MAX_MEMBERS = 64;
    uint256 private constant MIN_LIVE_MEMBERS = 4;
    uint256 private constant SIGNATURE_BYTES = 65;
    /// @dev How long statements of the epoch before the active one still count.
    uint256 private constant OVERLAP_SECONDS = 15 minutes;

    uint16 public immutable minOwners;
    ISubnet public subnet;
    uint64 public latestEpoch;
    uint64 public activeEpoch;
    uint64 public previousEpoch;
    uint64 public activatedAt;
    mapping(uint64 epoch => Committee) private _committees;

    constructor(address admin, uint16 minOwners_) Administered(admin) EIP712("WeTEE", "1") {
        minOwners = minOwners_;
    }

    function setSubnet(address subnet_) external onlyOwner {
        if (address(subnet) != address(0)) revert AlreadySet();
        if (subnet_ == address(0)) revert ZeroAddress();
        subnet = ISubnet(subnet_);
        emit SubnetSet(subnet_);
    }

    function nameCommittee(uint64[] calldata members, uint16 threshold) external onlyOwner {
        uint256 size = members.length;
        uint256 smallest = subnet.kind() == ISubnet.NetworkKind.Live ? MIN_LIVE_MEMBERS : 1;
        if (size < smallest || size > MAX_MEMBERS) revert CommitteeSize(size);
        if (threshold < size / 2 + 1 || threshold > size) revert CommitteeThreshold(threshold, size);
        for (uint256 i = 1; i < size; i++) {
            for (uint256 j = 0; j < i; j++) {
                if (members[i] == members[j]) revert CommitteeMemberRepeated(members[i]);
            }
        }
        _requireDiverse(members, threshold);
        uint64 epoch = ++latestEpoch;
        _committees[epoch] = Committee({members: members, threshold: threshold});
        emit CommitteeNamed(epoch, uint16(size), threshold);
    }

    function activate() external {
        uint64 epoch = latestEpoch;
        if (epoch == activeEpoch) revert EpochUnknown(epoch + 1);
        uint64[] memory members = _committees[epoch].members;
        (, bool[] memory live) = subnet.signers(members);
        for (uint256 i = 0; i < members.length; i++) {
            if (!live[i]) revert SignerNotLive(members[i]);
        }
        previousEpoch = activeEpoch;
        activeEpoch = epoch;
        activatedAt = uint64(block.timestamp);
        emit CommitteeActivated(epoch);
    }

    function verify(bytes32 structHash, Signed calldata signed, bool genesis) external view {
        if (genesis) {
            if (msg.sender != address(subnet)) revert GenesisForSubnetOnly(msg.sender);
            if (!genesisOpen()) revert GenesisClosed();
            if (signed.epoch != latestEpoch) revert EpochNotActive(signed.epoch, latestEpoch);
        } else if (!_counts(signed.epoch)) {
            revert EpochNotActive(signed.epoch, activeEpoch);
        }
        if (signed.expiry < block.timestamp) revert StatementExpired(signed.expiry, block.timestamp);
        (uint64[] memory ids, uint256[] memory indexes) = _signersOf(signed);
        (address[] memory keys, bool[] memory live) = subnet.signers(ids);
        bytes32 digest = _hashTypedDataV4(structHash);
        for (uint256 i = 0; i < ids.length; i++) {
            if (!genesis && !live[i]) revert SignerNotLive(ids[i]);
            _checkSignature(digest, signed.signatures, i, indexes[i], keys[i]);
        }
    }

    function genesisOpen() public view returns (bool) {
        if (latestEpoch == 0) return false;
        if (activeEpoch == 0) return true;
        if (subnet.kind() != ISubnet.NetworkKind.Development) return false;
        Committee storage active = _committees[activeEpoch];
        (, bool[] memory live) = subnet.signers(active.members);
        uint256 count = 0;
        for (uint256 i = 0; i < live.length; i++) {
            if (live[i]) count++;
        }
        return count < active.threshold;
    }

    function committee(uint64 epoch) external view returns (uint64[] memory members, uint16 threshold) {
        if (epoch == 0 || epoch > latestEpoch) revert EpochUnknown(epoch);
        return (_committees[epoch].members, _committees[epoch].threshold);
    }

    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Active, or the one before it within the overlap.
    function _counts(uint64 epoch) private view returns (bool) {
        if (epoch == 0) return false;
        if (epoch == activeEpoch) return true;
        return epoch == previousEpoch && block.timestamp <= activatedAt + OVERLAP_SECONDS;
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
    function _requireDiverse(uint64[] calldata members, uint16 threshold) private view {
        uint256 size = members.length;
        address[] memory owners = new address[](size);
        uint256[] memory seats = new uint256[](size);
        uint256 distinct = 0;
        for (uint256 i = 0; i < size; i++) {
            address owner = subnet.node(members[i]).owner;
            uint256 at = 0;
            while (at < distinct && owners[at] != owner) at++;
            if (at == distinct) owners[distinct++] = owner;
            seats[at]++;
        }
        if (minOwners <= 1) return;
        if (distinct < minOwners) revert CommitteeNotDiverse(distinct, minOwners);
        uint256 together = 0;
        for (uint256 round = 1; round < minOwners; round++) {
            uint256 largest = 0;
            for (uint256 i = 1; i < distinct; i++) {
                if (seats[i] > seats[largest]) largest = i;
            }
            if (round == 1 && size - seats[largest] < threshold) revert CommitteeNotDiverse(distinct, minOwners);
            together += seats[largest];
            seats[largest] = 0;
        }
        if (together >= threshold) revert CommitteeNotDiverse(distinct, minOwners);
    }
}
