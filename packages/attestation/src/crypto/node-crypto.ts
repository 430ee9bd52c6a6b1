// Signature checks by node:crypto, here or on a thread of libuv's pool. No I/O.
import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { TAG } from '../der/reader.ts'
import type { CryptoBackend, KeyKind, PublicKey } from './backend.ts'

/** DER of a SubjectPublicKeyInfo up to the coordinates (RFC 5480). */
const SPKI_PREFIX = {
  p256: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
  p384: Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex'),
} as const
const POINT_BYTES = { p256: 64, p384: 96 } as const
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 } as const
const HASH: Readonly<Record<KeyKind, string>> = { p256: 'sha256', p384: 'sha384', rsa: 'sha384' }

/** The back end of Node (OpenSSL). */
export const platformCrypto: CryptoBackend = {
  verify(publicKey, message, signature, { keys, elsewhere = false } = {}) {
    const { kind, bytes } = publicKey
    if (kind !== 'rsa') {
      const size = POINT_BYTES[kind]
      if (bytes.length !== size || signature.length !== size) return false
    }
    try {
      const read = () => readKey(publicKey)
      const key = keys?.read(publicKey, read) ?? read()
      const written = kind === 'rsa' ? signature : writeSignature(signature)
      if (!elsewhere) return verify(HASH[kind], message, key, written)
      // Bytes are copied before this returns.
      return new Promise((resolve) => {
        verify(HASH[kind], message, key, written, (error, holds) => {
          resolve(error === null && holds)
        })
      })
    } catch {
      // A point off the curve, or bytes that are no key.
      return false
    }
  },
  sha256(...parts) {
    return new Uint8Array(hash('sha256', Buffer.concat(parts), 'buffer'))
  },
}

/**
 * A key as `verify` takes it. Where a key may be an object, Node 24 finds out what kind of object by
 * catching up to four errors, which takes as long as reading it; text in PEM and a key that has its
 * padding with it are spared that.
 */
function readKey({ kind, bytes }: PublicKey): KeyObject {
  const der = kind === 'rsa' ? Buffer.from(bytes) : Buffer.concat([SPKI_PREFIX[kind], bytes])
  const body = der.toString('base64')
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`)
  return kind === 'rsa' ? Object.assign(key, PSS) : key
}

/**
 * ECDSA-Sig-Value (RFC 3279) of r||s, up to 2 x 48 bytes. Node would do the same with `ieee-p1363`,
 * but OpenSSL 3 then needs half as long again for the whole check.
 */
function writeSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  const der = new Uint8Array(2 + 2 * (3 + half))
  let end = 2
  for (const start of [0, half]) {
    // At least one digit, and a zero before one that would look negative.
    let first = start
    while (first < start + half - 1 && signature[first] === 0) first++
    const padding = (signature[first] ?? 0) > 0x7f ? 1 : 0
    const length = padding + start + half - first
    der.set([TAG.integer, length], end)
    der.set(signature.subarray(first, start + half), end + 2 + padding)
    end += 2 + length
  }
  der.set([TAG.sequence, end - 2])
  return der.subarray(0, end)
}
