// APIs in a Compose file: what they become, what is refused and where.
import { parseDefinition } from '@wetee/bridge'
import { expect, test } from 'vitest'
import { buildManifest, readApiEntries } from './build.ts'
import { ManifestError } from './error.ts'

const caller = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const compose = (apis: string, ports = '["8080"]') => `name: oracle
services: { web: { image: registry.example/oracle:1, ports: ${ports} } }
x-wetee:
  apis:
${apis.replace(/^/gm, '    ')}
`
const problemOf = (apis: string, ports?: string) => {
  try {
    readApiEntries(compose(apis, ports))
  } catch (error) {
    if (error instanceof ManifestError) return error.problems[0]
  }
  throw new Error('nothing was refused')
}

test('an API has defaults for all that is not written', () => {
  const [api, second] = readApiEntries(compose('price:\n  response: { price: uint256 }'))
  expect(second).toBeUndefined()
  expect(api).toMatchObject({ name: 'price', callers: [] })
  expect(parseDefinition(api?.definition ?? '')).toEqual({
    format: 'wetee/api/v1',
    name: 'price',
    method: 'GET',
    path: '/price',
    port: 8080,
    request: [],
    response: [{ name: 'price', type: 'uint256', pointer: '/price' }],
  })
  expect(api?.terms).toEqual({
    priceWei: 0n,
    callbackGas: 200_000,
    maxPayloadBytes: 1_024,
    timeoutSeconds: 60,
    restricted: false,
  })
})

test('an API may say everything itself', () => {
  const [api] = readApiEntries(
    compose(
      `order:
  method: POST
  path: /orders/{symbol}
  port: 81
  request:
    symbol: string
    amount: { type: uint256, as: number }
    X-Trace: { type: string, in: header }
    tag: { type: 'string[]', in: query }
  response:
    price: { type: int128, pointer: /data/0/price, decimals: 9 }
    all: { type: bytes32, from: digest }
  price: 0.0000000001
  callbackGas: 90000
  maxPayload: 2k
  timeout: 1m30s
  callers: ['${caller}']`,
      '["80", "81"]',
    ),
  )
  const { request, response, port } = parseDefinition(api?.definition ?? '')
  expect(port).toBe(81)
  expect(request.map(({ name, in: place, as }) => [name, place, as])).toEqual([
    ['symbol', 'path', undefined],
    ['amount', 'body', 'number'],
    ['X-Trace', 'header', undefined],
    ['tag', 'query', undefined],
  ])
  expect(response[0]).toMatchObject({ pointer: '/data/0/price', decimals: 9 })
  expect(response[1]).toEqual({ name: 'all', type: 'bytes32', from: 'digest' })
  expect(api?.callers).toEqual([caller])
  expect(api?.terms).toEqual({
    priceWei: 100_000_000n,
    callbackGas: 90_000,
    maxPayloadBytes: 2_048,
    timeoutSeconds: 90,
    restricted: true,
  })
})

test('APIs are no part of the manifest: they may change without a new version', async () => {
  const resolveImage = () => Promise.resolve(`sha256:${'a1'.repeat(32)}`)
  const without = await buildManifest(compose('').replace(/x-wetee[^]*$/, ''), { resolveImage })
  const having = await buildManifest(compose('price: { response: { price: uint256 } }'), {
    resolveImage,
  })
  expect(having.digest).toBe(without.digest)
})

test.each([
  ['a: { response: { a: uint257 } }', 'api.invalid', 5],
  ['a:\n  response:\n    a: uint256\n    b: { type: string, decimals: 3 }', 'api.invalid', 8],
  ['a:\n  path: /a?b\n  response: { a: bool }', 'api.invalid', 6],
  ['a:\n  path: /{b}\n  response: { a: bool }', 'api.invalid', 5],
  ['A: { response: { a: bool } }', 'api.invalid', 5],
  [
    'a:\n  request: { Host: { type: string, in: header } }\n  response: { a: bool }',
    'api.invalid',
    5,
  ],
  ['a: { path: /a }', 'api.response', 5],
  ['a: { response: {} }', 'api.invalid', 5],
  ['a: { response: { a: bool }, price: -1 }', 'value.invalid', 5],
  ['a: { response: { a: bool }, price: 1e3 }', 'value.invalid', 5],
  ['a: { response: { a: bool }, price: 0.00000000001 }', 'value.invalid', 5],
  ['a: { response: { a: bool }, timeout: 9s }', 'value.range', 5],
  ['a: { response: { a: bool }, maxPayload: 31 }', 'value.range', 5],
  ['a: { response: { a: bool }, maxPayload: 16385 }', 'value.range', 5],
  ['a: { response: { a: bool }, callers: [] }', 'api.callers', 5],
  ['a: { response: { a: bool }, callers: ["0x12"] }', 'api.callers', 5],
  [`a: { response: { a: bool }, callers: ["${caller}", "${caller}"] }`, 'api.callers', 5],
  ['a: { response: { a: bool }, methd: GET }', 'key.unknown', 5],
  ['a: { response: { a: bool }, method: HEAD }', 'value.invalid', 5],
  ['a:\n  port: 81\n  response: { a: bool }', 'api.port', 6],
])('%j is refused as %s in line %d', (apis, code, line) => {
  expect(problemOf(apis)).toMatchObject({ code, line })
})

test('a port is named where several are published', () => {
  const problem = problemOf('a: { response: { a: bool } }', '["80", "81"]')
  expect(problem).toMatchObject({ code: 'api.port', line: 5 })
})

test('64 APIs are read, 65 are not', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => `a${n}: { response: { a: bool } }`).join('\n')
  expect(readApiEntries(compose(many(64)))).toHaveLength(64)
  expect(problemOf(many(65))).toMatchObject({ code: 'value.range' })
})
