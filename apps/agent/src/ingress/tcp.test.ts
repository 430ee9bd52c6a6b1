// A published port for TCP: clients of TLS, applications that speak anything.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { tlsKeyHashOf } from '@wetee/tls'
import { expect, onTestFinished, test } from 'vitest'
import { tls } from '../testing/http2-bench.ts'
import { ask, identity, ingressTo, useIngress } from '../testing/ingress-bench.ts'

useIngress()

async function server(onSocket: (socket: Socket) => void): Promise<number> {
  const listening = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    onSocket(socket)
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => void listening.close())
  return (listening.address() as AddressInfo).port
}

async function client(protocol = 'postgresql'): Promise<TLSSocket> {
  const socket = tls(protocol)
  await once(socket, 'secureConnect')
  return socket
}

const closing = (socket: TLSSocket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', resolve)))

test('bytes pass both ways, under the attested key and the protocol that the client names', async () => {
  const port = await server((socket) => {
    socket.write(Buffer.from([0, 1, 2]))
    socket.on('data', (data) => socket.write(Buffer.from(data).reverse()))
  })
  await ingressTo(port, { protocol: 'tcp' })
  const socket = await client()
  expect(tlsKeyHashOf(socket.getPeerX509Certificate()!.raw)).toBe(identity.tlsKeyHash)
  expect(socket.alpnProtocol).toBe('postgresql')
  expect(((await once(socket, 'data')) as [Buffer])[0]).toEqual(Buffer.from([0, 1, 2]))
  socket.write(Buffer.from([7, 8, 0xff]))
  expect(((await once(socket, 'data')) as [Buffer])[0]).toEqual(Buffer.from([0xff, 8, 7]))
})

test('a client that has ended is still answered', async () => {
  const port = await server((socket) => {
    void text(socket).then((all) => socket.end(`all: ${all}`))
  })
  await ingressTo(port, { protocol: 'tcp' })
  const socket = await client()
  const heard = text(socket)
  socket.end('request')
  expect(await heard).toBe('all: request')
})

test('a client that reads slowly slows the application down', async () => {
  let produced = 0
  const stalled = Promise.withResolvers<void>()
  const port = await server((socket) => {
    const pump = () => {
      while (produced < 512) {
        produced++
        if (!socket.write(Buffer.alloc(65_536))) {
          setTimeout(() => stalled.resolve(), 150)
          return
        }
      }
      socket.end()
    }
    socket.on('drain', pump)
    pump()
  })
  await ingressTo(port, { protocol: 'tcp' })
  const socket = await client()
  socket.pause()
  await stalled.promise
  expect(produced).toBeLessThan(256)
  let received = 0
  for await (const piece of socket as AsyncIterable<Buffer>) received += piece.length
  expect(received).toBe(512 * 65_536)
})

test('without a lease nothing reaches the application, and one that lapses cuts', async () => {
  let calls = 0
  const port = await server(() => calls++)
  const { gate } = await ingressTo(port, { protocol: 'tcp' })
  gate.code = 'lease.pending'
  await closing(tls('x'))
  expect(calls).toBe(0)
  gate.code = undefined
  const socket = await client()
  const closed = closing(socket)
  gate.close('lease.lapsed')
  await closed
})

test('an application that is down, or resets, closes the connection', async () => {
  const { ingress } = await ingressTo(1, { protocol: 'tcp' })
  await closing(tls('x'))
  await ingress.close()
  const port = await server((socket) => socket.resetAndDestroy())
  await ingressTo(port, { protocol: 'tcp' })
  await closing(tls('x'))
})

test('a connection without a byte is cut after a while, one that is used is not', async () => {
  const port = await server((socket) => socket.pipe(socket))
  await ingressTo(port, { protocol: 'tcp', idleMs: 150 })
  const idle = await client()
  const used = await client()
  used.resume()
  const timer = setInterval(() => used.write('x'), 30)
  onTestFinished(() => clearInterval(timer))
  await closing(idle)
  expect(used.destroyed).toBe(false)
})

test('a client of HTTP finds the evidence, and whether the application takes connections', async () => {
  const port = await server((socket) => socket.end())
  const { ingress } = await ingressTo(port, { protocol: 'tcp', evidence: '{}' })
  const http = { ALPNProtocols: ['http/1.1'] }
  const evidence = await ask({ ...http, path: '/.well-known/wetee/evidence' })
  expect(evidence).toMatchObject({ status: 200, content: '{}' })
  const other = await ask(http)
  expect(other.status).toBe(400)
  expect(other.content).toContain('request.not-http')
  await ingress.close()
  await ingressTo(1, { protocol: 'tcp' })
  expect((await ask(http)).content).toContain('application.unreachable')
})

test('draining leaves connections to their clients', async () => {
  const port = await server((socket) => socket.pipe(socket))
  const { ingress } = await ingressTo(port, { protocol: 'tcp' })
  const socket = await client()
  ingress.drain()
  socket.write('still')
  expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('still')
  expect(ingress.connections()).toBe(1)
})
