// JSON-RPC over HTTP to a Substrate node. Network I/O.
import { readBounded, SdkError } from '@wetee/sdk'

/** Asks one method; rejects with SdkError `substrate.unreachable` (retryable) or `substrate.refused` with the node's own words. */
export type HubRpc = (method: string, params: readonly unknown[]) => Promise<unknown>

const timeoutMs = 15_000
/** Metadata of a Hub is about a megabyte of text, a full block a few. */
const maxAnswerBytes = 33_554_432

/** The node behind `url`; nothing is asked yet. */
export function openRpc(url: string, fetchIt: typeof fetch = fetch): HubRpc {
  let next = 0
  return async (method, params) => {
    const id = (next += 1)
    let text: string
    try {
      const answer = await fetchIt(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const body = await readBounded(url, answer.body, maxAnswerBytes)
      text = new TextDecoder().decode(body)
      if (!answer.ok) throw new Error(`HTTP status ${answer.status}`)
    } catch (cause) {
      throw unreachable(cause instanceof Error ? cause.message : String(cause), cause)
    }
    return resultOf(text, method)
  }
}

function resultOf(text: string, method: string): unknown {
  let answer: { result?: unknown; error?: { message?: unknown; data?: unknown } } | null
  try {
    answer = JSON.parse(text) as typeof answer
  } catch (cause) {
    throw unreachable('it answered with something else than JSON', cause)
  }
  if (answer?.error !== undefined && answer.error !== null) {
    const { message, data } = answer.error
    const words = [message, data].filter((part) => typeof part === 'string').join(': ')
    throw new SdkError(
      'substrate.refused',
      `the Substrate RPC refused ${method}: ${words.slice(0, 300)}`,
    )
  }
  if (answer === null || !('result' in answer)) throw unreachable('it answered without a result')
  return answer.result
}

function unreachable(why: string, cause?: unknown): SdkError {
  return new SdkError(
    'substrate.unreachable',
    `no answer from the Substrate RPC (${why}). Check "substrate" in the network profile, and that this page may connect to it`,
    { retryable: true, cause },
  )
}
