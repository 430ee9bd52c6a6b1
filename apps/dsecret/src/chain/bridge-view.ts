// Reads of the Bridge contract behind the ChainView port. Network I/O through viem.
import { bridgeAbi, type Chain } from '@wetee/chain'
import type { ChainView } from './chain-view.ts'
import { readsOf } from './reads.ts'

/** The part of the port that is answered here. */
export type BridgeView = Pick<ChainView, 'openDigests'>

/** Reads of `chain`; all throw ChainError. Where the profile has no `bridge` contract there are no calls. */
export function bridgeView(chain: Chain): BridgeView {
  const { client, profile } = chain
  const address = profile.contracts.bridge
  if (address === undefined) return { openDigests: () => Promise.resolve([]) }
  const bridge = { address, abi: bridgeAbi, functionName: 'openDigests' } as const
  const { read } = readsOf(chain)
  return {
    openDigests: (callIds, blockNumber) =>
      read('read open calls', client.readContract({ ...bridge, args: [callIds], blockNumber })),
  }
}
