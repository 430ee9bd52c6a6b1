// Points as bytes (SEC 1 section 2.3.3): what needs no arithmetic. Pure.
import { POINT_BYTES, SCALAR_BYTES, type Point } from './group.ts'

/** Of a compressed point whose y is even; one more where it is odd. */
const EVEN_Y = 2

/** 33 bytes. A call of native code would read the curve's equation again and take fifteen times as long. */
export function compress(point: Point): Uint8Array {
  const bytes = new Uint8Array(POINT_BYTES)
  bytes.set(point.subarray(1, 1 + SCALAR_BYTES), 1)
  bytes[0] = EVEN_Y + parityOf(point)
  return bytes
}

/** The last bit of y. */
export function parityOf(point: Point): 0 | 1 {
  return (point[2 * SCALAR_BYTES]! & 1) as 0 | 1
}
