// appraise(evidence, endorsements, trust store, time) -> claims. No clock, no network: the same
// answer everywhere.
import { platformCrypto } from '#crypto'
import type { CryptoBackend } from '../crypto/backend.ts'
import { parseEndorsements, type EndorsementsOf } from '../endorsement/endorsements.ts'
import { AttestationError } from '../error.ts'
import { MAX_QUOTE_BYTES } from '../evidence/document.ts'
import { appraiseWith, type AppraisalCache, type AppraisalContext } from './cache.ts'
import type { ClaimsOf, Platform } from './claims.ts'
import { appraiseSgx } from './intel/appraise-sgx.ts'
import { appraiseTdx } from './intel/appraise-tdx.ts'
import { appraiseNitro } from './nitro/appraise.ts'
import { appraiseSevSnp } from './sev-snp/appraise.ts'
import { checkTrustStore, type CheckedTrustStore, type TrustStore } from './trust-store.ts'

/** What a TEE hands out about itself: a TDX or SGX quote, a SEV-SNP report, a Nitro document. */
export type Evidence<P extends Platform = Platform> = {
  readonly platform: P
  readonly quote: Uint8Array
}

/** What an appraisal may be given beside its arguments; nothing here changes its answer. */
export type AppraiseOptions = {
  /** Default: node:crypto in Node, WebCrypto elsewhere. */
  readonly crypto?: CryptoBackend
  /** Default: none, everything is verified each time. */
  readonly cache?: AppraisalCache
}

type Appraiser<P extends Platform> = (
  bytes: Uint8Array,
  endorsements: EndorsementsOf[P],
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
) => Promise<ClaimsOf[P]>

const APPRAISERS: { readonly [P in Platform]: Appraiser<P> } = {
  tdx: appraiseTdx,
  sgx: appraiseSgx,
  'sev-snp': appraiseSevSnp,
  // A document carries all of its certificates.
  nitro: (bytes, _none, trustStore, context) => appraiseNitro(bytes, trustStore, context),
}

/**
 * Verifies evidence and its endorsements at the instant `atMs` (milliseconds) and returns what it
 * says. Authentic is all that this means: pass the claims to `evaluate`, and compare `reportData`
 * with `reportDataOf` of the subject. Throws AttestationError with the code of the first check
 * that fails; order and codes: docs/reference/attestation.md.
 */
export async function appraise<P extends Platform>(
  evidence: Evidence<P>,
  endorsements: EndorsementsOf[P],
  trustStore: TrustStore,
  atMs: number,
  { crypto = platformCrypto, cache }: AppraiseOptions = {},
): Promise<ClaimsOf[P]> {
  const { platform } = evidence
  if (!Object.hasOwn(APPRAISERS, platform))
    throw new AttestationError('evidence.unsupported', `unknown platform ${String(platform)}`)
  if (!Number.isSafeInteger(atMs) || atMs <= 0)
    throw new AttestationError('time.invalid', 'atMs: expected milliseconds since 1970')
  const fields = parseEndorsements(platform, endorsements, (texts) => cache?.knows(texts) === true)
  if (evidence.quote.length > MAX_QUOTE_BYTES)
    throw new AttestationError('evidence.too-large', `more than ${MAX_QUOTE_BYTES} bytes`)
  // A copy: the caller's bytes may change while signatures are being checked.
  const bytes = new Uint8Array(evidence.quote)
  return appraiseWith({ atMs, crypto, cache }, (context) =>
    APPRAISERS[platform](bytes, fields, checkTrustStore(trustStore, context), context),
  )
}
