// For tests: nodes with the accounts that a key session needs, from a seed. Pure.
import { createHash } from 'node:crypto'
import type { RandomBytes } from '@wetee/threshold'
import type { BoardMember } from '../session/board.ts'
import type { OwnSecrets } from '../session/place.ts'
import type { Opening } from './session-chain.ts'

/** A node apart from its seat. */
export type Person = {
  readonly nodeId: bigint
  readonly own: OwnSecrets
}

/** Bytes that follow from a seed: SHA-256 of the seed and a counter. */
export function bytesOf(seed: string): RandomBytes {
  let calls = 0
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      createHash('sha256').update(`${seed} ${calls++}`).digest(),
    )
    return new Uint8Array(Buffer.concat(blocks).subarray(0, size))
  }
}

/** Nodes 1 to `count`. */
export function makePeople(count: number, seed: string): Person[] {
  const random = bytesOf(`${seed} people`)
  return Array.from({ length: count }, (_, at) => ({
    nodeId: BigInt(at + 1),
    own: { account: random(20) },
  }))
}

/** Their seats in a committee, in that order. */
function seatsOf(people: readonly Person[]): BoardMember[] {
  return people.map(({ nodeId, own }, at) => ({
    index: at + 1,
    nodeId,
    account: own.account,
  }))
}

/** Opening of a new key for those people, or, with `old`, of a resharing to them. */
export function openingOf(
  people: readonly Person[],
  threshold: number,
  old?: Required<Pick<Opening, 'dealers' | 'previous'>> & { readonly session: bigint },
): Opening {
  const members = seatsOf(people)
  const epoch = (old?.previous.epoch ?? 0n) + 1n
  return {
    chainId: 420_420_421,
    contract: new Uint8Array(20).fill(7),
    session: old?.session ?? 1n,
    epoch,
    dealersEpoch: old?.previous.epoch ?? epoch,
    members,
    dealers: old?.dealers ?? members,
    threshold,
    openedBlockHash: new Uint8Array(32).fill(Number(epoch)),
    ...(old && { previous: old.previous }),
  }
}
