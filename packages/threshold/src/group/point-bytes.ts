// Points as bytes (SEC 1 section 2.3.3): what needs no arithmetic. Pure.
import { POINT_BYTES, SCALAR_BYTES, type Point } from './group.ts'

/** Of a compressed point whose y is even; one more where it is odd. */
const EVEN_Y = 2

/** x and y after one byte. */
const UNCOMPRESSED_BYTES = 1 + 2 * SCALAR_BYTES
/** Points that share memory: V8 makes a piece of it for each typed array above 64 bytes, a tenth of what reading a point takes. */
const POINTS_OF_ROOM = 16
let room = new ArrayBuffer(0)
let used = 0

/** 65 zeros for a point. */
export function pointRoom(): Uint8Array {
  if (used === room.byteLength) {
    room = new ArrayBuffer(POINTS_OF_ROOM * UNCOMPRESSED_BYTES)
    used = 0
  }
  const bytes = new Uint8Array(room, used, UNCOMPRESSED_BYTES)
  used += UNCOMPRESSED_BYTES
  return bytes
}

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
