// An owner at the agent of an instance: evidence first, then a sign-in through a channel to the keys that it names. Network I/O.
import { parseEvidenceDocument } from '@wetee/attestation'
import { ownerMessage } from '@wetee/sign-in'
import type { Hex } from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import { requireEthereumAccount, type Network } from '../network.ts'
import { reasonOf, type PinnedCalls } from '../transport.ts'
import { fetchEvidence, fetchRelayedEvidence, verifyEvidence } from '../verify/verify.ts'
import type { VerifyReport, VerifyStepId } from '../verify/report.ts'
import { readAppStatus, type InstanceStatus } from '../worker-api.ts'
import {
  invalid,
  maxAnswerBytes,
  refusal,
  type OwnedInstance,
  type OwnerCall,
  type OwnerChannel,
  type OwnerStream,
} from './channel.ts'
import { pinnedChannel } from './pinned-channel.ts'
import { sealedChannel } from './sealed-channel.ts'

/** Somebody signed in at one agent, through a channel to its attested keys alone. */
export type OwnerSession = OwnedInstance & {
  readonly tlsKeyHash: Hex
  /** True when the TEE is a simulation. */
  readonly simulated: boolean
  /** JSON of a call. Throws SdkError `agent.refused`, `agent.unreachable`, `agent.answer-invalid`. */
  get(path: string, signal?: AbortSignal): Promise<unknown>
  /** A call that has nothing to say. Throws as `get`. */
  post(path: string, body: unknown, signal?: AbortSignal): Promise<void>
  /** Takes something away. Throws as `get`. */
  remove(path: string, signal?: AbortSignal): Promise<void>
  /** Signs in once more: what is asked from then on has the whole time of a session again. Throws as `get`. */
  renew(signal?: AbortSignal): Promise<void>
  /** Lines of a call, as they come, until its end or the signal; a POST where there is a body. Throws as `get`. */
  lines(
    path: string,
    options?: { readonly body?: unknown; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<string, void, undefined>
  /** Bytes that answer a POST, as they come. Throws as `get`. */
  bytes(
    path: string,
    options: { readonly body: unknown; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<Uint8Array, void, undefined>
}

/** Which instances to ask, and who hears of those that do not answer. */
export type OwnerOptions = {
  /** Sessions that are open already, of the same application; default new ones, each signed for. */
  readonly sessions?: readonly OwnerSession[]
  /** One replica alone; default all of them, of current and pending version. */
  readonly replica?: number
  /** Hears of instances that do not answer while others do. */
  readonly onProblem?: (instance: OwnedInstance, error: SdkError) => void
  readonly signal?: AbortSignal
}

const challengeSchema = z.object({ nonce: z.string().regex(/^[A-Za-z0-9]{8,128}$/) })
const sessionSchema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{16,200}$/) })
const MAX_LINE_LENGTH = 131_072
/** An owner wants to know also why there is no lease. */
const MAY_FAIL: readonly VerifyStepId[] = ['lease', 'images']

/**
 * Signs in at the agents of an application, each of which has proved what it is before. Throws SdkError `app.not-found`,
 * `app.no-agent` where none can be reached, `account.missing`, and what the only agent has failed with.
 */
export async function openOwnerSessions(
  network: Network,
  appId: bigint,
  options: OwnerOptions = {},
): Promise<OwnerSession[]> {
  if (options.sessions !== undefined) return [...options.sessions]
  requireEthereumAccount(network)
  const instances = (await ownedInstances(network, appId, options.signal)).filter(
    ({ replica }) => options.replica === undefined || options.replica === replica,
  )
  if (instances.length === 0)
    throw new SdkError(
      'app.no-agent',
      `no worker names an instance of application ${appId}: \`wetee show ${appId}\` says what is missing`,
      { retryable: true },
    )
  const sessions: OwnerSession[] = []
  let failure: SdkError | undefined
  for (const instance of instances)
    try {
      sessions.push(await openSession(network, appId, instance, options.signal))
    } catch (error) {
      if (!(error instanceof SdkError) || options.signal?.aborted === true) throw error
      failure = error
      options.onProblem?.(instance, error)
    }
  if (sessions.length === 0 && failure !== undefined) throw failure
  return sessions
}

/** With the worker that names it. */
type Reachable = OwnedInstance & { readonly endpoint: string }

/** Instances of current and pending version that their workers name. */
async function ownedInstances(
  network: Network,
  appId: bigint,
  signal: AbortSignal | undefined,
): Promise<Reachable[]> {
  const { reader, transport } = network
  const { number } = await reader.finalized()
  const app = await reader.app(appId, number)
  const found = new Map<string, InstanceStatus & { readonly endpoint: string }>()
  const versions = [app?.currentVersion ?? 0, app?.pendingVersion ?? 0].filter((v) => v !== 0)
  for (const version of versions) {
    const record = await reader.version(appId, version, number)
    const worker = record === undefined ? undefined : await reader.worker(record.workerId, number)
    if (worker === undefined) continue
    const status = await readAppStatus(transport, worker.endpoint, appId, signal)
    for (const instance of status?.instances ?? [])
      if (instance.version === version)
        found.set(`${version}/${instance.replica}`, { ...instance, endpoint: worker.endpoint })
  }
  if (versions.length === 0)
    throw new SdkError(
      'app.not-found',
      `there is no application ${appId} on this network: \`wetee list\` shows yours`,
    )
  return [...found.values()].flatMap(({ version, replica, ownerUrl, endpoint }) =>
    ownerUrl === undefined ? [] : [{ version, replica, url: ownerUrl, endpoint }],
  )
}

async function openSession(
  network: Network,
  appId: bigint,
  instance: Reachable,
  signal: AbortSignal | undefined,
): Promise<OwnerSession> {
  const { pinned } = network.transport
  const channel =
    pinned === undefined
      ? await sealedTo(network, appId, instance, signal)
      : await pinnedTo(network, pinned, appId, instance, signal)
  const { tlsKeyHash, simulated } = channel
  const call = callerOf(instance.url, channel)
  const signedIn = (own: AbortSignal | undefined) => signIn(network, appId, tlsKeyHash, call, own)
  let token = await signedIn(signal)
  const { version, replica, url } = instance
  return {
    ...{ version, replica, url, tlsKeyHash, simulated },
    get: (path, own) => call({ method: 'GET', path, token }, own ?? signal),
    post: async (path, body, own) =>
      void (await call({ method: 'POST', path, token, body }, own ?? signal)),
    remove: async (path, own) =>
      void (await call({ method: 'DELETE', path, token }, own ?? signal)),
    renew: async (own) => {
      token = await signedIn(own ?? signal)
    },
    lines: (path, { body: order, signal: own } = {}) => {
      const line = { path, token, ...(order === undefined ? {} : { body: order }) }
      const method = order === undefined ? 'GET' : 'POST'
      return readLines(url, channel, { ...line, method }, own ?? signal)
    },
    bytes: (path, { body, signal: own }) =>
      readBytes(url, channel, { method: 'POST', path, token, body }, own ?? signal),
  }
}

/** A token for the account of the network. */
async function signIn(
  network: Network,
  appId: bigint,
  tlsKeyHash: Hex,
  call: ReturnType<typeof callerOf>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { account, wallet } = requireEthereumAccount(network)
  const { nonce } = parse(
    challengeSchema,
    await call({ method: 'GET', path: '/v1/session' }, signal),
  )
  const { chainId, contracts } = network.profile
  const message = ownerMessage(
    { chainId: BigInt(chainId), cloud: contracts.cloud, appId, tlsKeyHash },
    { address: account.address, nonce, nowMs: Date.now() },
  )
  const signature = await wallet.signMessage({ account, message })
  const body = { message, signature }
  return parse(sessionSchema, await call({ method: 'POST', path: '/v1/session', body }, signal))
    .token
}

/** Over TLS: the key that genuine hardware vouches for, for this application, which the connection has shown too. */
async function pinnedTo(
  network: Network,
  pinned: PinnedCalls,
  appId: bigint,
  instance: OwnedInstance,
  signal: AbortSignal | undefined,
): Promise<OwnerChannel> {
  const { url } = instance
  const fetched = await fetchEvidence(network.transport, url, signal)
  const { tlsKeyHash } = fetched
  const report = await verifyEvidence(network, {
    evidence: fetched.text,
    appId,
    nowMs: Date.now(),
    waitAheadMs: 30_000,
    channelOpen: !fetched.url.startsWith('https:'),
    ...(tlsKeyHash === undefined ? {} : { channelKeyHash: tlsKeyHash }),
  })
  requireProved(appId, instance, report, MAY_FAIL)
  if (tlsKeyHash === undefined) throw notVerified(appId, instance, ['channel'])
  return pinnedChannel(pinned, url, { tlsKeyHash, simulated: report.simulated })
}

/** Through its worker: the key that genuine hardware vouches for is what every call is sealed to. */
async function sealedTo(
  network: Network,
  appId: bigint,
  instance: Reachable,
  signal: AbortSignal | undefined,
): Promise<OwnerChannel> {
  const { version, replica, endpoint } = instance
  const fetched = await fetchRelayedEvidence(network, appId, { replica, version, signal })
  const report = await verifyEvidence(network, {
    evidence: fetched.text,
    appId,
    nowMs: Date.now(),
    waitAheadMs: 30_000,
    channelUnseen: 'calls are sealed to the key in the evidence',
  })
  requireProved(appId, instance, report, [...MAY_FAIL, 'channel'])
  const { subject } = parseEvidenceDocument(fetched.text)
  if (subject.kind !== 'instance' || subject.version !== version || subject.replica !== replica)
    throw notVerified(appId, instance, ['application'])
  const { hpkeKey, tlsKeyHash } = subject
  return sealedChannel(endpoint, appId, instance, {
    ...{ hpkeKey, tlsKeyHash, simulated: report.simulated },
  })
}

function requireProved(
  appId: bigint,
  instance: OwnedInstance,
  report: VerifyReport,
  mayFail: readonly VerifyStepId[],
): void {
  const failed = report.steps.filter(({ ok, id }) => !ok && !mayFail.includes(id))
  if (failed.length > 0 || !imagesHold(report))
    throw notVerified(
      appId,
      instance,
      failed.map(({ id }) => id),
    )
}

function notVerified(
  appId: bigint,
  { version, replica, url }: OwnedInstance,
  failed: readonly string[],
): SdkError {
  return new SdkError(
    'agent.not-verified',
    `version ${version}, replica ${replica}: what answers at ${url} is not proved to be this application (${failed.join(', ')}): nothing was signed; \`wetee verify ${appId}\` shows every step`,
  )
}

/** Without a register of images the step is skipped; where it is judged it has to hold. */
function imagesHold({ failed }: VerifyReport): boolean {
  return !failed.includes('images')
}

function callerOf(url: string, channel: OwnerChannel) {
  return async (call: OwnerCall, signal: AbortSignal | undefined): Promise<unknown> => {
    try {
      const answer = await channel.stream(call, signal)
      const body = await readAll(answer)
      if (answer.status === 204) return undefined
      if (answer.status !== 200) throw refusal(answer.status, body)
      return JSON.parse(new TextDecoder().decode(body)) as unknown
    } catch (cause) {
      throw agentError(url, cause, signal)
    }
  }
}

async function readAll(answer: OwnerStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of answer.body) {
      size += chunk.length
      if (size > maxAnswerBytes) throw invalid(`more than ${maxAnswerBytes} bytes`)
      chunks.push(chunk)
    }
  } finally {
    answer.close()
  }
  const all = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.length
  }
  return all
}

async function* readLines(
  url: string,
  channel: OwnerChannel,
  call: OwnerCall,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  try {
    const answer = await channel.stream(call, signal)
    try {
      const decoder = new TextDecoder()
      let rest = ''
      for await (const chunk of answer.body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        if (rest.length > MAX_LINE_LENGTH) throw invalid('a line is too long')
        if (answer.status === 200) yield* lines.filter((line) => line !== '')
        else rest = [...lines, rest].join('\n')
      }
      if (answer.status !== 200) throw refusal(answer.status, new TextEncoder().encode(rest))
    } finally {
      answer.close()
    }
  } catch (cause) {
    if (signal?.aborted === true) return
    throw agentError(url, cause, signal)
  }
}

async function* readBytes(
  url: string,
  channel: OwnerChannel,
  call: OwnerCall,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const answer = await channel.stream(call, signal)
    if (answer.status !== 200) throw refusal(answer.status, await readAll(answer))
    try {
      yield* answer.body
    } finally {
      answer.close()
    }
  } catch (cause) {
    throw agentError(url, cause, signal)
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(z.prettifyError(parsed.error).slice(0, 300))
}

function agentError(url: string, cause: unknown, signal: AbortSignal | undefined): SdkError {
  if (cause instanceof SdkError) return cause
  if (signal?.aborted === true)
    return new SdkError('aborted', `stopped while waiting for ${url}`, { cause })
  if (cause instanceof SyntaxError) return invalid('not JSON')
  const why = reasonOf(cause)
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return new SdkError(
    code === 'tls.key-mismatch' || code === 'sealed.unauthentic'
      ? 'agent.not-verified'
      : 'agent.unreachable',
    `the agent at ${url} does not answer: ${why}`,
    { retryable: true, cause },
  )
}
