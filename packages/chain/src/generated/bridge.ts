// GENERATED from contracts/artifacts (IBridge, Bridge) by packages/chain/generate.ts. Do not edit.
export const bridgeAbi = [
 {
  "inputs": [],
  "name": "AmountZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "name": "CallNotOpen",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   },
   {
    "name": "deadline",
    "type": "uint64"
   }
  ],
  "name": "CallTimedOut",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "CallWrong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "EveryBlocksZero",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "feeWei",
    "type": "uint256"
   },
   {
    "name": "maximumWei",
    "type": "uint256"
   }
  ],
  "name": "FeeTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "givenWei",
    "type": "uint256"
   },
   {
    "name": "feeWei",
    "type": "uint256"
   }
  ],
  "name": "FeeTooLow",
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
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotCaller",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotSubscriber",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "NothingAnswered",
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
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "PayloadWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "ReplayFailed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "what",
    "type": "string"
   },
   {
    "name": "size",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "SizeWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "status",
    "type": "uint16"
   }
  ],
  "name": "StatusInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
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
  "name": "SubscriptionEmpty",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "name": "SubscriptionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "allowedAt",
    "type": "uint256"
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
  "inputs": [],
  "name": "ZeroAddress",
  "type": "error"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "callId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "index",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "chunk",
    "type": "bytes"
   }
  ],
  "name": "CallArguments",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "callId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "outcome",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "status",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "submitter",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "payloadDigest",
    "type": "bytes32"
   }
  ],
  "name": "CallClosed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "callId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "caller",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "subscriptionId",
    "type": "uint64"
   },
   {
    "components": [
     {
      "name": "selector",
      "type": "bytes4"
     },
     {
      "name": "callbackGas",
      "type": "uint32"
     },
     {
      "name": "refundTo",
      "type": "address"
     },
     {
      "name": "deadline",
      "type": "uint64"
     },
     {
      "name": "apiId",
      "type": "uint32"
     },
     {
      "name": "apiVersion",
      "type": "uint32"
     },
     {
      "name": "maxPayloadBytes",
      "type": "uint32"
     },
     {
      "name": "definedBlock",
      "type": "uint64"
     },
     {
      "name": "priceWei",
      "type": "uint128"
     },
     {
      "name": "allowanceWei",
      "type": "uint128"
     },
     {
      "name": "definitionDigest",
      "type": "bytes32"
     },
     {
      "name": "argsDigest",
      "type": "bytes32"
     }
    ],
    "indexed": false,
    "name": "order",
    "type": "tuple"
   }
  ],
  "name": "CallOpened",
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
      "name": "triggerGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
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
    "name": "subscriptionId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "subscriber",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "apiId",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "everyBlocks",
    "type": "uint32"
   }
  ],
  "name": "Subscribed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "subscriptionId",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "refundWei",
    "type": "uint256"
   }
  ],
  "name": "SubscriptionCancelled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "subscriptionId",
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
  "name": "SubscriptionToppedUp",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
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
  "inputs": [],
  "name": "apis",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "apiVersion",
    "type": "uint32"
   },
   {
    "name": "args",
    "type": "bytes"
   },
   {
    "name": "selector",
    "type": "bytes4"
   },
   {
    "name": "refundTo",
    "type": "address"
   }
  ],
  "name": "call",
  "outputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "callCount",
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
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "name": "cancel",
  "outputs": [
   {
    "name": "refundWei",
    "type": "uint256"
   }
  ],
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
    "components": [
     {
      "name": "callId",
      "type": "uint64"
     },
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "caller",
      "type": "address"
     },
     {
      "components": [
       {
        "name": "selector",
        "type": "bytes4"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "refundTo",
        "type": "address"
       },
       {
        "name": "deadline",
        "type": "uint64"
       },
       {
        "name": "apiId",
        "type": "uint32"
       },
       {
        "name": "apiVersion",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "definedBlock",
        "type": "uint64"
       },
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "allowanceWei",
        "type": "uint128"
       },
       {
        "name": "definitionDigest",
        "type": "bytes32"
       },
       {
        "name": "argsDigest",
        "type": "bytes32"
       }
      ],
      "name": "order",
      "type": "tuple"
     }
    ],
    "name": "call_",
    "type": "tuple"
   }
  ],
  "name": "digestOf",
  "outputs": [
   {
    "name": "",
    "type": "bytes31"
   }
  ],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "callId",
      "type": "uint64"
     },
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "caller",
      "type": "address"
     },
     {
      "components": [
       {
        "name": "selector",
        "type": "bytes4"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "refundTo",
        "type": "address"
       },
       {
        "name": "deadline",
        "type": "uint64"
       },
       {
        "name": "apiId",
        "type": "uint32"
       },
       {
        "name": "apiVersion",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "definedBlock",
        "type": "uint64"
       },
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "allowanceWei",
        "type": "uint128"
       },
       {
        "name": "definitionDigest",
        "type": "bytes32"
       },
       {
        "name": "argsDigest",
        "type": "bytes32"
       }
      ],
      "name": "order",
      "type": "tuple"
     }
    ],
    "name": "call_",
    "type": "tuple"
   }
  ],
  "name": "expire",
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
        "name": "callId",
        "type": "uint64"
       },
       {
        "name": "appId",
        "type": "uint64"
       },
       {
        "name": "caller",
        "type": "address"
       },
       {
        "components": [
         {
          "name": "selector",
          "type": "bytes4"
         },
         {
          "name": "callbackGas",
          "type": "uint32"
         },
         {
          "name": "refundTo",
          "type": "address"
         },
         {
          "name": "deadline",
          "type": "uint64"
         },
         {
          "name": "apiId",
          "type": "uint32"
         },
         {
          "name": "apiVersion",
          "type": "uint32"
         },
         {
          "name": "maxPayloadBytes",
          "type": "uint32"
         },
         {
          "name": "definedBlock",
          "type": "uint64"
         },
         {
          "name": "priceWei",
          "type": "uint128"
         },
         {
          "name": "allowanceWei",
          "type": "uint128"
         },
         {
          "name": "definitionDigest",
          "type": "bytes32"
         },
         {
          "name": "argsDigest",
          "type": "bytes32"
         }
        ],
        "name": "order",
        "type": "tuple"
       }
      ],
      "name": "call",
      "type": "tuple"
     },
     {
      "name": "status",
      "type": "uint16"
     },
     {
      "name": "payload",
      "type": "bytes"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "answer",
    "type": "tuple"
   }
  ],
  "name": "fulfil",
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
        "name": "callId",
        "type": "uint64"
       },
       {
        "name": "appId",
        "type": "uint64"
       },
       {
        "name": "caller",
        "type": "address"
       },
       {
        "components": [
         {
          "name": "selector",
          "type": "bytes4"
         },
         {
          "name": "callbackGas",
          "type": "uint32"
         },
         {
          "name": "refundTo",
          "type": "address"
         },
         {
          "name": "deadline",
          "type": "uint64"
         },
         {
          "name": "apiId",
          "type": "uint32"
         },
         {
          "name": "apiVersion",
          "type": "uint32"
         },
         {
          "name": "maxPayloadBytes",
          "type": "uint32"
         },
         {
          "name": "definedBlock",
          "type": "uint64"
         },
         {
          "name": "priceWei",
          "type": "uint128"
         },
         {
          "name": "allowanceWei",
          "type": "uint128"
         },
         {
          "name": "definitionDigest",
          "type": "bytes32"
         },
         {
          "name": "argsDigest",
          "type": "bytes32"
         }
        ],
        "name": "order",
        "type": "tuple"
       }
      ],
      "name": "call",
      "type": "tuple"
     },
     {
      "name": "status",
      "type": "uint16"
     },
     {
      "name": "payload",
      "type": "bytes"
     },
     {
      "name": "signature",
      "type": "bytes"
     }
    ],
    "name": "answers",
    "type": "tuple[]"
   }
  ],
  "name": "fulfilMany",
  "outputs": [
   {
    "name": "answered",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
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
  "inputs": [
   {
    "name": "callIds",
    "type": "uint64[]"
   }
  ],
  "name": "openDigests",
  "outputs": [
   {
    "name": "digests",
    "type": "bytes31[]"
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
      "name": "triggerGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "withCallback",
    "type": "bool"
   }
  ],
  "name": "quote",
  "outputs": [
   {
    "name": "feeWei",
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
      "name": "callId",
      "type": "uint64"
     },
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "caller",
      "type": "address"
     },
     {
      "components": [
       {
        "name": "selector",
        "type": "bytes4"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "refundTo",
        "type": "address"
       },
       {
        "name": "deadline",
        "type": "uint64"
       },
       {
        "name": "apiId",
        "type": "uint32"
       },
       {
        "name": "apiVersion",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "definedBlock",
        "type": "uint64"
       },
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "allowanceWei",
        "type": "uint128"
       },
       {
        "name": "definitionDigest",
        "type": "bytes32"
       },
       {
        "name": "argsDigest",
        "type": "bytes32"
       }
      ],
      "name": "order",
      "type": "tuple"
     }
    ],
    "name": "call_",
    "type": "tuple"
   },
   {
    "name": "status",
    "type": "uint16"
   },
   {
    "name": "payload",
    "type": "bytes"
   }
  ],
  "name": "replay",
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
      "name": "triggerGas",
      "type": "uint32"
     },
     {
      "name": "reserveGas",
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
    "name": "callId",
    "type": "uint64"
   }
  ],
  "name": "stateOf",
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
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "apiVersion",
    "type": "uint32"
   },
   {
    "name": "args",
    "type": "bytes"
   },
   {
    "name": "selector",
    "type": "bytes4"
   },
   {
    "name": "everyBlocks",
    "type": "uint32"
   },
   {
    "name": "maxFeeWei",
    "type": "uint128"
   },
   {
    "name": "refundTo",
    "type": "address"
   }
  ],
  "name": "subscribe",
  "outputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "name": "subscription",
  "outputs": [
   {
    "components": [
     {
      "name": "subscriber",
      "type": "address"
     },
     {
      "name": "selector",
      "type": "bytes4"
     },
     {
      "name": "everyBlocks",
      "type": "uint32"
     },
     {
      "name": "refundTo",
      "type": "address"
     },
     {
      "name": "nextBlock",
      "type": "uint64"
     },
     {
      "name": "appId",
      "type": "uint64"
     },
     {
      "name": "apiId",
      "type": "uint32"
     },
     {
      "name": "apiVersion",
      "type": "uint32"
     },
     {
      "name": "balanceWei",
      "type": "uint128"
     },
     {
      "name": "maxFeeWei",
      "type": "uint128"
     },
     {
      "name": "argsDigest",
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
  "name": "subscriptionCount",
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
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   }
  ],
  "name": "topUp",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "subscriptionId",
    "type": "uint64"
   },
   {
    "name": "args",
    "type": "bytes"
   }
  ],
  "name": "trigger",
  "outputs": [
   {
    "name": "callId",
    "type": "uint64"
   }
  ],
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
    "name": "account",
    "type": "address"
   }
  ],
  "name": "withdrawFor",
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
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "apiId",
    "type": "uint32"
   }
  ],
  "name": "ApiUnknown",
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
