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
import { runSteps, type Step } from './output/progress.ts'

/** What follows once everything is final; its result is part of the JSON. */
export type Follow = {
  readonly title: string
  run(
    network: Network,
    line: (text: string) => void,
    outcome: IntentResult['outcome'],
  ): Promise<Readonly<Record<string, unknown>>>
  /** What is left to do where another signer sends the transactions. */
  unsigned(): string
}

/** Plans on the network that the options name, and carries out what was planned. */
export async function runIntent(
  context: Context,
  options: SigningOptions,
  plan: (network: Network) => Promise<Intent>,
  follow?: Follow,
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
  if (options.unsigned !== undefined) {
    writeUnsigned(context, options, network, intent)
    if (follow !== undefined) context.stderr.write(`Then, ${follow.unsigned()}\n`)
    return
  }
  await confirm(context, 'Sign and send?', options.yes === true)
  const { result, followed } = await send(context, network, intent, follow)
  printResult(context, options, { intent, cost, result, followed })
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

async function send(context: Context, network: Network, intent: Intent, follow?: Follow) {
  let result: IntentResult | undefined
  let followed: Readonly<Record<string, unknown>> = {}
  const sending: Step = {
    title: `${intent.title}: until it is final`,
    run: async (line) => {
      result = await carryOut(network, intent, {
        signal: context.signal,
        onSent: (txHash) => line(`sent: ${txHash}`),
      })
    },
  }
  const following = (next: Follow): Step => ({
    title: next.title,
    run: async (line) => {
      followed = await next.run(network, line, result?.outcome ?? {})
    },
  })
  await runSteps(context, [sending, ...(follow === undefined ? [] : [following(follow)])])
  if (result === undefined) throw new Error('a step that succeeded has a result')
  return { result, followed }
}

type Done = {
  readonly intent: Intent
  readonly cost: Cost | undefined
  readonly result: IntentResult
  readonly followed: Readonly<Record<string, unknown>>
}

function printResult(context: Context, options: SigningOptions, done: Done): void {
  const { intent, cost, result, followed } = done
  if (options.json === true)
    return printJson(context, { ...viewIntent(intent), cost, ...result, ...followed })
  printLine(context, `${clean(intent.title)}: done.`)
  const lines = facts([
    ...Object.entries({ ...result.outcome, ...followed }).map(textOf),
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
