// The node's HTTP API (docs/reference/interfaces.md). No I/O of its own.
import { AttestationError } from '@wetee/attestation'
import { ChainError, toWire } from '@wetee/chain'
import { codeOf, limitBody, messageOf, type Condition, type Log } from '@wetee/daemon'
import { Hono, type Context } from 'hono'
import type { Block } from '../chain/chain-view.ts'
import type { Judge } from '../judge.ts'
import { NodeError } from '../node-error.ts'
import type { PublicIdentity } from '../keys/node-keys.ts'
import { Gate } from './gate.ts'
import { MAX_APPRAISE_BYTES, MAX_SIGN_BYTES } from './limits.ts'
import {
  appraiseNodeSchema,
  appraiseSchema,
  parseRequest,
  signLeasesSchema,
  signProofsSchema,
} from './wire.ts'

/** What the API shows and does. */
export type NodeApiParts = {
  readonly nodeId: bigint
  readonly identity: PublicIdentity
  readonly simulated: boolean
  readonly judge: Judge
  readonly head: () => Promise<Block>
  /** Active epoch, 0 before the first. */
  readonly epoch: (at: bigint) => Promise<bigint>
  readonly evidence: () => Promise<string>
  /** Evidence behind one of the node's last proofs, by its digest in hex without `0x`. */
  readonly keptEvidence: (digest: string) => string | undefined
  readonly conditions: () => Promise<readonly Condition[]>
  /** Calls of other parts of the node. */
  readonly calls?: readonly AddCalls[]
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
  /** Told how every request ended. */
  readonly onRequest?: (call: Call, outcome: Outcome, seconds: number) => void
  readonly monotonicMs: () => number
  readonly log: Log
}

/** Calls, as metrics name them. */
export type Call =
  | 'appraise'
  | 'appraise-node'
  | 'sign-leases'
  | 'sign-proofs'
  | 'evidence'
  | 'node'
  | 'release'
  | 'ciphertexts'
  | 'receipts'
  | 'epochs'
  | 'confirmations'
  | 'alerts'
  | 'facts'
  | 'open-calls'
/** `refused`: the asker's fault; `unable`: this node cannot now; `failed`: a fault of this program. */
export type Outcome = 'ok' | 'refused' | 'unable' | 'failed'

const JSON_TYPE = 'application/json; charset=utf-8'
/** All instances of a worker come from one address. */
const LIMITS = { perPeer: 64, total: 256, perSecond: 100 }

/** Answers one call behind the gate; what `work` throws becomes a refusal. A text is sent as JSON, bytes as they are. */
export type Answer = (
  c: Context,
  call: Call,
  work: (signal: AbortSignal) => Promise<string | Uint8Array>,
) => Promise<Response>

/** Adds calls to the application. */
export type AddCalls = (app: Hono, answer: Answer) => void

/** Builds the application; `serveHttp` gives it sockets. */
export function nodeApi(parts: NodeApiParts): Hono {
  const { judge, log } = parts
  const app = new Hono()
  const gate = new Gate(LIMITS, parts.monotonicMs)
  const answer: Answer = (c, call, work) => respond(c, { parts, gate, call, work })
  for (const add of parts.calls ?? []) add(app, answer)

  app.post('/v1/appraise', limitBody(MAX_APPRAISE_BYTES), (c) =>
    answer(c, 'appraise', async (signal) => {
      const request = parseRequest(appraiseSchema, await c.req.text())
      const evidence = JSON.stringify(request.evidence)
      const lease = await judge.appraise(evidence, request.operatorSignature, signal)
      return JSON.stringify({ lease: toWire(lease) })
    }),
  )
  app.post('/v1/appraise-node', limitBody(MAX_APPRAISE_BYTES), (c) =>
    answer(c, 'appraise-node', async (signal) => {
      const { evidence } = parseRequest(appraiseNodeSchema, await c.req.text())
      const proof = await judge.appraiseNode(JSON.stringify(evidence), signal)
      return JSON.stringify({ proof: toWire(proof) })
    }),
  )
  app.post('/v1/sign-leases', limitBody(MAX_SIGN_BYTES), (c) =>
    answer(c, 'sign-leases', async () => {
      const { leases } = parseRequest(signLeasesSchema, await c.req.text())
      return JSON.stringify(toWire(await judge.signLeases(leases)))
    }),
  )
  app.post('/v1/sign-proofs', limitBody(MAX_SIGN_BYTES), (c) =>
    answer(c, 'sign-proofs', async () => {
      const { proofs } = parseRequest(signProofsSchema, await c.req.text())
      return JSON.stringify(toWire(await judge.signProofs(proofs)))
    }),
  )
  app.get('/v1/evidence', (c) => answer(c, 'evidence', () => parts.evidence()))
  app.get('/v1/evidence/:digest', (c) =>
    answer(c, 'evidence', () => {
      const text = parts.keptEvidence(c.req.param('digest'))
      if (text !== undefined) return Promise.resolve(text)
      throw new NodeError('evidence.unknown', 'no proof of the last ones has this evidence', {
        status: 404,
      })
    }),
  )
  app.get('/v1/node', (c) => answer(c, 'node', () => describe(parts)))
  app.get('/health', async (c) => {
    const conditions = await parts.conditions()
    const failing = conditions.some(({ severity }) => severity === 'error')
    return c.json({ ok: !failing, conditions }, failing ? 503 : 200)
  })
  app.get('/metrics', async (c) => {
    const { contentType, text } = await parts.metrics()
    return c.body(text, 200, { 'content-type': contentType })
  })
  app.notFound((c) => refuse(c, new NodeError('request.unknown', 'no such call', { status: 404 })))
  app.onError((error, c) => {
    log.error({ code: codeOf(error), error: messageOf(error) }, 'request failed')
    return refuse(c, new NodeError('internal', 'the request failed here', { status: 500 }))
  })
  return app
}

async function describe(parts: NodeApiParts): Promise<string> {
  const { nodeId, identity, simulated } = parts
  const head = await parts.head()
  return JSON.stringify({
    nodeId: String(nodeId),
    statementKey: identity.statementKey,
    tlsKeyHash: identity.tlsKeyHash,
    epoch: String(await parts.epoch(head.number)),
    finalized: toWire(head),
    simulated,
  })
}

async function respond(
  c: Context,
  request: {
    readonly parts: NodeApiParts
    readonly gate: Gate
    readonly call: Call
    readonly work: (signal: AbortSignal) => Promise<string | Uint8Array>
  },
): Promise<Response> {
  const { parts, gate, call, work } = request
  const startedMs = parts.monotonicMs()
  const done = (outcome: Outcome) =>
    parts.onRequest?.(call, outcome, (parts.monotonicMs() - startedMs) / 1_000)
  const { signal } = c.req.raw
  try {
    const body = await gate.run(peerOf(c), () => work(signal))
    done('ok')
    return typeof body === 'string'
      ? c.body(body, 200, { 'content-type': JSON_TYPE })
      : c.body(new Uint8Array(body), 200, { 'content-type': 'application/octet-stream' })
  } catch (error) {
    const known = signal.aborted ? gone() : refusalOf(error)
    done(known === undefined ? 'failed' : known.status >= 500 ? 'unable' : 'refused')
    if (known === undefined) throw error
    const level = known.status === 422 ? 'info' : 'debug'
    parts.log[level]({ call, code: known.code, reason: known.message }, 'request refused')
    return refuse(c, known)
  }
}

function gone(): NodeError {
  return new NodeError('request.aborted', 'the asker has gone', { status: 400 })
}

/** What is the asker's business to know; anything else is a fault of this node. */
function refusalOf(error: unknown): NodeError | undefined {
  if (error instanceof NodeError) return error
  if (error instanceof AttestationError)
    return new NodeError(error.code, error.message, { retryable: error.retryable })
  if (error instanceof ChainError)
    return new NodeError(error.code, 'this node cannot read its chain now: ask again later', {
      status: 503,
    })
  return undefined
}

function refuse(c: Context, { code, message, status, details }: NodeError): Response {
  if (status === 503 || status === 429) c.header('retry-after', '1')
  return c.json({ error: { ...details, code, message } }, status)
}

/** The peer's address, as the socket names it. */
function peerOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } }
  return incoming?.socket?.remoteAddress ?? ''
}
