// What the agent tells and asks the worker, as JSON (docs/reference/interfaces.md). Pure.
import { addressSchema, hexSchema, leaseSchema, uint64Schema } from '@wetee/chain'
import { z } from 'zod'

/** What the agent says when a threshold has appraised it. */
export const appraisedSchema = z.strictObject({
  evidenceDigest: hexSchema(32),
  lease: leaseSchema,
  nodes: z.array(uint64Schema).min(1).max(64),
})

/** A misconduct file (docs/reference/contracts-discipline.md): kept as it is, looked into by whoever reports it. */
export const misconductSchema = z.strictObject({
  misconduct: z
    .string()
    .max(131_072)
    .refine((text) => isMisconduct(text), 'expected a document of format wetee/misconduct/v1'),
})

function isMisconduct(text: string): boolean {
  try {
    return (JSON.parse(text) as { format?: unknown } | null)?.format === 'wetee/misconduct/v1'
  } catch {
    return false
  }
}

/** What the agent asks the operator to sign. */
export const authorizeSchema = z.strictObject({
  instanceKey: addressSchema,
  evidenceBlock: uint64Schema,
})

/** The launcher of a command that the agent has prepared in a service's volume, by its number. */
export const execSchema = z.strictObject({
  service: z.string().min(1).max(63),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  timeoutMs: z.int().min(1).max(28_800_000),
})
export type ExecOrder = z.infer<typeof execSchema>

const data = z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-f]{2}){0,16384}$/)])

/** A request to the chain that an instance has signed; its value is 0. */
export const forwardSchema = z
  .strictObject({
    request: z.strictObject({
      appId: uint64Schema,
      to: addressSchema,
      gas: z.int().min(0).max(0xffff_ffff),
      nonce: hexSchema(32).transform(BigInt),
      deadline: uint64Schema,
      data,
    }),
    signature: hexSchema(65),
  })
  .transform(({ request, signature }) => ({ request: { ...request, valueWei: 0n }, signature }))

/** What an instance wants to read of a contract, and as of which block. */
export const readSchema = z.strictObject({
  to: addressSchema,
  data,
  at: z.enum(['finalized', 'latest']),
})
export type ReadOrder = z.infer<typeof readSchema>

/** A certificate chain that a CA has issued to the agent, PEM. */
export const certificateSchema = z.strictObject({
  domain: z.string().min(1).max(253),
  chain: z.string().min(1).max(15_000),
})
