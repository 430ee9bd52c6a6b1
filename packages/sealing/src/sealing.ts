// Hybrid public key encryption to one reader: RFC 9180, base mode, one message of each encapsulation. Uses the platform's cryptography; no other I/O.
import { suite } from '#suite'
import { SealingError } from './error.ts'
import type { Cipher, ReaderKeys, Sealed, StoredKeys } from './suite/suite.ts'

/** Seals with a cipher. */
type Seal = (
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
) => Promise<Sealed>
/** Opens with a cipher. */
type Open = (
  keys: ReaderKeys,
  enc: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
) => Promise<Uint8Array>

/**
 * Seals bytes to the holder of a public key of 32 bytes; only with the same `info` and `aad` can they
 * be opened. Throws SealingError `key.invalid` for a key with which every shared secret is zero, or
 * that is none.
 */
export const sealTo: Seal = sealBy('ChaCha20-Poly1305')

/**
 * Opens what was sealed to the keys. The caller fills the plaintext with zeros after use. Throws
 * SealingError `sealed.unauthentic`.
 */
export const openWith: Open = openBy('ChaCha20-Poly1305')

/** As `sealTo`, with AES-256-GCM (RFC 9180, 7.3); opened by `openBulkWith` alone. */
export const sealBulkTo: Seal = sealBy('AES-256-GCM')

/** Opens what `sealBulkTo` has sealed. Throws SealingError `sealed.unauthentic`. */
export const openBulkWith: Open = openBy('AES-256-GCM')

/** New keys; the private one cannot be exported. `publicKey` as bytes is what others seal to. */
export async function makeReaderKeys(): Promise<ReaderKeys & { readonly bytes: Uint8Array }> {
  const keys = await suite.makeKeys(false)
  return { ...keys, bytes: await suite.publicBytes(keys) }
}

/** A reader's keys that outlive a process: the private one is 32 bytes to be kept secret, and filled with zeros after use. */
export async function makeStoredReaderKeys(): Promise<StoredKeys> {
  const keys = await suite.makeKeys(true)
  return {
    publicKey: await suite.publicBytes(keys),
    privateKey: await suite.privateBytes(keys),
  }
}

/** Keys of bytes that `makeStoredReaderKeys` has made. Throws SealingError `key.invalid`. */
export async function readReaderKeys(stored: StoredKeys): Promise<ReaderKeys> {
  try {
    return await suite.readKeys(stored)
  } catch (cause) {
    throw new SealingError('key.invalid', 'expected keys of X25519, 32 bytes each', { cause })
  }
}

function sealBy(cipher: Cipher): Seal {
  return async (publicKey, info, aad, plain) => {
    try {
      return await suite.seal(cipher, publicKey, { info, aad }, plain)
    } catch (cause) {
      throw new SealingError('key.invalid', 'expected a public key of X25519, 32 bytes', { cause })
    }
  }
}

function openBy(cipher: Cipher): Open {
  return async (keys, enc, info, aad, sealed) => {
    try {
      return await suite.open(cipher, keys, { info, aad }, { enc, sealed })
    } catch (cause) {
      throw new SealingError('sealed.unauthentic', 'not sealed to this key with this context', {
        cause,
      })
    }
  }
}
