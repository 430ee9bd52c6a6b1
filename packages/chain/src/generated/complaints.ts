// GENERATED from contracts/artifacts (IComplaints, Complaints) by packages/chain/generate.ts. Do not edit.
export const complaintsAbi = [
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
  "name": "NotWorker",
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
  "inputs": [],
  "name": "NothingToWithdraw",
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
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "answerDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "ComplaintAnswered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "status",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "indexed": false,
    "name": "lossWei",
    "type": "uint128"
   }
  ],
  "name": "ComplaintClosed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "complaintId",
    "type": "uint64"
   },
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
    "name": "claimedWei",
    "type": "uint128"
   },
   {
    "indexed": false,
    "name": "evidenceDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "ComplaintFiled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
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
    "indexed": false,
    "name": "rules",
    "type": "tuple"
   }
  ],
  "name": "RulesSet",
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
  "inputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "name": "answerDigest",
    "type": "bytes32"
   },
   {
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "answer",
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
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "complaint",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "complainant",
      "type": "address"
     },
     {
      "name": "filedAt",
      "type": "uint64"
     },
     {
      "name": "answeredAt",
      "type": "uint64"
     },
     {
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "name": "claimedWei",
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
      "name": "answerBy",
      "type": "uint64"
     },
     {
      "name": "decideBy",
      "type": "uint64"
     },
     {
      "name": "evidenceDigest",
      "type": "bytes32"
     },
     {
      "name": "answerDigest",
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
  "inputs": [],
  "name": "complaintCount",
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
  "name": "complaints",
  "outputs": [
   {
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "workerId",
      "type": "uint64"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "status",
      "type": "uint8"
     },
     {
      "name": "complainant",
      "type": "address"
     },
     {
      "name": "filedAt",
      "type": "uint64"
     },
     {
      "name": "answeredAt",
      "type": "uint64"
     },
     {
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "name": "claimedWei",
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
      "name": "answerBy",
      "type": "uint64"
     },
     {
      "name": "decideBy",
      "type": "uint64"
     },
     {
      "name": "evidenceDigest",
      "type": "bytes32"
     },
     {
      "name": "answerDigest",
      "type": "bytes32"
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
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "deadlineOf",
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
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "dismiss",
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
   },
   {
    "name": "claimedWei",
    "type": "uint128"
   },
   {
    "name": "evidenceDigest",
    "type": "bytes32"
   },
   {
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "file",
  "outputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
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
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "openComplaintOf",
  "outputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "rejectFrivolous",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "rules",
  "outputs": [
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
    "name": "rules",
    "type": "tuple"
   }
  ],
  "name": "setRules",
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
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "name": "lossWei",
    "type": "uint128"
   }
  ],
  "name": "uphold",
  "outputs": [],
  "stateMutability": "nonpayable",
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
  "inputs": [],
  "name": "ReentrancyGuardReentrantCall",
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
