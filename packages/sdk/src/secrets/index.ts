// Secrets of applications: sealed on the owner's machine, named on chain, kept and released by the dsecret nodes.
export { planGrant, planRemoveSecret, planRevoke, planRollBack, planSecret } from './changes.ts'
export { publishSecret, type NodeRefusal, type Published, type PublishOptions } from './publish.ts'
export {
  describeReader,
  listSecrets,
  type SecretReader,
  type SecretRecord,
  type SecretVersion,
} from './records.ts'
export {
  maxSecretBytes,
  sealSecret,
  type SealedVersion,
  type SecretInput,
  type SecretPolicy,
  type TeeClassName,
} from './seal.ts'
