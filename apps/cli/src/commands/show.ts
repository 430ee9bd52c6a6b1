// `wetee show APP`: chain state, leases, money, and what the worker says.
import { Command } from 'commander'
import { formatAmount, formatDuration, type AppDetails } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, facts, paint, printJson, printLine } from '../output/print.ts'

export function showCommand(context: Context): Command {
  const command = new Command('show')
    .description('Show an application: state, leases, money, and what its worker says')
    .argument('<app>', 'id or name')
    .action((app: string, options: SharedOptions) => run(context, app, options))
  return withExample(withShared(command), 'wetee show hello')
}

async function run(context: Context, app: string, options: SharedOptions): Promise<void> {
  const network = await openFor(context, options, false)
  const appId = await context.sdk.resolveApp(network, app)
  const details = await context.sdk.showApp(network, appId, { signal: context.signal })
  if (options.json === true)
    return printJson(context, { ...details, simulated: network.profile.simulated })
  if (network.profile.simulated) printLine(context, paint(context, 'red', 'SIMULATED network'))
  for (const line of facts([...summary(details), ...running(details)])) printLine(context, line)
  for (const { code, severity, text, remedy } of details.conditions)
    printLine(
      context,
      paint(
        context,
        severity === 'error' ? 'red' : 'yellow',
        clean(`${severity}: ${text} (${code}). ${remedy}`),
      ),
    )
}

function summary(app: AppDetails): [string, string][] {
  const pending = app.pendingVersion === 0 ? '' : `, version ${app.pendingVersion} pending`
  return [
    ['App', clean(`${app.appId} "${app.name}" of ${app.owner}`)],
    ['State', `${app.state}, version ${app.currentVersion}${pending}`],
    ['Worker', clean(`${app.workerId} at ${app.worker?.endpoint ?? 'an unknown address'}`)],
    ['Attested', `${app.liveReplicas} of ${app.replicas} replicas`],
    ['Rent', `${formatAmount(app.weiPerDay, app.asset)} per day`],
    [
      'Escrow',
      `${formatAmount(app.escrowWei, app.asset)}, ${formatAmount(app.unsettledWei, app.asset)} of it owed`,
    ],
    ['Grace', `${formatAmount(app.graceDepositWei, app.asset)} deposit`],
    ['Paid', `${formatAmount(app.paidWei, app.asset)} so far`],
    ['Lasts', app.lastsSeconds === undefined ? '-' : formatDuration(app.lastsSeconds)],
    ['Manifest', app.version.manifestDigest],
  ]
}

/** Leases and instances, one row each. */
function running(app: AppDetails): [string, string][] {
  const leases = app.leases.map((lease): [string, string] => [
    'Lease',
    `replica ${lease.replica}, version ${lease.version}: ${lease.live ? 'live until' : 'lapsed at'} ${time(lease.notAfter)}, key ${lease.instanceKey}`,
  ])
  const instances = (app.instances ?? []).flatMap((instance): [string, string][] => {
    const code = instance.code === undefined ? '' : ` (${instance.code})`
    const state = `${instance.id}: ${instance.state}${code}, version ${instance.version}, ${instance.restarts} restarts`
    const urls = instance.urls.map(({ service, target, url }): [string, string] => [
      'Address',
      clean(`${service}:${target} ${url}`),
    ])
    return [['Instance', clean(state)], ...urls]
  })
  return [...leases, ...instances]
}

function time(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString()
}
