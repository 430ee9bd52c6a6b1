// The TEE as its guest sees it, and the simulated platform's clients.
export { TeeError, type TeeErrorCode } from './error.ts'
export type { CallOptions, Hex, TeeDevice, TeeReport } from './device.ts'
export { openTeeDevice } from './simulated-device.ts'
export {
  openPlatformHost,
  parseCollateral,
  type Collateral,
  type Launch,
  type LaunchSource,
  type PlatformHost,
  type PlatformState,
} from './platform-host.ts'
export { requestSocket, type SocketRequest } from './socket.ts'
export { refusal, serveSocket, type SocketCall, type SocketServerOptions } from './socket-server.ts'
