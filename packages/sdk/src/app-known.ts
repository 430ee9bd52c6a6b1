// An application as a change of it finds it, and the pieces that all changes are made of. Network I/O.
import { appNotFound } from './apps.ts'
import { callOf, type WriteArgs, type WriteName } from './contracts.ts'
import { SdkError } from './error.ts'
import { approvalCalls, outcomeOf, type Intent } from './intent.ts'
import { formatAmount, formatDuration, perDay, roundedFor } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import type { AppRecord, Asset, Block, VersionRecord } from './reader.ts'

/** An application as a change of it needs to know it. */
export type Known = {
  readonly app: AppRecord
  readonly version: VersionRecord
  readonly asset: Asset
  /** Rent owed for attested seconds: most changes pay it first. */
  readonly owedWei: bigint
  readonly block: Block
}

/** The application with what changes of it rest on. Throws `app.not-found`, `app.state-wrong`. */
export async function readKnown(
  network: Network,
  appId: bigint,
  states: readonly AppRecord['state'][],
): Promise<Known> {
  const { reader } = network
  const block = await reader.finalized()
  const app = await reader.app(appId, block.number)
  if (app === undefined) throw appNotFound(`application ${appId}`)
  if (!states.includes(app.state))
    throw new SdkError(
      app.state === 'ended' ? 'app.ended' : 'app.state-wrong',
      `"${app.name}" is ${app.state}, this needs ${states.join(' or ')}: \`wetee show ${appId}\` tells more`,
    )
  const version = await reader.version(appId, app.currentVersion, block.number)
  if (version === undefined)
    throw appNotFound(`version ${app.currentVersion} of application ${appId}`)
  const [asset, unsettled] = await Promise.all([
    reader.asset(app.asset),
    reader.unsettled(appId, block.number),
  ])
  return { app, version, asset, owedWei: unsettled.rentWei, block }
}

/** What is paid: what was asked, or what is needed. Throws `deploy.deposit-too-low`. */
export function amountFor(
  { asset }: Pick<Known, 'asset'>,
  neededWei: bigint,
  given: bigint | undefined,
): bigint {
  const needed = neededWei > 0n ? neededWei : 0n
  const amount = given ?? roundedFor(asset, needed)
  if (amount >= needed) return amount
  throw new SdkError(
    'deploy.deposit-too-low',
    `${formatAmount(amount, asset)} are too little: this needs at least ${formatAmount(needed, asset)} more in escrow`,
    { details: { givenWei: String(amount), minimumWei: String(needed) } },
  )
}

/** Approvals of an ERC20 that the account pays with. */
export function approvals(network: Network, asset: Asset, amountWei: bigint) {
  if (amountWei === 0n) return Promise.resolve([])
  return approvalCalls(network, asset, amountWei, requireAccount(network).account.address)
}

/** Throws `app.update-pending` while a version is being started. */
export function refusePending(app: AppRecord): void {
  if (app.pendingVersion === 0) return
  throw new SdkError(
    'app.update-pending',
    `version ${app.pendingVersion} of "${app.name}" is still being started: wait until it is active, or drop it with \`wetee app drop ${app.appId}\``,
    { retryable: true },
  )
}

/** Rent per day before and after, all replicas. */
export function rentChange(asset: Asset, before: bigint, after: bigint): string {
  const text = (wei: bigint) => `${formatAmount(perDay(wei), asset)} per day`
  return before === after ? text(after) : `${text(before)} -> ${text(after)}`
}

/** How long an escrow lasts, as a fact. */
export function lasting(escrowWei: bigint, weiPerSecond: bigint): [string, string][] {
  if (weiPerSecond === 0n) return []
  return [['Lasts', formatDuration(Number(escrowWei / weiPerSecond))]]
}

type Simple<F extends WriteName<'cloud'>> = Pick<Intent, 'id' | 'title' | 'facts'> & {
  readonly call: readonly [F, WriteArgs<'cloud', F>, string]
  readonly event: string
}

/** An intent of one call of the Cloud that carries no money. */
export function simple<F extends WriteName<'cloud'>>(network: Network, plan: Simple<F>): Intent {
  const [functionName, args, doing] = plan.call
  return {
    id: plan.id,
    title: plan.title,
    facts: plan.facts,
    calls: [callOf(network.profile, 'cloud', functionName, args, { doing })],
    outcome: outcomeOf('cloud', plan.event),
  }
}

/** `app.unchanged`: nothing to do. */
export function unchanged(why: string): SdkError {
  return new SdkError('app.unchanged', `${why}: nothing to do`)
}
