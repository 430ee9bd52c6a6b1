// The API's routes as a client sees them.
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage, generateSiweNonce } from 'viem/siwe'
import { beforeEach, expect, test } from 'vitest'
import type { Condition } from '@wetee/daemon'
import { keepLog } from '../testing/silent-log.ts'
import { HistoryStore } from '../monitor/history/history-store.ts'
import { UsageLedger } from '../meter/usage-ledger.ts'
import type { MonitorSources } from './monitor-api.ts'
import { SealedStore } from '../sealed/sealed-store.ts'
import { SignIn } from './sign-in.ts'
import { workerApi, type ApiSources } from './worker-api.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'43'.repeat(32)}`)
let conditions: Condition[]
let store: SealedStore
beforeEach(() => {
  conditions = []
  store = new SealedStore(':memory:', Date.now)
})

const history = new HistoryStore(':memory:')
const ledger = new UsageLedger(':memory:', {
  chainId: 31337,
  subnet: `0x${'51'.repeat(20)}`,
  workerId: 1n,
})
const monitor: MonitorSources = {
  ownerOf: (appId) => Promise.resolve(appId === 7n ? owner.address : undefined),
  history: (appId, resolution, from, to) => history.read(appId, resolution, from, to),
  usage: (appId, after) => ledger.page(appId, after),
  scope: { chainId: 31337, subnet: `0x${'51'.repeat(20)}`, workerId: 1n },
  now: () => 7_200_000,
}

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
    answer: (digest) => (digest === 'ab'.repeat(32) ? Buffer.from('large') : undefined),
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: 'x 1\n' }),
    app: (appId) =>
      Promise.resolve(
        appId === 7n
          ? { owner: owner.address, versions: [], instances: [], conditions: [] }
          : undefined,
      ),
    appEvidence: (appId, replica) =>
      Promise.resolve(appId === 7n && replica === 1 ? '{"shown":true}' : undefined),
    relay: {
      ownerCall: () => Promise.resolve(undefined),
      nodeCall: () => Promise.resolve(undefined),
    },
    monitor,
    sealed: store,
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
    versions: [],
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

test('large answers are given as bytes that no browser shows, by their digest alone', async () => {
  const kept = await api().request(`/v1/answers/${'ab'.repeat(32)}`)
  expect([kept.status, await kept.text()]).toEqual([200, 'large'])
  expect(kept.headers.get('content-type')).toBe('application/octet-stream')
  expect(kept.headers.get('x-content-type-options')).toBe('nosniff')
  expect(kept.headers.get('content-disposition')).toBe('attachment')
  expect((await api().request(`/v1/answers/${'cd'.repeat(32)}`)).status).toBe(404)
})

test('evidence of an instance is handed on to pages of any origin; what there is none of is to be asked for again', async () => {
  const headers = { origin: 'https://console.example' }
  const shown = await api().request('/v1/apps/7/evidence?replica=1', { headers })
  expect([shown.status, await shown.json()]).toEqual([200, { shown: true }])
  expect(shown.headers.get('access-control-allow-origin')).toBe('*')
  expect(shown.headers.get('cache-control')).toBe('no-store')
  for (const [path, status, code] of [
    ['/v1/apps/7/evidence', 503, 'evidence.pending'],
    ['/v1/apps/8/evidence?replica=1', 503, 'evidence.pending'],
    ['/v1/apps/7/evidence?replica=-1', 400, 'request.invalid'],
    ['/v1/apps/7/evidence?replica=1&x=1', 400, 'request.invalid'],
  ] as const) {
    const answer = await api().request(path)
    expect(answer.status, path).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { code } })
  }
})

test('a page of another origin may ask with a sign-in; metrics are not for pages', async () => {
  const asked = await api().request('/v1/apps/7/usage', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://console.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  })
  expect(asked.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET,POST,PUT')
  expect(asked.headers.get('access-control-allow-credentials')).toBe(null)
  const metrics = await api().request('/metrics', { headers: { origin: 'https://x.example' } })
  expect(metrics.headers.get('access-control-allow-origin')).toBe(null)
})

test('who has signed in once reads with a token; a stranger’s token opens nothing', async () => {
  const signIn = new SignIn(() => Date.now())
  const open = async (account: typeof owner) => {
    const headers = await header(account)
    const answer = await api({ signIn }).request('/v1/session', { method: 'POST', headers })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { token: string }).token
  }
  const read = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await api({ signIn }).request('/v1/apps/7/usage', { headers })).status
  }
  const token = await open(owner)
  expect([await read(token), await read(token)]).toEqual([200, 200])
  expect(await read(await open(stranger))).toBe(403)
  expect(await read('A'.repeat(43))).toBe(401)
  expect((await api({ signIn }).request('/v1/session', { method: 'POST' })).status).toBe(401)
})

test('history and usage are for the owner alone, also of an application that has ended', async () => {
  for (const path of ['metrics', 'usage']) {
    const url = `/v1/apps/7/${path}`
    expect((await api().request(url)).status).toBe(401)
    expect((await api().request(url, { headers: await header(stranger) })).status).toBe(403)
    const ended = api({ app: () => Promise.resolve(undefined) })
    expect((await ended.request(url, { headers: await header() })).status).toBe(200)
    expect((await api().request(`/v1/apps/8/${path}`)).status).toBe(404)
  }
})

test('history comes by series in the asked steps: time, lowest, mean, highest', async () => {
  for (let i = 0; i <= 18; i++)
    history.record(7_000_000 + i * 10_000, new Map([[7n, { cpuMilli: i }]]))
  const get = async (query: string) => {
    const answer = await api().request(`/v1/apps/7/metrics?${query}`, { headers: await header() })
    const body = (await answer.json()) as { series?: Record<string, unknown> }
    return [answer.status, body.series?.['cpuMilli']]
  }
  expect(await get('step=60')).toEqual([
    200,
    [
      [6_960, 0, 0.5, 1],
      [7_020, 2, 4.5, 7],
      [7_080, 8, 10.5, 13],
    ],
  ])
  expect(await get('from=7000&to=7030&step=10')).toEqual([
    200,
    [
      [7_000, 0, 0, 0],
      [7_010, 1, 1, 1],
      [7_020, 2, 2, 2],
    ],
  ])
  expect(await get('from=0&to=7200&step=3600')).toEqual([200, []])
  for (const query of ['step=0', 'from=9&to=9', 'from=x', 'step=-1', 'from=0&to=90000000&step=1'])
    expect((await get(query))[0], query).toBe(400)
})

test('usage comes as a chain with its scope, from any sample on', async () => {
  const none = { cpuMicros: 0, memoryByteSeconds: 0, diskBytes: 0, receivedBytes: 0, sentBytes: 0 }
  for (let i = 0; i < 3; i++)
    ledger.append(new Map([[7n, { fromMs: i, toMs: i + 1, ...none, restarts: 0 }]]))
  const get = async (query: string) =>
    (
      await api().request(`/v1/apps/7/usage?${query}`, { headers: await header() })
    ).json() as Promise<unknown>
  expect(await get('')).toMatchObject({
    ...{ chainId: 31337, workerId: '1', appId: '7', before: { sequence: 0 }, signed: [] },
    samples: [{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }],
  })
  expect(await get('after=2')).toMatchObject({
    before: { sequence: 2 },
    samples: [{ sequence: 3 }],
  })
})

test('what instances have sealed is given to whoever signs in, each record after its length, once for each sign-in', async () => {
  store.put(7n, 'logs', Buffer.from('one'))
  store.put(8n, 'logs', Buffer.from('of another'))
  store.put(7n, 'bundle', Buffer.from('three'))
  const shared = api()
  const path = '/v1/apps/7/sealed'
  expect((await shared.request(path)).status).toBe(401)
  const headers = await header(stranger)
  const answer = await shared.request(path, { headers })
  expect(answer.status).toBe(200)
  const bytes = Buffer.from(await answer.arrayBuffer()).toString('latin1')
  expect(bytes).toBe('\0\0\0\x03one\0\0\0\x05three')
  expect((await shared.request(path, { headers })).status).toBe(401)
  const bundles = await shared.request(`${path}?kind=bundle`, { headers: await header() })
  expect(await bundles.text()).toContain('three')
  for (const query of ['kind=x', 'since=-1', 'more=1']) {
    const wrong = await shared.request(`${path}?${query}`, { headers: await header() })
    expect(wrong.status, query).toBe(400)
  }
})
