// Asks all nodes which calls of the Bridge are open, and counts members that say it alike. Network I/O through the worker.
import { randomBytes } from 'node:crypto'
import { callToWire, openCallsTypedData, type BridgeCall, type OpenCall } from '@wetee/chain'
import * as z from 'zod'
import {
  alike,
  askMembers,
  memberOf,
  parseSaid,
  type MembersRoad,
  type Vote,
} from '../committee/ask-members.ts'
import { address, hex, uint, uint64 } from '../launch/fields.ts'
import { NodeRefusal, type Node } from '../nodes/node-call.ts'

/** A call that a quorum has stated to be open, and the Bridge that has it. */
export type StatedCall = OpenCall & { readonly bridge: `0x${string}` }

/** Calls that are asked for at once. */
export const MAX_ASKED = 64
const MAX_ANSWER_BYTES = 65_536
/** Who asks is in a hurry, and asks again, milliseconds. */
const PATIENCE_MS = 2_000

const uint32 = uint(0xffff_ffff)
const schema = z.strictObject({
  chainId: uint64,
  bridge: address,
  appId: uint64,
  calls: z
    .array(
      z.strictObject({
        callId: uint64,
        apiId: uint32,
        apiVersion: uint32,
        caller: address,
        deadline: uint64,
        maxPayloadBytes: uint32,
        definitionDigest: hex(32),
        argsDigest: hex(32),
      }),
    )
    .max(MAX_ASKED),
  nodeId: uint64,
  signature: hex(65),
})

/**
 * Asks for up to 64 calls, as whoever brings them says that they are; `onStated` hears of each one once, as soon as at least the threshold of members of the newest epoch have said
 * the same of it, in answer to this question. Of the others nothing is known. Throws SecretError `facts.no-quorum` where fewer members
 * than the threshold have answered.
 */
export async function collectCalls(
  road: MembersRoad,
  calls: readonly BridgeCall[],
  onStated: (call: StatedCall) => void,
): Promise<void> {
  const nonce = `0x${randomBytes(32).toString('hex')}` as const
  const waiting = new Set(calls.map(({ callId }) => callId))
  await askMembers(road, {
    call: {
      method: 'POST',
      path: `/v1/apps/${road.launch.appId}/open-calls`,
      body: JSON.stringify({ nonce, calls: calls.map(callToWire) }),
      maxBytes: MAX_ANSWER_BYTES,
    },
    patienceMs: PATIENCE_MS,
    read: (answer, node) => readVotes(road, nonce, answer, node),
    decide: (said, threshold, isLast) => {
      for (const callId of waiting) {
        const votes = said.flatMap((calls) => calls.get(callId) ?? [])
        const [agreed] = alike(votes, threshold) ?? []
        if (agreed === undefined) continue
        waiting.delete(callId)
        onStated(agreed.value)
      }
      return waiting.size === 0 || (isLast && said.length >= threshold) ? true : undefined
    },
  })
}

/** A node's answer by its schema. Throws NodeRefusal `node.answer-invalid`. */
export function parseOpenCalls(answer: unknown): z.infer<typeof schema> {
  return parseSaid(schema, answer)
}

/** What one member says, by call. */
function readVotes(
  road: MembersRoad,
  nonce: `0x${string}`,
  answer: unknown,
  node: Node,
): ReadonlyMap<bigint, Vote<StatedCall>> {
  const { launch } = road
  const { chainId, bridge, appId, calls, nodeId, signature } = parseOpenCalls(answer)
  if (chainId !== launch.chainId || appId !== launch.appId || nodeId !== node.nodeId)
    throw new NodeRefusal('node.answer-invalid', 'calls of something else')
  const network = { chainId: Number(chainId), contracts: { bridge } }
  const typedData = openCallsTypedData(network, { nodeId, nonce, appId, calls })
  const member = memberOf(road, typedData, signature)
  return new Map(
    calls.map((call) => {
      const value = { ...call, bridge }
      return [call.callId, { ...member, text: Object.values(value).join(), value }]
    }),
  )
}
