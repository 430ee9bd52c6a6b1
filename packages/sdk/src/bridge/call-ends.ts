// Ends of calls that nobody else brings about: the fee of one that timed out, the callback of one that failed. Network I/O.
import type { BridgeCall } from '@wetee/chain'
import { callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatDot, formatTime } from '../money.ts'
import type { Network } from '../network.ts'
import { madeOf, readCall } from './calls.ts'

/** Gives the fees of calls back that were not answered in time; anybody may. Throws `call.unknown`, `call.not-open`, `call.not-due`. */
export async function planExpiry(network: Network, callIds: readonly bigint[]): Promise<Intent> {
  const { timestamp } = await network.reader.finalized()
  const facts: [string, string][] = []
  const made: BridgeCall[] = []
  for (const callId of callIds) {
    const record = await readCall(network, callId)
    const { state, deadline, feeWei, order } = record
    if (state !== 'open')
      throw new SdkError(
        'call.not-open',
        `call ${callId} is ${state}: there is nothing to give back`,
      )
    if (timestamp <= deadline)
      throw new SdkError(
        'call.not-due',
        `call ${callId} may be answered until ${formatTime(deadline)}`,
        { retryable: true },
      )
    made.push(madeOf(record))
    facts.push([`Call ${callId}`, `${formatDot(feeWei)}, credited to ${order.refundTo}`])
  }
  return {
    id: 'call.expire',
    title: callIds.length === 1 ? `End call ${callIds[0]}` : `End ${callIds.length} calls`,
    facts,
    calls: made.map((call) =>
      callOf(network.profile, 'bridge', 'expire', [call], {
        doing: `give the fee of call ${call.callId} back`,
      }),
    ),
    independent: true,
    outcome: () => ({ expired: callIds }),
  }
}

/**
 * Runs the callback of a call again that has failed, with the answer that it had; the contract that called has to send it. Throws
 * `call.unknown`, `call.not-failed`, `call.payload-missing`.
 */
export async function planReplay(network: Network, callId: bigint): Promise<Intent> {
  const record = await readCall(network, callId)
  const { state, caller, status, payload, answerTx } = record
  if (state !== 'callback-failed' || status === undefined)
    throw new SdkError(
      'call.not-failed',
      `call ${callId} is ${state}: only a callback that failed is run again`,
    )
  if (payload === undefined)
    throw new SdkError(
      'call.payload-missing',
      `transaction ${answerTx} does not hold the answer of call ${callId}`,
    )
  return {
    id: 'call.replay',
    title: `Run the callback of call ${callId} again`,
    facts: [
      ['Sent by', `${caller}, the caller, alone`],
      ['Answer', `status ${status}, ${(payload.length - 2) / 2} bytes`],
    ],
    calls: [
      callOf(network.profile, 'bridge', 'replay', [madeOf(record), status, payload], {
        doing: `run the callback of call ${callId} again`,
      }),
    ],
    outcome: outcomeOf('bridge', 'CallClosed'),
  }
}
