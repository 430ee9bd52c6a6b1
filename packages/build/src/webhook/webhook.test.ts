// Webhooks: the examples that senders publish, forged and old deliveries, and payloads that are no push.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BuildError } from '../error.ts'
import { fuzzSeeds, fuzzTargets } from '../fuzz.ts'
import { verifyDelivery, type WebhookHeaders } from './delivery.ts'
import { maxWebhookBytes, parsePushEvent } from './push-event.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
/** docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation". */
const github = {
  secret: "It's a Secret to Everybody",
  body: bytes('Hello, World!'),
  hex: '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
}
/** The example of the reference implementations of Standard Webhooks, which GitLab's signing token follows. */
const standard = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: bytes('{"test": 2432232314}'),
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  nowMs: 1_614_265_330_000,
}
const verify = (headers: WebhookHeaders, body = github.body, secret = github.secret) =>
  verifyDelivery(headers, body, secret, 0)

test('the example of GitHub is taken, with its number and its event', () => {
  const headers = {
    'x-hub-signature-256': `sha256=${github.hex}`,
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-github-event': 'push',
  }
  const id = headers['x-github-delivery']
  expect(verify(headers)).toEqual({ sender: 'github', id, isPush: true })
  expect(verify({ ...headers, 'x-github-event': 'pull_request' })?.isPush).toBe(false)
})

test('Gitea signs the same bytes in a header of its own, which counts before the ones of GitHub that it sends too', () => {
  const own = { 'x-gitea-signature': github.hex, 'x-gitea-event': 'push', 'x-gitea-delivery': '1' }
  expect(verify(own)).toEqual({ sender: 'gitea', id: '1', isPush: true })
  expect(verify({ ...own, 'x-hub-signature-256': 'sha256=00' })?.sender).toBe('gitea')
  const forged = { ...own, 'x-gitea-signature': '0'.repeat(64) }
  expect(verify({ ...forged, 'x-hub-signature-256': `sha256=${github.hex}` })).toBeUndefined()
})

test('GitLab sends the secret, or signs number, time and body as Standard Webhooks has it', () => {
  const plain = { 'x-gitlab-token': github.secret, 'x-gitlab-event': 'Push Hook' }
  expect(verify(plain)).toEqual({ sender: 'gitlab', id: '', isPush: true })
  expect(verify({ ...plain, 'x-gitlab-event': 'Merge Request Hook' })?.isPush).toBe(false)
  const { headers, body, secret, nowMs } = standard
  const id = headers['webhook-id']
  expect(verifyDelivery(headers, body, secret, nowMs)).toEqual({
    sender: 'gitlab',
    id,
    isPush: false,
  })
  const several = { ...headers, 'webhook-signature': `v1,bm9wZQ== ${headers['webhook-signature']}` }
  expect(verifyDelivery(several, body, secret, nowMs)?.id).toBe(id)
})

test.each<[string, WebhookHeaders]>([
  ['nothing', {}],
  ['another digest', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
  ['half of it', { 'x-hub-signature-256': `sha256=${github.hex.slice(0, 32)}` }],
  ['none', { 'x-hub-signature-256': 'sha256=' }],
  ['SHA-1', { 'x-hub-signature': `sha1=${'0'.repeat(40)}` }],
  ['no algorithm', { 'x-hub-signature-256': github.hex }],
  ['two of them', { 'x-hub-signature-256': [`sha256=${github.hex}`, 'x'] }],
  ['another token', { 'x-gitlab-token': `${github.secret} ` }],
  ['an empty token', { 'x-gitlab-token': '' }],
])('signed with %s, a delivery is refused', (_, headers) => {
  expect(verify(headers)).toBeUndefined()
})

test('a changed body, another secret and an empty one are refused', () => {
  const headers = { 'x-hub-signature-256': `sha256=${github.hex}` }
  expect(verify(headers, bytes('Hello, World?'))).toBeUndefined()
  expect(verify(headers, github.body, 'another secret')).toBeUndefined()
  const empty = createHmac('sha256', '').update(github.body).digest('hex')
  expect(verify({ 'x-gitea-signature': empty }, github.body, '')).toBeUndefined()
  expect(verify({ 'x-gitlab-token': '' }, github.body, '')).toBeUndefined()
})

test('what signs its time is refused when it is old, of the future, of another number, or signed in another way', () => {
  const { headers, body, secret, nowMs } = standard
  const at = (ms: number, changed: WebhookHeaders = {}) =>
    verifyDelivery({ ...headers, ...changed }, body, secret, ms)
  expect(at(nowMs + 300_000)).toBeDefined()
  expect(at(nowMs + 300_001)).toBeUndefined()
  expect(at(nowMs - 300_001)).toBeUndefined()
  expect(at(nowMs, { 'webhook-id': 'msg_other' })).toBeUndefined()
  expect(at(nowMs, { 'webhook-timestamp': '1614265331' })).toBeUndefined()
  expect(at(nowMs, { 'webhook-timestamp': 'now' })).toBeUndefined()
  expect(at(nowMs, { 'webhook-signature': 'v1,' })).toBeUndefined()
  // A signing token is never sent: who sends it has it from elsewhere.
  const token = { 'x-gitlab-token': secret, 'x-gitlab-event': 'Push Hook' }
  expect(verifyDelivery(token, body, secret, nowMs)).toBeUndefined()
})

const push = {
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: 'ab'.repeat(20),
  repository: { clone_url: 'https://git.example/you/app.git' },
}
const parse = (value: unknown) => parsePushEvent(bytes(JSON.stringify(value)))

test('a push says branch, commit and repository; without a commit where the branch is gone', () => {
  const urls = [push.repository.clone_url]
  expect(parse(push)).toEqual({ ref: push.ref, commit: push.after, urls })
  expect(parse({ ...push, after: '0'.repeat(40) })).toEqual({ ref: push.ref, urls })
  const gitlab = { git_http_url: urls[0], git_ssh_url: 'git@git.example:you/app.git' }
  expect(parse({ ...push, object_kind: 'push', repository: gitlab }).urls).toHaveLength(2)
})

test.each<[string, unknown]>([
  ['a pull request', { ...push, action: 'synchronize', pull_request: {} }],
  ['a merge request', { ...push, object_kind: 'merge_request', object_attributes: {} }],
  ['a comment', { ...push, comment: {} }],
  ['a tag of GitLab', { ...push, object_kind: 'tag_push' }],
  ['a ref of a pull request', { ...push, ref: 'refs/pull/1/head' }],
  ['no ref', { ...push, ref: undefined }],
  ['a ref with a line', { ...push, ref: 'refs/heads/a\nb' }],
  ['a short commit', { ...push, after: 'abcdef' }],
  ['a commit in capitals', { ...push, after: 'AB'.repeat(20) }],
  ['a number', { ...push, after: 1 }],
  ['no repository', { ...push, repository: null }],
  ['a repository without an address', { ...push, repository: { name: 'app' } }],
  ['an address that is none', { ...push, repository: { clone_url: ['x'] } }],
  ['an address without an end', { ...push, repository: { clone_url: 'x'.repeat(2049) } }],
  ['a list', [push]],
  ['nothing', null],
])('%s is no push', (_, value) => {
  expect(() => parse(value)).toThrow(BuildError)
})

test('no JSON, no UTF-8, a body that is too large, and one that is nested without end are refused', () => {
  for (const body of [bytes('{'), Uint8Array.of(0x22, 0xff, 0x22), bytes('['.repeat(1_000_000))])
    expect(() => parsePushEvent(body)).toThrow(BuildError)
  const padded = (size: number) => bytes(JSON.stringify(push).padEnd(size))
  expect(parsePushEvent(padded(maxWebhookBytes)).ref).toBe(push.ref)
  expect(() => parsePushEvent(padded(maxWebhookBytes + 1))).toThrow(/larger/)
})

test('whatever the bytes, it is a push or a BuildError', () => {
  const target = fuzzTargets['build-webhook']!
  for (const seed of fuzzSeeds['build-webhook']!) target(seed)
  const tolerant = (input: Uint8Array) => {
    try {
      target(input)
    } catch (error) {
      expect(error).toBeInstanceOf(BuildError)
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tolerant))
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(push)))
  const shape = fc.record(
    { ref: value, before: value, after: value, object_kind: value, repository: value },
    { requiredKeys: [] },
  )
  fc.assert(fc.property(shape, (document) => tolerant(bytes(JSON.stringify(document)))))
})
