// Verifies an application without trusting its worker: evidence, hardware, chain. `verifyEvidence` needs only the chain.
import { parseEvidenceDocument, type EvidenceDocument } from '@wetee/attestation'
import type { NetworkProfile } from '@wetee/chain'
import type { Hex } from 'viem'
import { appNotFound } from '../apps.ts'
import { pause } from '../clock.ts'
import { codedError } from '../contract-error.ts'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { Block, NetworkReader } from '../reader.ts'
import type { Transport } from '../transport.ts'
import { joinUrl, readAppStatus } from '../worker-api.ts'
import * as chainChecks from './chain-checks.ts'
import * as checks from './checks.ts'
import {
  skipped,
  verifyStepIds,
  verifyTitles,
  type Outcome,
  type VerifyReport,
  type VerifyStep,
  type VerifyStepId,
} from './report.ts'
import { checkSource, type BuildDemand } from './source-check.ts'
import { trustStoreOf } from './trust.ts'

/** Where applications show their evidence. */
export const evidencePath = '/.well-known/wetee/evidence'
/** Largest evidence document, bytes. */
const maxEvidenceBytes = 262_144

/** Evidence as it was fetched, with what is known about the connection. */
export type FetchedEvidence = {
  readonly text: string
  readonly url: string
  /** TLS key of the connection it came through; absent where that cannot be seen. */
  readonly tlsKeyHash?: Hex
}

/** A document of evidence, and how it came. */
export type EvidenceOptions = {
  readonly evidence: string | EvidenceDocument
  /** The application it has to be of; default the one that it names. */
  readonly appId?: bigint
  readonly channelKeyHash?: Hex
  /** Why the channel cannot be judged, when it cannot. */
  readonly channelUnseen?: string
  /** True when the document came over a connection without TLS: the channel fails. */
  readonly channelOpen?: boolean
  /** The verifier's clock, milliseconds. */
  readonly nowMs: number
  /** Oldest evidence accepted; default the network's longest lease. */
  readonly maxAgeSeconds?: bigint
  /** Whose build record of every image is demanded; without it a record is shown where there is one. */
  readonly build?: BuildDemand
  /** How long to wait for the evidence's block when it is not final yet, milliseconds; default 0. */
  readonly waitAheadMs?: number
  /**
   * Judges what held in a finalized block, by its time and state, in the place of now: for what an instance signed then. What was
   * revoked later is not seen. The chain's node has to have the state of that block.
   */
  readonly atBlock?: bigint
}

/** Which instance to verify, and by which way. */
export type VerifyOptions = {
  readonly appId?: bigint
  /** Address of the application; default what its worker names. */
  readonly url?: string
  /** A saved document instead of a connection. */
  readonly evidence?: string
  readonly replica?: number
  /**
   * Takes the evidence from the application's worker instead of from the application: for pages, which cannot see the TLS key of a
   * connection and do not get through one whose certificate no CA has signed. The channel is then not judged.
   */
  readonly relayed?: boolean
  /** Whose build record of every image is demanded; without it a record is shown where there is one. */
  readonly build?: BuildDemand
  /** Default the network's transport. */
  readonly transport?: Transport
  readonly nowMs?: number
  readonly maxAgeSeconds?: bigint
  /** Called with the fetched document, for saving it. */
  readonly onEvidence?: (fetched: FetchedEvidence) => void
  readonly signal?: AbortSignal
}

/**
 * Fetches the evidence of an application and judges it step by step. The report names what failed;
 * an error is thrown only when there is nothing to judge: `evidence.unreachable`, `app.not-found`, `app.no-address`.
 */
export async function verify(network: Network, options: VerifyOptions): Promise<VerifyReport> {
  const judged = {
    nowMs: options.nowMs ?? Date.now(),
    ...(options.appId === undefined ? {} : { appId: options.appId }),
    ...(options.maxAgeSeconds === undefined ? {} : { maxAgeSeconds: options.maxAgeSeconds }),
    ...(options.build === undefined ? {} : { build: options.build }),
  }
  if (options.evidence !== undefined)
    return verifyEvidence(network, {
      ...judged,
      evidence: options.evidence,
      channelUnseen: 'a saved document has no connection',
    })
  if (options.relayed === true && options.appId !== undefined) {
    const { appId, replica, signal } = options
    const fetched = await fetchRelayedEvidence(network, appId, { replica, signal })
    options.onEvidence?.(fetched)
    const report = await verifyEvidence(network, {
      ...judged,
      waitAheadMs: 30_000,
      evidence: fetched.text,
      channelUnseen:
        'its worker handed this evidence on: nothing is said about your own connection to the application',
    })
    return { ...report, url: fetched.url }
  }
  const url = options.url ?? (await findUrl(network, options))
  const fetched = await fetchEvidence(options.transport ?? network.transport, url, options.signal)
  options.onEvidence?.(fetched)
  const report = await verifyEvidence(network, {
    ...judged,
    waitAheadMs: 30_000,
    evidence: fetched.text,
    channelOpen: !fetched.url.startsWith('https:'),
    ...(fetched.tlsKeyHash === undefined ? {} : { channelKeyHash: fetched.tlsKeyHash }),
  })
  return { ...report, url: fetched.url }
}

/** GETs the evidence document of an application. Throws `evidence.unreachable` (retryable). */
export async function fetchEvidence(
  transport: Transport,
  appUrl: string,
  signal?: AbortSignal,
): Promise<FetchedEvidence> {
  return readEvidence(transport, joinUrl(new URL(appUrl).origin, evidencePath), signal)
}

/**
 * GETs the evidence document of an application from its worker, which hands on what the agent shows. Evidence proves itself, so the
 * worker is not believed. Throws `app.not-found`, `evidence.unreachable` (retryable).
 */
export async function fetchRelayedEvidence(
  network: Network,
  appId: bigint,
  options: {
    readonly replica?: number | undefined
    /** Default the one that has the traffic. */
    readonly version?: number | undefined
    readonly signal?: AbortSignal | undefined
  } = {},
): Promise<FetchedEvidence> {
  const { worker } = await findWorker(network, appId)
  const { replica = 0, version } = options
  const query = `replica=${replica}${version === undefined ? '' : `&version=${version}`}`
  const path = `/v1/apps/${appId}/evidence?${query}`
  return readEvidence(network.transport, joinUrl(worker.endpoint, path), options.signal)
}

async function readEvidence(
  transport: Transport,
  url: string,
  signal?: AbortSignal,
): Promise<FetchedEvidence> {
  const unreachable = (why: string, cause?: unknown) =>
    new SdkError('evidence.unreachable', `no evidence from ${url}: ${why}`, {
      retryable: true,
      cause,
    })
  try {
    const answer = await transport.get(url, {
      maxBytes: maxEvidenceBytes,
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.status !== 200) throw unreachable(`status ${answer.status}, expected 200`)
    const text = new TextDecoder().decode(answer.body)
    return answer.tlsKeyHash === undefined
      ? { text, url }
      : { text, url, tlsKeyHash: answer.tlsKeyHash }
  } catch (cause) {
    if (cause instanceof SdkError && cause.code !== 'transport.failed') throw cause
    throw unreachable(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/** The channel is judged once the key in the evidence is known to be signed, though it is shown before. */
const judgingOrder: readonly VerifyStepId[] = [
  ...verifyStepIds.filter((id) => verifyStepIds.indexOf(id) < verifyStepIds.indexOf('channel')),
  'quote',
  'report-data',
  'channel',
  ...verifyStepIds.filter((id) => verifyStepIds.indexOf(id) > verifyStepIds.indexOf('report-data')),
  'source',
]

/** Judges a document with chain reads alone: works on a saved file as on a fresh one. */
export async function verifyEvidence(
  network: { readonly profile: NetworkProfile; readonly reader: NetworkReader },
  options: EvidenceOptions,
): Promise<VerifyReport> {
  const found = start(network, options)
  const run: Record<VerifyStepId, () => Outcome | undefined | Promise<Outcome | undefined>> = {
    network: () => checkNetwork(found),
    application: () => checks.checkApplication(found),
    manifest: () => checks.checkManifest(found),
    channel: () => checks.checkChannel(found),
    quote: () => checks.checkQuote(found),
    'report-data': () => checks.checkReportData(found),
    configuration: () => checks.checkConfiguration(found),
    measurement: () => checks.checkMeasurement(found),
    images: () => checks.checkImages(found),
    policy: () => checks.checkPolicy(found),
    freshness: () => chainChecks.checkFreshness(found),
    platform: () => chainChecks.checkPlatform(found),
    lease: () => chainChecks.checkLease(found),
    source: () => checkSource(found, options.build),
  }
  const outcomes = new Map<VerifyStepId, Outcome>()
  for (const id of judgingOrder) {
    const outcome = await checks.judge(run[id])
    if (outcome !== undefined) outcomes.set(id, outcome)
  }
  return reportOf(outcomes, found)
}

function start(
  network: { readonly profile: NetworkProfile; readonly reader: NetworkReader },
  options: EvidenceOptions,
): checks.Found {
  const found: checks.Found = {
    profile: network.profile,
    reader: network.reader,
    nowMs: options.nowMs,
    ...(options.atBlock === undefined ? {} : { atBlock: options.atBlock }),
    simulated: network.profile.simulated,
    subjectSigned: false,
    waitAheadMs: options.waitAheadMs ?? 0,
    channelOpen: options.channelOpen ?? false,
    ...(options.maxAgeSeconds === undefined ? {} : { maxAgeSeconds: options.maxAgeSeconds }),
    ...(options.appId === undefined ? {} : { expectedAppId: options.appId }),
    ...(options.channelKeyHash === undefined ? {} : { channelKeyHash: options.channelKeyHash }),
    ...(options.channelUnseen === undefined ? {} : { channelUnseen: options.channelUnseen }),
  }
  try {
    found.document =
      typeof options.evidence === 'string'
        ? parseEvidenceDocument(options.evidence)
        : options.evidence
  } catch (error) {
    const coded = codedError(error)
    if (coded === undefined) throw error
    found.documentError = `the evidence document cannot be read: ${coded.message}`
  }
  return found
}

/** `network`: right chain, contracts there, and the roots that the network was created with. */
async function checkNetwork(found: checks.Found): Promise<Outcome> {
  await found.reader.checkNetwork()
  const newest = await finalizedHead(found)
  const head = found.atBlock === undefined ? newest : await pastBlock(found, newest, found.atBlock)
  const facts = await found.reader.subnet(head.number)
  found.head = head
  found.simulated ||= facts.simulated
  const { outcome, trustStore } = trustStoreOf(found.profile, facts)
  if (trustStore !== undefined) found.trustStore = trustStore
  if (outcome.kind === 'skipped') return outcome
  const { chainId, contracts } = found.profile
  return {
    ...outcome,
    detail: `${outcome.detail}, chain ${chainId}, finalized block ${head.number}`,
    proof: { ...outcome.proof, subnet: contracts.subnet, cloud: contracts.cloud, block: head.hash },
  }
}

/** A block that is final, whose time becomes the time of judging. */
async function pastBlock(found: checks.Found, newest: Block, at: bigint): Promise<Block> {
  const block = at > newest.number ? undefined : await found.reader.block(at)
  if (block === undefined)
    throw new SdkError('verify.block-unknown', `block ${at} is not final on this chain`)
  found.nowMs = Number(block.timestamp) * 1000
  return block
}

/** The newest finalized block, waiting a while for one that the evidence names already. */
async function finalizedHead(found: checks.Found) {
  const named = checks.instanceOf(found)?.blockNumber ?? 0n
  const deadline = Date.now() + found.waitAheadMs
  let head = await found.reader.finalized()
  while (head.number < named && Date.now() < deadline) {
    await pause(1_000)
    head = await found.reader.finalized()
  }
  return head
}

function reportOf(outcomes: ReadonlyMap<VerifyStepId, Outcome>, found: checks.Found): VerifyReport {
  const ids = [...verifyStepIds, ...(outcomes.has('source') ? (['source'] as const) : [])]
  const steps = ids.map((id): VerifyStep => {
    const outcome = outcomes.get(id) ?? skipped('not run')
    const base = { id, title: verifyTitles[id], detail: outcome.detail }
    if (outcome.kind === 'skipped') return { ...base, ok: false, skipped: true }
    const ok = outcome.kind === 'held'
    return outcome.proof === undefined ? { ...base, ok } : { ...base, ok, proof: outcome.proof }
  })
  const appId = found.expectedAppId ?? checks.instanceOf(found)?.appId
  return {
    ok: ids.every((id) => isFine(outcomes.get(id))),
    simulated: found.simulated,
    failed: steps.filter((step) => !step.ok && step.skipped !== true).map((step) => step.id),
    steps,
    ...(appId === undefined ? {} : { appId: String(appId) }),
  }
}

function isFine(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'held' || (outcome?.kind === 'skipped' && outcome.harmless === true)
}

async function findUrl(network: Network, options: VerifyOptions): Promise<string> {
  const { appId } = options
  if (appId === undefined)
    throw new SdkError('verify.nothing-named', 'name an application, its URL, or a saved document')
  const { version, worker } = await findWorker(network, appId)
  const status = await readAppStatus(network.transport, worker.endpoint, appId, options.signal)
  const instance = status?.instances.find(
    (i) =>
      i.version === version.version && i.replica === (options.replica ?? 0) && i.urls.length > 0,
  )
  // Ports that pass bytes on show no evidence; the owner API has the same TLS key.
  const url = instance?.urls.find((one) => !one.url.startsWith('tcp:'))?.url ?? instance?.ownerUrl
  if (url === undefined)
    throw new SdkError(
      'app.no-address',
      `worker ${version.workerId} names no address for application ${appId}: \`wetee show ${appId}\` says what is missing`,
      { retryable: true },
    )
  return url
}

/** The version that counts and its worker; throws `app.not-found`. */
async function findWorker({ reader }: Network, appId: bigint) {
  const { number } = await reader.finalized()
  const app = await reader.app(appId, number)
  const version =
    app === undefined
      ? undefined
      : await reader.version(appId, app.currentVersion || app.pendingVersion, number)
  const worker = version === undefined ? undefined : await reader.worker(version.workerId, number)
  if (version === undefined || worker === undefined) throw appNotFound(`application ${appId}`)
  return { version, worker }
}
