// Which calls of the Bridge are open, signed, as of this node's newest finalized block: agents act on nothing else. Reads the chain.
import { openCallsTypedData, toWire, type OpenCall } from '@wetee/chain'
import type { PrivateKeyAccount } from 'viem/accounts'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import type { Block, ChainView, Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { AppRate } from '../release/rate.ts'

/** What the desk works with. */
export type CallsDeskParts = {
  readonly nodeId: bigint
  readonly view: Pick<ChainView, 'network' | 'head' | 'openCalls'>
  /** The statement key. */
  readonly account: Pick<PrivateKeyAccount, 'signTypedData'>
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}

/** Applications whose calls are kept for their block; the one that was asked for first goes. */
const MAX_KEPT = 256
/** Reads of one application: once for each block. */
const READ_RATE = { perSecond: 5, burst: 20 }

type Calls = ReadonlyMap<bigint, OpenCall>

/** Answers as JSON text. */
export class CallsDesk {
  readonly #parts: CallsDeskParts
  readonly #rate: AppRate
  readonly #kept = new Map<bigint, { readonly block: Hex; readonly calls: Promise<Calls> }>()

  constructor(parts: CallsDeskParts) {
    this.#parts = parts
    this.#rate = new AppRate(parts.clock.monotonicMs, READ_RATE)
  }

  /**
   * `{ chainId, bridge, appId, calls, nodeId, signature }` over OpenCalls: those of `callIds` that are the application's, open, and not
   * past their deadline by the time of this node's newest finalized block; whatever else is left out. Throws NodeError `bridge.none`
   * (404), `release.too-many` (429), `view.stale`, and what the view throws.
   */
  async state(appId: bigint, callIds: readonly bigint[], nonce: Hex): Promise<string> {
    const { view, clock, nodeId, account } = this.#parts
    const { chainId, contracts } = view.network
    const { bridge } = contracts
    if (bridge === undefined)
      throw new NodeError('bridge.none', 'this network has no Bridge', { status: 404 })
    const head = await freshHead(view, clock)
    const open = await this.#openCalls(appId, head)
    const calls = [...new Set(callIds)].flatMap((callId) => {
      const call = open.get(callId)
      return call === undefined || head.timestamp > call.deadline ? [] : [call]
    })
    const network = { chainId, contracts: { bridge } }
    const typedData = openCallsTypedData(network, { nodeId, nonce, appId, calls })
    return JSON.stringify({
      ...toWire({ chainId: BigInt(chainId), bridge, appId }),
      calls: calls.map(toWire),
      nodeId: String(nodeId),
      signature: await account.signTypedData(typedData),
    })
  }

  /** One read for each block, however many ask. */
  async #openCalls(appId: bigint, head: Block): Promise<Calls> {
    const known = this.#kept.get(appId)
    if (known?.block === head.hash) return known.calls
    this.#rate.take(appId)
    const calls = this.#parts.view
      .openCalls(appId, head.number)
      .then((found) => new Map(found.map((call) => [call.callId, call])))
    this.#kept.delete(appId)
    this.#kept.set(appId, { block: head.hash, calls })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break
      this.#kept.delete(oldest)
    }
    // A failure is nothing to keep.
    calls.catch(() => {
      if (this.#kept.get(appId)?.calls === calls) this.#kept.delete(appId)
    })
    return calls
  }
}
