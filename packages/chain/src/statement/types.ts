// EIP-712 types of everything that nodes, operators and instances sign, as the contracts spell them. Pure.
import type { Address, Hex } from 'viem'

/** `ICloud.AttestationLease`; times in seconds. */
export type AttestationLease = {
  readonly appId: bigint
  readonly version: number
  readonly replica: number
  readonly workerId: bigint
  readonly platformId: Hex
  readonly instanceKey: Address
  readonly hpkeKey: Hex
  readonly tlsKeyHash: Hex
  readonly measurementId: Hex
  readonly evidenceBlock: bigint
  readonly notBefore: bigint
  readonly notAfter: bigint
  readonly evidenceDigest: Hex
}

/** `ISubnet.NodeProof`; `encryptionKey` has 33 bytes, times in seconds. */
export type NodeProof = {
  readonly role: number
  readonly nodeId: bigint
  readonly platformId: Hex
  readonly statementKey: Address
  readonly encryptionKey: Hex
  readonly tlsKeyHash: Hex
  readonly measurementId: Hex
  readonly evidenceBlock: bigint
  readonly notBefore: bigint
  readonly notAfter: bigint
  readonly evidenceDigest: Hex
}

/** What a quorum signs to renew leases; `expiry` in seconds. */
export type LeaseBatch = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly leases: readonly AttestationLease[]
}

/** What a quorum signs about machines of workers and nodes; `expiry` in seconds. */
export type NodeProofBatch = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly proofs: readonly NodeProof[]
}

/** `ISubnet.Revocation`: evidence of blocks up to `blockNumber` no longer counts for the subject `id`. */
export type Revocation = {
  /** `ISubnet.Subject`: 1 key, 2 platform, 3 measurement, 4 worker, 5 application. */
  readonly subject: number
  readonly id: Hex
  readonly blockNumber: bigint
}

/** What a quorum signs to end evidence early; `expiry` in seconds. */
export type RevocationBatch = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly revocations: readonly Revocation[]
}

/** `IQuorum.CommitteeConfirmed`: two that differ for one session or epoch cost their signer its stake. */
export type CommitteeConfirmed = {
  readonly session: Hex
  readonly epoch: bigint
  readonly threshold: number
  readonly membersDigest: Hex
  readonly networkKeyDigest: Hex
  readonly transcriptDigest: Hex
}

/** `IKeys.SessionMessage`: one message of a key session; `bodyDigest` is keccak256 of its bytes. */
export type SessionMessage = {
  readonly session: bigint
  /** `IKeys.Kind`: 1 register, 2 deal, 3 complain, 4 reveal, 5 recover. */
  readonly kind: number
  /** Index from 1: in the dealers' committee for deal and reveal, in the new one else. */
  readonly sender: number
  /** The dealer that a complaint or a recovery is about, else 0. */
  readonly subject: number
  readonly bodyDigest: Hex
}

/** What a node signs beside a release of shares, so that a wrong one can be shown to anybody. */
export type ReleaseReply = {
  readonly epoch: bigint
  readonly nodeId: bigint
  /** Digest of what was asked for, docs/reference/threshold.md. */
  readonly requestDigest: Hex
  /** Of the releases of both kinds, docs/reference/threshold.md. */
  readonly releaseDigest: Hex
}

/** What a node says of an application as of its newest finalized block. */
export type AppFactsStatement = {
  readonly nodeId: bigint
  readonly appId: bigint
  readonly owner: Address
  /** `ICloud.AppState`: 1 active, 2 paused, 3 ended. */
  readonly state: number
  /** 0: none. */
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  /** S of the network's older key while that lives, 33 bytes; `0x`: there is none. */
  readonly olderKey: Hex
  readonly blockNumber: bigint
  /** Time of that block, seconds. */
  readonly blockTime: bigint
}

/** What a node says of a signature for which the owner is a contract: its answer by ERC-1271 as of a finalized block. */
export type OwnerSignatureStatement = {
  readonly nodeId: bigint
  readonly appId: bigint
  readonly owner: Address
  /** What was signed. */
  readonly digest: Hex
  /** keccak256 of the signature's bytes. */
  readonly signatureDigest: Hex
  readonly valid: boolean
  readonly blockNumber: bigint
  /** Time of that block, seconds. */
  readonly blockTime: bigint
}

/** A call of the Bridge that is open and in time, as far as whoever carries it out needs to know it. */
export type OpenCall = {
  readonly callId: bigint
  readonly apiId: number
  readonly apiVersion: number
  /** The contract that has called. */
  readonly caller: Address
  /** Last second of chain time in which it can be answered. */
  readonly deadline: bigint
  readonly maxPayloadBytes: number
  /** SHA-256 of the definition's text. */
  readonly definitionDigest: Hex
  /** keccak256 of the arguments. */
  readonly argsDigest: Hex
}

/** What a node says of calls of one application as of its newest finalized block. */
export type OpenCallsStatement = {
  readonly nodeId: bigint
  /** Whoever asks has drawn it: no statement is good for another question. */
  readonly nonce: Hex
  readonly appId: bigint
  readonly calls: readonly OpenCall[]
}

/** What an instance signs about the answer to a call. */
export type CallResult = {
  readonly callId: bigint
  readonly apiVersion: number
  readonly status: number
  /** keccak256 of the payload. */
  readonly payloadDigest: Hex
}

/** What an instance signs to have a contract called in its application's name. */
export type ForwardRequest = {
  readonly appId: bigint
  readonly to: Hex
  /** From the application's budget. */
  readonly valueWei: bigint
  /** Exactly this much for the call. */
  readonly gas: number
  /** Used once for each application. */
  readonly nonce: bigint
  /** Last second of chain time in which it can be forwarded. */
  readonly deadline: bigint
  readonly data: Hex
}

/** What an instance signs to be given secrets and derived keys. */
export type ReleaseRequest = {
  /** Who is asked: no node can pass a request on to another one. */
  readonly nodeId: bigint
  readonly appId: bigint
  readonly version: number
  readonly replica: number
  /** The same for all nodes that are asked together, and never used again. */
  readonly requestId: Hex
  /** SHA-256 of the items as JSON text, docs/reference/secrets.md. */
  readonly itemsDigest: Hex
}

/** What a new statement key signs about the registration that names it: nobody can register another's key. */
export type NodeKeysClaim = {
  readonly owner: Address
  readonly operator: Address
  readonly encryptionKey: Hex
  readonly tlsKeyHash: Hex
}

/** What a worker's operator signs about one instance on its machine. */
export type OperatorStatement = {
  readonly platformId: Hex
  readonly appId: bigint
  readonly version: number
  readonly replica: number
  readonly instanceKey: Address
  readonly evidenceBlock: bigint
}

/** What an instance signs when it can take traffic. */
export type Ready = { readonly appId: bigint; readonly version: number; readonly replica: number }

/** Types behind LeaseBatch (`Leases.sol`). */
export const leaseBatchTypes = {
  LeaseBatch: [
    { type: 'uint64', name: 'epoch' },
    { type: 'uint64', name: 'expiry' },
    { type: 'AttestationLease[]', name: 'leases' },
  ],
  AttestationLease: [
    { type: 'uint64', name: 'appId' },
    { type: 'uint32', name: 'version' },
    { type: 'uint16', name: 'replica' },
    { type: 'uint64', name: 'workerId' },
    { type: 'bytes32', name: 'platformId' },
    { type: 'address', name: 'instanceKey' },
    { type: 'bytes32', name: 'hpkeKey' },
    { type: 'bytes32', name: 'tlsKeyHash' },
    { type: 'bytes32', name: 'measurementId' },
    { type: 'uint64', name: 'evidenceBlock' },
    { type: 'uint64', name: 'notBefore' },
    { type: 'uint64', name: 'notAfter' },
    { type: 'bytes32', name: 'evidenceDigest' },
  ],
} as const

/** Types behind NodeProofBatch (`Machines.sol`). */
export const nodeProofBatchTypes = {
  NodeProofBatch: [
    { type: 'uint64', name: 'epoch' },
    { type: 'uint64', name: 'expiry' },
    { type: 'NodeProof[]', name: 'proofs' },
  ],
  NodeProof: [
    { type: 'uint16', name: 'role' },
    { type: 'uint64', name: 'nodeId' },
    { type: 'bytes32', name: 'platformId' },
    { type: 'address', name: 'statementKey' },
    { type: 'bytes', name: 'encryptionKey' },
    { type: 'bytes32', name: 'tlsKeyHash' },
    { type: 'bytes32', name: 'measurementId' },
    { type: 'uint64', name: 'evidenceBlock' },
    { type: 'uint64', name: 'notBefore' },
    { type: 'uint64', name: 'notAfter' },
    { type: 'bytes32', name: 'evidenceDigest' },
  ],
} as const

/** Types behind RevocationBatch (`ISubnet.revoke`). */
export const revocationBatchTypes = {
  RevocationBatch: [
    { type: 'uint64', name: 'epoch' },
    { type: 'uint64', name: 'expiry' },
    { type: 'Revocation[]', name: 'revocations' },
  ],
  Revocation: [
    { type: 'uint16', name: 'subject' },
    { type: 'bytes32', name: 'id' },
    { type: 'uint64', name: 'blockNumber' },
  ],
} as const

/** Types behind CommitteeConfirmed (`IMisconduct.SignedConfirmation`). */
export const committeeConfirmedTypes = {
  CommitteeConfirmed: [
    { type: 'bytes32', name: 'session' },
    { type: 'uint64', name: 'epoch' },
    { type: 'uint16', name: 'threshold' },
    { type: 'bytes32', name: 'membersDigest' },
    { type: 'bytes32', name: 'networkKeyDigest' },
    { type: 'bytes32', name: 'transcriptDigest' },
  ],
} as const

/** Types behind SessionMessage (`Keys.sol`). */
export const sessionMessageTypes = {
  SessionMessage: [
    { type: 'uint64', name: 'session' },
    { type: 'uint8', name: 'kind' },
    { type: 'uint16', name: 'sender' },
    { type: 'uint16', name: 'subject' },
    { type: 'bytes32', name: 'bodyDigest' },
  ],
} as const

/** Types behind ReleaseReply (`Misconduct.sol`). */
export const releaseReplyTypes = {
  ReleaseReply: [
    { type: 'uint64', name: 'epoch' },
    { type: 'uint64', name: 'nodeId' },
    { type: 'bytes32', name: 'requestDigest' },
    { type: 'bytes32', name: 'releaseDigest' },
  ],
} as const

/** Types behind AppFacts (docs/reference/interfaces.md; no contract reads it). */
export const appFactsTypes = {
  AppFacts: [
    { type: 'uint64', name: 'nodeId' },
    { type: 'uint64', name: 'appId' },
    { type: 'address', name: 'owner' },
    { type: 'uint8', name: 'state' },
    { type: 'uint32', name: 'currentVersion' },
    { type: 'uint32', name: 'pendingVersion' },
    { type: 'bytes', name: 'olderKey' },
    { type: 'uint64', name: 'blockNumber' },
    { type: 'uint64', name: 'blockTime' },
  ],
} as const

/** Types behind OwnerSignature (docs/reference/interfaces.md; no contract reads it). */
export const ownerSignatureTypes = {
  OwnerSignature: [
    { type: 'uint64', name: 'nodeId' },
    { type: 'uint64', name: 'appId' },
    { type: 'address', name: 'owner' },
    { type: 'bytes32', name: 'digest' },
    { type: 'bytes32', name: 'signatureDigest' },
    { type: 'bool', name: 'valid' },
    { type: 'uint64', name: 'blockNumber' },
    { type: 'uint64', name: 'blockTime' },
  ],
} as const

/** Types behind OpenCalls (docs/reference/bridge.md; no contract reads it). */
export const openCallsTypes = {
  OpenCalls: [
    { type: 'uint64', name: 'nodeId' },
    { type: 'bytes32', name: 'nonce' },
    { type: 'uint64', name: 'appId' },
    { type: 'OpenCall[]', name: 'calls' },
  ],
  OpenCall: [
    { type: 'uint64', name: 'callId' },
    { type: 'uint32', name: 'apiId' },
    { type: 'uint32', name: 'apiVersion' },
    { type: 'address', name: 'caller' },
    { type: 'uint64', name: 'deadline' },
    { type: 'uint32', name: 'maxPayloadBytes' },
    { type: 'bytes32', name: 'definitionDigest' },
    { type: 'bytes32', name: 'argsDigest' },
  ],
} as const

/** Types behind Result (`Calls.sol`). */
export const callResultTypes = {
  Result: [
    { type: 'uint64', name: 'callId' },
    { type: 'uint32', name: 'apiVersion' },
    { type: 'uint16', name: 'status' },
    { type: 'bytes32', name: 'payloadDigest' },
  ],
} as const

/** Types behind Forward (`Forwarder.sol`). */
export const forwardTypes = {
  Forward: [
    { type: 'uint64', name: 'appId' },
    { type: 'address', name: 'to' },
    { type: 'uint128', name: 'valueWei' },
    { type: 'uint32', name: 'gas' },
    { type: 'uint256', name: 'nonce' },
    { type: 'uint64', name: 'deadline' },
    { type: 'bytes', name: 'data' },
  ],
} as const

/** Types behind ReleaseRequest (docs/reference/secrets.md; no contract reads it). */
export const releaseRequestTypes = {
  ReleaseRequest: [
    { type: 'uint64', name: 'nodeId' },
    { type: 'uint64', name: 'appId' },
    { type: 'uint32', name: 'version' },
    { type: 'uint16', name: 'replica' },
    { type: 'bytes32', name: 'requestId' },
    { type: 'bytes32', name: 'itemsDigest' },
  ],
} as const

/** Types behind NodeKeys (`ISubnet.NodeKeys.possession`). */
export const nodeKeysTypes = {
  NodeKeys: [
    { type: 'address', name: 'owner' },
    { type: 'address', name: 'operator' },
    { type: 'bytes', name: 'encryptionKey' },
    { type: 'bytes32', name: 'tlsKeyHash' },
  ],
} as const

/** Types behind OperatorStatement (docs/reference/bindings.md; no contract reads it). */
export const operatorStatementTypes = {
  OperatorStatement: [
    { type: 'bytes32', name: 'platformId' },
    { type: 'uint64', name: 'appId' },
    { type: 'uint32', name: 'version' },
    { type: 'uint16', name: 'replica' },
    { type: 'address', name: 'instanceKey' },
    { type: 'uint64', name: 'evidenceBlock' },
  ],
} as const

/** Types behind Ready (`Applications.sol`). */
export const readyTypes = {
  Ready: [
    { type: 'uint64', name: 'appId' },
    { type: 'uint32', name: 'version' },
    { type: 'uint16', name: 'replica' },
  ],
} as const
