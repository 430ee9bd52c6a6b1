// What wakes applications: finalized events, engine and agents, and time. Does I/O through its parts.
import { setTimeout as delay } from 'node:timers/promises'
import type { Condition } from '@wetee/daemon'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { appsInEvents, type CloudEvent } from './observer.ts'
import type { Watch } from './watch.ts'

/** Follows finalized events from a block on, until its signal. */
export type FollowCloud = (
  fromBlock: bigint,
  onEvents: (events: readonly CloudEvent[]) => void,
) => Promise<void>

/** What the loops work with. */
export type LoopParts = {
  readonly workerId: bigint
  readonly watchMs: number
  readonly resyncMs: number
  readonly chain: Pick<WorkerChain, 'head' | 'appsOn' | 'committee'>
  readonly follow: FollowCloud
  readonly watch: Pick<Watch, 'look' | 'glance' | 'apps'>
  /** Applications that were here at the last look. */
  readonly known: () => readonly bigint[]
  readonly enqueue: (appId: bigint) => void
  /** The same where nothing new is known of it: after all others. */
  readonly sweep: (appId: bigint) => void
  /** Reads what the network holds for and against the worker; never throws. */
  readonly readStanding: () => Promise<void>
  /** After every round in which all applications were read from the chain. */
  readonly onResync?: (apps: ReadonlySet<bigint>) => Promise<void>
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** Between reads of the committee, milliseconds. */
const COMMITTEE_MS = 15_000
const RETRY_MS = 1_000
/** Between looks at agents that something is expected of, milliseconds: a start waits for three or four of them. */
const GLANCE_MS = 150

/** Runs all loops until the signal. */
export async function runLoops(parts: LoopParts): Promise<void> {
  const onChain = new Set<bigint>()
  await resync(parts, onChain)
  await Promise.all([
    every(parts.signal, parts.watchMs, () => parts.watch.look()),
    every(parts.signal, GLANCE_MS, () => parts.watch.glance()),
    every(parts.signal, parts.resyncMs, () => resync(parts, onChain)),
    every(parts.signal, COMMITTEE_MS, () => readCommittee(parts)),
    followEventsOf(parts, onChain),
  ])
}

/** Wakes every application that is this worker's on chain, was here at the last look, or has a pod. */
export async function resync(
  parts: Omit<LoopParts, 'watchMs' | 'resyncMs' | 'follow'>,
  onChain: Set<bigint>,
): Promise<void> {
  const { chain, watch, known, sweep, workerId, log, onResync } = parts
  await readCommittee(parts)
  await parts.readStanding()
  await watch.look()
  const apps = new Set([...watch.apps, ...known()])
  try {
    const { number } = await chain.head()
    for (const appId of await chain.appsOn(workerId, number)) onChain.add(appId)
    for (const appId of onChain) apps.add(appId)
    await onResync?.(apps)
  } catch (error) {
    log.warn({ code: codeOf(error), error: messageOf(error) }, 'the applications were not read')
  }
  for (const appId of apps) sweep(appId)
}

/** The heartbeat of the chain, too: what cannot be read is a condition until it can. */
async function readCommittee({ chain, board }: Pick<LoopParts, 'chain' | 'board'>): Promise<void> {
  try {
    const { number } = await chain.head()
    await chain.committee(number)
    board.set('worker', 'chain', [])
  } catch (error) {
    board.set('worker', 'chain', [chainUnreachable(error)])
  }
}

/** What is said of a chain that cannot be read. */
export function chainUnreachable(error: unknown): Condition {
  return {
    code: 'chain.unreachable',
    severity: 'error',
    text: `the chain cannot be read (${codeOf(error)}): ${messageOf(error)}`,
    remedy: 'applications go on until their leases lapse; check rpcUrls of the network profile',
  }
}

async function followEventsOf(parts: LoopParts, onChain: Set<bigint>): Promise<void> {
  const { chain, follow, known, enqueue, workerId, signal, log } = parts
  while (!signal.aborted) {
    try {
      const { number } = await chain.head()
      await follow(number, (events) => {
        const isKnown = (appId: bigint) => onChain.has(appId) || known().includes(appId)
        for (const appId of appsInEvents(events, workerId, isKnown)) {
          onChain.add(appId)
          enqueue(appId)
        }
      })
    } catch (error) {
      if (signal.aborted) return
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'following events failed')
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Repeats until the signal; what is repeated handles its own errors. */
async function every(signal: AbortSignal, ms: number, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await delay(ms, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await act()
  }
}
