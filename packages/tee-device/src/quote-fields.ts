// The few fields of quotes and reports that a guest reads of its own evidence; it verifies nothing. Pure.
import type { SgxReport, SnpReport, TeePlatform } from './device.ts'
import { TeeError } from './error.ts'
import { toHex } from './hex.ts'

/** Bytes of an SNP report, SEV Secure Nested Paging Firmware ABI table 22. */
const SNP_REPORT_BYTES = 1184
/** Bytes of an SGX report body, without the MAC that a local report has. */
const ENCLAVE_REPORT_BODY_BYTES = 384

const QUOTE_HEADER_BYTES = 48
const TDX_TEE_TYPE = 0x81
const TDX_BODY_BYTES = 584
/** Quote v5 has the type and the size of the body before it. */
const V5_BODY_OFFSET = QUOTE_HEADER_BYTES + 6
const SNP_POLICY_DEBUG_BIT = 1n << 19n
const SGX_ATTRIBUTE_DEBUG = 0x02
const TDX_ATTRIBUTE_DEBUG = 0x01

/** What a TDX quote says of the guest that asked for it. */
export type TdxQuoteFields = {
  readonly debug: boolean
  readonly mrtd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly reportData: Uint8Array
}

/** The report data in a quote, 64 bytes. Throws TeeError `tee.answer-invalid` for a format that is not known. */
export function reportDataIn(platform: TeePlatform, quote: Uint8Array): Uint8Array {
  if (platform === 'tdx') return tdxQuoteFields(quote).reportData
  if (platform === 'sev-snp') return field(snpReport(quote), 0x50, 64)
  return field(enclaveBody(quote), 320, 64)
}

/** Reads a TDX quote of version 4 or 5. Throws TeeError `tee.answer-invalid`. */
export function tdxQuoteFields(quote: Uint8Array): TdxQuoteFields {
  const version = quoteVersion(quote, TDX_TEE_TYPE)
  if (version !== 4 && version !== 5) throw unknownFormat('a TDX quote of version 4 or 5')
  const offset = version === 4 ? QUOTE_HEADER_BYTES : V5_BODY_OFFSET
  const body = part(quote, offset, TDX_BODY_BYTES, 'a TDX quote')
  return {
    debug: ((body[120] ?? 0) & TDX_ATTRIBUTE_DEBUG) !== 0,
    mrtd: field(body, 136, 48),
    mrConfigId: field(body, 184, 48),
    reportData: field(body, 520, 64),
  }
}

/** Reads an SNP report of 1184 bytes. Throws TeeError `tee.answer-invalid`. */
export function snpReportFields(bytes: Uint8Array): SnpReport {
  const report = snpReport(bytes)
  const view = viewOf(report)
  const chipId = field(report, 0x1a0, 64)
  const vmpl = view.getUint32(0x30, true)
  if (vmpl > 3) throw unknownFormat('an SNP report with a VMPL from 0 to 3')
  return {
    hostData: toHex(field(report, 0xc0, 32)),
    measurement: toHex(field(report, 0x90, 48)),
    // A masked chip id is all zero.
    ...(chipId.some((byte) => byte !== 0) ? { chipId: toHex(chipId) } : {}),
    vmpl,
    debug: (view.getBigUint64(8, true) & SNP_POLICY_DEBUG_BIT) !== 0n,
  }
}

/** Reads an SGX report (432 bytes) or its body. Throws TeeError `tee.answer-invalid`. */
export function enclaveReportFields(
  bytes: Uint8Array,
): SgxReport & { readonly reportData: Uint8Array } {
  const body = part(bytes, 0, ENCLAVE_REPORT_BODY_BYTES, 'an SGX report')
  return {
    configId: toHex(field(body, 192, 64)),
    mrEnclave: toHex(field(body, 64, 32)),
    mrSigner: toHex(field(body, 128, 32)),
    debug: ((body[48] ?? 0) & SGX_ATTRIBUTE_DEBUG) !== 0,
    reportData: field(body, 320, 64),
  }
}

function enclaveBody(quote: Uint8Array): Uint8Array {
  const version = quoteVersion(quote, 0)
  if (version !== 3) throw unknownFormat('an SGX quote of version 3')
  return part(quote, QUOTE_HEADER_BYTES, ENCLAVE_REPORT_BODY_BYTES, 'an SGX quote')
}

function snpReport(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== SNP_REPORT_BYTES)
    throw unknownFormat(`an SNP report of ${SNP_REPORT_BYTES} bytes, got ${bytes.length}`)
  return bytes
}

/** The version of a DCAP quote; 0 for anything of another TEE type. */
function quoteVersion(quote: Uint8Array, teeType: number): number {
  const view = viewOf(part(quote, 0, QUOTE_HEADER_BYTES, 'a quote'))
  return view.getUint32(4, true) === teeType ? view.getUint16(0, true) : 0
}

function part(bytes: Uint8Array, offset: number, size: number, what: string): Uint8Array {
  if (bytes.length < offset + size)
    throw new TeeError(
      'tee.answer-invalid',
      `expected ${what} of at least ${offset + size} bytes, got ${bytes.length}`,
    )
  return bytes.subarray(offset, offset + size)
}

function field(bytes: Uint8Array, offset: number, size: number): Uint8Array {
  return new Uint8Array(bytes.subarray(offset, offset + size))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unknownFormat(expected: string): TeeError {
  return new TeeError('tee.answer-invalid', `expected ${expected}`)
}
