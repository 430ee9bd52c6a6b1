// The relay over a real Unix socket, as an agent that may be hostile sees it.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requestSocket } from '@wetee/tee-device'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepLog } from '../testing/silent-log.ts'
import { WorkerError } from '../worker-error.ts'
import { startRelay, type RelayActions } from './relay-server.ts'

let folder: string
let socketPath: string
const cleanups: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-relay-'))
  socketPath = join(folder, 'worker.sock')
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

const key = `0x${'11'.repeat(20)}` as const
const lease = {
  appId: '7',
  version: 1,
  replica: 0,
  workerId: '1',
  platformId: `0x${'05'.repeat(32)}`,
  instanceKey: key,
  hpkeKey: `0x${'02'.repeat(32)}`,
  tlsKeyHash: `0x${'03'.repeat(32)}`,
  measurementId: `0x${'06'.repeat(32)}`,
  evidenceBlock: '42',
  notBefore: '1000',
  notAfter: '1060',
  evidenceDigest: `0x${'04'.repeat(32)}`,
}

async function relay(over: Partial<RelayActions> = {}, maxTunnels?: number) {
  const actions: RelayActions = {
    head: () => Promise.resolve({ number: 42n, hash: '0xab', timestamp: 1000n }),
    collateral: () => Promise.resolve({ tcb_info: 'x' }),
    isListed: () => false,
    ...over,
  }
  const running = await startRelay({
    socketPath,
    actions,
    log: keepLog(),
    ...(maxTunnels === undefined ? {} : { maxTunnels }),
  })
  cleanups.push(() => running.close())
  return running
}

async function echoServer(): Promise<{ authority: string; server: Server; seen: Buffer[] }> {
  const seen: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      seen.push(chunk)
      socket.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { authority: `127.0.0.1:${(server.address() as AddressInfo).port}`, server, seen }
}

function tunnel(authority: string): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'CONNECT', path: authority, agent: false })
    outgoing.on('connect', (answer, socket) => {
      cleanups.push(() => socket.destroy())
      resolve({ status: answer.statusCode ?? 0, socket: socket })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
const post = (path: string, body: unknown) =>
  requestSocket({ socketPath, method: 'POST', path, body })

test('head and collateral are answered', async () => {
  await relay()
  expect(await requestSocket({ socketPath, method: 'GET', path: '/v1/head' })).toEqual({
    number: '42',
    hash: '0xab',
    timestamp: '1000',
  })
  expect(await requestSocket({ socketPath, method: 'GET', path: '/v1/collateral' })).toEqual({
    tcb_info: 'x',
  })
})

test('the committee of now is told, and where there is none it is said to be temporary', async () => {
  const asked = {
    nodes: [{ nodeId: '4', host: 'node:7704', tlsKeyHash: key }],
    threshold: 1,
  } as const
  const call = { method: 'GET', path: '/v1/committee' } as const
  const answers = [
    Promise.resolve(asked),
    Promise.reject(new WorkerError('committee.none', 'too few', { retryable: true })),
  ]
  answers[1]!.catch(() => undefined)
  await relay({ committee: () => answers.shift()! })
  expect(await requestSocket({ socketPath, ...call })).toEqual(asked)
  await expect(requestSocket({ socketPath, ...call })).rejects.toMatchObject({ status: 503 })
})

test('a listed node is reached and bytes of any kind pass untouched', async () => {
  const { authority } = await echoServer()
  await relay({ isListed: (asked) => asked === authority })
  const { status, socket } = await tunnel(authority)
  expect(status).toBe(200)
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256))
  const back: Buffer[] = []
  const complete = new Promise<void>((resolve) => {
    let size = 0
    socket.on('data', (chunk: Buffer) => {
      back.push(chunk)
      if ((size += chunk.length) >= bytes.length) resolve()
    })
  })
  socket.write(bytes)
  await complete
  expect(Buffer.concat(back).equals(bytes)).toBe(true)
})

test.each(['169.254.169.254:80', 'localhost:22', '', 'x', '127.0.0.1:99999', '[::1]:443'])(
  'an unlisted host is refused with 403 and never dialled: "%s"',
  async (authority) => {
    const echo = await echoServer()
    await relay({ isListed: (asked) => asked === echo.authority })
    const { status } = await tunnel(authority === '' ? ' ' : authority).catch(() => ({
      status: 403,
    }))
    expect([400, 403]).toContain(status)
    expect(echo.seen).toEqual([])
  },
)

test('a listed node under another spelling is another host', async () => {
  const { authority } = await echoServer()
  await relay({ isListed: (asked) => asked === authority })
  const port = authority.split(':')[1]
  expect((await tunnel(`127.1:${port}`)).status).toBe(403)
  expect((await tunnel(`user@127.0.0.1:${port}`)).status).toBe(403)
})

test('a node that is gone gives 502', async () => {
  const { authority, server } = await echoServer()
  server.close()
  await relay({ isListed: () => true })
  expect((await tunnel(authority)).status).toBe(502)
})

test('tunnels are bounded and given back when they end', async () => {
  const { authority } = await echoServer()
  await relay({ isListed: () => true }, 1)
  const first = await tunnel(authority)
  expect(first.status).toBe(200)
  expect((await tunnel(authority)).status).toBe(503)
  first.socket.end()
  first.socket.destroy()
  await expect.poll(async () => (await tunnel(authority)).status).toBe(200)
})

test('an agent may have two calls under way to each of 64 nodes, and goes on with the worker meanwhile', async () => {
  const { authority } = await echoServer()
  await relay({ isListed: () => true })
  const all = await Promise.all(Array.from({ length: 128 }, () => tunnel(authority)))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  const head = await requestSocket({ socketPath, method: 'GET', path: '/v1/head' })
  expect(head).toMatchObject({ number: '42' })
})

test('closing the relay ends open tunnels', async () => {
  const { authority } = await echoServer()
  const running = await relay({ isListed: () => true })
  const { socket } = await tunnel(authority)
  const closed = once(socket, 'close')
  socket.resume()
  await running.close()
  await closed
})

test('authorize passes what was asked and gives the signature', async () => {
  const asked: unknown[] = []
  await relay({
    authorize: (what) => {
      asked.push(what)
      return Promise.resolve({ signature: '0x01', platformId: '0x02' })
    },
  })
  const answer = await post('/v1/authorize', { instanceKey: key, evidenceBlock: '42' })
  expect(answer).toEqual({ signature: '0x01', platformId: '0x02' })
  expect(asked).toEqual([{ instanceKey: key, evidenceBlock: 42n }])
})

test.each([
  [{ instanceKey: key, evidenceBlock: '42', appId: '8' }],
  [{ instanceKey: '0x11', evidenceBlock: '42' }],
  [{ instanceKey: key, evidenceBlock: '-1' }],
  [{ instanceKey: key, evidenceBlock: '18446744073709551616' }],
  [null],
])('authorize refuses a body out of form: %j', async (body) => {
  await relay({ authorize: () => Promise.reject(new Error('must not be reached')) })
  await expect(post('/v1/authorize', body)).rejects.toMatchObject({
    code: 'request.invalid',
    status: 400,
  })
})

test('appraised hands the lease on; one of somebody else is refused', async () => {
  const leases: unknown[] = []
  await relay({
    appraised: (given, nodes) => {
      if (given.appId !== 7n) throw new WorkerError('lease.foreign', 'not of this instance')
      leases.push([given.appId, nodes])
    },
  })
  const body = { evidenceDigest: lease.evidenceDigest, lease, nodes: ['1', '3'] }
  expect(await post('/v1/appraised', body)).toEqual({})
  expect(leases).toEqual([[7n, [1n, 3n]]])
  await expect(
    post('/v1/appraised', { ...body, lease: { ...lease, appId: '8' } }),
  ).rejects.toMatchObject({ code: 'lease.foreign', status: 403 })
  await expect(
    post('/v1/appraised', { ...body, evidenceDigest: `0x${'99'.repeat(32)}` }),
  ).rejects.toMatchObject({ code: 'lease.foreign' })
})

test('a command is run by its number, for as long as whoever asked waits; where none is allowed there is no such call', async () => {
  const asked: unknown[] = []
  let until: AbortSignal | undefined
  const running = await relay({
    exec: (order, signal) => {
      asked.push(order)
      until = signal
      return order.service === 'web' ? Promise.resolve(7) : new Promise(() => undefined)
    },
  })
  const order = { service: 'web', id: '0123456789abcdef', timeoutMs: 1_000 }
  expect(await post('/v1/exec', order)).toEqual({ exitCode: 7 })
  expect(asked).toEqual([order])
  for (const wrong of [{ id: '../../bin/sh' }, { timeoutMs: 28_800_001 }, { command: ['sh'] }])
    await expect(post('/v1/exec', { ...order, ...wrong })).rejects.toMatchObject({
      code: 'request.invalid',
    })
  const leaving = new AbortController()
  const body = { ...order, service: 'db' }
  const left = requestSocket({
    ...{ socketPath, method: 'POST', path: '/v1/exec', body, signal: leaving.signal },
  })
  while (asked.length < 2) await new Promise(setImmediate)
  leaving.abort()
  await expect(left).rejects.toMatchObject({ code: 'tee.aborted' })
  if (until?.aborted !== true) await once(until!, 'abort')
  await running.close()
  await relay()
  await expect(post('/v1/exec', order)).rejects.toMatchObject({ code: 'request.unknown' })
})

test('domains of the manifest are told, and their certificates kept', async () => {
  const known = { name: 'shop.example', records: ['app=7'] }
  const kept: string[] = []
  await relay({
    domains: () => [known],
    keepCertificate: (domain, chain) => {
      if (domain !== known.name) throw new WorkerError('request.invalid', 'not in this manifest')
      kept.push(chain)
    },
  })
  const asked = requestSocket({ socketPath, method: 'GET', path: '/v1/domains' })
  expect(await asked).toEqual({ domains: [known] })
  const chain = 'x'.repeat(15_000)
  expect(await post('/v1/certificates', { domain: known.name, chain })).toEqual({})
  expect(kept).toEqual([chain])
  for (const body of [
    { domain: 'other.example', chain },
    { domain: known.name, chain: `${chain}x` },
    { domain: known.name, chain: '' },
    { domain: known.name, chain, appId: '8' },
  ])
    await expect(post('/v1/certificates', body)).rejects.toMatchObject({ code: 'request.invalid' })
  expect(kept).toHaveLength(1)
})

test('misconduct is kept as it came, up to 131,072 characters, and nothing of another form', async () => {
  const kept: string[] = []
  await relay({ misconduct: (text) => void kept.push(text) })
  const text = JSON.stringify({ format: 'wetee/misconduct/v1', x: 'y'.repeat(131_030) })
  expect(text.length).toBeLessThanOrEqual(131_072)
  expect(await post('/v1/misconduct', { misconduct: text })).toEqual({})
  expect(kept).toEqual([text])
  for (const other of ['{"format":"other"}', 'null', '{', `${text}${'y'.repeat(100)}`])
    await expect(post('/v1/misconduct', { misconduct: other })).rejects.toMatchObject({
      status: 400,
    })
  await expect(post('/v1/misconduct', { misconduct: 'y'.repeat(200_000) })).rejects.toMatchObject({
    status: 413,
  })
})

test("a machine's own guest can neither authorize nor report a lease", async () => {
  await relay()
  await expect(
    post('/v1/authorize', { instanceKey: key, evidenceBlock: '42' }),
  ).rejects.toMatchObject({ status: 404 })
})

test('an unready platform is said to be temporary', async () => {
  await relay({
    authorize: () =>
      Promise.reject(new WorkerError('platform.not-proven', 'soon', { retryable: true })),
  })
  await expect(
    post('/v1/authorize', { instanceKey: key, evidenceBlock: '42' }),
  ).rejects.toMatchObject({ status: 503, code: 'platform.not-proven' })
})

test('a chain that is down gives 502 without its inner text', async () => {
  await relay({ head: () => Promise.reject(new Error('secret url')) })
  const error: unknown = await requestSocket({ socketPath, method: 'GET', path: '/v1/head' }).catch(
    (e: unknown) => e,
  )
  expect(error).toMatchObject({ status: 502 })
  expect(String(error)).not.toContain('secret')
})

test('a body above the limit is refused', async () => {
  await relay({ appraised: () => undefined })
  await expect(post('/v1/appraised', { x: 'y'.repeat(20_000) })).rejects.toMatchObject({
    status: 413,
  })
})

test('a stale socket of an earlier worker is replaced', async () => {
  writeFileSync(socketPath, '')
  await relay()
  expect(await requestSocket({ socketPath, method: 'GET', path: '/v1/head' })).toBeTruthy()
})
