// Simulated TEEs for development and tests: real formats under a root of their own. Never imported
// by the verifier.
export { createSimulatedVendor, restoreSimulatedVendor, type SimulatedVendor } from './intel/vendor.ts'
export type { SimulatedChip } from './intel/chip.ts'
export {
  SIMULATED_RTMRS,
  type SimulatedGuest,
  type SimulatedLaunch,
  type SimulatedReport,
} from './intel/guest.ts'
export type { SimulatedTcb } from './intel/tcb.ts'
