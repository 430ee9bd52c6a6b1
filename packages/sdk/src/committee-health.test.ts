// Health of the key network and of one node: what is found, and just across the line what is not.
import { expect, test } from 'vitest'
import { keyNetworkFindings, nodeFindings } from './committee-health.ts'
import type { EpochState } from './epochs.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testOperator,
} from './testing/memory-network.ts'

const dot = 10n ** 18n
const now = genesisSeconds + 100n
const active = { epoch: 3n, threshold: 2, members: [1n, 2n, 3n] }
const key = { Y: '0x02', S: '0x03', number: 1, madeBlock: 1n, lastEpoch: 0n, endsAt: 0n } as const
const state = (fields: Partial<EpochState> = {}): EpochState => ({
  ...{ active, now, refreshAt: now + 1n, networkKey: key },
  ...fields,
})
const proven = (...until: bigint[]) =>
  until.map((end, index) => ({ nodeId: BigInt(index + 1), provenUntil: now + end }))
const found = (of: EpochState, nodes: ReturnType<typeof proven>) =>
  keyNetworkFindings(of, nodes)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ code }) => code)

test('a committee whose members are all proven needs nothing', () => {
  expect(found(state(), proven(1n, 1n, 1n))).toEqual([])
})

test('members without a live proof are named; below the threshold nothing works', () => {
  expect(found(state(), proven(1n, 1n, 0n))).toEqual(['dsecret.degraded'])
  expect(found(state(), proven(1n, 0n, 0n))).toEqual(['dsecret.no-quorum'])
  expect(keyNetworkFindings(state(), proven(1n, 1n))[0]?.text).toContain('without one: 3')
})

test('no committee, no key, a session that expired, a refresh that is due', () => {
  const { active: _active, refreshAt: _refreshAt, ...none } = state()
  expect(found(none, [])).toEqual(['dsecret.no-committee'])
  const { networkKey: _key, ...keyless } = state()
  expect(found(keyless, proven(1n, 1n, 1n))).toEqual(['dsecret.no-key'])
  expect(found(state({ refreshAt: now }), proven(1n, 1n, 1n))).toEqual(['epoch.refresh-due'])
  const session = { session: 9n, phase: 'expired', phaseEnd: now, openedAt: now } as const
  const counts = { registered: 0, dealers: 0, dealt: 0, revealed: 0 }
  const pending = { ...active, epoch: 4n, session: { ...session, ...counts } }
  expect(found(state({ pending }), proven(1n, 1n, 1n))).toEqual(['epoch.expired'])
})

const stake = { bondedWei: dot, requiredWei: dot, unbondingWei: 0n, lockedWei: 0n }
const node = {
  ...{ nodeId: 1n, owner: testOperator, operator: testOperator, stakeWei: dot, endpoint: 'n:1' },
  ...({ status: 'active', statementKey: testOperator, tlsKeyHash: '0x', seated: true } as const),
  provenUntil: now + 1n,
  stake: { ...stake, availableAt: 0n, freeWei: 0n },
}
const of = async (fields: object, balanceWei = dot) => {
  const world = emptyWorld()
  world.balances.set(testOperator, balanceWei)
  const findings = await nodeFindings(memoryNetwork(world), { ...node, ...fields })
  return findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code)
}

test('a node that is proven, staked and paid for needs nothing; each lack is found', async () => {
  expect(await of({})).toEqual([])
  expect(await of({ provenUntil: now })).toEqual(['node.unproven'])
  expect(await of({ stake: { ...node.stake, bondedWei: dot - 1n } })).toEqual([
    'stake.below-required',
  ])
  expect(await of({}, 99_999_999_999_999_999n)).toEqual(['operator.balance-low'])
  expect(await of({ status: 'slashed' })).toEqual(['node.slashed'])
})

test('a node that has left needs no proof, unless a committee still seats it', async () => {
  expect(await of({ status: 'leaving', seated: false, provenUntil: 0n })).toEqual([])
  expect(await of({ status: 'leaving', seated: true, provenUntil: 0n })).toEqual(['node.unproven'])
})
