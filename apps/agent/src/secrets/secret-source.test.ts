// Secrets and derived keys from real nodes over real TLS, of which some lie, and a host that plays all of them.
import { randomBytes } from 'node:crypto'
import { encodeSealedSecret, parseSealedSecret, serializePolicy } from '@wetee/secrets'
import { lagrangeAtZero, parseCiphertext, type Point } from '@wetee/threshold'
import { expect, test } from 'vitest'
import { makeInstanceKeys } from '../keys/instance-keys.ts'
import { dealShares, sealReply, sealSecret, startSecretNetwork } from '../testing/secret-network.ts'
import type { Reply, Sharing, Stored } from '../testing/secret-network.ts'
import {
  native,
  cloud,
  utf8,
  text,
  worker,
  lines,
  cleanups,
  start,
  sourceOf,
  db,
  token,
  both,
  derive,
  liars,
  logged,
  delay,
  swapped,
  useSecretSource,
} from '../testing/secret-source-stand.ts'

useSecretSource()

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
      path.startsWith('/v1/epochs/0x') ? { answer } : { status: 503, answer: {} }
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
