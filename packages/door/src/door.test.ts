// Both ends of the door together, over TCP on loopback.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { createTlsIdentity, type TlsIdentity } from '@wetee/certificates'
import { connectPinned, type Hex } from '@wetee/tls'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openInnerDoor, type InnerDoor } from './inner-door.ts'
import { MAX_LINE_BYTES, readClientName } from './names.ts'
import { openOuterDoor, type OuterDoor, type OuterDoorOptions } from './outer-door.ts'

let folder: string
let worker: TlsIdentity
let inner: InnerDoor
const closing: (() => unknown)[] = []
const inside = (name: string) => join(folder, 'pod', name)
const outside = (name: string) => join(folder, 'host', name)
const refused: (Hex | undefined)[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-door-'))
  for (const name of ['pod/ingress', 'host']) mkdirSync(join(folder, name), { recursive: true })
  worker = await createTlsIdentity({ commonName: 'worker' })
  inner = await openInside()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  refused.length = 0
  rmSync(folder, { recursive: true, force: true })
})

async function openInside(ports = { calls: 0, clients: 0 }): Promise<InnerDoor> {
  const door = await openInnerDoor({
    workerKey: worker.tlsKeyHash,
    keyFile: inside('door.pem'),
    agentSocket: inside('agent.sock'),
    clientsFolder: inside('ingress'),
    workerSocket: inside('worker.sock'),
    teeSocket: inside('tee.sock'),
    ports,
    onRefused: (key) => refused.push(key),
  })
  closing.push(() => door.close())
  return door
}

/** Opens the other end, and waits until calls pass. */
async function openOutside(
  over: Partial<OuterDoorOptions> = {},
): Promise<{ door: OuterDoor; kept: { key: Hex | undefined }; failures: unknown[] }> {
  const kept: { key: Hex | undefined } = { key: undefined }
  const failures: unknown[] = []
  const door = await openOuterDoor({
    identity: worker,
    address: () => Promise.resolve('127.0.0.1'),
    agentKey: { get: () => kept.key, set: (key) => (kept.key = key) },
    agentSocket: outside('agent.sock'),
    workerSocket: () => outside('worker.sock'),
    teeSocket: () => outside('tee.sock'),
    ports: inner.ports,
    onFailure: (error) => failures.push(error),
    signal: new AbortController().signal,
    ...over,
  })
  closing.push(() => door.close())
  return { door, kept, failures }
}

async function serve(path: string, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(path)
  await once(server, 'listening')
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return server
}

/** Answers with what comes, in upper case, once all of it is there. */
const shout = (socket: Socket) => void text(socket).then((said) => socket.end(said.toUpperCase()))

async function say(path: string, said: string): Promise<string> {
  const socket = connect({ path, allowHalfOpen: true })
  socket.end(said)
  return text(socket)
}

async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited in vain: ${what}`)
}
const passes = (path: string) =>
  until(`${path} passes`, () =>
    say(path, 'x').then(
      (answer) => answer === 'X',
      () => false,
    ),
  )

test('calls pass in both directions, each stream ending for itself', async () => {
  await serve(inside('agent.sock'), shout)
  await serve(outside('worker.sock'), shout)
  await serve(outside('tee.sock'), shout)
  const { kept } = await openOutside()
  await passes(outside('agent.sock'))
  expect(kept.key).toBe(inner.tlsKeyHash)
  for (const path of [outside('agent.sock'), inside('worker.sock'), inside('tee.sock')])
    expect(await say(path, `to ${path.slice(-8)}`)).toBe(`TO ${path.slice(-8).toUpperCase()}`)
})

test('HTTP passes as it is, and more calls at once than streams wait for them', async () => {
  await serve(outside('worker.sock'), (socket) => {
    socket.once('data', (head: Buffer) => {
      const path = head.toString().split(' ')[1] ?? ''
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`)
    })
  })
  await openOutside()
  const get = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const call = request({ socketPath: inside('worker.sock'), path, agent: false }, (answer) =>
        resolve(text(answer)),
      )
      call.on('error', reject).end()
    })
  const paths = Array.from({ length: 100 }, (_, i) => `/v1/call/${i}`)
  expect(await Promise.all(paths.map(get))).toEqual(paths)
})

test('megabytes pass both ways at once, byte for byte', async () => {
  await serve(inside('agent.sock'), (socket) => socket.pipe(socket))
  await openOutside()
  const echoes = () =>
    say(outside('agent.sock'), 'x').then(
      (got) => got === 'x',
      () => false,
    )
  await until('it is open', echoes)
  const bytes = Buffer.alloc(8 << 20, 'some bytes of a megabyte. ')
  const socket = connect({ path: outside('agent.sock'), allowHalfOpen: true })
  socket.end(bytes)
  expect((await buffer(socket)).equals(bytes)).toBe(true)
})

test('connections of clients reach the socket of their name, without the line before them', async () => {
  await serve(inside('ingress/8080.sock'), shout)
  await serve(inside('ingress/owner.sock'), (socket) => socket.pipe(socket))
  await serve(inside('agent.sock'), shout)
  const { door } = await openOutside()
  await passes(outside('agent.sock'))
  for (const [name, said, heard] of [
    ['8080', 'hello', 'HELLO'],
    ['owner', 'as it is', 'as it is'],
  ] as const) {
    const socket = door.dial(name)
    socket.end(said)
    expect(await text(socket)).toBe(heard)
  }
  // Nobody listens there: the client is not left waiting.
  const nobody = door.dial('9090')
  nobody.end()
  expect(await text(nobody).catch(() => '')).toBe('')
  expect(() => door.dial('agent')).toThrow('no name for clients')
})

test.each(['agent\n', 'worker\n', '../agent\n', '0\n', '80801234567', '\n', '8080 \n'])(
  'ATTACK %j in the place of a name is cut off, and reaches nothing',
  async (line) => {
    let reached = 0
    for (const name of ['agent.sock', 'ingress/8080.sock'])
      await serve(inside(name), (socket) => {
        reached++
        socket.destroy()
      })
    const socket = connect(inner.ports.clients, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(line)
    await once(socket, 'close')
    expect(reached).toBe(0)
  },
)

test('a name may come byte by byte, and whatever comes with it is not lost', async () => {
  await serve(inside('ingress/80.sock'), shout)
  const socket = connect({ port: inner.ports.clients, host: '127.0.0.1', allowHalfOpen: true })
  socket.setNoDelay()
  for (const part of ['8', '0', '\nab', 'c']) {
    socket.write(part)
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.end()
  expect(await text(socket)).toBe('ABC')
})

test('ATTACK a service of the pod that knocks as a worker with a key of its own, or without one, is not let in', async () => {
  let called = 0
  await serve(inside('agent.sock'), (socket) => {
    called++
    socket.destroy()
  })
  const stranger = await createTlsIdentity({ commonName: 'worker' })
  const connectWith = (identity: TlsIdentity | undefined) =>
    connectPinned({
      connect: { host: '127.0.0.1', port: inner.ports.calls },
      tlsKeyHash: 'report',
      protocol: 'h2',
      ...(identity === undefined ? {} : { identity }),
      signal: AbortSignal.timeout(5_000),
    })
  for (const identity of [stranger, undefined]) {
    const { socket } = await connectWith(identity)
    socket.on('error', () => undefined)
    socket.resume()
    // What an HTTP/2 client says first.
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    await once(socket, 'close')
  }
  expect(refused).toEqual([stranger.tlsKeyHash, undefined])
  expect(called).toBe(0)
})

test('ATTACK a service that listens in the place of an agent that has ended is not taken for it', async () => {
  await serve(inside('agent.sock'), shout)
  const { kept, failures } = await openOutside()
  await passes(outside('agent.sock'))
  const own = kept.key
  const { ports } = inner
  await inner.close()
  closing.splice(0, 1)
  const keyFile = inside('other.pem')
  const impostor = await openInnerDoor({
    workerKey: worker.tlsKeyHash,
    keyFile,
    agentSocket: inside('agent.sock'),
    clientsFolder: inside('ingress'),
    workerSocket: inside('impostor-worker.sock'),
    teeSocket: inside('impostor-tee.sock'),
    ports,
  })
  await until('it is refused', () =>
    failures.some((error) => (error as { code?: string }).code === 'tls.key-mismatch'),
  )
  expect(kept.key).toBe(own)
  await impostor.close()
  // The agent itself comes back with the key that it has kept.
  inner = await openInside(ports)
  expect(inner.tlsKeyHash).toBe(own)
  await passes(outside('agent.sock'))
})

test('its key stays between its user and itself', () => {
  expect(statSync(inside('door.pem')).mode & 0o777).toBe(0o600)
  expect(readFileSync(inside('door.pem'), 'utf8')).toContain('PRIVATE KEY')
})

test('a second process of the worker takes over the calls of the agent while the first one ends', async () => {
  await serve(inside('agent.sock'), shout)
  await serve(outside('worker.sock'), (socket) => socket.end('first'))
  await serve(outside('next.sock'), (socket) => socket.end('next'))
  const first = await openOutside()
  await passes(outside('agent.sock'))
  expect(await say(inside('worker.sock'), '')).toBe('first')
  await openOutside({
    agentSocket: outside('agent-2.sock'),
    workerSocket: () => outside('next.sock'),
    agentKey: { get: () => first.kept.key, set: () => undefined },
  })
  await passes(outside('agent-2.sock'))
  expect(await say(inside('worker.sock'), '')).toBe('next')
  await first.door.close()
  expect(await say(inside('worker.sock'), '')).toBe('next')
})

test('a pod without an address is waited for; calls until then fail at once', async () => {
  const pod: { address?: string } = {}
  const { door } = await openOutside({ address: () => Promise.resolve(pod.address) })
  expect(() => door.dial('8080')).toThrow('no address')
  expect(await say(outside('agent.sock'), 'x').catch(() => '')).toBe('')
  await serve(inside('agent.sock'), shout)
  pod.address = '127.0.0.1'
  await passes(outside('agent.sock'))
})

describe('the line before a client', () => {
  test('is one of the names, or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => {
        const read = readClientName(bytes)
        if (read === undefined) return bytes.length < MAX_LINE_BYTES && !bytes.includes(0x0a)
        if (read === 'refused') return true
        const again = Buffer.concat([Buffer.from(`${read.name}\n`), read.rest])
        return Buffer.from(bytes).equals(again)
      }),
    )
  })
  test('is the same however the bytes are cut', () => {
    const name = fc.oneof(
      fc.integer({ min: 1, max: 99_999 }).map(String),
      fc.constantFrom('owner', 'acme'),
    )
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 8 }), (known, rest) => {
        const all = Buffer.concat([Buffer.from(`${known}\n`), rest])
        for (let cut = 0; cut <= known.length; cut++)
          if (readClientName(all.subarray(0, cut)) !== undefined) return false
        const read = readClientName(all)
        return read !== undefined && read !== 'refused' && read.name === known
      }),
    )
  })
})
