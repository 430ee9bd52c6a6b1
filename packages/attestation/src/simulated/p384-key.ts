// P-384 keys from seeds, with deterministic signatures. For simulation only: nothing here is
// constant-time. Node only.
import { createECDH, createHash, createHmac, hkdfSync } from 'node:crypto'

const ORDER = BigInt(
  '0xffffffffffffffffffffffffffffffffffffffffffffffff' +
    'c7634d81f4372ddf581a0db248b0a77aecec196accc52973',
)
const BYTES = 48

/**
 * A key pair that depends on `seed` and `label` alone. Signatures are deterministic too (the nonce
 * is an HMAC of key and message), so that the same vendor issues the same bytes again.
 */
export class P384Key {
  readonly #scalar: bigint
  /** x||y, 96 bytes. */
  readonly publicKey: Uint8Array

  constructor(seed: Uint8Array, label: string) {
    this.#scalar = toScalar(new Uint8Array(hkdfSync('sha512', seed, '', label, 64)))
    this.publicKey = multiplyBase(this.#scalar)
  }

  /** ECDSA-SHA384, r||s of 48 bytes each. */
  sign(message: Uint8Array): Uint8Array {
    const digest = createHash('sha384').update(message).digest()
    const nonce = toScalar(createHmac('sha512', bytesOf(this.#scalar)).update(digest).digest())
    const r = numberOf(multiplyBase(nonce).subarray(0, BYTES)) % ORDER
    const s = (invert(nonce) * ((numberOf(digest) + r * this.#scalar) % ORDER)) % ORDER
    return new Uint8Array(Buffer.concat([bytesOf(r), bytesOf(s)]))
  }
}

/** 64 bytes to 1..ORDER-1 without visible bias. */
function toScalar(bytes: Uint8Array): bigint {
  return (numberOf(bytes) % (ORDER - 1n)) + 1n
}

function multiplyBase(scalar: bigint): Uint8Array {
  const curve = createECDH('secp384r1')
  curve.setPrivateKey(bytesOf(scalar))
  return new Uint8Array(curve.getPublicKey()).subarray(1)
}

/** value^(ORDER-2) mod ORDER. */
function invert(value: bigint): bigint {
  let result = 1n
  let base = value
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % ORDER
    base = (base * base) % ORDER
  }
  return result
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * BYTES, '0'), 'hex')
}
