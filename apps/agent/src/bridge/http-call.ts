// One HTTP call of the application, with bounds on time and size. Does network I/O on 127.0.0.1.
import { request, type IncomingMessage } from 'node:http'
import type { HttpRequest } from '@wetee/bridge'

/** What the application said, or why it did not. */
export type HttpAnswer =
  | { readonly status: number; readonly body: Uint8Array }
  | {
      readonly failed: 'unreachable' | 'timedOut' | 'tooLarge' | 'unexpected'
      readonly text: string
    }

/** Bytes of an answer at most. */
export const MAX_ANSWER_BYTES = 1_048_576
const MAX_HEADER_BYTES = 16_384

/**
 * Sends one request and reads the whole answer; redirects are answers. `headers` go beside those of the request, which cannot replace
 * them. Never throws.
 */
export async function callApplication(
  target: { readonly port: number },
  { method, path, headers: own, body }: HttpRequest,
  { headers, timeoutMs }: { headers: Readonly<Record<string, string>>; timeoutMs: number },
): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await send(
      { host: '127.0.0.1', port: target.port, method, path, signal: timeout },
      { ...own, ...headers, 'accept-encoding': 'identity', connection: 'close' },
      body,
    )
    return await read(answer)
  } catch (error) {
    if (timeout.aborted) return { failed: 'timedOut', text: `no answer within ${timeoutMs} ms` }
    const code = error instanceof Error && 'code' in error ? String(error.code).slice(0, 40) : ''
    return { failed: 'unreachable', text: `the application did not answer (${code || 'closed'})` }
  }
}

function send(
  options: { host: string; port: number; method: string; path: string; signal: AbortSignal },
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = request({
      ...options,
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: { ...headers, ...length },
    })
    outgoing.on('error', reject)
    outgoing.on('response', resolve)
    // A protocol that nobody asked for.
    outgoing.on('upgrade', (_answer, socket) => socket.destroy(new Error('upgrade')))
    outgoing.on('close', () => reject(new Error('closed without an answer')))
    outgoing.end(body)
  })
}

async function read(answer: IncomingMessage): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = answer
  // Statuses from 600 on are the agent's own.
  if (status < 200 || status > 599) {
    answer.destroy()
    return { failed: 'unexpected', text: `status ${status} is none of HTTP` }
  }
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding.toLowerCase() !== 'identity') {
    answer.destroy()
    return { failed: 'unexpected', text: 'the answer is compressed, though nobody asked for that' }
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) {
      answer.destroy()
      return { failed: 'tooLarge', text: `the answer has more than ${MAX_ANSWER_BYTES} bytes` }
    }
    chunks.push(chunk)
  }
  return { status, body: Buffer.concat(chunks) }
}
