// Writes the reports inside quotes: of a TD, of an enclave, of the quoting enclave. Node only.
import { createHash } from 'node:crypto'
import { ENCLAVE_REPORT_BYTES } from '../../evidence/intel/enclave-report.ts'
import { TD10_BYTES, TD15_BYTES } from '../../evidence/intel/td-report.ts'
import type { ChipFault } from './switches.ts'
import { QUOTING_ENCLAVES, type SimulatedTee } from './tcb.ts'

/** What a TD report says. */
export type TdContent = {
  readonly teeTcbSvn: readonly number[]
  readonly teeTcbSvnNow: readonly number[]
  readonly debug: boolean
  readonly septVeDisable: boolean
  readonly serviceTd: boolean
  readonly mrtd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly rtmr: readonly Uint8Array[]
  readonly reportData: Uint8Array
}

/** What an enclave's report says. */
export type EnclaveContent = {
  readonly cpuSvn: readonly number[]
  /** 16 bytes. */
  readonly attributes: Uint8Array
  readonly mrEnclave: Uint8Array
  readonly mrSigner: Uint8Array
  readonly isvProdId: number
  readonly isvSvn: number
  /** 64 bytes. */
  readonly configId?: Uint8Array
  readonly miscSelect?: number
  readonly reportData: Uint8Array
}

/** Keys of the platform that an enclave may ask for; the quoting enclave has the first. */
export type EnclaveKey = 'provision' | 'launch'

const XFAM = Buffer.from('e702060000000000', 'hex')
const XFRM = Buffer.from('e700000000000000', 'hex')
const MR_SEAM = createHash('sha384').update('Simulated TDX module').digest()
const MR_SERVICE_TD = createHash('sha384').update('Simulated service TD').digest()
const OTHER = new Uint8Array(48).fill(0x0e)
/** ATTRIBUTES of an enclave. */
const INITIALISED = 0x01
const DEBUG = 0x02
const MODE_64 = 0x04
const PROVISION_KEY = 0x10
const LAUNCH_KEY = 0x20
const KSS = 0x80
/** TDATTRIBUTES. */
const SEPT_VE_DISABLE = 0x1000_0000
const MIGRATABLE = 0x2000_0000

type Faults = ReadonlySet<ChipFault>

/** A TD 1.0 report of 584 bytes, or a TD 1.5 report of 648. */
export function writeTdReport(td: '1.0' | '1.5', content: TdContent, faults: Faults): Buffer {
  const body = Buffer.alloc(td === '1.0' ? TD10_BYTES : TD15_BYTES)
  body.set(content.teeTcbSvn, 0)
  body.set(MR_SEAM, 16)
  if (faults.has('module-signer')) body.set(OTHER, 64)
  if (faults.has('module-attributes')) body.writeUInt8(1, 112)
  const migratable = td === '1.0' && content.serviceTd
  const attributes =
    (content.septVeDisable ? SEPT_VE_DISABLE : 0) +
    (migratable ? MIGRATABLE : 0) +
    (content.debug ? 1 : 0)
  body.writeUInt32LE(attributes, 120)
  body.set(XFAM, 128)
  body.set(content.mrtd, 136)
  body.set(content.mrConfigId, 184)
  for (const [index, register] of content.rtmr.entries()) body.set(register, 328 + 48 * index)
  body.set(content.reportData, 520)
  if (td === '1.0') return body
  body.set(content.teeTcbSvnNow, 584)
  if (content.serviceTd) body.set(MR_SERVICE_TD, 600)
  return body
}

/** ATTRIBUTES of a simulated enclave, 16 bytes; with key separation where it has a CONFIGID. */
export function enclaveAttributes({
  debug,
  kss,
  keys,
}: {
  debug: boolean
  kss: boolean
  keys: readonly EnclaveKey[]
}): Uint8Array {
  const flags = [
    INITIALISED | MODE_64,
    debug ? DEBUG : 0,
    kss ? KSS : 0,
    keys.includes('provision') ? PROVISION_KEY : 0,
    keys.includes('launch') ? LAUNCH_KEY : 0,
  ]
  return attributes(flags.reduce((all, flag) => all | flag))
}

function attributes(flags: number): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes[0] = flags
  bytes.set(XFRM, 8)
  return bytes
}

/** A report of 384 bytes. */
export function writeEnclaveReport(content: EnclaveContent): Buffer {
  const report = Buffer.alloc(ENCLAVE_REPORT_BYTES)
  report.set(content.cpuSvn, 0)
  report.writeUInt32LE(content.miscSelect ?? 0, 16)
  report.set(content.attributes, 48)
  report.set(content.mrEnclave, 64)
  report.set(content.mrSigner, 128)
  if (content.configId !== undefined) report.set(content.configId, 192)
  report.writeUInt16LE(content.isvProdId, 256)
  report.writeUInt16LE(content.isvSvn, 258)
  report.set(content.reportData, 320)
  return report
}

/** The report of the quoting enclave over 32 bytes that name the attestation key. */
export function writeQuotingEnclave(
  tee: SimulatedTee,
  { cpuSvn, isvSvn, bound }: { cpuSvn: readonly number[]; isvSvn: number; bound: Uint8Array },
  faults: Faults,
): Buffer {
  const { isvProdId, mrSigner } = QUOTING_ENCLAVES[tee]
  const name = tee === 'tdx' ? 'Simulated TD quoting enclave' : 'Simulated quoting enclave'
  const flags =
    INITIALISED |
    PROVISION_KEY |
    (faults.has('qe-debug') ? DEBUG : 0) |
    (faults.has('qe-attributes') ? LAUNCH_KEY : 0)
  const reportData = new Uint8Array(64)
  if (!faults.has('qe-of-another-key')) reportData.set(bound)
  return writeEnclaveReport({
    cpuSvn,
    attributes: attributes(flags),
    mrEnclave: createHash('sha256').update(name).digest(),
    mrSigner: faults.has('qe-signer') ? OTHER.subarray(0, 32) : mrSigner,
    isvProdId: faults.has('qe-product') ? isvProdId + 1 : isvProdId,
    isvSvn,
    miscSelect: faults.has('qe-misc-select') ? 1 : 0,
    reportData,
  })
}
