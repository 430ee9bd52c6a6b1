// Calls of contracts as the worker sees them on chain, and their answers. Network I/O through viem.
import {
  apisAbi,
  bridgeAbi,
  ChainError,
  readEventRange,
  toChainError,
  type Chain,
  type ChainEvent,
  type TransactionQueue,
} from '@wetee/chain'
import { keccak256, parseEventLogs, sha256, type Hex } from 'viem'

/** An open call, with what it takes to carry it out. */
export type OpenCall = {
  readonly callId: bigint
  readonly appId: bigint
  readonly apiId: number
  readonly apiVersion: number
  /** Last second of chain time in which it can be answered. */
  readonly deadline: bigint
  /** 0 where nothing is called back. */
  readonly callbackGas: number
  /** For whoever submits the answer. */
  readonly allowanceWei: bigint
  readonly createdBlock: bigint
  readonly definedBlock: bigint
  readonly definitionDigest: Hex
  readonly argsDigest: Hex
}

/** What an instance has signed. */
export type CallAnswer = {
  readonly callId: bigint
  readonly status: number
  readonly payload: Hex
  readonly signature: Hex
}

/** What became of a transaction with answers. */
export type Fulfilled = {
  readonly blockNumber: bigint
  /** Calls that it has answered; the others needed none any more, or their key has no live lease. */
  readonly answered: readonly bigint[]
  readonly gasUsed: bigint
  readonly costWei: bigint
}

/** The Bridge of a network. All throw ChainError. */
export type BridgeChain = {
  /** Open calls of an application at a finalized block, in no order; the first 1,000 of the contract's list. */
  openCalls(appId: bigint, at: bigint): Promise<readonly OpenCall[]>
  /** Applications with calls that were opened in these finalized blocks. */
  opened(first: bigint, last: bigint): Promise<ReadonlySet<bigint>>
  /** The arguments of a call, from its events; checked against their digest. */
  args(call: OpenCall): Promise<Hex>
  /** The text of the definition that a call was made of, from its events; checked against its digest. */
  definition(call: OpenCall): Promise<string>
  /** Answers calls in one transaction; the same key is the same transaction. Throws `contract.NothingAnswered` where none needs it. */
  fulfil(key: string, answers: readonly CallAnswer[]): Promise<Fulfilled>
}

const PAGE = 100
const MAX_CALLS = 1_000
/** Texts that are kept; the one that was read first goes. */
const MAX_ARGUMENTS = 2_048
const MAX_DEFINITIONS = 256
const MAX_RANGE_BLOCKS = 1_000n

/** Opens it; undefined where the network has none. */
export function openBridgeChain(chain: Chain, queue: TransactionQueue): BridgeChain | undefined {
  const { bridge, apis } = chain.profile.contracts
  if (bridge === undefined || apis === undefined) return undefined
  const bridgeEvents = { address: bridge, abi: bridgeAbi }
  const argsOf = new Map<bigint, Hex>()
  const definitions = new Map<Hex, string>()
  const readBridge = async (first: bigint, last: bigint): Promise<readonly ChainEvent[]> => {
    const events = await eventsOf(chain, bridgeEvents, first, last)
    for (const [callId, args] of argumentsIn(events)) keep(argsOf, callId, args, MAX_ARGUMENTS)
    return events
  }
  return {
    openCalls: (appId, at) => openCalls(chain, bridge, appId, at),
    async opened(first, last) {
      const events = await readBridge(first, last)
      return new Set(
        events.flatMap(({ eventName, args }) =>
          eventName === 'CallOpened' ? [args['appId'] as bigint] : [],
        ),
      )
    },
    async args({ callId, createdBlock, argsDigest }) {
      if (!argsOf.has(callId)) await readBridge(createdBlock, createdBlock)
      const args = argsOf.get(callId) ?? '0x'
      if (keccak256(args) === argsDigest) return args
      argsOf.delete(callId)
      throw lost(`the arguments of call ${callId}`)
    },
    async definition({ appId, apiId, apiVersion, definedBlock, definitionDigest }) {
      const known = definitions.get(definitionDigest)
      if (known !== undefined) return known
      const place = { address: apis, abi: apisAbi }
      const events = await eventsOf(chain, place, definedBlock, definedBlock)
      const bytes = chunksOf(events, 'ApiDefinition', (args) => {
        return args['appId'] === appId && args['apiId'] === apiId && args['version'] === apiVersion
      })
      if (sha256(bytes) !== definitionDigest) throw lost(`the definition of API ${appId}/${apiId}`)
      const text = Buffer.from(bytes.slice(2), 'hex').toString('utf8')
      keep(definitions, definitionDigest, text, MAX_DEFINITIONS)
      return text
    },
    async fulfil(key, answers) {
      const receipt = await queue.send({
        ...{ key, address: bridge, abi: bridgeAbi, functionName: 'fulfilMany' },
        args: [answers],
      })
      const { blockNumber, gasUsed, effectiveGasPrice, logs } = receipt
      const closed = parseEventLogs({ abi: bridgeAbi, eventName: 'CallClosed', logs })
      return {
        ...{ blockNumber, gasUsed, costWei: gasUsed * effectiveGasPrice },
        answered: closed.map(({ args }) => args.callId),
      }
    },
  }
}

async function openCalls(
  { client, signal }: Chain,
  address: Hex,
  appId: bigint,
  blockNumber: bigint,
): Promise<readonly OpenCall[]> {
  const found: OpenCall[] = []
  const page = { address, abi: bridgeAbi, functionName: 'openCalls', blockNumber } as const
  while (found.length < MAX_CALLS) {
    const args = [appId, BigInt(found.length), BigInt(PAGE)] as const
    const [ids, calls] = await client.readContract({ ...page, args }).catch((cause: unknown) => {
      throw toChainError(cause, 'read open calls', signal)
    })
    for (const [index, call] of calls.entries())
      found.push({
        ...{ callId: ids[index] ?? 0n, appId, apiId: call.apiId, apiVersion: call.apiVersion },
        ...{ deadline: BigInt(call.deadline), allowanceWei: call.allowanceWei },
        callbackGas: /[^0x]/.test(call.selector) ? call.callbackGas : 0,
        ...{ createdBlock: BigInt(call.createdBlock), definedBlock: BigInt(call.definedBlock) },
        ...{ definitionDigest: call.definitionDigest, argsDigest: call.argsDigest },
      })
    if (ids.length < PAGE) break
  }
  return found
}

async function eventsOf(
  chain: Chain,
  contract: Parameters<typeof readEventRange>[1][number],
  from: bigint,
  to: bigint,
): Promise<readonly ChainEvent[]> {
  const found: ChainEvent[] = []
  let range = MAX_RANGE_BLOCKS
  for (let first = from; first <= to;) {
    const last = first + range - 1n < to ? first + range - 1n : to
    const read = await readEventRange(chain, [contract], first, last)
    if (read === undefined) {
      if (first === last) throw lost(`the events of block ${first}`)
      range = (last - first + 1n) / 2n
      continue
    }
    found.push(...read.events)
    first = last + 1n
  }
  return found
}

function argumentsIn(events: readonly ChainEvent[]): ReadonlyMap<bigint, Hex> {
  const ids = new Set(
    events.flatMap(({ eventName, args }) =>
      eventName === 'CallArguments' ? [args['callId'] as bigint] : [],
    ),
  )
  return new Map(
    [...ids].map((callId) => [
      callId,
      chunksOf(events, 'CallArguments', (args) => args['callId'] === callId),
    ]),
  )
}

/** Pieces of one text, put together in their order. */
function chunksOf(
  events: readonly ChainEvent[],
  name: string,
  isOf: (args: ChainEvent['args']) => boolean,
): Hex {
  const chunks = events.flatMap(({ eventName, args }) =>
    eventName === name && isOf(args) ? [args] : [],
  )
  chunks.sort((a, b) => Number(a['index']) - Number(b['index']))
  return `0x${chunks.map(({ chunk }) => (chunk as Hex).slice(2)).join('')}`
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) break
    map.delete(oldest)
  }
}

function lost(what: string): ChainError {
  return new ChainError('chain.history-pruned', `the RPC does not have ${what}`)
}
