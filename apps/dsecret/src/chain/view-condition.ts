// Whether the node's view of the chain is good enough to judge by, as a condition of its health. I/O through the view.
import { codeOf, messageOf, type Condition } from '@wetee/daemon'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import type { ChainView } from './chain-view.ts'

/** What is wrong with the view now; `undefined` when nothing is. Never throws. */
export async function viewCondition(
  view: Pick<ChainView, 'head'>,
  clock: Clock,
): Promise<Condition | undefined> {
  try {
    await freshHead(view, clock)
    return undefined
  } catch (error) {
    return {
      code: codeOf(error),
      severity: 'error',
      text: messageOf(error),
      remedy: 'check rpcUrls of the network profile and the clock; until then nothing is signed',
    }
  }
}
