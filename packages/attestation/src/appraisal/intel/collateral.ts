// TCB info, QE identity and revocation lists, from the root that the platform's chain ends in.
// Pure but for the crypto back end.
import { equalBytes, parseBareHex, utf8 } from '../../bytes.ts'
import {
  INTEL_ENDORSEMENT_FIELDS,
  type IntelEndorsements,
} from '../../endorsement/intel/endorsements.ts'
import { parseQeIdentity, type QeIdentity } from '../../endorsement/intel/qe-identity.ts'
import { parseTcbInfo, type TcbInfo, type TcbInfoOf } from '../../endorsement/intel/tcb-info.ts'
import { AttestationError, within } from '../../error.ts'
import type { IntelTee } from '../../evidence/intel/tee.ts'
import type { Certificate } from '../../x509/certificate.ts'
import {
  requireCurrentList,
  requireLive,
  requireValidPath,
  verifyPath,
  verifyRevocationList,
  type PathRules,
} from '../../x509/chain.ts'
import { parseRevocationList, type RevocationList } from '../../x509/crl.ts'
import { digestOfTexts, remember, type AppraisalContext } from '../cache.ts'
import { pinnedRoot } from '../trust-store.ts'
import { readPath, ROOT_PHRASES, type PckChain } from './pck-chain.ts'

/** Collateral whose signatures hold; whether it counts at an instant is checked apart. */
export type Collateral<I extends TcbInfo = TcbInfo> = {
  /** Path of the signer of TCB info, root last. */
  readonly tcbSigner: readonly Certificate[]
  readonly qeSigner: readonly Certificate[]
  readonly rootCrl: RevocationList
  readonly pckCrl: RevocationList
  readonly tcbInfo: I
  readonly qeIdentity: QeIdentity
}

const SIGNING_RULES: PathRules = {
  code: 'tcb-signing.chain',
  what: 'TCB signing chain',
  phrases: [['SGX TCB Signing'], ROOT_PHRASES],
  keys: ['p256', 'p256'],
}

const ISSUER_CHAIN = {
  code: 'pck-crl.invalid',
  what: 'PCK CRL issuer chain',
  phrases: ['any', 'any'],
} as const

/**
 * Verifies who signed the endorsements, in the order of docs/reference/attestation.md; not the
 * dates. Throws AttestationError with the code of the first check that fails.
 */
export async function verifyCollateral<T extends IntelTee>(
  tee: T,
  endorsements: IntelEndorsements,
  chain: PckChain,
  context: AppraisalContext,
): Promise<Collateral<TcbInfoOf[T]>> {
  const verifyAll = () => verify(tee, endorsements, chain, context)
  if (context.cache === undefined) return verifyAll()
  const fields = INTEL_ENDORSEMENT_FIELDS.map((field) => endorsements[field])
  const parts = [chain.ca.der, chain.rootCertificate.der, digestOfTexts(context, fields)]
  return remember(context, `collateral ${tee}`, parts, verifyAll)
}

function verify<T extends IntelTee>(
  tee: T,
  endorsements: IntelEndorsements,
  { ca, rootCertificate, root }: PckChain,
  { checks }: AppraisalContext,
): Collateral<TcbInfoOf[T]> {
  const signer = (pem: string) => {
    const path = readPath(pem, SIGNING_RULES, [rootCertificate])
    pinnedRoot(path, { roots: [root] })
    verifyPath(path, SIGNING_RULES, checks)
    return path as [Certificate, Certificate]
  }
  const { tcb_info_issuer_chain: tcbChain, qe_identity_issuer_chain: qeChain } = endorsements
  const tcbSigner = signer(tcbChain)
  // The vendor signs both with one certificate; the same text need not be verified twice.
  const qeSigner = qeChain === tcbChain ? tcbSigner : signer(qeChain)
  checkIssuerChain(endorsements.pck_crl_issuer_chain, ca, rootCertificate)
  const rootCrl = readList(endorsements.root_ca_crl, 'root-crl')
  verifyRevocationList(rootCrl, rootCertificate, 'root-crl', checks)
  const pckCrl = readList(endorsements.pck_crl, 'pck-crl')
  verifyRevocationList(pckCrl, ca, 'pck-crl', checks)
  const verifyText = (field: 'tcb_info' | 'qe_identity', signedBy: Certificate) => {
    const signature = parseBareHex(endorsements[`${field}_signature`])
    const refusal = () =>
      new AttestationError(
        field === 'tcb_info' ? 'tcb-info.signature' : 'qe-identity.signature',
        `${field}: signature is not the vendor’s over these bytes`,
      )
    if (signature === undefined) throw refusal()
    checks.verify(signedBy.publicKey, utf8(endorsements[field]), signature, refusal)
  }
  verifyText('tcb_info', tcbSigner[0])
  const tcbInfo = parseTcbInfo(endorsements.tcb_info, tee)
  verifyText('qe_identity', qeSigner[0])
  const qeIdentity = parseQeIdentity(endorsements.qe_identity, tee)
  return { tcbSigner, qeSigner, rootCrl, pckCrl, tcbInfo, qeIdentity }
}

/**
 * Checks the dates of collateral at `atMs`, then revocation. Throws AttestationError with
 * the code of the first check that fails.
 */
export function requireInForce(chain: PckChain, collateral: Collateral, atMs: number): void {
  const { pck, ca } = chain
  const { tcbSigner, qeSigner, rootCrl, pckCrl, tcbInfo, qeIdentity } = collateral
  requireValidPath(tcbSigner, SIGNING_RULES, atMs)
  requireValidPath(qeSigner, SIGNING_RULES, atMs)
  requireCurrentList(rootCrl, 'root-crl', atMs)
  requireCurrentList(pckCrl, 'pck-crl', atMs)
  requireCurrent(tcbInfo, 'tcb-info', atMs)
  requireCurrent(qeIdentity, 'qe-identity', atMs)
  requireLive(ca, rootCrl, 'pck.ca-revoked')
  requireLive(pck, pckCrl, 'pck.revoked')
  for (const [signer] of [tcbSigner, qeSigner])
    if (signer !== undefined) requireLive(signer, rootCrl, 'tcb-signing.revoked')
}

/**
 * The PCK CRL is checked with the CA of the quote's own chain; a chain beside it must be of the
 * same CA.
 */
function checkIssuerChain(pem: string, pckCa: Certificate, root: Certificate): void {
  if (pem === '') return
  const [ca] = readPath(pem, ISSUER_CHAIN, [pckCa, root])
  if (
    ca &&
    equalBytes(ca.subject, pckCa.subject) &&
    equalBytes(ca.publicKey.bytes, pckCa.publicKey.bytes)
  )
    return
  throw new AttestationError('pck-crl.invalid', 'PCK CRL issuer chain: not the CA of the PCK')
}

function readList(hex: string, which: 'root-crl' | 'pck-crl'): RevocationList {
  const der = parseBareHex(hex)
  if (der === undefined || der.length === 0)
    throw new AttestationError(`${which}.invalid`, `${which}: expected hex of a CRL`)
  return within(`${which}.invalid`, which, () => parseRevocationList(der))
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
