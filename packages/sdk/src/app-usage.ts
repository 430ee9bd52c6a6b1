// Metered usage of an application: read from its worker, and checked against signatures and the chain. HTTP, chain reads.
import { followUsage, USAGE_START, usageStatement, type UsageScope } from '@wetee/attestation'
import { usagePageSchema } from '@wetee/chain'
import { verifyMessage, type Hex } from 'viem'
import { z } from 'zod'
import { SdkError } from './error.ts'
import type { Network } from './network.ts'
import { ownerJson, type WorkerOptions } from './owner-json.ts'

const usageSchema = usagePageSchema.extend({
  chainId: z.int().min(0),
  subnet: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]),
  workerId: z.string().regex(/^[0-9]{1,20}$/),
  appId: z.string().regex(/^[0-9]{1,20}$/),
})

/** A chain of usage samples as the worker gives it: its word until `verifyUsage` has looked at it. */
export type AppUsage = z.infer<typeof usageSchema>

/** Sums over samples. */
export type UsageTotals = {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly memoryByteSeconds: number
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly restarts: number
}

/** One thing that was checked. */
export type UsageCheck = {
  readonly name: 'application' | 'chain' | 'signatures' | 'on chain'
  readonly ok: boolean
  readonly text: string
}

/** What a verification has found; `evidenceDigest` is what a complaint about this usage cites. */
export type UsageReport = {
  readonly ok: boolean
  readonly checks: readonly UsageCheck[]
  readonly usage: AppUsage
  readonly totals: UsageTotals
  readonly evidenceDigest: Hex | undefined
}

/** Samples of the last 31 days; only the owner gets them. Throws as `ownerJson` does. */
export async function appUsage(
  network: Network,
  appId: bigint,
  options: WorkerOptions = {},
): Promise<AppUsage> {
  return ownerJson(network, appId, 'usage', usageSchema, options)
}

/**
 * Follows the chain of samples, checks what the worker's operator has signed of it, and finds the digest that the Subnet
 * keeps of the newest proof of work in it. Throws as `appUsage` does, and `chain.unreachable`.
 */
export async function verifyUsage(
  network: Network,
  appId: bigint,
  options: WorkerOptions = {},
): Promise<UsageReport> {
  const { number: at } = await network.reader.finalized()
  const scope: UsageScope = {
    chainId: network.profile.chainId,
    subnet: network.profile.contracts.subnet,
    workerId: await workerOf(network, appId, at),
    appId,
  }
  const operator = (await network.reader.worker(scope.workerId, at))?.operator
  const proof = await network.reader.view('subnet', 'workProof', [appId], at)
  // After the chain: what is proven there has been metered before.
  const usage = await appUsage(network, appId, options)
  const checks = [
    checkScope(usage, scope),
    checkChain(usage, scope),
    await checkSignatures(usage, scope, operator),
    checkOnChain(usage, scope, proof),
  ]
  const evidenceDigest = usage.samples.at(-1)?.digest
  const ok = checks.every((check) => check.ok)
  return { ok, checks, usage, totals: totalsOf(usage), evidenceDigest }
}

async function workerOf(network: Network, appId: bigint, at: bigint): Promise<bigint> {
  const app = await network.reader.app(appId, at)
  const number = app === undefined ? 0 : app.currentVersion || app.pendingVersion
  const version = await network.reader.version(appId, number, at)
  if (version === undefined)
    throw new SdkError('app.not-found', `there is no application ${appId} on this network`)
  return version.workerId
}

function checkScope(usage: AppUsage, scope: UsageScope): UsageCheck {
  const ok =
    usage.chainId === scope.chainId &&
    usage.subnet.toLowerCase() === scope.subnet.toLowerCase() &&
    usage.workerId === String(scope.workerId) &&
    usage.appId === String(scope.appId)
  const text = ok
    ? `samples of application ${scope.appId} on worker ${scope.workerId}`
    : 'the samples are of another application, worker or network'
  return { name: 'application', ok, text }
}

function checkChain({ before, samples }: AppUsage, scope: UsageScope): UsageCheck {
  const starts = before.sequence > 0 || before.digest === USAGE_START
  if (!starts) return { name: 'chain', ok: false, text: 'the chain does not begin at its start' }
  const broken = followUsage(scope, before, samples)
  const from = before.sequence === 0 ? '' : ` from sample ${before.sequence + 1} on`
  const text =
    broken === undefined
      ? `${samples.length} samples${from} follow each other, none is changed, dropped or moved`
      : `sample ${broken.sequence} does not follow the one before: ${broken.why}`
  return { name: 'chain', ok: broken === undefined, text }
}

async function checkSignatures(
  { samples, signed }: AppUsage,
  scope: UsageScope,
  operator: Hex | undefined,
): Promise<UsageCheck> {
  const digests = new Map(samples.map((sample) => [sample.sequence, sample.digest]))
  for (const { sequence, digest, signature } of signed) {
    const message = usageStatement(scope, sequence, digest)
    const genuine =
      operator !== undefined &&
      (await verifyMessage({ address: operator, message, signature }).catch(() => false))
    const why =
      digests.get(sequence) !== digest
        ? 'is not the digest of that sample'
        : genuine
          ? undefined
          : `is not signed by the operator of worker ${scope.workerId}`
    if (why !== undefined)
      return { name: 'signatures', ok: false, text: `the statement of sample ${sequence} ${why}` }
  }
  const text = `${signed.length} statements are signed by the worker's operator`
  return { name: 'signatures', ok: true, text }
}

function checkOnChain(
  { samples }: AppUsage,
  { workerId }: UsageScope,
  proof: { readonly digest: Hex; readonly workerId: bigint; readonly settledSeconds: bigint },
): UsageCheck {
  if (/^0x0*$/.test(proof.digest) || proof.workerId !== workerId)
    return { name: 'on chain', ok: true, text: 'this worker has put no usage on chain yet' }
  const found = samples.find((sample) => sample.digest === proof.digest)
  const text =
    found === undefined
      ? `no sample has the digest that is on chain, ${proof.digest}`
      : `the digest on chain is that of sample ${found.sequence}, given when ${proof.settledSeconds} attested seconds were settled`
  return { name: 'on chain', ok: found !== undefined, text }
}

function totalsOf({ samples }: AppUsage): UsageTotals {
  const sum = (of: (sample: AppUsage['samples'][number]) => number) =>
    samples.reduce((total, sample) => total + of(sample), 0)
  return {
    seconds: sum(({ fromMs, toMs }) => toMs - fromMs) / 1_000,
    cpuSeconds: sum(({ cpuMicros }) => cpuMicros) / 1e6,
    memoryByteSeconds: sum(({ memoryByteSeconds }) => memoryByteSeconds),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    restarts: sum(({ restarts }) => restarts),
  }
}
