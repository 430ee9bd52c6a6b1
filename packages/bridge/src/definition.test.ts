// Definitions of APIs: one spelling, and nothing in them that a caller could use to reach further than the owner meant.
import { expect, test } from 'vitest'
import { definitionDigest, parseDefinition, serializeDefinition } from './index.ts'

type Given = Parameters<typeof serializeDefinition>[0]
const given: Given = {
  format: 'wetee/api/v1',
  name: 'price',
  method: 'GET',
  path: '/v1/price/{symbol}',
  port: 8080,
  request: [
    { name: 'symbol', type: 'string', in: 'path' },
    { name: 'limit', type: 'uint256', in: 'query' },
  ],
  response: [{ name: 'price', type: 'uint256', pointer: '/data/0/price', decimals: 18 }],
}
const invalid: unknown = expect.objectContaining({ code: 'definition.invalid' })
const refuse = (changes: Partial<Given>) =>
  expect(() => serializeDefinition({ ...given, ...changes })).toThrow(invalid)

test('a definition is read as it was written, and has one digest', () => {
  const text = serializeDefinition(given)
  expect(parseDefinition(text)).toEqual(given)
  expect(definitionDigest(text)).toMatch(/^0x[0-9a-f]{64}$/)
  expect(() => parseDefinition(` ${text}`)).toThrow(invalid)
  expect(() => parseDefinition(JSON.stringify(given))).toThrow(invalid)
  expect(() => parseDefinition('{')).toThrow(invalid)
  expect(() => parseDefinition(' '.repeat(4_097))).toThrow(invalid)
})

test('the path names each of its parameters once', () => {
  refuse({ path: '/v1/price' })
  refuse({ path: '/v1/{symbol}/{symbol}' })
  refuse({ path: '/v1/{symbol}/{other}' })
  refuse({ path: '/v1/{symbol' })
  refuse({ path: '/v1/{symbol}}' })
})

test('ATTACK a path leads nowhere but down', () => {
  for (const path of [
    'v1',
    '//other/{symbol}',
    '/../{symbol}',
    '/./{symbol}',
    '/a?b={symbol}',
    '/a#{symbol}',
    '/a\\{symbol}',
    '/ü/{symbol}',
    '/a b/{symbol}',
  ])
    refuse({ path })
})

test('ATTACK no parameter is a header that says where a message ends, whom it is for or who asks', () => {
  for (const name of [
    'Host',
    'content-length',
    'Transfer-Encoding',
    'authorization',
    'cookie',
    'X-Forwarded-For',
    'WeTEE-Call-Id',
    'expect',
  ])
    refuse({ request: [...given.request, { name, type: 'string', in: 'header' }] })
})

test('types are those of the ABI that have one place in a request or answer', () => {
  for (const type of [
    'uint',
    'uint7',
    'uint264',
    'uint08',
    'bytes33',
    'bytes0',
    'tuple',
    'uint8[2]',
    'uint8[][]',
    'function',
    'fixed',
  ])
    refuse({ response: [{ name: 'a', type, pointer: '' }] })
  refuse({ request: [{ name: 'symbol', type: 'string[]', in: 'path' }] })
  refuse({
    request: [
      { name: 'symbol', type: 'string', in: 'path' },
      { name: 'b', type: 'string', in: 'body' },
    ],
  })
  refuse({ response: [] })
  refuse({ response: [{ name: 'a', type: 'uint8', from: 'body' }] })
  refuse({ response: [{ name: 'a', type: 'string', from: 'digest' }] })
  refuse({ response: [{ name: 'a', type: 'string' }] })
  refuse({ response: [{ name: 'a', type: 'string', pointer: 'a' }] })
  refuse({ response: [{ name: 'a', type: 'string', pointer: '', decimals: 1 }] })
  refuse({ response: [given.response[0]!, given.response[0]!] })
})
