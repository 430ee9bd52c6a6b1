// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISecrets} from "../../src/secrets/ISecrets.sol";
import {vm} from "../Vm.sol";
import {SecretOwners} from "./SecretOwners.sol";

/// @dev What holds of the network's key, of sessions and of secrets after any sequence of calls by anybody at any time.
contract KeysAndSecretsInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    string[] private _names = [
        "pass",
        "open",
        "open a resharing",
        "register",
        "deal",
        "complain",
        "reveal",
        "recover",
        "say twice",
        "make the key",
        "hand the key on",
        "make another key",
        "open another key",
        "the same key",
        "not the key",
        "order",
        "order again",
        "order in vain",
        "end a key",
        "activate",
        "activate in vain",
        "expire",
        "windows",
        "renew",
        "name",
        "leave",
        "rekey",
        "prove",
        "join",
        "create",
        "end",
        "hand over",
        "set",
        "set again",
        "set a digest again",
        "rotate",
        "drop",
        "roll back",
        "set under an older key",
        "set under a newer key",
        "roll back under the older key",
        "roll back to an ended key",
        "remove",
        "remove with readers",
        "remove after the end",
        "grant",
        "grant to an owner",
        "revoke",
        "post",
        "pay in vain"
    ];
    mapping(string action => uint256) private _reached;
    SecretOwners private handler;
    ICloud private cloud;
    IKeys private keys;
    IQuorum private quorum;
    ISecrets private secrets;

    function setUp() public {
        handler = new SecretOwners();
        (keys, quorum) = handler.parts();
        (cloud, secrets) = (handler.cloudOf(), handler.secrets());
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(handler), selectors: actions()});
    }

    function invariant_keys_and_secrets_are_what_was_done() public {
        handler.sync();
        checkKey();
        checkSessions();
        checkSecrets();
        checkDigests();
        vm.assertEq(address(secrets).balance, 0, "Secrets has no wei");
        vm.assertEq(address(keys).balance, 0, "Keys has no wei");
    }

    // -- keys

    function checkKey() private view {
        (bytes memory y, bytes memory s) = keys.networkKey();
        uint32 count = handler.madeCount();
        vm.assertEq(keys.keyCount(), count, "as many keys as were made");
        if (count == 0) vm.assertEq(y.length + s.length, 0, "no key before it is made");
        else vm.assertTrue(keccak256(bytes.concat(y, s)) == handler.madeKey(count), "the one that was made last");
        for (uint32 number = 0; number <= count + 1; number++) {
            vm.assertTrue(keys.isKeyLive(number) == handler.keyLives(number), "the newest lives, and one before it");
        }
        checkLiveKeys(count);
        uint64 active = quorum.activeEpoch();
        vm.assertTrue(active == 0 || keys.isConfirmed(active), "the active epoch is a confirmed one");
    }

    /// @dev Two at most; the older one is frozen where it was, and whoever has a share of it keeps its seat.
    function checkLiveKeys(uint32 count) private view {
        bool two = handler.olderLives();
        IKeys.NetworkKey[] memory live = keys.liveKeys();
        vm.assertEq(live.length, count == 0 ? 0 : two ? 2 : 1, "two keys live at most");
        for (uint256 i = 0; i < live.length; i++) {
            IKeys.NetworkKey memory k = live[i];
            vm.assertEq(k.number, count + i + 1 - live.length, "the older first");
            bytes32 made = handler.madeKey(k.number);
            vm.assertTrue(keccak256(bytes.concat(k.encryptionKey, k.verificationKey)) == made, "as it was made");
            bool isOlder = k.number != count;
            vm.assertEq(k.endsAt, isOlder ? handler.olderEndsAt() : 0, "its end");
            vm.assertEq(k.lastEpoch, isOlder ? handler.frozenLast() : 0, "frozen with its last epoch");
        }
        uint64 frozen = keys.frozenEpoch();
        vm.assertEq(frozen, two ? handler.frozenLast() : 0, "frozen until its end");
        if (two) {
            vm.assertEq(keys.confirmation(frozen).key, count - 1, "of the older key");
            (uint64[] memory members,) = quorum.committee(frozen);
            for (uint256 i = 0; i < members.length; i++) {
                vm.assertTrue(quorum.isSeated(members[i]), "whoever has a share is seated");
            }
        }
        (bool ordered, uint64 overlap) = keys.rotation();
        vm.assertTrue(ordered == handler.ordered() && overlap == handler.overlap(), "the newest order counts");
        vm.assertTrue(!two || !ordered, "none is ordered while two live");
    }

    /// @dev One for each epoch at most; what was said and confirmed is what was taken.
    function checkSessions() private view {
        uint64 latest = quorum.latestEpoch();
        uint256 found = 0;
        for (uint64 epoch = 1; epoch <= latest; epoch++) {
            uint64 n = keys.sessionOf(epoch);
            IKeys.Confirmation memory c = keys.confirmation(epoch);
            bytes32 expected = handler.confirmedAs(epoch);
            vm.assertTrue(keys.isConfirmed(epoch) == (expected != 0), "confirmed is what was confirmed");
            if (expected != 0) {
                vm.assertTrue(
                    keccak256(abi.encode(c.session, c.sessionId, c.transcriptDigest)) == expected, "as it was"
                );
                vm.assertEq(c.session, n, "the epoch's own session");
                vm.assertEq(c.key, handler.keyOf(epoch), "the key that it holds");
            }
            if (n == 0) continue;
            found++;
            checkSession(n, epoch, latest);
        }
        vm.assertEq(found, keys.sessionCount(), "an epoch has one session at most");
    }

    function checkSession(uint64 n, uint64 epoch, uint64 latest) private view {
        IKeys.Session memory s = keys.session(n);
        vm.assertEq(s.epoch, epoch, "the session of its epoch");
        vm.assertEq(s.dealersEpoch, handler.dealersOf(n), "whoever had the key deals");
        vm.assertTrue(s.dealersEpoch == epoch || keys.isConfirmed(s.dealersEpoch), "dealers have shares");
        vm.assertTrue(s.messagesDigest == handler.messages(n), "each message once, in order");
        vm.assertEq(s.registered, handler.registrations(n), "keys of members");
        vm.assertEq(s.dealt, handler.dealings(n), "dealings");
        vm.assertEq(s.revealed, handler.reveals(n), "reveals");
        (uint64[] memory members,) = quorum.committee(epoch);
        vm.assertTrue(s.registered <= members.length, "no more than members");
        vm.assertTrue(s.dealersEpoch != epoch || s.dealt <= s.registered, "a new key is dealt by those who registered");
        vm.assertTrue(s.dealt <= s.dealers && s.revealed <= s.dealt, "no more than there are");
        bool ended = s.phase == IKeys.Phase.Confirmed || s.phase == IKeys.Phase.Expired;
        vm.assertTrue(ended || epoch == latest, "no session outlives its epoch's turn");
        vm.assertTrue((s.phase == IKeys.Phase.Confirmed) == keys.isConfirmed(epoch), "confirmed");
    }

    // -- secrets

    function checkSecrets() private view {
        uint64 count = cloud.appCount();
        for (uint64 appId = 1; appId <= count; appId++) {
            uint256 isSet = 0;
            for (uint8 name = 0; name < handler.NAMES(); name++) {
                SecretOwners.Model memory m = handler.model(appId, name);
                if (m.isSet) isSet++;
                checkSecret(appId, name, m);
                checkReaders(appId, name, m, count);
            }
            vm.assertEq(secrets.secrets(appId).length, isSet, "the list names those that are set");
        }
        for (uint64 id = 1; id <= 7; id++) {
            vm.assertEq(secrets.receiptsPosted(id), handler.posted(id), "receipts follow one another");
        }
    }

    function checkSecret(uint64 appId, uint8 name, SecretOwners.Model memory m) private view {
        ISecrets.Secret memory s = secrets.secret(appId, handler.nameOf(name));
        vm.assertEq(s.current, m.current, "the current version");
        vm.assertEq(s.latest, m.latest, "the highest number stays");
        vm.assertTrue(m.isSet == (m.current != 0), "current while it is set");
        vm.assertTrue(s.version.ciphertextDigest == handler.digestOf(appId, name, m.current), "its digest");
        vm.assertTrue(m.isSet == (s.version.ciphertextDigest != 0), "a removed secret names nothing");
        checkKeysOf(appId, name, m);
        ISecrets.Secret[] memory list = secrets.secrets(appId);
        uint256 found = 0;
        for (uint256 i = 0; i < list.length; i++) {
            if (keccak256(bytes(list[i].name)) == keccak256(bytes(s.name))) found++;
        }
        vm.assertEq(found, m.isSet ? 1 : 0, "listed once while it is set");
    }

    /// @dev Instances of a key are given what was current under it, which is kept; of two keys alone.
    function checkKeysOf(uint64 appId, uint8 name, SecretOwners.Model memory m) private view {
        uint32 currentKey = handler.keyOfVersion(appId, name, m.current);
        uint32 olderKey = handler.keyOfVersion(appId, name, m.older);
        vm.assertTrue(m.older == 0 || olderKey < currentKey, "the older one is of an older key");
        for (uint32 key = 0; key <= handler.madeCount(); key++) {
            uint32 expected = key == 0 ? 0 : key == currentKey ? m.current : key == olderKey ? m.older : 0;
            ISecrets.Secret memory s = secrets.secretUnder(appId, handler.nameOf(name), key);
            vm.assertEq(s.current, expected, "what instances of a key are given");
            bytes32 digest = handler.digestOf(appId, name, expected);
            vm.assertTrue(s.version.ciphertextDigest == digest && (digest != 0) == (expected != 0), "kept for them");
            vm.assertEq(s.version.key, expected == 0 ? 0 : key, "sealed to it");
        }
    }

    /// @dev Of a secret that is set, by living applications alone.
    function checkReaders(uint64 appId, uint8 name, SecretOwners.Model memory m, uint64 count) private view {
        string memory text = handler.nameOf(name);
        ISecrets.Reader[] memory known = handler.readersOf(appId, name);
        vm.assertEq(secrets.readers(appId, text).length, known.length, "as many readers");
        vm.assertTrue(m.isSet || known.length == 0, "nobody reads a removed secret");
        bool lives = cloud.app(appId).state != ICloud.AppState.Ended;
        for (uint64 reader = 1; reader <= count + 1; reader++) {
            checkReader(appId, text, known, reader, lives && reader <= count);
        }
    }

    function checkReader(uint64 appId, string memory text, ISecrets.Reader[] memory known, uint64 reader, bool may)
        private
        view
    {
        if (may && cloud.app(reader).state == ICloud.AppState.Ended) may = false;
        address owner = may ? cloud.app(reader).owner : address(0);
        for (uint256 which = 0; which < 2; which++) {
            bytes32 digest = handler.manifestOf(which);
            bool granted = secrets.isGranted(appId, text, reader, digest);
            vm.assertTrue(granted == (may && isNamed(known, reader, owner, digest)), "granted to those it names");
        }
        vm.assertTrue(!secrets.isGranted(appId, text, reader, 0), "never without a manifest");
    }

    function isNamed(ISecrets.Reader[] memory known, uint64 reader, address owner, bytes32 digest)
        private
        pure
        returns (bool)
    {
        for (uint256 i = 0; i < known.length; i++) {
            ISecrets.Reader memory r = known[i];
            if (r.appId == 0 ? r.owner == owner : r.appId == reader && r.manifestDigest == digest) return true;
        }
        return false;
    }

    /// @dev Every digest that was ever taken: of its one version while that is kept, of nothing for ever after.
    function checkDigests() private view {
        uint256 count = handler.digestCount();
        for (uint256 i = count > 100 ? count - 100 : 0; i < count; i++) {
            bytes32 digest = handler.digests(i);
            SecretOwners.Place memory p = handler.placeOf(digest);
            (uint64 appId, string memory name, uint32 version) = secrets.secretOf(digest);
            bool kept = handler.digestOf(p.appId, p.name, p.version) == digest;
            vm.assertEq(appId, kept ? p.appId : 0, "its application");
            vm.assertEq(version, kept ? p.version : 0, "its number");
            bytes memory expected = kept ? bytes(handler.nameOf(p.name)) : bytes("");
            vm.assertTrue(keccak256(bytes(name)) == keccak256(expected), "its name");
        }
    }

    // -- every state

    /// @dev An invariant over states that are never reached proves nothing.
    function test_random_calls_reach_every_state() external {
        for (uint256 round = 0; round < 16; round++) {
            if (round > 0) setUp();
            act(round);
            for (uint256 i = 0; i < _names.length; i++) {
                _reached[_names[i]] += handler.done(_names[i]);
            }
        }
        for (uint256 i = 0; i < _names.length; i++) {
            vm.assertTrue(_reached[_names[i]] > 0, _names[i]);
        }
    }

    function act(uint256 round) private {
        bytes4[] memory selectors = actions();
        for (uint256 i = 0; i < 250; i++) {
            uint256 seed = uint256(keccak256(abi.encode(round, i)));
            bytes4 action = selectors[seed % selectors.length];
            (bool called,) = address(handler).call(abi.encodeWithSelector(action, uint256(keccak256(abi.encode(seed)))));
            vm.assertTrue(called, "no action reverts");
            if (i % 10 == 9) invariant_keys_and_secrets_are_what_was_done();
        }
    }

    function actions() private view returns (bytes4[] memory selectors) {
        bytes4[38] memory all = [
            handler.changeKey.selector,
            handler.changeKey.selector,
            handler.pass.selector,
            handler.pass.selector,
            handler.open.selector,
            handler.say.selector,
            handler.say.selector,
            handler.say.selector,
            handler.say.selector,
            handler.say.selector,
            handler.confirm.selector,
            handler.confirm.selector,
            handler.activate.selector,
            handler.complete.selector,
            handler.complete.selector,
            handler.setWindows.selector,
            handler.renewCommittee.selector,
            handler.nameCommittee.selector,
            handler.leaveNode.selector,
            handler.rekey.selector,
            handler.proveAgain.selector,
            handler.join.selector,
            handler.create.selector,
            handler.end.selector,
            handler.handOver.selector,
            handler.set.selector,
            handler.set.selector,
            handler.setUnderBoth.selector,
            handler.rollBack.selector,
            handler.remove.selector,
            handler.remove.selector,
            handler.end.selector,
            handler.grant.selector,
            handler.grant.selector,
            handler.revoke.selector,
            handler.postReceipts.selector,
            handler.pay.selector,
            handler.set.selector
        ];
        selectors = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            selectors[i] = all[i];
        }
    }
}
