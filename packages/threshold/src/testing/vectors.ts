// Computes the vectors of vectors.json from seeds: for the test that pins them, and for whoever
// makes them anew. Pure.
import {
  combineDerived,
  derivedPoint,
  releaseDerivedShares,
  type DerivedKeyName,
} from '../derived/derived-key.ts'
import { checkCiphertext, ciphertextDigest } from '../encryption/check.ts'
import { encrypt } from '../encryption/encrypt.ts'
import { secretLabel } from '../encryption/label.ts'
import { keyBase, proofBase } from '../group/bases.ts'
import type { Group } from '../group/group.ts'
import { proveDleq } from '../proof/dleq.ts'
import { encodeProof } from '../proof/proof.ts'
import { proveSchnorr } from '../proof/schnorr.ts'
import { combine } from '../release/combine.ts'
import { checkPublicShares } from '../release/committee.ts'
import { releaseShares, type Member } from '../release/release.ts'
import { challengeOf, digestOf, frame } from '../transcript/transcript.ts'
import { dealSharing, seededRandom } from './sharing.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
const filled = (size: number, byte: number) => new Uint8Array(size).fill(byte)

const name: DerivedKeyName = {
  chainId: 420_420_421n,
  cloud: filled(20, 0xc1),
  appId: 7n,
  path: 'disk/data',
}
const request = { epoch: 5n, requestId: filled(32, 0x1d), readerKey: filled(32, 0x25) }
const labels = ['database-password', 'api-key'].map((secret, position) =>
  secretLabel({
    chainId: name.chainId,
    cloud: name.cloud,
    owner: filled(20, 0xa1),
    appId: name.appId,
    name: secret,
    version: position,
    policyDigest: filled(32, 0xd1),
  }),
)
const plaintexts = ['correct horse battery staple', ''].map(utf8)

/** Every value in hex, from nothing but constants. */
export function computeVectors(group: Group) {
  const sharing = dealSharing(group, { threshold: 2, size: 3, seed: 'vectors' })
  const { members, encryptionKey, networkKey, publicShares } = sharing
  const point = (given: Parameters<Group['encode']>[0]) => hex(group.encode(given))
  const context = frame('test', utf8('context'))
  const { share, publicShare } = members[0]!
  const possession = { base: group.generator, image: publicShare, context }
  const equal = {
    bases: [group.generator, keyBase()],
    images: [publicShare, group.multiplySecret(keyBase(), share)],
    context,
  } as const
  const ciphertexts = labels.map((label, position) => {
    const encryption = { networkKey: encryptionKey, label, plaintext: plaintexts[position]! }
    return encrypt(group, encryption, seededRandom(`ciphertext ${position}`))
  })
  const checked = ciphertexts.map((bytes, i) => checkCiphertext(group, labels[i]!, bytes))
  const committee = checkPublicShares(group, publicShares, 2, networkKey)
  const repliesOf = (make: (member: Member) => Uint8Array) =>
    members.map((member) => {
      const { index, holder } = member
      return { index, holder, bytes: make(member) }
    })
  const replies = repliesOf((member) =>
    releaseShares(
      group,
      member,
      { request, ciphertexts: checked },
      seededRandom(`release ${member.index}`),
    ),
  )
  const derivedReplies = repliesOf((member) =>
    releaseDerivedShares(
      group,
      member,
      { request, names: [name] },
      seededRandom(`derived ${member.index}`),
    ),
  )
  return {
    bases: { H: point(keyBase()), Hbar: point(proofBase()) },
    transcript: {
      frame: hex(frame('tag', utf8('a'), new Uint8Array(0))),
      digest: hex(digestOf('tag', utf8('a'), new Uint8Array(0))),
      challenge: challengeOf('tag', utf8('a'), new Uint8Array(0)).toString(16).padStart(64, '0'),
    },
    sharing: {
      threshold: 2,
      secret: sharing.secret.toString(16).padStart(64, '0'),
      S: point(networkKey),
      Y: point(encryptionKey),
      shares: members.map((member) => hex(member.share)),
      publicShares: publicShares.map(point),
    },
    proofs: {
      context: hex(context),
      schnorr: hex(
        encodeProof(proveSchnorr(group, { ...possession, secret: share }, seededRandom('schnorr'))),
      ),
      dleq: hex(encodeProof(proveDleq(group, { ...equal, secret: share }, seededRandom('dleq')))),
    },
    ciphertexts: ciphertexts.map((bytes, position) => ({
      label: hex(labels[position]!),
      plaintext: hex(plaintexts[position]!),
      r: hex(seededRandom(`ciphertext ${position}`)(32)),
      ciphertext: hex(bytes),
      digest: hex(ciphertextDigest(bytes)),
    })),
    release: {
      epoch: Number(request.epoch),
      requestId: hex(request.requestId),
      readerKey: hex(request.readerKey),
      holders: members.map(({ holder: { nodeId, statementKey } }) => ({
        nodeId: Number(nodeId),
        statementKey: hex(statementKey),
      })),
      replies: replies.map(({ bytes }) => hex(bytes)),
      plaintexts: combine(group, {
        committee,
        request,
        ciphertexts: checked,
        replies,
      }).plaintexts.map(hex),
    },
    derived: {
      point: point(derivedPoint(group, name)),
      replies: derivedReplies.map(({ bytes }) => hex(bytes)),
      key: combineDerived(group, {
        committee,
        request,
        names: [name],
        replies: derivedReplies,
      }).keys.map(hex)[0],
    },
  }
}
