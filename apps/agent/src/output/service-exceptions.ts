// Exceptions in what services write: joined over lines by stream, grouped over the instance. Pure but for its memory.
import { ExceptionGroups, LogReader, type ExceptionGroup } from '@wetee/exceptions'
import type { OutputLine, ServiceOutput } from './service-output.ts'

/** A group, the service that it is of, and its times as text. */
export type ServiceException = Omit<ExceptionGroup, 'firstMs' | 'lastMs'> & {
  readonly service: string
  readonly first: string
  readonly last: string
}

const MAX_GROUPS = 100
/** Lines of one service that are looked at in a second: whoever writes more does not get the agent's processor. */
const MAX_LINES_PER_SECOND = 10_000

type Watched = {
  readonly groups: ExceptionGroups
  readonly readers: Readonly<Record<OutputLine['stream'], LogReader>>
  /** The second that `looked` counts lines of. */
  secondMs: number
  looked: number
}

/** At most 100 groups of each service. */
export class ServiceExceptions {
  readonly #services = new Map<string, Watched>()
  readonly #now: () => number

  /** Hears every line of `output` from now on; `now` in milliseconds since 1970. */
  constructor(output: ServiceOutput, now: () => number) {
    this.#now = now
    for (const name of output.services)
      this.#services.set(name, {
        groups: new ExceptionGroups(MAX_GROUPS),
        readers: { stdout: new LogReader(), stderr: new LogReader() },
        secondMs: 0,
        looked: 0,
      })
    output.onLine((line) => {
      const watched = this.#services.get(line.service)
      if (watched === undefined || !isLookedAt(watched, line.atMs)) return
      for (const exception of watched.readers[line.stream].push(line)) watched.groups.add(exception)
    })
  }

  /** All groups, the one seen last first. */
  list(): ServiceException[] {
    const all: (ExceptionGroup & { readonly service: string })[] = []
    for (const [service, { groups, readers }] of this.#services) {
      for (const reader of Object.values(readers))
        for (const exception of reader.flushIdle(this.#now())) groups.add(exception)
      all.push(...groups.list().map((group) => ({ ...group, service })))
    }
    return all
      .sort((a, b) => b.lastMs - a.lastMs)
      .map(({ firstMs, lastMs, ...group }) => ({
        ...group,
        first: new Date(firstMs).toISOString(),
        last: new Date(lastMs).toISOString(),
      }))
  }

  /** Lines of a service that were written at an error's level, or began an exception. */
  errorLines(service: string): number {
    const readers = this.#services.get(service)?.readers
    return readers === undefined ? 0 : readers.stdout.errorLines + readers.stderr.errorLines
  }
}

function isLookedAt(watched: Watched, atMs: number): boolean {
  if (Math.abs(atMs - watched.secondMs) >= 1_000) {
    watched.secondMs = atMs
    watched.looked = 0
  }
  return watched.looked++ < MAX_LINES_PER_SECOND
}
