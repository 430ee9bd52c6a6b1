// Exceptions grouped by fingerprint, counted, with first and last seen; bounded. Pure.
import type { Exception } from './exception.ts'

/** Exceptions of one fingerprint; message, frame and sample are those of the last one. */
export type ExceptionGroup = Omit<Exception, 'atMs'> & {
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** At most `maxGroups` groups; the one that was quiet longest gives way. */
export class ExceptionGroups {
  /** Groups that had to give way. */
  dropped = 0
  readonly #maxGroups: number
  readonly #groups = new Map<string, ExceptionGroup>()

  constructor(maxGroups = 200, groups: Iterable<ExceptionGroup> = []) {
    this.#maxGroups = maxGroups
    for (const group of groups) this.#put(group)
  }

  /** Counts an exception; whether it is the first of its group. */
  add({ atMs, ...exception }: Exception): boolean {
    const known = this.#groups.get(exception.fingerprint)
    this.#put({
      ...exception,
      count: (known?.count ?? 0) + 1,
      firstMs: Math.min(known?.firstMs ?? atMs, atMs),
      lastMs: Math.max(known?.lastMs ?? atMs, atMs),
    })
    return known === undefined
  }

  /** All groups, the one seen last first. */
  list(): ExceptionGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.lastMs - a.lastMs)
  }

  #put(group: ExceptionGroup): void {
    this.#groups.set(group.fingerprint, group)
    if (this.#groups.size <= this.#maxGroups) return
    const quiet = [...this.#groups.values()]
      .filter(({ fingerprint }) => fingerprint !== group.fingerprint)
      .reduce((a, b) => (b.lastMs < a.lastMs ? b : a))
    this.#groups.delete(quiet.fingerprint)
    this.dropped++
  }
}
