// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {Misconduct} from "../../src/discipline/Misconduct.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";

contract QuorumDouble is EIP712("WeTEE", "1") {
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}

contract NodesDouble {
    mapping(address => uint64) public nodeOfKey;
    mapping(address => uint256) public credit;
    mapping(uint64 => uint128) private _stake;

    function set(address key, uint64 id) external {
        nodeOfKey[key] = id;
        _stake[id] = 2 ether;
    }

    function slashNode(uint64 id, address reporter, uint16 bps) external returns (uint256 a) {
        a = _stake[id];
        _stake[id] = 0;
        credit[reporter] += a * bps / 10_000;
        credit[address(0x7EA5)] += a - a * bps / 10_000;
    }

    function stake(uint16, uint64 id) external view returns (ISubnet.Stake memory s) {
        s.bondedWei = _stake[id];
    }
}

abstract contract Base {
    address internal constant ADMIN = address(0xAD);
    address internal constant TREASURY = address(0x7EA5);
    IQuorum internal quorum;
    ISubnet internal subnet;
    uint256[] internal nodeKeys;
    AccessManager internal manager;

    bytes32 internal constant LEASE_TYPEHASH = keccak256(
        "AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant LEASE_BATCH_TYPEHASH = keccak256(
        "LeaseBatch(uint64 epoch,uint64 expiry,AttestationLease[] leases)AttestationLease(uint64 appId,uint32 version,uint16 replica,uint64 workerId,bytes32 platformId,address instanceKey,bytes32 hpkeKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );

    function setUp() public virtual {
        manager = new AccessManager(ADMIN);
        quorum = IQuorum(address(new QuorumDouble()));
        subnet = ISubnet(address(new NodesDouble()));
        delete nodeKeys;
        for (uint64 i = 0; i < 3; i++) {
            nodeKeys.push(uint256(keccak256(abi.encode("statement key", i))));
            NodesDouble(address(subnet)).set(vm.addr(nodeKeys[i]), i + 1);
        }
    }

    function changeKey(uint64 nodeId) internal {
        nodeKeys[nodeId - 1] = uint256(keccak256("new key"));
    }

    function leaseAt(uint64 appId, uint32 version, uint16 replica, uint256, uint256 at)
        internal
        pure
        returns (ICloud.AttestationLease memory l)
    {
        l.appId = appId;
        l.version = version;
        l.replica = replica;
        l.evidenceBlock = uint64(at);
        l.evidenceDigest = keccak256(abi.encode("evidence", at));
    }

    function nodeOwner(uint256 i) internal pure returns (address) {
        return address(uint160(0xD5EC + i));
    }

    function typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", quorum.domainSeparator(), structHash));
    }

    function signOne(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function leaseBatchHash(ICloud.AttestationLease[] memory leases, uint64 epoch, uint64 expiry)
        internal
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](leases.length);
        for (uint256 i = 0; i < leases.length; i++) {
            hashes[i] = keccak256(abi.encode(LEASE_TYPEHASH, leases[i]));
        }
        return keccak256(abi.encode(LEASE_BATCH_TYPEHASH, epoch, expiry, keccak256(abi.encodePacked(hashes))));
    }

    function same(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function holds(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }
}

/// @dev Statements that dsecret nodes signed, conflicting and not.
abstract contract MisconductStand is Base {
    uint256 private constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    IMisconduct internal misconduct;

    function setUp() public virtual override {
        super.setUp();
        misconduct = new Misconduct(address(manager), subnet, quorum, 500);
    }

    function nodeStakeWei(uint64 nodeId) internal view returns (uint256) {
        ISubnet.Stake memory s = subnet.stake(2, nodeId);
        return s.bondedWei + s.unbondingWei;
    }

    /// @dev A lease of evidence number `number`.
    function lease(uint64 number) internal pure returns (ICloud.AttestationLease memory) {
        return leaseAt(1, 1, 0, 1, 1_800_000_000 + number);
    }

    function otherPlatform(ICloud.AttestationLease memory l) internal pure returns (ICloud.AttestationLease memory) {
        l.platformId = keccak256("another machine");
        return l;
    }

    /// @dev A batch of one, by the key of node `signer` + 1.
    function signed(ICloud.AttestationLease memory l, uint256 signer)
        internal
        view
        returns (IMisconduct.SignedLease memory)
    {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](1);
        leases[0] = l;
        return signedIn(leases, 0, signer, 1, 99);
    }

    function signedIn(
        ICloud.AttestationLease[] memory leases,
        uint256 index,
        uint256 signer,
        uint64 epoch,
        uint64 expiry
    ) internal view returns (IMisconduct.SignedLease memory s) {
        (s.epoch, s.expiry, s.index, s.lease) = (epoch, expiry, index, leases[index]);
        s.hashes = new bytes32[](leases.length);
        for (uint256 i = 0; i < leases.length; i++) {
            s.hashes[i] = keccak256(abi.encode(LEASE_TYPEHASH, leases[i]));
        }
        s.signature = signOne(nodeKeys[signer], typedDigest(leaseBatchHash(leases, epoch, expiry)));
    }

    function confirmed() internal pure returns (IQuorum.CommitteeConfirmed memory) {
        return IQuorum.CommitteeConfirmed({
            session: keccak256("session"),
            epoch: 7,
            threshold: 2,
            membersDigest: keccak256("members"),
            networkKeyDigest: keccak256("network key"),
            transcriptDigest: keccak256("transcript")
        });
    }

    function confirms(IQuorum.CommitteeConfirmed memory c, uint256 signer)
        internal
        view
        returns (IMisconduct.SignedConfirmation memory)
    {
        bytes32 typeHash = keccak256(
            "CommitteeConfirmed(bytes32 session,uint64 epoch,uint16 threshold,bytes32 membersDigest,bytes32 networkKeyDigest,bytes32 transcriptDigest)"
        );
        bytes32 digest = typedDigest(keccak256(abi.encode(typeHash, c)));
        return IMisconduct.SignedConfirmation(c, signOne(nodeKeys[signer], digest));
    }

    /// @dev The signature with N - s and the other v: valid to a naive check.
    function otherForm(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = abi.decode(bytes.concat(signature, new bytes(31)), (bytes32, bytes32));
        return abi.encodePacked(r, bytes32(N - uint256(s)), signature[64] == bytes1(uint8(27)) ? uint8(28) : uint8(27));
    }
}
