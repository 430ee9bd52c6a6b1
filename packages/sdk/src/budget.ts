// What an application may spend on transactions of its own. Network I/O.
import { readKnown, unchanged } from './app-known.ts'
import { callOf, type Call } from './contracts.ts'
import { SdkError } from './error.ts'
import type { Intent } from './intent.ts'
import { formatDot, weiGranularity } from './money.ts'
import type { Network } from './network.ts'

/** An application's budget in the Forwarder at the newest finalized block. */
export type Budget = {
  readonly balanceWei: bigint
  /** What a day (UTC) may cost; 0 forwards nothing. */
  readonly dayCapWei: bigint
  readonly spentTodayWei: bigint
}

/** What to change of a budget; amounts in wei of DOT. */
export type BudgetChanges = {
  readonly fundWei?: bigint
  readonly releaseWei?: bigint
  readonly dayCapWei?: bigint
}

const daySeconds = 86_400n

/** The budget of an application. Throws `network.contract-missing`. */
export async function readBudget({ reader }: Network, appId: bigint): Promise<Budget> {
  const { number, timestamp } = await reader.finalized()
  const budget = await reader.view('forwarder', 'budget', [appId], number)
  const { balanceWei, dayCapWei, spentWei, day } = budget
  return { balanceWei, dayCapWei, spentTodayWei: day === timestamp / daySeconds ? spentWei : 0n }
}

/**
 * Funds a budget (anybody may), sets its cap or takes of it (the owner may, also after the end; what is taken is a credit). Throws
 * `app.not-found`, `app.unchanged`, `budget.too-low`, `network.contract-missing`.
 */
export async function planBudget(
  network: Network,
  appId: bigint,
  { fundWei = 0n, releaseWei = 0n, dayCapWei }: BudgetChanges,
): Promise<Intent> {
  const { app } = await readKnown(network, appId, ['active', 'paused', 'ended'])
  const before = await readBudget(network, appId)
  const afterWei = before.balanceWei + fundWei - releaseWei
  if (releaseWei > before.balanceWei + fundWei)
    throw new SdkError(
      'budget.too-low',
      `the budget of "${app.name}" has ${formatDot(before.balanceWei)}, ${formatDot(releaseWei)} cannot be taken of it`,
    )
  const isCapNew = dayCapWei !== undefined && dayCapWei !== before.dayCapWei
  if (fundWei === 0n && releaseWei === 0n && !isCapNew)
    throw unchanged(`the budget of "${app.name}" is so already`)
  const { profile } = network
  const calls: Call[] = []
  if (fundWei > 0n)
    calls.push(
      callOf(profile, 'forwarder', 'fund', [appId], {
        doing: `fund the budget of application ${appId}`,
        valueWei: fundWei,
      }),
    )
  if (isCapNew)
    calls.push(
      callOf(profile, 'forwarder', 'setDayCap', [appId, dayCapWei], {
        doing: `cap what a day of application ${appId} may cost`,
      }),
    )
  if (releaseWei > 0n)
    calls.push(
      callOf(profile, 'forwarder', 'release', [appId, releaseWei], {
        doing: `take of the budget of application ${appId}`,
      }),
    )
  return {
    id: 'app.budget',
    title: `The budget of "${app.name}" for transactions`,
    facts: [
      ['Budget', `${formatDot(before.balanceWei)} -> ${formatDot(afterWei)}`],
      ['A day', `${capText(before.dayCapWei)} -> ${capText(dayCapWei ?? before.dayCapWei)}`],
      ...(releaseWei > 0n
        ? ([['Taken', `${formatDot(releaseWei)}; \`wetee withdraw\` brings it`]] as const)
        : []),
    ],
    calls,
  }
}

function capText(wei: bigint): string {
  return wei < weiGranularity ? 'nothing' : `at most ${formatDot(wei)}`
}
