// Node-only parts of the sdk: TLS keys of connections, registries, profile files, the agent beside an application, owners at their agents.
export { nodeTransport } from './transport.ts'
export { findNetwork, readNetwork, type FoundProfile } from './profile.ts'
export { resolveImageFromRegistry } from '../registry.ts'
export {
  openInstance,
  type ChallengeAnswer,
  type Instance,
  type InstanceInfo,
  type InstanceOptions,
  type InstanceSignature,
} from './instance-client.ts'
export type {
  AnswerBlock,
  ContractCall,
  InstanceChain,
  InstanceTransaction,
} from './instance-chain.ts'
export { exec, type ExecOptions, type ExecPiece } from './owner-exec.ts'
export type { ExecInput, TerminalSize } from './exec-input.ts'
export {
  checkSnapshot,
  restoreVolume,
  snapshotVolume,
  volumes,
  type SnapshotInfo,
  type SnapshotOptions,
  type VolumeInfo,
  type VolumeSource,
} from './volume-snapshots.ts'
export {
  makeLogKey,
  readLogKey,
  sealedBundles,
  sealedLogs,
  type LogKeys,
  type SealedOptions,
  type SealedProblem,
} from './sealed-records.ts'
