// What has become of an extrinsic: looked for in finalized blocks, from the one in which it could be included first. Network I/O.
import { hexToBytes, type Hex } from 'viem'
import { SdkError } from '@wetee/sdk'
import { eraBlocks, extrinsicHash, hexOf, readFinalized, type Hub } from './hub.ts'
import type { ExtrinsicOutcome } from './hub-runtime.ts'

/** An extrinsic that was handed over. */
export type SentExtrinsic = {
  readonly hash: Hex
  /** It can be included in the `eraBlocks` blocks behind this one. */
  readonly fromBlock: number
}

/** `expired`: it was never included and never will be, so nothing has happened. */
export type ExtrinsicState =
  | { readonly name: 'waiting'; readonly seenBlock: number }
  | { readonly name: 'expired' }
  | ({ readonly name: 'final'; readonly blockNumber: number } & ExtrinsicOutcome)

const pollMs = 1_000
/** Longest wait; the chain's own limit, `eraBlocks`, is shorter unless it stands still. */
const patienceMs = 1_800_000

/** Looks through finalized blocks behind `seenBlock`, in which it was not. Throws SdkError `substrate.unreachable`. */
export async function lookFor(
  hub: Hub,
  { hash, fromBlock }: SentExtrinsic,
  seenBlock: number = fromBlock,
): Promise<ExtrinsicState> {
  const { number: finalized } = await readFinalized(hub)
  const last = Math.min(finalized, fromBlock + eraBlocks)
  for (let number = Math.max(seenBlock, fromBlock) + 1; number <= last; number += 1) {
    const blockHash = hexOf(await hub.rpc('chain_getBlockHash', [number]))
    const index = await indexIn(hub, blockHash, hash)
    if (index === undefined) continue
    const events = await hub.rpc('state_getStorage', [hub.runtime.eventsKey(), blockHash])
    const outcome = hub.runtime.parseOutcome(hexOf(events), index)
    return { name: 'final', blockNumber: number, ...outcome }
  }
  return finalized >= fromBlock + eraBlocks
    ? { name: 'expired' }
    : { name: 'waiting', seenBlock: last }
}

async function indexIn(hub: Hub, blockHash: Hex, hash: Hex): Promise<number | undefined> {
  const answer = (await hub.rpc('chain_getBlock', [blockHash])) as {
    block?: { extrinsics?: unknown }
  } | null
  const extrinsics = answer?.block?.extrinsics
  if (!Array.isArray(extrinsics))
    throw new SdkError('substrate.unsupported', 'the Substrate RPC answered with no block')
  const index = extrinsics.findIndex(
    (extrinsic: unknown) => extrinsicHash(hexToBytes(hexOf(extrinsic))) === hash,
  )
  return index === -1 ? undefined : index
}

/** Waits until it is final; an RPC that does not answer for a while is asked again. Throws SdkError `chain.not-final`, `aborted`. */
export async function untilFinal(
  hub: Hub,
  sent: SentExtrinsic,
  doing: string,
  signal?: AbortSignal,
): Promise<Exclude<ExtrinsicState, { name: 'waiting' }>> {
  const deadline = Date.now() + patienceMs
  let seenBlock = sent.fromBlock
  while (Date.now() < deadline) {
    if (signal?.aborted === true) throw new SdkError('aborted', `stopped: ${doing}`)
    try {
      const state = await lookFor(hub, sent, seenBlock)
      if (state.name !== 'waiting') return state
      ;({ seenBlock } = state)
    } catch (error) {
      if (!(error instanceof SdkError) || !error.retryable) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new SdkError(
    'chain.not-final',
    `could not ${doing}: extrinsic ${sent.hash} was not in a finalized block within ${patienceMs / 60_000} minutes. Look at the state before you try again`,
    { retryable: true },
  )
}
