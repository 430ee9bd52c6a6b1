// What every appraisal works with. Types only.
import type { ChainView } from '../chain/chain-view.ts'
import type { Clock } from './freshness.ts'
import type { Trust } from './trust-store.ts'

/** The node's view, its trust and its clocks. */
export type AppraisalContext = {
  readonly view: ChainView
  readonly trust: Trust
  readonly clock: Clock
}
