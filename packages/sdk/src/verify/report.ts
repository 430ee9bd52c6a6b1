// What a verification says: thirteen steps in a fixed order, each with its proof, and the source where it is recorded. Types and small pure helpers.

/** Ids of the steps, in their order; stable. */
export const verifyStepIds = [
  'network',
  'application',
  'manifest',
  'channel',
  'quote',
  'report-data',
  'configuration',
  'measurement',
  'images',
  'policy',
  'freshness',
  'platform',
  'lease',
] as const
/** Steps of a verification, in the order in which they are told; `source` comes last, where a build was recorded or is demanded. */
export type VerifyStepId = (typeof verifyStepIds)[number] | 'source'

/** Facts a step rests on: digests, expected and got, hashes, times; all strings. */
export type Proof = Readonly<Record<string, string>>

/** One step. `ok` is true only when it was judged and held; a skipped step says why in `detail`. */
export type VerifyStep = {
  readonly id: VerifyStepId
  readonly title: string
  readonly ok: boolean
  readonly detail: string
  readonly proof?: Proof
  readonly skipped?: boolean
}

/** The whole answer. `ok` when no step failed and nothing was skipped but what this way of looking cannot see. */
export type VerifyReport = {
  readonly ok: boolean
  /** True when the TEE is a simulation: nothing here protects anything. */
  readonly simulated: boolean
  /** Ids of the steps that failed, in order. */
  readonly failed: readonly VerifyStepId[]
  readonly steps: readonly VerifyStep[]
  readonly appId?: string
  readonly url?: string
}

/** What people read for each step. */
export const verifyTitles: Readonly<Record<VerifyStepId, string>> = {
  network: 'Network and pinned roots are the expected ones',
  application: 'Application is active on chain',
  manifest: 'Manifest is the one on chain',
  channel: 'This connection ends at the attested TLS key',
  quote: 'Quote is signed by genuine hardware',
  'report-data': 'Quote is about exactly these keys and this instance',
  configuration: 'TEE was launched with this configuration',
  measurement: 'Measured agent is an accepted one',
  images: 'Container images are those of the manifest',
  policy: 'Hardware is up to date and not in debug mode',
  freshness: 'Evidence is recent',
  platform: 'Machine is registered to the worker',
  lease: 'Attestation lease is live on chain',
  source: 'Source commit of the images',
}

/** What a check finds: it held, it did not, or it cannot be judged. */
export type Outcome =
  | { readonly kind: 'held'; readonly detail: string; readonly proof?: Proof }
  | { readonly kind: 'failed'; readonly detail: string; readonly proof?: Proof }
  | { readonly kind: 'skipped'; readonly detail: string; readonly harmless?: boolean }

/** A check that held. */
export const held = (detail: string, proof?: Proof): Outcome =>
  proof === undefined ? { kind: 'held', detail } : { kind: 'held', detail, proof }

/** A check that did not hold. */
export const failed = (detail: string, proof?: Proof): Outcome =>
  proof === undefined ? { kind: 'failed', detail } : { kind: 'failed', detail, proof }

/** Not judged because something before it failed. */
export const skipped = (detail: string): Outcome => ({ kind: 'skipped', detail })

/** Not judged because this way of looking cannot see it: no fault of the application. */
export const notVisible = (detail: string): Outcome => ({ kind: 'skipped', detail, harmless: true })

/** The two values of a comparison as a proof. */
export const compared = (expected: string, got: string): Proof => ({ expected, got })
