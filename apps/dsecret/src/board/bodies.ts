// Bodies of session messages in the calldata of their transactions. Pure.
import { keysAbi } from '@wetee/chain'
import { decodeFunctionData, hexToBytes, keccak256, toFunctionSelector } from 'viem'
import type { Hex, SessionEvent } from '../chain/chain-view.ts'

/** Largest body that the contract takes. */
const MAX_BODY_BYTES = 8_192
/** Only a dealing is longer than this; a longer remark is wrong whatever follows, and no more of it is kept. */
const KEPT_REMARK_BYTES = 98
/** Calls that are looked at in one calldata. */
const MAX_CALLS = 64

const NAMES = new Set(['register', 'deal', 'complain', 'reveal', 'recover'])
const selectors = keysAbi
  .flatMap((entry) => (entry.type === 'function' && NAMES.has(entry.name) ? [entry] : []))
  .map((entry) => toFunctionSelector(entry).slice(2))

/**
 * The body of an event among the calls of the Keys contract in `calldata`, direct or wrapped in another call (a forwarder or a batch):
 * the one with the digest that the event names. Undefined when there is none.
 */
export function bodyInCalldata(
  calldata: Hex,
  { kind, bodyDigest }: Pick<SessionEvent, 'kind' | 'bodyDigest'>,
): Uint8Array | undefined {
  for (const call of callsIn(calldata)) {
    const body = bodyOf(call, kind)
    if (body === undefined || body.length > 2 + 2 * MAX_BODY_BYTES) continue
    if (keccak256(body) !== bodyDigest.toLowerCase()) continue
    const bytes = hexToBytes(body)
    return kind === 'deal' ? bytes : bytes.slice(0, KEPT_REMARK_BYTES)
  }
  return undefined
}

/** Everything in `calldata` that begins like a call of the contract. */
function* callsIn(calldata: Hex): Generator<Hex> {
  const hex = calldata.toLowerCase()
  const pattern = new RegExp(selectors.join('|'), 'g')
  pattern.lastIndex = 2
  for (let calls = 0; calls < MAX_CALLS;) {
    const found = pattern.exec(hex)
    if (found === null) return
    pattern.lastIndex = found.index + 1
    if (found.index % 2 !== 0) continue
    calls += 1
    yield `0x${hex.slice(found.index)}`
  }
}

function bodyOf(call: Hex, kind: SessionEvent['kind']): Hex | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: keysAbi, data: call })
    if (functionName !== kind) return undefined
    return functionName === 'complain' || functionName === 'recover' ? args[3] : args[2]
  } catch {
    return undefined
  }
}
