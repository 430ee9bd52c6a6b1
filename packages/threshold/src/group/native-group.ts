// secp256k1 by libsecp256k1 through N-API: what handles secrets. Node only.
export {
  openNativeRecovery,
  openNativeSigning,
  type RecoverKey,
  type SignDigest,
} from './native-ecdsa.ts'
import { secretBytes, secretCopy } from '@wetee/sealing/hashing'
import { ThresholdError } from '../error.ts'
import { POINT_BYTES, SCALAR_BYTES, type Group, type Point, type SecretScalar } from './group.ts'
import { hashToPoint } from './hash-to-point.ts'
import { openBindings } from './open-bindings.ts'
import { openSums, type SumBindings } from './native-sums.ts'
import { compress, pointRoom } from './point-bytes.ts'
import { highestOf, scalarBytes } from './scalar.ts'

/** What is used of the package `secp256k1`. */
type Bindings = SumBindings & {
  privateKeyVerify(key: Uint8Array): boolean
  privateKeyTweakAdd(key: Uint8Array, tweak: Uint8Array): Uint8Array
  privateKeyTweakMul(key: Uint8Array, tweak: Uint8Array): Uint8Array
  publicKeyConvert(key: Uint8Array, compressed: boolean, output: Uint8Array): Uint8Array
  ecdh(
    publicKey: Uint8Array,
    key: Uint8Array,
    options: {
      readonly hashfn: (x: Uint8Array, y: Uint8Array) => Uint8Array
      readonly xbuf: Uint8Array
      readonly ybuf: Uint8Array
    },
    output: Uint8Array,
  ): Uint8Array
}

/**
 * Opens the back end. Throws ThresholdError `native.missing` where there is no binary for this
 * machine: the package's own substitute in JavaScript takes time that depends on secrets, and is
 * never used.
 */
export function openNativeGroup(): Group {
  const native = openBindings() as Bindings
  const readSecret = (bytes: Uint8Array): SecretScalar => {
    const copy = secretCopy(bytes)
    if (copy.length !== SCALAR_BYTES || !native.privateKeyVerify(copy))
      throw new ThresholdError('scalar.invalid', 'expected 32 bytes from 1 to order-1')
    return copy as SecretScalar
  }
  const sums = openSums(native)
  const multiplyBase = (secret: SecretScalar) =>
    point(native.publicKeyCreate(secret, false, pointRoom()))
  const multiply = openMultiplication(native)
  return {
    ...sums,
    name: 'libsecp256k1',
    decode(bytes) {
      if (bytes.length !== POINT_BYTES)
        throw new ThresholdError('point.invalid', `expected ${POINT_BYTES} bytes`)
      return attempt('point.invalid', 'not a point of the curve', () =>
        point(native.publicKeyConvert(bytes, false, pointRoom())),
      )
    },
    encode: compress,
    hashToPoint: (message, tag) => hashToPoint(message, tag),

    randomSecret(random) {
      for (;;) {
        const bytes = random(SCALAR_BYTES)
        // Out of range once in 2^128.
        if (native.privateKeyVerify(bytes)) return bytes as SecretScalar
      }
    },
    readSecret,
    multiplyBase,
    multiplySecret: (base, secret) =>
      base === sums.generator ? multiplyBase(secret) : multiply(base, secret),
    addSecrets: (a, b) =>
      attempt('scalar.invalid', 'the sum is zero', () =>
        native.privateKeyTweakAdd(secretCopy(a), b),
      ) as SecretScalar,
    scaleSecret: (secret, factor) =>
      attempt('scalar.invalid', 'the factor is zero', () =>
        native.privateKeyTweakMul(secretCopy(secret), scalarBytes(factor)),
      ) as SecretScalar,
    evaluateSecret(coefficients, at) {
      const value = readSecret(highestOf(coefficients))
      const factor = scalarBytes(at)
      try {
        for (let k = coefficients.length - 2; k >= 0; k--) {
          native.privateKeyTweakMul(value, factor)
          native.privateKeyTweakAdd(value, coefficients[k]!)
        }
        return value
      } catch (cause) {
        value.fill(0)
        throw new ThresholdError('scalar.invalid', 'a part of the sum is zero', { cause })
      }
    },
  }
}

const point = (bytes: Uint8Array) => bytes as Point

function attempt<T>(code: 'point.invalid' | 'scalar.invalid', what: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new ThresholdError(code, what, { cause })
  }
}

/**
 * Multiplication of any point by a secret. ecdh is the one in constant time; its hash hands the point out, which may be a secret:
 * zeros once it is over, and nothing runs in between.
 */
function openMultiplication(native: Bindings): (base: Point, secret: SecretScalar) => Point {
  const [xbuf, ybuf, product] = [SCALAR_BYTES, SCALAR_BYTES, 1 + 2 * SCALAR_BYTES].map(
    secretBytes,
  ) as [Uint8Array, Uint8Array, Uint8Array]
  const hashfn = (x: Uint8Array, y: Uint8Array) => {
    product[0] = 4
    product.set(x, 1)
    product.set(y, 1 + SCALAR_BYTES)
    return product
  }
  const coordinates = { hashfn, xbuf, ybuf }
  return (base, secret) => {
    const output = new Uint8Array(product.length)
    try {
      attempt('point.invalid', 'not a point, or no secret', () =>
        native.ecdh(base, secret, coordinates, output),
      )
    } finally {
      for (const copy of [xbuf, ybuf, product]) copy.fill(0)
    }
    return point(output)
  }
}
