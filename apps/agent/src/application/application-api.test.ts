// The socket that an application is given: what it answers, what it never signs, and its bounds.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evidenceDigest, frame } from '@wetee/attestation'
import { readyTypedData, releaseRequestTypedData } from '@wetee/chain'
import { requestSocket } from '@wetee/tee-device'
import fc from 'fast-check'
import { hashTypedData, recoverAddress } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import { makeInstanceKeys, type InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { createLog } from '../log.ts'
import { NodeRefusal } from '../nodes/node-call.ts'
import { SecretError } from '../secrets/secret-error.ts'
import type { AppFacts } from '../committee/app-facts.ts'
import { DerivedKeys } from './derived-keys.ts'
import { olderKeyOf } from './older-key.ts'
import { startApplicationApi } from './application-api.ts'

const chainId = 31_337
const cloud = `0x${'0c'.repeat(20)}` as const
const point = `0x02${'11'.repeat(32)}` as const
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
const sha256 = (bytes: Uint8Array) =>
  `0x${createHash('sha256').update(bytes).digest('hex')}` as const

let folder: string
let socketPath: string
let keys: InstanceKeys
let lines: string[]
let asked: string[]
/** What the network does with a path. */
let derive: (path: string) => Promise<Uint8Array>
let shown: unknown
let facts: () => Promise<Pick<AppFacts, 'olderKey'>>
const cleanups: (() => unknown)[] = []

const endorsements = Object.fromEntries(
  [
    'pck_crl_issuer_chain',
    'root_ca_crl',
    'pck_crl',
    'tcb_info_issuer_chain',
    'tcb_info',
    'tcb_info_signature',
    'qe_identity_issuer_chain',
    'qe_identity',
    'qe_identity_signature',
  ].map((field) => [field, '00']),
)
const document = { platform: 'tdx', quote: new Uint8Array([1]), eventLog: [], endorsements }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-aa-'))
  socketPath = join(folder, 'wetee.sock')
  keys = await makeInstanceKeys('app-1.wetee')
  lines = []
  asked = []
  derive = (path) => Promise.resolve(new Uint8Array(createHash('sha256').update(path).digest()))
  facts = () => Promise.resolve({ olderKey: '0x' })
  shown = { document, text: '{"format":"wetee/evidence/v1"}' }
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

async function start(S: string = point) {
  const launch = {
    ...{ chainId: BigInt(chainId), subnet: cloud, cloud, networkKey: { Y: S, S } },
    ...{ appId: 1n, version: 2, replica: 3, workerId: 4n },
  } as unknown as InstanceLaunch
  const derived = new DerivedKeys({
    request: async ({ keys: [path = ''], olderKey = '' }) => {
      asked.push(`${path}${olderKey}`)
      return { secrets: [], keys: [await derive(`${path}${olderKey}`)] }
    },
  })
  const api = await startApplicationApi(socketPath, {
    ...{ launch, keys },
    state: { answer: () => ({ state: 'attested', leaseNotAfter: '99' }) },
    maker: { shown: () => Promise.resolve(shown as never) },
    derived,
    olderKey: olderKeyOf(launch, { latest: () => facts() }),
    chain: { answer: () => Promise.resolve(undefined) },
    device: { platform: 'tdx', simulated: true },
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
  })
  cleanups.push(() => api.close())
  return api
}

const call = (method: 'GET' | 'POST', path: string, body?: unknown) =>
  requestSocket({ socketPath, method, path, ...(body === undefined ? {} : { body }) })
const post = (path: string, body: unknown) => call('POST', path, body) as Promise<never>

test('every user of the instance may ask who it is', async () => {
  await start()
  expect(statSync(socketPath).mode & 0o777).toBe(0o666)
  expect(await call('GET', '/v1/info')).toEqual({
    format: 'wetee/instance/v1',
    chainId: '31337',
    ...{ subnet: cloud, cloud, networkKey: { Y: point, S: point } },
    ...{ appId: '1', version: 2, replica: 3, workerId: '4' },
    ...{ platform: 'tdx', simulated: true, state: 'attested', leaseNotAfter: '99' },
    ...{ instanceKey: keys.account.address, signingKey: keys.signingKey },
    ...{ hpkeKey: keys.hpkeKey, tlsKeyHash: keys.tls.tlsKeyHash },
  })
})

test('a challenge is answered with evidence and a signature of the key in it over both', async () => {
  await start()
  expect(await call('GET', '/v1/evidence')).toEqual({ format: 'wetee/evidence/v1' })
  const challenge = `0x${'ab'.repeat(16)}`
  const { evidence, signature } = await post('/v1/evidence', { challenge })
  expect(evidence).toEqual({ format: 'wetee/evidence/v1' })
  const digest = bytesOf(evidenceDigest(document as never, endorsements as never))
  const hash = sha256(frame('wetee/challenge/v1', bytesOf(challenge), digest))
  expect(await recoverAddress({ hash, signature })).toBe(keys.account.address)
  shown = undefined
  for (const asking of [call('GET', '/v1/evidence'), post('/v1/evidence', { challenge })])
    await expect(asking).rejects.toMatchObject({ code: 'evidence.pending', status: 503 })
})

test('a derived key is asked of the network once, however many ask for it', async () => {
  await start()
  const key = sha256(Buffer.from('disk'))
  const answers = await Promise.all([1, 2, 3].map(() => post('/v1/key', { path: 'disk' })))
  expect(answers).toEqual([{ key }, { key }, { key }])
  expect(await post('/v1/key', { path: 'disk' })).toEqual({ key })
  expect(asked).toEqual(['disk'])
})

test('at most 64 keys are kept; the one longest unused is asked for again', async () => {
  await start()
  await post('/v1/key', { path: 'first' })
  for (let i = 0; i < 63; i++) await post('/v1/key', { path: `k${i}` })
  await post('/v1/key', { path: 'first' })
  await post('/v1/key', { path: 'one more' })
  asked.length = 0
  expect(await post('/v1/key', { path: 'first' })).toEqual({ key: sha256(Buffer.from('first')) })
  expect(asked).toEqual([])
  expect(await post('/v1/key', { path: 'k0' })).toEqual({ key: sha256(Buffer.from('k0')) })
  expect(asked).toEqual(['k0'])
})

test('four paths are asked for at a time, a fifth is told to wait; keys are zeros once the socket is closed', async () => {
  const api = await start()
  const given: Uint8Array[] = []
  const waiting: (() => void)[] = []
  derive = (path) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(given[given.push(new Uint8Array(32).fill(path.length)) - 1]!))
      if (waiting.length === 4) allAsked()
    })
  let allAsked = () => undefined as void
  const four = new Promise<void>((resolve) => (allAsked = resolve))
  const asking = ['a', 'bb', 'ccc', 'dddd'].map((path) => post('/v1/key', { path }))
  await four
  await expect(post('/v1/key', { path: 'eeeee' })).rejects.toMatchObject({
    ...{ code: 'key.busy', status: 429 },
  })
  for (const answer of waiting) answer()
  await Promise.all(asking)
  await api.close()
  for (const key of given) expect(key).toEqual(new Uint8Array(32))
})

test('a network that does not release says why, and the next call asks again', async () => {
  await start()
  for (const [error, code] of [
    [new SecretError('secrets.too-few', '1 releases'), 'secrets.too-few'],
    [new NodeRefusal('evidence.stale', 'too old'), 'evidence.stale'],
  ] as const) {
    derive = () => Promise.reject(error)
    await expect(post('/v1/key', { path: 'p' })).rejects.toMatchObject({ code, status: 503 })
  }
  derive = () => Promise.reject(new Error('SECRET in an unknown error'))
  await expect(post('/v1/key', { path: 'p' })).rejects.toMatchObject({ code: 'internal' })
  derive = () => Promise.resolve(new Uint8Array(32).fill(7))
  expect(await post('/v1/key', { path: 'p' })).toEqual({ key: `0x${'07'.repeat(32)}` })
})

test('a key under the older key of the network is given while its members name that, and under no other', async () => {
  await start()
  const older = `0x03${'77'.repeat(32)}` as const
  const other = `0x02${'77'.repeat(32)}` as const
  const under = (networkKey: string) => post('/v1/key', { path: 'disk', networkKey })
  expect(await call('GET', '/v1/network-keys')).toEqual({ own: point, older: null })
  await expect(under(older)).rejects.toMatchObject({ code: 'key.unknown-network-key', status: 409 })
  expect(asked).toEqual([])
  facts = () => Promise.resolve({ olderKey: older })
  expect(await call('GET', '/v1/network-keys')).toEqual({ own: point, older })
  expect(await under(older)).toEqual({ key: sha256(Buffer.from(`disk${older}`)) })
  expect(await under(point)).toEqual({ key: sha256(Buffer.from('disk')) })
  expect(asked).toEqual([`disk${older}`, 'disk'])
  await expect(under(other)).rejects.toMatchObject({ code: 'key.unknown-network-key' })
  facts = () => Promise.reject(new SecretError('facts.no-quorum', 'too few'))
  await expect(under(other)).rejects.toMatchObject({ code: 'facts.no-quorum', status: 503 })
})

test('an instance of the older key itself has no older one', async () => {
  await start()
  facts = () => Promise.resolve({ olderKey: point })
  expect(await call('GET', '/v1/network-keys')).toEqual({ own: point, older: null })
})

test('before the network has a key there are no derived ones', async () => {
  await start(`0x${'00'.repeat(33)}`)
  for (const asking of [
    post('/v1/key', { path: 'p' }),
    post('/v1/sign', { digest: `0x${'01'.repeat(32)}`, path: 'p' }),
  ])
    await expect(asking).rejects.toMatchObject({ code: 'key.no-network-key', status: 409 })
  expect(asked).toEqual([])
})

test('a signature is by the instance, or by the key of a path', async () => {
  await start()
  const digest = `0x${'5a'.repeat(32)}` as const
  const hash = sha256(frame('wetee/app-signature/v1', bytesOf(digest)))
  const mine: { signature: `0x${string}`; address: string; signingKey: string } = await post(
    '/v1/sign',
    { digest },
  )
  expect(mine).toMatchObject({ address: keys.account.address, signingKey: keys.signingKey })
  expect(await recoverAddress({ hash, signature: mine.signature })).toBe(keys.account.address)
  for (const path of ['wallet/0', 'wallet/1', 'wallet/2', 'wallet/3']) {
    const theirs: typeof mine = await post('/v1/sign', { digest, path })
    expect(theirs.address).not.toBe(keys.account.address)
    expect(theirs.signingKey).toMatch(/^0x0[23][0-9a-f]{64}$/)
    expect(await recoverAddress({ hash, signature: theirs.signature })).toBe(theirs.address)
  }
})

test('ATTACK an application cannot have the instance sign a statement of the protocol', async () => {
  await start()
  const statements = [
    readyTypedData({ chainId, contracts: { cloud } }, { appId: 1n, version: 2, replica: 3 }),
    releaseRequestTypedData(
      { chainId, contracts: { cloud } },
      {
        ...{ nodeId: 4n, appId: 1n, version: 2, replica: 3 },
        ...{ requestId: `0x${'01'.repeat(32)}`, itemsDigest: `0x${'02'.repeat(32)}` },
      },
    ),
  ]
  for (const statement of statements) {
    const hash = hashTypedData(statement)
    const { signature }: { signature: `0x${string}` } = await post('/v1/sign', { digest: hash })
    expect(await recoverAddress({ hash, signature })).not.toBe(keys.account.address)
    // Nor by way of a challenge.
    const answered: typeof statement & { signature: `0x${string}` } = await post('/v1/evidence', {
      challenge: hash,
    })
    const recovered = await recoverAddress({ hash, signature: answered.signature })
    expect(recovered).not.toBe(keys.account.address)
  }
  // A signature for an application and one for a challenge never speak of one thing either.
  const digest = `0x${'33'.repeat(32)}` as const
  const { signature }: { signature: `0x${string}` } = await post('/v1/sign', { digest })
  const evidence = bytesOf(evidenceDigest(document as never, endorsements as never))
  const hash = sha256(frame('wetee/challenge/v1', bytesOf(digest), evidence))
  expect(await recoverAddress({ hash, signature })).not.toBe(keys.account.address)
})

test('what is not one of these calls is refused with a code', async () => {
  await start()
  const digest = `0x${'01'.repeat(32)}`
  const bad: [string, unknown][] = [
    ['/v1/evidence', {}],
    ['/v1/evidence', { challenge: `0x${'ab'.repeat(15)}` }],
    ['/v1/evidence', { challenge: `0x${'ab'.repeat(65)}` }],
    ['/v1/evidence', { challenge: `0x${'AB'.repeat(16)}` }],
    ['/v1/evidence', { challenge: `0x${'ab'.repeat(16)}`, more: 1 }],
    ['/v1/key', { path: '' }],
    ['/v1/key', { path: 'x'.repeat(257) }],
    ['/v1/key', { path: 'é'.repeat(129) }],
    ['/v1/key', { path: '\ud800' }],
    ['/v1/key', { path: 1 }],
    // Keys of the agent's own, such as the one for TLS.
    ['/v1/key', { path: 'wetee/tls' }],
    ['/v1/sign', { digest, path: 'wetee/acme-account' }],
    ['/v1/key', { path: 'p', appId: '2' }],
    ['/v1/key', { path: 'p', networkKey: '0x02' }],
    ['/v1/key', undefined],
    ['/v1/key', []],
    ['/v1/sign', { digest: '0x00' }],
    ['/v1/sign', { digest: `${digest}00` }],
    ['/v1/sign', { digest, path: '' }],
    ['/v1/sign', { digest, path: null }],
  ]
  for (const [path, body] of bad)
    await expect(call('POST', path, body), JSON.stringify(body)).rejects.toMatchObject({
      ...{ code: 'request.invalid', status: 400 },
    })
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/v1/key'],
    ['POST', '/v1/info'],
    ['GET', '/v1/info?x=1'],
    ['POST', '/v1/ready'],
    ['GET', '/v1/state'],
  ] as const)
    await expect(call(method, path)).rejects.toMatchObject({ code: 'request.unknown', status: 404 })
  await expect(post('/v1/key', { path: 'x'.repeat(70_000) })).rejects.toMatchObject({ status: 413 })
  expect(asked).toEqual([])
  expect(lines).toEqual([])
})

test('whatever JSON is sent, the answer is one of those documented and nothing breaks', async () => {
  await start()
  const value = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.record({ path: fc.string(), digest: fc.string() }).map((it) => JSON.stringify(it)),
    fc.string(),
  )
  const paths = fc.constantFrom('/v1/key', '/v1/sign', '/v1/evidence', '/v1/info')
  await fc.assert(
    fc.asyncProperty(paths, value, async (path, body) => {
      const parsed: unknown = tryParse(body)
      await call('POST', path, parsed).then(
        (answer) => expect(path === '/v1/key' ? answer : undefined).not.toBe(undefined),
        (error: { code: string }) =>
          expect(['request.invalid', 'request.unknown', 'request.not-json']).toContain(error.code),
      )
    }),
    { numRuns: 100, seed: 6 },
  )
  expect(lines).toEqual([])
})

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
