// The nine collateral fields that a verifier needs beside a quote. Pure.
import { AttestationError } from '../error.ts'

/**
 * Field names in the order of docs/reference/evidence.md, which is the order they are hashed in.
 */
export const ENDORSEMENT_FIELDS = [
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
export type EndorsementField = (typeof ENDORSEMENT_FIELDS)[number]

/**
 * Collateral of a platform: PEM chains, CRLs (DER as hex), signed JSON as its exact text,
 * signatures (r||s as hex).
 */
export type Endorsements = { readonly [field in EndorsementField]: string }

/** Longest field that is read, characters. */
const MAX_ENDORSEMENT_CHARACTERS = 131_072

const ASCII = /^[\t\n\r\x20-\x7e]*$/

/**
 * Exactly the nine fields, each bounded ASCII text. Throws AttestationError
 * `endorsement.malformed`.
 */
export function parseEndorsements(value: unknown): Endorsements {
  if (typeof value !== 'object' || value === null) throw malformed('expected an object')
  const given = value as Record<string, unknown>
  for (const field of Object.keys(given))
    if (!(ENDORSEMENT_FIELDS as readonly string[]).includes(field))
      throw malformed(`unknown field ${JSON.stringify(field.slice(0, 64))}`)
  const entries = ENDORSEMENT_FIELDS.map((field) => {
    const text = given[field]
    if (typeof text !== 'string') throw malformed(`${field}: expected text`)
    if (text.length > MAX_ENDORSEMENT_CHARACTERS)
      throw malformed(`${field}: more than ${MAX_ENDORSEMENT_CHARACTERS} characters`)
    if (!ASCII.test(text)) throw malformed(`${field}: expected ASCII text`)
    return [field, text] as const
  })
  return Object.fromEntries(entries) as Endorsements
}

function malformed(message: string): AttestationError {
  return new AttestationError('endorsement.malformed', `endorsements: ${message}`)
}
