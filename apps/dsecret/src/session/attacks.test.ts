// What the board, liars and restarts can do to a key session, by name. Threats: dealings, complaints, silence, replays, restores.
import { complain, ORDER, qualified, type Session } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { dealWrong, secretOf, type WrongShare } from '../testing/session-dealings.ts'
import { Hall, type Change } from '../testing/session-hall.ts'
import { bytesOf, makePeople, openingOf } from '../testing/session-people.ts'
import type { SessionMessage } from './board.ts'
import { Dealings } from './dealings.ts'
import { dealingCheck, placeOf } from './place.ts'
import { Verdicts } from './verdicts.ts'

const group = openNativeGroup()
const people = makePeople(6, 'attacks')
const five = people.slice(0, 5)
const opening = openingOf(five, 3)
const ids = five.map(({ nodeId }) => nodeId)
const hallOf = () => new Hall(group, five, opening)
const dealingHall = () => {
  const hall = hallOf()
  hall.until('deal')
  return hall
}
const seen = (hall: Hall) => placeOf(group, hall.board(), five[0]!.own, undefined)!
const sessionOf = (hall: Hall): Session => seen(hall).session

/** The messages of one node and kind are others. */
function changing(
  nodeId: bigint,
  kind: SessionMessage['kind'],
  make: (message: SessionMessage) => readonly SessionMessage[],
): Change {
  return (message, of) => (of === nodeId && message.kind === kind ? make(message) : [message])
}

const dealingOf = (hall: Hall, dealer: number) =>
  dealingCheck(group, seen(hall), undefined)!(dealer, hall.board().dealings.get(dealer)!)

/** A dealing with wrong shares in the place of the own one. */
function dealingWrong(hall: Hall, nodeId: bigint, wrong: ReadonlyMap<number, WrongShare>): Change {
  const dealer = Number(nodeId)
  const given = { seed: `wrong ${nodeId}`, wrong }
  const secret = secretOf(group, `secret ${nodeId}`)
  return changing(nodeId, 'deal', (message) => [
    { ...message, body: dealWrong(group, sessionOf(hall), dealer, secret, given) },
  ])
}

const together =
  (...changes: readonly Change[]): Change =>
  (message, nodeId) =>
    changes.reduce<readonly SessionMessage[]>(
      (messages, change) => messages.flatMap((one) => change(one, nodeId)),
      [message],
    )

test('killed at every block and restarted with its key, a node says the same and ends the same', () => {
  const change = changing(5n, 'reveal', () => [])
  const expected = hallOf().outcomes(ids, change)
  const hall = hallOf()
  const bodies = new Map<string, Set<string>>()
  const outcomes = hall.outcomes(ids, (message, nodeId) => {
    hall.restart(1n)
    const { kind, subject } = message
    const name = `${nodeId} ${kind} ${subject}`
    const known = bodies.get(name) ?? new Set()
    bodies.set(name, known.add(Buffer.from(message.body).toString('hex')))
    for (const again of hall.step(1n).messages)
      if (nodeId === 1n && again.kind === kind && again.subject === subject)
        known.add(Buffer.from(again.body).toString('hex'))
    return change(message, nodeId)
  })
  expect(outcomes).toEqual(expected)
  expect([...bodies.values()].every(({ size }) => size === 1)).toBe(true)
  expect(bodies.has('1 recover 5')).toBe(true)
})

test('of two dealings of one dealer the board takes one, and no later board may have another', () => {
  const hall = dealingHall()
  const second = dealWrong(group, sessionOf(hall), 2, secretOf(group, 'b'), { seed: 'b' })
  hall.until(
    'complain',
    changing(2n, 'deal', (message) => [message, { ...message, body: second }]),
  )
  expect(hall.outcomes(ids)[0]!.key.qualified).toEqual([1, 2, 3, 4, 5])
  const board = hall.board()
  const changed = { ...board, dealings: new Map(board.dealings).set(2, second) }
  expect(() => hall.step(1n, changed)).toThrow(
    expect.objectContaining({ code: 'session.board-invalid' }) as Error,
  )
})

test('a dealer that dealt another body than it uses reveals nothing that holds, and its part comes out', () => {
  const hall = dealingHall()
  const other = dealWrong(group, sessionOf(hall), 2, secretOf(group, 'x'), { seed: 'x' })
  const change = changing(2n, 'deal', (message) => [{ ...message, body: other }])
  const honest = ids.filter((id) => id !== 2n)
  hall.until('reveal', change)
  // It did not make that dealing: it says so and shows nothing.
  expect(hall.step(2n)).toMatchObject({
    state: 'revealing',
    trouble: 'dealing.not-own',
    messages: [],
  })
  const outcomes = hall.outcomes(honest, change)
  expect(outcomes[0]!.key.qualified).toEqual([1, 2, 3, 4, 5])
  expect(new Set(outcomes.map(({ confirmed }) => confirmed.transcriptDigest)).size).toBe(1)
})

const malformed: readonly [string, (bytes: Uint8Array, session: Session) => Uint8Array][] = [
  ['one byte short', (bytes) => bytes.slice(1)],
  ['one byte long', (bytes) => Buffer.concat([bytes, new Uint8Array(1)])],
  ['one byte in all', () => new Uint8Array(1)],
  ['zeros', (bytes) => new Uint8Array(bytes.length)],
  ['a point that is none', (bytes) => Uint8Array.from(bytes, (byte, at) => (at === 0 ? 4 : byte))],
  ['without possession of the constant', (bytes, { threshold }) => flipped(bytes, 33 * threshold)],
  [
    'without possession of the ephemeral key',
    (bytes, { threshold }) => flipped(bytes, 33 * threshold + 97),
  ],
]
test.each(malformed)(
  'a dealing that is %s is out for everybody, with blame and without a complaint',
  (_, change) => {
    const hall = hallOf()
    const outcomes = hall.outcomes(
      ids.slice(1),
      changing(1n, 'deal', (message) => [
        { ...message, body: change(message.body, sessionOf(hall)) },
      ]),
    )
    expect(outcomes[0]!.key.qualified).toEqual([2, 3, 4, 5])
    expect(hall.board().complaints).toEqual([])
    for (const id of ids)
      expect(hall.step(id).faults).toEqual([
        { committee: 'dealers', index: 1, nodeId: 1n, code: 'dealing.invalid' },
      ])
  },
)

test('a wrong share and one that does not open are complained of, and their dealers are out', () => {
  const hall = hallOf()
  const change = together(
    dealingWrong(hall, 1n, new Map([[4, secretOf(group, 'more')]])),
    dealingWrong(hall, 2n, new Map([[5, 'garbage']])),
  )
  const outcomes = hall.outcomes(ids, change)
  expect(outcomes[0]!.key.qualified).toEqual([3, 4, 5])
  expect(hall.board().complaints.map(({ dealer, member }) => [dealer, member])).toEqual([
    [1, 4],
    [2, 5],
  ])
  expect(hall.step(3n).faults.map(({ index, code }) => [index, code])).toEqual([
    [1, 'share.wrong'],
    [2, 'share.wrong'],
  ])
})

test('two dealings that cancel for a member, one of which goes at the last moment, leave it with its share', () => {
  const hall = hallOf()
  const amount = secretOf(group, 'amount')
  const change = together(
    dealingWrong(hall, 1n, new Map([[5, amount]])),
    // The first liar has the reason to complain of the second, and waits for the last block.
    dealingWrong(
      hall,
      2n,
      new Map<number, WrongShare>([
        [5, group.scaleSecret(amount, ORDER - 1n)],
        [1, 'garbage'],
      ]),
    ),
    (message, nodeId) =>
      nodeId === 1n && message.kind === 'complain' && hall.chain.head < hall.chain.until - 2
        ? []
        : [message],
  )
  hall.until('reveal', change)
  expect(
    hall
      .board()
      .complaints.map(({ dealer, member }) => [dealer, member])
      .sort(),
  ).toEqual([
    [1, 5],
    [2, 1],
    [2, 5],
  ])
  const outcomes = hall.outcomes(ids, change)
  expect(outcomes[0]!.key.qualified).toEqual([3, 4, 5])
})

test.each([
  ['of a right share', (body: Uint8Array) => body],
  ['with garbage', () => bytesOf('garbage')(97)],
  ['with too few bytes', (body: Uint8Array) => body.slice(1)],
])('a member that complains %s loses its dealing and keeps its share', (_, change) => {
  const hall = hallOf()
  hall.until('complain')
  const dealing = dealingOf(hall, 3)
  const body = complain(group, sessionOf(hall), dealing, 1, hall.secretOf(1n)!, bytesOf('false'))
  hall.chain.send({ kind: 'complain', sender: 1, subject: 3, body: change(body) })
  // Nor does another's complaint prove anything of one's own share.
  hall.chain.send({ kind: 'complain', sender: 4, subject: 3, body })
  const outcomes = hall.outcomes(ids)
  expect(outcomes[0]!.key.qualified).toEqual([2, 3, 5])
  expect(hall.step(5n).faults).toEqual(
    [1, 4].map((index) => ({
      committee: 'members',
      index,
      nodeId: BigInt(index),
      code: 'complaint.false',
      dealer: 3,
    })),
  )
})

test('the qualified set is the one that the library computes from the same bytes', () => {
  const hall = hallOf()
  hall.until('complain', dealingWrong(hall, 1n, new Map([[4, 'garbage']])))
  const body = bytesOf('no complaint')(97)
  hall.chain.send({ kind: 'complain', sender: 2, subject: 5, body })
  hall.until('reveal')
  const board = hall.board()
  const sessionSecret = hall.secretOf(3n)
  const place = placeOf(group, board, five[2]!.own, sessionSecret)!
  const { session, member } = place
  const check = dealingCheck(group, place, undefined)!
  const dealings = new Dealings({ group, session, check, member, sessionSecret })
  dealings.take(board.dealings)
  const verdicts = new Verdicts(group, session)
  verdicts.take(board, dealings)
  const complaints = board.complaints.map(({ dealer, member, body: bytes }) => ({
    ...{ dealer, complainer: member, bytes },
  }))
  for (const complainerDeals of [true, false]) {
    const expected = qualified(group, session, board.dealings, complaints, { complainerDeals })
    expect(verdicts.qualified(dealings, { complainerDeals })).toEqual(expected)
    expect(expected.map(({ dealer }) => dealer)).toEqual(complainerDeals ? [3, 4, 5] : [2, 3, 4, 5])
  }
})

test.each([
  ['silent', () => []],
  ['wrong', (message: SessionMessage) => [{ ...message, body: bytesOf('wrong')(97) }]],
])('a reveal that is %s changes nothing of the key', (what, make) => {
  const expected = hallOf().outcomes(ids)[0]!
  const hall = hallOf()
  const outcomes = hall.outcomes(ids, changing(2n, 'reveal', make))
  expect(hall.board().phase).toBe('recover')
  expect(outcomes[0]!.confirmed).toEqual(expected.confirmed)
  expect(hall.board().recoveries.every(({ dealer }) => dealer === 2)).toBe(true)
  const codes = hall.step(1n).faults.map(({ code }) => code)
  expect(codes).toEqual(what === 'silent' ? [] : ['reveal.invalid'])
})

test('shares of a silent dealer that are wrong are not used, and as many as the threshold are enough', () => {
  const hall = hallOf()
  const expected = hallOf().outcomes(ids)[0]!
  const wrong = (nodeId: bigint) =>
    changing(nodeId, 'recover', (message) => [{ ...message, body: bytesOf('wrong')(97) }])
  const change = together(
    changing(2n, 'reveal', () => []),
    wrong(1n),
    wrong(3n),
  )
  expect(hall.outcomes(ids, change)[0]!.confirmed).toEqual(expected.confirmed)
  expect(hall.step(5n).faults.map(({ index, code }) => [index, code])).toEqual([
    [1, 'recovery.invalid'],
    [3, 'recovery.invalid'],
  ])
})

test('too few members that show their shares of a silent dealer: nothing comes of it, and it expires', () => {
  const hall = hallOf()
  const change: Change = (message, nodeId) =>
    (message.kind === 'reveal' && nodeId === 2n) || (message.kind === 'recover' && nodeId > 2n)
      ? []
      : [message]
  hall.until('confirm', change)
  expect(hall.step(1n)).toMatchObject({ state: 'failed', trouble: 'recoveries.too-few' })
  hall.until('expired', change)
  expect(hall.step(1n).outcome).toBeUndefined()
})

test('nobody shows a part before complaints have ended, nor a share before reveals have', () => {
  const hall = hallOf()
  const seen = new Map<string, Set<string>>()
  hall.outcomes(ids, (message, nodeId) => {
    const { phase } = hall.board()
    seen.set(message.kind, (seen.get(message.kind) ?? new Set()).add(phase))
    return message.kind === 'reveal' && nodeId === 4n ? [] : [message]
  })
  expect([...(seen.get('reveal') ?? [])]).toEqual(['reveal'])
  expect([...(seen.get('recover') ?? [])]).toEqual(['recover'])
})

test('every message of a session, played again in another one, counts for nothing', () => {
  const first = hallOf()
  const recorded: SessionMessage[] = []
  const noted = together(
    dealingWrong(first, 1n, new Map([[4, 'garbage']])),
    changing(2n, 'reveal', () => []),
    (message) => {
      recorded.push(message)
      return [message]
    },
  )
  first.outcomes(ids, noted)
  expect(new Set(recorded.map(({ kind }) => kind)).size).toBe(5)
  const others = [
    { openedBlockHash: new Uint8Array(32).fill(9) },
    { epoch: 8n, dealersEpoch: 8n },
    { contract: new Uint8Array(20) },
    { chainId: 1 },
  ]
  for (const other of others) {
    const hall = new Hall(group, five, { ...opening, ...other })
    const honest = [2n, 3n, 5n]
    // Members 1 and 4 say what they said then, where they said it.
    const replayed: Change = (message, nodeId) => {
      if (honest.includes(nodeId)) return [message]
      const { kind, sender, subject } = message
      const then = recorded.find(
        (one) => one.kind === kind && one.sender === sender && one.subject === subject,
      )
      return then ? [then] : []
    }
    // Their machines deal nothing: their keys do not count here.
    hall.until('deal', replayed)
    for (const message of recorded)
      if (message.kind === 'deal' && !honest.includes(BigInt(message.sender)))
        hall.chain.send(message)
    hall.until('complain', replayed)
    hall.chain.send({ ...recorded.find(({ kind }) => kind === 'complain')!, subject: 2 })
    const [outcome] = hall.outcomes(honest, replayed)
    expect(outcome!.key.qualified).toEqual([2, 3, 5])
    expect(hall.step(2n).faults.map(({ index, code }) => [index, code])).toEqual([
      [1, 'registration.invalid'],
      [4, 'registration.invalid'],
      [1, 'dealing.invalid'],
      [4, 'dealing.invalid'],
      [4, 'complaint.false'],
    ])
  }
})
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte))
}
