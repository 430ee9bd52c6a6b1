// Asks all nodes what the chain says of this instance's application, and counts members that say it alike. Network I/O through the
// worker.
import { appFactsTypedData, ownerSignatureTypedData } from '@wetee/chain'
import { keccak256, type TypedDataDefinition } from 'viem'
import * as z from 'zod'
import { address, firstProblem, hex, uint, uint64 } from '../launch/fields.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { errorFields, type Log } from '../log.ts'
import { callNode, NodeRefusal, type Node, type NodeCall } from '../nodes/node-call.ts'
import type { NodeList } from '../nodes/node-list.ts'
import { SecretError } from '../secrets/secret-error.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import type { AppFacts } from './app-facts.ts'
import type { Census } from './census.ts'
import type { Quorum } from './committee-book.ts'

/** What is needed to ask. */
export type FactsRoad = {
  readonly launch: Pick<InstanceLaunch, 'chainId' | 'cloud' | 'appId'>
  readonly worker: Pick<WorkerClient, 'tunnel'>
  readonly nodes: Pick<NodeList, 'latest'>
  readonly book: Pick<Quorum, 'current' | 'memberOf'>
  readonly census: Pick<Census, 'refresh'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** `ICloud.AppState`. */
const STATES = { active: 1, paused: 2, ended: 3 } as const
const MAX_ANSWER_BYTES = 4_096
/** Who has not answered by then is not counted, milliseconds. */
const PATIENCE_MS = 10_000

const place = { chainId: uint64, cloud: address, appId: uint64, owner: address }
const block = { blockNumber: uint64, blockTime: uint64 }
const signed = { nodeId: uint64, signature: hex(65) }
const factsSchema = z.strictObject({
  facts: z.strictObject({
    ...{ ...place, ...block },
    state: z.enum(['active', 'paused', 'ended']),
    currentVersion: uint(0xffff_ffff),
    pendingVersion: uint(0xffff_ffff),
  }),
  ...signed,
})
const ownerSignatureSchema = z.strictObject({
  answer: z.strictObject({
    ...{ ...place, ...block },
    digest: hex(32),
    signatureDigest: hex(32),
    valid: z.boolean(),
  }),
  ...signed,
})

/** What one member said; `text` is equal where members agree. */
type Vote<T> = { readonly index: number; readonly key: string; readonly text: string } & {
  readonly value: T
}

/**
 * Facts that at least the threshold of members of the newest epoch say alike, as of the newest block that so many of them have reached.
 * Members that are not known are asked once who they are. Throws SecretError `facts.no-quorum`.
 */
export async function collectFacts(road: FactsRoad): Promise<AppFacts> {
  const call = { method: 'GET', path: `/v1/apps/${road.launch.appId}/facts` } as const
  const agreed = await collect(road, call, (answer, node) => readFacts(road, answer, node))
  // The block that the last of them has reached: fewer than the threshold cannot make facts look newer than they are.
  return agreed
    .map(({ value }) => value)
    .reduce((oldest, facts) => (facts.blockNumber < oldest.blockNumber ? facts : oldest))
}

/**
 * Whether at least the threshold of members say that the owner, a contract, takes `signature` for a digest (ERC-1271). `owner` is whom
 * the facts name. Throws SecretError `facts.no-quorum` where there are not enough that say the same.
 */
export async function collectOwnerSignature(
  road: FactsRoad,
  asked: { readonly owner: Hex; readonly digest: Hex; readonly signature: Hex },
): Promise<boolean> {
  const { digest, signature } = asked
  const path = `/v1/apps/${road.launch.appId}/may-sign`
  const call = { method: 'POST', path, body: JSON.stringify({ digest, signature }) } as const
  const agreed = await collect(road, call, (answer, node) =>
    readOwnerSignature(road, asked, answer, node),
  )
  return agreed[0]?.value === true
}

type Hex = `0x${string}`

type Read<T> = (answer: unknown, node: Node) => Vote<T>

/** Exactly the threshold of votes that say the same, of distinct members with distinct keys. */
async function collect<T>(
  road: FactsRoad,
  call: Omit<NodeCall, 'maxBytes'>,
  read: Read<T>,
): Promise<readonly Vote<T>[]> {
  for (let refreshed = false; ; refreshed = true) {
    const threshold = road.book.current()?.threshold
    const votes: Vote<T>[] = []
    const agreed = threshold && (await ask(road, { ...{ call, read, threshold }, votes }))
    if (agreed) return agreed
    if (refreshed) throw tooFew(votes.length, threshold)
    await road.census.refresh().catch((error: unknown) => {
      road.log.warn(errorFields(error), 'members have not named their keys')
    })
  }
}

/** Asks all nodes at once; enough alike end the other calls. Undefined where there are not enough. */
async function ask<T>(
  { worker, nodes, log, signal }: FactsRoad,
  asked: {
    readonly call: Omit<NodeCall, 'maxBytes'>
    readonly read: Read<T>
    readonly threshold: number
    readonly votes: Vote<T>[]
  },
): Promise<readonly Vote<T>[] | undefined> {
  const { call, read, threshold, votes } = asked
  const members = await nodes.latest()
  const done = new AbortController()
  const ended = AbortSignal.any([signal, done.signal, AbortSignal.timeout(PATIENCE_MS)])
  const road = { tunnel: worker.tunnel, signal: ended }
  let agreed: readonly Vote<T>[] | undefined
  await Promise.all(
    members.nodes.map(async (node) => {
      try {
        votes.push(read(await callNode(road, node, { ...call, maxBytes: MAX_ANSWER_BYTES }), node))
        agreed ??= alike(votes, threshold)
        if (agreed !== undefined) done.abort()
      } catch (error) {
        if (agreed === undefined && !signal.aborted)
          log.warn({ nodeId: String(node.nodeId), ...errorFields(error) }, 'node did not say facts')
      }
    }),
  )
  signal.throwIfAborted()
  return agreed
}

/** So many votes for one text; one voice for each member, and for each key. */
function alike<T>(votes: readonly Vote<T>[], threshold: number): readonly Vote<T>[] | undefined {
  for (const group of Map.groupBy(votes, ({ text }) => text).values()) {
    const byKey = new Map(group.map((vote) => [vote.key, vote]))
    const distinct = [...new Map([...byKey.values()].map((vote) => [vote.index, vote])).values()]
    if (distinct.length >= threshold) return distinct.slice(0, threshold)
  }
  return undefined
}

function readFacts(road: FactsRoad, answer: unknown, node: Node): Vote<AppFacts> {
  const { facts, nodeId, signature } = parse(factsSchema, answer)
  requirePlace(road, node, { ...facts, nodeId })
  const { chainId, cloud, ...value } = facts
  const network = { chainId: Number(chainId), contracts: { cloud } }
  const state = STATES[facts.state]
  const member = memberOf(road, appFactsTypedData(network, { nodeId, ...value, state }), signature)
  const { owner, currentVersion, pendingVersion } = value
  const text = [owner, state, currentVersion, pendingVersion].join()
  return { ...member, text, value }
}

function readOwnerSignature(
  road: FactsRoad,
  asked: { readonly owner: Hex; readonly digest: Hex; readonly signature: Hex },
  answer: unknown,
  node: Node,
): Vote<boolean> {
  const { answer: said, nodeId, signature } = parse(ownerSignatureSchema, answer)
  requirePlace(road, node, { ...said, nodeId })
  const { chainId, cloud, ...value } = said
  const { owner, digest, signatureDigest, valid } = value
  const isAsked =
    owner === asked.owner &&
    digest === asked.digest &&
    signatureDigest === keccak256(asked.signature)
  if (!isAsked) throw new NodeRefusal('node.answer-invalid', 'an answer to another question')
  const network = { chainId: Number(chainId), contracts: { cloud } }
  const typedData = ownerSignatureTypedData(network, { nodeId, ...value })
  return { ...memberOf(road, typedData, signature), text: String(valid), value: valid }
}

/** Throws NodeRefusal for facts of another network, application or node than was asked. */
function requirePlace(
  { launch }: FactsRoad,
  node: Node,
  said: Readonly<{ chainId: bigint; cloud: Hex; appId: bigint; nodeId: bigint }>,
): void {
  const same =
    said.chainId === launch.chainId &&
    said.cloud === launch.cloud &&
    said.appId === launch.appId &&
    said.nodeId === node.nodeId
  if (!same) throw new NodeRefusal('node.answer-invalid', 'facts of something else')
}

/** Throws NodeRefusal `node.signature-invalid` where no member of the newest epoch has signed. */
function memberOf({ book }: FactsRoad, typedData: TypedDataDefinition, signature: Hex) {
  const member = book.memberOf(typedData, signature)
  if (member !== undefined) return { index: member.index, key: member.statementKey }
  throw new NodeRefusal('node.signature-invalid', 'signed by no member that is known')
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new NodeRefusal('node.answer-invalid', firstProblem(parsed.error).slice(0, 300))
}

function tooFew(votes: number, threshold: number | undefined): SecretError {
  const needed = threshold === undefined ? 'no member is known' : `${threshold} are needed`
  return new SecretError(
    'facts.no-quorum',
    `${votes} members answered, not enough alike: ${needed}`,
  )
}
