// Makes evidence documents over a fresh finalized block, one at a time. Does I/O through the device and the worker.
import { parseEndorsements, reportDataOf, serializeEvidenceDocument } from '@wetee/attestation'
import type { EvidenceDocument, ImageEvent, Subject } from '@wetee/attestation'
import type { AnyTeeDevice } from '@wetee/tee-device'
import type { Head, WorkerClient } from '../worker/worker-client.ts'
import type { ChainClock } from './chain-clock.ts'

/** A document with the block it is fresh at. */
export type MadeEvidence = {
  readonly document: EvidenceDocument
  readonly text: string
  readonly head: Head
}

/** What evidence is made of. */
export type EvidenceSources = {
  readonly device: AnyTeeDevice
  readonly worker: WorkerClient
  readonly clock: ChainClock
  /** Everything in the subject but the block. */
  readonly subject: (head: Head) => Subject
  readonly manifest?: string
  /** Runs before every quote; returns what RTMR3 has been extended by. */
  readonly events: (signal: AbortSignal) => Promise<readonly ImageEvent[]>
  readonly signal: AbortSignal
}

/** Evidence shown to strangers may be this old, seconds of chain time, before it is made anew. */
const SHOWN_AGE_SECONDS = 60
/** And is not made more often than this, milliseconds: a quote costs. */
const RETRY_MS = 5_000

/** The newest evidence of this TEE. */
export class EvidenceMaker {
  readonly #sources: EvidenceSources
  readonly #monotonicMs: () => number
  #running: Promise<MadeEvidence> | undefined
  #newest: MadeEvidence | undefined
  #failedAtMs = Number.NEGATIVE_INFINITY

  constructor(sources: EvidenceSources, monotonicMs: () => number) {
    this.#sources = sources
    this.#monotonicMs = monotonicMs
  }

  /** Makes new evidence; callers at the same time share one. Throws TeeError. */
  make(): Promise<MadeEvidence> {
    this.#running ??= this.#make().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Evidence for whoever asks: the newest, made anew when it is old; `undefined` when there is none to be had. */
  async shown(): Promise<MadeEvidence | undefined> {
    const { clock } = this.#sources
    const newest = this.#newest
    const fresh =
      newest !== undefined && clock.nowSeconds() - Number(newest.head.timestamp) < SHOWN_AGE_SECONDS
    if (fresh || this.#monotonicMs() - this.#failedAtMs < RETRY_MS) return newest
    try {
      return await this.make()
    } catch {
      this.#failedAtMs = this.#monotonicMs()
      return newest
    }
  }

  async #make(): Promise<MadeEvidence> {
    const { device, worker, clock, signal, manifest } = this.#sources
    const eventLog = await this.#sources.events(signal)
    const { platform } = device
    const endorsements = parseEndorsements(platform, await worker.collateral(signal))
    // The block is asked for last: it is the nonce, and its age is judged.
    const head = await worker.head(signal)
    clock.observe(head.timestamp)
    const subject = this.#sources.subject(head)
    const quote = await device.quote(reportDataOf(subject), { signal })
    const document = {
      format: 'wetee/evidence/v1',
      platform,
      quote,
      endorsements,
      eventLog: [...eventLog],
      subject,
      ...(manifest === undefined ? {} : { manifest }),
      // Endorsements were read for this platform, which TypeScript cannot follow through a union.
    } as EvidenceDocument
    const made = { document, text: serializeEvidenceDocument(document), head }
    this.#newest = made
    return made
  }
}
