// One GET over real sockets: TLS with certificates of its own, redirects on one host, aborts.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { createTlsIdentity } from '@wetee/certificates'
import { afterEach, expect, test } from 'vitest'
import { cleanUp, onCleanUp } from '../testing/fixtures.ts'
import { httpGet, type GetOptions } from './get.ts'

afterEach(cleanUp)

const options = (more: Partial<GetOptions> = {}): GetOptions => ({
  headers: {},
  maxBytes: 1_000,
  timeoutMs: 5_000,
  nowMs: Date.UTC(2026, 5, 1),
  signal: new AbortController().signal,
  ...more,
})

async function serve(
  listener: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
) {
  const server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onCleanUp(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return (path: string, name = '127.0.0.1') =>
    new URL(`${tls === undefined ? 'http' : 'https'}://${name}:${port}${path}`)
}

test('a server with a certificate of its own is believed only where that is configured', async () => {
  const { certPem, keyPem } = await createTlsIdentity({ commonName: 'localhost' })
  const url = await serve((_, response) => response.end('ok'), { key: keyPem, cert: certPem })
  const target = url('/', 'localhost')
  const { body } = await httpGet(target, options({ ca: certPem }))
  expect(new TextDecoder().decode(body)).toBe('ok')
  await expect(httpGet(target, options())).rejects.toMatchObject({ code: 'network.failed' })
  const other = await createTlsIdentity({ commonName: 'localhost' })
  await expect(httpGet(target, options({ ca: other.certPem }))).rejects.toMatchObject({
    code: 'network.failed',
  })
})

test('redirects on the host are followed three times, with the same bounds', async () => {
  const paths: string[] = []
  const url = await serve((request, response) => {
    const left = Number(request.url?.slice(1))
    paths.push(request.url ?? '')
    if (left === 0) return void response.end('x'.repeat(100))
    response.writeHead(307, { location: `/${left - 1}` }).end()
  })
  expect((await httpGet(url('/3'), options())).body).toHaveLength(100)
  expect(paths).toEqual(['/3', '/2', '/1', '/0'])
  await expect(httpGet(url('/4'), options())).rejects.toMatchObject({ code: 'network.redirect' })
  await expect(httpGet(url('/3'), options({ maxBytes: 99 }))).rejects.toMatchObject({
    code: 'answer.too-large',
  })
})

test('a body of just the bound is taken, of one byte more is not, announced or not', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/chunked') response.flushHeaders()
    response.end('x'.repeat(1_000))
  })
  for (const path of ['/', '/chunked']) {
    expect((await httpGet(url(path), options())).body).toHaveLength(1_000)
    await expect(httpGet(url(path), options({ maxBytes: 999 }))).rejects.toMatchObject({
      code: 'answer.too-large',
    })
  }
})

test('an endless body ends at the bound', async () => {
  let sent = 0
  const url = await serve((_, response) => {
    const pump = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1_024))) sent += 1_024
    }
    response.on('drain', pump)
    pump()
  })
  await expect(httpGet(url('/'), options())).rejects.toMatchObject({ code: 'answer.too-large' })
  expect(sent).toBeLessThan(64 * 1_048_576)
})

test('an abort by the caller is told from a timeout', async () => {
  const url = await serve(() => undefined)
  const signal = AbortSignal.timeout(20)
  await expect(httpGet(url('/'), options({ signal }))).rejects.toMatchObject({
    code: 'network.aborted',
    retryable: false,
  })
  await expect(httpGet(url('/'), options({ timeoutMs: 20 }))).rejects.toMatchObject({
    code: 'network.timeout',
    retryable: true,
  })
})

test('header fields without end are refused', async () => {
  const url = await serve((_, response) =>
    response.writeHead(200, { 'x-long': 'a'.repeat(40_000) }).end('ok'),
  )
  await expect(httpGet(url('/'), options())).rejects.toMatchObject({ code: 'network.failed' })
})

test('an answer that changes the protocol, or is none, ends the request at once', async () => {
  for (const [bytes, code] of [
    ['HTTP/1.1 101 .\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'network.failed'],
    ['HTTP/1.1 101 .\r\n\r\n', 'answer.refused'],
    ['nothing of HTTP\r\n\r\n', 'network.failed'],
    ['', 'network.failed'],
  ] as const) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => (bytes === '' ? socket.end() : socket.write(bytes)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onCleanUp(async () => {
      server.close()
      await once(server, 'close')
    })
    const { port } = server.address() as AddressInfo
    const answer = httpGet(new URL(`http://127.0.0.1:${port}/`), options())
    await expect(answer, bytes).rejects.toMatchObject({ code })
  }
})
