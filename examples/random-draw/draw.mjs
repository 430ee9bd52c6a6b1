// A verifiable random function on secp256k1: one output for each input, and a proof that contracts check. No I/O.
//
// gamma = secret * H(input); the proof shows that gamma is to H what the public key is to the generator (Chaum and Pedersen's proof of
// equal logarithms, made non-interactive), in the form that contracts/examples/RandomProof.sol checks. The shape is that of RFC 9381's
// ECVRF; hash, challenge and encoding are not, because contracts pay for every hash.
import { createHmac } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3.js'
// libsecp256k1: constant time where the secret goes in. The package's main entry may fall back to JavaScript, this one does not.
import secp256k1 from 'secp256k1/bindings.js'

const P = 2n ** 256n - 2n ** 32n - 977n
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const pointTag = word('wetee/example/draw/point')
const challengeTag = word('wetee/example/draw/challenge')

/** x and y of the key that proofs are checked by, 64 bytes. */
export function publicKeyOf(secret) {
  return Buffer.from(secp256k1.publicKeyCreate(secret, false).subarray(1))
}

/** The proof for an input of 32 bytes, as `abi.encode` of RandomProof.Proof. The same input gives the same bytes. */
export function prove(secret, input) {
  const key = publicKeyOf(secret)
  const base = hashToPoint(key, input)
  const gamma = multiply(base, secret)
  const nonce = nonceOf(secret, base)
  const u = publicKeyOf(nonce)
  const v = multiply(base, nonce)
  const address = Buffer.concat([Buffer.alloc(12), keccak(u).subarray(12)])
  const c = reduced(keccak(challengeTag, base, key, gamma, address, v))
  // s = nonce - c * secret
  const s = secp256k1.privateKeyNegate(secp256k1.privateKeyTweakMul(Buffer.from(secret), c))
  secp256k1.privateKeyTweakAdd(s, nonce)
  nonce.fill(0)
  const left = multiply(base, s)
  const right = multiply(gamma, c)
  return Buffer.concat([gamma, c, s, left, right, slopeOf(left, right)])
}

/** The first point of a sequence of candidates: x is a hash, y the even root. */
function hashToPoint(key, input) {
  for (let count = 0; count < 256; count++) {
    const x = keccak(pointTag, key, input, word(count))
    if (numberOf(x) >= ORDER) continue
    try {
      const point = secp256k1.publicKeyConvert(Buffer.concat([Buffer.of(2), x]), false)
      return Buffer.from(point.subarray(1))
    } catch {
      // No point has this x.
    }
  }
  throw new Error('no point in 256 tries')
}

/** scalar * point, in constant time. */
function multiply(point, scalar) {
  const whole = Buffer.concat([Buffer.of(4), point])
  const both = (x, y) => Buffer.concat([x, y])
  return Buffer.from(secp256k1.ecdh(whole, scalar, { hashfn: both }, Buffer.alloc(64)))
}

/** Bound to secret and point, so that no two challenges meet one nonce. */
function nonceOf(secret, base) {
  for (let count = 0; ; count++) {
    const nonce = createHmac('sha256', secret).update(base).update(word(count)).digest()
    if (secp256k1.privateKeyVerify(nonce)) return nonce
  }
}

/** Of the line through two public points: the contract need not divide. */
function slopeOf(a, b) {
  const [ax, ay, bx, by] = [a, b].flatMap((point) => [
    numberOf(point.subarray(0, 32)),
    numberOf(point.subarray(32)),
  ])
  const modulo = (n) => ((n % P) + P) % P
  return word(modulo(modulo(by - ay) * inverse(modulo(bx - ax))))
}

/** By Fermat, of a public number. */
function inverse(n) {
  let [result, square] = [1n, n]
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % P
    square = (square * square) % P
  }
  return result
}

function reduced(bytes) {
  return word(numberOf(bytes) % ORDER)
}

function keccak(...parts) {
  return Buffer.from(keccak_256(Buffer.concat(parts)))
}

function numberOf(bytes) {
  return BigInt(`0x${bytes.toString('hex')}`)
}

/** 32 bytes: a text padded behind, a number padded before. */
function word(value) {
  if (typeof value !== 'string') return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  return Buffer.concat([Buffer.from(value), Buffer.alloc(32)]).subarray(0, 32)
}
