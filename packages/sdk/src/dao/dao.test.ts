// The DAO: who may do what when, and what a proposal would do in words.
import { encodeFunctionData, erc20Abi, parseAbi, zeroAddress, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { abis, callOf } from '../contracts.ts'
import { nativeAsset } from '../money.ts'
import { decodeCalls, factsOf } from '../testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testOperator,
  testOwner,
  type World,
} from '../testing/memory-network.ts'
import { describeCall } from './describe-call.ts'
import { descriptionHash, listProposals, showProposal } from './proposals.ts'
import {
  memberCall,
  parametersCall,
  parseCall,
  parseTransactions,
  planProposal,
  referenceCall,
  spendCall,
} from './propose.ts'
import { listMembers, planMembership, readTreasury } from './treasury.ts'
import { planCancel, planDelegate, planExecute, planQueue, planVote } from './votes.ts'

const dot = 10n ** 18n
const now = genesisSeconds + 100n
const { profile } = memoryNetwork(emptyWorld())
const { cloud, subnet, timelock } = profile.contracts
const measurement = `0x${'5a'.repeat(32)}` as const
const token = { address: `0x${'99'.repeat(20)}`, symbol: 'USDT', decimals: 6 } as const
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const spend = { to: testOperator, data: '0x', valueWei: 3n * dot } as const
const states = { pending: 0, active: 1, defeated: 3, succeeded: 4, queued: 5, executed: 7 } as const

type Setting = {
  state?: keyof typeof states
  isMember?: boolean
  votes?: bigint
  pastVotes?: bigint
  voted?: boolean
  eta?: bigint
  guardian?: string
  guardianUntil?: bigint
  proposer?: string
  publicJoin?: boolean
}

/** Proposal 11 on the normal track pays 3 DOT, proposal 12 on the fast one does nothing. */
function world(setting: Setting = {}): World {
  const made = emptyWorld()
  const view = (name: string, value: unknown) => made.views.set(name, value)
  for (const [governor, id] of [
    ['governor', 11n],
    ['fastGovernor', 12n],
  ] as const) {
    view(`${governor}.state(${id})`, states[setting.state ?? 'active'])
    view(`${governor}.proposalSnapshot(${id})`, now - 50n)
    view(`${governor}.proposalDeadline(${id})`, now + 50n)
    view(`${governor}.proposalVotes(${id})`, [dot, 2n * dot, 0n])
    view(`${governor}.proposalEta(${id})`, setting.eta ?? 0n)
    view(`${governor}.quorum(${now - 50n})`, 4n * dot)
    view(`${governor}.hasVoted(${id},${testOwner})`, setting.voted ?? false)
    view(`${governor}.guardian()`, setting.guardian ?? zeroAddress)
    view(`${governor}.guardianUntil()`, setting.guardianUntil ?? 0n)
    view(`${governor}.proposalThreshold()`, 100n * dot)
    view(`${governor}.votingDelay()`, 10n)
    view(`${governor}.votingPeriod()`, 60n)
    const args = {
      proposalId: id,
      proposer: setting.proposer ?? testOperator,
      targets: [spend.to],
      values: [spend.valueWei],
      calldatas: [spend.data],
      description: '# Pay\n\nIt was done.',
    }
    made.events.set(`${governor}.ProposalCreated`, [
      { eventName: 'ProposalCreated', args, blockNumber: 9n, transactionHash: measurement },
    ])
  }
  view('timelock.getMinDelay()', 1n)
  view('fastTimelock.getMinDelay()', 1n)
  view(`members.isMember(${testOwner})`, setting.isMember ?? true)
  view('members.publicJoin()', setting.publicJoin ?? false)
  view('members.members(0,100)', [testOwner])
  view(`token.getVotes(${testOwner})`, setting.votes ?? 0n)
  view(`token.getPastVotes(${testOwner},${now - 50n})`, setting.pastVotes ?? 5n * dot)
  view(`token.balanceOf(${testOwner})`, 5n * dot)
  view(`token.balanceOf(${timelock})`, dot)
  view(`token.delegates(${testOwner})`, zeroAddress)
  view(`subnet.credit(${timelock})`, 7n)
  view(`complaints.credit(${timelock})`, 0n)
  view(`bridge.credit(${timelock})`, 0n)
  view(`forwarder.credit(${timelock})`, 0n)
  const seconds = { startWindowSeconds: 1n, minEscrowSeconds: 1n, updateWindowSeconds: 1n }
  const limits = { maxLeaseSeconds: 300n, noticeSeconds: 1n, feeBps: 200, maxReplicas: 16 }
  view('cloud.parameters()', { ...seconds, ...limits })
  made.balances.set(timelock ?? '', 9n * dot)
  return made
}
const network = (setting?: Setting) => memoryNetwork(world(setting))
/** The hash of a proposal is asked of the contract: any answer will do. */
function proposing(setting?: Setting) {
  const made = world(setting)
  const base = memoryNetwork(made)
  const view: typeof base.reader.view = (contract, name, args, at) =>
    name === 'hashProposal'
      ? Promise.resolve(99n as never)
      : base.reader.view(contract, name, args, at)
  return { ...base, reader: { ...base.reader, view } }
}

test('proposals of both tracks are listed with the first line of their text', async () => {
  expect(await listProposals(network())).toMatchObject([
    { proposalId: 11n, track: 'normal', title: 'Pay', state: 'active' },
    { proposalId: 12n, track: 'fast' },
  ])
})

test('a proposal is shown with its calls in words, its votes and quorum', async () => {
  expect(await showProposal(network(), 11n)).toMatchObject({
    calls: [{ text: `send 3 DOT to ${testOperator}` }],
    votes: { for: 2n * dot, against: dot, abstain: 0n },
    quorum: 4n * dot,
  })
  await expect(showProposal(network(), 13n)).rejects.toThrowError(code('proposal.unknown'))
})

test('a network without a fast track has the proposals of the other', async () => {
  const base = network()
  const contracts = { ...base.profile.contracts, fastGovernor: undefined }
  const opened = { ...base, profile: { ...base.profile, contracts } }
  expect(await listProposals(opened)).toHaveLength(1)
})

test('a member proposes without votes, anybody else with the threshold of them', async () => {
  const input = {
    track: 'normal',
    title: 'Pay',
    description: 'It was done.',
    calls: [spend],
  } as const
  const intent = await planProposal(proposing(), input)
  expect(decodeCalls(intent)).toEqual([
    ['governor.propose', [[testOperator], [3n * dot], ['0x'], 'Pay\n\nIt was done.'], 0n],
  ])
  expect(factsOf(intent)).toMatchObject({
    Proposal: '99',
    'Call 1': `send 3 DOT to ${testOperator}`,
  })
  const stranger = { isMember: false, votes: 100n * dot }
  expect(await planProposal(proposing(stranger), input)).toBeDefined()
  const poor = proposing({ ...stranger, votes: 100n * dot - 1n })
  await expect(planProposal(poor, input)).rejects.toThrowError(code('dao.may-not-propose'))
})

test.each([
  ['without a title', { title: ' ' }, 'proposal.title-invalid'],
  ['with a title of two lines', { title: 'a\nb' }, 'proposal.title-invalid'],
  ['without calls', { calls: [] }, 'proposal.calls-count'],
  ['with 33 calls', { calls: Array(33).fill(spend) as (typeof spend)[] }, 'proposal.calls-count'],
  ['with a long text', { description: 'x'.repeat(10_000) }, 'proposal.description-too-long'],
])('a proposal %s is refused', async (_, wrong, expected) => {
  const input = { track: 'normal', title: 'Pay', calls: [spend], ...wrong } as const
  await expect(planProposal(proposing(), input)).rejects.toThrowError(code(expected))
})

test('a vote counts what was delegated at the snapshot, once', async () => {
  const intent = await planVote(network(), 11n, 'abstain', 'unsure')
  expect(decodeCalls(intent)).toEqual([['governor.castVoteWithReason', [11n, 2, 'unsure'], 0n]])
  expect(decodeCalls(await planVote(network(), 12n, 'for'))[0]?.[0]).toBe(
    'fastGovernor.castVoteWithReason',
  )
  await expect(planVote(network({ pastVotes: 0n }), 11n, 'for')).rejects.toThrowError(
    code('proposal.no-votes'),
  )
  await expect(planVote(network({ voted: true }), 11n, 'for')).rejects.toThrowError(
    code('proposal.voted'),
  )
  await expect(planVote(network({ state: 'pending' }), 11n, 'for')).rejects.toMatchObject({
    code: 'proposal.state-wrong',
    retryable: true,
  })
})

test('queueing and execution take the calls and the hash of the text', async () => {
  const args = [[testOperator], [3n * dot], ['0x'], descriptionHash('# Pay\n\nIt was done.')]
  const queue = await planQueue(network({ state: 'succeeded' }), 11n)
  expect(decodeCalls(queue)).toEqual([['governor.queue', args, 0n]])
  const execute = await planExecute(network({ state: 'queued', eta: now + 2n }), 11n)
  expect(decodeCalls(execute)).toEqual([['governor.execute', args, 0n]])
  await expect(planQueue(network({ state: 'defeated' }), 11n)).rejects.toMatchObject({
    code: 'proposal.state-wrong',
    retryable: false,
  })
  // The newest block is two seconds after the finalized one.
  await expect(planExecute(network({ state: 'queued', eta: now + 3n }), 11n)).rejects.toMatchObject(
    {
      code: 'proposal.too-early',
      retryable: true,
    },
  )
})

test('a proposal is canceled by its proposer before voting, and by the guardian while it may', async () => {
  const mine = { proposer: testOwner, state: 'pending' } as const
  expect(decodeCalls(await planCancel(network(mine), 11n))[0]?.[0]).toBe('governor.cancel')
  const guardian = { guardian: testOwner, guardianUntil: now + 1n, state: 'queued' } as const
  expect(await planCancel(network(guardian), 11n)).toBeDefined()
  for (const setting of [
    { ...mine, state: 'active' as const },
    { ...guardian, guardianUntil: now },
  ])
    await expect(planCancel(network(setting), 11n)).rejects.toThrowError(
      code('proposal.may-not-cancel'),
    )
})

test('votes are delegated to oneself or to another', async () => {
  expect(decodeCalls(await planDelegate(network()))).toEqual([['token.delegate', [testOwner], 0n]])
  expect(decodeCalls(await planDelegate(network(), testOperator))[0]?.[1]).toEqual([testOperator])
})

test('members are listed; joining takes an open door, leaving a membership', async () => {
  expect(await listMembers(network())).toEqual({ publicJoin: false, members: [testOwner] })
  const open = { isMember: false, publicJoin: true }
  expect(decodeCalls(await planMembership(network(open), 'join'))).toEqual([
    ['members.join', [], 0n],
  ])
  expect(decodeCalls(await planMembership(network(), 'resign'))[0]?.[0]).toBe('members.resign')
  for (const [setting, action, expected] of [
    [{ isMember: false }, 'join', 'dao.join-closed'],
    [{}, 'join', 'dao.already-member'],
    [{ isMember: false }, 'resign', 'dao.not-member'],
  ] as const)
    await expect(planMembership(network(setting), action)).rejects.toThrowError(code(expected))
})

test('the treasury is what the timelock holds and is owed', async () => {
  expect(await readTreasury(network())).toMatchObject({
    address: timelock,
    balanceWei: 9n * dot,
    ownTokens: dot,
    credits: { subnetWei: 7n },
  })
})

test('a call is written as target, function and JSON arguments', () => {
  const [name, args] = decodeCalls({
    id: '',
    title: '',
    facts: [],
    calls: [
      { ...parseCall(profile, `cloud:setAsset:["${token.address}", true, "100"]`), doing: '' },
    ],
  })[0] ?? ['', []]
  expect([name, args]).toEqual(['cloud.setAsset', [token.address, true, 100n]])
  expect(parseCall(profile, 'quorum:reopen')).toMatchObject({ to: profile.contracts.quorum })
  const burn = parseCall(profile, `${token.address}:burn(uint256):[7]`)
  const abi = parseAbi(['function burn(uint256)'])
  expect(burn.data).toBe(encodeFunctionData({ abi, args: [7n] }))
})

test.each([
  ['nothing', ''],
  ['an unknown contract', 'clouds:pause:[1]'],
  ['an unknown function', 'cloud:destroy:[]'],
  ['too few arguments', 'cloud:setAsset:[]'],
  ['arguments of a wrong type', `cloud:setTreasury:[true]`],
  ['arguments that are no list', 'cloud:setTreasury:{"a":1}'],
  ['arguments that are no JSON', 'cloud:setTreasury:[0x12]'],
  ['an address without a signature', `${token.address}:burn:[7]`],
  ['an address with a wrong checksum', `${testOperator.replace('C', 'c')}:burn(uint256):[7]`],
])('%s is no call', (_, text) => {
  expect(() => parseCall(profile, text)).toThrowError(/call|address/)
})

test('unsigned transactions of this chain become calls, alone or in their document', () => {
  const transaction = {
    to: testOperator,
    data: '0x1234',
    value: '5',
    chainId: 31337,
    description: '',
  }
  const expected = [{ to: testOperator, data: '0x1234', valueWei: 5n }]
  expect(parseTransactions(profile, JSON.stringify([transaction]))).toEqual(expected)
  expect(parseTransactions(profile, JSON.stringify({ transactions: [transaction] }))).toEqual(
    expected,
  )
  for (const [wrong, what] of [
    [{ ...transaction, chainId: 1 }, 'proposal.wrong-chain'],
    [{ ...transaction, data: '0x123' }, 'proposal.file-invalid'],
    [{ ...transaction, value: '-1' }, 'proposal.file-invalid'],
    [{ ...transaction, to: '0x12' }, 'proposal.file-invalid'],
  ] as const)
    expect(() => parseTransactions(profile, JSON.stringify([wrong]))).toThrowError(code(what))
  expect(() => parseTransactions(profile, '{')).toThrowError(code('proposal.file-invalid'))
})

test('templates spend, change members and set reference values', () => {
  expect(spendCall(testOperator, dot, nativeAsset)).toEqual({
    to: testOperator,
    data: '0x',
    valueWei: dot,
  })
  const args = [testOperator, 5n] as const
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args })
  expect(spendCall(testOperator, 5n, token)).toEqual({ to: token.address, data, valueWei: 0n })
  const words = (call: Parameters<typeof describeCall>[1]) => describeCall(profile, call)
  expect(words(memberCall(profile, 'remove', testOperator))).toBe(
    `members.remove(account: ${testOperator})`,
  )
  const accepted = { role: 1, measurementId: measurement, teeClass: 1, status: 'accepted' } as const
  expect(words(referenceCall(profile, accepted, 'normal'))).toContain('setReferenceValue(role: 1')
  const revoked = { ...accepted, status: 'revoked' } as const
  expect(words(referenceCall(profile, revoked, 'fast'))).toContain('revokeReference')
  const deprecated = { ...accepted, status: 'deprecated', until: now } as const
  expect(words(referenceCall(profile, deprecated, 'normal'))).toContain(String(now))
  for (const [wrong, track] of [
    [accepted, 'fast'],
    [{ ...accepted, until: now }, 'normal'],
    [{ ...deprecated, until: undefined as never }, 'normal'],
    [{ ...accepted, measurementId: `0x${'00'.repeat(32)}` }, 'normal'],
    [{ ...accepted, measurementId: '0x12' }, 'normal'],
  ] as const)
    expect(() => referenceCall(profile, wrong, track)).toThrowError(
      code('proposal.reference-invalid'),
    )
})

test('parameters that are not named stay, and no others can be named', async () => {
  const call = await parametersCall(network(), '{"feeBps":150}')
  expect(describeCall(profile, call)).toContain('feeBps: 150')
  expect(describeCall(profile, call)).toContain('maxLeaseSeconds: 300')
  for (const wrong of ['{}', '[]', '{', '{"fee":1}', '{"feeBps":-1}', '{"feeBps":"1"}'])
    await expect(parametersCall(network(), wrong)).rejects.toThrowError(
      code('proposal.parameters-invalid'),
    )
})

test('a call that nobody knows is named by its first bytes, a long argument is cut', () => {
  const unknown = { to: testOperator, data: '0xdeadbeef0011', valueWei: dot } as const
  expect(describeCall(profile, unknown)).toBe(
    `call the unknown function 0xdeadbeef of ${testOperator} with 2 bytes, sending 1 DOT`,
  )
  const long: Hex = `0x${'ab'.repeat(500)}`
  const configure = callOf(profile, 'cloud', 'configure', [7n, long], { doing: '' })
  expect(describeCall(profile, configure)).toMatch(/^cloud\.configure\(appId: 7, .*…/)
  const reference = callOf(profile, 'subnet', 'denyPlatform', [measurement], { doing: '' })
  expect(describeCall(profile, { ...reference, to: subnet })).toContain(measurement)
  const wrongPlace = { ...reference, to: cloud }
  expect(describeCall(profile, wrongPlace)).toContain('unknown function')
  expect(Object.keys(abis)).toContain('governor')
})
