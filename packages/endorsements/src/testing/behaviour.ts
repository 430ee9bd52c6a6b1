// How a vendor server answers a route: rightly, or in one of the ways that servers and networks
// fail. Network.
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** One way to answer. Times in milliseconds, sizes in bytes. */
export type Behaviour =
  | { readonly type: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly type: 'slow'; readonly delayMs: number }
  | { readonly type: 'drip'; readonly bytes: number; readonly intervalMs: number }
  | { readonly type: 'truncated' }
  | { readonly type: 'reset' }
  | { readonly type: 'content'; readonly body: string | Uint8Array; readonly contentType?: string }
  | { readonly type: 'content-type'; readonly contentType: string }
  | { readonly type: 'oversize'; readonly bytes: number; readonly announced: boolean }
  | { readonly type: 'no-issuer-chain' }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | { readonly type: 'redirect'; readonly location: string }
  | { readonly type: 'stale' }

/** What the real service would send. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Sends `answer` as `behaviour` wants it; rightly when there is none. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  behaviour: Behaviour | undefined,
): Promise<void> {
  const { headers, body } = answer
  const whole = (more: Readonly<Record<string, string>>, bytes: Uint8Array) =>
    response
      .writeHead(answer.status, { ...headers, ...more, 'content-length': bytes.length })
      .end(bytes)
  switch (behaviour?.type) {
    case undefined:
    case 'stale':
      return void whole({}, body)
    case 'status': {
      const { status, retryAfter } = behaviour
      const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
      return void response.writeHead(status, { 'content-type': 'text/plain', ...wait }).end('no')
    }
    case 'slow':
      await delay(behaviour.delayMs, undefined, { ref: false })
      return void whole({}, body)
    case 'drip':
      return drip(response, answer, behaviour)
    case 'truncated':
      response.writeHead(200, { ...headers, 'content-length': body.length })
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'content': {
      const bytes = Buffer.from(behaviour.body)
      const type = behaviour.contentType
      return void whole(type === undefined ? {} : { 'content-type': type }, bytes)
    }
    case 'content-type':
      return void whole({ 'content-type': behaviour.contentType }, body)
    case 'oversize': {
      const bytes = Buffer.alloc(behaviour.bytes, 0x20)
      if (behaviour.announced) return void whole({}, bytes)
      return void response.writeHead(200, headers).end(bytes)
    }
    case 'no-issuer-chain': {
      const kept = Object.entries(headers).filter(([name]) => !/issuer-chain$/i.test(name))
      return void response.writeHead(200, Object.fromEntries(kept)).end(body)
    }
    case 'header':
      return void whole({ [behaviour.name]: behaviour.value }, body)
    case 'redirect':
      return void response.writeHead(302, { location: behaviour.location }).end()
  }
}

async function drip(
  response: ServerResponse,
  { headers, body }: Answer,
  { bytes, intervalMs }: { readonly bytes: number; readonly intervalMs: number },
): Promise<void> {
  response.writeHead(200, { ...headers, 'content-length': body.length })
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes))
    await delay(intervalMs)
  }
  response.end()
}
