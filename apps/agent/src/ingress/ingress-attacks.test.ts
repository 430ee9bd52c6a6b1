// Clients and applications that try to get around the ingress, or to end it.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import {
  ingressTo,
  application,
  rawApplication,
  ask,
  rawClient,
  ingressPath,
  useIngress,
} from '../testing/ingress-bench.ts'

useIngress()

test('without a lease nothing reaches the application, evidence is served all the same', async () => {
  let calls = 0
  const { port } = await application((_request, response) => {
    calls++
    response.end()
  })
  const { gate } = await ingressTo(port, { evidence: '{"format":"x"}' })
  for (const code of ['lease.pending', 'lease.lapsed'] as const) {
    gate.code = code
    const answer = await ask()
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.content)).toMatchObject({ error: { code } })
    const upgrade = await ask({ headers: { connection: 'Upgrade', upgrade: 'websocket' } })
    expect(upgrade.status).toBe(503)
    const evidence = await ask({ path: '/.well-known/wetee/evidence?x=1' })
    expect(evidence).toMatchObject({ status: 200, content: '{"format":"x"}' })
  }
  expect((await ask({ path: '/.well-known/wetee/evidence', method: 'PUT' })).status).toBe(405)
  expect(calls).toBe(0)
})

test.each([
  'GET https://app.test/.well-known/wetee/evidence?x=1 HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n',
  'GET https://app.test/a/../.well-known/wetee/evidence HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n',
  'GET /.well-known/wetee/evidence HTTP/1.1\r\nHost: app.test\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n',
])('the application never answers for its evidence: %j', async (bytes) => {
  let calls = 0
  const { port } = await application((_request, response) => {
    calls++
    response.end('forged')
  })
  await ingressTo(port, { evidence: 'the agent’s own' })
  expect(await rawClient(bytes)).toContain('the agent’s own')
  expect(calls).toBe(0)
})

test.each([
  'GET / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\nConnection: close\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi',
  'GET / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
])(
  'a client that announces trailers without chunks is served, the agent goes on: %j',
  async (bytes) => {
    const { port } = await application((request, response) => {
      request.resume()
      response.writeHead(200, { connection: 'close' }).end('served')
    })
    await ingressTo(port)
    expect(await rawClient(bytes)).toContain('served')
  },
)

test.each(['HTTP/1.1 099 Low', 'HTTP/1.1 000 Zero', 'HTTP/1.1 200 O\u0001K'])(
  'an answer that begins with %j is refused, the agent goes on',
  async (statusLine) => {
    const port = await rawApplication((socket) =>
      socket.write(`${statusLine}\r\nContent-Length: 2\r\n\r\nok`),
    )
    await ingressTo(port)
    const answer = await ask()
    expect(answer.status).toBe(502)
    expect(answer.content).toContain('application.closed')
  },
)

test('an answer that announces trailers without chunks is passed on', async () => {
  const port = await rawApplication((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 2\r\n\r\nok'),
  )
  await ingressTo(port)
  expect(await ask()).toMatchObject({ status: 200, content: 'ok' })
})

test('an answer that ends early is not passed off as a whole one', async () => {
  const port = await rawApplication((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
  )
  await ingressTo(port)
  await expect(ask()).rejects.toThrow()
})

test('a request that ends early never reaches the application as a whole one', async () => {
  const completed = new Promise<boolean>((resolve) => {
    void application((request) => {
      request.on('error', () => undefined)
      request.once('data', () => client.destroy())
      request.once('close', () => resolve(request.complete))
    }).then(async ({ port }) => {
      await ingressTo(port)
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nshort')
    })
  })
  const client = {
    write: (_bytes: string) => undefined as unknown,
    destroy: () => undefined as unknown,
  }
  client.write = (bytes) => {
    const socket = connectTls({ path: ingressPath(), rejectUnauthorized: false }, () =>
      socket.write(bytes),
    )
    socket.on('error', () => undefined)
    client.destroy = () => socket.destroy()
    return undefined
  }
  expect(await completed).toBe(false)
})

test('a body on a GET keeps its framing, so that no second request can be hidden in it', async () => {
  const seen: string[] = []
  const { port } = await application((request, response) => {
    void text(request).then((body) => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.end('ok')
    })
  })
  await ingressTo(port)
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
  await ask({ method: 'GET', headers: { 'transfer-encoding': 'chunked' } }, hidden)
  await ask({ method: 'GET', headers: { 'content-length': hidden.length } }, hidden)
  expect(seen).toEqual([`GET / ${hidden}`, `GET / ${hidden}`])
})

test.each([
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
])(
  'a request that the application would read otherwise than the agent is refused: %j',
  async (bytes) => {
    let calls = 0
    const { port } = await application((_request, response) => {
      calls++
      response.end()
    })
    await ingressTo(port)
    expect(await rawClient(bytes)).toContain('request.invalid')
    expect(calls).toBe(0)
  },
)

test('a peer that speaks only TLS 1.2 is refused', async () => {
  const { port } = await application((_request, response) => void response.end())
  await ingressTo(port)
  const socket = connectTls({
    path: ingressPath(),
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
  })
  await expect(once(socket, 'secureConnect')).rejects.toThrow(/protocol version/)
})

test('two framings in one request are refused', async () => {
  const { port } = await application((_request, response) => void response.end())
  await ingressTo(port)
  const answer = await rawClient(
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(answer).toContain('request.invalid')
})

test('a header section beyond 32 KiB is refused', async () => {
  const { port } = await application((_request, response) => void response.end())
  await ingressTo(port)
  const answer = await rawClient(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(33_000)}\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1.1 4/)
})

test('slowloris: a head that never ends and a handshake that never begins are cut', async () => {
  const { port } = await application((_request, response) => response.end())
  await ingressTo(port, { headTimeoutMs: 60 })
  expect(await rawClient('GET / HTTP/1.1\r\nhost: app.test\r\nx-slow: ')).toMatch(/^HTTP\/1.1 400/)
  const silent = connect(ingressPath())
  silent.on('error', () => undefined)
  await once(silent, 'close')
})
