// Clients of HTTP/2 that try to exhaust the ingress, to get around it, or to pass off what is not whole.
import { once } from 'node:events'
import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import {
  askHttp2,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  GET_BLOCK,
  hear,
  http2Application,
  openHttp2,
  rawHttp2,
} from '../testing/http2-bench.ts'
import { application, ask, ingressTo, useIngress } from '../testing/ingress-bench.ts'

useIngress()

const hello = () => application((_request, response) => void response.end('hello'))
/** The code of the GOAWAY that ended a connection. */
const codeOf = (frames: readonly { type: number; payload: Buffer }[]) =>
  frames.findLast(({ type }) => type === FRAME.goaway)?.payload.readUInt32BE(4)

/** Writes until the other side has closed. */
async function flood(
  socket: { write(bytes: Buffer): boolean; destroyed: boolean },
  closed: Promise<unknown>,
  next: (turn: number) => Buffer,
): Promise<number> {
  let over = false
  void closed.then(() => (over = true))
  let turn = 0
  for (; !over && turn < 1_000; turn++) {
    socket.write(next(turn))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(over).toBe(true)
  return turn
}

test('rapid reset (CVE-2023-44487): streams that are opened and reset at once end their connection', async () => {
  let calls = 0
  const { port } = await application((_request, response) => {
    calls++
    response.end()
  })
  await ingressTo(port)
  const { socket, frames, closed } = await rawHttp2()
  let id = 1
  await flood(socket, closed, () => {
    const bytes: Buffer[] = []
    for (let count = 0; count < 10; count++, id += 2)
      bytes.push(
        frame(FRAME.headers, END_HEADERS | END_STREAM, id, GET_BLOCK),
        frame(FRAME.reset, 0, id, Buffer.from([0, 0, 0, 8])),
      )
    return Buffer.concat(bytes)
  })
  expect(id).toBeLessThan(2_000)
  expect(codeOf(frames)).toBeDefined()
  expect(calls).toBeLessThan(300)
  expect(await ask()).toMatchObject({ status: 200 })
})

test('a header section in CONTINUATION frames that do not end ends its connection', async () => {
  const { port } = await hello()
  await ingressTo(port)
  const { socket, closed } = await rawHttp2()
  socket.write(frame(FRAME.headers, END_STREAM, 1, GET_BLOCK))
  const field = Buffer.concat([Buffer.from([0, 1, 0x78, 1, 0x79])])
  const turns = await flood(socket, closed, () => frame(FRAME.continuation, 0, 1, field))
  expect(turns).toBeLessThan(200)
})

test.each([
  ['PING', () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ['SETTINGS', () => frame(FRAME.settings, 0, 0)],
])('a flood of %s frames ends its connection', async (_name, next) => {
  const { port } = await hello()
  await ingressTo(port)
  const { socket, frames, closed } = await rawHttp2()
  const turns = await flood(socket, closed, next)
  expect(turns).toBeLessThan(500)
  expect(codeOf(frames)).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
})

test('a header section beyond 32 KiB, or of too many fields, never reaches the application', async () => {
  let calls = 0
  const { port } = await http2Application((stream) => {
    calls++
    stream.respond({ ':status': 200 })
    stream.end()
  })
  await ingressTo(port, { protocol: 'h2c' })
  const big = await openHttp2()
  const large = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`x-${index}`, 'x'.repeat(2_000)]),
  )
  expect((await askHttp2(big, large)).status).not.toBe(200)
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'x']))
  expect((await askHttp2(await openHttp2(), many)).code).not.toBe(0)
  expect(calls).toBe(0)
})

test('more streams at once than are allowed are refused, the others go on', async () => {
  const finish = Promise.withResolvers<void>()
  const { port } = await application((_request, response) => {
    void finish.promise.then(() => response.end('ok'))
  })
  await ingressTo(port)
  const { socket, frames } = await rawHttp2()
  for (let id = 1; id < 2 * 102; id += 2)
    socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, id, GET_BLOCK))
  while (!frames.some(({ type }) => type === FRAME.reset)) await once(socket, 'data')
  const resets = frames.filter(({ type }) => type === FRAME.reset)
  expect(resets.map(({ stream }) => stream)).toEqual([201, 203].slice(0, resets.length))
  finish.resolve()
  while (frames.filter(({ type }) => type === FRAME.headers).length < 100)
    await once(socket, 'data')
})

test('an answer that its client does not take is broken off, and its application let go', async () => {
  const left = Promise.withResolvers<void>()
  const { port } = await application((_request, response) => {
    response.on('close', () => left.resolve())
    response.write(Buffer.alloc(4_000_000))
  })
  await ingressTo(port, { stallMs: 100 })
  const stream = (await openHttp2()).request({})
  stream.on('error', () => undefined)
  stream.pause()
  await left.promise
})

test('an answer that only waits for its application is not broken off', async () => {
  let sink: NodeJS.WritableStream | undefined
  const { port } = await application((_request, response) => {
    response.write('one')
    sink = response
  })
  await ingressTo(port, { stallMs: 30 })
  const stream = (await openHttp2()).request({})
  const heard = hear(stream)
  await once(stream, 'data')
  await new Promise((resolve) => setTimeout(resolve, 120))
  sink?.end('two')
  expect(await heard).toMatchObject({ content: 'onetwo', code: 0 })
})

test('connections that ask for nothing, or for nothing more, are ended', async () => {
  const { port } = await hello()
  await ingressTo(port, { headTimeoutMs: 1_000, idleMs: 100 })
  const silent = await rawHttp2()
  await silent.closed
  const session = await openHttp2()
  expect(await askHttp2(session)).toMatchObject({ content: 'hello' })
  if (!session.closed) await once(session, 'goaway')
  const slow = await rawHttp2()
  slow.socket.write(frame(FRAME.headers, END_STREAM, 1, GET_BLOCK))
  await slow.closed
})

test.each([
  ['cancel', constants.NGHTTP2_CANCEL],
  ['no error', constants.NGHTTP2_NO_ERROR],
])(
  'a request that is reset with "%s" never reaches the application as a whole one',
  async (_, code) => {
    const ends: string[] = []
    const { port } = await application((request) => {
      request.on('error', () => undefined)
      request.on('data', () => raw.socket.write(frame(FRAME.reset, 0, 1, reset)))
      request.on('end', () => ends.push('whole'))
      request.on('close', () => done.resolve())
    })
    const reset = Buffer.alloc(4)
    reset.writeUInt32BE(code)
    const done = Promise.withResolvers<void>()
    await ingressTo(port)
    const raw = await rawHttp2()
    const post = Buffer.concat([Buffer.from([0x83]), GET_BLOCK.subarray(1)])
    raw.socket.write(frame(FRAME.headers, END_HEADERS, 1, post))
    raw.socket.write(frame(FRAME.data, 0, 1, Buffer.from('part')))
    await done.promise
    expect(ends).toEqual([])
  },
)

test('a body that is longer or shorter than it says never reaches the application as a whole one', async () => {
  const ends: string[] = []
  const { port } = await application((request, response) => {
    request.on('error', () => undefined)
    request.on('end', () => ends.push(request.url ?? ''))
    response.on('error', () => undefined)
  })
  await ingressTo(port)
  for (const length of [3, 10]) {
    const session = await openHttp2()
    const post = { ':method': 'POST', 'content-length': length }
    expect((await askHttp2(session, post, 'hello')).code).not.toBe(0)
  }
  expect(ends).toEqual([])
})

test('an answer that ends early is reset, and nothing before that says that it is whole', async () => {
  const { port } = await application((_request, response) => {
    response.writeHead(200)
    response.write('short', () => response.destroy())
  })
  await ingressTo(port)
  const { socket, frames } = await rawHttp2()
  socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, GET_BLOCK))
  while (!frames.some(({ type }) => type === FRAME.reset)) await once(socket, 'data')
  const ends = frames.filter(({ stream, flags }) => stream === 1 && (flags & END_STREAM) !== 0)
  expect(ends).toEqual([])
})

test('a request over HTTP/2 that is reset is reset at an application of HTTP/2, and not ended before', async () => {
  const ends: string[] = []
  const done = Promise.withResolvers<number | undefined>()
  const { port } = await http2Application((stream) => {
    stream.once('data', () => client.destroy(new Error('gone')))
    stream.on('end', () => ends.push('whole'))
    stream.on('close', () => done.resolve(stream.rstCode))
  })
  await ingressTo(port, { protocol: 'h2c' })
  const client = (await openHttp2()).request({ ':method': 'POST' }, { endStream: false })
  client.on('error', () => undefined)
  client.write('part')
  expect(await done.promise).not.toBe(0)
  expect(ends).toEqual([])
})

test('an answer of HTTP/2 that is reset is reset', async () => {
  const { port } = await http2Application((stream) => {
    stream.respond({ ':status': 200 })
    stream.write('short', () => stream.destroy(new Error('broken')))
  })
  await ingressTo(port, { protocol: 'h2c' })
  expect((await askHttp2(await openHttp2())).code).not.toBe(0)
})

test('a request for another host than its connection was made to is misdirected', async () => {
  let calls = 0
  const { port } = await application((_request, response) => {
    calls++
    response.end()
  })
  await ingressTo(port)
  const session = await openHttp2()
  const other = await askHttp2(session, { ':authority': 'other.test' })
  expect(other).toMatchObject({ status: 421 })
  expect(calls).toBe(0)
  expect(await askHttp2(session, { ':authority': 'APP.test:8443' })).toMatchObject({ status: 200 })
})

test.each([
  ['CONNECT', { ':method': 'CONNECT' }],
  ['a target that is no path', { ':path': 'http://other.test/' }],
  ['two hosts', { host: 'other.test' }],
  ['a user in the host', { ':authority': 'user@app.test' }],
])('%s is refused', async (_name, headers) => {
  let calls = 0
  const { port } = await application((_request, response) => {
    calls++
    response.end()
  })
  await ingressTo(port)
  const answer = await askHttp2(await openHttp2(), headers)
  expect(answer.status === 200).toBe(false)
  expect(calls).toBe(0)
})

test('the application never answers for its evidence', async () => {
  let calls = 0
  const { port } = await http2Application((stream) => {
    calls++
    stream.respond({ ':status': 200 })
    stream.end('forged')
  })
  await ingressTo(port, { protocol: 'h2c', evidence: 'the agent’s own' })
  const path = { ':path': '/.well-known/wetee/evidence?x=1' }
  const session = await openHttp2()
  expect(await askHttp2(session, path)).toMatchObject({ status: 200, content: 'the agent’s own' })
  expect(await askHttp2(session, { ...path, ':method': 'PUT' }, 'x')).toMatchObject({ status: 405 })
  expect(calls).toBe(0)
})

test.each([
  ['connection: close', { connection: 'x-a', 'x-a': '1' }, 200],
  ['two lengths', { 'content-length': ['1', '2'] as unknown as string }, 502],
])('fields that HTTP/2 forbids do not end the agent: %s', async (_name, fields, status) => {
  const { port } = await application((_request, response) => {
    response.writeHead(200, fields)
    response.end('x')
  })
  await ingressTo(port)
  expect((await askHttp2(await openHttp2())).status).toBe(status)
  expect((await askHttp2(await openHttp2())).status).toBe(status)
})
