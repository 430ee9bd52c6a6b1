// Simulated TEEs for development and tests: real formats under a root of their own. Never imported
// by the verifier.
export {
  createSimulatedVendor,
  restoreSimulatedVendor,
  type SimulatedVendor,
} from './intel/vendor.ts'
export type { SimulatedChip } from './intel/chip.ts'
export {
  COLLATERAL_FAULTS,
  type CollateralFault,
  type CollateralOptions,
} from './intel/collateral.ts'
export type { SimulatedEnclave, SimulatedEnclaveLaunch } from './intel/enclave.ts'
export {
  SIMULATED_RTMRS,
  type SimulatedGuest,
  type SimulatedLaunch,
  type SimulatedReport,
  type TdxQuoteFormat,
} from './intel/guest.ts'
export {
  CHIP_FAULTS,
  type ChipFault,
  type SimulatedSwitches,
  type SvnChanges,
} from './intel/switches.ts'
export type { SimulatedCa, SimulatedTcb, SimulatedTee } from './intel/tcb.ts'
export { createSimulatedNitro, type SimulatedNitro, type SimulatedNitroDocument } from './nitro.ts'
export { writeCcel, type SimulatedRecord } from './ccel-writer.ts'
export {
  createSimulatedAmdVendor,
  restoreSimulatedAmdVendor,
  type SimulatedAmdVendor,
} from './amd/vendor.ts'
export type { SimulatedSnpChip } from './amd/chip.ts'
export {
  SNP_ENDORSEMENT_FAULTS,
  type SnpEndorsementFault,
  type SnpEndorsementOptions,
} from './amd/endorsements.ts'
export type { SimulatedSnpGuest, SimulatedSnpLaunch } from './amd/guest.ts'
export { SNP_REPORT_FAULTS, type SnpReportFault, type SnpSwitches } from './amd/switches.ts'
