// Calls in JSON and their digests; that the contract has the same digests is shown in tests/end-to-end.
import { expect, test } from 'vitest'
import { bridgeCall } from '../testing/bridge-calls.ts'
import { bridgeCallSchema, callDigest, callToWire } from './bridge-call.ts'

const max = 2n ** 128n - 1n
const call = bridgeCall(3n, { priceWei: max, deadline: 2n ** 64n - 1n })

test('a call is the same after a journey through JSON', () => {
  const text = JSON.stringify(callToWire(call))
  expect(bridgeCallSchema.parse(JSON.parse(text))).toEqual(call)
  const upper = text.replaceAll('ca'.repeat(20), 'CA'.repeat(20))
  expect(bridgeCallSchema.parse(JSON.parse(upper))).toEqual(call)
})

test('a digest has 31 bytes and is another one for any other field', () => {
  const others = [
    bridgeCall(4n),
    bridgeCall(3n, { appId: 8n }),
    bridgeCall(3n, { caller: `0x${'0f'.repeat(20)}` }),
    bridgeCall(3n, { selector: '0x00000000' }),
    bridgeCall(3n, { callbackGas: 1 }),
    bridgeCall(3n, { refundTo: `0x${'0f'.repeat(20)}` }),
    bridgeCall(3n, { deadline: 1_001n }),
    bridgeCall(3n, { apiId: 2 }),
    bridgeCall(3n, { apiVersion: 3 }),
    bridgeCall(3n, { maxPayloadBytes: 32 }),
    bridgeCall(3n, { definedBlock: 10n }),
    bridgeCall(3n, { priceWei: 0n }),
    bridgeCall(3n, { allowanceWei: 0n }),
    bridgeCall(3n, { definitionDigest: `0x${'00'.repeat(32)}` }),
    bridgeCall(3n, { argsDigest: `0x${'00'.repeat(32)}` }),
  ]
  const digests = [bridgeCall(3n), ...others].map(callDigest)
  expect(new Set(digests).size).toBe(16)
  for (const digest of digests) expect(digest).toMatch(/^0x[0-9a-f]{62}$/)
})

const wire = callToWire(call)
test.each<[string, object]>([
  ['a field more', { ...wire, at: 1 }],
  ['a field less', { ...wire, order: { ...(wire['order'] as object), selector: undefined } }],
  ['a number where text belongs', { ...wire, callId: 3 }],
  ['more than 64 bits', { ...wire, appId: String(2n ** 64n) }],
  [
    'more than 128 bits',
    { ...wire, order: { ...(wire['order'] as object), priceWei: String(max + 1n) } },
  ],
  ['a negative amount', { ...wire, order: { ...(wire['order'] as object), priceWei: '-1' } }],
  ['a short digest', { ...wire, order: { ...(wire['order'] as object), argsDigest: '0x00' } }],
])('%s is no call', (_what, value) => {
  expect(bridgeCallSchema.safeParse(value).success).toBe(false)
})
