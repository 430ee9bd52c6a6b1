// One call from an account to its answer: what generated clients use. Network I/O.
import type { Definition } from '@wetee/bridge'
import { SdkError } from '../error.ts'
import { carryOut } from '../intent.ts'
import type { Network } from '../network.ts'
import { encodeValues } from './arguments.ts'
import { planCall, waitForCall } from './calls.ts'

/** An API that was known when a client was generated. */
export type KnownApi = {
  readonly appId: bigint
  readonly apiId: number
  readonly version: number
  readonly definition: Definition
}

/**
 * Calls, pays, waits, and gives the values by name. Throws `call.failed` with status and text of any other answer,
 * `call.timed-out`, `call.payload-missing`, and what `carryOut` throws.
 */
export async function callApi<T>(
  network: Network,
  api: KnownApi,
  values: readonly unknown[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<T> {
  const args = encodeValues(api.definition, values)
  const intent = await planCall(network, api.appId, api, args)
  const { outcome } = await carryOut(network, intent, options)
  const call = await waitForCall(network, outcome['callId'] as bigint, options)
  if (call.values !== undefined) return call.values as T
  if (call.state === 'timed-out')
    throw new SdkError('call.timed-out', `call ${call.callId} was not answered in time`, {
      retryable: true,
    })
  if (call.payload === undefined)
    throw new SdkError(
      'call.payload-missing',
      `call ${call.callId} is answered, but transaction ${call.answerTx} does not hold its payload`,
    )
  throw new SdkError(
    'call.failed',
    `call ${call.callId} was answered with status ${call.status}: ${call.text ?? 'no text'}`,
  )
}
