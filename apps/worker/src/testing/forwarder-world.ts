// A Forwarder in memory with requests on their way to it; its worker can be killed and started anew. No I/O.
import { ChainError, type ForwardRequest } from '@wetee/chain'
import { once } from 'node:events'
import { numberToHex, type Hex } from 'viem'
import type { ForwardChain, ForwardReason, SignedForward } from '../forward/forward-chain.ts'
import { ForwardStore } from '../forward/forward-store.ts'
import { Forwards } from '../forward/forwards.ts'
import { keepLog } from './silent-log.ts'

type Sent = {
  readonly key: string
  readonly signed: SignedForward
  readonly mined: PromiseWithResolvers<bigint>
  isMined: boolean
}
type Event = { nonce: bigint; appId: bigint; success: boolean; block: bigint; hash: Hex }

const FINALITY_BLOCKS = 2n
const COST_WEI = 10n

/** Blocks are of a second; a transaction is mined by `mine`. */
export class ForwarderWorld {
  block = 100n
  /** What the application may still spend. */
  budgetWei = 1_000n
  /** What stands in every request's way. */
  hindered: ForwardReason | undefined
  /** Calls of these fail as they are executed, though they went through when they were tried out. */
  readonly failing = new Set<bigint>()
  /** Neither blocks nor answers. */
  isDown = false
  readonly events: Event[] = []
  readonly store = new ForwardStore(':memory:')
  #sent: Sent[] = []
  #nowMs = 0
  #life = new AbortController()
  forwards = this.#start()

  /** Every transaction that was sent, as key and number of the request. */
  sent(): readonly (readonly [string, bigint])[] {
    return this.#sent.map(({ key, signed }) => [key, signed.request.nonce])
  }

  /** Kills the worker and starts another one on what it has kept. */
  restart(): void {
    this.#life.abort()
    this.#life = new AbortController()
    this.forwards = this.#start()
  }

  /** One block with everything that was sent; then a look of the worker, and all that follows from it. */
  async mine(blocks = 1): Promise<void> {
    for (let at = 0; at < blocks; at++) {
      this.block += 1n
      this.#nowMs += 60_000
      if (!this.isDown) for (const one of this.#sent) this.#execute(one)
      await this.look()
    }
  }

  /** A look of the worker, without a block. */
  async look(): Promise<void> {
    await this.forwards.look().catch(() => undefined)
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  }

  /** Somebody else forwards a request. */
  forwardByAnother(request: ForwardRequest): void {
    this.#record(request)
  }

  #start(): Forwards {
    const { signal } = this.#life
    return new Forwards({
      ...{ store: this.store, log: keepLog(), signal, pollMs: 1 },
      chain: this.#chain(signal),
      head: () => {
        if (this.isDown) return Promise.reject(new Error('down'))
        const number = this.block - FINALITY_BLOCKS
        return Promise.resolve({ number, hash: '0x', timestamp: number })
      },
      sleep: () => Promise.resolve(),
      monotonicMs: () => this.#nowMs,
      counters: { open: () => undefined, ended: () => undefined, spent: () => undefined },
    })
  }

  #chain(signal: AbortSignal): ForwardChain {
    const isUsed = (nonce: bigint, at = this.block) =>
      this.events.some((event) => event.nonce === nonce && event.block <= at)
    return {
      address: '0x',
      costWei: () => Promise.resolve(COST_WEI),
      hindrance: ({ request }, reservedWei) => {
        if (isUsed(request.nonce)) return Promise.resolve('nonce-used')
        if (this.block > request.deadline) return Promise.resolve('expired')
        if (this.budgetWei < COST_WEI + reservedWei) return Promise.resolve('budget-too-low')
        return Promise.resolve(this.hindered)
      },
      forward: async (key, signed) => {
        if (isUsed(signed.request.nonce) && !this.#sent.some((one) => one.key === key))
          throw new ChainError('contract.NonceUsed', 'used')
        const known = this.#sent.find((one) => one.key === key)
        const mined = Promise.withResolvers<bigint>()
        const sent = known ?? { key, signed, mined, isMined: false }
        if (known === undefined) this.#sent.push(sent)
        // Of a worker that was killed nothing is heard any more.
        const blockNumber = await Promise.race([sent.mined.promise, once(signal, 'abort')])
        if (typeof blockNumber !== 'bigint') throw new Error('killed')
        const hash = hashOf(key)
        if (!this.events.some((event) => event.hash === hash))
          throw new ChainError('contract.NonceUsed', 'somebody was faster')
        const gasUsed = 1n
        return { blockNumber, transactionHash: hash, gasUsed, costWei: 1n }
      },
      outcome: ({ nonce }, first, last) => {
        const found = this.events.find(
          (event) => event.nonce === nonce && event.block >= first && event.block <= last,
        )
        if (found === undefined) return Promise.resolve(undefined)
        const { success, block: blockNumber, hash: transactionHash } = found
        return Promise.resolve({ success, blockNumber, transactionHash })
      },
      isUsed: ({ nonce }, at) => Promise.resolve(isUsed(nonce, at)),
    }
  }

  #execute(one: Sent): void {
    if (one.isMined) return
    one.isMined = true
    one.mined.resolve(this.block)
    const { request } = one.signed
    if (this.events.some(({ nonce }) => nonce === request.nonce)) return
    if (this.block > request.deadline) return
    this.#record(request, hashOf(one.key))
  }

  #record({ appId, nonce }: ForwardRequest, hash = hashOf(`by another ${nonce}`)): void {
    const success = !this.failing.has(nonce)
    this.budgetWei -= COST_WEI
    this.events.push({ appId, nonce, success, block: this.block, hash })
  }
}

/** A request of an application with this number; it may be forwarded up to block 200. */
export function someForward(nonce: bigint, more: Partial<ForwardRequest> = {}): SignedForward {
  const request: ForwardRequest = {
    ...{ appId: 7n, to: `0x${'0d'.repeat(20)}`, valueWei: 0n, gas: 100_000, nonce },
    ...{ deadline: 200n, data: '0xab', ...more },
  }
  return { request, signature: numberToHex(nonce * 1_000n + request.deadline, { size: 65 }) }
}

function hashOf(key: string): Hex {
  return `0x${Buffer.from(key).toString('hex').padEnd(64, '0')}`
}
