// Seals logs and bundles to the owner's key, one record after the other, and hands them to the worker to keep. Does socket I/O.
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeLine, NO_RECORD, sealRecord, type RecordHeader } from '@wetee/sealed-log'
import { errorFields, type Log } from '../log.ts'
import { LINE_COST } from '../output/line-ring.ts'
import type { ServiceOutput } from '../output/service-output.ts'

/** What sealing needs. */
export type RecordSealerParts = {
  /** Every record names them. */
  readonly place: Omit<RecordHeader, 'format' | 'kind' | 'index' | 'previous'>
  /** The owner's public key, 32 bytes. */
  readonly logKey: Uint8Array
  /** By the instance's signing key. */
  readonly sign: (hash: `0x${string}`) => Promise<`0x${string}`>
  /** Hands a record to the worker; rejects while it does not take it. */
  readonly send: (
    kind: RecordHeader['kind'],
    bytes: Uint8Array,
    signal: AbortSignal,
  ) => Promise<void>
  readonly output: ServiceOutput
  readonly monotonicMs: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** Lines are sealed this long after the first of them came, or when so much has come, whichever is first. */
const SEAL_AFTER_MS = 3_000
const SEAL_BYTES = 262_144
/** Text of one record of logs at most, UTF-16 units: 3 bytes each at worst, below a record's bound. */
const MAX_RECORD_LENGTH = 262_144
const POLL_MS = 25
const LINES_AT_ONCE = 2_000
const MAX_WAITING = 8
/** A worker that takes nothing for so long holds no application back: lines are dropped then. */
const HOLD_MS = 2_000
const LAST_WORDS_MS = 2_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

/** The chain of records of one instance. */
export class RecordSealer {
  readonly #parts: RecordSealerParts
  #index = 0
  #previous: `0x${string}` = NO_RECORD
  /** Sealed, and not taken yet. */
  #unsent: { readonly kind: RecordHeader['kind']; readonly bytes: Uint8Array } | undefined
  /** What the lines have cost that are in a record, about to be, or dropped. */
  #taken = 0
  #progressMs = 0
  /** Of the last line that is in a record. */
  #position = 0
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  /** The instance's signal, and for a moment after it another one. */
  #signal: AbortSignal

  constructor(parts: RecordSealerParts) {
    this.#parts = parts
    this.#signal = parts.signal
  }

  /**
   * Seals content as the next record and resolves when the worker has it; `onSealed` hears when it has become a record. Rejects with the signal's reason, and with
   * SealedLogError or SealingError where it cannot be sealed.
   */
  seal(
    kind: RecordHeader['kind'],
    content: Uint8Array,
    onSealed: () => void = () => undefined,
  ): Promise<void> {
    const sealed = this.#last.then(() => this.#seal(kind, content, onSealed))
    this.#last = sealed.catch(() => undefined)
    return sealed
  }

  /** A bundle, unless eight of them wait already; false then. */
  offer(content: Uint8Array): boolean {
    if (this.#waiting >= MAX_WAITING) return false
    this.#waiting++
    this.seal('bundle', content)
      .catch((error: unknown) => {
        if (!this.#parts.signal.aborted)
          this.#parts.log.warn(errorFields(error), 'a bundle could not be sealed')
      })
      .finally(() => this.#waiting--)
    return true
  }

  /** Whether lines come faster than they are sealed, so that some would be lost soon; never for long without progress. */
  get isBehind(): boolean {
    const { output, monotonicMs } = this.#parts
    const behind = output.cost - this.#taken > output.serviceCost / 2
    return behind && monotonicMs() - this.#progressMs < HOLD_MS
  }

  /** Seals all lines from the first on, until the signal and for two seconds more: the last ones say why something ended. */
  async run(): Promise<void> {
    const { output, signal, log } = this.#parts
    try {
      while (!signal.aborted) {
        await output.more(this.#position, signal)
        this.#progressMs = this.#parts.monotonicMs()
        await this.#enough()
        await this.#sealLines()
      }
    } catch (error) {
      if (!signal.aborted) log.error(errorFields(error), 'logs are not sealed any more')
    }
    if (!signal.aborted) return
    this.#signal = AbortSignal.timeout(LAST_WORDS_MS)
    await this.#deliver()
      .then(() => this.#sealLines())
      .catch(() => undefined)
  }

  /** Waits a while for more lines, so that a record is worth its head. */
  async #enough(): Promise<void> {
    const { output, signal } = this.#parts
    const start = output.bytes
    for (let waitedMs = 0; waitedMs < SEAL_AFTER_MS; waitedMs += POLL_MS) {
      if (output.bytes - start >= SEAL_BYTES) return
      await sleep(POLL_MS, undefined, { signal })
    }
  }

  /** Seals what there is. Lines count as sealed once they are in a record, sent or not. */
  async #sealLines(): Promise<void> {
    const { output } = this.#parts
    const parts: string[] = []
    let length = 0
    let position = this.#position
    const flush = async () => {
      if (length === 0) return
      const content = Buffer.from(parts.join(''))
      const upTo = position
      parts.length = 0
      length = 0
      await this.seal('logs', content, () => (this.#position = upTo))
    }
    for (;;) {
      const lines = output.after(position, LINES_AT_ONCE)
      for (const line of lines) {
        const text = encodeLine(line)
        if (length > 0 && length + text.length > MAX_RECORD_LENGTH) await flush()
        parts.push(text)
        length += text.length
        position = line.position
        this.#taken += line.text.length + LINE_COST
      }
      if (lines.length === LINES_AT_ONCE) continue
      // Dropped lines never come.
      this.#taken = output.cost
      break
    }
    await flush()
  }

  async #seal(
    kind: RecordHeader['kind'],
    content: Uint8Array,
    onSealed: () => void,
  ): Promise<void> {
    const { place, logKey, sign } = this.#parts
    await this.#deliver()
    const record = await sealRecord(
      { ...place, kind, index: this.#index, previous: this.#previous },
      content,
      { logKey, sign },
    )
    this.#index++
    this.#previous = record.digest
    this.#unsent = { kind, bytes: record.bytes }
    onSealed()
    await this.#deliver()
  }

  /** One record is never sealed twice: the same bytes are sent until they have been taken, before any other. */
  async #deliver(): Promise<void> {
    const { send, log } = this.#parts
    for (let waitMs = FIRST_RETRY_MS; this.#unsent !== undefined;) {
      const signal = this.#signal
      const { kind, bytes } = this.#unsent
      try {
        await send(kind, bytes, signal)
        this.#unsent = undefined
        this.#progressMs = this.#parts.monotonicMs()
        return
      } catch (error) {
        signal.throwIfAborted()
        log.warn({ ...errorFields(error), kind }, 'the worker does not take a sealed record')
      }
      await sleep(waitMs, undefined, { signal })
      waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)
    }
  }
}
