// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";
import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev Statements that dsecret nodes signed, conflicting and not.
abstract contract MisconductStand is Fixture {
    uint256 private constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    IMisconduct internal misconduct;

    function setUp() public virtual override {
        super.setUp();
        misconduct = IMisconduct(deploy("Misconduct", abi.encode(manager, subnet, quorum, 500)));
        vm.prank(ADMIN);
        manager.grantRole(Roles.SLASHER, address(misconduct), 0);
    }

    /// @dev The node goes on with another key; `nodeKeys` keeps the old one.
    function changeKey(uint64 nodeId) internal {
        address owner = nodeOwner(nodeId - 1);
        vm.prank(owner);
        subnet.setNodeKeys(nodeId, keysOf(owner, owner, uint256(keccak256("new key")), nodeId), "127.0.0.1:1");
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

    function message() internal pure returns (IKeys.SessionMessage memory) {
        return
            IKeys.SessionMessage({
                session: 3, kind: IKeys.Kind.Deal, sender: 2, subject: 0, bodyDigest: keccak256("body")
            });
    }

    function says(IKeys.SessionMessage memory m, uint256 signer)
        internal
        view
        returns (IMisconduct.SignedMessage memory)
    {
        bytes32 typeHash =
            keccak256("SessionMessage(uint64 session,uint8 kind,uint16 sender,uint16 subject,bytes32 bodyDigest)");
        return IMisconduct.SignedMessage(m, signOne(nodeKeys[signer], typedDigest(keccak256(abi.encode(typeHash, m)))));
    }

    /// @dev The signature with N - s and the other v: valid to a naive check.
    function otherForm(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = abi.decode(bytes.concat(signature, new bytes(31)), (bytes32, bytes32));
        return abi.encodePacked(r, bytes32(N - uint256(s)), signature[64] == bytes1(uint8(27)) ? uint8(28) : uint8(27));
    }
}
