// Compose files to canonical manifests. Re-exports only.
export { ruleSchema, SERIES, type AlertRule, type Alerts, type SeriesName } from './alert-rules.ts'
export { buildManifest, readApiEntries, type BuildOptions, type Manifest } from './build.ts'
export type { ApiEntry } from './compose/apis.ts'
export { replaceServiceImage } from './compose/replace-image.ts'
export { maxConfigurationBytes, parseConfiguration, type Configuration } from './configuration.ts'
export { diffManifests, type Change } from './diff.ts'
export {
  manifestDigest,
  maxManifestBytes,
  parseManifest,
  serializeManifest,
  type ChainAccess,
  type Dependency,
  type Healthcheck,
  type ManifestDocument,
  type PublishedPort,
  type Service,
  type Tmpfs,
  type UpdateRule,
  type Volume,
  type VolumeMount,
} from './document.ts'
export { domainProof, proofNameOf, provesDomain, type Domain } from './domains.ts'
export { ManifestError, type Problem, type Warning } from './error.ts'
export {
  formatImageReference,
  isDigest,
  parseImageReference,
  pinnedReference,
  type Digest,
  type ImageReference,
} from './image-reference.ts'
export { launcherPath, podPermissions, agentProbe, probeProgram } from './pod-permissions.ts'
export { secretUses, type SecretUse } from './secret-uses.ts'
export {
  defaultSecretMode,
  isAppId,
  isSecretName,
  isSecretTarget,
  maxSecrets,
  secretsFolder,
  type SecretFile,
  type SecretReference,
} from './secrets.ts'
export {
  teeClassBits,
  termsDigest,
  termsEqual,
  weiGranularity,
  weiPerSecond,
  type Hex,
  type ResourcePrices,
  type Terms,
} from './terms.ts'
export { importOpenApi, type OpenApiProposal } from './openapi/import.ts'
