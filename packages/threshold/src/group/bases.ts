// The points that keys are used on beside the generator: nobody knows their logarithms. Pure.
import type { Point } from './group.ts'
import { hashToPoint } from './hash-to-point.ts'

const BASES_TAG = 'wetee/threshold/v1'
const made = new Map<string, Point>()

/** H: the network's encryption key is Y = s*H. */
export function keyBase(): Point {
  return base(`${BASES_TAG} H`)
}

/** Hbar: the second base of a ciphertext's proof (Shoup and Gennaro, TDH2). */
export function proofBase(): Point {
  return base(`${BASES_TAG} Hbar`)
}

/** A copy of what is made once: a hash to the curve takes as long as some multiplications. */
function base(message: string): Point {
  let point = made.get(message)
  if (point === undefined) {
    point = hashToPoint(new TextEncoder().encode(message), BASES_TAG)
    made.set(message, point)
  }
  return new Uint8Array(point) as Point
}
