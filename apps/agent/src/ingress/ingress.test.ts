// The ingress between a real TLS client and real applications on loopback.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { tlsKeyHashOf } from '@wetee/tls'
import { expect, test } from 'vitest'
import {
  identity,
  ingressTo,
  application,
  rawApplication,
  open,
  openWebSocket,
  takeWebSockets,
  ask,
  ingressPath,
  useIngress,
} from '../testing/ingress-bench.ts'

useIngress()

test('a request and its answer pass with body, fields and the attested key', async () => {
  const { port } = await application((request, response) => {
    void text(request).then((body) => {
      response.writeHead(201, 'Made', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ] as unknown as string[])
      response.end(JSON.stringify({ url: request.url, body, headers: request.headers }))
    })
  })
  await ingressTo(port)
  const socket = connectTls({ path: ingressPath(), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  expect(tlsKeyHashOf(socket.getPeerX509Certificate()!.raw)).toBe(identity.tlsKeyHash)
  socket.destroy()
  const answer = await ask(
    { method: 'POST', path: '/a?b=c', headers: { 'x-forwarded-for': '1.1.1.1' } },
    'hello',
  )
  expect(answer.status).toBe(201)
  expect(answer.response.statusMessage).toBe('Made')
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
  const seen = JSON.parse(answer.content) as { headers: Record<string, string>; body: string }
  expect(seen).toMatchObject({ url: '/a?b=c', body: 'hello' })
  expect(seen.headers).toMatchObject({
    host: 'app.test',
    'x-forwarded-host': 'app.test',
    'x-forwarded-proto': 'https',
  })
  expect(seen.headers['x-forwarded-for']).toBeUndefined()
})

test('a body streams both ways before either side has ended', async () => {
  const { port } = await application((request, response) => {
    response.writeHead(200)
    request.on('data', (chunk: Buffer) => response.write(`echo ${chunk.toString()}`))
    request.on('end', () => response.end())
  })
  await ingressTo(port)
  const request = open({ method: 'POST' })
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.write('one')
  const [response] = await responded
  const first = (await once(response, 'data')) as [Buffer]
  expect(first[0].toString()).toBe('echo one')
  request.write('two')
  const second = (await once(response, 'data')) as [Buffer]
  expect(second[0].toString()).toBe('echo two')
  request.end()
})

test('a client that reads slowly slows the application down', async () => {
  const chunk = randomBytes(65_536)
  let produced = 0
  let full: (() => void) | undefined
  const stalled = new Promise<void>((resolve) => (full = resolve))
  const { port } = await application((_request, response) => {
    const pump = () => {
      while (produced < 1024) {
        produced++
        if (!response.write(chunk)) {
          setTimeout(() => full?.(), 150)
          return
        }
      }
      response.end()
    }
    response.on('drain', pump)
    pump()
  })
  await ingressTo(port)
  const request = open()
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end()
  const [response] = await responded
  response.pause()
  await stalled
  expect(produced).toBeLessThan(512)
  let received = 0
  for await (const piece of response as AsyncIterable<Buffer>) received += piece.length
  expect(received).toBe(1024 * 65_536)
})

test('trailers pass in both directions', async () => {
  const { port } = await application((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { trailer: 'x-out' })
      response.write('body')
      response.addTrailers({ 'x-out': request.trailers['x-in'] ?? 'none' })
      response.end()
    })
  })
  await ingressTo(port)
  const request = open({ method: 'POST', headers: { trailer: 'x-in' } })
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.write('a')
  request.addTrailers({ 'x-in': 'sum' })
  request.end()
  const [response] = await responded
  await text(response)
  expect(response.trailers).toEqual({ 'x-out': 'sum' })
})

test('a WebSocket handshake passes and bytes flow both ways', async () => {
  const { server, port } = await application((_request, response) => void response.end())
  const echo = (socket: Socket) =>
    void socket.on('data', (data) => socket.write(`echo ${data.toString()}`))
  takeWebSockets(server, echo, 'first')
  const { gate } = await ingressTo(port)
  const [response, socket, head] = await openWebSocket()
  expect(response.statusCode).toBe(101)
  expect(response.headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  const first = head.length > 0 ? head : ((await once(socket, 'data')) as [Buffer])[0]
  expect(first.toString()).toBe('first')
  socket.write('hello')
  expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('echo hello')
  const closed = once(socket, 'close')
  gate.close('lease.lapsed')
  await closed
})

test('an application that refuses an upgrade is heard', async () => {
  const { port } = await application((_request, response) => void response.writeHead(404).end('no'))
  await ingressTo(port)
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }
  const answer = await ask({ headers: upgrade })
  expect(answer).toMatchObject({ status: 404, content: 'no' })
})

test('only WebSocket is upgraded; another protocol is served as plain HTTP without Upgrade', async () => {
  const { port } = await application((request, response) => {
    response.end(JSON.stringify(request.headers))
  })
  await ingressTo(port)
  const answer = await ask({ headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' } })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.content)).not.toHaveProperty('upgrade')
})

test('before there is evidence its path answers 503', async () => {
  const { port } = await application((_request, response) => void response.end())
  await ingressTo(port)
  expect((await ask({ path: '/.well-known/wetee/evidence' })).status).toBe(503)
})

test('a lease that lapses cuts answers under way', async () => {
  const { port } = await application((_request, response) => {
    response.write('part')
  })
  const { gate } = await ingressTo(port)
  const request = open()
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end()
  const [response] = await responded
  await once(response, 'data')
  response.on('error', () => undefined)
  const closed = new Promise((resolve) => response.once('close', resolve))
  gate.close('lease.lapsed')
  await closed
  expect(response.complete).toBe(false)
})

test('an application that is down, hangs up, hangs or talks nonsense has a code each', async () => {
  const codes: (string | undefined)[] = []
  const code = async (port: number) => {
    const { ingress } = await ingressTo(port, { answerTimeoutMs: 100 })
    const answer = await ask({ method: 'POST' }, 'x')
    await ingress.close()
    const { error } = JSON.parse(answer.content) as { error: { code: string } }
    codes.push(`${answer.status} ${error.code}`)
  }
  await code(1)
  await code(await rawApplication((socket) => socket.destroy()))
  await code(await rawApplication(() => undefined))
  await code(await rawApplication((socket) => socket.end('nonsense\r\n\r\n')))
  await code(
    await rawApplication((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`),
    ),
  )
  expect(codes).toEqual([
    '502 application.unreachable',
    '502 application.closed',
    '504 application.timeout',
    '502 application.closed',
    '502 application.closed',
  ])
})

test('a safe request is repeated when a reused connection is dead, another method is not sent twice', async () => {
  let connections = 0
  const port = await rawApplication((socket, heard) => {
    if (!heard.endsWith('\r\n\r\n')) return
    const requests = heard.split('HTTP/1.1').length - 1
    if (requests === 1) {
      connections++
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    } else socket.resetAndDestroy()
  })
  await ingressTo(port)
  expect((await ask()).content).toBe('ok')
  expect((await ask()).content).toBe('ok')
  expect((await ask({ method: 'DELETE' })).content).toBe('ok')
  expect(connections).toBe(3)
})
