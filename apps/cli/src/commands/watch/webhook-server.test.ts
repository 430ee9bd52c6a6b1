// Webhooks as they arrive: signed ones for this repository and branch ring, everything else does not.
import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as rules from '@wetee/build'
import { startWebhookServer, type WebhookOutcome, type WebhookServer } from './webhook-server.ts'

const secret = 'a secret of some length'
const git = 'https://git.example/you/app'
let server: WebhookServer
let pushes: number
let outcomes: WebhookOutcome[]
let nowMs: number
let known: Set<string>
beforeEach(async () => {
  pushes = 0
  outcomes = []
  nowMs = 1_800_000_000_000
  known = new Set()
  server = await startWebhookServer(
    { host: '127.0.0.1', port: 0, secret, git, branch: 'main' },
    {
      rules,
      nowMs: () => nowMs,
      onPush: () => pushes++,
      onOutcome: (outcome) => outcomes.push(outcome),
      isNewDelivery: (names) => {
        const isNew = names.every((name) => !known.has(name))
        for (const name of names) known.add(name)
        return isNew
      },
    },
  )
})
afterEach(() => server.close())

const push = {
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: 'ab'.repeat(20),
  repository: { clone_url: `${git}.git`, fork: false },
}
const hmac = (body: string) => createHmac('sha256', secret).update(body).digest('hex')
let deliveries = 0
/** As GitHub does it, but for what is changed. */
async function deliver(
  value: unknown,
  headers: Record<string, string> = {},
  path = '',
): Promise<number> {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': `delivery-${++deliveries}`,
      'x-hub-signature-256': `sha256=${hmac(body)}`,
      ...headers,
    },
  })
  await answer.arrayBuffer()
  return answer.status
}

test('a push to the branch rings, and the log says which commit', async () => {
  expect(await deliver(push)).toBe(202)
  expect(pushes).toBe(1)
  expect(outcomes).toEqual([{ status: 202, accepted: true, text: `a push of ${push.after}` }])
})

test('what is not signed with the secret rings nothing, and is told nothing', async () => {
  const forged = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }
  expect(await deliver(push, forged)).toBe(401)
  expect(await deliver('no JSON', forged)).toBe(401)
  expect(pushes).toBe(0)
})

test('a delivery that comes again rings nothing, also under another number', async () => {
  const headers = { 'x-github-delivery': 'one' }
  expect(await deliver(push, headers)).toBe(202)
  expect(await deliver(push, headers)).toBe(200)
  expect(await deliver(push, { 'x-github-delivery': 'two' })).toBe(200)
  expect(await deliver({ ...push, after: 'cd'.repeat(20) }, headers)).toBe(200)
  expect(pushes).toBe(1)
})

test.each<[string, object, Record<string, string>?]>([
  ['a fork', { repository: { clone_url: 'https://git.example/stranger/app', fork: true } }],
  ['another server', { repository: { clone_url: 'https://git.example.evil/you/app' } }],
  ['another branch', { ref: 'refs/heads/mains' }],
  ['a tag of this name', { ref: 'refs/tags/main' }],
  ['the end of the branch', { after: '0'.repeat(40) }],
  ['another event', {}, { 'x-github-event': 'pull_request' }],
])('%s rings nothing', async (_, changes, headers) => {
  expect(await deliver({ ...push, ...changes }, headers)).toBe(200)
  expect(pushes).toBe(0)
})

test('a pull request that says it is a push is refused', async () => {
  const request = { ...push, pull_request: { head: { sha: push.after } } }
  expect(await deliver(request)).toBe(400)
  expect(pushes).toBe(0)
})

test('other methods, paths, kinds of body and large bodies are refused', async () => {
  expect((await fetch(server.url)).status).toBe(405)
  expect(await deliver(push, {}, '/other')).toBe(404)
  expect(await deliver(push, { 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
  expect(await deliver('x'.repeat(rules.maxWebhookBytes + 1)).catch(() => 413)).toBe(413)
  expect(pushes).toBe(0)
})

test('a body without a length is read only as far as a payload may go', async () => {
  const status = await new Promise<number | undefined>((resolve) => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const sent = request(server.url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', () => resolve(undefined))
    const piece = Buffer.alloc(1 << 18, 'x')
    const send = () => {
      if (!sent.destroyed) sent.write(piece, () => setImmediate(send))
    }
    send()
  })
  expect([413, undefined]).toContain(status)
  expect(outcomes.map((outcome) => outcome.status)).toEqual([413])
})

test('more than thirty at once are refused, and one more is taken each second', async () => {
  for (let count = 0; count < 30; count++) await deliver(push, { 'x-hub-signature-256': 'x' })
  expect(await deliver(push)).toBe(429)
  nowMs += 1_000
  expect(await deliver(push)).toBe(202)
  expect(await deliver({ ...push, after: 'cd'.repeat(20) })).toBe(429)
})

test('the log has neither the secret nor a signature, whatever is sent', async () => {
  const token = { 'x-gitlab-token': secret, 'x-gitlab-event': 'Push Hook' }
  await deliver(push)
  await deliver(push, { ...token, 'x-hub-signature-256': 'x' })
  await deliver(`{"a":"${secret}"}`)
  expect(outcomes).toHaveLength(3)
  expect(JSON.stringify(outcomes)).not.toMatch(new RegExp(`${secret}|sha256|[0-9a-f]{64}`))
})
