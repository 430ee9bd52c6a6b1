// For tests: dsecret nodes with real shares of a real key that release over real TLS, each replaceable by one that lies. Serves
// loopback TCP.
import { ECDH, randomBytes } from 'node:crypto'
import { releaseReplyTypedData, releaseRequestTypedData } from '@wetee/chain'
import { sealTo } from '@wetee/sealing'
import {
  encodeAnswer,
  encodeSealedSecret,
  parseReleaseItems,
  parseSealedSecret,
  policyDigest,
  releaseItemsDigest,
  replyInfo,
  serializePolicy,
  toBase64,
  UNKNOWN_DIGEST,
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
  type Group,
  type Member,
  type Point,
  type SecretScalar,
} from '@wetee/threshold'
import { verifyTypedData } from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { publicKeyToAddress } from 'viem/utils'
import { startTestNode, type Appraise } from './node-process.ts'
import type { Node } from '../nodes/node-call.ts'

/** A network key and one sharing of it. */
export type Sharing = {
  readonly secret: SecretScalar
  /** S and Y, 33 bytes of hex. */
  readonly networkKey: { readonly Y: `0x${string}`; readonly S: `0x${string}` }
  readonly encryptionKey: Point
  readonly threshold: number
  readonly members: readonly DealtMember[]
}

/** A member before it is known which node has its share. */
export type DealtMember = Omit<Member, 'holder'>

/** In whose domain nodes sign here. */
export const testQuorum = `0x${'0e'.repeat(20)}` as const

/** A secret on "chain". */
export type Stored = {
  readonly appId: string
  readonly name: string
  readonly version: number
  readonly owner: `0x${string}`
  /** Named by the ciphertext's digest. */
  readonly digest: string
  readonly sealed: Uint8Array
}

/** What an honest node makes of a call; tests change it on the way. */
export type Reply = {
  epoch: bigint
  index: number
  requestId: `0x${string}`
  readerKey: Uint8Array
  answer: ReleaseAnswer
  /** Who signs the reply, and what it says was asked. */
  account: PrivateKeyAccount
  requestDigest: `0x${string}`
}

/** One node: replace `release` or `epoch` to have it lie, `member` and `epochNumber` to move it on. */
export type SecretNode = {
  readonly node: Node
  /** The statement key. */
  readonly account: PrivateKeyAccount
  member: DealtMember
  epochNumber: bigint
  /** Changes an honest reply. */
  lie?: (reply: Reply) => Reply | Promise<Reply>
  /** Answers instead of the node. */
  instead?: Appraise
  /** Request ids it was asked with. */
  readonly requestIds: string[]
  close(): void
}

const policyText = serializePolicy({ measurements: 'dao', minLevel: 0, teeClasses: 1 })
const chainId = 31_337n
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'))
const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}` as const
const random = (size: number) => new Uint8Array(randomBytes(size))

/** Deals shares of a new secret, or of the one given: another epoch of the same key. */
export function dealShares(
  group: Group,
  { threshold, size, secret }: { threshold: number; size: number; secret?: SecretScalar },
): Sharing {
  const first = secret ?? group.randomSecret(random)
  const rest = Array.from({ length: threshold - 1 }, () => group.randomSecret(random))
  const members = Array.from({ length: size }, (_, position) => {
    const index = position + 1
    let share = group.readSecret(first)
    for (const [power, coefficient] of rest.entries())
      share = group.addSecrets(
        share,
        group.scaleSecret(coefficient, BigInt(index) ** BigInt(power + 1)),
      )
    return { index, share, publicShare: group.multiplyBase(share) }
  })
  const encryptionKey = group.multiplySecret(keyBase(), first)
  return {
    secret: first,
    networkKey: {
      Y: hexOf(group.encode(encryptionKey)),
      S: hexOf(group.encode(group.multiplyBase(first))),
    },
    encryptionKey,
    threshold,
    members,
  }
}

/** Encrypts a secret as its owner does. */
export function sealSecret(
  group: Group,
  encryptionKey: Point,
  cloud: `0x${string}`,
  secret: { appId: string; name: string; plaintext: Uint8Array; version?: number },
): Stored {
  const { appId, name, plaintext, version = 1 } = secret
  const owner = `0x${'0f'.repeat(20)}` as const
  const label = secretLabel({
    ...{ chainId, cloud: bytesOf(cloud), owner: bytesOf(owner) },
    ...{ appId: BigInt(appId), name, version },
    policyDigest: bytesOf(policyDigest(policyText)),
  })
  const ciphertext = encrypt(group, { networkKey: encryptionKey, label, plaintext }, random)
  const sealed = encodeSealedSecret({ policyText, ciphertext })
  return { appId, name, version, owner, digest: parseSealedSecret(sealed).digest, sealed }
}

/** Nodes 1 to n of a sharing; `chain` is what all of them see. */
export async function startSecretNetwork(
  group: Group,
  cloud: `0x${string}`,
  sharing: Sharing,
  chain: Map<string, Stored>,
): Promise<{
  readonly nodes: SecretNode[]
  /** What epochs answer, by number. */
  readonly epochs: Map<bigint, Sharing>
  close(): void
}> {
  const epochs = new Map([[1n, sharing]])
  const nodes: SecretNode[] = []
  for (const member of sharing.members) {
    const requestIds: string[] = []
    const { node, close } = await startTestNode(BigInt(member.index + 100), (body, path) => {
      if (own.instead !== undefined) return own.instead(body, path)
      if (path.startsWith('/v1/epochs/0x')) return { answer: epochAnswer(group, epochs, own) }
      if (path === '/v1/release') return release(group, cloud, chain, own, body)
      return { status: 404, answer: { error: { code: 'request.unknown', message: path } } }
    })
    const account = privateKeyToAccount(generatePrivateKey())
    const own: SecretNode = { node, account, member, epochNumber: 1n, requestIds, close }
    nodes.push(own)
  }
  return {
    nodes,
    epochs,
    close: () => {
      for (const node of nodes) node.close()
    },
  }
}

function epochAnswer(group: Group, epochs: Map<bigint, Sharing>, { epochNumber }: SecretNode) {
  const sharing = epochs.get(epochNumber)
  if (sharing === undefined) throw new Error('no such epoch')
  return {
    epoch: String(epochNumber),
    threshold: sharing.threshold,
    qualified: sharing.members.map(({ index }) => index),
    encryptionKey: sharing.networkKey.Y,
    verificationKey: sharing.networkKey.S,
    publicShares: sharing.members.map(({ publicShare }) => hexOf(group.encode(publicShare))),
  }
}

type Call = {
  evidence: { subject: Record<string, string | number> }
  requestId: `0x${string}`
  secrets: unknown
  keys: unknown
  olderKey?: unknown
  signature: `0x${string}`
}

const refuse = (status: number, code: string, more: object = {}) => ({
  status,
  answer: { error: { code, message: 'refused', ...more } },
})

/** What a node does with a call, without its appraisal. */
async function release(
  group: Group,
  cloud: `0x${string}`,
  chain: Map<string, Stored>,
  own: SecretNode,
  body: string,
) {
  const call = JSON.parse(body) as Call
  const { subject } = call.evidence
  const { secrets, keys, olderKey } = call
  const items = parseReleaseItems({
    secrets,
    keys,
    ...(olderKey === undefined ? {} : { olderKey }),
  })
  const message = {
    nodeId: own.node.nodeId,
    appId: BigInt(subject['appId'] ?? 0),
    version: Number(subject['version']),
    replica: Number(subject['replica']),
    requestId: call.requestId,
    itemsDigest: releaseItemsDigest(items),
  }
  const signed = await verifyTypedData({
    ...releaseRequestTypedData({ chainId: Number(chainId), contracts: { cloud } }, message),
    address: addressOf(String(subject['signingKey'])),
    signature: call.signature,
  })
  if (!signed) return refuse(403, 'release.signature-invalid')
  if (own.requestIds.includes(call.requestId)) return refuse(409, 'release.request-repeated')
  own.requestIds.push(call.requestId)
  const current = items.secrets.map((item) => {
    const stored = chain.get(`${item.appId}/${item.name}`)
    const { version = 0, digest = UNKNOWN_DIGEST, owner = `0x${'00'.repeat(20)}` } = stored ?? {}
    return { appId: item.appId, name: item.name, version, digest, owner }
  })
  if (current.some(({ digest }, at) => digest !== items.secrets[at]?.digest || /^0+$/.test(digest)))
    return refuse(409, 'secret.version-differs', { current })
  const requestId = bytesOf(call.requestId)
  const request = {
    epoch: own.epochNumber,
    requestId,
    readerKey: bytesOf(String(subject['hpkeKey'])),
  }
  const names = items.keys.map((path) => ({
    ...{ chainId, cloud: bytesOf(cloud), appId: message.appId, path },
  }))
  const stored = current.map(({ appId, name }) => chain.get(`${appId}/${name}`)!)
  const ciphertexts = stored.map((it) => checkStored(group, cloud, it))
  const statementKey = lowerCase(own.account.address)
  const holder = { nodeId: own.node.nodeId, statementKey: bytesOf(statementKey) }
  const member = { ...own.member, holder }
  const honest: Reply = {
    account: own.account,
    requestDigest: hexOf(releaseQuestionDigest(group, { request, ciphertexts, names })),
    epoch: own.epochNumber,
    index: own.member.index,
    requestId: call.requestId,
    readerKey: request.readerKey,
    answer: {
      statementKey,
      secrets:
        ciphertexts.length === 0
          ? undefined
          : releaseShares(group, member, { request, ciphertexts }, random),
      keys:
        names.length === 0
          ? undefined
          : releaseDerivedShares(group, member, { request, names }, random),
      ciphertexts: new Map(stored.map(({ digest, sealed }) => [digest, sealed])),
    },
  }
  return sealReply(cloud, own.node.nodeId, (await own.lie?.(honest)) ?? honest)
}

/** The reply as it travels. */
export async function sealReply(cloud: `0x${string}`, nodeId: bigint, reply: Reply) {
  const info = replyInfo({ chainId, cloud, nodeId, requestId: reply.requestId })
  const none = new Uint8Array(0)
  const { account, requestDigest, epoch } = reply
  const signature = await account.signTypedData(
    releaseReplyTypedData(
      { chainId: Number(chainId), contracts: { quorum: testQuorum } },
      { epoch, nodeId, requestDigest, releaseDigest: hexOf(releaseDigest(reply.answer)) },
    ),
  )
  const { enc, sealed } = await sealTo(reply.readerKey, info, none, encodeAnswer(reply.answer))
  return {
    answer: {
      nodeId: String(nodeId),
      epoch: String(reply.epoch),
      index: reply.index,
      requestDigest,
      enc: toBase64(enc),
      sealed: toBase64(sealed),
      signature,
    },
  }
}

function checkStored(group: Group, cloud: `0x${string}`, stored: Stored) {
  const { ciphertext, policyDigest: policy } = parseSealedSecret(stored.sealed)
  const label = secretLabel({
    ...{ chainId, cloud: bytesOf(cloud), owner: bytesOf(stored.owner) },
    ...{ appId: BigInt(stored.appId), name: stored.name, version: stored.version },
    policyDigest: bytesOf(policy),
  })
  return checkCiphertext(group, label, ciphertext)
}

function addressOf(compressed: string): `0x${string}` {
  const point = ECDH.convertKey(compressed.slice(2), 'secp256k1', 'hex', 'hex', 'uncompressed')
  return publicKeyToAddress(`0x${String(point)}`)
}

function lowerCase(address: string): `0x${string}` {
  return address.toLowerCase() as `0x${string}`
}
