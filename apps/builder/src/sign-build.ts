// The builder's word on a build: a statement and a record, signed by the instance through its agent. Talks to the agent.
import { createHash } from 'node:crypto'
import { buildRecordDigest, commitWord, repositoryHash, type BuildRecord } from '@wetee/attestation'
import {
  describeImage,
  encodeProvenance,
  encodeSignedProvenance,
  provenanceDigest,
  type BuiltImage,
} from '@wetee/build'
import type { Instance } from '@wetee/sdk/node'
import type { BuildOrder } from './build-order.ts'
import { BuilderError } from './builder-error.ts'

/** What the builder asks of its agent. */
export type Signer = Pick<Instance, 'info' | 'evidence' | 'sign'>

/** What was signed of one build. */
export type SignedBuild = {
  /** Text of the signed provenance. */
  readonly provenance: string
  /** What `Cloud` keeps of it, with the signature that it checks. */
  readonly record: {
    readonly builderAppId: string
    readonly record: BuildRecord
    readonly signature: string
  }
}

/** What was built, with the manifest that was made with it. */
export type MadeBuild = {
  readonly image: BuiltImage
  readonly manifestDigest: `0x${string}` | undefined
}

const nothing = `0x${'00'.repeat(32)}` as const

/** Signs, where the instance has a lease: without one nobody would believe it. Throws BuilderError `builder.not-attested`. */
export async function signBuild(
  { image, manifestDigest = nothing }: MadeBuild,
  order: Pick<BuildOrder, 'repository' | 'commit' | 'branch'>,
  agent: Signer,
  signal: AbortSignal,
): Promise<SignedBuild> {
  const { state } = await agent.info({ signal })
  if (state !== 'attested')
    throw new BuilderError('builder.not-attested', `the builder's instance is ${state}`)
  const evidence = await agent.evidence({ signal })
  const { subject } = evidence
  if (subject.kind !== 'instance')
    throw new BuilderError('builder.not-attested', 'the agent shows no evidence of an instance')
  const { repository, commit, branch } = order
  const seen = branch === undefined ? {} : { branch }
  const payload = encodeProvenance(describeImage(image, { ...subject, ...seen }))
  const signed = await agent.sign(provenanceDigest(payload), { signal })
  const record = {
    imageDigest: `0x${image.digest.slice('sha256:'.length)}`,
    statementDigest: `0x${createHash('sha256').update(payload).digest('hex')}`,
    // The chain relies on it: only what the builder has seen itself.
    repositoryHash: branch === undefined ? nothing : repositoryHash(repository),
    commit: commitWord(commit),
    manifestDigest,
  } as const
  const scope = { ...subject, builderAppId: subject.appId }
  const digest = Buffer.from(buildRecordDigest(scope, record).slice(2), 'hex')
  const { signature } = await agent.sign(digest, { signal })
  return {
    provenance: encodeSignedProvenance({
      ...{ payload, evidence },
      ...{ signature: signed.signature, keyId: signed.address },
    }),
    record: { builderAppId: String(subject.appId), record, signature },
  }
}
