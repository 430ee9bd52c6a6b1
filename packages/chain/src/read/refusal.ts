// What a chain call threw, as a ChainError: refusals of contracts by name, missing answers, missing funds. Pure.
import {
  BaseError,
  BlockNotFoundError,
  ContractFunctionRevertedError,
  InsufficientFundsError,
  decodeErrorResult,
  type Hex,
} from 'viem'
import { ChainError } from '../chain-error.ts'
import { errorsAbi } from '../generated/errors.ts'

const unreachableNames = new Set([
  'HttpRequestError',
  'TimeoutError',
  'WebSocketRequestError',
  'SocketClosedError',
  'InternalRpcError',
  'LimitExceededRpcError',
  'ResourceUnavailableRpcError',
  'UnknownRpcError',
])

/** `doing` completes "could not ...". A ChainError, also one of a transport, is given back as it is. */
export function toChainError(cause: unknown, doing: string, signal?: AbortSignal): ChainError {
  if (cause instanceof ChainError) return cause
  if (signal?.aborted === true) return new ChainError('aborted', `stopped: ${doing}`, { cause })
  if (!(cause instanceof BaseError))
    return new ChainError('chain.refused', `could not ${doing}: ${textOf(cause)}`, { cause })
  // What a transport said itself, below viem.
  const said = cause.walk((e) => e instanceof ChainError)
  if (said instanceof ChainError) return said
  const refused = refusalOf(cause)
  if (refused !== undefined) return refusalError(refused, doing, cause)
  if (isFunds(cause))
    return new ChainError(
      'account.funds',
      `could not ${doing}: the account cannot pay the amount and the fee. Send DOT to it`,
      { cause },
    )
  if (cause.walk((e) => e instanceof BlockNotFoundError) !== null)
    return new ChainError(
      'chain.history-pruned',
      `could not ${doing}: the RPC does not have the block. Use one that keeps history`,
      { cause },
    )
  const missing = cause.walk((e) => unreachableNames.has((e as Error).name))
  if (missing !== null)
    return new ChainError(
      'chain.unreachable',
      `could not ${doing}: no answer from the chain (${textOf(missing)}). Check rpcUrls of the network profile`,
      { retryable: true, cause },
    )
  return new ChainError('chain.refused', `could not ${doing}: ${textOf(cause)}`, { cause })
}

/** A custom error of the contracts by name with its arguments; `Reverted` when it has none that is known. */
export type Refusal = { readonly name: string; readonly args: readonly unknown[] }

/** What the contract answered; `undefined` when the failure is not a revert. */
export function refusalOf(cause: BaseError): Refusal | undefined {
  const reverted = cause.walk((e) => e instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError) {
    const known = reverted.data
    if (known !== undefined && known.errorName !== 'Error' && known.errorName !== 'Panic')
      return { name: known.errorName, args: known.args ?? [] }
    return decodeRefusal(reverted.raw) ?? { name: 'Reverted', args: [reverted.reason ?? 'no data'] }
  }
  const carrier = cause.walk((e) => revertData(e) !== undefined)
  if (carrier !== null) return decodeRefusal(revertData(carrier))
  const executed = cause.walk((e) => (e as { code?: unknown }).code === 3)
  return executed === null ? undefined : { name: 'Reverted', args: ['no data'] }
}

/** The error that `ChainError` carries for a refusal. */
export function refusalError({ name, args }: Refusal, doing: string, cause?: unknown): ChainError {
  const answer = `${name}(${args.map(String).join(', ')})`
  return new ChainError(`contract.${name}`, `could not ${doing}: the contract answered ${answer}`, {
    cause,
  })
}

/** Of any contract: one calls another, and the caller sees the inner error. */
function decodeRefusal(data: Hex | undefined): Refusal | undefined {
  if (data === undefined || data === '0x') return undefined
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data })
    return { name: errorName, args: args ?? [] }
  } catch {
    return { name: 'Reverted', args: [data.slice(0, 138)] }
  }
}

function revertData(error: unknown): Hex | undefined {
  const data: unknown = (error as { data?: unknown }).data
  const inner: unknown =
    typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data
  return typeof inner === 'string' && /^0x([0-9a-fA-F]{2})+$/.test(inner)
    ? (inner as Hex)
    : undefined
}

function isFunds(cause: BaseError): boolean {
  return (
    cause.walk((e) => e instanceof InsufficientFundsError) !== null ||
    /insufficient funds|exceeds the balance/i.test(cause.details)
  )
}

/** First line only, at most 200 characters: URLs, which may hold keys, come after it. */
function textOf(error: unknown): string {
  if (error instanceof BaseError) return (error.details || error.shortMessage).slice(0, 200)
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown error'
}
