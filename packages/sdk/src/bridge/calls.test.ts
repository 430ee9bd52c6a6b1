// Calls as events show them: answers are taken from calldata and have to fit the digest on chain.
import { definitionDigest, parseDefinition, serializeDefinition } from '@wetee/bridge'
import { bridgeCall } from '@wetee/chain/testing/bridge-calls'
import { encodeAbiParameters, encodeFunctionData, keccak256, stringToHex, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { abis } from '../contracts.ts'
import type { Network } from '../network.ts'
import { emptyWorld, memoryNetwork, testOwner } from '../testing/memory-network.ts'
import { encodeTexts } from './arguments.ts'
import { listCalls, payloadIn, readCall } from './calls.ts'

const text = serializeDefinition({
  format: 'wetee/api/v1',
  name: 'price',
  method: 'POST',
  path: '/price',
  port: 80,
  request: [
    { name: 'symbol', type: 'string', in: 'body' },
    { name: 'amounts', type: 'uint256[]', in: 'body' },
    { name: 'live', type: 'bool', in: 'body' },
    { name: 'of', type: 'address', in: 'body' },
    { name: 'id', type: 'bytes4', in: 'body' },
    { name: 'delta', type: 'int8', in: 'body' },
  ],
  response: [{ name: 'price', type: 'uint256', pointer: '/price' }],
})
const definition = parseDefinition(text)
const hash = `0x${'aa'.repeat(32)}` as const
const payload = encodeAbiParameters([{ type: 'uint256' }], [650n])
const signature = `0x${'00'.repeat(65)}` as const
const fulfil = (of: Hex, callId = 4n, status = 200) =>
  encodeFunctionData({
    abi: abis.bridge,
    functionName: 'fulfil',
    args: [{ call: bridgeCall(callId), status, payload: of, signature }],
  })

function networkOf(outcome: number, status: number, digest: Hex, input: Hex): Network {
  const world = emptyWorld()
  const base = { transactionHash: hash, blockNumber: 50n }
  const opened = bridgeCall(4n, { caller: testOwner, deadline: 1n })
  world.events.set('bridge.CallOpened', [{ ...base, eventName: 'CallOpened', args: opened }])
  const closed = { callId: 4n, appId: 7n, outcome, status, payloadDigest: digest }
  if (outcome !== 0)
    world.events.set('bridge.CallClosed', [{ ...base, eventName: 'CallClosed', args: closed }])
  const api = { appId: 7n, apiId: 1, version: 2 }
  const defined = { ...api, definitionDigest: definitionDigest(text) }
  world.events.set('apis.ApiDefined', [{ ...base, eventName: 'ApiDefined', args: defined }])
  const piece = { ...api, index: 0, chunk: stringToHex(text) }
  world.events.set('apis.ApiDefinition', [{ ...base, eventName: 'ApiDefinition', args: piece }])
  const chain = { client: { getTransaction: () => Promise.resolve({ input }) } }
  return { ...memoryNetwork(world), chain: chain as never }
}

test('an answer has its values by name', async () => {
  const call = await readCall(networkOf(1, 200, keccak256(payload), fulfil(payload)), 4n)
  expect(call).toMatchObject({ state: 'answered', status: 200, payload, values: { price: 650n } })
})

test('an answer of another status has its text', async () => {
  const said = encodeAbiParameters([{ type: 'string' }], ['no such market'])
  const call = await readCall(networkOf(1, 404, keccak256(said), fulfil(said, 4n, 404)), 4n)
  expect(call).toMatchObject({ status: 404, text: 'no such market' })
  expect(call).not.toHaveProperty('values')
})

test('calldata that does not fit the digest on chain is no answer', async () => {
  const forged = encodeAbiParameters([{ type: 'uint256' }], [651n])
  const call = await readCall(networkOf(1, 200, keccak256(payload), fulfil(forged)), 4n)
  expect(call).not.toHaveProperty('payload')
  expect(payloadIn(fulfil(payload, 5n), 4n, keccak256(payload))).toBeUndefined()
  expect(payloadIn('0x1234', 4n, keccak256(payload))).toBeUndefined()
})

test('an answer is found among many of one transaction', () => {
  const answers = [3n, 4n].map((callId) => ({
    ...{ call: bridgeCall(callId), status: 200, payload, signature },
  }))
  const input = encodeFunctionData({
    abi: abis.bridge,
    functionName: 'fulfilMany',
    args: [answers],
  })
  expect(payloadIn(input, 4n, keccak256(payload))).toBe(payload)
  expect(payloadIn(input, 5n, keccak256(payload))).toBeUndefined()
})

test.each([
  [0, 'open'],
  [2, 'callback-failed'],
  [3, 'replayed'],
  [4, 'timed-out'],
])('outcome %d is %s', async (outcome, state) => {
  const network = networkOf(outcome, 200, keccak256(payload), fulfil(payload))
  expect((await listCalls(network, { caller: testOwner }))[0]).toMatchObject({ callId: 4n, state })
  expect(await listCalls(network, { appId: 8n })).toEqual([])
})

test('a call that is not there is unknown', async () => {
  const network = networkOf(0, 0, hash, '0x')
  const code: unknown = expect.objectContaining({ code: 'call.unknown' })
  await expect(readCall(network, 5n)).rejects.toThrow(code)
})

const good = ['DOT', '[1, 2]', 'true', testOwner, '0x01020304', '-128']
test('arguments are read from texts', () => {
  const types = definition.request.map(({ type }) => ({ type }))
  const values = ['DOT', [1n, 2n], true, testOwner, '0x01020304', -128]
  expect(encodeTexts(definition, good)).toBe(encodeAbiParameters(types, values))
})

test.each([
  [0, 'DOT'.repeat(6_000)],
  [1, '1, 2'],
  [1, '[1.5]'],
  [1, '{}'],
  [1, '[[1]]'],
  [1, '[-1]'],
  [2, 'yes'],
  [3, testOwner.replace('C', 'c')],
  [4, '0x010203'],
  [4, '01020304'],
  [5, '128'],
  [5, '-129'],
  [5, '1e1'],
  [5, ''],
])('argument %d as %j is refused', (index, wrong) => {
  const code: unknown = expect.objectContaining({ code: 'api.arguments-invalid' })
  expect(() => encodeTexts(definition, good.with(index, wrong))).toThrow(code)
})

test('too few and too many arguments are refused', () => {
  const code: unknown = expect.objectContaining({ code: 'api.arguments-invalid' })
  expect(() => encodeTexts(definition, good.slice(1))).toThrow(code)
  expect(() => encodeTexts(definition, [...good, 'x'])).toThrow(code)
})
