// Certificate paths to a pinned root, and revocation lists of their issuers. Pure but for the
// crypto back end.
import { equalBytes } from '../bytes.ts'
import type { CryptoBackend } from '../crypto/backend.ts'
import { AttestationError, type AttestationErrorCode } from '../error.ts'
import { KEY_USAGE, type Certificate } from './certificate.ts'
import type { RevocationList } from './crl.ts'

/** What every check of a path or list needs. */
export type CheckContext = { readonly atMs: number; readonly crypto: CryptoBackend }

/** A path from leaf to root, and phrases of which each commonName must contain one. */
export type PathRules = {
  readonly code: AttestationErrorCode
  readonly what: string
  readonly phrases: readonly (readonly string[])[]
}

/**
 * Checks a path (leaf first, root last) whose root is pinned by the caller: names, phrases, dates
 * at `atMs`, CA flags, path length, key usage, key identifiers, signatures. Throws
 * AttestationError with the rules' code.
 */
export async function verifyPath(
  path: readonly Certificate[],
  rules: PathRules,
  { atMs, crypto }: CheckContext,
): Promise<void> {
  for (const [index, certificate] of path.entries()) {
    const problem =
      nameProblem(certificate, rules.phrases[index] ?? []) ??
      dateProblem(certificate, atMs) ??
      roleProblem(certificate, index) ??
      issuerProblem(certificate, path[index + 1])
    if (problem !== undefined) throw refused(rules, certificate, problem)
  }
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1]
    if (issuer === undefined) continue
    const { signed, signature } = certificate
    if (!(await crypto.verifyP256(issuer.publicKey, signed, signature)))
      throw refused(rules, certificate, 'signature is not the issuer’s')
  }
}

function nameProblem({ commonName }: Certificate, phrases: readonly string[]): string | undefined {
  if (phrases.some((phrase) => commonName.includes(phrase))) return undefined
  return `expected a name with ${phrases.join(' or ')}`
}

function dateProblem(certificate: Certificate, atMs: number): string | undefined {
  if (atMs < certificate.notBeforeMs) return 'not valid yet'
  return atMs > certificate.notAfterMs ? 'expired' : undefined
}

/** `below` is the number of certificates under this one: 0 for the leaf. */
function roleProblem(certificate: Certificate, below: number): string | undefined {
  const { isCa, pathLength, keyUsage } = certificate
  if (below === 0) {
    if (isCa || keyUsage.has(KEY_USAGE.keyCertSign)) return 'a CA where a leaf belongs'
    return keyUsage.has(KEY_USAGE.digitalSignature) ? undefined : 'may not sign'
  }
  if (!isCa) return 'not a CA'
  if (!keyUsage.has(KEY_USAGE.keyCertSign) || !keyUsage.has(KEY_USAGE.cRLSign))
    return 'may not sign certificates and CRLs'
  // pathLen counts the CAs between this one and the leaf.
  return pathLength !== undefined && pathLength < below - 1 ? 'path longer than allowed' : undefined
}

function issuerProblem(certificate: Certificate, issuer: Certificate | undefined) {
  const above = issuer ?? certificate
  if (!equalBytes(certificate.issuer, above.subject)) return 'issued under another name'
  const { authorityKeyId } = certificate
  if (authorityKeyId === undefined || above.subjectKeyId === undefined) return undefined
  return equalBytes(authorityKeyId, above.subjectKeyId) ? undefined : 'issued by another key'
}

function refused(rules: PathRules, { commonName }: Certificate, problem: string): AttestationError {
  return new AttestationError(
    rules.code,
    `${rules.what}, ${JSON.stringify(commonName)}: ${problem}`,
  )
}

/**
 * Checks that a list is the issuer's own and current. Throws AttestationError `<which>.invalid`,
 * `.not-yet-valid` or `.expired`.
 */
export async function verifyRevocationList(
  list: RevocationList,
  issuer: Certificate,
  which: 'root-crl' | 'pck-crl',
  { atMs, crypto }: CheckContext,
): Promise<void> {
  const name = JSON.stringify(issuer.commonName)
  if (!equalBytes(list.issuer, issuer.subject))
    throw new AttestationError(`${which}.invalid`, `CRL: not issued by ${name}`)
  const { authorityKeyId } = list
  if (authorityKeyId && issuer.subjectKeyId && !equalBytes(authorityKeyId, issuer.subjectKeyId))
    throw new AttestationError(`${which}.invalid`, `CRL: not issued by the key of ${name}`)
  if (!(await crypto.verifyP256(issuer.publicKey, list.signed, list.signature)))
    throw new AttestationError(`${which}.invalid`, `CRL: signature is not that of ${name}`)
  if (atMs < list.thisUpdateMs)
    throw new AttestationError(`${which}.not-yet-valid`, `CRL of ${name}: not valid yet`)
  if (atMs > list.nextUpdateMs)
    throw new AttestationError(`${which}.expired`, `CRL of ${name}: expired`)
}
