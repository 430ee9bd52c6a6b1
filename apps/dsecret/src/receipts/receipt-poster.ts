// Puts the root of new receipts on chain, by default every hour, when there are any. I/O by its parts.
import { merkleRoot } from '@wetee/secrets'
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import type { ChainView } from '../chain/chain-view.ts'
import { logChanged } from './receipt-chain.ts'
import type { Batch, ReceiptLog } from './receipt-log.ts'

/** What the poster works with. */
export type ReceiptPosterParts = {
  readonly nodeId: bigint
  readonly view: Pick<ChainView, 'head' | 'receiptsPosted'>
  readonly receipts: Pick<ReceiptLog, 'leaves' | 'last' | 'raise' | 'batchOf' | 'saveBatch'>
  /** Sends `Secrets.postReceipts`; resolves when it is mined. */
  readonly submit: (batch: Batch) => Promise<void>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Between two looks for new ones, default an hour. */
  readonly everyMs?: number | undefined
  /** Receipts under one root, default 1,024. */
  readonly maxBatch?: number
  readonly log: Log
  readonly signal: AbortSignal
}

const INTERVAL_MS = 3_600_000
const RETRY_MS = 60_000
/** Receipts under one root: whoever asks for a proof has this node hash so many. What is more goes under the next root at once. */
const MAX_BATCH = 1_024

/** Posts roots of one node. */
export class ReceiptPoster {
  readonly #parts: ReceiptPosterParts
  #condition: Condition | undefined

  constructor(parts: ReceiptPosterParts) {
    this.#parts = parts
  }

  /** Why receipts are not on chain; undefined while they are. */
  get condition(): Condition | undefined {
    return this.#condition
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, clock, log } = this.#parts
    while (!signal.aborted) {
      let waitMs = this.#parts.everyMs ?? INTERVAL_MS
      try {
        await this.post()
        this.#condition = undefined
      } catch (error) {
        if (signal.aborted) return
        waitMs = RETRY_MS
        const text = messageOf(error)
        log.warn({ code: codeOf(error), error: text }, 'receipts are not on chain yet')
        this.#condition = codeOf(error) === 'receipt.log-changed' ? stolen(text) : notPosted(text)
      }
      await clock.sleep(waitMs, signal).catch(() => undefined)
    }
  }

  /** Posts roots until every receipt is under one. Throws what the parts throw. */
  async post(): Promise<void> {
    const { view, receipts, nodeId, submit, clock, log, maxBatch = MAX_BATCH } = this.#parts
    const head = await freshHead(view, clock)
    const posted = await view.receiptsPosted(nodeId, head.number)
    // A disk that was set back has fewer than the chain: its numbers go on behind them.
    if (posted > receipts.last()) receipts.raise(posted)
    for (let first = posted + 1n; ;) {
      // The same batch again after a crash: what was sent may be mined yet.
      const saved = receipts.batchOf(first)
      const again = saved?.first === first ? saved : undefined
      const leaves = receipts.leaves(first, again?.count ?? maxBatch)
      if (leaves.length === 0) {
        if (again === undefined) return
        throw logChanged(`receipts from ${first} on were removed`)
      }
      const batch = { first, count: leaves.length, root: merkleRoot(leaves) }
      // Never a root that the disk says, only one of receipts that are there.
      if (again !== undefined && (again.count !== batch.count || again.root !== batch.root))
        throw logChanged(`the root of receipts from ${first} on is not that of the receipts`)
      if (again === undefined) receipts.saveBatch(batch)
      await submit(batch)
      log.info({ first: String(batch.first), count: batch.count }, 'root of receipts is on chain')
      first = batch.first + BigInt(batch.count)
    }
  }
}

function notPosted(text: string): Condition {
  return {
    code: 'receipts.not-posted',
    severity: 'warning',
    text: `the root of the newest receipts is not on chain: ${text}`,
    remedy: 'it is tried again every minute; look whether the operator can pay',
  }
}

function stolen(text: string): Condition {
  return {
    code: 'receipts.log-changed',
    severity: 'error',
    text: `no root is posted: ${text}`,
    remedy:
      'find out who writes to the disk of this node; put the log back as it was, or move it away: numbers go on behind those on chain',
  }
}
