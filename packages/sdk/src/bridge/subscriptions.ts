// Subscriptions: an API called again and again from a balance that was paid before. Network I/O.
import type { Definition } from '@wetee/bridge'
import { decodeFunctionData, keccak256, type Address, type Hex } from 'viem'
import { chainError } from '../contract-error.ts'
import { abis, callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatDot } from '../money.ts'
import type { Network } from '../network.ts'
import { signatureOf, type ApiRecord } from './book.ts'

/** A subscription as the chain has it now. */
export type SubscriptionRecord = {
  readonly subscriptionId: bigint
  readonly subscriber: Address
  readonly appId: bigint
  readonly apiId: number
  readonly apiVersion: number
  /** Least distance of two calls, blocks. */
  readonly everyBlocks: number
  /** The next call may be triggered from this block on. */
  readonly nextBlock: bigint
  readonly balanceWei: bigint
  /** No call that costs more with its triggering. */
  readonly maxFeeWei: bigint
  /** Who is credited the rest after the end. */
  readonly refundTo: Address
  /** keccak256 of the arguments. */
  readonly argsDigest: Hex
}

/** What a subscription is ordered with; amounts in wei. */
export type SubscriptionOrder = {
  readonly everyBlocks: number
  readonly depositWei: bigint
  /** Default: twice what a call costs now. */
  readonly maxFeeWei?: bigint
}

const nobody: Address = '0x0000000000000000000000000000000000000000'
const noCallback: Hex = '0x00000000'

/** Orders calls of an API from an account, without a callback. Throws `subscription.too-little` for a deposit below one call. */
export async function planSubscription(
  network: Network,
  appId: bigint,
  api: Pick<ApiRecord, 'apiId' | 'version'> & { readonly definition: Definition },
  args: Hex,
  { everyBlocks, depositWei, maxFeeWei }: SubscriptionOrder,
): Promise<Intent> {
  const { apiId, version, definition } = api
  const costWei = await costNow(network, appId, apiId)
  if (depositWei < costWei)
    throw new SdkError(
      'subscription.too-little',
      `a call costs ${formatDot(costWei)} now, and the deposit is ${formatDot(depositWei)}: expected at least one call's worth`,
    )
  const limitWei = maxFeeWei ?? 2n * costWei
  return {
    id: 'subscription.order',
    title: `Subscribe to "${definition.name}" of application ${appId}`,
    facts: [
      ['API', signatureOf(definition)],
      ['Every', `${everyBlocks} blocks at least, as soon as somebody triggers it`],
      [
        'A call costs',
        `${formatDot(costWei)} now with its triggering, ${formatDot(limitWei)} at most`,
      ],
      [
        'Deposit',
        `${formatDot(depositWei)}, for ${depositWei / costWei} calls; the rest comes back`,
      ],
    ],
    calls: [
      callOf(
        network.profile,
        'bridge',
        'subscribe',
        [appId, apiId, version, args, noCallback, everyBlocks, limitWei, nobody],
        {
          doing: `subscribe to "${definition.name}" of application ${appId}`,
          valueWei: depositWei,
        },
      ),
    ],
    outcome: (receipt) => {
      const { subscriptionId } = outcomeOf('bridge', 'Subscribed')(receipt)
      return { subscriptionId }
    },
  }
}

/** Adds to the balance of a subscription; anybody may. Throws `subscription.unknown`. */
export async function planSubscriptionTopUp(
  network: Network,
  subscriptionId: bigint,
  amountWei: bigint,
): Promise<Intent> {
  const { balanceWei } = await readSubscription(network, subscriptionId)
  return {
    id: 'subscription.top-up',
    title: `Add ${formatDot(amountWei)} to subscription ${subscriptionId}`,
    facts: [['Balance', `${formatDot(balanceWei)} now, ${formatDot(balanceWei + amountWei)} then`]],
    calls: [
      callOf(network.profile, 'bridge', 'topUp', [subscriptionId], {
        doing: `top up subscription ${subscriptionId}`,
        valueWei: amountWei,
      }),
    ],
  }
}

/** Ends a subscription of the account; the rest is credited. Throws `subscription.unknown`. */
export async function planSubscriptionEnd(
  network: Network,
  subscriptionId: bigint,
): Promise<Intent> {
  const { balanceWei, refundTo } = await readSubscription(network, subscriptionId)
  return {
    id: 'subscription.cancel',
    title: `End subscription ${subscriptionId}`,
    facts: [['Rest', `${formatDot(balanceWei)}, credited to ${refundTo}: \`wetee withdraw\``]],
    calls: [
      callOf(network.profile, 'bridge', 'cancel', [subscriptionId], {
        doing: `end subscription ${subscriptionId}`,
      }),
    ],
    outcome: outcomeOf('bridge', 'SubscriptionCancelled'),
  }
}

/**
 * Makes the call of a subscription that is due; whoever does is paid for it. Its arguments are those of the transaction that ordered
 * it, unless they are given. Throws `subscription.unknown`, `subscription.arguments-unknown`.
 */
export async function planTrigger(
  network: Network,
  subscriptionId: bigint,
  args?: Hex,
): Promise<Intent> {
  const record = await readSubscription(network, subscriptionId)
  const known = args ?? (await argumentsOf(network, record))
  if (known === undefined || keccak256(known) !== record.argsDigest)
    throw new SdkError(
      'subscription.arguments-unknown',
      `the arguments of subscription ${subscriptionId} are not these, or not in the transaction that ordered it: give them`,
    )
  return {
    id: 'subscription.trigger',
    title: `Make the call of subscription ${subscriptionId}`,
    facts: [
      ['Application', String(record.appId)],
      ['API', String(record.apiId)],
      ['Due', `from block ${record.nextBlock}`],
      ['Balance', formatDot(record.balanceWei)],
    ],
    calls: [
      callOf(network.profile, 'bridge', 'trigger', [subscriptionId, known], {
        doing: `trigger subscription ${subscriptionId}`,
      }),
    ],
    outcome: (receipt) => {
      const { callId, deadline } = outcomeOf('bridge', 'CallOpened')(receipt)
      return { callId, deadline }
    },
  }
}

/** Subscriptions of an account or to an application that have not ended, oldest first. */
export async function listSubscriptions(
  network: Network,
  of: { readonly subscriber: Address } | { readonly appId: bigint },
): Promise<SubscriptionRecord[]> {
  const { number: at } = await network.reader.finalized()
  const ordered = await network.reader.events('bridge', 'Subscribed', of, at)
  const records: SubscriptionRecord[] = []
  for (const { args } of ordered) {
    const record = await recordAt(network, args['subscriptionId'] as bigint, at)
    if (record !== undefined) records.push(record)
  }
  return records
}

/** A subscription. Throws `subscription.unknown` for one that there is not, or that has ended. */
async function readSubscription(
  network: Network,
  subscriptionId: bigint,
): Promise<SubscriptionRecord> {
  const { number: at } = await network.reader.finalized()
  const record = await recordAt(network, subscriptionId, at)
  if (record !== undefined) return record
  throw new SdkError(
    'subscription.unknown',
    `there is no subscription ${subscriptionId}, or it has ended: \`wetee subscription list\` shows yours`,
  )
}

async function recordAt(
  { reader }: Network,
  subscriptionId: bigint,
  at: bigint,
): Promise<SubscriptionRecord | undefined> {
  const { selector: _, ...found } = await reader.view(
    'bridge',
    'subscription',
    [subscriptionId],
    at,
  )
  return found.subscriber === nobody ? undefined : { subscriptionId, ...found }
}

/** A call of now, with what its triggering is paid. */
async function costNow({ reader }: Network, appId: bigint, apiId: number): Promise<bigint> {
  const { number: at } = await reader.finalized()
  const feeWei = await reader.view('bridge', 'quote', [appId, apiId, false], at)
  const { gasPriceWei, triggerGas } = await reader.view('bridge', 'parameters', [], at)
  // Payouts are multiples of 1e8 wei, rounded up as the contract does.
  const step = 100_000_000n
  return feeWei + ((gasPriceWei * BigInt(triggerGas) + step - 1n) / step) * step
}

/** From the calldata of the order: events do not have them. Undefined where a contract ordered. */
async function argumentsOf(
  { reader, chain }: Network,
  { subscriptionId, argsDigest }: SubscriptionRecord,
): Promise<Hex | undefined> {
  const { number: at } = await reader.finalized()
  const [ordered] = await reader.events('bridge', 'Subscribed', { subscriptionId }, at)
  if (ordered === undefined) return undefined
  const hash = ordered.transactionHash
  const { input } = await chain.client.getTransaction({ hash }).catch((cause: unknown) => {
    throw chainError(cause, `read the transaction ${hash}`)
  })
  try {
    const { functionName, args } = decodeFunctionData({ abi: abis.bridge, data: input })
    const given = functionName === 'subscribe' ? args[3] : undefined
    return given !== undefined && keccak256(given) === argsDigest ? given : undefined
  } catch {
    return undefined
  }
}
