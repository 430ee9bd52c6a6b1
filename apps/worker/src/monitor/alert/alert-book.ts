// Which alerts are pending, firing or over, and what has to be told of them when. Pure.
import { z } from 'zod'

/** What is the matter now, as somebody who looks says it. */
export type Finding = {
  /** What it is about: `worker`, or `app/<id>`. */
  readonly scope: string
  /** Name of the rule or condition. */
  readonly name: string
  readonly severity: 'warning' | 'error'
  readonly text: string
  readonly remedy: string
  /** Has to be so for this long before it is told. */
  readonly forMs: number
}

/** What is told: that something has begun, still is, or is over. */
export type Notice = Pick<Finding, 'scope' | 'name' | 'severity' | 'text' | 'remedy'> & {
  readonly state: 'firing' | 'resolved'
  /** It was told before. */
  readonly repeated: boolean
  readonly sinceMs: number
  readonly atMs: number
}

/** Nothing is told that fits: `scope` and `name` absent fit everything. */
export type Silence = {
  readonly scope?: string | undefined
  readonly name?: string | undefined
  readonly untilMs: number
}

/** Something is over when it was not so for as long as it had to be so, and at least for this long, milliseconds. */
const LEAST_QUIET_MS = 60_000
const MAX_ALERTS = 10_000

const alertSchema = z.strictObject({
  scope: z.string().max(64),
  name: z.string().max(128),
  severity: z.enum(['warning', 'error']),
  text: z.string().max(2_000),
  remedy: z.string().max(2_000),
  forMs: z.number().min(0),
  sinceMs: z.number(),
  seenMs: z.number(),
  firing: z.boolean(),
  toldMs: z.number().optional(),
})
const bookSchema = z.array(alertSchema).max(MAX_ALERTS)

type Alert = z.infer<typeof alertSchema>

/** At most 10,000 alerts; one more is not taken. */
export class AlertBook {
  readonly #alerts = new Map<string, Alert>()

  /** Goes on from a state; another value is none. */
  constructor(state?: unknown) {
    for (const alert of bookSchema.safeParse(state).data ?? [])
      this.#alerts.set(keyOf(alert), alert)
  }

  /** Notes something that is so now. */
  note(finding: Finding, nowMs: number): void {
    const key = keyOf(finding)
    const known = this.#alerts.get(key)
    if (known === undefined && this.#alerts.size >= MAX_ALERTS) return
    const firing = known?.firing ?? false
    const sinceMs = known?.sinceMs ?? nowMs
    this.#alerts.set(key, {
      ...{ scope: finding.scope, name: finding.name, severity: finding.severity },
      text: finding.text.slice(0, 2_000),
      remedy: finding.remedy.slice(0, 2_000),
      ...{ forMs: finding.forMs, sinceMs, seenMs: nowMs },
      firing: firing || nowMs - sinceMs >= finding.forMs,
      ...(known?.toldMs === undefined ? {} : { toldMs: known.toldMs }),
    })
  }

  /** Everything of a scope is over without a word. */
  forget(scope: string): void {
    for (const [key, alert] of this.#alerts) if (alert.scope === scope) this.#alerts.delete(key)
  }

  /** What has to be told now; it counts as told. What is silenced is told once its silence is over, if it still is so. */
  notices(nowMs: number, repeatMs: number, silences: readonly Silence[]): Notice[] {
    return [...this.#alerts].flatMap(([key, alert]): Notice[] => {
      const quietMs = nowMs - alert.seenMs
      const isOver = quietMs >= (alert.firing ? Math.max(alert.forMs, LEAST_QUIET_MS) : 1)
      if (isOver) {
        this.#alerts.delete(key)
        return alert.toldMs === undefined ? [] : [noticeOf(alert, 'resolved', nowMs)]
      }
      // A clock that was set back is no reason to be silent.
      const isDue = alert.toldMs === undefined || Math.abs(nowMs - alert.toldMs) >= repeatMs
      if (!alert.firing || !isDue || silences.some((one) => fits(one, alert, nowMs))) return []
      const notice = noticeOf(alert, 'firing', nowMs)
      alert.toldMs = nowMs
      return [notice]
    })
  }

  /** What fires now. */
  firing(): readonly Finding[] {
    return [...this.#alerts.values()].filter(({ firing }) => firing)
  }

  /** What the constructor takes. */
  state(): unknown {
    return [...this.#alerts.values()]
  }
}

function keyOf({ scope, name }: Pick<Finding, 'scope' | 'name'>): string {
  return `${scope} ${name}`
}

function noticeOf(alert: Alert, state: Notice['state'], atMs: number): Notice {
  const { scope, name, severity, text, remedy, sinceMs, toldMs } = alert
  const repeated = state === 'firing' && toldMs !== undefined
  return { scope, name, severity, text, remedy, state, repeated, sinceMs, atMs }
}

function fits({ scope, name, untilMs }: Silence, alert: Alert, nowMs: number): boolean {
  return (
    nowMs < untilMs &&
    (scope === undefined || scope === alert.scope) &&
    (name === undefined || name === alert.name)
  )
}
