// Real TLS clients in front, real agents' sockets with TLS behind.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { createTlsIdentity } from '@wetee/certificates'
import { tlsKeyHashOf } from '@wetee/tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConditionBoard } from '../condition/condition.ts'
import { helloMessage, nodeHello, records, serverName } from '../testing/client-hellos.ts'
import { ingressTestParts } from '../testing/ingress-parts.ts'
import { keepLog } from '../testing/silent-log.ts'
import type { IngressCounters, Outcome } from './counters.ts'
import { parseHostName } from './host-names.ts'
import { Ingress, type Backend } from './ingress.ts'
import { DECODE_ERROR, NameListener, UNRECOGNIZED_NAME } from './name-listener.ts'
import { ownerRoute } from './port-choice.ts'
import { openPortStore } from './port-store.ts'

const identity = await createTlsIdentity({ commonName: 'app-7.wetee' })
const DOMAIN = 'wetee.local'
let folder: string
let outcomes: Outcome[]
const cleanups: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-sni-'))
  outcomes = []
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

/** An agent with TLS that says which protocol and name it saw, and then echoes. */
async function agent(name: string): Promise<Backend> {
  const socketPath = join(folder, `${name}.sock`)
  const server = createTlsServer(
    { key: identity.keyPem, cert: identity.certPem, ALPNProtocols: ['h2', 'http/1.1'] },
    (socket) => {
      socket.on('error', () => undefined)
      socket.write(`${name} ${socket.alpnProtocol || 'none'} ${socket.servername || 'none'};`)
      socket.pipe(socket)
    },
  ).listen(socketPath)
  await once(server, 'listening')
  cleanups.push(() => server.close())
  const dial = () => connect({ path: socketPath, allowHalfOpen: true })
  return { podId: name, version: 1, ready: true, dial }
}

/** Application 7 with ports 80 and 81, behind names. */
async function listenForNames(
  over: { helloMs?: number; waitingHellos?: number } = {},
): Promise<{ port: number; ingress: Ingress }> {
  const store = openPortStore(':memory:')
  const parts = ingressTestParts()
  const counters: IngressCounters = { ...parts.counters, answered: (one) => outcomes.push(one) }
  const ingress = new Ingress({
    ...{ host: '127.0.0.1', portRange: [31_000, 39_999], store },
    ...{ board: new ConditionBoard(), log: keepLog(), ...parts, counters },
  })
  const names = new NameListener({
    ...{ host: '127.0.0.1', port: 0, helloMs: 10_000, waitingHellos: 10, counters, ...over },
    pass: (near, { serverName }) => {
      const named = parseHostName(serverName, DOMAIN)
      return named !== undefined && ingress.pass(near, named)
    },
  })
  await names.listen()
  cleanups.push(async () => {
    names.close()
    await ingress.close()
    store.close()
  })
  const route = { appId: 7n, service: 'web' }
  await ingress.setRoutes(7n, [
    { ...route, target: 80, backends: [await agent('eighty')] },
    { ...route, target: 81, backends: [await agent('eighty-one')] },
    { ...ownerRoute(7n, 'current', 0), backends: [await agent('owner-0')] },
    { ...ownerRoute(7n, 'current', 1), backends: [await agent('owner-1')] },
  ])
  return { port: names.port, ingress }
}

async function tls(port: number, servername: string, protocols?: string[]): Promise<TLSSocket> {
  const ALPNProtocols = protocols === undefined ? {} : { ALPNProtocols: protocols }
  const socket = connectTls({
    ...{ port, host: '127.0.0.1', servername, rejectUnauthorized: false, ...ALPNProtocols },
  })
  cleanups.push(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

async function raw(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  cleanups.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Everything that comes back for raw bytes until the other side closes. */
async function answerTo(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = await raw(port)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(chunks)
}

test('a name leads to its port; TLS ends at the agent with its own key', async () => {
  const { port } = await listenForNames()
  const socket = await tls(port, `81-7.${DOMAIN}`, ['h2', 'http/1.1'])
  expect(tlsKeyHashOf(socket.getPeerX509Certificate()!.raw)).toBe(identity.tlsKeyHash)
  socket.end('bytes')
  expect(await text(socket)).toBe(`eighty-one h2 81-7.${DOMAIN};bytes`)
  const other = await tls(port, `80-7.${DOMAIN.toUpperCase()}`)
  other.end()
  expect(await text(other)).toMatch(/^eighty none 80-7/)
  expect(outcomes).toEqual(['forwarded', 'forwarded'])
})

test('each instance has a name for its owner, and its ports are not reached by that', async () => {
  const { port } = await listenForNames()
  for (const replica of [0, 1]) {
    const socket = await tls(port, `owner-current-${replica}-7.${DOMAIN}`)
    socket.end()
    expect(await text(socket)).toMatch(`owner-${replica} none owner-current-${replica}-7`)
  }
  await expect(tls(port, `owner-pending-0-7.${DOMAIN}`)).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  })
  await expect(tls(port, `0-7.${DOMAIN}`)).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  })
})

test('a hello that comes byte by byte in small records arrives untouched', async () => {
  const { port } = await listenForNames()
  const real = await nodeHello({ servername: `80-7.${DOMAIN}` })
  const socket = await raw(port)
  socket.setNoDelay(true)
  const answered = once(socket, 'data') as Promise<[Buffer]>
  for (const byte of records(real.subarray(5), 40)) {
    socket.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const [answer] = await answered
  // A ServerHello: the agent's TLS has taken the whole of it.
  expect([...answer.subarray(0, 3), answer[5]]).toEqual([22, 3, 3, 2])
})

test.each([
  ['another application', `80-8.${DOMAIN}`],
  ['another port', `82-7.${DOMAIN}`],
  ['another domain', '80-7.example.org'],
  ['the domain alone', DOMAIN],
  ['a number with a zero in front', `080-7.${DOMAIN}`],
  ['a label more', `x.80-7.${DOMAIN}`],
])('an unknown name is refused with unrecognized_name: %s', async (_, name) => {
  const { port } = await listenForNames()
  await expect(tls(port, name)).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  })
  expect(outcomes).toEqual(['unknown-name'])
})

test('a client that names nothing is refused with unrecognized_name', async () => {
  const { port } = await listenForNames()
  expect(await answerTo(port, records(helloMessage()))).toEqual(UNRECOGNIZED_NAME)
  expect(outcomes).toEqual(['no-name'])
})

test('what is no TLS gets no answer, what is broken TLS gets decode_error', async () => {
  const { port } = await listenForNames()
  expect(await answerTo(port, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toHaveLength(0)
  const broken = helloMessage({ extensions: [[0, serverName('')]] })
  expect(await answerTo(port, records(broken))).toEqual(DECODE_ERROR)
  expect(outcomes).toEqual(['not-tls', 'malformed'])
})

test('slowloris: a client that never ends its hello is closed after its time', async () => {
  const { port } = await listenForNames({ helloMs: 50 })
  const socket = await raw(port)
  socket.write(Buffer.from([22]))
  await once(socket, 'close')
  expect(outcomes).toEqual(['too-slow'])
})

test('many clients that say nothing: the oldest gives way, and who says a name gets through', async () => {
  const { port } = await listenForNames({ waitingHellos: 3 })
  const silent = [await raw(port), await raw(port), await raw(port)]
  const closed = once(silent[0]!, 'close')
  const socket = await tls(port, `80-7.${DOMAIN}`)
  socket.end()
  expect(await text(socket)).toMatch(/^eighty/)
  await closed
  expect(outcomes).toEqual(['gave-way', 'forwarded'])
  expect(silent.slice(1).every((one) => !one.destroyed)).toBe(true)
})

test('a client that leaves before its hello leaves nothing behind', async () => {
  const { port } = await listenForNames({ waitingHellos: 1 })
  const gone = await raw(port)
  gone.end()
  await once(gone, 'close')
  const socket = await tls(port, `80-7.${DOMAIN}`)
  socket.end()
  expect(await text(socket)).toMatch(/^eighty/)
  expect(outcomes).toEqual(['forwarded'])
})

test('when the application ends, its named connections end too', async () => {
  const { port, ingress } = await listenForNames()
  const socket = await tls(port, `80-7.${DOMAIN}`)
  socket.on('error', () => undefined).resume()
  const closed = once(socket, 'close')
  await ingress.setRoutes(7n, [])
  await closed
  await expect(tls(port, `80-7.${DOMAIN}`)).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  })
})

test('a port that is taken can be tried for as long as it is, and is listened on once it is free', async () => {
  const thief = createServer().listen(0, '127.0.0.1')
  await once(thief, 'listening')
  const { port } = thief.address() as AddressInfo
  const names = new NameListener({
    ...{ host: '127.0.0.1', port, helloMs: 10_000, waitingHellos: 10 },
    ...{ counters: ingressTestParts().counters, pass: () => false },
  })
  cleanups.push(() => names.close())
  const warned: string[] = []
  const onWarning = ({ name }: Error) => warned.push(name)
  process.on('warning', onWarning)
  cleanups.push(() => process.off('warning', onWarning))
  for (let attempt = 0; attempt < 12; attempt += 1)
    await expect(names.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  thief.close()
  await once(thief, 'close')
  await names.listen()
  expect([names.port, warned]).toEqual([port, []])
})
