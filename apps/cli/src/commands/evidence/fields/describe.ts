// What bytes look like: the first reader that knows them. Pure.
import { detectPlatform } from '@wetee/attestation'
import type { Description } from './field.ts'
import { describeNitroDocument } from './nitro-document.ts'
import { describeQuote } from './quote.ts'
import { describeSnpReport } from './snp-report.ts'

const snpReportBytes = 1_184

/** A quote, report or Nitro document; nothing where the bytes are none of these. */
export function describeBytes(bytes: Uint8Array): Description | undefined {
  switch (detectPlatform(bytes)) {
    case 'tdx':
    case 'sgx':
      return describeQuote(bytes)
    case 'sev-snp':
      return describeSnpReport(bytes)
    case 'nitro':
      return describeNitroDocument(bytes)
    case undefined:
      return bytes.length === snpReportBytes ? describeSnpReport(bytes) : undefined
  }
}
