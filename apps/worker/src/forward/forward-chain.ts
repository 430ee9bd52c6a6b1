// The Forwarder of a network as the worker uses it, and reads of any contract. Network I/O through viem.
import {
  forwarderAbi,
  readEventRange,
  toChainError,
  type Chain,
  type ForwardRequest,
  type TransactionQueue,
} from '@wetee/chain'
import type { Hex } from 'viem'
import { simulateContract } from 'viem/actions'
import type { Head } from '../chain/records.ts'
import { codeOf } from '../worker-error.ts'

/** What an instance has signed. */
export type SignedForward = { readonly request: ForwardRequest; readonly signature: Hex }

/** Why a request is not forwarded now. Those of `lastingReasons` stay so. */
export type ForwardReason =
  | 'would-revert'
  | 'expired'
  | 'key-not-live'
  | 'budget-too-low'
  | 'day-cap-reached'
  | 'fee-too-low'
  | 'gas-too-high'
  | 'refused'
  | 'nonce-used'

/** A request that was forwarded, by the contract's event. */
export type ForwardOutcome = {
  readonly success: boolean
  readonly blockNumber: bigint
  readonly transactionHash: Hex
}

/** A transaction that has forwarded a request. */
export type Forwarded = {
  readonly blockNumber: bigint
  readonly transactionHash: Hex
  readonly gasUsed: bigint
  readonly costWei: bigint
}

/** An answer of a contract with the block that it is of. */
export type ContractAnswer = Head & { readonly data: Hex }

/** The Forwarder. All throw ChainError. */
export type ForwardChain = {
  readonly address: Hex
  /**
   * What keeps a request from being forwarded at the newest block; undefined where its call would go through and its sender would be
   * paid. `reservedWei`: what other requests of the application on their way may cost.
   */
  hindrance(signed: SignedForward, reservedWei: bigint): Promise<ForwardReason | undefined>
  /** What a request may cost its application. */
  costWei(request: ForwardRequest): Promise<bigint>
  /** Forwards it; the same key is the same transaction. Resolves once mined. */
  forward(key: string, signed: SignedForward): Promise<Forwarded>
  /** How a request went that was forwarded in these finalized blocks; undefined where none was. */
  outcome(
    request: Pick<ForwardRequest, 'appId' | 'nonce'>,
    first: bigint,
    last: bigint,
  ): Promise<ForwardOutcome | undefined>
  /** Whether its number is used up at a finalized block. */
  isUsed(request: Pick<ForwardRequest, 'appId' | 'nonce'>, at: bigint): Promise<boolean>
}

const reasons: Readonly<Record<string, ForwardReason>> = {
  'contract.Expired': 'expired',
  'contract.NonceUsed': 'nonce-used',
  'contract.KeyNotLive': 'key-not-live',
  'contract.BudgetTooLow': 'budget-too-low',
  'contract.DayCapReached': 'day-cap-reached',
  'contract.GasTooHigh': 'gas-too-high',
}

/** These pass for no request by waiting. */
export const lastingReasons: ReadonlySet<ForwardReason> = new Set(['gas-too-high', 'refused'])

const DAY_SECONDS = 86_400n
const MAX_RANGE_BLOCKS = 1_000n

/** Opens it; undefined where the network has none. */
export function openForwardChain(
  chain: Chain,
  queue: TransactionQueue,
  sender: Hex,
): ForwardChain | undefined {
  const { client, signal } = chain
  const address = chain.profile.contracts.forwarder
  if (address === undefined) return undefined
  const contract = { address, abi: forwarderAbi } as const
  const doing = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (cause) {
      throw toChainError(cause, what, signal)
    }
  }
  return {
    address,
    async hindrance(signed, reservedWei) {
      const { request } = signed
      try {
        const call = { ...contract, functionName: 'forward', account: sender } as const
        const { result } = await doing('try a request out', () =>
          simulateContract(client, { ...call, args: [request, signed.signature] }),
        )
        if (!result) return 'would-revert'
      } catch (error) {
        const code = codeOf(error)
        if (!code.startsWith('contract.')) throw error
        return reasons[code] ?? 'refused'
      }
      return doing('read what a request is paid', () => moneyHindrance(chain, request, reservedWei))
    },
    costWei: ({ gas, valueWei }) =>
      doing('read what a request costs', async () => {
        const call = { ...contract, functionName: 'gasCostWei', args: [gas] } as const
        return (await client.readContract(call)) + valueWei
      }),
    async forward(key, { request, signature }) {
      const args = [request, signature]
      const call = { key, ...contract, functionName: 'forward', args }
      const { blockNumber, transactionHash, gasUsed, effectiveGasPrice } = await queue.send(call)
      return { blockNumber, transactionHash, gasUsed, costWei: gasUsed * effectiveGasPrice }
    },
    outcome: ({ appId, nonce }, first, last) =>
      findOutcome(chain, address, { appId, nonce }, first, last),
    isUsed: ({ appId, nonce }, blockNumber) =>
      doing('read whether a request was forwarded', () =>
        client.readContract({
          ...{ ...contract, functionName: 'usedNonces', args: [appId, nonce], blockNumber },
        }),
      ),
  }
}

/** Calls a contract without a transaction, at the newest finalized block or the newest one. Throws ChainError; `contract.*` where it refuses. */
export async function readAnyContract(
  { client, signal }: Chain,
  call: { readonly to: Hex; readonly data: Hex; readonly at: 'finalized' | 'latest' },
): Promise<ContractAnswer> {
  const { to, data, at } = call
  try {
    const { number, hash, timestamp } = await client.getBlock({ blockTag: at })
    const answer = await client.call({ to, data, blockNumber: number })
    return { data: answer.data ?? '0x', number, hash, timestamp }
  } catch (cause) {
    throw toChainError(cause, 'read a contract', signal)
  }
}

async function moneyHindrance(
  { client, profile }: Chain,
  { appId, gas, valueWei }: ForwardRequest,
  reservedWei: bigint,
): Promise<ForwardReason | undefined> {
  const contract = { address: profile.contracts.forwarder!, abi: forwarderAbi } as const
  const [gasPrice, parameters, gasWei, budget, { timestamp }] = await Promise.all([
    client.getGasPrice(),
    client.readContract({ ...contract, functionName: 'parameters' }),
    client.readContract({ ...contract, functionName: 'gasCostWei', args: [gas] }),
    client.readContract({ ...contract, functionName: 'budget', args: [appId] }),
    client.getBlock({ blockTag: 'latest' }),
  ])
  // Its gas is paid by the unit, all that was signed and the overhead: the unit's price is what counts.
  if (gasPrice > parameters.gasPriceWei) return 'fee-too-low'
  const neededWei = gasWei + valueWei + reservedWei
  if (neededWei > budget.balanceWei) return 'budget-too-low'
  const spentWei = budget.day === timestamp / DAY_SECONDS ? budget.spentWei : 0n
  return neededWei + spentWei > budget.dayCapWei ? 'day-cap-reached' : undefined
}

async function findOutcome(
  chain: Chain,
  address: Hex,
  { appId, nonce }: Pick<ForwardRequest, 'appId' | 'nonce'>,
  first: bigint,
  last: bigint,
): Promise<ForwardOutcome | undefined> {
  let range = MAX_RANGE_BLOCKS
  for (let to = last; to >= first;) {
    const from = to - range + 1n > first ? to - range + 1n : first
    const read = await readEventRange(chain, [{ address, abi: forwarderAbi }], from, to)
    if (read === undefined) {
      if (from === to) return undefined
      range = (to - from + 1n) / 2n
      continue
    }
    for (const { eventName, args, blockNumber, transactionHash } of read.events)
      if (eventName === 'Forwarded' && args['appId'] === appId && args['nonce'] === nonce)
        return { success: args['success'] === true, blockNumber, transactionHash }
    to = from - 1n
  }
  return undefined
}
