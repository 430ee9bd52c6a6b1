// To an agent through its worker: each call is sealed to the key in its evidence, each answer to the caller. For pages. HTTP.
import { openAnswer, sealRequest } from '@wetee/sealing'
import { ownerCallInfo } from '@wetee/sign-in'
import { hexToBytes, type Hex } from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import { transportError } from '../transport.ts'
import { joinUrl } from '../worker-api.ts'
import { invalid, type OwnedInstance, type OwnerCall, type OwnerChannel } from './channel.ts'

/** Keys of the instance as its evidence has them, judged. */
export type SealedPeer = {
  readonly hpkeKey: Hex
  readonly tlsKeyHash: Hex
  readonly simulated: boolean
}

/** Refusals of the worker at most, bytes. */
const maxRefusalBytes = 8_192
const headSchema = z.object({ status: z.int().min(200).max(599) })

/** Calls to an instance through the worker at `endpoint`, which sees when how much is said. */
export function sealedChannel(
  endpoint: string,
  appId: bigint,
  { version, replica }: Pick<OwnedInstance, 'version' | 'replica'>,
  { hpkeKey, tlsKeyHash, simulated }: SealedPeer,
): OwnerChannel {
  const url = joinUrl(
    endpoint,
    `/v1/apps/${appId}/owner-call?version=${version}&replica=${replica}`,
  )
  return {
    ...{ tlsKeyHash, simulated },
    stream: async (call, signal) => {
      const ended = new AbortController()
      const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
      const content = new TextEncoder().encode(JSON.stringify(call satisfies OwnerCall))
      const request = await sealRequest(hexToBytes(hpkeKey), ownerCallInfo, content)
      const pieces = openAnswer(request.answerKey, await post(url, request.bytes, either))
      const head = await pieces.next()
      if (head.done === true) throw invalid('it has no beginning')
      return {
        status: statusOf(head.value),
        body: pieces,
        close: () => ended.abort(),
      }
    },
  }
}

function statusOf(head: Uint8Array): number {
  try {
    return headSchema.parse(JSON.parse(new TextDecoder().decode(head))).status
  } catch {
    throw invalid('its head is none')
  }
}

async function post(
  url: string,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  let answer: Response
  try {
    answer = await fetch(url, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/octet-stream' },
      redirect: 'manual',
      signal,
    })
  } catch (cause) {
    const error = transportError(url, cause, signal)
    if (error.code !== 'transport.failed') throw error
    const message = `its worker does not answer: ${error.message}`
    throw new SdkError('agent.unreachable', message, { retryable: true, cause })
  }
  if (answer.status !== 200 || answer.body === null) throw await workerRefusal(url, answer)
  return chunksOf(answer.body)
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function workerRefusal(url: string, answer: Response): Promise<SdkError> {
  const text = (await answer.text().catch(() => '')).slice(0, maxRefusalBytes)
  const [, said = text.slice(0, 300)] = /"message":"([^"\\]{1,300})"/.exec(text) ?? []
  return new SdkError('agent.unreachable', `${url}: status ${answer.status}: ${said}`, {
    retryable: true,
    details: { status: String(answer.status) },
  })
}
