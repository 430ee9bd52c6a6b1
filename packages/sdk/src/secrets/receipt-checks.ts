// Judges what a dsecret node shows of its receipts by its signatures and the roots on chain. Pure but for `prove`.
import {
  merkleRoot,
  receiptStatement,
  verifyMerkleProof,
  type Receipt,
  type ReceiptPlace,
} from '@wetee/secrets'
import { isAddressEqual, recoverMessageAddress, type Address, type Hex } from 'viem'
import type { ShownPages, ShownReceipt } from './receipt-pages.ts'
import { rootOf, type PostedRoot } from './receipt-roots.ts'

/**
 * `posted`: signed, and in a root on chain. `pending`: signed, under no root yet. `contradicted`: the root over this number is of
 * something else. `unsigned`: the node's key has not signed it. `unchecked`: signed, and its root could not be read or computed.
 */
export type ReceiptState = 'posted' | 'pending' | 'contradicted' | 'unsigned' | 'unchecked'

/** A receipt that was signed: proof of what its node said. */
export type SignedReceipt = { readonly receipt: Receipt; readonly signature: Hex }

/** A signed receipt with whose it is, as it was kept from an earlier reading. */
export type KnownReceipt = SignedReceipt & { readonly nodeId: bigint; readonly text: string }

/** A receipt with what is known of it. */
export type JudgedReceipt = SignedReceipt & {
  readonly state: ReceiptState
  /** Where its number is under one. */
  readonly root?: PostedRoot
}

/** Numbers of receipts, both ends included. */
export type NumberRange = { readonly first: bigint; readonly last: bigint }

/** What a node that follows the rules does not do. */
export type ReceiptFault = {
  readonly code:
    | 'receipt.missing'
    | 'receipt.contradicted'
    | 'receipt.two-of-one-number'
    | 'receipt.unsigned'
  /** In words, with the first of the numbers. */
  readonly text: string
  /** At most 16; `count` has them all. */
  readonly numbers: readonly NumberRange[]
  readonly count: bigint
  /** Receipts that it signed and that show it, at most 16. */
  readonly evidence?: readonly SignedReceipt[]
}

/** What a node is judged by. */
export type JudgeParts = {
  readonly place: ReceiptPlace
  /** Registered, at the block that was read. */
  readonly statementKey: Address
  readonly pages: ShownPages
  readonly roots: readonly PostedRoot[]
  /** Number up to which the contract has roots. */
  readonly posted: bigint
  /** Signed receipts of this node from earlier readings. */
  readonly known: readonly KnownReceipt[]
  /** Which receipts the caller wants to see. */
  readonly wanted: (receipt: Receipt) => boolean
  /** The node's own proof for a number; undefined when it has none. Throws where nobody answers. */
  readonly prove: (number: bigint) => Promise<readonly Hex[] | undefined>
}

/** What came of it. */
export type Judgement = {
  readonly receipts: readonly JudgedReceipt[]
  readonly faults: readonly ReceiptFault[]
}

/** Roots that the node is asked to prove one receipt at a time; further ones stay unchecked. */
const maxProofs = 256
/** Nodes keep so many behind their newest; of older ones nothing is expected. */
const keptReceipts = 2_000_000n
const maxRanges = 16
const maxEvidence = 16

/** Judges one node; throws `aborted` alone. */
export async function judgeReceipts(parts: JudgeParts): Promise<Judgement> {
  const judge = new Judge(parts)
  const receipts = await judge.receipts()
  return { receipts, faults: await judge.faults() }
}

class Judge {
  readonly #parts: JudgeParts
  readonly #byNumber = new Map<bigint, ShownReceipt[]>()
  /** Roots that were computed over all that they are of, and whether they are the same. */
  readonly #computed = new Map<PostedRoot, boolean>()
  readonly #unsigned: bigint[] = []
  readonly #contradicted: NumberRange[] = []
  #proofs = 0

  constructor(parts: JudgeParts) {
    this.#parts = parts
    for (const one of parts.pages.shown) {
      const same = this.#byNumber.get(one.number)
      if (same === undefined) this.#byNumber.set(one.number, [one])
      else if (!same.some(({ text }) => text === one.text)) same.push(one)
    }
    this.#computeRoots()
  }

  /** Those that are wanted, by number; the signatures of all others are checked unless the chain vouches for them. */
  async receipts(): Promise<JudgedReceipt[]> {
    const { wanted, roots } = this.#parts
    const judged: JudgedReceipt[] = []
    for (const one of [...this.#byNumber.values()].flat()) {
      const root = rootOf(roots, one.number)
      const selected = wanted(one.receipt)
      if (!selected && root !== undefined && this.#computed.get(root) === true) continue
      const signed = await this.#isSigned(one.text, one.signature)
      if (!signed) this.#unsigned.push(one.number)
      if (!selected) continue
      const state = signed ? await this.#stateOf(one, root) : 'unsigned'
      const { receipt, signature } = one
      judged.push({ receipt, signature, state, ...(root === undefined ? {} : { root }) })
    }
    return judged
  }

  /** After `receipts`. */
  async faults(): Promise<ReceiptFault[]> {
    const known = await this.#knownFaults()
    const two = [...(await this.#twice()), ...known.differ]
    const missing = [...this.#missing(), ...known.gone.map(({ number }) => rangeOf(number))]
    const unsigned = this.#unsigned.map(rangeOf)
    return [
      faultOf(
        'receipt.contradicted',
        this.#contradicted,
        (which) => `the root on chain over ${which} is not of what it shows: it hid or changed one`,
      ),
      faultOf('receipt.missing', missing, (which) => `it leaves out ${which}`, known.gone),
      faultOf(
        'receipt.two-of-one-number',
        two.map(({ number }) => rangeOf(number)),
        (which) => `it signed two different texts of ${which}`,
        two,
      ),
      faultOf('receipt.unsigned', unsigned, (which) => `its key has not signed ${which}`),
    ].flat()
  }

  #computeRoots(): void {
    const { pages, roots } = this.#parts
    for (const root of roots) {
      if (root.first < pages.first || root.last > pages.last) continue
      const leaves: Uint8Array[] = []
      for (let number = root.first; number <= root.last; number += 1n) {
        const leaf = this.#byNumber.get(number)?.[0]?.leaf
        if (leaf === undefined) break
        leaves.push(leaf)
      }
      // One that is left out is a fault of its own; the others may be proven.
      if (BigInt(leaves.length) !== root.last - root.first + 1n) continue
      const same = merkleRoot(leaves) === root.root
      this.#computed.set(root, same)
      if (!same) this.#contradicted.push({ first: root.first, last: root.last })
    }
  }

  async #stateOf(one: ShownReceipt, root: PostedRoot | undefined): Promise<ReceiptState> {
    if (root === undefined) return one.number > this.#parts.posted ? 'pending' : 'unchecked'
    const same = this.#computed.get(root)
    const [first] = this.#byNumber.get(one.number) ?? []
    if (same !== undefined) return same && first === one ? 'posted' : 'contradicted'
    this.#proofs += 1
    if (this.#proofs > maxProofs) return 'unchecked'
    let proof: readonly Hex[] | undefined
    try {
      proof = await this.#parts.prove(one.number)
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'aborted') throw cause
      return 'unchecked'
    }
    const position = Number(one.number - root.first)
    const claim = { leaf: one.leaf, position, count: Number(root.last - root.first + 1n) }
    if (proof !== undefined && verifyMerkleProof({ ...claim, proof, root: root.root }))
      return 'posted'
    // Who keeps a part of the receipts under a root cannot prove any.
    if (proof === undefined && root.first < this.#keptFrom()) return 'unchecked'
    this.#contradicted.push(rangeOf(one.number))
    return 'contradicted'
  }

  /** Numbers that were read and not shown, and those that have a root and are said not to be there. */
  #missing(): NumberRange[] {
    const { first, last, newest, problem } = this.#parts.pages
    const ranges: NumberRange[] = []
    const keptFrom = this.#keptFrom()
    let next = first > keptFrom ? first : keptFrom
    for (const number of this.#byNumber.keys()) {
      if (number > next) ranges.push({ first: next, last: number - 1n })
      if (number >= next) next = number + 1n
    }
    if (next <= last) ranges.push({ first: next, last })
    const { posted } = this.#parts
    const whole = problem === undefined || newest > 0n
    if (whole && newest < posted) ranges.push({ first: newest + 1n, last: posted })
    return ranges
  }

  #keptFrom(): bigint {
    return this.#parts.pages.newest - keptReceipts
  }

  /** Two signed receipts under one number, both shown. */
  async #twice(): Promise<ShownReceipt[]> {
    const found: ShownReceipt[] = []
    for (const same of this.#byNumber.values()) {
      if (same.length < 2) continue
      const signed: ShownReceipt[] = []
      for (const one of same) if (await this.#isSigned(one.text, one.signature)) signed.push(one)
      if (signed.length > 1) found.push(...signed)
    }
    return found
  }

  /** What an earlier reading has, and this one has differently or not at all. */
  async #knownFaults() {
    const { known, pages } = this.#parts
    const [differ, gone]: [NumberedReceipt[], NumberedReceipt[]] = [[], []]
    const answered = pages.newest > 0n || pages.problem === undefined
    for (const { receipt, text, signature } of answered ? known : []) {
      const number = BigInt(receipt.number)
      const same = this.#byNumber.get(number) ?? []
      if (same.some((one) => one.text === text)) continue
      if (!(await this.#isSigned(text, signature))) continue
      const old = { number, receipt, signature }
      const from = pages.first > this.#keptFrom() ? pages.first : this.#keptFrom()
      const read = number >= from && number <= pages.last
      if (same.length === 0 && (read || number > pages.newest)) gone.push(old)
      for (const one of same)
        if (await this.#isSigned(one.text, one.signature)) differ.push(old, one)
    }
    return { differ, gone }
  }

  async #isSigned(text: string, signature: Hex): Promise<boolean> {
    const { place, statementKey } = this.#parts
    try {
      const message = { raw: receiptStatement(place, text) }
      return isAddressEqual(await recoverMessageAddress({ message, signature }), statementKey)
    } catch {
      return false
    }
  }
}

type NumberedReceipt = SignedReceipt & { readonly number: bigint }

/** None, or one fault over all numbers. */
function faultOf(
  code: ReceiptFault['code'],
  found: readonly NumberRange[],
  say: (which: string) => string,
  evidence: readonly NumberedReceipt[] = [],
): ReceiptFault[] {
  const ranges = merge(found)
  const [first] = ranges
  if (first === undefined) return []
  const count = ranges.reduce((sum, range) => sum + range.last - range.first + 1n, 0n)
  const one = first.first === first.last
  const which = one ? `receipt ${first.first}` : `receipts ${first.first} to ${first.last}`
  const rest = count - (first.last - first.first + 1n)
  const shown = evidence
    .slice(0, maxEvidence)
    .map(({ receipt, signature }) => ({ receipt, signature }))
  return [
    {
      code,
      text: say(rest === 0n ? which : `${which} and ${rest} more`),
      numbers: ranges.slice(0, maxRanges),
      count,
      ...(shown.length === 0 ? {} : { evidence: shown }),
    },
  ]
}

/** Ascending, none in two. */
function merge(ranges: readonly NumberRange[]): NumberRange[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const merged: { first: bigint; last: bigint }[] = []
  for (const { first, last } of sorted) {
    const before = merged.at(-1)
    if (before === undefined || first > before.last + 1n) merged.push({ first, last })
    else if (last > before.last) before.last = last
  }
  return merged
}

const rangeOf = (number: bigint): NumberRange => ({ first: number, last: number })
