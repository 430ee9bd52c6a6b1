// Secrets: what is sealed, named on chain and given to the nodes; what is refused before anything is signed.
import { createHash } from 'node:crypto'
import { zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import { parseSealedSecret, policyDigest, serializePolicy } from '@wetee/secrets'
import {
  checkCiphertext,
  checkPublicShares,
  combine,
  keyBase,
  nobleGroup as group,
  releaseShares,
  secretLabel,
} from '@wetee/threshold'
import { SdkError } from '../error.ts'
import { decodeCalls, factsOf } from '../testing/decode-calls.ts'
import {
  emptyWorld,
  jsonAnswer,
  memoryNetwork,
  testApp,
  testOperator,
  testOwner,
  testVersion,
  zeroDigest,
  type Answers,
  type World,
} from '../testing/memory-network.ts'
import {
  listSecrets,
  planGrant,
  planRemoveSecret,
  planRevoke,
  planRollBack,
  planSecret,
  publishSecret,
  sealSecret,
} from './index.ts'

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const value = new TextEncoder().encode('correct horse battery staple')
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}` as const

const terms = {
  replicas: 1,
  cpuMilli: 1,
  memoryMiB: 1,
  diskMiB: 1,
  gpu: 0,
  teeClasses: 1,
  level: 1,
  upgradeDelaySeconds: 0,
  graceSeconds: 0,
}

/** A key that one member holds alone: enough to see that what was sealed opens. */
const secret = group.readSecret(new Uint8Array(32).fill(7))
const networkKey = {
  Y: hex(group.encode(group.multiplySecret(keyBase(), secret))),
  S: hex(group.encode(group.multiplyBase(secret))),
}
const unset = {
  ciphertextDigest: zeroDigest,
  policyDigest: zeroDigest,
  owner: zeroAddress,
  setAt: 0n,
  key: 0,
}
const set = (byte: string) => ({
  ciphertextDigest: `0x${byte.repeat(32)}` as const,
  policyDigest: `0x${'dd'.repeat(32)}` as const,
  owner: testOwner,
  setAt: 1_800_000_050n,
  key: 1,
})

function world(): World {
  const made = emptyWorld()
  made.networkKey = networkKey
  made.apps.set(7n, testApp(7n))
  made.versions.set('7/1', testVersion(1, { terms }))
  made.views.set('secrets.secret(7,db)', { name: '', current: 0, latest: 4, version: unset })
  made.views.set('secrets.secret(7,api)', {
    name: 'api',
    current: 2,
    latest: 3,
    version: set('aa'),
  })
  made.views.set('secrets.secrets(7)', [
    { name: 'web', current: 1, latest: 1, version: set('bb') },
    { name: 'api', current: 2, latest: 3, version: set('aa') },
  ])
  made.views.set('secrets.readers(7,api)', [
    { appId: 9n, manifestDigest: `0x${'99'.repeat(32)}`, owner: zeroAddress },
    { appId: 0n, manifestDigest: zeroDigest, owner: testOperator },
  ])
  made.views.set('secrets.readers(7,web)', [])
  made.views.set('secrets.version(7,api,1)', set('ab'))
  made.views.set('secrets.version(7,api,9)', unset)
  return made
}

test('what is sealed opens under the label of the next version, and under no other', async () => {
  const network = memoryNetwork(world())
  const sealed = await sealSecret(network, { appId: 7n, name: 'db', value })
  expect(sealed).toMatchObject({ version: 5, name: 'db' })
  const { ciphertext, policyText } = parseSealedSecret(sealed.bytes)
  expect(Buffer.from(sealed.bytes).includes(Buffer.from(value))).toBe(false)
  const labelOf = (version: number) =>
    secretLabel({
      chainId: 31_337n,
      cloud: Buffer.from(network.profile.contracts.cloud.slice(2), 'hex'),
      owner: Buffer.from(testOwner.slice(2), 'hex'),
      appId: 7n,
      name: 'db',
      version,
      policyDigest: Buffer.from(policyDigest(policyText).slice(2), 'hex'),
    })
  expect(() => checkCiphertext(group, labelOf(4), ciphertext)).toThrow(code('ciphertext.invalid'))
  expect(open(checkCiphertext(group, labelOf(5), ciphertext))).toEqual(value)
})

/** As the one member of a committee would release it, and a reader combine. */
function open(checked: ReturnType<typeof checkCiphertext>): Uint8Array | undefined {
  const request = {
    epoch: 1n,
    requestId: new Uint8Array(32).fill(1),
    readerKey: new Uint8Array(32).fill(2),
  }
  const publicShare = group.multiplyBase(secret)
  const holder = { nodeId: 1n, statementKey: new Uint8Array(20).fill(1) }
  const member = { index: 1, share: secret, publicShare, holder }
  const random = (size: number) => crypto.getRandomValues(new Uint8Array(size))
  const bytes = releaseShares(group, member, { request, ciphertexts: [checked] }, random)
  const committee = checkPublicShares(group, [publicShare], 1, publicShare)
  const given = {
    committee,
    request,
    ciphertexts: [checked],
    replies: [{ index: 1, holder, bytes }],
  }
  return combine(group, given).plaintexts[0]
}

test('the policy is the hardware of the current version, any level, what the DAO accepts', async () => {
  const {
    policy,
    bytes,
    policyDigest: digest,
  } = await sealSecret(memoryNetwork(world()), {
    appId: 7n,
    name: 'db',
    value,
  })
  expect(policy).toEqual({ teeClasses: ['tdx'], minLevel: 0, measurements: 'dao' })
  const text = serializePolicy({ teeClasses: 1, minLevel: 0, measurements: 'dao' })
  expect(parseSealedSecret(bytes).policyText).toBe(text)
  expect(digest).toBe(policyDigest(text))
})

test.each<[string, string, (network: ReturnType<typeof memoryNetwork>) => Promise<unknown>]>([
  [
    'an empty value',
    'secret.empty',
    (n) => sealSecret(n, { appId: 7n, name: 'db', value: new Uint8Array() }),
  ],
  [
    'a value that is too large',
    'secret.too-large',
    (n) => sealSecret(n, { appId: 7n, name: 'db', value: new Uint8Array(65_537) }),
  ],
  [
    'a name with a slash',
    'secret.name-invalid',
    (n) => sealSecret(n, { appId: 7n, name: 'a/b', value }),
  ],
  [
    'a name with a dot in front',
    'secret.name-invalid',
    (n) => sealSecret(n, { appId: 7n, name: '.wetee', value }),
  ],
  [
    'an unknown application',
    'app.not-found',
    (n) => sealSecret(n, { appId: 8n, name: 'db', value }),
  ],
  [
    'a policy that nobody meets',
    'secret.policy-invalid',
    (n) => sealSecret(n, { appId: 7n, name: 'db', value, policy: { teeClasses: [] } }),
  ],
  [
    'no measurement at all',
    'secret.policy-invalid',
    (n) => sealSecret(n, { appId: 7n, name: 'db', value, policy: { measurements: [] } }),
  ],
  ['rolling back to the current version', 'secret.unchanged', (n) => planRollBack(n, 7n, 'api', 2)],
  ['rolling back to no version', 'secret.version-unknown', (n) => planRollBack(n, 7n, 'api', 9)],
  ['removing what is not set', 'secret.not-found', (n) => planRemoveSecret(n, 7n, 'db')],
  ['granting twice', 'secret.granted', (n) => planGrant(n, 7n, 'api', { owner: testOperator })],
  ['revoking nothing', 'secret.not-granted', (n) => planRevoke(n, 7n, 'api', { owner: testOwner })],
])('%s is refused with %s', async (_, expected, act) => {
  await expect(act(memoryNetwork(world()))).rejects.toThrow(code(expected))
})

test('nobody but the owner seals, no ended application is given a secret, and there is a key first', async () => {
  const foreign = world()
  foreign.apps.set(7n, { ...testApp(7n), owner: testOperator })
  const ended = world()
  ended.apps.set(7n, { ...testApp(7n), state: 'ended' })
  const keyless = world()
  keyless.networkKey = undefined
  const seal = (made: World) => sealSecret(memoryNetwork(made), { appId: 7n, name: 'db', value })
  await expect(seal(foreign)).rejects.toThrow(code('secret.not-owner'))
  await expect(seal(ended)).rejects.toThrow(code('app.ended'))
  await expect(seal(keyless)).rejects.toMatchObject({ code: 'network.no-key', retryable: true })
})

test('changes call the contract with what was shown', async () => {
  const network = memoryNetwork(world())
  const sealed = await sealSecret(network, { appId: 7n, name: 'db', value })
  const { digest, policyDigest: policy } = sealed
  const plan = await planSecret(network, sealed)
  expect(decodeCalls(plan)).toEqual([['secrets.setSecret', [7n, 'db', 5, 1, digest, policy], 0n]])
  expect(JSON.stringify(factsOf(plan))).not.toContain('correct horse')
  expect(decodeCalls(await planRollBack(network, 7n, 'api', 1))).toEqual([
    ['secrets.rollBack', [7n, 'api', 1], 0n],
  ])
  expect(decodeCalls(await planRemoveSecret(network, 7n, 'api'))).toEqual([
    ['secrets.removeSecret', [7n, 'api'], 0n],
  ])
  const reader = { appId: 9n, manifestDigest: `0x${'98'.repeat(32)}` } as const
  expect(decodeCalls(await planGrant(network, 7n, 'api', reader))).toEqual([
    ['secrets.grant', [7n, 'api', { ...reader, owner: zeroAddress }], 0n],
  ])
  expect(decodeCalls(await planRevoke(network, 7n, 'api', { owner: testOperator }))).toEqual([
    [
      'secrets.revoke',
      [7n, 'api', { appId: 0n, manifestDigest: zeroDigest, owner: testOperator }],
      0n,
    ],
  ])
})

test('the list has every secret by name with its readers', async () => {
  expect(await listSecrets(memoryNetwork(world()), 7n)).toMatchObject([
    {
      name: 'api',
      latest: 3,
      current: { version: 2, owner: testOwner },
      readers: [{ appId: 9n, manifestDigest: `0x${'99'.repeat(32)}` }, { owner: testOperator }],
    },
    { name: 'web', readers: [] },
  ])
})

test('secrets under an older key of the network are listed with its end, 0 where it has ended', async () => {
  const made = world()
  const found = async () =>
    (await listSecrets(memoryNetwork(made), 7n)).map(({ name, keyEndsAt }) => [name, keyEndsAt])
  expect(await found()).toEqual([
    ['api', undefined],
    ['web', undefined],
  ])
  const older = { ...networkKey, number: 1, madeBlock: 1n, lastEpoch: 1n, endsAt: 1_800_009_999n }
  made.olderKey = older
  made.views.set('secrets.secrets(7)', [
    { name: 'web', current: 1, latest: 1, version: { ...set('bb'), key: 2 } },
    { name: 'api', current: 2, latest: 3, version: set('aa') },
  ])
  expect(await found()).toEqual([
    ['api', 1_800_009_999n],
    ['web', undefined],
  ])
  made.olderKey = { ...older, number: 2 }
  expect(await found()).toEqual([
    ['api', 0n],
    ['web', older.endsAt],
  ])
})

const nodes = [1n, 2n, 3n].map((nodeId) => ({
  nodeId,
  owner: testOwner,
  operator: testOperator,
  status: 'active' as const,
  stakeWei: 1n,
  endpoint: `https://node-${nodeId}.test`,
  statementKey: testOperator,
  tlsKeyHash: `0x${'0'.repeat(63)}${nodeId}` as const,
}))

async function published(answers: (url: (nodeId: bigint) => string) => Answers, waitMs = 0) {
  const made = world()
  made.nodes = nodes
  made.committee = { epoch: 1n, members: [1n, 2n, 3n], threshold: 2 }
  const sealed = await sealSecret(memoryNetwork(made), { appId: 7n, name: 'db', value })
  made.views.set(`secrets.secretOf(${sealed.digest})`, [7n, 'db', 5])
  const urlOf = (nodeId: bigint) =>
    `https://node-${nodeId}.test/v1/ciphertexts/${sealed.digest.slice(2)}`
  return publishSecret(memoryNetwork(made, answers(urlOf)), sealed.bytes, { waitMs })
}

const stored = jsonAnswer({ stored: true })

test('every node is given the bytes; the threshold is enough, and the others are named', async () => {
  const seen: Uint8Array[] = []
  const take = (put?: Uint8Array) => {
    if (put !== undefined) seen.push(put)
    return stored
  }
  const result = await published((url) => ({
    [url(1n)]: take,
    [url(2n)]: take,
    [url(3n)]: new SdkError('transport.failed', 'refused', { retryable: true }),
  }))
  expect(result).toMatchObject({
    nodes: [1n, 2n],
    refused: [{ nodeId: 3n, code: 'transport.failed' }],
  })
  expect(new Set(seen.map((bytes) => createHash('sha256').update(bytes).digest('hex'))).size).toBe(
    1,
  )
})

test('a node that has not seen the block yet is asked again; one that refuses is not', async () => {
  const early = jsonError(404, 'ciphertext.not-on-chain')
  let asked = 0
  const result = await published(
    (url) => ({
      [url(1n)]: () => (asked++ === 0 ? early : stored),
      [url(2n)]: stored,
      [url(3n)]: jsonError(507, 'ciphertext.store-full'),
    }),
    5_000,
  )
  expect(result.nodes).toEqual([1n, 2n])
  expect(result.refused).toMatchObject([{ nodeId: 3n, code: 'ciphertext.store-full' }])
})

test('a stranger at a node’s address has stored nothing, whatever it answers', async () => {
  const key = nodes[1]?.tlsKeyHash ?? zeroDigest
  const stranger = jsonAnswer({ stored: true }, key)
  await expect(
    published((url) => ({ [url(1n)]: stranger, [url(2n)]: stranger, [url(3n)]: stranger })),
  ).rejects.toMatchObject({ code: 'secret.too-few-nodes', retryable: true })
})

test('what the chain does not name is given to nobody', async () => {
  const made = world()
  const sealed = await sealSecret(memoryNetwork(made), { appId: 7n, name: 'db', value })
  made.views.set(`secrets.secretOf(${sealed.digest})`, [0n, '', 0])
  await expect(publishSecret(memoryNetwork(made), sealed.bytes)).rejects.toThrow(
    code('secret.not-on-chain'),
  )
})

function jsonError(status: number, name: string) {
  return { ...jsonAnswer({ error: { code: name, message: 'no' } }), status }
}
