// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../cloud/ICloud.sol";
import {IKeys} from "../keys/IKeys.sol";
import {ISubnet} from "../subnet/ISubnet.sol";
import {ISecrets} from "./ISecrets.sol";

/// @title Secrets: digests of ciphertexts by application and name
/// @dev No role and no money. What goes is deleted, so that its storage deposit comes back; what stays of a secret is one slot with the
/// numbers that are used up, and one for each digest that was taken.
contract Secrets is ISecrets {
    /// @param older the version that was current when the first of a newer key was set; 0 for none
    /// @param place in the list of its application, from 1; 0: not set
    struct Record {
        uint32 current;
        uint32 latest;
        uint32 older;
        uint8 place;
        uint8 readers;
    }

    /// @dev One slot: whose a digest is, for good. 20 bytes of a name's hash: names of one application alone could be confused.
    struct Taken {
        uint64 appId;
        uint32 version;
        bytes20 nameTag;
    }

    /// @dev One slot for an owner, two for a manifest.
    struct StoredReader {
        uint64 appId;
        address owner;
        bytes32 manifestDigest;
    }

    uint256 private constant MAX_NAME_BYTES = 64;
    uint256 private constant MAX_SECRETS = 64;
    uint256 private constant MAX_READERS = 16;
    uint32 private constant KEPT_VERSIONS = 16;

    address public immutable cloud;
    address public immutable subnet;
    address public immutable keys;

    mapping(uint64 appId => string[]) private _names;
    mapping(uint64 appId => mapping(bytes20 nameTag => Record)) private _records;
    mapping(uint64 appId => mapping(bytes20 nameTag => mapping(uint32 number => Version))) private _versions;
    mapping(uint64 appId => mapping(bytes20 nameTag => mapping(uint256 index => StoredReader))) private _readers;
    mapping(bytes32 ciphertextDigest => Taken) private _taken;
    mapping(uint64 nodeId => uint64) public receiptsPosted;

    constructor(address cloud_, address subnet_, address keys_) {
        if (cloud_ == address(0) || subnet_ == address(0) || keys_ == address(0)) revert ZeroAddress();
        cloud = cloud_;
        subnet = subnet_;
        keys = keys_;
    }

    function setSecret(
        uint64 appId,
        string calldata name,
        uint32 number,
        uint32 key,
        bytes32 ciphertextDigest,
        bytes32 policyDigest
    ) external {
        _requireOwner(appId, true);
        _requireName(name);
        uint32 newest = IKeys(keys).keyCount();
        if (key == 0 || key != newest) revert KeyNotNewest(key, newest);
        if (ciphertextDigest == 0 || policyDigest == 0) revert ZeroDigest();
        if (_taken[ciphertextDigest].appId != 0) revert DigestTaken(ciphertextDigest);
        bytes20 tag = _tagOf(name);
        Record storage r = _records[appId][tag];
        if (number == 0 || number - 1 != r.latest) revert VersionNotNext(number, r.latest + 1);
        if (r.place == 0) {
            string[] storage names = _names[appId];
            if (names.length == MAX_SECRETS) revert SecretsTooMany(MAX_SECRETS);
            names.push(name);
            r.place = uint8(names.length);
        }
        _taken[ciphertextDigest] = Taken(appId, number, tag);
        _setCurrent(
            r,
            _versions[appId][tag],
            number,
            Version(ciphertextDigest, policyDigest, msg.sender, uint64(block.timestamp), key)
        );
        emit SecretSet(appId, keccak256(bytes(name)), number, key, ciphertextDigest, policyDigest);
    }

    function rollBack(uint64 appId, string calldata name, uint32 number) external {
        _requireOwner(appId, true);
        Record storage r = _setRecord(appId, name);
        mapping(uint32 number => Version) storage versions = _versions[appId][_tagOf(name)];
        if (versions[number].ciphertextDigest == 0) revert VersionUnknown(number);
        uint32 key = versions[number].key;
        if (!IKeys(keys).isKeyLive(key)) revert KeyEnded(key);
        if (key == versions[r.current].key) r.current = number;
        else if (r.older != 0 && key == versions[r.older].key) _setOlder(r, versions, number, r.latest);
        else revert VersionOfOtherKey(number, key);
        emit SecretRolledBack(appId, keccak256(bytes(name)), number);
    }

    function removeSecret(uint64 appId, string calldata name) external {
        _requireOwner(appId, false);
        Record storage r = _setRecord(appId, name);
        bytes20 tag = _tagOf(name);
        uint32 latest = r.latest;
        for (uint32 i = 0; i < KEPT_VERSIONS && i < latest; i++) {
            delete _versions[appId][tag][latest - i];
        }
        delete _versions[appId][tag][r.older];
        for (uint256 i = 0; i < r.readers; i++) {
            delete _readers[appId][tag][i];
        }
        string[] storage names = _names[appId];
        uint8 place = r.place;
        if (place != names.length) {
            string memory last = names[names.length - 1];
            names[place - 1] = last;
            _records[appId][bytes20(keccak256(bytes(last)))].place = place;
        }
        names.pop();
        (r.current, r.older, r.place, r.readers) = (0, 0, 0, 0);
        emit SecretRemoved(appId, keccak256(bytes(name)));
    }

    function grant(uint64 appId, string calldata name, Reader calldata reader) external {
        _requireOwner(appId, true);
        Record storage r = _setRecord(appId, name);
        bool byManifest = reader.appId != 0 && reader.manifestDigest != 0 && reader.owner == address(0);
        bool byOwner = reader.appId == 0 && reader.manifestDigest == 0 && reader.owner != address(0);
        if (!byManifest && !byOwner) revert ReaderInvalid();
        // Whoever would create an application of that number: not known yet.
        if (byManifest && reader.appId > ICloud(cloud).appCount()) revert ReaderInvalid();
        bytes20 tag = _tagOf(name);
        uint8 count = r.readers;
        if (_find(appId, tag, count, reader) != count) revert ReaderKnown();
        if (count == MAX_READERS) revert ReadersTooMany(MAX_READERS);
        _readers[appId][tag][count] = StoredReader(reader.appId, reader.owner, reader.manifestDigest);
        r.readers = count + 1;
        emit SecretGranted(appId, keccak256(bytes(name)), reader);
    }

    function revoke(uint64 appId, string calldata name, Reader calldata reader) external {
        _requireOwner(appId, false);
        Record storage r = _setRecord(appId, name);
        bytes20 tag = _tagOf(name);
        uint8 count = r.readers;
        uint256 found = _find(appId, tag, count, reader);
        if (found == count) revert ReaderUnknown();
        mapping(uint256 index => StoredReader) storage list = _readers[appId][tag];
        if (found != count - 1) list[found] = list[count - 1];
        delete list[count - 1];
        r.readers = count - 1;
        emit SecretRevoked(appId, keccak256(bytes(name)), reader);
    }

    function postReceipts(uint64 nodeId, uint64 first, uint64 count, bytes32 root) external {
        if (msg.sender != ISubnet(subnet).node(nodeId).operator) revert NotOperator(msg.sender);
        uint64 posted = receiptsPosted[nodeId];
        if (first == 0 || first - 1 != posted) revert ReceiptsNotNext(first, posted + 1);
        if (count == 0 || count > type(uint64).max - 1 - posted) revert ReceiptsCount(count);
        if (root == 0) revert ZeroDigest();
        receiptsPosted[nodeId] = posted + count;
        emit ReceiptsPosted(nodeId, first, count, root);
    }

    function secret(uint64 appId, string calldata name) external view returns (Secret memory) {
        return _secretOf(appId, name);
    }

    function secretUnder(uint64 appId, string calldata name, uint32 key) external view returns (Secret memory s) {
        bytes20 tag = _tagOf(name);
        Record memory r = _records[appId][tag];
        mapping(uint32 number => Version) storage versions = _versions[appId][tag];
        (s.name, s.latest) = (name, r.latest);
        if (key == 0) return s;
        if (versions[r.current].key == key) s.current = r.current;
        else if (versions[r.older].key == key) s.current = r.older;
        s.version = versions[s.current];
    }

    function secrets(uint64 appId) external view returns (Secret[] memory list) {
        string[] storage names = _names[appId];
        list = new Secret[](names.length);
        for (uint256 i = 0; i < list.length; i++) {
            list[i] = _secretOf(appId, names[i]);
        }
    }

    function version(uint64 appId, string calldata name, uint32 number) external view returns (Version memory) {
        return _versions[appId][_tagOf(name)][number];
    }

    function readers(uint64 appId, string calldata name) external view returns (Reader[] memory list) {
        bytes20 tag = _tagOf(name);
        list = new Reader[](_records[appId][tag].readers);
        for (uint256 i = 0; i < list.length; i++) {
            StoredReader storage s = _readers[appId][tag][i];
            list[i] = Reader(s.appId, s.manifestDigest, s.owner);
        }
    }

    function isGranted(uint64 appId, string calldata name, uint64 readerAppId, bytes32 manifestDigest)
        external
        view
        returns (bool)
    {
        bytes20 tag = _tagOf(name);
        uint256 count = _records[appId][tag].readers;
        if (count == 0 || readerAppId == 0 || manifestDigest == 0) return false;
        if (readerAppId > ICloud(cloud).appCount()) return false;
        if (ICloud(cloud).app(appId).state == ICloud.AppState.Ended) return false;
        ICloud.App memory a = ICloud(cloud).app(readerAppId);
        if (a.state == ICloud.AppState.Ended) return false;
        for (uint256 i = 0; i < count; i++) {
            StoredReader storage s = _readers[appId][tag][i];
            if (s.appId == 0 ? s.owner == a.owner : s.appId == readerAppId && s.manifestDigest == manifestDigest) {
                return true;
            }
        }
        return false;
    }

    function secretOf(bytes32 ciphertextDigest)
        external
        view
        returns (uint64 appId, string memory name, uint32 number)
    {
        Taken memory t = _taken[ciphertextDigest];
        if (_versions[t.appId][t.nameTag][t.version].ciphertextDigest == 0) return (0, "", 0);
        return (t.appId, _names[t.appId][_records[t.appId][t.nameTag].place - 1], t.version);
    }

    /// @dev The version of an older key stays for that key's instances however many follow; another one in its place lets it go.
    function _setCurrent(
        Record storage r,
        mapping(uint32 number => Version) storage versions,
        uint32 number,
        Version memory set
    ) private {
        uint32 former = r.current;
        if (former != 0 && versions[former].key != set.key) {
            _setOlder(r, versions, former, number);
        }
        (r.current, r.latest) = (number, number);
        versions[number] = set;
        if (number > KEPT_VERSIONS && number - KEPT_VERSIONS != r.older) delete versions[number - KEPT_VERSIONS];
    }

    /// @dev The one in whose place it comes goes, where it was kept for this alone.
    function _setOlder(
        Record storage r,
        mapping(uint32 number => Version) storage versions,
        uint32 number,
        uint32 latest
    ) private {
        uint32 former = r.older;
        if (former != 0 && former != number && former + KEPT_VERSIONS <= latest) delete versions[former];
        r.older = number;
    }

    /// @dev The place of a reader among `count`, or `count` where it is not one of them.
    function _find(uint64 appId, bytes20 tag, uint256 count, Reader calldata reader) private view returns (uint256 i) {
        for (; i < count; i++) {
            StoredReader storage s = _readers[appId][tag][i];
            if (s.appId == reader.appId && s.owner == reader.owner && s.manifestDigest == reader.manifestDigest) break;
        }
    }

    function _secretOf(uint64 appId, string memory name) private view returns (Secret memory) {
        bytes20 tag = bytes20(keccak256(bytes(name)));
        Record memory r = _records[appId][tag];
        return Secret(name, r.current, r.latest, _versions[appId][tag][r.current]);
    }

    function _setRecord(uint64 appId, string calldata name) private view returns (Record storage r) {
        r = _records[appId][_tagOf(name)];
        if (r.place == 0) revert SecretUnknown(appId, keccak256(bytes(name)));
    }

    function _requireOwner(uint64 appId, bool living) private view {
        ICloud.App memory a = ICloud(cloud).app(appId);
        if (msg.sender != a.owner) revert NotOwner(msg.sender);
        if (living && a.state == ICloud.AppState.Ended) revert AppEnded(appId);
    }

    function _requireName(string calldata name) private pure {
        bytes calldata text = bytes(name);
        if (text.length == 0 || text.length > MAX_NAME_BYTES || text[0] == ".") revert NameInvalid();
        for (uint256 i = 0; i < text.length; i++) {
            bytes1 c = text[i];
            bool letter = (c >= "a" && c <= "z") || (c >= "A" && c <= "Z");
            if (!letter && !(c >= "0" && c <= "9") && c != "." && c != "_" && c != "-") revert NameInvalid();
        }
    }

    function _tagOf(string calldata name) private pure returns (bytes20) {
        return bytes20(keccak256(bytes(name)));
    }
}
