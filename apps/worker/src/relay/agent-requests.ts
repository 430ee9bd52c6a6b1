// What the agent tells and asks the worker, as JSON (docs/reference/interfaces.md). Pure.
import { addressSchema, hexSchema, leaseSchema, uint64Schema } from '@wetee/chain'
import { z } from 'zod'

/** What the agent says when a threshold has appraised it. */
export const appraisedSchema = z.strictObject({
  evidenceDigest: hexSchema(32),
  lease: leaseSchema,
  nodes: z.array(uint64Schema).min(1).max(64),
})

/** What the agent asks the operator to sign. */
export const authorizeSchema = z.strictObject({
  instanceKey: addressSchema,
  evidenceBlock: uint64Schema,
})

/** A certificate chain that a CA has issued to the agent, PEM. */
export const certificateSchema = z.strictObject({
  domain: z.string().min(1).max(253),
  chain: z.string().min(1).max(15_000),
})
