// Policies: one spelling each, nothing that means "any".
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  MAX_POLICY_BYTES,
  MAX_POLICY_MEASUREMENTS,
  parsePolicy,
  policyDigest,
  policyProblem,
  serializePolicy,
  type Hex,
  type Policy,
} from './index.ts'

const id = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const invalid: unknown = expect.objectContaining({ code: 'policy.invalid' })
const text = '{"format":"wetee/secret-policy/v1","measurements":"dao","minLevel":0,"teeClasses":1}'

test('a policy has one text and one digest', () => {
  const policy: Policy = { measurements: 'dao', minLevel: 0, teeClasses: 1 }
  expect(serializePolicy(policy)).toBe(text)
  expect(parsePolicy(text)).toEqual(policy)
  // SHA-256 of 00000016 "wetee/secret-policy/v1" 00000054 text, by another program.
  expect(policyDigest(text)).toBe(
    '0x0bcda7944980560851a62f06912ac2076125b1eb16f48cc5b743377aa10df936',
  )
})

test('every policy is read as it was written', () => {
  const policies = fc.record({
    measurements: fc.oneof(
      fc.constant('dao' as const),
      fc
        .uniqueArray(fc.nat(), { minLength: 1, maxLength: MAX_POLICY_MEASUREMENTS })
        .map((ids) => ids.map(id).sort()),
    ),
    minLevel: fc.integer({ min: 0, max: 255 }),
    teeClasses: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(policies, (policy) => {
      const written = serializePolicy(policy)
      expect(written.length).toBeLessThanOrEqual(MAX_POLICY_BYTES)
      expect(parsePolicy(written)).toEqual(policy)
    }),
    { numRuns: 50 },
  )
})

describe('refused', () => {
  const base = { measurements: 'dao', minLevel: 0, teeClasses: 1 } as const
  test.each([
    ['no TEE class', { ...base, teeClasses: 0 }],
    ['a class out of a byte', { ...base, teeClasses: 256 }],
    ['no measurement', { ...base, measurements: [] }],
    ['a measurement twice', { ...base, measurements: [id(1), id(1)] }],
    ['measurements in another order', { ...base, measurements: [id(2), id(1)] }],
    ['a short measurement', { ...base, measurements: ['0x01'] as Hex[] }],
    ['upper case', { ...base, measurements: [id(171).toUpperCase() as Hex] }],
    ['49 measurements', { ...base, measurements: Array.from({ length: 49 }, (_, n) => id(n)) }],
    ['another word for measurements', { ...base, measurements: 'any' as 'dao' }],
    ['a level below zero', { ...base, minLevel: -1 }],
    ['half a level', { ...base, minLevel: 0.5 }],
    ['a level out of a byte', { ...base, minLevel: 256 }],
  ])('%s', (_, policy) => {
    expect(() => serializePolicy(policy)).toThrow(invalid)
  })

  test.each([
    ['no text', ''],
    ['space', text.replace(':', ': ')],
    [
      'another order',
      '{"measurements":"dao","format":"wetee/secret-policy/v1","minLevel":0,"teeClasses":1}',
    ],
    ['an unknown field', text.replace('}', ',"zone":"eu"}')],
    ['a missing field', text.replace('"minLevel":0,', '')],
    ['another format', text.replace('v1', 'v2')],
    ['a field twice', text.replace('"minLevel":0', '"minLevel":0,"minLevel":9')],
    ['bytes after it', `${text} `],
    ['a long text', `"${'x'.repeat(MAX_POLICY_BYTES)}"`],
    ['no object', 'null'],
  ])('%s', (_, other) => {
    expect(() => parsePolicy(other)).toThrow(invalid)
  })
})

describe('conditions', () => {
  const reader = { teeClass: 1, level: 2, measurementId: id(5) }
  const policy: Policy = { measurements: 'dao', minLevel: 2, teeClasses: 3 }
  test.each([
    ['all hold', policy, true],
    ['the level is just met', { ...policy, minLevel: 2 }, true],
    ['the level is just missed', { ...policy, minLevel: 3 }, false],
    ['another class', { ...policy, teeClasses: 6 }, false],
    ['its measurement among others', { ...policy, measurements: [id(4), id(5)] }, true],
    ['other measurements', { ...policy, measurements: [id(4), id(6)] }, false],
  ])('%s', (_, given, holds) => {
    expect(policyProblem(given, reader) === undefined).toBe(holds)
  })
})
