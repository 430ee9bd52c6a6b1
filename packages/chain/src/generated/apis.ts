// GENERATED from contracts/artifacts (IApis, Apis) by packages/chain/generate.ts. Do not edit.
export const apisAbi = [
 {
  "inputs": [],
  "name": "ApiNameEmpty",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "ApiNameTaken",
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
  "inputs": [
   {
    "name": "asked",
    "type": "uint32"
   },
   {
    "name": "current",
    "type": "uint32"
   }
  ],
  "name": "ApiVersionWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ApisTooMany",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "name": "AppNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "CallerNotListed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "name",
    "type": "string"
   }
  ],
  "name": "LimitInvalid",
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
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyIsPaused",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyKnown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyUnknown",
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
    "name": "field",
    "type": "string"
   }
  ],
  "name": "TermsInvalid",
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
    "indexed": true,
    "name": "apiId",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "version",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "name",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "definitionDigest",
    "type": "bytes32"
   }
  ],
  "name": "ApiDefined",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "indexed": true,
    "name": "version",
    "type": "uint32"
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
  "name": "ApiDefinition",
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
    "name": "apiId",
    "type": "uint32"
   }
  ],
  "name": "ApiDeleted",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "components": [
     {
      "name": "priceWei",
      "type": "uint128"
     },
     {
      "name": "callbackGas",
      "type": "uint32"
     },
     {
      "name": "maxPayloadBytes",
      "type": "uint32"
     },
     {
      "name": "timeoutSeconds",
      "type": "uint32"
     },
     {
      "name": "restricted",
      "type": "bool"
     }
    ],
    "indexed": false,
    "name": "terms",
    "type": "tuple"
   }
  ],
  "name": "ApiTermsSet",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "indexed": true,
    "name": "caller",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "allowed",
    "type": "bool"
   }
  ],
  "name": "CallerSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "components": [
     {
      "name": "maxCallbackGas",
      "type": "uint32"
     },
     {
      "name": "maxTimeoutSeconds",
      "type": "uint32"
     }
    ],
    "indexed": false,
    "name": "limits",
    "type": "tuple"
   }
  ],
  "name": "LimitsSet",
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
    "indexed": false,
    "name": "paused",
    "type": "bool"
   }
  ],
  "name": "ProxyPaused",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "appId",
    "type": "uint64"
   }
  ],
  "name": "ProxyRegistered",
  "type": "event"
 },
 {
  "inputs": [
   {
    "name": "appId",
    "type": "uint64"
   },
   {
    "name": "name",
    "type": "bytes32"
   },
   {
    "name": "definition",
    "type": "bytes"
   },
   {
    "components": [
     {
      "name": "priceWei",
      "type": "uint128"
     },
     {
      "name": "callbackGas",
      "type": "uint32"
     },
     {
      "name": "maxPayloadBytes",
      "type": "uint32"
     },
     {
      "name": "timeoutSeconds",
      "type": "uint32"
     },
     {
      "name": "restricted",
      "type": "bool"
     }
    ],
    "name": "terms",
    "type": "tuple"
   }
  ],
  "name": "addApi",
  "outputs": [
   {
    "name": "apiId",
    "type": "uint32"
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
   },
   {
    "name": "apiId",
    "type": "uint32"
   }
  ],
  "name": "api",
  "outputs": [
   {
    "components": [
     {
      "name": "apiId",
      "type": "uint32"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "place",
      "type": "uint32"
     },
     {
      "name": "definedBlock",
      "type": "uint40"
     },
     {
      "name": "definitionDigest",
      "type": "bytes32"
     },
     {
      "name": "name",
      "type": "bytes32"
     },
     {
      "components": [
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "timeoutSeconds",
        "type": "uint32"
       },
       {
        "name": "restricted",
        "type": "bool"
       }
      ],
      "name": "terms",
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
   },
   {
    "name": "name",
    "type": "bytes32"
   }
  ],
  "name": "apiByName",
  "outputs": [
   {
    "name": "apiId",
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
    "name": "first",
    "type": "uint256"
   },
   {
    "name": "count",
    "type": "uint256"
   }
  ],
  "name": "apis",
  "outputs": [
   {
    "components": [
     {
      "name": "apiId",
      "type": "uint32"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "place",
      "type": "uint32"
     },
     {
      "name": "definedBlock",
      "type": "uint40"
     },
     {
      "name": "definitionDigest",
      "type": "bytes32"
     },
     {
      "name": "name",
      "type": "bytes32"
     },
     {
      "components": [
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "timeoutSeconds",
        "type": "uint32"
       },
       {
        "name": "restricted",
        "type": "bool"
       }
      ],
      "name": "terms",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "apiVersion",
    "type": "uint32"
   },
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "callable",
  "outputs": [
   {
    "components": [
     {
      "name": "apiId",
      "type": "uint32"
     },
     {
      "name": "version",
      "type": "uint32"
     },
     {
      "name": "place",
      "type": "uint32"
     },
     {
      "name": "definedBlock",
      "type": "uint40"
     },
     {
      "name": "definitionDigest",
      "type": "bytes32"
     },
     {
      "name": "name",
      "type": "bytes32"
     },
     {
      "components": [
       {
        "name": "priceWei",
        "type": "uint128"
       },
       {
        "name": "callbackGas",
        "type": "uint32"
       },
       {
        "name": "maxPayloadBytes",
        "type": "uint32"
       },
       {
        "name": "timeoutSeconds",
        "type": "uint32"
       },
       {
        "name": "restricted",
        "type": "bool"
       }
      ],
      "name": "terms",
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
    "name": "apiId",
    "type": "uint32"
   }
  ],
  "name": "deleteApi",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "isListed",
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
  "name": "limits",
  "outputs": [
   {
    "components": [
     {
      "name": "maxCallbackGas",
      "type": "uint32"
     },
     {
      "name": "maxTimeoutSeconds",
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
   }
  ],
  "name": "proxy",
  "outputs": [
   {
    "components": [
     {
      "name": "registered",
      "type": "bool"
     },
     {
      "name": "paused",
      "type": "bool"
     },
     {
      "name": "latestApiId",
      "type": "uint32"
     },
     {
      "name": "apiCount",
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
   }
  ],
  "name": "register",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "components": [
     {
      "name": "priceWei",
      "type": "uint128"
     },
     {
      "name": "callbackGas",
      "type": "uint32"
     },
     {
      "name": "maxPayloadBytes",
      "type": "uint32"
     },
     {
      "name": "timeoutSeconds",
      "type": "uint32"
     },
     {
      "name": "restricted",
      "type": "bool"
     }
    ],
    "name": "terms",
    "type": "tuple"
   }
  ],
  "name": "setApiTerms",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "callers",
    "type": "address[]"
   },
   {
    "name": "allowed",
    "type": "bool"
   }
  ],
  "name": "setCallers",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "components": [
     {
      "name": "maxCallbackGas",
      "type": "uint32"
     },
     {
      "name": "maxTimeoutSeconds",
      "type": "uint32"
     }
    ],
    "name": "limits",
    "type": "tuple"
   }
  ],
  "name": "setLimits",
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
    "name": "paused",
    "type": "bool"
   }
  ],
  "name": "setPaused",
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
    "name": "apiId",
    "type": "uint32"
   },
   {
    "name": "definition",
    "type": "bytes"
   }
  ],
  "name": "updateApi",
  "outputs": [],
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
    "name": "target",
    "type": "address"
   }
  ],
  "name": "AddressEmptyCode",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "FailedCall",
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
    "name": "data",
    "type": "bytes[]"
   }
  ],
  "name": "multicall",
  "outputs": [
   {
    "name": "results",
    "type": "bytes[]"
   }
  ],
  "stateMutability": "nonpayable",
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
