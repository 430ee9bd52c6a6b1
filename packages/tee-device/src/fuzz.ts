// Fuzz targets of what reads bytes from outside the guest. Only TeeError may escape a target. No I/O.
import { parseCertificateTable } from './kernel/certificate-table.ts'
import {
  enclaveReportFields,
  reportDataIn,
  snpReportFields,
  tdxQuoteFields,
} from './quote-fields.ts'
import {
  writeCertificateTable,
  writeUnsignedEnclaveQuote,
  writeUnsignedEnclaveReport,
  writeUnsignedSnpReport,
} from './testing/index.ts'

const reportData = new Uint8Array(64).fill(1)
const der = (size: number) =>
  Uint8Array.from({ length: size }, (_, at) => [0x30, size - 2][at] ?? at)
const enclave = {
  configId: `0x${'66'.repeat(64)}`,
  mrEnclave: `0x${'77'.repeat(32)}`,
  mrSigner: `0x${'88'.repeat(32)}`,
  debug: false,
} as const
const tdxQuote = Uint8Array.from({ length: 700 }, (_, at) => ({ 0: 4, 4: 0x81 })[at] ?? 0)
const snpReport = writeUnsignedSnpReport(
  { hostData: `0x${'33'.repeat(32)}`, measurement: `0x${'44'.repeat(48)}`, vmpl: 0, debug: false },
  reportData,
)

/** Targets by name. */
export const fuzzTargets: Readonly<Record<string, (input: Uint8Array) => void>> = {
  'certificate-table': (input) => void parseCertificateTable(input),
  'tdx-quote-fields': (input) => void tdxQuoteFields(input),
  'snp-report-fields': (input) => void snpReportFields(input),
  'sgx-quote-fields': (input) => void reportDataIn('sgx', input),
  'sgx-report-fields': (input) => void enclaveReportFields(input),
}

/** Valid inputs of each target. */
export const fuzzSeeds: Readonly<Record<string, readonly Uint8Array[]>> = {
  'certificate-table': [
    writeCertificateTable({ vcek: der(40), ask: der(60), ark: der(20) }),
    writeCertificateTable({ vlek: der(100), crl: der(30) }),
  ],
  'tdx-quote-fields': [tdxQuote, tdxQuote.with(0, 5)],
  'snp-report-fields': [snpReport],
  'sgx-quote-fields': [writeUnsignedEnclaveQuote(enclave, reportData)],
  'sgx-report-fields': [writeUnsignedEnclaveReport(enclave, reportData)],
}
