// Fuzz targets: definitions, arguments and answers. Only BridgeError may escape a target. No I/O.
import { bytesToHex, hexToBytes } from 'viem'
import {
  buildRequest,
  encodeAnswer,
  encodeArguments,
  parseDefinition,
  serializeDefinition,
} from './index.ts'

const text = serializeDefinition({
  format: 'wetee/api/v1',
  name: 'order',
  method: 'POST',
  path: '/orders/{symbol}',
  port: 8080,
  request: [
    { name: 'symbol', type: 'string', in: 'path' },
    { name: 'tag', type: 'string[]', in: 'query' },
    { name: 'X-Trace', type: 'string', in: 'header' },
    { name: 'amount', type: 'uint256', in: 'body', as: 'number' },
    { name: 'flags', type: 'bool[]', in: 'body' },
  ],
  response: [
    { name: 'price', type: 'int128', pointer: '/price', decimals: 9 },
    { name: 'names', type: 'string[]', pointer: '/names' },
    { name: 'id', type: 'bytes4', pointer: '/id' },
  ],
})
const definition = parseDefinition(text)
const encode = (value: string) => new TextEncoder().encode(value)

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void> = {
  'bridge-definition': (input) => {
    const read = new TextDecoder().decode(input)
    if (serializeDefinition(parseDefinition(read)) !== read) throw new Error('another spelling')
  },
  'bridge-arguments': (input) => {
    const { path, headers } = buildRequest(definition, bytesToHex(input))
    if (!/^\/orders\/[\x21-\x7e]+$/.test(path)) throw new Error(`a path that is none: ${path}`)
    if (Object.values(headers).some((value) => /[^\x20-\x7e]/.test(value)))
      throw new Error('a header that is none')
  },
  'bridge-answer': (input) => {
    encodeAnswer(definition, input, 16_384)
  },
}

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'bridge-definition': [encode(text)],
  'bridge-arguments': [
    hexToBytes(encodeArguments(definition, ['DOT', ['a', 'b'], 'trace', 5n, [true, false]])),
  ],
  'bridge-answer': [encode('{"price":-1.25e2,"names":["a","\\u00e9"],"id":"0x01020304"}')],
}
