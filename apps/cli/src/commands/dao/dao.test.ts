// `wetee dao ...` and `wetee complaint ...`: arguments to calls, what is shown, and what is refused.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  genesisSeconds,
  testApp,
  testOperator,
  testOwner,
  testVersion,
  zeroDigest,
} from '@wetee/sdk/testing/memory-network'
import { fundedWorld, signingNetwork } from '@wetee/sdk/testing/memory-wallet'
import { expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const dot = 10n ** 18n
const now = genesisSeconds + 100n
const measurement = `0x${'5a'.repeat(32)}`
const home = mkdtempSync(join(tmpdir(), 'wetee-dao-'))
writeFileSync(join(home, 'evidence.txt'), '')
writeFileSync(
  join(home, 'unsigned.json'),
  JSON.stringify([{ to: testOperator, data: '0x', value: '5', chainId: 31337 }]),
)
writeFileSync(
  join(home, 'elsewhere.json'),
  JSON.stringify([{ to: testOperator, data: '0x', value: '5', chainId: 1 }]),
)
const empty = '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const states = { pending: 0, active: 1, succeeded: 4, queued: 5 }

function world(state: keyof typeof states = 'active') {
  const made = fundedWorld()
  const view = (name: string, value: unknown) => made.views.set(name, value)
  view('governor.state(11)', states[state])
  view('governor.proposalSnapshot(11)', now - 50n)
  view('governor.proposalDeadline(11)', now + 50n)
  view('governor.proposalVotes(11)', [0n, 2n * dot, 0n])
  view('governor.proposalEta(11)', state === 'queued' ? now : 0n)
  view(`governor.quorum(${now - 50n})`, dot)
  view(`governor.hasVoted(11,${testOwner})`, false)
  for (const governor of ['governor', 'fastGovernor']) {
    view(`${governor}.guardian()`, testOwner)
    view(`${governor}.guardianUntil()`, now + 1n)
    view(`${governor}.proposalThreshold()`, 0n)
    view(`${governor}.votingDelay()`, 1n)
    view(`${governor}.votingPeriod()`, 60n)
  }
  const args = {
    proposalId: 11n,
    proposer: testOperator,
    targets: [testOperator],
    values: [dot],
    calldatas: ['0x'],
    description: 'Pay\u001b[2J\nbecause',
  }
  made.events.set('governor.ProposalCreated', [
    { eventName: 'ProposalCreated', args, blockNumber: 9n, transactionHash: zeroDigest },
  ])
  view('timelock.getMinDelay()', 1n)
  view('fastTimelock.getMinDelay()', 1n)
  view(`members.isMember(${testOwner})`, true)
  view('members.publicJoin()', false)
  view('members.members(0,100)', [testOwner])
  view(`token.getVotes(${testOwner})`, dot)
  view(`token.getPastVotes(${testOwner},${now - 50n})`, dot)
  view(`token.balanceOf(${testOwner})`, dot)
  view(`token.delegates(${testOwner})`, testOperator)
  const timelock = `0x${'09'.repeat(20)}`
  view(`token.balanceOf(${timelock})`, 0n)
  view(`subnet.credit(${timelock})`, dot)
  view(`complaints.credit(${timelock})`, 0n)
  view(`bridge.credit(${timelock})`, 0n)
  view(`forwarder.credit(${timelock})`, 0n)
  made.balances.set(timelock, 6n * dot)
  made.apps.set(7n, testApp(7n))
  made.versions.set('7/1', testVersion(1, { terms: {} as never }))
  const complaint = {
    appId: 7n,
    workerId: 1n,
    version: 1,
    status: 1,
    complainant: testOwner,
    filedAt: now,
    answeredAt: 0n,
    bondWei: dot,
    claimedWei: 5n * dot,
    lockedBondedWei: 4n * dot,
    lockedUnbondingWei: 0n,
    answerBy: now,
    decideBy: now,
    evidenceDigest: measurement,
    answerDigest: zeroDigest,
  }
  view('complaints.complaintCount()', 1n)
  view('complaints.complaint(1)', complaint)
  view('complaints.complaints(1,100)', [complaint])
  view('complaints.openComplaintOf(7)', 0n)
  view('complaints.rules()', { bondWei: dot, reachSeconds: 50n, decisionSeconds: 600n })
  view('cloud.servedUntil(7,1)', now)
  return made
}

/** Any hash will do for a proposal: the contract makes it. */
function network(state?: keyof typeof states) {
  const { sent, opened } = signingNetwork(world(state))
  const view: typeof opened.reader.view = (contract, name, args, at) =>
    name === 'hashProposal'
      ? Promise.resolve(99n as never)
      : opened.reader.view(contract, name, args, at)
  return { sent, opened: { ...opened, reader: { ...opened.reader, view } } }
}

const propose = ['dao', 'propose', '--title', 'T']
const anything: unknown = expect.anything()
test.each<[string[], string, readonly unknown[], (keyof typeof states)?]>([
  [
    [...propose, '--spend', '2', '--to', testOperator],
    'governor.propose',
    [[testOperator], [2n * dot], ['0x'], 'T'],
  ],
  [
    [...propose, '--file', 'unsigned.json', '--description', 'D'],
    'governor.propose',
    [[testOperator], [5n], ['0x'], 'T\n\nD'],
  ],
  [
    [...propose, '--add-member', testOperator, '--call', 'quorum:reopen'],
    'governor.propose',
    [[anything, anything], [0n, 0n], anything, 'T'],
  ],
  [
    [...propose, '--track', 'fast', '--set-reference', measurement, '--status', 'revoked'],
    'fastGovernor.propose',
    [anything, [0n], anything, 'T'],
  ],
  [['dao', 'vote', '11', 'for', '--reason', 'yes'], 'governor.castVoteWithReason', [11n, 1, 'yes']],
  [
    ['dao', 'queue', '11'],
    'governor.queue',
    [[testOperator], [dot], ['0x'], anything],
    'succeeded',
  ],
  [
    ['dao', 'execute', '11'],
    'governor.execute',
    [[testOperator], [dot], ['0x'], anything],
    'queued',
  ],
  [['dao', 'cancel', '11'], 'governor.cancel', [[testOperator], [dot], ['0x'], anything]],
  [['dao', 'delegate'], 'token.delegate', [testOwner]],
  [['dao', 'members', '--leave'], 'members.resign', []],
  [
    ['complaint', 'file', '7', '--claim', '5', '--evidence', 'evidence.txt'],
    'complaints.file',
    [7n, 1, 5n * dot, empty, ''],
  ],
  [
    ['complaint', 'file', '7', '--claim', '5', '--digest', measurement, '--app-version', '1'],
    'complaints.file',
    [7n, 1, 5n * dot, measurement, ''],
  ],
  [
    ['complaint', 'answer', '1', '--answer', 'evidence.txt', '--uri', 'https://a'],
    'complaints.answer',
    [1n, empty, 'https://a'],
  ],
  [
    ['complaint', 'uphold', '1', '--slash', '4', '--loss', '0'],
    'complaints.uphold',
    [1n, 4n * dot, 0n],
  ],
  [['complaint', 'reject', '1'], 'complaints.rejectFrivolous', [1n]],
  [['complaint', 'dismiss', '1'], 'complaints.dismiss', [1n]],
])('%j signs %s', async (args, name, expected, state) => {
  const { sent, opened } = network(state)
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home })
  expect(stderr).not.toContain('error')
  expect(code).toBe(0)
  expect(sent.map((call) => `${call.contract}.${call.functionName}`)).toEqual([name])
  expect(sent[0]?.args).toEqual(expected)
})

test.each<[string, string[], number]>([
  ['a proposal of nothing', propose, 2],
  ['a proposal without a title', ['dao', 'propose', '--spend', '1', '--to', testOperator], 2],
  ['a spend to nobody', [...propose, '--spend', '1'], 2],
  ['an unknown track', [...propose, '--track', 'slow'], 2],
  ['an unknown TEE', [...propose, '--set-reference', measurement, '--tee', 'sev'], 2],
  ['a measurement of one byte', [...propose, '--set-reference', '0x12'], 2],
  ['a call that is none', [...propose, '--call', 'cloud'], 2],
  ['transactions of another chain', [...propose, '--file', 'elsewhere.json'], 7],
  ['a file that is not there', [...propose, '--file', 'none.json'], 5],
  ['a vote that is none', ['dao', 'vote', '11', 'yes'], 2],
  ['a proposal that is no number', ['dao', 'queue', '0x11'], 2],
  ['an unknown proposal', ['dao', 'vote', '12', 'for'], 5],
  ['a proposal that is not decided', ['dao', 'queue', '11'], 4],
  ['joining twice', ['dao', 'members', '--join'], 4],
  ['joining and leaving', ['dao', 'members', '--join', '--leave'], 2],
  [
    'evidence and its digest',
    [
      'complaint',
      'file',
      '7',
      '--claim',
      '1',
      '--evidence',
      'evidence.txt',
      '--digest',
      measurement,
    ],
    2,
  ],
  ['no evidence', ['complaint', 'file', '7', '--claim', '1'], 2],
  [
    'evidence that is not there',
    ['complaint', 'file', '7', '--claim', '1', '--evidence', 'none'],
    5,
  ],
  ['more slash than is locked', ['complaint', 'uphold', '1', '--slash', '5', '--loss', '0'], 4],
  ['an unknown complaint', ['complaint', 'reject', '2'], 5],
])('%s is refused and nothing is sent', async (_, args, exit) => {
  const { sent, opened } = network()
  const { code, stderr } = await run([...args, '--yes'], { network: opened, home, cwd: home })
  expect(stderr).toMatch(/^error: /m)
  expect(code).toBe(exit)
  expect(sent).toEqual([])
})

test('a proposal is shown with its calls in words, and no text of others reaches the terminal', async () => {
  const { opened } = network()
  const { stdout } = await run(['dao', 'show', '11'], { network: opened })
  expect(stdout).toContain(`send 1 DOT to ${testOperator}`)
  expect(stdout).toContain('because')
  expect(stdout).not.toContain('\u001b')
  const json = JSON.parse(
    (await run(['dao', 'show', '11', '--json'], { network: opened })).stdout,
  ) as unknown
  expect(json).toMatchObject({
    proposalId: '11',
    state: 'active',
    votes: { for: String(2n * dot) },
  })
})

test('proposals, members, treasury and complaints are listed', async () => {
  const { opened } = network()
  const text = async (...args: string[]) => (await run(args, { network: opened })).stdout
  expect(await text('dao', 'list', '--open')).toMatch(/active +normal/)
  expect(await text('dao', 'members')).toContain('1 members; joining is by proposal only.')
  expect(await text('dao', 'treasury')).toMatch(/Holds +6 DOT/)
  expect(await text('complaint', 'list')).toMatch(/1 +open +7 +1 +5 DOT/)
  expect(await text('complaint', 'show', '1')).toMatch(/Claimed +5 DOT, 4 DOT of the stake locked/)
})
