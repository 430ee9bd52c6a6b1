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
