// `npm run release`: the web console for a public network, as an archive that is the same for everybody. Builds, writes files.
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildSite, type SiteOptions } from '@wetee/console/build'
import { walletConnectConfig } from '@wetee/console/walletconnect'
import { ChainError } from '@wetee/chain'
import { DeployError } from '@wetee/contracts/deploy/deploy-error'
import { readDeployment, type Deployment } from '@wetee/contracts/deploy/journal'
import {
  parseReleaseArguments,
  usage,
  type PublicNetwork,
  type ReleaseArguments,
} from './release/arguments.ts'
import { connectSources, writeArchive, type Archive } from './release/archive.ts'
import { profileOf, type TrustRoot } from './release/profile.ts'
import { ReleaseError } from './release/release-error.ts'
import { commitOf } from './release/source.ts'
import { root } from './run.ts'

/** Where it writes, and what builds the console into an empty folder. */
export type ReleaseTools = {
  readonly out: (text: string) => void
  readonly progress: (text: string) => void
  readonly build: (folder: string, options: SiteOptions) => Promise<void>
}

/** Runs one command line; returns the exit code. */
export async function runRelease(argv: readonly string[], tools: ReleaseTools): Promise<number> {
  const { out, progress } = tools
  const asksJson = argv.includes('--json')
  try {
    const args = parseReleaseArguments(argv)
    if (args === 'help') out(usage)
    else await release(args, tools)
    return 0
  } catch (error) {
    const isKnown = [ReleaseError, DeployError, ChainError].some((kind) => error instanceof kind)
    if (!isKnown) throw error
    const { code, message } = error as ReleaseError | DeployError | ChainError
    if (asksJson) out(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`)
    else progress(`${code}: ${message}\n`)
    return code === 'release.arguments' ? 2 : 1
  }
}

async function release(args: ReleaseArguments, { out, progress, build }: ReleaseTools) {
  const { network, rpcUrls, walletConnect } = args
  requireWalletConnect(args)
  const deployment = readCommitted(args)
  const simulatedRoots = readRoots(args)
  const profile = profileOf({ network, deployment, rpcUrls, simulatedRoots })
  const connect = connectSources(profile, args.connect)
  const commit = args.file === undefined ? commitOf(root) : undefined
  if (commit === undefined) progress(`rehearsal with the addresses of ${args.file}\n`)
  const site = await mkdtemp(join(tmpdir(), 'wetee-release-'))
  try {
    progress('building the console\n')
    await build(site, { walletConnect })
    const name = `wetee-console-${network}-${version()}`
    const archive = await writeArchive({ name, out: resolve(args.out), site, profile, connect })
    if (!args.json) return out(describe(archive))
    const { chainId, kind, simulated, contracts } = profile
    const facts = { network, chainId, kind, simulated, contracts, commit, ...archive }
    out(`${JSON.stringify(facts, null, 2)}\n`)
  } finally {
    await rm(site, { recursive: true, force: true })
  }
}

function describe({ path, sha256, sizeBytes }: Archive): string {
  return `${path}, ${sizeBytes} bytes\nsha256 ${sha256}\nheaders for the web server: ${path}.headers\n`
}

function readCommitted({ network, file }: ReleaseArguments): Deployment {
  const deployment = readDeployment(file ?? addressesOf(network, 'json'))
  if (deployment !== undefined) return deployment
  const where = file ?? `contracts/addresses/${network}.json`
  throw new ReleaseError(
    'release.not-deployed',
    `${where} is not there: no contracts are committed for ${network}. They are deployed first, with a funded account: docs/operate/hub.md`,
  )
}

/** What it takes is here, and it is asked for as it has to be. */
function requireWalletConnect({ walletConnect }: ReleaseArguments): void {
  try {
    if (walletConnect !== undefined) walletConnectConfig(walletConnect)
  } catch (cause) {
    throw new ReleaseError('release.walletconnect', (cause as Error).message, cause)
  }
}

/** Of a network of simulated TEEs; none where there is no file. */
function readRoots({ network, roots }: ReleaseArguments): readonly TrustRoot[] {
  const path = roots ?? addressesOf(network, 'roots.json')
  if (roots === undefined && !existsSync(path)) return []
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as readonly TrustRoot[]
  } catch (cause) {
    throw new ReleaseError('release.trust-roots', `${path} cannot be read as JSON`, cause)
  }
}

const addressesOf = (network: PublicNetwork, ending: string): string =>
  join(root, 'contracts/addresses', `${network}.${ending}`)

function version(): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

if (import.meta.main)
  process.exitCode = await runRelease(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    progress: (text) => process.stderr.write(text),
    build: buildSite,
  })
