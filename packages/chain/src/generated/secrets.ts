// GENERATED from contracts/artifacts (ISecrets, Secrets) by packages/chain/generate.ts. Do not edit.
export const secretsAbi = [
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
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "first",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "count",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "root",
    "type": "bytes32"
   }
  ],
  "name": "ReceiptsPosted",
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
    "name": "nameHash",
    "type": "bytes32"
   },
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
     }
    ],
    "indexed": false,
    "name": "reader",
    "type": "tuple"
   }
  ],
  "name": "SecretGranted",
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
    "name": "nameHash",
    "type": "bytes32"
   }
  ],
  "name": "SecretRemoved",
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
    "name": "nameHash",
    "type": "bytes32"
   },
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
     }
    ],
    "indexed": false,
    "name": "reader",
    "type": "tuple"
   }
  ],
  "name": "SecretRevoked",
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
    "name": "nameHash",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "SecretRolledBack",
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
    "name": "nameHash",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "key",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "ciphertextDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "policyDigest",
    "type": "bytes32"
   }
  ],
  "name": "SecretSet",
  "type": "event"
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
     }
    ],
    "name": "reader",
    "type": "tuple"
   }
  ],
  "name": "grant",
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
    "name": "name",
    "type": "string"
   },
   {
    "name": "readerAppId",
    "type": "uint64"
   },
   {
    "name": "manifestDigest",
    "type": "bytes32"
   }
  ],
  "name": "isGranted",
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
  "name": "keys",
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
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "count",
    "type": "uint64"
   },
   {
    "name": "root",
    "type": "bytes32"
   }
  ],
  "name": "postReceipts",
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
    "name": "name",
    "type": "string"
   }
  ],
  "name": "readers",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
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
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "receiptsPosted",
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
    "name": "name",
    "type": "string"
   }
  ],
  "name": "removeSecret",
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
    "name": "name",
    "type": "string"
   },
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "manifestDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
     }
    ],
    "name": "reader",
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "version",
    "type": "uint32"
   }
  ],
  "name": "rollBack",
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
    "name": "name",
    "type": "string"
   }
  ],
  "name": "secret",
  "outputs": [
   {
    "components": [
     {
      "name": "name",
      "type": "string"
     },
     {
      "name": "current",
      "type": "uint32"
     },
     {
      "name": "latest",
      "type": "uint32"
     },
     {
      "components": [
       {
        "name": "ciphertextDigest",
        "type": "bytes32"
       },
       {
        "name": "policyDigest",
        "type": "bytes32"
       },
       {
        "name": "owner",
        "type": "address"
       },
       {
        "name": "setAt",
        "type": "uint64"
       },
       {
        "name": "key",
        "type": "uint32"
       }
      ],
      "name": "version",
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
    "name": "ciphertextDigest",
    "type": "bytes32"
   }
  ],
  "name": "secretOf",
  "outputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "version",
    "type": "uint32"
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
    "name": "name",
    "type": "string"
   },
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "secretUnder",
  "outputs": [
   {
    "components": [
     {
      "name": "name",
      "type": "string"
     },
     {
      "name": "current",
      "type": "uint32"
     },
     {
      "name": "latest",
      "type": "uint32"
     },
     {
      "components": [
       {
        "name": "ciphertextDigest",
        "type": "bytes32"
       },
       {
        "name": "policyDigest",
        "type": "bytes32"
       },
       {
        "name": "owner",
        "type": "address"
       },
       {
        "name": "setAt",
        "type": "uint64"
       },
       {
        "name": "key",
        "type": "uint32"
       }
      ],
      "name": "version",
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
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "secrets",
  "outputs": [
   {
    "components": [
     {
      "name": "name",
      "type": "string"
     },
     {
      "name": "current",
      "type": "uint32"
     },
     {
      "name": "latest",
      "type": "uint32"
     },
     {
      "components": [
       {
        "name": "ciphertextDigest",
        "type": "bytes32"
       },
       {
        "name": "policyDigest",
        "type": "bytes32"
       },
       {
        "name": "owner",
        "type": "address"
       },
       {
        "name": "setAt",
        "type": "uint64"
       },
       {
        "name": "key",
        "type": "uint32"
       }
      ],
      "name": "version",
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
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "version",
    "type": "uint32"
   },
   {
    "name": "key",
    "type": "uint32"
   },
   {
    "name": "ciphertextDigest",
    "type": "bytes32"
   },
   {
    "name": "policyDigest",
    "type": "bytes32"
   }
  ],
  "name": "setSecret",
  "outputs": [],
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "number",
    "type": "uint32"
   }
  ],
  "name": "version",
  "outputs": [
   {
    "components": [
     {
      "name": "ciphertextDigest",
      "type": "bytes32"
     },
     {
      "name": "policyDigest",
      "type": "bytes32"
     },
     {
      "name": "owner",
      "type": "address"
     },
     {
      "name": "setAt",
      "type": "uint64"
     },
     {
      "name": "key",
      "type": "uint32"
     }
    ],
    "name": "",
    "type": "tuple"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 }
] as const
