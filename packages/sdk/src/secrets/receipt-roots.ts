// Roots of receipts that the operators of dsecret nodes have posted. Network I/O by the reader.
import type { Hex } from 'viem'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'

/** A posted root over the receipts `first` to `last` of a node. */
export type PostedRoot = {
  readonly first: bigint
  readonly last: bigint
  readonly root: Hex
  readonly blockNumber: bigint
  readonly transactionHash: Hex
}

/** By node, in the order of their numbers. */
export type PostedRoots = ReadonlyMap<bigint, readonly PostedRoot[]>

/** All of them up to a block. Throws `network.contract-missing`, `chain.*`. */
export async function readPostedRoots({ reader }: Network, at: bigint): Promise<PostedRoots> {
  const all = new Map<bigint, PostedRoot[]>()
  for (const event of await reader.events('secrets', 'ReceiptsPosted', {}, at)) {
    const { nodeId, first, count, root } = event.args
    if (typeof nodeId !== 'bigint' || typeof first !== 'bigint' || typeof count !== 'bigint')
      throw new SdkError('chain.refused', 'an event ReceiptsPosted without its numbers')
    const { blockNumber, transactionHash } = event
    const of = all.get(nodeId) ?? []
    of.push({
      first,
      last: first + count - 1n,
      root: String(root).toLowerCase() as Hex,
      blockNumber,
      transactionHash,
    })
    all.set(nodeId, of)
  }
  return all
}

/** The root that a number is under, if it was found. */
export function rootOf(roots: readonly PostedRoot[], number: bigint): PostedRoot | undefined {
  let [low, high] = [0, roots.length - 1]
  while (low <= high) {
    const middle = Math.floor((low + high) / 2)
    const root = roots[middle]
    if (root === undefined) return undefined
    if (number < root.first) high = middle - 1
    else if (number > root.last) low = middle + 1
    else return root
  }
  return undefined
}
