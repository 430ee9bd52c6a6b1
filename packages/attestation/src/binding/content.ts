// Content addresses: of endorsements, evidence and trust stores. Pure.
import { platformCrypto } from '#crypto'
import { equalBytes, fromHex, toHex, utf8, type Hex } from '../bytes.ts'
import type { AppraisalCache } from '../appraisal/cache.ts'
import type { Platform } from '../appraisal/claims.ts'
import {
  endorsementFields,
  parseEndorsements,
  type EndorsementsOf,
} from '../endorsement/endorsements.ts'
import { AttestationError } from '../error.ts'
import { frame } from './frame.ts'

/**
 * Digest of endorsements, 32 bytes: their fields in order, one that is absent as no bytes. Those that a cache was appraised with lately
 * are not hashed again. Throws AttestationError `endorsement.malformed`.
 */
export function endorsementsDigest<P extends Platform>(
  platform: P,
  endorsements: EndorsementsOf[P],
  cache?: AppraisalCache,
): Hex {
  const areKnown = (texts: readonly string[]) => cache?.knows(texts) === true
  const fields: Readonly<Record<string, string>> = parseEndorsements(
    platform,
    endorsements,
    areKnown,
  )
  // With those that are absent: texts without their places would be those of other endorsements, too.
  const values = endorsementFields(platform).map((field) => fields[field] ?? '')
  const hashed = () =>
    toHex(platformCrypto.sha256(frame('wetee/endorsements/v1', ...values.map(utf8))))
  return cache === undefined ? hashed() : cache.contentOf(values, hashed)
}

/**
 * Name of a piece of evidence on chain, 32 bytes. Throws AttestationError `endorsement.malformed`.
 */
export function evidenceDigest<P extends Platform>(
  { platform, quote }: { readonly platform: P; readonly quote: Uint8Array },
  endorsements: EndorsementsOf[P],
  cache?: AppraisalCache,
): Hex {
  const named = endorsementsDigest(platform, endorsements, cache)
  const digest = fromHex(named, 32, 'endorsementsDigest')
  return toHex(platformCrypto.sha256(frame('wetee/evidence/v1', quote, digest)))
}

/**
 * Digest of a set of root certificates (DER), in any order, 32 bytes.
 * Throws AttestationError `binding.invalid` for none at all or one twice.
 */
export function trustStoreDigest(roots: readonly Uint8Array[]): Hex {
  const sorted = [...roots].sort(compareBytes)
  if (sorted.length === 0) throw new AttestationError('binding.invalid', 'trust store: no roots')
  if (sorted.some((root, i) => i > 0 && equalBytes(root, sorted[i - 1] ?? root)))
    throw new AttestationError('binding.invalid', 'trust store: a root is listed twice')
  return toHex(platformCrypto.sha256(frame('wetee/trust-store/v1', ...sorted)))
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++)
    if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0)
  return a.length - b.length
}
