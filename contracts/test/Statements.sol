// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../src/quorum/IQuorum.sol";
import {ISubnet} from "../src/subnet/ISubnet.sol";
import {vm} from "./Vm.sol";

/// @dev What dsecret nodes sign, hashed and signed as they would.
abstract contract Statements {
    bytes32 internal constant PROOF_TYPEHASH = keccak256(
        "NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );
    bytes32 internal constant PROOF_BATCH_TYPEHASH = keccak256(
        "NodeProofBatch(uint64 epoch,uint64 expiry,NodeProof[] proofs)NodeProof(uint16 role,uint64 nodeId,bytes32 platformId,address statementKey,bytes encryptionKey,bytes32 tlsKeyHash,bytes32 measurementId,uint64 evidenceBlock,uint64 notBefore,uint64 notAfter,bytes32 evidenceDigest)"
    );

    bytes32 internal constant REVOCATION_TYPEHASH =
        keccak256("Revocation(uint16 subject,bytes32 id,uint64 blockNumber)");
    bytes32 internal constant REVOCATION_BATCH_TYPEHASH = keccak256(
        "RevocationBatch(uint64 epoch,uint64 expiry,Revocation[] revocations)Revocation(uint16 subject,bytes32 id,uint64 blockNumber)"
    );

    IQuorum internal quorum;
    ISubnet internal subnet;
    /// @dev Statement key of node i + 1.
    uint256[] internal nodeKeys;

    function proofBatchHash(ISubnet.NodeProof[] memory proofs, uint64 epoch, uint64 expiry)
        internal
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](proofs.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            ISubnet.NodeProof memory p = proofs[i];
            bytes memory head = abi.encode(
                PROOF_TYPEHASH, p.role, p.nodeId, p.platformId, p.statementKey, keccak256(p.encryptionKey), p.tlsKeyHash
            );
            hashes[i] = keccak256(
                bytes.concat(
                    head, abi.encode(p.measurementId, p.evidenceBlock, p.notBefore, p.notAfter, p.evidenceDigest)
                )
            );
        }
        return keccak256(abi.encode(PROOF_BATCH_TYPEHASH, epoch, expiry, keccak256(abi.encodePacked(hashes))));
    }

    function signProofs(ISubnet.NodeProof[] memory proofs, uint256 bitmap)
        internal
        view
        returns (IQuorum.Signed memory signed)
    {
        signed.epoch = currentEpoch();
        signed.expiry = proofs[0].notAfter;
        signed.bitmap = bitmap;
        signed.signatures = signBy(typedDigest(proofBatchHash(proofs, signed.epoch, signed.expiry)), bitmap);
    }

    function signRevocations(ISubnet.Revocation[] memory list, uint256 bitmap)
        internal
        view
        returns (IQuorum.Signed memory signed)
    {
        bytes32[] memory hashes = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            hashes[i] = keccak256(abi.encode(REVOCATION_TYPEHASH, list[i].subject, list[i].id, list[i].blockNumber));
        }
        signed.epoch = quorum.activeEpoch();
        signed.expiry = uint64(block.timestamp);
        signed.bitmap = bitmap;
        bytes32 listHash = keccak256(abi.encodePacked(hashes));
        bytes32 batch = keccak256(abi.encode(REVOCATION_BATCH_TYPEHASH, signed.epoch, signed.expiry, listHash));
        signed.signatures = signBy(typedDigest(batch), bitmap);
    }

    function currentEpoch() internal view returns (uint64) {
        return quorum.genesisOpen() ? quorum.latestEpoch() : quorum.activeEpoch();
    }

    function firstMembers(uint256 count) internal pure returns (uint256) {
        return (1 << count) - 1;
    }

    function typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", quorum.domainSeparator(), structHash));
    }

    /// @dev In the domain "WeTEE" of another contract than the Quorum.
    function typedDigest(address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("WeTEE"),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signBy(bytes32 digest, uint256 bitmap) internal view returns (bytes memory signatures) {
        for (uint256 i = 0; i < nodeKeys.length; i++) {
            if ((bitmap >> i) & 1 == 1) signatures = bytes.concat(signatures, signOne(nodeKeys[i], digest));
        }
    }

    function signOne(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function possessionDigest(address owner, address operator, ISubnet.NodeKeys memory keys, address verifier)
        internal
        view
        returns (bytes32)
    {
        bytes32 typehash = keccak256("NodeKeys(address owner,address operator,bytes encryptionKey,bytes32 tlsKeyHash)");
        return typedDigest(
            verifier, keccak256(abi.encode(typehash, owner, operator, keccak256(keys.encryptionKey), keys.tlsKeyHash))
        );
    }
}
