// A signed release that does not verify, as anybody can report it to the contract Misconduct. Pure.
import {
  judgeReply,
  MAX_JUDGED_ITEMS,
  ThresholdError,
  type CheckedCiphertext,
  type DerivedKeyName,
  type Group,
  type ReleaseKind,
  type ReleaseRequest,
} from '@wetee/threshold'
import type { WrongRelease } from '@wetee/secrets'
import { bytesToHex, hexToBytes, keccak256 } from 'viem'
import type { OpenedReply } from '../secrets/release-round.ts'
import type { EpochAnswer } from '../secrets/wire.ts'

/** A reply whose signature holds, what it answers, and the epoch that it is of. */
export type AccusedReply = {
  readonly chainId: bigint
  readonly quorum: `0x${string}`
  readonly epoch: EpochAnswer
  readonly request: ReleaseRequest
  readonly ciphertexts: readonly CheckedCiphertext[]
  readonly names: readonly DerivedKeyName[]
  readonly reply: OpenedReply
}

type Point = { readonly x: bigint; readonly y: bigint }

/**
 * The kind of it that is wrong, as the contract is told; undefined where none is, or where it has more items than the contract judges.
 * The images in it become public; of the other kind there is a digest alone.
 */
export function wrongRelease(group: Group, accused: AccusedReply): WrongRelease | undefined {
  const asked: readonly (readonly [ReleaseKind, number])[] = [
    ['secrets', accused.ciphertexts.length],
    ['derived keys', accused.names.length],
  ]
  for (const [kind, count] of asked) {
    if (count < 1 || count > MAX_JUDGED_ITEMS) continue
    try {
      const found = judge(group, kind, accused)
      if (found !== undefined) return found
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error
    }
  }
  return undefined
}

function judge(
  group: Group,
  kind: ReleaseKind,
  { chainId, quorum, epoch, request, ciphertexts, names, reply }: AccusedReply,
): WrongRelease | undefined {
  const { nodeId, index, signature, answer } = reply
  const judgement = judgeReply(group, kind, {
    ...{ request, ciphertexts, names, index },
    holder: { nodeId, statementKey: hexToBytes(answer.statementKey) },
    releases: answer,
    publicShares: epoch.publicShares.map((share) =>
      share === null ? undefined : group.decode(hexToBytes(share)),
    ),
    qualified: epoch.qualified,
  })
  if (judgement.right) return undefined
  const { accused, hints } = judgement
  return {
    format: 'wetee/misconduct/v1',
    chainId: String(chainId),
    quorum,
    kind: 'release',
    signed: {
      epoch: String(request.epoch),
      nodeId: String(nodeId),
      requestId: bytesToHex(request.requestId),
      readerKey: bytesToHex(request.readerKey),
      kind: accused.kind,
      count: accused.count,
      items: bytesToHex(accused.items),
      otherItems: bytesToHex(accused.otherItems),
      release: bytesToHex(accused.release),
      otherRelease: keccak256(accused.otherRelease),
      signature,
    },
    hints: {
      publicShares: bytesToHex(hints.publicShares),
      qualified: bytesToHex(hints.qualified),
      noPoint: hints.noPoint,
      root: String(hints.root),
      products: hints.products.map(pointText),
      slopes: hints.slopes.map(String),
      firstCommitment: pointText(hints.firstCommitment),
      responseProduct: pointText(hints.responseProduct),
      challengeProduct: pointText(hints.challengeProduct),
    },
  }
}

function pointText({ x, y }: Point) {
  return { x: String(x), y: String(y) }
}
