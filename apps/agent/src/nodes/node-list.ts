// Whom this instance asks: the committee as the worker names it now, or named it last. Asks the worker.
import { errorFields, type Log } from '../log.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import type { Node } from './node-call.ts'

/** Nodes to ask, and how many have to answer alike. The worker's word: what they say has to prove itself. */
export type AskedNodes = { readonly nodes: readonly Node[]; readonly threshold: number }

/** What a list works with. */
export type NodeListParts = {
  readonly worker: Pick<WorkerClient, 'committee'>
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** The worker is asked again after so long, milliseconds: calls that come together ask the same nodes. */
const MAX_AGE_MS = 5_000

/** The nodes of one instance; begins with those of its launch. */
export class NodeList {
  readonly #parts: NodeListParts
  #known: AskedNodes
  #askedMs = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined

  constructor(parts: NodeListParts, first: AskedNodes) {
    this.#parts = parts
    this.#known = first
  }

  /** At most five seconds old; the last that were named where the worker names none. Never rejects. */
  async latest(): Promise<AskedNodes> {
    if (this.#parts.monotonicMs() - this.#askedMs >= MAX_AGE_MS)
      await (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)))
    return this.#known
  }

  async #ask(): Promise<void> {
    const { worker, monotonicMs, log, signal } = this.#parts
    try {
      const named = await worker.committee(signal)
      if (textOf(named) !== textOf(this.#known))
        log.info({ nodes: idsOf(named), threshold: named.threshold }, 'another committee is asked')
      this.#known = named
    } catch (error) {
      if (!signal.aborted) log.warn(errorFields(error), 'the worker names no committee')
    }
    this.#askedMs = monotonicMs()
  }
}

function idsOf({ nodes }: AskedNodes): string {
  return nodes.map(({ nodeId }) => String(nodeId)).join()
}

function textOf({ nodes, threshold }: AskedNodes): string {
  const all = nodes.map(({ nodeId, host, tlsKeyHash }) => [String(nodeId), host, tlsKeyHash])
  return JSON.stringify([threshold, all])
}
