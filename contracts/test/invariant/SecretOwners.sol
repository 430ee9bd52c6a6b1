// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Sessions} from "./Sessions.sol";

/// @dev What owners of applications do with secrets and operators with receipts, and the same kept in the plainest way.
contract SecretOwners is Sessions {
    struct Model {
        bool isSet;
        uint32 current;
        uint32 latest;
        /// What instances of the key before that of `current` are given.
        uint32 older;
    }

    struct Place {
        uint64 appId;
        uint8 name;
        uint32 version;
    }

    uint256 public constant NAMES = 3;
    uint64 private constant MAX_APPS = 6;
    uint32 private constant KEPT = 16;
    address private constant OTHER = address(0x0B22);
    address private constant STRANGER = address(0x5742);
    bytes32 private constant POLICY = keccak256("policy");

    ISecrets public secrets;
    bytes32[] public digests;
    mapping(bytes32 digest => Place) private _placeOf;
    mapping(uint64 appId => mapping(uint8 name => Model)) private _models;
    mapping(uint64 appId => mapping(uint8 name => mapping(uint32 version => bytes32))) public digestOf;
    mapping(uint64 appId => mapping(uint8 name => mapping(uint32 version => uint32))) public keyOfVersion;
    mapping(uint64 appId => mapping(uint8 name => mapping(uint32 version => bool))) private _used;
    mapping(uint64 appId => mapping(uint8 name => ISecrets.Reader[])) private _readers;
    mapping(uint64 nodeId => uint64) public posted;

    constructor() {
        setUp();
        secrets = ISecrets(deploy("Secrets", abi.encode(cloud, subnet, keys)));
    }

    /// @dev A worker is proven once a committee is active: then there are two applications of two owners.
    modifier onceThereAreApps() {
        if (cloud.appCount() == 0) beginApps();
        if (cloud.appCount() != 0) _;
    }

    function cloudOf() external view returns (ICloud) {
        return cloud;
    }

    function model(uint64 appId, uint8 name) external view returns (Model memory) {
        return _models[appId][name];
    }

    function readersOf(uint64 appId, uint8 name) external view returns (ISecrets.Reader[] memory) {
        return _readers[appId][name];
    }

    function placeOf(bytes32 digest) external view returns (Place memory) {
        return _placeOf[digest];
    }

    function digestCount() external view returns (uint256) {
        return digests.length;
    }

    function nameOf(uint8 name) public pure returns (string memory) {
        string[3] memory names = ["db_password", "api-key", "x"];
        return names[name];
    }

    function manifestOf(uint256 which) public pure returns (bytes32) {
        return keccak256(abi.encode("manifest", which % 2));
    }

    // -- applications

    function create(uint256 seed) external onTime onceThereAreApps {
        if (seed % 8 != 0 || cloud.appCount() >= MAX_APPS) return;
        make(seed & 256 == 0 ? OWNER : OTHER);
        done["create"]++;
    }

    function end(uint256 seed) external onTime onceThereAreApps {
        if (seed % 12 != 0) return;
        uint64 appId = pickApp(seed);
        vm.prank(cloud.app(appId).owner);
        try cloud.terminate(appId) {
            done["end"]++;
        } catch {}
    }

    function handOver(uint256 seed) external onTime onceThereAreApps {
        if (seed % 4 != 0) return;
        uint64 appId = pickApp(seed);
        address owner = cloud.app(appId).owner;
        address next = owner == OWNER ? OTHER : OWNER;
        vm.prank(owner);
        try cloud.offerOwnership(appId, next) {
            vm.prank(next);
            cloud.takeOwnership(appId);
            done["hand over"]++;
        } catch {}
    }

    // -- secrets

    function set(uint256 seed) external onTime onceThereAreApps {
        (uint64 appId, uint8 name) = pickSecret(seed);
        uint256 times = seed % 16 == 0 ? KEPT + 1 : 1;
        for (uint256 i = 0; i < times; i++) {
            setOne(appId, name, seed >> 16, keccak256(abi.encode(seed, i)));
        }
    }

    /// @dev As an owner does in time: set under one key, made anew under the next.
    function setUnderBoth(uint256 seed) external onTime onceThereAreApps {
        (uint64 appId, uint8 name) = pickSecret(seed);
        setOne(appId, name, 5, keccak256(abi.encode(seed, "older")));
        makeAnotherKey();
        setOne(appId, name, 5, keccak256(abi.encode(seed, "newer")));
    }

    /// @dev Now and then by a stranger, with a number that is not next, with a digest that is taken, or under another key than the newest.
    function setOne(uint64 appId, uint8 name, uint256 seed, bytes32 digest) private {
        uint32 next = _models[appId][name].latest + 1;
        uint32 version = seed % 12 == 0 ? uint32((seed >> 8) % (next + 2)) : next;
        if (seed % 12 == 1 && digests.length > 0) digest = digests[(seed >> 8) % digests.length];
        address caller = seed % 12 == 2 ? STRANGER : cloud.app(appId).owner;
        uint32 key = madeCount;
        if (seed % 12 == 3) key = uint32((seed >> 8) % (madeCount + 2));
        if (seed % 12 == 4 && madeCount != 0) key = madeCount - 1;
        bool fits = caller != STRANGER && lives(appId) && version == next && _placeOf[digest].appId == 0 && key != 0
            && key == madeCount;
        if (key + 1 == madeCount && key != 0) done["set under an older key"]++;
        if (_placeOf[digest].appId != 0) done["set a digest again"]++;
        vm.prank(caller);
        (bool taken,) = address(secrets)
            .call(abi.encodeCall(ISecrets.setSecret, (appId, nameOf(name), version, key, digest, POLICY)));
        require(taken == fits, fits ? "not set" : "set what may not be");
        if (taken) noteSet(appId, name, version, digest);
    }

    function noteSet(uint64 appId, uint8 name, uint32 version, bytes32 digest) private {
        require(!_used[appId][name][version], "a number was used again");
        _used[appId][name][version] = true;
        Model storage m = _models[appId][name];
        if (m.latest != 0) done[m.isSet ? "rotate" : "set again"]++;
        uint32 former = m.current;
        if (former != 0 && keyOfVersion[appId][name][former] != madeCount) {
            keepOlder(appId, name, former, version);
            done["set under a newer key"]++;
        }
        (m.isSet, m.current, m.latest) = (true, version, version);
        digestOf[appId][name][version] = digest;
        keyOfVersion[appId][name][version] = madeCount;
        _placeOf[digest] = Place(appId, name, version);
        digests.push(digest);
        done["set"]++;
        if (version <= KEPT || version - KEPT == m.older) return;
        if (digestOf[appId][name][version - KEPT] != 0) done["drop"]++;
        delete digestOf[appId][name][version - KEPT];
    }

    /// @dev Another one in its place lets go what was kept for this alone.
    function keepOlder(uint64 appId, uint8 name, uint32 version, uint32 latest) private {
        Model storage m = _models[appId][name];
        if (m.older != 0 && m.older != version && m.older + KEPT <= latest) delete digestOf[appId][name][m.older];
        m.older = version;
    }

    function rollBack(uint256 seed) external onTime onceThereAreApps {
        (uint64 appId, uint8 name) = pickSecret(seed);
        if (seed % 4 == 0) (appId, name) = orOneOfTwoKeys(appId, name);
        Model storage m = _models[appId][name];
        uint32 version = uint32((seed >> 16) % (uint256(m.latest) + 2));
        // What instances of the older key are given, or the one before.
        if (seed % 4 < 2 && m.older != 0) version = m.older - uint32((seed >> 8) % 2);
        address caller = pickCaller(appId, seed);
        uint32 key = keyOfVersion[appId][name][version];
        bool ofOlder = m.older != 0 && key == keyOfVersion[appId][name][m.older];
        bool ofCurrent = key == keyOfVersion[appId][name][m.current];
        bool fits = caller != STRANGER && lives(appId) && m.isSet && digestOf[appId][name][version] != 0
            && keyLives(key) && (ofCurrent || ofOlder);
        if (digestOf[appId][name][version] != 0 && !keyLives(key)) done["roll back to an ended key"]++;
        vm.prank(caller);
        try secrets.rollBack(appId, nameOf(name), version) {
            require(fits, "rolled back to what is gone");
            if (ofCurrent) m.current = version;
            else keepOlder(appId, name, version, m.latest);
            done[ofCurrent ? "roll back" : "roll back under the older key"]++;
        } catch {
            require(!fits, "not rolled back");
        }
    }

    function remove(uint256 seed) external onTime onceThereAreApps {
        if (seed % 2 != 0) return;
        (uint64 appId, uint8 name) = pickSecret(seed);
        Model storage m = _models[appId][name];
        address caller = pickCaller(appId, seed);
        bool fits = caller != STRANGER && m.isSet;
        vm.prank(caller);
        try secrets.removeSecret(appId, nameOf(name)) {
            require(fits, "removed what may not be");
            for (uint32 v = m.latest; v > 0 && v + KEPT > m.latest; v--) {
                delete digestOf[appId][name][v];
            }
            delete digestOf[appId][name][m.older];
            (m.isSet, m.current, m.older) = (false, 0, 0);
            if (_readers[appId][name].length > 0) done["remove with readers"]++;
            delete _readers[appId][name];
            done["remove"]++;
            if (!lives(appId)) done["remove after the end"]++;
        } catch {
            require(!fits, "not removed");
        }
    }

    function grant(uint256 seed) external onTime onceThereAreApps {
        (uint64 appId, uint8 name) = pickSecret(seed);
        ISecrets.Reader memory reader = pickReader(seed);
        address caller = pickCaller(appId, seed);
        (, bool known) = find(appId, name, reader);
        bool fits = caller != STRANGER && lives(appId) && _models[appId][name].isSet && !known
            && reader.appId <= cloud.appCount();
        vm.prank(caller);
        try secrets.grant(appId, nameOf(name), reader) {
            require(fits, "granted what may not be");
            _readers[appId][name].push(reader);
            done[reader.appId == 0 ? "grant to an owner" : "grant"]++;
        } catch {
            require(!fits, "not granted");
        }
    }

    function revoke(uint256 seed) external onTime onceThereAreApps {
        (uint64 appId, uint8 name) = pickSecret(seed);
        ISecrets.Reader memory reader = pickReader(seed);
        address caller = pickCaller(appId, seed);
        (uint256 at, bool known) = find(appId, name, reader);
        bool fits = caller != STRANGER && known;
        vm.prank(caller);
        try secrets.revoke(appId, nameOf(name), reader) {
            require(fits, "revoked what may not be");
            ISecrets.Reader[] storage list = _readers[appId][name];
            list[at] = list[list.length - 1];
            list.pop();
            done["revoke"]++;
        } catch {
            require(!fits, "not revoked");
        }
    }

    // -- receipts, and money

    function postReceipts(uint256 seed) external onTime {
        uint64 id = pickNode(seed);
        uint64 first = posted[id] + 1;
        if (seed % 8 == 0) first = uint64((seed >> 8) % (uint256(posted[id]) + 3));
        uint64 count = uint64((seed >> 40) % 5);
        address caller = seed % 8 == 1 ? STRANGER : subnet.node(id).operator;
        bool fits = caller != STRANGER && first == posted[id] + 1 && count > 0;
        vm.prank(caller);
        try secrets.postReceipts(id, first, count, keccak256(abi.encode(seed))) {
            require(fits, "receipts that do not follow");
            posted[id] += count;
            done["post"]++;
        } catch {
            require(!fits, "receipts were not taken");
        }
    }

    /// @dev Neither contract takes any.
    function pay(uint256 seed) external onTime {
        address target = seed & 1 == 0 ? address(secrets) : address(keys);
        bytes memory data = seed & 2 == 0
            ? bytes("")
            : seed & 1 == 0
                ? abi.encodeCall(ISecrets.postReceipts, (1, posted[1] + 1, 1, POLICY))
                : abi.encodeCall(IKeys.open, (quorum.latestEpoch()));
        address payer = subnet.node(1).operator;
        vm.deal(payer, 1 ether);
        vm.prank(payer);
        (bool taken,) = target.call{value: 1 ether}(data);
        require(!taken, "wei was taken");
        done["pay in vain"]++;
    }

    // -- how

    function beginApps() private {
        uint64 epoch = quorum.activeEpoch();
        if (epoch == 0) return;
        if (subnet.workerCount() == 0) registerWorker();
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        proofs[0] = workerProof(WORKER_ID, MACHINE);
        (IQuorum.Signed memory by, bool enough) = signProof(proofs, epoch);
        if (!enough) return;
        vm.prank(WORKER_OPERATOR);
        subnet.proveNodes(proofs, new string[](1), by);
        make(OWNER);
        make(OTHER);
    }

    function make(address owner) private {
        bytes32 name = keccak256(abi.encode("app", cloud.appCount()));
        vm.deal(owner, 10 ether);
        vm.prank(owner);
        cloud.create{value: 10 ether}(name, WORKER_ID, address(0), 10 ether, terms(), MANIFEST, type(uint256).max);
    }

    function lives(uint64 appId) private view returns (bool) {
        return cloud.app(appId).state != ICloud.AppState.Ended;
    }

    function find(uint64 appId, uint8 name, ISecrets.Reader memory reader) private view returns (uint256, bool) {
        ISecrets.Reader[] storage list = _readers[appId][name];
        bytes32 wanted = keccak256(abi.encode(reader));
        for (uint256 i = 0; i < list.length; i++) {
            if (keccak256(abi.encode(list[i])) == wanted) return (i, true);
        }
        return (0, false);
    }

    function pickApp(uint256 seed) private view returns (uint64) {
        return uint64(1 + (seed >> 80) % cloud.appCount());
    }

    function pickSecret(uint256 seed) private view returns (uint64, uint8) {
        return (pickApp(seed), uint8((seed >> 96) % NAMES));
    }

    /// @dev One that is set under both keys that live, where there is one.
    function orOneOfTwoKeys(uint64 appId, uint8 name) private view returns (uint64, uint8) {
        if (!olderLives()) return (appId, name);
        for (uint64 id = 1; id <= cloud.appCount(); id++) {
            for (uint8 i = 0; i < NAMES; i++) {
                uint32 older = _models[id][i].older;
                if (older != 0 && lives(id) && keyLives(keyOfVersion[id][i][older])) return (id, i);
            }
        }
        return (appId, name);
    }

    function pickCaller(uint64 appId, uint256 seed) private view returns (address) {
        return (seed >> 104) % 8 == 0 ? STRANGER : cloud.app(appId).owner;
    }

    /// @dev Also an application that does not exist yet.
    function pickReader(uint256 seed) private view returns (ISecrets.Reader memory) {
        if ((seed >> 112) % 3 == 0) return ISecrets.Reader(0, 0, (seed >> 120) & 1 == 0 ? OWNER : OTHER);
        uint64 reader = uint64(1 + (seed >> 128) % (uint256(cloud.appCount()) + 1));
        return ISecrets.Reader(reader, manifestOf(seed >> 136), address(0));
    }
}
