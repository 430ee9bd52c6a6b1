// From counters of containers to what an application used between two looks. Pure but for its memory of the last look.
import type { ContainerUsage } from '../runtime/runtime.ts'

/** What one application used since the look before, and what it holds now; absent where nothing counts it. */
export type AppUsage = {
  /** 0 at the first look. */
  readonly seconds: number
  readonly cpuMicros: number
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly memoryBytes?: number
  /** Only where every container has one. */
  readonly memoryLimitBytes?: number
  readonly diskBytes?: number
}

type Counters = { readonly cpu: number; readonly received: number; readonly sent: number }
type Held = { -readonly [Name in keyof AppUsage]: AppUsage[Name] }

const NONE: Counters = { cpu: 0, received: 0, sent: 0 }

/** Remembers the counters of running containers and pods; memory goes with them. */
export class UsageCounter {
  #before = new Map<string, Counters>()
  #disk = new Map<string, number>()
  #atMs: number | undefined

  /**
   * Usage by application. What was used before the first look is not counted: an earlier process of this worker has, or
   * nobody. A counter that went back began anew at 0. `atMs` is of a clock that only goes forward.
   */
  count(
    list: readonly ContainerUsage[],
    appOf: (podId: string) => bigint | undefined,
    atMs: number,
  ): Map<bigint, AppUsage> {
    const first = this.#atMs === undefined
    const seconds = Math.max(0, (atMs - (this.#atMs ?? atMs)) / 1_000)
    const now = new Map<string, Counters>()
    const disk = new Map<string, number>()
    const apps = new Map<bigint, Held>()
    const limitless = new Set<bigint>()
    for (const one of list) {
      const appId = appOf(one.podId)
      if (appId === undefined) continue
      const used = apps.get(appId) ?? { seconds, cpuMicros: 0, receivedBytes: 0, sentBytes: 0 }
      apps.set(appId, used)
      const name = `${one.podId}/${one.name}`
      used.cpuMicros += this.#since(now, name, { ...NONE, cpu: one.cpuMicros ?? 0 }, first).cpu
      if (!now.has(one.podId)) {
        const { networkRxBytes: received = 0, networkTxBytes: sent = 0 } = one
        const through = this.#since(now, one.podId, { ...NONE, received, sent }, first)
        used.receivedBytes += through.received
        used.sentBytes += through.sent
      }
      if (one.memoryBytes !== undefined)
        used.memoryBytes = (used.memoryBytes ?? 0) + one.memoryBytes
      if (one.memoryLimitBytes === undefined) limitless.add(appId)
      else used.memoryLimitBytes = (used.memoryLimitBytes ?? 0) + one.memoryLimitBytes
      // Counted rarely: in between the last count holds.
      const written = one.diskBytes ?? this.#disk.get(name)
      if (written !== undefined) {
        disk.set(name, written)
        used.diskBytes = (used.diskBytes ?? 0) + written
      }
    }
    for (const appId of limitless) delete apps.get(appId)?.memoryLimitBytes
    this.#before = now
    this.#disk = disk
    this.#atMs = atMs
    return apps
  }

  #since(now: Map<string, Counters>, name: string, value: Counters, first: boolean): Counters {
    const before = this.#before.get(name) ?? (first ? value : NONE)
    now.set(name, value)
    const grown = (key: keyof Counters) =>
      value[key] < before[key] ? value[key] : value[key] - before[key]
    return { cpu: grown('cpu'), received: grown('received'), sent: grown('sent') }
  }
}
