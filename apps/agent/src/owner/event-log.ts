// What has happened to an instance, as its agent saw it; bounded. Pure but for its memory.
import * as z from 'zod'

/** What an event may be. */
const eventCodes = [
  'launch.verified',
  'secrets.waiting',
  'secrets.released',
  'instance.verified',
  'instance.attested',
  'instance.renewed',
  'instance.lapsed',
  'instance.failed',
  'traffic.draining',
  'owner.signed-in',
  'container.exited',
  'instance.failing',
  'bundle.made',
  'exec.started',
  'restore.ended',
  'restore.started',
  'snapshot.ended',
  'snapshot.started',
  'viewer.signed-in',
  'viewer.granted',
  'viewer.revoked',
  'exec.ended',
] as const
export type EventCode = (typeof eventCodes)[number]

/** An event as it is shown. */
export const eventSchema = z.object({
  number: z.int().min(1).describe('From 1 without gaps, since the agent began'),
  time: z.iso.datetime(),
  code: z.enum(eventCodes),
  detail: z.string().max(500).optional(),
  hostsWord: z
    .literal(true)
    .optional()
    .describe('The worker has told it; the agent cannot see it itself'),
})
export type AgentEvent = z.infer<typeof eventSchema>

const MAX_EVENTS = 1_000
const MAX_DETAIL = 500

/** The newest 1,000 events. */
export class EventLog {
  readonly #now: () => number
  readonly #events: AgentEvent[] = []
  #last = 0

  /** `now` in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  add(code: EventCode, detail?: string, options: { readonly hostsWord?: boolean } = {}): void {
    this.#events.push({
      number: ++this.#last,
      time: new Date(this.#now()).toISOString(),
      code,
      ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
      ...(options.hostsWord === true ? { hostsWord: true as const } : {}),
    })
    if (this.#events.length > MAX_EVENTS) this.#events.shift()
  }

  /** Events with a number above `after`, oldest first. */
  list(after = 0): readonly AgentEvent[] {
    return this.#events.filter(({ number }) => number > after)
  }
}
