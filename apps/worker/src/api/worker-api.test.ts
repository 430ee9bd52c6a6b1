// The API's routes as a client sees them.
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, expect, test } from 'vitest'
import type { Condition } from '@wetee/daemon'
import { keepLog } from '../testing/silent-log.ts'
import { SignIn } from './sign-in.ts'
import { workerApi, type ApiSources } from './worker-api.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
let conditions: Condition[]
beforeEach(() => {
  conditions = []
})

const api = (over: Partial<ApiSources> = {}) =>
  workerApi({
    worker: () => ({
      workerId: 1n,
      endpoint: 'http://127.0.0.1:7780',
      runtime: 'docker',
      capabilities: {},
      simulated: true,
    }),
    conditions: () => conditions,
    evidence: (digest) => (digest === 'ab'.repeat(32) ? '{"kept":true}' : undefined),
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: 'x 1\n' }),
    app: (appId) =>
      Promise.resolve(
        appId === 7n ? { owner: owner.address, instances: [], conditions: [] } : undefined,
      ),
    chainId: 31337,
    signIn: new SignIn(() => Date.now()),
    log: keepLog(),
    ...over,
  })
test('health is 200 while nothing is wrong, 503 with an error, each condition named', async () => {
  expect((await api().request('/health')).status).toBe(200)
  conditions = [{ code: 'engine.unreachable', severity: 'error', text: 't', remedy: 'r' }]
  const answer = await api().request('/health')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({ ok: false, conditions })
})

test('worker, application and metrics are shown to anybody', async () => {
  expect(await (await api().request('/v1/worker')).json()).toMatchObject({
    workerId: '1',
    simulated: true,
  })
  expect(await (await api().request('/v1/apps/7')).json()).toEqual({
    appId: '7',
    instances: [],
    conditions: [],
  })
  expect(await (await api().request('/metrics')).text()).toBe('x 1\n')
})

test.each([
  ['/v1/apps/8', 404, 'instance.unknown'],
  ['/v1/apps/x', 400, 'request.invalid'],
  ['/v1/apps/0', 400, 'request.invalid'],
  ['/v2', 404, 'request.unknown'],
  // What an application writes is not the worker's to show.
  ['/v1/apps/7/logs', 404, 'request.unknown'],
])('%s: %d %s', async (path, status, code) => {
  const answer = await api().request(path)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ error: { code } })
})

test('an error from within shows its code and none of its text', async () => {
  const answer = await api({
    app: () =>
      Promise.reject(Object.assign(new Error('http://secret'), { code: 'chain.unreachable' })),
  }).request('/v1/apps/7')
  expect(answer.status).toBe(503)
  const text = await answer.text()
  expect(text).toContain('chain.unreachable')
  expect(text).not.toContain('secret')
})

test('the evidence behind the last proofs is shown by digest, and nothing under another name', async () => {
  const kept = await api().request(`/v1/evidence/${'ab'.repeat(32)}`)
  expect(kept.status).toBe(200)
  expect(await kept.json()).toEqual({ kept: true })
  for (const name of ['cd'.repeat(32), '..%2fchain.db']) {
    const absent = await api().request(`/v1/evidence/${name}`)
    expect(absent.status).toBe(404)
    expect(await absent.json()).toMatchObject({ error: { code: 'evidence.unknown' } })
  }
})
