// Computes the vectors of dkg/vectors.json from seeds: for the test that pins them, and for whoever
// makes them anew. Pure.
import { complain, judgeComplaint } from '../dkg/complaint.ts'
import { checkDealing, dealingDigest } from '../dkg/dealing.ts'
import { confirmationDigest, publicShareRoot, type NetworkKey } from '../dkg/network-key.ts'
import { reveal } from '../dkg/reveal.ts'
import { register } from '../dkg/registration.ts'
import { memberRoot } from '../dkg/session.ts'
import { openShare } from '../dkg/share.ts'
import type { Group } from '../group/group.ts'
import { dealWrong, plus } from './adversary.ts'
import { generate, people, reshare, seeded, sessionOf } from './ceremony.ts'

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** Every value in hex, from nothing but constants. */
export function computeDkgVectors(group: Group) {
  const made = generate(group, 4, 3, 'vectors')
  const { session, people: who, secrets, bytes, dealings, key, shares } = made
  const [secret, dealing] = [secrets[0]!, dealings[0]!]
  const wrong = dealWrong(group, session, 1, secret, 'wrong', new Map([[2, plus(1n)]]))
  const complained = checkDealing(group, session, 1, wrong)
  const complaint = complain(group, session, complained, 2, who.keys[1]!, seeded('complaint'))
  const share = openShare(group, session, dealing, 2, who.keys[1]!)!
  const place = {
    chainId: 420_420_421,
    contract: new Uint8Array(20).fill(7),
    epoch: 1,
    blockHash: new Uint8Array(32).fill(9),
  }
  const nextPeople = people(group, 3, 'next')
  const previous = confirmationDigest(group, session, key)
  const nextSession = sessionOf(group, nextPeople, 2, { epoch: 2, previous })
  const next = { session: nextSession, people: nextPeople }
  const after = reshare(group, made, [1, 3, 4], next, 'reshare')
  const keyOf = (of: NetworkKey) => ({
    qualified: of.qualified,
    verificationKey: hex(group.encode(of.verificationKey)),
    encryptionKey: hex(group.encode(of.encryptionKey)),
    publicShares: of.publicShares.map((point) => point && hex(group.encode(point))),
    publicShareRoot: hex(publicShareRoot(group, of)),
  })
  return {
    session: {
      chainId: 420_420_421,
      contract: '07'.repeat(20),
      epoch: 1,
      blockHash: '09'.repeat(32),
      threshold: 3,
      members: who.members.map(({ account, encryptionKey }, i) => ({
        account: hex(account),
        encryptionKey: hex(group.encode(encryptionKey)),
        decryptionKey: hex(who.keys[i]!),
      })),
      memberRoot: hex(memberRoot(group, session.members)),
      id: hex(session.id),
    },
    registrationOfMember2: hex(
      register(group, place, session.members[1]!, who.keys[1]!, seeded('registration')),
    ),
    secret: hex(secret),
    dealing: hex(bytes.get(1)!),
    dealingDigest: hex(dealingDigest(session, 1, bytes.get(1)!)),
    shareOfMember2: hex(share),
    wrongDealing: hex(wrong),
    complaint: hex(complaint),
    verdict: judgeComplaint(group, session, wrong, { dealer: 1, complainer: 2, bytes: complaint }),
    reveal: hex(reveal(group, session, dealing, 0, secret, seeded('reveal'))),
    revealOfMember2: hex(reveal(group, session, dealing, 2, share, seeded('reveal 2'))),
    key: keyOf(key),
    shares: shares.map(hex),
    confirmationDigest: hex(previous),
    resharing: {
      memberRoot: hex(memberRoot(group, nextPeople.members)),
      id: hex(nextSession.id),
      key: keyOf(after.key),
      shares: after.shares.map(hex),
      confirmationDigest: hex(confirmationDigest(group, nextSession, after.key)),
    },
  }
}
