// Surroundings of a command for tests: captured output, a temporary home, an sdk with fixed answers.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  nativeAsset,
  type AppDetails,
  type DeployPlan,
  type Network,
  type VerifyReport,
} from '@wetee/sdk'
import { realSdk, type Context, type Sdk } from '../context.ts'
import { runCli } from '../program.ts'

const owner = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const digest = `0x${'ab'.repeat(32)}` as const
const dot = 10n ** 18n

const terms = {
  replicas: 1,
  cpuMilli: 250,
  memoryMiB: 128,
  diskMiB: 0,
  gpu: 0,
  teeClasses: 1,
  level: 1,
  upgradeDelaySeconds: 0,
  graceSeconds: 3600,
}
const worker = {
  workerId: 1n,
  owner,
  operator: owner,
  status: 'active',
  region: 'eu-1',
  stakeWei: 5n * dot,
  level: 1,
  teeClasses: 1,
  open: true,
  prices: { cpuMilli: 1n, memoryMiB: 1n, diskMiB: 1n, gpu: 1n },
  capacity: { cpuMilli: 4000, memoryMiB: 4096, diskMiB: 10_000, gpu: 0 },
  reserved: { cpuMilli: 0, memoryMiB: 0, diskMiB: 0, gpu: 0 },
  endpoint: 'http://127.0.0.1:7780',
} as const

/** A plan that creates "hello" for 1 DOT a day. */
export const samplePlan = {
  action: 'create',
  name: 'hello',
  owner,
  asset: nativeAsset,
  security: false,
  manifest: {
    text: '{}',
    digest,
    termsDigest: digest,
    terms,
    warnings: [],
    document: {
      name: 'hello',
      services: [
        {
          name: 'web',
          image: `127.0.0.1:5780/hello@sha256:${'cd'.repeat(32)}`,
          environment: { GREETING: 'hello' },
        },
      ],
    },
  },
  worker,
  changes: [],
  quote: { weiPerSecond: dot / 86_400n, minimumDepositWei: dot, graceDepositWei: 0n },
  weiPerSecond: dot / 86_400n,
  weiPerDay: dot,
  depositWei: 7n * dot,
  graceDepositWei: 0n,
  minimumDepositWei: dot,
  escrowWei: 7n * dot,
  lastsSeconds: 604_800,
  maxWeiPerSecond: dot / 86_400n,
  warnings: [],
} as unknown as DeployPlan

/** An attested application. */
export const sampleApp: AppDetails = {
  appId: 1n,
  name: 'hello',
  owner,
  state: 'active',
  asset: nativeAsset,
  currentVersion: 1,
  pendingVersion: 0,
  workerId: 1n,
  liveReplicas: 1,
  replicas: 1,
  weiPerDay: dot,
  escrowWei: 7n * dot,
  graceDepositWei: 0n,
  paidWei: 0n,
  unsettledWei: dot / 10n,
  lastsSeconds: 596_160,
  version: {
    version: 1,
    workerId: 1n,
    createdAt: 1_800_000_000n,
    createdBlock: 1n,
    endedAt: 0n,
    manifestVersion: 1,
    security: false,
    manifestDigest: digest,
    termsDigest: digest,
    weiPerSecond: dot / 86_400n,
    terms,
  },
  worker,
  leases: [
    {
      version: 1,
      replica: 0,
      workerId: 1n,
      platformId: digest,
      instanceKey: owner,
      tlsKeyHash: digest,
      evidenceBlock: 40n,
      notBefore: 1_800_000_000n,
      notAfter: 1_800_000_300n,
      evidenceDigest: digest,
      live: true,
      slot: 0,
    },
  ],
  instances: [
    {
      id: 'app-1-v1-r0',
      version: 1,
      replica: 0,
      state: 'running',
      restarts: 0,
      urls: [{ service: 'web', target: 8080, url: 'https://127.0.0.1:7800' }],
    },
  ],
  conditions: [],
  block: { number: 42n, hash: digest, timestamp: 1_800_000_100n },
}

/** A report of a simulated network whose quote is broken. */
export const failedReport: VerifyReport = {
  ok: false,
  simulated: true,
  failed: ['quote'],
  appId: '1',
  steps: [
    { id: 'network', title: 'Network', ok: true, detail: 'development network' },
    {
      id: 'quote',
      title: 'Quote',
      ok: false,
      detail: 'the quote signature does not verify',
      proof: { code: 'quote.signature' },
    },
    { id: 'lease', title: 'Lease', ok: false, skipped: true, detail: 'the quote is not authentic' },
  ],
}

/** A run: what it was given, and what it wrote. */
export type Run = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a command line with an sdk that answers from memory. */
export async function run(
  args: readonly string[],
  options: {
    sdk?: Partial<Sdk>
    env?: Record<string, string>
    interactive?: boolean
    colour?: boolean
    answers?: string[]
    home?: string
    cwd?: string
    network?: Partial<Network>
    attach?: Context['attach']
  } = {},
): Promise<Run> {
  let stdout = ''
  let stderr = ''
  const answers = [...(options.answers ?? [])]
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'wetee-cli-'))
  const profile = { name: 'devnet', kind: 'test', simulated: true, chainId: 31337 }
  const next = () => Promise.resolve(answers.shift() ?? '')
  const context: Context = {
    stdout: { write: (text: unknown) => ((stdout += String(text)), true) },
    stderr: { write: (text: unknown) => ((stderr += String(text)), true) },
    env: { WETEE_HOME: home, ...options.env },
    cwd: options.cwd ?? home,
    homeDir: home,
    interactive: options.interactive ?? false,
    colour: options.colour ?? false,
    nodeVersion: '24.21.0',
    signal: new AbortController().signal,
    ask: next,
    readSecret: next,
    attach:
      options.attach ??
      (() => {
        throw new Error('no standard input in this test')
      }),
    sdk: {
      ...realSdk,
      findNetwork: () => ({ profile: profile as never, path: join(home, 'network.json') }),
      openNetwork: () => Promise.resolve({ profile, ...options.network } as unknown as Network),
      assetOf: () => Promise.resolve(nativeAsset),
      resolveApp: (_network, app) => Promise.resolve(app === 'hello' ? 1n : BigInt(app)),
      ...options.sdk,
    },
  }
  const code = await runCli(args, context)
  return { code, stdout, stderr }
}
