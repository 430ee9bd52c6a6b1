// ECDSA keys from seeds, with deterministic signatures. For simulation only: nothing here is
// constant-time. Node only.
import { createECDH, createHash, createHmac, hkdfSync } from 'node:crypto'

type Curve = {
  /** As OpenSSL has it. */
  readonly name: string
  readonly order: bigint
  readonly bytes: number
  /** Of messages. */
  readonly hash: string
  /** Of nonces; longer than the order, so that taking it modulo the order shows no bias. */
  readonly nonceHash: string
  /** Of scalars before they are taken modulo the order. */
  readonly wideBytes: number
}

const P256: Curve = {
  name: 'prime256v1',
  order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  bytes: 32,
  hash: 'sha256',
  nonceHash: 'sha384',
  wideBytes: 48,
}
const P384: Curve = {
  name: 'secp384r1',
  order: BigInt(
    '0xffffffffffffffffffffffffffffffffffffffffffffffff' +
      'c7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ),
  bytes: 48,
  hash: 'sha384',
  nonceHash: 'sha512',
  wideBytes: 64,
}

/**
 * A key pair that depends on `seed` and `label` alone. Signatures are deterministic too (the nonce
 * is an HMAC of key and message), so that a restored vendor issues the same bytes again.
 */
class EcdsaKey {
  readonly #curve: Curve
  readonly #scalar: bigint
  /** x||y at the size of the curve: 64 or 96 bytes. */
  readonly publicKey: Uint8Array

  constructor(curve: Curve, seed: Uint8Array, label: string) {
    const wide = new Uint8Array(hkdfSync('sha512', seed, '', label, curve.wideBytes))
    this.#curve = curve
    this.#scalar = toScalar(curve, wide)
    this.publicKey = multiplyBase(curve, this.#scalar)
  }

  /** r||s over the curve's own hash of the message, each at the size of the curve. */
  sign(message: Uint8Array): Uint8Array {
    const curve = this.#curve
    const { order, bytes } = curve
    const digest = createHash(curve.hash).update(message).digest()
    const secret = bytesOf(curve, this.#scalar)
    const nonce = toScalar(curve, createHmac(curve.nonceHash, secret).update(digest).digest())
    const r = numberOf(multiplyBase(curve, nonce).subarray(0, bytes)) % order
    const s = (invert(nonce, order) * ((numberOf(digest) + r * this.#scalar) % order)) % order
    return new Uint8Array(Buffer.concat([bytesOf(curve, r), bytesOf(curve, s)]))
  }
}

/** P-256; signs with SHA-256. */
export class P256Key extends EcdsaKey {
  constructor(seed: Uint8Array, label: string) {
    super(P256, seed, label)
  }
}

/** P-384; signs with SHA-384. */
export class P384Key extends EcdsaKey {
  constructor(seed: Uint8Array, label: string) {
    super(P384, seed, label)
  }
}

/** To 1..order-1. */
function toScalar({ order }: Curve, wide: Uint8Array): bigint {
  return (numberOf(wide) % (order - 1n)) + 1n
}

function multiplyBase(curve: Curve, scalar: bigint): Uint8Array {
  const pair = createECDH(curve.name)
  pair.setPrivateKey(bytesOf(curve, scalar))
  return new Uint8Array(pair.getPublicKey()).subarray(1)
}

/** value^(order-2) mod order. */
function invert(value: bigint, order: bigint): bigint {
  let result = 1n
  let base = value
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % order
    base = (base * base) % order
  }
  return result
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function bytesOf({ bytes }: Curve, value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex')
}
