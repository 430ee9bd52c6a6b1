// What this node says of an application and of its owner's signatures, signed, as of its newest finalized block. Reads the chain.
import { appFactsTypedData, ownerSignatureTypedData, toWire } from '@wetee/chain'
import { keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import type { AppFacts, Block, ChainView, Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { AppRate } from '../release/rate.ts'

/** What the desk works with. */
export type FactsDeskParts = {
  readonly nodeId: bigint
  readonly view: Pick<ChainView, 'network' | 'head' | 'app' | 'isSignatureOf' | 'liveKeys'>
  /** The statement key. */
  readonly account: Pick<PrivateKeyAccount, 'signTypedData'>
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
}

/** `ICloud.AppState`. */
const STATES = { active: 1, paused: 2, ended: 3 } as const
/** Applications whose facts are kept for their block; the one that was asked for first goes. */
const MAX_KEPT = 4_096
/** Reads of one application: of its facts once for each block, of signatures. */
const FACTS_RATE = { perSecond: 5, burst: 20 }
const SIGNATURES_RATE = { perSecond: 2, burst: 20 }

/** Answers as JSON text. */
export class FactsDesk {
  readonly #parts: FactsDeskParts
  readonly #factsRate: AppRate
  readonly #signaturesRate: AppRate
  readonly #kept = new Map<bigint, { readonly block: Hex; readonly answer: Promise<string> }>()

  constructor(parts: FactsDeskParts) {
    this.#parts = parts
    this.#factsRate = new AppRate(parts.clock.monotonicMs, FACTS_RATE)
    this.#signaturesRate = new AppRate(parts.clock.monotonicMs, SIGNATURES_RATE)
  }

  /**
   * `{ facts, nodeId, signature }` over AppFacts; one read for each block. Throws NodeError `app.unknown` (404), `release.too-many`
   * (429), `view.stale`, and what the view throws.
   */
  async facts(appId: bigint): Promise<string> {
    const { view, clock } = this.#parts
    const head = await freshHead(view, clock)
    const known = this.#kept.get(appId)
    if (known?.block === head.hash) return known.answer
    this.#factsRate.take(appId)
    const answer = this.#facts(appId, head)
    this.#kept.delete(appId)
    this.#kept.set(appId, { block: head.hash, answer })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break
      this.#kept.delete(oldest)
    }
    // A failure is nothing to keep.
    answer.catch(() => {
      if (this.#kept.get(appId)?.answer === answer) this.#kept.delete(appId)
    })
    return answer
  }

  /**
   * `{ answer, nodeId, signature }` over OwnerSignature: whether the owner, a contract, says that `digest` was signed for it. Throws as
   * `facts` does.
   */
  async maySign(appId: bigint, digest: Hex, signature: Hex): Promise<string> {
    const { view, clock, nodeId, account } = this.#parts
    const head = await freshHead(view, clock)
    this.#signaturesRate.take(appId)
    const { owner } = await this.#app(appId, head)
    const valid = await view.isSignatureOf(owner, digest, signature, head.number)
    const answer = {
      ...{ appId, owner, digest, signatureDigest: keccak256(signature), valid },
      ...{ blockNumber: head.number, blockTime: head.timestamp },
    }
    const typedData = ownerSignatureTypedData(view.network, { nodeId, ...answer })
    return this.#signed({ answer }, await account.signTypedData(typedData))
  }

  async #facts(appId: bigint, head: Block): Promise<string> {
    const { view, nodeId, account } = this.#parts
    const { owner, state, currentVersion, pendingVersion } = await this.#app(appId, head)
    const older = (await view.liveKeys(head.number)).find(({ lastEpoch }) => lastEpoch !== 0n)
    const facts = {
      ...{ appId, owner, currentVersion, pendingVersion, olderKey: older?.S ?? '0x' },
      ...{ blockNumber: head.number, blockTime: head.timestamp },
    }
    const typedData = appFactsTypedData(view.network, { nodeId, ...facts, state: STATES[state] })
    return this.#signed({ facts: { ...facts, state } }, await account.signTypedData(typedData))
  }

  async #app(appId: bigint, head: Block): Promise<AppFacts> {
    const app = await this.#parts.view.app(appId, head.number)
    if (app !== undefined) return app
    throw new NodeError('app.unknown', `there is no application ${appId}`, { status: 404 })
  }

  #signed(said: Readonly<Record<string, object>>, signature: Hex): string {
    const { nodeId, view } = this.#parts
    const { chainId, contracts } = view.network
    const place = { chainId: String(chainId), cloud: contracts.cloud }
    const shown = Object.entries(said).map(([name, of]) => [name, { ...place, ...toWire(of) }])
    return JSON.stringify({
      ...(Object.fromEntries(shown) as object),
      nodeId: String(nodeId),
      signature,
    })
  }
}
