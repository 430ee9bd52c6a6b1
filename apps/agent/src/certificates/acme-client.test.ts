// Answers of a CA that is wrong, or not one: every one ends in an error with a code, none is followed.
import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { AcmeClient } from './acme-client.ts'
import type { CaAnswer } from './ca-call.ts'
import { p256KeyFrom } from './derived-identity.ts'
import { keyAuthorization, signRequest } from './jws.ts'

const accountKey = p256KeyFrom(Buffer.alloc(32, 1))
const base = 'https://ca.example'
const token = 'token-of-sixteen-letters'
const leaf = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

type Answers = Readonly<Record<string, unknown>>
const good: Answers = {
  '/directory': {
    newNonce: `${base}/nonce`,
    newAccount: `${base}/account`,
    newOrder: `${base}/order`,
  },
  '/nonce': '',
  '/account': {},
  '/order': {
    status: 'pending',
    authorizations: [`${base}/authorization`],
    finalize: `${base}/finalize`,
  },
  '/authorization': {
    status: 'pending',
    challenges: [{ type: 'tls-alpn-01', url: `${base}/challenge`, token }],
  },
  '/challenge': {},
  '/authorization/after': { status: 'valid', challenges: [] },
  '/placed': {
    status: 'valid',
    authorizations: [`${base}/authorization`],
    finalize: `${base}/finalize`,
    certificate: `${base}/certificate`,
  },
  '/finalize': {},
  '/certificate': leaf,
}

/** Orders at a CA with these answers in the place of good ones; tells what was asked and served. */
async function orderAt(over: Answers = {}) {
  const asked: string[] = []
  const served: string[] = []
  let challenged = false
  const answers = { ...good, ...over }
  const client = new AcmeClient({
    ...{ directoryUrl: `${base}/directory`, accountKey },
    call: ({ url }): Promise<CaAnswer> => {
      const path = url.slice(base.length)
      asked.push(path)
      if (path === '/challenge') challenged = true
      const after = `${path}/after`
      const found = challenged && after in answers ? answers[after] : answers[path]
      const headers = {
        'replay-nonce': `nonce${asked.length}`,
        location: `${base}${path === '/order' ? '/placed' : path}`,
      }
      if (found instanceof Object && 'problem' in found)
        return Promise.resolve({ status: 403, headers, body: JSON.stringify(found.problem) })
      const body = typeof found === 'string' ? found : JSON.stringify(found)
      return Promise.resolve({ status: 200, headers, body })
    },
    sleep: () => Promise.resolve(),
  })
  const ordering = client.order({
    ...{ name: 'shop.example', request: Buffer.from('csr') },
    serve: (digest) => {
      served.push(Buffer.from(digest).toString('hex'))
      return Promise.resolve(() => {
        served.push('stopped')
        return Promise.resolve()
      })
    },
  })
  const code = await ordering.then(
    (chain) => chain,
    (error: { code: string }) => error.code,
  )
  return { code, asked, served }
}

test('a good CA: the chain, with the challenge served only while it is looked at', async () => {
  const { code, served } = await orderAt()
  expect(code).toBe(leaf)
  expect(served).toHaveLength(2)
  expect(served[1]).toBe('stopped')
})

test('a name that is proven already needs no challenge', async () => {
  const { code, served } = await orderAt({
    '/authorization': { status: 'valid', challenges: [] },
  })
  expect(code).toBe(leaf)
  expect(served).toEqual([])
})

test.each<[string, Answers, string]>([
  ['no JSON', { '/directory': '<html>' }, 'acme.answer-invalid'],
  [
    'a directory without HTTPS',
    { '/directory': { ...(good['/directory'] as object), newOrder: 'http://ca.example/order' } },
    'acme.answer-invalid',
  ],
  [
    'a place that is a file',
    { '/order': { ...(good['/order'] as object), finalize: 'file:///etc/passwd' } },
    'acme.answer-invalid',
  ],
  [
    'no authorizations',
    { '/order': { ...(good['/order'] as object), authorizations: [] } },
    'acme.answer-invalid',
  ],
  [
    'hundreds of authorizations',
    { '/order': { ...(good['/order'] as object), authorizations: Array(100).fill(`${base}/a`) } },
    'acme.answer-invalid',
  ],
  [
    'only other challenges',
    {
      '/authorization': {
        status: 'pending',
        challenges: [{ type: 'dns-01', url: `${base}/c`, token }],
      },
    },
    'acme.no-challenge',
  ],
  [
    'a token with other letters',
    {
      '/authorization': {
        status: 'pending',
        challenges: [{ type: 'tls-alpn-01', url: `${base}/c`, token: 'a.b/../c="{}"xxxxxx' }],
      },
    },
    'acme.no-challenge',
  ],
  [
    'a failed challenge',
    {
      '/authorization/after': {
        status: 'invalid',
        challenges: [
          { type: 'tls-alpn-01', url: `${base}/challenge`, error: { detail: 'no way there' } },
        ],
      },
    },
    'acme.challenge-failed',
  ],
  [
    'a challenge that is never settled',
    { '/authorization/after': { status: 'pending', challenges: [] } },
    'acme.too-slow',
  ],
  [
    'an order that fails at the end',
    {
      '/placed/after': {
        ...(good['/placed'] as object),
        status: 'invalid',
        certificate: undefined,
      },
    },
    'acme.refused',
  ],
  [
    'a refusal',
    {
      '/order': { problem: { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many' } },
    },
    'acme.refused',
  ],
  [
    'nonces that are never good',
    { '/order': { problem: { type: 'urn:ietf:params:acme:error:badNonce' } } },
    'acme.refused',
  ],
  [
    'a private key for a certificate',
    { '/certificate': `${leaf}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n` },
    'acme.certificate-invalid',
  ],
  ['a page for a certificate', { '/certificate': '<html>' }, 'acme.certificate-invalid'],
])('%s', async (_, over, expected) => {
  const { code, served, asked } = await orderAt(over)
  expect(code).toBe(expected)
  expect(served.filter((one) => one !== 'stopped').length).toBe(
    served.filter((one) => one === 'stopped').length,
  )
  expect(asked.length).toBeLessThan(50)
})

test('a request is signed over its URL, nonce and payload by the account', () => {
  const text = signRequest(
    { key: accountKey, account: `${base}/account/1` },
    { url: `${base}/order`, nonce: 'abc', payload: { a: 1 } },
  )
  const jws = JSON.parse(text) as Record<'protected' | 'payload' | 'signature', string>
  const open = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown
  expect(open(jws.protected)).toEqual({
    ...{ alg: 'ES256', kid: `${base}/account/1`, nonce: 'abc', url: `${base}/order` },
  })
  expect(open(jws.payload)).toEqual({ a: 1 })
  const key = { key: createPublicKey(accountKey), dsaEncoding: 'ieee-p1363' } as const
  const signature = Buffer.from(jws.signature, 'base64url')
  expect(verify('sha256', Buffer.from(`${jws.protected}.${jws.payload}`), key, signature)).toBe(
    true,
  )
  expect(verify('sha256', Buffer.from(`${jws.protected}.e30`), key, signature)).toBe(false)
})

test('nothing of the private key is in a request or a key authorization', () => {
  const { d = '' } = accountKey.export({ format: 'jwk' })
  const text = signRequest({ key: accountKey }, { url: `${base}/account`, nonce: 'abc' })
  const { protected: header } = JSON.parse(text) as { protected: string }
  const opened = Buffer.from(header, 'base64url').toString()
  expect(opened).toContain('"jwk"')
  for (const seen of [text, opened, keyAuthorization(accountKey, token)])
    expect(seen).not.toContain(d)
})
