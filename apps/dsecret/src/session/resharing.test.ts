// What can go wrong when one committee hands the key to the next, by name.
import { lagrangeAtZero, type SecretScalar } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { dealWrong, secretOf } from '../testing/session-dealings.ts'
import { Hall, resharingOf, type Change, type OldEpoch } from '../testing/session-hall.ts'
import { bytesOf, makePeople, openingOf } from '../testing/session-people.ts'
import { KeySession } from './key-session.ts'
import { placeOf } from './place.ts'

const group = openNativeGroup()
const people = makePeople(7, 'resharing')
const first = people.slice(0, 5)
const next = people.slice(2)
const nextIds = next.map(({ nodeId }) => nodeId)
const old = new Hall(group, people, openingOf(first, 3)).epoch(first.map(({ nodeId }) => nodeId))
const opening = resharingOf(old, next, 3)
const hallOf = (epoch: OldEpoch = old) => new Hall(group, people, opening, epoch)
/** One where all have registered. */
const dealingHall = (epoch?: OldEpoch) => {
  const hall = hallOf(epoch)
  hall.until('deal')
  return hall
}
const machineOf = ({ own }: (typeof people)[number]) => new KeySession(group, own, bytesOf('new'))
const without = (...silent: readonly bigint[]): Change => {
  return ({ kind, ...message }, nodeId) =>
    silent.includes(nodeId) && kind !== 'register' ? [] : [{ kind, ...message }]
}

function isKey(shares: readonly (readonly [number, SecretScalar])[]): boolean {
  const points = shares.map(([, share]) => group.multiplyBase(share))
  const sum = group.multiplyMany(points, lagrangeAtZero(shares.map(([index]) => index)))
  return Buffer.compare(sum!, old.previous.key!.verificationKey) === 0
}

test('fewer dealers than the old threshold: it fails and expires, and the old shares are the key as before', () => {
  const hall = hallOf()
  const silent = without(3n, 4n, 5n)
  hall.until('confirm', silent)
  for (const nodeId of nextIds)
    expect(hall.step(nodeId)).toMatchObject({
      state: 'failed',
      trouble: 'dealers.too-few',
      faults: [],
    })
  hall.until('expired', silent)
  expect(hall.step(6n)).toEqual({ state: 'expired', messages: [], faults: [] })
  expect(isKey([1, 2, 5].map((index) => [index, old.shares.get(BigInt(index))!]))).toBe(true)
})

test('as many dealers as the old threshold are enough, whichever they are', () => {
  const outcomes = hallOf().outcomes(nextIds, without(1n, 4n))
  expect(outcomes[0]!.key.qualified).toEqual([2, 3, 5])
  expect(isKey([1, 3, 5].map((at) => [at, outcomes[at - 1]!.share]))).toBe(true)
})

test('shares of two epochs do not combine', () => {
  const outcomes = hallOf().outcomes(nextIds)
  const fresh = (index: number) => [index, outcomes[index - 1]!.share] as const
  const stale = (index: number) => [index, old.shares.get(BigInt(index))!] as const
  expect(isKey([stale(1), fresh(2), fresh(3)])).toBe(false)
  expect(isKey([stale(1), stale(2), fresh(3)])).toBe(false)
  expect(isKey([fresh(1), fresh(2), fresh(3)])).toBe(true)
})

test('a dealer that deals another secret than its old share is out, with blame', () => {
  const hall = dealingHall()
  const { session } = placeOf(group, hall.board(), first[0]!.own, undefined)!
  const body = dealWrong(group, session, 1, secretOf(group, 'another key'), { seed: 'other' })
  const outcomes = hall.outcomes(nextIds, (message, nodeId) =>
    nodeId === 1n && message.kind === 'deal' ? [{ ...message, body }] : [message],
  )
  expect(outcomes[0]!.key.qualified).toEqual([2, 3, 4])
  expect(hall.step(7n).faults).toEqual([
    { committee: 'dealers', index: 1, nodeId: 1n, code: 'dealing.invalid' },
  ])
})

test('a member of the old epoch alone deals, and says nothing more', () => {
  const hall = hallOf()
  const kinds = new Set<string>()
  hall.outcomes(nextIds, (message, nodeId) => {
    if (nodeId < 3n) kinds.add(message.kind)
    return [message]
  })
  expect([...kinds]).toEqual(['deal'])
  expect(hall.step(1n)).toMatchObject({ state: 'dealt', messages: [] })
  expect(hall.step(1n).outcome).toBeUndefined()
})

test('a false complaint of a new member takes no old member of the same index out', () => {
  const hall = hallOf()
  hall.until('complain')
  hall.chain.send({ kind: 'complain', sender: 1, subject: 2, body: bytesOf('no')(97) })
  expect(hall.outcomes(nextIds)[0]!.key.qualified).toEqual([1, 2, 3])
  expect(hall.step(7n).faults).toEqual([
    { committee: 'members', index: 1, nodeId: 3n, code: 'complaint.false', dealer: 2 },
  ])
})

test.each([
  ['has none', new Map<bigint, SecretScalar>()],
  ['has one of another epoch', new Map([[1n, secretOf(group, 'stale')]])],
])('a dealer that %s does not deal and says why', (_, shares) => {
  const hall = dealingHall({ ...old, shares })
  expect(hall.step(1n)).toMatchObject({
    state: 'waiting',
    trouble: 'old-share.missing',
    messages: [],
  })
})

test('without the old key a node waits; it does all its part once it has the key', () => {
  const hall = dealingHall()
  const { key: _, ...facts } = old.previous
  const blind = hall.chain.board(hall.chain.head, facts)
  expect(hall.step(3n, blind)).toEqual({ state: 'waiting', messages: [], faults: [] })
  hall.until('complain', without(3n))
  const late = hall.chain.board(hall.chain.head, facts)
  expect(machineOf(next[4]!).step(late, hall.secretOf(7n)).state).toBe('waiting')
  expect(hall.outcomes(nextIds)).toHaveLength(5)
})

test('an old key that the chain has not confirmed is refused', () => {
  const hall = hallOf()
  const other = new Hall(group, people, { ...openingOf(first, 3), chainId: 1 })
  const { key } = other.epoch([1n, 2n]).previous
  hall.until('deal')
  const board = hall.chain.board(hall.chain.head, { ...old.previous, key })
  expect(() => hall.step(3n, board)).toThrow(
    expect.objectContaining({ code: 'session.previous-differs' }) as Error,
  )
})

test('members that are swapped while a resharing runs make another session, in which nothing of this one counts', () => {
  const hall = hallOf()
  hall.until('complain')
  const swapped = resharingOf(old, [people[0]!, ...next.slice(1)], 3)
  const board = { ...hall.board(), members: swapped.members }
  const step = machineOf(next[1]!).step(board, hall.secretOf(next[1]!.nodeId))
  expect(step.faults.map(({ index, code }) => [index, code])).toEqual([
    [1, 'registration.invalid'],
    ...[1, 2, 3, 4, 5].map((index) => [index, 'dealing.invalid']),
  ])
  // And whoever was not in the list has no share to ask for.
  expect(machineOf(next[0]!).step(board, hall.secretOf(3n))).toMatchObject({ state: 'dealt' })
})

test('a node that has another key than it registered complains of nobody', () => {
  const hall = hallOf()
  hall.until('complain')
  expect(machineOf(next[4]!).step(hall.board(), secretOf(group, 'other'))).toMatchObject({
    state: 'not-a-member',
    trouble: 'key.differs',
    messages: [],
  })
})

test('two members with one account make no session, for nobody', () => {
  const { account } = next[1]!.own
  const members = opening.members.map((seat, at) => (at === 0 ? { ...seat, account } : seat))
  const hall = new Hall(group, people, { ...opening, members }, old)
  hall.until('deal')
  for (const { nodeId } of people)
    expect(hall.step(nodeId)).toEqual({
      state: 'failed',
      trouble: 'members.unusable',
      messages: [],
      faults: [],
    })
})

test('a member that was away while complaints were open and got a wrong share confirms nothing and says so', () => {
  const hall = dealingHall()
  const { session } = placeOf(group, hall.board(), first[0]!.own, undefined)!
  const wrong = new Map([[5, secretOf(group, 'more')]])
  const body = dealWrong(group, session, 1, old.shares.get(1n)!, { seed: 'wrong', wrong })
  const change: Change = (message, nodeId) => {
    if (nodeId === 7n && message.kind !== 'register') return []
    return nodeId === 1n && message.kind === 'deal' ? [{ ...message, body }] : [message]
  }
  const present = nextIds.filter((nodeId) => nodeId !== 7n)
  hall.outcomes(present, change)
  const step = hall.step(7n)
  expect(step).toMatchObject({ state: 'without-share', trouble: 'share.wrong', messages: [] })
  expect(step.outcome).toBeUndefined()
  expect(step.result).toBeDefined()
})

test('a transcript on chain that is not the one of the board gives no share', () => {
  const hall = hallOf()
  const { confirmed } = hall.outcomes(nextIds)[0]!
  const transcriptDigest = `0x${'11'.repeat(32)}` as const
  hall.chain.send({ confirmed: { ...confirmed, transcriptDigest }, signers: [1, 2, 3] })
  hall.chain.mine()
  const step = hall.step(3n)
  expect(step).toMatchObject({ state: 'without-share', trouble: 'transcript.differs' })
  expect(step.outcome).toBeUndefined()
})
