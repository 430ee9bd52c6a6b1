// Bundles of what there was when something failed: last lines, events, state. Bounded. Pure but for its memory.
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { StateAnswer } from '../instance-state.ts'
import { errorFields, type Log } from '../log.ts'
import type { ServiceExceptions } from '../output/service-exceptions.ts'
import type { OutputLine, ServiceOutput } from '../output/service-output.ts'
import { eventSchema, type EventLog } from './event-log.ts'
import { errorGroupSchema, logLineSchema } from './schemas.ts'
import { TokenBucket } from './token-bucket.ts'

/** What the worker says has failed; nothing in it is more than its word. */
export const failureNoticeSchema = z.strictObject({
  reason: z.enum(['exited', 'unhealthy', 'evicted', 'rolled-back']),
  service: z.string().min(1).max(63).optional(),
  exitCode: z.int().min(0).max(255).optional(),
  outOfMemory: z.boolean().optional(),
})
export type FailureNotice = z.infer<typeof failureNoticeSchema>

/** A bundle as it is sealed and shown. */
export const bundleSchema = z.object({
  format: z.literal('wetee/failure-bundle/v1'),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  time: z.iso.datetime(),
  appId: z.string(),
  version: z.int(),
  replica: z.int(),
  hostsWord: failureNoticeSchema.describe('What the worker has told; the agent cannot see it'),
  image: z.string().optional().describe('Of the service, as the manifest pins it'),
  state: z.string(),
  leaseNotAfter: z.string().optional(),
  simulated: z.boolean(),
  events: z.array(eventSchema),
  exceptions: z.array(errorGroupSchema),
  logs: z.array(logLineSchema).describe('The newest 500 lines of the service, or of all'),
})
export type FailureBundle = z.infer<typeof bundleSchema>

/** A bundle in a list. */
export const bundleEntrySchema = bundleSchema.pick({ id: true, time: true, hostsWord: true })

/** What bundles are made of. */
export type FailureReviewParts = {
  readonly place: { readonly appId: string; readonly version: number; readonly replica: number }
  readonly images: ReadonlyMap<string, string>
  readonly simulated: boolean
  readonly state: { readonly answer: () => StateAnswer }
  readonly output: ServiceOutput
  readonly exceptions: ServiceExceptions
  readonly events: EventLog
  /** Has a bundle sealed and kept; absent where the manifest names no key. */
  readonly keep?: (content: Uint8Array) => boolean
  readonly now: () => number
  readonly monotonicMs: () => number
  readonly log: Log
}

const MAX_BUNDLES = 8
const MAX_LINES = 500
const MAX_EVENTS = 200
const MAX_EXCEPTIONS = 20
/** Text of the lines together, UTF-16 units: below what a record holds, whatever its characters. */
const MAX_TEXT = 200_000
const RATE = { perSecond: 1 / 60, burst: 10 }

/** The newest eight bundles; they end with the agent unless they are sealed to a key. */
export class FailureReview {
  readonly #parts: FailureReviewParts
  readonly #bundles: FailureBundle[] = []
  readonly #rate: TokenBucket

  constructor(parts: FailureReviewParts) {
    this.#parts = parts
    this.#rate = new TokenBucket(RATE.perSecond, RATE.burst, parts.monotonicMs)
  }

  /** Takes what the worker tells; a crash loop makes ten bundles and then one a minute. */
  note(notice: FailureNotice): void {
    const { events, keep, log } = this.#parts
    const { reason, service, exitCode } = notice
    events.add(
      reason === 'exited' ? 'container.exited' : 'instance.failing',
      [service, reason, exitCode].filter((part) => part !== undefined).join(' '),
      { hostsWord: true },
    )
    if (!this.#rate.take()) return
    const bundle = this.#make(notice)
    this.#bundles.push(bundle)
    if (this.#bundles.length > MAX_BUNDLES) this.#bundles.shift()
    events.add('bundle.made', bundle.id)
    try {
      if (keep?.(Buffer.from(JSON.stringify(bundle))) === false)
        log.warn({ bundle: bundle.id }, 'too many bundles wait to be kept: this one is not')
    } catch (error) {
      log.warn(errorFields(error), 'a bundle could not be kept')
    }
  }

  /** Newest first. */
  list(): z.infer<typeof bundleEntrySchema>[] {
    return this.#bundles.map(({ id, time, hostsWord }) => ({ id, time, hostsWord })).reverse()
  }

  get(id: string): FailureBundle | undefined {
    return this.#bundles.find((bundle) => bundle.id === id)
  }

  #make(notice: FailureNotice): FailureBundle {
    const { place, images, simulated, state, output, exceptions, events, now } = this.#parts
    const { service } = notice
    const known = service !== undefined && output.services.includes(service) ? service : undefined
    const { state: name, leaseNotAfter } = state.answer()
    const image = images.get(service ?? '')
    return {
      format: 'wetee/failure-bundle/v1',
      id: randomBytes(8).toString('hex'),
      time: new Date(now()).toISOString(),
      ...place,
      hostsWord: notice,
      ...(image === undefined ? {} : { image }),
      state: name,
      ...(leaseNotAfter === undefined ? {} : { leaseNotAfter }),
      simulated,
      events: events.list().slice(-MAX_EVENTS),
      exceptions: exceptions
        .list()
        .filter((group) => known === undefined || group.service === known)
        .slice(0, MAX_EXCEPTIONS),
      logs: lastLines(output.newest(MAX_LINES, known)),
    }
  }
}

/** The newest lines whose text together is within the bound. */
function lastLines(lines: readonly OutputLine[]): FailureBundle['logs'] {
  let left = MAX_TEXT
  let first = lines.length
  while (first > 0 && (left -= lines[first - 1]?.text.length ?? 0) >= 0) first--
  return lines.slice(first).map(({ service, stream, atMs, number, text }) => ({
    ...{ service, stream, time: new Date(atMs).toISOString(), number, text },
  }))
}
