// Which calls of the Bridge are open, signed, as of this node's newest finalized block: agents act on nothing else. Reads the chain.
import { callDigest, openCallsTypedData, toWire, type BridgeCall } from '@wetee/chain'
import type { PrivateKeyAccount } from 'viem/accounts'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import type { ChainView, Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { AppRate } from '../release/rate.ts'

/** What the desk works with. */
export type CallsDeskParts = {
  readonly nodeId: bigint
  readonly view: Pick<ChainView, 'network' | 'head' | 'openDigests'>
  /** The statement key. */
  readonly account: Pick<PrivateKeyAccount, 'signTypedData'>
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}

/** Questions of one application, each a read of the chain. */
const READ_RATE = { perSecond: 20, burst: 60 }

/** Answers as JSON text. */
export class CallsDesk {
  readonly #parts: CallsDeskParts
  readonly #rate: AppRate

  constructor(parts: CallsDeskParts) {
    this.#parts = parts
    this.#rate = new AppRate(parts.clock.monotonicMs, READ_RATE)
  }

  /**
   * `{ chainId, bridge, appId, calls, nodeId, signature }` over OpenCalls: those of `asked` that are the application's, open, exactly what
   * was opened, and not past their deadline by the time of this node's newest finalized block; whatever else is left out. Throws NodeError
   * `bridge.none` (404), `release.too-many` (429), `view.stale`, and what the view throws.
   */
  async state(appId: bigint, asked: readonly BridgeCall[], nonce: Hex): Promise<string> {
    const { view, clock, nodeId, account } = this.#parts
    const { chainId, contracts } = view.network
    const { bridge } = contracts
    if (bridge === undefined)
      throw new NodeError('bridge.none', 'this network has no Bridge', { status: 404 })
    const head = await freshHead(view, clock)
    this.#rate.take(appId)
    const own = [...new Map(asked.map((call) => [call.callId, call])).values()].filter(
      (call) => call.appId === appId && head.timestamp <= call.order.deadline,
    )
    const ids = own.map(({ callId }) => callId)
    const digests = ids.length === 0 ? [] : await view.openDigests(ids, head.number)
    // Whoever asks says what a call is; the chain says whether that is so.
    const calls = own
      .filter((call, index) => callDigest(call) === digests[index])
      .map(({ callId, caller, order }) => ({
        ...{ callId, apiId: order.apiId, apiVersion: order.apiVersion, caller },
        ...{ deadline: order.deadline, maxPayloadBytes: order.maxPayloadBytes },
        ...{ definitionDigest: order.definitionDigest, argsDigest: order.argsDigest },
      }))
    const network = { chainId, contracts: { bridge } }
    const typedData = openCallsTypedData(network, { nodeId, nonce, appId, calls })
    return JSON.stringify({
      ...toWire({ chainId: BigInt(chainId), bridge, appId }),
      calls: calls.map(toWire),
      nodeId: String(nodeId),
      signature: await account.signTypedData(typedData),
    })
  }
}
