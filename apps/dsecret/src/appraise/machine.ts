// Appraises a machine of the network itself, a worker's or a dsecret node's: its NodeProof, or the first check that fails. I/O by the view.
import {
  eventLogHolds,
  evidenceDigest,
  launchedWith,
  launchField,
  nodeConfigDigest,
  type EvidenceDocument,
  type LaunchClaims,
  type NodeSubject,
} from '@wetee/attestation'
import type { NodeProof } from '@wetee/chain'
import { ROLE_WORKER, type Block, type ChainView, type Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { authentic } from './authentic.ts'
import type { AppraisalContext } from './context.ts'
import { freshHead, namedBlock } from './freshness.ts'
import { requireAboveFloors, requireAccepted, requireMachineId } from './rules.ts'

/** A worker's machine has neither of these keys; its operator's address stands for it. */
const NO_ENCRYPTION_KEY = `0x${'00'.repeat(33)}`
const NO_TLS_KEY = `0x${'00'.repeat(32)}`

/**
 * The proof of a machine; every field follows from its evidence or from the chain. Throws NodeError, AttestationError and what
 * the view throws.
 */
export async function appraiseMachine(
  context: AppraisalContext,
  document: EvidenceDocument,
  signal: AbortSignal,
): Promise<NodeProof> {
  const { view, trust, clock } = context
  const { subject } = document
  if (subject.kind !== 'node')
    throw new NodeError('evidence.kind', 'expected evidence of a machine, of kind "node"')
  requireNetwork(context, subject)
  const { timestamp } = await freshHead(view, clock)
  const claims = await authentic(document, trust, Number(timestamp) * 1_000)
  const { block, head } = await namedBlock(view, subject, clock, signal)
  requireLaunch(claims, document, subject)
  await requireKeys(context, subject, head)
  const machine = await requireMachine(context, claims, subject, head)
  await requireAccepted(view, subject.role, claims, head)
  await requireAboveFloors(
    view,
    {
      key: subject.statementKey,
      platform: machine,
      measurement: claims.measurementId,
      ...(subject.role === ROLE_WORKER ? { worker: subject.nodeId } : {}),
    },
    block.number,
    head.number,
  )
  return {
    role: subject.role,
    nodeId: subject.nodeId,
    platformId: machine,
    statementKey: subject.statementKey,
    encryptionKey: subject.encryptionKey,
    tlsKeyHash: subject.tlsKeyHash,
    measurementId: claims.measurementId,
    evidenceBlock: block.number,
    notBefore: block.timestamp,
    notAfter: block.timestamp + (await view.nodeProofSeconds(block.number)),
    evidenceDigest: evidenceDigest(document, document.endorsements),
  }
}

function requireNetwork({ view }: AppraisalContext, subject: NodeSubject): void {
  const { chainId, contracts } = view.network
  if (subject.chainId !== BigInt(chainId) || subject.subnet !== contracts.subnet)
    throw new NodeError(
      'subject.network',
      `expected evidence for chain ${chainId} and the Subnet ${contracts.subnet}, it is for ${subject.chainId} and ${subject.subnet}`,
    )
}

/** Throws NodeError `config.differs`, `event-log.differs`. */
function requireLaunch(
  claims: LaunchClaims,
  { eventLog }: EvidenceDocument,
  subject: NodeSubject,
): void {
  const { name, value } = launchField(claims.platform, nodeConfigDigest(subject))
  const launched = launchedWith(claims)
  if (launched !== value)
    throw new NodeError(
      'config.differs',
      `the TEE was launched with ${name} ${launched}, node ${subject.nodeId} of role ${subject.role} gives ${value}`,
    )
  // A machine of the network runs no application's images.
  if (eventLog.length > 0 || !eventLogHolds(claims, []))
    throw new NodeError('event-log.differs', 'a machine of the network has measured images')
}

/** The keys in the evidence are the registered ones. Throws NodeError `node.unknown`, `node.keys-differ`. */
async function requireKeys(
  { view }: AppraisalContext,
  subject: NodeSubject,
  { number }: Block,
): Promise<void> {
  const { role, nodeId } = subject
  const registered = await (role === ROLE_WORKER
    ? workerKeys(view, nodeId, number)
    : view.node(nodeId, number))
  if (registered === undefined)
    throw new NodeError(
      'node.unknown',
      `there is no ${role === ROLE_WORKER ? 'worker' : 'dsecret node'} ${nodeId} at block ${number}`,
    )
  for (const field of ['statementKey', 'encryptionKey', 'tlsKeyHash'] as const)
    if (subject[field] !== registered[field].toLowerCase())
      throw new NodeError(
        'node.keys-differ',
        `${field} in the evidence is ${subject[field]}, registered is ${registered[field]}`,
      )
}

async function workerKeys(view: ChainView, workerId: bigint, at: bigint) {
  const statementKey = await view.workerOperator(workerId, at)
  if (statementKey === undefined) return undefined
  return { statementKey, encryptionKey: NO_ENCRYPTION_KEY, tlsKeyHash: NO_TLS_KEY }
}

/**
 * The machine's id, free or this node's own. Throws NodeError `platform.masked`, `platform.denied`, `platform.taken`.
 */
async function requireMachine(
  { view }: AppraisalContext,
  claims: LaunchClaims,
  { role, nodeId }: NodeSubject,
  { number }: Block,
): Promise<Hex> {
  const id = requireMachineId(view, claims)
  const holder = await view.platform(id, number)
  if (holder.denied)
    throw new NodeError('platform.denied', `machine ${id} counts for nobody any more`)
  const own = holder.role === role && holder.nodeId === nodeId
  if (!own && (await view.isPlatformLive(holder.role, holder.nodeId, id, number)))
    throw new NodeError(
      'platform.taken',
      `machine ${id} is proven for node ${holder.nodeId} of role ${holder.role} until second ${holder.notAfter}`,
    )
  return id
}
