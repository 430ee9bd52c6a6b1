// What every call of the owner API is made of: its parts, who asks, what is read and what is answered.
import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import type * as z from 'zod'
import { firstProblem } from '../launch/fields.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { errorFields, type Log } from '../log.ts'
import type { ServiceExceptions } from '../output/service-exceptions.ts'
import type { ServiceOutput } from '../output/service-output.ts'
import type { AgentMetricsReader } from './agent-metrics.ts'
import type { EventLog } from './event-log.ts'
import type { FailureReview } from './failure-review.ts'
import { OwnerError, ownerErrorStatus } from './owner-error.ts'
import type { ServiceExec } from './service-exec.ts'
import type { Access, Session, Sessions } from './sessions.ts'
import type { Viewers } from './viewers.ts'
import type { VolumeSnapshots } from './volume-snapshots.ts'

/** What is answered with. */
export type OwnerApiParts = {
  readonly sessions: Sessions
  readonly output: ServiceOutput
  readonly exceptions: ServiceExceptions
  readonly events: EventLog
  readonly failures: Pick<FailureReview, 'list' | 'get'>
  readonly metrics: Pick<AgentMetricsReader, 'read'>
  readonly viewers: Viewers
  readonly exec: Pick<ServiceExec, 'check' | 'run' | 'input' | 'resize'>
  readonly volumes: Pick<VolumeSnapshots, 'list' | 'check' | 'snapshot' | 'restore'>
  /** The current evidence document as text. */
  readonly evidence: () => Promise<string | undefined>
  readonly monotonicMs: () => number
  /** What calls are sealed to. */
  readonly keys: Pick<InstanceKeys, 'hpke'>
  readonly log: Log
}

/** Who asks; the owner alone, unless the call says that viewers may. Throws OwnerError. */
export function sessionOf(
  { sessions }: Pick<OwnerApiParts, 'sessions'>,
  c: Context,
  access: Partial<Access> = {},
): Promise<Session> {
  const header = c.req.header('authorization')
  return sessions.require(header, { role: 'owner', counted: 'requests', ...access })
}

/** One JSON object a line, until there are no more or the reader goes. */
export function sendDocuments(
  c: Context,
  documents: (signal: AbortSignal) => AsyncIterable<readonly unknown[]>,
): Response {
  c.header('content-type', 'application/x-ndjson')
  return stream(c, async (out) => {
    const left = new AbortController()
    out.onAbort(() => left.abort())
    try {
      for await (const some of documents(left.signal))
        await out.write(some.map((one) => `${JSON.stringify(one)}\n`).join(''))
    } finally {
      left.abort()
    }
  })
}

/** The body. Throws OwnerError `request.invalid`. */
export async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (cause) {
    throw new OwnerError('request.invalid', 'expected JSON', { cause })
  }
}

/** What a schema takes. Throws OwnerError `request.invalid`. */
export function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new OwnerError('request.invalid', firstProblem(parsed.error).slice(0, 300))
}

/** The answer to a call that failed. */
export function refuse(c: Context, log: Log, error: unknown): Response {
  if (error instanceof OwnerError) {
    const { code, message } = error
    return c.json({ error: { code, message } }, ownerErrorStatus[code])
  }
  log.error({ path: c.req.path.slice(0, 100), ...errorFields(error) }, 'owner call failed')
  return c.json({ error: { code: 'internal', message: 'the request failed; see the log' } }, 500)
}
