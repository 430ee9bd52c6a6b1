// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ICloud} from "./ICloud.sol";
import {Updates} from "./Updates.sol";

/// @title Builds: what builder applications say of images, added and never changed
abstract contract Builds is Updates {
    uint256 private constant MAX_PAGE = 100;

    /// @dev A record without a repository serves no deploy key: those name one. Only the builder's current version counts: a pending one has leases before its owner's delay and a veto have passed.
    function recordBuild(uint64 builderAppId, ICloud.BuildRecord calldata record, bytes calldata signature) external {
        if (record.imageDigest == 0) revert ICloud.BuildInvalid("imageDigest");
        if (record.statementDigest == 0) revert ICloud.BuildInvalid("statementDigest");
        if (record.commit == 0) revert ICloud.BuildInvalid("commit");
        bytes32 digest = _recordDigest(builderAppId, record);
        if (_builds[digest].recordedAt != 0) revert ICloud.BuildKnown(digest);
        uint32 version = _requireSigned(builderAppId, digest, signature);
        bytes32[] storage list = _buildDigests[record.imageDigest][builderAppId];
        if (list.length == 0) _builders[record.imageDigest].push(builderAppId);
        list.push(digest);
        _builds[digest] = ICloud.Build({
            statementDigest: record.statementDigest,
            repositoryHash: record.repositoryHash,
            commit: record.commit,
            manifestDigest: record.manifestDigest,
            builderVersion: version,
            recordedAt: uint64(block.timestamp)
        });
        if (record.manifestDigest != 0) {
            _builtManifests[_manifestKey(builderAppId, record.repositoryHash, record.manifestDigest)] = true;
        }
        emit ICloud.BuildRecorded(
            record.imageDigest,
            builderAppId,
            record.repositoryHash,
            version,
            record.statementDigest,
            record.commit,
            record.manifestDigest
        );
    }

    function buildersOf(bytes32 imageDigest, uint256 first, uint256 count)
        external
        view
        returns (uint64[] memory page)
    {
        uint64[] storage builders = _builders[imageDigest];
        page = new uint64[](_pageSize(builders.length, first, count));
        for (uint256 i = 0; i < page.length; i++) {
            page[i] = builders[first + i];
        }
    }

    function buildsOf(bytes32 imageDigest, uint64 builderAppId, uint256 first, uint256 count)
        external
        view
        returns (ICloud.Build[] memory page)
    {
        bytes32[] storage digests = _buildDigests[imageDigest][builderAppId];
        page = new ICloud.Build[](_pageSize(digests.length, first, count));
        for (uint256 i = 0; i < page.length; i++) {
            page[i] = _builds[digests[first + i]];
        }
    }

    function isManifestBuilt(uint64 builderAppId, bytes32 repositoryHash, bytes32 manifestDigest)
        public
        view
        returns (bool)
    {
        return _builtManifests[_manifestKey(builderAppId, repositoryHash, manifestDigest)];
    }

    /// @dev The builder's version whose instance signed the digest as an application signature (docs/reference/agent-socket.md).
    function _requireSigned(uint64 builderAppId, bytes32 digest, bytes calldata signature)
        private
        view
        returns (uint32)
    {
        Hot memory h = _effective(builderAppId, _appOf(builderAppId).hot);
        bytes32 signed = sha256(abi.encodePacked(uint32(22), "wetee/app-signature/v1", uint32(32), digest));
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(signed, signature);
        bool live = problem == ECDSA.RecoverError.NoError && h.state == ICloud.AppState.Active
            && _hasLiveKey(builderAppId, h, signer, false, h.currentVersion, h.replicas);
        if (!live) revert ICloud.BuildUnsigned(builderAppId);
        return h.currentVersion;
    }

    /// @dev buildRecordDigest of docs/reference/bindings.md: each field after its length in four bytes.
    function _recordDigest(uint64 builderAppId, ICloud.BuildRecord calldata record) private view returns (bytes32) {
        return sha256(
            abi.encodePacked(
                abi.encodePacked(uint32(21), "wetee/build-record/v1", uint32(32), block.chainid),
                abi.encodePacked(uint32(20), address(this), uint32(8), builderAppId),
                uint32(160),
                abi.encode(record)
            )
        );
    }

    function _manifestKey(uint64 builderAppId, bytes32 repositoryHash, bytes32 manifestDigest)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(builderAppId, repositoryHash, manifestDigest));
    }

    function _pageSize(uint256 total, uint256 first, uint256 count) private pure returns (uint256) {
        uint256 left = first < total ? total - first : 0;
        uint256 size = count < MAX_PAGE ? count : MAX_PAGE;
        return size < left ? size : left;
    }
}
