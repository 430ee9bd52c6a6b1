// A served application against plain sockets: limits, endings, TLS.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { limitBody, serveHttp, type HttpOptions, type HttpServer } from './serve-http.ts'
import { certificate, key } from './testing/certificate.ts'

let stopping: AbortController
const sockets: Socket[] = []
beforeEach(() => {
  stopping = new AbortController()
})
afterEach(() => {
  stopping.abort()
  for (const socket of sockets.splice(0)) socket.destroy()
})

const app = new Hono()
app.get('/', (c) => c.json({ ok: true }))
app.post('/size', async (c) => c.json({ bytes: (await c.req.arrayBuffer()).byteLength }))
app.post('/small', limitBody(4), async (c) => c.text(await c.req.text()))
app.get('/fails', () => {
  throw new Error('inside')
})
app.onError((_, c) => c.json({ error: { code: 'app.failed' } }, 500))
app.notFound((c) => c.json({ error: { code: 'app.unknown' } }, 404))

const serve = (options: Partial<HttpOptions> = {}): Promise<HttpServer> =>
  serveHttp({ port: 0, app, signal: stopping.signal, ...options })

function open(server: HttpServer): Socket {
  const { hostname, port } = new URL(server.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  sockets.push(socket)
  return socket
}

/** Everything that arrives until the server ends the connection. */
async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(socket, 'close')
  return text
}

test('port 0 takes a free one on loopback and says which', async () => {
  const server = await serve()
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
  expect(await (await fetch(server.url)).json()).toEqual({ ok: true })
})

test('an IPv6 host stands in brackets', async () => {
  const server = await serve({ host: '::1' })
  expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
})

test("the application's own answers for errors and unknown paths are kept", async () => {
  const { url } = await serve()
  expect(await (await fetch(`${url}/fails`)).json()).toEqual({ error: { code: 'app.failed' } })
  expect(await (await fetch(`${url}/x`)).json()).toEqual({ error: { code: 'app.unknown' } })
})

test('a port that is taken is named', async () => {
  const { url } = await serve()
  const port = Number(new URL(url).port)
  await expect(serve({ port })).rejects.toMatchObject({
    code: 'http.port-taken',
    retryable: true,
    message: expect.stringContaining(`127.0.0.1:${port}`) as string,
  })
  await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({
    code: 'http.cannot-listen',
  })
})

const chunked = (bytes: number) =>
  new ReadableStream({
    start(controller) {
      for (let left = bytes; left > 0; left -= 16)
        controller.enqueue(new Uint8Array(Math.min(left, 16)))
      controller.close()
    },
  })
test.each([
  ['declared', (bytes: number) => new Uint8Array(bytes)],
  ['chunked', chunked],
])('a %s body of the limit is taken, one byte more is refused', async (_, body) => {
  const { url } = await serve({ maxBodyBytes: 100 })
  const post = (bytes: number) =>
    fetch(`${url}/size`, { method: 'POST', body: body(bytes), duplex: 'half' } as RequestInit)
  expect(await (await post(100)).json()).toEqual({ bytes: 100 })
  const refused = await post(101)
  expect(refused.status).toBe(413)
  expect(await refused.json()).toEqual({
    error: { code: 'request.too-large', message: 'the body is larger than 100 bytes' },
  })
})

test('a route may allow less than the server', async () => {
  const { url } = await serve()
  const post = (body: string) => fetch(`${url}/small`, { method: 'POST', body })
  expect(await (await post('1234')).text()).toBe('1234')
  expect((await post('12345')).status).toBe(413)
})

test('a body whose length is a lie does not get past the limit', async () => {
  const server = await serve({ maxBodyBytes: 10 })
  const socket = open(server)
  socket.write('POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n' + 'y'.repeat(1_000))
  const text = await readAll(socket)
  expect(text).toMatch(/400|"bytes":5\}/)
  expect(text).not.toContain('"bytes":1000')
})

test('a head that is too large is refused', async () => {
  const { url } = await serve()
  const head = (bytes: number) => fetch(url, { headers: { 'x-long': 'x'.repeat(bytes) } })
  expect((await head(15_000)).status).toBe(200)
  expect((await head(17_000)).status).toBe(431)
})

test('a client that sends nothing, or its head too slowly, is cut off', async () => {
  const server = await serve({ headersTimeoutMs: 100, requestTimeoutMs: 600_000 })
  const [silent, head] = [open(server), open(server)]
  head.write('GET / HTTP/1.1\r\nhost:')
  const [, answer] = await Promise.all([silent, head].map(readAll))
  expect(answer).toContain('408')
})

test('a client that sends its body too slowly is cut off', async () => {
  const server = await serve({ headersTimeoutMs: 100, requestTimeoutMs: 200 })
  const body = open(server)
  body.write('POST /size HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n12')
  await readAll(body)
})

test('connections above the maximum are closed, those within it work', async () => {
  const server = await serve({ maxConnections: 2 })
  const first = open(server)
  const second = open(server)
  await Promise.all([once(first, 'connect'), once(second, 'connect')])
  first.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(first, 'data')
  expect(await readAll(open(server))).toBe('')
  second.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await readAll(second)).toContain('200 OK')
})

test.each(['close', 'signal'] as const)(
  '%s lets an answer finish and takes no new connection',
  async (how) => {
    let finish: () => void = () => undefined
    const slow = new Hono()
    const asked = new Promise<void>((resolve) =>
      slow.get('/', async (c) => {
        resolve()
        await new Promise<void>((done) => (finish = done))
        return c.text('done')
      }),
    )
    const server = await serve({ app: slow, closeTimeoutMs: 600_000 })
    const answer = fetch(server.url)
    await asked
    if (how === 'signal') stopping.abort()
    else void server.close()
    await expect(fetch(server.url)).rejects.toThrow()
    finish()
    expect(await (await answer).text()).toBe('done')
    await server.close()
  },
  // Less than an idle connection is kept: it must not hold the end.
  2_000,
)

test('an answer without end is cut off when closing takes too long', async () => {
  const endless = new Hono()
  endless.get('/', (c) =>
    stream(c, async (out) => {
      await out.write('first')
      await new Promise<void>((resolve) => out.onAbort(resolve))
    }),
  )
  const server = await serve({ app: endless, closeTimeoutMs: 20 })
  const socket = open(server)
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  const ended = once(socket, 'close')
  await server.close()
  await ended
})

test('a signal that is aborted already opens nothing', async () => {
  stopping.abort()
  await expect(serve()).rejects.toBe(stopping.signal.reason)
})

test('with a key and a certificate it speaks TLS 1.3 and nothing older or plain', async () => {
  const server = await serve({ tls: { key, cert: certificate } })
  expect(server.url).toMatch(/^https:\/\//)
  const { hostname, port } = new URL(server.url)
  const target = { host: hostname, port: Number(port), rejectUnauthorized: false }
  const socket = connectTls(target)
  await once(socket, 'secureConnect')
  expect(socket.getProtocol()).toBe('TLSv1.3')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await readAll(socket)).toContain('{"ok":true}')
  const old = connectTls({ ...target, maxVersion: 'TLSv1.2' })
  await expect(once(old, 'secureConnect')).rejects.toThrow()
  const plain = open(server)
  plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(await readAll(plain)).not.toContain('ok')
})

test('a certificate that is none is refused before anything listens', async () => {
  await expect(serve({ tls: { key: 'x', cert: 'y' } })).rejects.toMatchObject({
    code: 'http.cannot-listen',
  })
})
