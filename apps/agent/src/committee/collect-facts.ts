// Asks all nodes what the chain says of this instance's application, and counts members that say it alike. Network I/O through the
// worker.
import { appFactsTypedData, ownerSignatureTypedData } from '@wetee/chain'
import { keccak256 } from 'viem'
import * as z from 'zod'
import { address, hex, uint, uint64 } from '../launch/fields.ts'
import { NodeRefusal, type Node, type NodeCall } from '../nodes/node-call.ts'
import type { AppFacts } from './app-facts.ts'
import {
  alike,
  askMembers,
  memberOf,
  parseSaid,
  type MembersRoad,
  type Vote,
} from './ask-members.ts'

/** `ICloud.AppState`. */
const STATES = { active: 1, paused: 2, ended: 3 } as const
const MAX_ANSWER_BYTES = 4_096

const place = { chainId: uint64, cloud: address, appId: uint64, owner: address }
const block = { blockNumber: uint64, blockTime: uint64 }
const signed = { nodeId: uint64, signature: hex(65) }
const factsSchema = z.strictObject({
  facts: z.strictObject({
    ...{ ...place, ...block },
    state: z.enum(['active', 'paused', 'ended']),
    currentVersion: uint(0xffff_ffff),
    pendingVersion: uint(0xffff_ffff),
    olderKey: z.union([z.literal('0x'), hex(33)]),
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

/**
 * Facts that at least the threshold of members of the newest epoch say alike, as of the newest block that so many of them have reached.
 * Members that are not known are asked once who they are. Throws SecretError `facts.no-quorum`.
 */
export async function collectFacts(road: MembersRoad): Promise<AppFacts> {
  const call = { method: 'GET', path: `/v1/apps/${road.launch.appId}/facts` } as const
  const agreed = await ask(road, call, (answer, node) => readFacts(road, answer, node))
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
  road: MembersRoad,
  asked: { readonly owner: Hex; readonly digest: Hex; readonly signature: Hex },
): Promise<boolean> {
  const { digest, signature } = asked
  const path = `/v1/apps/${road.launch.appId}/may-sign`
  const call = { method: 'POST', path, body: JSON.stringify({ digest, signature }) } as const
  const agreed = await ask(road, call, (answer, node) =>
    readOwnerSignature(road, asked, answer, node),
  )
  return agreed[0]?.value === true
}

type Hex = `0x${string}`

function ask<T>(
  road: MembersRoad,
  call: Omit<NodeCall, 'maxBytes'>,
  read: (answer: unknown, node: Node) => Vote<T>,
): Promise<readonly Vote<T>[]> {
  return askMembers(road, { call: { ...call, maxBytes: MAX_ANSWER_BYTES }, read, decide: alike })
}

function readFacts(road: MembersRoad, answer: unknown, node: Node): Vote<AppFacts> {
  const { facts, nodeId, signature } = parseSaid(factsSchema, answer)
  requirePlace(road, node, { ...facts, nodeId })
  const { chainId, cloud, ...value } = facts
  const network = { chainId: Number(chainId), contracts: { cloud } }
  const state = STATES[facts.state]
  const member = memberOf(road, appFactsTypedData(network, { nodeId, ...value, state }), signature)
  const { owner, currentVersion, pendingVersion, olderKey } = value
  const text = [owner, state, currentVersion, pendingVersion, olderKey].join()
  return { ...member, text, value }
}

function readOwnerSignature(
  road: MembersRoad,
  asked: { readonly owner: Hex; readonly digest: Hex; readonly signature: Hex },
  answer: unknown,
  node: Node,
): Vote<boolean> {
  const { answer: said, nodeId, signature } = parseSaid(ownerSignatureSchema, answer)
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
  { launch }: MembersRoad,
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
