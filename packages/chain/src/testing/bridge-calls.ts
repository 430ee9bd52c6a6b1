// For tests: a call of the Bridge with whatever a test says of it, and the statement of it. Pure.
import type { OpenCall } from '../statement/types.ts'
import type { BridgeCall, CallOrder } from '../statement/bridge-call.ts'

/** A call of application 7 unless it says otherwise. */
export function bridgeCall(
  callId: bigint,
  {
    appId = 7n,
    caller = `0x${'ca'.repeat(20)}`,
    ...order
  }: Partial<CallOrder & Pick<BridgeCall, 'appId' | 'caller'>> = {},
): BridgeCall {
  return {
    ...{ callId, appId, caller },
    order: {
      ...({
        selector: '0xb2512004',
        callbackGas: 200_000,
        refundTo: `0x${'ef'.repeat(20)}`,
      } as const),
      ...{ deadline: 1_000n, apiId: 1, apiVersion: 2, maxPayloadBytes: 256, definedBlock: 9n },
      ...{ priceWei: 100_000_000n, allowanceWei: 200_000_000n },
      ...({
        definitionDigest: `0x${'de'.repeat(32)}`,
        argsDigest: `0x${'a5'.repeat(32)}`,
      } as const),
      ...order,
    },
  }
}

/** What nodes state of it. */
export function statementOf({ callId, caller, order }: BridgeCall): OpenCall {
  const { apiId, apiVersion, deadline, maxPayloadBytes, definitionDigest, argsDigest } = order
  return {
    ...{ callId, apiId, apiVersion, caller, deadline, maxPayloadBytes },
    ...{ definitionDigest, argsDigest },
  }
}
