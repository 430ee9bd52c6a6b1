// GENERATED from contracts/artifacts/Cloud.json by packages/chain/generate.ts. Do not edit.
export const cloudAbi = [
 {
  "inputs": [],
  "name": "AmountZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "enum ICloud.AppState",
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
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint256",
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
    "internalType": "uint256",
    "name": "size",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "bytes4",
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
    "internalType": "uint256",
    "name": "size",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "bytes32",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "address",
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
    "internalType": "address",
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
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint16",
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
    "internalType": "uint256",
    "name": "weiPerSecond",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "string",
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
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "to",
    "type": "address"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint32",
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
    "internalType": "uint256",
    "name": "valueWei",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "name",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "bool",
    "name": "allowed",
    "type": "bool"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint32",
    "name": "revision",
    "type": "uint32"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "internalType": "uint16",
    "name": "replica",
    "type": "uint16"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "instanceKey",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint64",
    "name": "notAfter",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "internalType": "uint16",
    "name": "replica",
    "type": "uint16"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.LeaseCode",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
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
      "internalType": "uint64",
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint16",
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "internalType": "uint16",
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "indexed": false,
    "internalType": "struct ICloud.Parameters",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "from",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint16",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "uint64",
    "name": "attestedSeconds",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
    "name": "rentWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
    "name": "reason",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "manifestDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "termsDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "internalType": "enum ICloud.Reason",
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
    "internalType": "address",
    "name": "account",
    "type": "address"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "bytes",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "app",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "enum ICloud.AppState",
      "name": "state",
      "type": "uint8"
     },
     {
      "internalType": "bytes32",
      "name": "name",
      "type": "bytes32"
     },
     {
      "internalType": "address",
      "name": "asset",
      "type": "address"
     },
     {
      "internalType": "uint16",
      "name": "replicas",
      "type": "uint16"
     },
     {
      "internalType": "uint32",
      "name": "currentVersion",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "pendingVersion",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "latestVersion",
      "type": "uint32"
     },
     {
      "internalType": "uint64",
      "name": "pendingDeadline",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "pausedAt",
      "type": "uint64"
     },
     {
      "internalType": "enum ICloud.Reason",
      "name": "pauseReason",
      "type": "uint8"
     },
     {
      "internalType": "uint64",
      "name": "noticeUntil",
      "type": "uint64"
     },
     {
      "internalType": "uint256",
      "name": "escrowWei",
      "type": "uint256"
     },
     {
      "internalType": "uint256",
      "name": "graceDepositWei",
      "type": "uint256"
     },
     {
      "internalType": "uint256",
      "name": "paidWei",
      "type": "uint256"
     },
     {
      "internalType": "uint64",
      "name": "settledSeconds",
      "type": "uint64"
     }
    ],
    "internalType": "struct ICloud.App",
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
    "internalType": "address",
    "name": "owner",
    "type": "address"
   },
   {
    "internalType": "bytes32",
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "appByName",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "owner",
    "type": "address"
   },
   {
    "internalType": "uint256",
    "name": "first",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "appsOf",
  "outputs": [
   {
    "internalType": "uint64[]",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
    "name": "first",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "appsOn",
  "outputs": [
   {
    "internalType": "uint64[]",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "appsOnCount",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "address",
    "name": "token",
    "type": "address"
   }
  ],
  "name": "asset",
  "outputs": [
   {
    "components": [
     {
      "internalType": "bool",
      "name": "allowed",
      "type": "bool"
     },
     {
      "internalType": "uint64",
      "name": "unit",
      "type": "uint64"
     }
    ],
    "internalType": "struct ICloud.Asset",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "configuration",
  "outputs": [
   {
    "components": [
     {
      "internalType": "uint32",
      "name": "revision",
      "type": "uint32"
     },
     {
      "internalType": "uint64",
      "name": "createdBlock",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "digest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct ICloud.Configuration",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "bytes",
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
    "internalType": "bytes32",
    "name": "name",
    "type": "bytes32"
   },
   {
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "internalType": "uint256",
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "components": [
     {
      "internalType": "uint16",
      "name": "replicas",
      "type": "uint16"
     },
     {
      "internalType": "uint32",
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint16",
      "name": "gpu",
      "type": "uint16"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint32",
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "internalType": "struct ICloud.Terms",
    "name": "terms",
    "type": "tuple"
   },
   {
    "internalType": "bytes",
    "name": "manifest",
    "type": "bytes"
   },
   {
    "internalType": "uint256",
    "name": "maxWeiPerSecond",
    "type": "uint256"
   }
  ],
  "name": "create",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "account",
    "type": "address"
   },
   {
    "internalType": "address",
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "credit",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64[]",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "address",
    "name": "instanceKey",
    "type": "address"
   }
  ],
  "name": "isLeaseLive",
  "outputs": [
   {
    "internalType": "bool",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint16",
    "name": "replica",
    "type": "uint16"
   },
   {
    "internalType": "uint8",
    "name": "slot",
    "type": "uint8"
   }
  ],
  "name": "lease",
  "outputs": [
   {
    "components": [
     {
      "internalType": "uint64",
      "name": "appId",
      "type": "uint64"
     },
     {
      "internalType": "uint32",
      "name": "version",
      "type": "uint32"
     },
     {
      "internalType": "uint16",
      "name": "replica",
      "type": "uint16"
     },
     {
      "internalType": "uint64",
      "name": "workerId",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "internalType": "address",
      "name": "instanceKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "hpkeKey",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "internalType": "uint64",
      "name": "evidenceBlock",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "notBefore",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "evidenceDigest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct ICloud.AttestationLease",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "liabilities",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
    "name": "maxWeiPerSecond",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "address",
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
  "inputs": [],
  "name": "parameters",
  "outputs": [
   {
    "components": [
     {
      "internalType": "uint64",
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint16",
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "internalType": "uint16",
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "internalType": "struct ICloud.Parameters",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "contract IQuorum",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "components": [
     {
      "internalType": "uint16",
      "name": "replicas",
      "type": "uint16"
     },
     {
      "internalType": "uint32",
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint16",
      "name": "gpu",
      "type": "uint16"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint32",
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "internalType": "struct ICloud.Terms",
    "name": "terms",
    "type": "tuple"
   }
  ],
  "name": "quote",
  "outputs": [
   {
    "internalType": "uint256",
    "name": "weiPerSecond",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
    "name": "minimumDepositWei",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
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
    "components": [
     {
      "internalType": "uint64",
      "name": "appId",
      "type": "uint64"
     },
     {
      "internalType": "uint32",
      "name": "version",
      "type": "uint32"
     },
     {
      "internalType": "uint16",
      "name": "replica",
      "type": "uint16"
     },
     {
      "internalType": "uint64",
      "name": "workerId",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "internalType": "address",
      "name": "instanceKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "hpkeKey",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "internalType": "uint64",
      "name": "evidenceBlock",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "notBefore",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "evidenceDigest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct ICloud.AttestationLease[]",
    "name": "leases",
    "type": "tuple[]"
   },
   {
    "components": [
     {
      "internalType": "uint64",
      "name": "epoch",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "expiry",
      "type": "uint64"
     },
     {
      "internalType": "uint256",
      "name": "bitmap",
      "type": "uint256"
     },
     {
      "internalType": "bytes",
      "name": "signatures",
      "type": "bytes"
     }
    ],
    "internalType": "struct IQuorum.Signed",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "rules",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "guardian",
      "type": "address"
     },
     {
      "internalType": "uint64",
      "name": "frozenUntil",
      "type": "uint64"
     },
     {
      "internalType": "uint256",
      "name": "maxWeiPerSecond",
      "type": "uint256"
     }
    ],
    "internalType": "struct ICloud.Rules",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint16",
    "name": "replicas",
    "type": "uint16"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "servedUntil",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "internalType": "bool",
    "name": "allowed",
    "type": "bool"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "address",
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
      "internalType": "uint64",
      "name": "maxLeaseSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "startWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "minEscrowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "updateWindowSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "noticeSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint16",
      "name": "feeBps",
      "type": "uint16"
     },
     {
      "internalType": "uint16",
      "name": "maxReplicas",
      "type": "uint16"
     }
    ],
    "internalType": "struct ICloud.Parameters",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
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
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "settle",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "contract ISubnet",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "sweep",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "unsettled",
  "outputs": [
   {
    "internalType": "uint64",
    "name": "attestedSeconds",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "internalType": "uint16",
      "name": "replicas",
      "type": "uint16"
     },
     {
      "internalType": "uint32",
      "name": "cpuMilli",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "memoryMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "diskMiB",
      "type": "uint32"
     },
     {
      "internalType": "uint16",
      "name": "gpu",
      "type": "uint16"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint32",
      "name": "upgradeDelaySeconds",
      "type": "uint32"
     },
     {
      "internalType": "uint32",
      "name": "graceSeconds",
      "type": "uint32"
     }
    ],
    "internalType": "struct ICloud.Terms",
    "name": "terms",
    "type": "tuple"
   },
   {
    "internalType": "bytes",
    "name": "manifest",
    "type": "bytes"
   },
   {
    "internalType": "uint256",
    "name": "maxWeiPerSecond",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "internalType": "bool",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint32",
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "version",
  "outputs": [
   {
    "components": [
     {
      "internalType": "uint64",
      "name": "workerId",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "createdBlock",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "endedAt",
      "type": "uint64"
     },
     {
      "internalType": "uint32",
      "name": "manifestVersion",
      "type": "uint32"
     },
     {
      "internalType": "bool",
      "name": "security",
      "type": "bool"
     },
     {
      "internalType": "bytes32",
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "termsDigest",
      "type": "bytes32"
     },
     {
      "internalType": "uint256",
      "name": "weiPerSecond",
      "type": "uint256"
     },
     {
      "components": [
       {
        "internalType": "uint16",
        "name": "replicas",
        "type": "uint16"
       },
       {
        "internalType": "uint32",
        "name": "cpuMilli",
        "type": "uint32"
       },
       {
        "internalType": "uint32",
        "name": "memoryMiB",
        "type": "uint32"
       },
       {
        "internalType": "uint32",
        "name": "diskMiB",
        "type": "uint32"
       },
       {
        "internalType": "uint16",
        "name": "gpu",
        "type": "uint16"
       },
       {
        "internalType": "uint8",
        "name": "teeClasses",
        "type": "uint8"
       },
       {
        "internalType": "uint8",
        "name": "level",
        "type": "uint8"
       },
       {
        "internalType": "uint32",
        "name": "upgradeDelaySeconds",
        "type": "uint32"
       },
       {
        "internalType": "uint32",
        "name": "graceSeconds",
        "type": "uint32"
       }
      ],
      "internalType": "struct ICloud.Terms",
      "name": "terms",
      "type": "tuple"
     }
    ],
    "internalType": "struct ICloud.Version",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "withdraw",
  "outputs": [
   {
    "internalType": "uint256",
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
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "internalType": "address payable",
    "name": "to",
    "type": "address"
   }
  ],
  "name": "withdrawTo",
  "outputs": [
   {
    "internalType": "uint256",
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 }
] as const
