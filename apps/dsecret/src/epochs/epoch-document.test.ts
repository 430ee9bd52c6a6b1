// The public part of an epoch on the wire: read strictly, and the same after a round trip.
import { nobleGroup } from '@wetee/threshold'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NodeError } from '../node-error.ts'
import { MAX_EPOCH_DOCUMENT, parseEpoch, serializeEpoch } from './epoch-document.ts'

const group = nobleGroup
const point = (n: number) => group.multiply(group.generator, BigInt(n))
const key = {
  threshold: 2,
  qualified: [1, 3],
  encryptionKey: point(5),
  verificationKey: point(6),
  publicShares: [point(7), undefined, point(9)],
}
const text = serializeEpoch(group, { epoch: 4n, key })
const refusal: unknown = expect.objectContaining({ code: 'epoch.document-invalid' })

test('what was written is read again, a share of zero as null', () => {
  expect(parseEpoch(group, text)).toEqual({ epoch: 4n, key })
  expect(text).toContain(',null,')
})

test.each([
  ['no JSON', '{'],
  ['too long', `${text.slice(0, -1)},"more":"${'x'.repeat(MAX_EPOCH_DOCUMENT)}"}`],
  ['another key', text.replace('{', '{"more":1,')],
  ['a threshold above the members', text.replace('"threshold":2', '"threshold":4')],
  ['a threshold of zero', text.replace('"threshold":2', '"threshold":0')],
  ['dealers out of order', text.replace('[1,3]', '[3,1]')],
  ['a dealer twice', text.replace('[1,3]', '[1,1]')],
  ['no dealer', text.replace('[1,3]', '[]')],
  ['an epoch of zero', text.replace('"epoch":"4"', '"epoch":"0"')],
  ['no member', text.replace(/"publicShares":\[.*\]/, '"publicShares":[]')],
  ['a point that is none', text.replace(/0x0[23][0-9a-f]{64}/, `0x02${'ff'.repeat(32)}`)],
  ['a point in upper case', text.replace(/0x0[23][0-9a-f]{64}/, (hex) => hex.toUpperCase())],
])('refused: %s', (_, changed) => {
  expect(() => parseEpoch(group, changed)).toThrow(refusal)
})

test('whatever comes in, only NodeError comes out, and what is taken is written the same', () => {
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, inserted) => {
      const changed = text.slice(0, at) + inserted + text.slice(at + inserted.length)
      try {
        const read = parseEpoch(group, changed)
        expect(parseEpoch(group, serializeEpoch(group, read))).toEqual(read)
      } catch (error) {
        expect(error).toBeInstanceOf(NodeError)
      }
    }),
    { numRuns: 400, seed: 5 },
  )
})
