// Fuzz targets of what nodes answer: epochs, replies, names of versions, releases. No I/O.
import { createHash } from 'node:crypto'
import { releaseReplyTypedData } from '@wetee/chain'
import {
  encodeAnswer,
  encodeSealedSecret,
  parseAnswer,
  parseSealedSecret,
  serializePolicy,
  type ReleaseAnswer,
} from '@wetee/secrets'
import {
  checkCiphertext,
  encrypt,
  keyBase,
  releaseDerivedShares,
  releaseDigest,
  releaseQuestionDigest,
  releaseShares,
  secretLabel,
} from '@wetee/threshold'
import { openNativeGroup, openNativeSigning } from '@wetee/threshold/native'
import { hashTypedData } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { ReleaseRound, type Released, type RoundRequest } from '../secrets/release-round.ts'
import { parseCurrent, parseEpoch, parseReply, type NamedSecret } from '../secrets/wire.ts'

const text = (input: Uint8Array) => new TextDecoder().decode(input)
const encode = (value: string) => new TextEncoder().encode(value)
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'))
const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}` as const

const group = openNativeGroup()
let drawn = 0
const draw = (size: number) =>
  new Uint8Array(createHash('shake256', { outputLength: size }).update(`fuzz ${drawn++}`).digest())
const plaintext = encode('a secret of a test')
const chainId = 31_337n
const cloud = `0x${'0c'.repeat(20)}` as const
const quorum = `0x${'0e'.repeat(20)}` as const
const owner = `0x${'0f'.repeat(20)}` as const
const policyText = serializePolicy({ measurements: 'dao', minLevel: 0, teeClasses: 1 })

/** Two of three. */
const [first, slope] = [group.randomSecret(draw), group.randomSecret(draw)]
const members = [1, 2, 3].map((index) => {
  const share = group.addSecrets(group.readSecret(first), group.scaleSecret(slope, BigInt(index)))
  const key = draw(32)
  const statementKey = privateKeyToAddress(hexOf(key)).toLowerCase() as `0x${string}`
  const holder = { nodeId: BigInt(index), statementKey: bytesOf(statementKey) }
  return { index, share, publicShare: group.multiplyBase(share), holder, statementKey, key }
})
const epoch = parseEpoch({
  epoch: '4',
  threshold: 2,
  qualified: [1, 2, 3],
  publicShares: members.map(({ publicShare }) => hexOf(group.encode(publicShare))),
})

const { label, sealed } = seal()
const { digest, ciphertext } = parseSealedSecret(sealed)
const secret: NamedSecret = { appId: '7', name: 'token', version: 1, digest, owner }
const request: RoundRequest = {
  ...{ chainId, cloud, quorum, appId: 7n },
  networkKey: group.encode(group.multiplyBase(first)),
  requestId: new Uint8Array(32).fill(1),
  readerKey: new Uint8Array(32).fill(2),
  secrets: [secret],
  keys: ['disk/data'],
}
const sign = openNativeSigning()
const nobody = { fault: () => undefined, proven: () => undefined, misconduct: () => undefined }
const checked = checkCiphertext(group, label, ciphertext)
const answers = members.map((member) => {
  const { requestId, readerKey } = request
  const asked = { epoch: epoch.epoch, requestId, readerKey }
  const names = [{ chainId, cloud: bytesOf(cloud), appId: 7n, path: 'disk/data' }]
  return encodeAnswer({
    statementKey: member.statementKey,
    secrets: releaseShares(group, member, { request: asked, ciphertexts: [checked] }, draw),
    keys: releaseDerivedShares(group, member, { request: asked, names }, draw),
    ciphertexts: new Map([[digest, sealed]]),
  })
})
const [one, other, third] = answers
if (one === undefined || other === undefined || third === undefined) throw new Error('three')
const expected = shown(combined([one, other]))

function seal() {
  const empty = encodeSealedSecret({ policyText, ciphertext: new Uint8Array(200) })
  const label = secretLabel({
    ...{ chainId, cloud: bytesOf(cloud), owner: bytesOf(owner) },
    ...{ appId: 7n, name: 'token', version: 1 },
    policyDigest: bytesOf(parseSealedSecret(empty).policyDigest),
  })
  const networkKey = group.multiplySecret(keyBase(), first)
  const ciphertext = encrypt(group, { networkKey, label, plaintext }, draw)
  return { label, sealed: encodeSealedSecret({ policyText, ciphertext }) }
}

/** Targets by name; NodeRefusal, SecretsError and SecretError may escape them. */
export const answerTargets: Record<string, (input: Uint8Array) => void> = {
  'agent-epoch'(input) {
    const read = parseEpoch(readJson(input))
    if (Object.keys(read).join() !== 'epoch,threshold,qualified,publicShares')
      throw new Error('more than an epoch was read')
    if (read.publicShares.some((share) => share !== null && !/^0x[0-9a-f]{66}$/.test(share)))
      throw new Error('a public share of another form')
    // Whatever it says, it releases nothing but the secret.
    const round = new ReleaseRound(group, request, nobody)
    for (const reply of replies([one, other])) round.addReply(reply)
    const released = round.addEpoch(read)
    if (released !== undefined && shown(released) !== expected)
      throw new Error('another epoch released something else')
  },
  'agent-reply'(input) {
    const { epoch, index, enc, sealed } = parseReply(readJson(input), 3n)
    if (
      enc.length !== 32 ||
      index < 1 ||
      index > 256 ||
      epoch >= 2n ** 64n ||
      sealed.length > input.length
    )
      throw new Error('a reply out of bounds')
  },
  'agent-versions'(input) {
    const named = parseCurrent(readJson(input), [secret])
    if (named.length !== 1 || named[0]?.appId !== '7' || named[0].name !== 'token')
      throw new Error('names of other secrets')
  },
  // A reply of member 1, after its seal was opened; members 2 and 3 are honest.
  'agent-release'(input) {
    const alone = shown(combined([input, other]))
    if (alone !== undefined && alone !== expected) throw new Error('something else was released')
    if (shown(combined([input, other, third])) !== expected)
      throw new Error('one liar keeps two honest members from releasing')
  },
}

/** Valid inputs by target, for mutation. */
export const answerSeeds: Record<string, readonly Uint8Array[]> = {
  'agent-epoch': [
    encode(
      JSON.stringify({
        ...{ ...epoch, epoch: '4', qualified: [1, 2], encryptionKey: '0x02', verificationKey: '' },
      }),
    ),
  ],
  'agent-reply': [
    encode(
      JSON.stringify({
        ...{ nodeId: '3', epoch: '4', index: 1 },
        enc: Buffer.alloc(32, 1).toString('base64'),
        sealed: Buffer.alloc(100, 2).toString('base64'),
        signature: `0x${'5a'.repeat(65)}`,
      }),
    ),
  ],
  'agent-versions': [
    encode(
      JSON.stringify({
        error: { code: 'secret.version-differs', message: 'other versions', current: [secret] },
      }),
    ),
  ],
  'agent-release': [one],
}

/** Replies of members 1, 2, ... */
function replies(opened: readonly Uint8Array[]) {
  return opened.map((bytes, place) => {
    const answer = parseAnswer(bytes)
    return {
      ...{ nodeId: BigInt(place + 1), epoch: epoch.epoch, index: place + 1 },
      // Whatever a member makes up, it signs.
      signature: signatureOf(place, answer),
      answer,
    }
  })
}

function signatureOf(place: number, answer: ReleaseAnswer): `0x${string}` {
  const { requestId, readerKey } = request
  const names = [{ chainId, cloud: bytesOf(cloud), appId: 7n, path: 'disk/data' }]
  const asked = { request: { requestId, readerKey }, ciphertexts: [checked], names }
  const statement = releaseReplyTypedData(
    { chainId: Number(chainId), contracts: { quorum } },
    {
      ...{ epoch: epoch.epoch, nodeId: BigInt(place + 1) },
      requestDigest: hexOf(releaseQuestionDigest(group, asked)),
      releaseDigest: hexOf(releaseDigest(answer)),
    },
  )
  const digest = bytesOf(hashTypedData(statement))
  const { signature, recoveryId } = sign(digest, members[place]!.key)
  return `${hexOf(signature)}${recoveryId === 0 ? '1b' : '1c'}`
}

function combined(opened: readonly Uint8Array[]): Released | undefined {
  const round = new ReleaseRound(group, request, nobody)
  round.addEpoch(epoch)
  let released: Released | undefined
  for (const reply of replies(opened)) released ??= round.addReply(reply)
  return released
}

function shown(released: Released | undefined): string | undefined {
  return released && [...released.secrets, ...released.keys].map(hexOf).join()
}

/** As a call to a node reads an answer. */
function readJson(input: Uint8Array): unknown {
  try {
    return JSON.parse(text(input))
  } catch {
    return undefined
  }
}
