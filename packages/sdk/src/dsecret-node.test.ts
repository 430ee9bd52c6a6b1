// dsecret nodes: keys from their TEE, stake, leaving.
import { expect, test } from 'vitest'
import {
  listNodes,
  parseNodeKeys,
  planNodeKeys,
  planNodeRegistration,
  planNodeTermination,
  showNode,
} from './dsecret-node.ts'
import type { NodeRecord } from './reader.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  memoryNetwork,
  testOperator,
  testOwner,
  zeroDigest,
} from './testing/memory-network.ts'

const dot = 10n ** 18n
const keys = {
  statementKey: `0x${'0a'.repeat(20)}`,
  tlsKeyHash: `0x${'0b'.repeat(32)}`,
  encryptionKey: `0x02${'0c'.repeat(32)}`,
  possession: `0x${'0d'.repeat(65)}`,
} as const
const endpoint = 'd.example:7790'
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

function network(fields: Partial<NodeRecord> = {}, seated = true) {
  const world = emptyWorld()
  world.nodes = [
    {
      nodeId: 2n,
      owner: testOwner,
      operator: testOperator,
      status: 'active',
      stakeWei: 10n * dot,
      endpoint,
      statementKey: testOwner,
      tlsKeyHash: zeroDigest,
      ...fields,
    },
  ]
  world.views.set('subnet.stakeRules()', { nodeWei: 10n * dot })
  world.views.set('quorum.isSeated(2)', seated)
  world.views.set('subnet.stake(2,2)', {
    bondedWei: 10n * dot,
    unbondingWei: 0n,
    lockedBondedWei: 0n,
    lockedUnbondingWei: 0n,
    availableAt: 0n,
  })
  world.views.set('subnet.requiredStakeWei(2,2)', 10n * dot)
  return memoryNetwork(world)
}

test('keys are read as the node prints them', () => {
  expect(parseNodeKeys(JSON.stringify(keys))).toEqual(keys)
})

test.each([
  ['no JSON', '{'],
  ['a private key in it instead', JSON.stringify({ statementKey: `0x${'11'.repeat(32)}` })],
  ['a short signature', JSON.stringify({ ...keys, possession: '0x0d' })],
  ['no encryption key', JSON.stringify({ ...keys, encryptionKey: undefined })],
])('keys of %s are refused', (_, text) => {
  expect(() => parseNodeKeys(text)).toThrowError(code('node.keys-invalid'))
})

test('a registration sends the minimum stake, and never less', async () => {
  const input = { operator: testOperator, keys, endpoint }
  const intent = await planNodeRegistration(network(), input)
  expect(decodeCalls(intent)).toEqual([
    [
      'subnet.registerNode',
      [
        testOperator,
        { ...keys, statementKey: expect.stringMatching(/^0x0a/i) as string },
        endpoint,
      ],
      10n * dot,
    ],
  ])
  await expect(
    planNodeRegistration(network(), { ...input, stakeWei: 10n * dot - 1n }),
  ).rejects.toThrowError(code('stake.too-low'))
})

test('new keys keep the endpoint and tell that the proof lapses', async () => {
  const intent = await planNodeKeys(network(), 2n, keys)
  expect(decodeCalls(intent)[0]?.[1]).toEqual([2n, expect.anything(), endpoint])
  expect(factsOf(intent)['Proof']).toContain('lapses')
})

test('leaving says what comes next, and is refused to who has left', async () => {
  const seated = await planNodeTermination(network(), 2n)
  expect(decodeCalls(seated)).toEqual([['subnet.leaveNode', [2n], 0n]])
  expect(factsOf(seated)['Next']).toContain('keeps signing')
  expect(factsOf(await planNodeTermination(network({}, false), 2n))['Next']).toContain('unstake')
  await expect(planNodeTermination(network({ status: 'leaving' }), 2n)).rejects.toThrowError(
    code('node.not-active'),
  )
  await expect(planNodeTermination(network(), 5n)).rejects.toThrowError(code('node.unknown'))
})

test('a list and a node tell seat and stake', async () => {
  expect(await listNodes(network())).toMatchObject([{ nodeId: 2n, seated: true }])
  expect(await showNode(network(), 2n)).toMatchObject({
    stake: { bondedWei: 10n * dot, freeWei: 0n },
  })
})
