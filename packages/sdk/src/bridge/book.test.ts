// The book of APIs as the sdk reads it: definitions come from events and have to fit their digests.
import { definitionDigest, serializeDefinition } from '@wetee/bridge'
import { stringToHex, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { emptyWorld, memoryNetwork, type World } from '../testing/memory-network.ts'
import { findApi, readApis, signatureOf } from './book.ts'

const text = serializeDefinition({
  format: 'wetee/api/v1',
  name: 'price',
  method: 'GET',
  path: '/price/{symbol}',
  port: 8080,
  request: [{ name: 'symbol', type: 'string', in: 'path' }],
  response: [
    { name: 'price', type: 'uint256', pointer: '/price', decimals: 8 },
    { name: 'at', type: 'uint64', pointer: '/at' },
  ],
})
const terms = {
  priceWei: 10n ** 16n,
  callbackGas: 100_000,
  maxPayloadBytes: 1_024,
  timeoutSeconds: 60,
  restricted: false,
}
/** In an order that is not the definition's: nodes give logs of a block in theirs. */
const pieces = (definition: string): readonly (readonly [number, string])[] => [
  [1, definition.slice(100)],
  [0, definition.slice(0, 100)],
]

function world(definition: string, digest: Hex): World {
  const made = emptyWorld()
  const name = stringToHex('price', { size: 32 })
  const api = { apiId: 3, version: 2, place: 1, definedBlock: 40, name, terms }
  made.views.set('apis.proxy(7)', { registered: true, paused: false, latestApiId: 3, apiCount: 1 })
  made.views.set('apis.apis(7,0,64)', [{ ...api, definitionDigest: digest }])
  const event = (index: number, chunk: string, blockNumber: bigint) => ({
    eventName: 'ApiDefinition',
    args: { appId: 7n, apiId: 3, version: 2, index, chunk: stringToHex(chunk) },
    blockNumber,
    transactionHash: digest,
  })
  made.events.set('apis.ApiDefinition', [
    ...pieces(definition).map(([index, chunk]) => event(index, chunk, 40n)),
    event(2, 'of another block', 41n),
  ])
  return made
}

test('an API is shown with the definition that its events carry', async () => {
  const book = await readApis(memoryNetwork(world(text, definitionDigest(text))), 7n)
  const [api] = book.apis
  expect(api).toMatchObject({ apiId: 3, version: 2, name: 'price', terms })
  expect(api?.definition && signatureOf(api.definition)).toBe(
    'price(string symbol) -> (uint256 price, uint64 at)',
  )
  expect(findApi(book, 'price')).toBe(api)
  expect(findApi(book, '3')).toBe(api)
  expect(() => findApi(book, 'prices')).toThrow(expect.objectContaining({ code: 'api.not-found' }))
})

test('a definition of another digest is not shown', async () => {
  const forged = text.replace('/price/', '/forged/')
  const book = await readApis(memoryNetwork(world(forged, definitionDigest(text))), 7n)
  expect(book.apis[0]).not.toHaveProperty('definition')
  expect(book.apis[0]?.problem).toBe('block 40 does not hold its definition')
})

test('a definition that is none has its problem beside it', async () => {
  const other = text.replace('"GET"', '"HEAD"')
  const book = await readApis(memoryNetwork(world(other, definitionDigest(other))), 7n)
  expect(book.apis[0]?.problem).toMatch(/^method: /)
})
