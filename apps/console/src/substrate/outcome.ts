// What has become of a Substrate account's transaction, also after the page was loaded again. Network I/O.
import type { Hex } from 'viem'
import type { Network } from '@wetee/sdk'
import { lookFor, type SentExtrinsic } from './follow.ts'
import { hubOf } from './open-hub.ts'

/** How far blocks have been looked through already, by hash; a page looks again and again. */
const seen = new Map<Hex, number>()

/** `lost`: it expired, or this network no longer names a Substrate RPC. Throws SdkError `substrate.unreachable`. */
export async function readExtrinsic(
  { profile }: Network,
  sent: SentExtrinsic,
): Promise<'pending' | 'final' | 'failed' | 'lost'> {
  if (profile.substrate === undefined) return 'lost'
  const state = await lookFor(await hubOf(profile.substrate), sent, seen.get(sent.hash))
  if (state.name === 'waiting') {
    seen.set(sent.hash, state.seenBlock)
    return 'pending'
  }
  if (state.name === 'expired') return 'lost'
  return state.failure === undefined ? 'final' : 'failed'
}
