// What has become of a transaction, from the chain alone. Network I/O.
import { parseEventLogs, type Hex } from 'viem'
import { abis, type Network } from '@wetee/sdk'

/** `lost`: sent long ago, and the chain does not know it. */
export type Outcome = {
  readonly state: 'pending' | 'mined' | 'final' | 'failed' | 'lost'
  /** The application that it was about. */
  readonly appId?: bigint
}

const lostAfterMs = 600_000

/** Looks it up. Throws what the chain's client throws. */
export async function readOutcome(
  network: Network,
  { hash, sentAtMs }: { readonly hash: Hex; readonly sentAtMs: number },
  nowMs: number,
): Promise<Outcome> {
  const receipt = await network.chain.client
    .getTransactionReceipt({ hash })
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TransactionReceiptNotFoundError')
        return undefined
      throw error
    })
  if (receipt === undefined) return { state: nowMs - sentAtMs > lostAfterMs ? 'lost' : 'pending' }
  if (receipt.status !== 'success') return { state: 'failed' }
  const [event] = parseEventLogs({ abi: abis.cloud, logs: receipt.logs })
  const args = event?.args as { readonly appId?: unknown } | undefined
  const { number } = await network.reader.finalized()
  return {
    state: number >= receipt.blockNumber ? 'final' : 'mined',
    ...(typeof args?.appId === 'bigint' ? { appId: args.appId } : {}),
  }
}
