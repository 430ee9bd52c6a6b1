// Which nodes a release comes from: whose key is learnt by it, and what is done about one that signs a wrong one.
import { parseMisconduct } from '@wetee/secrets'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test, vi } from 'vitest'
import { testQuorum } from '../testing/secret-network.ts'
import type { Reply } from '../testing/secret-network.ts'
import {
  sourceOf,
  text,
  worker,
  lines,
  start,
  both,
  derive,
  liars,
  delay,
  swapped,
  useSecretSource,
} from '../testing/secret-source-stand.ts'

useSecretSource()

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

test('a committee that changed after the launch releases to an instance that has been running since before', async () => {
  const { sharing, network } = await start()
  const gone = network.nodes.map(({ node }, place) => ({
    ...node,
    nodeId: BigInt(place + 1),
    host: `127.0.0.1:${place + 1}`,
  }))
  const nodes = network.nodes.map(({ node }) => ({ ...node, nodeId: String(node.nodeId) }))
  const wanted = derive('disk')
  const { source, now } = sourceOf(sharing, gone)
  await expect(source.request(wanted)).rejects.toMatchObject({ code: 'secrets.too-few' })
  worker.committee = { nodes, threshold: sharing.threshold }
  now.ms += 5_000
  const { keys } = await source.request(wanted)
  expect(keys).toHaveLength(1)
})
