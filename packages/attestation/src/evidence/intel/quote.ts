// Intel quotes: TDX of version 4 and 5, SGX of version 3. Every length is checked. Pure.
import { bareHex } from '../../bytes.ts'
import { MAX_QUOTE_BYTES } from '../document.ts'
import { Cursor, fault, malformed } from './cursor.ts'
import { ENCLAVE_REPORT_BYTES, readEnclaveReport, type EnclaveReport } from './enclave-report.ts'
import { readTdReport, TD10_BYTES, TD15_BYTES, type TdReport } from './td-report.ts'
import type { IntelTee } from './tee.ts'

/** How a quote shows that its report is genuine; nothing in it has been verified. */
export type QuoteProof = {
  /** Header, descriptor and body: what the attestation key signs. */
  readonly signed: Uint8Array
  /** r||s, 64 bytes. */
  readonly signature: Uint8Array
  /** x||y, 64 bytes. */
  readonly attestationKey: Uint8Array
  readonly qeReport: EnclaveReport
  /** r||s, 64 bytes, by the PCK. */
  readonly qeReportSignature: Uint8Array
  readonly qeAuthData: Uint8Array
  /** PEM: PCK certificate, its CA, the root; without the zero byte that some write behind it. */
  readonly pckChain: Uint8Array
}

/** A parsed quote of a TDX guest. */
export type TdxQuote = QuoteProof & { readonly report: TdReport }

/** A parsed quote of an SGX enclave. */
export type SgxQuote = QuoteProof & { readonly report: EnclaveReport }

const HEADER_BYTES = 48
const KEY_P256 = 2
const INTEL_QE_VENDOR = '939a7233f79c4ca9940a0db3957f0607'
const BODY_TD10 = 2
const BODY_TD15 = 3
const INITIALIZED = 0x01
const DATA_PCK_CHAIN = 5
const DATA_QE_REPORT = 6

/** Versions that are read, and the TEE type of the header; version 3 has four zero bytes there. */
const HEADERS: { readonly [T in IntelTee]: { versions: readonly number[]; teeType: number } } = {
  tdx: { versions: [4, 5], teeType: 0x81 },
  sgx: { versions: [3], teeType: 0 },
}

/**
 * Reads a TDX quote; bytes after the authentication data are ignored, kernels hand out whole
 * buffers. Throws AttestationError `quote.malformed`, `.unsupported`, `.key-type`, `.vendor`,
 * `.certification-data`.
 */
export function parseTdxQuote(bytes: Uint8Array): TdxQuote {
  const cursor = open(bytes)
  const version = readHeader(cursor, 'tdx')
  const report = readTdReport(cursor.take(tdReportBytes(cursor, version), 'the report'))
  const signed = cursor.taken
  const authentication = cursor.part(4, 'the authentication data')
  const own = readSignature(authentication)
  if (authentication.unsigned(2, 'the certification data') !== DATA_QE_REPORT)
    throw fault('quote.certification-data', 'expected certification data of type 6')
  const certification = authentication.part(4, 'the certification data')
  authentication.end('the authentication data')
  return { report, signed, ...own, ...readCertification(certification) }
}

/**
 * Reads an SGX quote; bytes after the authentication data are ignored. Throws AttestationError as
 * `parseTdxQuote` does.
 */
export function parseSgxQuote(bytes: Uint8Array): SgxQuote {
  const cursor = open(bytes)
  readHeader(cursor, 'sgx')
  const report = readEnclaveReport(cursor.take(ENCLAVE_REPORT_BYTES, 'the report'))
  if (((report.attributes[0] ?? 0) & INITIALIZED) === 0)
    throw malformed('report of an enclave that was never initialised')
  const signed = cursor.taken
  // Version 3 has no frame around the QE report and what follows it.
  const authentication = cursor.part(4, 'the authentication data')
  const own = readSignature(authentication)
  return { report, signed, ...own, ...readCertification(authentication) }
}

function open(bytes: Uint8Array): Cursor {
  if (bytes.length > MAX_QUOTE_BYTES) throw malformed(`more than ${MAX_QUOTE_BYTES} bytes`)
  return new Cursor(bytes)
}

function readHeader(quote: Cursor, tee: IntelTee): number {
  const cursor = new Cursor(quote.take(HEADER_BYTES, 'the header'))
  const version = cursor.unsigned(2, 'the header')
  const keyType = cursor.unsigned(2, 'the header')
  const teeType = cursor.unsigned(4, 'the header')
  // SVNs of QE and PCE, or zero: the QE report and the PCK certificate are what counts.
  cursor.take(4, 'the header')
  const vendor = bareHex(cursor.take(16, 'the header'))
  const expected = HEADERS[tee]
  if (!expected.versions.includes(version))
    throw fault(
      'quote.unsupported',
      `expected version ${expected.versions.join(' or ')} for ${tee}, got ${version}`,
    )
  if (teeType !== expected.teeType)
    throw fault('quote.unsupported', `expected TEE type ${expected.teeType}, got ${teeType}`)
  if (keyType !== KEY_P256)
    throw fault('quote.key-type', `expected an attestation key of type 2 (P-256), got ${keyType}`)
  if (vendor !== INTEL_QE_VENDOR) throw fault('quote.vendor', `unknown QE vendor ${vendor}`)
  return version
}

/** Version 5 names the body; version 4 always has TD 1.0. */
function tdReportBytes(cursor: Cursor, version: number): number {
  if (version === 4) return TD10_BYTES
  const type = cursor.unsigned(2, 'the body descriptor')
  const size = cursor.unsigned(4, 'the body descriptor')
  if (type !== BODY_TD10 && type !== BODY_TD15)
    throw fault('quote.unsupported', `expected a body of type 2 or 3, got ${type}`)
  const expected = type === BODY_TD10 ? TD10_BYTES : TD15_BYTES
  if (size !== expected) throw malformed(`body of ${size} bytes, expected ${expected}`)
  return size
}

function readSignature(authentication: Cursor) {
  const signature = authentication.take(64, 'the signature')
  return { signature, attestationKey: authentication.take(64, 'the attestation key') }
}

/** From the QE report to the end of `data`. */
function readCertification(data: Cursor) {
  const qeReport = readEnclaveReport(data.take(ENCLAVE_REPORT_BYTES, 'the QE report'))
  const qeReportSignature = data.take(64, 'the QE report’s signature')
  const qeAuthData = data.part(2, 'the QE authentication data').rest()
  const type = data.unsigned(2, 'the PCK chain')
  if (type !== DATA_PCK_CHAIN)
    throw fault('quote.certification-data', `expected a PCK chain (type 5), got type ${type}`)
  const chain = data.part(4, 'the PCK chain').rest()
  data.end('the certification data')
  const pckChain = chain.at(-1) === 0 ? chain.subarray(0, -1) : chain
  return { qeReport, qeReportSignature, qeAuthData, pckChain }
}
