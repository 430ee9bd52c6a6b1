// Certificate paths to a pinned root, and revocation lists of their issuers: who signed what, and
// whether it counts at an instant. Starts signature checks; else pure.
import { equalBytes } from '../bytes.ts'
import type { KeyKind } from '../crypto/backend.ts'
import type { SignatureChecks } from '../crypto/signature-checks.ts'
import { AttestationError, type AttestationErrorCode } from '../error.ts'
import { KEY_USAGE, type Certificate } from './certificate.ts'
import type { RevocationList } from './crl.ts'

/** What a path from leaf to root has to look like. */
export type PathRules = {
  readonly code: AttestationErrorCode
  readonly what: string
  /** For each certificate phrases of which its commonName must contain one. */
  readonly phrases: readonly (readonly string[] | 'any')[]
  /** For each certificate the kind of its key. */
  readonly keys: readonly KeyKind[]
  /** Some vendors' leaves have no keyUsage at all. */
  readonly bareLeaf?: boolean
}

/** Lists by the code that their errors begin with. */
export type ListName = 'root-crl' | 'pck-crl' | 'ark-crl'

/**
 * Checks a path (leaf first, root last) whose root is pinned by the caller: form and signatures, not
 * the dates. Throws AttestationError with the rules' code, for signatures when they are settled.
 */
export function verifyPath(
  path: readonly Certificate[],
  rules: PathRules,
  checks: SignatureChecks,
): void {
  checkPath(path, rules)
  verifySignatures(path, rules, checks)
}

/**
 * Checks the form of a path: length, names, key kinds, CA flags, path length, key usage, key
 * identifiers. Throws AttestationError with the rules' code.
 */
export function checkPath(path: readonly Certificate[], rules: PathRules): void {
  if (path.length !== rules.phrases.length || path.length !== rules.keys.length)
    throw new AttestationError(
      rules.code,
      `${rules.what}: ${path.length} certificates, expected ${rules.phrases.length}`,
    )
  for (const [index, certificate] of path.entries()) {
    const problem =
      nameProblem(certificate, rules.phrases[index] ?? []) ??
      keyProblem(certificate, rules.keys[index], rules.keys[index + 1] ?? rules.keys[index]) ??
      roleProblem(certificate, index, rules) ??
      issuerProblem(certificate, path[index + 1])
    if (problem !== undefined) throw refused(rules, certificate, problem)
  }
}

/**
 * Checks that each certificate of a path is signed by the next; the last one's own signature says
 * nothing. One that is not settles as AttestationError with the rules' code.
 */
export function verifySignatures(
  path: readonly Certificate[],
  rules: Pick<PathRules, 'code' | 'what'>,
  checks: SignatureChecks,
): void {
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1]
    if (issuer === undefined) continue
    const { signed, signature } = certificate
    checks.verify(issuer.publicKey, signed, signature, () =>
      refused(rules, certificate, 'signature is not the issuer’s'),
    )
  }
}

/** Checks the dates of a path. Throws AttestationError with the rules' code. */
export function requireValidPath(
  path: readonly Certificate[],
  rules: Pick<PathRules, 'code' | 'what'>,
  atMs: number,
): void {
  for (const certificate of path) {
    if (atMs < certificate.notBeforeMs) throw refused(rules, certificate, 'not valid yet')
    if (atMs > certificate.notAfterMs) throw refused(rules, certificate, 'expired')
  }
}

function nameProblem(
  { commonName }: Certificate,
  phrases: readonly string[] | 'any',
): string | undefined {
  if (phrases === 'any' || phrases.some((phrase) => commonName.includes(phrase))) return undefined
  return `expected a name with ${phrases.join(' or ')}`
}

function keyProblem(
  { publicKey, signatureKind }: Certificate,
  own: KeyKind | undefined,
  issuers: KeyKind | undefined,
): string | undefined {
  if (publicKey.kind !== own) return `expected a key of kind ${own}`
  return signatureKind === issuers ? undefined : `expected a signature by a key of kind ${issuers}`
}

/** `below` is the number of certificates under this one: 0 for the leaf. */
function roleProblem(
  { isCa, pathLength, keyUsage }: Certificate,
  below: number,
  { bareLeaf = false }: PathRules,
): string | undefined {
  if (below === 0) {
    if (isCa || keyUsage?.has(KEY_USAGE.keyCertSign)) return 'a CA where a leaf belongs'
    const maySign = keyUsage === undefined ? bareLeaf : keyUsage.has(KEY_USAGE.digitalSignature)
    return maySign ? undefined : 'may not sign'
  }
  if (!isCa) return 'not a CA'
  if (!keyUsage?.has(KEY_USAGE.keyCertSign)) return 'may not sign certificates'
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

function refused(
  rules: Pick<PathRules, 'code' | 'what'>,
  { commonName }: Certificate,
  problem: string,
): AttestationError {
  return new AttestationError(
    rules.code,
    `${rules.what}, ${JSON.stringify(commonName)}: ${problem}`,
  )
}

/**
 * Checks that a list is the issuer's own; not its dates. Throws AttestationError
 * `<which>.invalid`, for the signature when it is settled.
 */
export function verifyRevocationList(
  list: RevocationList,
  issuer: Certificate,
  which: ListName,
  checks: SignatureChecks,
): void {
  const name = JSON.stringify(issuer.commonName)
  const invalid = (problem: string) =>
    new AttestationError(`${which}.invalid`, `CRL: ${problem} ${name}`)
  if (!equalBytes(list.issuer, issuer.subject)) throw invalid('not issued by')
  const { authorityKeyId } = list
  if (authorityKeyId && issuer.subjectKeyId && !equalBytes(authorityKeyId, issuer.subjectKeyId))
    throw invalid('not issued by the key of')
  if (!issuer.isCa || !issuer.keyUsage?.has(KEY_USAGE.cRLSign))
    throw invalid('no right to issue lists:')
  const notSigned = () => invalid('signature is not that of')
  if (list.signatureKind !== issuer.publicKey.kind) throw notSigned()
  checks.verify(issuer.publicKey, list.signed, list.signature, notSigned)
}

/** Checks the dates of a list. Throws AttestationError `<which>.not-yet-valid` or `.expired`. */
export function requireCurrentList(
  { thisUpdateMs, nextUpdateMs }: RevocationList,
  which: ListName,
  atMs: number,
): void {
  if (atMs < thisUpdateMs)
    throw new AttestationError(`${which}.not-yet-valid`, `${which}: not valid yet`)
  if (atMs > nextUpdateMs) throw new AttestationError(`${which}.expired`, `${which}: expired`)
}

/**
 * Refuses a certificate that its issuer's list names. Throws AttestationError with the given code.
 */
export function requireLive(
  { serial, commonName }: Certificate,
  list: RevocationList,
  code: AttestationErrorCode,
): void {
  if (list.revokedSerials.has(serial))
    throw new AttestationError(code, `${JSON.stringify(commonName)}: revoked by its issuer`)
}
