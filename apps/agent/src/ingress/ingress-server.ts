// One published port: TLS with the instance's attested key on a Unix socket, evidence, the rest to the application. Does I/O.
import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TlsIdentity } from '@wetee/tls'
import type { Certificates } from '../certificates/certificates.ts'
import { answerError, answerErrorOn } from './answers.ts'
import { Drain } from './drain.ts'
import { createForwarder, type Target } from './forwarder.ts'
import { targetOf } from './headers.ts'
import { forwardUpgrade, isWebSocket } from './upgrade.ts'

/** Decides whether application traffic flows. */
export type Gate = {
  /** `undefined` while the gate is open. */
  refusal(): 'lease.pending' | 'lease.lapsed' | undefined
  /** Hears when an open gate closes. */
  onClosed(listener: () => void): void
}

/** What one ingress needs. */
export type IngressOptions = {
  readonly socketPath: string
  readonly target: Target
  readonly identity: TlsIdentity
  /** Certificates of custom domains, for the same key. */
  readonly certificates?: Pick<Certificates, 'context'> | undefined
  readonly gate: Gate
  /** The current evidence document as text, `undefined` when there is none yet. */
  readonly evidence: () => Promise<string | undefined>
  /** Limit for the head of an application's answer; default 300,000. */
  readonly answerTimeoutMs?: number
  /** Limit for a handshake, and for the head of a request; default 15,000. */
  readonly headTimeoutMs?: number
}

/** A listening ingress. */
export type Ingress = {
  /** Sends clients elsewhere: each connection ends with its next answer, see Drain. New ones are still answered, once. */
  drain(): void
  /** Open connections. */
  connections(): number
  /** Cuts everything. */
  close(): Promise<void>
}

const EVIDENCE_PATH = '/.well-known/wetee/evidence'
const MAX_HEADER_BYTES = 32_768
const MAX_CONNECTIONS = 1024
const HEAD_TIMEOUT_MS = 15_000
const ANSWER_TIMEOUT_MS = 300_000

/** Listens (socket mode 0666: the folder decides who reaches it). When the gate closes, open exchanges are cut. */
export async function startIngress(options: IngressOptions): Promise<Ingress> {
  const { gate, target, identity, socketPath } = options
  const answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS
  const headTimeoutMs = options.headTimeoutMs ?? HEAD_TIMEOUT_MS
  const drain = new Drain()
  const forwarder = createForwarder(target, answerTimeoutMs, drain)
  const open = new Set<() => void>()
  let connections = 0
  const server = createServer({
    key: identity.keyPem,
    cert: identity.certPem,
    SNICallback: (name, done) => done(null, options.certificates?.context(name)),
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['http/1.1'],
    maxHeaderSize: MAX_HEADER_BYTES,
    handshakeTimeout: headTimeoutMs,
    headersTimeout: headTimeoutMs,
    // Node looks at heads that are late only so often.
    connectionsCheckingInterval: headTimeoutMs / 3,
    requestTimeout: 0,
    keepAliveTimeout: 10_000,
    shouldUpgradeCallback: (incoming) => isWebSocket(incoming) && !asksForEvidence(incoming),
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket: Duplex) => {
    connections++
    socket.once('close', () => connections--)
  })
  const track = (closer: Duplex | ServerResponse, cut: () => void) => {
    open.add(cut)
    closer.once('close', () => open.delete(cut))
  }
  server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => {
    answer.on('error', () => undefined)
    drain.track(answer)
    if (asksForEvidence(incoming)) {
      void answerEvidence(options, incoming, answer)
      return
    }
    const refused = gate.refusal()
    if (refused === undefined) track(answer, forwarder.forward(incoming, answer))
    else answerError(answer, refused)
  })
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, early: Buffer) => {
    client.on('error', () => undefined)
    const refused = gate.refusal()
    if (refused === undefined)
      track(client, forwardUpgrade(target, incoming, client, early, answerTimeoutMs, drain))
    else answerErrorOn(client, refused)
  })
  server.on('clientError', (_error: Error, socket: Duplex) => {
    if (socket.writable) answerErrorOn(socket, 'request.invalid')
    else socket.destroy()
  })
  // Also what Node has just answered as a client's error: without a handshake that would wait for ever.
  server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy())
  const cutAll = () => {
    for (const cut of [...open]) cut()
  }
  gate.onClosed(cutAll)
  await listen(server, socketPath)
  return {
    drain: () => drain.begin(),
    connections: () => connections,
    async close() {
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      cutAll()
      server.closeAllConnections()
      forwarder.close()
      await stopped
    },
  }
}

/** In any form of target and with any upgrade: the application never answers for its evidence. */
function asksForEvidence(incoming: IncomingMessage): boolean {
  return targetOf(incoming)?.path.split('?', 1)[0] === EVIDENCE_PATH
}

async function answerEvidence(
  options: IngressOptions,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  incoming.resume()
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    answerError(answer, 'request.method')
    return
  }
  const text = await options.evidence().catch(() => undefined)
  if (text === undefined) {
    answerError(answer, 'evidence.pending')
    return
  }
  answer.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // Evidence is public; pages that verify it come from anywhere.
    'access-control-allow-origin': '*',
  })
  answer.end(incoming.method === 'HEAD' ? undefined : text)
}

function listen(server: ReturnType<typeof createServer>, socketPath: string): Promise<void> {
  rmSync(socketPath, { force: true })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, () => {
      server.off('error', reject)
      chmodSync(socketPath, 0o666)
      resolve()
    })
  })
}
