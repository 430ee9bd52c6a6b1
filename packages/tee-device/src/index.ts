// The TEE as its guest sees it: on hardware through files of the kernel or of Gramine, or simulated behind a socket.
export { TeeError, type TeeErrorCode } from './error.ts'
export type {
  AnyTeeDevice,
  CallOptions,
  Hex,
  SgxDevice,
  SgxReport,
  SnpCertificates,
  SnpDevice,
  SnpReport,
  TdxDevice,
  TdxReport,
  TeeDevice,
  TeePlatform,
  TeeReport,
} from './device.ts'
export { launchedAs, type AnyTeeReport } from './launched.ts'
export { nodeFiles, type DeviceFiles } from './files.ts'
export { openSimulatedDevice, openTeeDevice } from './simulated-device.ts'
export { openConfigfsDevice, type ConfigfsOptions } from './kernel/configfs-device.ts'
export { parseCertificateTable } from './kernel/certificate-table.ts'
export { openGramineDevice, type GramineOptions } from './gramine/gramine-device.ts'
export {
  detectTee,
  openDetectedDevice,
  type Detection,
  type DetectionReason,
  type DetectOptions,
} from './detect.ts'
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
