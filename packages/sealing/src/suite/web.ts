// RFC 9180 by the package `hpke`, with X25519 of WebCrypto: browsers. Uses the platform's cryptography; no other I/O.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import {
  AEAD_AES_256_GCM,
  AEAD_ChaCha20Poly1305,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  type AEADFactory,
  type KDFFactory,
  type Key as HpkeKey,
} from 'hpke'
import { expand, extract } from '../hashing/hkdf.ts'
import type { Cipher, ReaderKeys, Suite } from './suite.ts'

// HKDF in this thread: ten jobs of WebCrypto cost more than its work. Browsers have no ChaCha20-Poly1305 in WebCrypto.
const hashing: KDFFactory = () => ({
  ...KDF_HKDF_SHA256(),
  Extract: (salt, ikm) => Promise.resolve(extract(salt, ikm)),
  Expand: (prk, info, length) => Promise.resolve(expand(prk, length, info)),
})
const chacha: AEADFactory = () => ({
  ...AEAD_ChaCha20Poly1305(),
  Seal: (key, nonce, aad, plain) =>
    Promise.resolve(chacha20poly1305(key, nonce, aad).encrypt(plain)),
  // What it throws becomes a rejection.
  Open: (key, nonce, aad, sealed) =>
    Promise.resolve().then(() => chacha20poly1305(key, nonce, aad).decrypt(sealed)),
})
const suites: Readonly<Record<Cipher, CipherSuite>> = {
  'ChaCha20-Poly1305': new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, hashing, chacha),
  'AES-256-GCM': new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, hashing, AEAD_AES_256_GCM),
}
/** Keys are the same for both. */
const kem = suites['AES-256-GCM']

type Pair = { readonly publicKey: HpkeKey; readonly privateKey: HpkeKey }
const pairOf = (keys: ReaderKeys) => keys as unknown as Pair

/** The back end of browsers. */
export const suite: Suite = {
  async makeKeys(extractable) {
    return (await kem.GenerateKeyPair(extractable)) as unknown as ReaderKeys
  },
  async readKeys(stored) {
    const pair: Pair = {
      publicKey: await kem.DeserializePublicKey(stored.publicKey),
      privateKey: await kem.DeserializePrivateKey(stored.privateKey),
    }
    return pair as unknown as ReaderKeys
  },
  publicBytes: async (keys) => kem.SerializePublicKey(pairOf(keys).publicKey),
  privateBytes: async (keys) => kem.SerializePrivateKey(pairOf(keys).privateKey),
  async seal(cipher, reader, { info, aad }, plain) {
    const key = await kem.DeserializePublicKey(reader)
    const made = await suites[cipher].Seal(key, plain, { info, aad })
    return { enc: made.encapsulatedSecret, sealed: made.ciphertext }
  },
  open: async (cipher, keys, { info, aad }, { enc, sealed }) =>
    suites[cipher].Open(pairOf(keys), enc, sealed, { info, aad }),
}
