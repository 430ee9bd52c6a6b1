// Hex and bytes at the border of a device. Pure.
import type { Hex } from './device.ts'
import { TeeError } from './error.ts'

/** Bytes of report data. */
export const REPORT_DATA_BYTES = 64
/** Bytes of a digest that extends a register, and of the register. */
export const REGISTER_BYTES = 48
/** Longest context of a sealing key, characters. */
const MAX_CONTEXT_CHARACTERS = 256

/** Whether a value is lower-case hex of `size` bytes. */
export function isHex(value: unknown, size: number): value is Hex {
  return typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${size * 2}}$`).test(value)
}

/** Hex of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

/** The bytes of what a caller gave. Throws TeeError `request.invalid` unless it is lower-case hex of `size` bytes. */
export function givenBytes(value: Hex, size: number, name: string): Uint8Array {
  if (!isHex(value, size))
    throw new TeeError(
      'request.invalid',
      `${name}: expected 0x and ${size} bytes in lower-case hex`,
    )
  return new Uint8Array(Buffer.from(value.slice(2), 'hex'))
}

/** Throws TeeError `request.invalid` unless a register is one that guests may extend. */
export function checkRegister(register: number): void {
  if (register !== 2 && register !== 3)
    throw new TeeError('request.invalid', `register ${register}: expected 2 or 3`)
}

/** Throws TeeError `request.invalid` unless a context has 1 to 256 characters. */
export function checkContext(context: string): void {
  if (context.length < 1 || context.length > MAX_CONTEXT_CHARACTERS)
    throw new TeeError(
      'request.invalid',
      `context: expected 1 to ${MAX_CONTEXT_CHARACTERS} characters, got ${context.length}`,
    )
}

/** Whether two byte strings are equal. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
