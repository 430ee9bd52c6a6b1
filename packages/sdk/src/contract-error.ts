// What the chain refused, in words: custom errors of the contracts, missing funds, unreachable nodes. Pure.
import { BaseError, hexToString, InsufficientFundsError, type Hex } from 'viem'
import { refusalOf, type Refusal } from '@wetee/chain'
import { SdkError } from './error.ts'
import { formatDot, perDay } from './money.ts'
import { reasonOf } from './transport.ts'

type Args = readonly unknown[]
type Explain = (args: Args) => string

const big = (args: Args, index: number): bigint => {
  const value = args[index]
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : 0n
}
const text = (args: Args, index: number): string => {
  const value = args[index]
  return typeof value === 'string' ? value : String(big(args, index))
}
const states = ['unknown', 'active', 'paused', 'ended']

/** One sentence per custom error that a user can meet: what, and what to do. */
const explanations: Readonly<Record<string, Explain>> = {
  DepositTooLow: (a) =>
    `the deposit of ${formatDot(big(a, 0))} is below the minimum of ${formatDot(big(a, 1))}: give at least that with --deposit`,
  PriceAboveLimit: (a) =>
    `the worker now asks ${formatDot(perDay(big(a, 0)))} per day, above the agreed ${formatDot(perDay(big(a, 1)))}: plan again and look at the new price`,
  CapacityExceeded: (a) =>
    `worker ${big(a, 0)} has no room left for this application: choose another worker or ask for less`,
  WorkerClosed: (a) => `worker ${big(a, 0)} takes no new applications: choose another worker`,
  WorkerUnfit: (a) =>
    `worker ${big(a, 0)} cannot run this application (${text(a, 1)}): choose another worker`,
  WorkerUnknown: (a) => `there is no worker ${big(a, 0)} on this network: see \`wetee doctor\``,
  NameTaken: (a) =>
    `you already have an application named "${nameOf(a[0])}": deploy again to update it, or choose another name`,
  NameEmpty: () => 'the application has no name: give one with --name',
  AppUnknown: (a) => `there is no application ${big(a, 0)} on this network: see \`wetee list\``,
  AppStateWrong: (a) =>
    `application ${big(a, 0)} is ${states[Number(big(a, 1))] ?? 'in another state'}, which does not allow this: see \`wetee show\``,
  NotAppOwner: (a) =>
    `account ${text(a, 0)} does not own this application: sign with the owner's account`,
  ManifestSize: (a) =>
    `the manifest has ${big(a, 0)} bytes, at most ${big(a, 1)} are allowed: make it smaller`,
  TermsInvalid: (a) =>
    `the contract refuses the terms, field "${text(a, 0)}": change it in the compose file`,
  NothingToWithdraw: () => 'there is no credit to withdraw for this account',
  TransferFailed: (a) =>
    `the payment of ${formatDot(big(a, 1))} to ${text(a, 0)} was refused by the receiver: withdraw to another address`,
  AmountZero: () => 'the amount is zero: give a positive amount of DOT',
  UpdatePending: (a) =>
    `version ${big(a, 1)} of application ${big(a, 0)} is still being started: wait until it is active or drop it`,
  NoPendingVersion: (a) => `application ${big(a, 0)} has no pending version`,
  TooEarly: (a) => `this is not allowed before ${new Date(Number(big(a, 0)) * 1000).toISOString()}`,
}

/** Names of the explained contract errors, for the reference page and its test. */
export const explainedContractErrors: readonly string[] = Object.keys(explanations)

/** The sentence for a custom error of the contracts; undefined when it has none. */
function explainContractError(name: string, args: Args): string | undefined {
  return explanations[name]?.(args)
}

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
    explainContractError(name, args) ??
    `the contract answered ${name}(${args.map(String).join(', ')})`
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

function nameOf(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('0x')) return String(value)
  return hexToString(value as Hex, { size: 32 })
}
