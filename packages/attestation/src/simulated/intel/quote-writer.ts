// Writes TDX quotes of version 4, byte for byte as hardware does. Node only.
import { createHash } from 'node:crypto'
import { ENCLAVE_REPORT_BYTES } from '../../evidence/intel/enclave-report.ts'
import { TD10_BYTES } from '../../evidence/intel/td-report.ts'
import type { P256Key } from '../p256-key.ts'
import { QE_ISV_PROD_ID, QE_ISV_SVN, QE_MR_SIGNER } from './tcb.ts'

/** Everything a quote is made of. */
export type QuoteContent = {
  readonly teeTcbSvn: readonly number[]
  readonly cpuSvn: readonly number[]
  readonly debug: boolean
  readonly mrtd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly rtmr: readonly Uint8Array[]
  readonly reportData: Uint8Array
  readonly attestationKey: P256Key
  readonly pckKey: P256Key
  /** Leaf, CA, root. */
  readonly pckChainPem: string
}

const QE_VENDOR = Buffer.from('939a7233f79c4ca9940a0db3957f0607', 'hex')
const XFAM = Buffer.from('e702060000000000', 'hex')
const QE_ATTRIBUTES = Buffer.from('1100000000000000e700000000000000', 'hex')
const MR_SEAM = createHash('sha384').update('Simulated TDX module').digest()
const MR_QE = createHash('sha256').update('Simulated TD quoting enclave').digest()
const QE_AUTH_DATA = Uint8Array.from({ length: 32 }, (_, index) => index)

/** A quote that verifies under the chain of `content`. */
export function writeQuote(content: QuoteContent): Uint8Array {
  const { attestationKey, pckKey, pckChainPem } = content
  const signed = Buffer.concat([header(), tdReport(content)])
  const qeReport = enclaveReport(content)
  const chain = Buffer.from(pckChainPem, 'ascii')
  const certification = Buffer.concat([
    qeReport,
    pckKey.sign(qeReport),
    u16(QE_AUTH_DATA.length),
    QE_AUTH_DATA,
    u16(5),
    u32(chain.length),
    chain,
  ])
  const authentication = Buffer.concat([
    attestationKey.sign(signed),
    attestationKey.publicKey,
    u16(6),
    u32(certification.length),
    certification,
  ])
  return new Uint8Array(Buffer.concat([signed, u32(authentication.length), authentication]))
}

function header(): Buffer {
  const bytes = Buffer.alloc(48)
  bytes.writeUInt16LE(4, 0)
  bytes.writeUInt16LE(2, 2)
  bytes.writeUInt32LE(0x81, 4)
  QE_VENDOR.copy(bytes, 12)
  return bytes
}

function tdReport({ teeTcbSvn, debug, mrtd, mrConfigId, rtmr, reportData }: QuoteContent): Buffer {
  const body = Buffer.alloc(TD10_BYTES)
  body.set(teeTcbSvn, 0)
  body.set(MR_SEAM, 16)
  // TDATTRIBUTES: SEPT_VE_DISABLE, and the debug bit.
  body.writeUInt32LE(0x1000_0000 + (debug ? 1 : 0), 120)
  body.set(XFAM, 128)
  body.set(mrtd, 136)
  body.set(mrConfigId, 184)
  for (const [index, register] of rtmr.entries()) body.set(register, 328 + 48 * index)
  body.set(reportData, 520)
  return body
}

function enclaveReport({ cpuSvn, attestationKey }: QuoteContent): Buffer {
  const report = Buffer.alloc(ENCLAVE_REPORT_BYTES)
  report.set(cpuSvn, 0)
  report.set(QE_ATTRIBUTES, 48)
  report.set(MR_QE, 64)
  report.set(QE_MR_SIGNER, 128)
  report.writeUInt16LE(QE_ISV_PROD_ID, 256)
  report.writeUInt16LE(QE_ISV_SVN, 258)
  const bound = createHash('sha256').update(attestationKey.publicKey).update(QE_AUTH_DATA).digest()
  report.set(bound, 320)
  return report
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
