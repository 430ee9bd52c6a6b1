// Whether this node's own machine counts now: one that does not releases nothing. Reads the chain, once for each block.
import { ROLE_DSECRET, type Block, type ChainView } from '../chain/chain-view.ts'
import { unable } from '../node-error.ts'

/** What is read. */
export type OwnProofParts = {
  readonly nodeId: bigint
  readonly view: Pick<ChainView, 'liveProofUntil'>
}

/** The proof of one node by itself. */
export class OwnProof {
  readonly #parts: OwnProofParts
  #known: { readonly block: bigint; readonly until: Promise<bigint> } | undefined

  constructor(parts: OwnProofParts) {
    this.#parts = parts
  }

  /** Throws NodeError `node.not-proven` when the machine has lapsed, was denied or revoked at that block, and what the view throws. */
  async require({ number, timestamp }: Block): Promise<void> {
    const { nodeId } = this.#parts
    if ((await this.#until(number)) > timestamp) return
    throw unable(
      'node.not-proven',
      `node ${nodeId} has no live proof of its own machine: it releases nothing`,
    )
  }

  async #until(block: bigint): Promise<bigint> {
    if (this.#known?.block === block) return this.#known.until
    const { view, nodeId } = this.#parts
    const asked = { block, until: view.liveProofUntil(ROLE_DSECRET, nodeId, block) }
    this.#known = asked
    try {
      return await asked.until
    } catch (error) {
      if (this.#known === asked) this.#known = undefined
      throw error
    }
  }
}
