// An owner at the agent of an instance: evidence first, then a sign-in over the TLS key that it names. Does network I/O.
import { isIP } from 'node:net'
import { ownerMessage } from '@wetee/sign-in'
import { requestPinned, streamPinned, TlsError, type ConnectTarget } from '@wetee/tls'
import type { Hex } from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import { requireAccount, type Network } from '../network.ts'
import { fetchEvidence, verifyEvidence } from '../verify/verify.ts'
import type { VerifyReport, VerifyStepId } from '../verify/report.ts'
import { readAppStatus, type InstanceStatus } from '../worker-api.ts'

/** An instance whose agent answers its owner, by the word of its worker. */
export type OwnedInstance = {
  readonly version: number
  readonly replica: number
  readonly url: string
}

/** Somebody signed in at one agent, over connections to its attested key alone. */
export type OwnerSession = OwnedInstance & {
  readonly tlsKeyHash: Hex
  /** True when the TEE is a simulation. */
  readonly simulated: boolean
  /** JSON of a call. Throws SdkError `agent.refused`, `agent.unreachable`, `agent.answer-invalid`. */
  get(path: string): Promise<unknown>
  /** Lines of a call, as they come, until its end or the signal; a POST where there is a body. Throws as `get`. */
  lines(path: string, body?: unknown): AsyncGenerator<string, void, undefined>
}

export type OwnerOptions = {
  /** One replica alone; default all of them, of current and pending version. */
  readonly replica?: number
  /** Hears of instances that do not answer while others do. */
  readonly onProblem?: (instance: OwnedInstance, error: SdkError) => void
  readonly signal?: AbortSignal
}

const challengeSchema = z.object({ nonce: z.string().regex(/^[A-Za-z0-9]{8,128}$/) })
const sessionSchema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{16,200}$/) })
const errorSchema = z.object({
  error: z.object({ code: z.string().max(100), message: z.string().max(1_000) }),
})
const MAX_ANSWER_BYTES = 4_194_304
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
  requireAccount(network)
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

/** Instances of current and pending version that their workers name. */
async function ownedInstances(
  network: Network,
  appId: bigint,
  signal: AbortSignal | undefined,
): Promise<OwnedInstance[]> {
  const { reader, transport } = network
  const { number } = await reader.finalized()
  const app = await reader.app(appId, number)
  const found = new Map<string, InstanceStatus>()
  const versions = [app?.currentVersion ?? 0, app?.pendingVersion ?? 0].filter((v) => v !== 0)
  for (const version of versions) {
    const record = await reader.version(appId, version, number)
    const worker = record === undefined ? undefined : await reader.worker(record.workerId, number)
    if (worker === undefined) continue
    const status = await readAppStatus(transport, worker.endpoint, appId, signal)
    for (const instance of status?.instances ?? [])
      if (instance.version === version) found.set(`${version}/${instance.replica}`, instance)
  }
  if (versions.length === 0)
    throw new SdkError(
      'app.not-found',
      `there is no application ${appId} on this network: \`wetee list\` shows yours`,
    )
  return [...found.values()].flatMap(({ version, replica, ownerUrl }) =>
    ownerUrl === undefined ? [] : [{ version, replica, url: ownerUrl }],
  )
}

async function openSession(
  network: Network,
  appId: bigint,
  instance: OwnedInstance,
  signal: AbortSignal | undefined,
): Promise<OwnerSession> {
  const { account, wallet } = requireAccount(network)
  const { tlsKeyHash, simulated } = await attestedKey(network, appId, instance, signal)
  const call = callerOf(instance.url, tlsKeyHash, signal)
  const { nonce } = parse(challengeSchema, await call('GET', '/v1/session'))
  const { chainId, contracts } = network.profile
  const message = ownerMessage(
    { chainId: BigInt(chainId), cloud: contracts.cloud, appId, tlsKeyHash },
    { address: account.address, nonce, nowMs: Date.now() },
  )
  const signature = await wallet.signMessage({ account, message })
  const opened = await call('POST', '/v1/session', { body: { message, signature } })
  const { token } = parse(sessionSchema, opened)
  return {
    ...instance,
    tlsKeyHash,
    simulated,
    get: (path) => call('GET', path, { token }),
    lines: (path, body) => readLines(instance.url, { path, body, token, tlsKeyHash, signal }),
  }
}

/** The TLS key that genuine hardware vouches for, for this application; the connection has shown it too. */
async function attestedKey(
  network: Network,
  appId: bigint,
  { url, version, replica }: OwnedInstance,
  signal: AbortSignal | undefined,
): Promise<{ tlsKeyHash: Hex; simulated: boolean }> {
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
  const failed = report.steps.filter(({ ok, id }) => !ok && !MAY_FAIL.includes(id))
  if (failed.length === 0 && tlsKeyHash !== undefined && imagesHold(report))
    return { tlsKeyHash, simulated: report.simulated }
  throw new SdkError(
    'agent.not-verified',
    `version ${version}, replica ${replica}: what answers at ${url} is not proved to be this application (${failed.map(({ id }) => id).join(', ')}): nothing was signed; \`wetee verify ${appId}\` shows every step`,
  )
}

/** Without a register of images the step is skipped; where it is judged it has to hold. */
function imagesHold({ failed }: VerifyReport): boolean {
  return !failed.includes('images')
}

type Call = { readonly token?: string; readonly body?: unknown }

function callerOf(url: string, tlsKeyHash: Hex, signal: AbortSignal | undefined) {
  return async (method: string, path: string, { token, body }: Call = {}): Promise<unknown> => {
    try {
      const answer = await requestPinned({
        ...targetOf(url),
        ...{ method, path, tlsKeyHash, maxBytes: MAX_ANSWER_BYTES },
        headers: headersOf(token, body),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      if (answer.status !== 200) throw refusal(answer.status, answer.body)
      return JSON.parse(new TextDecoder().decode(answer.body)) as unknown
    } catch (cause) {
      throw agentError(url, cause, signal)
    }
  }
}

async function* readLines(
  url: string,
  given: {
    readonly path: string
    readonly body: unknown
    readonly token: string
    readonly tlsKeyHash: Hex
    readonly signal: AbortSignal | undefined
  },
): AsyncGenerator<string, void, undefined> {
  const { path, body, token, tlsKeyHash, signal } = given
  try {
    const answer = await streamPinned({
      ...targetOf(url),
      ...{ method: body === undefined ? 'GET' : 'POST', path, tlsKeyHash },
      headers: headersOf(token, body),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
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

function targetOf(url: string): { connect: ConnectTarget; host: string } {
  const { hostname, port, host } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  const connect = { host: bare, port: Number(port === '' ? '443' : port) }
  return { connect, host: isIP(bare) === 0 ? host : `localhost:${connect.port}` }
}

function headersOf(token: string | undefined, body: unknown): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(z.prettifyError(parsed.error).slice(0, 300))
}

function invalid(why: string): SdkError {
  return new SdkError('agent.answer-invalid', `the agent gave an unexpected answer: ${why}`)
}

function refusal(status: number, body: Uint8Array): SdkError {
  let said: z.infer<typeof errorSchema>['error'] | undefined
  try {
    said = errorSchema.parse(JSON.parse(new TextDecoder().decode(body))).error
  } catch {
    said = undefined
  }
  return new SdkError(
    'agent.refused',
    said === undefined
      ? `the agent answered with status ${status}`
      : `the agent refuses: ${said.message} (${said.code})`,
    {
      retryable: status >= 500 || status === 429,
      ...(said === undefined ? {} : { details: { code: said.code } }),
    },
  )
}

function agentError(url: string, cause: unknown, signal: AbortSignal | undefined): SdkError {
  if (cause instanceof SdkError) return cause
  if (signal?.aborted === true)
    return new SdkError('aborted', `stopped while waiting for ${url}`, { cause })
  if (cause instanceof SyntaxError) return invalid('not JSON')
  const why = cause instanceof Error ? cause.message : String(cause)
  const changed = cause instanceof TlsError && cause.code === 'tls.key-mismatch'
  return new SdkError(
    changed ? 'agent.not-verified' : 'agent.unreachable',
    `the agent at ${url} does not answer: ${why}`,
    { retryable: true, cause },
  )
}
