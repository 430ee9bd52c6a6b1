// GENERATED from contracts/artifacts/Subnet.json by packages/chain/generate.ts. Do not edit.
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
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "left",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint256",
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
    "internalType": "uint256",
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
    "internalType": "string",
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
    "internalType": "uint16",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "address",
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
    "internalType": "address",
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
    "internalType": "bytes32",
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
    "internalType": "bytes32",
    "name": "platformId",
    "type": "bytes32"
   },
   {
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "enum ISubnet.Subject",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "notBefore",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
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
    "internalType": "bytes32",
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
    "internalType": "uint16",
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
    "internalType": "string",
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
  "name": "StakeTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "internalType": "address",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint8",
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
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "bytes32",
    "name": "platformId",
    "type": "bytes32"
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
   },
   {
    "indexed": false,
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ISubnet.NodeStatus",
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
    "internalType": "bytes32",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "bytes32",
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "enum ISubnet.ReferenceStatus",
    "name": "status",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "uint8",
    "name": "teeClass",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "uint64",
    "name": "validFrom",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint64",
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
    "internalType": "enum ISubnet.Subject",
    "name": "subject",
    "type": "uint8"
   },
   {
    "indexed": true,
    "internalType": "bytes32",
    "name": "id",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
      "internalType": "uint128",
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "nodeWei",
      "type": "uint128"
     }
    ],
    "indexed": false,
    "internalType": "struct ISubnet.StakeRules",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "beneficiary",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "to",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint256",
    "name": "amountWei",
    "type": "uint256"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "account",
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
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint64",
    "name": "settledSeconds",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "digest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "asset",
    "type": "address"
   },
   {
    "components": [
     {
      "internalType": "uint128",
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "indexed": false,
    "internalType": "struct ISubnet.Prices",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "address",
    "name": "operator",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum ISubnet.WorkerStatus",
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
    "internalType": "uint64",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "account",
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
    "internalType": "bytes32",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "bool",
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
      "internalType": "address",
      "name": "key",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "measurementId",
      "type": "bytes32"
     },
     {
      "internalType": "uint64",
      "name": "workerId",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "appId",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "evidenceBlock",
      "type": "uint64"
     }
    ],
    "internalType": "struct ISubnet.Evidence",
    "name": "evidence",
    "type": "tuple"
   }
  ],
  "name": "evidenceFault",
  "outputs": [
   {
    "internalType": "enum ISubnet.EvidenceFault",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "bytes32",
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "components": [
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
     }
    ],
    "internalType": "struct ISubnet.Resources",
    "name": "amount",
    "type": "tuple"
   }
  ],
  "name": "fits",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "bytes32",
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "isPlatformLive",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "bytes32",
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "isReferenceAccepted",
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
  "inputs": [],
  "name": "kind",
  "outputs": [
   {
    "internalType": "enum ISubnet.NetworkKind",
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
    "internalType": "uint64",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "liveProof",
  "outputs": [
   {
    "internalType": "uint64",
    "name": "notAfter",
    "type": "uint64"
   },
   {
    "internalType": "bytes32",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "uint128",
    "name": "amountWei",
    "type": "uint128"
   }
  ],
  "name": "lockStake",
  "outputs": [
   {
    "internalType": "uint128",
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
    "name": "unbondingWei",
    "type": "uint128"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "node",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "operator",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "statementKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "enum ISubnet.NodeStatus",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "uint128",
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     },
     {
      "internalType": "bytes",
      "name": "encryptionKey",
      "type": "bytes"
     }
    ],
    "internalType": "struct ISubnet.Node",
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
    "name": "statementKey",
    "type": "address"
   }
  ],
  "name": "nodeOfKey",
  "outputs": [
   {
    "internalType": "uint64",
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
    "name": "first",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "nodes",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "operator",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "statementKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "enum ISubnet.NodeStatus",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "uint128",
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     },
     {
      "internalType": "bytes",
      "name": "encryptionKey",
      "type": "bytes"
     }
    ],
    "internalType": "struct ISubnet.Node[]",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "address",
    "name": "asset",
    "type": "address"
   }
  ],
  "name": "offer",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "operator",
      "type": "address"
     },
     {
      "internalType": "bool",
      "name": "open",
      "type": "bool"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "components": [
       {
        "internalType": "uint128",
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "internalType": "struct ISubnet.Prices",
      "name": "prices",
      "type": "tuple"
     }
    ],
    "internalType": "struct ISubnet.Offer",
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
    "internalType": "bytes32",
    "name": "platformId",
    "type": "bytes32"
   }
  ],
  "name": "platform",
  "outputs": [
   {
    "components": [
     {
      "internalType": "enum ISubnet.Role",
      "name": "role",
      "type": "uint8"
     },
     {
      "internalType": "uint64",
      "name": "nodeId",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "notAfter",
      "type": "uint64"
     },
     {
      "internalType": "bool",
      "name": "denied",
      "type": "bool"
     }
    ],
    "internalType": "struct ISubnet.Platform",
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
      "internalType": "uint16",
      "name": "role",
      "type": "uint16"
     },
     {
      "internalType": "uint64",
      "name": "nodeId",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "internalType": "address",
      "name": "statementKey",
      "type": "address"
     },
     {
      "internalType": "bytes",
      "name": "encryptionKey",
      "type": "bytes"
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
    "internalType": "struct ISubnet.NodeProof[]",
    "name": "proofs",
    "type": "tuple[]"
   },
   {
    "internalType": "string[]",
    "name": "evidenceUris",
    "type": "string[]"
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
    "internalType": "enum ISubnet.Subject",
    "name": "subject",
    "type": "uint8"
   },
   {
    "internalType": "bytes32",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "bytes32",
    "name": "measurementId",
    "type": "bytes32"
   }
  ],
  "name": "referenceValue",
  "outputs": [
   {
    "components": [
     {
      "internalType": "enum ISubnet.ReferenceStatus",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClass",
      "type": "uint8"
     },
     {
      "internalType": "bool",
      "name": "extended",
      "type": "bool"
     },
     {
      "internalType": "uint64",
      "name": "validFrom",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "until",
      "type": "uint64"
     }
    ],
    "internalType": "struct ISubnet.Reference",
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
    "name": "operator",
    "type": "address"
   },
   {
    "components": [
     {
      "internalType": "address",
      "name": "statementKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "bytes",
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "internalType": "bytes",
      "name": "possession",
      "type": "bytes"
     }
    ],
    "internalType": "struct ISubnet.NodeKeys",
    "name": "keys",
    "type": "tuple"
   },
   {
    "internalType": "string",
    "name": "endpoint",
    "type": "string"
   }
  ],
  "name": "registerNode",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "operator",
    "type": "address"
   },
   {
    "components": [
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "bytes32",
      "name": "region",
      "type": "bytes32"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     }
    ],
    "internalType": "struct ISubnet.Profile",
    "name": "profile",
    "type": "tuple"
   },
   {
    "components": [
     {
      "internalType": "uint128",
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.Prices",
    "name": "prices",
    "type": "tuple"
   },
   {
    "components": [
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
     }
    ],
    "internalType": "struct ISubnet.Resources",
    "name": "capacity",
    "type": "tuple"
   }
  ],
  "name": "registerWorker",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "components": [
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
     }
    ],
    "internalType": "struct ISubnet.Resources",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "uint128",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "requiredStakeWei",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "components": [
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
     }
    ],
    "internalType": "struct ISubnet.Resources",
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
    "internalType": "enum ISubnet.Subject",
    "name": "subject",
    "type": "uint8"
   },
   {
    "internalType": "bytes32",
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "revocationFloor",
  "outputs": [
   {
    "internalType": "uint64",
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
      "internalType": "uint16",
      "name": "subject",
      "type": "uint16"
     },
     {
      "internalType": "bytes32",
      "name": "id",
      "type": "bytes32"
     },
     {
      "internalType": "uint64",
      "name": "blockNumber",
      "type": "uint64"
     }
    ],
    "internalType": "struct ISubnet.Revocation[]",
    "name": "revocations",
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
  "name": "revoke",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "bytes32",
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
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "internalType": "address",
      "name": "statementKey",
      "type": "address"
     },
     {
      "internalType": "bytes32",
      "name": "tlsKeyHash",
      "type": "bytes32"
     },
     {
      "internalType": "bytes",
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "internalType": "bytes",
      "name": "possession",
      "type": "bytes"
     }
    ],
    "internalType": "struct ISubnet.NodeKeys",
    "name": "keys",
    "type": "tuple"
   },
   {
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "address",
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
      "internalType": "uint128",
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.Prices",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "bytes32",
    "name": "measurementId",
    "type": "bytes32"
   },
   {
    "internalType": "uint8",
    "name": "teeClass",
    "type": "uint8"
   },
   {
    "internalType": "enum ISubnet.ReferenceStatus",
    "name": "status",
    "type": "uint8"
   },
   {
    "internalType": "uint64",
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
      "internalType": "uint128",
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "nodeWei",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.StakeRules",
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
    "internalType": "uint64[]",
    "name": "nodeIds",
    "type": "uint64[]"
   }
  ],
  "name": "signers",
  "outputs": [
   {
    "internalType": "address[]",
    "name": "keys",
    "type": "address[]"
   },
   {
    "internalType": "bool[]",
    "name": "live",
    "type": "bool[]"
   },
   {
    "internalType": "bool[]",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "uint128",
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
    "name": "unbondingWei",
    "type": "uint128"
   },
   {
    "internalType": "address",
    "name": "beneficiary",
    "type": "address"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "address",
    "name": "reporter",
    "type": "address"
   },
   {
    "internalType": "uint16",
    "name": "rewardBps",
    "type": "uint16"
   }
  ],
  "name": "slashNode",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "stake",
  "outputs": [
   {
    "components": [
     {
      "internalType": "uint128",
      "name": "bondedWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "unbondingWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "lockedBondedWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "lockedUnbondingWei",
      "type": "uint128"
     },
     {
      "internalType": "uint64",
      "name": "availableAt",
      "type": "uint64"
     },
     {
      "internalType": "bool",
      "name": "delayed",
      "type": "bool"
     }
    ],
    "internalType": "struct ISubnet.Stake",
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
      "internalType": "uint128",
      "name": "workerBaseWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "workerPerLevelWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perCpuMilliWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perMemoryMiBWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "perGpuWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "nodeWei",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.StakeRules",
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
    "internalType": "uint256",
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
    "internalType": "address",
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
    "internalType": "bytes32",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "uint128",
    "name": "bondedWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "bool",
    "name": "open",
    "type": "bool"
   },
   {
    "components": [
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "bytes32",
      "name": "region",
      "type": "bytes32"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     }
    ],
    "internalType": "struct ISubnet.Profile",
    "name": "profile",
    "type": "tuple"
   },
   {
    "components": [
     {
      "internalType": "uint128",
      "name": "cpuMilli",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "memoryMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "diskMiB",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "gpu",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.Prices",
    "name": "prices",
    "type": "tuple"
   },
   {
    "components": [
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
     }
    ],
    "internalType": "struct ISubnet.Resources",
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
    "internalType": "uint64",
    "name": "workerId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "bytes32",
    "name": "digest",
    "type": "bytes32"
   },
   {
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "vendorOf",
  "outputs": [
   {
    "internalType": "uint8",
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
    "internalType": "address payable",
    "name": "to",
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
    "internalType": "uint16",
    "name": "role",
    "type": "uint16"
   },
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "internalType": "address payable",
    "name": "to",
    "type": "address"
   }
  ],
  "name": "withdrawStake",
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
  "name": "workProof",
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
      "name": "settledSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "uploadedAt",
      "type": "uint64"
     },
     {
      "internalType": "bytes32",
      "name": "digest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct ISubnet.WorkProof",
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
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "worker",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "operator",
      "type": "address"
     },
     {
      "internalType": "enum ISubnet.WorkerStatus",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "bool",
      "name": "open",
      "type": "bool"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "bytes32",
      "name": "region",
      "type": "bytes32"
     },
     {
      "internalType": "uint128",
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "components": [
       {
        "internalType": "uint128",
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "internalType": "struct ISubnet.Prices",
      "name": "prices",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "internalType": "struct ISubnet.Resources",
      "name": "capacity",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "internalType": "struct ISubnet.Resources",
      "name": "reserved",
      "type": "tuple"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     }
    ],
    "internalType": "struct ISubnet.Worker",
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
    "name": "workerId",
    "type": "uint64"
   }
  ],
  "name": "workerOwner",
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
    "name": "first",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "workers",
  "outputs": [
   {
    "components": [
     {
      "internalType": "address",
      "name": "owner",
      "type": "address"
     },
     {
      "internalType": "address",
      "name": "operator",
      "type": "address"
     },
     {
      "internalType": "enum ISubnet.WorkerStatus",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "bool",
      "name": "open",
      "type": "bool"
     },
     {
      "internalType": "uint8",
      "name": "level",
      "type": "uint8"
     },
     {
      "internalType": "uint8",
      "name": "teeClasses",
      "type": "uint8"
     },
     {
      "internalType": "bytes32",
      "name": "region",
      "type": "bytes32"
     },
     {
      "internalType": "uint128",
      "name": "stakeWei",
      "type": "uint128"
     },
     {
      "components": [
       {
        "internalType": "uint128",
        "name": "cpuMilli",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "memoryMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "diskMiB",
        "type": "uint128"
       },
       {
        "internalType": "uint128",
        "name": "gpu",
        "type": "uint128"
       }
      ],
      "internalType": "struct ISubnet.Prices",
      "name": "prices",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "internalType": "struct ISubnet.Resources",
      "name": "capacity",
      "type": "tuple"
     },
     {
      "components": [
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
       }
      ],
      "internalType": "struct ISubnet.Resources",
      "name": "reserved",
      "type": "tuple"
     },
     {
      "internalType": "string",
      "name": "endpoint",
      "type": "string"
     }
    ],
    "internalType": "struct ISubnet.Worker[]",
    "name": "",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 }
] as const
