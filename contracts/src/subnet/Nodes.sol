// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SubnetState} from "./SubnetState.sol";

/// @title Nodes: registration and keys of dsecret nodes
abstract contract Nodes is SubnetState {
    /// @dev A key stays with the node that named it first, also after a change: a signature never changes its signer.
    mapping(address statementKey => uint64 nodeId) private _keyOwners;

    function registerNode(
        address operator,
        address statementKey,
        bytes calldata encryptionKey,
        bytes32 tlsKeyHash,
        string calldata endpoint
    ) external payable returns (uint64 nodeId) {
        if (operator == address(0)) revert ZeroAddress();
        if (msg.value < minNodeStakeWei) revert StakeTooLow(msg.value, minNodeStakeWei);
        nodeId = ++nodeCount;
        Node storage n = _nodes[nodeId];
        n.owner = msg.sender;
        n.operator = operator;
        n.stakeWei = SafeCast.toUint128(msg.value);
        _setKeys(nodeId, n, statementKey, encryptionKey, tlsKeyHash, endpoint);
        emit NodeRegistered(nodeId, msg.sender, statementKey, endpoint);
        if (msg.value > 0) emit StakeAdded(DSECRET, nodeId, msg.value);
    }

    function setNodeKeys(
        uint64 nodeId,
        address statementKey,
        bytes calldata encryptionKey,
        bytes32 tlsKeyHash,
        string calldata endpoint
    ) external {
        Node storage n = _nodeOf(nodeId);
        if (msg.sender != n.owner && msg.sender != n.operator) revert NotOwner(msg.sender);
        _setKeys(nodeId, n, statementKey, encryptionKey, tlsKeyHash, endpoint);
        _generations[DSECRET][nodeId]++;
        emit NodeKeysChanged(nodeId, statementKey, tlsKeyHash);
    }

    function node(uint64 nodeId) external view returns (Node memory) {
        return _nodeOf(nodeId);
    }

    function nodes(uint64 first, uint64 count) external view returns (Node[] memory page) {
        page = new Node[](_pageSize(first, count, nodeCount));
        for (uint64 i = 0; i < page.length; i++) {
            page[i] = _nodes[first + i];
        }
    }

    function _setKeys(
        uint64 nodeId,
        Node storage n,
        address statementKey,
        bytes calldata encryptionKey,
        bytes32 tlsKeyHash,
        string calldata endpoint
    ) private {
        _requireEndpoint(endpoint);
        if (statementKey == address(0)) revert ZeroAddress();
        if (tlsKeyHash == 0) revert ZeroDigest();
        if (encryptionKey.length != ENCRYPTION_KEY_BYTES) revert EncryptionKeyLength(encryptionKey.length);
        uint64 keyOwner = _keyOwners[statementKey];
        if (keyOwner != 0 && keyOwner != nodeId) revert StatementKeyTaken(statementKey);
        _keyOwners[statementKey] = nodeId;
        n.statementKey = statementKey;
        n.encryptionKey = encryptionKey;
        n.tlsKeyHash = tlsKeyHash;
        n.endpoint = endpoint;
    }
}
