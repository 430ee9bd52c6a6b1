// GENERATED from contracts/artifacts (Lens) by packages/chain/generate.ts. Do not edit.
export const lensAbi = [
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
      "name": "appId",
      "type": "uint64"
     },
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
      "name": "app",
      "type": "tuple"
     },
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
      "name": "current",
      "type": "tuple"
     },
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
      "name": "pending",
      "type": "tuple"
     },
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
      "name": "rules",
      "type": "tuple"
     },
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
      "name": "configuration",
      "type": "tuple"
     },
     {
      "name": "unsettledSeconds",
      "type": "uint64"
     },
     {
      "name": "unsettledWei",
      "type": "uint256"
     },
     {
      "name": "fundedSeconds",
      "type": "uint64"
     },
     {
      "name": "openComplaintId",
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
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "appRows",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
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
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "name": "escrowWei",
      "type": "uint256"
     },
     {
      "name": "paidWei",
      "type": "uint256"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "weiPerSecond",
      "type": "uint256"
     },
     {
      "name": "unsettledWei",
      "type": "uint256"
     }
    ],
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
  "name": "appRowsOf",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
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
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "name": "escrowWei",
      "type": "uint256"
     },
     {
      "name": "paidWei",
      "type": "uint256"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "weiPerSecond",
      "type": "uint256"
     },
     {
      "name": "unsettledWei",
      "type": "uint256"
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
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "appRowsOn",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
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
      "name": "createdAt",
      "type": "uint64"
     },
     {
      "name": "escrowWei",
      "type": "uint256"
     },
     {
      "name": "paidWei",
      "type": "uint256"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "weiPerSecond",
      "type": "uint256"
     },
     {
      "name": "unsettledWei",
      "type": "uint256"
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
    "name": "first",
    "type": "uint64"
   },
   {
    "name": "count",
    "type": "uint64"
   }
  ],
  "name": "apps",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
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
      "name": "app",
      "type": "tuple"
     },
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
      "name": "current",
      "type": "tuple"
     },
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
      "name": "pending",
      "type": "tuple"
     },
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
      "name": "rules",
      "type": "tuple"
     },
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
      "name": "configuration",
      "type": "tuple"
     },
     {
      "name": "unsettledSeconds",
      "type": "uint64"
     },
     {
      "name": "unsettledWei",
      "type": "uint256"
     },
     {
      "name": "fundedSeconds",
      "type": "uint64"
     },
     {
      "name": "openComplaintId",
      "type": "uint64"
     }
    ],
    "name": "page",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
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
  "inputs": [],
  "name": "complaints",
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
  "name": "network",
  "outputs": [
   {
    "components": [
     {
      "name": "kind",
      "type": "uint8"
     },
     {
      "name": "simulated",
      "type": "bool"
     },
     {
      "name": "trustStoreDigest",
      "type": "bytes32"
     },
     {
      "name": "workerCount",
      "type": "uint64"
     },
     {
      "name": "nodeCount",
      "type": "uint64"
     },
     {
      "name": "appCount",
      "type": "uint64"
     },
     {
      "name": "complaintCount",
      "type": "uint64"
     },
     {
      "name": "activeEpoch",
      "type": "uint64"
     },
     {
      "name": "latestEpoch",
      "type": "uint64"
     },
     {
      "name": "lastSignedAt",
      "type": "uint64"
     },
     {
      "name": "genesisOpen",
      "type": "bool"
     },
     {
      "name": "minOwners",
      "type": "uint16"
     },
     {
      "name": "minVendors",
      "type": "uint16"
     },
     {
      "name": "nodeProofSeconds",
      "type": "uint64"
     },
     {
      "name": "referenceDelaySeconds",
      "type": "uint64"
     },
     {
      "name": "unbondingSeconds",
      "type": "uint64"
     },
     {
      "name": "newLeasesPausedUntil",
      "type": "uint64"
     },
     {
      "name": "treasury",
      "type": "address"
     },
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
     },
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
      "name": "stakeRules",
      "type": "tuple"
     },
     {
      "components": [
       {
        "name": "bondWei",
        "type": "uint128"
       },
       {
        "name": "reachSeconds",
        "type": "uint64"
       },
       {
        "name": "answerSeconds",
        "type": "uint64"
       },
       {
        "name": "decisionSeconds",
        "type": "uint64"
       }
      ],
      "name": "complaintRules",
      "type": "tuple"
     }
    ],
    "name": "n",
    "type": "tuple"
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
      "name": "nodeId",
      "type": "uint64"
     },
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
      "name": "node",
      "type": "tuple"
     },
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
      "name": "stake",
      "type": "tuple"
     },
     {
      "name": "requiredStakeWei",
      "type": "uint256"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "machineUntil",
      "type": "uint64"
     },
     {
      "name": "vendor",
      "type": "uint8"
     },
     {
      "name": "seated",
      "type": "bool"
     }
    ],
    "name": "page",
    "type": "tuple[]"
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
   },
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
      "name": "workerId",
      "type": "uint64"
     },
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
      "name": "worker",
      "type": "tuple"
     },
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
      "name": "offer",
      "type": "tuple"
     },
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
      "name": "stake",
      "type": "tuple"
     },
     {
      "name": "requiredStakeWei",
      "type": "uint256"
     },
     {
      "name": "platformId",
      "type": "bytes32"
     },
     {
      "name": "machineUntil",
      "type": "uint64"
     },
     {
      "name": "apps",
      "type": "uint256"
     }
    ],
    "name": "page",
    "type": "tuple[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 }
] as const
