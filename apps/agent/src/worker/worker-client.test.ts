// The worker's socket: what is asked, what is accepted, what is not.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestWorker, type TestWorker } from '../testing/worker-process.ts'
import { openWorkerClient, type WorkerClient } from './worker-client.ts'

let folder: string
let worker: TestWorker
let client: WorkerClient
let collateral: Record<string, unknown>
const { signal } = new AbortController()
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-wc-'))
  collateral = { tcb_info: '{}' }
  worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve(collateral))
  client = openWorkerClient(join(folder, 'w.sock'))
})
afterEach(async () => {
  await worker.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a head is read, integers as bigints', async () => {
  expect(await client.head(signal)).toMatchObject({ number: 42n, hash: `0x${'42'.repeat(32)}` })
})

test('a head of another shape and collateral that is no text are refused', async () => {
  worker.head = { ...worker.head, hash: '0x00' }
  await expect(client.head(signal)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  expect(await client.collateral(signal)).toEqual({ tcb_info: '{}' })
  collateral = { tcb_info: 1 }
  await expect(client.collateral(signal)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
})

test('a committee is read; one that can never answer, or names a node twice, is refused', async () => {
  const node = { nodeId: '4', host: 'node:7704', tlsKeyHash: `0x${'11'.repeat(32)}` }
  worker.committee = { nodes: [node], threshold: 1 }
  expect(await client.committee(signal)).toEqual({ nodes: [{ ...node, nodeId: 4n }], threshold: 1 })
  for (const wrong of [
    { nodes: [node], threshold: 2 },
    { nodes: [node, node], threshold: 1 },
    { nodes: [], threshold: 0 },
    { nodes: [{ ...node, host: 'a:1\r\nX: y' }], threshold: 1 },
    { nodes: [node], threshold: 1, more: 1 },
  ]) {
    worker.committee = wrong
    await expect(client.committee(signal)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  }
})

test('authorize sends key and block and returns the signature', async () => {
  const instanceKey = `0x${'01'.repeat(20)}` as const
  expect(await client.authorize({ instanceKey, evidenceBlock: 7n }, signal)).toMatch(/^0x(aa){65}$/)
  expect(worker.calls).toEqual([
    { path: '/v1/authorize', body: { instanceKey, evidenceBlock: '7' } },
  ])
})

test('a tunnel carries bytes both ways, those that a peer sends first included', async () => {
  const peers: Socket[] = []
  const peer = createServer((socket) => {
    peers.push(socket)
    socket.write('first')
    socket.on('data', (chunk) => socket.write(`echo ${chunk.toString()}`))
  }).listen(0, '127.0.0.1')
  await once(peer, 'listening')
  const host = `127.0.0.1:${(peer.address() as AddressInfo).port}`
  worker.allowed.add(host)
  const tunnel = await client.tunnel(host, signal)
  expect(String(((await once(tunnel, 'data')) as [Buffer])[0])).toBe('first')
  tunnel.write('hello')
  expect(String(((await once(tunnel, 'data')) as [Buffer])[0])).toBe('echo hello')
  tunnel.destroy()
  for (const socket of peers) socket.destroy()
  peer.close()
})

test('a host that the worker does not relay to, or no worker at all, is an error to retry', async () => {
  const failure = { code: 'tee.unreachable', retryable: true }
  await expect(client.tunnel('127.0.0.1:1', signal)).rejects.toMatchObject(failure)
  const nobody = openWorkerClient(join(folder, 'none.sock'))
  await expect(nobody.tunnel('127.0.0.1:1', signal)).rejects.toMatchObject(failure)
  await expect(nobody.head(signal)).rejects.toMatchObject(failure)
})
