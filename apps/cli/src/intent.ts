// What every signing command does with its intent: show it with its cost, then stop, write it out unsigned, or sign and send it.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  carryOut,
  formatDot,
  simulate,
  unsignedTransactions,
  type Cost,
  type Intent,
  type IntentResult,
  type Network,
} from '@wetee/sdk'
import type { Context } from './context.ts'
import { CliError } from './error.ts'
import { confirm, openFor, type SigningOptions } from './options.ts'
import { clean, facts, paint, printJson, printLine, toJson } from './output/print.ts'
import { runSteps } from './output/progress.ts'

/** Plans on the network that the options name, and carries out what was planned. */
export async function runIntent(
  context: Context,
  options: SigningOptions,
  plan: (network: Network) => Promise<Intent>,
): Promise<void> {
  const sends = options.dryRun !== true && options.unsigned === undefined
  if (options.from !== undefined && sends)
    throw new CliError('usage', '--from names another signer: give --unsigned or --dry-run with it')
  const network = await openFor(context, options, sends)
  const intent = await plan(network)
  // Another signer's transaction is judged as that signer's: without --from nobody knows whose.
  const from = options.unsigned === undefined ? network.account?.address : options.from
  const cost =
    from === undefined ? undefined : await simulate(network, intent, from as `0x${string}`)
  if (options.json !== true || context.interactive) show(context, network, intent, cost)
  if (options.dryRun === true) return finishDryRun(context, options, { network, intent, cost })
  if (options.unsigned !== undefined) return writeUnsigned(context, options, network, intent)
  await confirm(context, 'Sign and send?', options.yes === true)
  const result = await send(context, network, intent)
  printResult(context, options, { intent, cost, result })
}

function show(context: Context, network: Network, intent: Intent, cost: Cost | undefined): void {
  const lines = facts([...intent.facts, ...costFacts(cost)]).map((line) => `  ${clean(line)}`)
  context.stderr.write(`${[clean(intent.title), ...lines].join('\n')}\n`)
  if (network.profile.simulated)
    context.stderr.write(
      `${paint(context, 'red', 'SIMULATED network: its TEEs protect nothing.')}\n`,
    )
}

function costFacts(cost: Cost | undefined): [string, string][] {
  if (cost === undefined) return []
  const part = cost.complete ? '' : ' for the first of its transactions'
  return [
    ['Sent', formatDot(cost.valueWei)],
    ['Fee', `about ${formatDot(cost.feeWei)} (${cost.gas} gas)${part}`],
  ]
}

type Planned = {
  readonly network: Network
  readonly intent: Intent
  readonly cost: Cost | undefined
}

function finishDryRun(context: Context, options: SigningOptions, planned: Planned): void {
  const { network, intent, cost } = planned
  if (options.json !== true) return printLine(context, 'Nothing was sent: this was a dry run.')
  printJson(context, {
    dryRun: true,
    ...viewIntent(intent),
    cost,
    transactions: unsignedTransactions(network, intent),
  })
}

function writeUnsigned(
  context: Context,
  options: SigningOptions,
  network: Network,
  intent: Intent,
): void {
  const transactions = unsignedTransactions(network, intent)
  const document = { network: network.profile.name, ...viewIntent(intent), transactions }
  const target = options.unsigned ?? '-'
  if (target === '-') return printJson(context, document)
  try {
    writeFileSync(resolve(context.cwd, target), `${toJson(document, 2)}\n`, { flag: 'wx' })
  } catch (cause) {
    throw new CliError(
      'file.unwritable',
      `${target} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}): name a new file`,
      { cause },
    )
  }
  if (options.json === true) return printJson(context, { ...document, file: target })
  printLine(context, `${transactions.length} unsigned transaction(s) are in ${target}.`)
}

async function send(context: Context, network: Network, intent: Intent): Promise<IntentResult> {
  let result: IntentResult | undefined
  await runSteps(context, [
    {
      title: `${intent.title}: until it is final`,
      run: async (line) => {
        result = await carryOut(network, intent, {
          signal: context.signal,
          onSent: (txHash) => line(`sent: ${txHash}`),
        })
      },
    },
  ])
  if (result === undefined) throw new Error('a step that succeeded has a result')
  return result
}

function printResult(
  context: Context,
  options: SigningOptions,
  done: { intent: Intent; cost: Cost | undefined; result: IntentResult },
): void {
  const { intent, cost, result } = done
  if (options.json === true) return printJson(context, { ...viewIntent(intent), cost, ...result })
  printLine(context, `${clean(intent.title)}: done.`)
  const lines = facts([
    ...Object.entries(result.outcome).map(textOf),
    ['transaction', result.txHash],
  ])
  for (const line of lines) printLine(context, `  ${line}`)
}

function textOf([name, value]: [string, unknown]): [string, string] {
  return [name, clean(typeof value === 'string' ? value : toJson(value))]
}

function viewIntent({ id, title, facts: known }: Intent) {
  return { action: id, title, facts: Object.fromEntries(known) }
}
