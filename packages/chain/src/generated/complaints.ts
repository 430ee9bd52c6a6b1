// GENERATED from contracts/artifacts/Complaints.json by packages/chain/generate.ts. Do not edit.
export const complaintsAbi = [
 {
  "inputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "internalType": "enum IComplaints.Status",
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
    "internalType": "uint64",
    "name": "appId",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint128",
    "name": "lossWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
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
  "name": "NotWorker",
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
    "internalType": "uint64",
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
    "internalType": "string",
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
    "internalType": "uint128",
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
    "name": "lockedWei",
    "type": "uint128"
   }
  ],
  "name": "SlashAboveClaim",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "bytes32",
    "name": "answerDigest",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "internalType": "string",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "enum IComplaints.Status",
    "name": "status",
    "type": "uint8"
   },
   {
    "indexed": false,
    "internalType": "uint128",
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "indexed": false,
    "internalType": "uint128",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
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
    "internalType": "uint128",
    "name": "claimedWei",
    "type": "uint128"
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
      "internalType": "uint128",
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "internalType": "uint64",
      "name": "reachSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "answerSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "decisionSeconds",
      "type": "uint64"
     }
    ],
    "indexed": false,
    "internalType": "struct IComplaints.Rules",
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
  "inputs": [
   {
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "internalType": "bytes32",
    "name": "answerDigest",
    "type": "bytes32"
   },
   {
    "internalType": "string",
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
    "internalType": "contract ICloud",
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
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "complaint",
  "outputs": [
   {
    "components": [
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
      "internalType": "uint32",
      "name": "version",
      "type": "uint32"
     },
     {
      "internalType": "enum IComplaints.Status",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "address",
      "name": "complainant",
      "type": "address"
     },
     {
      "internalType": "uint64",
      "name": "filedAt",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "answeredAt",
      "type": "uint64"
     },
     {
      "internalType": "uint128",
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "claimedWei",
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
      "internalType": "bytes32",
      "name": "evidenceDigest",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "answerDigest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct IComplaints.Complaint",
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
  "name": "complaints",
  "outputs": [
   {
    "components": [
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
      "internalType": "uint32",
      "name": "version",
      "type": "uint32"
     },
     {
      "internalType": "enum IComplaints.Status",
      "name": "status",
      "type": "uint8"
     },
     {
      "internalType": "address",
      "name": "complainant",
      "type": "address"
     },
     {
      "internalType": "uint64",
      "name": "filedAt",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "answeredAt",
      "type": "uint64"
     },
     {
      "internalType": "uint128",
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "internalType": "uint128",
      "name": "claimedWei",
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
      "internalType": "bytes32",
      "name": "evidenceDigest",
      "type": "bytes32"
     },
     {
      "internalType": "bytes32",
      "name": "answerDigest",
      "type": "bytes32"
     }
    ],
    "internalType": "struct IComplaints.Complaint[]",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   }
  ],
  "name": "deadlineOf",
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
    "internalType": "uint128",
    "name": "claimedWei",
    "type": "uint128"
   },
   {
    "internalType": "bytes32",
    "name": "evidenceDigest",
    "type": "bytes32"
   },
   {
    "internalType": "string",
    "name": "uri",
    "type": "string"
   }
  ],
  "name": "file",
  "outputs": [
   {
    "internalType": "uint64",
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
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "openComplaintOf",
  "outputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
      "internalType": "uint128",
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "internalType": "uint64",
      "name": "reachSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "answerSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "decisionSeconds",
      "type": "uint64"
     }
    ],
    "internalType": "struct IComplaints.Rules",
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
      "internalType": "uint128",
      "name": "bondWei",
      "type": "uint128"
     },
     {
      "internalType": "uint64",
      "name": "reachSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "answerSeconds",
      "type": "uint64"
     },
     {
      "internalType": "uint64",
      "name": "decisionSeconds",
      "type": "uint64"
     }
    ],
    "internalType": "struct IComplaints.Rules",
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
    "internalType": "uint64",
    "name": "complaintId",
    "type": "uint64"
   },
   {
    "internalType": "uint128",
    "name": "slashedWei",
    "type": "uint128"
   },
   {
    "internalType": "uint128",
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
 }
] as const
