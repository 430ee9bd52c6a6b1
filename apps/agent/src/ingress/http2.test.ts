// HTTP/2 through the ingress: real clients, applications that speak HTTP/1.1 and HTTP/2.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:http2'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { askHttp2, hear, http2Application, openHttp2 } from '../testing/http2-bench.ts'
import {
  application,
  ask,
  ingressTo,
  rawApplication,
  useIngress,
} from '../testing/ingress-bench.ts'

useIngress()

test('a request over HTTP/2 reaches an application that speaks HTTP/1.1, and its answer the client', async () => {
  const { port } = await application((request, response) => {
    void text(request).then((body) => {
      response.writeHead(201, 'Made', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['connection', 'x-hop'],
        ['x-hop', '1'],
      ] as unknown as string[])
      response.end(JSON.stringify({ url: request.url, body, headers: request.headers }))
    })
  })
  await ingressTo(port)
  const session = await openHttp2()
  const answer = await askHttp2(
    session,
    {
      ':method': 'POST',
      ':path': '/a?b=c',
      cookie: ['a=1', 'b=2'],
      'x-forwarded-for': '1.1.1.1',
    },
    'hello',
  )
  expect(answer).toMatchObject({ status: 201, code: 0 })
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
  expect(answer.headers).not.toHaveProperty('x-hop')
  const seen = JSON.parse(answer.content) as { headers: Record<string, string> }
  expect(seen).toMatchObject({ url: '/a?b=c', body: 'hello' })
  expect(seen.headers).toMatchObject({
    host: 'app.test',
    via: '2 wetee',
    cookie: 'a=1; b=2',
    'transfer-encoding': 'chunked',
    'x-forwarded-proto': 'https',
  })
  expect(seen.headers).not.toHaveProperty('x-forwarded-for')
})

test('requests share a connection, and the slow one holds up no other', async () => {
  const slow = Promise.withResolvers<void>()
  const { port } = await application((request, response) => {
    if (request.url === '/slow') void slow.promise.then(() => response.end('slow'))
    else response.end('fast')
  })
  await ingressTo(port)
  const session = await openHttp2()
  const waiting = askHttp2(session, { ':path': '/slow' })
  const fast = await Promise.all(Array.from({ length: 50 }, () => askHttp2(session)))
  expect(new Set(fast.map(({ content }) => content))).toEqual(new Set(['fast']))
  slow.resolve()
  expect((await waiting).content).toBe('slow')
})

test('answers without a body, and to HEAD, are whole', async () => {
  const { port } = await application((request, response) => {
    if (request.url === '/204') response.writeHead(204).end()
    else response.writeHead(200, { 'content-length': 5 }).end('hello')
  })
  await ingressTo(port, { evidence: '{}' })
  const session = await openHttp2()
  expect(await askHttp2(session, { ':path': '/204' })).toMatchObject({ status: 204, code: 0 })
  const head = { ':method': 'HEAD' }
  expect(await askHttp2(session, head)).toMatchObject({ status: 200, content: '', code: 0 })
  const evidence = { ...head, ':path': '/.well-known/wetee/evidence' }
  expect(await askHttp2(session, evidence)).toMatchObject({ status: 200, content: '', code: 0 })
})

test('a body streams both ways before either side has ended', async () => {
  const { port } = await application((request, response) => {
    response.writeHead(200)
    request.on('data', (chunk: Buffer) => response.write(`echo ${chunk.toString()}`))
    request.on('end', () => response.end())
  })
  await ingressTo(port)
  const stream = (await openHttp2()).request({ ':method': 'POST' }, { endStream: false })
  stream.write('one')
  const [first] = (await once(stream, 'data')) as [Buffer]
  expect(String(first)).toBe('echo one')
  stream.write('two')
  const [second] = (await once(stream, 'data')) as [Buffer]
  expect(String(second)).toBe('echo two')
  stream.end()
  await once(stream, 'end')
})

test.each(['http', 'h2c'] as const)(
  'a client that reads slowly slows an application of %s down, and gets everything',
  async (kind) => {
    const chunk = randomBytes(65_536)
    let produced = 0
    const stalled = Promise.withResolvers<void>()
    const pump = (sink: NodeJS.WritableStream) => {
      while (produced < 512) {
        produced++
        if (!sink.write(chunk)) {
          setTimeout(() => stalled.resolve(), 150)
          return
        }
      }
      sink.end()
    }
    const serve = (sink: NodeJS.WritableStream) => {
      sink.on('drain', () => pump(sink))
      pump(sink)
    }
    const { port } =
      kind === 'http'
        ? await application((_request, response) => serve(response))
        : await http2Application((stream) => {
            stream.respond({ ':status': 200 })
            serve(stream)
          })
    await ingressTo(port, kind === 'h2c' ? { protocol: kind } : {})
    const stream = (await openHttp2()).request({})
    stream.pause()
    await once(stream, 'response')
    await stalled.promise
    expect(produced).toBeLessThan(256)
    let received = 0
    for await (const piece of stream as AsyncIterable<Buffer>) received += piece.length
    expect(received).toBe(512 * 65_536)
  },
)

test('a large body arrives whole at either kind of application', async () => {
  const body = randomBytes(3_000_000)
  const sizes: number[] = []
  const { port } = await application((request, response) => {
    let size = 0
    request.on('data', (chunk: Buffer) => (size += chunk.length))
    request.on('end', () => {
      sizes.push(size)
      response.end('ok')
    })
  })
  const { ingress } = await ingressTo(port)
  const post = { ':method': 'POST', 'content-length': body.length }
  expect(await askHttp2(await openHttp2(), post, body)).toMatchObject({ status: 200 })
  await ingress.close()
  const other = await http2Application((stream, headers) => {
    let size = 0
    stream.on('data', (chunk: Buffer) => (size += chunk.length))
    stream.on('end', () => {
      sizes.push(size)
      stream.respond({ 'x-length': headers['content-length'] })
      stream.end('ok')
    })
  })
  await ingressTo(other.port, { protocol: 'h2c' })
  const answer = await askHttp2(await openHttp2(), post, body)
  expect(answer.headers['x-length']).toBe(String(body.length))
  expect(sizes).toEqual([body.length, body.length])
})

const grpc = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
/** A message as gRPC frames it. */
const message = (content: string) => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(Buffer.byteLength(content), 1)
  return Buffer.concat([head, Buffer.from(content)])
}

test('a unary call of gRPC comes back with its status in trailers', async () => {
  const { port } = await http2Application((stream, headers) => {
    void text(stream).then((body) => {
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () =>
        stream.sendTrailers({ 'grpc-status': '0', 'x-te': headers['te'] }),
      )
      stream.end(message(`${headers[':path']} ${headers[':authority']} ${body.slice(5)}`))
    })
  })
  await ingressTo(port, { protocol: 'h2c' })
  const call = { ...grpc, ':path': '/shop.Cart/Add' }
  const answer = await askHttp2(await openHttp2(), call, message('apple'))
  expect(answer).toMatchObject({ status: 200, code: 0 })
  expect(answer.content.slice(5)).toBe('/shop.Cart/Add app.test apple')
  expect(answer.trailers).toMatchObject({ 'grpc-status': '0', 'x-te': 'trailers' })
})

test('an answer of gRPC that is trailers alone stays one block', async () => {
  const { port } = await http2Application((stream) => {
    stream.respond({ 'grpc-status': '12' }, { endStream: true })
  })
  await ingressTo(port, { protocol: 'h2c' })
  const stream = (await openHttp2()).request(grpc, { endStream: false })
  stream.end(message('x'))
  const [headers, flags] = (await once(stream, 'response')) as [Record<string, string>, number]
  expect(headers['grpc-status']).toBe('12')
  expect(flags & constants.NGHTTP2_FLAG_END_STREAM).toBe(constants.NGHTTP2_FLAG_END_STREAM)
  stream.resume()
  await once(stream, 'close')
})

test('a bidirectional call of gRPC goes back and forth, and a cancelled one is cancelled behind', async () => {
  const cancelled = Promise.withResolvers<number | undefined>()
  const { port } = await http2Application((stream, headers) => {
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.on('data', (chunk: Buffer) => stream.write(chunk))
    stream.on('end', () => stream.end())
    if (headers[':path'] === '/cancel') stream.on('close', () => cancelled.resolve(stream.rstCode))
  })
  await ingressTo(port, { protocol: 'h2c' })
  const session = await openHttp2()
  const call = session.request(grpc, { endStream: false })
  const heard = hear(call)
  for (const word of ['one', 'two', 'three']) {
    call.write(message(word))
    await once(call, 'data')
  }
  call.end()
  expect(await heard).toMatchObject({ trailers: { 'grpc-status': '0' }, code: 0 })
  const other = session.request({ ...grpc, ':path': '/cancel' }, { endStream: false })
  other.on('error', () => undefined)
  other.write(message('x'))
  await once(other, 'data')
  other.close(constants.NGHTTP2_CANCEL)
  expect(await cancelled.promise).not.toBe(0)
})

test('a client of HTTP/1.1 reaches an application that speaks HTTP/2', async () => {
  const { port } = await http2Application((stream, headers) => {
    void text(stream).then((body) => {
      stream.respond({ ':status': 202, 'x-via': headers['via'] as string })
      stream.end(`${headers[':method']} ${headers[':path']} ${body}`)
    })
  })
  await ingressTo(port, { protocol: 'h2c' })
  const answer = await ask({ method: 'POST', path: '/x' }, 'hello')
  expect(answer).toMatchObject({ status: 202, content: 'POST /x hello' })
  expect(answer.headers['x-via']).toBe('1.1 wetee')
})

test('trailers of an application that speaks HTTP/1.1 reach a client of HTTP/2, and the other way', async () => {
  const { port } = await application((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { trailer: 'x-out' }).write('body')
      response.addTrailers({ 'x-out': request.trailers['x-in'] ?? 'none' })
      response.end()
    })
  })
  await ingressTo(port)
  const stream = (await openHttp2()).request(
    { ':method': 'POST' },
    { endStream: false, waitForTrailers: true },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-in': 'sum' }))
  stream.end('a')
  expect((await hear(stream)).trailers).toMatchObject({ 'x-out': 'sum' })
})

test('a client that has its answer need not send the rest of its request', async () => {
  const { port } = await http2Application((stream) => {
    stream.respond({ ':status': 413 })
    stream.end('too much')
  })
  await ingressTo(port, { protocol: 'h2c' })
  const stream = (await openHttp2()).request({ ':method': 'POST' }, { endStream: false })
  stream.write('a')
  expect(await hear(stream)).toMatchObject({ status: 413, content: 'too much', code: 0 })
})

test.each(['http', 'h2c'] as const)(
  'an application of %s that is down, hangs up or hangs has a code each',
  async (kind) => {
    const codes: string[] = []
    const code = async (port: number) => {
      const { ingress } = await ingressTo(port, {
        answerTimeoutMs: 100,
        ...(kind === 'h2c' ? { protocol: kind } : {}),
      })
      const answer = await askHttp2(await openHttp2(), { ':method': 'POST' }, 'x')
      await ingress.close()
      const { error } = JSON.parse(answer.content) as { error: { code: string } }
      codes.push(`${answer.status} ${error.code}`)
    }
    await code(1)
    await code(await rawApplication((socket) => socket.destroy()))
    await code(await rawApplication(() => undefined))
    await code(await rawApplication((socket) => socket.end('nonsense\r\n\r\n')))
    expect(codes).toEqual([
      '502 application.unreachable',
      '502 application.closed',
      '504 application.timeout',
      '502 application.closed',
    ])
  },
)

test('an application that goes away is connected to anew with the next request', async () => {
  const { port, sessions } = await http2Application((stream) => {
    stream.respond({ ':status': 200 })
    stream.end('ok')
  })
  await ingressTo(port, { protocol: 'h2c' })
  const session = await openHttp2()
  expect((await askHttp2(session)).content).toBe('ok')
  const gone = Promise.all([...sessions].map((one) => once(one, 'close')))
  for (const one of sessions) one.close()
  await gone
  expect((await askHttp2(session)).content).toBe('ok')
})

test('a lease that lapses cuts streams under way, and later ones are told so', async () => {
  const { port } = await application((_request, response) => void response.write('part'))
  const { gate } = await ingressTo(port)
  const session = await openHttp2()
  const stream = session.request({})
  const heard = hear(stream)
  await once(stream, 'data')
  gate.close('lease.lapsed')
  expect((await heard).code).not.toBe(0)
  const later = await askHttp2(session)
  expect(later).toMatchObject({ status: 503 })
  expect(later.content).toContain('lease.lapsed')
})

test('without a protocol to agree on, HTTP/1.1 is spoken', async () => {
  const { port } = await application((_request, response) => void response.end('old'))
  const { ingress } = await ingressTo(port)
  onTestFinished(() => ingress.close())
  expect(await ask()).toMatchObject({ status: 200, content: 'old' })
})
