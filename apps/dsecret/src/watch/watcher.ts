// Looks at every finalized block whom it cuts off, and writes that down. I/O by its parts.
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import type { Clock } from '../appraise/freshness.ts'
import { ROLE_WORKER, type Block, type Hex } from '../chain/chain-view.ts'
import type { Alert, AlertLog } from '../store/alert-log.ts'
import { observeApp, observeMachine, type Times } from './causes.ts'
import { diff, isOlder } from './diff.ts'
import { readLeaseFault, readMachineFault } from './faults.ts'
import {
  MAX_RANGE_BLOCKS,
  type AppReading,
  type FaultReading,
  type MachineReading,
  type WatchView,
} from './readings.ts'
import {
  leaseOf,
  nameOf,
  restsOn,
  type LiveSubject,
  type Observation,
  type SubjectKind,
} from './subjects.ts'
import { Rounds } from './rounds.ts'

/** What is told, for metrics. */
export type WatchEvents = {
  readonly onAlert?: (alert: Alert) => void
  /** After every round: what is live, how many wait to be read. */
  readonly onRound?: (live: Iterable<LiveSubject>, waiting: number) => void
}

/** What a watcher works with. */
export type WatcherParts = WatchEvents & {
  readonly view: WatchView
  readonly log: Log
  readonly alerts: AlertLog
  readonly clock: Clock
  readonly signal: AbortSignal
}

const POLL_MS = 500
const LONGEST_RETRY_MS = 8_000
/** Applications that one round reads at most; the others wait for the next one, which takes the newest block then. */
const MAX_APPS = 256
/** Of these, how many are looked at though nothing is known to have happened to them. */
const MAX_SWEPT_APPS = 32
/** Applications of which it is read at the same time why their leases count no more. */
const PARALLEL_APPS = 8
/** Machines that one round reads at most, for each kind. */
const MAX_MACHINES = 400
/** Likewise in turn. */
const MAX_SWEPT_WORKERS = 100
/** Reads of events in one round; a node that was down for longer looks at everything instead. */
const MAX_RANGES = 20n
/** Measurements that leases have; the DAO accepts a handful. */
const MAX_MEASUREMENTS = 32

/** Watches for one node. */
export class Watcher {
  readonly #parts: WatcherParts
  readonly #live: Map<string, LiveSubject>
  readonly #rounds: Rounds
  #condition: Condition | undefined

  /** Throws NodeError `alerts.unusable`. */
  constructor(parts: WatcherParts) {
    this.#parts = parts
    const { alerts } = parts
    this.#live = new Map(alerts.live().map((subject) => [nameOf(subject), subject]))
    this.#rounds = new Rounds({ judged: alerts.judged(), followed: alerts.followed() })
    // Until it is read again, nothing that was live before a restart is judged.
    this.#rounds.touch(this.#live.keys())
  }

  /** Why nothing is seen now. */
  get condition(): Condition | undefined {
    return this.#condition
  }

  /** Whether a subject was live in the last block that was judged. */
  isLive(kind: SubjectKind, id: string): boolean {
    return this.#live.has(nameOf({ kind, id }))
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, clock, view, log } = this.#parts
    let failures = 0
    while (!signal.aborted) {
      let waitMs = POLL_MS
      try {
        const isBehind = await this.round(await view.head())
        if (isBehind) waitMs = 0
        failures = 0
        this.#condition = undefined
      } catch (error) {
        if (signal.aborted) return
        failures++
        waitMs = Math.min(POLL_MS * 2 ** Math.min(failures, 6), LONGEST_RETRY_MS)
        log.warn({ code: codeOf(error), error: messageOf(error), failures }, 'watching failed')
        this.#condition = failing(error, failures)
      }
      await clock.sleep(waitMs, signal).catch(() => undefined)
    }
  }

  /** Judges by one block, unless it is older than the last one or was judged by completely. Returns whether more waits to be read. */
  async round(head: Block): Promise<boolean> {
    const { alerts, clock } = this.#parts
    const { judged } = this.#rounds
    if (isOlder(judged, head)) return false
    if (head.number === judged?.number && !this.#rounds.isBehind) return false
    this.#rounds.begin()
    await this.#follow(head)
    await this.#touchMeasurements(head)
    for (const subject of this.#live.values())
      if (subject.checkAt <= head.timestamp) this.#rounds.touch([nameOf(subject)])
    if (!this.#rounds.isDue(head)) return this.#rest(head)
    const times = { block: head, causeAt: (key: string) => this.#rounds.causeAt(key) }
    const counts = await this.#parts.view.counts(head.number)
    const machines = [
      ...(await this.#machines('node', counts.nodes, times)),
      ...(await this.#machines('worker', counts.workers, times)),
    ]
    this.#touchLeasesOf(machines)
    const leases = await this.#apps(counts.apps, times)
    const observations = [...machines, ...leases]
    const seen = { block: head, observations, nowMs: clock.now() }
    const difference = diff(this.#live, seen, judged)
    const made = alerts.commit(difference, head)
    for (const subject of difference.gone) this.#live.delete(nameOf(subject))
    for (const subject of difference.live) this.#live.set(nameOf(subject), subject)
    this.#rounds.end(head)
    if (!this.#rounds.isBehind) alerts.saveFollowed(this.#rounds.followed ?? head.number)
    for (const alert of made) this.#tell(alert)
    this.#parts.onRound?.(this.#live.values(), this.#rounds.waiting)
    return this.#rounds.isBehind
  }

  /** A block in which nothing has happened, and nobody's turn it is: all that was live is live. */
  #rest(head: Block): false {
    this.#rounds.rest(head)
    this.#parts.onRound?.(this.#live.values(), 0)
    return false
  }

  /** Takes in what has happened up to the head; without events where that would be too many blocks. */
  async #follow({ number }: Block): Promise<void> {
    const { view } = this.#parts
    const { followed } = this.#rounds
    if (followed === undefined || number - followed > MAX_RANGE_BLOCKS * MAX_RANGES) {
      this.#rounds.startOver(number)
      this.#rounds.touch(this.#live.keys())
      return
    }
    for (let first = followed + 1n; first <= number; first += MAX_RANGE_BLOCKS) {
      const end = first + MAX_RANGE_BLOCKS - 1n
      const last = end < number ? end : number
      const changes = await view.changes(first, last)
      await this.#rounds.take(changes, last, async (block) => (await view.block(block)).timestamp)
    }
  }

  /** Leases and machines of measurements that are accepted no more, also by time alone. */
  async #touchMeasurements({ number, timestamp }: Block): Promise<void> {
    const prefix = restsOn.measurement(ROLE_WORKER, '0x')
    const found = new Set<string>()
    for (const { rests } of this.#live.values())
      for (const key of rests) if (key.startsWith(prefix)) found.add(key)
    const some = [...found].slice(0, MAX_MEASUREMENTS)
    const references = await Promise.all(
      some.map((key) =>
        this.#parts.view.reference(ROLE_WORKER, key.slice(prefix.length - 2) as Hex, number),
      ),
    )
    for (const [place, { status, until }] of references.entries()) {
      const isAccepted = status === 'accepted' || (status === 'deprecated' && until > timestamp)
      if (!isAccepted) this.#rounds.touch([some[place]!, restsOn.measurements(ROLE_WORKER)])
    }
  }

  /** Observations of the machines that were touched, and of some others in turn. */
  async #machines(
    kind: MachineReading['kind'],
    count: bigint,
    times: Times,
  ): Promise<readonly Observation[]> {
    const { view } = this.#parts
    const at = times.block.number
    const known = this.#knownOf(kind)
    const touched = known.filter((subject) => this.#isTouched(subject)).map(({ id }) => id)
    const swept = kind === 'node' ? MAX_MACHINES : MAX_SWEPT_WORKERS
    const most = { all: MAX_MACHINES, swept }
    const ids = this.#rounds.machines(kind, touched.map(BigInt), count, most)
    const observations: Observation[] = []
    for (const machine of await view.machines(kind, ids, at)) {
      const before = this.#live.get(nameOf({ kind, id: String(machine.id) }))
      const isGone = before !== undefined && machine.until <= times.block.timestamp
      const fault = isGone ? await readMachineFault(view, machine, at) : undefined
      const observation = observeMachine(machine, before, fault, times)
      if (observation !== undefined) observations.push(observation)
    }
    return observations
  }

  /** A machine that counts no more, or another one than before, takes its leases with it. */
  #touchLeasesOf(machines: readonly Observation[]): void {
    for (const observation of machines)
      if ('gone' in observation && observation.gone.kind === 'worker')
        this.#rounds.touch([restsOn.worker(BigInt(observation.gone.id))])
  }

  /** Observations of the leases that were touched, and of some others in turn. */
  async #apps(count: bigint, times: Times): Promise<readonly Observation[]> {
    const { view } = this.#parts
    const known = new Map<bigint, LiveSubject[]>()
    const touched: bigint[] = []
    for (const subject of this.#knownOf('lease')) {
      const { appId = 0n } = leaseOf(subject) ?? {}
      known.set(appId, [...(known.get(appId) ?? []), subject])
      if (this.#isTouched(subject)) touched.push(appId)
    }
    const ids = this.#rounds.apps(touched, count, { all: MAX_APPS, swept: MAX_SWEPT_APPS })
    const apps = await view.apps(ids, times.block)
    const observations: Observation[] = []
    for (let first = 0; first < apps.length; first += PARALLEL_APPS) {
      const some = apps.slice(first, first + PARALLEL_APPS).map(async (app) => {
        const before = known.get(app.appId) ?? []
        return observeApp(app, before, await this.#faultsOf(app, before, times.block.number), times)
      })
      for (const seen of await Promise.all(some)) observations.push(...seen)
    }
    return observations
  }

  async #faultsOf(
    app: AppReading,
    before: readonly LiveSubject[],
    at: bigint,
  ): Promise<ReadonlyMap<string, FaultReading>> {
    const faults = new Map<string, FaultReading>()
    for (const lease of app.leases) {
      const id = `${app.appId}/${lease.version}/${lease.replica}`
      const isGone = !lease.live && before.some((subject) => subject.id === id)
      if (!isGone) continue
      const fault = await readLeaseFault(this.#parts.view, app.appId, lease, at)
      faults.set(nameOf({ kind: 'lease', id }), fault)
    }
    return faults
  }

  #isTouched(subject: LiveSubject): boolean {
    return this.#rounds.isTouched([nameOf(subject), ...subject.rests])
  }

  #knownOf(kind: SubjectKind): LiveSubject[] {
    return [...this.#live.values()].filter((subject) => subject.kind === kind)
  }

  #tell(alert: Alert): void {
    const { log, onAlert } = this.#parts
    const { number, kind, subject, state, cause, causeAt, delayMs, block } = alert
    const level = state === 'ended' ? 'info' : 'warn'
    log[level]({ number, kind, subject, state, cause, causeAt, delayMs, block }, 'cut off')
    onAlert?.(alert)
  }
}

function failing(error: unknown, failures: number): Condition {
  return {
    code: 'watch.failing',
    severity: 'warning',
    text: `leases and machines are not watched now (${codeOf(error)}, ${failures} tries): ${messageOf(error)}`,
    remedy:
      'check rpcUrls of the network profile and the disk; what is cut off meanwhile is told later',
  }
}
