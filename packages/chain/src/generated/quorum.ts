// GENERATED from contracts/artifacts (IQuorum, Quorum) by packages/chain/generate.ts. Do not edit.
export const quorumAbi = [
 {
  "inputs": [],
  "name": "AlreadySet",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "bitmap",
    "type": "uint256"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "BitmapOutOfRange",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "CommitteeMemberRepeated",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "owners",
    "type": "uint256"
   },
   {
    "name": "minOwners",
    "type": "uint256"
   }
  ],
  "name": "CommitteeNotDiverse",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "vendors",
    "type": "uint256"
   },
   {
    "name": "minVendors",
    "type": "uint256"
   }
  ],
  "name": "CommitteeNotDiverseInVendors",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "CommitteeSize",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "threshold",
    "type": "uint16"
   },
   {
    "name": "members",
    "type": "uint256"
   }
  ],
  "name": "CommitteeThreshold",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   },
   {
    "name": "activeEpoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochNotConfirmed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochPending",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "EpochUnknown",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GenesisClosed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "GenesisForSubnetOnly",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "KeysNotSet",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "MemberNotActive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "epoch",
    "type": "uint64"
   },
   {
    "name": "index",
    "type": "uint16"
   }
  ],
  "name": "MemberUnknown",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "lastSignedAt",
    "type": "uint64"
   }
  ],
  "name": "QuorumNotSilent",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "refreshSeconds",
    "type": "uint64"
   }
  ],
  "name": "RefreshInvalid",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "allowedAt",
    "type": "uint64"
   }
  ],
  "name": "RefreshTooEarly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "length",
    "type": "uint256"
   },
   {
    "name": "expected",
    "type": "uint256"
   }
  ],
  "name": "SignatureLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "member",
    "type": "uint256"
   }
  ],
  "name": "SignatureMalleable",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "signatures",
    "type": "uint256"
   },
   {
    "name": "threshold",
    "type": "uint256"
   }
  ],
  "name": "SignaturesTooFew",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "SignerNotLive",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "member",
    "type": "uint256"
   },
   {
    "name": "expected",
    "type": "address"
   },
   {
    "name": "recovered",
    "type": "address"
   }
  ],
  "name": "SignerWrong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "expiry",
    "type": "uint64"
   },
   {
    "name": "nowSeconds",
    "type": "uint256"
   }
  ],
  "name": "StatementExpired",
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
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "CommitteeActivated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "size",
    "type": "uint16"
   },
   {
    "indexed": false,
    "name": "threshold",
    "type": "uint16"
   }
  ],
  "name": "CommitteeNamed",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "until",
    "type": "uint64"
   }
  ],
  "name": "GenesisReopened",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "keys",
    "type": "address"
   }
  ],
  "name": "KeysSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "refreshSeconds",
    "type": "uint64"
   }
  ],
  "name": "RefreshSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "subnet",
    "type": "address"
   }
  ],
  "name": "SubnetSet",
  "type": "event"
 },
 {
  "inputs": [],
  "name": "activate",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "activeEpoch",
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
  "name": "committee",
  "outputs": [
   {
    "name": "members",
    "type": "uint64[]"
   },
   {
    "name": "threshold",
    "type": "uint16"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "domainSeparator",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "genesisOpen",
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
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "isSeated",
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
  "inputs": [],
  "name": "lastSignedAt",
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
  "name": "latestEpoch",
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
   },
   {
    "name": "index",
    "type": "uint16"
   }
  ],
  "name": "member",
  "outputs": [
   {
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "minOwners",
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
  "inputs": [],
  "name": "minVendors",
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
    "name": "members",
    "type": "uint64[]"
   },
   {
    "name": "threshold",
    "type": "uint16"
   }
  ],
  "name": "nameCommittee",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "refreshSeconds",
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
  "name": "renewCommittee",
  "outputs": [
   {
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "reopen",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "reopenedUntil",
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
    "name": "keys",
    "type": "address"
   },
   {
    "name": "refreshSeconds",
    "type": "uint64"
   }
  ],
  "name": "setKeys",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "refreshSeconds",
    "type": "uint64"
   }
  ],
  "name": "setRefreshSeconds",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "subnet",
    "type": "address"
   }
  ],
  "name": "setSubnet",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "structHash",
    "type": "bytes32"
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
   },
   {
    "name": "genesis",
    "type": "bool"
   }
  ],
  "name": "verify",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "structHash",
    "type": "bytes32"
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
  "name": "verifyNamed",
  "outputs": [],
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
  "name": "activatedAt",
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
  "inputs": [],
  "name": "previousEpoch",
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
    "name": "newAuthority",
    "type": "address"
   }
  ],
  "name": "setAuthority",
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
 }
] as const
