// What is handed on to agents and nodes, and what is not.
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { WorkerError } from '../worker-error.ts'
import { addRelayRoutes, type RelaySources } from './relay-api.ts'

const digest = 'ab'.repeat(32)
const node = encodeURIComponent('10.0.0.1:7000')

function api(over: Partial<RelaySources> = {}) {
  const asked: unknown[] = []
  const app = new Hono()
  app.onError((error, c) =>
    c.json({ code: error instanceof WorkerError ? error.code : 'other' }, 400),
  )
  addRelayRoutes(app, {
    ownerCall: (appId, of, body) => {
      asked.push([appId, of, [...body]])
      return Promise.resolve({
        status: 200,
        body: Readable.from([Uint8Array.of(1), Uint8Array.of(2, 3)]),
        close: () => asked.push('closed'),
      })
    },
    nodeCall: (authority, request) => {
      asked.push([authority, request])
      return Promise.resolve({ status: 201, body: Uint8Array.of(9) })
    },
    ...over,
  })
  return { app, asked }
}

const post = (body: Uint8Array) => ({ method: 'POST', body: new Uint8Array(body) })

test('a sealed call goes to the instance that it names, and its answer comes back as it is', async () => {
  const { app, asked } = api()
  const answer = await app.request(
    '/v1/apps/7/owner-call?version=2&replica=1',
    post(Uint8Array.of(5)),
  )
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([1, 2, 3])
  expect(asked).toEqual([[7n, { version: 2, replica: 1 }, [5]], 'closed'])
})

test.each([
  '/v1/apps/7/owner-call',
  '/v1/apps/0/owner-call?version=1',
  '/v1/apps/7/owner-call?version=0',
  '/v1/apps/7/owner-call?version=1&replica=x',
  '/v1/apps/7/owner-call?version=1&more=1',
])('%s names no instance', async (path) => {
  const { app, asked } = api()
  const answer = await app.request(path, post(new Uint8Array(1)))
  expect(await answer.json()).toEqual({ code: 'request.invalid' })
  expect(asked).toEqual([])
})

test('bodies that no such call has are not read', async () => {
  const { app, asked } = api()
  for (const [path, method, size] of [
    ['/v1/apps/7/owner-call?version=1', 'POST', 32_769],
    [`/v1/nodes/${node}/v1/ciphertexts/${digest}`, 'PUT', 73_729],
  ] as const) {
    const answer = await app.request(path, { method, body: new Uint8Array(size) })
    expect(await answer.json(), path).toEqual({ code: 'request.invalid' })
  }
  expect(asked).toEqual([])
})

test('public calls of nodes are handed on with their query', async () => {
  const { app, asked } = api()
  const answer = await app.request(`/v1/nodes/${node}/v1/receipts?first=1&count=32`)
  expect([answer.status, ...new Uint8Array(await answer.arrayBuffer())]).toEqual([201, 9])
  const put = { method: 'PUT', body: Uint8Array.of(7) }
  await app.request(`/v1/nodes/${node}/v1/ciphertexts/${digest}`, put)
  expect(asked).toEqual([
    ['10.0.0.1:7000', { method: 'GET', path: '/v1/receipts?first=1&count=32' }],
    ['10.0.0.1:7000', { method: 'PUT', path: `/v1/ciphertexts/${digest}`, body: Uint8Array.of(7) }],
  ])
})

test.each([
  ['PUT', '/v1/receipts'],
  ['GET', '/v1/release'],
  ['GET', '/v1/receipts?first=%0d%0a'],
  ['GET', `/v1/ciphertexts/${'AB'.repeat(32)}`],
  ['GET', '/v1/ciphertexts/../release'],
  ['PUT', `/v1/ciphertexts/${digest}?x=1`],
])('ATTACK %s %s of a node is not handed on', async (method, path) => {
  const { app, asked } = api()
  const answer = await app.request(`/v1/nodes/${node}${path}`, { method })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(asked).toEqual([])
})

test('ATTACK a host that is no node of the Subnet is not asked', async () => {
  const { app } = api({ nodeCall: () => Promise.resolve(undefined) })
  const answer = await app.request(`/v1/nodes/${node}/v1/node`)
  expect(await answer.json()).toEqual({ code: 'request.invalid' })
})
