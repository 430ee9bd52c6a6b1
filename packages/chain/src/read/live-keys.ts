// The network's keys that live, as `Keys.liveKeys` has them. Network I/O.
import type { Hex } from 'viem'
import { keysAbi } from '../generated/keys.ts'
import type { Chain } from '../network/chain.ts'
import { toChainError } from './refusal.ts'

/** Y is encrypted to, S is what public shares interpolate to; compressed points of 33 bytes, lower case. */
export type NetworkKey = { readonly Y: Hex; readonly S: Hex }

/** A key that lives: the newest, which is handed on, or the one before it until its end. */
export type LiveKey = NetworkKey & {
  /** From 1. */
  readonly number: number
  /** In which it was made. */
  readonly madeBlock: bigint
  /** Whose members keep their shares of it until the end; 0 for the newest. */
  readonly lastEpoch: bigint
  /** Seconds; 0 for the newest. */
  readonly endsAt: bigint
}

/** At a block, oldest first: none, one or two; none where the network has no contract for keys. Throws ChainError `chain.unreachable`. */
export async function readLiveKeys(
  { client, profile, signal }: Pick<Chain, 'client' | 'profile' | 'signal'>,
  blockNumber: bigint,
): Promise<readonly LiveKey[]> {
  const address = profile.contracts.keys
  if (address === undefined) return []
  const call = { address, abi: keysAbi, functionName: 'liveKeys', blockNumber } as const
  try {
    const found = await client.readContract(call)
    return found.map(({ encryptionKey: Y, verificationKey: S, ...rest }) => ({ ...rest, Y, S }))
  } catch (cause) {
    throw toChainError(cause, 'read the keys of the network', signal)
  }
}
