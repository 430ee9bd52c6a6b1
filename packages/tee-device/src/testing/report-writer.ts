// Writes reports and certificate tables for tests of what reads them; nothing here is signed. Pure.
import type { SgxReport, SnpCertificates, SnpReport } from '../device.ts'

const GUIDS: Readonly<Record<keyof SnpCertificates, string>> = {
  vcek: '63da758de6644564adc5f4b93be8accd',
  vlek: 'a8074bc2a25a483eaae639c045a0b8a1',
  ask: '4ab7b379bbac4fe4a02f05aef327c782',
  ark: 'c0b406a4a803495297433fb6014cd0ae',
  crl: '92f81bc358114d3d97ffd19f88dc67ea',
}
const ENTRY_BYTES = 24

/** An SNP report of version 3 without a signature. */
export function writeUnsignedSnpReport(report: SnpReport, reportData: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(1184)
  bytes.writeUInt32LE(3, 0)
  bytes.writeBigUInt64LE(0x30000n | (report.debug ? 1n << 19n : 0n), 8)
  bytes.writeUInt32LE(report.vmpl, 0x30)
  bytes.writeUInt32LE(1, 0x34)
  bytes.set(reportData, 0x50)
  bytes.set(bytesOf(report.measurement), 0x90)
  bytes.set(bytesOf(report.hostData), 0xc0)
  if (report.chipId !== undefined) bytes.set(bytesOf(report.chipId), 0x1a0)
  return new Uint8Array(bytes)
}

/** A local SGX report of 432 bytes without a MAC. */
export function writeUnsignedEnclaveReport(report: SgxReport, reportData: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(432)
  bytes[48] = report.debug ? 7 : 5
  bytes.set(bytesOf(report.mrEnclave), 64)
  bytes.set(bytesOf(report.mrSigner), 128)
  bytes.set(bytesOf(report.configId), 192)
  bytes.set(reportData, 320)
  return new Uint8Array(bytes)
}

/** An SGX quote of version 3 without a signature. */
export function writeUnsignedEnclaveQuote(report: SgxReport, reportData: Uint8Array): Uint8Array {
  const header = Buffer.alloc(48)
  header.writeUInt16LE(3, 0)
  header.writeUInt16LE(2, 2)
  const body = writeUnsignedEnclaveReport(report, reportData).subarray(0, 384)
  return new Uint8Array(Buffer.concat([header, body, Buffer.alloc(4)]))
}

/** A certificate table as a host writes it. */
export function writeCertificateTable(certificates: SnpCertificates): Uint8Array {
  const entries = Object.entries(certificates) as [keyof SnpCertificates, Uint8Array][]
  const table = Buffer.alloc((entries.length + 1) * ENTRY_BYTES)
  let offset = table.length
  for (const [index, [kind, der]] of entries.entries()) {
    table.set(Buffer.from(GUIDS[kind], 'hex'), index * ENTRY_BYTES)
    table.writeUInt32LE(offset, index * ENTRY_BYTES + 16)
    table.writeUInt32LE(der.length, index * ENTRY_BYTES + 20)
    offset += der.length
  }
  return new Uint8Array(Buffer.concat([table, ...entries.map(([, der]) => der)]))
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), 'hex')
}
