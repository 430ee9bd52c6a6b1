// GENERATED from contracts/artifacts/Misconduct.json by packages/chain/generate.ts. Do not edit.
export const misconductAbi = [
 {
  "inputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "index",
    "type": "uint256"
   }
  ],
  "name": "HashesWrong",
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
    "internalType": "uint16",
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
    "internalType": "address",
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
    "internalType": "address",
    "name": "first",
    "type": "address"
   },
   {
    "internalType": "address",
    "name": "second",
    "type": "address"
   }
  ],
  "name": "SignersDiffer",
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
    "name": "nodeId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": true,
    "internalType": "address",
    "name": "reporter",
    "type": "address"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "subject",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "uint256",
    "name": "slashedWei",
    "type": "uint256"
   }
  ],
  "name": "NodeConvicted",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "internalType": "uint16",
    "name": "rewardBps",
    "type": "uint16"
   }
  ],
  "name": "RewardSet",
  "type": "event"
 },
 {
  "inputs": [
   {
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "isConvicted",
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
    "components": [
     {
      "components": [
       {
        "internalType": "bytes32",
        "name": "session",
        "type": "bytes32"
       },
       {
        "internalType": "uint64",
        "name": "epoch",
        "type": "uint64"
       },
       {
        "internalType": "uint16",
        "name": "threshold",
        "type": "uint16"
       },
       {
        "internalType": "bytes32",
        "name": "membersDigest",
        "type": "bytes32"
       },
       {
        "internalType": "bytes32",
        "name": "networkKeyDigest",
        "type": "bytes32"
       },
       {
        "internalType": "bytes32",
        "name": "transcriptDigest",
        "type": "bytes32"
       }
      ],
      "internalType": "struct IQuorum.CommitteeConfirmed",
      "name": "confirmed",
      "type": "tuple"
     },
     {
      "internalType": "bytes",
      "name": "signature",
      "type": "bytes"
     }
    ],
    "internalType": "struct IMisconduct.SignedConfirmation",
    "name": "first",
    "type": "tuple"
   },
   {
    "components": [
     {
      "components": [
       {
        "internalType": "bytes32",
        "name": "session",
        "type": "bytes32"
       },
       {
        "internalType": "uint64",
        "name": "epoch",
        "type": "uint64"
       },
       {
        "internalType": "uint16",
        "name": "threshold",
        "type": "uint16"
       },
       {
        "internalType": "bytes32",
        "name": "membersDigest",
        "type": "bytes32"
       },
       {
        "internalType": "bytes32",
        "name": "networkKeyDigest",
        "type": "bytes32"
       },
       {
        "internalType": "bytes32",
        "name": "transcriptDigest",
        "type": "bytes32"
       }
      ],
      "internalType": "struct IQuorum.CommitteeConfirmed",
      "name": "confirmed",
      "type": "tuple"
     },
     {
      "internalType": "bytes",
      "name": "signature",
      "type": "bytes"
     }
    ],
    "internalType": "struct IMisconduct.SignedConfirmation",
    "name": "second",
    "type": "tuple"
   }
  ],
  "name": "reportConfirmations",
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
      "name": "epoch",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "expiry",
      "type": "uint64"
     },
     {
      "internalType": "bytes32[]",
      "name": "hashes",
      "type": "bytes32[]"
     },
     {
      "internalType": "uint256",
      "name": "index",
      "type": "uint256"
     },
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
      "name": "lease",
      "type": "tuple"
     },
     {
      "internalType": "bytes",
      "name": "signature",
      "type": "bytes"
     }
    ],
    "internalType": "struct IMisconduct.SignedLease",
    "name": "first",
    "type": "tuple"
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
      "internalType": "bytes32[]",
      "name": "hashes",
      "type": "bytes32[]"
     },
     {
      "internalType": "uint256",
      "name": "index",
      "type": "uint256"
     },
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
      "name": "lease",
      "type": "tuple"
     },
     {
      "internalType": "bytes",
      "name": "signature",
      "type": "bytes"
     }
    ],
    "internalType": "struct IMisconduct.SignedLease",
    "name": "second",
    "type": "tuple"
   }
  ],
  "name": "reportLeases",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "rewardBps",
  "outputs": [
   {
    "internalType": "uint16",
    "name": "",
    "type": "uint16"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "internalType": "uint16",
    "name": "rewardBps",
    "type": "uint16"
   }
  ],
  "name": "setReward",
  "outputs": [],
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
 }
] as const
