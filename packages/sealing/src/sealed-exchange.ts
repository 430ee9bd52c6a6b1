// A request that only its reader opens, and an answer in pieces that only the asker opens: through whoever passes both on. Platform's randomness; no other I/O.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { SealingError } from './error.ts'
import { expand, extract } from './hashing/hkdf.ts'
import { openWith, sealTo } from './sealing.ts'
import type { ReaderKeys } from './suite/suite.ts'

/** What the asker sends, and keeps to open the answer. */
export type SealedRequest = {
  /** Encapsulation, then ciphertext: 80 bytes more than the content. */
  readonly bytes: Uint8Array
  /** 32 bytes. */
  readonly answerKey: Uint8Array
}

/** What the reader finds. */
export type OpenedRequest = { readonly content: Uint8Array; readonly answerKey: Uint8Array }

/** Plaintext of one piece of an answer at most, bytes. */
export const maxPieceBytes = 65_536

const encBytes = 32
const keyBytes = 32
const saltBytes = 32
const tagBytes = 16
const lengthBytes = 4
const answerInfo = new TextEncoder().encode('wetee/sealed-answer/v1')
const none = new Uint8Array(0)

/** Seals a request to a public key of 32 bytes; `info` names what it is for. Throws SealingError `key.invalid`. */
export async function sealRequest(
  publicKey: Uint8Array,
  info: Uint8Array,
  content: Uint8Array,
): Promise<SealedRequest> {
  const answerKey = crypto.getRandomValues(new Uint8Array(keyBytes))
  const { enc, sealed } = await sealTo(publicKey, info, none, joined(answerKey, content))
  return { bytes: joined(enc, sealed), answerKey }
}

/** Opens one. A request that is sent twice opens twice: what it asks for has to bear that. Throws SealingError `sealed.unauthentic`. */
export async function openRequest(
  keys: ReaderKeys,
  info: Uint8Array,
  bytes: Uint8Array,
): Promise<OpenedRequest> {
  const enc = bytes.subarray(0, encBytes)
  const plain = await openWith(keys, enc, info, none, bytes.subarray(encBytes))
  if (plain.length < keyBytes) throw unauthentic('the request is too short')
  return { answerKey: plain.slice(0, keyBytes), content: plain.slice(keyBytes) }
}

/**
 * Seals an answer piece by piece. It begins with a salt of its own: two answers to the same request, which whoever passes it on can
 * provoke, have different keys, so that no nonce is used twice.
 */
export class AnswerSealer {
  readonly #key: Uint8Array
  readonly #salt: Uint8Array
  #count = 0
  #isOver = false

  constructor(answerKey: Uint8Array) {
    this.#salt = crypto.getRandomValues(new Uint8Array(saltBytes))
    this.#key = pieceKey(answerKey, this.#salt)
  }

  /** The next piece, of at most 65,536 bytes, as it goes over the wire; after the last one there is none. */
  seal(content: Uint8Array, isLast: boolean): Uint8Array {
    if (this.#isOver || content.length > maxPieceBytes) throw new Error('no such piece')
    const sealed = chacha20poly1305(this.#key, nonceOf(this.#count, isLast)).encrypt(content)
    const length = new Uint8Array(lengthBytes)
    new DataView(length.buffer).setUint32(0, sealed.length)
    const piece = joined(length, sealed)
    const wire = this.#count === 0 ? joined(this.#salt, piece) : piece
    this.#count += 1
    this.#isOver = isLast
    return wire
  }
}

/** Opens an answer as it comes. Throws SealingError `sealed.unauthentic` for what is changed, cut short, reordered or goes on after its end. */
export async function* openAnswer(
  answerKey: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let key: Uint8Array | undefined
  let rest: Uint8Array = none
  let count = 0
  let isOver = false
  for await (const chunk of source) {
    if (isOver && chunk.length > 0) throw unauthentic('the answer goes on after its end')
    rest = joined(rest, chunk)
    if (key === undefined) {
      if (rest.length < saltBytes) continue
      key = pieceKey(answerKey, rest.subarray(0, saltBytes))
      rest = rest.subarray(saltBytes)
    }
    for (let piece = nextPiece(rest); piece !== undefined; piece = nextPiece(rest)) {
      if (isOver) throw unauthentic('the answer goes on after its end')
      const opened = openPiece(key, piece, count)
      rest = rest.subarray(lengthBytes + piece.length)
      count += 1
      isOver = opened.isLast
      yield opened.content
    }
    if (isOver && rest.length > 0) throw unauthentic('the answer goes on after its end')
  }
  if (!isOver) throw unauthentic('the answer was cut short')
}

function nextPiece(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < lengthBytes) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getUint32(0)
  if (length < tagBytes || length > maxPieceBytes + tagBytes)
    throw unauthentic(`a piece of ${length} bytes`)
  if (bytes.length < lengthBytes + length) return undefined
  return bytes.subarray(lengthBytes, lengthBytes + length)
}

function openPiece(key: Uint8Array, sealed: Uint8Array, count: number) {
  for (const isLast of [false, true])
    try {
      const content = chacha20poly1305(key, nonceOf(count, isLast)).decrypt(sealed)
      return { content, isLast }
    } catch {
      continue
    }
  throw unauthentic('a piece was changed, or is not the next one')
}

/** Whether it is the last one, then its number, big-endian. */
function nonceOf(count: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12)
  nonce[0] = isLast ? 1 : 0
  new DataView(nonce.buffer).setBigUint64(4, BigInt(count))
  return nonce
}

const pieceKey = (answerKey: Uint8Array, salt: Uint8Array) =>
  expand(extract(salt, answerKey), keyBytes, answerInfo)

const unauthentic = (message: string) => new SealingError('sealed.unauthentic', message)

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
