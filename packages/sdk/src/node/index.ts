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
export {
  openOwnerSessions,
  type OwnedInstance,
  type OwnerOptions,
  type OwnerSession,
} from './owner-session.ts'
export {
  exec,
  instanceEvents,
  instanceExceptions,
  instanceFailure,
  instanceFailures,
  logs,
  type ExecOptions,
  type ExecPiece,
  type FailureBundle,
  type InstanceEvent,
  type InstanceException,
  type LogLine,
  type LogOptions,
} from './owner-calls.ts'
export {
  makeLogKey,
  readLogKey,
  sealedBundles,
  sealedLogs,
  type SealedOptions,
  type SealedProblem,
} from './sealed-records.ts'
