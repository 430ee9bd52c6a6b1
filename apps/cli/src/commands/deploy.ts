// `wetee deploy FILE`: plan, show the cost, confirm, send, optionally wait.
import { Command } from 'commander'
import {
  nativeAsset,
  parseAmount,
  requireAddress,
  startSteps,
  stepsText,
  type DeployPlan,
  type DeployResult,
  type Network,
  type ReadyApp,
  type WaitProgress,
} from '@wetee/sdk'
import type { Context } from '../context.ts'
import { readText } from '../file.ts'
import {
  confirm,
  openFor,
  wholeNumber,
  withExample,
  withShared,
  type SharedOptions,
} from '../options.ts'
import { paint, printJson, printLine } from '../output/print.ts'
import { describePlan, viewPlan } from '../output/plan.ts'
import { runSteps, type Step } from '../output/progress.ts'

type Options = SharedOptions & {
  readonly name?: string
  readonly wait?: boolean
  readonly timeout: string
  readonly dryRun?: boolean
  readonly deposit?: string
  readonly worker?: string
  readonly asset?: string
  readonly security?: boolean
  readonly yes?: boolean
  readonly allowCredentials?: boolean
}

/** Largest Compose file that is read. */
export const maxComposeBytes = 1_048_576

export function deployCommand(context: Context): Command {
  const command = new Command('deploy')
    .description('Create an application from a Compose file, or update the one of that name')
    .argument('<file>', 'Compose file')
    .option('--name <name>', 'application name, 1 to 32 bytes; default the name in the file')
    .option('--wait', 'wait until it is attested and answers')
    .option('--timeout <seconds>', 'longest wait', '300')
    .option('--dry-run', 'show what would happen and what it would cost, and stop')
    .option('--deposit <amount>', 'sent along; default a week of rent and the grace deposit')
    .option('--asset <address>', 'pay a new application in this ERC20; default in DOT')
    .option('--worker <id>', 'worker of a new application; default the cheapest that fits')
    .option(
      '--security',
      'an update that must not be held back: at its deadline the old version ends',
    )
    .option('--yes', 'do not ask')
    .option('--allow-credentials', 'publish values that look like credentials')
    .action((file: string, options: Options) => run(context, file, options))
  return withExample(
    withShared(command),
    'wetee deploy compose.yaml --dry-run',
    'wetee deploy compose.yaml --name hello --wait --yes',
  )
}

async function run(context: Context, file: string, options: Options): Promise<void> {
  const timeoutMs = wholeNumber('--timeout', options.timeout, 1, 86_400) * 1000
  const assetAddress =
    options.asset === undefined ? undefined : requireAddress('asset', options.asset)
  if (options.deposit !== undefined && assetAddress === undefined)
    parseAmount(options.deposit, nativeAsset)
  const worker = options.worker
  if (worker !== undefined) wholeNumber('--worker', worker, 1, 2 ** 48)
  const composeText = readText(context, file, 'a Compose file', maxComposeBytes)
  const network = await openFor(context, options, options.dryRun !== true)
  let plan: DeployPlan | undefined
  await runSteps(context, [
    {
      title: 'Plan: Compose file, images, workers, price',
      run: async () => {
        const asset =
          assetAddress === undefined ? nativeAsset : await network.reader.asset(assetAddress)
        const depositWei =
          options.deposit === undefined ? undefined : parseAmount(options.deposit, asset)
        plan = await context.sdk.planDeploy(network, {
          composeText,
          file,
          resolveImage: context.sdk.resolveImageFromRegistry,
          signal: context.signal,
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(worker === undefined ? {} : { workerId: BigInt(worker) }),
          ...(assetAddress === undefined ? {} : { asset: assetAddress }),
          ...(options.security === true ? { security: true } : {}),
          ...(depositWei === undefined ? {} : { depositWei }),
        })
      },
    },
  ])
  if (plan === undefined) throw new Error('a plan that succeeded has a result')
  if (options.json !== true || context.interactive) showPlan(context, network, plan)
  if (options.dryRun === true) {
    if (options.json === true) printJson(context, { dryRun: true, plan: viewPlan(plan) })
    return
  }
  if (plan.action !== 'none') await confirm(context, 'Sign and send?', options.yes === true)
  await apply(context, network, plan, { ...options, timeoutMs })
}

/** The plan is for people's eyes, so it goes to stderr: stdout has the result alone. */
function showPlan(context: Context, network: Network, plan: DeployPlan): void {
  for (const line of describePlan(plan)) context.stderr.write(`${line}\n`)
  if (network.profile.simulated)
    context.stderr.write(
      `${paint(context, 'red', 'SIMULATED network: its TEEs protect nothing.')}\n`,
    )
}

async function apply(
  context: Context,
  network: Network,
  plan: DeployPlan,
  options: Options & { timeoutMs: number },
): Promise<void> {
  let result: DeployResult | undefined
  let ready: ReadyApp | undefined
  const steps: Step[] = [
    {
      title: plan.action === 'none' ? 'Nothing to send' : 'Transaction, until it is final',
      run: async (show, retitle) => {
        result = await context.sdk.applyPlan(network, plan, {
          allowCredentials: options.allowCredentials === true,
          signal: context.signal,
          onStep: (step) => {
            if (step.txHash !== undefined) show(`${step.title}: ${step.txHash}`)
          },
        })
        if (result.txHash !== undefined) retitle(`Transaction ${result.txHash} is final`)
      },
    },
  ]
  if (options.wait === true)
    steps.push({
      title:
        plan.action === 'update'
          ? 'Active, and the version before has handed its clients over'
          : 'Attested, and answering',
      run: async (show) => {
        if (result === undefined) throw new Error('the transaction step came first')
        ready = await context.sdk.waitForApp(network, result.appId, {
          version: result.version,
          timeoutMs: options.timeoutMs,
          signal: context.signal,
          drained: result.action === 'update',
          onProgress: (progress) => show(progressText(progress, result?.action === 'update')),
        })
      },
    })
  await runSteps(context, steps)
  if (result !== undefined) printResult(context, result, ready, options)
}

/** One line: the steps of a start, and what is wrong. */
export function progressText({ done, text, conditions }: WaitProgress, isUpdate: boolean): string {
  const steps = isUpdate ? startSteps : startSteps.filter((step) => step !== 'drained')
  const wrong = conditions.map((condition) => `${condition.code}: ${condition.text}`)
  return [stepsText(done, text, steps), ...wrong].join('; ')
}

function printResult(
  context: Context,
  result: DeployResult,
  ready: ReadyApp | undefined,
  options: Options,
): void {
  if (options.json === true) {
    printJson(context, {
      action: result.action,
      appId: result.appId,
      name: result.plan.name,
      version: result.version,
      workerId: result.workerId,
      manifestDigest: result.manifestDigest,
      txHash: result.txHash,
      ready: ready !== undefined,
      urls: ready?.urls,
      plan: viewPlan(result.plan),
    })
    return
  }
  const done = { create: 'created', update: 'updated', none: 'is up to date' }[result.action]
  printLine(
    context,
    `Application ${result.appId} "${result.plan.name}" ${done}: version ${result.version} on worker ${result.workerId}.`,
  )
  for (const { service, target, url } of ready?.urls ?? [])
    printLine(context, `  ${service}:${target}  ${url}`)
  if (ready === undefined)
    printLine(
      context,
      `\`wetee show ${result.appId}\` tells when it is attested and where it answers.`,
    )
  else printLine(context, `Check it yourself: \`wetee verify ${result.appId}\``)
}
