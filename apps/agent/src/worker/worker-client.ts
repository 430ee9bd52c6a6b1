// The worker's socket as the agent sees it; a relay that is not trusted. Does socket I/O.
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ForwardRequest } from '@wetee/chain'
import { parseCollateral, requestSocket, TeeError, type Collateral } from '@wetee/tee-device'
import { numberToHex } from 'viem'
import * as z from 'zod'
import type { Lease } from '../evidence/lease.ts'
import { address, firstProblem, hex, uint64 } from '../launch/fields.ts'
import { askedNodesShape } from '../launch/launch-config.ts'
import type { AskedNodes } from '../nodes/node-list.ts'

/** A finalized block. */
export type Head = {
  readonly number: bigint
  readonly hash: `0x${string}`
  readonly timestamp: bigint
}

/** A custom domain as the worker knows it: texts of its TXT records, and the chain that it keeps, PEM. */
export type KnownDomain = {
  readonly name: string
  readonly records: readonly string[]
  readonly chain?: string | undefined
}

/** What the agent asks its worker for. Every call throws TeeError. */
export type WorkerClient = {
  head(signal: AbortSignal): Promise<Head>
  collateral(signal: AbortSignal): Promise<Collateral>
  /** The committee of now, as the worker reads it from the chain. */
  committee(signal: AbortSignal): Promise<AskedNodes>
  /** Who has shares of a key that lives, by its S: another committee than that of now where the network has made a newer key. */
  holders(verificationKey: `0x${string}`, signal: AbortSignal): Promise<AskedNodes>
  /** The operator's statement that this instance is its own. */
  authorize(
    request: { instanceKey: `0x${string}`; evidenceBlock: bigint },
    signal: AbortSignal,
  ): Promise<`0x${string}`>
  /** Says that the threshold has appraised this evidence. */
  appraised(
    outcome: { evidenceDigest: `0x${string}`; lease: Lease; nodes: readonly bigint[] },
    signal: AbortSignal,
  ): Promise<void>
  /** What it knows of the manifest's custom domains. */
  domains(signal: AbortSignal): Promise<readonly KnownDomain[]>
  /** Gives it a certificate chain to keep, for the next start and other replicas. */
  keepCertificate(domain: string, chain: string, signal: AbortSignal): Promise<void>
  /** Has what is sealed to the owner kept. */
  sealed(kind: 'logs' | 'bundle', bytes: Uint8Array, signal: AbortSignal): Promise<void>
  /** Has it run the launcher that the agent has prepared for a command; the exit code. */
  exec(
    order: { readonly service: string; readonly id: string; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<number>
  /** The Forwarder of the network: a signature for another contract is good for nothing. */
  forwarder(signal: AbortSignal): Promise<`0x${string}`>
  /** Has a signed request taken to the chain; the same number again is the same request. */
  forward(
    signed: { readonly request: ForwardRequest; readonly signature: `0x${string}` },
    signal: AbortSignal,
  ): Promise<ForwardReport>
  /** How far a request has come. */
  forwarded(nonce: `0x${string}`, signal: AbortSignal): Promise<ForwardReport>
  /** Calls a contract without a transaction. */
  readContract(
    call: {
      readonly to: `0x${string}`
      readonly data: `0x${string}`
      readonly at: 'finalized' | 'latest'
    },
    signal: AbortSignal,
  ): Promise<Head & { readonly data: `0x${string}` }>
  /** Has the worker keep what a node did, for whoever reports it. */
  misconduct(text: string, signal: AbortSignal): Promise<void>
  /** A byte stream to a listed dsecret node or the configured CA; TLS runs inside it. */
  readonly tunnel: (host: string, signal: AbortSignal) => Promise<Duplex>
}

const bytes = z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-f]{2})*$/)])
const forwarderSchema = z.object({ forwarder: address })
const forwardReportSchema = z.object({
  state: z.enum(['queued', 'relayed', 'mined', 'finalized', 'failed']),
  reason: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .optional(),
  transactionHash: hex(32).optional(),
  blockNumber: uint64.transform(String).optional(),
})
/** How far a request to the chain has come, by the worker's word. */
export type ForwardReport = z.infer<typeof forwardReportSchema>

const headSchema = z.object({ number: uint64, hash: hex(32), timestamp: uint64 })
const contractAnswerSchema = z.object({ ...headSchema.shape, data: bytes })
const committeeSchema = z
  .strictObject(askedNodesShape)
  .refine(({ nodes, threshold }) => threshold <= nodes.length, 'too few to ever answer')
const authorizationSchema = z.object({ signature: hex(65) })
const domainsSchema = z.object({
  domains: z
    .array(
      z.object({
        name: z.string().max(253),
        records: z.array(z.string().max(512)).max(32),
        chain: z.string().max(15_000).optional(),
      }),
    )
    .max(16),
})
const execSchema = z.object({ exitCode: z.int().min(0).max(255) })
/** The engine kills what takes longer, and says so. */
const EXEC_GRACE_MS = 15_000
const TUNNEL_TIMEOUT_MS = 10_000
const POST_TIMEOUT_MS = 30_000

/** Opens the worker's socket; connects anew for every call. */
export function openWorkerClient(socketPath: string): WorkerClient {
  const get = (path: string, signal: AbortSignal) =>
    requestSocket({ socketPath, method: 'GET', path, signal })
  const post = (path: string, body: unknown, signal: AbortSignal) =>
    requestSocket({ socketPath, method: 'POST', path, body, signal })
  return {
    async head(signal) {
      return parse(headSchema, '/v1/head', await get('/v1/head', signal))
    },
    async collateral(signal) {
      return parseCollateral(await get('/v1/collateral', signal))
    },
    async committee(signal) {
      return parse(committeeSchema, '/v1/committee', await get('/v1/committee', signal))
    },
    async holders(verificationKey, signal) {
      const path = `/v1/holders/${verificationKey}`
      return parse(committeeSchema, path, await get(path, signal))
    },
    async authorize({ instanceKey, evidenceBlock }, signal) {
      const path = '/v1/authorize'
      const body = { instanceKey, evidenceBlock: String(evidenceBlock) }
      return parse(authorizationSchema, path, await post(path, body, signal)).signature
    },
    async appraised({ evidenceDigest, lease, nodes }, signal) {
      await post('/v1/appraised', { evidenceDigest, lease, nodes: nodes.map(String) }, signal)
    },
    async domains(signal) {
      return parse(domainsSchema, '/v1/domains', await get('/v1/domains', signal)).domains
    },
    async keepCertificate(domain, chain, signal) {
      await post('/v1/certificates', { domain, chain }, signal)
    },
    sealed: (kind, bytes, signal) => postBytes(socketPath, `/v1/sealed/${kind}`, bytes, signal),
    async exec(order, signal) {
      const path = '/v1/exec'
      const timeoutMs = order.timeoutMs + EXEC_GRACE_MS
      const answer = await requestSocket({
        ...{ socketPath, method: 'POST', path, body: order, timeoutMs, signal },
      })
      return parse(execSchema, path, answer).exitCode
    },
    async misconduct(text, signal) {
      await post('/v1/misconduct', { misconduct: text }, signal)
    },
    async forwarder(signal) {
      const path = '/v1/forwarder'
      return parse(forwarderSchema, path, await get(path, signal)).forwarder
    },
    async forward({ request: { valueWei: _, ...request }, signature }, signal) {
      const path = '/v1/forwards'
      const { appId, nonce, deadline } = request
      const numbers = { appId: String(appId), deadline: String(deadline) }
      const body = { request: { ...request, ...numbers, nonce: numberToHex(nonce, { size: 32 }) } }
      return parse(forwardReportSchema, path, await post(path, { ...body, signature }, signal))
    },
    async forwarded(nonce, signal) {
      const path = `/v1/forwards/${nonce}`
      return parse(forwardReportSchema, path, await get(path, signal))
    },
    async readContract(call, signal) {
      const path = '/v1/contract-reads'
      return parse(contractAnswerSchema, path, await post(path, call, signal))
    },
    tunnel: (host, signal) => openTunnel(socketPath, host, signal),
  }
}

/** POST of bytes; any body of the answer is dropped. */
function postBytes(
  socketPath: string,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) =>
      reject(new TeeError('tee.unreachable', `worker ${path}: ${message}`, { cause }))
    const outgoing = request({
      socketPath,
      method: 'POST',
      path,
      agent: false,
      headers: { 'content-type': 'application/octet-stream', 'content-length': bytes.length },
      maxHeaderSize: 8_192,
      signal: AbortSignal.any([signal, AbortSignal.timeout(POST_TIMEOUT_MS)]),
    })
    outgoing.on('error', (cause) => fail(cause.message, cause))
    outgoing.on('response', (answer) => {
      answer.destroy()
      if (answer.statusCode === 200) resolve()
      else fail(`it answered ${answer.statusCode}`)
    })
    outgoing.end(bytes)
  })
}

function parse<T extends z.ZodType>(schema: T, path: string, value: unknown): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new TeeError('tee.answer-invalid', `worker ${path}: ${firstProblem(result.error)}`)
}

/** CONNECT (RFC 9110, 9.3.6) over the worker's socket. */
function openTunnel(socketPath: string, host: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) => {
      outgoing.destroy()
      reject(new TeeError('tee.unreachable', `tunnel to ${host}: ${message}`, { cause }))
    }
    const outgoing = request({
      socketPath,
      method: 'CONNECT',
      path: host,
      agent: false,
      headers: { host },
      maxHeaderSize: 8_192,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TUNNEL_TIMEOUT_MS)]),
    })
    outgoing.on('error', (cause) => fail(cause.message, cause))
    outgoing.on('response', (answer) => fail(`the worker answered ${answer.statusCode}`))
    outgoing.on('connect', (answer, socket, first: Buffer) => {
      if (answer.statusCode !== 200) {
        socket.destroy()
        fail(`the worker answered ${answer.statusCode}`)
        return
      }
      if (first.length > 0) socket.unshift(first)
      resolve(socket)
    })
    outgoing.end()
  })
}
