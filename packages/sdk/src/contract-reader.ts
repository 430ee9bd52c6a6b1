// Any view or event of the network's contracts, and what an ERC20 says of itself. Network I/O through viem.
import {
  decodeEventLog,
  encodeEventTopics,
  encodeFunctionData,
  erc20Abi,
  getContractError,
  zeroAddress,
  type Abi,
  type Address,
  type BaseError,
  type Hex,
} from 'viem'
import { cloudAbi, lensAbi, toChainError, type Chain } from '@wetee/chain'
import { addressOf } from './contract-address.ts'
import type { ContractName } from './contracts.ts'
import { chainError } from './contract-error.ts'
import { SdkError } from './error.ts'
import { fixedRows, type FixedRows } from './fixed-rows.ts'
import { nativeAsset } from './money.ts'
import type { ContractEvent, NetworkReader } from './reader.ts'

/** What lists and overviews read; a page fetches the ABIs of the others when it reads there. */
const atHand: { readonly [name in ContractName]?: Abi } = { lens: lensAbi, cloud: cloudAbi }

const abiOf = async (contract: ContractName): Promise<Abi> =>
  atHand[contract] ?? (await import('./contracts.ts')).abis[contract]

/** Blocks of one `eth_getLogs` that an RPC refused to answer at once. */
const smallestRange = 128n

/** The reads that take a contract's name. */
export function contractReads(chain: Chain): Pick<NetworkReader, 'view' | 'events' | 'asset'> {
  return {
    view: async (contract, functionName, args, at) => {
      const address = addressOf(chain.profile, contract)
      const abi = await abiOf(contract)
      try {
        const block = at === 'finalized' ? { blockTag: at } : { blockNumber: at }
        const request = { address, abi, functionName, args, ...block } as View
        const rows = rowsOf(contract, functionName, abi)
        return (await (rows === undefined
          ? chain.client.readContract(request)
          : readRows(chain, request, rows))) as never
      } catch (cause) {
        throw chainError(cause, `read ${functionName} of the ${contract} contract`)
      }
    },
    events: (contract, eventName, indexed, at, from) =>
      readEvents(chain, { contract, eventName, indexed }, at, from),
    asset: (address) => readAsset(chain, address),
  }
}

type View = {
  readonly address: Address
  readonly abi: Abi
  readonly functionName: string
  readonly args: readonly unknown[]
} & BlockOfView

type BlockOfView = { readonly blockNumber: bigint } | { readonly blockTag: 'finalized' }

const knownRows = new Map<string, FixedRows | undefined>()

/** The quick way to read a view's answer, where there is one; made once. */
function rowsOf(contract: ContractName, functionName: string, abi: Abi): FixedRows | undefined {
  const key = `${contract}.${functionName}`
  if (!knownRows.has(key)) knownRows.set(key, fixedRows(abi, functionName))
  return knownRows.get(key)
}

/** As `readContract` does, up to the answer. */
async function readRows({ client }: Chain, view: View, rows: FixedRows): Promise<unknown[]> {
  const { address: to, abi, functionName, args, ...block } = view
  const data = encodeFunctionData({ abi, functionName, args })
  try {
    const answer = await client.call({ to, data, ...block })
    return rows(answer.data ?? '0x')
  } catch (cause) {
    const error: BaseError = getContractError(cause as BaseError, view)
    throw error
  }
}

type Wanted = {
  readonly contract: ContractName
  readonly eventName: string
  readonly indexed: Readonly<Record<string, unknown>>
}

async function readEvents(
  chain: Chain,
  { contract, eventName, indexed }: Wanted,
  at: bigint,
  from = BigInt(chain.profile.deployBlock),
): Promise<ContractEvent[]> {
  const abi = await abiOf(contract)
  const address = addressOf(chain.profile, contract)
  const topics = encodeEventTopics({ abi, eventName, args: indexed }) as Hex[]
  const all: ContractEvent[] = []
  let first = from
  let blocks = at - first + 1n
  while (first <= at) {
    const last = first + blocks - 1n < at ? first + blocks - 1n : at
    const logs = await readLogs(chain, { address, topics, first, last })
    if (logs === undefined) {
      blocks = (last - first + 2n) / 2n
      continue
    }
    for (const { data, topics, blockNumber, transactionHash } of logs) {
      const { args } = decodeEventLog({ abi, eventName, data, topics: topics as [Hex, ...Hex[]] })
      const named = (args ?? {}) as unknown as Record<string, unknown>
      all.push({ eventName, args: named, blockNumber: BigInt(blockNumber), transactionHash })
    }
    first = last + 1n
  }
  return all
}

type RawLog = { data: Hex; topics: readonly Hex[]; blockNumber: Hex; transactionHash: Hex }

/** Undefined when the RPC refuses a range that can be made smaller. */
async function readLogs(
  chain: Chain,
  filter: { address: Address; topics: readonly Hex[]; first: bigint; last: bigint },
): Promise<readonly RawLog[] | undefined> {
  const { address, topics, first, last } = filter
  const range = { fromBlock: `0x${first.toString(16)}`, toBlock: `0x${last.toString(16)}` } as const
  try {
    return await chain.client.request({
      method: 'eth_getLogs',
      params: [{ address, topics: [...topics], ...range }],
    } as never)
  } catch (cause) {
    const error = toChainError(cause, `read events of blocks ${first} to ${last}`, chain.signal)
    if (error.code === 'aborted' || last - first < smallestRange)
      throw chainError(error, 'read events')
    await chain.finalized()
    return undefined
  }
}

async function readAsset(chain: Chain, address: Address) {
  if (address === zeroAddress) return nativeAsset
  try {
    const token = { address, abi: erc20Abi } as const
    const [symbol, decimals] = await Promise.all([
      chain.client.readContract({ ...token, functionName: 'symbol' }),
      chain.client.readContract({ ...token, functionName: 'decimals' }),
    ])
    return { address, symbol: symbol.replace(/[^\x21-\x7e]/g, '').slice(0, 12) || '?', decimals }
  } catch (cause) {
    const error = chainError(cause, `read the asset ${address}`)
    if (error.retryable) throw error
    throw new SdkError(
      'asset.invalid',
      `${address} is no ERC20 token with symbol and decimals: give the address of an asset that the DAO allows`,
      { cause },
    )
  }
}
