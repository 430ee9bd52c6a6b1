// GENERATED from contracts/artifacts (Timelock) by packages/chain/generate.ts. Do not edit.
export const timelockAbi = [
 {
  "inputs": [],
  "name": "AccessControlBadConfirmation",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "neededRole",
    "type": "bytes32"
   }
  ],
  "name": "AccessControlUnauthorizedAccount",
  "type": "error"
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
    "name": "delaySeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "DelayOutOfRange",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "FailedCall",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "RolesFixed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delay",
    "type": "uint256"
   },
   {
    "name": "minDelay",
    "type": "uint256"
   }
  ],
  "name": "TimelockInsufficientDelay",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "uint256"
   },
   {
    "name": "payloads",
    "type": "uint256"
   },
   {
    "name": "values",
    "type": "uint256"
   }
  ],
  "name": "TimelockInvalidOperationLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "TimelockUnauthorizedCaller",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "predecessorId",
    "type": "bytes32"
   }
  ],
  "name": "TimelockUnexecutedPredecessor",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "operationId",
    "type": "bytes32"
   },
   {
    "name": "expectedStates",
    "type": "bytes32"
   }
  ],
  "name": "TimelockUnexpectedOperationState",
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
  "inputs": [
   {
    "indexed": true,
    "name": "id",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "index",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "target",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "value",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "data",
    "type": "bytes"
   }
  ],
  "name": "CallExecuted",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "id",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "salt",
    "type": "bytes32"
   }
  ],
  "name": "CallSalt",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "id",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "index",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "target",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "value",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "data",
    "type": "bytes"
   },
   {
    "indexed": false,
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "indexed": false,
    "name": "delay",
    "type": "uint256"
   }
  ],
  "name": "CallScheduled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "Cancelled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldDuration",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "newDuration",
    "type": "uint256"
   }
  ],
  "name": "MinDelayChange",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "previousAdminRole",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "newAdminRole",
    "type": "bytes32"
   }
  ],
  "name": "RoleAdminChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "account",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "sender",
    "type": "address"
   }
  ],
  "name": "RoleGranted",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "role",
    "type": "bytes32"
   },
   {
    "indexed": true,
    "name": "account",
    "type": "address"
   },
   {
    "indexed": true,
    "name": "sender",
    "type": "address"
   }
  ],
  "name": "RoleRevoked",
  "type": "event"
 },
 {
  "inputs": [],
  "name": "CANCELLER_ROLE",
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
  "name": "DEFAULT_ADMIN_ROLE",
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
  "name": "EXECUTOR_ROLE",
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
  "name": "PROPOSER_ROLE",
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
  "inputs": [
   {
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "cancel",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "target",
    "type": "address"
   },
   {
    "name": "value",
    "type": "uint256"
   },
   {
    "name": "payload",
    "type": "bytes"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   }
  ],
  "name": "execute",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "payloads",
    "type": "bytes[]"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   }
  ],
  "name": "executeBatch",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "executionWindowSeconds",
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
  "name": "getMinDelay",
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
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "getOperationState",
  "outputs": [
   {
    "name": "state",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "bytes32"
   }
  ],
  "name": "getRoleAdmin",
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
  "inputs": [
   {
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "getTimestamp",
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
    "name": "",
    "type": "bytes32"
   },
   {
    "name": "",
    "type": "address"
   }
  ],
  "name": "grantRole",
  "outputs": [],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "role",
    "type": "bytes32"
   },
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "hasRole",
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
    "name": "target",
    "type": "address"
   },
   {
    "name": "value",
    "type": "uint256"
   },
   {
    "name": "data",
    "type": "bytes"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   }
  ],
  "name": "hashOperation",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "payloads",
    "type": "bytes[]"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   }
  ],
  "name": "hashOperationBatch",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "pure",
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
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "isOperation",
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
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "isOperationDone",
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
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "isOperationPending",
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
    "name": "id",
    "type": "bytes32"
   }
  ],
  "name": "isOperationReady",
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
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256[]"
   },
   {
    "name": "",
    "type": "uint256[]"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC1155BatchReceived",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC1155Received",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC721Received",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "bytes32"
   },
   {
    "name": "",
    "type": "address"
   }
  ],
  "name": "renounceRole",
  "outputs": [],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "bytes32"
   },
   {
    "name": "",
    "type": "address"
   }
  ],
  "name": "revokeRole",
  "outputs": [],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "target",
    "type": "address"
   },
   {
    "name": "value",
    "type": "uint256"
   },
   {
    "name": "data",
    "type": "bytes"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   },
   {
    "name": "delay",
    "type": "uint256"
   }
  ],
  "name": "schedule",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "payloads",
    "type": "bytes[]"
   },
   {
    "name": "predecessor",
    "type": "bytes32"
   },
   {
    "name": "salt",
    "type": "bytes32"
   },
   {
    "name": "delay",
    "type": "uint256"
   }
  ],
  "name": "scheduleBatch",
  "outputs": [],
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
 },
 {
  "inputs": [
   {
    "name": "interfaceId",
    "type": "bytes4"
   }
  ],
  "name": "supportsInterface",
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
    "name": "delaySeconds",
    "type": "uint256"
   }
  ],
  "name": "updateDelay",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 }
] as const
