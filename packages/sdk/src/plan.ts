// What a deployment would do and cost, before anything is signed. `makePlan` is pure; `planDeploy` reads images and chain.
import { zeroAddress, type Address } from 'viem'
import { launchKeyOf } from '@wetee/attestation'
import {
  buildManifest,
  diffManifests,
  parseManifest,
  termsDigest,
  type Change,
  type Manifest,
} from '@wetee/manifest'
import { encodeName } from './chain-reader.ts'
import { codedError } from './contract-error.ts'
import { SdkError } from './error.ts'
import { formatAmount, lastsSeconds, perDay, roundedFor } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import {
  workerRole,
  type AppRecord,
  type Asset,
  type NetworkReader,
  type Quote,
  type VersionRecord,
  type WorkerRecord,
} from './reader.ts'
import { chooseWorker, unfitReasons, type Candidate } from './worker-choice.ts'

/** Finds the manifest digest of an image reference, `sha256:` and 64 hex digits. */
export type ResolveImage = (reference: string, signal?: AbortSignal) => Promise<string>

/** What to deploy, and the caller's choices. */
export type PlanOptions = {
  readonly composeText: string
  /** Application name, 1 to 32 bytes; default the Compose file's. */
  readonly name?: string
  /** File name for messages. */
  readonly file?: string
  /** Default: the cheapest worker that fits. Only for a new application. */
  readonly workerId?: bigint
  /** Amount of the asset to send; default see `defaultDeposit`. */
  readonly depositWei?: bigint
  /** What a new application is paid in; default native DOT. An update keeps the application's. */
  readonly asset?: Address
  /** A fix that the host must not hold back: at the deadline of the update the old version's leases end. Updates only. */
  readonly security?: boolean
  /** The update is proposed by a deploy key: on the terms that run, and without money. */
  readonly byDeployKey?: boolean
  /** Whose application; default the network's own account. */
  readonly owner?: Address
  readonly resolveImage: ResolveImage
  readonly signal?: AbortSignal
}

/** The application that has this name already, with the version that counts. */
export type ExistingApp = {
  readonly app: AppRecord
  readonly version: VersionRecord
  /** Rent owed for attested seconds: an update pays it first. */
  readonly owedWei: bigint
  readonly manifestText?: string
  /** Number of the network's key that it runs under, where there is a newer one that a version of now would run under. */
  readonly olderKey?: number
}

/** What will happen and what it costs. Amounts in the smallest unit of `asset`, rents for all replicas together. */
export type DeployPlan = {
  readonly action: 'create' | 'update' | 'none'
  readonly name: string
  readonly owner: Address
  readonly asset: Asset
  readonly security: boolean
  readonly byDeployKey?: true
  readonly manifest: Manifest
  readonly worker: WorkerRecord
  readonly existing?: AppRecord
  /** Number of the network's key that the update leaves: also the same manifest is an update then. */
  readonly leavesKey?: number
  /** What differs from the running version; empty for a new application. */
  readonly changes: readonly Change[]
  readonly quote: Quote
  readonly weiPerSecond: bigint
  readonly weiPerDay: bigint
  /** Rent of the running version, for comparison; updates only. */
  readonly previousWeiPerDay?: bigint
  /** Sent with the transaction. */
  readonly depositWei: bigint
  /** Part of it that is kept for the grace period. */
  readonly graceDepositWei: bigint
  readonly minimumDepositWei: bigint
  /** Escrow after the transaction, from which rent is paid. */
  readonly escrowWei: bigint
  /** How long that escrow lasts; absent when nothing is charged. */
  readonly lastsSeconds?: number
  /** Agreed with the contract: it refuses a higher rent. */
  readonly maxWeiPerSecond: bigint
  readonly warnings: Manifest['warnings']
}

/** Days of rent that a new application is given when the caller names no deposit. */
const defaultDays = 7n

/** Everything `makePlan` needs, read before. */
export type PlanFacts = {
  readonly name: string
  readonly owner: Address
  readonly asset: Asset
  readonly security?: boolean
  readonly byDeployKey?: boolean
  readonly manifest: Manifest
  readonly candidates: readonly Candidate[]
  readonly existing?: ExistingApp
  readonly workerId?: bigint
  readonly depositWei?: bigint
}

/** Decides create, update or nothing, the worker and the money. Throws SdkError with what does not fit. */
export function makePlan(facts: PlanFacts): DeployPlan {
  return facts.existing === undefined ? planCreate(facts) : planUpdate(facts, facts.existing)
}

/** Compose file -> manifest -> worker -> price -> difference to the application of that name. Signs nothing. */
export async function planDeploy(network: Network, options: PlanOptions): Promise<DeployPlan> {
  const owner = options.owner ?? requireAccount(network).account.address
  const manifest = await buildManifest(options.composeText, {
    resolveImage: options.resolveImage,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.file === undefined ? {} : { file: options.file }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const name = options.name ?? manifest.document.name
  encodeName(name)
  const { number: at } = await network.reader.finalized()
  const existing = await findExisting(network.reader, owner, name, at)
  const onlyWorker = existing?.version.workerId ?? options.workerId
  const asset = await network.reader.asset(existing?.app.asset ?? options.asset ?? zeroAddress)
  const candidates = await readCandidates(
    network.reader,
    { terms: manifest.terms, asset, at },
    onlyWorker,
  )
  return makePlan({
    name,
    owner,
    asset,
    security: options.security === true,
    byDeployKey: options.byDeployKey === true,
    manifest,
    candidates,
    ...(existing === undefined ? {} : { existing }),
    ...(options.workerId === undefined ? {} : { workerId: options.workerId }),
    ...(options.depositWei === undefined ? {} : { depositWei: options.depositWei }),
  })
}

/** A deposit that pays the grace deposit and a week of rent, and never less than the contract's minimum. */
function defaultDeposit(quote: Quote, weiPerSecond: bigint, asset: Asset): bigint {
  const week = quote.graceDepositWei + perDay(weiPerSecond) * defaultDays
  return roundedFor(asset, week > quote.minimumDepositWei ? week : quote.minimumDepositWei)
}

function planCreate(facts: PlanFacts): DeployPlan {
  const { manifest } = facts
  const { worker, quote } = chooseWorker(facts.candidates, manifest.terms, facts.workerId)
  const weiPerSecond = quote.weiPerSecond * BigInt(manifest.terms.replicas)
  const depositWei = facts.depositWei ?? defaultDeposit(quote, weiPerSecond, facts.asset)
  if (depositWei < quote.minimumDepositWei)
    throw depositTooLow(depositWei, quote.minimumDepositWei, facts.asset)
  const escrowWei = depositWei - quote.graceDepositWei
  return {
    ...basics(facts, worker, quote, weiPerSecond),
    action: 'create',
    changes: [],
    depositWei,
    escrowWei,
    ...lasting(escrowWei, weiPerSecond),
  }
}

function planUpdate(facts: PlanFacts, existing: ExistingApp): DeployPlan {
  const { manifest } = facts
  const { app, version } = existing
  const found = facts.candidates.find((c) => c.worker.workerId === version.workerId)
  if (found?.quote === undefined)
    throw new SdkError(
      'worker.unknown',
      `worker ${version.workerId}, which runs "${app.name}", gave no price: terminate the application and deploy it elsewhere`,
    )
  if (facts.workerId !== undefined && facts.workerId !== version.workerId)
    throw new SdkError(
      'deploy.worker-fixed',
      `"${app.name}" runs on worker ${version.workerId} and an update stays there: leave out --worker, or terminate it first`,
    )
  const same = version.manifestDigest === manifest.digest && existing.olderKey === undefined
  if (!same) assertUpdatable(app, found, manifest)
  if (!same && facts.byDeployKey === true) assertSameTerms(existing, manifest)
  const weiPerSecond = found.quote.weiPerSecond * BigInt(manifest.terms.replicas)
  const needed = same ? 0n : missingDeposit(existing, found.quote)
  const given = facts.byDeployKey === true ? 0n : facts.depositWei
  const depositWei = same ? 0n : (given ?? roundedFor(facts.asset, needed))
  if (depositWei < needed) throw depositTooLow(depositWei, needed, facts.asset)
  const extraGrace = found.quote.graceDepositWei - app.graceDepositWei
  const paidWei = same ? 0n : existing.owedWei
  const escrowWei =
    app.escrowWei + depositWei - paidWei - (same || extraGrace < 0n ? 0n : extraGrace)
  const before = version.weiPerSecond * BigInt(app.replicas)
  const rent = same ? before : weiPerSecond
  return {
    ...basics(facts, found.worker, found.quote, rent),
    action: same ? 'none' : 'update',
    existing: app,
    ...(existing.olderKey === undefined ? {} : { leavesKey: existing.olderKey }),
    changes:
      same || existing.manifestText === undefined
        ? []
        : changesSince(existing.manifestText, manifest),
    previousWeiPerDay: perDay(before),
    depositWei,
    escrowWei,
    ...lasting(escrowWei, rent),
  }
}

function basics(facts: PlanFacts, worker: WorkerRecord, quote: Quote, weiPerSecond: bigint) {
  return {
    name: facts.name,
    owner: facts.owner,
    asset: facts.asset,
    security: facts.security === true,
    ...(facts.byDeployKey === true ? { byDeployKey: true as const } : {}),
    manifest: facts.manifest,
    worker,
    quote,
    weiPerSecond,
    weiPerDay: perDay(weiPerSecond),
    graceDepositWei: quote.graceDepositWei,
    minimumDepositWei: quote.minimumDepositWei,
    maxWeiPerSecond: weiPerSecond,
    warnings: facts.manifest.warnings,
  }
}

function lasting(escrowWei: bigint, weiPerSecond: bigint): { lastsSeconds?: number } {
  const seconds = lastsSeconds(escrowWei, weiPerSecond)
  return seconds === undefined ? {} : { lastsSeconds: seconds }
}

/** What an update must add so that escrow, after what is owed, and grace deposit reach the minimum again. */
function missingDeposit({ app, owedWei }: ExistingApp, quote: Quote): bigint {
  const left = app.escrowWei > owedWei ? app.escrowWei - owedWei : 0n
  const missing = quote.minimumDepositWei - left - app.graceDepositWei
  return missing > 0n ? missing : 0n
}

function assertUpdatable(app: AppRecord, candidate: Candidate, manifest: Manifest): void {
  if (app.pendingVersion !== 0)
    throw new SdkError(
      'deploy.update-pending',
      `version ${app.pendingVersion} of "${app.name}" is still being started: wait until it is active, then deploy again`,
      { retryable: true },
    )
  if (app.state !== 'active')
    throw new SdkError(
      'deploy.paused',
      `"${app.name}" is ${app.state}: top it up first (\`wetee top-up ${app.appId} DOT\`)`,
    )
  const reasons = unfitReasons(
    { ...candidate, worker: { ...candidate.worker, open: true } },
    manifest.terms,
  )
  if (reasons.length > 0)
    throw new SdkError(
      'worker.unfit',
      `worker ${candidate.worker.workerId} cannot run the new version beside the old (${reasons.join('; ')}): ask for less`,
    )
}

/** The contract writes the terms that run into the version of a deploy key, and workers refuse a manifest that repeats others. */
function assertSameTerms({ app, version }: ExistingApp, manifest: Manifest): void {
  const terms = { ...version.terms, replicas: app.replicas }
  if (termsDigest(manifest.terms) === termsDigest(terms)) return
  const names = Object.keys(terms) as (keyof typeof terms)[]
  const other = names.filter((name) => terms[name] !== manifest.terms[name])
  throw new SdkError(
    'deploy.key-terms',
    `a deploy key keeps the terms of "${app.name}", and this changes ${other.join(', ')}: the owner has to update it`,
  )
}

function depositTooLow(givenWei: bigint, minimumWei: bigint, asset: Asset): SdkError {
  return new SdkError(
    'deploy.deposit-too-low',
    `the deposit of ${formatAmount(givenWei, asset)} is below the minimum of ${formatAmount(minimumWei, asset)}: give at least that with --deposit`,
    { details: { givenWei: String(givenWei), minimumWei: String(minimumWei) } },
  )
}

function changesSince(text: string, manifest: Manifest): readonly Change[] {
  return diffManifests(parseManifest(text), manifest.document)
}

async function findExisting(
  reader: NetworkReader,
  owner: Address,
  name: string,
  at: bigint,
): Promise<ExistingApp | undefined> {
  const appId = await reader.appByName(owner, name, at)
  const app = appId === undefined ? undefined : await reader.app(appId, at)
  if (app === undefined || app.state === 'ended') return undefined
  const number = app.pendingVersion === 0 ? app.currentVersion : app.pendingVersion
  const version = await reader.version(app.appId, number, at)
  if (version === undefined) return undefined
  const { rentWei: owedWei } = await reader.unsettled(app.appId, at)
  const manifestText = await oldManifest(reader, app.appId, number)
  const keys = await reader.liveKeys(at)
  const key = launchKeyOf(keys, version.createdBlock)
  return {
    ...{ app, version, owedWei },
    ...(manifestText === undefined ? {} : { manifestText }),
    ...(key === undefined || key === keys.at(-1) ? {} : { olderKey: key.number }),
  }
}

/** The running manifest for the difference; without it (pruned history) the plan only says that it changes. */
async function oldManifest(
  reader: NetworkReader,
  appId: bigint,
  version: number,
): Promise<string | undefined> {
  try {
    return await reader.manifestText(appId, version)
  } catch (error) {
    if (codedError(error)?.code === 'chain.unreachable') throw error
    return undefined
  }
}

/** The workers with their price for these terms in this asset; only that one where it is named. */
export async function readCandidates(
  reader: NetworkReader,
  { terms, asset, at }: { terms: Manifest['terms']; asset: Asset; at: bigint },
  only: bigint | undefined,
): Promise<Candidate[]> {
  const all = await reader.workers(at)
  const asked = only === undefined ? all : all.filter((w) => w.workerId === only)
  return Promise.all(
    asked.map(async (worker) => {
      const proven = (await reader.liveProofUntil(workerRole, worker.workerId, at)) > 0n
      const bare = { worker, proven }
      if (only === undefined && unfitReasons(bare, terms).length > 0) return bare
      return {
        ...bare,
        quote: await reader.quote(worker.workerId, asset.address, terms, at),
      }
    }),
  )
}
