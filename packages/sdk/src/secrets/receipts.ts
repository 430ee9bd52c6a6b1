// Who was given secrets and derived keys, as all dsecret nodes have written it down, checked. Network I/O.
import type { Receipt } from '@wetee/secrets'
import type { Hex } from 'viem'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { Block, NodeRecord } from '../reader.ts'
import { parseKnownReceipts } from './known-receipts.ts'
import type { NodeRefusal } from './node-call.ts'
import { judgeReceipts, type JudgedReceipt, type ReceiptFault } from './receipt-checks.ts'
import { readPages, readProof } from './receipt-pages.ts'
import { readPostedRoots, type PostedRoots } from './receipt-roots.ts'
import { requireSecretName } from './records.ts'

/** Which receipts, and how many of each node are read. */
export type ReceiptOptions = {
  /** Those of this application, as the reader or as the owner of a secret that was read; default all. */
  readonly appId?: bigint
  /** Those with a secret of this name (of the application, where one is given). */
  readonly name?: string
  /** Numbers of each node that are read, 1 to 262,144; default 8,192. */
  readonly limit?: number
  /** Number to begin with; default so that each node's newest is among them. */
  readonly first?: bigint
  /** Text of an earlier result as JSON: what a node has signed since then has to agree with it. */
  readonly known?: string
  /** For each node, milliseconds; default 120,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** A node and what it showed. */
export type NodeReceipts = {
  readonly nodeId: bigint
  readonly endpoint: string
  /** Whether a committee that counts, or the next one, seats it; else an earlier one did. */
  readonly seated: boolean
  readonly answered: boolean
  /** Whether its registered TLS key answered; false where that cannot be seen. */
  readonly pinned: boolean
  /** Why it did not answer, or not with all. */
  readonly problem?: Omit<NodeRefusal, 'nodeId'>
  /** Numbers that were read; `last` is below `first` for none. */
  readonly first: bigint
  readonly last: bigint
  /** Number of its newest, as it says. */
  readonly newest: bigint
  /** Number up to which the chain has roots. */
  readonly posted: bigint
  readonly faults: readonly ReceiptFault[]
}

/** A receipt that was asked for. */
export type AuditedReceipt = JudgedReceipt & { readonly nodeId: bigint }

/** What all nodes showed. */
export type ReceiptAudit = {
  /** Finalized block at which keys and roots were read. */
  readonly block: Block
  readonly nodes: readonly NodeReceipts[]
  /** Newest first. */
  readonly receipts: readonly AuditedReceipt[]
  /** No node has a fault. Nodes that did not answer have none. */
  readonly ok: boolean
}

const defaultLimit = 8_192
const maxLimit = 262_144
const defaultTimeoutMs = 120_000
/** Committees whose members are asked, the newest and those before. */
const committees = 16n

/**
 * Asks every member of the newest 16 committees, and every node that has posted roots. A node that is away is listed; the others are
 * shown. Throws
 * `receipt.no-node` (retryable) when none answers, `receipt.known-invalid`, `argument.invalid`, `secret.name-invalid`, `chain.*`,
 * `network.contract-missing`, `aborted`.
 */
export async function auditReceipts(
  network: Network,
  options: ReceiptOptions = {},
): Promise<ReceiptAudit> {
  const { limit = defaultLimit, first = 1n, name } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw new SdkError('argument.invalid', `limit: expected 1 to ${maxLimit} numbers`)
  if (first < 1n || first > 999_999_999_999_999n)
    throw new SdkError('argument.invalid', 'first: expected the number of a receipt, from 1 on')
  if (name !== undefined) requireSecretName(name)
  const known = options.known === undefined ? [] : parseKnownReceipts(options.known)
  const block = await network.reader.finalized()
  const roots = await readPostedRoots(network, block.number)
  const nodes = await nodesToAsk(network, roots, block.number)
  const audited = await Promise.all(
    nodes.map(({ node, seated }) => {
      const ofNode = known.filter(({ nodeId }) => nodeId === node.nodeId)
      return auditNode(network, { node, seated, roots, known: ofNode, at: block.number }, options)
    }),
  )
  if (!audited.some(({ summary }) => summary.answered)) throw noNode(audited)
  const receipts = audited.flatMap(({ receipts: of }) => of)
  return {
    block,
    nodes: audited.map(({ summary }) => summary),
    receipts: receipts.sort(newestFirst),
    ok: audited.every(({ summary }) => summary.faults.length === 0),
  }
}

/** Members of the newest committees, whether they count or not, and all that have ever posted a root. */
async function nodesToAsk({ reader }: Network, roots: PostedRoots, at: bigint) {
  const [nodes, latest] = await Promise.all([
    reader.nodes(at),
    reader.view('quorum', 'latestEpoch', [], at),
  ])
  const count = latest < committees ? Number(latest) : Number(committees)
  const epochs = Array.from({ length: count }, (_, back) => latest - BigInt(back))
  const found = await Promise.all(
    epochs.map((epoch) => reader.view('quorum', 'committee', [epoch], at)),
  )
  const members = new Set(found.flatMap(([ids]) => ids))
  const asked = nodes.filter(({ nodeId }) => members.has(nodeId) || roots.has(nodeId))
  const seats = await Promise.all(
    asked.map(({ nodeId }) => reader.view('quorum', 'isSeated', [nodeId], at)),
  )
  return asked.map((node, place) => ({ node, seated: seats[place] === true }))
}

type Asked = {
  readonly node: NodeRecord
  readonly seated: boolean
  readonly roots: PostedRoots
  readonly known: ReturnType<typeof parseKnownReceipts>
  readonly at: bigint
}

async function auditNode(network: Network, asked: Asked, options: ReceiptOptions) {
  const { reader, transport, profile } = network
  const { node, seated, known, at } = asked
  const { nodeId, endpoint, statementKey } = node
  const { limit = defaultLimit, timeoutMs = defaultTimeoutMs, first, signal } = options
  const end = signal === undefined ? {} : { signal }
  const posted = await reader.view('secrets', 'receiptsPosted', [nodeId], at)
  const bounds = { limit, timeoutMs, ...end, ...(first === undefined ? {} : { first }) }
  const pages = await readPages(transport, node, bounds)
  const { problem, pinned, newest } = pages
  const place = { chainId: BigInt(profile.chainId), subnet: profile.contracts.subnet, nodeId }
  const { receipts, faults } = await judgeReceipts({
    ...{ place, statementKey, pages, posted, known },
    roots: asked.roots.get(nodeId) ?? [],
    wanted: (receipt) => isWanted(receipt, options),
    prove: (number): Promise<readonly Hex[] | undefined> =>
      readProof(transport, node, number, signal),
  })
  const summary: NodeReceipts = {
    ...{ nodeId, endpoint, seated, pinned, newest, posted, faults },
    answered: problem === undefined || newest > 0n,
    first: pages.first,
    last: pages.last,
    ...(problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } }),
  }
  return { summary, receipts: receipts.map((receipt) => ({ nodeId, ...receipt })) }
}

function isWanted(receipt: Receipt, { appId, name }: ReceiptOptions): boolean {
  const id = appId === undefined ? undefined : String(appId)
  if (name !== undefined)
    return receipt.items.some(
      (item) =>
        item.kind === 'secret' && item.name === name && (id === undefined || item.appId === id),
    )
  if (id === undefined || receipt.appId === id) return true
  return receipt.items.some((item) => item.kind === 'secret' && item.appId === id)
}

function newestFirst(a: AuditedReceipt, b: AuditedReceipt): number {
  if (a.receipt.at !== b.receipt.at) return b.receipt.at - a.receipt.at
  if (a.nodeId !== b.nodeId) return a.nodeId < b.nodeId ? -1 : 1
  const [one, other] = [BigInt(a.receipt.number), BigInt(b.receipt.number)]
  return one > other ? -1 : one < other ? 1 : 0
}

function noNode(audited: readonly { readonly summary: NodeReceipts }[]): SdkError {
  const why = audited.map(
    ({ summary: { nodeId, problem } }) => `node ${nodeId}: ${problem?.code ?? 'no answer'}`,
  )
  return new SdkError(
    'receipt.no-node',
    why.length === 0
      ? 'no dsecret node has a seat yet, so nothing was ever released'
      : `none of ${why.length} dsecret nodes shows its receipts (${why.join(', ').slice(0, 500)})`,
    { retryable: true },
  )
}
