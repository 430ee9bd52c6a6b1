// Sums up what applications use into samples of the ledger, and proves the chain when rent is settled. Writes its ledger.
import { usageStatement } from '@wetee/attestation'
import type { LocalAccount } from 'viem'
import type { WorkProof } from '../chain/worker-chain.ts'
import type { ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import type { AppUsage } from '../monitor/usage-counter.ts'
import { messageOf } from '../worker-error.ts'
import type { UsageEntry, UsageLedger } from './usage-ledger.ts'

/** What a usage meter works with. */
export type UsageMeterParts = {
  readonly ledger: UsageLedger
  readonly account: Pick<LocalAccount, 'signMessage'>
  /** Address of this worker's API, where the samples can be read. */
  readonly endpoint: string
  /** Time of one sample. */
  readonly sampleMs: number
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number
  readonly board: ConditionBoard
  readonly log: Log
}

type Open = { -readonly [Name in keyof UsageEntry]: UsageEntry[Name] }

/** Keeps what is not written yet: where the disk is full, a sample becomes longer instead of getting lost. */
export class UsageMeter {
  readonly #parts: UsageMeterParts
  readonly #open = new Map<bigint, Open>()

  constructor(parts: UsageMeterParts) {
    this.#parts = parts
  }

  /** Adds what was used since the last look, and writes every sample that is long enough. */
  note(usage: ReadonlyMap<bigint, AppUsage>, restarts: ReadonlyMap<bigint, number>): void {
    const nowMs = this.#parts.now()
    for (const [appId, used] of usage) {
      const open = this.#open.get(appId) ?? emptyAt(nowMs - 1_000 * used.seconds)
      this.#open.set(appId, open)
      open.toMs = Math.max(open.toMs, Math.round(nowMs))
      open.cpuMicros = sum(open.cpuMicros, used.cpuMicros)
      open.memoryByteSeconds = sum(open.memoryByteSeconds, (used.memoryBytes ?? 0) * used.seconds)
      open.diskBytes = sum(0, used.diskBytes ?? open.diskBytes)
      open.receivedBytes = sum(open.receivedBytes, used.receivedBytes)
      open.sentBytes = sum(open.sentBytes, used.sentBytes)
      open.restarts = sum(open.restarts, restarts.get(appId) ?? 0)
    }
    const { sampleMs } = this.#parts
    // One whose clock was set back is closed, too; one that is gone has nothing to come.
    const due = [...this.#open].filter(
      ([appId, { fromMs }]) => Math.abs(nowMs - fromMs) >= sampleMs || !usage.has(appId),
    )
    if (due.length > 0) this.#write(new Map(due))
  }

  /** Writes everything that is open: for the end of this process. */
  flush(): void {
    if (this.#open.size > 0) this.#write(new Map(this.#open))
  }

  /** Writes what is open of an application and signs its chain; `undefined` where nothing was ever counted. */
  async prove(appId: bigint): Promise<WorkProof | undefined> {
    const { ledger, account, endpoint, now } = this.#parts
    const open = this.#open.get(appId)
    if (open !== undefined) this.#write(new Map([[appId, open]]))
    const head = ledger.head(appId)
    if (head === undefined) return undefined
    const { sequence, digest } = head
    const message = usageStatement(ledger.scope(appId), sequence, digest)
    const signature = await account.signMessage({ message })
    ledger.sign(appId, { sequence, digest, signature, atMs: Math.round(now()) })
    return { digest, uri: `${endpoint.replace(/\/+$/, '')}/v1/apps/${appId}/usage` }
  }

  #write(entries: ReadonlyMap<bigint, UsageEntry>): void {
    const { ledger, board, log } = this.#parts
    try {
      ledger.append(entries)
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'usage not written')
      board.set('worker', 'usage', [
        {
          code: 'usage.not-written',
          severity: 'warning',
          text: `usage of applications cannot be written: ${messageOf(error)}`,
          remedy: 'free space in the state folder; what was counted meanwhile is written then',
        },
      ])
      return
    }
    for (const appId of entries.keys()) this.#open.delete(appId)
    board.set('worker', 'usage', [])
  }
}

function emptyAt(atMs: number): Open {
  const fromMs = Math.max(0, Math.round(atMs))
  const nothing = { cpuMicros: 0, memoryByteSeconds: 0, diskBytes: 0 }
  return { fromMs, toMs: fromMs, ...nothing, receivedBytes: 0, sentBytes: 0, restarts: 0 }
}

function sum(a: number, b: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(a + b))
}
