// Misconduct files: written and read strictly, bounded.
import { describe, expect, test } from 'vitest'
import {
  MAX_MISCONDUCT_CHARACTERS,
  parseMisconduct,
  serializeMisconduct,
  type Misconduct,
  type WrongRelease,
} from './index.ts'

const hex = (bytes: number, byte = 'ab') => `0x${byte.repeat(bytes)}` as const
const point = { x: '1', y: String(2n ** 256n - 1n) }
const place = { format: 'wetee/misconduct/v1', chainId: '31337', quorum: hex(20) } as const
const release: WrongRelease = {
  ...place,
  kind: 'release',
  signed: {
    ...{ epoch: '4', nodeId: '2', requestId: hex(32), readerKey: hex(32), kind: 1, count: 16 },
    ...{ items: hex(24_576), otherItems: hex(32), release: hex(8_526), otherRelease: hex(32) },
    signature: hex(65),
  },
  hints: {
    ...{ publicShares: hex(33 * 64), qualified: hex(32), noPoint: 0, root: '0' },
    products: Array.from({ length: 32 }, () => point),
    slopes: Array.from({ length: 31 }, () => '7'),
    ...{ firstCommitment: point, responseProduct: point, challengeProduct: point },
  },
}
const message = { session: '9', kind: 1, sender: 2, subject: 0, bodyDigest: hex(32) }
const messages: Misconduct = {
  ...place,
  kind: 'messages',
  first: { message, signature: hex(65) },
  second: { message: { ...message, bodyDigest: hex(32, 'cd') }, signature: hex(65, 'ef') },
}
const malformed: unknown = expect.objectContaining({ code: 'misconduct.invalid' })

test.each([
  ['the largest release', release],
  ['two messages', messages],
])('%s is read as it was written', (_, misconduct) => {
  expect(parseMisconduct(serializeMisconduct(misconduct))).toEqual(misconduct)
})

type Edit = (value: Record<string, never>) => unknown
describe('refused', () => {
  test.each<[string, Edit]>([
    ['an unknown field', (it) => ({ ...it, more: 1 })],
    ['another format', (it) => ({ ...it, format: 'wetee/misconduct/v2' })],
    ['another kind', (it) => ({ ...it, kind: 'leases' })],
    ['a Quorum in upper case', (it) => ({ ...it, quorum: hex(20).toUpperCase() })],
    ['a number with a zero before it', (it) => ({ ...it, chainId: '031337' })],
    ['17 items', (it) => ({ ...it, signed: { ...release.signed, count: 17 } })],
    ['half a byte', (it) => ({ ...it, signed: { ...release.signed, release: '0xabc' } })],
    [
      'a byte more of items',
      (it) => ({ ...it, signed: { ...release.signed, items: hex(24_577) } }),
    ],
    [
      '64 bytes of signature',
      (it) => ({ ...it, signed: { ...release.signed, signature: hex(64) } }),
    ],
    [
      '33 products',
      (it) => ({ ...it, hints: { ...release.hints, products: Array(33).fill(point) } }),
    ],
    [
      'more than 256 bits',
      (it) => ({ ...it, hints: { ...release.hints, root: String(2n ** 256n) } }),
    ],
    ['no hints', (it) => ({ ...it, hints: undefined })],
    ['a list', () => []],
  ])('%s', (_, edit) => {
    expect(() => parseMisconduct(JSON.stringify(edit(release as never)))).toThrow(malformed)
  })

  test('text behind it, no JSON, and more characters than a file has', () => {
    const text = serializeMisconduct(messages)
    for (const other of [`${text}x`, text.slice(0, -3), ' '.repeat(MAX_MISCONDUCT_CHARACTERS + 1)])
      expect(() => parseMisconduct(other)).toThrow(malformed)
    expect(() => serializeMisconduct({ ...messages, chainId: '0' })).toThrow(malformed)
  })
})
