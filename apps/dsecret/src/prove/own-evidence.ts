// The node's own evidence over a fresh finalized block, one at a time. I/O through the TEE, the view and the host's collateral.
import {
  parseEndorsements,
  reportDataOf,
  serializeEvidenceDocument,
  type NodeSubject,
} from '@wetee/attestation'
import type { CallOptions, Collateral, TeeDevice } from '@wetee/tee-device'
import type { Clock } from '../appraise/freshness.ts'
import type { ChainView } from '../chain/chain-view.ts'

/** Everything in the subject but the block. */
export type OwnSubject = Omit<NodeSubject, 'blockNumber' | 'blockHash'>

/** What evidence is made of. */
export type OwnEvidenceParts = {
  readonly device: Pick<TeeDevice, 'platform' | 'quote'>
  readonly collateral: (options?: CallOptions) => Promise<Collateral>
  readonly view: Pick<ChainView, 'head'>
  readonly subject: OwnSubject
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly signal: AbortSignal
}

/** Evidence shown to strangers is made anew after this, milliseconds: a quote costs. */
const SHOWN_AGE_MS = 30_000

/** The newest evidence of this node's TEE. */
export class OwnEvidence {
  readonly #parts: OwnEvidenceParts
  #running: Promise<string> | undefined
  #newest: { readonly text: string; readonly atMs: number } | undefined

  constructor(parts: OwnEvidenceParts) {
    this.#parts = parts
  }

  /** A new EvidenceDocument as JSON text; callers at the same time share one. Throws TeeError, ChainError. */
  make(): Promise<string> {
    this.#running ??= this.#make().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** The newest, made anew when it is old. Throws what `make` throws. */
  async shown(): Promise<string> {
    const newest = this.#newest
    const ageMs = this.#parts.clock.monotonicMs() - (newest?.atMs ?? 0)
    return newest !== undefined && ageMs < SHOWN_AGE_MS ? newest.text : this.make()
  }

  async #make(): Promise<string> {
    const { device, collateral, view, clock, signal } = this.#parts
    const endorsements = parseEndorsements('tdx', await collateral({ signal }))
    // The block is asked for last: it is the nonce, and its age is judged.
    const { number, hash } = await view.head()
    const subject: NodeSubject = { ...this.#parts.subject, blockNumber: number, blockHash: hash }
    const quote = await device.quote(reportDataOf(subject), { signal })
    const text = serializeEvidenceDocument({
      format: 'wetee/evidence/v1',
      platform: device.platform,
      quote,
      endorsements,
      eventLog: [],
      subject,
    })
    this.#newest = { text, atMs: clock.monotonicMs() }
    return text
  }
}
