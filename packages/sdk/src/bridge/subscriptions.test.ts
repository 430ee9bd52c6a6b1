// Subscriptions, lists of callers, pauses and ends of calls: what is shown and sent, and what is refused before anything is.
import { parseDefinition, serializeDefinition } from '@wetee/bridge'
import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  type Hex,
} from 'viem'
import { bridgeCall } from '@wetee/chain/testing/bridge-calls'
import { expect, test } from 'vitest'
import { abis } from '../contracts.ts'
import type { Intent } from '../intent.ts'
import type { Network } from '../network.ts'
import {
  emptyWorld,
  memoryNetwork,
  testOperator,
  testOwner,
  type World,
} from '../testing/memory-network.ts'
import { planExpiry, planReplay } from './call-ends.ts'
import { planApiCallers, planApiPause } from './callers.ts'
import {
  listSubscriptions,
  planSubscription,
  planSubscriptionEnd,
  planTrigger,
} from './subscriptions.ts'

const nobody = `0x${'00'.repeat(20)}` as const
const hash = `0x${'aa'.repeat(32)}` as const
const args = encodeAbiParameters([{ type: 'string' }], ['DOT'])
const definition = parseDefinition(
  serializeDefinition({
    format: 'wetee/api/v1',
    name: 'price',
    method: 'GET',
    path: '/price/{symbol}',
    port: 80,
    request: [{ name: 'symbol', type: 'string', in: 'path' }],
    response: [{ name: 'price', type: 'uint256', pointer: '/price' }],
  }),
)
const api = { apiId: 1, version: 2, definition }
const dot = 10n ** 18n
/** A call at 0.5 DOT, and 0.1 DOT and a wei for triggering it, which is rounded up. */
const costWei = dot / 2n + dot / 10n + 100_000_000n

function worldOf(): World {
  const world = emptyWorld()
  world.views.set('bridge.quote(7,1,false)', dot / 2n)
  world.views.set('bridge.parameters()', { gasPriceWei: dot / 10n + 1n, triggerGas: 1 })
  const at = { transactionHash: hash, blockNumber: 50n }
  world.events.set(
    'bridge.Subscribed',
    [1n, 2n].map((subscriptionId) => ({
      ...at,
      eventName: 'Subscribed',
      args: { subscriptionId, appId: 7n, subscriber: testOwner, apiId: 1, everyBlocks: 5 },
    })),
  )
  const known = {
    ...{ subscriber: testOwner, selector: '0x00000000', everyBlocks: 5, refundTo: testOperator },
    ...{ nextBlock: 60n, appId: 7n, apiId: 1, apiVersion: 2, balanceWei: 3n * dot },
    ...{ maxFeeWei: dot, argsDigest: keccak256(args) },
  }
  world.views.set('bridge.subscription(1)', { ...known, subscriber: nobody })
  world.views.set('bridge.subscription(2)', known)
  return world
}
const order = encodeFunctionData({
  abi: abis.bridge,
  functionName: 'subscribe',
  args: [7n, 1, 2, args, '0x00000000', 5, dot, nobody],
})
function networkOf(world = worldOf(), input: Hex = order): Network {
  const chain = { client: { getTransaction: () => Promise.resolve({ input }) } }
  return { ...memoryNetwork(world), chain: chain as never }
}
function sent({ calls: [call] }: Intent, abi: typeof abis.bridge | typeof abis.apis = abis.bridge) {
  if (call === undefined) throw new Error('an intent has a call')
  const { functionName, args: given } = decodeFunctionData({ abi, data: call.data })
  return { functionName, args: given, valueWei: call.valueWei }
}
const code = (text: string): unknown => expect.objectContaining({ code: text })

test('an order is paid for one call at least, and no dearer call is made than twice of now', async () => {
  const network = networkOf()
  const intent = await planSubscription(network, 7n, api, args, {
    everyBlocks: 5,
    depositWei: costWei,
  })
  expect(sent(intent)).toEqual({
    functionName: 'subscribe',
    args: [7n, 1, 2, args, '0x00000000', 5, 2n * costWei, nobody],
    valueWei: costWei,
  })
  await expect(
    planSubscription(network, 7n, api, args, { everyBlocks: 5, depositWei: costWei - 1n }),
  ).rejects.toThrow(code('subscription.too-little'))
})

test('what has ended is not listed, and nothing can be done with it', async () => {
  const network = networkOf()
  expect(await listSubscriptions(network, { subscriber: testOwner })).toMatchObject([
    { subscriptionId: 2n, balanceWei: 3n * dot, nextBlock: 60n },
  ])
  await expect(planSubscriptionEnd(network, 1n)).rejects.toThrow(code('subscription.unknown'))
  expect(sent(await planSubscriptionEnd(network, 2n)).args).toEqual([2n])
})

test('whoever triggers needs no arguments where an account has ordered, and those of the digest elsewhere', async () => {
  expect(sent(await planTrigger(networkOf(), 2n)).args).toEqual([2n, args])
  const byContract = networkOf(worldOf(), '0x12345678')
  const unknown = code('subscription.arguments-unknown')
  await expect(planTrigger(byContract, 2n)).rejects.toThrow(unknown)
  await expect(planTrigger(byContract, 2n, '0x')).rejects.toThrow(unknown)
  expect(sent(await planTrigger(byContract, 2n, args)).args).toEqual([2n, args])
})

const proxy = { registered: true, paused: false, latestApiId: 0, apiCount: 0 }

test('a pause is a change, and only of what takes calls', async () => {
  const world = worldOf()
  world.views.set('apis.apis(7,0,64)', [])
  world.views.set('apis.proxy(7)', proxy)
  expect(sent(await planApiPause(networkOf(world), 7n, true), abis.apis)).toMatchObject({
    functionName: 'setPaused',
    args: [7n, true],
  })
  await expect(planApiPause(networkOf(world), 7n, false)).rejects.toThrow(code('api.unchanged'))
  world.views.set('apis.proxy(7)', { ...proxy, registered: false })
  await expect(planApiPause(networkOf(world), 7n, true)).rejects.toThrow(code('api.unregistered'))
})

test('a list of callers has 1 to 64 at a time', async () => {
  const change = (count: number) =>
    planApiCallers(networkOf(), 7n, 'price', Array<typeof testOwner>(count).fill(testOwner), true)
  await expect(change(0)).rejects.toThrow(code('api.callers-invalid'))
  await expect(change(65)).rejects.toThrow(code('api.callers-invalid'))
})

const madeCall = (deadline: bigint) =>
  bridgeCall(4n, {
    ...{ caller: testOperator, refundTo: testOperator, deadline },
    ...{ priceWei: dot / 2n, allowanceWei: dot / 2n },
  })

/** Call 4, open until second `deadline`, or answered so that its callback has failed. */
function callWorld(deadline: bigint, failed = false): Network {
  const world = worldOf()
  const base = { transactionHash: hash, blockNumber: 50n }
  const call = madeCall(deadline)
  const payload = encodeAbiParameters([{ type: 'string' }], ['no'])
  const closed = { callId: 4n, outcome: 2, status: 500, payloadDigest: keccak256(payload) }
  world.events.set('bridge.CallOpened', [{ ...base, eventName: 'CallOpened', args: { ...call } }])
  if (failed)
    world.events.set('bridge.CallClosed', [{ ...base, eventName: 'CallClosed', args: closed }])
  const signature = `0x${'00'.repeat(65)}` as const
  return networkOf(
    world,
    encodeFunctionData({
      abi: abis.bridge,
      functionName: 'fulfil',
      args: [{ call, status: 500, payload, signature }],
    }),
  )
}

test('a fee comes back from the second after the deadline on', async () => {
  const { timestamp } = emptyWorld().head
  await expect(planExpiry(callWorld(timestamp), [4n])).rejects.toThrow(code('call.not-due'))
  const intent = await planExpiry(callWorld(timestamp - 1n), [4n])
  expect(sent(intent).args).toMatchObject([madeCall(timestamp - 1n)])
  expect(intent.facts).toEqual([['Call 4', `1 DOT, credited to ${testOperator}`]])
  await expect(planExpiry(callWorld(0n, true), [4n])).rejects.toThrow(code('call.not-open'))
})

test('only a callback that failed is run again, with the answer that it had', async () => {
  const payload = encodeAbiParameters([{ type: 'string' }], ['no'])
  expect(sent(await planReplay(callWorld(0n, true), 4n)).args).toMatchObject([
    madeCall(0n),
    500,
    payload,
  ])
  await expect(planReplay(callWorld(0n), 4n)).rejects.toThrow(code('call.not-failed'))
})
