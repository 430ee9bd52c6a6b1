// The certificates and the revocation list that a verifier needs beside a SEV-SNP report. Pure.
import { parseTextFields } from '../text-fields.ts'

/**
 * Field names in the order of docs/reference/evidence.md, which is the order they are hashed in.
 */
export const AMD_ENDORSEMENT_FIELDS = ['leaf', 'ask', 'crl'] as const

/** DER as hex: the VCEK or VLEK, its issuer (ASK or ASVK), the ARK's revocation list. */
export type AmdEndorsements = {
  readonly leaf: string
  readonly ask: string
  /** Without it nothing is known of revocation; policies decide whether that will do. */
  readonly crl?: string
}

/**
 * Those fields, each bounded ASCII text. Throws AttestationError `endorsement.malformed`.
 */
export function parseAmdEndorsements(value: unknown): AmdEndorsements {
  return parseTextFields(value, AMD_ENDORSEMENT_FIELDS, { optional: ['crl'] }) as AmdEndorsements
}
