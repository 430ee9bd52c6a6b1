// Waits until an application is attested on chain and answers over the attested TLS key. Network I/O.
import type { Hex } from 'viem'
import { showApp, type AppDetails } from './apps.ts'
import { pause } from './clock.ts'
import { SdkError } from './error.ts'
import { stepsDone, type StartStep } from './start-steps.ts'
import type { Network } from './network.ts'
import type { VersionRecord } from './reader.ts'
import { evidencePath } from './verify/verify.ts'
import { joinUrl, type Condition, type InstanceStatus } from './worker-api.ts'

/** What is still missing, each time that it changes. */
export type WaitProgress = {
  readonly stage: 'lease' | 'answer' | 'drain'
  /** What is being waited for. */
  readonly text: string
  /** What is done on the way, see StartStep. */
  readonly done: readonly StartStep[]
  readonly conditions: readonly Condition[]
}

/** What to wait for, and how long. */
export type WaitOptions = {
  /** Version to wait for; default the newest that is current or pending. */
  readonly version?: number
  /** Default 300,000. */
  readonly timeoutMs?: number
  /** Also until no instance of an older version is left; default false. */
  readonly drained?: boolean
  readonly onProgress?: (progress: WaitProgress) => void
  readonly signal?: AbortSignal
}

/** An application that holds a live lease and answers. */
export type ReadyApp = {
  readonly details: AppDetails
  readonly urls: readonly { service: string; target: number; url: string }[]
  /** Status of the first URL's answer to `GET /`; absent when the application publishes no port. */
  readonly status?: number
}

const everyMs = 1_000
const maxAnswerBytes = 1_048_576

/**
 * Until every replica of the version holds a live lease and its first URL answers with the TLS key of that lease; where it has no port for
 * HTTP, the owner API of its agent does, and the worker says that its services are ready.
 * Throws `wait.timeout` (with the worker's conditions), `app.version-dropped`, `app.ended`, `app.not-found`, `aborted`.
 */
export async function waitForApp(
  network: Network,
  appId: bigint,
  options: WaitOptions = {},
): Promise<ReadyApp> {
  const deadline = Date.now() + (options.timeoutMs ?? 300_000)
  let last = ''
  let progress: WaitProgress = {
    stage: 'lease',
    text: 'waiting for the chain',
    done: [],
    conditions: [],
  }
  for (;;) {
    const seen = await look(network, appId, options)
    if ('details' in seen) return seen
    progress = seen
    const text = JSON.stringify(progress)
    if (text !== last) options.onProgress?.(progress)
    last = text
    if (Date.now() + everyMs > deadline) break
    await pause(everyMs, options.signal)
  }
  const why = progress.conditions.map((c) => `${c.code}: ${c.text}. ${c.remedy}`).join(' ')
  throw new SdkError(
    'wait.timeout',
    `application ${appId} was not ready within ${Math.round((options.timeoutMs ?? 300_000) / 1000)} s (${progress.text})${why === '' ? '' : `; the worker says ${why}`}`,
    { retryable: true },
  )
}

async function look(
  network: Network,
  appId: bigint,
  options: WaitOptions,
): Promise<ReadyApp | WaitProgress> {
  const details = await showApp(network, appId, options).catch(retryLater)
  if (details === undefined)
    return { stage: 'lease', text: 'the chain does not answer', done: [], conditions: [] }
  if (details.state === 'ended')
    throw new SdkError('app.ended', `application ${appId} has ended: deploy it again`)
  const { conditions } = details
  const version = targetVersion(details, options.version)
  const live = details.leases.filter((lease) => lease.live && lease.version === version.version)
  const replicas = new Set(live.map((lease) => lease.replica)).size
  const isCurrent = version.version === details.version.version
  const wanted = isCurrent ? details.replicas : version.terms.replicas
  const done = stepsDone(details, version, wanted)
  if (details.state === 'paused')
    return { stage: 'lease', text: 'the application is paused: top it up', done, conditions }
  if (replicas < wanted)
    return {
      stage: 'lease',
      text: `${replicas} of ${wanted} replicas hold a live attestation lease${hostsWord(details, version)}`,
      done,
      conditions,
    }
  const instance = details.instances?.find(
    (i) => i.version === version.version && i.urls.length > 0,
  )
  const lease = live.find((l) => l.replica === (instance?.replica ?? 0))
  if (instance === undefined || lease === undefined) {
    const unpublished = details.instances?.some((i) => i.version === version.version) === true
    if (unpublished && done.includes('active')) return whole(details, done, options, { urls: [] })
    const text = `attested; the worker names no address yet${hostsWord(details, version)}`
    return { stage: 'answer', text, done, conditions }
  }
  const url = instance.urls.find((one) => !one.url.startsWith('tcp:'))?.url
  // Ports that pass bytes on answer no GET: that their services are healthy is the worker's word.
  if (url === undefined && instance.ready === false)
    return { stage: 'answer', text: 'attested; its services are not ready yet', done, conditions }
  // The owner API ends at the same TLS key, and shows its evidence to anybody.
  const asked = url ?? evidenceOf(instance)
  if (asked === undefined) return whole(details, done, options, { urls: instance.urls })
  const answer = await probe(network, asked, lease.tlsKeyHash, options.signal)
  if (url === undefined && 'status' in answer && answer.status === 200)
    return whole(details, done, options, { urls: instance.urls })
  if (url !== undefined && 'status' in answer && ![502, 503, 504].includes(answer.status))
    return whole(details, done, options, { urls: instance.urls, status: answer.status })
  const text = 'status' in answer ? `${asked} answers ${answer.status}` : answer.error
  return { stage: 'answer', text: `attested; ${text}`, done, conditions }
}

/** Where an instance shows its evidence that has no port for HTTP. */
function evidenceOf({ ownerUrl }: InstanceStatus): string | undefined {
  return ownerUrl === undefined ? undefined : joinUrl(new URL(ownerUrl).origin, evidencePath)
}

/** What was waited for, unless the older versions are to be gone too. */
function whole(
  details: AppDetails,
  done: readonly StartStep[],
  { drained }: WaitOptions,
  ready: Omit<ReadyApp, 'details'>,
): ReadyApp | WaitProgress {
  if (drained !== true || done.includes('drained')) return { details, ...ready }
  const text = 'the version before hands its clients over'
  return { stage: 'drain', text, done, conditions: details.conditions }
}

/** What its worker says of the step that it is at, and of a healthcheck that fails. */
function hostsWord({ instances, versions }: AppDetails, { version }: VersionRecord): string {
  const own = instances?.filter((instance) => instance.version === version) ?? []
  const images = versions?.find((other) => other.version === version)?.images
  const unwell = own.find(({ unhealthy }) => unhealthy !== undefined)?.unhealthy
  if (unwell !== undefined) return `; ${unwell}`
  if (images !== undefined && images.pulled < images.total)
    return `; ${images.pulled} of ${images.total} images are pulled`
  if (versions === undefined || own.every(({ state }) => state === 'attested')) return ''
  const [first] = own
  if (first === undefined) return '; it is not launched yet'
  return `; its agent is ${first.state}${first.code === undefined ? '' : ` (${first.code})`}`
}

/** The version that is waited for; throws `app.version-dropped` when it is neither current nor pending any more. */
function targetVersion(details: AppDetails, asked: number | undefined): VersionRecord {
  const newest = details.pending ?? details.version
  if (asked === undefined || newest.version === asked) return newest
  if (details.version.version === asked) return details.version
  throw new SdkError(
    'app.version-dropped',
    `version ${asked} of application ${details.appId} was not ready in its time and was dropped; version ${details.version.version} runs on. \`wetee logs ${details.appId}\` may say why`,
  )
}

async function probe(
  network: Network,
  url: string,
  tlsKeyHash: Hex,
  signal?: AbortSignal,
): Promise<{ status: number } | { error: string }> {
  try {
    const answer = await network.transport.get(url, {
      maxBytes: maxAnswerBytes,
      timeoutMs: 10_000,
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.tlsKeyHash !== undefined && answer.tlsKeyHash !== tlsKeyHash)
      return { error: `${url} uses a TLS key that is not in the lease` }
    return { status: answer.status }
  } catch (error) {
    if (error instanceof SdkError && error.code !== 'aborted') return { error: error.message }
    throw error
  }
}

/** A read that failed for now is looked at again; anything else ends the wait. */
function retryLater(error: unknown): undefined {
  if (error instanceof SdkError && error.retryable) return undefined
  throw error
}
