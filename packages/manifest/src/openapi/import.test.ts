// OpenAPI documents become entries that the Compose reader takes, or a reason.
import { parseDefinition } from '@wetee/bridge'
import { expect, test } from 'vitest'
import { readApiEntries } from '../build.ts'
import { ManifestError } from '../error.ts'
import { importOpenApi } from './import.ts'

const head = 'openapi: 3.1.0\ninfo: { title: t, version: "1" }\n'
const read = (block: string) =>
  readApiEntries(
    `name: a\nservices: { web: { image: a, ports: ["8080"] } }\nx-wetee:\n${block}`,
  ).map(({ name, definition }) => [name, parseDefinition(definition)] as const)
const imported = (paths: string) => importOpenApi(`${head}${paths}`, { port: 8080 })

const prices = `paths:
  /prices/{symbol}:
    parameters: [{ $ref: '#/components/parameters/symbol' }]
    get:
      operationId: getPriceOf
      parameters:
        - { name: depth, in: query, required: true, schema: { type: integer, format: int32, minimum: 0 } }
        - { name: verbose, in: query, schema: { type: boolean } }
      responses:
        '200':
          content:
            application/json: { schema: { $ref: '#/components/schemas/Price' } }
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [amount, tags]
              properties:
                amount: { type: integer }
                tags: { type: array, items: { type: string } }
                note: { type: string }
      responses: { '204': { description: none } }
components:
  parameters:
    symbol: { name: symbol, in: path, required: true, schema: { type: string } }
  schemas:
    Price:
      allOf: [{ $ref: '#/components/schemas/Base' }]
      required: [value, market]
      properties:
        value: { type: number }
        market: { type: object, required: [id], properties: { id: { type: string }, x: { type: string } } }
    Base: { required: [at], properties: { at: { type: [integer, 'null'], minimum: 0, format: int64 } } }
`

test('operations become entries that are read back as they were meant', () => {
  const { block, entries, skipped } = imported(prices)
  expect(skipped).toEqual([])
  const [[name, get], [second, post]] = read(block) as [
    ReturnType<typeof read>[number],
    ReturnType<typeof read>[number],
  ]
  expect(name).toBe('get-price-of')
  expect(get).toMatchObject({ method: 'GET', path: '/prices/{symbol}', port: 8080 })
  expect(get.request).toEqual([
    { name: 'symbol', type: 'string', in: 'path' },
    { name: 'depth', type: 'uint32', in: 'query' },
  ])
  expect(get.response).toEqual([
    { name: 'value', type: 'int256', pointer: '/value', decimals: 18 },
    { name: 'market_id', type: 'string', pointer: '/market/id' },
    { name: 'at', type: 'uint64', pointer: '/at' },
  ])
  expect(second).toBe('post-prices-symbol')
  expect(post.request.slice(1)).toEqual([
    { name: 'amount', type: 'int256', in: 'body', as: 'number' },
    { name: 'tags', type: 'string[]', in: 'body' },
  ])
  expect(post.response).toEqual([{ name: 'body', type: 'string', from: 'body' }])
  expect(entries[0]?.notes).toContain('verbose may be left out, and is')
})

test('JSON is read like YAML', () => {
  const document = {
    openapi: '3.0.3',
    paths: { '/a': { get: { responses: { default: { description: 'd' } } } } },
  }
  const { block } = importOpenApi(JSON.stringify(document), { port: 8080 })
  expect(read(block).map(([name]) => name)).toEqual(['get-a'])
})

const operation = (parameter: string) =>
  `paths: { /a: { get: { parameters: [${parameter}], responses: { '200': {} } } } }`
test.each([
  ["{ $ref: 'https://example.org/p.yaml' }", 'leads out of the document'],
  ["{ $ref: '#/nowhere' }", 'leads nowhere'],
  ["{ $ref: '#/paths/~1a/get/parameters' }", 'no mapping'],
  ['{ name: s, in: cookie, required: true, schema: { type: string } }', 'which no call has'],
  ['{ name: s, in: query, required: true, schema: { type: object } }', 'no type'],
  ['{ name: Host, in: header, required: true, schema: { type: string } }', "not the caller's"],
])('an operation with %s is skipped, with the reason', (parameter, reason) => {
  const { entries, skipped } = imported(operation(parameter))
  expect(entries).toEqual([])
  expect(skipped[0]?.operation).toBe('GET /a')
  expect(skipped[0]?.reason).toContain(reason)
})

test('a reference that leads to itself ends', () => {
  const loop = "components: { a: { $ref: '#/components/b' }, b: { $ref: '#/components/a' } }"
  const { skipped } = imported(`${operation("{ $ref: '#/components/a' }")}\n${loop}`)
  expect(skipped[0]?.reason).toBe('a reference leads to itself')
})

test('a schema that holds itself is read to its bound', () => {
  const self =
    "Node: { properties: { id: { type: string }, next: { $ref: '#/components/schemas/Node' } } }"
  const answer =
    "{ content: { application/json: { schema: { $ref: '#/components/schemas/Node' } } } }"
  const { block } = imported(
    `paths: { /a: { get: { responses: { '200': ${answer} } } } }\ncomponents: { schemas: { ${self} } }`,
  )
  expect(read(block)[0]?.[1].response.map(({ pointer }) => pointer)).toEqual([
    '/id',
    '/next/id',
    '/next/next/id',
  ])
})

const codeOf = (text: string) => {
  try {
    importOpenApi(text, { port: 1 })
  } catch (error) {
    if (error instanceof ManifestError) return error.code
  }
  throw new Error('nothing was refused')
}
test.each([
  ['no document', ''],
  ['another version', 'swagger: "2.0"'],
  ['no YAML', 'a: [b'],
  ['aliases without end', `a: &a [x]\nb: [${'*a,'.repeat(200)}]\nopenapi: 3.0.0`],
  ['nesting without end', `${'['.repeat(5_000)}`],
  ['deeper than 64', `openapi: 3.0.0\na: ${'['.repeat(70)}${']'.repeat(70)}`],
])('%s is refused', (_name, text) => {
  expect(codeOf(text)).toBe('openapi.invalid')
})

test('a document of two megabytes is read, a longer one is not', () => {
  const text = `${head}paths: {}\n`
  expect(imported(`paths: {}\n#${'x'.repeat(2_097_152 - text.length - 1)}`).entries).toEqual([])
  expect(codeOf('x'.repeat(2_097_153))).toBe('openapi.too-large')
})
