// JSON that a worker gives to the owner of an application alone, signed for (EIP-4361). HTTP.
import { createSiweMessage, generateSiweNonce } from 'viem/siwe'
import { z } from 'zod'
import { SdkError } from './error.ts'
import { requireEthereumAccount, type Network } from './network.ts'
import { transportError } from './transport.ts'
import { joinUrl } from './worker-api.ts'

/** 31 days of usage are about 3 MB. */
const maxBytes = 8_388_608
const signInMs = 600_000

/**
 * What the worker of the application answers at `/v1/apps/<id>/<path>`. Throws `app.not-found`, `account.missing`,
 * `worker.refused`, `worker.unreachable`, `worker.answer-invalid`.
 */
export async function ownerJson<T>(
  network: Network,
  appId: bigint,
  path: string,
  schema: z.ZodType<T>,
  { session, signal }: WorkerOptions = {},
): Promise<T> {
  const endpoint = session?.endpoint ?? (await workerEndpoint(network, appId))
  const url = joinUrl(endpoint, `/v1/apps/${appId}/${path}`)
  const authorization =
    session === undefined ? await workerSignIn(network, endpoint, appId) : `Bearer ${session.token}`
  const { status, text } = await ask('GET', url, authorization, signal)
  if (status !== 200) throw refusal(appId, status, text)
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new SdkError('worker.answer-invalid', `${url}: the worker gave an unexpected answer`, {
    retryable: true,
  })
}

/** Somebody signed in at the worker of an application for fifteen minutes. */
export type WorkerSession = {
  readonly endpoint: string
  readonly token: string
  /** Milliseconds since 1970. */
  readonly endsMs: number
}

/** How a request to a worker is signed for, and ended early. */
export type WorkerOptions = {
  /** Signed in already; default a signature for this one request. */
  readonly session?: WorkerSession
  readonly signal?: AbortSignal
}

const tokenSchema = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{16,200}$/),
  expiresInSeconds: z.int().min(1).max(86_400),
})

/** Signs in once for what is read in the next fifteen minutes. Throws as `ownerJson`. */
export async function openWorkerSession(
  network: Network,
  appId: bigint,
  signal?: AbortSignal,
): Promise<WorkerSession> {
  const endpoint = await workerEndpoint(network, appId)
  const url = joinUrl(endpoint, '/v1/session')
  const authorization = await workerSignIn(network, endpoint, appId)
  const { status, text } = await ask('POST', url, authorization, signal)
  if (status !== 200) throw refusal(appId, status, text)
  const parsed = tokenSchema.safeParse(parseJson(text))
  if (!parsed.success)
    throw new SdkError('worker.answer-invalid', `${url}: the worker gave an unexpected answer`)
  const { token, expiresInSeconds } = parsed.data
  return { endpoint, token, endsMs: Date.now() + expiresInSeconds * 1_000 }
}

/** `Authorization` header of the owner for a worker: EIP-4361, domain and chain named, ten minutes. */
export async function workerSignIn(
  network: Network,
  endpoint: string,
  appId: bigint,
): Promise<string> {
  const { account, wallet } = requireEthereumAccount(network)
  const now = new Date()
  const message = createSiweMessage({
    address: account.address,
    chainId: network.profile.chainId,
    domain: new URL(endpoint).host,
    nonce: generateSiweNonce(),
    uri: endpoint,
    version: '1',
    statement: `Owner access to application ${appId}: what it has used, what it has sealed.`,
    issuedAt: now,
    expirationTime: new Date(now.getTime() + signInMs),
  })
  const signature = await wallet.signMessage({ account, message })
  const text = btoa(JSON.stringify({ message, signature }))
  return `SIWE ${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`
}

/** Where the worker of an application is reached. Throws `app.not-found`. */
export async function workerEndpoint(network: Network, appId: bigint): Promise<string> {
  const { number } = await network.reader.finalized()
  const app = await network.reader.app(appId, number)
  const current = app === undefined ? 0 : app.currentVersion || app.pendingVersion
  const version = await network.reader.version(appId, current, number)
  const worker = version && (await network.reader.worker(version.workerId, number))
  if (worker !== undefined) return worker.endpoint
  throw new SdkError(
    'app.not-found',
    `there is no application ${appId} on this network: \`wetee list\` shows yours`,
  )
}

async function ask(
  method: 'GET' | 'POST',
  url: string,
  authorization: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const answer = await fetch(url, {
      method,
      headers: { authorization },
      redirect: 'manual',
      ...(signal === undefined ? {} : { signal }),
    })
    return { status: answer.status, text: await bounded(answer, url) }
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    const error = transportError(url, cause)
    throw error.code === 'transport.failed'
      ? new SdkError('worker.unreachable', error.message, { retryable: true, cause })
      : error
  }
}

async function bounded(answer: Response, url: string): Promise<string> {
  const reader = answer.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let read = 0; reader !== undefined;) {
    const { done, value } = await reader.read()
    if (done) break
    read += value.length
    if (read > maxBytes) {
      await reader.cancel()
      throw new SdkError('worker.answer-invalid', `${url}: more than ${maxBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

function refusal(appId: bigint, status: number, text: string): SdkError {
  const why = status === 401 || status === 403 ? 'only the owner may read this' : text.slice(0, 500)
  return new SdkError(
    'worker.refused',
    `the worker refused it for application ${appId} (status ${status}): ${why}`,
    { retryable: status >= 500 },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
