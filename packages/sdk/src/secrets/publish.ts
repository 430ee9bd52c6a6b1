// Gives the bytes of a sealed secret to the dsecret nodes once the chain names it. Network I/O.
import { pause } from '../clock.ts'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { NodeRecord } from '../reader.ts'
import { bareDigest } from './changes.ts'
import { callNode, type NodeRefusal } from './node-call.ts'
import { digestsOf } from './seal.ts'

/** Who keeps it now. */
export type Published = {
  readonly nodes: readonly bigint[]
  readonly refused: readonly NodeRefusal[]
}

/** How a sealed secret is handed to the nodes; `onNode` hears of each, with what it refused for. */
export type PublishOptions = {
  readonly signal?: AbortSignal
  readonly onNode?: (nodeId: bigint, problem: string | undefined) => void
  /** How long a node that has not seen the block yet is asked again, milliseconds; default 60,000. */
  readonly waitMs?: number
}

const maxAnswerBytes = 16_384
const defaultWaitMs = 60_000
const againMs = 1_000

/**
 * Puts it into the store of every member of the committee. Those that are away take it from their peers later. Throws
 * `secret.not-on-chain`, `secret.too-few-nodes` (retryable) when fewer than the threshold have it.
 */
export async function publishSecret(
  network: Network,
  bytes: Uint8Array,
  options: PublishOptions = {},
): Promise<Published> {
  const { digest } = digestsOf(bytes)
  const { number: at } = await network.reader.finalized()
  const [appId] = await network.reader.view('secrets', 'secretOf', [digest], at)
  if (appId === 0n)
    throw new SdkError(
      'secret.not-on-chain',
      `no secret on this chain has the ciphertext ${digest}: set it first`,
    )
  const { members, threshold } = await network.reader.committee(at)
  const nodes = (await network.reader.nodes(at)).filter(({ nodeId }) => members.includes(nodeId))
  const outcomes = await Promise.all(
    nodes.map(async (node) => {
      const refusal = await put(network, node, bareDigest(digest), bytes, options)
      options.onNode?.(node.nodeId, refusal?.message)
      return { nodeId: node.nodeId, refusal }
    }),
  )
  const refused = outcomes.flatMap(({ refusal }) => refusal ?? [])
  const taken = outcomes.filter(({ refusal }) => refusal === undefined)
  if (taken.length >= threshold && threshold > 0)
    return { nodes: taken.map(({ nodeId }) => nodeId), refused }
  const why = refused.map(({ nodeId, code }) => `node ${nodeId}: ${code}`).join(', ')
  throw new SdkError(
    'secret.too-few-nodes',
    `${taken.length} of ${members.length} nodes have the ciphertext, ${threshold} are needed to release it (${why}): send it again with \`wetee secret upload\``,
    { retryable: true },
  )
}

async function put(
  { transport }: Network,
  node: NodeRecord,
  name: string,
  body: Uint8Array,
  { signal, waitMs = defaultWaitMs }: PublishOptions,
): Promise<NodeRefusal | undefined> {
  const asked = { maxBytes: maxAnswerBytes, ...(signal === undefined ? {} : { signal }) }
  const deadline = Date.now() + waitMs
  for (;;) {
    const answer = await callNode(node, `/v1/ciphertexts/${name}`, (url) =>
      transport.put(url, body, asked),
    )
    if (answer.ok) return undefined
    // Finality comes to each node by itself; nothing else gets better by waiting here.
    const early = answer.refusal.code === 'ciphertext.not-on-chain'
    if (!early || Date.now() >= deadline) return answer.refusal
    await pause(againMs, signal)
  }
}
