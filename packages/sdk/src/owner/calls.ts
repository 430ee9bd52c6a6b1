// What owners read at their agents: lines of logs, events, exceptions. Does network I/O.
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { openOwnerSessions, type OwnerOptions, type OwnerSession } from './session.ts'

const noticeSchema = z.object({
  reason: z.string().max(32),
  service: z.string().max(63).optional(),
  exitCode: z.int().optional(),
  outOfMemory: z.boolean().optional(),
})
/** A bundle as an agent has made it. */
export const failureBundleSchema = z.looseObject({
  format: z.literal('wetee/failure-bundle/v1'),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  time: z.iso.datetime(),
  version: z.int(),
  replica: z.int(),
  hostsWord: noticeSchema,
})
/** What there was when something failed; `hostsWord` is what the worker told the agent, everything else the agent has seen. */
export type FailureBundle = z.infer<typeof failureBundleSchema>
const bundleEntrySchema = failureBundleSchema.pick({ id: true, time: true, hostsWord: true })

/** Where something comes from. */
type Place = { readonly version: number; readonly replica: number }

const lineSchema = z.object({
  service: z.string().max(63),
  stream: z.enum(['stdout', 'stderr']),
  time: z.iso.datetime(),
  number: z.int().min(1),
  text: z.string().max(65_536),
})
/** One line; `number` counts the lines of its service in its instance, so that missing ones show. */
export type LogLine = z.infer<typeof lineSchema> & Place

/** Which lines to read. */
export type LogOptions = OwnerOptions & {
  readonly service?: string
  /** Newest lines of each instance from before now; default 100, with `since` all; at most 10,000. */
  readonly tail?: number
  readonly since?: Date
  /** Only lines that contain this text. */
  readonly grep?: string
  /** Go on with new lines until the signal ends it. */
  readonly follow?: boolean
}

/**
 * Lines of all instances, from inside their TEEs: first those from before now by time, then with `follow` new ones as they come.
 * Throws as `openOwnerSessions` and its sessions do.
 */
export async function* logs(
  network: Network,
  appId: bigint,
  options: LogOptions = {},
): AsyncGenerator<LogLine, void, undefined> {
  const ended = new AbortController()
  const signals = options.signal === undefined ? [] : [options.signal]
  const signal = AbortSignal.any([...signals, ended.signal])
  const sessions = await openOwnerSessions(network, appId, { ...options, signal })
  const query = new URLSearchParams({
    ...(options.tail === undefined ? {} : { tail: String(options.tail) }),
    ...(options.service === undefined ? {} : { service: options.service }),
    ...(options.since === undefined ? {} : { since: options.since.toISOString() }),
    ...(options.grep === undefined ? {} : { grep: options.grep }),
    ...(options.follow === true ? { follow: 'true' } : {}),
  })
  const path = `/v1/logs?${query.toString()}`
  const streams = sessions.map((session) => linesOf(session, path, signal))
  if (options.follow === true) {
    try {
      yield* merged(streams)
    } finally {
      // A reader that has enough ends streams that wait for a line.
      ended.abort()
    }
    return
  }
  const all: LogLine[] = []
  for (const stream of streams) for await (const line of stream) all.push(line)
  yield* all.sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

const eventSchema = z.object({
  number: z.int().min(1),
  time: z.iso.datetime(),
  code: z.string().max(100),
  detail: z.string().max(1_000).optional(),
  hostsWord: z.literal(true).optional(),
})
/** Something that an agent has seen, or was told by its worker (`hostsWord`). */
export type InstanceEvent = z.infer<typeof eventSchema> & Place

/** Events of all instances, oldest first. */
export async function instanceEvents(
  network: Network,
  appId: bigint,
  options: OwnerOptions = {},
): Promise<InstanceEvent[]> {
  const schema = z.object({ events: z.array(eventSchema).max(10_000) })
  const all = await ofAll(network, appId, options, async (session) => {
    const { events } = readAnswer(schema, await session.get('/v1/events', options.signal))
    return events.map((event) => ({ ...event, ...placeOf(session) }))
  })
  return all.sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

const exceptionSchema = z.object({
  service: z.string().max(63),
  fingerprint: z.string().max(128),
  language: z.string().max(32),
  type: z.string().max(1_000),
  message: z.string().max(1_000),
  frame: z.string().max(1_000),
  count: z.int().min(1),
  first: z.iso.datetime(),
  last: z.iso.datetime(),
  sample: z.string().max(16_384),
})
/** Exceptions of one kind in one instance. */
export type InstanceException = z.infer<typeof exceptionSchema> & Place

/** Exceptions in the logs of all instances, the one seen last first. */
export async function instanceExceptions(
  network: Network,
  appId: bigint,
  options: OwnerOptions = {},
): Promise<InstanceException[]> {
  const schema = z.object({ exceptions: z.array(exceptionSchema).max(10_000) })
  const all = await ofAll(network, appId, options, async (session) => {
    const { exceptions } = readAnswer(schema, await session.get('/v1/exceptions', options.signal))
    return exceptions.map((exception) => ({ ...exception, ...placeOf(session) }))
  })
  return all.sort((a, b) => Date.parse(b.last) - Date.parse(a.last))
}

/** Failure bundles that the agents have in memory, the newest first. */
export async function instanceFailures(
  network: Network,
  appId: bigint,
  options: OwnerOptions = {},
): Promise<(z.infer<typeof bundleEntrySchema> & Place)[]> {
  const schema = z.object({ bundles: z.array(bundleEntrySchema).max(1_000) })
  const all = await ofAll(network, appId, options, async (session) => {
    const { bundles } = readAnswer(schema, await session.get('/v1/bundles', options.signal))
    return bundles.map((bundle) => ({ ...bundle, ...placeOf(session) }))
  })
  return all.sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
}

/** One of them; `undefined` where no agent has it. */
export async function instanceFailure(
  network: Network,
  appId: bigint,
  id: string,
  options: OwnerOptions = {},
): Promise<FailureBundle | undefined> {
  for (const session of await openOwnerSessions(network, appId, options))
    try {
      return readAnswer(
        failureBundleSchema,
        await session.get(`/v1/bundles/${encodeURIComponent(id)}`, options.signal),
      )
    } catch (error) {
      if (!(error instanceof SdkError) || error.details['code'] !== 'bundle.unknown') throw error
    }
  return undefined
}

async function ofAll<T>(
  network: Network,
  appId: bigint,
  options: OwnerOptions,
  ask: (session: OwnerSession) => Promise<T[]>,
): Promise<T[]> {
  const sessions = await openOwnerSessions(network, appId, options)
  return (await Promise.all(sessions.map(ask))).flat()
}

async function* linesOf(
  session: OwnerSession,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
  for await (const line of session.lines(path, { signal }))
    yield { ...readAnswer(lineSchema, jsonOf(line)), ...placeOf(session) }
}

/** `undefined` for what is none. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

function placeOf({ version, replica }: Place): Place {
  return { version, replica }
}

/** The answer of an agent by its schema. Throws SdkError `agent.answer-invalid`. */
export function readAnswer<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const why = z.prettifyError(parsed.error).slice(0, 300)
  throw new SdkError('agent.answer-invalid', `the agent gave an unexpected answer: ${why}`)
}

/** Items of several streams as they come. The others end when one throws or the reader stops. */
async function* merged<T>(
  streams: readonly AsyncGenerator<T, void, undefined>[],
): AsyncGenerator<T, void, undefined> {
  const next = (stream: AsyncGenerator<T, void, undefined>) =>
    stream.next().then((result) => ({ stream, result }))
  const waiting = new Map(streams.map((stream) => [stream, next(stream)]))
  try {
    while (waiting.size > 0) {
      const { stream, result } = await Promise.race(waiting.values())
      if (result.done === true) waiting.delete(stream)
      else {
        waiting.set(stream, next(stream))
        yield result.value
      }
    }
  } finally {
    for (const stream of waiting.keys()) void stream.return().catch(() => undefined)
  }
}
