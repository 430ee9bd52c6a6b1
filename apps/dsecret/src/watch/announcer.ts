// Leaves a trace of cut-offs on chain: has what the lease attested settled, one node of the committee after the other. I/O by its parts.
import { codeOf, messageOf, type Log } from '@wetee/daemon'
import type { Clock } from '../appraise/freshness.ts'
import { TURN_MS } from '../epochs/turns.ts'
import type { Alert, AlertLog } from '../store/alert-log.ts'
import type { WatchView } from './readings.ts'
import { leaseOf, type SubjectKind } from './subjects.ts'

/** Sends `Cloud.settle`; resolves when it is mined. The same key is sent once, also after a restart. */
export type SubmitSettlement = (appId: bigint, key: string) => Promise<void>

/** What an announcer works with. */
export type AnnouncerParts = {
  readonly nodeId: bigint
  readonly view: Pick<WatchView, 'head' | 'committees' | 'unsettledSeconds'>
  readonly alerts: Pick<AlertLog, 'unsettled' | 'settled'>
  readonly isLive: (kind: SubjectKind, id: string) => boolean
  readonly submit: SubmitSettlement
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

const POLL_MS = 1_000
/** Looked at in one round; what is more waits. */
const MAX_OPEN = 32
/** What somebody makes lapse again and again costs this node no more than so many transactions an hour. */
const MAX_PER_HOUR = 60
const HOUR_MS = 3_600_000
/** Tries of one alert; then it stands without. */
const MAX_ATTEMPTS = 5

/** Announces for one node. */
export class Announcer {
  readonly #parts: AnnouncerParts
  readonly #attempts = new Map<number, number>()
  #sentAtMs: number[] = []

  constructor(parts: AnnouncerParts) {
    this.#parts = parts
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, clock, log } = this.#parts
    while (!signal.aborted) {
      try {
        await this.round()
      } catch (error) {
        if (signal.aborted) return
        log.warn({ code: codeOf(error), error: messageOf(error) }, 'cut-offs are not settled yet')
      }
      await clock.sleep(POLL_MS, signal).catch(() => undefined)
    }
  }

  /** Looks at open alerts, and sends for those whose turn it is. Throws what the view and the log throw. */
  async round(): Promise<void> {
    const { view, alerts, nodeId } = this.#parts
    const open = alerts.unsettled(MAX_OPEN)
    if (open.length === 0) return
    const { number } = await view.head()
    const { active } = await view.committees(number)
    const place = active?.members.indexOf(nodeId) ?? -1
    for (const alert of open)
      if (BigInt(alert.block) <= number) await this.#one(alert, place, number)
  }

  async #one(alert: Alert, place: number, at: bigint): Promise<void> {
    const { view, isLive, clock, log, submit, signal } = this.#parts
    const lease = leaseOf({ kind: alert.kind, id: alert.subject })
    const isDone =
      lease === undefined ||
      // It is back: what it attested goes on.
      isLive(alert.kind, alert.subject) ||
      (await view.unsettledSeconds(lease.appId, at)) === 0n
    if (isDone) return this.#done(alert)
    const isTurn = place >= 0 && clock.now() - alert.cutOffAt >= place * TURN_MS
    if (!isTurn || !this.#mayPay()) return
    const attempt = (this.#attempts.get(alert.number) ?? 0) + 1
    this.#attempts.set(alert.number, attempt)
    const fields = { number: alert.number, appId: String(lease.appId) }
    try {
      await submit(lease.appId, `cut-off/${lease.appId}/${alert.block}/${attempt}`)
      log.info(fields, 'cut-off settled')
      this.#done(alert)
    } catch (error) {
      if (signal.aborted) return
      const code = codeOf(error)
      // Somebody has paused or ended it meanwhile: that is on chain too.
      const isOver = code === 'contract.AppStateWrong' || attempt >= MAX_ATTEMPTS
      log[isOver ? 'info' : 'warn']({ ...fields, code, attempt }, 'cut-off not settled')
      if (isOver) this.#done(alert)
    }
  }

  #done({ number }: Alert): void {
    this.#attempts.delete(number)
    this.#parts.alerts.settled(number)
  }

  #mayPay(): boolean {
    const now = this.#parts.clock.monotonicMs()
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => now - atMs < HOUR_MS)
    if (this.#sentAtMs.length >= MAX_PER_HOUR) return false
    this.#sentAtMs.push(now)
    return true
  }
}
