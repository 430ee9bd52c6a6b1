// A SEV-SNP guest on a simulated chip. Node only.
import { createHash } from 'node:crypto'
import { fromHex, type Hex } from '../../bytes.ts'
import type { SnpReportContent } from './report-writer.ts'

/** What a host sets at launch; what is left out is zero. */
export type SimulatedSnpLaunch = {
  /** 48 bytes. */
  readonly measurement: Hex
  /** 32 bytes. */
  readonly hostData: Hex
  /** Guest policy; bit 17 is always set, others as the chip's switches say. Default: SMT allowed. */
  readonly policy?: bigint
  readonly guestSvn?: number
  /** 16 bytes each. */
  readonly familyId?: Hex
  readonly imageId?: Hex
  /** 48 bytes each. */
  readonly idKeyDigest?: Hex
  readonly authorKeyDigest?: Hex
}

/** A running guest. */
export type SimulatedSnpGuest = {
  /**
   * A report over 64 bytes, asked for at the privilege level given (0 to 3) or the chip's switch.
   * Throws AttestationError `binding.invalid` or RangeError.
   */
  report(reportData: Hex, options?: { readonly vmpl?: number }): Uint8Array
}

/** What a guest needs of the chip it runs on. */
export type SnpGuestHost = {
  vmpl(): number
  report(content: Omit<SnpReportContent, 'product' | 'switches' | 'chipId'>): Uint8Array
}

const SMT_ALLOWED = 1n << 16n

/**
 * Starts a guest. Throws AttestationError `binding.invalid` for values of another size and
 * RangeError for numbers that do not fit.
 */
export function launchSnpGuest(host: SnpGuestHost, launch: SimulatedSnpLaunch): SimulatedSnpGuest {
  const read = (name: keyof SimulatedSnpLaunch, hex: Hex | undefined, size: number) =>
    hex === undefined ? new Uint8Array(size) : fromHex(hex, size, name)
  const { guestSvn = 0, policy = SMT_ALLOWED } = launch
  if (!Number.isInteger(guestSvn) || guestSvn < 0 || guestSvn > 0xffff_ffff)
    throw new RangeError(`guestSvn is ${guestSvn}, expected an unsigned 32-bit integer`)
  if (policy < 0n || policy >> 64n !== 0n)
    throw new RangeError('policy: expected an unsigned 64-bit integer')
  const measurement = fromHex(launch.measurement, 48, 'measurement')
  const hostData = fromHex(launch.hostData, 32, 'hostData')
  const fixed = {
    guestSvn,
    policy,
    measurement,
    hostData,
    familyId: read('familyId', launch.familyId, 16),
    imageId: read('imageId', launch.imageId, 16),
    idKeyDigest: read('idKeyDigest', launch.idKeyDigest, 48),
    authorKeyDigest: read('authorKeyDigest', launch.authorKeyDigest, 48),
    reportId: createHash('sha256').update(measurement).update(hostData).digest(),
  }
  return {
    report(reportData, { vmpl = host.vmpl() } = {}) {
      if (![0, 1, 2, 3].includes(vmpl)) throw new RangeError(`vmpl is ${vmpl}, expected 0 to 3`)
      return host.report({ ...fixed, vmpl, reportData: fromHex(reportData, 64, 'reportData') })
    },
  }
}
