// GENERATED from contracts/artifacts (ICloud, Cloud, Applications, Deliveries, Moves) by packages/chain/generate.ts. Do not edit.
export const cloudAbi = [
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
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "name",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "depositWei",
    "type": "uint256"
   }
  ],
  "name": "AppCreated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "refundWei",
    "type": "uint256"
   }
  ],
  "name": "AppEnded",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   }
  ],
  "name": "AppPaused",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   }
  ],
  "name": "AppResumed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "allowed",
    "type": "bool"
   },
   {
    "indexed": false,
    "name": "unit",
    "type": "uint64"
   }
  ],
  "name": "AssetSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "imageDigest",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "builderAppId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "repositoryHash",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "builderVersion",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "statementDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "commit",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "manifestDigest",
    "type": "bytes32"
   }
  ],
  "name": "BuildRecorded",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "revision",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "digest",
    "type": "bytes32"
   }
  ],
  "name": "Configured",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "key",
    "type": "address"
   }
  ],
  "name": "DeployKeyRevoked",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "key",
    "type": "address"
   },
   {
    "components": [
     {
      "name": "maxWeiPerSecond",
      "type": "uint256"
     },
     {
      "name": "minIntervalSeconds",
      "type": "uint64"
     },
     {
      "name": "expiresAt",
      "type": "uint64"
     },
     {
      "name": "builderAppId",
      "type": "uint64"
     },
     {
      "name": "repositoryHash",
      "type": "bytes32"
     }
    ],
    "indexed": false,
    "name": "limits",
    "type": "tuple"
   }
  ],
  "name": "DeployKeySet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "key",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "DeployKeyUsed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "Frozen",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "guardian",
    "type": "address"
   }
  ],
  "name": "GuardianSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "replica",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "instanceKey",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "notAfter",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "evidenceDigest",
    "type": "bytes32"
   }
  ],
  "name": "LeaseRenewed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "replica",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "code",
    "type": "uint8"
   }
  ],
  "name": "LeaseSkipped",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "NewLeasesPaused",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "NoticeGiven",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "to",
    "type": "address"
   }
  ],
  "name": "OwnershipOffered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "owner",
    "type": "address"
   }
  ],
  "name": "OwnershipTaken",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "components": [
     {
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "indexed": false,
    "name": "parameters",
    "type": "tuple"
   }
  ],
  "name": "ParametersSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "from",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "Recharged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "replicas",
    "type": "uint16"
   }
  ],
  "name": "ReplicasChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "attestedSeconds",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "rentWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "feeWei",
    "type": "uint256"
   }
  ],
  "name": "Settled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "maxWeiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "SpendingCapSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "Swept",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "treasury",
    "type": "address"
   }
  ],
  "name": "TreasurySet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   }
  ],
  "name": "VersionActivated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "manifestDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "termsDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "weiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "VersionCreated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "uint8"
   }
  ],
  "name": "VersionDropped",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "account",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "Withdrawn",
  "type": "event"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "ready",
    "type": "bytes"
   }
  ],
  "name": "activate",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "app",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "state",
      "type": "uint8"
     },
     {
      "name": "name",
      "type": "bytes32"
     },
     {
      "name": "asset",
      "type": "address"
     },
     {
      "name": "replicas",
      "type": "uint16"
     },
     {
      "name": "currentVersion",
      "type": "uint32"
     },
     {
      "name": "pendingVersion",
      "type": "uint32"
     },
     {
      "name": "latestVersion",
      "type": "uint32"
     },
     {
      "name": "pendingDeadline",
      "type": "uint64"
     },
     {
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "name": "pausedAt",
      "type": "uint64"
     },
     {
      "name": "pauseReason",
      "type": "uint8"
     },
     {
      "name": "noticeUntil",
      "type": "uint64"
     },
     {
      "name": "escrowWei",
      "type": "uint256"
     },
     {
      "name": "graceDepositWei",
      "type": "uint256"
     },
     {
      "name": "paidWei",
      "type": "uint256"
     },
     {
      "name": "settledSeconds",
      "type": "uint64"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "owner",
    "type": "address"
   },
   {
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "appByName",
  "outputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "appCount",
  "outputs": [
   {
    "name": "",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "owner",
    "type": "address"
   },
   {
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "appsOf",
  "outputs": [
   {
    "name": "",
    "type": "uint64[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "appsOn",
  "outputs": [
   {
    "name": "",
    "type": "uint64[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "appsOnCount",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "token",
    "type": "address"
   }
  ],
  "name": "asset",
  "outputs": [
   {
    "components": [
     {
      "name": "allowed",
      "type": "bool"
     },
     {
      "name": "unit",
      "type": "uint64"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "imageDigest",
    "type": "bytes32"
   },
   {
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "buildersOf",
  "outputs": [
   {
    "name": "",
    "type": "uint64[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "imageDigest",
    "type": "bytes32"
   },
   {
    "name": "builderAppId",
    "type": "uint64"
   },
   {
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "buildsOf",
  "outputs": [
   {
    "components": [
     {
      "name": "statementDigest",
      "type": "bytes32"
     },
     {
      "name": "repositoryHash",
      "type": "bytes32"
     },
     {
      "name": "commit",
      "type": "bytes32"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "builderVersion",
      "type": "uint32"
     },
     {
      "name": "recordedAt",
      "type": "uint64"
     }
    ],
    "name": "",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "configuration",
  "outputs": [
   {
    "components": [
     {
      "name": "revision",
      "type": "uint32"
     },
     {
      "name": "createdBlock",
      "type": "uint64"
     },
     {
      "name": "digest",
      "type": "bytes32"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "configuration",
    "type": "bytes"
   }
  ],
  "name": "configure",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "bytes32"
   },
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "asset",
    "type": "address"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "components": [
     {
      "name": "replicas",
      "type": "uint16"
     },
     {
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "name": "gpu",
      "type": "uint16"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "name": "terms",
    "type": "tuple"
   },
   {
    "name": "manifest",
    "type": "bytes"
   },
   {
    "name": "maxWeiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "create",
  "outputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "credit",
  "outputs": [
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "deployKeys",
  "outputs": [
   {
    "components": [
     {
      "name": "key",
      "type": "address"
     },
     {
      "components": [
       {
        "name": "maxWeiPerSecond",
        "type": "uint256"
       },
       {
        "name": "minIntervalSeconds",
        "type": "uint64"
       },
       {
        "name": "expiresAt",
        "type": "uint64"
       },
       {
        "name": "builderAppId",
        "type": "uint64"
       },
       {
        "name": "repositoryHash",
        "type": "bytes32"
       }
      ],
      "name": "limits",
      "type": "tuple"
     }
    ],
    "name": "",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "dropPending",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "freeze",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appIds",
    "type": "uint64[]"
   }
  ],
  "name": "giveNotice",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "instanceKey",
    "type": "address"
   }
  ],
  "name": "isLeaseLive",
  "outputs": [
   {
    "name": "",
    "type": "bool"
   }
  ],
  "stateMutability": "view",
  "type": "function"
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
  "name": "isManifestBuilt",
  "outputs": [
   {
    "name": "",
    "type": "bool"
   }
  ],
  "stateMutability": "view",
  "type": "function"
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
   },
   {
    "name": "slot",
    "type": "uint8"
   }
  ],
  "name": "lease",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "replica",
      "type": "uint16"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "instanceKey",
      "type": "address"
     },
     {
      "name": "hpkeKey",
      "type": "bytes32"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "name": "evidenceBlock",
      "type": "uint64"
     },
     {
      "name": "notBefore",
      "type": "uint64"
     },
     {
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "name": "evidenceDigest",
      "type": "bytes32"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "liabilities",
  "outputs": [
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "maxWeiPerSecond",
    "type": "uint256"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "migrate",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "newLeasesPausedUntil",
  "outputs": [
   {
    "name": "",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "to",
    "type": "address"
   }
  ],
  "name": "offerOwnership",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ownerAndState",
  "outputs": [
   {
    "name": "owner",
    "type": "address"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "parameters",
  "outputs": [
   {
    "components": [
     {
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "pause",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "pauseNewLeases",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "quorum",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "asset",
    "type": "address"
   },
   {
    "components": [
     {
      "name": "replicas",
      "type": "uint16"
     },
     {
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "name": "gpu",
      "type": "uint16"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "name": "terms",
    "type": "tuple"
   }
  ],
  "name": "quote",
  "outputs": [
   {
    "name": "weiPerSecond",
    "type": "uint256"
   },
   {
    "name": "minimumDepositWei",
    "type": "uint256"
   },
   {
    "name": "graceDepositWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "recharge",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "builderAppId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "name": "imageDigest",
      "type": "bytes32"
     },
     {
      "name": "statementDigest",
      "type": "bytes32"
     },
     {
      "name": "repositoryHash",
      "type": "bytes32"
     },
     {
      "name": "commit",
      "type": "bytes32"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     }
    ],
    "name": "record",
    "type": "tuple"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "recordBuild",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "replica",
      "type": "uint16"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "instanceKey",
      "type": "address"
     },
     {
      "name": "hpkeKey",
      "type": "bytes32"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "name": "evidenceBlock",
      "type": "uint64"
     },
     {
      "name": "notBefore",
      "type": "uint64"
     },
     {
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "name": "evidenceDigest",
      "type": "bytes32"
     }
    ],
    "name": "leases",
    "type": "tuple[]"
   },
   {
    "components": [
     {
      "name": "epoch",
      "type": "uint64"
     },
     {
      "name": "expiry",
      "type": "uint64"
     },
     {
      "name": "bitmap",
      "type": "uint256"
     },
     {
      "name": "signatures",
      "type": "bytes"
     }
    ],
    "name": "signed",
    "type": "tuple"
   }
  ],
  "name": "renew",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "resume",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
  "name": "revokeDeployKey",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "rules",
  "outputs": [
   {
    "components": [
     {
      "name": "guardian",
      "type": "address"
     },
     {
      "name": "frozenUntil",
      "type": "uint64"
     },
     {
      "name": "maxWeiPerSecond",
      "type": "uint256"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "replicas",
    "type": "uint16"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "scale",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
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
  "name": "servedUntil",
  "outputs": [
   {
    "name": "",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   },
   {
    "name": "allowed",
    "type": "bool"
   },
   {
    "name": "unit",
    "type": "uint64"
   }
  ],
  "name": "setAsset",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
   },
   {
    "components": [
     {
      "name": "maxWeiPerSecond",
      "type": "uint256"
     },
     {
      "name": "minIntervalSeconds",
      "type": "uint64"
     },
     {
      "name": "expiresAt",
      "type": "uint64"
     },
     {
      "name": "builderAppId",
      "type": "uint64"
     },
     {
      "name": "repositoryHash",
      "type": "bytes32"
     }
    ],
    "name": "limits",
    "type": "tuple"
   }
  ],
  "name": "setDeployKey",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "guardian",
    "type": "address"
   }
  ],
  "name": "setGuardian",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "name": "parameters",
    "type": "tuple"
   }
  ],
  "name": "setParameters",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "maxWeiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "setSpendingCap",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "treasury",
    "type": "address"
   }
  ],
  "name": "setTreasury",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "settle",
  "outputs": [
   {
    "name": "rentWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "subnet",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "sweep",
  "outputs": [
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "takeOwnership",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "terminate",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "treasury",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "unsettled",
  "outputs": [
   {
    "name": "attestedSeconds",
    "type": "uint64"
   },
   {
    "name": "rentWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "name": "replicas",
      "type": "uint16"
     },
     {
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "name": "gpu",
      "type": "uint16"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "name": "terms",
    "type": "tuple"
   },
   {
    "name": "manifest",
    "type": "bytes"
   },
   {
    "name": "maxWeiPerSecond",
    "type": "uint256"
   },
   {
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "name": "security",
    "type": "bool"
   }
  ],
  "name": "update",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "manifest",
    "type": "bytes"
   },
   {
    "name": "maxWeiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "updateByDeployKey",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
  "name": "version",
  "outputs": [
   {
    "components": [
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "name": "createdBlock",
      "type": "uint64"
     },
     {
      "name": "endedAt",
      "type": "uint64"
     },
     {
      "name": "manifestVersion",
      "type": "uint32"
     },
     {
      "name": "security",
      "type": "bool"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "termsDigest",
      "type": "bytes32"
     },
     {
      "name": "weiPerSecond",
      "type": "uint256"
     },
     {
      "components": [
       {
        "name": "replicas",
        "type": "uint16"
       },
       {
        "name": "cpuMilli",
        "type": "uint32"
       },
       {
        "name": "memoryMiB",
        "type": "uint32"
       },
       {
        "name": "diskMiB",
        "type": "uint32"
       },
       {
        "name": "gpu",
        "type": "uint16"
       },
       {
        "name": "teeClasses",
        "type": "uint8"
       },
       {
        "name": "level",
        "type": "uint8"
       },
       {
        "name": "upgradeDelaySeconds",
        "type": "uint32"
       },
       {
        "name": "graceSeconds",
        "type": "uint32"
       }
      ],
      "name": "terms",
      "type": "tuple"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "withdraw",
  "outputs": [
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "asset",
    "type": "address"
   },
   {
    "name": "to",
    "type": "address"
   }
  ],
  "name": "withdrawTo",
  "outputs": [
   {
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
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
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "authority",
    "type": "address"
   }
  ],
  "name": "AuthorityUpdated",
  "type": "event"
 },
 {
  "inputs": [],
  "name": "authority",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "isConsumingScheduledOp",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newAuthority",
    "type": "address"
   }
  ],
  "name": "setAuthority",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 }
] as const
