// A deployment plan for people and for JSON. Pure.
import { secretUses } from '@wetee/manifest'
import { formatAmount, formatDuration, planTitle, teeClassNames, type DeployPlan } from '@wetee/sdk'
import { clean, facts } from './print.ts'

/** What a reader of JSON gets: amounts in wei as decimal strings. */
export function viewPlan(plan: DeployPlan) {
  return {
    action: plan.action,
    name: plan.name,
    owner: plan.owner,
    asset: plan.asset,
    security: plan.security,
    appId: plan.existing?.appId,
    workerId: plan.worker.workerId,
    manifestDigest: plan.manifest.digest,
    termsDigest: plan.manifest.termsDigest,
    terms: plan.manifest.terms,
    leavesKey: plan.leavesKey,
    changes: plan.changes,
    weiPerSecond: plan.weiPerSecond,
    weiPerDay: plan.weiPerDay,
    previousWeiPerDay: plan.previousWeiPerDay,
    depositWei: plan.depositWei,
    graceDepositWei: plan.graceDepositWei,
    minimumDepositWei: plan.minimumDepositWei,
    escrowWei: plan.escrowWei,
    lastsSeconds: plan.lastsSeconds,
    warnings: plan.warnings,
  }
}

/** Lines that show everything before it is signed: what becomes public, and what it costs. */
export function describePlan(plan: DeployPlan): string[] {
  const lines = [planTitle(plan), ...facts(costFacts(plan)).map((line) => `  ${line}`)]
  for (const service of plan.manifest.document.services)
    lines.push(`  ${service.name}: ${service.image}`, ...publicValues(service.environment))
  for (const { secret, places } of secretUses(plan.manifest.document))
    lines.push(`  secret: ${clean(secret)} (${clean(places.join(', '))})`)
  for (const change of plan.changes) lines.push(`  change: ${clean(changeText(change))}`)
  for (const warning of plan.warnings)
    lines.push(`  warning: line ${warning.line}: ${clean(warning.message)} (${warning.code})`)
  return lines
}

/** The same as facts of an intent. */
export function planFacts(plan: DeployPlan): [string, string][] {
  const { services } = plan.manifest.document
  return [
    ...costFacts(plan),
    ...(plan.security
      ? ([['Security', 'at its deadline the old version ends, ready or not']] as [string, string][])
      : []),
    ...plan.changes.map((change): [string, string] => ['Change', changeText(change)]),
    ...services.map((service): [string, string] => ['Image', `${service.name}: ${service.image}`]),
    ...services.flatMap(({ environment }) =>
      Object.entries(environment).map(([name, value]): [string, string] => [
        'Public',
        `${name}=${value}`,
      ]),
    ),
    ...secretUses(plan.manifest.document).map(({ secret, places }): [string, string] => [
      'Secret',
      `${secret} (${places.join(', ')})`,
    ]),
    ...plan.warnings.map(({ line, message, code }): [string, string] => [
      'Warning',
      `line ${line}: ${message} (${code})`,
    ]),
  ]
}

function costFacts(plan: DeployPlan): [string, string][] {
  const { terms } = plan.manifest
  const rent = `${formatAmount(plan.weiPerDay, plan.asset)} per day`
  const before =
    plan.action === 'update' && plan.previousWeiPerDay !== undefined
      ? ` (now ${formatAmount(plan.previousWeiPerDay, plan.asset)})`
      : ''
  return [
    [
      'Worker',
      `${plan.worker.workerId} at ${clean(plan.worker.endpoint)}, ${teeClassNames(plan.worker.teeClasses)}, level ${plan.worker.level}`,
    ],
    [
      'Resources',
      `${terms.replicas} x ${terms.cpuMilli} milli-CPU, ${terms.memoryMiB} MiB memory, ${terms.diskMiB} MiB disk${terms.gpu > 0 ? `, ${terms.gpu} GPU` : ''}`,
    ],
    ['Rent', rent + before],
    ['Deposit', depositText(plan)],
    [
      'Lasts',
      plan.lastsSeconds === undefined ? 'without limit' : formatDuration(plan.lastsSeconds),
    ],
    ['Manifest', plan.manifest.digest],
  ]
}

type Change = DeployPlan['changes'][number]

function changeText({ path, before, after }: Change): string {
  const text = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))
  return `${path}: ${text(before)} -> ${text(after)}`
}

function depositText(plan: DeployPlan): string {
  if (plan.action === 'none') return 'nothing'
  const grace =
    plan.graceDepositWei > 0n
      ? `, ${formatAmount(plan.graceDepositWei, plan.asset)} of it for the grace period`
      : ''
  return `${formatAmount(plan.depositWei, plan.asset)}${grace}; the unused part comes back`
}

/** Manifests are public for ever: each value is shown before signing. */
function publicValues(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(
    ([name, value]) => `    public: ${clean(`${name}=${value}`)}`,
  )
}
