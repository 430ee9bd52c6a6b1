// Fuzz targets of what a node reads of key sessions: calldata, documents of epochs, answers of peers. No I/O.
import { keysAbi, signatureSchema, toWire } from '@wetee/chain'
import { nobleGroup, type Group } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { bytesToHex, concat, encodeFunctionData, keccak256, padHex, type Abi, type Hex } from 'viem'
import { confirmationSchema } from '../api/epoch-calls.ts'
import { parseRequest } from '../api/wire.ts'
import { bodyInCalldata } from '../board/bodies.ts'
import type { MessageKind } from '../chain/chain-view.ts'
import { parseEpoch, serializeEpoch } from '../epochs/epoch-document.ts'
import { NodeError } from '../node-error.ts'
import { parseAnswer } from '../prove/peers.ts'

const text = (input: Uint8Array) => new TextDecoder().decode(input)
const encode = (value: string) => new TextEncoder().encode(value)
const abi: Abi = keysAbi
const kinds: readonly MessageKind[] = ['register', 'deal', 'complain', 'reveal', 'recover']
/** As a remark has them, and one that is longer than any remark. */
const bodies = [97, 200].map((size) => bytesToHex(new Uint8Array(size).fill(size)))
const events = bodies.flatMap((body) =>
  kinds.map((kind) => ({ kind, body, bodyDigest: keccak256(body) })),
)
const KEPT_REMARK_BYTES = 98

function callOf(kind: MessageKind, body: Hex): Hex {
  const about = kind === 'complain' || kind === 'recover' ? [2] : []
  const signature = `0x${'5a'.repeat(65)}`
  return encodeFunctionData({ abi, functionName: kind, args: [7n, 1, ...about, body, signature] })
}

const calls = events.map(({ kind, body }) => callOf(kind, body))
const native = openNativeGroup()
const point = (n: number) => native.multiply(native.generator, BigInt(n))
const epoch = serializeEpoch(native, {
  epoch: 4n,
  key: {
    threshold: 2,
    qualified: [1, 3],
    encryptionKey: point(5),
    verificationKey: point(6),
    publicShares: [point(7), undefined, point(9)],
  },
})
const signature = {
  epoch: 4n,
  expiry: 2n ** 64n - 1n,
  member: 1,
  signature: `0x${'5b'.repeat(65)}`,
}

/** Targets by name; only NodeError may escape one. */
export const epochTargets: Record<string, (input: Uint8Array) => void> = {
  'dsecret-calldata'(input) {
    const calldata = bytesToHex(input)
    for (const { kind, body, bodyDigest } of events) {
      const found = bodyInCalldata(calldata, { kind, bodyDigest })
      if (found === undefined) continue
      const whole = kind === 'deal' ? body : body.slice(0, 2 + 2 * KEPT_REMARK_BYTES)
      if (bytesToHex(found) !== whole) throw new Error('another body than the event names')
    }
  },
  'dsecret-epoch'(input) {
    const [one, other] = [native, nobleGroup].map((group) => readOrRefuse(group, text(input)))
    if (one instanceof NodeError && other instanceof NodeError) throw one
    if (typeof one !== 'string' || one !== other) throw new Error('the back ends differ')
    if (readOrRefuse(native, one) !== one)
      throw new Error('an epoch that was read differs once written and read again')
  },
  'dsecret-peer-answer'(input) {
    const answer = parseAnswer('peer', signatureSchema, readJson(text(input)))
    const again = parseAnswer('peer', signatureSchema, toWire(answer))
    if (JSON.stringify(toWire(again)) !== JSON.stringify(toWire(answer)))
      throw new Error('an answer is not stable')
  },
  'request-confirmation'(input) {
    const { session } = parseRequest(confirmationSchema, text(input))
    if (session < 0n || session >= 2n ** 64n) throw new Error('a session beyond 64 bits')
  },
}

/** Valid inputs by target, for mutation. */
export const epochSeeds: Record<string, readonly Uint8Array[]> = {
  'dsecret-calldata': [
    ...calls,
    concat(['0x12345678', padHex('0x20'), padHex('0x44'), ...calls.slice(0, 1)]),
    concat(calls),
  ].map((hex) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'))),
  'dsecret-epoch': [encode(epoch)],
  'dsecret-peer-answer': [encode(JSON.stringify(toWire(signature)))],
  'request-confirmation': [encode('{"session":"18446744073709551615"}')],
}

/** The document of what was read. */
function readOrRefuse(group: Group, document: string): string | NodeError {
  try {
    return serializeEpoch(group, parseEpoch(group, document))
  } catch (error) {
    if (error instanceof NodeError) return error
    throw error
  }
}

function readJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
