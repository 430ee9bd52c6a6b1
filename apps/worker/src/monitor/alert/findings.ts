// What the rules find in the samples and the history of applications. Keeps a model for each anomaly rule. Pure but for its reads.
import { AnomalyModel } from '../anomaly/anomaly-model.ts'
import type { HistoryPoint, HistoryStore } from '../history/history-store.ts'
import type { Sample } from '../history/series.ts'
import type { Finding } from './alert-book.ts'
import { crossesInMs, MOST_POINTS, trendOf } from './forecast.ts'
import { shown, type Rule } from './rules.ts'

const MINUTE_MS = 60_000
/** An anomaly is told of for so long: one value says it once. */
const ANOMALY_MS = 10 * MINUTE_MS
/** State of models is written once in so many minutes. */
const SAVE_EVERY = 60

type Found = { readonly text: string } | undefined

/** Looks at one application at a time, at the minute that is over: once a minute each. */
export class Findings {
  readonly #rules: (appId: bigint) => readonly Rule[]
  readonly #history: Pick<HistoryStore, 'read' | 'model' | 'saveModel'>
  readonly #models = new Map<string, AnomalyModel>()
  readonly #unusual = new Map<string, { readonly untilMs: number; readonly text: string }>()
  /** The last reading of every series. */
  readonly #last = new Map<bigint, Sample>()

  constructor(
    rules: (appId: bigint) => readonly Rule[],
    history: Pick<HistoryStore, 'read' | 'model' | 'saveModel'>,
  ) {
    this.#rules = rules
    this.#history = history
  }

  /** Notes what was read: some series are read rarely, and hold until then. */
  note(appId: bigint, sample: Sample): void {
    this.#last.set(appId, { ...this.#last.get(appId), ...sample })
  }

  /** What is so at the end of the minute before `nowMs`. */
  look(nowMs: number, appId: bigint): Finding[] {
    const minute = Math.floor(nowMs / MINUTE_MS)
    const toMs = minute * MINUTE_MS
    const last = this.#last.get(appId) ?? {}
    const points = this.#history.read(appId, 'minute', toMs - MOST_POINTS * MINUTE_MS, toMs)
    const found = this.#rules(appId).flatMap((rule): Finding[] => {
      const one = this.#apply(rule, appId, points, last, toMs)
      if (one === undefined) return []
      const { name, severity, remedy, forMs } = rule
      return [{ scope: `app/${appId}`, name, severity, remedy, forMs, text: one.text }]
    })
    // Not all at once.
    if (minute % SAVE_EVERY === Number(appId % BigInt(SAVE_EVERY))) this.#save(appId)
    return found
  }

  /** Keeps what its models have learnt, and nothing else of it. */
  forget(appId: bigint): void {
    this.#save(appId)
    this.#last.delete(appId)
    for (const key of this.#models.keys()) if (key.startsWith(`${appId} `)) this.#models.delete(key)
  }

  #apply(
    rule: Rule,
    appId: bigint,
    points: readonly HistoryPoint[],
    limits: Sample,
    toMs: number,
  ): Found {
    const newest = points.at(-1)
    const fresh = newest?.atMs === toMs - MINUTE_MS ? newest.values[rule.series] : undefined
    switch (rule.kind) {
      case 'above': {
        const whole = rule.of === undefined ? 1 : limits[rule.of]
        if (fresh === undefined || whole === undefined || !(fresh.mean > rule.value * whole)) return
        return {
          text: `${rule.series} is ${shown(rule.series, fresh.mean)}, above ${shown(rule.series, rule.value * whole)}`,
        }
      }
      case 'below': {
        // Read rarely (escrow): the last reading holds.
        const value = fresh?.mean ?? limits[rule.series]
        if (value === undefined || !(value < rule.value)) return
        return {
          text: `${rule.series} is ${shown(rule.series, value)}, below ${shown(rule.series, rule.value)}`,
        }
      }
      case 'rises':
        return rises(rule, points, toMs)
      case 'crosses':
        return crosses(rule, points, limits)
      case 'anomaly':
        return this.#unusualNow(rule, appId, fresh?.mean, toMs)
    }
  }

  #unusualNow(rule: Rule, appId: bigint, value: number | undefined, toMs: number): Found {
    const key = `${appId} ${rule.name}`
    const model = this.#models.get(key) ?? this.#openModel(appId, rule.name)
    this.#models.set(key, model)
    const { alarm } = model.push(toMs, value)
    if (alarm && value !== undefined) {
      const text = `${rule.series} is unusual: ${shown(rule.series, value)} does not fit what was so far`
      this.#unusual.set(key, { untilMs: toMs + ANOMALY_MS, text })
    }
    const held = this.#unusual.get(key)
    if (held !== undefined && toMs < held.untilMs) return { text: held.text }
    this.#unusual.delete(key)
    return undefined
  }

  #openModel(appId: bigint, name: string): AnomalyModel {
    try {
      const state = this.#history.model(appId, name)
      if (state !== undefined) return new AnomalyModel({}, JSON.parse(state))
    } catch {
      // Of another version, or not readable: it learns anew.
    }
    return new AnomalyModel()
  }

  #save(appId: bigint): void {
    for (const { name, kind } of this.#rules(appId)) {
      const model = kind === 'anomaly' ? this.#models.get(`${appId} ${name}`) : undefined
      try {
        if (model !== undefined) this.#history.saveModel(appId, name, JSON.stringify(model.state()))
      } catch {
        // The monitor says that history cannot be written; the model goes on in memory.
      }
    }
  }
}

function rises(
  { series, value, withinMinutes }: Extract<Rule, { kind: 'rises' }>,
  points: readonly HistoryPoint[],
  toMs: number,
): Found {
  const within = points.filter(({ atMs }) => atMs >= toMs - withinMinutes * MINUTE_MS)
  const values = within.flatMap(({ values: all }) => all[series] ?? [])
  const more = (values.at(-1)?.max ?? 0) - (values[0]?.min ?? 0)
  if (values.length === 0 || more < value) return undefined
  return { text: `${series} rose by ${shown(series, more)} within ${withinMinutes} minutes` }
}

/** Of limits of 0 the series falls to them, of others it grows to them. */
function crosses(
  { series, limit, withinMinutes }: Extract<Rule, { kind: 'crosses' }>,
  points: readonly HistoryPoint[],
  limits: Sample,
): Found {
  const end = typeof limit === 'number' ? limit : limits[limit]
  const trend = trendOf(
    points.flatMap(({ atMs, values }) => {
      const value = values[series]?.mean
      return value === undefined ? [] : [{ atMs, value }]
    }),
  )
  if (end === undefined || trend === undefined) return undefined
  const inMs = crossesInMs(trend, end, end !== 0)
  if (inMs === undefined || inMs > withinMinutes * MINUTE_MS) return undefined
  const minutes = Math.max(0, Math.round(inMs / MINUTE_MS))
  return {
    text: `${series} is ${shown(series, trend.value)} and reaches ${shown(series, end)} in about ${minutes} minutes`,
  }
}
