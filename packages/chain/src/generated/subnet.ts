// GENERATED from contracts/artifacts/Subnet.json by packages/chain/generate.ts. Do not edit.
export const subnetAbi = [
 {
  "inputs": [
   {
    "internalType": "address",
    "name": "admin",
    "type": "address"
   },
   {
    "internalType": "contract IQuorum",
    "name": "quorum_",
    "type": "address"
   },
   {
    "components": [
     {
      "internalType": "enum ISubnet.NetworkKind",
      "name": "kind",
      "type": "uint8"
     },
     {
      "internalType": "bool",
      "name": "simulated",
      "type": "bool"
     },
     {
      "internalType": "bytes32",
      "name": "trustStoreDigest",
      "type": "bytes32"
     },
     {
      "internalType": "uint64",
      "name": "nodeProofSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "referenceDelaySeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint128",
      "name": "minWorkerStakeWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "minNodeStakeWei",
      "type": "uint128"
     }
    ],
    "internalType": "struct ISubnet.Settings",
    "name": "settings",
    "type": "tuple"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "constructor"
 },
 {
  "inputs": [],
  "name": "AdminRequired",
  "type": "error"
 },
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
  "inputs": [
   {
    "internalType": "address",
    "name": "owner",
    "type": "address"
   }
  ],
  "name": "OwnableInvalidOwner",
  "type": "error"
 },
 {
  "inputs": [
   {
    "internalType": "address",
    "name": "account",
    "type": "address"
   }
  ],
  "name": "OwnableUnauthorizedAccount",
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
    "internalType": "uint8",
    "name": "bits",
    "type": "uint8"
   },
   {
    "internalType": "uint256",
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
  "inputs": [],
  "name": "SubjectInvalid",
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
    "internalType": "address",
    "name": "previousOwner",
    "type": "address"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "newOwner",
    "type": "address"
   }
  ],
  "name": "OwnershipTransferStarted",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "internalType": "address",
    "name": "previousOwner",
    "type": "address"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "newOwner",
    "type": "address"
   }
  ],
  "name": "OwnershipTransferred",
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
   }
  ],
  "name": "WorkerUpdated",
  "type": "event"
 },
 {
  "inputs": [],
  "name": "acceptOwnership",
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
  "name": "addWorkerStake",
  "outputs": [],
  "stateMutability": "payable",
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
    "name": "e",
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
  "inputs": [],
  "name": "minNodeStakeWei",
  "outputs": [
   {
    "internalType": "uint128",
    "name": "",
    "type": "uint128"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "minWorkerStakeWei",
  "outputs": [
   {
    "internalType": "uint128",
    "name": "",
    "type": "uint128"
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
    "name": "page",
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
  "inputs": [],
  "name": "owner",
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
  "name": "pendingOwner",
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
    "internalType": "string",
    "name": "endpoint",
    "type": "string"
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
  "inputs": [],
  "name": "renounceOwnership",
  "outputs": [],
  "stateMutability": "pure",
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
    "internalType": "address",
    "name": "cloud_",
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
    "internalType": "address",
    "name": "newOwner",
    "type": "address"
   }
  ],
  "name": "transferOwnership",
  "outputs": [],
  "stateMutability": "nonpayable",
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
    "internalType": "string",
    "name": "endpoint",
    "type": "string"
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
      "internalType": "bool",
      "name": "open",
      "type": "bool"
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
      "internalType": "bool",
      "name": "open",
      "type": "bool"
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
    "name": "page",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 }
] as const
