// Releases of shares, right ones and those of members that lie, as a report of them goes into the contract Misconduct: written to
// test/discipline/releases.json for the Solidity tests. Pure but for the writing.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ORDER,
  checkCiphertext,
  confirmationDigest,
  encrypt,
  judgeReply,
  keyBase,
  openSession,
  releaseDerivedShares,
  releaseDigest,
  releaseQuestionDigest,
  releaseShares,
  secretLabel,
  unsigned,
  type CheckedCiphertext,
  type DerivedKeyName,
  type Group,
  type Holder,
  type JudgedReply,
  type Judgement,
  type Member,
  type Point,
  type RandomBytes,
  type ReleaseKind,
} from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import {
  bytesToHex,
  encodeAbiParameters,
  hexToBytes,
  keccak256,
  type AbiParameter,
  type Hex,
} from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { abiOf } from './deploy/artifacts.ts'

const group: Group = openNativeGroup()
const CLOUD = new Uint8Array(20).fill(7)
const IMAGES_AT = 14

/** Bytes of a hash over the seed and a number, the same in every run. */
function seeded(seed: string): RandomBytes {
  let calls = 0
  return (size) => {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 32) {
      const block = keccak256(new TextEncoder().encode(`${seed} ${++calls}`), 'bytes')
      bytes.set(block.subarray(0, size - at), at)
    }
    return bytes
  }
}

/** A committee with the shares of its members, as `confirmationDigest` names it. */
export type Sharing = {
  readonly epoch: bigint
  readonly threshold: number
  readonly secret: bigint
  readonly shares: readonly bigint[]
  readonly publicShares: readonly (Point | undefined)[]
  readonly sessionId: Uint8Array
  readonly transcriptDigest: Uint8Array
  readonly encryptionKey: Point
  readonly verificationKey: Point
}

const mod = (value: bigint) => ((value % ORDER) + ORDER) % ORDER
const scalar = (random: RandomBytes) => mod(BigInt(bytesToHex(random(32))))

/** Deals `size` shares; `zeroAt` gets a share of zero. */
function share(seed: string, size: number, threshold: number, zeroAt?: number): Sharing {
  const random = seeded(`sharing ${seed}`)
  const coefficients = Array.from({ length: threshold }, () => scalar(random))
  const at = (x: number) => coefficients.reduceRight((sum, part) => mod(sum * BigInt(x) + part), 0n)
  // The constant is whatever makes that one zero.
  if (zeroAt !== undefined) coefficients[0] = mod((coefficients[0] ?? 0n) - at(zeroAt))
  const shares = Array.from({ length: size }, (_, place) => at(place + 1))
  const publicShares = shares.map((one) =>
    one === 0n ? undefined : group.multiply(group.generator, one),
  )
  const encryptionKey = group.multiply(keyBase(), coefficients[0]!)
  const verificationKey = group.multiply(group.generator, coefficients[0]!)
  const members = shares.map((_, place) => ({
    index: place + 1,
    account: unsigned(place + 1, 20),
    encryptionKey: group.multiply(group.generator, BigInt(place + 1)),
  }))
  const name = { chainId: 1n, contract: CLOUD, epoch: 1n, threshold, blockHash: new Uint8Array(32) }
  const session = openSession(group, members, name)
  const qualified = members.map(({ index }) => index)
  const key = { threshold, qualified, verificationKey, encryptionKey, publicShares }
  return {
    epoch: 1n,
    threshold,
    secret: coefficients[0]!,
    shares,
    publicShares,
    sessionId: session.id,
    transcriptDigest: confirmationDigest(group, session, key),
    encryptionKey,
    verificationKey,
  }
}

/** What a reader asks for. */
export type Asked = Pick<JudgedReply, 'request' | 'ciphertexts' | 'names'>

/** A question with that many secrets and derived keys. */
function ask(seed: string, sharing: Sharing, secrets: number, keys: number): Asked {
  const random = seeded(`question ${seed}`)
  return {
    request: { epoch: sharing.epoch, requestId: random(32), readerKey: random(32) },
    ciphertexts: Array.from({ length: secrets }, (_, i) => seal(sharing, `secret_${i}`, random)),
    names: Array.from({ length: keys }, (_, i) => keyName(`path/${i}`)),
  }
}

function seal(sharing: Sharing, name: string, random: RandomBytes): CheckedCiphertext {
  const place = { chainId: 1n, cloud: CLOUD, owner: CLOUD, appId: 3n, name, version: 1 }
  const label = secretLabel({ ...place, policyDigest: random(32) })
  const plaintext = random(8)
  const networkKey = sharing.encryptionKey
  return checkCiphertext(group, label, encrypt(group, { networkKey, label, plaintext }, random))
}

const keyName = (path: string): DerivedKeyName => ({ chainId: 1n, cloud: CLOUD, appId: 3n, path })

/** Node `index` with its statement key of the Solidity tests (NetworkFixture.sol). */
export function holderOf(index: number): Holder {
  const seed = encodeAbiParameters(
    [{ type: 'string' }, { type: 'uint256' }],
    ['statement key', BigInt(index - 1)],
  )
  const statementKey = hexToBytes(privateKeyToAddress(keccak256(seed)))
  return { nodeId: BigInt(index), statementKey }
}

/** Member `index` of a sharing; another share than its own is a lie. */
function memberOf(sharing: Sharing, index: number, own?: bigint): Member {
  const publicShare = sharing.publicShares[index - 1] ?? group.generator
  const secret = group.readSecret(unsigned(own ?? sharing.shares[index - 1]!, 32))
  return { index, share: secret, publicShare, holder: holderOf(index) }
}

/** The bytes that a member releases of one kind. */
function release(kind: ReleaseKind, member: Member, asked: Asked, seed: string): Uint8Array {
  const { request, ciphertexts, names } = asked
  return kind === 'secrets'
    ? releaseShares(group, member, { request, ciphertexts }, seeded(seed))
    : releaseDerivedShares(group, member, { request, names }, seeded(seed))
}

/** A reply of member 2 in whose release of `kind` these bytes stand. */
export type Case = {
  readonly name: string
  readonly sharing: string
  readonly index: number
  readonly kind: ReleaseKind
  readonly asked: Asked
  readonly bytes: Uint8Array
}

/** Numbers of a release's proof, and where they are. */
const proofOf = (bytes: Uint8Array) => {
  const at = bytes.length - 64
  const read = (from: number) => BigInt(bytesToHex(bytes.subarray(from, from + 32)))
  return { at, challenge: read(at), response: read(at + 32) }
}

/** A copy with other bytes at a place. */
function patch(bytes: Uint8Array, at: number, other: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy.set(other, at)
  return copy
}

const word = (value: bigint) => unsigned(mod(value), 32)
const imageAt = (item: number) => IMAGES_AT + 33 * item
const decode = (bytes: Uint8Array, item: number) =>
  group.decode(bytes.subarray(imageAt(item), imageAt(item) + 33))
const withImage = (bytes: Uint8Array, item: number, point: Point) =>
  patch(bytes, imageAt(item), group.encode(point))

/** What members that lie do to a right release of three items; each gives bytes that do not verify. */
const lies: Readonly<
  Record<
    string,
    (right: Uint8Array, sharing: Sharing, kind: ReleaseKind, asked: Asked) => Uint8Array
  >
> = {
  'another share': (_, sharing, kind, asked) =>
    release(kind, memberOf(sharing, 2, sharing.shares[0]), asked, 'another share'),
  'another image': (right) => withImage(right, 1, group.generator),
  'errors that cancel out': (right) => {
    const more = withImage(right, 0, group.add(decode(right, 0), group.generator))
    return withImage(more, 1, group.add(decode(right, 1), group.negate(group.generator)))
  },
  'images in another order': (right) =>
    withImage(withImage(right, 0, decode(right, 1)), 1, decode(right, 0)),
  'one image twice': (right) => withImage(right, 1, decode(right, 0)),
  'an image negated': (right) => withImage(right, 2, group.negate(decode(right, 2))),
  'another request': (_, sharing, kind, asked) => {
    const request = { ...asked.request, requestId: new Uint8Array(32).fill(1) }
    return release(kind, memberOf(sharing, 2), { ...asked, request }, 'another request')
  },
  'another reader': (_, sharing, kind, asked) => {
    const request = { ...asked.request, readerKey: new Uint8Array(32).fill(1) }
    return release(kind, memberOf(sharing, 2), { ...asked, request }, 'another reader')
  },
  'another member': (_, sharing, kind, asked) =>
    release(kind, memberOf(sharing, 1), asked, 'another member'),
  'another statement key': (_, sharing, kind, asked) => {
    const holder = { ...holderOf(2), statementKey: holderOf(1).statementKey }
    return release(kind, { ...memberOf(sharing, 2), holder }, asked, 'another statement key')
  },
  'another node number': (_, sharing, kind, asked) => {
    const holder = { ...holderOf(2), nodeId: 1n }
    return release(kind, { ...memberOf(sharing, 2), holder }, asked, 'another node number')
  },
  'another epoch': (_, sharing, kind, asked) => {
    const request = { ...asked.request, epoch: 2n }
    return release(kind, memberOf(sharing, 2), { ...asked, request }, 'another epoch')
  },
  'another challenge': (right) =>
    patch(right, proofOf(right).at + 31, Uint8Array.of(right.at(-33)! ^ 1)),
  'another response': (right) => patch(right, right.length - 1, Uint8Array.of(right.at(-1)! ^ 1)),
  'a challenge of zero': (right) => patch(right, proofOf(right).at, new Uint8Array(32)),
  'a response of zero': (right) => patch(right, proofOf(right).at + 32, new Uint8Array(32)),
  'a challenge from the order on': (right) => patch(right, proofOf(right).at, unsigned(ORDER, 32)),
  'a response from the order on': (right) =>
    patch(right, proofOf(right).at + 32, unsigned(ORDER + 1n, 32)),
  // z = c*s: the first commitment is nothing, and with right images the second, too.
  'a first commitment of nothing': (right, sharing) => {
    const { at, challenge } = proofOf(right)
    return patch(right, at + 32, word(challenge * sharing.shares[1]!))
  },
  'a second commitment of nothing': (_, sharing, kind, asked) => {
    const other = release(kind, memberOf(sharing, 2, 5n), asked, 'second commitment')
    const { at, challenge } = proofOf(other)
    return patch(other, at + 32, word(challenge * 5n))
  },
  'a second commitment of one point twice': (_, sharing, kind, asked) => {
    const other = release(kind, memberOf(sharing, 2, 5n), asked, 'one point twice')
    const { at, challenge } = proofOf(other)
    return patch(other, at + 32, word(-challenge * 5n))
  },
  'an image that is no point': (right) => patch(right, imageAt(2), xBytes(noPointX())),
  'an image whose x is from the order on': (right) =>
    withImage(right, 1, group.decode(xBytes(largeX()))),
  'an image whose x is from the prime on': (right) =>
    patch(right, imageAt(1) + 1, new Uint8Array(32).fill(255)),
  'an image of x zero': (right) => patch(right, imageAt(0) + 1, new Uint8Array(32)),
  'an image that is not compressed': (right) => patch(right, imageAt(0), Uint8Array.of(4)),
  'an image of prefix one': (right) => patch(right, imageAt(0), Uint8Array.of(1)),
  'no bytes': () => new Uint8Array(0),
  'a byte less': (right) => right.slice(0, -1),
  'a byte more': (right) => Uint8Array.of(...right, 0),
  'an item less': (_, sharing, kind, { request, ciphertexts, names }) => {
    const fewer = { request, ciphertexts: ciphertexts.slice(1), names: names.slice(1) }
    return release(kind, memberOf(sharing, 2), fewer, 'an item less')
  },
  'another version': (right) => patch(right, 0, Uint8Array.of(2)),
  'another kind': (right) => patch(right, 1, Uint8Array.of(3 - right[1]!)),
  'another index': (right) => patch(right, 3, Uint8Array.of(3)),
  'another epoch in the head': (right) => patch(right, 11, Uint8Array.of(9)),
  'another count': (right) => patch(right, 13, Uint8Array.of(4)),
}

function xBytes(x: bigint): Uint8Array {
  return Uint8Array.of(2, ...unsigned(x, 32))
}

const isPoint = (x: bigint) => {
  try {
    group.decode(xBytes(x))
    return true
  } catch {
    return false
  }
}

function noPointX(): bigint {
  let x = 5n
  while (isPoint(x)) x++
  return x
}

function largeX(): bigint {
  let x = ORDER
  while (!isPoint(x)) x++
  return x
}

/** Committees by name. */
export const sharings: Readonly<Record<string, Sharing>> = {
  small: share('small', 3, 2),
  zero: share('zero', 3, 2, 2),
  large: share('large', 64, 33),
}

/** All cases of the file. */
export function allCases(): Case[] {
  const cases: Case[] = []
  const right = (name: string, kind: ReleaseKind, secrets: number, keys: number, of = 'small') => {
    const asked = ask(name, sharings[of]!, secrets, keys)
    const bytes = release(kind, memberOf(sharings[of]!, 2), asked, name)
    cases.push({ name, sharing: of, index: 2, kind, asked, bytes })
    return { asked, bytes }
  }
  right('right, one secret', 'secrets', 1, 0)
  right('right, two secrets', 'secrets', 2, 0)
  right('right, one key', 'derived keys', 0, 1)
  right('right, secrets beside keys', 'secrets', 3, 2)
  right('right, keys beside secrets', 'derived keys', 2, 3)
  const { asked } = right('right, four secrets of 64 members', 'secrets', 4, 0, 'large')
  const again = { ...asked, ciphertexts: [...asked.ciphertexts, ...asked.ciphertexts] }
  cases.push({
    name: 'right, each secret twice',
    sharing: 'large',
    index: 2,
    kind: 'secrets',
    asked: again,
    bytes: release('secrets', memberOf(sharings['large']!, 2), again, 'twice'),
  })
  for (const [lie, tell] of Object.entries(lies)) {
    const kind = cases.length % 2 === 0 ? 'secrets' : 'derived keys'
    const sharing = sharings['small']!
    const question = ask(lie, sharing, kind === 'secrets' ? 3 : 1, kind === 'secrets' ? 1 : 3)
    const honest = release(kind, memberOf(sharing, 2), question, lie)
    const bytes = tell(honest, sharing, kind, question)
    cases.push({ name: lie, sharing: 'small', index: 2, kind, asked: question, bytes })
  }
  const zero = ask('zero', sharings['zero']!, 1, 0)
  const bytes = release('secrets', memberOf(sharings['zero']!, 2, 9n), zero, 'zero')
  cases.push({
    name: 'a share of zero',
    sharing: 'zero',
    index: 2,
    kind: 'secrets',
    asked: zero,
    bytes,
  })
  for (const items of [1, 4, 16]) {
    const { asked: many, bytes: honest } = right(
      `right, ${items} of 64 members`,
      'secrets',
      items,
      0,
      'large',
    )
    const name = `wrong, ${items} of 64 members`
    const wrong = withImage(honest, items - 1, group.generator)
    cases.push({ name, sharing: 'large', index: 2, kind: 'secrets', asked: many, bytes: wrong })
  }
  return cases
}

/** A case as the contract is told of it. */
export type Report = {
  readonly name: string
  readonly sharing: string
  readonly wrong: boolean
  readonly requestDigest: Hex
  readonly releaseDigest: Hex
  /** `abi.encode(SignedRelease, Hints)`: node id is the index, without a signature. */
  readonly data: Hex
}

const reportInputs = (): readonly AbiParameter[] => {
  const found = abiOf('Misconduct').find(
    (item) => item.type === 'function' && item.name === 'reportRelease',
  )
  if (found?.type !== 'function') throw new Error('Misconduct has no reportRelease')
  return found.inputs
}

/** Judges a case and encodes it. */
export function reportOf({ name, sharing, index, kind, asked, bytes }: Case): Report {
  const { publicShares, shares } = sharings[sharing]!
  const releases = kind === 'secrets' ? { secrets: bytes } : { keys: bytes }
  const reply: JudgedReply = {
    ...asked,
    releases,
    index,
    holder: holderOf(index),
    publicShares,
    qualified: shares.map((_, place) => place + 1),
  }
  const judgement = judgeReply(group, kind, reply)
  return {
    name,
    sharing,
    wrong: !judgement.right,
    requestDigest: bytesToHex(releaseQuestionDigest(group, asked)),
    releaseDigest: bytesToHex(releaseDigest(releases)),
    data: encodeReport(judgement, { ...asked.request, index }),
  }
}

function encodeReport(
  { accused, hints }: Judgement,
  { epoch, requestId, readerKey, index }: JudgedReply['request'] & { readonly index: number },
): Hex {
  const signed = {
    ...accused,
    epoch,
    nodeId: BigInt(index),
    requestId: bytesToHex(requestId),
    readerKey: bytesToHex(readerKey),
    items: bytesToHex(accused.items),
    otherItems: bytesToHex(accused.otherItems),
    release: bytesToHex(accused.release),
    otherRelease: keccak256(accused.otherRelease),
    signature: '0x',
  }
  const told = {
    ...hints,
    publicShares: bytesToHex(hints.publicShares),
    qualified: bytesToHex(hints.qualified),
  }
  return encodeAbiParameters(reportInputs(), [signed, told])
}

/** The text of test/discipline/releases.json. */
export function renderCases(): string {
  const committees = Object.fromEntries(
    Object.entries(sharings).map(([name, one]) => [
      name,
      {
        sessionId: bytesToHex(one.sessionId),
        transcriptDigest: bytesToHex(one.transcriptDigest),
        encryptionKey: bytesToHex(group.encode(one.encryptionKey)),
        verificationKey: bytesToHex(group.encode(one.verificationKey)),
      },
    ]),
  )
  const cases = allCases().map(reportOf)
  return `${JSON.stringify({ committees, count: cases.length, cases }, null, 2)}\n`
}

/** Where the file is. */
export const casesPath = join(import.meta.dirname, 'test/discipline/releases.json')

if (import.meta.main) writeFileSync(casesPath, renderCases())
