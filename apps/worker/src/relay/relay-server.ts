// The one way out of an instance's agent: tunnels to listed dsecret nodes and a few local calls. Serves a Unix socket.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ChainError } from '@wetee/chain'
import { MAX_RECORD_BYTES } from '@wetee/sealed-log'
import { z } from 'zod'
import type { AttestationLease, Head, Hex } from '../chain/records.ts'
import {
  appraisedSchema,
  authorizeSchema,
  certificateSchema,
  execSchema,
  forwardSchema,
  misconductSchema,
  readSchema,
  type ReadOrder,
  type ExecOrder,
} from './agent-requests.ts'
import type { ContractAnswer, SignedForward } from '../forward/forward-chain.ts'
import type { ForwardReport } from '../forward/forwards.ts'
import type { AskedNodes } from '../instance/launch-config.ts'
import type { Log } from '../log.ts'
import type { SealedKind } from '../sealed/sealed-store.ts'
import { codeOf, messageOf, WorkerError } from '../worker-error.ts'

/** What the relay of one guest may do; what a mode does not have is absent and refused. */
export type RelayActions = {
  readonly head: () => Promise<Head>
  readonly collateral: () => Promise<unknown>
  /** Whom an instance's agent asks now: the active committee. Throws WorkerError `committee.none` (retryable). */
  readonly committee?: () => Promise<AskedNodes>
  /** Who has shares of a key that lives, by its S: whom an agent asks for what is released under it. Throws as `committee`. */
  readonly holders?: (verificationKey: Hex) => Promise<AskedNodes>
  /** Whether `host:port` is a dsecret node of the Subnet. */
  readonly isListed: (authority: string) => boolean
  readonly authorize?: (request: {
    instanceKey: Hex
    evidenceBlock: bigint
  }) => Promise<{ signature: Hex; platformId: Hex }>
  /** Custom domains of the instance's manifest: what DNS says of each, and the certificate chain that is kept, PEM. */
  readonly domains?: () => readonly KnownDomain[]
  /** Keeps the chain of a domain of the manifest. Throws WorkerError `request.invalid` for another. */
  readonly keepCertificate?: (domain: string, chain: string) => void
  /** Throws WorkerError `lease.foreign` when the lease is of somebody else. */
  readonly appraised?: (lease: AttestationLease, nodes: readonly bigint[]) => void
  /** Keeps what the guest has sealed to its owner. */
  readonly sealed?: (kind: SealedKind, bytes: Uint8Array) => void
  /** Runs a command of the owner through its launcher; the exit code. */
  readonly exec?: (order: ExecOrder, signal: AbortSignal) => Promise<number>
  /** Keeps a misconduct file's text. */
  readonly misconduct?: (text: string) => void
  /** What its application may do on chain; absent where its manifest does not say so. */
  readonly chain?: RelayChain
}

/** The chain as one instance is given it. */
export type RelayChain = {
  /** The Forwarder's address. Throws WorkerError `forward.none` where the network has none. */
  readonly forwarder: () => Hex
  /** Takes a signed request. Throws WorkerError `lease.foreign` for another application's, and as Forwards.submit does. */
  readonly forward: (signed: SignedForward) => ForwardReport
  readonly forwarded: (nonce: bigint) => ForwardReport | undefined
  readonly read: (call: ReadOrder) => Promise<ContractAnswer>
}

/** What the worker knows of a domain; none of it is proof to anybody. */
export type KnownDomain = {
  readonly name: string
  readonly records: readonly string[]
  readonly chain?: string
}

/** Where to listen. */
export type RelayOptions = {
  readonly socketPath: string
  readonly actions: RelayActions
  readonly log: Log
  /** Tunnels of one guest at the same time; default 144: two calls to each of 64 nodes, and some to spare. */
  readonly maxTunnels?: number
}

const MAX_BODY_BYTES = 16_384
/** 131,072 characters of JSON as a JSON string. */
const MAX_MISCONDUCT_BYTES = 196_608
/** 16,384 bytes of calldata in hex, and what is around them. */
const MAX_FORWARD_BYTES = 40_960
const MAX_CONNECTIONS = 192
const DEFAULT_TUNNELS = 144
const CONNECT_TIMEOUT_MS = 10_000
const IDLE_TIMEOUT_MS = 120_000

/** Listens (mode 0666: the folder keeps others out) until `close`, which ends every tunnel. */
export async function startRelay(options: RelayOptions): Promise<{ close(): Promise<void> }> {
  const { socketPath } = options
  // A socket of an earlier run of this worker is dead; the guest connects anew for every call.
  rmSync(socketPath, { force: true })
  const sockets = new Set<Duplex>()
  const tunnels = { open: 0 }
  const server = createServer(
    { maxHeaderSize: 8_192, requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, answer) => void respond(options, request, answer),
  )
  server.maxConnections = MAX_CONNECTIONS
  server.on('connect', (request: IncomingMessage, near: Duplex, first: Buffer) =>
    tunnel(options, { request, near, first, sockets, tunnels }),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(socketPath, 0o666)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function respond(
  { actions, log }: RelayOptions,
  request: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  answer.on('error', () => undefined)
  const route = `${request.method} ${request.url}`
  try {
    send(answer, 200, await handle(actions, route, request, signalOf(answer)))
  } catch (error) {
    const { status, code, message } = refusalOf(error)
    if (status >= 500) log.warn({ route, code, error: messageOf(error) }, 'relay call failed')
    send(answer, status, { error: { code, message } })
  }
}

const HOLDERS = /^GET \/v1\/holders\/(0x0[23][0-9a-f]{64})$/
const FORWARD = /^GET \/v1\/forwards\/(0x[0-9a-f]{64})$/

async function handle(
  actions: RelayActions,
  route: string,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<unknown> {
  const key = HOLDERS.exec(route)?.[1] as Hex | undefined
  if (key !== undefined && actions.holders !== undefined) return actions.holders(key)
  switch (route) {
    case 'GET /v1/head': {
      const { number, hash, timestamp } = await actions.head()
      return { number: String(number), hash, timestamp: String(timestamp) }
    }
    case 'GET /v1/collateral':
      return actions.collateral()
    case 'GET /v1/committee':
      if (actions.committee === undefined) break
      return actions.committee()
    case 'GET /v1/domains':
      if (actions.domains === undefined) break
      return { domains: actions.domains() }
    case 'POST /v1/certificates': {
      if (actions.keepCertificate === undefined) break
      const { domain, chain } = certificateSchema.parse(await readJson(request))
      actions.keepCertificate(domain, chain)
      return {}
    }
    case 'POST /v1/authorize': {
      if (actions.authorize === undefined) break
      return actions.authorize(authorizeSchema.parse(await readJson(request)))
    }
    case 'POST /v1/appraised': {
      if (actions.appraised === undefined) break
      const { lease, nodes, evidenceDigest } = appraisedSchema.parse(await readJson(request))
      if (lease.evidenceDigest !== evidenceDigest)
        throw new WorkerError('lease.foreign', 'the lease names other evidence than the call')
      actions.appraised(lease, nodes)
      return {}
    }
    case 'POST /v1/sealed/logs':
    case 'POST /v1/sealed/bundle': {
      if (actions.sealed === undefined) break
      const bytes = await readBytes(request, MAX_RECORD_BYTES)
      actions.sealed(route === 'POST /v1/sealed/logs' ? 'logs' : 'bundle', bytes)
      return {}
    }
    case 'POST /v1/exec': {
      if (actions.exec === undefined) break
      return { exitCode: await actions.exec(execSchema.parse(await readJson(request)), signal) }
    }
    case 'POST /v1/misconduct': {
      if (actions.misconduct === undefined) break
      const body = await readJson(request, MAX_MISCONDUCT_BYTES)
      actions.misconduct(misconductSchema.parse(body).misconduct)
      return {}
    }
    default:
      if (actions.chain === undefined) break
      return handleChain(actions.chain, route, request)
  }
  throw unknownCall(route)
}

/** Calls of an application that may act on chain. */
async function handleChain(
  chain: RelayChain,
  route: string,
  request: IncomingMessage,
): Promise<unknown> {
  switch (route) {
    case 'GET /v1/forwarder':
      return { forwarder: chain.forwarder() }
    case 'POST /v1/forwards':
      return shown(chain.forward(forwardSchema.parse(await readJson(request, MAX_FORWARD_BYTES))))
    case 'POST /v1/contract-reads': {
      const order = readSchema.parse(await readJson(request, MAX_FORWARD_BYTES))
      const { number, timestamp, ...answer } = await chain.read(order)
      return { ...answer, number: String(number), timestamp: String(timestamp) }
    }
    default: {
      const nonce = FORWARD.exec(route)?.[1]
      if (nonce === undefined) throw unknownCall(route)
      const report = chain.forwarded(BigInt(nonce))
      if (report === undefined)
        throw new Refusal(404, 'forward.unknown', 'no request with this number is known here')
      return shown(report)
    }
  }
}

const unknownCall = (route: string) => new Refusal(404, 'request.unknown', `${route}: no such call`)

function shown({ blockNumber, ...report }: ForwardReport): unknown {
  return {
    ...report,
    ...(blockNumber === undefined ? {} : { blockNumber: String(blockNumber) }),
  }
}

/** Raised when whoever asked has gone. */
function signalOf(answer: ServerResponse): AbortSignal {
  const gone = new AbortController()
  answer.once('close', () => gone.abort())
  return gone.signal
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

function refusalOf(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof Refusal)
    return { status: error.status, code: error.code, message: error.message }
  if (error instanceof z.ZodError)
    return {
      status: 400,
      code: 'request.invalid',
      message: z.prettifyError(error).slice(0, 500),
    }
  if (error instanceof ChainError && error.code.startsWith('contract.'))
    return { status: 422, code: error.code, message: error.message.slice(0, 500) }
  if (error instanceof WorkerError)
    return { status: error.retryable ? 503 : 403, code: error.code, message: error.message }
  return { status: 502, code: codeOf(error), message: 'the call failed; see the log of the worker' }
}

async function readJson(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes)
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    throw new Refusal(400, 'request.not-json', 'the body is not JSON')
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes)
      throw new Refusal(413, 'request.too-large', `the body is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function send(answer: ServerResponse, status: number, value: unknown): void {
  if (answer.headersSent) return
  const text = JSON.stringify(value)
  answer.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  answer.end(text)
}

type TunnelRequest = {
  readonly request: IncomingMessage
  readonly near: Duplex
  readonly first: Buffer
  readonly sockets: Set<Duplex>
  readonly tunnels: { open: number }
}

/** CONNECT (RFC 9110, 9.3.6): bytes pass untouched, TLS ends in agent and node. */
function tunnel(options: RelayOptions, { request, near, first, sockets, tunnels }: TunnelRequest) {
  const authority = request.url ?? ''
  near.on('error', () => near.destroy())
  if (!options.actions.isListed(authority)) {
    options.log.warn(
      { code: 'relay.not-listed', authority: authority.slice(0, 100) },
      'tunnel refused',
    )
    refuse(near, 403, 'relay.not-listed', 'only dsecret nodes of the Subnet are reached')
    return
  }
  if (tunnels.open >= (options.maxTunnels ?? DEFAULT_TUNNELS)) {
    refuse(near, 503, 'relay.busy', 'too many tunnels are open')
    return
  }
  const { hostname, port } = new URL(`http://${authority}`)
  tunnels.open++
  sockets.add(near)
  let established = false
  const far: Socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) })
  far.setTimeout(CONNECT_TIMEOUT_MS, () => far.destroy(new Error('no answer in time')))
  near.once('close', () => {
    tunnels.open--
    sockets.delete(near)
    far.destroy()
  })
  far.once('connect', () => {
    established = true
    far.setTimeout(IDLE_TIMEOUT_MS, () => far.destroy())
    near.write('HTTP/1.1 200 OK\r\n\r\n')
    if (first.length > 0) far.write(first)
    near.pipe(far)
    far.pipe(near)
  })
  far.on('error', (error) => {
    if (established) near.destroy()
    else refuse(near, 502, 'relay.unreachable', `${authority}: ${error.message}`)
  })
  far.on('close', () => {
    if (established) near.destroy()
  })
}

function refuse(near: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } })
  const reason = { 403: 'Forbidden', 502: 'Bad Gateway', 503: 'Service Unavailable' }[status] ?? ''
  near.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
