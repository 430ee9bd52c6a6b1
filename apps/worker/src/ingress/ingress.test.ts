// Listeners with real TCP in front and real Unix sockets behind.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { ingressTestParts } from '../testing/ingress-parts.ts'
import { keepLog } from '../testing/silent-log.ts'
import { chooseBackends, Ingress, type Backend } from './ingress.ts'
import { candidatePorts, ownerRoute, ownerTarget } from './port-choice.ts'
import { openPortStore, type PortStore } from './port-store.ts'

let folder: string
let store: PortStore
const board = new ConditionBoard()
const cleanups: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-in-'))
  store = openPortStore(':memory:')
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  store.close()
  board.clear(appScope(7n))
  rmSync(folder, { recursive: true, force: true })
})

/** An agent's socket that answers its name and then echoes. */
async function agent(name: string): Promise<Backend> {
  const socketPath = join(folder, `${name}.sock`)
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(`${name}:`)
    socket.pipe(socket)
  }).listen(socketPath)
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const dial = () => connect({ path: socketPath, allowHalfOpen: true })
  return { podId: name, version: 1, ready: true, dial }
}

async function ingress(range: readonly [number, number]): Promise<Ingress> {
  const parts = { host: '127.0.0.1', portRange: range, store, board, log: keepLog() }
  const made = new Ingress({ ...parts, ...ingressTestParts() })
  cleanups.push(() => made.close())
  return Promise.resolve(made)
}

/** A range of ports that nobody uses at this moment. */
async function freeRange(size: number): Promise<readonly [number, number]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const servers: Server[] = []
    const first = createServer().listen(0, '127.0.0.1')
    await once(first, 'listening')
    servers.push(first)
    const base = (first.address() as AddressInfo).port
    let free = base + size < 65_535
    for (let step = 1; free && step < size; step++) {
      const server = createServer()
      servers.push(server)
      free = await new Promise((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(base + step, '127.0.0.1', () => resolve(true))
      })
    }
    await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))))
    if (free) return [base, base + size - 1]
  }
  throw new Error('no free ports')
}

function fail(): never {
  throw new Error('no socket')
}

async function say(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  socket.end(text)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}
const route = (backends: readonly Backend[], service = 'web') => ({
  appId: 7n,
  service,
  target: 80,
  backends,
})

test('bytes reach the agent and come back, half-closed connections included', async () => {
  const made = await ingress(await freeRange(4))
  await made.setRoutes(7n, [route([await agent('one')])])
  const [listening] = made.listening(7n)
  expect(await say(listening!.port, 'hello')).toBe('one:hello')
})

test('the newest ready version gets new connections, its replicas in turn', async () => {
  const made = await ingress(await freeRange(4))
  const old = await agent('old')
  const a = { ...(await agent('a')), version: 2 }
  const b = { ...(await agent('b')), version: 2 }
  const starting = { ...(await agent('c')), version: 3, ready: false }
  await made.setRoutes(7n, [route([old, a, b, starting])])
  const { port } = made.listening(7n)[0]!
  const answers = [await say(port, ''), await say(port, ''), await say(port, '')]
  expect(answers).toEqual(['a:', 'b:', 'a:'])
})

test('an owner reaches an application that has reached every limit, within limits of its own', async () => {
  const parts = { host: '127.0.0.1', portRange: await freeRange(4), store, board, log: keepLog() }
  const tests = ingressTestParts()
  const limits = { ...tests.limits, totalConnections: 2, connections: 1 }
  const made = new Ingress({ ...parts, ...tests, limits })
  cleanups.push(() => made.close())
  const owner = { ...ownerRoute(7n, 'current', 0), backends: [await agent('owner')] }
  await made.setRoutes(7n, [route([await agent('web')]), owner])
  const portOf = (target: number) =>
    made.listening(7n).find((one) => one.target === target)?.port ?? 0
  const attacker = connect(portOf(80), '127.0.0.1')
  cleanups.push(() => attacker.destroy())
  await once(attacker, 'data')
  expect(await say(portOf(80), 'hello')).toBe('')
  expect(await say(portOf(ownerTarget), 'hello')).toBe('owner:hello')
  expect(made.usage(7n)).toMatchObject({ connections: 1, accepted: 1, refused: 1 })
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => say(portOf(ownerTarget), '').catch(() => '')),
  )
  expect(answers.filter((answer) => answer === '').length).toBeGreaterThan(0)
})

test('a connection that is open stays with its instance when the version changes', async () => {
  const made = await ingress(await freeRange(4))
  const old = await agent('old')
  await made.setRoutes(7n, [route([old])])
  const { port } = made.listening(7n)[0]!
  const socket = connect(port, '127.0.0.1')
  const [first] = (await once(socket, 'data')) as [Buffer]
  expect(first.toString()).toBe('old:')
  await made.setRoutes(7n, [route([old, { ...(await agent('new')), version: 2 }])])
  expect(await say(port, '')).toBe('new:')
  socket.write('still here')
  const [second] = (await once(socket, 'data')) as [Buffer]
  expect(second.toString()).toBe('still here')
  socket.destroy()
})

test('ATTACK clients that reset their connections stop nobody, before and after the first byte, while it closes', async () => {
  const made = await ingress(await freeRange(4))
  await made.setRoutes(7n, [route([await agent('one')])])
  const { port } = made.listening(7n)[0]!
  for (const waits of [true, false, true]) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, waits ? 'data' : 'connect')
    socket.write('x'.repeat(100_000))
    socket.resetAndDestroy()
  }
  expect(await say(port, 'hello')).toBe('one:hello')
  const last = connect(port, '127.0.0.1')
  last.on('error', () => undefined)
  await once(last, 'data')
  last.resetAndDestroy()
  await made.drain(1_000)
})

test('an instance that does not answer is passed over', async () => {
  const made = await ingress(await freeRange(4))
  const dial = () => connect(join(folder, 'gone.sock'))
  const gone = { podId: 'a', version: 1, ready: true, dial }
  const refused = { ...gone, podId: 'aa', dial: () => fail() }
  await made.setRoutes(7n, [route([gone, refused, await agent('b')])])
  const { port } = made.listening(7n)[0]!
  expect([await say(port, ''), await say(port, ''), await say(port, '')]).toEqual([
    'b:',
    'b:',
    'b:',
  ])
})

test('without any instance a connection is closed, not kept waiting', async () => {
  const made = await ingress(await freeRange(4))
  await made.setRoutes(7n, [route([])])
  expect(await say(made.listening(7n)[0]!.port, 'x')).toBe('')
})

test('an application keeps its port over a restart, with the database and without it', async () => {
  const range = await freeRange(8)
  const first = await ingress(range)
  await first.setRoutes(7n, [route([]), route([], 'api')])
  const before = first.listening(7n).map(({ service, port }) => `${service} ${port}`)
  await first.close()
  const second = await ingress(range)
  await second.setRoutes(7n, [route([]), route([], 'api')])
  expect(second.listening(7n).map(({ service, port }) => `${service} ${port}`)).toEqual(before)
  await second.close()
  store.forgetApp(7n)
  const third = await ingress(range)
  await third.setRoutes(7n, [route([]), route([], 'api')])
  expect(third.listening(7n).map(({ service, port }) => `${service} ${port}`)).toEqual(before)
})

test('a port that is taken: the next one, and a condition that says so', async () => {
  const range = await freeRange(4)
  const first = await ingress(range)
  await first.setRoutes(7n, [route([])])
  const { port } = first.listening(7n)[0]!
  await first.close()
  const thief = createServer().listen(port, '127.0.0.1')
  await once(thief, 'listening')
  cleanups.push(() => thief.close())
  const second = await ingress(range)
  await second.setRoutes(7n, [route([await agent('one')])])
  const moved = second.listening(7n)[0]!.port
  expect(moved).not.toBe(port)
  expect(await say(moved, 'x')).toBe('one:x')
  expect(board.list(appScope(7n)).map(({ code }) => code)).toEqual(['ingress.port-moved'])
})

test('no free port at all is an error with a code', async () => {
  const [port] = await freeRange(1)
  const thief = createServer().listen(port, '127.0.0.1')
  await once(thief, 'listening')
  cleanups.push(() => thief.close())
  const made = await ingress([port, port])
  await expect(made.setRoutes(7n, [route([])])).rejects.toMatchObject({ code: 'ingress.no-port' })
})

test('routes that are gone close their listeners and connections', async () => {
  const made = await ingress(await freeRange(4))
  await made.setRoutes(7n, [route([await agent('one')])])
  const socket = connect(made.listening(7n)[0]!.port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await made.setRoutes(7n, [])
  await closed
  expect(made.listening(7n)).toEqual([])
})

test('when nothing is ready the newest instance is still asked', () => {
  const backend = (podId: string, version: number, ready: boolean): Backend => ({
    podId,
    version,
    ready,
    dial: () => undefined,
  })
  const list = [backend('a', 1, false), backend('b', 2, false)]
  expect(chooseBackends(list, 0).map(({ podId }) => podId)).toEqual(['b'])
  expect(chooseBackends([], 5)).toEqual([])
})

test('every port of the range is tried exactly once, the remembered one first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 0, max: 200 }),
      fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      (first, more, remembered, appId) => {
        const range = [first, first + more] as const
        const ports = [...candidatePorts({ appId, service: 'web', target: 80 }, range, remembered)]
        expect([...ports].sort((a, b) => a - b)).toEqual(
          Array.from({ length: more + 1 }, (_, i) => first + i),
        )
        if (remembered !== undefined && remembered >= first && remembered <= first + more)
          expect(ports[0]).toBe(remembered)
      },
    ),
  )
})
