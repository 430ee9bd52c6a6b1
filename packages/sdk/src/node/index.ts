// Node-only parts of the sdk: TLS keys of connections, registries, profile files, the agent beside an application.
export { nodeTransport } from './transport.ts'
export { findNetwork, readNetwork, type FoundProfile } from './profile.ts'
export { resolveImageFromRegistry } from './registry.ts'
export {
  openInstance,
  type ChallengeAnswer,
  type Instance,
  type InstanceInfo,
  type InstanceOptions,
  type InstanceSignature,
} from './instance-client.ts'
