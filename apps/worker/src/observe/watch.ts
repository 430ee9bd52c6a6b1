// Looks at engine and agents from time to time and says which applications have changed. Does I/O through its parts.
import type { Condition } from '@wetee/daemon'
import type { ConditionBoard } from '../condition/condition.ts'
import type { Guests } from '../instance/guests.ts'
import { keyOfLabels, keyOfPodId } from '../instance/identity.ts'
import type { Log } from '../log.ts'
import type { ObservedContainer, ObservedPod, Runtime } from '../runtime/runtime.ts'
import { codeOf, messageOf } from '../worker-error.ts'

/** What the watch works with. */
export type WatchParts = {
  /** See workerTag. */
  readonly tag: string
  readonly runtime: Pick<Runtime, 'list'>
  readonly guests: Pick<Guests, 'pollAll' | 'pollUnsettled'>
  readonly board: ConditionBoard
  readonly log: Log
  readonly enqueue: (appId: bigint) => void
}

type Seen = {
  readonly appId: bigint
  /** Whatever changes when one of its containers does. */
  readonly text: string
}

/** Remembers what was seen last. The world itself is read again by whoever acts on it. */
export class Watch {
  readonly #parts: WatchParts
  /** Pods by id, at the last look. */
  #pods = new Map<string, Seen>()
  #reachable = true

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /** Ids of applications that have a pod here, at the last look. */
  get apps(): ReadonlySet<bigint> {
    return new Set([...this.#pods.values()].map(({ appId }) => appId))
  }

  /** A look at the agents that something is expected of; never throws. */
  async glance(): Promise<void> {
    const { tag, guests, enqueue } = this.#parts
    for (const podId of await guests.pollUnsettled()) {
      const key = keyOfPodId(tag, podId)
      if (key !== undefined) enqueue(key.appId)
    }
  }

  /** One look; never throws. */
  async look(): Promise<void> {
    const { runtime, guests, board, log, enqueue } = this.#parts
    let list: ObservedPod[]
    try {
      list = await runtime.list()
    } catch (error) {
      if (this.#reachable) log.error({ error: messageOf(error) }, 'the engine does not answer')
      this.#reachable = false
      board.set('worker', 'engine', [engineUnreachable(error)])
      return
    }
    board.set('worker', 'engine', [])
    const back = !this.#reachable
    this.#reachable = true
    const pods = new Map<string, Seen>()
    const changed = new Set<bigint>()
    for (const { id, labels, containers } of list) {
      const key = keyOfLabels(this.#parts.tag, labels)
      if (key === undefined) continue
      const { appId } = key
      const text = containers.map(textOf).sort().join('\n')
      pods.set(id, { appId, text })
      if (back || this.#pods.get(id)?.text !== text) changed.add(appId)
    }
    for (const [id, { appId }] of this.#pods) if (!pods.has(id)) changed.add(appId)
    this.#pods = pods
    for (const podId of await guests.pollAll()) {
      const appId = pods.get(podId)?.appId
      if (appId !== undefined) changed.add(appId)
    }
    for (const appId of changed) enqueue(appId)
  }
}

/** Of every pod at every look: by hand, which takes a fraction of JSON's time. */
function textOf(container: ObservedContainer): string {
  const { name, ready, state } = container
  return state === 'running'
    ? `${name} ${state} ${ready} ${container.startedAtMs}`
    : `${name} ${state} ${ready} ${container.exitCode} ${container.oomKilled} ${container.finishedAtMs}`
}

/** What is said of an engine that does not answer. */
export function engineUnreachable(error: unknown): Condition {
  return {
    code: 'engine.unreachable',
    severity: 'error',
    text: `the container engine does not answer (${codeOf(error)}): ${messageOf(error)}`,
    remedy: 'start it; everything goes on by itself',
  }
}
