// From the pinned root to a platform's certificate, TCB info and QE identity. Pure but for the
// crypto back end.
import { equalBytes, parseBareHex, utf8 } from '../bytes.ts'
import type { Endorsements } from '../endorsement/endorsements.ts'
import { parseQeIdentity, type QeIdentity } from '../endorsement/qe-identity.ts'
import { parseTcbInfo, type TcbInfo } from '../endorsement/tcb-info.ts'
import { AttestationError, within, type AttestationErrorCode } from '../error.ts'
import { parseCertificate, type Certificate } from '../x509/certificate.ts'
import {
  verifyPath,
  verifyRevocationList,
  type CheckContext,
  type PathRules,
} from '../x509/chain.ts'
import { parseRevocationList, type RevocationList } from '../x509/crl.ts'
import { parsePemChain } from '../x509/pem.ts'
import type { TrustRoot, TrustStore } from './trust-store.ts'

/** Everything that has been verified about collateral. */
export type VerifiedCollateral = {
  readonly root: TrustRoot
  readonly pck: Certificate
  readonly tcbInfo: TcbInfo
  readonly qeIdentity: QeIdentity
  readonly pckCrlIssuedAtMs: number
}

const ROOT = ['SGX Root CA']
const PCK_RULES: PathRules = {
  code: 'pck.chain',
  what: 'PCK chain',
  phrases: [['SGX PCK Certificate'], ['SGX PCK Platform CA', 'SGX PCK Processor CA'], ROOT],
}
const SIGNING_RULES: PathRules = {
  code: 'tcb-signing.chain',
  what: 'TCB signing chain',
  phrases: [['SGX TCB Signing'], ROOT],
}

/**
 * Verifies the PCK chain of a quote and its endorsements, in the order of
 * docs/reference/attestation.md. Throws AttestationError with the code of the first check that
 * fails.
 */
export async function verifyCollateral(
  pckChain: string,
  endorsements: Endorsements,
  trustStore: TrustStore,
  context: CheckContext,
): Promise<VerifiedCollateral> {
  const pckPath = readPath(pckChain, PCK_RULES)
  const root = pinnedRoot(pckPath, trustStore)
  await verifyPath(pckPath, PCK_RULES, context)
  const tcbSigner = await signer(endorsements.tcb_info_issuer_chain, root, context)
  const qeSigner = await signer(endorsements.qe_identity_issuer_chain, root, context)

  const [pck, pckCa, rootCertificate] = pckPath as [Certificate, Certificate, Certificate]
  checkIssuerChain(endorsements.pck_crl_issuer_chain, pckCa)
  const rootCrl = readList(endorsements.root_ca_crl, 'root-crl')
  await verifyRevocationList(rootCrl, rootCertificate, 'root-crl', context)
  const pckCrl = readList(endorsements.pck_crl, 'pck-crl')
  await verifyRevocationList(pckCrl, pckCa, 'pck-crl', context)
  requireLive(pckCa, rootCrl, 'pck.ca-revoked')
  requireLive(pck, pckCrl, 'pck.revoked')
  requireLive(tcbSigner, rootCrl, 'tcb-signing.revoked')
  requireLive(qeSigner, rootCrl, 'tcb-signing.revoked')

  await verifyText(endorsements, 'tcb_info', tcbSigner, context)
  const tcbInfo = parseTcbInfo(endorsements.tcb_info)
  requireCurrent(tcbInfo, 'tcb-info', context.atMs)
  await verifyText(endorsements, 'qe_identity', qeSigner, context)
  const qeIdentity = parseQeIdentity(endorsements.qe_identity)
  requireCurrent(qeIdentity, 'qe-identity', context.atMs)
  return { root, pck, tcbInfo, qeIdentity, pckCrlIssuedAtMs: pckCrl.thisUpdateMs }
}

function readPath(pem: string, rules: PathRules): Certificate[] {
  return within(rules.code, rules.what, () =>
    parsePemChain(pem, rules.phrases.length).map(parseCertificate),
  )
}

/** The root of the trust store that ends the path, equal to the last byte. */
function pinnedRoot(path: readonly Certificate[], { roots }: TrustStore): TrustRoot {
  const last = path.at(-1)
  const root = roots.find(({ der }) => last !== undefined && equalBytes(der, last.der))
  if (root === undefined)
    throw new AttestationError(
      'root.untrusted',
      `the chain ends in ${JSON.stringify(last?.commonName)}, which is not a trusted root`,
    )
  return root
}

/** The leaf of a TCB signing chain under the same root as the PCK. */
async function signer(pem: string, root: TrustRoot, context: CheckContext): Promise<Certificate> {
  const path = readPath(pem, SIGNING_RULES)
  pinnedRoot(path, { roots: [root] })
  await verifyPath(path, SIGNING_RULES, context)
  return path[0] as Certificate
}

/**
 * The PCK CRL is checked with the CA of the quote's own chain; a chain beside it must be of the
 * same CA.
 */
function checkIssuerChain(pem: string, pckCa: Certificate): void {
  if (pem === '') return
  const [ca] = within('pck-crl.invalid', 'PCK CRL issuer chain', () =>
    parsePemChain(pem, 2).map(parseCertificate),
  )
  if (ca && equalBytes(ca.subject, pckCa.subject) && equalBytes(ca.publicKey, pckCa.publicKey))
    return
  throw new AttestationError('pck-crl.invalid', 'PCK CRL issuer chain: not the CA of the PCK')
}

function readList(hex: string, which: 'root-crl' | 'pck-crl'): RevocationList {
  const der = parseBareHex(hex)
  if (der === undefined || der.length === 0)
    throw new AttestationError(`${which}.invalid`, `${which}: expected hex of a CRL`)
  return within(`${which}.invalid`, which, () => parseRevocationList(der))
}

function requireLive(
  { serial, commonName }: Certificate,
  list: RevocationList,
  code: AttestationErrorCode,
): void {
  if (list.revokedSerials.has(serial))
    throw new AttestationError(code, `${JSON.stringify(commonName)}: revoked by its issuer`)
}

async function verifyText(
  endorsements: Endorsements,
  field: 'tcb_info' | 'qe_identity',
  signedBy: Certificate,
  { crypto }: CheckContext,
): Promise<void> {
  const signature = parseBareHex(endorsements[`${field}_signature`])
  const message = utf8(endorsements[field])
  const valid = signature && (await crypto.verifyP256(signedBy.publicKey, message, signature))
  if (!valid)
    throw new AttestationError(
      field === 'tcb_info' ? 'tcb-info.signature' : 'qe-identity.signature',
      `${field}: signature is not the vendor’s over these bytes`,
    )
}

function requireCurrent(
  { issuedAtMs, nextUpdateMs }: { issuedAtMs: number; nextUpdateMs: number },
  which: 'tcb-info' | 'qe-identity',
  atMs: number,
): void {
  if (atMs < issuedAtMs)
    throw new AttestationError(`${which}.not-yet-valid`, `${which}: issued in the future`)
  if (atMs > nextUpdateMs) throw new AttestationError(`${which}.expired`, `${which}: expired`)
}
