// What an ink! contract is given to call APIs by.
import { expect, test } from 'vitest'
import type { ApiBook } from './book.ts'
import { inkClient } from './ink-client.ts'

const bridge = '0x00000000000000000000000000000000000000Ab'
const terms = {
  priceWei: 0n,
  callbackGas: 1,
  maxPayloadBytes: 32,
  timeoutSeconds: 60,
  restricted: false,
}
const api = (apiId: number, name: string) => ({
  ...{ apiId, version: 2, name, terms, definitionDigest: '0x' as const },
  definition: {
    ...{ name, method: 'GET' as const, path: '/price', port: 80 },
    request: [{ name: 'symbol', type: 'string', in: 'query' }],
    response: [{ name: 'price', type: 'uint256', from: '/price' }],
  },
})
const book = (apis: unknown[]) =>
  ({ appId: 7n, registered: true, paused: false, latestApiId: 2, apis }) as unknown as ApiBook

test('it has the address of the Bridge, the application, and the numbers of each API', () => {
  const text = inkClient(book([api(1, 'get-price'), api(2, 'get_price')]), bridge)
  expect(text).toContain('ink::hex!("00000000000000000000000000000000000000ab")')
  expect(text).toContain('pub const APP_ID: u64 = 7;')
  expect(text).toContain('pub const GET_PRICE_API: u32 = 1;')
  expect(text).toContain('pub const GET_PRICE2_API: u32 = 2;')
  expect(text).toContain('(string symbol), the answer is (uint256 price)')
})

test('without an API there is nothing to call', () => {
  expect(() => inkClient(book([]), bridge)).toThrow(
    expect.objectContaining({ code: 'api.none-defined' }),
  )
})
