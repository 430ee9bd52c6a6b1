// Collateral of the simulated vendor for TDX and SGX, sound or with one thing wrong. Node only.
import { bareHex, fromHex, utf8, type Hex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import { issueRevocationList, toPem } from '../certificates.ts'
import { pckSerial } from './pck.ts'
import type { CertificateAuthority, Pki, SigningFault } from './pki.ts'
import { changed } from './quote-writer.ts'
import { qeIdentityText, tcbInfoText } from './signed-json.ts'
import {
  OTHER_FMSPC,
  OTHER_PCE_ID,
  TCB_STATES,
  type SimulatedCa,
  type SimulatedTee,
} from './tcb.ts'

/** Things wrong with collateral, each the only thing wrong. */
export const COLLATERAL_FAULTS = [
  'root-crl-missing',
  'root-crl-signature',
  'root-crl-expired',
  'root-crl-not-yet-valid',
  'pck-crl-missing',
  'pck-crl-signature',
  'pck-crl-of-the-other-ca',
  'pck-crl-expired',
  'pck-crl-not-yet-valid',
  'pck-ca-revoked',
  'tcb-signer-revoked',
  'tcb-signer-signature',
  'tcb-signer-expired',
  'tcb-signer-is-a-pck',
  'tcb-info-signature',
  'tcb-info-malformed',
  'tcb-info-expired',
  'tcb-info-not-yet-valid',
  'tcb-info-of-another-family',
  'tcb-info-of-another-pce',
  'tcb-info-of-the-other-tee',
  'qe-identity-signature',
  'qe-identity-malformed',
  'qe-identity-expired',
  'qe-identity-not-yet-valid',
  'qe-identity-of-the-other-tee',
] as const

/** One of those. */
export type CollateralFault = (typeof COLLATERAL_FAULTS)[number]

/** Which collateral is asked for. */
export type CollateralOptions = {
  /** Default: TDX. */
  readonly tee?: SimulatedTee
  /** Whose list of revoked PCKs; default: the Platform CA's. */
  readonly ca?: SimulatedCa
  /**
   * How often the vendor has asked for newer microcode since: each time adds 1 to the evaluation
   * number and to the SVNs of the newest level, and what was up to date is out of date.
   */
  readonly recoveries?: number
  readonly faults?: readonly CollateralFault[]
  /** Fields of TCB info that are to be others. */
  readonly tcbInfo?: Readonly<Record<string, unknown>>
  /** Fields of QE identity that are to be others. */
  readonly qeIdentity?: Readonly<Record<string, unknown>>
}

type Part = 'root-crl' | 'pck-crl' | 'tcb-info' | 'qe-identity'
type Has = (fault: CollateralFault) => boolean

const SIGNING_FAULTS: readonly SigningFault[] = ['signature', 'expired', 'is-a-pck']
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Collateral as issued at `atMs`: valid from an hour before to 30 days after. */
export function issueCollateral(
  pki: Pki,
  revoked: ReadonlySet<Hex>,
  atMs: number,
  options: CollateralOptions = {},
): IntelEndorsements {
  const { ca = 'platform', faults = [] } = options
  const has: Has = (fault) => faults.includes(fault)
  const signingChain = pki.signingChain(SIGNING_FAULTS.find((fault) => has(`tcb-signer-${fault}`)))
  const sign = (text: string, wrong: boolean) => {
    const signature = pki.signingKey.sign(utf8(text))
    return bareHex(wrong ? changed(signature) : signature)
  }
  const other = ca === 'platform' ? 'processor' : 'platform'
  const authority = pki.cas[has('pck-crl-of-the-other-ca') ? other : ca]
  const tcbInfo = tcbInfoOf(has, atMs, options)
  const qeIdentity = qeIdentityOf(has, atMs, options)
  return {
    pck_crl_issuer_chain: toPem(authority.der, pki.rootDer),
    root_ca_crl: rootList(pki, pki.cas[ca], has, atMs),
    pck_crl: pckList(authority, revoked, has, atMs),
    tcb_info_issuer_chain: signingChain,
    tcb_info: tcbInfo,
    tcb_info_signature: sign(tcbInfo, has('tcb-info-signature')),
    qe_identity_issuer_chain: signingChain,
    qe_identity: qeIdentity,
    qe_identity_signature: sign(qeIdentity, has('qe-identity-signature')),
  }
}

function windowOf(part: Part, has: Has, atMs: number) {
  if (has(`${part}-not-yet-valid`))
    return { issuedAtMs: atMs + HOUR_MS, nextUpdateMs: atMs + 30 * DAY_MS }
  const nextUpdateMs = has(`${part}-expired`) ? atMs - HOUR_MS : atMs + 30 * DAY_MS
  return { issuedAtMs: atMs - (has(`${part}-expired`) ? 30 * DAY_MS : HOUR_MS), nextUpdateMs }
}

function tcbInfoOf(has: Has, atMs: number, options: CollateralOptions): string {
  const { tee = 'tdx', recoveries = 0, tcbInfo = {} } = options
  const fields = {
    ...(has('tcb-info-malformed') ? { version: 2 } : {}),
    ...(has('tcb-info-of-another-family') ? { fmspc: OTHER_FMSPC.toUpperCase() } : {}),
    ...(has('tcb-info-of-another-pce') ? { pceId: OTHER_PCE_ID } : {}),
    ...tcbInfo,
  }
  const about = has('tcb-info-of-the-other-tee') ? otherThan(tee) : tee
  return tcbInfoText(windowOf('tcb-info', has, atMs), { tee: about, recoveries, fields })
}

function qeIdentityOf(has: Has, atMs: number, options: CollateralOptions): string {
  const { tee = 'tdx', recoveries = 0, qeIdentity = {} } = options
  const fields = { ...(has('qe-identity-malformed') ? { version: 3 } : {}), ...qeIdentity }
  const about = has('qe-identity-of-the-other-tee') ? otherThan(tee) : tee
  return qeIdentityText(windowOf('qe-identity', has, atMs), { tee: about, recoveries, fields })
}

function otherThan(tee: SimulatedTee): SimulatedTee {
  return tee === 'tdx' ? 'sgx' : 'tdx'
}

function rootList(pki: Pki, ca: CertificateAuthority, has: Has, atMs: number): string {
  if (has('root-crl-missing')) return ''
  const { issuedAtMs: thisUpdateMs, nextUpdateMs } = windowOf('root-crl', has, atMs)
  const serials = [
    ...(has('pck-ca-revoked') ? [ca.serial] : []),
    ...(has('tcb-signer-revoked') ? [pki.signingSerial] : []),
  ]
  const der = issueRevocationList({ thisUpdateMs, nextUpdateMs, serials }, pki.root)
  return bareHex(has('root-crl-signature') ? changed(der) : der)
}

function pckList(
  { issuer }: CertificateAuthority,
  revoked: ReadonlySet<Hex>,
  has: Has,
  atMs: number,
): string {
  if (has('pck-crl-missing')) return ''
  const { issuedAtMs: thisUpdateMs, nextUpdateMs } = windowOf('pck-crl', has, atMs)
  const serials = [...revoked].flatMap((ppid) =>
    TCB_STATES.map((tcb) => pckSerial(fromHex(ppid, 16, 'revoked'), tcb)),
  )
  const der = issueRevocationList({ thisUpdateMs, nextUpdateMs, serials }, issuer)
  return bareHex(has('pck-crl-signature') ? changed(der) : der)
}
