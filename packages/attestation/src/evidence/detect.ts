// Which platform bytes are from, by their first fields alone. Pure.
import type { Platform } from '../appraisal/claims.ts'
import { SNP_REPORT_BYTES } from './sev-snp/report.ts'

/** Header of a quote, bytes. */
const QUOTE_HEADER_BYTES = 48
const TEE_SGX = 0
const TEE_TDX = 0x81
/** COSE_Sign1 with the protected header of AWS, after tag 18 or without it. */
const COSE_STARTS = [
  [0xd2, 0x84, 0x44, 0xa1, 0x01, 0x38, 0x22],
  [0x84, 0x44, 0xa1, 0x01, 0x38, 0x22],
]

/**
 * The platform whose evidence begins like these bytes: a quote of version 3 (SGX) or of version 4
 * or 5 with its TEE type, a SEV-SNP report by its length and version, a Nitro document by the
 * header of its signature. No two can be mistaken for each other: what is the key type of a quote,
 * 2 or 3, is zero in a report. Undefined for anything else; never throws, and verifies nothing.
 */
export function detectPlatform(bytes: Uint8Array): Platform | undefined {
  if (COSE_STARTS.some((start) => start.every((byte, index) => bytes[index] === byte)))
    return 'nitro'
  if (bytes.length < QUOTE_HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const reportVersion = view.getUint32(0, true)
  if (bytes.length === SNP_REPORT_BYTES && reportVersion >= 2 && reportVersion <= 5)
    return 'sev-snp'
  const [version, keyType, tee] = [
    view.getUint16(0, true),
    view.getUint16(2, true),
    view.getUint32(4, true),
  ]
  if (keyType === 0) return undefined
  if (version === 3) return 'sgx'
  if (version !== 4 && version !== 5) return undefined
  return tee === TEE_TDX ? 'tdx' : tee === TEE_SGX ? 'sgx' : undefined
}
