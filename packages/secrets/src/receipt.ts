// Receipts: what a node released to whom, public fields alone, and the tree that its posted roots are of. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { digestOf, unsigned } from '@wetee/threshold'
import { z } from 'zod'
import { readCanonical, writeOrdered, type CanonicalForm } from './canonical.ts'
import { SecretsError } from './error.ts'
import {
  bytesOf,
  digestHex,
  hex20,
  hex32,
  keyPath,
  positive64,
  secretName,
  secretVersion,
  unsigned64,
  type Hex,
} from './fields.ts'
import { MAX_RELEASE_KEYS, MAX_RELEASE_SECRETS } from './items.ts'

const LEAF_TAG = 'wetee/receipt/v1'
const STATEMENT_TAG = 'wetee/receipt-statement/v1'
/** Bytes of a receipt's text at most. */
const MAX_RECEIPT_BYTES = 65_536
/** Receipts under one root at most. */
const MAX_TREE_LEAVES = 1_048_576

const itemSchema = z.union([
  z.strictObject({
    kind: z.literal('secret'),
    appId: positive64,
    name: secretName,
    version: secretVersion,
    digest: digestHex,
  }),
  z.strictObject({ kind: z.literal('key'), path: keyPath }),
])
const schema = z.strictObject({
  /** Of this node, from 1, none left out. */
  number: positive64,
  /** Seconds since 1970, by the node's clock. */
  at: z.int().min(0),
  /** Finalized block that the release was judged at. */
  block: unsigned64,
  /** Epoch of the share. */
  epoch: unsigned64,
  /** The reader: application, version, replica and instance key. */
  appId: positive64,
  version: secretVersion,
  replica: z.int().min(0).max(0xffff),
  instanceKey: hex20,
  requestId: hex32,
  items: z
    .array(itemSchema)
    .min(1)
    .max(MAX_RELEASE_SECRETS + MAX_RELEASE_KEYS),
})
const form: CanonicalForm<typeof schema> = {
  what: 'receipt',
  code: 'receipt.invalid',
  schema,
  maxBytes: MAX_RECEIPT_BYTES,
}

/** One release, as its node wrote it down. */
export type Receipt = z.output<typeof schema>
/** One secret or one derived key in it. */
export type ReceiptItem = z.output<typeof itemSchema>

/** The receipt's RFC 8785 text. Throws SecretsError `receipt.invalid`. */
export function serializeReceipt(receipt: Receipt): string {
  return writeOrdered(form, receipt, ordered)
}

/** Fields in the order of RFC 8785. */
function ordered({ items, ...receipt }: Receipt) {
  const { appId, at, block, epoch, instanceKey, number, replica, requestId, version } = receipt
  const before = { appId, at, block, epoch, instanceKey, items: items.map(orderedItem) }
  return { ...before, number, replica, requestId, version }
}

function orderedItem(item: ReceiptItem) {
  if (item.kind === 'key') return { kind: item.kind, path: item.path }
  const { appId, digest, kind, name, version } = item
  return { appId, digest, kind, name, version }
}

/** Reads a receipt in its RFC 8785 form. Throws SecretsError `receipt.invalid`. */
export function parseReceipt(text: string): Receipt {
  return readCanonical(form, text)
}

/** A receipt's place in the tree: SHA-256 of a frame around its text, 32 bytes. */
export function receiptLeaf(text: string): Uint8Array {
  return digestOf(LEAF_TAG, new TextEncoder().encode(text))
}

/** Whose receipt it is. */
export type ReceiptPlace = {
  readonly chainId: bigint
  /** Contract Subnet. */
  readonly subnet: Hex
  readonly nodeId: bigint
}

/**
 * What the node's statement key signs about one receipt, 32 bytes, as a message of EIP-191 ("personal
 * sign"): SHA-256 of a frame of chain id (256 bits), Subnet, node (64 bits) and leaf. Throws
 * SecretsError `argument.invalid`.
 */
export function receiptStatement({ chainId, subnet, nodeId }: ReceiptPlace, text: string): Hex {
  const digest = digestOf(
    STATEMENT_TAG,
    unsigned(chainId, 32),
    bytesOf('subnet', subnet, 20),
    unsigned(nodeId, 8),
    receiptLeaf(text),
  )
  return `0x${bytesToHex(digest)}`
}

/** Root of a tree (RFC 9162 section 2.1.1) over leaves of 32 bytes, 1 to 1,048,576. Throws SecretsError `argument.invalid`. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hex {
  return `0x${bytesToHex(rootOf(hashedLeaves(leaves)))}`
}

/** The hashes beside the way from a leaf to the root (RFC 9162 section 2.1.3.1). Throws SecretsError `argument.invalid`. */
export function merkleProof(leaves: readonly Uint8Array[], position: number): Hex[] {
  const hashes = hashedLeaves(leaves)
  if (!Number.isSafeInteger(position) || position < 0 || position >= hashes.length)
    throw new SecretsError('argument.invalid', `position: expected 0 to ${hashes.length - 1}`)
  return pathOf(hashes, position).map((hash): Hex => `0x${bytesToHex(hash)}`)
}

/** Whether a leaf is at a position of the tree of that many leaves with this root. */
export function verifyMerkleProof(claim: {
  readonly leaf: Uint8Array
  readonly position: number
  readonly count: number
  readonly proof: readonly Hex[]
  readonly root: Hex
}): boolean {
  const { leaf, position, count, proof, root } = claim
  const whole = Number.isSafeInteger(position) && Number.isSafeInteger(count)
  if (!whole || position < 0 || position >= count || count > MAX_TREE_LEAVES) return false
  if (leaf.length !== 32 || !proof.every((hash) => /^0x[0-9a-f]{64}$/.test(hash))) return false
  let hash = leafHash(leaf)
  let at = position
  let last = count - 1
  for (const text of proof) {
    if (last === 0) return false
    const other = hexToBytes(text.slice(2))
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, other)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && `0x${bytesToHex(hash)}` === root
}

function hashedLeaves(leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length < 1 || leaves.length > MAX_TREE_LEAVES)
    throw new SecretsError('argument.invalid', `leaves: expected 1 to ${MAX_TREE_LEAVES}`)
  return leaves.map((leaf) => {
    if (leaf.length !== 32) throw new SecretsError('argument.invalid', 'leaf: expected 32 bytes')
    return leafHash(leaf)
  })
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes
  if (first !== undefined && hashes.length === 1) return first
  const split = splitOf(hashes.length)
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)))
}

function pathOf(hashes: readonly Uint8Array[], position: number): Uint8Array[] {
  if (hashes.length === 1) return []
  const split = splitOf(hashes.length)
  return position < split
    ? [...pathOf(hashes.slice(0, split), position), rootOf(hashes.slice(split))]
    : [...pathOf(hashes.slice(split), position - split), rootOf(hashes.slice(0, split))]
}

/** The largest power of two below the count. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0, ...leaf))
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(1, ...left, ...right))
}
