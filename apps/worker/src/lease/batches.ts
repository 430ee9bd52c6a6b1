// Which leases go into one statement: those that a threshold of the same nodes has appraised. Pure.
import type { AttestationLease } from '../chain/records.ts'

/** A lease that waits for signatures, and the nodes that have appraised it. */
export type PendingLease = {
  readonly lease: AttestationLease
  readonly nodes: ReadonlySet<bigint>
  readonly offeredAtMs: number
}

/** A dsecret node signs at most this many leases at once. */
export const MAX_BATCH = 64

/**
 * As few batches as a first fit gives, so that every batch has at least `threshold` nodes that know all its leases. A
 * lease that fewer nodes know gets a batch of its own. Order: application, version, replica.
 */
export function batchesOf(
  pending: readonly PendingLease[],
  threshold: number,
  maxBatch = MAX_BATCH,
): PendingLease[][] {
  const batches: { nodes: Set<bigint>; items: PendingLease[] }[] = []
  for (const item of [...pending].sort(byInstance)) {
    const fitting = batches.find(
      ({ nodes, items }) =>
        items.length < maxBatch && [...nodes].filter((n) => item.nodes.has(n)).length >= threshold,
    )
    if (fitting === undefined) {
      batches.push({ nodes: new Set(item.nodes), items: [item] })
      continue
    }
    fitting.items.push(item)
    for (const node of fitting.nodes) if (!item.nodes.has(node)) fitting.nodes.delete(node)
  }
  return batches.map(({ items }) => items)
}

/** `expiry` of a batch: the smallest notAfter in it, seconds. */
export function expiryOf(leases: readonly { readonly notAfter: bigint }[]): bigint {
  return leases.reduce(
    (least, { notAfter }) => (notAfter < least ? notAfter : least),
    2n ** 64n - 1n,
  )
}

function byInstance({ lease: a }: PendingLease, { lease: b }: PendingLease): number {
  if (a.appId !== b.appId) return a.appId < b.appId ? -1 : 1
  return a.version - b.version || a.replica - b.replica
}
