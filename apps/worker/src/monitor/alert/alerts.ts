// Alerts of a worker: what rules and conditions say, kept in a book, told to the destinations that want to know. Reads and writes history.
import type { Condition } from '@wetee/daemon'
import type { ConditionBoard } from '../../condition/condition.ts'
import type { Log } from '../../log.ts'
import type { Sample } from '../history/series.ts'
import type { HistoryStore } from '../history/history-store.ts'
import { AlertBook, type Finding, type Notice, type Silence } from './alert-book.ts'
import type { Delivery } from './delivery.ts'
import { Findings } from './findings.ts'
import type { Rule } from './rules.ts'

/** A destination, and of what it wants to know: `worker`, `apps`, `app/<id>`. */
export type Subscriber = {
  readonly name: string
  readonly scopes: readonly string[]
  readonly delivery: Pick<Delivery, 'take' | 'failure' | 'lost'>
}

/** What alerts are made of. */
export type AlertParts = {
  /** Of an application: the worker's, and those of its owner. */
  readonly rules: (appId: bigint) => readonly Rule[]
  readonly silences: readonly Silence[]
  readonly repeatMs: number
  /** Between looks. */
  readonly sampleMs: number
  readonly subscribers: readonly Subscriber[]
  /** Where the owner of an application wants to be told; asked for each notice about it. */
  readonly ownerOf: (appId: bigint) => Pick<Delivery, 'take'> | undefined
  readonly history: Pick<HistoryStore, 'read' | 'model' | 'saveModel'>
  readonly board: ConditionBoard
  readonly log: Log
}

const MINUTE_MS = 60_000
/** Rules are applied to all applications within this time. */
const SPREAD_MS = 30_000
/** Conditions come and go with single tries; they have to hold for so long. */
const CONDITION_MS = 60_000
/** Under which the book is kept: no application has the number 0. */
const BOOK = { appId: 0n, name: 'alerts' }

/** Looks with the monitor. */
export class Alerts {
  readonly #parts: AlertParts
  readonly #findings: Findings
  readonly #book: AlertBook
  /** What was found at the last look at each application, and in which minute that was. */
  readonly #found = new Map<
    bigint,
    { readonly minute: number; readonly findings: readonly Finding[] }
  >()

  constructor(parts: AlertParts) {
    this.#parts = parts
    this.#findings = new Findings(parts.rules, parts.history)
    this.#book = new AlertBook(readBook(parts.history))
  }

  /** Looks at conditions each time, at rules once a minute, and tells what has to be told. Never throws. */
  look(nowMs: number, samples: ReadonlyMap<bigint, Sample>): void {
    const { board, log, repeatMs, silences } = this.#parts
    try {
      this.#forgetOthers(samples)
      const scopes = ['worker' as const, ...[...samples.keys()].map((id) => `app/${id}` as const)]
      for (const scope of scopes)
        for (const condition of board.list(scope)) this.#noteCondition(scope, condition, nowMs)
      for (const [appId, sample] of samples) this.#findings.note(appId, sample)
      this.#applyRules(nowMs, [...samples.keys()])
      for (const { findings } of this.#found.values())
        for (const finding of findings) this.#book.note(finding, nowMs)
      const notices = this.#book.notices(nowMs, repeatMs, silences)
      for (const notice of notices) this.#tell(notice)
      if (notices.length > 0) this.#save()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : '' }, 'alerts not looked at')
    }
    this.#report()
  }

  /** What fires now. */
  firing(): readonly Finding[] {
    return this.#book.firing()
  }

  /** Every application once a minute, some at each look: all at once would hold everything else up. */
  #applyRules(nowMs: number, apps: readonly bigint[]): void {
    const minute = Math.floor(nowMs / MINUTE_MS)
    const share = Math.min(1, this.#parts.sampleMs / SPREAD_MS)
    const waiting = apps.filter((appId) => this.#found.get(appId)?.minute !== minute)
    for (const appId of waiting.slice(0, Math.ceil(share * apps.length)))
      this.#found.set(appId, { minute, findings: this.#findings.look(nowMs, appId) })
  }

  #forgetOthers(samples: ReadonlyMap<bigint, unknown>): void {
    for (const appId of this.#found.keys())
      if (!samples.has(appId)) {
        this.#found.delete(appId)
        this.#findings.forget(appId)
        this.#book.forget(`app/${appId}`)
      }
  }

  #noteCondition(scope: string, condition: Condition, nowMs: number): void {
    const { code, severity, text, remedy } = condition
    // What is said of the destinations themselves would go in circles.
    if (severity === 'info' || code.startsWith('alert.')) return
    this.#book.note({ scope, name: code, severity, text, remedy, forMs: CONDITION_MS }, nowMs)
  }

  #tell(notice: Notice): void {
    const { subscribers, ownerOf, log } = this.#parts
    const { scope, name, state } = notice
    log.info({ scope, alert: name, state }, 'alert')
    for (const { scopes, delivery } of subscribers)
      if (scopes.includes(scope) || (scope !== 'worker' && scopes.includes('apps')))
        delivery.take(notice)
    const [, appId] = /^app\/([0-9]+)$/.exec(scope) ?? []
    if (appId !== undefined) ownerOf(BigInt(appId))?.take(notice)
  }

  #save(): void {
    try {
      const { appId, name } = BOOK
      this.#parts.history.saveModel(appId, name, JSON.stringify(this.#book.state()))
    } catch {
      // The monitor says that history cannot be written; alerts go on in memory.
    }
  }

  #report(): void {
    const failed = this.#parts.subscribers.filter(({ delivery }) => delivery.failure !== undefined)
    this.#parts.board.set(
      'worker',
      'alerts',
      failed.map(({ name, delivery }) => ({
        code: 'alert.not-delivered',
        severity: 'warning' as const,
        text: `alerts do not reach ${name}: ${delivery.failure}; ${delivery.lost} were given up`,
        remedy: 'check address and secret of monitoring.destinations; waiting ones are sent then',
      })),
    )
  }
}

function readBook(history: AlertParts['history']): unknown {
  try {
    const text = history.model(BOOK.appId, BOOK.name)
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
