// Intel PCS and PCCS, API version 4: where each part is asked for and how its answer is read. No I/O.
import type { Fields } from '../cache/entry.ts'
import { EndorsementError } from '../error.ts'
import type { Item, Read, Route } from '../fetch/item.ts'
import { readIssuerChain, readRevocationListBody, toHex } from '../forms/encodings.ts'
import { revocationListDates } from '../forms/der-dates.ts'
import { cutSignedJson } from '../forms/signed-json.ts'
import type { HttpAnswer } from '../http/get.ts'
import type { Server } from '../http/server.ts'

/** Which technology. */
export type IntelTee = 'sgx' | 'tdx'

/** Issuer of a PCK certificate: "Intel SGX PCK Platform CA" or "Processor CA". */
export type PckCa = 'platform' | 'processor'

/**
 * Which TCB evaluation data: `standard` (what counts now), `early` (what will count), or a number
 * (PCS only).
 */
export type Evaluation = 'standard' | 'early' | number

/** A server of this API, ready to be asked. */
export type IntelServer = {
  readonly server: Server
  /** Where the root's revocation list lies: PCS keeps it elsewhere. */
  readonly rootCrlUrl: URL
  readonly api: 'pcs' | 'pccs'
}

/** Intel's own service. */
export const PCS_URL = 'https://api.trustedservices.intel.com'
/** Distribution point of Intel's root CRL, DER. */
export const PCS_ROOT_CRL_URL = 'https://certificates.trustedservices.intel.com/IntelSGXRootCA.der'

/** Largest body of JSON and of a hex CRL, bytes: what an appraisal takes. */
const MAX_TEXT_BYTES = 131_072
const MAX_CRL_BYTES = 65_536
const INTERVAL_MS = 100
const HOUR_MS = 3_600_000
const REFRESH_MS = 12 * HOUR_MS

/** TCB info of a platform family. Throws EndorsementError `request.invalid`. */
export function tcbInfoItem(
  servers: readonly IntelServer[],
  tee: IntelTee,
  fmspc: string,
  evaluation: Evaluation,
): Item {
  if (!/^[0-9a-f]{12}$/.test(fmspc))
    throw new EndorsementError('request.invalid', 'fmspc: expected 12 lower-case hex digits')
  const path = `/${tee}/certification/v4/tcb?fmspc=${fmspc}&${evaluationQuery(evaluation)}`
  return {
    kind: 'tcb-info',
    key: `${tee}/${fmspc}/${evaluation}`,
    refreshMs: REFRESH_MS,
    numberOf: evaluationNumber,
    routes: routes(servers, evaluation, path, (answer) => {
      const read = readSigned(answer, 'tcbInfo', TCB_CHAINS)
      const { fmspc: given, id } = read.value
      const same = typeof given === 'string' && given.toLowerCase() === fmspc
      if (!same || id !== tee.toUpperCase())
        throw new EndorsementError('answer.mismatch', 'TCB info of another platform')
      return read
    }),
  }
}

/** Identity of the quoting enclave. */
export function qeIdentityItem(
  servers: readonly IntelServer[],
  tee: IntelTee,
  evaluation: Evaluation,
): Item {
  const path = `/${tee}/certification/v4/qe/identity?${evaluationQuery(evaluation)}`
  return {
    kind: 'qe-identity',
    key: `${tee}/${evaluation}`,
    refreshMs: REFRESH_MS,
    numberOf: evaluationNumber,
    routes: routes(servers, evaluation, path, (answer) => {
      const read = readSigned(answer, 'enclaveIdentity', IDENTITY_CHAINS)
      if (read.value['id'] !== (tee === 'tdx' ? 'TD_QE' : 'QE'))
        throw new EndorsementError('answer.mismatch', 'identity of another enclave')
      return read
    }),
  }
}

/** Numbers of the TCB evaluation data that Intel keeps up now. */
export function evaluationNumbersItem(servers: readonly IntelServer[], tee: IntelTee): Item {
  const path = `/${tee}/certification/v4/tcbevaluationdatanumbers`
  return {
    kind: 'evaluation-numbers',
    key: tee,
    refreshMs: REFRESH_MS,
    routes: routes(servers, 'standard', path, (answer) =>
      readSigned(answer, 'tcbEvaluationDataNumbers', NUMBERS_CHAINS),
    ),
  }
}

/** Revocation list of a PCK CA. */
export function pckCrlItem(servers: readonly IntelServer[], ca: PckCa): Item {
  const path = `/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`
  return {
    kind: 'pck-crl',
    key: ca,
    refreshMs: REFRESH_MS,
    routes: routes(servers, 'standard', path, ({ headers, body }) => {
      const { fields, ...dates } = readRevocationList(body)
      const chain = readIssuerChain(headers['sgx-pck-crl-issuer-chain'])
      return { ...dates, fields: { ...fields, chain } }
    }),
  }
}

/** Revocation list of the root. */
export function rootCaCrlItem(servers: readonly IntelServer[]): Item {
  return {
    kind: 'root-ca-crl',
    key: 'intel',
    refreshMs: 24 * HOUR_MS,
    routes: servers.map(({ server, rootCrlUrl }) => ({
      ...route(server, rootCrlUrl),
      read: ({ body }) => readRevocationList(body),
    })),
  }
}

/** A CRL in any of its encodings as hex of DER. Throws EndorsementError `answer.malformed`. */
export function readRevocationList(body: Uint8Array): Read {
  const der = readRevocationListBody(body)
  if (der.length > MAX_CRL_BYTES)
    throw new EndorsementError('answer.too-large', `CRL: more than ${MAX_CRL_BYTES} bytes`)
  const { fromMs, untilMs } = revocationListDates(der)
  return { fields: { crl: toHex(der) }, issuedAtMs: fromMs, nextUpdateMs: untilMs }
}

const TCB_CHAINS = ['tcb-info-issuer-chain', 'sgx-tcb-info-issuer-chain']
const IDENTITY_CHAINS = ['sgx-enclave-identity-issuer-chain']
const NUMBERS_CHAINS = ['tcb-evaluation-data-numbers-issuer-chain', ...TCB_CHAINS]

function readSigned({ headers, body }: HttpAnswer, name: string, chains: readonly string[]) {
  const { text, signature, value, issuedAtMs, nextUpdateMs } = cutSignedJson(body, name)
  const header = chains.map((chain) => headers[chain]).find((found) => found !== undefined)
  const fields = { text, signature: signature.toLowerCase(), chain: readIssuerChain(header) }
  return { fields, issuedAtMs, nextUpdateMs, value }
}

/** Intel keeps several sets up at a time, each with dates of today: only the number tells which. */
function evaluationNumber({ text = '' }: Fields): number {
  const { tcbEvaluationDataNumber: number } = JSON.parse(text) as Record<string, unknown>
  return typeof number === 'number' ? number : 0
}

function evaluationQuery(evaluation: Evaluation): string {
  if (typeof evaluation === 'string') return `update=${evaluation}`
  if (!Number.isSafeInteger(evaluation) || evaluation < 1 || evaluation > 65_535)
    throw new EndorsementError(
      'request.invalid',
      'evaluation: expected standard, early or 1..65535',
    )
  return `tcbEvaluationDataNumber=${evaluation}`
}

function routes(
  servers: readonly IntelServer[],
  evaluation: Evaluation,
  path: string,
  read: Route['read'],
): Route[] {
  return servers
    .filter(({ api }) => api === 'pcs' || typeof evaluation === 'string')
    .map(({ server }) => ({ ...route(server, new URL(server.url + path)), read }))
}

function route(server: Server, url: URL) {
  return { server, url, maxBytes: MAX_TEXT_BYTES, bucket: 'pcs', intervalMs: INTERVAL_MS }
}
