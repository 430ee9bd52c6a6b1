// What a file changes in the book of APIs, as one transaction that a person can read before.
import { definitionDigest } from '@wetee/bridge'
import { readApiEntries } from '@wetee/manifest'
import { decodeFunctionData, hexToString, stringToHex, type Address } from 'viem'
import { expect, test } from 'vitest'
import { abis } from '../contracts.ts'
import type { Intent } from '../intent.ts'
import { emptyWorld, memoryNetwork, testOwner, type World } from '../testing/memory-network.ts'
import { apiEntryOf, planApiAdd, planApiRemoval, planApiSync, planApiUpdate } from './changes.ts'

const other: Address = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const file = (apis: string) =>
  `name: oracle\nservices: { web: { image: a, ports: ["80"] } }\nx-wetee: { apis: { ${apis} } }\n`
const entriesOf = (apis: string) => readApiEntries(file(apis))
const price = 'price: { response: { price: uint256 } }'
const open = 'open: { response: { open: bool }, price: 0.5 }'

/** A chain that has what a file says, numbered from 1. */
function worldOf(apis: string, registered = true): World {
  const world = emptyWorld()
  const entries = apis === '' ? [] : entriesOf(apis)
  const proxy = { registered, paused: false, latestApiId: entries.length, apiCount: entries.length }
  world.views.set('apis.proxy(7)', proxy)
  world.views.set(
    'apis.apis(7,0,64)',
    entries.map(({ name, definition, terms }, index) => ({
      apiId: index + 1,
      version: 1,
      place: index + 1,
      definedBlock: 40,
      definitionDigest: definitionDigest(definition),
      name: stringToHex(name, { size: 32 }),
      terms,
    })),
  )
  const at = { blockNumber: 40n, transactionHash: definitionDigest('') }
  world.events.set(
    'apis.ApiDefinition',
    entries.map(({ definition }, index) => ({
      ...at,
      eventName: 'ApiDefinition',
      args: { appId: 7n, apiId: index + 1, version: 1, index: 0, chunk: stringToHex(definition) },
    })),
  )
  world.events.set(
    'apis.CallerSet',
    entries.flatMap(({ callers }, index) =>
      callers.map((caller) => ({
        ...at,
        eventName: 'CallerSet',
        args: { appId: 7n, apiId: index + 1, caller, allowed: true },
      })),
    ),
  )
  return world
}

function decoded(intent: Intent): [string, readonly unknown[]][] {
  expect(intent.calls).toHaveLength(1)
  const batch = decodeFunctionData({ abi: abis.apis, data: intent.calls[0]?.data ?? '0x' })
  expect(batch.functionName).toBe('multicall')
  const [calls] = batch.args as unknown as [readonly `0x${string}`[]]
  return calls.map((data) => {
    const { functionName, args } = decodeFunctionData({ abi: abis.apis, data })
    return [functionName, args]
  })
}
const sync = (before: string, after: string, registered = true) =>
  planApiSync(memoryNetwork(worldOf(before, registered)), 7n, entriesOf(after))
const code = (text: string): unknown => expect.objectContaining({ code: text })

test('a first synchronisation registers the application and adds what the file has', async () => {
  const restricted = `price: { response: { price: uint256 }, callers: ['${other}'] }`
  const intent = await sync('', `${restricted}, ${open}`, false)
  const calls = decoded(intent)
  expect(calls.map(([name]) => name)).toEqual(['register', 'addApi', 'setCallers', 'addApi'])
  const [, add, callers] = calls
  expect(hexToString(add?.[1][1] as `0x${string}`, { size: 32 })).toBe('price')
  expect(add?.[1][3]).toMatchObject({ restricted: true, callbackGas: 200_000 })
  expect(callers?.[1]).toEqual([7n, 1, [other], true])
  expect(intent.facts.map(([label]) => label)).toEqual(['+ price', '+ open'])
  expect(intent.facts[1]?.[1]).toContain('open() -> (bool open), 0.5 DOT per call')
})

test('what is the same is not touched', async () => {
  await expect(sync(`${price}, ${open}`, `${open}, ${price}`)).rejects.toThrow(
    code('api.unchanged'),
  )
})

test('removals go before additions, and numbers go on from the highest that was given', async () => {
  const added = 'fresh: { response: { a: bool }, callers: ["' + other + '"] }'
  const intent = await sync(`${price}, ${open}`, `${open}, ${added}`)
  const calls = decoded(intent)
  expect(calls.map(([name]) => name)).toEqual(['deleteApi', 'addApi', 'setCallers'])
  expect(calls[2]?.[1][1]).toBe(3)
  expect(intent.facts.map(([label]) => label)).toEqual(['- price', '+ fresh'])
})

test('another definition is the next version, other terms are not', async () => {
  const intent = await sync(
    `${price}, ${open}`,
    'price: { response: { price: int256 } }, open: { response: { open: bool }, price: 0.6 }',
  )
  expect(decoded(intent).map(([name, args]) => [name, args[1]])).toEqual([
    ['updateApi', 1],
    ['setApiTerms', 2],
  ])
  expect(intent.facts[0]?.[1]).toContain('version 2 instead of version 1')
  expect(intent.facts[1]?.[1]).toMatch(/^0\.6 DOT.* before: 0\.5 DOT/)
})

test('callers that the file does not have are taken off the list', async () => {
  const withCaller = (caller: string) => `a: { response: { a: bool }, callers: ['${caller}'] }`
  const intent = await sync(withCaller(other), withCaller(testOwner))
  expect(decoded(intent)).toEqual([
    ['setCallers', [7n, 1, [other], false]],
    ['setCallers', [7n, 1, [testOwner], true]],
  ])
})

test('one entry is added, changed and removed by itself', async () => {
  const network = memoryNetwork(worldOf(price))
  const entry = apiEntryOf(file(`${price}, ${open}`), 'open')
  expect(decoded(await planApiAdd(network, 7n, entry)).map(([name]) => name)).toEqual(['addApi'])
  const known = apiEntryOf(file(price), 'price')
  await expect(planApiAdd(network, 7n, known)).rejects.toThrow(code('api.known'))
  await expect(planApiUpdate(network, 7n, known)).rejects.toThrow(code('api.unchanged'))
  await expect(planApiUpdate(network, 7n, entry)).rejects.toThrow(code('api.not-found'))
  expect(decoded(await planApiRemoval(network, 7n, 'price'))).toEqual([['deleteApi', [7n, 1]]])
  expect(() => apiEntryOf(file(price), 'open')).toThrow(code('api.not-found'))
})
