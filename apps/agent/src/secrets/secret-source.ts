// Asks all nodes for secrets and derived keys of this instance. Does network I/O through the worker; reads randomness.
import { randomBytes } from 'node:crypto'
import { releaseRequestTypedData } from '@wetee/chain'
import { openWith } from '@wetee/sealing'
import {
  UNKNOWN_DIGEST,
  parseAnswer,
  releaseItemsDigest,
  replyInfo,
  serializeMisconduct,
  type WrongRelease,
} from '@wetee/secrets'
import type { Group } from '@wetee/threshold'
import type { CommitteeBook } from '../committee/committee-book.ts'
import type { EvidenceMaker } from '../evidence/evidence-maker.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { errorFields, type Log } from '../log.ts'
import type { NodeList } from '../nodes/node-list.ts'
import { callNode, NodeRefusal, type Node, type NodeRoad } from '../nodes/node-call.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import type { SecretName } from './plan.ts'
import {
  ReleaseRound,
  type Fault,
  type OpenedReply,
  type Released,
  type RoundRequest,
} from './release-round.ts'
import { SecretError } from './secret-error.ts'
import {
  MAX_EPOCH_BYTES,
  VERSION_DIFFERS,
  maxReplyBytes,
  parseCurrent,
  parseEpoch,
  parseReply,
  type NamedSecret,
} from './wire.ts'

/** What the source is made of. */
export type SecretSourceParts = {
  readonly launch: InstanceLaunch
  readonly keys: InstanceKeys
  readonly maker: EvidenceMaker
  readonly worker: WorkerClient
  /** Who has shares of a key of the network, by its S. */
  readonly nodes: (verificationKey: Hex) => Pick<NodeList, 'latest'>
  /** Learns who the members are. */
  readonly book: Pick<CommitteeBook, 'note'>
  /** Opens the back end: once, when something is asked for. */
  readonly group: () => Group
  readonly log: Log
  readonly signal: AbortSignal
}

/** What is asked for in one request. */
export type Wanted = {
  readonly secrets: readonly SecretName[]
  readonly keys: readonly string[]
  /**
   * S of the network's older key, for derived keys alone: as members of this instance's own key have named it, never the worker. Who has
   * shares of it speaks for nothing else.
   */
  readonly olderKey?: Hex | undefined
}

type Hex = `0x${string}`

/** Of a secret whose version is not known yet: nodes answer with the one there is. */
const TELL_ME = { version: 0, digest: UNKNOWN_DIGEST }
/** How long the others may still answer once there is a result, milliseconds. */
const LATE_MS = 2_000
/** Versions may change while they are asked for, and then again. */
const MAX_ROUNDS = 4

/** Nodes whose misconduct one instance tells of. */
const MAX_REPORTS = 64

/** Heard in one round: a release, or names of versions that the threshold names alike, or neither. */
type Outcome =
  | { readonly kind: 'released'; readonly released: Released }
  | { readonly kind: 'named'; readonly secrets: readonly NamedSecret[] }
  | { readonly kind: 'failed'; readonly error: Error & { readonly code: string } }

/** Secrets and derived keys for this instance alone. */
export class SecretSource {
  readonly #parts: SecretSourceParts
  /** Versions that were current when they were last asked for. */
  readonly #known = new Map<string, NamedSecret>()
  readonly #reported = new Set<bigint>()
  #group: Group | undefined

  constructor(parts: SecretSourceParts) {
    this.#parts = parts
  }

  /**
   * Asks once; the caller asks again later. At most 64 secrets and 16 keys. Throws SecretError, and NodeRefusal with the code that
   * most nodes refused with; TeeError where the worker is away.
   */
  async request(wanted: Wanted): Promise<Released> {
    for (let round = 0; ; round++) {
      const secrets = wanted.secrets.map((name) => this.#known.get(keyOf(name)) ?? unknown(name))
      const outcome = await this.#ask({ ...wanted, secrets })
      if (outcome.kind === 'released') return outcome.released
      if (outcome.kind === 'failed') throw outcome.error
      for (const secret of outcome.secrets) {
        if (secret.version === 0)
          throw new SecretError(
            'secrets.not-set',
            `${secret.appId}/${secret.name}: not set, or removed`,
          )
        this.#known.set(keyOf(secret), secret)
      }
      if (round === MAX_ROUNDS - 1)
        throw new SecretError('secrets.pending', 'versions changed while they were asked for')
    }
  }

  /** One signed request to every node, each answer used as it comes; the first outcome ends the other calls. */
  async #ask(wanted: Pick<RoundRequest, 'secrets' | 'keys' | 'olderKey'>): Promise<Outcome> {
    const { launch, worker, signal } = this.#parts
    const { olderKey } = wanted
    const verificationKey = olderKey ?? launch.networkKey.S
    const group = (this.#group ??= this.#parts.group())
    const request: RoundRequest = {
      chainId: launch.chainId,
      cloud: launch.cloud,
      quorum: launch.quorum,
      appId: launch.appId,
      networkKey: bytesOf(verificationKey),
      requestId: randomBytes(32),
      readerKey: bytesOf(this.#parts.keys.hpkeKey),
      ...wanted,
    }
    const callOf = await this.#calls(request)
    const round = new ReleaseRound(group, request, {
      fault: (fault) => this.#accuse(fault),
      proven: (members) => {
        if (olderKey === undefined) this.#parts.book.note(members)
      },
      misconduct: (nodeId, found) => void this.#report(nodeId, found),
    })
    const { nodes, threshold } = await this.#parts.nodes(verificationKey).latest()
    const votes = new Votes(threshold)
    const done = new AbortController()
    const road = { tunnel: worker.tunnel, signal: AbortSignal.any([signal, done.signal]) }
    let outcome: Outcome | undefined
    let timer: NodeJS.Timeout | undefined
    let settle: (() => void) | undefined
    const settled = new Promise<void>((resolve) => (settle = resolve))
    const hear = async <T>(
      asked: Promise<T>,
      take: (answer: T) => Outcome | undefined,
      refused: (error: unknown) => Outcome | undefined,
    ): Promise<void> => {
      const found = await asked.then(take, (error) => outcome ?? refused(error))
      if (found === undefined || outcome !== undefined) return
      outcome = found
      // Who answers a little later is a member, too, and the book learns of it.
      if (found.kind === 'released') timer = setTimeout(() => done.abort(), LATE_MS)
      else done.abort()
      settle?.()
    }
    const calls = nodes.map((node) =>
      hear(
        callOf(node).then((body) => this.#release(road, node, request, body)),
        (reply) =>
          outcome === undefined || outcome.kind === 'released'
            ? released(round.addReply(reply))
            : wipe(reply),
        (error) => this.#refused(error, node, request.secrets, votes),
      ),
    )
    // Where a version is only asked for, nothing will be released.
    if (wanted.secrets.every(({ version }) => version !== 0))
      for (const node of nodes)
        calls.push(
          hear(
            this.#epoch(road, node, verificationKey),
            (epoch) => (outcome === undefined ? released(round.addEpoch(epoch)) : undefined),
            (error) => this.#note(node, error),
          ),
        )
    const all = Promise.all(calls).finally(() => clearTimeout(timer))
    await Promise.race([all, settled])
    if (outcome !== undefined) all.catch((error: unknown) => this.#note(undefined, error))
    signal.throwIfAborted()
    const { error, tried } = round.failure()
    return outcome ?? { kind: 'failed', error: (tried ? undefined : votes.commonest()) ?? error }
  }

  /** The call as JSON text for each node, signed for that one: none of them can ask another in this instance's name. */
  async #calls(request: RoundRequest): Promise<(node: Node) => Promise<string>> {
    const { launch, keys, maker, worker, signal } = this.#parts
    const { text, head } = await maker.make()
    const operatorSignature = await worker.authorize(
      { instanceKey: keys.account.address, evidenceBlock: head.number },
      signal,
    )
    const items = {
      secrets: request.secrets.map(({ appId, name, version, digest }) => ({
        ...{ appId, name, version, digest },
      })),
      keys: request.keys,
      ...(request.olderKey === undefined ? {} : { olderKey: request.olderKey }),
    }
    const requestId = hexOf(request.requestId)
    const { appId, version, replica, cloud } = launch
    const network = { chainId: Number(launch.chainId), contracts: { cloud } }
    const asked = { appId, version, replica, requestId, itemsDigest: releaseItemsDigest(items) }
    return async ({ nodeId }) => {
      const signature = await keys.account.signTypedData(
        releaseRequestTypedData(network, { nodeId, ...asked }),
      )
      const rest = JSON.stringify({ operatorSignature, requestId, ...items, signature })
      // The evidence is already JSON; it is sent as the bytes that were made.
      return `{"evidence":${text},${rest.slice(1)}`
    }
  }

  async #release(
    road: NodeRoad,
    node: Node,
    request: RoundRequest,
    body: string,
  ): Promise<OpenedReply> {
    const maxBytes = maxReplyBytes(request)
    const call = { method: 'POST', path: '/v1/release', body, maxBytes } as const
    const { nodeId } = node
    const reply = parseReply(await callNode(road, node, call), nodeId)
    const { chainId, cloud } = request
    const info = replyInfo({ chainId, cloud, nodeId, requestId: hexOf(request.requestId) })
    const { hpke } = this.#parts.keys
    const plain = await openWith(hpke, reply.enc, info, new Uint8Array(0), reply.sealed)
    try {
      const answer = parseAnswer(plain)
      if (
        (answer.secrets === undefined) !== (request.secrets.length === 0) ||
        (answer.keys === undefined) !== (request.keys.length === 0)
      )
        throw new NodeRefusal('node.answer-invalid', 'not what was asked for')
      const { epoch, index, signature } = reply
      return { nodeId, epoch, index, signature, answer }
    } finally {
      plain.fill(0)
    }
  }

  async #epoch(road: NodeRoad, node: Node, verificationKey: Hex) {
    const path = `/v1/epochs/${verificationKey}` as const
    const call = { method: 'GET', path, maxBytes: MAX_EPOCH_BYTES } as const
    return parseEpoch(await callNode(road, node, call))
  }

  /** A refusal that names other versions is counted, and any other noted. */
  #refused(
    error: unknown,
    node: Node,
    asked: readonly NamedSecret[],
    votes: Votes,
  ): Outcome | undefined {
    if (!(error instanceof NodeRefusal)) return this.#note(node, error)
    try {
      if (error.code !== VERSION_DIFFERS) throw error
      const secrets = parseCurrent(error.answer, asked)
      return votes.name(secrets) ? { kind: 'named', secrets } : undefined
    } catch (problem) {
      if (problem instanceof NodeRefusal) votes.refuse(problem)
      return this.#note(node, problem)
    }
  }

  #note(node: Node | undefined, error: unknown): undefined {
    const { log, signal } = this.#parts
    if (!signal.aborted)
      log.warn(
        { nodeId: String(node?.nodeId ?? ''), ...errorFields(error) },
        'node did not release',
      )
    return undefined
  }

  /** Says no secret: the images in it are wrong, and of the other kind there is a digest. */
  async #report(nodeId: bigint, found: WrongRelease): Promise<void> {
    const { worker, log, signal } = this.#parts
    if (this.#reported.size >= MAX_REPORTS || this.#reported.has(nodeId)) return
    this.#reported.add(nodeId)
    try {
      await worker.misconduct(serializeMisconduct(found), signal)
    } catch (error) {
      log.warn({ nodeId: String(nodeId), ...errorFields(error) }, 'misconduct was not kept')
    }
  }

  #accuse({ nodeId, code }: Fault): void {
    this.#parts.log.warn({ nodeId: String(nodeId), code }, 'node released what is not valid')
  }
}

/** Counts what nodes say alike. */
class Votes {
  readonly #threshold: number
  readonly #names = new Map<string, number>()
  readonly #refusals = new Map<string, { readonly error: NodeRefusal; count: number }>()

  constructor(threshold: number) {
    this.#threshold = threshold
  }

  /** Whether the threshold has named exactly these now. */
  name(secrets: readonly NamedSecret[]): boolean {
    const text = JSON.stringify(
      secrets.map(({ version, digest, owner }) => [version, digest, owner]),
    )
    const count = (this.#names.get(text) ?? 0) + 1
    this.#names.set(text, count)
    return count >= this.#threshold
  }

  refuse(error: NodeRefusal): void {
    const known = this.#refusals.get(error.code)
    if (known === undefined) this.#refusals.set(error.code, { error, count: 1 })
    else known.count++
  }

  /** The refusal that most nodes gave. */
  commonest(): NodeRefusal | undefined {
    return [...this.#refusals.values()].sort((a, b) => b.count - a.count)[0]?.error
  }
}

function unknown(name: SecretName): NamedSecret {
  return { ...name, ...TELL_ME, owner: `0x${'00'.repeat(20)}` }
}

function keyOf({ appId, name }: SecretName): string {
  return `${appId}/${name}`
}

function released(result: Released | undefined): Outcome | undefined {
  return result && { kind: 'released', released: result }
}

function wipe({ answer }: OpenedReply): undefined {
  answer.secrets?.fill(0)
  answer.keys?.fill(0)
}

function bytesOf(hex: `0x${string}`): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
}

function hexOf(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString('hex')}`
}
