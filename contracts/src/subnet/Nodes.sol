// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ISubnet} from "./ISubnet.sol";
import {Records} from "./Records.sol";

/// @title Nodes: registration and keys of dsecret nodes, and their way out
abstract contract Nodes is Records {
    uint256 private constant ENCRYPTION_KEY_BYTES = 33;
    bytes32 private constant KEYS_TYPEHASH =
        keccak256("NodeKeys(address owner,address operator,bytes encryptionKey,bytes32 tlsKeyHash)");

    function registerNode(address operator, ISubnet.NodeKeys calldata keys, string calldata endpoint)
        external
        payable
        inPlace
        returns (uint64 nodeId)
    {
        if (operator == address(0)) revert ISubnet.ZeroAddress();
        uint256 minimumWei = _stakeRules.nodeWei;
        if (msg.value < minimumWei) revert ISubnet.StakeTooLow(msg.value, minimumWei);
        nodeId = ++nodeCount;
        NodeRecord storage n = _nodes[nodeId];
        n.owner = msg.sender;
        n.operator = operator;
        n.status = ISubnet.NodeStatus.Active;
        _setKeys(nodeId, n, keys, endpoint);
        emit ISubnet.NodeRegistered(nodeId, msg.sender, keys.statementKey, endpoint);
        if (msg.value > 0) _bond(DSECRET, nodeId);
    }

    function setNodeKeys(uint64 nodeId, ISubnet.NodeKeys calldata keys, string calldata endpoint) external {
        NodeRecord storage n = _nodeOf(nodeId);
        if (msg.sender != n.owner && msg.sender != n.operator) revert ISubnet.NotOwner(msg.sender);
        if (n.status == ISubnet.NodeStatus.Slashed) revert ISubnet.StatusWrong(DSECRET, nodeId);
        _setKeys(nodeId, n, keys, endpoint);
        n.generation++;
        emit ISubnet.NodeKeysChanged(nodeId, keys.statementKey, keys.tlsKeyHash);
    }

    function leaveNode(uint64 nodeId) external {
        NodeRecord storage n = _nodeOf(nodeId);
        if (msg.sender != n.owner) revert ISubnet.NotOwner(msg.sender);
        if (n.status != ISubnet.NodeStatus.Active) revert ISubnet.StatusWrong(DSECRET, nodeId);
        n.status = ISubnet.NodeStatus.Leaving;
        n.leftAt = uint48(block.timestamp);
        _requireThresholdStays(nodeId);
        emit ISubnet.NodeStatusChanged(nodeId, ISubnet.NodeStatus.Leaving);
    }

    function nodeOfKey(address statementKey) external view returns (uint64 nodeId) {
        return _keyOwners[statementKey];
    }

    /// @dev TDX and SGX are Intel's.
    function vendorOf(uint64 nodeId) external view returns (uint8) {
        uint8 teeClass = _nodeOf(nodeId).teeClass;
        if (teeClass == 0) return 0;
        if (teeClass == 8) return 3;
        return teeClass == 2 ? 2 : 1;
    }

    function sealersAmong(uint64[] calldata nodeIds) external view returns (uint256 count) {
        for (uint256 i = 0; i < nodeIds.length; i++) {
            uint8 teeClass = _nodeOf(nodeIds[i]).teeClass;
            if (teeClass == 2 || teeClass == 4) count++;
        }
    }

    function node(uint64 nodeId) external view returns (ISubnet.Node memory) {
        _nodeOf(nodeId);
        return _nodeView(nodeId);
    }

    function nodes(uint64 first, uint64 count) external view returns (ISubnet.Node[] memory page) {
        page = new ISubnet.Node[](_pageSize(first, count, nodeCount));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _nodeView(first + i);
        }
    }

    function _nodeView(uint64 nodeId) private view returns (ISubnet.Node memory) {
        NodeRecord storage n = _nodes[nodeId];
        return ISubnet.Node({
            owner: n.owner,
            operator: n.operator,
            statementKey: n.statementKey,
            tlsKeyHash: n.tlsKeyHash,
            status: n.status,
            stakeWei: _stakes[DSECRET][nodeId].bondedWei,
            endpoint: n.endpoint,
            encryptionKey: n.encryptionKey
        });
    }

    function _setKeys(uint64 nodeId, NodeRecord storage n, ISubnet.NodeKeys calldata keys, string calldata endpoint)
        private
    {
        _requireEndpoint(endpoint);
        if (keys.statementKey == address(0)) revert ISubnet.ZeroAddress();
        if (keys.tlsKeyHash == 0) revert ISubnet.ZeroDigest();
        if (keys.encryptionKey.length != ENCRYPTION_KEY_BYTES) {
            revert ISubnet.EncryptionKeyLength(keys.encryptionKey.length);
        }
        uint64 keyOwner = _keyOwners[keys.statementKey];
        if (keyOwner != 0 && keyOwner != nodeId) revert ISubnet.StatementKeyTaken(keys.statementKey);
        bytes32 digest = _hashTypedData(
            keccak256(abi.encode(KEYS_TYPEHASH, n.owner, n.operator, keccak256(keys.encryptionKey), keys.tlsKeyHash))
        );
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, keys.possession);
        if (problem != ECDSA.RecoverError.NoError || signer != keys.statementKey) {
            revert ISubnet.PossessionWrong(keys.statementKey);
        }
        _keyOwners[keys.statementKey] = nodeId;
        n.statementKey = keys.statementKey;
        n.encryptionKey = keys.encryptionKey;
        n.tlsKeyHash = keys.tlsKeyHash;
        n.endpoint = endpoint;
    }

    /// @dev A member that leaves goes on signing until the next epoch; those that stay must be enough to make one.
    function _requireThresholdStays(uint64 nodeId) private view {
        uint64 epoch = quorum.activeEpoch();
        if (epoch == 0) return;
        (uint64[] memory members, uint16 threshold) = quorum.committee(epoch);
        bool isMember = false;
        uint256 left = 0;
        for (uint256 i = 0; i < members.length; i++) {
            if (members[i] == nodeId) isMember = true;
            else if (_nodes[members[i]].status == ISubnet.NodeStatus.Active) left++;
        }
        if (isMember && left < threshold) revert ISubnet.CommitteeTooSmall(left, threshold);
    }
}
