// Appraises the evidence of an application's instance: the lease that follows from it, or the first check that fails. I/O by the view.
import {
  configDigest,
  dueLaunch,
  eventLogHolds,
  evidenceDigest,
  kataPolicy,
  launchedWith,
  launchKeyOf,
  type EvidenceDocument,
  type InstanceSubject,
  type LaunchClaims,
} from '@wetee/attestation'
import { addressOfPoint, operatorStatementTypedData, type AttestationLease } from '@wetee/chain'
import {
  ManifestError,
  podPermissions,
  teeClassBits,
  termsEqual,
  type ManifestDocument,
} from '@wetee/manifest'
import { ThresholdError, type Group } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { hexToBytes } from 'viem'
import {
  ROLE_WORKER,
  type AppFacts,
  type Block,
  type ChainView,
  type Hex,
  type LiveKey,
  type VersionFacts,
} from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { recoverSigner } from '../sign/recover-signer.ts'
import { authentic } from './authentic.ts'
import type { AppraisalContext } from './context.ts'
import { freshHead, namedBlock } from './freshness.ts'
import { KnownManifests, type ReadManifest } from './known-manifests.ts'
import { requireAboveFloors, requireAccepted, requireMachineId } from './rules.ts'

/** Of the whole process: what is held follows from texts alone. */
const manifests = new KnownManifests()
let group: Group | undefined

/** An instance whose evidence holds, and what else was read to say so. */
export type AppraisedInstance = {
  readonly lease: AttestationLease
  readonly platform: LaunchClaims['platform']
  readonly manifest: ManifestDocument
  readonly manifestDigest: Hex
  /** The key that it was launched under, which lives; undefined before there is one. */
  readonly networkKey: LiveKey | undefined
  /** The block that its evidence names. */
  readonly evidenceBlock: Block
  /** The finalized block that it was judged at. */
  readonly head: Block
}

/** The lease of an instance; every field follows from its evidence or from the chain. Throws as `appraiseReader`. */
export async function appraiseInstance(
  context: AppraisalContext,
  document: EvidenceDocument,
  operatorSignature: Hex,
  signal: AbortSignal,
): Promise<AttestationLease> {
  return (await appraiseReader(context, document, operatorSignature, signal)).lease
}

/**
 * Order of the checks: network, hardware, block, application, manifest, configuration, images, machine, operator, reference values, floors.
 * Throws NodeError, AttestationError and what the view throws.
 */
export async function appraiseReader(
  context: AppraisalContext,
  document: EvidenceDocument,
  operatorSignature: Hex,
  signal: AbortSignal,
): Promise<AppraisedInstance> {
  const { view, trust, clock } = context
  const { subject, manifest } = document
  if (subject.kind !== 'instance' || manifest === undefined)
    throw new NodeError('evidence.kind', 'expected evidence of an instance, of kind "instance"')
  requireNetwork(context, subject)
  const { timestamp } = await freshHead(view, clock)
  const claims = await authentic(document, trust, Number(timestamp) * 1_000)
  const instanceKey = addressOf(subject.signingKey)
  const { block, head } = await namedBlock(view, subject, clock, signal)
  const version = await requireApplication(context, subject, claims.platform, head)
  const program = requireManifest(manifest, version)
  const stated = { claims, document, subject, version, program }
  const { networkKey, measurementId } = await requireConfiguration(context, stated, head)
  requireImages(claims, document, program)
  const machine = await requireMachine(context, claims, subject, head)
  await requireOperator(context, { subject, instanceKey, machine, operatorSignature }, head)
  const measured = { platform: claims.platform, measurementId }
  await requireAccepted(view, ROLE_WORKER, measured, head)
  await requireAboveFloors(
    view,
    {
      key: instanceKey,
      platform: machine,
      measurement: measurementId,
      worker: subject.workerId,
      application: subject.appId,
    },
    block.number,
    head.number,
  )
  // Read at the evidence's own block: the same bytes at every node, also while the parameter changes.
  const notAfter = block.timestamp + (await view.maxLeaseSeconds(block.number))
  if (notAfter <= head.timestamp)
    throw new NodeError('lease.expired', `a lease from block ${block.number} has already run out`)
  const lease = {
    appId: subject.appId,
    version: subject.version,
    replica: subject.replica,
    workerId: subject.workerId,
    platformId: machine,
    instanceKey,
    hpkeKey: subject.hpkeKey,
    tlsKeyHash: subject.tlsKeyHash,
    measurementId,
    evidenceBlock: block.number,
    notBefore: block.timestamp,
    notAfter,
    evidenceDigest: evidenceDigest(document, document.endorsements, trust.cache),
  }
  const { platform } = claims
  const { manifestDigest } = version
  const read = { platform, manifest: program, manifestDigest, networkKey }
  return { lease, ...read, evidenceBlock: block, head }
}

function requireNetwork({ view }: AppraisalContext, subject: InstanceSubject): void {
  const { chainId, contracts } = view.network
  if (subject.chainId !== BigInt(chainId) || subject.cloud !== contracts.cloud)
    throw new NodeError(
      'subject.network',
      `expected evidence for chain ${chainId} and the Cloud ${contracts.cloud}, it is for ${subject.chainId} and ${subject.cloud}`,
    )
}

/**
 * Throws NodeError `app.unknown`, `app.not-active`, `app.version`, `app.worker`, `app.replica`, `app.tee-class`,
 * `block.before-version`.
 */
async function requireApplication(
  { view }: AppraisalContext,
  subject: InstanceSubject,
  platform: LaunchClaims['platform'],
  head: Block,
): Promise<VersionFacts> {
  const { appId, workerId, replica } = subject
  const app = await view.app(appId, head.number)
  if (app === undefined)
    throw new NodeError(
      'app.unknown',
      `application ${appId} is not on chain at block ${head.number}`,
    )
  if (app.state !== 'active')
    throw new NodeError('app.not-active', `application ${appId} is ${app.state}`)
  const { version, replicas } = await requireVersion(view, subject, app, head)
  if (version.workerId !== workerId)
    throw new NodeError(
      'app.worker',
      `version ${subject.version} of application ${appId} belongs on worker ${version.workerId}, not on ${workerId}`,
    )
  if (replica >= replicas)
    throw new NodeError('app.replica', `replica ${replica}: there are ${replicas}`)
  if ((version.terms.teeClasses & teeClassBits[platform]) === 0)
    throw new NodeError('app.tee-class', `application ${appId} does not allow ${platform}`)
  if (subject.blockNumber < version.createdBlock)
    throw new NodeError(
      'block.before-version',
      `block ${subject.blockNumber} is older than the version (block ${version.createdBlock})`,
    )
  return version
}

/** The version that the evidence names, when it counts now, and how many replicas of it there are. */
async function requireVersion(
  view: ChainView,
  { appId, version: named }: InstanceSubject,
  app: AppFacts,
  head: Block,
): Promise<{ version: VersionFacts; replicas: number }> {
  const pendingVersion = head.timestamp <= app.pendingDeadline ? app.pendingVersion : 0
  const wanted = named !== 0 && [app.currentVersion, pendingVersion].includes(named)
  const version = wanted ? await view.version(appId, named, head.number) : undefined
  if (version === undefined)
    throw new NodeError(
      'app.version',
      `version ${named} of application ${appId} is neither current (${app.currentVersion}) nor pending (${pendingVersion})`,
    )
  // A migration moves as many replicas as there are.
  const isUpdate = named === pendingVersion && version.manifestVersion === named
  return { version, replicas: isUpdate ? version.terms.replicas : app.replicas }
}

/**
 * The key that the version is launched under, and the id that its measurement has to be accepted by. Evidence that names the image of its agent is
 * of a pod, whose hardware shows the initdata of the manifest. Throws NodeError `config.differs`.
 */
async function requireConfiguration(
  { view }: AppraisalContext,
  stated: {
    readonly claims: LaunchClaims
    readonly document: Pick<EvidenceDocument, 'agentImage'>
    readonly subject: InstanceSubject
    readonly version: VersionFacts
    readonly program: ManifestDocument
  },
  head: Block,
): Promise<{ readonly networkKey: LiveKey | undefined; readonly measurementId: Hex }> {
  const { claims, subject, version, program } = stated
  const networkKey = launchKeyOf(await view.liveKeys(head.number), version.createdBlock)
  const expected = configDigest({
    chainId: subject.chainId,
    cloud: view.network.contracts.cloud,
    ...(networkKey === undefined ? {} : { networkKey }),
    appId: subject.appId,
    version: subject.version,
    manifestDigest: version.manifestDigest,
    termsDigest: version.termsDigest,
  })
  const { agentImage } = stated.document
  const pod =
    agentImage === undefined
      ? undefined
      : { agentImage, policy: kataPolicy(podPermissions(agentImage, program.services)) }
  const { field, measurementId } = dueLaunch(claims, expected, pod)
  const { name, value } = field
  const launched = launchedWith(claims)
  if (launched !== value)
    throw new NodeError(
      'config.differs',
      `the TEE was launched with ${name} ${launched}, network key, manifest and terms on chain give ${value}`,
    )
  return { networkKey, measurementId }
}

/** Throws NodeError `manifest.differs`, `manifest.invalid`, `terms.differ`. */
function requireManifest(text: string, version: VersionFacts): ManifestDocument {
  const digest = manifests.digestOf(text)
  if (digest !== version.manifestDigest)
    throw new NodeError(
      'manifest.differs',
      `the manifest in the evidence has the digest ${digest}, the chain names ${version.manifestDigest}`,
    )
  let read: ReadManifest
  try {
    read = manifests.read(text)
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause
    throw new NodeError('manifest.invalid', 'the manifest is not in canonical form', { cause })
  }
  const { document, termsDigest } = read
  // Terms that are equal have one digest.
  const same = termsEqual(document.terms, version.terms) && termsDigest === version.termsDigest
  if (!same) throw new NodeError('terms.differ', 'the manifest repeats other terms than the chain')
  return document
}

/**
 * Hardware with a run-time register vouches for the images that it measured, in order; on other hardware it is the measured guest
 * that starts what its configuration names. Throws NodeError `event-log.differs`, `images.differ`.
 */
function requireImages(
  claims: LaunchClaims,
  { eventLog }: EvidenceDocument,
  manifest: ManifestDocument,
): void {
  if (!eventLogHolds(claims, eventLog))
    throw new NodeError('event-log.differs', 'the event log does not replay to RTMR3 of the quote')
  if (claims.platform !== 'tdx') return
  const expected = manifest.services.map(({ name, image }) => `${name}@${digestIn(image)}`)
  const measured = eventLog.map(({ service, digest }) => `${service}@${digest}`)
  const differs = expected.findIndex((image, index) => image !== measured[index])
  if (differs >= 0)
    throw new NodeError(
      'images.differ',
      `expected the TEE to have measured ${expected[differs]}, found ${measured[differs] ?? 'nothing'}`,
    )
  if (measured.length > expected.length)
    throw new NodeError(
      'images.differ',
      `the TEE has also measured ${measured[expected.length]}, which the manifest does not name`,
    )
}

function digestIn(image: string): string {
  return image.slice(image.lastIndexOf('@') + 1)
}

/** The machine's id. Throws NodeError `platform.masked`, `platform.denied`, `platform.not-registered`, `platform.not-live`. */
async function requireMachine(
  { view }: AppraisalContext,
  claims: LaunchClaims,
  { workerId }: InstanceSubject,
  head: Block,
): Promise<Hex> {
  const id = requireMachineId(view, claims)
  const [facts, live] = await Promise.all([
    view.platform(id, head.number),
    view.isPlatformLive(ROLE_WORKER, workerId, id, head.number),
  ])
  if (facts.denied)
    throw new NodeError('platform.denied', `machine ${id} counts for nobody any more`)
  if (facts.role !== ROLE_WORKER || facts.nodeId !== workerId)
    throw new NodeError(
      'platform.not-registered',
      `machine ${id} is not registered to worker ${workerId}: the worker has to prove it first`,
    )
  if (!live)
    throw new NodeError(
      'platform.not-live',
      `the proof of machine ${id} ran out at second ${facts.notAfter} or was revoked: the worker has to prove it anew`,
    )
  return id
}

/** Throws NodeError `worker.unknown`, `operator.signature`. */
async function requireOperator(
  { view }: AppraisalContext,
  stated: {
    readonly subject: InstanceSubject
    readonly instanceKey: Hex
    readonly machine: Hex
    readonly operatorSignature: Hex
  },
  head: Block,
): Promise<void> {
  const { appId, version, replica, workerId, blockNumber } = stated.subject
  const operator = await view.workerOperator(workerId, head.number)
  if (operator === undefined)
    throw new NodeError('worker.unknown', `there is no worker ${workerId}`)
  const statement = operatorStatementTypedData(view.network, {
    platformId: stated.machine,
    appId,
    version,
    replica,
    instanceKey: stated.instanceKey,
    evidenceBlock: blockNumber,
  })
  const signer = recoverSigner(statement, stated.operatorSignature)
  if (signer !== operator.toLowerCase())
    throw new NodeError(
      'operator.signature',
      `the operator ${operator} of worker ${workerId} has not signed for this instance at this block (${signer ?? 'nobody'} has)`,
    )
}

/** Address of a compressed point, lower case. Throws NodeError `subject.signing-key`. */
function addressOf(signingKey: Hex): Hex {
  group ??= openNativeGroup()
  try {
    return addressOfPoint(group.decode(hexToBytes(signingKey)))
  } catch (cause) {
    if (!(cause instanceof ThresholdError)) throw cause
    throw new NodeError('subject.signing-key', 'signingKey is not a point of secp256k1', { cause })
  }
}
