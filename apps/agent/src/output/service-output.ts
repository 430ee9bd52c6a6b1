// What the services of an instance have written, in memory and bounded; and who waits for more. Pure but for its memory.
import { LINE_COST, LineRing, type KeptLine, type Stream } from './line-ring.ts'

/** A line and whose it is. */
export type OutputLine = KeptLine

/** What has been counted of one service. */
export type OutputCount = {
  readonly lines: number
  readonly bytes: number
  /** Lines that are not in memory any more. */
  readonly dropped: number
}

/** Shared evenly by the services, UTF-16 units; one has at least the second. */
const MAX_COST = 8 << 20
const MIN_SERVICE_COST = 512 << 10

type Kept = { readonly ring: LineRing; bytes: number }

/** The newest lines of every service. A service that writes much drops its own lines and nobody else's. */
export class ServiceOutput {
  readonly #services: ReadonlyMap<string, Kept>
  readonly #now: () => number
  readonly #waiting = new Set<() => void>()
  readonly #listeners: ((line: OutputLine) => void)[] = []
  #position = 0
  #bytes = 0
  #cost = 0
  /** What the lines of one service may cost. */
  readonly serviceCost: number

  /** `now` in milliseconds since 1970; `maxCost` in UTF-16 units for all services. */
  constructor(services: readonly string[], now: () => number, maxCost = MAX_COST) {
    const cost = Math.max(Math.floor(maxCost / Math.max(services.length, 1)), MIN_SERVICE_COST)
    this.serviceCost = cost
    this.#services = new Map(services.map((name) => [name, { ring: new LineRing(cost), bytes: 0 }]))
    this.#now = now
  }

  /** Names of the services. */
  get services(): string[] {
    return [...this.#services.keys()]
  }

  /** What all lines have cost in memory that there have been, UTF-16 units. */
  get cost(): number {
    return this.#cost
  }

  /** What all lines were cut from, bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Position of the newest line, 0 before there is one. */
  get position(): number {
    return this.#position
  }

  /** Adds lines of one service; `bytes` is what they were cut from. */
  add(service: string, stream: Stream, lines: readonly string[], bytes: number): void {
    const kept = this.#services.get(service)
    if (kept === undefined) return
    kept.bytes += bytes
    this.#bytes += bytes
    if (lines.length === 0) return
    const atMs = this.#now()
    for (const text of lines) {
      const line = kept.ring.push({ position: ++this.#position, atMs, service, stream, text })
      this.#cost += text.length + LINE_COST
      for (const listener of this.#listeners) listener(line)
    }
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Hears every line as it comes. */
  onLine(listener: (line: OutputLine) => void): void {
    this.#listeners.push(listener)
  }

  /** At most `limit` lines behind a position in the order they came, of one service or all. */
  after(position: number, limit: number, service?: string): readonly OutputLine[] {
    return this.#merge(service, (ring) => ring.after(position, limit)).slice(0, limit)
  }

  /** The newest `count` lines in the order they came, of one service or all. */
  newest(count: number, service?: string): readonly OutputLine[] {
    if (count === 0) return []
    return this.#merge(service, (ring) => ring.newest(count)).slice(-count)
  }

  count(service: string): OutputCount {
    const kept = this.#services.get(service)
    return {
      lines: kept?.ring.total ?? 0,
      bytes: kept?.bytes ?? 0,
      dropped: kept?.ring.dropped ?? 0,
    }
  }

  /** Resolves when there are lines behind `position`, at once where there are; rejects with the signal's reason. */
  more(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#position > position) {
        resolve()
        return
      }
      const wake = () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = () => {
        this.#waiting.delete(wake)
        reject(signal.reason as Error)
      }
      if (signal.aborted) onAbort()
      else {
        signal.addEventListener('abort', onAbort, { once: true })
        this.#waiting.add(wake)
      }
    })
  }

  #merge(
    service: string | undefined,
    lines: (ring: LineRing) => readonly KeptLine[],
  ): readonly OutputLine[] {
    const only = service ?? (this.#services.size === 1 ? this.services[0] : undefined)
    const ring = this.#services.get(only ?? '')?.ring
    if (only !== undefined) return ring === undefined ? [] : lines(ring)
    const all = [...this.#services.values()].flatMap(({ ring: each }) => lines(each))
    return all.sort((a, b) => a.position - b.position)
  }
}
