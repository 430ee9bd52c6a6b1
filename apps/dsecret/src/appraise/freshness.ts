// How old the node's view and the named block may be, and the wait for a block that is not final here yet. I/O through the view.
import { setTimeout as delay } from 'node:timers/promises'
import type { Block, ChainView, Hex } from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'

/** Clocks and the wait; tests put their own here. */
export type Clock = {
  /** Wall clock, milliseconds. */
  readonly now: () => number
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
}

/** Evidence of an older block is refused, seconds of chain time. */
const MAX_EVIDENCE_AGE_SECONDS = 300n
/** A view of the chain older than this releases and signs nothing, milliseconds. */
const MAX_VIEW_AGE_MS = 300_000
/** How long a block that is not final here yet is waited for, milliseconds. */
const AHEAD_WAIT_MS = 30_000
/** A block further ahead than this does not become final within the wait. */
const MAX_AHEAD_BLOCKS = 256n
const POLL_MS = 500

/** The newest finalized block. Throws NodeError `view.stale` when it is too old to judge or sign by, and what the view throws. */
export async function freshHead(
  view: Pick<ChainView, 'head'>,
  clock: Pick<Clock, 'now'>,
): Promise<Block> {
  const head = await view.head()
  requireFresh(head, clock)
  return head
}

/** Throws NodeError `view.stale` for a head that is too old to judge, sign, send or store by. */
export function requireFresh(head: Block, clock: Pick<Clock, 'now'>): void {
  const ageMs = clock.now() - Number(head.timestamp) * 1_000
  if (ageMs > MAX_VIEW_AGE_MS)
    throw unable(
      'view.stale',
      `the newest finalized block that this node sees (${head.number}) is ${Math.round(ageMs / 1_000)} s old, at most ${MAX_VIEW_AGE_MS / 1_000} s: its chain or its clock stands wrong`,
    )
}

/**
 * The block that evidence names, and the head it was judged from. Throws NodeError `block.ahead` (not final here within the
 * wait), `block.unknown` (another block has this number), `block.stale`.
 */
export async function namedBlock(
  view: Pick<ChainView, 'head' | 'block'>,
  named: { readonly blockNumber: bigint; readonly blockHash: Hex },
  clock: Clock,
  signal: AbortSignal,
): Promise<{ block: Block; head: Block }> {
  const { blockNumber, blockHash } = named
  const head = await headFrom(view, blockNumber, clock, signal)
  const block = await view.block(blockNumber)
  if (block.hash !== blockHash)
    throw new NodeError(
      'block.unknown',
      `block ${blockNumber} is ${block.hash} here, the evidence names ${blockHash}: it follows another chain`,
    )
  const age = head.timestamp - block.timestamp
  if (age > MAX_EVIDENCE_AGE_SECONDS)
    throw new NodeError(
      'block.stale',
      `block ${blockNumber} is ${age} s older than the newest finalized one, at most ${MAX_EVIDENCE_AGE_SECONDS} s: make new evidence`,
    )
  return { block, head }
}

/** A head that is not below the number, waited for. */
async function headFrom(
  view: Pick<ChainView, 'head'>,
  number: bigint,
  clock: Clock,
  signal: AbortSignal,
): Promise<Block> {
  const untilMs = clock.monotonicMs() + AHEAD_WAIT_MS
  for (;;) {
    signal.throwIfAborted()
    const head = await freshHead(view, clock)
    const ahead = number - head.number
    if (ahead <= 0n) return head
    if (ahead > MAX_AHEAD_BLOCKS || clock.monotonicMs() >= untilMs)
      throw new NodeError(
        'block.ahead',
        `block ${number} is not final here, the newest finalized one is ${head.number}: name a finalized block, or ask again`,
        { retryable: true },
      )
    await clock.sleep(POLL_MS, signal)
  }
}
