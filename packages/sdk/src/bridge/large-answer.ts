// Large answers: a contract has a digest, the worker the bytes, and they have to fit. Network I/O.
import { sha256, type Hex } from 'viem'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { workerEndpoint } from '../owner-json.ts'
import { joinUrl } from '../worker-api.ts'

/** As many bytes as an agent reads of an answer. */
const maxAnswerBytes = 1_048_576

/**
 * The bytes of an answer whose digest (a field `from: digest`) is on chain, from the application's worker.
 * Throws `call.answer-gone` where the worker has them no more, `call.answer-differs`, and what a transport throws.
 */
export async function readLargeAnswer(
  network: Network,
  appId: bigint,
  digest: Hex,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const endpoint = await workerEndpoint(network, appId)
  const url = joinUrl(endpoint, `/v1/answers/${digest.slice(2)}`)
  const { status, body } = await network.transport.get(url, {
    maxBytes: maxAnswerBytes,
    ...options,
  })
  if (status !== 200)
    throw new SdkError(
      'call.answer-gone',
      `${url} answered ${status}: the worker keeps the newest answers only`,
      { retryable: status >= 500 },
    )
  if (sha256(body) === digest.toLowerCase()) return body
  throw new SdkError('call.answer-differs', `${url} gave bytes of another digest: not used`)
}
