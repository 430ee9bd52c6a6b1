// What a verifier needs beside evidence, by platform. Pure.
import { AttestationError } from '../error.ts'
import type { Platform } from '../appraisal/claims.ts'
import {
  AMD_ENDORSEMENT_FIELDS,
  parseAmdEndorsements,
  type AmdEndorsements,
} from './amd/endorsements.ts'
import {
  INTEL_ENDORSEMENT_FIELDS,
  parseIntelEndorsements,
  type IntelEndorsements,
} from './intel/endorsements.ts'
import type { AreKnown } from './text-fields.ts'

/** Nitro documents carry their certificates; nothing is needed beside them. */
export type NitroEndorsements = Readonly<Record<string, never>>

/** Endorsements by platform. */
export type EndorsementsOf = {
  readonly tdx: IntelEndorsements
  readonly sgx: IntelEndorsements
  readonly 'sev-snp': AmdEndorsements
  readonly nitro: NitroEndorsements
}

/** Endorsements of any platform. */
export type Endorsements = EndorsementsOf[Platform]

const FIELDS: { readonly [P in Platform]: readonly string[] } = {
  tdx: INTEL_ENDORSEMENT_FIELDS,
  sgx: INTEL_ENDORSEMENT_FIELDS,
  'sev-snp': AMD_ENDORSEMENT_FIELDS,
  nitro: [],
}

/**
 * Names of the fields in the order of docs/reference/evidence.md, which is the order they are
 * hashed in.
 */
export function endorsementFields(platform: Platform): readonly string[] {
  return FIELDS[platform]
}

/**
 * Exactly the fields of the platform, each bounded ASCII text; what `areKnown` says has been read
 * before is not looked through again. Throws AttestationError `endorsement.malformed`.
 */
export function parseEndorsements<P extends Platform>(
  platform: P,
  value: unknown,
  areKnown?: AreKnown,
): EndorsementsOf[P] {
  return PARSERS[platform](value, areKnown)
}

type Parser<P extends Platform> = (value: unknown, areKnown?: AreKnown) => EndorsementsOf[P]

const PARSERS: { readonly [P in Platform]: Parser<P> } = {
  tdx: parseIntelEndorsements,
  sgx: parseIntelEndorsements,
  'sev-snp': parseAmdEndorsements,
  nitro(value) {
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return {}
    throw new AttestationError('endorsement.malformed', 'endorsements: a Nitro document has none')
  },
}
