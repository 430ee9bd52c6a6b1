// Calls of the owner API that come sealed to the instance's key and are answered sealed: for pages, which cannot see a TLS key. A route.
import {
  AnswerSealer,
  maxPieceBytes,
  openRequest,
  SealingError,
  type OpenedRequest,
} from '@wetee/sealing'
import { ownerCallInfo } from '@wetee/sign-in'
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { stream } from 'hono/streaming'
import * as z from 'zod'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { OwnerError } from './owner-error.ts'
import { TokenBucket } from './token-bucket.ts'

/** What calls are opened and counted by. */
export type SealedCallParts = {
  readonly keys: Pick<InstanceKeys, 'hpke'>
  readonly monotonicMs: () => number
}

const MAX_CALL_BYTES = 32_768
/** Each costs an exchange of keys, whoever sends it. */
const OPENED = { perSecond: 20, burst: 60 }
/**
 * What may be asked so. Whoever passes a call on can send it again: only what changes nothing, or counts once by itself, is here, and a
 * command is neither.
 */
const callSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('GET'),
    path: z
      .string()
      .max(2_048)
      .regex(
        /^\/v1\/(session|logs|events|metrics|exceptions|bundles(\/[0-9a-f]{1,32})?)(\?[\x21-\x7e]*)?$/,
      ),
    token: z.string().max(200).optional(),
  }),
  z.strictObject({ method: z.literal('POST'), path: z.literal('/v1/session'), body: z.unknown() }),
  z.strictObject({
    method: z.literal('DELETE'),
    path: z.literal('/v1/session'),
    token: z.string().max(200),
  }),
])

/** Adds `POST /v1/sealed`: the answer's first piece is its status, what follows is its body. */
export function addSealedCalls(app: Hono, { keys, monotonicMs }: SealedCallParts): void {
  const opened = new TokenBucket(OPENED.perSecond, OPENED.burst, monotonicMs)
  const tooLarge = () => {
    throw new OwnerError('request.invalid', `expected at most ${MAX_CALL_BYTES} bytes`)
  }
  app.post('/v1/sealed', bodyLimit({ maxSize: MAX_CALL_BYTES, onError: tooLarge }), async (c) => {
    if (!opened.take())
      throw new OwnerError('request.too-many', 'too many sealed calls: try again in a second')
    const { content, answerKey } = await open(keys, new Uint8Array(await c.req.arrayBuffer()))
    const answer = await app.fetch(requestOf(content))
    const sealer = new AnswerSealer(answerKey)
    c.header('content-type', 'application/octet-stream')
    return stream(c, async (out) => {
      const reader = answer.body?.getReader()
      out.onAbort(() => void reader?.cancel().catch(() => undefined))
      const status = JSON.stringify({ status: answer.status })
      await out.write(sealer.seal(new TextEncoder().encode(status), false))
      for (;;) {
        const next = await reader?.read()
        if (next === undefined || next.done) break
        for (let at = 0; at < next.value.length; at += maxPieceBytes)
          await out.write(sealer.seal(next.value.subarray(at, at + maxPieceBytes), false))
      }
      if (!out.aborted) await out.write(sealer.seal(new Uint8Array(0), true))
    })
  })
}

async function open(keys: Pick<InstanceKeys, 'hpke'>, bytes: Uint8Array): Promise<OpenedRequest> {
  try {
    return await openRequest(keys.hpke, ownerCallInfo, bytes)
  } catch (cause) {
    if (!(cause instanceof SealingError)) throw cause
    throw new OwnerError('request.invalid', 'not sealed to the key of this instance', { cause })
  }
}

/** The call as the same API takes it without a seal. */
function requestOf(content: Uint8Array): Request {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(content))
  } catch (cause) {
    throw new OwnerError('request.invalid', 'expected JSON under the seal', { cause })
  }
  const parsed = callSchema.safeParse(value)
  if (!parsed.success)
    throw new OwnerError('request.invalid', 'expected a call that may come sealed')
  const { method, path } = parsed.data
  const headers = new Headers()
  if ('token' in parsed.data && parsed.data.token !== undefined)
    headers.set('authorization', `Bearer ${parsed.data.token}`)
  if ('body' in parsed.data) {
    headers.set('content-type', 'application/json')
    return new Request(`https://owner${path}`, {
      ...{ method, headers },
      body: JSON.stringify(parsed.data.body ?? null),
    })
  }
  return new Request(`https://owner${path}`, { method, headers })
}
