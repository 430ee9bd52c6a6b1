// Metered usage as a worker keeps it, tells it and an owner reads it. Pure.
import { z } from 'zod'
import { hexSchema } from './wire.ts'

const count = z.int().min(0)

/** One sample of an application's usage, with the digest of the chain up to it. */
export const usageSampleSchema = z.object({
  sequence: count,
  fromMs: count,
  toMs: count,
  cpuMicros: count,
  memoryByteSeconds: count,
  diskBytes: count,
  receivedBytes: count,
  sentBytes: count,
  restarts: count,
  digest: hexSchema(32),
})

/** What the worker's operator has signed of a chain, up to a sample. */
export const signedUsageSchema = z.object({
  sequence: count,
  digest: hexSchema(32),
  signature: hexSchema(65),
  atMs: count,
})

/** Part of a chain: what comes before its first sample, the samples, and what was signed among them. */
export const usagePageSchema = z.object({
  before: usageSampleSchema.pick({ sequence: true, digest: true }),
  samples: z.array(usageSampleSchema).max(10_000).readonly(),
  signed: z.array(signedUsageSchema).max(1_000).readonly(),
})
export type SignedUsage = Readonly<z.infer<typeof signedUsageSchema>>
export type UsagePage = Readonly<z.infer<typeof usagePageSchema>>
