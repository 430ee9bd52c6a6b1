// Extensions of certificates and CRLs (RFC 5280 section 4.2 and 5.2). Pure.
import { AttestationError } from '../error.ts'
import { TAG, type DerReader } from '../der/reader.ts'
import { objectIdentifier, presentTrue } from '../der/values.ts'

/** One extension; `value` is the content of its OCTET STRING. */
export type Extension = { readonly critical: boolean; readonly value: Uint8Array }

/** Object identifiers that are understood. */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  sgx: '1.2.840.113741.1.13.1',
} as const

const MAX_EXTENSIONS = 32

/**
 * Reads a SEQUENCE of extensions: none twice, and none that is critical without being in
 * `understood`. Throws AttestationError `der.malformed` or `certificate.malformed`.
 */
export function readExtensions(
  list: DerReader,
  understood: readonly string[],
): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  while (!list.done) {
    const entry = list.enter()
    const oid = objectIdentifier(entry.read(TAG.objectIdentifier))
    const flag = entry.readOptional(TAG.boolean)
    const critical = flag !== undefined && presentTrue(flag)
    const value = entry.read(TAG.octetString).content
    entry.end()
    if (extensions.has(oid) || extensions.size === MAX_EXTENSIONS)
      throw new AttestationError('certificate.malformed', `extension ${oid} twice, or too many`)
    if (critical && !understood.includes(oid))
      throw new AttestationError('certificate.malformed', `critical extension ${oid} is unknown`)
    extensions.set(oid, { critical, value })
  }
  return extensions
}
