// What can go wrong with the keys that members make for one session, by name: replays, rogue keys, lost and late ones.
import { register, type SecretScalar } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { secretOf } from '../testing/session-dealings.ts'
import { Hall, resharingOf, type Change } from '../testing/session-hall.ts'
import { bytesOf, makePeople, openingOf } from '../testing/session-people.ts'
import type { SessionMessage } from './board.ts'
import { KeySession } from './key-session.ts'
import { placeOf, registrationPlace } from './place.ts'

const group = openNativeGroup()
const people = makePeople(5, 'registrations')
const ids = people.map(({ nodeId }) => nodeId)
const opening = openingOf(people, 3)
const hallOf = () => new Hall(group, people, opening)
const without = (lost: bigint) => ids.filter((id) => id !== lost)

function changing(
  nodeId: bigint,
  make: (message: SessionMessage) => readonly SessionMessage[],
): Change {
  return (message, of) => (of === nodeId && message.kind === 'register' ? make(message) : [message])
}

/** The others make the key; member 2 has no share of it, deals nothing, and everybody says the same of it. */
function goesOnWithoutTheSecond(hall: Hall, change?: Change): void {
  const outcomes = hall.outcomes(without(2n), change)
  expect(outcomes[0]!.key.qualified).toEqual([1, 3, 4, 5])
  expect(new Set(outcomes.map(({ confirmed }) => confirmed.transcriptDigest)).size).toBe(1)
  expect(hall.step(2n)).toMatchObject({ state: 'not-a-member', messages: [] })
  expect(hall.step(2n).outcome).toBeUndefined()
}

test('a key that another member registered, replayed, is nobody’s: it gets no share and the other its own', () => {
  const hall = hallOf()
  const change = changing(2n, (message) => {
    const theirs = hall.board().registrations.get(1)
    return theirs ? [{ ...message, body: theirs }] : []
  })
  goesOnWithoutTheSecond(hall, change)
  expect(hall.board().registrations.get(2)).toEqual(hall.board().registrations.get(1))
  for (const id of ids)
    expect(hall.step(id).faults).toEqual([
      { committee: 'members', index: 2, nodeId: 2n, code: 'registration.invalid' },
    ])
})

const bodies: readonly [string, (body: Uint8Array, hall: Hall) => Uint8Array][] = [
  ['without proof of possession', (body) => body.map((byte, at) => (at === 96 ? byte ^ 1 : byte))],
  [
    'that is another member’s, with the own proof',
    (body, hall) => {
      const [theirs] = hall.board().registrations.values()
      return Buffer.concat([theirs!.subarray(0, 33), body.subarray(33)])
    },
  ],
  ['one byte short', (body) => body.slice(1)],
  ['one byte long', (body) => Buffer.concat([body, new Uint8Array(1)])],
  ['that is no point', (body) => body.map((byte, at) => (at === 0 ? 4 : byte))],
]
test.each(bodies)('a key %s is none', (_, make) => {
  const hall = hallOf()
  // The others first.
  const change = changing(2n, (message) =>
    hall.board().registrations.size === 0 ? [] : [{ ...message, body: make(message.body, hall) }],
  )
  goesOnWithoutTheSecond(hall, change)
  expect(hall.step(1n).faults.map(({ index, code }) => [index, code])).toEqual([
    [2, 'registration.invalid'],
  ])
})

test('two members with one key between them both get nothing, and the others go on', () => {
  const hall = hallOf()
  const shared = secretOf(group, 'shared')
  const change: Change = (message, nodeId) => {
    if (message.kind !== 'register' || nodeId > 2n) return [message]
    const place = registrationPlace(hall.board())
    const seat = opening.members[Number(nodeId) - 1]!
    return [{ ...message, body: register(group, place, seat, shared, bytesOf('shared')) }]
  }
  const outcomes = hall.outcomes([3n, 4n, 5n], change)
  expect(outcomes[0]!.key.qualified).toEqual([3, 4, 5])
  for (const id of [1n, 2n])
    expect(hall.step(id)).toMatchObject({ state: 'not-a-member', trouble: 'key.not-registered' })
})

test('of two keys of one member the board takes the first, and shares are for that one', () => {
  const hall = hallOf()
  const other = secretOf(group, 'other')
  const change = changing(2n, (message) => {
    const place = registrationPlace(hall.board())
    const body = register(group, place, opening.members[1]!, other, bytesOf('other'))
    return [message, { ...message, body }]
  })
  expect(hall.outcomes(ids, change)[1]!.member).toBe(2)
  const { session } = placeOf(group, hall.board(), people[1]!.own, other)!
  expect(session.members[1]!.encryptionKey).toEqual(group.multiplyBase(hall.secretOf(2n)!))
  // The same the other way round: whoever has the key that came second has none.
  const late = hallOf()
  goesOnWithoutTheSecond(late, (message, nodeId) => [...change(message, nodeId)].reverse())
  expect(late.step(2n).trouble).toBe('key.differs')
})

test('a key that comes after the window is none, whoever still sends it', () => {
  const hall = hallOf()
  hall.until(
    'deal',
    changing(2n, () => []),
  )
  const secret = hall.secretOf(2n)!
  const place = registrationPlace(hall.board())
  const body = register(group, place, opening.members[1]!, secret, bytesOf('late'))
  hall.chain.send({ kind: 'register', sender: 2, subject: 0, body })
  hall.chain.mine()
  expect(hall.board().registrations.has(2)).toBe(false)
  goesOnWithoutTheSecond(hall)
  expect(hall.step(2n).trouble).toBe('key.not-registered')
})

test('a node that lost its key after it had registered it says nothing, and the others go on', () => {
  const hall = hallOf()
  hall.round()
  hall.restart(2n, true)
  goesOnWithoutTheSecond(hall)
  expect(hall.step(2n).trouble).toBe('key.differs')
  expect(hall.step(1n).faults).toEqual([])
})

test('a node that lost its key before that is on the board makes another one', () => {
  const hall = hallOf()
  const first = hall.step(2n).messages[0]!
  hall.restart(2n, true)
  expect(hall.step(2n).messages[0]!.body).not.toEqual(first.body)
  expect(hall.outcomes(ids)).toHaveLength(5)
})

test('no message comes before the key that it is about is kept, and a restart says the same', () => {
  const { own } = people[0]!
  const board = hallOf().board()
  const session = new KeySession(group, own, bytesOf('a process'))
  const { keep, messages } = session.step(board)
  expect(messages).toEqual([])
  expect(session.step(board).keep).toBe(keep)
  const said = session.step(board, keep).messages
  expect(said).toMatchObject([{ kind: 'register', sender: 1, subject: 0 }])
  const again = new KeySession(group, own, bytesOf('another process'))
  expect(again.step(board, keep).messages).toEqual(said)
})

test('fewer keys than are needed make no session, and the old epoch goes on', () => {
  const hall = hallOf()
  hall.until('expired', (message, nodeId) => (nodeId > 2n ? [] : [message]))
  expect(hall.board().dealings.size).toBe(0)
  for (const id of ids) expect(hall.step(id)).toMatchObject({ state: 'expired', messages: [] })
  // Also where the contract, which judges no key, counts enough of them.
  const garbage = hallOf()
  const change: Change = (message, nodeId) =>
    nodeId > 2n && message.kind === 'register'
      ? [{ ...message, body: bytesOf('x')(97) }]
      : [message]
  garbage.until('deal', change)
  expect(garbage.step(1n)).toMatchObject({ state: 'failed', trouble: 'members.unusable' })
  garbage.until('expired', change)
})

test('an old member that registers nothing hands its share on and gets none', () => {
  const old = hallOf().epoch(ids)
  const hall = new Hall(group, people, resharingOf(old, people, 3), old)
  const outcomes = hall.outcomes(
    without(2n),
    changing(2n, () => []),
  )
  expect(outcomes[0]!.key.qualified).toEqual([1, 2, 3])
  expect(hall.step(2n)).toMatchObject({ state: 'dealt', trouble: 'key.not-registered' })
  const dealing = hall.board().dealings.get(2)
  // And deals the same after it lost its state.
  const again = new Hall(group, people, resharingOf(old, people, 3), old)
  again.restart(2n, true)
  again.outcomes(
    without(2n),
    changing(2n, () => []),
  )
  expect(again.board().dealings.get(2)).toEqual(dealing)
})

test('keys of two sessions have nothing in common', () => {
  const old = hallOf().epoch(ids)
  const first = hallOf()
  first.outcomes(ids)
  const hall = new Hall(group, people, resharingOf(old, people, 3), old)
  hall.outcomes(ids)
  const secrets = [first, hall].flatMap((one) => ids.map((id) => one.secretOf(id) as SecretScalar))
  expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(10)
})
