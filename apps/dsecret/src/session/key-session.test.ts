// Key sessions where everybody is honest: a new key, and the same key for other members.
import { lagrangeAtZero, type NetworkKey, type SecretScalar } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { SessionChain, type Opening, type Windows } from '../testing/session-chain.ts'
import { makePeople, openingOf, type Person } from '../testing/session-people.ts'
import { KeySession, type Step } from './key-session.ts'
import type { KeptDealing } from './own-messages.ts'

const group = openNativeGroup()
const windows: Windows = { deal: 6, complain: 3, reveal: 6, recover: 6, confirm: 6 }

/** Steps every node at every block until all members know their share. */
function runHonest(
  opening: Opening,
  people: readonly Person[],
  previous?: { key: NetworkKey; shares: ReadonlyMap<bigint, SecretScalar> },
): Map<bigint, Step> {
  const chain = new SessionChain(opening, windows)
  const nodes = people.map(({ nodeId, own }) => {
    const share = previous?.shares.get(nodeId)
    const session = new KeySession(group, { ...own, previousShare: share })
    return { nodeId, session, kept: undefined as KeptDealing | undefined }
  })
  const old = opening.previous && { ...opening.previous, key: previous?.key }
  for (;;) {
    const steps = new Map<bigint, Step>()
    for (const node of nodes) {
      const board = chain.board(chain.head, old)
      let step = node.session.step(board, node.kept)
      if (step.keep !== undefined) {
        expect(step.messages).toEqual([])
        node.kept = step.keep
        step = node.session.step(board, node.kept)
      }
      expect(step.faults).toEqual([])
      for (const message of step.messages) chain.send(message)
      steps.set(node.nodeId, step)
    }
    if (opening.members.every(({ nodeId }) => steps.get(nodeId)?.state === 'confirming'))
      return steps
    chain.mine()
    expect(chain.head).toBeLessThan(20)
  }
}

test('a new key and its resharing to other members: all agree, and the key stays', () => {
  const people = makePeople(group, 5, 'honest')
  const opening = openingOf(people.slice(0, 4), 3)
  const made = runHonest(opening, people)
  expect(made.get(5n)?.state).toBe('not-a-member')
  const outcomes = [...made.values()].flatMap(({ outcome }) => outcome ?? [])
  expect(outcomes).toHaveLength(4)
  const first = outcomes[0]!
  for (const { key, confirmed } of outcomes) {
    expect(key).toEqual(first.key)
    expect(confirmed).toEqual(first.confirmed)
  }
  expect(first.key.qualified).toEqual([1, 2, 3, 4])

  const { sessionId, transcriptDigest, key } = first
  const shares = new Map(outcomes.map(({ member, share }) => [BigInt(member), share]))
  const next = openingOf(people.slice(1), 2, {
    dealers: opening.members,
    previous: { epoch: 1n, sessionId, transcriptDigest },
    session: 2n,
  })
  const after = runHonest(next, people, { key, shares })
  expect(after.get(1n)?.state).toBe('dealt')
  const fresh = people.slice(1).map(({ nodeId }) => after.get(nodeId)!.outcome!)
  for (const { key: same, confirmed } of fresh) {
    expect(same.encryptionKey).toEqual(key.encryptionKey)
    expect(same.verificationKey).toEqual(key.verificationKey)
    expect(confirmed).toEqual(fresh[0]!.confirmed)
  }
  const [a, , , d] = fresh
  const points = [a!, d!].map(({ share }) => group.multiplyBase(share))
  expect(group.multiplyMany(points, lagrangeAtZero([1, 4]))).toEqual(key.verificationKey)
})
