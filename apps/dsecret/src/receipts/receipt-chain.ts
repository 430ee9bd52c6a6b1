// How receipts on disk hold together: each row's link is over the row and the link before it, signed inside the TEE. Pure.
import { sha256 } from '@wetee/sealing/hashing'
import { openNativeRecovery, type RecoverKey } from '@wetee/threshold/native'
import { frame, unsigned } from '@wetee/threshold'
import { receiptLeaf, type ReceiptPlace } from '@wetee/secrets'
import { hexToBytes, type Hex } from 'viem'
import { publicKeyToAddress } from 'viem/accounts'
import type { StatementAccount } from '../keys/statement-account.ts'
import { unable, type NodeError } from '../node-error.ts'

/** A receipt as it is on disk. */
export type ReceiptRow = {
  readonly number: bigint
  /** Hex with `0x`. */
  readonly request: string
  readonly text: string
  /** Link of the row before, 32 bytes; zeros where there is none. */
  readonly previous: Uint8Array
  /** By the statement key over the row's own link, 65 bytes. */
  readonly signature: Uint8Array
}

/** What the log once decided and must not forget: `floor` numbers go on behind it; below `pruned` rows may be gone. */
export type MarkName = 'floor' | 'pruned'

/** Before the first row. */
export const GENESIS: Uint8Array = new Uint8Array(32)

const LINK_TAG = 'wetee/receipt-link/v1'
const MARK_TAG = 'wetee/receipt-mark/v1'

/** Links and marks of one node, by its statement key. */
export class ReceiptChain {
  readonly #place: Uint8Array
  readonly #account: Pick<StatementAccount, 'address' | 'signDigest'>
  readonly #recover: RecoverKey

  /** Throws ThresholdError `native.missing`. */
  constructor(
    { chainId, subnet, nodeId }: ReceiptPlace,
    account: Pick<StatementAccount, 'address' | 'signDigest'>,
  ) {
    this.#place = frame('place', unsigned(chainId, 32), hexToBytes(subnet), unsigned(nodeId, 8))
    this.#account = account
    this.#recover = openNativeRecovery()
  }

  /** The next row, signed. */
  seal(row: Omit<ReceiptRow, 'signature'>): {
    readonly row: ReceiptRow
    readonly link: Uint8Array
  } {
    const link = this.linkOf(row)
    return { row: { ...row, signature: this.#sign(link) }, link }
  }

  /** 32 bytes over every field of a row but its signature. */
  linkOf({ number, request, text, previous }: Omit<ReceiptRow, 'signature'>): Uint8Array {
    const fields = [previous, unsigned(number, 8), new TextEncoder().encode(request)]
    return sha256(frame(LINK_TAG, this.#place, ...fields, receiptLeaf(text)))
  }

  /** Whether this node's key has signed exactly this row. */
  isSealed(row: ReceiptRow, link = this.linkOf(row)): boolean {
    return this.#isSigned(link, row.signature)
  }

  /** A mark's signature, 65 bytes. */
  sealMark(name: MarkName, number: bigint): Uint8Array {
    return this.#sign(this.#markDigest(name, number))
  }

  /** Whether this node's key has signed a mark. */
  isMark(name: MarkName, number: bigint, signature: Uint8Array): boolean {
    return this.#isSigned(this.#markDigest(name, number), signature)
  }

  /**
   * Walks rows in the order of their numbers and returns the link of the last one, undefined for none. The first may follow any row that
   * it names; all others follow the one before. One signature at the end stands for all of them. Throws NodeError `receipt.log-changed`
   * that names the row.
   */
  walk(
    rows: Iterable<ReceiptRow>,
  ): { readonly link: Uint8Array; readonly first: ReceiptRow } | undefined {
    let before: { readonly row: ReceiptRow; readonly link: Uint8Array } | undefined
    let first: ReceiptRow | undefined
    for (const row of rows) {
      const link = this.linkOf(row)
      if (before !== undefined && !isSame(row.previous, before.link))
        throw this.#broken(before.row, row)
      if (before === undefined && !this.isSealed(row, link)) throw changed(row.number)
      first ??= row
      before = { row, link }
    }
    if (before === undefined || first === undefined) return undefined
    if (!this.isSealed(before.row, before.link)) throw changed(before.row.number)
    return { link: before.link, first }
  }

  #broken(before: ReceiptRow, row: ReceiptRow): NodeError {
    if (!this.isSealed(before)) return changed(before.number)
    if (!this.isSealed(row)) return changed(row.number)
    return logChanged(`receipts between ${before.number} and ${row.number} were removed or moved`)
  }

  #markDigest(name: MarkName, number: bigint): Uint8Array {
    const text = new TextEncoder().encode(name)
    return sha256(frame(MARK_TAG, this.#place, text, unsigned(number, 8)))
  }

  #sign(digest: Uint8Array): Uint8Array {
    return hexToBytes(this.#account.signDigest(hexOf(digest)))
  }

  #isSigned(digest: Uint8Array, signature: Uint8Array): boolean {
    const last = signature[64]
    if (signature.length !== 65 || (last !== 27 && last !== 28)) return false
    const key = this.#recover(digest, signature.subarray(0, 64), last === 27 ? 0 : 1)
    return key !== undefined && publicKeyToAddress(hexOf(key)) === this.#account.address
  }
}

/** A log that somebody has changed behind this program: 503, for the operator alone. */
export function logChanged(what: string): NodeError {
  return unable('receipt.log-changed', `the log of receipts: ${what}; this node has not done that`)
}

function changed(number: bigint): NodeError {
  return logChanged(`receipt ${number} was changed`)
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
}
