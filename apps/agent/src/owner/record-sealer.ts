// Seals logs and bundles to the owner's key, one record after the other, and hands them to the worker to keep. Does socket I/O.
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeLine, NO_RECORD, sealRecord, type RecordHeader } from '@wetee/sealed-log'
import { errorFields, type Log } from '../log.ts'
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
  /** Of the last line that is in a record or about to be. */
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
   * Seals content as the next record and resolves when the worker has it. Rejects with the signal's reason, and with
   * SealedLogError or SealingError where it cannot be sealed.
   */
  seal(kind: RecordHeader['kind'], content: Uint8Array): Promise<void> {
    const sealed = this.#last.then(() => this.#seal(kind, content))
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

  /** Seals all lines from the first on, until the signal and for two seconds more: the last ones say why something ended. */
  async run(): Promise<void> {
    const { output, signal, log } = this.#parts
    try {
      while (!signal.aborted) {
        await output.more(this.#position, signal)
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

  /** Seals what there is. */
  async #sealLines(): Promise<void> {
    const { output } = this.#parts
    const parts: string[] = []
    let length = 0
    for (;;) {
      const lines = output.after(this.#position, LINES_AT_ONCE)
      for (const line of lines) {
        const text = encodeLine(line)
        if (length > 0 && length + text.length > MAX_RECORD_LENGTH) {
          await this.seal('logs', Buffer.from(parts.join('')))
          parts.length = 0
          length = 0
        }
        parts.push(text)
        length += text.length
        this.#position = line.position
      }
      if (lines.length < LINES_AT_ONCE) break
    }
    if (length > 0) await this.seal('logs', Buffer.from(parts.join('')))
  }

  async #seal(kind: RecordHeader['kind'], content: Uint8Array): Promise<void> {
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
