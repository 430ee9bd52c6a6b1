#!/usr/bin/env node
// The deployment's command: shows, sends or writes out what a network still lacks, and checks what it has. Sends transactions.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createPublicClient,
  createWalletClient,
  fallback,
  formatEther,
  http,
  type Hex,
  type PublicClient,
} from 'viem'
import { keystoreAddress, openKeystore } from '@wetee/chain'
import { deployContracts, type DeployOptions } from '../deploy.ts'
import { parseDeployArguments, usage, type DeployArguments } from './arguments.ts'
import { DeployError } from './deploy-error.ts'
import { estimateSteps, type Estimate } from './estimate.ts'
import {
  bookOf,
  Journal,
  newDeployment,
  readDeployment,
  toJson,
  writeDeployment,
} from './journal.ts'
import { chainOf, networks } from './networks.ts'
import { outline } from './outline.ts'
import { parseParameters, resolveParameters, type ResolvedParameters } from './parameters.ts'
import { pause, reasonOf } from './send.ts'
import { adoptPlanned, toPlanned, toUnsigned } from './unsigned.ts'

/** How long the last block may take to become final, milliseconds. */
const finalWithinMs = 600_000

/** Where it writes. */
export type Output = {
  readonly out: (text: string) => void
  readonly progress: (text: string) => void
}

/** Runs one command line; returns the exit code. */
export async function runDeploy(
  argv: readonly string[],
  { out, progress }: Output,
  signal: AbortSignal,
): Promise<number> {
  let args: DeployArguments | 'help' | undefined
  try {
    args = parseDeployArguments(argv)
    if (args === 'help') out(usage)
    else await deploy(args, { out, progress: args.json ? progress : out }, signal)
    return 0
  } catch (error) {
    const code = error instanceof DeployError ? error.code : 'deploy.unreachable'
    const message =
      error instanceof DeployError
        ? error.message
        : `no answer from the RPC (${reasonOf(error)}): try again, or another one with --rpc`
    if (typeof args === 'object' && args.json) out(`${toJson({ error: { code, message } })}\n`)
    else progress(`${code}: ${message}\n`)
    return code === 'deploy.arguments' ? 2 : 1
  }
}

async function deploy(args: DeployArguments, output: Output, signal: AbortSignal): Promise<void> {
  const network = networks[args.network]
  const chain = chainOf(args.network, network)
  const transport = fallback(args.rpcUrls.map((url) => http(url, { fetchOptions: { signal } })))
  const pollingInterval = network.reorganises ? 2_000 : 100
  const publicClient: PublicClient = createPublicClient({ chain, transport, pollingInterval })
  const chainId = await publicClient.getChainId()
  if (chainId !== network.chainId)
    throw new DeployError(
      'deploy.wrong-chain',
      `the RPC serves chain ${chainId}, ${args.network} is ${network.chainId}`,
    )
  const path = args.file ?? join(import.meta.dirname, '../addresses', `${args.network}.json`)
  const { journal, parameters } = await openJournal(args, publicClient, path)
  const { deployer } = journal.deployment
  const keepAdmin = requireKeepAdmin(args, parameters)
  const { progress } = output
  for (const { id } of await adoptPlanned(publicClient, journal))
    progress(`found on chain: ${id}\n`)
  const { steps } = await outline({
    publicClient,
    deployer,
    parameters,
    keepAdmin,
    book: bookOf(journal.deployment),
    forgetMissing: args.network === 'local',
  })
  const estimate = await estimateSteps(publicClient, deployer, steps)
  const title = `${args.network} (chain ${chainId}), ${parameters.kind} network, deployer ${deployer}`
  progress(`${title}\n${showEstimate(estimate, network.symbol)}`)
  const finish = async (walletClient: DeployOptions['walletClient']) => {
    await deployContracts({
      publicClient,
      walletClient,
      parameters,
      keepAdmin,
      journal,
      signal,
      onStep: (line) => progress(`${line}\n`),
    })
  }
  const watching = createWalletClient({ chain, transport, account: deployer, pollingInterval })
  if (args.unsigned !== undefined) {
    journal.update({ planned: steps.length === 0 ? undefined : toPlanned(steps) })
    const file = toUnsigned(args.network, chainId, deployer, estimate)
    writeFileSync(args.unsigned, `${toJson(file)}\n`)
    if (steps.length > 0)
      progress(`sign and send ${args.unsigned} in its order, then run this command again\n`)
  } else if (args.yes && args.keystore !== undefined) {
    const signer = openAccount(args.keystore)
    await finish(createWalletClient({ chain, transport, account: signer, pollingInterval }))
    if (network.reorganises) {
      await untilFinal(publicClient, journal, signal)
      await finish(watching)
    }
  } else if (steps.length > 0)
    progress('nothing was sent: add --yes to send, or --unsigned to sign elsewhere\n')
  if (!args.yes && steps.length === 0) await finish(watching)
  report(args, output, { deployment: journal.deployment, kind: parameters.kind, estimate, path })
}

/** What stands now, and what it has cost. */
function report(
  args: DeployArguments,
  { out, progress }: Output,
  state: {
    readonly deployment: Journal['deployment']
    readonly kind: ResolvedParameters['kind']
    readonly estimate: Awaited<ReturnType<typeof estimateSteps>>
    readonly path: string
  },
): void {
  const { complete, contracts, total, chainId, deployer } = state.deployment
  const cost = `${formatEther(BigInt(total.costWei))} ${networks[args.network].symbol}`
  if (complete) progress(`complete and checked; it cost ${total.gasUsed} gas, ${cost}\n`)
  if (!args.json) return
  const { steps, gas, costWei } = state.estimate
  const document = {
    ...{ network: args.network, chainId, kind: state.kind, deployer, complete },
    contracts: Object.fromEntries(
      Object.entries(contracts).map(([name, { address }]) => [name, address]),
    ),
    missing: complete
      ? []
      : steps.map((one) => ({ id: one.step.id, gas: one.gas, basis: one.basis })),
    estimate: complete ? undefined : { gas, costWei },
    total: { ...total, cost },
    file: state.path,
  }
  out(`${toJson(document)}\n`)
}

/** The state of an earlier run, or a new one; parameters stay those of the first run. */
async function openJournal(
  args: DeployArguments,
  publicClient: PublicClient,
  path: string,
): Promise<{ journal: Journal; parameters: ResolvedParameters }> {
  const network = networks[args.network]
  const stored = readDeployment(path)
  const signer = args.keystore === undefined ? args.from : accountAddress(args.keystore)
  if (stored !== undefined) {
    if (stored.chainId !== network.chainId)
      throw new DeployError(
        'deploy.wrong-chain',
        `${path} is of chain ${stored.chainId}, ${args.network} is ${network.chainId}`,
      )
    if (signer !== undefined && signer.toLowerCase() !== stored.deployer.toLowerCase())
      throw new DeployError(
        'deploy.account',
        `${path} was begun by ${stored.deployer}, not by ${signer}`,
      )
    const kind = network.kinds[0]
    const { timestamp } = await publicClient.getBlock()
    const known = parseParameters(JSON.stringify(stored.parameters), kind)
    const parameters = resolveParameters(known, stored.deployer, timestamp)
    if (args.parameters !== undefined) {
      const { guardianUntil } = parameters
      const given = { ...parseParameters(readText(args.parameters), kind), guardianUntil }
      const resolved = resolveParameters(given, stored.deployer, timestamp)
      if (canonical(resolved) !== canonical(parameters))
        throw new DeployError(
          'deploy.parameters',
          `${args.parameters} differs from what ${path} was begun with: leave --parameters out`,
        )
    }
    return {
      journal: new Journal(stored, (deployment) => writeDeployment(path, deployment)),
      parameters,
    }
  }
  if (args.parameters === undefined)
    throw new DeployError('deploy.arguments', 'the first run needs --parameters. See --help')
  if (signer === undefined)
    throw new DeployError(
      'deploy.arguments',
      'the first run needs --keystore or --from. See --help',
    )
  const given = parseParameters(readText(args.parameters), network.kinds[0])
  if (!network.kinds.includes(given.kind))
    throw new DeployError(
      'deploy.parameters',
      `${args.network} takes ${network.kinds.join(' or ')} networks, not ${given.kind}`,
    )
  const block = await publicClient.getBlock()
  const parameters = resolveParameters(given, signer, block.timestamp)
  const first = newDeployment({
    network: args.network,
    chainId: network.chainId,
    deployer: signer,
    deployBlock: String(block.number),
    parameters: JSON.parse(toJson(parameters)) as Record<string, unknown>,
  })
  // A dry run leaves no file.
  const keep = args.yes || args.unsigned !== undefined
  const save = keep ? (d: typeof first) => writeDeployment(path, d) : undefined
  return { journal: new Journal(first, save), parameters }
}

function requireKeepAdmin({ keepAdmin }: DeployArguments, { kind }: ResolvedParameters): boolean {
  if (keepAdmin && kind !== 'development')
    throw new DeployError(
      'deploy.parameters',
      `--keep-admin is for development networks: a ${kind} network belongs to its DAO`,
    )
  return keepAdmin
}

function showEstimate({ steps, gas, costWei, balanceWei }: Estimate, symbol: string): string {
  if (steps.length === 0) return 'nothing is missing\n'
  const lines = steps.map(
    ({ step, gas: one, basis }, i) =>
      `${String(i + 1).padStart(3)}  ${step.what}${step.creates === undefined ? '' : ` at ${step.creates.address}`}` +
      `, ${basis === 'scaled' ? 'about ' : ''}${one} gas`,
  )
  return (
    `${lines.join('\n')}\n` +
    `about ${gas} gas, ${formatEther(costWei)} ${symbol}; the account has ${formatEther(balanceWei)} ${symbol}\n` +
    (balanceWei < costWei ? 'the account has less than that: add funds before sending\n' : '')
  )
}

/** Waits until the last recorded block is final. */
async function untilFinal(client: PublicClient, journal: Journal, signal: AbortSignal) {
  const { contracts, calls } = journal.deployment
  const last = [
    ...Object.values(contracts).flatMap((c) => c.sent ?? []),
    ...calls.map((c) => c.sent),
  ]
    .map(({ block }) => BigInt(block))
    .reduce((a, b) => (a > b ? a : b), 0n)
  const deadline = performance.now() + finalWithinMs
  while ((await client.getBlock({ blockTag: 'finalized' })).number < last) {
    if (performance.now() > deadline)
      throw new DeployError('deploy.not-mined', `block ${last} is not final yet: run again`, {
        retryable: true,
      })
    await pause(client.pollingInterval, signal)
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DeployError('deploy.arguments', `${path} cannot be read`, { cause })
  }
}

function accountAddress({ file }: { readonly file: string }): Hex {
  const address = keystoreAddress(readText(file))
  if (address === undefined)
    throw new DeployError('deploy.account', `${file} does not name its address`)
  return address
}

function openAccount({ file, passwordFile }: NonNullable<DeployArguments['keystore']>) {
  try {
    return openKeystore(readText(file), readText(passwordFile).replace(/\r?\n$/, ''))
  } catch (cause) {
    if (cause instanceof DeployError) throw cause
    throw new DeployError('deploy.account', `${file}: ${reasonOf(cause)}`)
  }
}

/** The same text for the same parameters. */
const canonical = (parameters: ResolvedParameters) =>
  toJson(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))

if (import.meta.main) {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  process.exitCode = await runDeploy(
    process.argv.slice(2),
    {
      out: (text) => process.stdout.write(text),
      progress: (text) => process.stderr.write(text),
    },
    interrupted.signal,
  )
}
