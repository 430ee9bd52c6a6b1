// Node-only parts of the sdk: TLS keys of connections, registries, profile files.
export { nodeTransport } from './transport.ts'
export { findNetwork, readNetwork, type FoundProfile } from './profile.ts'
export { resolveImageFromRegistry } from './registry.ts'
