// The owner API over its socket, as owners, browsers and others reach it.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { openAnswer, sealRequest } from '@wetee/sealing'
import { connectPinned } from '@wetee/tls'
import { ownerCallInfo, ownerMessage } from '@wetee/sign-in'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AppFacts } from '../committee/app-facts.ts'
import { ChainClock } from '../evidence/chain-clock.ts'
import { InstanceState } from '../instance-state.ts'
import { makeInstanceKeys, type InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { createLog } from '../log.ts'
import { ServiceOutput } from '../output/service-output.ts'
import { startOwnerServer, type OwnerServer } from './owner-server.ts'
import { openApiDocument, ownerRoutes } from './routes.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const launch = { chainId: 31_337n, cloud: `0x${'0c'.repeat(20)}`, appId: 7n } as InstanceLaunch
let folder: string
let keys: InstanceKeys
let output: ServiceOutput
let state: InstanceState
let server: OwnerServer
const logged: string[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-ow-'))
  keys = await makeInstanceKeys('app-7.wetee')
  output = new ServiceOutput(['db', 'web'], Date.now)
  state = new InstanceState(new ChainClock(() => performance.now()))
  logged.length = 0
  server = await startOwnerServer({
    ...{ launch, keys, output, state, simulated: true },
    manifest: { services: [], volumes: [] },
    worker: { sealed: () => Promise.resolve(), exec: () => Promise.reject(new Error('unasked')) },
    paths: { servicesFolder: folder, launcher: '' },
    socketPath: join(folder, 'owner.sock'),
    committee: {
      facts: { latest: () => Promise.resolve({ owner: owner.address } as AppFacts) },
      owner: { verify: () => Promise.resolve(undefined) },
    },
    evidence: () => Promise.resolve('{"evidence":1}'),
    monotonicMs: () => performance.now(),
    log: createLog((line) => logged.push(line), Date.now),
    signal: new AbortController().signal,
  })
})
afterEach(async () => {
  state.stop()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Asked = {
  method?: string
  token?: string
  body?: unknown
  bytes?: Uint8Array
  headers?: Record<string, string>
}

async function open(path: string, asked: Asked = {}): Promise<IncomingMessage> {
  const { socket } = await connectPinned({
    connect: async () => {
      const stream = connect(join(folder, 'owner.sock'))
      await once(stream, 'connect')
      return stream
    },
    tlsKeyHash: keys.tls.tlsKeyHash,
    signal: AbortSignal.timeout(5_000),
  })
  const outgoing = request({
    createConnection: () => socket,
    method: asked.method ?? 'GET',
    path,
    headers: {
      ...(asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }),
      ...asked.headers,
    },
  })
  outgoing.end(asked.bytes ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body)))
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return answer
}

async function ask(path: string, asked: Asked = {}) {
  const answer = await open(path, asked)
  const body = await text(answer)
  return { status: answer.statusCode, headers: answer.headers, body }
}

async function json(path: string, asked: Asked = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await ask(path, asked)).body) as Record<string, unknown>
}

async function signIn(account = owner): Promise<string> {
  const { nonce } = (await json('/v1/session')) as { nonce: string }
  const { chainId, cloud, appId } = launch
  const message = ownerMessage(
    { chainId, cloud, appId, tlsKeyHash: keys.tls.tlsKeyHash },
    { address: account.address, nonce, nowMs: Date.now() },
  )
  const signature = await account.signMessage({ message })
  const answer = await json('/v1/session', { method: 'POST', body: { message, signature } })
  return (answer as { token: string }).token
}

const lines = (body: string) =>
  body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { service: string; text: string; number: number })

test('evidence, the description and what is to be signed are shown to whoever asks', async () => {
  expect((await ask('/.well-known/wetee/evidence')).body).toBe('{"evidence":1}')
  expect(await json('/v1/openapi.json')).toMatchObject({ openapi: '3.1.0' })
  expect(await json('/v1/session')).toMatchObject({ domain: 'app-7.wetee', chainId: 31_337 })
})

test.each(
  ownerRoutes.filter((route) => route.open !== true).map(({ method, path }) => [method, path]),
)(
  'ATTACK %s %s is refused without a token, with a wrong one, and with one in the query',
  async (method, path) => {
    const token = await signIn()
    const plain = path.replace(/:\w+/, '1')
    for (const [where, headers] of [
      [plain, {}],
      [plain, { authorization: `Bearer ${'A'.repeat(43)}` }],
      [`${plain}?token=${token}`, {}],
      [plain, { cookie: `token=${token}` }],
    ] as const) {
      const { status, body } = await ask(where, { method: method.toUpperCase(), headers })
      expect({ status, body }).toMatchObject({
        status: 401,
        body: expect.stringContaining('"sign-in.needed"') as string,
      })
    }
  },
)

test('every call that is documented is answered, and no other', async () => {
  const token = await signIn()
  for (const { method, path } of ownerRoutes) {
    const { status } = await ask(path.replace(/:\w+/, '1'), { method: method.toUpperCase(), token })
    expect(status, `${method} ${path}`).not.toBe(500)
    if (!path.includes(':')) expect(status, `${method} ${path}`).not.toBe(404)
  }
  for (const path of ['/', '/v1', '/v1/exec', '/v1/logs/', '/v1/session/x'])
    expect((await ask(path, { token })).status, path).toBe(404)
})

test('logs: the newest lines of all services in order; fewer, one service, a text, a time', async () => {
  const token = await signIn()
  output.add('web', 'stdout', ['one', 'two'], 8)
  output.add('db', 'stderr', ['three'], 6)
  const texts = async (query: string) =>
    lines((await ask(`/v1/logs?${query}`, { token })).body).map((line) => line.text)
  expect(await texts('')).toEqual(['one', 'two', 'three'])
  expect(await texts('tail=1')).toEqual(['three'])
  expect(await texts('tail=0')).toEqual([])
  expect(await texts('service=web')).toEqual(['one', 'two'])
  expect(await texts('grep=t')).toEqual(['two', 'three'])
  // No pattern: as it is written.
  expect(await texts('grep=t.')).toEqual([])
  expect(await texts(`since=${new Date(Date.now() - 60_000).toISOString()}`)).toHaveLength(3)
  expect(await texts(`since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([])
  const [first] = lines((await ask('/v1/logs', { token })).body)
  expect(Object.keys(first ?? {})).toEqual(['service', 'stream', 'time', 'number', 'text'])
  for (const query of [
    'tail=-1',
    'tail=10001',
    'service=x',
    'since=now',
    'grep=',
    'follow=1',
    'x=1',
  ])
    expect((await ask(`/v1/logs?${query}`, { token })).status, query).toBe(400)
})

test('logs that are followed go on with new lines, and end when the reader goes; readers are counted', async () => {
  const token = await signIn()
  output.add('web', 'stdout', ['before'], 7)
  const answers: IncomingMessage[] = []
  for (let i = 0; i < 16; i++)
    answers.push(await open('/v1/logs?follow=true&tail=1&service=web', { token }))
  expect((await ask('/v1/logs?follow=true', { token })).status).toBe(429)
  const reader = createInterface({ input: answers[0]! })[Symbol.asyncIterator]()
  const next = async () =>
    (JSON.parse((await reader.next()).value as string) as { text: string }).text
  expect(await next()).toBe('before')
  output.add('db', 'stdout', ['other'], 6)
  output.add('web', 'stdout', ['after'], 6)
  expect(await next()).toBe('after')
  for (const answer of answers) answer.destroy()
  for (let status: number | undefined; status !== 200;)
    ({ status } = await ask('/v1/logs?tail=0', { token }))
  // Their places are free again as soon as the server has seen them go.
  for (let open16 = 429; open16 === 429;) {
    const answer = await open('/v1/logs?follow=true&tail=0', { token })
    open16 = answer.statusCode ?? 0
    answer.destroy()
  }
})

test('events, metrics and exceptions say what the agent has seen', async () => {
  const token = await signIn()
  state.waiting('secrets.pending')
  state.waiting('secrets.pending')
  state.verified(owner.address)
  state.fail('image.changed')
  output.add('web', 'stderr', ['TypeError: no', '    at f (/app/a.js:1:2)', 'fine'], 40)
  const { events } = (await json('/v1/events', { token })) as unknown as {
    events: { number: number; code: string; detail?: string }[]
  }
  expect(events.map(({ code, detail }) => `${code} ${detail ?? ''}`.trim())).toEqual([
    'owner.signed-in',
    'secrets.waiting secrets.pending',
    'instance.verified',
    'instance.failed image.changed',
  ])
  expect((await json('/v1/events?after=3', { token }))['events']).toHaveLength(1)
  expect(await json('/v1/metrics', { token })).toMatchObject({
    state: 'failed',
    services: [
      { service: 'db', logLines: 0 },
      { service: 'web', logLines: 3, logBytes: 40, logLinesDropped: 0, errorLines: 1 },
    ],
  })
  expect(await json('/v1/exceptions', { token })).toMatchObject({
    exceptions: [{ service: 'web', type: 'TypeError', count: 1 }],
  })
})

test('an owner lets an account read until it takes that back; a reader reads, and does nothing else', async () => {
  const token = await signIn()
  const viewer = privateKeyToAccount(`0x${'43'.repeat(32)}`)
  const grant = { account: viewer.address, seconds: 600 }
  const given = await ask('/v1/viewers', { method: 'POST', token, body: grant })
  expect(given.status).toBe(204)
  expect(await json('/v1/viewers', { token })).toEqual({
    viewers: [{ account: viewer.address.toLowerCase(), expiresInSeconds: 600 }],
  })
  const reader = await signIn(viewer)
  output.add('web', 'stdout', ['one'], 4)
  const reads = ['logs', 'events', 'metrics', 'exceptions', 'bundles'].map((name) => `/v1/${name}`)
  for (const path of reads) expect((await ask(path, { token: reader })).status, path).toBe(200)
  for (const { method, path, open: isOpen } of ownerRoutes) {
    if (isOpen === true || path === '/v1/session' || reads.includes(path)) continue
    if (path === '/v1/bundles/:id') continue
    const asked = {
      method: method.toUpperCase(),
      token: reader,
      body: method === 'post' ? {} : undefined,
    }
    const { status, body } = await ask(path.replace(/:\w+/, '1'), asked)
    expect([status, body], `${method} ${path}`).toEqual([
      403,
      expect.stringContaining('sign-in.not-owner') as string,
    ])
  }
  const following = await open('/v1/logs?follow=true&tail=0', { token: reader })
  const ended = once(following.resume(), 'end')
  const path = `/v1/viewers/${viewer.address}`
  expect((await ask(path, { method: 'DELETE', token })).status).toBe(204)
  await ended
  expect((await ask('/v1/logs', { token: reader })).status).toBe(403)
  expect((await ask(path, { method: 'DELETE', token })).status).toBe(404)
  for (const wrong of [
    { ...grant, seconds: 0 },
    { ...grant, seconds: 2_592_001 },
    { account: 'x', seconds: 1 },
  ])
    expect((await ask('/v1/viewers', { method: 'POST', token, body: wrong })).status).toBe(400)
  const { events } = (await json('/v1/events', { token })) as unknown as {
    events: { code: string }[]
  }
  expect(events.map(({ code }) => code)).toEqual([
    'owner.signed-in',
    'viewer.granted',
    'viewer.signed-in',
    'viewer.revoked',
  ])
})

/** A call that comes sealed, as from a page, and its answer. */
async function askSealed(call: unknown, to = () => Buffer.from(keys.hpkeKey.slice(2), 'hex')) {
  const content = new TextEncoder().encode(JSON.stringify(call))
  const request = await sealRequest(to(), ownerCallInfo, content)
  return { ...(await sendSealed(request.bytes, request.answerKey)), request }
}
async function sendSealed(bytes: Uint8Array, answerKey: Uint8Array) {
  const answer = await open('/v1/sealed', { method: 'POST', bytes })
  if (answer.statusCode !== 200) return { refused: await text(answer) }
  const pieces: string[] = []
  for await (const piece of openAnswer(answerKey, answer as AsyncIterable<Uint8Array>))
    pieces.push(new TextDecoder().decode(piece))
  const [head = '', ...rest] = pieces
  const { status } = JSON.parse(head) as { status: number }
  return { status, body: rest.join('') }
}

test('an owner signs in and reads through calls that are sealed to the instance, whoever passes them on', async () => {
  output.add('web', 'stdout', ['one', 'two'], 8)
  const { body: challenge = '' } = await askSealed({ method: 'GET', path: '/v1/session' })
  const { nonce } = JSON.parse(challenge) as { nonce: string }
  const { chainId, cloud, appId } = launch
  const message = ownerMessage(
    { chainId, cloud, appId, tlsKeyHash: keys.tls.tlsKeyHash },
    { address: owner.address, nonce, nowMs: Date.now() },
  )
  const signature = await owner.signMessage({ message })
  const opened = await askSealed({
    ...{ method: 'POST', path: '/v1/session', body: { message, signature } },
  })
  const { token } = JSON.parse(opened.body ?? '') as { token: string }
  const path = '/v1/logs?tail=5'
  const read = await askSealed({ method: 'GET', path, token })
  expect(lines(read.body ?? '').map((line) => line.text)).toEqual(['one', 'two'])
  expect(await askSealed({ method: 'GET', path })).toMatchObject({ status: 401 })
})

test('ATTACK a command, another call, and what is sealed to another key are not taken under a seal', async () => {
  const token = await signIn()
  for (const call of [
    { method: 'POST', path: '/v1/exec', token, body: { service: 'web', command: ['ls'] } },
    { method: 'GET', path: '/v1/exec', token },
    { method: 'POST', path: '/v1/viewers', token, body: { account: owner.address, seconds: 1 } },
    { method: 'GET', path: '/v1/viewers', token },
    { method: 'GET', path: '/v1/sealed', token },
    { method: 'GET', path: '/v1/logs/../exec', token },
    { method: 'GET', path: 'https://elsewhere.example/v1/logs', token },
    { method: 'GET', path: '/v1/logs', token, more: 1 },
    [],
    'x',
  ])
    expect(await askSealed(call), JSON.stringify(call)).toMatchObject({
      refused: expect.stringContaining('request.invalid') as string,
    })
  const other = await makeInstanceKeys('app-7.wetee')
  const strange = await askSealed({ method: 'GET', path: '/v1/session' }, () =>
    Buffer.from(other.hpkeKey.slice(2), 'hex'),
  )
  expect(strange).toMatchObject({ refused: expect.stringContaining('not sealed to') as string })
  const large = await open('/v1/sealed', { method: 'POST', bytes: new Uint8Array(40_000) })
  expect(large.statusCode).toBe(413)
})

test('ATTACK a sealed call that is sent again signs nobody in, and its answer is of use to the first sender alone', async () => {
  const { body: challenge = '' } = await askSealed({ method: 'GET', path: '/v1/session' })
  const { nonce } = JSON.parse(challenge) as { nonce: string }
  const { chainId, cloud, appId } = launch
  const message = ownerMessage(
    { chainId, cloud, appId, tlsKeyHash: keys.tls.tlsKeyHash },
    { address: owner.address, nonce, nowMs: Date.now() },
  )
  const signature = await owner.signMessage({ message })
  const first = await askSealed({
    ...{ method: 'POST', path: '/v1/session', body: { message, signature } },
  })
  expect(first.status).toBe(200)
  const again = await sendSealed(first.request.bytes, first.request.answerKey)
  expect(again).toMatchObject({ status: 401 })
  expect(again.body).not.toContain('"token"')
})

test('a page from anywhere may ask, with the token in its header and nowhere else', async () => {
  const { status, headers } = await ask('/v1/logs', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://console.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  })
  expect(status).toBe(204)
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['access-control-allow-headers']).toContain('authorization')
  expect(headers['access-control-allow-credentials']).toBeUndefined()
})

test('bodies that are too large, no JSON, or more than is asked for are refused; nothing of them is logged', async () => {
  const post = (body: unknown) => ask('/v1/session', { method: 'POST', body })
  expect((await post({ message: 'x'.repeat(40_000), signature: '0x' })).status).toBe(413)
  expect((await post('hunter2')).status).toBe(400)
  expect((await post({ message: 'x', signature: `0x${'11'.repeat(65)}`, more: 1 })).status).toBe(
    400,
  )
  expect((await post({ message: 'x', signature: `0x${'11'.repeat(65)}` })).status).toBe(401)
  expect(logged.join('')).not.toContain('hunter2')
})

test('the description in docs is that of these calls', () => {
  const path = join(import.meta.dirname, '../../../../docs/reference/owner-api.json')
  // Made anew by: node apps/agent/src/owner/write-openapi.ts
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(openApiDocument())
})
