// For tests and development: vendors' servers on loopback, a clock that jumps.
export type { Behaviour } from './behaviour.ts'
export type { AmdHoldings, AmdRoute } from './amd-routes.ts'
export type { IntelHoldings, IntelQuery, IntelRoute } from './intel-routes.ts'
export {
  startVendorServer,
  type SeenRequest,
  type VendorRoute,
  type VendorServer,
  type VendorServerOptions,
} from './vendor-server.ts'
export { createSimulatedClock, type SimulatedClock } from './simulated-clock.ts'
