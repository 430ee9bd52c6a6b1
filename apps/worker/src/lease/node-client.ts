// A dsecret node's HTTPS API as the worker uses it: pinned by the key in the Subnet contract. Does network I/O.
import { proofSchema, signatureSchema, toWire } from '@wetee/chain'
import { requestPinned } from '@wetee/tls'
import { z } from 'zod'
import type { AttestationLease, Hex, Member, NodeProof } from '../chain/records.ts'
import { codeOf, messageOf } from '../worker-error.ts'

/** A node's signature over one batch. */
export type NodeSignature = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly signature: Hex
}

/** What a node said instead: `refused` answered with a reason, `unreachable` did not answer. */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal'
  readonly kind: 'refused' | 'unreachable'
  readonly code: string

  constructor(kind: 'refused' | 'unreachable', code: string, message: string) {
    super(message)
    this.kind = kind
    this.code = code
  }
}

/** The nodes of the committee; every call throws NodeRefusal. */
export type NodeClient = {
  signLeases(
    node: Member,
    leases: readonly AttestationLease[],
    signal: AbortSignal,
  ): Promise<NodeSignature>
  /** `evidence` is an EvidenceDocument of kind node, as parsed JSON. */
  appraiseNode(node: Member, evidence: unknown, signal: AbortSignal): Promise<NodeProof>
  signProofs(
    node: Member,
    proofs: readonly NodeProof[],
    signal: AbortSignal,
  ): Promise<NodeSignature>
}

const MAX_ANSWER_BYTES = 65_536
const SIGN_TIMEOUT_MS = 10_000
/** A node may wait 30 s for a block that it has not finalized yet. */
const APPRAISE_TIMEOUT_MS = 45_000

const errorSchema = z.object({
  error: z.object({ code: z.string().max(100), message: z.string().max(2_000) }),
})

/** Host and port of an endpoint as registered in the Subnet: `https://host[:port]` or `host:port`; `undefined` when it is neither. */
export function endpointOf(endpoint: string): { host: string; port: number } | undefined {
  const text = endpoint.includes('://') ? endpoint : `https://${endpoint}`
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, port } = new URL(text)
  if (protocol !== 'https:' || hostname === '') return undefined
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 443 : Number(port) }
}

/** `host:port` as the agent's launch configuration and the relay's allow-list spell it. */
export function authorityOf(endpoint: string): string | undefined {
  const found = endpointOf(endpoint)
  if (found === undefined) return undefined
  return `${found.host.includes(':') ? `[${found.host}]` : found.host}:${found.port}`
}

/** Opens the client; every call is a new connection. */
export function createNodeClient(): NodeClient {
  return {
    async signLeases(node, leases, signal) {
      const body = { leases: leases.map(toWire) }
      const answer = await post(node, '/v1/sign-leases', body, SIGN_TIMEOUT_MS, signal)
      return parse(node, signatureSchema, answer)
    },
    async appraiseNode(node, evidence, signal) {
      const answer = await post(
        node,
        '/v1/appraise-node',
        { evidence },
        APPRAISE_TIMEOUT_MS,
        signal,
      )
      return parse(node, z.object({ proof: proofSchema }), answer).proof
    },
    async signProofs(node, proofs, signal) {
      const body = { proofs: proofs.map(toWire) }
      const answer = await post(node, '/v1/sign-proofs', body, SIGN_TIMEOUT_MS, signal)
      return parse(node, signatureSchema, answer)
    },
  }
}

function parse<T extends z.ZodType>(node: Member, schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const why = z.prettifyError(parsed.error).slice(0, 200)
  throw new NodeRefusal('refused', 'node.answer-invalid', `node ${node.nodeId}: ${why}`)
}

async function post(
  node: Member,
  path: string,
  body: unknown,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const target = endpointOf(node.endpoint)
  if (target === undefined)
    throw new NodeRefusal(
      'unreachable',
      'node.endpoint-invalid',
      `node ${node.nodeId}: "${node.endpoint}" is no https endpoint`,
    )
  const answer = await requestPinned({
    connect: target,
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    tlsKeyHash: node.tlsKeyHash,
    maxBytes: MAX_ANSWER_BYTES,
    timeoutMs,
    signal,
  }).catch((cause: unknown) => {
    throw new NodeRefusal('unreachable', codeOf(cause), `node ${node.nodeId}: ${messageOf(cause)}`)
  })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(answer.body).toString('utf8'))
  } catch {
    throw new NodeRefusal('refused', 'node.answer-invalid', `node ${node.nodeId}: not JSON`)
  }
  if (answer.status === 200) return value
  const error = errorSchema.safeParse(value)
  throw new NodeRefusal(
    answer.status >= 500 ? 'unreachable' : 'refused',
    error.success ? error.data.error.code : 'node.answer-invalid',
    `node ${node.nodeId}: ${error.success ? error.data.error.message : `status ${answer.status}`}`,
  )
}
