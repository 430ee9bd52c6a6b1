// What a plan does and costs, as facts to read before it is signed. Pure.
import { formatAmount, formatDuration, type DeployPlan } from '@wetee/sdk'
import { shortAmount } from '../../ui/format.ts'

/** Label and text, in the order in which they matter. */
export function factsOf(plan: DeployPlan): [string, string][] {
  const { asset } = plan
  const rent = `${shortAmount(plan.weiPerDay, asset)} per day`
  return [
    ['Worker', `${plan.worker.workerId}, ${plan.worker.region || 'no region'}`],
    [
      'Rent',
      plan.previousWeiPerDay === undefined
        ? rent
        : `${shortAmount(plan.previousWeiPerDay, asset)} -> ${rent}`,
    ],
    ['Deposit', formatAmount(plan.depositWei, asset)],
    ...(plan.action === 'create'
      ? ([['of it for the grace', formatAmount(plan.graceDepositWei, asset)]] as [string, string][])
      : []),
    ...(plan.lastsSeconds === undefined
      ? []
      : ([['Lasts', formatDuration(plan.lastsSeconds)]] as [string, string][])),
    ...plan.changes.map(({ path, before, after }): [string, string] => [
      path,
      `${JSON.stringify(before) ?? 'nothing'} -> ${JSON.stringify(after) ?? 'nothing'}`,
    ]),
    ...plan.manifest.document.services.map(({ name, image }): [string, string] => [name, image]),
    ['Manifest', `${plan.manifest.digest}, public for ever`],
  ]
}
