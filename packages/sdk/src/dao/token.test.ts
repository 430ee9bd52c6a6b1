// Votes, rules and ballots of the DAO: who may still vote, who may cancel, what was cast.
import { zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testOperator,
  testOwner,
} from '../testing/memory-network.ts'
import { listVotes, readBallot, readToken, readVoter } from './token.ts'

const now = genesisSeconds + 100n
const proposal = {
  ...({ proposalId: 11n, track: 'normal', proposer: testOwner, snapshot: now - 1n } as const),
  state: 'active' as const,
}

function world(setting: { guardian?: `0x${string}`; until?: bigint } = {}) {
  const made = emptyWorld()
  const view = (name: string, value: unknown) => made.views.set(name, value)
  for (const [governor, timelock] of [
    ['governor', 'timelock'],
    ['fastGovernor', 'fastTimelock'],
  ]) {
    view(`${governor}.votingDelay()`, 1)
    view(`${governor}.votingPeriod()`, 60)
    view(`${governor}.proposalThreshold()`, 5n)
    view(`${governor}.quorumNumerator()`, 4n)
    view(`${governor}.guardian()`, setting.guardian ?? zeroAddress)
    view(`${governor}.guardianUntil()`, setting.until ?? 0n)
    view(`${timelock}.getMinDelay()`, 2n)
    view(`${governor}.hasVoted(11,${testOwner})`, false)
    view(`${governor}.hasVoted(11,${testOperator})`, true)
  }
  view('token.totalSupply()', 1_000n)
  view('token.issuable()', 10n)
  view('token.maxYearlyIssueBps()', 200)
  view(`token.getPastVotes(${testOwner},${now - 1n})`, 7n)
  view(`token.getPastVotes(${testOperator},${now - 1n})`, 0n)
  view(`token.balanceOf(${testOwner})`, 9n)
  view(`token.getVotes(${testOwner})`, 0n)
  view(`token.delegates(${testOwner})`, zeroAddress)
  view(`members.isMember(${testOwner})`, true)
  return made
}

test('a voter is shown with tokens that count for nothing until they are delegated', async () => {
  expect(await readVoter(memoryNetwork(world()), testOwner)).toEqual({
    ...{ isMember: true, tokens: 9n, votes: 0n, delegate: zeroAddress },
  })
})

test('both tracks are shown with their times in seconds', async () => {
  const { supply, tracks } = await readToken(memoryNetwork(world()))
  expect(supply).toBe(1_000n)
  expect(
    tracks.map(({ track, votingDelay, votingPeriod }) => [track, votingDelay, votingPeriod]),
  ).toEqual([
    ['normal', 1n, 60n],
    ['fast', 1n, 60n],
  ])
})

test('a ballot has the votes of the snapshot; before it there are none to be counted', async () => {
  const network = memoryNetwork(world())
  expect(await readBallot(network, proposal, testOwner)).toMatchObject({ voted: false, votes: 7n })
  expect(await readBallot(network, proposal, testOperator)).toMatchObject({ voted: true })
  const pending = { ...proposal, state: 'pending', snapshot: now } as const
  expect(await readBallot(network, pending, testOwner)).not.toHaveProperty('votes')
})

test('its proposer may cancel before voting begins, the guardian until its term ends', async () => {
  const may = async (of: object, account: `0x${string}`, setting = {}) =>
    (await readBallot(memoryNetwork(world(setting)), { ...proposal, ...of }, account)).mayCancel
  expect(await may({ state: 'pending' }, testOwner)).toBe(true)
  expect(await may({ state: 'active' }, testOwner)).toBe(false)
  expect(await may({ state: 'pending' }, testOperator)).toBe(false)
  const guardian = { guardian: testOperator, until: now + 1n }
  expect(await may({ state: 'queued' }, testOperator, guardian)).toBe(true)
  expect(await may({ state: 'executed' }, testOperator, guardian)).toBe(false)
  expect(await may({ state: 'queued' }, testOperator, { ...guardian, until: now })).toBe(false)
})

test('votes on a proposal come newest first; those on others are not among them', async () => {
  const made = world()
  const cast = (proposalId: bigint, support: number, weight: bigint) => ({
    eventName: 'VoteCast',
    args: { voter: testOwner, proposalId, support, weight, reason: 'why' },
    blockNumber: 5n,
    transactionHash: '0x' as const,
  })
  made.events.set('governor.VoteCast', [cast(11n, 1, 3n), cast(12n, 0, 4n), cast(11n, 2, 5n)])
  const votes = await listVotes(memoryNetwork(made), proposal)
  expect(votes.map(({ support, votes: weight }) => [support, weight])).toEqual([
    ['abstain', 5n],
    ['for', 3n],
  ])
})
