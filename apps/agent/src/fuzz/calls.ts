// Fuzz targets of calls of contracts: what nodes state, what a worker asks for. No I/O.
import { parseOpenCalls } from '../bridge/collect-calls.ts'
import { parseCall } from '../control/control-api.ts'

const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value))
const hex = (bytes: number) => `0x${'a5'.repeat(bytes)}`

/** Targets by name; NodeRefusal and TeeError may escape them. */
export const callTargets: Record<string, (input: Uint8Array) => void> = {
  'agent-open-calls'(input) {
    const { calls } = parseOpenCalls(readJson(input))
    if (calls.length > 64 || calls.some(({ callId }) => callId >= 2n ** 64n))
      throw new Error('calls out of bounds')
  },
  'agent-call'(input) {
    const { definition, args } = parseCall(readJson(input))
    if (definition.length > 4_096 || args.length > 2 + 2 * 4_096)
      throw new Error('texts out of bounds')
  },
}

/** Valid inputs by target, for mutation. */
export const callSeeds: Record<string, readonly Uint8Array[]> = {
  'agent-open-calls': [
    encode({
      ...{ chainId: '31337', bridge: hex(20), appId: '7', nodeId: '2', signature: hex(65) },
      calls: [
        {
          ...{ callId: '3', apiId: 1, apiVersion: 2, caller: hex(20), deadline: '1000' },
          ...{ maxPayloadBytes: 256, definitionDigest: hex(32), argsDigest: hex(32) },
        },
      ],
    }),
  ],
  'agent-call': [
    encode({
      call: {
        ...{ callId: '3', appId: '7', caller: hex(20) },
        order: {
          ...{ selector: hex(4), callbackGas: 200_000, refundTo: hex(20), deadline: '1000' },
          ...{ apiId: 1, apiVersion: 2, maxPayloadBytes: 256, definedBlock: '9' },
          ...{ priceWei: '100000000', allowanceWei: '200000000' },
          ...{ definitionDigest: hex(32), argsDigest: hex(32) },
        },
      },
      ...{ definition: '{}', args: '0x00' },
    }),
  ],
}

function readJson(input: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(input))
  } catch {
    return undefined
  }
}
