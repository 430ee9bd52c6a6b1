// Reads of the Bridge contract behind the ChainView port. Network I/O through viem.
import { bridgeAbi, toChainError, type Chain } from '@wetee/chain'
import type { ChainView } from './chain-view.ts'

/** The part of the port that is answered here. */
export type BridgeView = Pick<ChainView, 'openDigests'>

/** Reads of `chain`; all throw ChainError. Where the profile has no `bridge` contract there are no calls. */
export function bridgeView({ client, profile, signal }: Chain): BridgeView {
  const address = profile.contracts.bridge
  if (address === undefined) return { openDigests: () => Promise.resolve([]) }
  const bridge = { address, abi: bridgeAbi, functionName: 'openDigests' } as const
  return {
    openDigests: (callIds, blockNumber) =>
      client.readContract({ ...bridge, args: [callIds], blockNumber }).catch((cause: unknown) => {
        throw toChainError(cause, 'read open calls', signal)
      }),
  }
}
