// Signatures in the form that Quorum.sol reads: ascending, one bit each, low s.
import fc from 'fast-check'
import { recoverAddress, slice, type Hex } from 'viem'
import { privateKeyToAccount, sign } from 'viem/accounts'
import { expect, test } from 'vitest'
import { assembleSignatures, type SignaturePart } from './signatures.ts'

const hash: Hex = `0x${'ab'.repeat(32)}`
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n
const keys = Array.from({ length: 5 }, (_, i): Hex => `0x${String(i + 1).repeat(64)}`)
const parts: SignaturePart[] = await Promise.all(
  keys.map(async (privateKey, index) => ({
    index: index * 3,
    signature: await sign({ hash, privateKey, to: 'hex' }),
  })),
)
const split = (signatures: Hex) =>
  Array.from({ length: (signatures.length - 2) / 130 }, (_, i) =>
    slice(signatures, i * 65, i * 65 + 65),
  )
/** The other valid signature of the same key over the same hash. */
const malleated = ({ index, signature }: SignaturePart): SignaturePart => {
  const s = order - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.endsWith('1b') ? '1c' : '1b'
  return { index, signature: `0x${signature.slice(2, 66)}${s.toString(16).padStart(64, '0')}${v}` }
}
/** v of 0 or 1, as some signers give it. */
const withParity = ({ index, signature }: SignaturePart): SignaturePart => ({
  index,
  signature: `0x${signature.slice(2, 130)}${signature.endsWith('1b') ? '00' : '01'}`,
})

test('signatures come in the order of their members, whatever order they arrived in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(parts, { minLength: 1 }), async (some) => {
      const { bitmap, signatures } = assembleSignatures(some)
      const ascending = some.toSorted((a, b) => a.index - b.index)
      expect(bitmap).toBe(some.reduce((bits, { index }) => bits | (1n << BigInt(index)), 0n))
      const signers = await Promise.all(
        split(signatures).map((signature) => recoverAddress({ hash, signature })),
      )
      expect(signers).toEqual(
        ascending.map(({ index }) => privateKeyToAccount(keys[index / 3]!).address),
      )
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('a high s becomes the low s of the same signer', () => {
  expect(assembleSignatures(parts.map(malleated))).toEqual(assembleSignatures(parts))
})

test('v of 0 and 1 becomes 27 and 28', () => {
  expect(assembleSignatures(parts.map(withParity))).toEqual(assembleSignatures(parts))
})

const [first] = parts as [SignaturePart]
const hex = first.signature.slice(2)
const refused: [string, SignaturePart[]][] = [
  ['no signature', []],
  ['a member twice', [first, first]],
  ['a member beyond the largest committee', [{ ...first, index: 64 }]],
  ['a negative member', [{ ...first, index: -1 }]],
  ['half a member', [{ ...first, index: 0.5 }]],
  ['64 bytes', [{ ...first, signature: `0x${hex.slice(0, 128)}` }]],
  ['66 bytes', [{ ...first, signature: `0x${hex}00` }]],
  ['no hex', [{ ...first, signature: `0x${'z'.repeat(130)}` }]],
  ['v of 29', [{ ...first, signature: `0x${hex.slice(0, 128)}1d` }]],
  ['r of 0', [{ ...first, signature: `0x${'0'.repeat(64)}${hex.slice(64)}` }]],
  ['s of 0', [{ ...first, signature: `0x${hex.slice(0, 64)}${'0'.repeat(64)}1b` }]],
  ['s of the order', [{ ...first, signature: `0x${hex.slice(0, 64)}${order.toString(16)}1b` }]],
]
test.each(refused)('%s is refused', (_, given) => {
  expect(() => assembleSignatures(given)).toThrow(
    expect.objectContaining({ code: 'signatures.invalid' }),
  )
})
