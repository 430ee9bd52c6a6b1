// The port to a group of prime order with two back ends: secp256k1. Types only.

/**
 * A point of the curve but not the identity, uncompressed (SEC 1 section 2.3.3): 0x04, x, y; 65
 * bytes. Only a back end makes one, so that it is on the curve.
 */
export type Point = Uint8Array & { readonly __point: never }

/**
 * A secret number from 1 to order-1, big-endian, 32 bytes; whoever holds it fills it with zeros
 * after use. Never a bigint, a string or part of an error.
 */
export type SecretScalar = Uint8Array & { readonly __secret: never }

/** A number that everybody may know, from 0 to order-1. */
export type PublicScalar = bigint

/** Order of secp256k1 (SEC 2 section 2.4.1). */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** Bytes of a compressed point. */
export const POINT_BYTES = 33
/** Bytes of a scalar. */
export const SCALAR_BYTES = 32

/** Fills and returns bytes that nobody can foresee. */
export type RandomBytes = (size: number) => Uint8Array

/**
 * Operations of the group. What takes a SecretScalar takes the same time whatever its value where
 * the back end can (libsecp256k1); what takes PublicScalars need not. Throws ThresholdError
 * `point.invalid` for bytes that are no point and where a result would be the identity,
 * `scalar.invalid` where a secret result would be zero.
 */
export type Group = {
  readonly name: 'libsecp256k1' | 'noble'
  readonly generator: Point
  /** Reads a compressed point, 33 bytes. */
  decode(bytes: Uint8Array): Point
  /** 33 bytes. */
  encode(point: Point): Uint8Array
  /** The sum of one or more points. */
  add(...points: readonly Point[]): Point
  negate(point: Point): Point
  /** point * scalar; the scalar must not be zero. */
  multiply(point: Point, scalar: PublicScalar): Point
  /** The sum of point * scalar; undefined where that is the identity. Terms of zero are left out. */
  multiplyMany(points: readonly Point[], scalars: readonly PublicScalar[]): Point | undefined
  /** RFC 9380 `secp256k1_XMD:SHA-256_SSWU_RO_` under a domain separation tag. */
  hashToPoint(message: Uint8Array, tag: string): Point

  /** A uniform secret. */
  randomSecret(random: RandomBytes): SecretScalar
  /** Takes 32 bytes as a secret, as a copy. */
  readSecret(bytes: Uint8Array): SecretScalar
  /** generator * secret. */
  multiplyBase(secret: SecretScalar): Point
  /** point * secret. */
  multiplySecret(point: Point, secret: SecretScalar): Point
  /** a + b mod order, a new secret. */
  addSecrets(a: SecretScalar, b: SecretScalar): SecretScalar
  /** secret * factor mod order, a new secret; the factor must not be zero. */
  scaleSecret(secret: SecretScalar, factor: PublicScalar): SecretScalar
  /**
   * The polynomial with these coefficients, that of x^0 first, at a number that is not zero: a new
   * secret, by Horner's rule. Where a part of the sum is zero (once in 2^256) it throws, too.
   */
  evaluateSecret(coefficients: readonly SecretScalar[], at: PublicScalar): SecretScalar
}
