// Complaints: filed within reach, answered once, decided within what is locked.
import { expect, test } from 'vitest'
import {
  evidenceDigest,
  listComplaints,
  planAnswer,
  planComplaint,
  planDismiss,
  planReject,
  planUphold,
  showComplaint,
} from './complaint.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testApp,
  testOwner,
  testVersion,
  zeroDigest,
} from './testing/memory-network.ts'

const dot = 10n ** 18n
const digest = `0x${'ee'.repeat(32)}` as const
const now = genesisSeconds + 100n
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const raw = (fields: Record<string, unknown> = {}) => ({
  appId: 7n,
  workerId: 1n,
  version: 1,
  status: 1,
  complainant: testOwner,
  filedAt: now,
  answeredAt: 0n,
  bondWei: dot,
  claimedWei: 5n * dot,
  lockedBondedWei: 3n * dot,
  lockedUnbondingWei: dot,
  answerBy: now + 60n,
  decideBy: now + 600n,
  evidenceDigest: digest,
  answerDigest: zeroDigest,
  ...fields,
})

function network(
  options: { complaint?: Record<string, unknown>; open?: bigint; served?: bigint } = {},
) {
  const world = emptyWorld()
  const complaint = raw(options.complaint)
  world.apps.set(7n, testApp(7n))
  world.versions.set('7/1', testVersion(1, { terms: {} as never }))
  world.views.set('complaints.complaintCount()', 1n)
  world.views.set('complaints.complaint(1)', complaint)
  world.views.set('complaints.complaints(1,100)', [complaint])
  world.views.set('complaints.openComplaintOf(7)', options.open ?? 0n)
  world.views.set('complaints.rules()', { bondWei: dot, reachSeconds: 50n, decisionSeconds: 600n })
  world.views.set('cloud.servedUntil(7,1)', options.served ?? now - 50n)
  const event = (args: Record<string, unknown>) => [
    { eventName: '', args: { complaintId: 1n, ...args }, blockNumber: 1n, transactionHash: digest },
  ]
  world.events.set('complaints.ComplaintFiled', event({ uri: 'https://e' }))
  world.events.set('complaints.ComplaintAnswered', event({ uri: '' }))
  world.events.set('complaints.ComplaintClosed', event({ slashedWei: 2n * dot, lossWei: dot }))
  return memoryNetwork(world)
}
const input = { appId: 7n, claimedWei: 5n * dot, digest, uri: 'https://e' } as const

test('a complaint is filed with exactly the bond', async () => {
  const intent = await planComplaint(network(), input)
  expect(decodeCalls(intent)).toEqual([
    ['complaints.file', [7n, 1, 5n * dot, digest, 'https://e'], dot],
  ])
  expect(factsOf(intent)['Bond']).toContain('1 DOT')
})

test.each<
  [string, Parameters<typeof network>[0], Partial<typeof input> & { version?: number }, string]
>([
  ['while another is open', { open: 4n }, {}, 'complaint.open'],
  ['a second after the reach', { served: now - 51n }, {}, 'complaint.out-of-reach'],
  ['about a version that never ran', { served: 0n }, {}, 'complaint.out-of-reach'],
  ['about an unknown version', {}, { version: 2 }, 'app.not-found'],
  ['about an unknown application', {}, { appId: 9n as never }, 'app.not-found'],
  ['with an address of 129 bytes', {}, { uri: 'u'.repeat(129) as never }, 'complaint.uri-too-long'],
])('a complaint %s is refused', async (_, options, more, expected) => {
  await expect(planComplaint(network(options), { ...input, ...more })).rejects.toThrowError(
    code(expected),
  )
})

test('an answer is given once', async () => {
  expect(decodeCalls(await planAnswer(network(), 1n, digest, ''))).toEqual([
    ['complaints.answer', [1n, digest, ''], 0n],
  ])
  const answered = network({ complaint: { answeredAt: now } })
  await expect(planAnswer(answered, 1n, digest, '')).rejects.toThrowError(
    code('complaint.answered'),
  )
})

test('all that is locked can be slashed and paid, a wei more cannot', async () => {
  const intent = await planUphold(network(), 1n, 4n * dot, 4n * dot)
  expect(decodeCalls(intent)).toEqual([['complaints.uphold', [1n, 4n * dot, 4n * dot], 0n]])
  expect(factsOf(intent)).toMatchObject({ Treasury: '0 DOT' })
  expect(factsOf(intent)['Unanswered']).toContain('possible from')
  await expect(planUphold(network(), 1n, 4n * dot + 1n, 0n)).rejects.toThrowError(
    code('complaint.slash-too-high'),
  )
  await expect(planUphold(network(), 1n, dot, dot + 1n)).rejects.toThrowError(
    code('complaint.loss-too-high'),
  )
})

test('rejection and dismissal tell where the bond goes', async () => {
  expect(decodeCalls(await planReject(network(), 1n))[0]?.[0]).toBe('complaints.rejectFrivolous')
  const dismissal = await planDismiss(network(), 1n)
  expect(decodeCalls(dismissal)[0]?.[0]).toBe('complaints.dismiss')
  expect(factsOf(dismissal)['Bond']).toContain(testOwner)
})

test('nothing is decided twice, nor about what does not exist', async () => {
  const closed = network({ complaint: { status: 2 } })
  await expect(planReject(closed, 1n)).rejects.toThrowError(/is upheld already/)
  for (const id of [0n, 2n])
    await expect(planDismiss(network(), id)).rejects.toThrowError(code('complaint.unknown'))
})

test('a complaint is shown with its addresses and its decision', async () => {
  expect(await listComplaints(network())).toMatchObject([
    { complaintId: 1n, status: 'open', lockedWei: 4n * dot },
  ])
  const open = await showComplaint(network(), 1n)
  expect(open).toMatchObject({ evidenceUri: 'https://e' })
  expect(open).not.toHaveProperty('slashedWei')
  const closed = await showComplaint(network({ complaint: { status: 2, answeredAt: now } }), 1n)
  expect(closed).toMatchObject({ slashedWei: 2n * dot, lossWei: dot })
  expect(closed).not.toHaveProperty('answerUri')
})

test('evidence is named by its SHA-256', () => {
  expect(evidenceDigest(new Uint8Array())).toBe(
    '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
})
