// From an image to the commit: whether a builder that the caller accepts has signed what an image was built from. Reads the chain.
import type { NetworkProfile } from '@wetee/chain'
import { parseManifest, type ManifestDocument } from '@wetee/manifest'
import {
  instanceAddress,
  recoverApplicationSigner,
  verifyEvidence,
  type NetworkReader,
  type VerifyReport,
} from '@wetee/sdk'
import type { InstanceSubject } from '@wetee/attestation'
import { BuildError } from '../error.ts'
import { builderIdOf } from './describe.ts'
import { provenanceDigest, type SignedProvenance } from './signed-provenance.ts'
import { buildType, parseProvenance, type Provenance } from './statement.ts'

/** Which builders the caller accepts; one of the two at least. */
export type AcceptedBuilder = {
  /** An application: its owner decides which program it is. */
  readonly appId?: bigint
  /** A program, whoever runs it: its image, and nothing in its manifest that changes what it does. */
  readonly imageDigest?: string
}

/** Steps of a check, in their order; stable. */
const provenanceStepIds = ['signature', 'evidence', 'builder', 'image', 'source'] as const
type StepId = (typeof provenanceStepIds)[number]

/** One step; what comes after one that failed is not judged. */
export type ProvenanceStep = { readonly id: StepId; readonly ok: boolean; readonly detail: string }

/** What the check found. `source` is there where every step held. */
export type ProvenanceReport = {
  readonly ok: boolean
  readonly simulated: boolean
  readonly failed?: StepId
  readonly steps: readonly ProvenanceStep[]
  /** How the evidence was judged. */
  readonly evidence?: VerifyReport
  readonly source?: {
    /** Where the commit is found: by what its server told the builder where `branch` is there, else by the word of whoever asked for the build. */
    readonly repository: string
    /** The branch that was at the commit when it was built. */
    readonly branch?: string
    readonly commit: string
    readonly tree: string
  }
}

/** Checks in order, and stops at what does not hold. Throws BuildError `build.provenance-invalid` for a statement that cannot be read. */
export async function checkProvenance(
  network: { readonly profile: NetworkProfile; readonly reader: NetworkReader },
  signed: SignedProvenance,
  expected: {
    /** `sha256:...` of the image's manifest. */
    readonly imageDigest: string
    readonly builder: AcceptedBuilder
    readonly nowMs: number
  },
): Promise<ProvenanceReport> {
  const { builder } = expected
  if (builder.appId === undefined && builder.imageDigest === undefined)
    throw new BuildError('build.provenance-invalid', 'no builder is named that would be accepted')
  const steps: ProvenanceStep[] = []
  const found: { evidence?: VerifyReport; statement?: Provenance } = {}
  const run: Record<StepId, () => Promise<string> | string> = {
    signature: () => checkSignature(signed),
    evidence: async () => {
      const report = await verifyEvidence(network, {
        evidence: signed.evidence,
        nowMs: expected.nowMs,
        channelUnseen: 'a statement has no connection',
        ...(signed.block === undefined ? {} : { atBlock: signed.block }),
        ...(builder.appId === undefined ? {} : { appId: builder.appId }),
      })
      found.evidence = report
      return requireEvidence(report, signed.block)
    },
    builder: () => {
      found.statement = parseProvenance(signed.payload)
      return checkBuilder(found.statement, signed, builder)
    },
    image: () => checkSubject(found.statement, expected.imageDigest),
    source: () => {
      const { commit, repository, branch } = sourceOf(found.statement)
      const seen =
        branch === undefined
          ? 'as whoever ordered it says'
          : `where its server told the builder that ${branch} is`
      return `${commit} of ${repository}, ${seen}`
    },
  }
  for (const id of provenanceStepIds) {
    const step = await judge(id, run[id])
    steps.push(step)
    if (!step.ok) break
  }
  const failed = steps.find(({ ok }) => !ok)?.id
  const isSimulated = found.evidence?.simulated ?? network.profile.simulated
  return {
    ok: failed === undefined,
    simulated: isSimulated,
    ...(failed === undefined ? { source: sourceOf(found.statement) } : { failed }),
    steps,
    ...(found.evidence === undefined ? {} : { evidence: found.evidence }),
  }
}

class Refused extends Error {}

async function judge(id: StepId, check: () => Promise<string> | string): Promise<ProvenanceStep> {
  try {
    return { id, ok: true, detail: await check() }
  } catch (error) {
    if (error instanceof Refused) return { id, ok: false, detail: error.message }
    throw error
  }
}

/** The key is the one in the evidence; whether that is genuine is the next step's. */
async function checkSignature({ payload, signature, evidence }: SignedProvenance): Promise<string> {
  const { signingKey } = instanceOf(evidence.subject)
  const expected = instanceAddress(signingKey)
  const signer = await recoverApplicationSigner(provenanceDigest(payload), signature).catch(
    () => undefined,
  )
  if (signer?.toLowerCase() === expected.toLowerCase()) return `by the instance ${expected}`
  throw new Refused(`signed by ${signer ?? 'nobody'}, the evidence is of the instance ${expected}`)
}

function requireEvidence(report: VerifyReport, block: bigint | undefined): string {
  const when = block === undefined ? 'now' : `in block ${block}`
  const app = `application ${report.appId ?? 'none'}`
  if (report.ok) return `${app}, judged as it was ${when}`
  const wrong = report.steps.filter(({ ok, skipped }) => !ok && skipped !== true)
  const why = wrong.map(({ id, detail }) => `${id}: ${detail}`).join('; ')
  throw new Refused(`${app} does not hold ${when}: ${why === '' ? 'not all can be judged' : why}`)
}

function checkBuilder(
  { predicate }: Provenance,
  { evidence }: SignedProvenance,
  accepted: AcceptedBuilder,
): string {
  const { builder } = predicate.runDetails
  const instance = instanceOf(evidence.subject)
  const id = builderIdOf(instance)
  if (builder.id !== id || builder.version['app'] !== String(instance.version))
    throw new Refused(`the statement names the builder ${builder.id}, the evidence is of ${id}`)
  const manifest = parseManifest(evidence.manifest ?? '')
  // Its owner could sign anything from within.
  if (manifest.exec === true) throw new Refused('its owner may run commands in this builder')
  const { imageDigest } = accepted
  if (imageDigest !== undefined) requireImage(manifest, imageDigest)
  const images = manifest.services.map(({ image }) => image).join(', ')
  return `${id}, version ${instance.version}, running ${images}`
}

/** What apps/builder/compose.yaml asks of the builder: any other check would be a program of whoever deployed it, beside the agent. */
const healthcheck = [
  'CMD',
  '/usr/local/bin/node',
  '-e',
  "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1))",
].join('\0')

/** The one program, with no word, variable or file of whoever deployed it. */
function requireImage(manifest: ManifestDocument, imageDigest: string): void {
  const [service, ...others] = manifest.services
  if (service?.image.endsWith(`@${imageDigest}`) !== true || others.length > 0)
    throw new Refused(`the builder runs ${service?.image ?? 'nothing'}, expected ${imageDigest}`)
  const check = service.healthcheck?.test
  const given = [
    ...(check === undefined || check.join('\0') === healthcheck ? [] : check),
    ...(service.entrypoint ?? []),
    ...(service.command ?? []),
    ...Object.keys(service.environment),
    ...Object.keys(service.secretEnvironment ?? {}),
    ...service.secrets.map(({ target }) => target),
    ...service.volumes.map(({ target }) => target),
    ...(service.workingDirectory === undefined ? [] : [service.workingDirectory]),
  ]
  if (given.length > 0)
    throw new Refused(`whoever deployed the builder gave it ${given.join(', ').slice(0, 200)}`)
}

function checkSubject(statement: Provenance | undefined, imageDigest: string): string {
  const [subject, ...others] = statement?.subject ?? []
  const named = `sha256:${subject?.digest['sha256'] ?? ''}`
  if (others.length === 0 && named === imageDigest) return named
  throw new Refused(`the statement is about ${named}, the image is ${imageDigest}`)
}

/** Throws where the statement says it in another way than a builder of ours. */
function sourceOf(statement: Provenance | undefined) {
  const definition = statement?.predicate.buildDefinition
  const [source] = definition?.resolvedDependencies ?? []
  const { gitCommit: commit = '', gitTree: tree = '' } = source?.digest ?? {}
  const uri = source?.uri ?? ''
  const repository = uri.replace(/^git\+/, '').slice(0, -`@${commit}`.length)
  const branch = definition?.externalParameters['branch']
  if (definition?.buildType !== buildType || commit === '' || !uri.endsWith(`@${commit}`))
    throw new Refused('the statement names no commit')
  if (branch !== undefined && typeof branch !== 'string')
    throw new Refused('the statement names no branch that can be read')
  return {
    ...{ repository: uri.startsWith('git+') ? repository : '', commit, tree },
    ...(branch === undefined ? {} : { branch }),
  }
}

function instanceOf(subject: SignedProvenance['evidence']['subject']): InstanceSubject {
  if (subject.kind === 'instance') return subject
  throw new Refused('the evidence is not of an instance of an application')
}
