// Field schemas shared by everything the agent parses. Pure.
import * as z from 'zod'

const UINT64_MAX = 2n ** 64n - 1n

/** A 64-bit integer: a decimal string without leading zeros, or a safe JSON number. Becomes a bigint. */
export const uint64 = z
  .union([
    z.string().regex(/^(0|[1-9][0-9]{0,19})$/),
    z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  ])
  .transform((value) => BigInt(value))
  .refine((value) => value <= UINT64_MAX, 'more than 64 bits')

/** Lower-case hex of exactly `bytes` bytes with `0x`. */
export const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])

/** A 20-byte address; mixed case (EIP-55) is accepted and lowered. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value) => value.toLowerCase() as `0x${string}`)

/** A whole number from 0 to `max`. */
export const uint = (max: number) => z.number().int().nonnegative().max(max)

/** The first problem of a failed parse as `path: message`. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') || '(top)'}: ${issue?.message ?? 'invalid'}`
}
