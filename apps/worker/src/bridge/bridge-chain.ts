// Calls of contracts as the worker sees them on chain, and their answers. Network I/O through viem.
import {
  apisAbi,
  bridgeAbi,
  callDigest,
  callOfEvent,
  ChainError,
  readEventRange,
  toChainError,
  type BridgeCall,
  type Chain,
  type ChainEvent,
  type TransactionQueue,
} from '@wetee/chain'
import { keccak256, parseEventLogs, sha256, type Hex } from 'viem'
import type { Head } from '../chain/records.ts'

/** A call as it was opened, and where. */
export type OpenCall = BridgeCall & { readonly openedBlock: bigint }

/** What an instance has signed. */
export type CallAnswer = {
  readonly call: BridgeCall
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
  /** Calls that were opened in these finalized blocks, open still or not. */
  opened(first: bigint, last: bigint): Promise<readonly OpenCall[]>
  /** The same of all blocks up to `last` whose calls may still be open, newest first, a piece at a time. */
  history(last: Head): AsyncIterable<readonly OpenCall[]>
  /** Those of these calls that are open at a finalized block. */
  stillOpen(calls: readonly OpenCall[], at: bigint): Promise<ReadonlySet<bigint>>
  /** The arguments of a call, from its events; checked against their digest. */
  args(call: OpenCall): Promise<Hex>
  /** The text of the definition that a call was made of, from its events; checked against its digest. */
  definition(call: OpenCall): Promise<string>
  /** Answers calls in one transaction; the same key is the same transaction. Throws `contract.NothingAnswered` where none needs it. */
  fulfil(key: string, answers: readonly CallAnswer[]): Promise<Fulfilled>
}

/** Calls whose state is read at once. */
const PAGE = 500
/** No call is open for longer: `Apis` takes no greater time-out, seconds. */
const LONGEST_TIMEOUT_SECONDS = 604_800n
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
  const opened = async (first: bigint, last: bigint): Promise<readonly OpenCall[]> => {
    const events = await eventsOf(chain, bridgeEvents, first, last)
    for (const [callId, args] of argumentsIn(events)) keep(argsOf, callId, args, MAX_ARGUMENTS)
    return events.flatMap(({ eventName, args, blockNumber }) =>
      eventName === 'CallOpened' ? [{ ...callOfEvent(args), openedBlock: blockNumber }] : [],
    )
  }
  return {
    opened,
    history: (last) => historyOf(chain, last, opened),
    stillOpen: (calls, at) => stillOpen(chain, bridge, calls, at),
    async args({ callId, openedBlock, order }) {
      if (!argsOf.has(callId)) await opened(openedBlock, openedBlock)
      const args = argsOf.get(callId) ?? '0x'
      if (keccak256(args) === order.argsDigest) return args
      argsOf.delete(callId)
      throw lost(`the arguments of call ${callId}`)
    },
    async definition({ appId, order }) {
      const { apiId, apiVersion, definedBlock, definitionDigest } = order
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

/** Pages backwards in time, to the first block in which a call may have been made that is not over. */
async function* historyOf(
  chain: Chain,
  { number, timestamp }: Head,
  read: (first: bigint, last: bigint) => Promise<readonly OpenCall[]>,
): AsyncIterable<readonly OpenCall[]> {
  for (let last = number; last > 0n;) {
    const first = last > MAX_RANGE_BLOCKS ? last - MAX_RANGE_BLOCKS + 1n : 1n
    yield await read(first, last)
    const block = await chain.client.getBlock({ blockNumber: first }).catch((cause: unknown) => {
      throw toChainError(cause, `read block ${first}`, chain.signal)
    })
    if (block.timestamp + LONGEST_TIMEOUT_SECONDS < timestamp) return
    last = first - 1n
  }
}

async function stillOpen(
  { client, signal }: Chain,
  address: Hex,
  calls: readonly OpenCall[],
  blockNumber: bigint,
): Promise<ReadonlySet<bigint>> {
  const open = new Set<bigint>()
  const reading = { address, abi: bridgeAbi, functionName: 'openDigests', blockNumber } as const
  for (let start = 0; start < calls.length; start += PAGE) {
    const page = calls.slice(start, start + PAGE)
    const args = [page.map(({ callId }) => callId)] as const
    const digests = await client.readContract({ ...reading, args }).catch((cause: unknown) => {
      throw toChainError(cause, 'read open calls', signal)
    })
    for (const [index, call] of page.entries())
      if (digests[index] === callDigest(call)) open.add(call.callId)
  }
  return open
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
export function chunksOf(
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
