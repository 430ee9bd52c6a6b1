// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Secrets: which ciphertexts an application may be given, and who else may read them
/// @notice Digests alone: the bytes are kept by the dsecret nodes, which take what is named here, and by the owner. Each secret is set,
/// rotated, rolled back and removed by itself. Only the owner of the application in the Cloud changes anything.
interface ISecrets {
    /// @notice One version of one secret.
    /// @param ciphertextDigest names the ciphertext, docs/reference/threshold.md
    /// @param policyDigest of the policy that its label binds, docs/reference/secrets.md
    /// @param owner who set it: the label names this account, also after the application has another owner
    /// @param key number of the network's key that it is sealed to, see IKeys
    struct Version {
        bytes32 ciphertextDigest;
        bytes32 policyDigest;
        address owner;
        uint64 setAt;
        uint32 key;
    }

    /// @param current the version that is released; 0: removed
    /// @param latest the highest number that was ever used: one is never used twice
    struct Secret {
        string name;
        uint32 current;
        uint32 latest;
        Version version;
    }

    /// @notice Who else may read: an application with exactly this manifest, or every application of an owner. Exactly one of the two.
    /// @param manifestDigest with `appId`: of the version that reads; never zero there
    struct Reader {
        uint64 appId;
        bytes32 manifestDigest;
        address owner;
    }

    event SecretSet(
        uint64 indexed appId,
        bytes32 indexed nameHash,
        uint32 version,
        uint32 key,
        bytes32 ciphertextDigest,
        bytes32 policyDigest
    );
    event SecretRolledBack(uint64 indexed appId, bytes32 indexed nameHash, uint32 version);
    event SecretRemoved(uint64 indexed appId, bytes32 indexed nameHash);
    event SecretGranted(uint64 indexed appId, bytes32 indexed nameHash, Reader reader);
    event SecretRevoked(uint64 indexed appId, bytes32 indexed nameHash, Reader reader);
    /// @notice `count` releases of a node since its last root, in a Merkle tree: docs/reference/secrets.md.
    event ReceiptsPosted(uint64 indexed nodeId, uint64 first, uint64 count, bytes32 root);

    error NotOwner(address caller);
    error AppEnded(uint64 appId);
    error NameInvalid();
    error SecretUnknown(uint64 appId, bytes32 nameHash);
    error VersionUnknown(uint32 version);
    error VersionOfOtherKey(uint32 version, uint32 key);
    error KeyNotNewest(uint32 key, uint32 newest);
    error KeyEnded(uint32 key);
    error VersionNotNext(uint32 version, uint32 next);
    error DigestTaken(bytes32 ciphertextDigest);
    error SecretsTooMany(uint256 maximum);
    error ReaderInvalid();
    error ReaderKnown();
    error ReaderUnknown();
    error ReadersTooMany(uint256 maximum);
    error NotOperator(address caller);
    error ReceiptsNotNext(uint64 first, uint64 next);
    error ReceiptsCount(uint64 count);
    error ZeroDigest();
    error ZeroAddress();

    /// @notice Sets a secret, or rotates it: `version` is `latest + 1`, which the ciphertext's label names already. `name`: 1 to 64 of
    /// a-z, A-Z, 0-9, `.`, `_`, `-`, not beginning with a dot. At most 64 secrets of an application at a time. `key`: the newest one, so
    /// that nothing sealed to an older key is taken once there is another. Instances of the older key are released what was current.
    function setSecret(
        uint64 appId,
        string calldata name,
        uint32 version,
        uint32 key,
        bytes32 ciphertextDigest,
        bytes32 policyDigest
    ) external;
    /// @notice Makes another of the newest 16 versions the current one; older ones, and those from before a removal, are gone. Within a
    /// key that lives: one of the older key becomes that of instances of the older key.
    function rollBack(uint64 appId, string calldata name, uint32 version) external;
    /// @notice Ends the release of a secret, and every grant of it. Its versions are gone; their numbers and digests are never used again.
    /// Also after the application has ended.
    function removeSecret(uint64 appId, string calldata name) external;
    /// @notice At most 16 readers of a secret. An application that is named exists.
    function grant(uint64 appId, string calldata name, Reader calldata reader) external;
    /// @notice Also after the application has ended.
    function revoke(uint64 appId, string calldata name, Reader calldata reader) external;
    /// @notice By the node's operator; `first` is the number of the first release in the tree: one more than those posted before. `count`
    /// is at least 1.
    function postReceipts(uint64 nodeId, uint64 first, uint64 count, bytes32 root) external;

    /// @notice The current version; `current` 0 and an empty version for one that was removed or never set. `latest` stays.
    function secret(uint64 appId, string calldata name) external view returns (Secret memory);
    /// @notice The same for instances that were launched under a key: what is current of it, or was when the first of a newer key was set.
    function secretUnder(uint64 appId, string calldata name, uint32 key) external view returns (Secret memory);
    /// @notice Those that are set, in no order.
    function secrets(uint64 appId) external view returns (Secret[] memory);
    /// @notice Zeros for one that was never set, or is gone.
    function version(uint64 appId, string calldata name, uint32 number) external view returns (Version memory);
    /// @notice Whom a secret is granted to beside its application.
    function readers(uint64 appId, string calldata name) external view returns (Reader[] memory);
    /// @notice Whether an application may read another's secret: a reader names it with the digest, or names its owner. Never with a
    /// digest of zero, and never when either application has ended.
    function isGranted(uint64 appId, string calldata name, uint64 readerAppId, bytes32 manifestDigest)
        external
        view
        returns (bool);
    /// @notice The application and secret that a ciphertext belongs to; appId 0 for a digest that nobody has set, or of a version that is
    /// gone.
    function secretOf(bytes32 ciphertextDigest) external view returns (uint64 appId, string memory name, uint32 version);
    /// @notice How many receipts of a node are under roots on chain.
    function receiptsPosted(uint64 nodeId) external view returns (uint64);
    /// @notice The Cloud whose applications have secrets.
    function cloud() external view returns (address);
    /// @notice The Subnet whose nodes post receipts.
    function subnet() external view returns (address);
    function keys() external view returns (address);
}
