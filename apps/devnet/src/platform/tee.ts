// The simulated TEE of one machine, whatever its platform: what machine.ts serves. Pure but for the vendor's clock.
import { launchField, type DocumentPlatform } from '@wetee/attestation'
import type {
  SimulatedAmdVendor,
  SimulatedChip,
  SimulatedSnpChip,
  SimulatedVendor,
} from '@wetee/attestation/simulated'
import type { AnyTeeReport, Collateral, Hex, PlatformState } from '@wetee/tee-device'

/** A running guest. */
export type Guest = {
  report(): AnyTeeReport
  /** Undefined where the platform has no run-time registers. */
  readonly extend: ((register: number, digest: Hex) => void) | undefined
  quote(reportData: Hex): Uint8Array
}

/** A machine's processor. */
export type Tee = {
  readonly platform: Extract<DocumentPlatform, 'tdx' | 'sev-snp'>
  /** PPID or chip id. */
  readonly hardwareId: Hex
  /** Starts a guest of this measurement (48 bytes) and configuration (32 bytes). */
  launch(measurement: Hex, configuration: Hex): Guest
  /** What the vendor issues at `atMs`, milliseconds. */
  collateral(atMs: number): Collateral
  setTcb(tcb: NonNullable<PlatformState['tcb']>): void
  setDebug(debug: boolean): void
  sealingKey(measurement: Hex, context: string): Uint8Array
}

/** A processor with TDX. */
export function tdxTee(vendor: SimulatedVendor, chip: SimulatedChip): Tee {
  return {
    platform: 'tdx',
    hardwareId: chip.ppid,
    launch(mrtd, configuration) {
      const { value: mrConfigId } = launchField('tdx', configuration)
      return chip.launch({ mrtd, mrConfigId })
    },
    collateral: (atMs) => vendor.collateral(atMs),
    setTcb: (tcb) => chip.setTcb(tcb),
    setDebug: (debug) => chip.setDebug(debug),
    sealingKey: (mrtd, context) => chip.sealingKey(mrtd, context),
  }
}

/** A microcode that every policy refuses. */
const OLD_MICROCODE = 1

/** A processor with SEV-SNP; as new it is up to date. */
export function snpTee(vendor: SimulatedAmdVendor, chip: SimulatedSnpChip): Tee {
  const { microcode } = chip.reportedTcb
  let debug = false
  return {
    platform: 'sev-snp',
    hardwareId: chip.chipId,
    launch(measurement, configuration) {
      const { value: hostData } = launchField('sev-snp', configuration)
      const guest = chip.launch({ measurement, hostData })
      const { chipId } = chip
      return {
        report: () => ({ hostData, measurement, chipId, vmpl: 0, debug }),
        extend: undefined,
        quote: (reportData) => guest.report(reportData),
      }
    },
    collateral: (atMs) => ({ ...vendor.endorsements(chip, atMs) }),
    setTcb(tcb) {
      // AMD has no levels: what is old is below a policy's minimum, what is revoked is on a list.
      chip.setTcb({ microcode: tcb === 'OutOfDate' ? OLD_MICROCODE : microcode })
      if (tcb === 'Revoked') chip.revoke()
    },
    setDebug(on) {
      debug = on
      chip.setDebug(on)
    },
    sealingKey: (measurement, context) => chip.sealingKey(measurement, context),
  }
}
