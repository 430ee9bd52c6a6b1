// A volume as an instance seals it to its owner (docs/reference/owner-api.md, Snapshots): in pieces of which none can be changed, left
// out or moved, with a signed end. Pure but for the randomness of sealing.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  AnswerSealer,
  maxPieceBytes,
  openAnswer,
  openRequest,
  SealingError,
  sealRequest,
  type ReaderKeys,
} from '@wetee/sealing'
import { recoverAddress } from 'viem/utils'
import * as z from 'zod'
import { SealedLogError } from './error.ts'

const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])
const decimal = z.string().regex(/^(0|[1-9][0-9]{0,19})$/)

const headerSchema = z.strictObject({
  format: z.literal('wetee/volume-snapshot/v1'),
  chainId: decimal,
  cloud: hex(20),
  appId: decimal,
  version: z.int().min(1).max(0xffff_ffff),
  replica: z.int().nonnegative().max(0xffff),
  /** Address of the instance's signing key, which signs the end. */
  instanceKey: hex(20),
  volume: z.string().min(1).max(63),
  /** Milliseconds since 1970, by the agent's clock. */
  atMs: z.int().nonnegative(),
})

/** Whose volume it is, and of when. */
export type SnapshotHeader = z.infer<typeof headerSchema>

/** How much of an archive there was. */
export type SnapshotEnd = { readonly bytes: number; readonly sha256: string }

const endSchema = z.union([
  z.strictObject({
    bytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    signature: hex(65),
  }),
  z.strictObject({ error: z.string().max(63), message: z.string().max(500) }),
])

const TAG = 'wetee/volume-snapshot/v1'
const MAX_HEAD_BYTES = 2_048
const LENGTH_BYTES = 4

/** Seals one archive piece by piece, for the holder of one key. */
export class SnapshotSealer {
  /** What goes out first. */
  readonly head: Uint8Array
  readonly #header: Uint8Array
  readonly #sealer: AnswerSealer
  readonly #digest = sha256.create()
  #bytes = 0

  private constructor(header: Uint8Array, head: Uint8Array, answerKey: Uint8Array) {
    this.#header = header
    this.head = head
    this.#sealer = new AnswerSealer(answerKey)
  }

  /** `key`: the owner's public key, 32 bytes. Throws SealingError `key.invalid`. */
  static async open(
    header: Omit<SnapshotHeader, 'format'>,
    key: Uint8Array,
  ): Promise<SnapshotSealer> {
    const full: SnapshotHeader = { format: 'wetee/volume-snapshot/v1', ...header }
    const text = utf8ToBytes(JSON.stringify(full))
    const { bytes, answerKey } = await sealRequest(key, utf8ToBytes(TAG), text)
    return new SnapshotSealer(text, concatBytes(lengthOf(bytes), bytes), answerKey)
  }

  /** The next bytes of the archive, sealed; any number of them. */
  seal(content: Uint8Array): Uint8Array {
    const sealed: Uint8Array[] = []
    this.#digest.update(content)
    this.#bytes += content.length
    for (let at = 0; at < content.length; at += maxPieceBytes)
      sealed.push(this.#sealer.seal(content.subarray(at, at + maxPieceBytes), false))
    return concatBytes(...sealed)
  }

  /** The end of a whole archive, signed by the instance's key. */
  async end(sign: (hash: `0x${string}`) => Promise<`0x${string}`>): Promise<Uint8Array> {
    const digest = this.#digest.digest()
    const signature = await sign(signedHash(this.#header, this.#bytes, digest))
    return this.#last({ bytes: this.#bytes, sha256: bytesToHex(digest), signature })
  }

  /** The end of one that is of no use, and why. */
  fail(error: string, message: string): Uint8Array {
    return this.#last({ error, message: message.slice(0, 500) })
  }

  #last(end: z.infer<typeof endSchema>): Uint8Array {
    return this.#sealer.seal(utf8ToBytes(JSON.stringify(end)), true)
  }
}

/** What a snapshot holds: first its header, then the archive, in the end how much there was. Only with the last one it is whole. */
export type SnapshotPart =
  | { readonly header: SnapshotHeader }
  | { readonly bytes: Uint8Array }
  | { readonly end: SnapshotEnd }

/**
 * Opens a snapshot as it comes. Throws SealedLogError `record.unauthentic` for what is changed, cut short, moved, of another key or signed by
 * another one than it names, `record.invalid` for what is no snapshot, `snapshot.failed` with the agent's word in `reason` where none was made.
 */
export async function* openSnapshot(
  keys: ReaderKeys,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<SnapshotPart, void, undefined> {
  const { head, rest } = await takeHead(source)
  const digest = sha256.create()
  let bytes = 0
  let last: Uint8Array | undefined
  let text: Uint8Array
  let header: SnapshotHeader
  try {
    const { content, answerKey } = await openRequest(keys, utf8ToBytes(TAG), head)
    text = content
    header = parseJson(headerSchema, text)
    yield { header }
    for await (const piece of openAnswer(answerKey, rest)) {
      if (last !== undefined) {
        digest.update(last)
        bytes += last.length
        yield { bytes: last }
      }
      last = piece
    }
  } catch (cause) {
    if (!(cause instanceof SealingError)) throw cause
    throw new SealedLogError(
      'record.unauthentic',
      `not sealed to this key, or damaged: ${cause.message}`,
      {
        cause,
      },
    )
  }
  const end = parseJson(endSchema, last ?? new Uint8Array(0))
  if ('error' in end)
    throw new SealedLogError('snapshot.failed', end.message, { reason: end.error })
  const found = digest.digest()
  const signer = await recoverAddress({
    hash: signedHash(text, bytes, found),
    signature: end.signature,
  }).catch(() => undefined)
  if (
    end.bytes !== bytes ||
    end.sha256 !== bytesToHex(found) ||
    signer?.toLowerCase() !== header.instanceKey
  )
    throw new SealedLogError('record.unauthentic', 'not signed by the instance that it names')
  yield { end: { bytes, sha256: end.sha256 } }
}

/** The sealed header, and everything behind it. */
async function takeHead(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)
  for (let wanted = LENGTH_BYTES; ;) {
    while (held.length < wanted) {
      const next = await iterator.next()
      if (next.done === true) throw new SealedLogError('record.invalid', 'cut off in its header')
      held = concatBytes(held, next.value)
    }
    if (wanted > LENGTH_BYTES) break
    const size = new DataView(held.buffer, held.byteOffset).getUint32(0)
    if (size < 1 || size > MAX_HEAD_BYTES)
      throw new SealedLogError('record.invalid', 'no snapshot of a volume')
    wanted = LENGTH_BYTES + size
    if (held.length >= wanted) break
  }
  const size = LENGTH_BYTES + new DataView(held.buffer, held.byteOffset).getUint32(0)
  const rest = async function* () {
    yield held.subarray(size)
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  }
  return { head: held.subarray(LENGTH_BYTES, size), rest: rest() }
}

function parseJson<T extends z.ZodType>(schema: T, bytes: Uint8Array): z.infer<T> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new SealedLogError('record.invalid', 'another header or end than expected', { cause })
  }
}

/** SHA-256 over tag, header, number of bytes and digest of the archive, each after its length. */
function signedHash(header: Uint8Array, bytes: number, digest: Uint8Array): `0x${string}` {
  const parts = [utf8ToBytes(TAG), header, utf8ToBytes(String(bytes)), digest]
  return `0x${bytesToHex(sha256(concatBytes(...parts.flatMap((part) => [lengthOf(part), part]))))}`
}

/** 4 bytes, big-endian. */
function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES)
  new DataView(bytes.buffer).setUint32(0, part.length)
  return bytes
}
