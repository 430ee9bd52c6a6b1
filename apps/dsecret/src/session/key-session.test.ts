// Key sessions where everybody is honest: a new key, the same key for other members, and what a restart changes.
import { lagrangeAtZero, type Group } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { Hall, resharingOf } from '../testing/session-hall.ts'
import { bytesOf, makePeople, openingOf } from '../testing/session-people.ts'
import { KeySession } from './key-session.ts'

const group = openNativeGroup()
const people = makePeople(6, 'honest')
const four = people.slice(0, 4)
const idsOf = (some: typeof people) => some.map(({ nodeId }) => nodeId)
const ids = idsOf(four)

test('a new key: all agree on key and transcript, and as many shares as the threshold are the key', () => {
  const hall = new Hall(group, people, openingOf(four, 3))
  const outcomes = hall.outcomes(ids)
  for (const { key, confirmed } of outcomes) {
    expect(key).toEqual(outcomes[0]!.key)
    expect(confirmed).toEqual(outcomes[0]!.confirmed)
  }
  const { key } = outcomes[0]!
  expect(key.qualified).toEqual([1, 2, 3, 4])
  const points = [0, 1, 3].map((at) => group.multiplyBase(outcomes[at]!.share))
  expect(group.multiplyMany(points, lagrangeAtZero([1, 2, 4]))).toEqual(key.verificationKey)
  expect(hall.step(6n)).toMatchObject({ state: 'not-a-member', messages: [], faults: [] })
})

test('a resharing to other members with another threshold keeps the key and gives other shares', () => {
  const old = new Hall(group, people, openingOf(four, 3)).epoch(ids)
  const next = people.slice(2)
  const hall = new Hall(group, people, resharingOf(old, next, 2), old)
  const outcomes = hall.outcomes(idsOf(next))
  const { key } = outcomes[0]!
  expect(hall.step(1n).state).toBe('dealt')
  expect(key.encryptionKey).toEqual(old.previous.key!.encryptionKey)
  expect(key.verificationKey).toEqual(old.previous.key!.verificationKey)
  const point = (share: Uint8Array) => group.multiplyBase(group.readSecret(share))
  const fresh = [0, 3].map((at) => point(outcomes[at]!.share))
  expect(group.multiplyMany(fresh, lagrangeAtZero([1, 4]))).toEqual(key.verificationKey)
  const mixed = [point(old.shares.get(1n)!), fresh[1]!]
  expect(group.multiplyMany(mixed, lagrangeAtZero([1, 4]))).not.toEqual(key.verificationKey)
})

test('states follow the phases', () => {
  const hall = new Hall(group, people, openingOf(four, 3))
  const seen: string[] = []
  while (hall.step(1n).state !== 'confirming') {
    seen.push(hall.step(1n).state)
    // One dealer shows nothing, so that the others have to.
    hall.round((message, nodeId) => (nodeId === 4n && message.kind === 'reveal' ? [] : [message]))
  }
  expect([...new Set(seen)]).toEqual([
    'registering',
    'dealing',
    'checking',
    'revealing',
    'recovering',
  ])
  const { confirmed } = hall.step(1n).outcome!
  hall.chain.send({ confirmed, signers: [1, 2, 3] })
  hall.chain.mine()
  expect(hall.step(1n)).toMatchObject({ state: 'confirmed', outcome: { confirmed } })
})

test('a session that nobody confirms expires', () => {
  const hall = new Hall(group, people, openingOf(four, 3))
  hall.until('expired')
  expect(hall.step(1n)).toEqual({ state: 'expired', messages: [], faults: [] })
})

test('a board that was read costs no arithmetic when it is read again', () => {
  let operations = 0
  const counting = Object.fromEntries(
    Object.entries(group).map(([name, value]) => [
      name,
      typeof value !== 'function'
        ? value
        : (...given: unknown[]) => {
            operations++
            return (value as (...all: unknown[]) => unknown)(...given)
          },
    ]),
  ) as Group
  const hall = new Hall(counting, four, openingOf(four, 3))
  for (const phase of ['complain', 'reveal', 'recover'] as const) {
    hall.until(phase, (message) =>
      message.kind === 'reveal' && message.sender === 2 ? [] : [message],
    )
    hall.step(1n)
    const before = operations
    hall.step(1n)
    expect(operations).toBe(before)
  }
})

test('a node that reads only the last board comes to the same as one that read all', () => {
  const hall = new Hall(group, four, openingOf(four, 3))
  hall.outcomes(ids, (message, nodeId) =>
    nodeId === 3n && message.kind === 'reveal' ? [] : [message],
  )
  const { outcome } = hall.step(1n)
  hall.restart(1n)
  expect(hall.step(1n).outcome).toEqual(outcome)
  hall.restart(1n, true)
  const { result, outcome: none } = hall.step(1n)
  expect([result?.key, none]).toEqual([outcome!.key, undefined])
})

test('the end of a session leaves no secret of it', () => {
  const [person] = four
  const hall = new Hall(group, four, openingOf(four, 3))
  const made: Uint8Array[] = []
  const noted = <T extends Uint8Array>(secret: T): T => {
    made.push(secret)
    return secret
  }
  const watched: Group = {
    ...group,
    readSecret: (bytes) => noted(group.readSecret(bytes)),
    randomSecret: (random) => noted(group.randomSecret(random)),
    scaleSecret: (secret, factor) => noted(group.scaleSecret(secret, factor)),
  }
  const draw = bytesOf('process 1 of session 1')
  const first = new KeySession(watched, person!.own, draw)
  const { keep } = first.step(hall.board())
  hall.until('reveal')
  expect(first.step(hall.board(), keep).messages).toMatchObject([{ kind: 'reveal' }])
  hall.outcomes(ids)
  const { share } = first.step(hall.board(), keep).outcome!
  first.close()
  expect([...share, ...keep!].every((byte) => byte === 0)).toBe(true)
  // Shares of all dealers, and nonces. Sums are not looked at: those of proofs are public.
  expect(made.length).toBeGreaterThan(8)
  expect(made.filter((secret) => secret.some((byte) => byte !== 0))).toEqual([])
})
