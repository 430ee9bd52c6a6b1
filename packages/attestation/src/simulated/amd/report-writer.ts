// Writes SEV-SNP reports, sound ones and ones that are not. Node only.
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import type { P384Key } from '../ecdsa-key.ts'
import type { SnpReportFault, SnpSwitches } from './switches.ts'

/** What a report is about. Sizes as in the ABI. */
export type SnpReportContent = {
  readonly product: SnpProduct
  readonly switches: SnpSwitches
  readonly guestSvn: number
  /** What the guest may, without what the switches add. */
  readonly policy: bigint
  readonly vmpl: number
  readonly familyId: Uint8Array
  readonly imageId: Uint8Array
  readonly reportData: Uint8Array
  readonly measurement: Uint8Array
  readonly hostData: Uint8Array
  readonly idKeyDigest: Uint8Array
  readonly authorKeyDigest: Uint8Array
  readonly reportId: Uint8Array
  readonly chipId: Uint8Array
}

const BYTES = 1_184
const SIGNED_BYTES = 0x2a0
const SCALAR_BYTES = 48
const FIELD_BYTES = 72
const ALWAYS_ONE = 1n << 17n
const MIGRATE_MA = 1n << 18n
const DEBUG = 1n << 19n
/** SMT on, ECC memory, aliases of memory checked. */
const PLATFORM_INFO = 0x25n

/** Flips, before a report is signed. */
const BEFORE: Partial<Record<SnpReportFault, (view: DataView) => void>> = {
  'report-version-signed': (view) => view.setUint32(0, 4, true),
  'report-algorithm-signed': (view) => view.setUint32(0x34, 2, true),
  'report-reserved-signed': (view) => view.setUint8(0x29f, 1),
  'report-policy-signed': (view) => clearPolicy(view, ALWAYS_ONE),
  'report-policy-bits-signed': (view) => view.setUint8(0x0f, 1),
  'report-by-host-signed': (view) => view.setInt32(0x30, -1, true),
  'report-no-key-signed': (view) => view.setUint32(0x48, 7 << 2, true),
  'report-unknown-key-signed': (view) => view.setUint32(0x48, 3 << 2, true),
  'report-other-key-kind-signed': (view) =>
    view.setUint32(0x48, view.getUint32(0x48, true) ^ (1 << 2), true),
  'report-tcb-reserved-signed': (view) => view.setUint8(0x185, 1),
  'report-other-chip-signed': (view) => view.setUint8(0x1a0, view.getUint8(0x1a0) ^ 1),
}

/** Flips, after it. */
const AFTER: Partial<Record<SnpReportFault, (bytes: Uint8Array) => Uint8Array>> = {
  'report-cut': (bytes) => bytes.subarray(0, BYTES - 1),
  'report-longer': (bytes) => Buffer.concat([bytes, new Uint8Array(1)]),
  'report-measurement-changed': (bytes) => flip(bytes, 0x90),
  'report-data-changed': (bytes) => flip(bytes, 0x50),
  'report-signature': (bytes) => flip(bytes, SIGNED_BYTES),
  'report-signature-padding': (bytes) => flip(bytes, SIGNED_BYTES + SCALAR_BYTES),
  'report-unsigned': (bytes) => bytes.fill(0, SIGNED_BYTES),
}

/** A report of 1184 bytes, where nothing is wrong with its size. */
export function writeSnpReport(
  content: SnpReportContent,
  key: P384Key,
  anotherKey: P384Key,
): Uint8Array {
  const { faults } = content.switches
  const bytes = writeBody(content)
  for (const fault of faults) BEFORE[fault]?.(new DataView(bytes.buffer))
  const signer = faults.includes('report-another-key') ? anotherKey : key
  const signature = signer.sign(bytes.subarray(0, SIGNED_BYTES))
  bytes.set(signature.subarray(0, SCALAR_BYTES).toReversed(), SIGNED_BYTES)
  bytes.set(signature.subarray(SCALAR_BYTES).toReversed(), SIGNED_BYTES + FIELD_BYTES)
  return faults.reduce<Uint8Array>(
    (changed, fault) => new Uint8Array(AFTER[fault]?.(changed) ?? changed),
    bytes,
  )
}

function writeBody(content: SnpReportContent): Uint8Array<ArrayBuffer> {
  const { product, switches } = content
  const { version, cpuid } = switches
  const bytes = new Uint8Array(BYTES)
  const view = new DataView(bytes.buffer)
  const hasAuthor = content.authorKeyDigest.some((byte) => byte !== 0)
  view.setUint32(0x00, version, true)
  view.setUint32(0x04, content.guestSvn, true)
  view.setBigUint64(0x08, policyOf(content), true)
  view.setUint32(0x30, content.vmpl, true)
  view.setUint32(0x34, 1, true)
  view.setBigUint64(0x40, PLATFORM_INFO, true)
  view.setUint32(0x48, (hasAuthor ? 1 : 0) | (switches.signingKey === 'VLEK' ? 1 << 2 : 0), true)
  bytes.set(content.familyId, 0x10)
  bytes.set(content.imageId, 0x20)
  bytes.set(tcbVersion(switches.currentTcb, product), 0x38)
  bytes.set(content.reportData, 0x50)
  bytes.set(content.measurement, 0x90)
  bytes.set(content.hostData, 0xc0)
  bytes.set(content.idKeyDigest, 0xe0)
  bytes.set(content.authorKeyDigest, 0x110)
  bytes.set(content.reportId, 0x140)
  // No migration agent.
  bytes.fill(0xff, 0x160, 0x180)
  bytes.set(tcbVersion(switches.reportedTcb, product), 0x180)
  if (version > 2) bytes.set([cpuid.family, cpuid.model, cpuid.stepping], 0x188)
  // Only a chip's own key is of one chip.
  if (!switches.maskChipId && switches.signingKey === 'VCEK') bytes.set(content.chipId, 0x1a0)
  bytes.set(tcbVersion(switches.committedTcb, product), 0x1e0)
  // Builds of the firmware, current and committed: 1.55.40.
  bytes.set([40, 55, 1, 0, 40, 55, 1, 0], 0x1e8)
  bytes.set(tcbVersion(switches.launchTcb, product), 0x1f0)
  if (version === 5) for (const offset of [0x1f8, 0x200]) view.setBigUint64(offset, 0x17n, true)
  return bytes
}

function policyOf({ policy, switches: { debug, migrateMa } }: SnpReportContent): bigint {
  return policy | ALWAYS_ONE | (debug ? DEBUG : 0n) | (migrateMa ? MIGRATE_MA : 0n)
}

function tcbVersion({ fmc, bootloader, tee, snp, microcode }: SnpTcb, product: SnpProduct) {
  return product === 'Turin'
    ? [fmc ?? 0, bootloader, tee, snp, 0, 0, 0, microcode]
    : [bootloader, tee, 0, 0, 0, 0, snp, microcode]
}

function clearPolicy(view: DataView, bit: bigint): void {
  view.setBigUint64(0x08, view.getBigUint64(0x08, true) & ~bit, true)
}

function flip(bytes: Uint8Array, offset: number): Uint8Array {
  return bytes.map((byte, index) => (index === offset ? byte ^ 1 : byte))
}
