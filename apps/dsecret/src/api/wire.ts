// Requests to the node as JSON (docs/reference/interfaces.md). Pure.
import { leaseSchema, proofSchema } from '@wetee/chain'
import { z } from 'zod'
import { NodeError } from '../node-error.ts'

/** Most records in one signing request, as in the contracts. */
const MAX_BATCH = 64

/** `POST /v1/appraise`; the evidence is read by its own parser. */
export const appraiseSchema = z.strictObject({
  evidence: z.record(z.string(), z.unknown()),
  operatorSignature: z
    .string()
    .regex(/^0x[0-9a-fA-F]{130}$/, 'expected 65 bytes of hex')
    .transform((value) => value as `0x${string}`),
})

/** `POST /v1/appraise-node`. */
export const appraiseNodeSchema = z.strictObject({ evidence: z.record(z.string(), z.unknown()) })

/** `POST /v1/sign-leases`. */
export const signLeasesSchema = z.strictObject({
  leases: z.array(leaseSchema).min(1).max(MAX_BATCH),
})

/** `POST /v1/sign-proofs`. */
export const signProofsSchema = z.strictObject({
  proofs: z.array(proofSchema).min(1).max(MAX_BATCH),
})

/** Reads a request's body. Throws NodeError `request.invalid`. */
export function parseRequest<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new NodeError('request.invalid', 'expected a body in JSON', { status: 400 })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not as expected' }
  const where = path.length === 0 ? 'body' : path.map(String).join('.').slice(0, 100)
  throw new NodeError('request.invalid', `${where}: ${message.slice(0, 200)}`, { status: 400 })
}
