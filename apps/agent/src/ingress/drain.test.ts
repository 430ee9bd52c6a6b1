// What clients of an ingress see while it drains: real TLS clients and applications on loopback.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent } from 'node:https'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import {
  application,
  ask,
  ingressTo,
  open,
  openWebSocket,
  takeWebSockets,
  useIngress,
} from '../testing/ingress-bench.ts'
import { GOING_AWAY } from './web-socket.ts'

useIngress()

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return agent
}

test('an open connection gets one more answer, which says that it is the last', async () => {
  const { port } = await application((_request, response) => void response.end('hello'))
  const { ingress } = await ingressTo(port)
  const agent = keepAlive()
  expect((await ask({ agent })).headers.connection).toBe('keep-alive')
  ingress.drain()
  const last = await ask({ agent })
  expect(last).toMatchObject({ status: 200, content: 'hello' })
  expect(last.headers.connection).toBe('close')
  expect(Object.keys(agent.freeSockets)).toEqual([])
})

test('a request under way finishes, and its connection with it', async () => {
  let finish: (() => void) | undefined
  const arrived = new Promise<void>((resolve) => {
    void application((_request, response) => {
      finish = () => void response.end('done')
      resolve()
    }).then(async ({ port }) => {
      const { ingress } = await ingressTo(port)
      onTestFinished(() => ingress.close())
      pending.resolve({ answer: ask({ agent: keepAlive() }), drain: () => ingress.drain() })
    })
  })
  const pending = Promise.withResolvers<{ answer: ReturnType<typeof ask>; drain: () => void }>()
  const { answer, drain } = await pending.promise
  await arrived
  drain()
  finish?.()
  const { content, headers } = await answer
  expect([content, headers.connection]).toEqual(['done', 'close'])
})

test('a connection that comes late is answered, once, and none is left', async () => {
  const { port } = await application((_request, response) => void response.end('late'))
  const { ingress } = await ingressTo(port)
  ingress.drain()
  const { content, headers, response } = await ask({ agent: keepAlive() })
  expect([content, headers.connection]).toEqual(['late', 'close'])
  if (!response.socket.destroyed) await once(response.socket, 'close')
  while (ingress.connections() > 0) await new Promise((resolve) => setImmediate(resolve))
})

test('a stream of events ends after a whole one, and its client can resume', async () => {
  let stream: { write(chunk: string): void } | undefined
  const left = Promise.withResolvers<void>()
  const { port } = await application((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(`id: 1\ndata: first\n\n`)
    response.on('close', () => left.resolve())
    stream = response
  })
  const { ingress } = await ingressTo(port)
  const request = open({ agent: keepAlive() })
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end()
  const [response] = await responded
  const rest = text(response)
  stream?.write('id: 2\nda')
  await new Promise((resolve) => setTimeout(resolve, 50))
  ingress.drain()
  stream?.write('ta: two\n\nid: 3\ndata: never\n\n')
  expect(await rest).toBe('id: 1\ndata: first\n\nid: 2\ndata: two\n\n')
  expect(response.complete).toBe(true)
  await left.promise
})

test('an event that never becomes whole does not hold the stream', async () => {
  let stream: { write(chunk: string): void } | undefined
  const { port } = await application((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\ndata: ')
    stream = response
  })
  const { ingress } = await ingressTo(port)
  const request = open()
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end()
  const [response] = await responded
  const [first] = (await once(response, 'data')) as [Buffer]
  expect(String(first)).toBe('data: one\n\ndata: ')
  expect(stream).toBeDefined()
  ingress.drain()
  await text(response)
  expect(response.complete).toBe(true)
})

test('a WebSocket is told to go away between two frames, and its application sees it close', async () => {
  const application_ = Promise.withResolvers<Socket>()
  const { server, port } = await application((_request, response) => void response.end())
  takeWebSockets(server, (socket) => application_.resolve(socket))
  const { ingress } = await ingressTo(port)
  const [, client] = await openWebSocket()
  const server_ = await application_.promise
  const seen: Buffer[] = []
  client.on('data', (chunk: Buffer) => seen.push(chunk))
  server_.write(Buffer.from([0x81, 0x05, ...Buffer.from('he')]))
  while (Buffer.concat(seen).length < 4) await once(client, 'data')
  ingress.drain()
  server_.write('llo')
  server_.write(Buffer.from([0x81, 0x01, 0x41]))
  const whole = Buffer.concat([Buffer.from([0x81, 0x05]), Buffer.from('hello'), GOING_AWAY])
  while (Buffer.concat(seen).length < whole.length) await once(client, 'data')
  expect(Buffer.concat(seen)).toEqual(whole)
  const heard = once(server_, 'data') as Promise<[Buffer]>
  client.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]))
  expect((await heard)[0].subarray(0, 2)).toEqual(Buffer.from([0x88, 0x82]))
  const closed = once(client, 'close')
  server_.end()
  await closed
  expect(Buffer.concat(seen)).toEqual(whole)
})
