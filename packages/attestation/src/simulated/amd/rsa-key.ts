// RSA-4096 keys from seeds, with deterministic PSS signatures. For simulation only: nothing here is
// constant-time. Node only.
import { checkPrimeSync, createHash, createHmac, hkdfSync } from 'node:crypto'
import { bits, element, integer, oid, sequence } from '../der-writer.ts'

const EXPONENT = 65_537n
const MODULUS_BYTES = 512
const DIGEST_BYTES = 48
/**
 * AMD's moduli have two primes of 2048 bits, which take seconds to find. A verifier sees the product
 * alone; eight primes of 512 bits are found in milliseconds and beyond any known way to factor it.
 */
const PRIMES = 8
const PRIME_BYTES = MODULUS_BYTES / PRIMES
/** Odd primes below 1024. */
const SMALL_PRIMES = Array.from({ length: 511 }, (_, index) => 2 * index + 3).filter((number) => {
  for (let divisor = 3; divisor * divisor <= number; divisor += 2)
    if (number % divisor === 0) return false
  return true
})
const RSA_ENCRYPTION = sequence(oid('1.2.840.113549.1.1.1'), element(0x05))

type Factor = {
  readonly prime: bigint
  /** Private exponent modulo prime - 1. */
  readonly exponent: bigint
  /** One modulo this prime, zero modulo the others. */
  readonly basis: bigint
}

/**
 * A key pair that depends on `seed` and `label` alone. Signatures are deterministic too (the salt is
 * an HMAC of key and message), so that a restored vendor issues the same bytes again.
 */
export class RsaKey {
  readonly #modulus: bigint
  readonly #factors: readonly Factor[]
  readonly #saltKey: Uint8Array
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  /** DER of the RSAPublicKey in it. */
  readonly publicKeyBits: Uint8Array

  constructor(seed: Uint8Array, label: string) {
    const derive = (what: string, size: number) =>
      new Uint8Array(hkdfSync('sha512', seed, '', `${label} ${what}`, size))
    const primes = Array.from({ length: PRIMES }, (_, index) =>
      nextPrime(derive(`prime ${index}`, PRIME_BYTES)),
    )
    const modulus = primes.reduce((product, prime) => product * prime, 1n)
    this.#modulus = modulus
    this.#saltKey = derive('salt', 64)
    this.#factors = primes.map((prime) => {
      const others = modulus / prime
      return {
        prime,
        exponent: invert(EXPONENT, prime - 1n),
        basis: others * invert(others % prime, prime),
      }
    })
    this.publicKeyBits = sequence(
      integer(bytesOf(modulus, MODULUS_BYTES)),
      integer(Uint8Array.of(1, 0, 1)),
    )
    this.publicKey = sequence(RSA_ENCRYPTION, bits(this.publicKeyBits))
  }

  /** RSASSA-PSS with SHA-384, MGF1 of SHA-384 and 48 bytes of salt, 512 bytes. */
  sign(message: Uint8Array): Uint8Array {
    const salt = createHmac('sha384', this.#saltKey).update(message).digest()
    const encoded = numberOf(encode(message, salt))
    let signature = 0n
    for (const { prime, exponent, basis } of this.#factors)
      signature += power(encoded % prime, exponent, prime) * basis
    return new Uint8Array(bytesOf(signature % this.#modulus, MODULUS_BYTES))
  }
}

/** EMSA-PSS (RFC 8017 section 9.1.1) for 4095 bits. */
function encode(message: Uint8Array, salt: Uint8Array): Uint8Array {
  const digest = createHash('sha384').update(message).digest()
  const hash = createHash('sha384').update(new Uint8Array(8)).update(digest).update(salt).digest()
  const padding = new Uint8Array(MODULUS_BYTES - 2 * DIGEST_BYTES - 2)
  const block = Buffer.concat([padding, Uint8Array.of(1), salt])
  const mask = Buffer.concat(
    Array.from({ length: Math.ceil(block.length / DIGEST_BYTES) }, (_, counter) =>
      createHash('sha384')
        .update(hash)
        .update(Uint8Array.of(0, 0, 0, counter))
        .digest(),
    ),
  )
  const masked = block.map((byte, index) => byte ^ (mask[index] ?? 0))
  masked[0] = (masked[0] ?? 0) & 0x7f
  return Buffer.concat([masked, hash, Uint8Array.of(0xbc)])
}

/** The first prime from here on that suits the exponent; its four top bits are set. */
function nextPrime(start: Uint8Array): bigint {
  start[0] = (start[0] ?? 0) | 0xf0
  const first = numberOf(start) | 1n
  // Most candidates have a small factor, which plain numbers tell.
  const residues = SMALL_PRIMES.map((prime) => Number(first % BigInt(prime)))
  for (let step = 0; ; step += 2) {
    if (SMALL_PRIMES.some((prime, index) => ((residues[index] ?? 0) + step) % prime === 0)) continue
    const candidate = first + BigInt(step)
    if ((candidate - 1n) % EXPONENT !== 0n && checkPrimeSync(candidate)) return candidate
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let factor = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % modulus
    factor = (factor * factor) % modulus
  }
  return result
}

/** By the extended Euclidean algorithm. */
function invert(value: bigint, modulus: bigint): bigint {
  let [remainder, next] = [modulus, value % modulus]
  let [coefficient, following] = [0n, 1n]
  while (next !== 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[coefficient, following] = [following, coefficient - quotient * following]
  }
  return ((coefficient % modulus) + modulus) % modulus
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function bytesOf(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')
}
