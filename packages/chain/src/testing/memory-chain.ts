// For tests: a chain in memory behind an EIP-1193 transport, with blocks, logs, a pool and reorganisations. No I/O.
import {
  custom,
  keccak256,
  numberToHex,
  parseTransaction,
  recoverTransactionAddress,
  stringToHex,
  zeroHash,
  type Hex,
  type Transport,
} from 'viem'
import { openChain, type Chain } from '../network/chain.ts'
import type { NetworkProfile } from '../network/network-profile.ts'

/** A profile that fits the chain. */
export const testProfile: NetworkProfile = {
  name: 'memory',
  kind: 'development',
  simulated: true,
  chainId: 31_337,
  rpcUrls: ['http://127.0.0.1:1'],
  contracts: {
    subnet: `0x${'51'.repeat(20)}`,
    quorum: `0x${'52'.repeat(20)}`,
    cloud: `0x${'53'.repeat(20)}`,
  },
  deployBlock: '0',
  trustRoots: [],
  finalityBlocks: 2,
}

/** A log that a block will hold. */
export type TestLog = { readonly address: Hex; readonly topics: readonly Hex[]; readonly data: Hex }

/** A request of EIP-1193. */
export type RpcRequest = { readonly method: string; readonly params?: unknown }

type PoolTransaction = {
  readonly raw: Hex
  readonly hash: Hex
  readonly from: Hex
  readonly nonce: number
  readonly maxFeePerGas: bigint
  readonly data: Hex
}
type TestBlock = {
  readonly number: bigint
  readonly hash: Hex
  readonly logs: readonly TestLog[]
  readonly transactions: readonly PoolTransaction[]
}

/** An error as a node answers it. */
export class TestRpcError extends Error {
  readonly code: number
  readonly data: Hex | undefined

  constructor(code: number, message: string, data?: Hex) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** The chain; a test changes it between requests. */
export class MemoryChain {
  blocks: TestBlock[] = []
  pool: PoolTransaction[] = []
  /** Blocks from the newest to the newest finalized one. */
  finalityBlocks = 2
  baseFeeWei = 1_000_000_000n
  balanceWei = 10n ** 18n
  /** `eth_getLogs` over more blocks is refused. */
  maxLogRange = 10_000n
  /** No request is answered. */
  isDown = false
  /** Transactions with these calldata are mined as failed. */
  readonly failing = new Set<Hex>()
  /** Every raw transaction that came in, in order. */
  readonly received: Hex[] = []
  readonly requests: string[] = []
  /** Runs before a request is answered; throws instead of the answer, or answers with what is not undefined. */
  intercept: ((method: string, params: readonly unknown[]) => unknown) | undefined
  /** A block is mined with every transaction that comes in. */
  isInstant = false
  #seed: string
  #arrivals: ((raw: Hex) => void)[] = []

  constructor(seed = 'genesis') {
    this.#seed = seed
    this.mine()
  }

  get head(): TestBlock {
    const head = this.blocks.at(-1)
    if (head === undefined) throw new Error('there is no block')
    return head
  }

  get finalized(): TestBlock {
    return this.blocks[Math.max(0, this.blocks.length - 1 - this.finalityBlocks)] ?? this.head
  }

  /** A block with these logs and every transaction of the pool that is next in line and pays the base fee. */
  mine(logs: readonly TestLog[] = []): void {
    const number = BigInt(this.blocks.length)
    const transactions: PoolTransaction[] = []
    for (const transaction of this.pool.toSorted((a, b) => a.nonce - b.nonce)) {
      const nonce = this.#nonce(transaction.from, this.blocks) + transactions.length
      if (transaction.nonce === nonce && transaction.maxFeePerGas >= this.baseFeeWei)
        transactions.push(transaction)
    }
    this.pool = this.pool.filter((transaction) => !transactions.includes(transaction))
    const hash = keccak256(stringToHex(`${this.#seed}/${number}`))
    this.blocks.push({ number, hash, logs, transactions })
  }

  /** Replaces the newest `depth` blocks by empty ones of another fork; their transactions are lost. */
  reorganise(depth: number, seed: string): void {
    this.blocks.splice(this.blocks.length - depth, depth)
    this.#seed = seed
    const { pool } = this
    this.pool = []
    for (let i = 0; i < depth; i++) this.mine()
    this.pool = pool
  }

  /** The transport, without repetitions. */
  transport(): Transport {
    return custom({ request: (request: RpcRequest) => this.request(request) }, { retryCount: 0 })
  }

  /** The opened chain. */
  open(signal?: AbortSignal): Chain {
    return openChain(testProfile, {
      transport: this.transport(),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  /** Times that `call` data are on the chain. */
  mined(data: Hex): number {
    return this.blocks.flatMap((b) => b.transactions).filter((t) => t.data === data).length
  }

  /** Resolves when the next raw transaction has been taken or refused. */
  arrival(): Promise<Hex> {
    return new Promise((resolve) => this.#arrivals.push(resolve))
  }

  /** Answers one EIP-1193 request. */
  async request({ method, params }: RpcRequest): Promise<unknown> {
    const args = (params ?? []) as readonly unknown[]
    this.requests.push(method)
    const answer = this.intercept?.(method, args)
    if (answer !== undefined) return answer
    if (this.isDown) throw new TestRpcError(-32_603, 'the connection was refused')
    switch (method) {
      case 'eth_chainId':
        return numberToHex(testProfile.chainId)
      case 'eth_getBlockByNumber':
        return this.#block(args[0] as string)
      case 'eth_getLogs':
        return this.#logs(args[0] as { fromBlock: Hex; toBlock: Hex; address: Hex | Hex[] })
      case 'eth_getTransactionCount':
        return numberToHex(this.#count(args[0] as Hex, args[1] as string))
      case 'eth_getTransactionReceipt':
        return this.#receipt(args[0] as Hex)
      case 'eth_sendRawTransaction':
        try {
          return await this.#send(args[0] as Hex)
        } finally {
          for (const arrived of this.#arrivals.splice(0)) arrived(args[0] as Hex)
        }
      case 'eth_estimateGas':
        return numberToHex(50_000)
      case 'eth_getBalance':
        return numberToHex(this.balanceWei)
      case 'eth_maxPriorityFeePerGas':
        return numberToHex(1_000_000)
      case 'eth_call':
        return '0x'
      default:
        throw new TestRpcError(-32_601, `${method} is not there`)
    }
  }

  #at(tag: string): TestBlock | undefined {
    if (tag === 'finalized') return this.finalized
    return tag.startsWith('0x') ? this.blocks[Number(tag)] : this.head
  }

  #block(tag: string): unknown {
    const block = this.#at(tag)
    if (block === undefined) return null
    const { number, hash } = block
    const parentHash = this.blocks[Number(number) - 1]?.hash ?? zeroHash
    const timestamp = numberToHex(1_800_000_000n + number)
    return {
      number: numberToHex(number),
      ...{ hash, parentHash },
      timestamp,
      baseFeePerGas: numberToHex(this.baseFeeWei),
      transactions: [],
    }
  }

  #logs(filter: { fromBlock: Hex; toBlock: Hex; address: Hex | Hex[] }): unknown {
    const [from, to] = [BigInt(filter.fromBlock), BigInt(filter.toBlock)]
    if (to - from + 1n > this.maxLogRange) throw new TestRpcError(-32_005, 'range is too large')
    const wanted = [filter.address].flat().map((address) => address.toLowerCase())
    return this.blocks
      .filter(({ number }) => number >= from && number <= to)
      .flatMap(({ number, hash, logs }) =>
        logs.map((log, index) => ({
          ...log,
          blockNumber: numberToHex(number),
          blockHash: hash,
          transactionHash: keccak256(hash),
          transactionIndex: '0x0',
          logIndex: numberToHex(index),
          removed: false,
        })),
      )
      .filter(({ address }) => wanted.includes(address))
  }

  #nonce(from: Hex, blocks: readonly TestBlock[]): number {
    return blocks.flatMap((b) => b.transactions).filter((t) => t.from === from).length
  }

  #count(address: Hex, tag: string): number {
    const from = address.toLowerCase() as Hex
    const upTo = this.#at(tag)?.number ?? this.head.number
    const used = this.#nonce(
      from,
      this.blocks.filter(({ number }) => number <= upTo),
    )
    if (tag !== 'pending') return used
    let next = used
    while (this.pool.some((t) => t.from === from && t.nonce === next)) next += 1
    return next
  }

  #receipt(hash: Hex): unknown {
    for (const block of this.blocks)
      for (const { hash: own, data, from } of block.transactions)
        if (own === hash)
          return {
            transactionHash: hash,
            blockNumber: numberToHex(block.number),
            blockHash: block.hash,
            status: this.failing.has(data) ? '0x0' : '0x1',
            from,
            logs: [],
          }
    return null
  }

  async #send(raw: Hex): Promise<Hex> {
    this.received.push(raw)
    const { nonce = 0, maxFeePerGas = 0n, data = '0x' } = parseTransaction(raw)
    const serializedTransaction = raw as `0x02${string}`
    const from = (await recoverTransactionAddress({ serializedTransaction })).toLowerCase() as Hex
    const hash = keccak256(raw)
    if (this.pool.some((known) => known.hash === hash))
      throw new TestRpcError(-32_000, 'already known')
    if (nonce < this.#nonce(from, this.blocks)) throw new TestRpcError(-32_000, 'nonce too low')
    const same = this.pool.find((t) => t.from === from && t.nonce === nonce)
    if (same !== undefined && maxFeePerGas * 10n < same.maxFeePerGas * 11n)
      throw new TestRpcError(-32_000, 'replacement transaction underpriced')
    this.pool = this.pool.filter((t) => t !== same)
    this.pool.push({ raw, hash, from, nonce, maxFeePerGas, data })
    if (this.isInstant) this.mine()
    return hash
  }
}
