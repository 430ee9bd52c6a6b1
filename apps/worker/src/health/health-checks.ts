// Runs the healthchecks of services in their containers and remembers what came of them. Does I/O through the runtime.
import type { Healthcheck } from '@wetee/manifest'
import type { Log } from '../log.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { codeOf } from '../worker-error.ts'
import { newHealth, nextHealth, pauseMs, type Health, type Outcome } from './health.ts'

/** One run of a container that is to be checked. */
export type Checked = {
  readonly container: string
  readonly check: Healthcheck
  /** What comes before the check's own words: the launcher, which adds secrets and keeps output from the engine. */
  readonly prefix: readonly string[]
  readonly startedAtMs: number
}

/** What checks are run with. */
export type HealthCheckParts = {
  readonly runtime: Pick<Runtime, 'exec'>
  /** Wall clock, milliseconds. */
  readonly now: () => number
  /** Calls once after so many milliseconds; the answer cancels. */
  readonly setTimer: (ms: number, fire: () => void) => () => void
  /** The state of a container has changed. */
  readonly onChange: (appId: bigint) => void
  readonly log: Log
  readonly signal: AbortSignal
}

type Entry = Checked & {
  readonly appId: bigint
  readonly podId: string
  health: Health
  cancel: () => void
  ended: boolean
}

/** At once, of all containers; the others wait for their turn. */
const MAX_RUNNING = 8
/** What a check prints goes to the launcher's pipes; the rest is dropped. */
const MAX_OUTPUT_BYTES = 0
/** As a shell and the launcher say it. */
const NOT_FOUND = 127
const NOT_RUNNABLE = 126

/** The checks of all containers of this worker, one at a time in each of them. */
export class HealthChecks {
  readonly #parts: HealthCheckParts
  readonly #pods = new Map<string, Map<string, Entry>>()
  readonly #waiting: Entry[] = []
  #running = 0

  constructor(parts: HealthCheckParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#close(), { once: true })
  }

  /**
   * From now on exactly these containers of a pod are checked, the first time at once; one that was started anew begins anew.
   * Returns what is known of each.
   */
  watch(appId: bigint, podId: string, wanted: readonly Checked[]): ReadonlyMap<string, Health> {
    const before = this.#pods.get(podId) ?? new Map<string, Entry>()
    const after = new Map<string, Entry>()
    for (const checked of wanted) {
      const known = before.get(checked.container)
      if (known?.startedAtMs === checked.startedAtMs) after.set(checked.container, known)
      else after.set(checked.container, this.#begin(appId, podId, checked))
    }
    for (const [name, entry] of before) if (after.get(name) !== entry) end(entry)
    if (after.size === 0) this.#pods.delete(podId)
    else this.#pods.set(podId, after)
    return new Map([...after].map(([name, { health }]) => [name, health]))
  }

  /** Pods of an application that are not there any more. */
  keepOnly(appId: bigint, podIds: ReadonlySet<string>): void {
    for (const [podId, entries] of this.#pods) {
      const [first] = entries.values()
      if (first?.appId === appId && !podIds.has(podId)) this.watch(appId, podId, [])
    }
  }

  #begin(appId: bigint, podId: string, checked: Checked): Entry {
    const entry: Entry = {
      ...{ ...checked, appId, podId, health: newHealth(checked.startedAtMs) },
      ...{ cancel: () => undefined, ended: this.#parts.signal.aborted },
    }
    this.#after(entry, 0)
    return entry
  }

  #after(entry: Entry, ms: number): void {
    if (entry.ended) return
    entry.cancel = this.#parts.setTimer(ms, () => {
      this.#waiting.push(entry)
      this.#next()
    })
  }

  #next(): void {
    while (this.#running < MAX_RUNNING) {
      const entry = this.#waiting.shift()
      if (entry === undefined) return
      if (entry.ended) continue
      this.#running++
      void this.#check(entry).finally(() => {
        this.#running--
        this.#next()
      })
    }
  }

  async #check(entry: Entry): Promise<void> {
    const { now, log, onChange } = this.#parts
    const { podId, container, check, startedAtMs, appId } = entry
    const beganMs = now()
    const outcome = await this.#run(entry)
    if (entry.ended) return
    const { health } = entry
    if (outcome !== undefined) {
      entry.health = nextHealth(health, check, startedAtMs, outcome, now())
      const { state, failures, reason } = entry.health
      if (state !== health.state) {
        log.info({ podId, container, state, failures, reason }, 'health has changed')
        onChange(appId)
      }
    }
    // A check that takes long must not take most of what its container may use.
    const tookMs = Math.max(now() - beganMs, 0)
    this.#after(entry, Math.max(pauseMs(entry.health, check, startedAtMs, now()), tookMs))
  }

  /** `undefined`: it could not be asked, which says nothing about its health. */
  async #run({ podId, container, check, prefix }: Entry): Promise<Outcome | undefined> {
    const [kind, ...words] = check.test
    const command = [...prefix, ...(kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words)]
    const { runtime, signal } = this.#parts
    const bounds = { timeoutMs: check.timeoutMs, maxBytes: MAX_OUTPUT_BYTES, signal }
    try {
      const { exitCode } = await runtime.exec(podId, container, { command, ...bounds })
      if (exitCode === 0) return { ok: true }
      if (exitCode === NOT_FOUND || exitCode === NOT_RUNNABLE)
        return { ok: false, reason: `${named(command, prefix)} (exit code ${exitCode})` }
      return { ok: false, reason: `it ends with exit code ${exitCode}` }
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'exec.timed-out')
        return { ok: false, reason: `it takes longer than ${check.timeoutMs} ms` }
      if (error instanceof RuntimeError && error.code === 'exec.start-failed')
        return { ok: false, reason: named(command, prefix) }
      this.#parts.log.debug({ podId, container, code: codeOf(error) }, 'a check could not be run')
      return undefined
    }
  }

  #close(): void {
    for (const entries of this.#pods.values()) for (const entry of entries.values()) end(entry)
    this.#pods.clear()
  }
}

function named(command: readonly string[], prefix: readonly string[]): string {
  const program = JSON.stringify((command[prefix.length] ?? '').slice(0, 100))
  return `${program}, or what it runs, is not in the image or cannot be run`
}

function end(entry: Entry): void {
  entry.ended = true
  entry.cancel()
}
