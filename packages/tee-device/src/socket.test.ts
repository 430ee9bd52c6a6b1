// Both sides of a JSON socket, against each other.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  openPlatformHost,
  openTeeDevice,
  refusal,
  requestSocket,
  serveSocket,
  type SocketCall,
} from './index.ts'

let folder: string
let socketPath: string
const closing: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-socket-'))
  socketPath = join(folder, 'a.sock')
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(handle: (call: SocketCall) => unknown, maxBytes = 1024) {
  const server = await serveSocket({
    socketPath,
    fileMode: 0o600,
    maxBytes,
    handle: async (call) => Promise.resolve(handle(call)),
  })
  closing.push(() => server.close())
  return server
}

test('a request and its answer travel as JSON', async () => {
  await serve((call) => ({ got: call }))
  expect(
    await requestSocket({ socketPath, method: 'POST', path: '/v1/x', body: { a: [1] } }),
  ).toEqual({ got: { method: 'POST', path: '/v1/x', body: { a: [1] } } })
  expect(statSync(socketPath).mode & 0o777).toBe(0o600)
})

test('a refusal arrives with its status, code and message', async () => {
  await serve(() => {
    throw refusal(409, 'thing.taken', 'taken')
  })
  await expect(requestSocket({ socketPath, method: 'GET', path: '/' })).rejects.toMatchObject({
    status: 409,
    code: 'thing.taken',
    message: 'taken',
    retryable: false,
  })
})

test('an unexpected error is not shown to the caller', async () => {
  await serve(() => {
    throw new Error('internal secret')
  })
  const failure = requestSocket({ socketPath, method: 'GET', path: '/' })
  await expect(failure).rejects.toMatchObject({ status: 500, code: 'internal', retryable: true })
  await expect(failure).rejects.not.toThrow(/secret/)
})

test('bodies and answers beyond their limits are refused', async () => {
  await serve(() => ({ text: 'x'.repeat(500) }), 100)
  await expect(
    requestSocket({ socketPath, method: 'POST', path: '/', body: 'x'.repeat(200) }),
  ).rejects.toMatchObject({ code: 'request.too-large' })
  await expect(
    requestSocket({ socketPath, method: 'GET', path: '/', maxBytes: 400 }),
  ).rejects.toMatchObject({ code: 'tee.answer-invalid' })
})

test('no answer in time, no socket and an abort have codes of their own', async () => {
  await serve(() => new Promise(() => undefined))
  const ask = { socketPath, method: 'GET', path: '/' } as const
  await expect(requestSocket({ ...ask, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'tee.timeout',
    retryable: true,
  })
  await expect(requestSocket({ ...ask, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'tee.aborted',
  })
  await expect(
    requestSocket({ ...ask, socketPath: join(folder, 'none.sock') }),
  ).rejects.toMatchObject({ code: 'tee.unreachable' })
})

test('an answer that changes the protocol, or is none, ends the request at once', async () => {
  for (const bytes of [
    'HTTP/1.1 101 .\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    'x\r\n',
    '',
  ]) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => (bytes === '' ? socket.end() : socket.write(bytes)))
    }).listen(socketPath)
    const asked = requestSocket({ socketPath, method: 'GET', path: '/', timeoutMs: 5_000 })
    await expect(asked, bytes).rejects.toMatchObject({ code: 'tee.unreachable' })
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a stale socket file is replaced, a live one is left alone', async () => {
  writeFileSync(socketPath, '')
  await serve(() => ({}))
  await expect(serve(() => ({}))).rejects.toMatchObject({ code: 'socket.in-use' })
})

test('a path that Linux would cut off is refused', async () => {
  socketPath = join(folder, 'x'.repeat(100))
  await expect(serve(() => ({}))).rejects.toMatchObject({ code: 'socket.path-too-long' })
})

test('a device and a host refuse answers of another shape', async () => {
  await serve(() => ({ mrtd: 'short', quote: 1, key: '0x00', launchId: 1 }))
  const device = openTeeDevice(socketPath)
  const wrong = { code: 'tee.answer-invalid' }
  await expect(device.report()).rejects.toMatchObject(wrong)
  await expect(device.quote(`0x${'00'.repeat(64)}`)).rejects.toMatchObject(wrong)
  await expect(device.sealingKey('a')).rejects.toMatchObject(wrong)
  const host = openPlatformHost(socketPath)
  await expect(
    host.launch({ files: [], configuration: `0x${'00'.repeat(32)}` }),
  ).rejects.toMatchObject(wrong)
  await expect(host.collateral()).rejects.toMatchObject(wrong)
})
