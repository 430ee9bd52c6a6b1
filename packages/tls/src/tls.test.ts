// Pinned connections against real TLS servers on loopback and Unix sockets.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpsServer, type Server } from 'node:https'
import { connect, createServer as createNetServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createTlsIdentity } from '@wetee/certificates'
import { requestPinned, tlsKeyHashOf, type PinnedRequest } from './index.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(
  respond: (path: string, body: string) => { status?: number; body: string } | 'silent' | 'endless',
) {
  const identity = await createTlsIdentity({ commonName: 'node.test' })
  const seen: string[] = []
  const server: Server = createHttpsServer(
    { key: identity.keyPem, cert: identity.certPem, minVersion: 'TLSv1.3' },
    (request, response) => {
      seen.push(`${request.method} ${request.url}`)
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const answer = respond(request.url ?? '', body)
        if (answer === 'silent') return
        if (answer === 'endless') {
          const chunk = Buffer.alloc(16_384)
          const pump = () => {
            while (!response.destroyed && response.write(chunk));
          }
          response.on('drain', pump)
          pump()
          return
        }
        response.writeHead(answer.status ?? 200, { 'content-type': 'text/plain' }).end(answer.body)
      })
    },
  )
  const bytes = { received: 0 }
  server.on('tlsClientError', () => undefined)
  server.on('secureConnection', (socket) => {
    socket.on('data', (chunk: Buffer) => (bytes.received += chunk.length))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const ask = (options: Partial<PinnedRequest> = {}) =>
    requestPinned({
      connect: { host: '127.0.0.1', port },
      method: 'GET',
      path: '/',
      tlsKeyHash: identity.tlsKeyHash,
      maxBytes: 1024,
      ...options,
    })
  return { identity, seen, bytes, port, ask }
}

test('the right key gets the answer and the body arrives', async () => {
  const server = await serve((path, body) => ({ status: 201, body: `${path} ${body}` }))
  const answer = await server.ask({ method: 'POST', path: '/v1/x?y=1', body: 'hello' })
  expect(answer.status).toBe(201)
  expect(Buffer.from(answer.body).toString()).toBe('/v1/x?y=1 hello')
  expect(answer.headers['content-type']).toBe('text/plain')
  expect(answer.tlsKeyHash).toBe(server.identity.tlsKeyHash)
})

test('a peer with another key is refused before a byte of the request is sent', async () => {
  const server = await serve(() => ({ body: '' }))
  const other = await createTlsIdentity({ commonName: 'node.test' })
  await expect(
    server.ask({ method: 'POST', body: 'secret', tlsKeyHash: other.tlsKeyHash }),
  ).rejects.toMatchObject({ code: 'tls.key-mismatch', retryable: false })
  // A later, good request proves that the server has read everything the first connection sent.
  await server.ask({ path: '/later' })
  expect(server.seen).toEqual(['GET /later'])
})

test('`report` accepts any key and names its hash', async () => {
  const server = await serve(() => ({ body: 'ok' }))
  const answer = await server.ask({ tlsKeyHash: 'report' })
  expect(answer.tlsKeyHash).toBe(server.identity.tlsKeyHash)
})

test('an answer larger than allowed is refused, whether announced or streamed', async () => {
  const announced = await serve(() => ({ body: 'x'.repeat(1025) }))
  await expect(announced.ask()).rejects.toMatchObject({ code: 'tls.answer-too-large' })
  expect((await announced.ask({ maxBytes: 1025 })).body.length).toBe(1025)
  const endless = await serve(() => 'endless')
  await expect(endless.ask()).rejects.toMatchObject({ code: 'tls.answer-too-large' })
})

test('a silent peer ends in tls.timeout, an abort in tls.aborted', async () => {
  const server = await serve(() => 'silent')
  await expect(server.ask({ timeoutMs: 80 })).rejects.toMatchObject({
    code: 'tls.timeout',
    retryable: true,
  })
  const controller = new AbortController()
  const pending = server.ask({ signal: controller.signal })
  setImmediate(() => controller.abort())
  await expect(pending).rejects.toMatchObject({ code: 'tls.aborted' })
  await expect(server.ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'tls.aborted',
  })
})

test('a peer that accepts and never shakes hands ends in tls.timeout', async () => {
  const sockets: Socket[] = []
  const server = createNetServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  await expect(
    requestPinned({
      connect: { host: '127.0.0.1', port },
      method: 'GET',
      path: '/',
      tlsKeyHash: 'report',
      maxBytes: 10,
      timeoutMs: 80,
    }),
  ).rejects.toMatchObject({ code: 'tls.timeout' })
})

test('a peer that speaks only TLS 1.2 is refused', async () => {
  const identity = await createTlsIdentity({ commonName: 'old.test' })
  const server = createTlsServer({
    key: identity.keyPem,
    cert: identity.certPem,
    maxVersion: 'TLSv1.2',
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => void server.close())
  await expect(
    requestPinned({
      connect: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
      method: 'GET',
      path: '/',
      tlsKeyHash: identity.tlsKeyHash,
      maxBytes: 10,
    }),
  ).rejects.toMatchObject({ code: 'tls.handshake-failed' })
})

test('a closed port ends in tls.connect-failed', async () => {
  const server = await serve(() => ({ body: '' }))
  await expect(server.ask({ connect: { host: '127.0.0.1', port: 1 } })).rejects.toMatchObject({
    code: 'tls.connect-failed',
    retryable: true,
  })
  await expect(
    server.ask({ connect: () => Promise.reject(new Error('no tunnel')) }),
  ).rejects.toMatchObject({ code: 'tls.connect-failed' })
})

test('a request travels through a given stream, here a relay on a Unix socket', async () => {
  const server = await serve(() => ({ body: 'through the relay' }))
  const folder = mkdtempSync(join(tmpdir(), 'wetee-tls-'))
  const path = join(folder, 'relay.sock')
  const relay = createNetServer((near) => {
    const far = connect(server.port, '127.0.0.1')
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  }).listen(path)
  await once(relay, 'listening')
  cleanups.push(() => {
    relay.close()
    rmSync(folder, { recursive: true })
  })
  const answer = await server.ask({
    connect: async () => {
      const socket = connect(path)
      await once(socket, 'connect')
      return socket
    },
  })
  expect(Buffer.from(answer.body).toString()).toBe('through the relay')
})

test('the hash is that of the key, whatever certificate it is in; bytes that are no certificate are refused', async () => {
  const first = await createTlsIdentity({ commonName: 'a' })
  const again = await createTlsIdentity({ commonName: 'b', keyPem: first.keyPem })
  for (const { certPem } of [first, again])
    expect(tlsKeyHashOf(new X509Certificate(certPem).raw)).toBe(first.tlsKeyHash)
  expect(() => tlsKeyHashOf(new Uint8Array([1, 2, 3]))).toThrow(/DER certificate/)
})
