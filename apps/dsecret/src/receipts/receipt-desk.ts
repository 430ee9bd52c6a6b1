// Receipts as others read them: signed, and with the way to a root on chain. I/O by its parts.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { merkleProof, parseReceipt, receiptStatement } from '@wetee/secrets'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Network } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import type { ReceiptLog } from './receipt-log.ts'

/** What the desk works with. */
export type ReceiptDeskParts = {
  readonly nodeId: bigint
  readonly network: Network
  readonly log: Pick<ReceiptLog, 'read' | 'leaves' | 'batchOf' | 'last'>
  /** Signs each receipt that is shown. */
  readonly account: Pick<PrivateKeyAccount, 'signMessage'>
}

/** Receipts in one answer at most. */
const MAX_PAGE = 64
/** Signatures that are kept; the one that was asked for longest ago goes. */
const MAX_SIGNATURES = 4_096
/** Trees whose leaves are kept. */
const MAX_TREES = 64

/** Answers as JSON text. */
export class ReceiptDesk {
  readonly #parts: ReceiptDeskParts
  readonly #signatures = new Map<string, string>()
  readonly #leaves = new Map<bigint, readonly Uint8Array[]>()

  constructor(parts: ReceiptDeskParts) {
    this.#parts = parts
  }

  /** `{ last, receipts: [{ receipt, signature }] }` from a number on, at most 64. */
  async page(first: bigint, count: bigint): Promise<string> {
    const { log } = this.#parts
    const receipts = []
    for (const text of log.read(first, Number(count < MAX_PAGE ? count : MAX_PAGE))) {
      const signature = await this.#signature(text)
      receipts.push({ receipt: parseReceipt(text), signature })
    }
    return JSON.stringify({ last: String(log.last()), receipts })
  }

  /** `{ first, count, root, position, proof }` of a posted receipt. Throws NodeError `receipt.unknown`, `receipt.not-posted`. */
  async proof(number: bigint): Promise<string> {
    const { log } = this.#parts
    if (number > log.last())
      throw new NodeError('receipt.unknown', `there is no receipt ${number}`, { status: 404 })
    const batch = log.batchOf(number)
    if (batch === undefined)
      throw new NodeError('receipt.not-posted', `receipt ${number} is under no root yet`, {
        status: 404,
      })
    await nextTurn()
    const { first, count, root } = batch
    const leaves = this.#leavesOf(first, count)
    if (leaves.length !== count)
      throw new NodeError('receipt.unknown', 'receipts of that root are kept no more', {
        status: 404,
      })
    const position = Number(number - first)
    const proof = merkleProof(leaves, position)
    return JSON.stringify({ first: String(first), count, root, position, proof })
  }

  #leavesOf(first: bigint, count: number): readonly Uint8Array[] {
    const known = this.#leaves.get(first)
    if (known?.length === count) return known
    const leaves = this.#parts.log.leaves(first, count)
    this.#leaves.set(first, leaves)
    for (const oldest of this.#leaves.keys()) {
      if (this.#leaves.size <= MAX_TREES) break
      this.#leaves.delete(oldest)
    }
    return leaves
  }

  async #signature(text: string): Promise<string> {
    const known = this.#signatures.get(text)
    if (known !== undefined) return known
    const { nodeId, network, account } = this.#parts
    const { chainId, contracts } = network
    const place = { chainId: BigInt(chainId), subnet: contracts.subnet, nodeId }
    const signature = await account.signMessage({ message: { raw: receiptStatement(place, text) } })
    this.#signatures.set(text, signature)
    for (const oldest of this.#signatures.keys()) {
      if (this.#signatures.size <= MAX_SIGNATURES) break
      this.#signatures.delete(oldest)
    }
    return signature
  }
}
