// HMAC and HKDF with SHA-256 (RFC 2104, RFC 5869) for short keys and secrets: an object of node:crypto for each takes five times as long
// as its hashes. Pure.
import { sha256 } from '#sha256'
import { secretBytes } from './secret-bytes.ts'

/** Bytes of a block that SHA-256 takes at once; longer keys would be hashed first and are refused. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const NOTHING = new Uint8Array(0)
/** Where blocks are put together: used by one call at a time and filled with zeros before it ends. */
let room = secretBytes(2048)

/** HKDF-Extract: 32 bytes of a secret, which may come in parts. Throws RangeError for a salt above 64 bytes. */
export function extract(salt: Uint8Array, ...secret: readonly Uint8Array[]): Uint8Array {
  return hmac(salt, ...secret)
}

/** HKDF-Expand of 32 bytes from `extract`, the info perhaps in parts: at most 8,160 bytes. The caller fills them with zeros. Throws RangeError for more. */
export function expand(key: Uint8Array, size: number, ...info: readonly Uint8Array[]): Uint8Array {
  if (size > 255 * DIGEST_BYTES) throw new RangeError('HKDF gives at most 8,160 bytes')
  const output = secretBytes(size)
  let block: Uint8Array = NOTHING
  for (let at = 0; at < size; at += DIGEST_BYTES) {
    const next = hmac(key, block, ...info, Uint8Array.of(at / DIGEST_BYTES + 1))
    block.fill(0)
    block = next
    output.set(block.subarray(0, size - at), at)
  }
  block.fill(0)
  return output
}

/** Both, without a salt. */
export function hkdf(secret: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  const key = extract(NOTHING, secret)
  try {
    return expand(key, size, info)
  } finally {
    key.fill(0)
  }
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  if (key.length > BLOCK_BYTES) throw new RangeError('a key of HMAC: at most 64 bytes')
  const size = parts.reduce((sum, { length }) => sum + length, BLOCK_BYTES)
  if (room.length < size) room = secretBytes(size)
  try {
    fillBlock(key, 0x36)
    let at = BLOCK_BYTES
    for (const part of parts) {
      room.set(part, at)
      at += part.length
    }
    const inner = sha256(room.subarray(0, size))
    fillBlock(key, 0x5c)
    room.set(inner, BLOCK_BYTES)
    inner.fill(0)
    return sha256(room.subarray(0, BLOCK_BYTES + DIGEST_BYTES))
  } finally {
    room.fill(0, 0, size + DIGEST_BYTES)
  }
}

function fillBlock(key: Uint8Array, pad: number): void {
  room.fill(pad, 0, BLOCK_BYTES)
  for (let at = 0; at < key.length; at++) room[at] = key[at]! ^ pad
}
