// Sealed secrets: length, policy, ciphertext, and nothing else.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  encodeSealedSecret,
  MAX_SEALED_SECRET_BYTES,
  parseSealedSecret,
  policyDigest,
  serializePolicy,
} from './index.ts'

const policyText = serializePolicy({ measurements: 'dao', minLevel: 0, teeClasses: 1 })
const ciphertext = (size = 300) => new Uint8Array(size).map((_, at) => at)
const bytes = encodeSealedSecret({ policyText, ciphertext: ciphertext() })
const code = (name: string): unknown => expect.objectContaining({ code: name })

test('is read as it was written, and named by its ciphertext', () => {
  const parsed = parseSealedSecret(bytes)
  expect(parsed.policyText).toBe(policyText)
  expect(parsed.policyDigest).toBe(policyDigest(policyText))
  expect(parsed.ciphertext).toEqual(ciphertext())
  expect(encodeSealedSecret(parsed)).toEqual(bytes)
  const tag = 'wetee/threshold/v1 ciphertext'
  const size = (length: number) => Buffer.from(length.toString(16).padStart(8, '0'), 'hex')
  const framed = Buffer.concat([size(tag.length), Buffer.from(tag), size(300), ciphertext()])
  expect(parsed.digest).toBe(createHash('sha256').update(framed).digest('hex'))
})

test('what was parsed does not change with the bytes', () => {
  const own = new Uint8Array(bytes)
  const parsed = parseSealedSecret(own)
  own.fill(0)
  expect(parsed.ciphertext).toEqual(ciphertext())
})

describe('bounds', () => {
  test.each([179, 65_715])('a ciphertext of %i bytes', (size) => {
    const whole = encodeSealedSecret({ policyText, ciphertext: ciphertext(size) })
    expect(whole.length).toBeLessThanOrEqual(MAX_SEALED_SECRET_BYTES)
    expect(parseSealedSecret(whole).ciphertext).toHaveLength(size)
  })
  test.each([0, 178, 65_716])('no ciphertext of %i bytes', (size) => {
    expect(() => encodeSealedSecret({ policyText, ciphertext: ciphertext(size) })).toThrow(
      code('sealed-secret.malformed'),
    )
  })
  test.each([0, 3])('no sealed secret of %i bytes', (size) => {
    expect(() => parseSealedSecret(new Uint8Array(size))).toThrow(code('sealed-secret.malformed'))
  })
  test('no policy length beyond the bytes or the limit', () => {
    for (const size of [0xffff_ffff, 4_097, bytes.length]) {
      const changed = new Uint8Array(bytes)
      new DataView(changed.buffer).setUint32(0, size)
      expect(() => parseSealedSecret(changed)).toThrow(code('sealed-secret.malformed'))
    }
  })
  test('no policy that is none, nor bytes that are no UTF-8', () => {
    const changed = new Uint8Array(bytes)
    changed[5] = 0xff
    expect(() => parseSealedSecret(changed)).toThrow(code('sealed-secret.malformed'))
    changed[5] = 0x20
    expect(() => parseSealedSecret(changed)).toThrow(code('policy.invalid'))
    const marked = { policyText: `\ufeff${policyText}`, ciphertext: ciphertext() }
    expect(() => encodeSealedSecret(marked)).toThrow(code('policy.invalid'))
  })
})
