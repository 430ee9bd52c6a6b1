// Signs attempts at one nonce: the call itself, the same with a higher fee, or an empty transfer in its place. Network I/O.
import {
  keccak256,
  encodePacked,
  parseTransaction,
  type Address,
  type Hex,
  type LocalAccount,
} from 'viem'
import { estimateFeesPerGas, estimateGas } from 'viem/actions'
import { ChainError } from '../chain-error.ts'
import type { Chain } from '../network/chain.ts'
import type { OutboxAttempt } from '../ports/outbox-store.ts'
import { gasLimit } from './gas-limit.ts'

/** Destination, value in wei, calldata. */
export type EncodedCall = { readonly to: Address; readonly value: bigint; readonly data: Hex }

/** Most attempts at one nonce: with the steps below the fee ends at five times the first. */
export const maxAttempts = 8

/** A replacement must pay at least 10 % more; 25 % reach a fee that doubled in three steps. */
const bumpPercent = 125n
/** Most gas that an empty transfer is given. */
const transferGas = 21_000n

/** Identifies a call: keccak256 of destination, value and calldata. */
export function callHashOf({ to, value, data }: EncodedCall): Hex {
  return keccak256(encodePacked(['address', 'uint256', 'bytes'], [to, value, data]))
}

/**
 * Signs the first attempt. A call that would revert or that the account cannot pay throws as the RPC says;
 * nothing is sent.
 */
export async function signFirst(
  { client, profile }: Chain,
  account: LocalAccount,
  nonce: number,
  { to, value, data }: EncodedCall,
): Promise<OutboxAttempt> {
  const estimate = await estimateGas(client, { account: account.address, to, value, data })
  const { maxFeePerGas, maxPriorityFeePerGas } = await estimateFeesPerGas(client)
  const gas = gasLimit(estimate)
  const balance = await client.getBalance({ address: account.address })
  if (balance < value + gas * maxFeePerGas)
    throw new ChainError(
      'account.funds',
      `${account.address} has ${balance} wei, the transaction may cost ${value + gas * maxFeePerGas}. Send DOT to it`,
    )
  return sign(account, {
    chainId: profile.chainId,
    nonce,
    to,
    value,
    data,
    gas,
    maxFeePerGas,
    maxPriorityFeePerGas,
  })
}

/** Signs the newest attempt again with a higher fee, at least what the chain asks for now. */
export function signHigher(
  chain: Chain,
  account: LocalAccount,
  newest: OutboxAttempt,
): Promise<OutboxAttempt> {
  return signReplacement(chain, account, newest, fieldsOf(newest))
}

/** Signs an empty transfer to the account itself, so that the nonce is used and the call never happens. */
export function signCancel(
  chain: Chain,
  account: LocalAccount,
  newest: OutboxAttempt,
): Promise<OutboxAttempt> {
  const { chainId, nonce, maxFeePerGas, maxPriorityFeePerGas } = fieldsOf(newest)
  const to = account.address
  const gas = transferGas
  const fees = { gas, maxFeePerGas, maxPriorityFeePerGas }
  return signReplacement(chain, account, newest, { chainId, nonce, to, value: 0n, ...fees })
}

/** False for an empty transfer in the place of the call. */
export function isCall({ raw }: OutboxAttempt, callHash: Hex): boolean {
  const { to, value = 0n, data = '0x' } = parseTransaction(raw)
  return to != null && callHashOf({ to, value, data }) === callHash
}

/** Destination, value and calldata of an attempt. */
export function callOf(attempt: OutboxAttempt): EncodedCall {
  const { to, value, data = '0x' } = fieldsOf(attempt)
  return { to, value, data }
}

type Fields = {
  readonly chainId: number
  readonly nonce: number
  readonly to: Address
  readonly value: bigint
  readonly data?: Hex
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

async function signReplacement(
  { client }: Chain,
  account: LocalAccount,
  newest: OutboxAttempt,
  fields: Fields,
): Promise<OutboxAttempt> {
  const before = fieldsOf(newest)
  const now = await estimateFeesPerGas(client)
  const higher = (old: bigint, current: bigint) => {
    const bumped = (old * bumpPercent) / 100n + 1n
    return bumped > current ? bumped : current
  }
  const tip = higher(before.maxPriorityFeePerGas, now.maxPriorityFeePerGas)
  const fee = higher(before.maxFeePerGas, now.maxFeePerGas)
  return sign(account, {
    ...fields,
    maxPriorityFeePerGas: tip,
    maxFeePerGas: fee > tip ? fee : tip,
  })
}

async function sign(account: LocalAccount, fields: Fields): Promise<OutboxAttempt> {
  const raw = await account.signTransaction({ type: 'eip1559', ...fields })
  return { hash: keccak256(raw), raw }
}

/** Attempts are signed here and nowhere else: a field that is missing is a damaged outbox. */
function fieldsOf({ raw, hash }: OutboxAttempt): Fields {
  const parsed = parseTransaction(raw)
  const { chainId, nonce = 0, to, value = 0n, data, gas } = parsed
  const { maxFeePerGas, maxPriorityFeePerGas = 0n } = parsed
  if (chainId === undefined || to == null || gas === undefined || maxFeePerGas === undefined)
    throw new Error(`outbox: ${hash} is not a transaction of this program`)
  const fields = { chainId, nonce, to, value, gas, maxFeePerGas, maxPriorityFeePerGas }
  return data === undefined ? fields : { ...fields, data }
}
