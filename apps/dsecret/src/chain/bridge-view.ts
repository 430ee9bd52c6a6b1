// Reads of the Bridge contract behind the ChainView port. Network I/O through viem.
import { bridgeAbi, toChainError, type Chain, type OpenCall } from '@wetee/chain'
import type { ChainView, Hex } from './chain-view.ts'

/** The part of the port that is answered here. */
export type BridgeView = Pick<ChainView, 'openCalls'>

/** `IBridge.openCalls` gives so many at once. */
const PAGE = 100
const MAX_CALLS = 1_000

/** Reads of `chain`; all throw ChainError. Where the profile has no `bridge` contract there are no calls. */
export function bridgeView({ client, profile, signal }: Chain): BridgeView {
  const address = profile.contracts.bridge
  if (address === undefined) return { openCalls: () => Promise.resolve([]) }
  const bridge = { address, abi: bridgeAbi, functionName: 'openCalls' } as const
  return {
    async openCalls(appId, blockNumber) {
      const found: OpenCall[] = []
      while (found.length < MAX_CALLS) {
        const args = [appId, BigInt(found.length), BigInt(PAGE)] as const
        const [ids, calls] = await client
          .readContract({ ...bridge, args, blockNumber })
          .catch((cause: unknown) => {
            throw toChainError(cause, 'read open calls', signal)
          })
        for (const [index, call] of calls.entries()) {
          const { apiId, apiVersion, maxPayloadBytes, definitionDigest, argsDigest } = call
          found.push({
            ...{ callId: ids[index] ?? 0n, apiId, apiVersion },
            ...{ caller: call.caller.toLowerCase() as Hex, deadline: BigInt(call.deadline) },
            ...{ maxPayloadBytes, definitionDigest, argsDigest },
          })
        }
        if (ids.length < PAGE) break
      }
      return found
    },
  }
}
