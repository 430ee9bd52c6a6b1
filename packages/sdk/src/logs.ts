// Log lines of an application from its worker, signed for by the owner (EIP-4361). Streams over HTTP.
import { createSiweMessage, generateSiweNonce } from 'viem/siwe'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'
import { transportError } from './transport.ts'
import { joinUrl } from './worker-api.ts'

/** One line as the worker gives it; `raw` is the JSON text it came from. */
export type LogLine = {
  readonly service?: string
  readonly time?: string
  readonly stream?: string
  readonly text: string
  readonly raw: string
}

export type LogOptions = {
  readonly service?: string
  /** Lines from before now; default 100, at most 10,000. */
  readonly tail?: number
  /** Go on with new lines until the signal ends it. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

const maxLineBytes = 65_536
const maxTail = 10_000

/**
 * Lines oldest first. Only the owner gets them: the request carries a message signed by the account, good for ten minutes.
 * Throws `app.not-found`, `account.missing`, `worker.refused`, `worker.unreachable`, `logs.line-too-long`.
 */
export async function* logs(
  network: Network,
  appId: bigint,
  options: LogOptions = {},
): AsyncGenerator<LogLine, void, undefined> {
  const endpoint = await workerEndpoint(network, appId)
  const query = new URLSearchParams({
    tail: String(Math.min(Math.max(options.tail ?? 100, 0), maxTail)),
    ...(options.follow === true ? { follow: 'true' } : {}),
    ...(options.service === undefined ? {} : { service: options.service }),
  })
  const url = joinUrl(endpoint, `/v1/apps/${appId}/logs?${query.toString()}`)
  const authorization = await signIn(network, endpoint, appId)
  try {
    const answer = await fetch(url, {
      headers: { authorization },
      redirect: 'manual',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (!answer.ok) throw await refusal(answer, appId)
    if (answer.body !== null) yield* readLines(answer.body)
  } catch (cause) {
    if (options.signal?.aborted === true) return
    const error = transportError(url, cause)
    throw error.code === 'transport.failed'
      ? new SdkError('worker.unreachable', error.message, { retryable: true, cause })
      : error
  }
}

/** `Authorization` header of the owner for a worker: EIP-4361, domain and chain named, ten minutes. */
async function signIn(network: Network, endpoint: string, appId: bigint): Promise<string> {
  const { account, wallet } = requireAccount(network)
  const now = new Date()
  const message = createSiweMessage({
    address: account.address,
    chainId: network.profile.chainId,
    domain: new URL(endpoint).host,
    nonce: generateSiweNonce(),
    uri: endpoint,
    version: '1',
    statement: `Owner access to application ${appId}.`,
    issuedAt: now,
    expirationTime: new Date(now.getTime() + 600_000),
  })
  const signature = await wallet.signMessage({ account, message })
  return `SIWE ${base64Url(JSON.stringify({ message, signature }))}`
}

/** Splits a body into JSON lines, each of bounded length. */
async function* readLines(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<LogLine, void, undefined> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') yield parseLine(line)
      if (rest.length > maxLineBytes)
        throw new SdkError('logs.line-too-long', `a log line is longer than ${maxLineBytes} bytes`)
      if (done) break
    }
    if (rest.trim() !== '') yield parseLine(rest)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function parseLine(raw: string): LogLine {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return { text: raw, raw }
  }
  if (typeof value === 'string') return { text: value, raw }
  if (typeof value !== 'object' || value === null) return { text: raw, raw }
  const field = (...names: string[]): string | undefined => {
    for (const name of names) {
      const found = (value as Record<string, unknown>)[name]
      if (typeof found === 'string' || typeof found === 'number') return String(found)
    }
    return undefined
  }
  const service = field('service')
  const time = field('time', 'timestamp', 'at')
  const stream = field('stream')
  return {
    text: field('text', 'line', 'message', 'msg') ?? raw,
    raw,
    ...(service === undefined ? {} : { service }),
    ...(time === undefined ? {} : { time }),
    ...(stream === undefined ? {} : { stream }),
  }
}

async function workerEndpoint(network: Network, appId: bigint): Promise<string> {
  const { number } = await network.reader.finalized()
  const app = await network.reader.app(appId, number)
  const version =
    app === undefined
      ? undefined
      : await network.reader.version(
          appId,
          app.currentVersion === 0 ? app.pendingVersion : app.currentVersion,
          number,
        )
  const worker =
    version === undefined ? undefined : await network.reader.worker(version.workerId, number)
  if (worker === undefined)
    throw new SdkError(
      'app.not-found',
      `there is no application ${appId} on this network: \`wetee list\` shows yours`,
    )
  return worker.endpoint
}

async function refusal(answer: Response, appId: bigint): Promise<SdkError> {
  const body = (await answer.text().catch(() => '')).slice(0, 500)
  await answer.body?.cancel().catch(() => undefined)
  const why = answer.status === 401 || answer.status === 403 ? 'only the owner may read them' : body
  return new SdkError(
    'worker.refused',
    `the worker gave no logs of application ${appId} (status ${answer.status}): ${why}`,
    { retryable: answer.status >= 500 },
  )
}

function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
