// One call to a dsecret node over pinned TLS through the worker, and many at once. Does network I/O.
import type { Duplex } from 'node:stream'
import { requestPinned } from '@wetee/tls'
import * as z from 'zod'

/** A dsecret node; `host` is `name:port`. */
export type Node = {
  readonly nodeId: bigint
  readonly host: string
  readonly tlsKeyHash: `0x${string}`
}

/** How nodes are reached. */
export type NodeRoad = {
  readonly tunnel: (host: string, signal: AbortSignal) => Promise<Duplex>
  readonly signal: AbortSignal
}

/** What a node is asked. */
export type NodeCall = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON text. */
  readonly body?: string
  /** Largest answer, bytes. */
  readonly maxBytes: number
}

/** A node may wait 30 s for a block that it has not finalized yet. */
const NODE_TIMEOUT_MS = 45_000
const MAX_MESSAGE = 300

const refusalSchema = z.object({
  error: z.object({
    code: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
    message: z.string().transform((text) => text.slice(0, MAX_MESSAGE)),
  }),
})

/** A node's answer that is not what it was asked for. */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal'
  readonly code: string
  /** The whole answer, parsed as JSON and as nothing else. */
  readonly answer: unknown

  constructor(code: string, message: string, answer?: unknown) {
    super(message)
    this.code = code
    this.answer = answer
  }
}

/** The answer's JSON. Throws NodeRefusal with the node's code, or `node.answer-invalid`, and TlsError. */
export async function callNode(road: NodeRoad, node: Node, call: NodeCall): Promise<unknown> {
  const { method, path, body, maxBytes } = call
  const answer = await requestPinned({
    connect: () => road.tunnel(node.host, road.signal),
    host: node.host,
    method,
    path,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body }),
    tlsKeyHash: node.tlsKeyHash,
    maxBytes,
    timeoutMs: NODE_TIMEOUT_MS,
    signal: road.signal,
  })
  const value = parseJson(answer.body)
  if (answer.status === 200) return value
  const refused = refusalSchema.safeParse(value)
  throw refused.success
    ? new NodeRefusal(refused.data.error.code, refused.data.error.message, value)
    : new NodeRefusal('node.answer-invalid', `status ${answer.status} without a code`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
