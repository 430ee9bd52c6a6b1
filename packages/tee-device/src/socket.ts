// JSON requests over a Unix socket, with bounds on time and size. Does socket I/O.
import { request, type IncomingMessage } from 'node:http'
import { TeeError } from './error.ts'

/** One request to a Unix socket. */
export type SocketRequest = {
  readonly socketPath: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Largest answer, bytes; default 1 MiB. */
  readonly maxBytes?: number
  /** Default 10,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const DEFAULT_MAX_BYTES = 1_048_576
const DEFAULT_TIMEOUT_MS = 10_000

/**
 * Sends one JSON request and returns the parsed answer (`undefined` for an empty one).
 * Throws TeeError: `tee.unreachable`, `tee.timeout`, `tee.aborted`, `tee.answer-invalid`, or, for a status of
 * 400 and above, the `error.code` of the answer.
 */
export async function requestSocket(options: SocketRequest): Promise<unknown> {
  const { status, text } = await exchange(options)
  let value: unknown
  try {
    value = text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    throw new TeeError('tee.answer-invalid', `${options.path}: the answer is not JSON`, {
      cause,
      status,
    })
  }
  if (status < 400) return value
  const error = isRecord(value) && isRecord(value['error']) ? value['error'] : {}
  const { code, message } = error
  throw new TeeError(
    typeof code === 'string' ? code : 'tee.answer-invalid',
    typeof message === 'string' ? message : `${options.path}: answered with status ${status}`,
    { status },
  )
}

/** Whether a value is an object with string keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function exchange(options: SocketRequest): Promise<{ status: number; text: string }> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(failure(options, cause, timeout))
    const outgoing = request({
      socketPath: options.socketPath,
      method: options.method,
      path: options.path,
      agent: false,
      signal,
      headers: {
        host: 'localhost',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    })
    // An answer of 101 closes the connection, and that is all that is heard of it.
    const closed = () => fail(new Error('the connection closed without an answer'))
    outgoing.on('error', fail)
    outgoing.on('close', closed)
    outgoing.on('response', (answer) => {
      outgoing.off('close', closed)
      readText(answer, options.maxBytes ?? DEFAULT_MAX_BYTES).then(
        (text) => resolve({ status: answer.statusCode ?? 0, text }),
        fail,
      )
    })
    outgoing.end(body)
  })
}

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes)
      throw new TeeError('tee.answer-invalid', `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failure(options: SocketRequest, cause: unknown, timeout: AbortSignal): TeeError {
  if (cause instanceof TeeError) return cause
  const where = `${options.method} ${options.path} on ${options.socketPath}`
  if (timeout.aborted) return new TeeError('tee.timeout', `${where}: no answer in time`, { cause })
  if (options.signal?.aborted === true)
    return new TeeError('tee.aborted', `${where}: the caller gave up`, { cause })
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TeeError('tee.unreachable', `${where}: ${reason}`, { cause })
}
