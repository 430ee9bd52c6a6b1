// GENERATED from contracts/artifacts (IKeys, Keys) by packages/chain/generate.ts. Do not edit.
export const keysAbi = [
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
  "name": "BodySize",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ConfirmationDiffers",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotPending",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "KeyDiffers",
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
   }
  ],
  "name": "KeyIsNewest",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   }
  ],
  "name": "KeyLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   }
  ],
  "name": "KeyUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "MemberNotLive",
  "type": "error"
 },
 {
  "inputs": [
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
   }
  ],
  "name": "MessageRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "dealer",
    "type": "uint16"
   }
  ],
  "name": "NotDealt",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "member",
    "type": "uint16"
   }
  ],
  "name": "NotRegistered",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "key",
    "type": "uint32"
   },
   {
    "name": "endsAt",
    "type": "uint64"
   }
  ],
  "name": "OlderKeyLives",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "overlapSeconds",
    "type": "uint64"
   }
  ],
  "name": "OverlapTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "phase",
    "type": "uint8"
   }
  ],
  "name": "PhaseWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "found",
    "type": "uint256"
   },
   {
    "name": "needed",
    "type": "uint256"
   }
  ],
  "name": "SealersTooFew",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "uint16"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "SenderUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   }
  ],
  "name": "SessionExists",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   }
  ],
  "name": "SessionUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "sender",
    "type": "uint16"
   }
  ],
  "name": "SignatureInvalid",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "WindowsInvalid",
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
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "dealer",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "complainer",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "bodyDigest",
    "type": "bytes32"
   }
  ],
  "name": "Complained",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "dealer",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "bodyDigest",
    "type": "bytes32"
   }
  ],
  "name": "Dealt",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "transcriptDigest",
    "type": "bytes32"
   }
  ],
  "name": "EpochConfirmed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "key",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "lastEpoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "endsAt",
    "type": "uint64"
   }
  ],
  "name": "KeyEndSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "key",
    "type": "uint32"
   },
   {
    "indexed": false,
    "name": "encryptionKey",
    "type": "bytes"
   },
   {
    "indexed": false,
    "name": "verificationKey",
    "type": "bytes"
   }
  ],
  "name": "NetworkKeyMade",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "dealer",
    "type": "uint16"
   },
   {
    "indexed": true,
    "name": "member",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "bodyDigest",
    "type": "bytes32"
   }
  ],
  "name": "Recovered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "member",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "bodyDigest",
    "type": "bytes32"
   }
  ],
  "name": "Registered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "dealer",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "bodyDigest",
    "type": "bytes32"
   }
  ],
  "name": "Revealed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "overlapSeconds",
    "type": "uint64"
   }
  ],
  "name": "RotationOrdered",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "session",
    "type": "uint64"
   },
   {
    "indexed": true,
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "dealersEpoch",
    "type": "uint64"
   }
  ],
  "name": "SessionOpened",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "components": [
     {
      "name": "registerSeconds",
      "type": "uint32"
     },
     {
      "name": "dealSeconds",
      "type": "uint32"
     },
     {
      "name": "complainSeconds",
      "type": "uint32"
     },
     {
      "name": "revealSeconds",
      "type": "uint32"
     },
     {
      "name": "recoverSeconds",
      "type": "uint32"
     },
     {
      "name": "confirmSeconds",
      "type": "uint32"
     }
    ],
    "indexed": false,
    "name": "windows",
    "type": "tuple"
   }
  ],
  "name": "WindowsSet",
  "type": "event"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "complainer",
    "type": "uint16"
   },
   {
    "name": "dealer",
    "type": "uint16"
   },
   {
    "name": "body",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "complain",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
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
    "name": "encryptionKey",
    "type": "bytes"
   },
   {
    "name": "verificationKey",
    "type": "bytes"
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
      "name": "bitmap",
      "type": "uint256"
     },
     {
      "name": "signatures",
      "type": "bytes"
     }
    ],
    "name": "signed",
    "type": "tuple"
   }
  ],
  "name": "confirm",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "confirmation",
  "outputs": [
   {
    "components": [
     {
      "name": "session",
      "type": "uint64"
     },
     {
      "name": "key",
      "type": "uint32"
     },
     {
      "name": "sessionId",
      "type": "bytes32"
     },
     {
      "name": "transcriptDigest",
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
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "dealer",
    "type": "uint16"
   },
   {
    "name": "body",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "deal",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "number",
    "type": "uint32"
   }
  ],
  "name": "endKey",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "frozenEpoch",
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
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "isConfirmed",
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
    "name": "number",
    "type": "uint32"
   }
  ],
  "name": "isKeyLive",
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
    "name": "number",
    "type": "uint32"
   }
  ],
  "name": "keyAt",
  "outputs": [
   {
    "components": [
     {
      "name": "number",
      "type": "uint32"
     },
     {
      "name": "madeBlock",
      "type": "uint64"
     },
     {
      "name": "lastEpoch",
      "type": "uint64"
     },
     {
      "name": "endsAt",
      "type": "uint64"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "name": "verificationKey",
      "type": "bytes"
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
  "name": "keyCount",
  "outputs": [
   {
    "name": "",
    "type": "uint32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "liveKeys",
  "outputs": [
   {
    "components": [
     {
      "name": "number",
      "type": "uint32"
     },
     {
      "name": "madeBlock",
      "type": "uint64"
     },
     {
      "name": "lastEpoch",
      "type": "uint64"
     },
     {
      "name": "endsAt",
      "type": "uint64"
     },
     {
      "name": "encryptionKey",
      "type": "bytes"
     },
     {
      "name": "verificationKey",
      "type": "bytes"
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
  "inputs": [],
  "name": "networkKey",
  "outputs": [
   {
    "name": "encryptionKey",
    "type": "bytes"
   },
   {
    "name": "verificationKey",
    "type": "bytes"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "open",
  "outputs": [
   {
    "name": "session",
    "type": "uint64"
   }
  ],
  "stateMutability": "nonpayable",
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
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "member",
    "type": "uint16"
   },
   {
    "name": "dealer",
    "type": "uint16"
   },
   {
    "name": "body",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "recover",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "member",
    "type": "uint16"
   },
   {
    "name": "body",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
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
    "name": "session",
    "type": "uint64"
   },
   {
    "name": "dealer",
    "type": "uint16"
   },
   {
    "name": "body",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "reveal",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "overlapSeconds",
    "type": "uint64"
   }
  ],
  "name": "rotate",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "rotation",
  "outputs": [
   {
    "name": "ordered",
    "type": "bool"
   },
   {
    "name": "overlapSeconds",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "number",
    "type": "uint64"
   }
  ],
  "name": "session",
  "outputs": [
   {
    "components": [
     {
      "name": "epoch",
      "type": "uint64"
     },
     {
      "name": "dealersEpoch",
      "type": "uint64"
     },
     {
      "name": "openedBlock",
      "type": "uint64"
     },
     {
      "name": "openedAt",
      "type": "uint64"
     },
     {
      "name": "phase",
      "type": "uint8"
     },
     {
      "name": "phaseEnd",
      "type": "uint64"
     },
     {
      "name": "registered",
      "type": "uint16"
     },
     {
      "name": "dealers",
      "type": "uint16"
     },
     {
      "name": "dealt",
      "type": "uint16"
     },
     {
      "name": "revealed",
      "type": "uint16"
     },
     {
      "name": "messagesDigest",
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
  "name": "sessionCount",
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
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "sessionOf",
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
    "components": [
     {
      "name": "registerSeconds",
      "type": "uint32"
     },
     {
      "name": "dealSeconds",
      "type": "uint32"
     },
     {
      "name": "complainSeconds",
      "type": "uint32"
     },
     {
      "name": "revealSeconds",
      "type": "uint32"
     },
     {
      "name": "recoverSeconds",
      "type": "uint32"
     },
     {
      "name": "confirmSeconds",
      "type": "uint32"
     }
    ],
    "name": "windows_",
    "type": "tuple"
   }
  ],
  "name": "setWindows",
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
  "inputs": [],
  "name": "windows",
  "outputs": [
   {
    "components": [
     {
      "name": "registerSeconds",
      "type": "uint32"
     },
     {
      "name": "dealSeconds",
      "type": "uint32"
     },
     {
      "name": "complainSeconds",
      "type": "uint32"
     },
     {
      "name": "revealSeconds",
      "type": "uint32"
     },
     {
      "name": "recoverSeconds",
      "type": "uint32"
     },
     {
      "name": "confirmSeconds",
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
