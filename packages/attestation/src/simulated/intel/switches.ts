// What can be changed or wrong about a simulated chip, as one value. Pure.
import { TCB_STATES, type SimulatedTcb } from './tcb.ts'

/**
 * Things wrong with a chip's quotes, each the only thing wrong: what the hardware, its quoting
 * enclave or the host's software got wrong, or a forger changed.
 */
export const CHIP_FAULTS = [
  'quote-cut',
  'quote-version',
  'quote-tee-type',
  'quote-key-type',
  'quote-vendor',
  'quote-certification-data',
  'quote-signature',
  'pck-signature',
  'pck-ca-signature',
  'pck-expired',
  'pck-not-yet-valid',
  'pck-without-extension',
  'pck-of-another-chip',
  'pck-of-another-family',
  'pck-of-another-pce',
  'qe-signature',
  'qe-of-another-key',
  'qe-debug',
  'qe-signer',
  'qe-product',
  'qe-attributes',
  'qe-misc-select',
  'module-signer',
  'module-attributes',
] as const

/** One of those. */
export type ChipFault = (typeof CHIP_FAULTS)[number]

/** SVNs by index that are others than those of the state. */
export type SvnChanges = Readonly<Record<number, number>>

/** Everything about a chip that may change; all of it acts on running guests and enclaves, too. */
export type SimulatedSwitches = {
  /** The level whose SVNs the chip has, where nothing below says otherwise. */
  readonly tcb: SimulatedTcb
  /** Guests and enclaves in debug mode. */
  readonly debug: boolean
  /** SVNs of the 16 SGX components, in certificate and CPUSVN. */
  readonly sgxSvns: SvnChanges
  /** TEE_TCB_SVN as it is now: 0 the TDX module's SVN, 1 its generation, 2 microcode. */
  readonly teeSvns: SvnChanges
  /** TEE_TCB_SVN when guests were launched, where it was another. */
  readonly teeSvnsAtLaunch: SvnChanges
  readonly pceSvn: number | undefined
  /** SVN of the quoting enclave. */
  readonly qeSvn: number | undefined
  readonly septVeDisable: boolean
  /** Guests have a service TD: TD 1.5 names it, TD 1.0 only says that it may migrate. */
  readonly serviceTd: boolean
  readonly faults: readonly ChipFault[]
}

/** A new chip. */
export const NO_SWITCHES: SimulatedSwitches = {
  tcb: 'UpToDate',
  debug: false,
  sgxSvns: {},
  teeSvns: {},
  teeSvnsAtLaunch: {},
  pceSvn: undefined,
  qeSvn: undefined,
  septVeDisable: true,
  serviceTd: false,
  faults: [],
}

const isBoolean = (value: unknown) => typeof value === 'boolean'
const isSvn = (value: unknown, max: number) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max
const isOptionalSvn = (value: unknown) => value === undefined || isSvn(value, 0xffff)
const isChanges = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([index, svn]) => /^(\d|1[0-5])$/.test(index) && isSvn(svn, 255))

const CHECKS: { readonly [name in keyof SimulatedSwitches]: (value: unknown) => boolean } = {
  tcb: (value) => TCB_STATES.some((state) => state === value),
  debug: isBoolean,
  sgxSvns: isChanges,
  teeSvns: isChanges,
  teeSvnsAtLaunch: isChanges,
  pceSvn: isOptionalSvn,
  qeSvn: isOptionalSvn,
  septVeDisable: isBoolean,
  serviceTd: isBoolean,
  faults: (value) =>
    Array.isArray(value) && value.every((fault) => CHIP_FAULTS.some((known) => known === fault)),
}

/** Switches that a value names, the others as in a new chip; undefined for one that is no switch. */
export function readSwitches(
  value: Readonly<Record<string, unknown>>,
): SimulatedSwitches | undefined {
  const given = Object.entries(value)
  const known = given.every(
    ([name, setting]) =>
      Object.hasOwn(CHECKS, name) && CHECKS[name as keyof typeof CHECKS](setting),
  )
  return known ? { ...NO_SWITCHES, ...value } : undefined
}

/** The switches that differ from a new chip's, and those that every saved chip names. */
export function writeSwitches(switches: SimulatedSwitches): Partial<SimulatedSwitches> {
  const { tcb, debug, ...others } = switches
  const changed = Object.entries(others).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(NO_SWITCHES[name as keyof typeof others]),
  )
  return { tcb, debug, ...(Object.fromEntries(changed) as Partial<SimulatedSwitches>) }
}

/** SVNs with changes. */
export function withChanges(svns: readonly number[], ...changes: readonly SvnChanges[]): number[] {
  const given: SvnChanges = Object.assign({}, ...changes) as SvnChanges
  return svns.map((svn, index) => given[index] ?? svn)
}
