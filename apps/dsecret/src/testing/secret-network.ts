// The network in memory with a key, secrets and three nodes that release; an instance that asks them. For tests; files in a folder.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { releaseRequestTypedData } from '@wetee/chain'
import type { Log } from '@wetee/daemon'
import { manifestDigest, parseManifest, serializeManifest } from '@wetee/manifest'
import { makeReaderKeys, openWith, type ReaderKeys } from '@wetee/sealing'
import {
  encodeSealedSecret,
  fromBase64,
  parseAnswer,
  parseSealedSecret,
  releaseItemsDigest,
  replyInfo,
  serializePolicy,
  type Policy,
  type ReleaseAnswer,
  type ReleaseItems,
  type SecretItem,
} from '@wetee/secrets'
import {
  checkCiphertext,
  checkPublicShares,
  combine,
  combineDerived,
  encrypt,
  secretLabel,
  type Group,
  type Point,
} from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { bytesToHex, hexToBytes } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Hex, SecretVersionFacts } from '../chain/chain-view.ts'
import type { AskForCiphertext } from '../ciphertexts/peer-fetch.ts'
import { openSecretService, type SecretService } from '../release/secret-service.ts'
import type { ReleaseRate } from '../release/rate.ts'
import type { RoomLimits } from '../release/room.ts'
import type { ReleasingShare } from '../release/share-holder.ts'
import type { Batch } from '../receipts/receipt-log.ts'
import { secretKey, testNetwork } from './memory-view.ts'
import { dealTestKey, type TestKey } from './test-key.ts'
import { TestNetwork, type InstanceChoices } from './test-network.ts'

/** Owner of every secret here. */
const owner: Hex = `0x${'0e'.repeat(20)}`
/** Releases to anybody that the DAO accepts, on TDX. */
export const openPolicy: Policy = { measurements: 'dao', minLevel: 0, teeClasses: 1 }
const chainId = BigInt(testNetwork.chainId)
const cloud = hexToBytes(testNetwork.contracts.cloud)

/** Limits of every node, other than the usual. */
export type ReleaseLimits = { readonly rate?: ReleaseRate; readonly room?: RoomLimits }

/** A secret as it is given to nodes. */
export type MadeSecret = { readonly item: SecretItem; readonly bytes: Uint8Array }

/** What a test may choose of a request. */
export type AskChoices = {
  readonly evidence?: InstanceChoices
  readonly requestId?: Hex
  readonly signer?: PrivateKeyAccount
  /** What is signed, when it is not what is asked for. */
  readonly signedItems?: ReleaseItems
  /** Key in the evidence, when it is not the instance's. */
  readonly hpkeKey?: Hex
}

/** A node's answer, opened. */
export type OpenedReply = {
  readonly nodeId: string
  readonly epoch: string
  readonly index: number
  readonly requestDigest: Hex
  readonly signature: Hex
  readonly answer: ReleaseAnswer
}

/** Node n of the network. */
export type ReleasingNode = {
  readonly nodeId: bigint
  readonly service: SecretService
  /** Shares that it has; a test changes them. */
  held: Record<'current' | 'previous' | 'frozen', ReleasingShare | undefined>
  readonly posted: Batch[]
}

/** Application 7 with the secrets "token" and "shared" of application 8 in its manifest. */
export class SecretNetwork extends TestNetwork {
  readonly group: Group
  /** Points, compressed, that the share of node 1 was multiplied with. */
  readonly multiplied: Hex[] = []
  readonly key: TestKey
  readonly readerKeys: ReaderKeys & { readonly bytes: Uint8Array }
  readonly nodes: ReleasingNode[] = []
  readonly logged: string[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'dsecret-secrets-'))
  readonly #stopping = new AbortController()
  readonly #limits: ReleaseLimits

  private constructor(
    readerKeys: ReaderKeys & { readonly bytes: Uint8Array },
    limits: ReleaseLimits,
  ) {
    super()
    this.readerKeys = readerKeys
    this.group = this.#watched(openNativeGroup())
    this.key = dealTestKey(this.group, { threshold: 2, size: 3, epoch: 4n, name: 'network' })
    this.world.networkKey = this.key.onChain
    this.useManifest([
      { name: 'other', appId: '8', secret: 'shared' },
      { name: 'token', secret: 'token' },
    ])
    this.#limits = limits
    for (const place of [0, 1, 2]) this.nodes.push(this.#node(place))
  }

  /** Ends with `close`. */
  static async open(limits: ReleaseLimits = {}): Promise<SecretNetwork> {
    return new SecretNetwork(await makeReaderKeys(), limits)
  }

  close(): void {
    this.#stopping.abort()
    for (const { service } of this.nodes) service.close()
    rmSync(this.#folder, { recursive: true })
  }

  /** Deploys application 7 with these secrets in its manifest. */
  useManifest(secrets: readonly { name: string; appId?: string; secret: string }[]): void {
    const document = parseManifest(this.manifest)
    const { secrets: _, ...rest } = document
    this.manifest = serializeManifest({
      ...rest,
      ...(secrets.length === 0 ? {} : { secrets }),
      services: document.services.map((service, place) => ({
        ...service,
        secrets:
          place === 0
            ? secrets.map(({ name }) => ({ source: name, target: name, mode: 0o444 }))
            : [],
      })),
    })
    const version = this.world.versions.get('7/1')
    if (version === undefined) throw new Error('no version')
    const digest = manifestDigest(this.manifest)
    this.world.versions.set('7/1', { ...version, manifestDigest: digest })
  }

  /** Encrypts the next version and names it on chain; `give` puts it into stores. */
  setSecret(
    appId: bigint,
    name: string,
    value: string,
    choices: { policy?: Policy; bytes?: Uint8Array; key?: number } = {},
  ): MadeSecret {
    const key = secretKey(appId, name)
    const version = (this.world.secrets.get(key)?.latest ?? 0) + 1
    const bytes =
      choices.bytes ?? this.seal({ appId, name, version, value, policy: choices.policy })
    const { digest, policyDigest } = parseSealedSecret(bytes)
    const facts: SecretVersionFacts = {
      ciphertextDigest: `0x${digest}`,
      policyDigest,
      owner,
      setAt: 1n,
      key: choices.key ?? 1,
    }
    this.world.secrets.set(key, { name, current: version, latest: version, version: facts })
    this.world.secretVersions.set(secretKey(appId, name, version), facts)
    this.world.ciphertexts.set(`0x${digest}`, { appId, name, version })
    return { item: { appId: String(appId), name, version, digest }, bytes }
  }

  /** A sealed secret, whether the chain names it or not. */
  seal(given: {
    appId: bigint
    name: string
    version: number
    value: string
    policy?: Policy | undefined
    owner?: Hex
    networkKey?: Point
  }): Uint8Array {
    const policyText = serializePolicy(given.policy ?? openPolicy)
    const empty = { policyText, ciphertext: new Uint8Array(200) }
    const { policyDigest } = parseSealedSecret(encodeSealedSecret(empty))
    const label = this.label({ ...given, policyDigest })
    const plaintext = new TextEncoder().encode(given.value)
    const { group, key } = this
    const ciphertext = encrypt(
      group,
      { networkKey: given.networkKey ?? key.encryptionKey, label, plaintext },
      randomBytes,
    )
    return encodeSealedSecret({ policyText, ciphertext })
  }

  label(given: {
    appId: bigint
    name: string
    version: number
    policyDigest: Hex
    owner?: Hex
  }): Uint8Array {
    const { appId, name, version } = given
    const policyDigest = hexToBytes(given.policyDigest)
    const by = hexToBytes(given.owner ?? owner)
    return secretLabel({ chainId, cloud, owner: by, appId, name, version, policyDigest })
  }

  /** Puts a secret into the stores of all nodes. */
  async give({ item, bytes }: MadeSecret): Promise<SecretItem> {
    for (const { service } of this.nodes) await service.library.accept(item.digest, bytes)
    return item
  }

  /** The request as JSON text, to the first node. */
  async call(items: ReleaseItems, choices: AskChoices = {}): Promise<string> {
    const hpkeKey = choices.hpkeKey ?? bytesToHex(this.readerKeys.bytes)
    const offered = await this.instanceEvidence({
      ...choices.evidence,
      subject: { hpkeKey, ...choices.evidence?.subject },
    })
    const requestId = choices.requestId ?? bytesToHex(randomBytes(32))
    const { subject } = offered.document
    if (subject.kind !== 'instance') throw new Error('not an instance')
    const { appId, version, replica } = subject
    const itemsDigest = releaseItemsDigest(choices.signedItems ?? items)
    const asked = { appId, version, replica, requestId, itemsDigest }
    const signature = await (choices.signer ?? this.instance).signTypedData(
      releaseRequestTypedData(testNetwork, { nodeId: this.nodes[0]!.nodeId, ...asked }),
    )
    const { operatorSignature } = offered
    const rest = JSON.stringify({ operatorSignature, requestId, ...items, signature })
    return `{"evidence":${offered.text},${rest.slice(1)}`
  }

  /** Asks one node, with the same request to it where it is not the first, and opens its answer. */
  async ask(node: ReleasingNode, text: string): Promise<OpenedReply> {
    const own = node === this.nodes[0] ? text : await this.#to(node, text)
    return this.open(text, await this.passOn(node, own))
  }

  /** Sends a request as it is, to whomever it was. */
  passOn(node: ReleasingNode, text: string): Promise<string> {
    return node.service.releaser.release(text, this.#stopping.signal)
  }

  /** The same request, signed by the instance for another node. */
  async #to({ nodeId }: ReleasingNode, text: string): Promise<string> {
    const call = JSON.parse(text) as ReleaseItems & {
      evidence: { subject: { appId: string; version: number; replica: number } }
      requestId: Hex
    }
    const { requestId, secrets, keys, olderKey, evidence } = call
    const { appId, version, replica } = evidence.subject
    const itemsDigest = releaseItemsDigest({ secrets, keys, olderKey })
    const asked = { nodeId, appId: BigInt(appId), version, replica, requestId, itemsDigest }
    const signature = await this.instance.signTypedData(releaseRequestTypedData(testNetwork, asked))
    return JSON.stringify({ ...call, signature })
  }

  /** Opens an answer with the instance's key. */
  async open(text: string, reply: string): Promise<OpenedReply> {
    const { requestId } = JSON.parse(text) as { requestId: Hex }
    const { enc, sealed, ...rest } = JSON.parse(reply) as {
      nodeId: string
      enc: string
      sealed: string
    } & Omit<OpenedReply, 'answer'>
    const nodeId = BigInt(rest.nodeId)
    const info = replyInfo({ chainId, cloud: testNetwork.contracts.cloud, nodeId, requestId })
    const [key, body] = [fromBase64(enc)!, fromBase64(sealed)!]
    const plain = await openWith(this.readerKeys, key, info, new Uint8Array(0), body)
    return { ...rest, answer: parseAnswer(plain) }
  }

  /** Plaintexts and keys from answers to one request. */
  combine(text: string, replies: readonly OpenedReply[], key: TestKey = this.key) {
    const { requestId, secrets, keys } = JSON.parse(text) as ReleaseItems & { requestId: Hex }
    const { group } = this
    const committee = checkPublicShares(group, key.publicShares, key.threshold, key.verificationKey)
    const request = {
      epoch: BigInt(replies[0]?.epoch ?? 0),
      requestId: hexToBytes(requestId),
      readerKey: this.readerKeys.bytes,
    }
    const ciphertexts = secrets.map(({ appId, name, version, digest }) => {
      const bytes = replies.map(({ answer }) => answer.ciphertexts.get(digest)).find(Boolean)
      const { ciphertext, policyDigest } = parseSealedSecret(bytes ?? new Uint8Array(0))
      const label = this.label({ appId: BigInt(appId), name, version, policyDigest })
      return checkCiphertext(group, label, ciphertext)
    })
    const of = (part: 'secrets' | 'keys') =>
      replies.map(({ index, nodeId, answer }) => ({
        index,
        holder: { nodeId: BigInt(nodeId), statementKey: hexToBytes(answer.statementKey) },
        bytes: answer[part] ?? new Uint8Array(0),
      }))
    const names = keys.map((path) => ({ chainId, cloud, appId: 7n, path }))
    const shared = { committee, request }
    const opened =
      secrets.length === 0
        ? []
        : combine(group, { ...shared, ciphertexts, replies: of('secrets'), checkEveryProof: true })
            .plaintexts
    return {
      secrets: opened.map((plain) => new TextDecoder().decode(plain)),
      keys:
        keys.length === 0
          ? []
          : combineDerived(group, { ...shared, names, replies: of('keys') }).keys,
    }
  }

  /** The folder of a node. */
  stateOf(node: ReleasingNode): string {
    return join(this.#folder, String(node.nodeId))
  }

  /** Ends a node and starts it on what it left on disk. */
  restart(node: ReleasingNode): ReleasingNode {
    node.service.close()
    const place = this.nodes.indexOf(node)
    const again = this.#node(place)
    this.nodes[place] = again
    return again
  }

  #watched(group: Group): Group {
    return {
      ...group,
      multiplySecret: (point, secret) => {
        const share = this.key?.shares[0]?.share
        if (share !== undefined && Buffer.from(secret).equals(share))
          this.multiplied.push(bytesToHex(group.encode(point)))
        return group.multiplySecret(point, secret)
      },
    }
  }

  #node(place: number): ReleasingNode {
    const account = this.statementKeys[place]
    if (account === undefined) throw new Error('there are 3')
    const posted: Batch[] = []
    const held: ReleasingNode['held'] = {
      current: this.key.shares[place],
      previous: undefined,
      frozen: undefined,
    }
    const note = (fields: object, message: string) =>
      void this.logged.push(`${JSON.stringify(fields)} ${message}`)
    const log: Log = { debug: note, info: note, warn: note, error: note }
    const nodeId = BigInt(place + 1)
    const stateDir = join(this.#folder, String(nodeId))
    const service = openSecretService({
      ...this.context,
      nodeId,
      account,
      group: this.group,
      shares: {
        current: () => node.held.current,
        previous: () => node.held.previous,
        frozen: () => node.held.frozen,
      },
      stateDir,
      submitReceipts: (batch) => {
        posted.push(batch)
        this.world.receiptsPosted.set(nodeId, batch.first + BigInt(batch.count) - 1n)
        return Promise.resolve()
      },
      ask: this.#peers,
      log,
      signal: this.#stopping.signal,
      ...this.#limits,
    })
    const node: ReleasingNode = { nodeId, service, held, posted }
    return node
  }

  /** Other nodes without a network between. */
  readonly #peers: AskForCiphertext = ({ endpoint }, digest) => {
    const n = Number(/node-(\d)/.exec(endpoint)?.[1])
    const peer = this.nodes[n - 1]
    return Promise.resolve().then(() => {
      try {
        return peer?.service.library.read(digest)
      } catch {
        return undefined
      }
    })
  }
}

/** The code that work fails with, or `released`. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
  return 'released'
}
