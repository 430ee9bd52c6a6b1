// What goes into the owner API and comes out of it; the OpenAPI document is made from these. Pure.
import { signedMessageSchema } from '@wetee/sign-in'
import * as z from 'zod'
import { MAX_LINE_LENGTH } from '../output/line-splitter.ts'
import { eventSchema } from './event-log.ts'
import { MAX_VIEWER_SECONDS } from './viewers.ts'

const count = z.int().nonnegative()
const time = z.iso.datetime()
const service = z.string().min(1).max(63)
const MAX_TAIL = 10_000

/** A number in a query. */
const queryNumber = (maximum: number) =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform(Number)
    .refine((value) => value <= maximum, `at most ${maximum}`)

export const challengeSchema = z.object({
  domain: z.string(),
  chainId: z.int(),
  uri: z.string(),
  resources: z.array(z.string()).describe('Application and TLS key of this connection'),
  nonce: z.string().describe('Counts for five minutes, once'),
})
export const openSessionSchema = signedMessageSchema
export const sessionSchema = z.object({
  token: z.string().describe('For Authorization: Bearer; nowhere else'),
  role: z.enum(['owner', 'viewer']).describe("A viewer reads; everything else is the owner's"),
  expiresInSeconds: count,
})

const account = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as `0x${string}`)
export const viewerSchema = z.strictObject({
  account: account.describe('Not a contract'),
  seconds: z.int().min(1).max(MAX_VIEWER_SECONDS).describe('From now on'),
})
export const viewersSchema = z.object({
  viewers: z.array(z.object({ account: z.string(), expiresInSeconds: count })),
})

export const logQuerySchema = z.strictObject({
  tail: queryNumber(MAX_TAIL).optional().describe('Newest lines from before now, default 100'),
  since: time.optional().describe('Only lines read at this time or later'),
  service: service.optional(),
  grep: z.string().min(1).max(200).optional().describe('Only lines that contain this text'),
  follow: z.enum(['true', 'false']).optional().describe('Go on with new lines'),
})
export type LogQuery = z.infer<typeof logQuerySchema>
export const logLineSchema = z.object({
  service,
  stream: z.enum(['stdout', 'stderr']),
  time: time.describe('When the agent read it'),
  number: z.int().min(1).describe('Of its service, from 1: what is missing shows as a gap'),
  text: z.string().max(MAX_LINE_LENGTH),
})
export type LogLine = z.infer<typeof logLineSchema>

export const eventsQuerySchema = z.strictObject({
  after: queryNumber(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Only events with a higher number'),
})
export const eventsSchema = z.object({ events: z.array(eventSchema) })

export const metricsSchema = z.object({
  time,
  uptimeSeconds: z.number().nonnegative(),
  state: z.enum(['measuring', 'verified', 'attested', 'lapsed', 'failed']),
  leaseNotAfter: z.string().optional().describe('Seconds of chain time'),
  agent: z.object({
    memoryBytes: count,
    memoryLimitBytes: count.optional().describe('Absent where the agent cannot see it'),
    cpuSeconds: z.number().nonnegative(),
  }),
  services: z.array(
    z.object({
      service,
      logLines: count,
      logBytes: count,
      logLinesDropped: count.describe('Not in memory any more'),
      errorLines: count,
      bytesPerSecond: z.number().nonnegative().describe('Over the last minute'),
    }),
  ),
})
export type AgentMetrics = z.infer<typeof metricsSchema>

export const errorGroupSchema = z.object({
  service,
  fingerprint: z.string(),
  language: z.string(),
  type: z.string(),
  message: z.string(),
  frame: z.string(),
  count,
  first: time,
  last: time,
  sample: z.string(),
})
export const exceptionsSchema = z.object({ exceptions: z.array(errorGroupSchema) })

export const volumesSchema = z.object({
  volumes: z.array(
    z.object({
      name: z.string(),
      sizeMiB: count,
      service: service.optional().describe('Reads it for a snapshot; absent: nobody mounts it'),
    }),
  ),
})
export const snapshotOrderSchema = z.strictObject({
  key: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .describe('Public key of X25519 that it is sealed to, as x-wetee.logKey'),
})
export const restoreFrameSchema = z.union([
  z.object({ id: z.string().describe('Where the archive goes: POST /v1/exec/:id/input') }),
  z.object({ restoredBytes: count }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
])
export type RestoreFrame = z.infer<typeof restoreFrameSchema>

export const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
