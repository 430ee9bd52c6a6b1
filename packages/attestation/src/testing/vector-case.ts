// A case of the attestation vectors as their manifest has it, and our codes for its reasons. Pure.
import type { SnpProduct } from '../appraisal/claims.ts'

/** One case. Paths are relative to the folder of the manifest, hex has no prefix. */
export type VectorCase = {
  readonly id: string
  readonly platform: 'intel-dcap' | 'intel-eventlog' | 'amd-snp' | 'aws-nitro'
  readonly kind: 'real' | 'tampered' | 'synthetic'
  readonly evidence: string
  /** Intel. */
  readonly collateral?: string
  /** AMD. */
  readonly leaf?: string
  readonly ask?: string
  readonly crl?: string
  /** Event logs. */
  readonly quote?: string
  readonly root?: string
  /** ISO 8601. */
  readonly verifyAt?: string
  readonly expect: VectorExpectation
  readonly fields?: Readonly<Record<string, string | number>>
}

/** What a case expects. */
export type VectorExpectation = {
  readonly evidence?: 'valid' | 'invalid'
  readonly reason?: string
  readonly flags?: readonly string[]
  readonly strictPolicy?: 'accept' | 'reject'
  readonly tcbStatus?: string
  readonly tcbDate?: string
  readonly advisoryIDs?: readonly string[]
  readonly fmspc?: string
  readonly product?: SnpProduct
  readonly signedBy?: string
  readonly tcb?: Readonly<Record<'bl' | 'tee' | 'snp' | 'ucode', number>> & {
    readonly fmc?: number
  }
  readonly events?: number
  readonly rtmr?: readonly string[]
  readonly rtmr3Events?: readonly { readonly event: string; readonly payload: string }[]
}

/** Paths of the files that a case needs. */
export function vectorPaths(vector: VectorCase): readonly string[] {
  const { evidence, collateral, leaf, ask, crl, quote, root } = vector
  return [evidence, collateral, leaf, ask, crl, quote, root].filter((path) => path !== undefined)
}

/**
 * Our codes for the reasons of the vectors. A reason names the first failing check in one strict
 * order; another order may meet another one first.
 */
export const VECTOR_CODES: Readonly<Record<string, readonly string[]>> = {
  PARSE: ['quote.malformed', 'quote.unsupported'],
  AKT: ['quote.key-type'],
  CERT_TYPE: ['quote.certification-data'],
  QE_VENDOR: ['quote.vendor'],
  QUOTE_SIG: ['quote.signature'],
  QE_REPORT_DATA: ['qe-report.data'],
  QE_REPORT_SIG: ['qe-report.signature'],
  QE_IDENTITY_SIG: ['qe-identity.signature'],
  QE_IDENTITY_MISMATCH: ['qe-identity.mismatch'],
  QE_IDENTITY_EXPIRED: ['qe-identity.expired'],
  TCB_INFO_SIG: ['tcb-info.signature'],
  TCB_INFO_MISMATCH: ['tcb-info.mismatch'],
  TCB_INFO_EXPIRED: ['tcb-info.expired'],
  TCB_INFO_FUTURE: ['tcb-info.not-yet-valid'],
  TCB_NOT_SUPPORTED: ['tcb.unsupported'],
  TCB_REVOKED: ['tcb.revoked'],
  TDX_MODULE_MISMATCH: ['tdx-module.mismatch'],
  PCK_CHAIN: ['pck.chain', 'root.untrusted'],
  PCK_ROOT: ['root.untrusted'],
  PCK_REVOKED: ['pck.revoked'],
  PCK_CA_REVOKED: ['pck.ca-revoked'],
  PCK_CRL: ['pck-crl.invalid', 'pck-crl.not-yet-valid'],
  PCK_CRL_EXPIRED: ['pck-crl.expired'],
  ROOT_CRL: ['root-crl.invalid'],
  TCB_SIGNER_REVOKED: ['tcb-signing.revoked'],
  TCB_SIGN_CHAIN: ['tcb-signing.chain'],
  LEN: ['snp-report.malformed'],
  VERSION: ['snp-report.unsupported'],
  SIG_ALGO: ['snp-report.unsupported'],
  SIG_FORMAT: ['snp-report.malformed', 'snp-report.signature'],
  SIGNING_KEY: ['snp-report.signing-key'],
  REPORT_SIG: ['snp-report.signature'],
  LEAF_VALIDITY: ['vek.chain'],
  VCEK_SIG: ['vek.chain'],
  TCB_MISMATCH: ['vek.tcb-mismatch'],
  CHIP_ID: ['vek.chip-mismatch'],
  ARK_UNTRUSTED: ['root.untrusted'],
  ASK_REVOKED: ['ask.revoked'],
  CRL: ['ark-crl.invalid'],
  CRL_EXPIRED: ['ark-crl.expired'],
}

/** Cases that stop earlier here than in the order of the vectors. */
export const EARLIER_CODES: Readonly<Record<string, string>> = {
  // A PCK chain beside the nine fields is not accepted at all: the quote carries its own.
  'tampered-pck-swapped': 'endorsement.malformed',
}
