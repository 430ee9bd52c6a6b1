// The 64 bytes of reportData that the hardware signs for a subject. Pure.
import { sha512 } from '@noble/hashes/sha2.js'
import { fromHex, toHex, unsigned, type Hex } from '../bytes.ts'
import type { InstanceSubject, NodeSubject, Subject } from '../evidence/subject.ts'
import { frame } from './frame.ts'

/** `reportData` of an instance or a node, 64 bytes. Throws AttestationError `binding.invalid`. */
export function reportDataOf(subject: Subject): Hex {
  return toHex(sha512(subject.kind === 'instance' ? instanceFrame(subject) : nodeFrame(subject)))
}

function instanceFrame(subject: InstanceSubject): Uint8Array {
  return frame(
    'wetee/report-data/instance/v1',
    unsigned(subject.chainId, 32, 'chainId'),
    fromHex(subject.cloud, 20, 'cloud'),
    unsigned(subject.workerId, 8, 'workerId'),
    unsigned(subject.appId, 8, 'appId'),
    unsigned(subject.version, 4, 'version'),
    unsigned(subject.replica, 2, 'replica'),
    unsigned(subject.blockNumber, 8, 'blockNumber'),
    fromHex(subject.blockHash, 32, 'blockHash'),
    fromHex(subject.signingKey, 33, 'signingKey'),
    fromHex(subject.hpkeKey, 32, 'hpkeKey'),
    fromHex(subject.tlsKeyHash, 32, 'tlsKeyHash'),
  )
}

function nodeFrame(subject: NodeSubject): Uint8Array {
  return frame(
    'wetee/report-data/node/v1',
    unsigned(subject.chainId, 32, 'chainId'),
    fromHex(subject.subnet, 20, 'subnet'),
    unsigned(subject.role, 2, 'role'),
    unsigned(subject.nodeId, 8, 'nodeId'),
    fromHex(subject.statementKey, 20, 'statementKey'),
    fromHex(subject.encryptionKey, 33, 'encryptionKey'),
    fromHex(subject.tlsKeyHash, 32, 'tlsKeyHash'),
    unsigned(subject.blockNumber, 8, 'blockNumber'),
    fromHex(subject.blockHash, 32, 'blockHash'),
  )
}
