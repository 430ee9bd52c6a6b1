// The collateral routes of Intel PCS and PCCS, API version 4, from given collateral. No I/O.
import type { IntelEndorsements } from '@wetee/attestation'
import type { IntelTee, PckCa } from '../intel/pcs.ts'
import type { Answer } from './behaviour.ts'

/** Which collateral a request is for. */
export type IntelQuery = {
  readonly tee: IntelTee
  readonly ca: PckCa
  readonly update: 'standard' | 'early'
}

/** What an Intel server has. */
export type IntelHoldings = {
  /** Platform families it knows, lower-case hex; others get 404. */
  readonly fmspcs: readonly string[]
  /** Collateral as it is now. */
  collateral(query: IntelQuery): IntelEndorsements
  /** Collateral as it was, for the behaviour `stale`. */
  staleCollateral?(query: IntelQuery): IntelEndorsements
  /** Signed list of evaluation numbers; 404 without. */
  readonly evaluationNumbers?: { readonly text: string; readonly signature: string }
}

/** Names of the routes. */
export type IntelRoute = 'tcb' | 'qe-identity' | 'pck-crl' | 'root-ca-crl' | 'evaluation-numbers'

const NOT_FOUND: Answer = { status: 404, headers: {}, body: new Uint8Array() }
const BAD_REQUEST: Answer = { status: 400, headers: {}, body: new Uint8Array() }

/** Which route a path is; undefined for none. PCS has no `rootcacrl`, PCCS no `.der` file. */
export function intelRouteOf(api: 'pcs' | 'pccs', path: string): IntelRoute | undefined {
  if (/^\/(?:sgx|tdx)\/certification\/v4\/tcb$/.test(path)) return 'tcb'
  if (/^\/(?:sgx|tdx)\/certification\/v4\/qe\/identity$/.test(path)) return 'qe-identity'
  if (path === '/sgx/certification/v4/pckcrl') return 'pck-crl'
  if (/^\/(?:sgx|tdx)\/certification\/v4\/tcbevaluationdatanumbers$/.test(path))
    return 'evaluation-numbers'
  if (api === 'pcs' && path === '/IntelSGXRootCA.der') return 'root-ca-crl'
  if (api === 'pccs' && path === '/sgx/certification/v4/rootcacrl') return 'root-ca-crl'
  return undefined
}

/** What the real service answers. */
export function answerIntel(
  api: 'pcs' | 'pccs',
  route: IntelRoute,
  url: URL,
  holdings: IntelHoldings,
  stale: boolean,
): Answer {
  const tee: IntelTee = url.pathname.startsWith('/tdx/') ? 'tdx' : 'sgx'
  const update = url.searchParams.get('update')?.toLowerCase() ?? 'standard'
  const number = url.searchParams.get('tcbEvaluationDataNumber')
  const ca = url.searchParams.get('ca')
  if (update !== 'standard' && update !== 'early') return BAD_REQUEST
  if (number !== null && (url.searchParams.has('update') || api === 'pccs')) return BAD_REQUEST
  if (route === 'pck-crl' && ca !== 'platform' && ca !== 'processor') return BAD_REQUEST
  const query = { tee, update, ca: ca === 'processor' ? 'processor' : 'platform' } as const
  const fields = (stale && holdings.staleCollateral?.(query)) || holdings.collateral(query)
  switch (route) {
    case 'tcb': {
      const fmspc = url.searchParams.get('fmspc') ?? ''
      if (!/^[0-9a-fA-F]{12}$/.test(fmspc)) return BAD_REQUEST
      if (!holdings.fmspcs.includes(fmspc.toLowerCase())) return NOT_FOUND
      const { tcb_info, tcb_info_signature, tcb_info_issuer_chain } = fields
      const body = signed('tcbInfo', tcb_info, tcb_info_signature)
      return json(body, 'TCB-Info-Issuer-Chain', tcb_info_issuer_chain)
    }
    case 'qe-identity': {
      const { qe_identity, qe_identity_signature, qe_identity_issuer_chain } = fields
      const body = signed('enclaveIdentity', qe_identity, qe_identity_signature)
      return json(body, 'SGX-Enclave-Identity-Issuer-Chain', qe_identity_issuer_chain)
    }
    case 'evaluation-numbers': {
      const { evaluationNumbers } = holdings
      if (evaluationNumbers === undefined || api === 'pccs') return NOT_FOUND
      const { text, signature } = evaluationNumbers
      const body = signed('tcbEvaluationDataNumbers', text, signature)
      return json(body, 'TCB-Evaluation-Data-Numbers-Issuer-Chain', fields.tcb_info_issuer_chain)
    }
    case 'pck-crl':
      return crl(Buffer.from(fields.pck_crl, 'hex'), fields.pck_crl_issuer_chain)
    case 'root-ca-crl':
      // PCCS sends hex as text.
      return crl(Buffer.from(fields.root_ca_crl, api === 'pcs' ? 'hex' : 'latin1'))
  }
}

function signed(name: string, text: string, signature: string): string {
  return `{"${name}":${text},"signature":"${signature}"}`
}

function json(body: string, header: string, chain: string): Answer {
  const headers = { 'content-type': 'application/json', [header]: encodeURIComponent(chain) }
  return { status: 200, headers: { ...headers, 'request-id': '0' }, body: Buffer.from(body) }
}

function crl(body: Uint8Array, chain?: string): Answer {
  const type = { 'content-type': 'application/pkix-crl' }
  if (chain === undefined) return { status: 200, headers: type, body }
  const headers = { ...type, 'SGX-PCK-CRL-Issuer-Chain': encodeURIComponent(chain) }
  return { status: 200, headers, body }
}
