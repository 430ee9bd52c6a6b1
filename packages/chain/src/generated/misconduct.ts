// GENERATED from contracts/artifacts (IMisconduct, Misconduct) by packages/chain/generate.ts. Do not edit.
export const misconductAbi = [
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
  "name": "ZeroAddress",
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
    "indexed": true,
    "name": "statementKey",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "reporter",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "subject",
    "type": "bytes32"
   },
   {
    "indexed": false,
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
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "isConvicted",
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
    "components": [
     {
      "components": [
       {
        "name": "session",
        "type": "bytes32"
       },
       {
        "name": "epoch",
        "type": "uint64"
       },
       {
        "name": "threshold",
        "type": "uint16"
       },
       {
        "name": "membersDigest",
        "type": "bytes32"
       },
       {
        "name": "networkKeyDigest",
        "type": "bytes32"
       },
       {
        "name": "transcriptDigest",
        "type": "bytes32"
       }
      ],
      "name": "confirmed",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "first",
    "type": "tuple"
   },
   {
    "components": [
     {
      "components": [
       {
        "name": "session",
        "type": "bytes32"
       },
       {
        "name": "epoch",
        "type": "uint64"
       },
       {
        "name": "threshold",
        "type": "uint16"
       },
       {
        "name": "membersDigest",
        "type": "bytes32"
       },
       {
        "name": "networkKeyDigest",
        "type": "bytes32"
       },
       {
        "name": "transcriptDigest",
        "type": "bytes32"
       }
      ],
      "name": "confirmed",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
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
      "name": "epoch",
      "type": "uint64"
     },
     {
      "name": "expiry",
      "type": "uint64"
     },
     {
      "name": "hashes",
      "type": "bytes32[]"
     },
     {
      "name": "index",
      "type": "uint256"
     },
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
      "name": "lease",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "first",
    "type": "tuple"
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
      "name": "hashes",
      "type": "bytes32[]"
     },
     {
      "name": "index",
      "type": "uint256"
     },
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
      "name": "lease",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
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
  "inputs": [
   {
    "components": [
     {
      "components": [
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
       },
       {
        "name": "bodyDigest",
        "type": "bytes32"
       }
      ],
      "name": "message",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "first",
    "type": "tuple"
   },
   {
    "components": [
     {
      "components": [
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
       },
       {
        "name": "bodyDigest",
        "type": "bytes32"
       }
      ],
      "name": "message",
      "type": "tuple"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "second",
    "type": "tuple"
   }
  ],
  "name": "reportMessages",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "epoch",
      "type": "uint64"
     },
     {
      "name": "nodeId",
      "type": "uint64"
     },
     {
      "name": "requestId",
      "type": "bytes32"
     },
     {
      "name": "readerKey",
      "type": "bytes32"
     },
     {
      "name": "kind",
      "type": "uint8"
     },
     {
      "name": "count",
      "type": "uint16"
     },
     {
      "name": "items",
      "type": "bytes"
     },
     {
      "name": "otherItems",
      "type": "bytes32"
     },
     {
      "name": "release",
      "type": "bytes"
     },
     {
      "name": "otherRelease",
      "type": "bytes32"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "signed",
    "type": "tuple"
   },
   {
    "components": [
     {
      "name": "publicShares",
      "type": "bytes"
     },
     {
      "name": "qualified",
      "type": "bytes32"
     },
     {
      "name": "noPoint",
      "type": "uint16"
     },
     {
      "name": "root",
      "type": "uint256"
     },
     {
      "components": [
       {
        "name": "x",
        "type": "uint256"
       },
       {
        "name": "y",
        "type": "uint256"
       }
      ],
      "name": "products",
      "type": "tuple[]"
     },
     {
      "name": "slopes",
      "type": "uint256[]"
     },
     {
      "components": [
       {
        "name": "x",
        "type": "uint256"
       },
       {
        "name": "y",
        "type": "uint256"
       }
      ],
      "name": "firstCommitment",
      "type": "tuple"
     },
     {
      "components": [
       {
        "name": "x",
        "type": "uint256"
       },
       {
        "name": "y",
        "type": "uint256"
       }
      ],
      "name": "responseProduct",
      "type": "tuple"
     },
     {
      "components": [
       {
        "name": "x",
        "type": "uint256"
       },
       {
        "name": "y",
        "type": "uint256"
       }
      ],
      "name": "challengeProduct",
      "type": "tuple"
     }
    ],
    "name": "hints",
    "type": "tuple"
   }
  ],
  "name": "reportRelease",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "rewardBps",
  "outputs": [
   {
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
