// TDX quotes, version 4 and 5, with certification data of type 6 over 5. Every length is checked.
// Pure.
import { bareHex } from '../../bytes.ts'
import { AttestationError, type AttestationErrorCode } from '../../error.ts'
import { MAX_QUOTE_BYTES } from '../document.ts'
import { ENCLAVE_REPORT_BYTES, readEnclaveReport, type EnclaveReport } from './enclave-report.ts'
import { readTdReport, TD10_BYTES, TD15_BYTES, type TdReport } from './td-report.ts'

/** A parsed quote; nothing in it has been verified. */
export type TdxQuote = {
  readonly report: TdReport
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
  /** PEM: PCK certificate, its CA, the root. */
  readonly pckChain: string
}

const HEADER_BYTES = 48
const TEE_TDX = 0x81
const KEY_P256 = 2
const INTEL_QE_VENDOR = '939a7233f79c4ca9940a0db3957f0607'
const BODY_TD10 = 2
const BODY_TD15 = 3
const DATA_PCK_CHAIN = 5
const DATA_QE_REPORT = 6

/** Takes bytes from the front; ends in an error where there are too few. */
class Cursor {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset)
  }

  take(size: number, what: string): Uint8Array {
    if (size > this.#bytes.length - this.#offset) throw malformed(`ends inside ${what}`)
    this.#offset += size
    return this.#bytes.subarray(this.#offset - size, this.#offset)
  }

  /** Little-endian. */
  unsigned(size: 2 | 4, what: string): number {
    return this.take(size, what).reduceRight((value, byte) => value * 256 + byte, 0)
  }

  /** A part with its length before it. */
  part(size: 2 | 4, what: string): Cursor {
    return new Cursor(this.take(this.unsigned(size, what), what))
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset)
  }

  end(what: string): void {
    if (this.#offset !== this.#bytes.length) throw malformed(`bytes left over in ${what}`)
  }
}

/**
 * Reads a quote; bytes after the authentication data are ignored, kernels hand out whole buffers.
 * Throws AttestationError `quote.malformed`, `.unsupported`, `.key-type`, `.vendor`,
 * `.certification-data`.
 */
export function parseTdxQuote(bytes: Uint8Array): TdxQuote {
  if (bytes.length > MAX_QUOTE_BYTES) throw malformed(`more than ${MAX_QUOTE_BYTES} bytes`)
  const cursor = new Cursor(bytes)
  const version = readHeader(cursor.take(HEADER_BYTES, 'the header'))
  const report = readTdReport(cursor.take(bodySize(cursor, version), 'the report'))
  const signed = cursor.taken
  const authentication = cursor.part(4, 'the authentication data')
  const signature = authentication.take(64, 'the signature')
  const attestationKey = authentication.take(64, 'the attestation key')
  if (authentication.unsigned(2, 'the certification data') !== DATA_QE_REPORT)
    throw fault('quote.certification-data', 'expected certification data of type 6')
  const certification = authentication.part(4, 'the certification data')
  authentication.end('the authentication data')
  return { report, signed, signature, attestationKey, ...readCertification(certification) }
}

function readHeader(header: Uint8Array): 4 | 5 {
  const cursor = new Cursor(header)
  const version = cursor.unsigned(2, 'the header')
  const keyType = cursor.unsigned(2, 'the header')
  const tee = cursor.unsigned(4, 'the header')
  cursor.take(4, 'the header')
  const vendor = bareHex(cursor.take(16, 'the header'))
  if (version !== 4 && version !== 5)
    throw fault('quote.unsupported', `expected quote version 4 or 5, got ${version}`)
  if (tee !== TEE_TDX) throw fault('quote.unsupported', `expected TEE type 0x81, got ${tee}`)
  if (keyType !== KEY_P256)
    throw fault('quote.key-type', `expected an attestation key of type 2 (P-256), got ${keyType}`)
  if (vendor !== INTEL_QE_VENDOR) throw fault('quote.vendor', `unknown QE vendor ${vendor}`)
  return version
}

/** Version 5 names the body; version 4 always has TD 1.0. */
function bodySize(cursor: Cursor, version: 4 | 5): number {
  if (version === 4) return TD10_BYTES
  const type = cursor.unsigned(2, 'the body descriptor')
  const size = cursor.unsigned(4, 'the body descriptor')
  if (type !== BODY_TD10 && type !== BODY_TD15)
    throw fault('quote.unsupported', `expected a body of type 2 or 3, got ${type}`)
  const expected = type === BODY_TD10 ? TD10_BYTES : TD15_BYTES
  if (size !== expected) throw malformed(`body of ${size} bytes, expected ${expected}`)
  return size
}

function readCertification(data: Cursor) {
  const qeReport = readEnclaveReport(data.take(ENCLAVE_REPORT_BYTES, 'the QE report'))
  const qeReportSignature = data.take(64, 'the QE report’s signature')
  const qeAuthData = data.part(2, 'the QE authentication data').rest()
  const type = data.unsigned(2, 'the PCK chain')
  if (type !== DATA_PCK_CHAIN)
    throw fault('quote.certification-data', `expected a PCK chain (type 5), got type ${type}`)
  const chain = data.part(4, 'the PCK chain').rest()
  data.end('the certification data')
  // Some quoting enclaves end the text with a zero byte.
  const text = chain.at(-1) === 0 ? chain.subarray(0, -1) : chain
  return { qeReport, qeReportSignature, qeAuthData, pckChain: new TextDecoder().decode(text) }
}

function malformed(message: string): AttestationError {
  return fault('quote.malformed', message)
}

function fault(code: AttestationErrorCode, message: string): AttestationError {
  return new AttestationError(code, `quote: ${message}`)
}
