// GENERATED from contracts/artifacts/Quorum.json by packages/chain/generate.ts. Do not edit.
export const quorumAbi = [
 {
  "inputs": [],
  "name": "AlreadySet",
  "type": "error"
 },
 {
  "inputs": [
   {
    "internalType": "uint256",
    "name": "bitmap",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "owners",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint256",
    "name": "vendors",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint256",
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
    "internalType": "uint16",
    "name": "threshold",
    "type": "uint16"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
    "name": "epoch",
    "type": "uint64"
   },
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "address",
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "GenesisForSubnetOnly",
  "type": "error"
 },
 {
  "inputs": [
   {
    "internalType": "uint64",
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
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "length",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint256",
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
    "internalType": "uint256",
    "name": "signatures",
    "type": "uint256"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint256",
    "name": "member",
    "type": "uint256"
   },
   {
    "internalType": "address",
    "name": "expected",
    "type": "address"
   },
   {
    "internalType": "address",
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
    "internalType": "uint64",
    "name": "expiry",
    "type": "uint64"
   },
   {
    "internalType": "uint256",
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
    "internalType": "uint64",
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
    "internalType": "uint64",
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint16",
    "name": "size",
    "type": "uint16"
   },
   {
    "indexed": false,
    "internalType": "uint16",
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
    "internalType": "uint64",
    "name": "epoch",
    "type": "uint64"
   },
   {
    "indexed": false,
    "internalType": "uint64",
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
    "internalType": "address",
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
    "name": "epoch",
    "type": "uint64"
   }
  ],
  "name": "committee",
  "outputs": [
   {
    "internalType": "uint64[]",
    "name": "members",
    "type": "uint64[]"
   },
   {
    "internalType": "uint16",
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
    "internalType": "bytes32",
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
    "internalType": "bool",
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
    "internalType": "uint64",
    "name": "nodeId",
    "type": "uint64"
   }
  ],
  "name": "isSeated",
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
  "name": "lastSignedAt",
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
  "inputs": [],
  "name": "latestEpoch",
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
  "inputs": [],
  "name": "minOwners",
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
  "inputs": [],
  "name": "minVendors",
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
    "internalType": "uint64[]",
    "name": "members",
    "type": "uint64[]"
   },
   {
    "internalType": "uint16",
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
    "internalType": "address",
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
    "internalType": "bytes32",
    "name": "structHash",
    "type": "bytes32"
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
      "internalType": "uint256",
      "name": "bitmap",
      "type": "uint256"
     },
     {
      "internalType": "bytes",
      "name": "signatures",
      "type": "bytes"
     }
    ],
    "internalType": "struct IQuorum.Signed",
    "name": "signed",
    "type": "tuple"
   },
   {
    "internalType": "bool",
    "name": "genesis",
    "type": "bool"
   }
  ],
  "name": "verify",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 }
] as const
