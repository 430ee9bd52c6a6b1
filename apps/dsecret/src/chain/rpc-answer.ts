// What of an RPC's answer counts, in a form that can be compared by value. Pure.
import type { RpcError, RpcReply, RpcRequest } from './rpc-source.ts'

/** An answer that counts: equal keys mean equal answers. */
export type RpcAnswer = {
  readonly key: string
  /** What the caller gets; undefined for a refusal of a contract. */
  readonly value: unknown
  readonly revert?: RpcError
}

/** A block as an answer. */
export type RpcBlock = {
  readonly number: bigint
  readonly hash: string
  readonly timestamp: bigint
}

/** How a request is answered: by the rule for heads, by several alike, by several or the only one that has it, by all, or by any. */
export type RpcRule = 'head' | 'agree' | 'agree-or-only' | 'all' | 'any'

const PINNED_PARAMETER: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getCode: 1,
  eth_getBalance: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
}
/** Events of one answer. */
const MAX_LOGS = 20_000
const MAX_TOPICS = 4
const QUANTITY = /^0x[0-9a-f]{1,16}$/i
const WORD = /^0x[0-9a-f]{64}$/i
const BYTES = /^0x([0-9a-f]{2})*$/i

/** The rule for a request. What is not pinned to a block decides nothing that is signed or released. */
export function ruleOf({ method, params }: RpcRequest): RpcRule {
  if (method === 'eth_getBlockByNumber') {
    if (params[0] === 'finalized') return 'head'
    return isQuantity(params[0]) ? 'agree' : 'any'
  }
  if (method === 'eth_getLogs') {
    const { fromBlock, toBlock } = params[0] as { fromBlock?: unknown; toBlock?: unknown }
    return isQuantity(fromBlock) && isQuantity(toBlock) ? 'agree' : 'any'
  }
  if (method === 'eth_chainId') return 'agree'
  if (method === 'eth_getTransactionByHash') return 'agree-or-only'
  if (method === 'eth_sendRawTransaction') return 'all'
  const pinned = PINNED_PARAMETER[method]
  return pinned !== undefined && isQuantity(params[pinned]) ? 'agree' : 'any'
}

/** The part of a reply that counts; undefined for one that is no answer: malformed, absent, an error of the RPC's own. */
export function answerOf(request: RpcRequest, reply: RpcReply): RpcAnswer | undefined {
  if ('error' in reply) return revertOf(reply.error)
  const value = valueOf(request, reply.result)
  return value === undefined ? undefined : { key: JSON.stringify(value), value }
}

/** The block of an answer to `eth_getBlockByNumber`; undefined for none. */
export function blockOf(value: unknown): RpcBlock | undefined {
  const { number, hash, timestamp } = (value ?? {}) as Record<string, unknown>
  if (!isQuantity(number) || !isQuantity(timestamp) || !isWord(hash)) return undefined
  return { number: BigInt(number), hash: hash.toLowerCase(), timestamp: BigInt(timestamp) }
}

/** A block in the form in which it was read. */
export function rpcBlock({ number, hash, timestamp }: RpcBlock): unknown {
  return { number: hex(number), hash, timestamp: hex(timestamp), transactions: [] }
}

function valueOf({ method, params }: RpcRequest, result: unknown): unknown {
  if (method === 'eth_getBlockByNumber') {
    const block = blockOf(result)
    if (block === undefined) return undefined
    const isAsked = !isQuantity(params[0]) || BigInt(params[0]) === block.number
    return isAsked ? rpcBlock(block) : undefined
  }
  if (method === 'eth_getLogs') return logsOf(result)
  if (method === 'eth_getTransactionByHash') {
    const { hash, input } = (result ?? {}) as Record<string, unknown>
    if (!isWord(hash) || !isBytes(input)) return undefined
    const asked = String(params[0]).toLowerCase()
    if (hash.toLowerCase() !== asked) return undefined
    return { hash: asked, input: input.toLowerCase(), type: '0x2' }
  }
  if (method === 'eth_call' || method === 'eth_getCode')
    return isBytes(result) ? result.toLowerCase() : undefined
  return typeof result === 'string' && /^0x[0-9a-f]{1,64}$/i.test(result)
    ? result.toLowerCase()
    : undefined
}

/** Events in their order, without what RPCs add. */
function logsOf(result: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(result) || result.length > MAX_LOGS) return undefined
  const logs: { readonly at: bigint; readonly index: bigint; readonly log: unknown }[] = []
  for (const entry of result as unknown[]) {
    const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex, removed } =
      (entry ?? {}) as Record<string, unknown>
    if (!isQuantity(blockNumber) || !isQuantity(logIndex)) return undefined
    if (!isWord(blockHash) || !isWord(transactionHash) || !isBytes(data)) return undefined
    if (!isBytes(address) || address.length !== 42 || removed === true) return undefined
    if (!Array.isArray(topics) || topics.length > MAX_TOPICS || !topics.every(isWord))
      return undefined
    const log = {
      address: address.toLowerCase(),
      topics: topics.map((topic: string) => topic.toLowerCase()),
      data: data.toLowerCase(),
      blockNumber: hex(BigInt(blockNumber)),
      blockHash: blockHash.toLowerCase(),
      transactionHash: transactionHash.toLowerCase(),
      logIndex: hex(BigInt(logIndex)),
      removed: false,
    }
    logs.push({ at: BigInt(blockNumber), index: BigInt(logIndex), log })
  }
  logs.sort((a, b) => compare(a.at, b.at) || compare(a.index, b.index))
  return logs.map(({ log }) => log)
}

/** A refusal by the contract, which is an answer; other errors are the RPC's own. */
function revertOf({ code, message, data }: RpcError): RpcAnswer | undefined {
  const inner: unknown =
    typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data
  const bytes = isBytes(inner) ? inner.toLowerCase() : '0x'
  if (code !== 3 && bytes === '0x' && !/revert/i.test(message)) return undefined
  const revert = { code: 3, message: 'execution reverted', data: bytes }
  return { key: `reverted ${bytes}`, value: undefined, revert }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function isQuantity(value: unknown): value is string {
  return typeof value === 'string' && QUANTITY.test(value)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value)
}

function isBytes(value: unknown): value is string {
  return typeof value === 'string' && BYTES.test(value)
}
