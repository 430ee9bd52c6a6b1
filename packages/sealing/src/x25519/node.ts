// X25519 of node:crypto in this thread: its two multiplications take less than WebCrypto's way to another thread and back. No I/O.
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { KEM_DHKEM_X25519_HKDF_SHA256, type Key, type KEMFactory } from 'hpke'
import { expand, extract } from '../hashing/hkdf.ts'

const KEY_BYTES = 32
/** DER up to the 32 bytes of a key: SubjectPublicKeyInfo and PrivateKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const VERSION = utf8ToBytes('HPKE-v1')
/** "KEM" and the number of DHKEM(X25519, HKDF-SHA256). */
const SUITE = concatBytes(utf8ToBytes('KEM'), Uint8Array.of(0x00, 0x20))
const NOTHING = new Uint8Array(0)

/** DHKEM(X25519, HKDF-SHA256), RFC 9180 section 4.1, as the key schedule of `hpke` takes it. */
export const x25519: KEMFactory = () => ({
  ...KEM_DHKEM_X25519_HKDF_SHA256(),
  DeriveKeyPair: (ikm, extractable) => promise(() => keyPairOf(deriveSecret(ikm), extractable)),
  GenerateKeyPair: (extractable) =>
    promise(() => wrapPair(generateKeyPairSync('x25519'), extractable)),
  SerializePublicKey: (key) => promise(() => publicBytes(objectOf(key))),
  DeserializePublicKey: (bytes) => promise(() => wrap(readPublic(bytes), true)),
  SerializePrivateKey: (key) => promise(() => privateBytes(objectOf(key))),
  DeserializePrivateKey: (bytes, extractable) =>
    promise(() => wrap(readPrivate(bytes), extractable)),
  Encap: (pkR) =>
    promise(() => {
      const reader = objectOf(pkR)
      const own = generateKeyPairSync('x25519')
      const enc = publicBytes(own.publicKey)
      const context = concatBytes(enc, publicBytes(reader))
      return { enc, shared_secret: sharedSecret(own.privateKey, reader, context) }
    }),
  Decap: (enc, skR, pkR) =>
    promise(() => {
      const own = objectOf(skR)
      const reader = pkR === undefined ? createPublicKey(own) : objectOf(pkR)
      return sharedSecret(own, readPublic(enc), concatBytes(enc, publicBytes(reader)))
    }),
})

/** A key of this module; what it is of stays in a map, so that nobody exports what is not to be. */
const objects = new WeakMap<Key, KeyObject>()

function wrap(object: KeyObject, extractable: boolean): Key {
  const key = Object.freeze({ algorithm: { name: 'X25519' }, extractable, type: object.type })
  objects.set(key, object)
  return key
}

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

function wrapPair({ publicKey, privateKey }: Pair, extractable: boolean) {
  return { publicKey: wrap(publicKey, true), privateKey: wrap(privateKey, extractable) }
}

function objectOf(key: Key): KeyObject {
  const object = objects.get(key)
  if (object === undefined) throw new TypeError('a key that was not made here')
  return object
}

/** Text, since Node 24 looks at a key that is an object by catching errors; it is public. */
function readPublic(bytes: Uint8Array): KeyObject {
  const body = Buffer.concat([SPKI_PREFIX, bytes]).toString('base64')
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`)
}

function readPrivate(bytes: Uint8Array): KeyObject {
  const key = Buffer.alloc(PKCS8_PREFIX.length + KEY_BYTES)
  key.set(PKCS8_PREFIX)
  key.set(bytes, PKCS8_PREFIX.length)
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    key.fill(0)
  }
}

function keyPairOf(secret: Uint8Array, extractable: boolean) {
  const privateKey = readPrivate(secret)
  secret.fill(0)
  return wrapPair({ privateKey, publicKey: createPublicKey(privateKey) }, extractable)
}

function publicBytes(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'))
}

function privateBytes(key: KeyObject): Uint8Array {
  const der = key.export({ format: 'der', type: 'pkcs8' })
  const bytes = new Uint8Array(der.subarray(-KEY_BYTES))
  der.fill(0)
  return bytes
}

/** Throws where the result is zero, whatever the private key: the other one is of low order. */
function sharedSecret(
  privateKey: KeyObject,
  publicKey: KeyObject,
  context: Uint8Array,
): Uint8Array {
  const product = diffieHellman({ privateKey, publicKey })
  const key = labeledExtract('eae_prk', product)
  product.fill(0)
  try {
    return labeledExpand(key, 'shared_secret', context)
  } finally {
    key.fill(0)
  }
}

function deriveSecret(ikm: Uint8Array): Uint8Array {
  const key = labeledExtract('dkp_prk', ikm)
  try {
    return labeledExpand(key, 'sk', NOTHING)
  } finally {
    key.fill(0)
  }
}

function labeledExtract(label: string, ikm: Uint8Array): Uint8Array {
  const labeled = concatBytes(VERSION, SUITE, utf8ToBytes(label), ikm)
  try {
    return extract(labeled)
  } finally {
    labeled.fill(0)
  }
}

function labeledExpand(key: Uint8Array, label: string, info: Uint8Array): Uint8Array {
  const size = Uint8Array.of(0, KEY_BYTES)
  return expand(key, concatBytes(size, VERSION, SUITE, utf8ToBytes(label), info), KEY_BYTES)
}

/** What `act` throws becomes a rejection. */
function promise<T>(act: () => T): Promise<T> {
  return Promise.resolve().then(act)
}
