// Arguments become one request, and nothing in them reaches beyond its place.
import { encodeAbiParameters, type Hex } from 'viem'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRequest, encodeArguments, type Definition } from './index.ts'

const get: Definition = {
  format: 'wetee/api/v1',
  name: 'price',
  method: 'GET',
  path: '/price/{symbol}/at/{time}',
  port: 80,
  request: [
    { name: 'symbol', type: 'string', in: 'path' },
    { name: 'time', type: 'uint64', in: 'path' },
    { name: 'tag', type: 'string[]', in: 'query' },
    { name: 'X-Trace', type: 'bytes4', in: 'header' },
  ],
  response: [{ name: 'price', type: 'uint256', pointer: '' }],
}
const post: Definition = {
  ...get,
  method: 'POST',
  path: '/orders',
  request: [
    { name: 'amount', type: 'uint256', in: 'body', as: 'number' },
    { name: 'limit', type: 'int256', in: 'body' },
    { name: 'who', type: 'address', in: 'body' },
    { name: 'tags', type: 'string[]', in: 'body' },
    { name: 'fast', type: 'bool', in: 'body' },
  ],
}
const invalid: unknown = expect.objectContaining({ code: 'arguments.invalid' })

test('each argument stands where the definition says', () => {
  const args = encodeArguments(get, ['DOT/USD', 7n, ['a b', 'c&d=e'], '0x01020304'])
  expect(buildRequest(get, args)).toEqual({
    method: 'GET',
    path: '/price/DOT%2FUSD/at/7?tag=a%20b&tag=c%26d%3De',
    headers: { accept: 'application/json', 'x-trace': '0x01020304' },
    body: undefined,
  })
})

test('a body is JSON; integers keep every digit, as a number where that is asked for', () => {
  const max = 2n ** 256n - 1n
  const args = encodeArguments(post, [max, -5n, `0x${'ab'.repeat(20)}`, ['x"y', ''], true])
  const { body, headers } = buildRequest(post, args)
  expect(headers['content-type']).toBe('application/json')
  expect(body).toContain(`"amount":${max},"limit":"-5"`)
  expect(JSON.parse(body ?? '')).toMatchObject({ limit: '-5', tags: ['x"y', ''], fast: true })
})

test('without parameters the arguments are empty', () => {
  const plain = { ...get, path: '/now', request: [] }
  expect(buildRequest(plain, '0x').path).toBe('/now')
  expect(() => buildRequest(plain, '0x00')).toThrow(invalid)
})

test('ATTACK a value can neither end its segment nor climb out of it nor begin a line of the header', () => {
  for (const symbol of ['', '.', '..'])
    expect(() => buildRequest(get, encodeArguments(get, [symbol, 1n, [], '0x00000000']))).toThrow(
      invalid,
    )
  const { path } = buildRequest(
    get,
    encodeArguments(get, ['../../admin?x=1#y', 1n, [], '0x00000000']),
  )
  expect(path).toBe('/price/..%2F..%2Fadmin%3Fx%3D1%23y/at/1')
  const header = {
    ...get,
    request: [...get.request.slice(0, 3), { name: 'x', type: 'string', in: 'header' as const }],
  }
  for (const text of ['a\r\nhost: b', 'a\n', 'ü', '\0'])
    expect(() => buildRequest(header, encodeArguments(header, ['s', 1n, [], text]))).toThrow(
      invalid,
    )
  // A placeholder in a value is text.
  const twice = buildRequest(get, encodeArguments(get, ['{time}$&', 1n, [], '0x00000000']))
  expect(twice.path).toBe('/price/%7Btime%7D%24%26/at/1')
})

test('ATTACK only the one encoding of its values is taken', () => {
  const args = encodeArguments(get, ['DOT', 7n, [], '0x01020304'])
  for (const other of [`${args}00`, `${args}${'00'.repeat(32)}`, args.slice(0, -64), '0x'] as Hex[])
    expect(() => buildRequest(get, other)).toThrow(invalid)
  const dirty = args.replace('01020304', '0102030405').slice(0, args.length) as Hex
  expect(() => buildRequest(get, dirty)).toThrow(invalid)
})

test('any text in any place gives a request of plain ASCII lines', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.string({ unit: 'binary' })),
      (text, list) => {
        const args = encodeAbiParameters(
          get.request.map(({ name, type }) => ({ name, type })),
          [text, 1n, list, '0x00000000'],
        )
        try {
          const { path } = buildRequest(get, args)
          expect(path).toMatch(/^\/price\/[^/?#]+\/at\/1(\?[\x21-\x7e]*)?$/)
          expect(path).not.toMatch(/\/\.{1,2}\//)
        } catch (error) {
          expect(error).toMatchObject({ code: 'arguments.invalid' })
        }
      },
    ),
  )
})
