// Images from source, with the same digest every time, and what went into them. Re-exports only.
export { build, builderVersion, type BuildOptions, type BuiltImage } from './build.ts'
export { openBuildCache } from './cache.ts'
export { compareImages, type Difference } from './compare.ts'
export { BuildError, type BuildErrorCode } from './error.ts'
export type { Material } from './material.ts'
export { presetNames, type Preset } from './preset.ts'
export {
  checkProvenance,
  type AcceptedBuilder,
  type ProvenanceReport,
  type ProvenanceStep,
} from './provenance/check-provenance.ts'
export { describeImage, type BuilderInstance } from './provenance/describe.ts'
export {
  openEnvelope,
  parseEnvelope,
  sealProvenance,
  type Envelope,
  type EnvelopeSignature,
} from './provenance/envelope.ts'
export { encodeProvenance, parseProvenance, type Provenance } from './provenance/statement.ts'
export {
  encodeSignedProvenance,
  parseSignedProvenance,
  provenanceDigest,
  type SignedProvenance,
} from './provenance/signed-provenance.ts'
export { buildAtBuilder, type ManifestOrder, type RemoteBuild } from './remote/builder-client.ts'
export { gatherMaterials, type GatheredMaterials, type GivenMaterial } from './remote/gather.ts'
export { readAdvertisedBranch, type AdvertisedBranchOptions } from './source/advertised-branch.ts'
export { hasPassword, sameRepository } from './source/git-url.ts'
export { followsCommit, readBranchHead, requireBranch } from './source/remote-branch.ts'
export { readSourceArchive } from './source/source-archive.ts'
export { readSourceFile } from './source/read-source-file.ts'
export type { Source } from './source/source.ts'
export {
  verifyDelivery,
  type Delivery,
  type WebhookHeaders,
  type WebhookSender,
} from './webhook/delivery.ts'
export { maxWebhookBytes, parsePushEvent, type PushEvent } from './webhook/push-event.ts'
