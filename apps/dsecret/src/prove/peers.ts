// Other dsecret nodes as this one asks them: pinned by the keys in the Subnet contract. Does network I/O.
import { type NodeProof, proofSchema, signatureSchema, toWire } from '@wetee/chain'
import { requestPinned } from '@wetee/tls'
import { z } from 'zod'
import type { NodeFacts } from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { BatchSignature } from '../sign/signer.ts'

/** What is asked of a peer; every call throws NodeError with the peer's code, or TlsError. */
export type Peer = {
  /** `evidence`: an EvidenceDocument as JSON text. */
  appraiseNode(evidence: string, signal: AbortSignal): Promise<NodeProof>
  signProofs(proofs: readonly NodeProof[], signal: AbortSignal): Promise<BatchSignature>
}

const MAX_ANSWER_BYTES = 65_536
const SIGN_TIMEOUT_MS = 10_000
/** A peer may wait 30 s for a block that it has not finalized yet. */
const APPRAISE_TIMEOUT_MS = 45_000
const refusalSchema = z.object({
  error: z.object({ code: z.string().max(100), message: z.string().max(2_000) }),
})

/** Opens a peer; every call is a new connection. */
export function openPeer({ endpoint, tlsKeyHash }: NodeFacts): Peer {
  const post = (path: string, body: string, timeoutMs: number, signal: AbortSignal) =>
    askPeer({ endpoint, tlsKeyHash, path, body, timeoutMs, signal })
  return {
    async appraiseNode(evidence, signal) {
      const body = `{"evidence":${evidence}}`
      const answer = await post('/v1/appraise-node', body, APPRAISE_TIMEOUT_MS, signal)
      return parseAnswer(endpoint, z.object({ proof: proofSchema }), answer).proof
    },
    async signProofs(proofs, signal) {
      const body = JSON.stringify({ proofs: proofs.map(toWire) })
      return parseAnswer(
        endpoint,
        signatureSchema,
        await post('/v1/sign-proofs', body, SIGN_TIMEOUT_MS, signal),
      )
    },
  }
}

/** What a peer answered, as it has to be. Throws NodeError `peer.answer-invalid`. */
export function parseAnswer<T extends z.ZodType>(
  endpoint: string,
  schema: T,
  value: unknown,
): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw unable('peer.answer-invalid', `${endpoint}: ${z.prettifyError(parsed.error).slice(0, 200)}`)
}

/** One call of a peer; a GET without `body`. */
export type PeerRequest = {
  readonly endpoint: string
  readonly tlsKeyHash: `0x${string}`
  readonly path: string
  /** JSON. */
  readonly body?: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The JSON that a peer answers, at most 64 KiB. Throws NodeError with the peer's code, `peer.answer-invalid`, `peer.endpoint-invalid`, TlsError. */
export async function askPeer(request: PeerRequest): Promise<unknown> {
  const { endpoint, tlsKeyHash, path, body, timeoutMs, signal } = request
  const answer = await requestPinned({
    connect: addressOf(endpoint),
    method: body === undefined ? 'GET' : 'POST',
    path,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body }),
    tlsKeyHash,
    maxBytes: MAX_ANSWER_BYTES,
    timeoutMs,
    signal,
  })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(answer.body).toString('utf8'))
  } catch (cause) {
    throw unable('peer.answer-invalid', `${endpoint}: the answer is not JSON`, cause)
  }
  if (answer.status === 200) return value
  const refusal = refusalSchema.safeParse(value)
  if (!refusal.success)
    throw unable('peer.answer-invalid', `${endpoint}: status ${answer.status} without a code`)
  throw new NodeError(refusal.data.error.code, `${endpoint}: ${refusal.data.error.message}`)
}

/** Host and port of `https://host[:port]` or `host:port`. */
export function addressOf(endpoint: string): { host: string; port: number } {
  const text = endpoint.includes('://') ? endpoint : `https://${endpoint}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.hostname === '')
    throw new NodeError('peer.endpoint-invalid', `"${endpoint}" is no https endpoint`)
  const port = url.port === '' ? 443 : Number(url.port)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port }
}
