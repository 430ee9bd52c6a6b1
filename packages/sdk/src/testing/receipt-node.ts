// Receipts as a dsecret node keeps and shows them, for tests; a test may bend any of it. No I/O.
import {
  merkleProof,
  merkleRoot,
  receiptLeaf,
  receiptStatement,
  serializeReceipt,
  type Receipt,
  type ReceiptItem,
} from '@wetee/secrets'
import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { SdkError } from '../error.ts'
import type { NodeRecord } from '../reader.ts'
import {
  genesisSeconds,
  jsonAnswer,
  testOperator,
  testOwner,
  type Answers,
  type World,
} from './memory-network.ts'

/** A root on chain over `count` receipts from `first` on. */
type Batch = { readonly first: number; readonly count: number; readonly root: Hex }

const place = { chainId: 31_337n, subnet: `0x${'01'.repeat(20)}` } as const

/** A node that tells the truth until a test changes what it keeps. */
export class ReceiptNode {
  readonly nodeId: bigint
  readonly account
  /** By number from 1; a hole is a receipt that is not shown. */
  kept: (Receipt | undefined)[] = []
  readonly batches: Batch[] = []
  /** Bends an entry of a page. */
  bend: (entry: Entry) => Entry | Entry[] = (entry) => entry
  /** What it says its newest is. */
  newest: number | undefined

  constructor(nodeId: bigint) {
    this.nodeId = nodeId
    this.account = privateKeyToAccount(`0x${nodeId.toString(16).padStart(64, '1')}`)
  }

  /** Writes down a release of secret "db" of application 7 to itself, unless told otherwise. */
  release(fields: Partial<Receipt> = {}): Receipt {
    const number = this.kept.length + 1
    const receipt: Receipt = {
      number: String(number),
      at: Number(genesisSeconds) + number,
      block: '90',
      epoch: '1',
      appId: '7',
      version: 1,
      replica: 0,
      instanceKey: `0x${'aa'.repeat(20)}`,
      requestId: `0x${(this.nodeId * 1_000_000n + BigInt(number)).toString(16).padStart(64, '0')}`,
      items: [secretItem('7', 'db')],
      ...fields,
    }
    this.kept.push(receipt)
    return receipt
  }

  /** The root over all that has none; the chain has it, too. */
  post(world: World): Batch {
    const first = this.batches.reduce((sum, { count }) => sum + count, 0) + 1
    const leaves = this.#leaves(first, this.kept.length - first + 1)
    const batch = { first, count: leaves.length, root: merkleRoot(leaves) }
    this.batches.push(batch)
    const events = world.events.get('secrets.ReceiptsPosted') ?? []
    const args = { nodeId: this.nodeId, ...batch, first: BigInt(first), count: BigInt(batch.count) }
    events.push({
      eventName: 'ReceiptsPosted',
      args,
      blockNumber: 95n,
      transactionHash: `0x${this.nodeId.toString(16).padStart(64, 'e')}`,
    })
    world.events.set('secrets.ReceiptsPosted', events)
    world.views.set(`secrets.receiptsPosted(${this.nodeId})`, BigInt(this.kept.length))
    return batch
  }

  /** Answers a path as a node's API does; undefined for one that it does not know. */
  async answer(path: string): Promise<{ status: number; body: string } | undefined> {
    const page = /^\/v1\/receipts\?first=(\d+)&count=(\d+)$/.exec(path)
    if (page !== null)
      return { status: 200, body: await this.#page(Number(page[1]), Number(page[2])) }
    const proof = /^\/v1\/receipts\/(\d+)\/proof$/.exec(path)
    return proof === null ? undefined : this.#proof(Number(proof[1]))
  }

  /** As the chain has it. */
  record(fields: Partial<NodeRecord> = {}): NodeRecord {
    return {
      nodeId: this.nodeId,
      owner: testOwner,
      operator: testOperator,
      status: 'active',
      stakeWei: 1n,
      endpoint: `https://node-${this.nodeId}.test`,
      statementKey: this.account.address,
      tlsKeyHash: `0x${this.nodeId.toString(16).padStart(64, '0')}`,
      ...fields,
    }
  }

  /** A signature of this node, or of its key for another node's receipt. */
  sign(receipt: Receipt, nodeId = this.nodeId): Promise<Hex> {
    const raw = receiptStatement({ ...place, nodeId }, serializeReceipt(receipt))
    return this.account.signMessage({ message: { raw } })
  }

  async #page(first: number, count: number): Promise<string> {
    const found = this.kept.flatMap((one, at) => (one === undefined || at + 1 < first ? [] : one))
    const entries = []
    for (const receipt of found.slice(0, Math.min(count, 64))) {
      const bent = this.bend({ receipt, signature: await this.sign(receipt) })
      entries.push(...(Array.isArray(bent) ? bent : [bent]))
    }
    return JSON.stringify({ last: String(this.newest ?? this.kept.length), receipts: entries })
  }

  #proof(number: number): { status: number; body: string } {
    const batch = this.batches.find(({ first, count }) => number >= first && number < first + count)
    const leaves = batch === undefined ? [] : this.#leaves(batch.first, batch.count)
    if (batch === undefined || leaves.length !== batch.count)
      return { status: 404, body: '{"error":{"code":"receipt.not-posted","message":"no root"}}' }
    const position = number - batch.first
    const proof = merkleProof(leaves, position)
    return { status: 200, body: JSON.stringify({ ...batch, position, proof }) }
  }

  #leaves(first: number, count: number): Uint8Array[] {
    const receipts = this.kept.slice(first - 1, first - 1 + count)
    return receipts.flatMap((one) => (one === undefined ? [] : receiptLeaf(serializeReceipt(one))))
  }
}

/** An entry of a page. */
export type Entry = { readonly receipt: unknown; readonly signature: string }

/** A secret in a receipt. */
export function secretItem(appId: string, name: string): ReceiptItem {
  return { kind: 'secret', appId, name, version: 1, digest: 'd1'.repeat(32) }
}

/** Puts nodes on chain, all with a seat, and gives the addresses at which they answer; `away` do not. */
export function seatNodes(
  world: World,
  nodes: readonly ReceiptNode[],
  away: readonly bigint[] = [],
): Answers {
  world.nodes = nodes.map((node) => node.record())
  world.views.set('quorum.latestEpoch()', 1n)
  world.views.set('quorum.committee(1)', [nodes.map(({ nodeId }) => nodeId), 1])
  for (const { nodeId } of nodes) {
    world.views.set(`quorum.isSeated(${nodeId})`, true)
    const posted = `secrets.receiptsPosted(${nodeId})`
    if (!world.views.has(posted)) world.views.set(posted, 0n)
  }
  const answerOf = (url: string) => async () => {
    const [, id = '', path = ''] = /^https:\/\/node-(\d+)\.test(\/.*)$/.exec(url) ?? []
    const node = nodes.find(({ nodeId }) => nodeId === BigInt(id))
    const answer = away.includes(BigInt(id)) ? undefined : await node?.answer(path)
    if (answer === undefined)
      return new SdkError('transport.failed', `no answer from ${url}: refused`, { retryable: true })
    return {
      ...jsonAnswer(JSON.parse(answer.body), node?.record().tlsKeyHash),
      status: answer.status,
    }
  }
  return new Proxy<Answers>({}, { get: (_, url) => answerOf(String(url)) })
}
