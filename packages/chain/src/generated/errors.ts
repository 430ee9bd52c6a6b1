// GENERATED from contracts/artifacts (the errors of all contracts) by packages/chain/generate.ts. Do not edit.
import type { Abi } from 'viem'

export const errorsAbi: Abi = [
 {
  "inputs": [],
  "name": "AmountZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "name": "AppStateWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "AppUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "AssetNotAllowed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   },
   {
    "name": "unit",
    "type": "uint64"
   }
  ],
  "name": "AssetUnitFixed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   }
  ],
  "name": "BatchSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "field",
    "type": "string"
   }
  ],
  "name": "BuildInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "digest",
    "type": "bytes32"
   }
  ],
  "name": "BuildKnown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "builderAppId",
    "type": "uint64"
   },
   {
    "name": "repositoryHash",
    "type": "bytes32"
   },
   {
    "name": "manifestDigest",
    "type": "bytes32"
   }
  ],
  "name": "BuildMissing",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "builderAppId",
    "type": "uint64"
   }
  ],
  "name": "BuildUnsigned",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ConfigurationSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "DeadlinePassed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "expiresAt",
    "type": "uint64"
   }
  ],
  "name": "DeployKeyExpired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "address"
   }
  ],
  "name": "DeployKeyUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "DeployKeysTooMany",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "field",
    "type": "string"
   }
  ],
  "name": "DeployLimitInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "name": "minimumWei",
    "type": "uint256"
   }
  ],
  "name": "DepositTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "FrozenUntil",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "selector",
    "type": "bytes4"
   }
  ],
  "name": "FunctionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ManifestSize",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NameEmpty",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "NameTaken",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "NewLeasesArePaused",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "NoPendingVersion",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "NoRoom",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotAppOwner",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotGuardian",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotWorker",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NothingToWithdraw",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "string"
   }
  ],
  "name": "ParameterInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "replica",
    "type": "uint16"
   }
  ],
  "name": "PendingNotReady",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "weiPerSecond",
    "type": "uint256"
   },
   {
    "name": "limit",
    "type": "uint256"
   }
  ],
  "name": "PriceAboveLimit",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "field",
    "type": "string"
   }
  ],
  "name": "TermsInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "allowedAt",
    "type": "uint64"
   }
  ],
  "name": "TooEarly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "to",
    "type": "address"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "TransferFailed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "UpdatePending",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "valueWei",
    "type": "uint256"
   },
   {
    "name": "expectedWei",
    "type": "uint256"
   }
  ],
  "name": "ValueWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "why",
    "type": "string"
   }
  ],
  "name": "WorkerUnfit",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ZeroAddress",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "authority",
    "type": "address"
   }
  ],
  "name": "AccessManagedInvalidAuthority",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   },
   {
    "name": "delay",
    "type": "uint32"
   }
  ],
  "name": "AccessManagedRequiredDelay",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "AccessManagedUnauthorized",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "target",
    "type": "address"
   }
  ],
  "name": "AddressEmptyCode",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "FailedCall",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "part",
    "type": "address"
   }
  ],
  "name": "PartWithoutCode",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReentrancyGuardReentrantCall",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "bits",
    "type": "uint8"
   },
   {
    "name": "value",
    "type": "uint256"
   }
  ],
  "name": "SafeCastOverflowedUintDowncast",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "token",
    "type": "address"
   }
  ],
  "name": "SafeERC20FailedOperation",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "AlreadySet",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "CapacityBelowReserved",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "CapacityExceeded",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "CapacityZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "left",
    "type": "uint256"
   },
   {
    "name": "threshold",
    "type": "uint256"
   }
  ],
  "name": "CommitteeTooSmall",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "EncryptionKeyLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "EndpointLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "why",
    "type": "string"
   }
  ],
  "name": "ExtensionRefused",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   }
  ],
  "name": "GenesisProofsOfNodesOnly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "LevelInUse",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "NodeSeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "NodeUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotCloud",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotOperator",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotOwner",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "part",
    "type": "address"
   }
  ],
  "name": "PartOnly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "PlatformIsDenied",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "platformId",
    "type": "bytes32"
   },
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "PlatformTaken",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "statementKey",
    "type": "address"
   }
  ],
  "name": "PossessionWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "PriceZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "subject",
    "type": "uint8"
   }
  ],
  "name": "ProofBelowFloor",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "evidenceBlock",
    "type": "uint64"
   }
  ],
  "name": "ProofBlockInFuture",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "notAfter",
    "type": "uint64"
   }
  ],
  "name": "ProofExpired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "ProofKeysWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "notBefore",
    "type": "uint64"
   },
   {
    "name": "notAfter",
    "type": "uint64"
   }
  ],
  "name": "ProofLifetime",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "ReferenceNotAccepted",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReferenceStatusInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   }
  ],
  "name": "RoleInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "string"
   }
  ],
  "name": "SettingInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "name": "minimumWei",
    "type": "uint256"
   }
  ],
  "name": "StakeTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "address"
   }
  ],
  "name": "StatementKeyTaken",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "StatusWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "SubjectInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "teeClass",
    "type": "uint8"
   }
  ],
  "name": "TeeClassInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "UriLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "WorkProofWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "WorkerClosed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "WorkerInUse",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "WorkerUnknown",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ZeroDigest",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "bitmap",
    "type": "uint256"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "BitmapOutOfRange",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "CommitteeMemberRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "owners",
    "type": "uint256"
   },
   {
    "name": "minOwners",
    "type": "uint256"
   }
  ],
  "name": "CommitteeNotDiverse",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "vendors",
    "type": "uint256"
   },
   {
    "name": "minVendors",
    "type": "uint256"
   }
  ],
  "name": "CommitteeNotDiverseInVendors",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "CommitteeSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "threshold",
    "type": "uint16"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "CommitteeThreshold",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   },
   {
    "name": "activeEpoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotConfirmed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochPending",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochUnknown",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GenesisClosed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "GenesisForSubnetOnly",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "KeysNotSet",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "MemberNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   },
   {
    "name": "index",
    "type": "uint16"
   }
  ],
  "name": "MemberUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "lastSignedAt",
    "type": "uint64"
   }
  ],
  "name": "QuorumNotSilent",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "refreshSeconds",
    "type": "uint64"
   }
  ],
  "name": "RefreshInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "allowedAt",
    "type": "uint64"
   }
  ],
  "name": "RefreshTooEarly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   },
   {
    "name": "expected",
    "type": "uint256"
   }
  ],
  "name": "SignatureLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "member",
    "type": "uint256"
   }
  ],
  "name": "SignatureMalleable",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "signatures",
    "type": "uint256"
   },
   {
    "name": "threshold",
    "type": "uint256"
   }
  ],
  "name": "SignaturesTooFew",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "SignerNotLive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "member",
    "type": "uint256"
   },
   {
    "name": "expected",
    "type": "address"
   },
   {
    "name": "recovered",
    "type": "address"
   }
  ],
  "name": "SignerWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "expiry",
    "type": "uint64"
   },
   {
    "name": "nowSeconds",
    "type": "uint256"
   }
  ],
  "name": "StatementExpired",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "InvalidShortString",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "str",
    "type": "string"
   }
  ],
  "name": "StringTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "BodySize",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ConfirmationDiffers",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotPending",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "KeyDiffers",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyEnded",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyIsNewest",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "KeyLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "MemberNotLive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "kind",
    "type": "uint8"
   },
   {
    "name": "sender",
    "type": "uint16"
   },
   {
    "name": "subject",
    "type": "uint16"
   }
  ],
  "name": "MessageRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "dealer",
    "type": "uint16"
   }
  ],
  "name": "NotDealt",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "member",
    "type": "uint16"
   }
  ],
  "name": "NotRegistered",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   },
   {
    "name": "endsAt",
    "type": "uint64"
   }
  ],
  "name": "OlderKeyLives",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "overlapSeconds",
    "type": "uint64"
   }
  ],
  "name": "OverlapTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "phase",
    "type": "uint8"
   }
  ],
  "name": "PhaseWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "found",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "SealersTooFew",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "uint16"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "SenderUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   }
  ],
  "name": "SessionExists",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   }
  ],
  "name": "SessionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "uint16"
   }
  ],
  "name": "SignatureInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "WindowsInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "AppEnded",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "ciphertextDigest",
    "type": "bytes32"
   }
  ],
  "name": "DigestTaken",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   },
   {
    "name": "newest",
    "type": "uint32"
   }
  ],
  "name": "KeyNotNewest",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NameInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReaderInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReaderKnown",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReaderUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ReadersTooMany",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "ReceiptsCount",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "next",
    "type": "uint64"
   }
  ],
  "name": "ReceiptsNotNext",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "nameHash",
    "type": "bytes32"
   }
  ],
  "name": "SecretUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "SecretsTooMany",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "version",
    "type": "uint32"
   },
   {
    "name": "next",
    "type": "uint32"
   }
  ],
  "name": "VersionNotNext",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "version",
    "type": "uint32"
   },
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "VersionOfOtherKey",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "VersionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "AlreadyAnswered",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "name": "bondWei",
    "type": "uint256"
   }
  ],
  "name": "BondWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ClaimZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "name": "status",
    "type": "uint8"
   }
  ],
  "name": "ComplaintNotOpen",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "ComplaintOpen",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "ComplaintUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "lossWei",
    "type": "uint128"
   },
   {
    "name": "slashedWei",
    "type": "uint128"
   }
  ],
  "name": "LossAboveSlash",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "NothingToClaim",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "version",
    "type": "uint32"
   },
   {
    "name": "servedUntil",
    "type": "uint64"
   }
  ],
  "name": "OutOfReach",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "string"
   }
  ],
  "name": "RuleInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "name": "lockedWei",
    "type": "uint128"
   }
  ],
  "name": "SlashAboveClaim",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "SlashZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "TooLate",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "AlreadyConvicted",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochUnconfirmed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "index",
    "type": "uint256"
   }
  ],
  "name": "HashesWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "HintWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ItemsInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NotConflicting",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "NotMember",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "PublicSharesWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ReleaseRight",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "rewardBps",
    "type": "uint16"
   }
  ],
  "name": "RewardInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "SignatureInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "address"
   }
  ],
  "name": "SignerUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "first",
    "type": "address"
   },
   {
    "name": "second",
    "type": "address"
   }
  ],
  "name": "SignersDiffer",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ApiNameEmpty",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "ApiNameTaken",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "apiId",
    "type": "uint32"
   }
  ],
  "name": "ApiUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "asked",
    "type": "uint32"
   },
   {
    "name": "current",
    "type": "uint32"
   }
  ],
  "name": "ApiVersionWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ApisTooMany",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "name": "AppNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "CallerNotListed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "string"
   }
  ],
  "name": "LimitInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyIsPaused",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyKnown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "what",
    "type": "string"
   },
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "SizeWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "name": "CallNotOpen",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   },
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "CallTimedOut",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "CallWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "EveryBlocksZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "feeWei",
    "type": "uint256"
   },
   {
    "name": "maximumWei",
    "type": "uint256"
   }
  ],
  "name": "FeeTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "name": "feeWei",
    "type": "uint256"
   }
  ],
  "name": "FeeTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "left",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "GasTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "key",
    "type": "address"
   }
  ],
  "name": "KeyNotLive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotCaller",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotSubscriber",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NothingAnswered",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "PayloadWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "ReplayFailed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "status",
    "type": "uint16"
   }
  ],
  "name": "StatusInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   },
   {
    "name": "balanceWei",
    "type": "uint256"
   },
   {
    "name": "neededWei",
    "type": "uint256"
   }
  ],
  "name": "SubscriptionEmpty",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "name": "SubscriptionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "allowedAt",
    "type": "uint256"
   }
  ],
  "name": "TooEarly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "balanceWei",
    "type": "uint256"
   },
   {
    "name": "neededWei",
    "type": "uint256"
   }
  ],
  "name": "BudgetTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "DataSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "leftWei",
    "type": "uint256"
   },
   {
    "name": "neededWei",
    "type": "uint256"
   }
  ],
  "name": "DayCapReached",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "Expired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "gas",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "GasTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "nonce",
    "type": "uint256"
   }
  ],
  "name": "NonceUsed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "to",
    "type": "address"
   }
  ],
  "name": "TargetRefused",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "AlreadyMember",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "JoinClosed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "NotMember",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "CheckpointUnorderedInsertion",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ECDSAInvalidSignature",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "ECDSAInvalidSignatureLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "s",
    "type": "bytes32"
   }
  ],
  "name": "ECDSAInvalidSignatureS",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "increasedSupply",
    "type": "uint256"
   },
   {
    "name": "cap",
    "type": "uint256"
   }
  ],
  "name": "ERC20ExceededSafeSupply",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "spender",
    "type": "address"
   },
   {
    "name": "allowance",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "ERC20InsufficientAllowance",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "address"
   },
   {
    "name": "balance",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "ERC20InsufficientBalance",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "approver",
    "type": "address"
   }
  ],
  "name": "ERC20InvalidApprover",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "receiver",
    "type": "address"
   }
  ],
  "name": "ERC20InvalidReceiver",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "address"
   }
  ],
  "name": "ERC20InvalidSender",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "spender",
    "type": "address"
   }
  ],
  "name": "ERC20InvalidSpender",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "deadline",
    "type": "uint256"
   }
  ],
  "name": "ERC2612ExpiredSignature",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "signer",
    "type": "address"
   },
   {
    "name": "owner",
    "type": "address"
   }
  ],
  "name": "ERC2612InvalidSigner",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "timepoint",
    "type": "uint256"
   },
   {
    "name": "clock",
    "type": "uint48"
   }
  ],
  "name": "ERC5805FutureLookup",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "currentNonce",
    "type": "uint256"
   }
  ],
  "name": "InvalidAccountNonce",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "amount",
    "type": "uint256"
   },
   {
    "name": "issuable",
    "type": "uint256"
   }
  ],
  "name": "IssueAboveCap",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maxYearlyIssueBps",
    "type": "uint16"
   },
   {
    "name": "maximum",
    "type": "uint16"
   }
  ],
  "name": "IssueRateInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "IssueZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "expiry",
    "type": "uint256"
   }
  ],
  "name": "VotesExpiredSignature",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ERC6372InconsistentClock",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "voter",
    "type": "address"
   }
  ],
  "name": "GovernorAlreadyCastVote",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorAlreadyQueuedProposal",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorDisabledDeposit",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposer",
    "type": "address"
   },
   {
    "name": "votes",
    "type": "uint256"
   },
   {
    "name": "threshold",
    "type": "uint256"
   }
  ],
  "name": "GovernorInsufficientProposerVotes",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "uint256"
   },
   {
    "name": "calldatas",
    "type": "uint256"
   },
   {
    "name": "values",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidProposalLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "quorumNumerator",
    "type": "uint256"
   },
   {
    "name": "quorumDenominator",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidQuorumFraction",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "voter",
    "type": "address"
   }
  ],
  "name": "GovernorInvalidSignature",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorInvalidVoteParams",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorInvalidVoteType",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "votingPeriod",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidVotingPeriod",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorNonexistentProposal",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "GovernorOnlyExecutor",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "newVoteExtension",
    "type": "uint256"
   },
   {
    "name": "maxVoteExtension",
    "type": "uint256"
   }
  ],
  "name": "GovernorPreventLateQuorumVoteExtensionTooLarge",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorProposalQueueingFailed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorProposalQueueingNotRequired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposer",
    "type": "address"
   }
  ],
  "name": "GovernorRestrictedProposer",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "GovernorUnableToCancel",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "current",
    "type": "uint8"
   },
   {
    "name": "expectedStates",
    "type": "bytes32"
   }
  ],
  "name": "GovernorUnexpectedProposalState",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "until",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "GuardianTermTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "votes",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ProposalThresholdTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "percent",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "QuorumOutOfRange",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "RelayToTimelock",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "TimelockFixed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delaySeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "VotingDelayOutOfRange",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "periodSeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "VotingPeriodOutOfRange",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "AccessControlBadConfirmation",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "neededRole",
    "type": "bytes32"
   }
  ],
  "name": "AccessControlUnauthorizedAccount",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delaySeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "DelayOutOfRange",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "RolesFixed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delay",
    "type": "uint256"
   },
   {
    "name": "minDelay",
    "type": "uint256"
   }
  ],
  "name": "TimelockInsufficientDelay",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "uint256"
   },
   {
    "name": "payloads",
    "type": "uint256"
   },
   {
    "name": "values",
    "type": "uint256"
   }
  ],
  "name": "TimelockInvalidOperationLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "TimelockUnauthorizedCaller",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "predecessorId",
    "type": "bytes32"
   }
  ],
  "name": "TimelockUnexecutedPredecessor",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   },
   {
    "name": "expectedStates",
    "type": "bytes32"
   }
  ],
  "name": "TimelockUnexpectedOperationState",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   }
  ],
  "name": "AccessManagerAlreadyScheduled",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "AccessManagerBadConfirmation",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   }
  ],
  "name": "AccessManagerExpired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "initialAdmin",
    "type": "address"
   }
  ],
  "name": "AccessManagerInvalidInitialAdmin",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "selector",
    "type": "bytes4"
   }
  ],
  "name": "AccessManagerLockedFunction",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "roleId",
    "type": "uint64"
   }
  ],
  "name": "AccessManagerLockedRole",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   }
  ],
  "name": "AccessManagerNotReady",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   }
  ],
  "name": "AccessManagerNotScheduled",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "msgsender",
    "type": "address"
   },
   {
    "name": "roleId",
    "type": "uint64"
   }
  ],
  "name": "AccessManagerUnauthorizedAccount",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   },
   {
    "name": "target",
    "type": "address"
   },
   {
    "name": "selector",
    "type": "bytes4"
   }
  ],
  "name": "AccessManagerUnauthorizedCall",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "msgsender",
    "type": "address"
   },
   {
    "name": "caller",
    "type": "address"
   },
   {
    "name": "target",
    "type": "address"
   },
   {
    "name": "selector",
    "type": "bytes4"
   }
  ],
  "name": "AccessManagerUnauthorizedCancel",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "target",
    "type": "address"
   }
  ],
  "name": "AccessManagerUnauthorizedConsume",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delaySeconds",
    "type": "uint32"
   }
  ],
  "name": "AdminDelayed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delaySeconds",
    "type": "uint32"
   },
   {
    "name": "maximum",
    "type": "uint32"
   }
  ],
  "name": "DelayTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "balance",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "InsufficientBalance",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "LastAdmin",
  "type": "error"
 }
]
