// Answers that are arrays of structs of a fixed size, against viem's decoder for any type.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeFunctionResult,
  encodeFunctionResult,
  getAddress,
  padHex,
  toHex,
  type AbiParameter,
  type Hex,
} from 'viem'
import { abis } from './contracts.ts'
import { fixedRows } from './fixed-rows.ts'

const abi = abis.lens
const decode = (answer: Hex) => fixedRows(abi, 'appRows')?.(answer)
const [rows] =
  abi.find((item) => item.type === 'function' && item.name === 'appRows')?.outputs ?? []

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => toHex(value))

/** Values of a type, its bounds among them. */
function anyOf({ type, ...more }: AbiParameter): fc.Arbitrary<unknown> {
  const [, kind, size] = /^(uint|bytes)(\d+)$/.exec(type) ?? []
  if (kind === 'bytes') return hex(Number(size))
  if (kind === 'uint') {
    const max = 2n ** BigInt(size ?? 0) - 1n
    const any = fc.oneof(fc.constantFrom(0n, 1n, max), fc.bigInt({ min: 0n, max }))
    return Number(size) > 48 ? any : any.map(Number)
  }
  if (type === 'address') return hex(20).map((value) => getAddress(value))
  if (type === 'bool') return fc.boolean()
  const { components } = more as { components: readonly AbiParameter[] }
  return fc.record(Object.fromEntries(components.map((one) => [one.name ?? '', anyOf(one)])))
}
const anyRow = anyOf({ ...rows, type: 'tuple' })
const encoded = (result: readonly unknown[]) =>
  encodeFunctionResult({ abi, functionName: 'appRows', result: result as never })
const [sample] = fc.sample(anyRow, { numRuns: 1, seed: 1 })

test('every page of applications is read as viem reads it', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 3 }), (page) => {
      const answer = encoded(page)
      expect(decode(answer)).toEqual(
        decodeFunctionResult({ abi, functionName: 'appRows', data: answer }),
      )
      expect(decode(answer)).toEqual(page)
    }),
    { seed: 1, numRuns: 60 },
  )
})

test('pages of all applications, of an owner and of a worker are read so; what has a size of its own is not', () => {
  const functions = [
    'apps',
    'appRows',
    'appRowsOf',
    'appRowsOn',
    'workers',
    'nodes',
    'network',
    'nothing',
  ]
  expect(functions.filter((name) => fixedRows(abi, name) !== undefined)).toEqual([
    ...['apps', 'appRows', 'appRowsOf', 'appRowsOn'],
  ])
})

const good = encoded([sample])
const withWord = (index: number, value: Hex): Hex =>
  `${good.slice(0, 2 + index * 64)}${value.slice(2)}${good.slice(2 + (index + 1) * 64)}` as Hex
const full = padHex('0x', { size: 32 }).replaceAll('0', 'f').replace('fx', '0x') as Hex
test.each<[string, Hex]>([
  ['nothing', '0x'],
  ['a half', good.slice(0, -32) as Hex],
  ['a row more than it says', withWord(1, padHex('0x02', { size: 32 }))],
  ['as many rows as no answer holds', withWord(1, full)],
  ['a word behind its end', `${good}${'00'.repeat(32)}`],
  ['rows elsewhere', withWord(0, padHex('0x40', { size: 32 }))],
  ['a number beyond its type', withWord(2, full)],
  ['an address of more than 20 bytes', withWord(3, full)],
  ['other digits', good.replace(/..$/, 'zz') as Hex],
])('ATTACK an answer with %s is refused', (_, answer) => {
  expect(decode(good)).toHaveLength(1)
  expect(() => decode(answer)).toThrow()
})
