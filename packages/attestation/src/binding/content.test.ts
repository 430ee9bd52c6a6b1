// What a cache knows of endorsements names them as hashing them does, and no others.
import { expect, test } from 'vitest'
import { AppraisalCache, endorsementsDigest, evidenceDigest } from '../index.ts'
import {
  INTEL_ENDORSEMENT_FIELDS,
  type IntelEndorsements,
} from '../endorsement/intel/endorsements.ts'

const intel = Object.fromEntries(
  INTEL_ENDORSEMENT_FIELDS.map((field) => [field, `text of ${field}`]),
) as IntelEndorsements
const quote = Uint8Array.of(1, 2, 3)

/** A cache that was appraised with these texts. */
function knowing(texts: readonly string[]): AppraisalCache {
  const cache = new AppraisalCache()
  cache.holdDigest(texts, Uint8Array.of(1))
  return cache
}

test('known endorsements have the digest that they have without a cache, each time', () => {
  const cache = knowing(Object.values(intel))
  const expected = endorsementsDigest('tdx', intel)
  for (let n = 0; n < 3; n++) expect(endorsementsDigest('tdx', { ...intel }, cache)).toBe(expected)
  const evidence = { platform: 'tdx', quote } as const
  expect(evidenceDigest(evidence, intel, cache)).toBe(evidenceDigest(evidence, intel))
})

test('another character of any field gives another digest, whatever the cache knows', () => {
  const cache = knowing(Object.values(intel))
  const known = endorsementsDigest('tdx', intel, cache)
  for (const field of INTEL_ENDORSEMENT_FIELDS) {
    const other = { ...intel, [field]: `${intel[field]}.` }
    const digest = endorsementsDigest('tdx', other, cache)
    expect(digest, field).toBe(endorsementsDigest('tdx', other))
    expect(digest, field).not.toBe(known)
  }
  const strange = { ...intel, tcb_info: 'é' }
  expect(() => endorsementsDigest('tdx', strange, cache)).toThrow(
    expect.objectContaining({ code: 'endorsement.malformed' }),
  )
})

test('endorsements without a revocation list are named by their absence', () => {
  const amd = { leaf: '30', ask: '31' }
  const expected = endorsementsDigest('sev-snp', amd)
  for (const texts of [
    ['30', '31'],
    ['30', '31', ''],
  ])
    expect(endorsementsDigest('sev-snp', amd, knowing(texts))).toBe(expected)
  const cache = knowing(['30', '31', '32'])
  expect(endorsementsDigest('sev-snp', { ...amd, crl: '32' }, cache)).not.toBe(expected)
  expect(endorsementsDigest('sev-snp', amd, cache)).toBe(expected)
})
