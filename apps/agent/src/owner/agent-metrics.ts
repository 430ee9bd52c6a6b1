// The agent's own view: its state, its memory and processor, what its services write. Reads its control group where it sees it.
import { readFileSync } from 'node:fs'
import type { StateAnswer } from '../instance-state.ts'
import type { ServiceExceptions } from '../output/service-exceptions.ts'
import type { ServiceOutput } from '../output/service-output.ts'
import type { AgentMetrics } from './schemas.ts'

/** Where numbers come from. */
export type MetricSources = {
  readonly output: ServiceOutput
  readonly exceptions: ServiceExceptions
  readonly state: { readonly answer: () => StateAnswer }
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly monotonicMs: () => number
}

const SAMPLES = 7
const SAMPLE_MS = 10_000

/** Keeps a minute of samples for rates. */
export class AgentMetricsReader {
  readonly #sources: MetricSources
  readonly #startMs: number
  /** Bytes of each service, oldest sample first. */
  readonly #samples: { readonly atMs: number; readonly bytes: ReadonlyMap<string, number> }[] = []
  readonly #timer: NodeJS.Timeout

  constructor(sources: MetricSources) {
    this.#sources = sources
    this.#startMs = sources.monotonicMs()
    this.#sample()
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS)
    this.#timer.unref()
  }

  /** Ends the sampling. */
  close(): void {
    clearInterval(this.#timer)
  }

  read(): AgentMetrics {
    const { output, exceptions, state, now, monotonicMs } = this.#sources
    const { state: name, leaseNotAfter } = state.answer()
    const nowMs = monotonicMs()
    const oldest = this.#samples[0]
    const { user, system } = process.cpuUsage()
    const limit = controlGroup('memory.max')
    return {
      time: new Date(now()).toISOString(),
      uptimeSeconds: (nowMs - this.#startMs) / 1_000,
      state: name,
      ...(leaseNotAfter === undefined ? {} : { leaseNotAfter }),
      agent: {
        memoryBytes: controlGroup('memory.current') ?? process.memoryUsage.rss(),
        ...(limit === undefined ? {} : { memoryLimitBytes: limit }),
        cpuSeconds: (user + system) / 1e6,
      },
      services: output.services.map((service) => {
        const { lines, bytes, dropped } = output.count(service)
        const seconds = oldest === undefined ? 0 : (nowMs - oldest.atMs) / 1_000
        const before = oldest?.bytes.get(service) ?? 0
        return {
          service,
          logLines: lines,
          logBytes: bytes,
          logLinesDropped: dropped,
          errorLines: exceptions.errorLines(service),
          bytesPerSecond: seconds > 0 ? (bytes - before) / seconds : 0,
        }
      }),
    }
  }

  #sample(): void {
    const { output, monotonicMs } = this.#sources
    const bytes = new Map(output.services.map((name) => [name, output.count(name).bytes]))
    this.#samples.push({ atMs: monotonicMs(), bytes })
    if (this.#samples.length > SAMPLES) this.#samples.shift()
  }
}

/** A number of the agent's control group (version 2), `undefined` where it is not seen or says `max`. */
function controlGroup(name: string): number | undefined {
  try {
    const text = readFileSync(`/sys/fs/cgroup/${name}`, 'utf8').trim()
    return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}
