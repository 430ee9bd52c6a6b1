// What has become of a transaction, from the chain alone. Network I/O.
import { parseEventLogs } from 'viem'
import { abis, type Network } from '@wetee/sdk'
import { importAgain } from '../../ui/lazy-view.ts'
import type { Sent } from './journal.ts'

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
  { hash, sentAtMs, fromBlock }: Pick<Sent, 'hash' | 'sentAtMs' | 'fromBlock'>,
  nowMs: number,
): Promise<Outcome> {
  if (fromBlock !== undefined) {
    const { readExtrinsic } = await importAgain(() => import('../../substrate/outcome.ts'))
    return { state: await readExtrinsic(network, { hash, fromBlock }) }
  }
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
