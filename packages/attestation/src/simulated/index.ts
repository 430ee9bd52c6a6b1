// Simulated TEEs for development and tests: real formats under a root of their own. Never imported
// by the verifier.
export { createSimulatedVendor, restoreSimulatedVendor, type SimulatedVendor } from './vendor.ts'
export type { SimulatedChip } from './chip.ts'
export {
  SIMULATED_RTMRS,
  type SimulatedGuest,
  type SimulatedLaunch,
  type SimulatedReport,
} from './guest.ts'
export type { SimulatedTcb } from './tcb.ts'
