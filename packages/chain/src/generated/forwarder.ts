// GENERATED from contracts/artifacts (IForwarder, Forwarder) by packages/chain/generate.ts. Do not edit.
export const forwarderAbi = [
 {
  "inputs": [],
  "name": "AmountZero",
  "type": "error"
 },
 {
  "inputs": [
   {
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "balanceWei",
    "type": "uint256"
   },
   {
    "name": "neededWei",
    "type": "uint256"
   }
  ],
  "name": "BudgetTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "DataSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "leftWei",
    "type": "uint256"
   },
   {
    "name": "neededWei",
    "type": "uint256"
   }
  ],
  "name": "DayCapReached",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "Expired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "gas",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "GasTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "left",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "GasTooLow",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "key",
    "type": "address"
   }
  ],
  "name": "KeyNotLive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "nonce",
    "type": "uint256"
   }
  ],
  "name": "NonceUsed",
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
  "inputs": [],
  "name": "NothingToWithdraw",
  "type": "error"
 },
 {
  "inputs": [
   {
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
    "name": "to",
    "type": "address"
   }
  ],
  "name": "TargetRefused",
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
  "inputs": [],
  "name": "ZeroAddress",
  "type": "error"
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
    "indexed": false,
    "name": "dayCapWei",
    "type": "uint128"
   }
  ],
  "name": "DayCapSet",
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
    "name": "instanceKey",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "to",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "nonce",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "success",
    "type": "bool"
   },
   {
    "indexed": false,
    "name": "costWei",
    "type": "uint256"
   }
  ],
  "name": "Forwarded",
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
    "name": "from",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
   }
  ],
  "name": "Funded",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "components": [
     {
      "name": "gasPriceWei",
      "type": "uint64"
     },
     {
      "name": "overheadGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
      "type": "uint32"
     },
     {
      "name": "maxGas",
      "type": "uint32"
     }
    ],
    "indexed": false,
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "owner",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "amountWei",
    "type": "uint256"
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
    "name": "account",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "to",
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
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "budget",
  "outputs": [
   {
    "components": [
     {
      "name": "balanceWei",
      "type": "uint128"
     },
     {
      "name": "dayCapWei",
      "type": "uint128"
     },
     {
      "name": "spentWei",
      "type": "uint128"
     },
     {
      "name": "day",
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
    "components": [
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "to",
      "type": "address"
     },
     {
      "name": "valueWei",
      "type": "uint128"
     },
     {
      "name": "gas",
      "type": "uint32"
     },
     {
      "name": "nonce",
      "type": "uint256"
     },
     {
      "name": "deadline",
      "type": "uint64"
     },
     {
      "name": "data",
      "type": "bytes"
     }
    ],
    "name": "request",
    "type": "tuple"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "forward",
  "outputs": [
   {
    "name": "success",
    "type": "bool"
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
  "name": "fund",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "gas",
    "type": "uint32"
   }
  ],
  "name": "gasCostWei",
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
  "inputs": [],
  "name": "liabilitiesWei",
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
  "inputs": [],
  "name": "parameters",
  "outputs": [
   {
    "components": [
     {
      "name": "gasPriceWei",
      "type": "uint64"
     },
     {
      "name": "overheadGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
      "type": "uint32"
     },
     {
      "name": "maxGas",
      "type": "uint32"
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
   },
   {
    "name": "amountWei",
    "type": "uint128"
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "dayCapWei",
    "type": "uint128"
   }
  ],
  "name": "setDayCap",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "gasPriceWei",
      "type": "uint64"
     },
     {
      "name": "overheadGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
      "type": "uint32"
     },
     {
      "name": "maxGas",
      "type": "uint32"
     }
    ],
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "nonce",
    "type": "uint256"
   }
  ],
  "name": "usedNonces",
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
  "name": "InvalidShortString",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "str",
    "type": "string"
   }
  ],
  "name": "StringTooLong",
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
  "anonymous": false,
  "inputs": [],
  "name": "EIP712DomainChanged",
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
  "name": "eip712Domain",
  "outputs": [
   {
    "name": "fields",
    "type": "bytes1"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "version",
    "type": "string"
   },
   {
    "name": "chainId",
    "type": "uint256"
   },
   {
    "name": "verifyingContract",
    "type": "address"
   },
   {
    "name": "salt",
    "type": "bytes32"
   },
   {
    "name": "extensions",
    "type": "uint256[]"
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
