// What can be changed or wrong about a simulated SEV-SNP chip, as one value. Pure.
import type { SnpProduct, SnpTcb } from '../../appraisal/claims.ts'
import type { SnpCpuid } from '../../evidence/sev-snp/product.ts'

/**
 * Things wrong with a chip's reports, each the only thing wrong: what firmware or the host got
 * wrong, or a forger changed. Those whose names end in `signed` have been signed by the chip's key.
 */
export const SNP_REPORT_FAULTS = [
  'report-cut',
  'report-longer',
  'report-measurement-changed',
  'report-data-changed',
  'report-signature',
  'report-signature-padding',
  'report-another-key',
  'report-unsigned',
  'report-version-signed',
  'report-algorithm-signed',
  'report-reserved-signed',
  'report-policy-signed',
  'report-policy-bits-signed',
  'report-by-host-signed',
  'report-no-key-signed',
  'report-unknown-key-signed',
  'report-other-key-kind-signed',
  'report-tcb-reserved-signed',
  'report-other-chip-signed',
] as const

/** One of those. */
export type SnpReportFault = (typeof SNP_REPORT_FAULTS)[number]

/** Everything about a chip that may change; all of it acts on running guests, too. */
export type SnpSwitches = {
  /** Of reports. */
  readonly version: 2 | 3 | 5
  readonly cpuid: SnpCpuid
  /** What firmware runs now; what it can no longer go back behind; what the host has it report. */
  readonly currentTcb: SnpTcb
  readonly committedTcb: SnpTcb
  readonly reportedTcb: SnpTcb
  /** What firmware ran when guests were launched. */
  readonly launchTcb: SnpTcb
  /** Guest policies, whatever a launch asked for. */
  readonly debug: boolean
  readonly migrateMa: boolean
  /** Privilege level of reports that do not name one. */
  readonly vmpl: number
  /** The host leaves the chip's id out of reports. */
  readonly maskChipId: boolean
  /** The key that signs: the chip's own, or the cloud provider's. */
  readonly signingKey: 'VCEK' | 'VLEK'
  readonly faults: readonly SnpReportFault[]
}

const CPUIDS: Readonly<Record<SnpProduct, SnpCpuid>> = {
  Milan: { family: 0x19, model: 0x01, stepping: 1 },
  Genoa: { family: 0x19, model: 0x11, stepping: 1 },
  Turin: { family: 0x1a, model: 0x02, stepping: 1 },
}
const TCBS: Readonly<Record<SnpProduct, SnpTcb>> = {
  Milan: { bootloader: 4, tee: 0, snp: 29, microcode: 222 },
  Genoa: { bootloader: 10, tee: 0, snp: 29, microcode: 88 },
  Turin: { fmc: 1, bootloader: 3, tee: 2, snp: 5, microcode: 97 },
}

/** A new chip: patched firmware, nothing switched on. */
export function newSwitches(product: SnpProduct): SnpSwitches {
  const tcb = TCBS[product]
  return {
    version: 5,
    cpuid: CPUIDS[product],
    currentTcb: tcb,
    committedTcb: tcb,
    reportedTcb: tcb,
    launchTcb: tcb,
    debug: false,
    migrateMa: false,
    vmpl: 0,
    maskChipId: false,
    signingKey: 'VCEK',
    faults: [],
  }
}

const isBoolean = (value: unknown) => typeof value === 'boolean'
const isByte = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const hasBytes = (value: unknown, names: readonly string[]) =>
  isRecord(value) &&
  Object.keys(value).length === names.length &&
  names.every((name) => isByte(value[name]))
const isTcb = (value: unknown, product: SnpProduct) =>
  hasBytes(value, [
    ...(product === 'Turin' ? ['fmc'] : []),
    ...['bootloader', 'tee', 'snp', 'microcode'],
  ])

const CHECKS: {
  readonly [name in keyof SnpSwitches]: (value: unknown, product: SnpProduct) => boolean
} = {
  version: (value) => value === 2 || value === 3 || value === 5,
  cpuid: (value) => hasBytes(value, ['family', 'model', 'stepping']),
  currentTcb: isTcb,
  committedTcb: isTcb,
  reportedTcb: isTcb,
  launchTcb: isTcb,
  debug: isBoolean,
  migrateMa: isBoolean,
  vmpl: (value) => isByte(value) && (value as number) <= 3,
  maskChipId: isBoolean,
  signingKey: (value) => value === 'VCEK' || value === 'VLEK',
  faults: (value) =>
    Array.isArray(value) && value.every((fault) => SNP_REPORT_FAULTS.some((one) => one === fault)),
}

/** The switches of a saved chip, every one of them; undefined for anything else. */
export function readSwitches(value: unknown, product: SnpProduct): SnpSwitches | undefined {
  const names = Object.keys(CHECKS) as (keyof SnpSwitches)[]
  const isWhole =
    isRecord(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => CHECKS[name](value[name], product))
  return isWhole ? (value as unknown as SnpSwitches) : undefined
}
