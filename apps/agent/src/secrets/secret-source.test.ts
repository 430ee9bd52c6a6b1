// Secrets and derived keys from real nodes over real TLS, of which some lie, and a host that plays all of them.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  encodeSealedSecret,
  parseMisconduct,
  parseSealedSecret,
  serializePolicy,
} from '@wetee/secrets'
import { lagrangeAtZero, parseCiphertext, type Point } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CommitteeBook } from '../committee/committee-book.ts'
import type { EvidenceMaker } from '../evidence/evidence-maker.ts'
import { makeInstanceKeys, type InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { createLog } from '../log.ts'
import {
  dealShares,
  sealReply,
  sealSecret,
  startSecretNetwork,
  testQuorum,
} from '../testing/secret-network.ts'
import type { Reply, Sharing, Stored } from '../testing/secret-network.ts'
import { startTestWorker, type TestWorker } from '../testing/worker-process.ts'
import { openWorkerClient } from '../worker/worker-client.ts'
import { SecretSource } from './secret-source.ts'

const native = openNativeGroup()
const cloud = `0x${'0c'.repeat(20)}` as const
const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

let folder: string
let worker: TestWorker
let lines: string[]
let keys: InstanceKeys
const cleanups: (() => unknown)[] = []
beforeEach(async () => {
  lines = []
  folder = mkdtempSync(join(tmpdir(), 'wetee-ss-'))
  worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve({}))
  keys = await makeInstanceKeys('app-1.wetee')
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await worker.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Four nodes of which three are needed, and two secrets of application 1. */
async function start(given: { threshold?: number; size?: number } = {}) {
  const { threshold = 3, size = 4 } = given
  const sharing = dealShares(native, { threshold, size })
  const chain = new Map<string, Stored>()
  const set = (name: string, value: string, version = 1, appId = '1') => {
    const plaintext = utf8(value)
    const stored = sealSecret(native, sharing.encryptionKey, cloud, {
      ...{ appId, name, plaintext, version },
    })
    chain.set(`${appId}/${name}`, stored)
    return stored
  }
  set('db', 'hunter2')
  set('token', 'tok-en')
  const network = await startSecretNetwork(native, cloud, sharing, chain)
  cleanups.push(() => network.close())
  for (const { node } of network.nodes) worker.allowed.add(node.host)
  return {
    sharing,
    chain,
    set,
    network,
    ...sourceOf(
      sharing,
      network.nodes.map((it) => it.node),
    ),
  }
}

function sourceOf(
  sharing: Sharing,
  nodes: InstanceLaunch['nodes'],
  given: { appId?: bigint; threshold?: number; keys?: InstanceKeys; S?: `0x${string}` } = {},
) {
  const { appId = 1n, threshold = sharing.threshold } = given
  const own = given.keys ?? keys
  const launch = {
    ...{
      chainId: 31_337n,
      cloud,
      quorum: testQuorum,
      appId,
      version: 1,
      replica: 0,
      nodes,
      threshold,
    },
    networkKey: { ...sharing.networkKey, ...(given.S === undefined ? {} : { S: given.S }) },
  } as unknown as InstanceLaunch
  const subject = {
    ...{ appId: String(appId), version: 1, replica: 0 },
    ...{ hpkeKey: own.hpkeKey, signingKey: own.signingKey },
  }
  const maker = {
    make: () => Promise.resolve({ text: JSON.stringify({ subject }), head: worker.head }),
  } as unknown as EvidenceMaker
  const controller = new AbortController()
  cleanups.push(() => controller.abort())
  const book = new CommitteeBook(() => 0)
  const source = new SecretSource({
    ...{ launch, keys: own, maker, book, group: () => native },
    worker: openWorkerClient(join(folder, 'w.sock')),
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
    signal: controller.signal,
  })
  return { source, controller, book }
}

const db = { appId: '1', name: 'db' }
const token = { appId: '1', name: 'token' }
const both = { secrets: [db, token], keys: [] }
const derive = (...paths: string[]) => ({ secrets: [], keys: paths })

/** Who was said to have lied, by index. */
const liars = () =>
  lines
    .map((line) => JSON.parse(line) as { msg: string; nodeId: string; code: string })
    .filter(({ msg }) => msg === 'node released what is not valid')
    .map(({ nodeId, code }) => `${Number(nodeId) - 100} ${code}`)
    .sort()
const logged = () => lines.join('')

test('secrets and derived keys come in the order asked for; who asks need not know their versions', async () => {
  const { source, network, set } = await start()
  const released = await source.request({ secrets: [token, db], keys: ['disk', 'tls/1'] })
  expect(released.secrets.map(text)).toEqual(['tok-en', 'hunter2'])
  expect(released.keys.map(({ length }) => length)).toEqual([32, 32])
  expect(released.keys[0]).not.toEqual(released.keys[1])
  expect((await source.request(derive('tls/1'))).keys[0]).toEqual(released.keys[1])
  expect(liars()).toEqual([])
  // Rotated while this instance runs: whoever asks again is given what is current.
  set('db', 'hunter3', 2)
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter3', 'tok-en'])
  const ids = network.nodes.map(({ requestIds }) => requestIds)
  for (const own of ids) expect(new Set(own).size).toBe(own.length)
  expect(logged()).not.toMatch(/hunter|tok-en/)
})

test('a derived key is the same for every instance of an application and another one for every other', async () => {
  const { source, sharing, network } = await start()
  const nodes = network.nodes.map((it) => it.node)
  const next = await makeInstanceKeys('app-1.wetee')
  const mine = (await source.request(derive('disk'))).keys[0]
  const again = sourceOf(sharing, nodes, { keys: next }).source
  expect((await again.request(derive('disk'))).keys[0]).toEqual(mine)
  const other = sourceOf(sharing, nodes, { appId: 2n }).source
  expect((await other.request(derive('disk'))).keys[0]).not.toEqual(mine)
})

test('a secret of another application has the label of that one', async () => {
  const { source, set } = await start()
  set('shared', 'from twelve', 7, '12')
  const wanted = { secrets: [{ appId: '12', name: 'shared' }, db], keys: [] }
  expect((await source.request(wanted)).secrets.map(text)).toEqual(['from twelve', 'hunter2'])
})

test('as many nodes as the threshold are enough, one fewer is not; once they are back it goes on', async () => {
  const { source, network } = await start()
  const [first, second] = network.nodes
  const gone = () => ({ status: 503, answer: { error: { code: 'node.catching-up', message: '' } } })
  first!.instead = gone
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
  second!.instead = gone
  await expect(source.request(both)).rejects.toMatchObject({ code: 'node.catching-up' })
  delete first!.instead
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
})

test('nodes that cannot be reached at all leave the agent with its own code', async () => {
  const { source, network } = await start()
  worker.allowed.clear()
  await expect(source.request(derive('disk'))).rejects.toMatchObject({ code: 'secrets.too-few' })
  for (const { node } of network.nodes) worker.allowed.add(node.host)
  expect((await source.request(derive('disk'))).keys).toHaveLength(1)
})

test('a silent node holds nobody up once the others were enough', async () => {
  const { source, network } = await start()
  network.nodes[0]!.instead = () => new Promise(() => undefined)
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
})

test('ATTACK a host that plays the whole committee with a key of its own is given away by S of the launch', async () => {
  const real = await start()
  const fake = dealShares(native, { threshold: 3, size: 4 })
  const chain = new Map<string, Stored>()
  for (const name of ['db', 'token'])
    chain.set(
      `1/${name}`,
      sealSecret(native, fake.encryptionKey, cloud, {
        ...{ appId: '1', name, plaintext: utf8('chosen by the host') },
      }),
    )
  const network = await startSecretNetwork(native, cloud, fake, chain)
  cleanups.push(() => network.close())
  const nodes = network.nodes.map((it) => it.node)
  for (const { host } of nodes) worker.allowed.add(host)
  const { source } = sourceOf(real.sharing, nodes)
  for (const wanted of [both, derive('disk')])
    await expect(source.request(wanted)).rejects.toMatchObject({
      code: 'secrets.too-few',
      message: expect.stringContaining('not those of this network key') as string,
    })
  // The same host, had the launch named its key: the attack is one.
  const fooled = sourceOf(real.sharing, nodes, { S: fake.networkKey.S })
  expect((await fooled.source.request(both)).secrets.map(text)[0]).toBe('chosen by the host')
})

test('ATTACK a host that encrypts a secret of its own to Y cannot make shares for it, also not such as add up', async () => {
  const { sharing, chain, network, source, set } = await start()
  const stored = set('db', 'chosen by the host')
  set('token', 'chosen by the host, too')
  expect(chain.get('1/db')).toBe(stored)
  // It knows r, and so r*Y, which is what shares of U add up to.
  const fake = (position: number, reply: Reply): Reply => {
    const images = [...chain.values()].map(({ sealed }, item) => {
      const { u } = parseCiphertext(native, parseSealedSecret(sealed).ciphertext)
      return forgedImages(sharing, native.multiplySecret(u, sharing.secret), item)[position]!
    })
    const bytes = new Uint8Array(reply.answer.secrets!)
    images.forEach((image, item) => bytes.set(native.encode(image), 14 + 33 * item))
    return { ...reply, answer: { ...reply.answer, secrets: bytes } }
  }
  network.nodes[3]!.instead = () => ({ status: 503, answer: {} })
  for (const [position, node] of network.nodes.slice(0, 3).entries())
    node.lie = (reply) => fake(position, reply)
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.too-few' })
})

/** Points for members 1 to 3 whose interpolation at zero is `sum`, none of them a share. */
function forgedImages({ members }: Sharing, sum: Point, seed: number): Point[] {
  const [, second, third] = members
  const [first, b, c] = lagrangeAtZero([1, 2, 3])
  const two = native.multiply(second!.publicShare, BigInt(seed + 2))
  const three = native.multiply(third!.publicShare, BigInt(seed + 3))
  const rest = native.add(native.multiply(two, b!), native.multiply(three, c!))
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  let inverse = 1n
  for (let e = order - 2n, base = first!; e > 0n; e >>= 1n, base = (base * base) % order)
    if (e & 1n) inverse = (inverse * base) % order
  return [native.multiply(native.add(sum, native.negate(rest)), inverse), two, three]
}

test('ATTACK a wrong share is found, its node named, and others are used', async () => {
  for (const [wanted, part] of [
    [both, 'secrets'],
    [derive('disk'), 'keys'],
  ] as const) {
    lines.length = 0
    const { source, network } = await start()
    const want = await source.request(wanted)
    // The proof of another release, over images of another member.
    network.nodes[1]!.lie = (reply) => ({
      ...reply,
      answer: { ...reply.answer, [part]: swapped(reply.answer[part]!) },
    })
    // So that its release is looked at.
    network.nodes[3]!.instead = () => ({ status: 503, answer: {} })
    await expect(source.request(wanted)).rejects.toMatchObject({
      code: 'secrets.too-few',
      message: expect.stringMatching(/\b2\b/) as string,
    })
    delete network.nodes[3]!.instead
    for (let attempt = 0; attempt < 5 && liars().length === 0; attempt++) {
      const got = await source.request(wanted)
      expect(got).toEqual(want)
    }
    expect(liars()).toEqual(['2 node.release-invalid'])
  }
})

/** Another point as the first image. */
function swapped(release: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(release)
  bytes.set(native.encode(native.multiply(native.generator, 7n)), 14)
  return bytes
}

test('ATTACK shares of two epochs do not add up to a threshold', async () => {
  const { source, network, sharing } = await start()
  const next = dealShares(native, { threshold: 3, size: 4, secret: sharing.secret })
  network.epochs.set(2n, next)
  const move = (position: number) => {
    const node = network.nodes[position]!
    node.member = next.members[position]!
    node.epochNumber = 2n
  }
  move(0)
  move(1)
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.too-few' })
  // A node of the new epoch that says that its share is one of the old: its proof does not hold.
  network.nodes[0]!.lie = (reply) => {
    const bytes = new Uint8Array(reply.answer.secrets!)
    bytes[11] = 1
    return { ...reply, epoch: 1n, answer: { ...reply.answer, secrets: bytes } }
  }
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.too-few' })
  delete network.nodes[0]!.lie
  move(2)
  const released = await source.request({ ...both, keys: ['disk'] })
  expect(released.secrets.map(text)).toEqual(['hunter2', 'tok-en'])
})

test('the key of a path is the same in the next epoch', async () => {
  const { source, network, sharing } = await start()
  const before = await source.request(derive('disk'))
  const next = dealShares(native, { threshold: 2, size: 4, secret: sharing.secret })
  network.epochs.set(2n, next)
  for (const [position, node] of network.nodes.entries())
    Object.assign(node, { member: next.members[position]!, epochNumber: 2n })
  expect(await source.request(derive('disk'))).toEqual(before)
})

test('ATTACK an earlier reply played again does not open, and others are used', async () => {
  const { source, network } = await start()
  const node = network.nodes[0]!
  const { nodeId } = node.node
  let recorded: Awaited<ReturnType<typeof sealReply>> | undefined
  node.lie = async (reply) => {
    recorded ??= await sealReply(cloud, nodeId, reply)
    return reply
  }
  await source.request(both)
  expect(recorded).toBeDefined()
  node.instead = (_body, path) =>
    path === '/v1/release' ? recorded! : { status: 404, answer: { error: {} } }
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
  network.nodes[1]!.instead = () => ({ status: 503, answer: {} })
  await expect(source.request(both)).rejects.toThrow()
  expect(logged()).toContain('sealed.unauthentic')
})

test('ATTACK a node that answers for another request, or with a reply to another reader, is not counted', async () => {
  const { source, network, sharing } = await start()
  let earlier: Uint8Array | undefined
  const [liar] = network.nodes
  liar!.lie = (reply) => {
    // Sealed for this request, but proven for the one before.
    const bytes = earlier ?? reply.answer.secrets!
    earlier = new Uint8Array(reply.answer.secrets!)
    return { ...reply, answer: { ...reply.answer, secrets: bytes } }
  }
  await source.request(both)
  network.nodes[3]!.instead = () => ({ status: 503, answer: {} })
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.too-few' })
  const stranger = await makeInstanceKeys('app-1.wetee')
  liar!.lie = (reply) => ({ ...reply, readerKey: Buffer.from(stranger.hpkeKey.slice(2), 'hex') })
  await expect(source.request(both)).rejects.toThrow()
  expect(logged()).toContain('sealed.unauthentic')
  delete liar!.lie
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
  // Nodes 1 to 3 released to the stranger what it asked for in its own name, and this instance got none of it.
  const nodes = network.nodes.map((it) => it.node)
  const theirs = sourceOf(sharing, nodes, { keys: stranger }).source
  expect((await theirs.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
})

test('ATTACK a sealed secret of another version, policy or application is refused and its node named', async () => {
  const { source, network, chain, set } = await start()
  const old = chain.get('1/db')!
  // Whoever knows a label can encrypt under it.
  const twin = set('db', 'of a node', 2)
  const fresh = set('db', 'hunter3', 2)
  const { ciphertext } = parseSealedSecret(fresh.sealed)
  const policyText = serializePolicy({ measurements: 'dao', minLevel: 1, teeClasses: 1 })
  const wrong: [string, Uint8Array][] = [
    ['an older version under the digest of the new one', old.sealed],
    ['another ciphertext of the same label', twin.sealed],
    ['another policy beside the same ciphertext', encodeSealedSecret({ policyText, ciphertext })],
    ['cut off', fresh.sealed.subarray(0, -1)],
    ['nonsense', new Uint8Array(300)],
  ]
  for (const [what, sealed] of wrong) {
    lines.length = 0
    for (const node of network.nodes.slice(0, 2))
      node.lie = (reply) => ({
        ...reply,
        answer: {
          ...reply.answer,
          ciphertexts: new Map([...reply.answer.ciphertexts, [fresh.digest, sealed]]),
        },
      })
    // Their shares are right all the same, and two others have the bytes.
    network.nodes[2]!.lie = async (reply) => {
      await delay()
      return reply
    }
    network.nodes[3]!.lie = network.nodes[2]!.lie
    const { secrets } = await source.request(both)
    expect(secrets.map(text), what).toEqual(['hunter3', 'tok-en'])
    expect(liars(), what).toEqual(['1 node.secret-invalid', '2 node.secret-invalid'])
  }
})

/** Until the event loop has nothing else to do for a while. */
const delay = () => new Promise((resolve) => setTimeout(resolve, 60))

test('ATTACK a node that speaks in the name of another member cannot stop or blame it', async () => {
  for (const index of [1, 4, 200]) {
    const { source, network } = await start()
    lines.length = 0
    network.nodes[1]!.lie = (reply) => ({ ...reply, index })
    const released = await source.request({ ...both, keys: ['disk'] })
    expect(released.secrets.map(text)).toEqual(['hunter2', 'tok-en'])
    for (const liar of liars()) expect(liar).toBe('2 node.release-invalid')
  }
})

test('ATTACK an epoch that a node invents costs nothing but its turn', async () => {
  const { source, network, sharing } = await start()
  // Of threshold 1, so that one share would do; another sharing of the same key; the real shares with other thresholds.
  const invented = [
    dealShares(native, { threshold: 1, size: 4 }),
    dealShares(native, { threshold: 1, size: 4, secret: sharing.secret }),
    dealShares(native, { threshold: 3, size: 4, secret: sharing.secret }),
    { ...sharing, threshold: 1 },
    { ...sharing, threshold: 4 },
    { ...sharing, members: sharing.members.slice(0, 3) },
  ]
  for (const lie of invented) {
    const answer = {
      epoch: '1',
      threshold: lie.threshold,
      qualified: [1, 2, 3],
      publicShares: lie.members.map(
        ({ publicShare }) => `0x${Buffer.from(native.encode(publicShare)).toString('hex')}`,
      ),
    }
    network.nodes[0]!.instead = (_body, path) =>
      path === '/v1/epochs/active' ? { answer } : { status: 503, answer: {} }
    // Whichever epoch is heard first.
    for (const node of network.nodes.slice(1))
      node.lie = async (reply) => {
        await delay()
        return reply
      }
    const released = await source.request({ ...both, keys: ['disk'] })
    expect(released.secrets.map(text)).toEqual(['hunter2', 'tok-en'])
  }
  expect(liars()).toEqual([])
})

test('what fewer nodes than the threshold name as current is not asked for', async () => {
  const { source, network, chain, set } = await start()
  const old = chain.get('1/db')!
  await source.request(both)
  set('db', 'hunter3', 2)
  const current = [old, chain.get('1/token')!].map(({ appId, name, version, digest, owner }) => ({
    ...{ appId, name, version, digest, owner },
  }))
  for (const node of network.nodes.slice(0, 2))
    node.instead = () => ({
      status: 409,
      answer: { error: { code: 'secret.version-differs', message: '', current } },
    })
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.too-few' })
  delete network.nodes[1]!.instead
  expect((await source.request(both)).secrets.map(text)).toEqual(['hunter3', 'tok-en'])
})

test('a secret that is not set is named, and released as soon as it is', async () => {
  const { source, set } = await start()
  const wanted = { secrets: [db, { appId: '1', name: 'later' }], keys: [] }
  await expect(source.request(wanted)).rejects.toMatchObject({
    code: 'secrets.not-set',
    message: expect.stringContaining('1/later') as string,
  })
  set('later', 'now')
  expect((await source.request(wanted)).secrets.map(text)).toEqual(['hunter2', 'now'])
})

test('nonsense, floods, names of other secrets and answers to something else are not counted', async () => {
  const { source, network, chain } = await start()
  const { appId, version, digest, owner } = chain.get('1/db')!
  const foreign = [{ appId, name: 'other', version, digest, owner }]
  const bad: Exclude<(typeof network.nodes)[0]['instead'], undefined>[] = [
    () => ({ answer: 'nonsense' }),
    () => ({ answer: { nodeId: '101', epoch: '1', index: 1, enc: 'AA==', sealed: '????' } }),
    () => ({ answer: 'x'.repeat(900_000) }),
    () => ({ status: 409, answer: { error: { code: 'secret.version-differs', message: '' } } }),
    () => ({
      status: 409,
      answer: { error: { code: 'secret.version-differs', message: '', current: foreign } },
    }),
    () => ({
      status: 403,
      answer: { error: { code: 'Not A Code\n', message: 'x'.repeat(9_999) } },
    }),
  ]
  for (const instead of bad) {
    network.nodes[0]!.instead = instead
    expect((await source.request(both)).secrets.map(text)).toEqual(['hunter2', 'tok-en'])
  }
  delete network.nodes[0]!.instead
  // Keys that nobody asked for; releases left out.
  network.nodes[0]!.lie = (reply) => ({
    ...reply,
    answer: { ...reply.answer, keys: new Uint8Array(randomBytes(120)) },
  })
  network.nodes[1]!.lie = (reply) => ({
    ...reply,
    answer: { ...reply.answer, secrets: undefined },
  })
  await expect(source.request(both)).rejects.toThrow()
  expect(logged().length).toBeLessThan(60_000)
})

test('a ciphertext that its owner sealed wrongly is said to be that, and no node is blamed', async () => {
  const { source, chain, sharing } = await start()
  // Encrypted to another key than Y: every proof holds, and nothing opens.
  const other = dealShares(native, { threshold: 3, size: 4 })
  chain.set(
    '1/db',
    sealSecret(native, other.encryptionKey, cloud, { ...db, plaintext: utf8('lost') }),
  )
  await expect(source.request(both)).rejects.toMatchObject({ code: 'secrets.unauthentic' })
  expect(liars()).toEqual([])
  expect(sharing.threshold).toBe(3)
})

test('when the agent stops, so does what it asks', async () => {
  const { source, network, controller } = await start()
  for (const node of network.nodes) node.instead = () => new Promise(() => undefined)
  const asked = source.request(both)
  const reason = new Error('SIGTERM')
  controller.abort(reason)
  await expect(asked).rejects.toThrow()
  expect(lines).toEqual([])
})

test('after a release the book has the key of every member that answered, also a little later', async () => {
  const { source, network, book } = await start()
  let release: (() => void) | undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  network.nodes[3]!.lie = async (reply) => {
    await held
    return reply
  }
  expect(book.current()).toBeUndefined()
  await source.request(derive('disk'))
  const known = () =>
    (book.current()?.members ?? [])
      .map(({ index, nodeId, statementKey }) => `${index} ${nodeId} ${statementKey}`)
      .sort()
  const expected = network.nodes.map(
    ({ member: { index }, node: { nodeId }, account }) =>
      `${index} ${nodeId} ${account.address.toLowerCase()}`,
  )
  expect(known()).toEqual(expected.slice(0, 3))
  expect(book.current()).toMatchObject({ epoch: 1n, threshold: 3 })
  release?.()
  await vi.waitFor(() => expect(known()).toEqual(expected))
})

test('ATTACK a host that swaps statement keys, or replies under one of its own, gets no share used and no key into the book', async () => {
  const mallory = privateKeyToAccount(`0x${'0b'.repeat(32)}`)
  const statementKey = mallory.address.toLowerCase() as `0x${string}`
  const lies: [string, string, (reply: Reply, other: Reply | undefined) => Reply][] = [
    // The share is right, and its proof names another key than the one that signs.
    [
      'a key of its own, with which it signs',
      'node.release-invalid',
      (reply) => ({ ...reply, account: mallory, answer: { ...reply.answer, statementKey } }),
    ],
    [
      'a signature of its own',
      'node.signature-invalid',
      (reply) => ({ ...reply, account: mallory }),
    ],
    [
      "another node's key and signature",
      'node.release-invalid',
      (reply, other) => ({
        ...reply,
        account: other!.account,
        answer: { ...reply.answer, statementKey: other!.answer.statementKey },
      }),
    ],
    [
      'a signature about another question',
      'node.signature-invalid',
      (reply) => ({ ...reply, requestDigest: `0x${'77'.repeat(32)}` }),
    ],
    ['a signature about another epoch', 'node.signature-invalid', signedAsEpochTwo],
  ]
  for (const [what, code, lie] of lies) {
    const { source, network, book } = await start()
    lines.length = 0
    let other: Reply | undefined
    network.nodes[1]!.lie = (reply) => (other = reply)
    network.nodes[2]!.lie = async (reply) => {
      while (other === undefined) await delay()
      return lie(reply, other)
    }
    network.nodes[3]!.instead = () => ({ status: 503, answer: {} })
    await expect(source.request(both), what).rejects.toMatchObject({ code: 'secrets.too-few' })
    expect(book.current(), what).toBeUndefined()
    delete network.nodes[3]!.instead
    expect((await source.request(both)).secrets.map(text), what).toEqual(['hunter2', 'tok-en'])
    await vi.waitFor(() => expect(liars(), what).toContain(`3 ${code}`))
    const members = book.current()?.members ?? []
    expect(members.map(({ index }) => index).sort(), what).toEqual([1, 2, 4])
    expect(members.map((member) => member.statementKey)).not.toContain(statementKey)
  }
})

/** Signed about epoch 2, sent as one of epoch 1. */
function signedAsEpochTwo(reply: Reply): Reply {
  const { signTypedData } = reply.account
  const account = {
    ...reply.account,
    signTypedData: (data: { message: object }) =>
      signTypedData({ ...data, message: { ...data.message, epoch: 2n } } as never),
  } as unknown as Reply['account']
  return { ...reply, account }
}

/** What the worker was told of, by node. */
const misconducts = () =>
  worker.calls
    .filter(({ path }) => path === '/v1/misconduct')
    .map(({ body }) => parseMisconduct((body as { misconduct: string }).misconduct))

test('a signed wrong release is told to the worker, once for each node, without a right share in it', async () => {
  const { source, network } = await start()
  const wanted = { ...both, keys: ['disk'] }
  const seen: Uint8Array[] = []
  network.nodes[1]!.lie = (reply) => {
    seen.push(new Uint8Array(reply.answer.keys!))
    const secrets = swapped(reply.answer.secrets!)
    return { ...reply, answer: { ...reply.answer, secrets } }
  }
  for (const place of [2, 3])
    network.nodes[place]!.lie = async (reply) => {
      await delay()
      return reply
    }
  for (let round = 0; round < 3; round++) await source.request(wanted)
  await vi.waitFor(() => expect(misconducts()).toHaveLength(1))
  const [found] = misconducts()
  expect(found).toMatchObject({
    ...{ chainId: '31337', quorum: testQuorum, kind: 'release' },
    signed: { nodeId: '102', epoch: '1', kind: 1, count: 2 },
  })
  const text = JSON.stringify(found)
  for (const keys of seen)
    expect(text).not.toContain(Buffer.from(keys.subarray(14, 47)).toString('hex'))
})

test('ATTACK a reply that its node has not signed is no misconduct of that node', async () => {
  const { source, network } = await start()
  const mallory = privateKeyToAccount(`0x${'0b'.repeat(32)}`)
  network.nodes[1]!.lie = (reply) => ({
    ...reply,
    account: mallory,
    answer: { ...reply.answer, secrets: swapped(reply.answer.secrets!) },
  })
  for (let round = 0; round < 3; round++) await source.request(both)
  await vi.waitFor(() => expect(liars()).toContain('2 node.signature-invalid'))
  expect(misconducts()).toEqual([])
})
