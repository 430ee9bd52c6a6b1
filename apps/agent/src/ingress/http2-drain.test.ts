// What clients of HTTP/2 see while an ingress drains.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import {
  askHttp2,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  GET_BLOCK,
  hear,
  openHttp2,
  rawHttp2,
} from '../testing/http2-bench.ts'
import { application, ingressTo, useIngress } from '../testing/ingress-bench.ts'

useIngress()

const get = (id: number) => frame(FRAME.headers, END_HEADERS | END_STREAM, id, GET_BLOCK)
const PING_ACK = 1
const HIGHEST = 0x7fff_ffff

test('a request that is on its way when its connection is sent away is answered', async () => {
  const { port } = await application((_request, response) => void response.end('hello'))
  const { ingress } = await ingressTo(port)
  const { socket, frames, closed } = await rawHttp2()
  const goaways = () =>
    frames.filter(({ type }) => type === FRAME.goaway).map(({ payload }) => payload.readUInt32BE(0))
  const answered = (id: number) =>
    frames.some(
      ({ type, flags, stream }) =>
        stream === id && type <= FRAME.headers && (flags & END_STREAM) !== 0,
    )
  socket.write(get(1))
  while (!answered(1)) await once(socket, 'data')
  ingress.drain()
  while (goaways().length === 0 || !frames.some(({ type }) => type === FRAME.ping))
    await once(socket, 'data')
  expect(goaways()).toEqual([HIGHEST])
  // Sent by a client that has not read that it is sent away.
  socket.write(get(3))
  while (!answered(3)) await once(socket, 'data')
  expect(goaways()).toEqual([HIGHEST])
  const ping = frames.find(({ type }) => type === FRAME.ping)
  socket.write(frame(FRAME.ping, PING_ACK, 0, ping?.payload))
  await closed
  expect(goaways()).toEqual([HIGHEST, 3])
  while (ingress.connections() > 0) await new Promise((resolve) => setImmediate(resolve))
})

test('clients that ask all the time lose no request while the ingress drains', async () => {
  let count = 0
  const { port } = await application((_request, response) => {
    setTimeout(() => response.end(String(++count)), count % 5)
  })
  const { ingress } = await ingressTo(port)
  const failures: unknown[] = []
  let answers = 0
  const warm = Promise.withResolvers<void>()
  const client = async () => {
    let session = await openHttp2()
    let away = false
    session.once('goaway', () => (away = true))
    for (let turn = 0; turn < 15; turn++) {
      if (away || session.closed || session.destroyed) {
        session = await openHttp2()
        away = false
        session.once('goaway', () => (away = true))
      }
      const both = await Promise.all([askHttp2(session), askHttp2(session)])
      for (const heard of both) {
        if (heard.status === 200 && heard.code === 0) answers++
        else failures.push(heard)
      }
      if (answers >= 30) warm.resolve()
    }
  }
  const clients = Array.from({ length: 3 }, client)
  await warm.promise
  ingress.drain()
  await Promise.all(clients)
  expect(failures).toEqual([])
  expect(answers).toBe(90)
})

test('a request under way finishes, and its connection with it', async () => {
  const finish = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const { port } = await application((_request, response) => {
    arrived.resolve()
    void finish.promise.then(() => response.end('done'))
  })
  const { ingress } = await ingressTo(port)
  const session = await openHttp2()
  const heard = askHttp2(session)
  await arrived.promise
  const goaway = once(session, 'goaway')
  const closed = once(session, 'close')
  ingress.drain()
  await goaway
  finish.resolve()
  expect(await heard).toMatchObject({ content: 'done', code: 0 })
  await closed
})

test('a connection that comes late is answered, and sent away', async () => {
  const { port } = await application((_request, response) => void response.end('late'))
  const { ingress } = await ingressTo(port)
  ingress.drain()
  const session = await openHttp2()
  const closed = once(session, 'close')
  expect(await askHttp2(session)).toMatchObject({ content: 'late', code: 0 })
  await closed
})

test('a stream of events over HTTP/2 ends after a whole one', async () => {
  let sink: NodeJS.WritableStream | undefined
  const { port } = await application((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 1\ndata: first\n\nid: 2\nda')
    sink = response
  })
  const { ingress } = await ingressTo(port)
  const stream = (await openHttp2()).request({ ':authority': 'app.test' })
  const heard = hear(stream)
  await once(stream, 'data')
  ingress.drain()
  sink?.write('ta: two\n\nid: 3\ndata: never\n\n')
  expect(await heard).toMatchObject({
    content: 'id: 1\ndata: first\n\nid: 2\ndata: two\n\n',
    code: 0,
  })
})
