// What the chain refused, in words: custom errors of the contracts, missing funds, unreachable nodes. Pure.
import { BaseError, InsufficientFundsError } from 'viem'
import { refusalOf, type Refusal } from '@wetee/chain'
import { SdkError } from './error.ts'
import { explanations } from './error-texts.ts'
import { formatDot } from './money.ts'
import { reasonOf } from './transport.ts'

/** Names of the explained contract errors, for the reference page and its test. */
export const explainedContractErrors: readonly string[] = Object.keys(explanations)

/** What an account lacked, when it could not pay. */
export type Spending = { readonly neededWei: bigint; readonly balanceWei: bigint }

/**
 * Turns anything that a chain call threw into an SdkError: `contract.<ErrorName>`, `account.funds`,
 * `chain.unreachable` (retryable), `aborted`, or `chain.refused`. `doing` completes "could not ...".
 */
export function chainError(cause: unknown, doing: string, spending?: Spending): SdkError {
  if (cause instanceof SdkError) return cause
  if (cause instanceof Error && cause.name === 'AbortError')
    return new SdkError('aborted', `stopped: ${doing}`, { cause })
  if (cause instanceof BaseError) {
    const refusal = refusalOf(cause)
    if (refusal !== undefined) return contractError(refusal, doing, cause)
    if (isFunds(cause)) return fundsError(cause, doing, spending)
    const transport = cause.walk((e) => transportErrors.has((e as Error).name))
    if (transport !== null)
      return new SdkError(
        'chain.unreachable',
        `could not ${doing}: no answer from the chain (${reasonOf(transport)}). Check that its RPC address in the network profile is reachable`,
        { retryable: true, cause },
      )
    return new SdkError('chain.refused', `could not ${doing}: ${cause.shortMessage}`, { cause })
  }
  const coded = codedError(cause)
  if (coded !== undefined)
    return new SdkError(coded.code, coded.message, { retryable: coded.retryable, cause })
  return new SdkError('chain.refused', `could not ${doing}: ${reasonOf(cause)}`, { cause })
}

/** An error of another package of ours: it has a code already and keeps it. */
export function codedError(
  cause: unknown,
): { code: string; message: string; retryable: boolean } | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string')
    return undefined
  if (!/^[a-z][a-zA-Z0-9]*([.-][a-zA-Z0-9]+)*$/.test(cause.code)) return undefined
  const retryable = 'retryable' in cause && cause.retryable === true
  return { code: cause.code, message: cause.message, retryable }
}

/** `DepositTooLow` and its like, whatever wrapped it; undefined when the contract did not refuse by a custom error. */
export function revertName(cause: unknown): string | undefined {
  return cause instanceof BaseError ? refusalOf(cause)?.name : undefined
}

const transportErrors = new Set([
  'HttpRequestError',
  'TimeoutError',
  'WebSocketRequestError',
  'SocketClosedError',
])

function contractError({ name, args }: Refusal, doing: string, cause: unknown): SdkError {
  if (name === 'Reverted')
    return new SdkError(
      'contract.Reverted',
      `could not ${doing}: the contract refused without a known reason (${args.map(String).join(', ')})`,
      { cause },
    )
  const why =
    explanations[name]?.(args) ?? `the contract answered ${name}(${args.map(String).join(', ')})`
  const details = Object.fromEntries(args.map((value, index) => [`arg${index}`, String(value)]))
  return new SdkError(`contract.${name}`, `could not ${doing}: ${why}`, { cause, details })
}

function isFunds(cause: BaseError): boolean {
  return (
    cause.walk((e) => e instanceof InsufficientFundsError) !== null ||
    /insufficient funds|exceeds the balance/i.test(cause.message)
  )
}

/** `account.funds` with what was needed and what is there. */
export function fundsError(cause: unknown, doing: string, spending?: Spending): SdkError {
  if (spending === undefined)
    return new SdkError('account.funds', `could not ${doing}: the account has too little DOT`, {
      cause,
    })
  return new SdkError(
    'account.funds',
    `could not ${doing}: it needs ${formatDot(spending.neededWei)} and the transaction fee, the account has ${formatDot(spending.balanceWei)}. Send DOT to it or give a smaller --deposit`,
    {
      cause,
      details: {
        neededWei: String(spending.neededWei),
        balanceWei: String(spending.balanceWei),
      },
    },
  )
}
