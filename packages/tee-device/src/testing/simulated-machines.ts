// Whole simulated machines: the files of one guest, over a platform given by the caller. No I/O.
import type { Hex, TdxReport } from '../device.ts'
import { toHex } from '../hex.ts'
import { createSimulatedFiles, type SimulatedFiles } from './simulated-files.ts'
import { createSimulatedGramine, type EnclaveUnderGramine } from './simulated-gramine.ts'
import { createSimulatedMeasurements } from './simulated-measurements.ts'
import { createSimulatedTsm, type SimulatedTsm } from './simulated-tsm.ts'

/** A guest on a simulated TDX platform; `SimulatedGuest` of @wetee/attestation/simulated is one. */
export type TdxGuestUnderLinux = {
  report(): TdxReport
  extend(register: number, digest: Hex): void
  quote(reportData: Hex): Uint8Array
}

/** A guest on a simulated SEV-SNP platform. */
export type SnpGuestUnderLinux = {
  /** A report of 1184 bytes over 64 bytes of report data. */
  report(reportData: Uint8Array, vmpl: number): Uint8Array
  /** The certificate table that the host gives, see `writeCertificateTable`. */
  certificates?(): Uint8Array
  /** Lowest VMPL that the guest may ask at; default 0. */
  readonly privilegeFloor?: number
}

/** Files of a guest with configfs-tsm. */
export type SimulatedMachine = { readonly files: SimulatedFiles; readonly tsm: SimulatedTsm }

const REPORT_ROOT = '/sys/kernel/config/tsm/report'
const MEASUREMENTS_ROOT = '/sys/devices/virtual/misc/tdx_guest/measurements'
const GRAMINE_ROOT = '/dev/attestation'

/** A TDX guest as Linux 6.16 shows it. */
export function simulatedTdxMachine(guest: TdxGuestUnderLinux): SimulatedMachine {
  const tsm = createSimulatedTsm({
    name: 'tdx_guest',
    report: (inblob) => ({ outblob: guest.quote(toHex(inblob)) }),
  })
  const measurements = createSimulatedMeasurements({
    mrtd: () => bytesOf(guest.report().mrtd),
    mrConfigId: () => bytesOf(guest.report().mrConfigId),
    rtmr: (index) => bytesOf(guest.report().rtmr[index] ?? '0x'),
    extend: (index, digest) => guest.extend(index, toHex(digest)),
  })
  const files = createSimulatedFiles({ [REPORT_ROOT]: tsm, [MEASUREMENTS_ROOT]: measurements })
  return { files, tsm }
}

/** An SEV-SNP guest as Linux 6.7 shows it. */
export function simulatedSnpMachine(guest: SnpGuestUnderLinux): SimulatedMachine {
  const tsm = createSimulatedTsm({
    name: 'sev_guest',
    privilegeFloor: guest.privilegeFloor ?? 0,
    report: (inblob, vmpl) => ({
      outblob: guest.report(inblob, vmpl),
      auxblob: guest.certificates?.() ?? new Uint8Array(),
    }),
  })
  return { files: createSimulatedFiles({ [REPORT_ROOT]: tsm }), tsm }
}

/** An SGX enclave as Gramine shows it. */
export function simulatedEnclaveMachine(enclave: EnclaveUnderGramine): {
  readonly files: SimulatedFiles
} {
  return { files: createSimulatedFiles({ [GRAMINE_ROOT]: createSimulatedGramine(enclave) }) }
}

function bytesOf(hex: Hex): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
}
