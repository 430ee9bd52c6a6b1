// Hybrid public key encryption to one reader: RFC 9180, base mode, one message of each encapsulation. Uses the platform's cryptography; no other I/O.
import { x25519 } from '#x25519'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import {
  AEAD_AES_256_GCM,
  AEAD_ChaCha20Poly1305,
  CipherSuite,
  KDF_HKDF_SHA256,
  type AEADFactory,
  type KDFFactory,
  type Key,
} from 'hpke'
import { SealingError } from './error.ts'
import { expand, extract } from './hashing/hkdf.ts'

/** What travels to the reader. */
export type Sealed = {
  /** Encapsulated secret, 32 bytes. */
  readonly enc: Uint8Array
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array
}

// HKDF and ChaCha20-Poly1305 in this thread: a reply is small, and ten jobs of WebCrypto cost more than its work. Node before 24.7 and
// browsers have no such cipher in WebCrypto either.
const hashing: KDFFactory = () => ({
  ...KDF_HKDF_SHA256(),
  Extract: (salt, ikm) => Promise.resolve(extract(ikm, salt)),
  Expand: (prk, info, length) => Promise.resolve(expand(prk, info, length)),
})
const cipher: AEADFactory = () => ({
  ...AEAD_ChaCha20Poly1305(),
  Seal: (key, nonce, aad, plain) =>
    Promise.resolve(chacha20poly1305(key, nonce, aad).encrypt(plain)),
  // What it throws becomes a rejection.
  Open: (key, nonce, aad, sealed) =>
    Promise.resolve().then(() => chacha20poly1305(key, nonce, aad).decrypt(sealed)),
})

/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. */
const suite = new CipherSuite(x25519, hashing, cipher)
/** The same with AES-256-GCM of WebCrypto, beside this thread: for contents of many kilobytes. */
const bulkSuite = new CipherSuite(x25519, hashing, AEAD_AES_256_GCM)

/** Seals with a suite. */
type Seal = (
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
) => Promise<Sealed>
/** Opens with a suite. */
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
export const sealTo: Seal = sealBy(suite)

/**
 * Opens what was sealed to the keys. The caller fills the plaintext with zeros after use. Throws
 * SealingError `sealed.unauthentic`.
 */
export const openWith: Open = openBy(suite)

/** As `sealTo`, with AES-256-GCM (RFC 9180, 7.3); opened by `openBulkWith` alone. */
export const sealBulkTo: Seal = sealBy(bulkSuite)

/** Opens what `sealBulkTo` has sealed. Throws SealingError `sealed.unauthentic`. */
export const openBulkWith: Open = openBy(bulkSuite)

/** X25519 keys of a reader, of use to this module alone. */
export type ReaderKeys = { readonly publicKey: Key; readonly privateKey: Key }

/** New keys; the private one cannot be exported. `publicKey` as bytes is what others seal to. */
export async function makeReaderKeys(): Promise<ReaderKeys & { readonly bytes: Uint8Array }> {
  const keys = await suite.GenerateKeyPair(false)
  return { ...keys, bytes: await suite.SerializePublicKey(keys.publicKey) }
}

/** A reader's keys that outlive a process: the private one is 32 bytes to be kept secret, and filled with zeros after use. */
export async function makeStoredReaderKeys(): Promise<{
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}> {
  const keys = await suite.GenerateKeyPair(true)
  return {
    publicKey: await suite.SerializePublicKey(keys.publicKey),
    privateKey: await suite.SerializePrivateKey(keys.privateKey),
  }
}

/** Keys of bytes that `makeStoredReaderKeys` has made. Throws SealingError `key.invalid`. */
export async function readReaderKeys(stored: {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}): Promise<ReaderKeys> {
  try {
    return {
      publicKey: await suite.DeserializePublicKey(stored.publicKey),
      privateKey: await suite.DeserializePrivateKey(stored.privateKey),
    }
  } catch (cause) {
    throw new SealingError('key.invalid', 'expected keys of X25519, 32 bytes each', { cause })
  }
}

function sealBy(by: CipherSuite): Seal {
  return async (publicKey, info, aad, plain) => {
    try {
      const key = await by.DeserializePublicKey(publicKey)
      const made = await by.Seal(key, plain, { info, aad })
      return { enc: made.encapsulatedSecret, sealed: made.ciphertext }
    } catch (cause) {
      throw new SealingError('key.invalid', 'expected a public key of X25519, 32 bytes', { cause })
    }
  }
}

function openBy(by: CipherSuite): Open {
  return async ({ publicKey, privateKey }, enc, info, aad, sealed) => {
    try {
      return await by.Open({ publicKey, privateKey }, enc, sealed, { info, aad })
    } catch (cause) {
      throw new SealingError('sealed.unauthentic', 'not sealed to this key with this context', {
        cause,
      })
    }
  }
}
