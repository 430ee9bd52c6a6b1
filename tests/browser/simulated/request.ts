// What simulated evidence of every platform has in common as requests. Pure.
import type { Hex } from '@wetee/attestation'
import type { AppraisalRequest } from '../page/wire.ts'

/** A request and whether its evidence is authentic. */
export type NamedRequest = {
  /** The kind of evidence; for what is not sound a colon and what is wrong. */
  readonly name: string
  readonly request: AppraisalRequest
  readonly authentic: boolean
}

/** When all of it is appraised, milliseconds. */
export const AT_MS = Date.UTC(2026, 5, 1)

/** 32 bytes. */
export function seed(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte)
}

/** Lower-case hex with 0x. */
export function hex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

/** A copy with one bit of the byte at `at` changed. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
}
