// GENERATED from contracts/artifacts (ISubnet, Subnet, Registry) by packages/chain/generate.ts. Do not edit.
export const subnetAbi = [
 {
  "inputs": [],
  "name": "AlreadySet",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "AmountZero",
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
  "inputs": [],
  "name": "NothingToWithdraw",
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
  "name": "ZeroAddress",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ZeroDigest",
  "type": "error"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "cloud",
    "type": "address"
   }
  ],
  "name": "CloudSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "tlsKeyHash",
    "type": "bytes32"
   }
  ],
  "name": "NodeKeysChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "platformId",
    "type": "bytes32"
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
   },
   {
    "indexed": false,
    "name": "evidenceUri",
    "type": "string"
   }
  ],
  "name": "NodeProven",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "endpoint",
    "type": "string"
   }
  ],
  "name": "NodeRegistered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "status",
    "type": "uint8"
   }
  ],
  "name": "NodeStatusChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "PlatformDenied",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "status",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "teeClass",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "validFrom",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "ReferenceValueSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "Released",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "Reserved",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "subject",
    "type": "uint8"
   },
   {
    "indexed": true,
    "name": "id",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "blockNumber",
    "type": "uint64"
   }
  ],
  "name": "RevocationFloorRaised",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "StakeAdded",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "StakeLocked",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "components": [
     {
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "name": "nodeWei",
      "type": "uint128"
     }
    ],
    "indexed": false,
    "name": "rules",
    "type": "tuple"
   }
  ],
  "name": "StakeRulesSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "beneficiary",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "beneficiaryWei",
    "type": "uint256"
   }
  ],
  "name": "StakeSlashed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "StakeUnlocked",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "to",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "StakeWithdrawn",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "treasury",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "WithdrawalCancelled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "availableAt",
    "type": "uint64"
   }
  ],
  "name": "WithdrawalRequested",
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
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "Withdrawn",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "settledSeconds",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "digest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "WorkProven",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "operator",
    "type": "address"
   }
  ],
  "name": "WorkerOperatorChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "asset",
    "type": "address"
   },
   {
    "components": [
     {
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "indexed": false,
    "name": "prices",
    "type": "tuple"
   }
  ],
  "name": "WorkerPricesSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "operator",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "endpoint",
    "type": "string"
   }
  ],
  "name": "WorkerRegistered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "status",
    "type": "uint8"
   }
  ],
  "name": "WorkerStatusChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "WorkerUpdated",
  "type": "event"
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
  "name": "bond",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
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
  "name": "cancelWithdrawal",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "cloud",
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
    "name": "account",
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
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "denyPlatform",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "draining",
    "type": "bool"
   }
  ],
  "name": "drain",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "key",
      "type": "address"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "evidenceBlock",
      "type": "uint64"
     }
    ],
    "name": "evidence",
    "type": "tuple"
   }
  ],
  "name": "evidenceFault",
  "outputs": [
   {
    "name": "",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "extendDeprecated",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "components": [
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
     }
    ],
    "name": "amount",
    "type": "tuple"
   }
  ],
  "name": "fits",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "isPlatformLive",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "isReferenceAccepted",
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
  "inputs": [],
  "name": "kind",
  "outputs": [
   {
    "name": "",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "leaveNode",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "liabilitiesWei",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "liveProof",
  "outputs": [
   {
    "name": "notAfter",
    "type": "uint64"
   },
   {
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
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
   },
   {
    "name": "amountWei",
    "type": "uint128"
   }
  ],
  "name": "lockStake",
  "outputs": [
   {
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "name": "unbondingWei",
    "type": "uint128"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "newestFloor",
  "outputs": [
   {
    "name": "blockNumber",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "node",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "operator",
      "type": "address"
     },
     {
      "name": "statementKey",
      "type": "address"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "name": "endpoint",
      "type": "string"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
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
  "inputs": [],
  "name": "nodeCount",
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
    "name": "statementKey",
    "type": "address"
   }
  ],
  "name": "nodeOfKey",
  "outputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "nodeProofSeconds",
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
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "nodes",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "operator",
      "type": "address"
     },
     {
      "name": "statementKey",
      "type": "address"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "name": "endpoint",
      "type": "string"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
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
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "offer",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "operator",
      "type": "address"
     },
     {
      "name": "open",
      "type": "bool"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "components": [
       {
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "name": "prices",
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
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "platform",
  "outputs": [
   {
    "components": [
     {
      "name": "role",
      "type": "uint8"
     },
     {
      "name": "nodeId",
      "type": "uint64"
     },
     {
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "name": "denied",
      "type": "bool"
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
    "components": [
     {
      "name": "role",
      "type": "uint16"
     },
     {
      "name": "nodeId",
      "type": "uint64"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "statementKey",
      "type": "address"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
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
    "name": "proofs",
    "type": "tuple[]"
   },
   {
    "name": "evidenceUris",
    "type": "string[]"
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
  "name": "proveNodes",
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
    "name": "subject",
    "type": "uint8"
   },
   {
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "raiseRevocationFloor",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "referenceDelaySeconds",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "referenceValue",
  "outputs": [
   {
    "components": [
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "teeClass",
      "type": "uint8"
     },
     {
      "name": "extended",
      "type": "bool"
     },
     {
      "name": "validFrom",
      "type": "uint64"
     },
     {
      "name": "until",
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
    "name": "operator",
    "type": "address"
   },
   {
    "components": [
     {
      "name": "statementKey",
      "type": "address"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "name": "possession",
      "type": "bytes"
     }
    ],
    "name": "keys",
    "type": "tuple"
   },
   {
    "name": "endpoint",
    "type": "string"
   }
  ],
  "name": "registerNode",
  "outputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "operator",
    "type": "address"
   },
   {
    "components": [
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "region",
      "type": "bytes32"
     },
     {
      "name": "endpoint",
      "type": "string"
     }
    ],
    "name": "profile",
    "type": "tuple"
   },
   {
    "components": [
     {
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "name": "prices",
    "type": "tuple"
   },
   {
    "components": [
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
     }
    ],
    "name": "capacity",
    "type": "tuple"
   }
  ],
  "name": "registerWorker",
  "outputs": [
   {
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
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
   },
   {
    "components": [
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
     }
    ],
    "name": "amount",
    "type": "tuple"
   }
  ],
  "name": "release",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
   },
   {
    "name": "amountWei",
    "type": "uint128"
   }
  ],
  "name": "requestWithdrawal",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
  "name": "requiredStakeWei",
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
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "components": [
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
     }
    ],
    "name": "amount",
    "type": "tuple"
   }
  ],
  "name": "reserve",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "subject",
    "type": "uint8"
   },
   {
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "revocationFloor",
  "outputs": [
   {
    "name": "blockNumber",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "subject",
      "type": "uint16"
     },
     {
      "name": "id",
      "type": "bytes32"
     },
     {
      "name": "blockNumber",
      "type": "uint64"
     }
    ],
    "name": "revocations",
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
  "name": "revoke",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "revokeReference",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeIds",
    "type": "uint64[]"
   }
  ],
  "name": "sealersAmong",
  "outputs": [
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "cloud",
    "type": "address"
   }
  ],
  "name": "setCloud",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "name": "statementKey",
      "type": "address"
     },
     {
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "name": "possession",
      "type": "bytes"
     }
    ],
    "name": "keys",
    "type": "tuple"
   },
   {
    "name": "endpoint",
    "type": "string"
   }
  ],
  "name": "setNodeKeys",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "operator",
    "type": "address"
   }
  ],
  "name": "setOperator",
  "outputs": [],
  "stateMutability": "nonpayable",
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
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "name": "prices",
    "type": "tuple"
   }
  ],
  "name": "setPrices",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "name": "teeClass",
    "type": "uint8"
   },
   {
    "name": "status",
    "type": "uint8"
   },
   {
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "setReferenceValue",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "name": "nodeWei",
      "type": "uint128"
     }
    ],
    "name": "rules",
    "type": "tuple"
   }
  ],
  "name": "setStakeRules",
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
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "shutdown",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeIds",
    "type": "uint64[]"
   }
  ],
  "name": "signers",
  "outputs": [
   {
    "name": "keys",
    "type": "address[]"
   },
   {
    "name": "live",
    "type": "bool[]"
   },
   {
    "name": "lapsed",
    "type": "bool[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "simulated",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "name": "unbondingWei",
    "type": "uint128"
   },
   {
    "name": "beneficiary",
    "type": "address"
   },
   {
    "name": "beneficiaryWei",
    "type": "uint256"
   }
  ],
  "name": "slashLocked",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "reporter",
    "type": "address"
   },
   {
    "name": "rewardBps",
    "type": "uint16"
   }
  ],
  "name": "slashNode",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "stake",
  "outputs": [
   {
    "components": [
     {
      "name": "bondedWei",
      "type": "uint128"
     },
     {
      "name": "unbondingWei",
      "type": "uint128"
     },
     {
      "name": "lockedBondedWei",
      "type": "uint128"
     },
     {
      "name": "lockedUnbondingWei",
      "type": "uint128"
     },
     {
      "name": "availableAt",
      "type": "uint64"
     },
     {
      "name": "delayed",
      "type": "bool"
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
  "inputs": [],
  "name": "stakeRules",
  "outputs": [
   {
    "components": [
     {
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "name": "nodeWei",
      "type": "uint128"
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
  "inputs": [],
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
  "inputs": [],
  "name": "trustStoreDigest",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "unbondingSeconds",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "name": "unbondingWei",
    "type": "uint128"
   }
  ],
  "name": "unlockStake",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "workerId",
    "type": "uint64"
   },
   {
    "name": "open",
    "type": "bool"
   },
   {
    "components": [
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "region",
      "type": "bytes32"
     },
     {
      "name": "endpoint",
      "type": "string"
     }
    ],
    "name": "profile",
    "type": "tuple"
   },
   {
    "components": [
     {
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "name": "prices",
    "type": "tuple"
   },
   {
    "components": [
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
     }
    ],
    "name": "capacity",
    "type": "tuple"
   }
  ],
  "name": "updateWorker",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
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
   },
   {
    "name": "digest",
    "type": "bytes32"
   },
   {
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "uploadWork",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "vendorOf",
  "outputs": [
   {
    "name": "",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "to",
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
    "name": "role",
    "type": "uint16"
   },
   {
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "to",
    "type": "address"
   }
  ],
  "name": "withdrawStake",
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
  "name": "workProof",
  "outputs": [
   {
    "components": [
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "settledSeconds",
      "type": "uint64"
     },
     {
      "name": "uploadedAt",
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
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "worker",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "operator",
      "type": "address"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "open",
      "type": "bool"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "region",
      "type": "bytes32"
     },
     {
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "components": [
       {
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "name": "prices",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "name": "capacity",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "name": "reserved",
      "type": "tuple"
     },
     {
      "name": "endpoint",
      "type": "string"
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
  "inputs": [],
  "name": "workerCount",
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
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "workerOwner",
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
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "workers",
  "outputs": [
   {
    "components": [
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "operator",
      "type": "address"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "open",
      "type": "bool"
     },
     {
      "name": "level",
      "type": "uint8"
     },
     {
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "name": "region",
      "type": "bytes32"
     },
     {
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "components": [
       {
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "name": "prices",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "name": "capacity",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "name": "reserved",
      "type": "tuple"
     },
     {
      "name": "endpoint",
      "type": "string"
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
  "inputs": [],
  "name": "registry",
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
