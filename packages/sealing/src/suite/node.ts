// RFC 9180 by node:crypto in this thread: a reply is small, and each job of WebCrypto costs more than the work that it takes away.
// AES-256-GCM, for contents of many kilobytes, is WebCrypto's, beside this thread. No other I/O.
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  webcrypto,
  type KeyObject,
} from 'node:crypto'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { expand, extract } from '../hashing/hkdf.ts'
import type { Cipher, Context, Key, ReaderKeys, Suite } from './suite.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
/** DER up to the 32 bytes of a key: SubjectPublicKeyInfo and PrivateKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const NOTHING = new Uint8Array(0)
/** Of the key schedule: base mode, without a key that both share before. */
const MODE_BASE = Uint8Array.of(0)

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

/** What the keys of this module are of: in a map, so that nobody exports what is not to be. */
const objects = new WeakMap<Key, KeyObject>()

/** The back end of Node. */
export const suite: Suite = {
  makeKeys: (extractable) => promise(() => wrap(generateKeyPairSync('x25519'), extractable)),
  readKeys: ({ publicKey, privateKey }) =>
    promise(() =>
      wrap({ publicKey: readPublic(publicKey), privateKey: readPrivate(privateKey) }, false),
    ),
  publicBytes: ({ publicKey }) => promise(() => publicBytes(objectOf(publicKey))),
  privateBytes: ({ privateKey }) =>
    promise(() => {
      if (!privateKey.extractable) throw new TypeError('a key that is not to be exported')
      return privateBytes(objectOf(privateKey))
    }),
  async seal(cipher, reader, context, plain) {
    const own = generateKeyPairSync('x25519')
    const enc = publicBytes(own.publicKey)
    const shared = agree(own.privateKey, readPublic(reader), enc, reader)
    return {
      enc,
      sealed: await withKey(cipher, shared, context, (box) => box.seal(plain)),
    }
  },
  async open(cipher, { publicKey, privateKey }, context, { enc, sealed }) {
    const reader = publicBytes(objectOf(publicKey))
    const shared = agree(objectOf(privateKey), readPublic(enc), enc, reader)
    return withKey(cipher, shared, context, (box) => box.open(sealed))
  },
}

/** LabeledExtract and LabeledExpand (RFC 9180 section 4) of one part of the protocol; labels are put together once. */
function labeled(part: Uint8Array) {
  const prefix = (label: string) => concatBytes(utf8ToBytes('HPKE-v1'), part, utf8ToBytes(label))
  return {
    extract: (label: string) => {
      const before = prefix(label)
      return (salt: Uint8Array, secret: Uint8Array) => extract(salt, before, secret)
    },
    expand: (label: string, size: number) => {
      const before = concatBytes(Uint8Array.of(0, size), prefix(label))
      return (key: Uint8Array, ...info: readonly Uint8Array[]) => expand(key, size, before, ...info)
    },
  }
}

const kem = labeled(concatBytes(utf8ToBytes('KEM'), Uint8Array.of(0, 0x20)))
const kemExtract = kem.extract('eae_prk')
const kemExpand = kem.expand('shared_secret', KEY_BYTES)

/** The secret of one encapsulation. Throws where the product is zero, whatever the private key: the other one is of low order. */
function agree(
  privateKey: KeyObject,
  publicKey: KeyObject,
  enc: Uint8Array,
  reader: Uint8Array,
): Uint8Array {
  const product = diffieHellman({ privateKey, publicKey })
  const key = kemExtract(NOTHING, product)
  product.fill(0)
  try {
    return kemExpand(key, enc, reader)
  } finally {
    key.fill(0)
  }
}

/** By the ciphers' numbers in RFC 9180 section 7.3. */
const schedules = { 'AES-256-GCM': scheduleOf(2), 'ChaCha20-Poly1305': scheduleOf(3) }

/** The key schedule (section 5.1) of a cipher. */
function scheduleOf(number: number) {
  const part = labeled(concatBytes(utf8ToBytes('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, number)))
  return {
    noSharedKey: part.extract('psk_id_hash')(NOTHING, NOTHING),
    hashInfo: part.extract('info_hash'),
    extract: part.extract('secret'),
    key: part.expand('key', KEY_BYTES),
    nonce: part.expand('base_nonce', NONCE_BYTES),
  }
}

type Box = {
  seal(plain: Uint8Array): Uint8Array | Promise<Uint8Array>
  open(sealed: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Runs with the cipher of a shared secret, which is zeros afterwards, as is the key. */
async function withKey(
  cipher: Cipher,
  shared: Uint8Array,
  { info, aad }: Context,
  use: (box: Box) => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array> {
  const schedule = schedules[cipher]
  const context = [MODE_BASE, schedule.noSharedKey, schedule.hashInfo(NOTHING, info)]
  const secret = schedule.extract(shared, NOTHING)
  const key = schedule.key(secret, ...context)
  const nonce = schedule.nonce(secret, ...context)
  try {
    return await use(cipher === 'AES-256-GCM' ? gcm(key, nonce, aad) : chacha(key, nonce, aad))
  } finally {
    for (const bytes of [shared, secret, key]) bytes.fill(0)
  }
}

function chacha(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): Box {
  return {
    seal: (plain) => chacha20poly1305(key, nonce, aad).encrypt(plain),
    open: (sealed) => chacha20poly1305(key, nonce, aad).decrypt(sealed),
  }
}

function gcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array): Box {
  const { subtle } = webcrypto
  const given = { name: 'AES-GCM', iv: nonce, additionalData: aad }
  const imported = subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    seal: async (plain) => new Uint8Array(await subtle.encrypt(given, await imported, plain)),
    open: async (sealed) => new Uint8Array(await subtle.decrypt(given, await imported, sealed)),
  }
}

function wrap({ publicKey, privateKey }: Pair, extractable: boolean): ReaderKeys {
  const keys = {
    publicKey: Object.freeze({ type: 'public', extractable: true } as const),
    privateKey: Object.freeze({ type: 'private', extractable } as const),
  }
  objects.set(keys.publicKey, publicKey)
  objects.set(keys.privateKey, privateKey)
  return keys
}

function objectOf(key: Key): KeyObject {
  const object = objects.get(key)
  if (object === undefined) throw new TypeError('a key that was not made here')
  return object
}

/** Text, since Node 24 looks at a key that is an object by catching errors; it is public. */
function readPublic(bytes: Uint8Array): KeyObject {
  // OpenSSL takes what the DER says and leaves the rest alone.
  if (bytes.length !== KEY_BYTES) throw new TypeError('a public key: expected 32 bytes')
  const body = Buffer.concat([SPKI_PREFIX, bytes]).toString('base64')
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`)
}

function readPrivate(bytes: Uint8Array): KeyObject {
  if (bytes.length !== KEY_BYTES) throw new TypeError('a private key: expected 32 bytes')
  const key = Buffer.alloc(PKCS8_PREFIX.length + KEY_BYTES)
  key.set(PKCS8_PREFIX)
  key.set(bytes, PKCS8_PREFIX.length)
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    key.fill(0)
  }
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

/** What `act` throws becomes a rejection. */
function promise<T>(act: () => T): Promise<T> {
  return Promise.resolve().then(act)
}
