// Hash to curve (RFC 9380) for secp256k1; its input is never secret. Pure.
import { secp256k1_hasher } from '@noble/curves/secp256k1.js'
import type { Point } from './group.ts'

/** `secp256k1_XMD:SHA-256_SSWU_RO_` of a message under a domain separation tag. */
export function hashToPoint(message: Uint8Array, tag: string): Point {
  return secp256k1_hasher.hashToCurve(message, { DST: tag }).toBytes(false) as Point
}
