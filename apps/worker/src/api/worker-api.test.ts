// The API's routes as a client sees them.
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage, generateSiweNonce } from 'viem/siwe'
import { beforeEach, expect, test } from 'vitest'
import type { Condition } from '@wetee/daemon'
import type { LogLine } from '../runtime/runtime.ts'
import { keepLog } from '../testing/silent-log.ts'
import { SignIn } from './sign-in.ts'
import { workerApi, type ApiSources, type LogSource } from './worker-api.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'43'.repeat(32)}`)
let conditions: Condition[]
let sources: LogSource[]
beforeEach(() => {
  conditions = []
  sources = []
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
    logs: () => Promise.resolve(sources),
    chainId: 31337,
    signIn: new SignIn(() => Date.now()),
    log: keepLog(),
    ...over,
  })
async function header(account = owner): Promise<Record<string, string>> {
  const message = createSiweMessage({
    address: account.address,
    chainId: 31337,
    domain: '127.0.0.1:7780',
    nonce: generateSiweNonce(),
    uri: 'http://127.0.0.1:7780',
    version: '1',
    issuedAt: new Date(),
  })
  const signature = await account.signMessage({ message })
  const value = Buffer.from(JSON.stringify({ message, signature })).toString('base64url')
  return { authorization: `SIWE ${value}` }
}
const at = (atMs: number, text: string): LogLine => ({ atMs, stream: 'stdout', text })
const source = (service: string, lines: LogLine[]): LogSource => ({
  service,
  version: 1,
  replica: 0,
  async *lines() {
    await Promise.resolve()
    yield* lines
  },
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
  ['/v1/apps/7/logs', 401, 'auth.invalid'],
  ['/v1/apps/8/logs', 404, 'instance.unknown'],
])('%s: %d %s', async (path, status, code) => {
  const answer = await api().request(path)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ error: { code } })
})

test('the owner reads lines of all services in order of time, the last of them by tail', async () => {
  sources = [source('web', [at(1, 'a'), at(3, 'c')]), source('db', [at(2, 'b')])]
  const answer = await api().request('/v1/apps/7/logs?tail=2', { headers: await header() })
  expect(answer.status).toBe(200)
  const lines = (await answer.text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      service: 'db',
      version: 1,
      replica: 0,
      time: '1970-01-01T00:00:00.002Z',
      stream: 'stdout',
      text: 'b',
    },
    expect.objectContaining({ service: 'web', text: 'c' }),
  ])
})

test('a stranger reads nothing, and a used sign-in is worth nothing', async () => {
  const answer = await api().request('/v1/apps/7/logs', { headers: await header(stranger) })
  expect(answer.status).toBe(403)
  const shared = api()
  const headers = await header()
  expect((await shared.request('/v1/apps/7/logs', { headers })).status).toBe(200)
  const again = await shared.request('/v1/apps/7/logs', { headers })
  expect(again.status).toBe(401)
  expect(await again.json()).toMatchObject({ error: { code: 'auth.replayed' } })
})

test('following streams each line as it comes and ends with the reader', async () => {
  let ended: () => void
  const closed = new Promise<void>((resolve) => (ended = resolve))
  sources = [
    {
      service: 'web',
      version: 1,
      replica: 0,
      async *lines({ signal }) {
        try {
          yield at(1, 'first')
          if (!signal.aborted)
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        } finally {
          ended()
        }
      },
    },
  ]
  const answer = await api().request('/v1/apps/7/logs?follow=true', { headers: await header() })
  const reader = answer.body!.getReader()
  const { value } = await reader.read()
  expect(Buffer.from(value!).toString()).toContain('first')
  await reader.cancel()
  await closed
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
