// Waits until an application is attested on chain and answers over the attested TLS key. Network I/O.
import type { Hex } from 'viem'
import { showApp, type AppDetails } from './apps.ts'
import { pause } from './clock.ts'
import { SdkError } from './error.ts'
import type { Network } from './network.ts'
import type { VersionRecord } from './reader.ts'
import type { Condition } from './worker-api.ts'

/** What is still missing, each time that it changes. */
export type WaitProgress = {
  readonly stage: 'lease' | 'answer'
  readonly text: string
  readonly conditions: readonly Condition[]
}

export type WaitOptions = {
  /** Version to wait for; default the newest that is current or pending. */
  readonly version?: number
  /** Default 300,000. */
  readonly timeoutMs?: number
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
 * Until every replica of the version holds a live lease and its first URL answers with the TLS key of that lease.
 * Throws `wait.timeout` (with the worker's conditions), `app.version-dropped`, `app.ended`, `app.not-found`, `aborted`.
 */
export async function waitForApp(
  network: Network,
  appId: bigint,
  options: WaitOptions = {},
): Promise<ReadyApp> {
  const deadline = Date.now() + (options.timeoutMs ?? 300_000)
  let last = ''
  let progress: WaitProgress = { stage: 'lease', text: 'waiting for the chain', conditions: [] }
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
    return { stage: 'lease', text: 'the chain does not answer', conditions: [] }
  if (details.state === 'ended')
    throw new SdkError('app.ended', `application ${appId} has ended: deploy it again`)
  const { conditions } = details
  const version = targetVersion(details, options.version)
  const live = details.leases.filter((lease) => lease.live && lease.version === version.version)
  const replicas = new Set(live.map((lease) => lease.replica)).size
  const isCurrent = version.version === details.version.version
  const wanted = isCurrent ? details.replicas : version.terms.replicas
  if (details.state === 'paused')
    return { stage: 'lease', text: 'the application is paused: top it up', conditions }
  if (replicas < wanted)
    return {
      stage: 'lease',
      text: `${replicas} of ${wanted} replicas hold a live attestation lease`,
      conditions,
    }
  const instance = details.instances?.find(
    (i) => i.version === version.version && i.urls.length > 0,
  )
  const lease = live.find((l) => l.replica === (instance?.replica ?? 0))
  if (instance === undefined || lease === undefined) {
    const unpublished = details.instances?.some((i) => i.version === version.version) === true
    if (unpublished) return { details, urls: [] }
    return { stage: 'answer', text: 'attested; the worker names no address yet', conditions }
  }
  const url = instance.urls[0]?.url ?? ''
  const answer = await probe(network, url, lease.tlsKeyHash, options.signal)
  if ('status' in answer && ![502, 503, 504].includes(answer.status))
    return { details, urls: instance.urls, status: answer.status }
  const text = 'status' in answer ? `${url} answers ${answer.status}` : answer.error
  return { stage: 'answer', text: `attested; ${text}`, conditions }
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
