// The nine collateral fields that a verifier needs beside a quote. Pure.
import { parseTextFields, type AreKnown } from '../text-fields.ts'

/**
 * Field names in the order of docs/reference/evidence.md, which is the order they are hashed in.
 */
export const INTEL_ENDORSEMENT_FIELDS = [
  'pck_crl_issuer_chain',
  'root_ca_crl',
  'pck_crl',
  'tcb_info_issuer_chain',
  'tcb_info',
  'tcb_info_signature',
  'qe_identity_issuer_chain',
  'qe_identity',
  'qe_identity_signature',
] as const

/** Name of one collateral field. */
export type IntelEndorsementField = (typeof INTEL_ENDORSEMENT_FIELDS)[number]

/**
 * Collateral of a platform: PEM chains, CRLs (DER as hex), signed JSON as its exact text,
 * signatures (r||s as hex).
 */
export type IntelEndorsements = { readonly [field in IntelEndorsementField]: string }

/**
 * Exactly the nine fields, each bounded ASCII text. Throws AttestationError
 * `endorsement.malformed`.
 */
export function parseIntelEndorsements(value: unknown, areKnown?: AreKnown): IntelEndorsements {
  return parseTextFields(value, INTEL_ENDORSEMENT_FIELDS, { areKnown }) as IntelEndorsements
}
