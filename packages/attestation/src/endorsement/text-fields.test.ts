// Endorsements as they travel: bounded ASCII texts under known names.
import { expect, test } from 'vitest'
import { INTEL_ENDORSEMENT_FIELDS, parseIntelEndorsements } from './intel/endorsements.ts'
import { parseEndorsements } from './endorsements.ts'
import { parseAmdEndorsements } from './amd/endorsements.ts'

const MAX_CHARACTERS = 131_072
const sound = Object.fromEntries(INTEL_ENDORSEMENT_FIELDS.map((field) => [field, 'ab']))
const malformed = expect.objectContaining({ code: 'endorsement.malformed' }) as Error

test.each(INTEL_ENDORSEMENT_FIELDS)('%s has at most 131,072 characters of ASCII', (field) => {
  const given = (text: unknown) => () => parseIntelEndorsements({ ...sound, [field]: text })
  expect(given('a'.repeat(MAX_CHARACTERS))()).toHaveProperty(field)
  expect(given('\t\n\r ~')()).toHaveProperty(field)
  const refused = ['a'.repeat(MAX_CHARACTERS + 1), '\u00e9', '\ufeff', 'a\u0000', '\u007f']
  for (const text of [...refused, undefined, null, 1, ['ab']])
    expect(given(text)).toThrow(malformed)
})

test('a field that is unknown, or of another vendor, is refused', () => {
  const { qe_identity: _, ...short } = sound
  for (const value of [{ ...sound, leaf: 'ab' }, short, null, 'ab', [], { leaf: 'ab', ask: 'ab' }])
    expect(() => parseIntelEndorsements(value)).toThrow(malformed)
  for (const value of [sound, { leaf: 'ab' }, { leaf: 'ab', ask: 'ab', crl: undefined }])
    expect(() => parseAmdEndorsements(value)).toThrow(malformed)
  expect(() => parseEndorsements('nitro', { leaf: 'ab' })).toThrow(malformed)
})

test('a result is a copy of the texts alone', () => {
  const parsed = parseIntelEndorsements(sound)
  expect(parsed).toEqual(sound)
  expect(parsed).not.toBe(sound)
})
