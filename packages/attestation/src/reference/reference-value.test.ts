// Reference values are matched exactly, at their time; lists are strict.
import { describe, expect, test } from 'vitest'
import {
  AttestationError,
  matchReferenceValue,
  MAX_REFERENCE_CHARACTERS,
  MAX_REFERENCE_VALUES,
  measurementIdOf,
  parseReferenceValues,
  sgxMeasurementId,
  snpMeasurementId,
  tdxMeasurementId,
  type Hex,
  type ReferenceValue,
} from '../index.ts'

const hex = (byte: string, size: number): Hex => `0x${byte.repeat(size)}`
const from = '2026-01-01T00:00:00Z'
const until = '2026-07-01T00:00:00Z'
const fromMs = Date.parse(from)
const untilMs = Date.parse(until)

const tdx = {
  name: 'wetee-guest',
  version: '1.2.0+tdx',
  platform: 'tdx',
  registers: {
    mrtd: hex('a1', 48),
    rtmr0: hex('a2', 48),
    rtmr1: hex('a3', 48),
    rtmr2: hex('a4', 48),
  },
  producedBy: {
    text: 'images/guest/build.sh, QEMU 9.1, 4 vCPU',
    sourceCommit: 'ab'.repeat(20),
    recipeDigest: hex('cd', 32),
  },
  validFrom: from,
  validUntil: until,
}
const sgx = {
  ...tdx,
  platform: 'sgx',
  registers: { mrEnclave: hex('b1', 32), mrSigner: hex('b2', 32), isvProdId: 0, isvSvn: 7 },
  producedBy: { text: 'gramine-sgx-sign' },
}
const snp = {
  ...tdx,
  platform: 'sev-snp',
  registers: { measurement: hex('c1', 48) },
  validUntil: 'no-end',
}
const listOf = (...values: unknown[]) =>
  JSON.stringify({ format: 'wetee/reference-values/v1', values })
const values = parseReferenceValues(listOf(tdx, sgx, snp))
const [tdxValue, sgxValue, snpValue] = values as [ReferenceValue, ReferenceValue, ReferenceValue]
const claimsOf = (value: ReferenceValue) => ({
  platform: value.platform,
  measurementId: measurementIdOf(value),
})

describe('matching', () => {
  test('the id of a value is that of its registers', () => {
    expect(measurementIdOf(tdxValue)).toBe(tdxMeasurementId(tdx.registers))
    expect(measurementIdOf(sgxValue)).toBe(sgxMeasurementId(sgx.registers))
    expect(measurementIdOf(snpValue)).toBe(snpMeasurementId(snp.registers))
  })

  test.each(values.map((value) => [value.platform, value] as const))(
    '%s matches its own value and no other',
    (_, value) => {
      expect(matchReferenceValue(claimsOf(value), values, fromMs)).toEqual({ matched: true, value })
      const others = values.filter((each) => each !== value)
      expect(matchReferenceValue(claimsOf(value), others, fromMs)).toEqual({
        matched: false,
        reason: 'unknown',
      })
      expect(matchReferenceValue(claimsOf(value), [], fromMs).matched).toBe(false)
    },
  )

  test.each(Object.keys(tdx.registers))('a guest with another %s matches nothing', (name) => {
    const registers = { ...tdx.registers, [name]: hex('ff', 48) }
    const claims = { platform: 'tdx', measurementId: tdxMeasurementId(registers) } as const
    expect(matchReferenceValue(claims, values, fromMs)).toMatchObject({ reason: 'unknown' })
  })

  test('an enclave with another signer, product or SVN matches nothing, a newer SVN too', () => {
    for (const change of [{ mrSigner: hex('ff', 32) }, { isvProdId: 1 }, { isvSvn: 8 }]) {
      const measurementId = sgxMeasurementId({ ...sgx.registers, ...change })
      expect(matchReferenceValue({ platform: 'sgx', measurementId }, values, fromMs).matched).toBe(
        false,
      )
    }
  })

  test('the id of one platform says nothing on another', () => {
    const claims = { ...claimsOf(tdxValue), platform: 'sev-snp' } as const
    expect(matchReferenceValue(claims, values, fromMs)).toMatchObject({ reason: 'unknown' })
  })

  test('a value counts from its first millisecond up to its last', () => {
    const at = (atMs: number) => matchReferenceValue(claimsOf(tdxValue), values, atMs)
    expect(at(fromMs - 1)).toEqual({ matched: false, reason: 'not-yet-valid', value: tdxValue })
    expect(at(fromMs).matched).toBe(true)
    expect(at(untilMs - 1).matched).toBe(true)
    expect(at(untilMs)).toEqual({ matched: false, reason: 'expired', value: tdxValue })
    expect(at(Number.NaN).matched).toBe(false)
    expect(matchReferenceValue(claimsOf(snpValue), values, untilMs * 2).matched).toBe(true)
    for (const atMs of [Number.NaN, '' as unknown as number, undefined as unknown as number])
      for (const value of [tdxValue, snpValue])
        expect(matchReferenceValue(claimsOf(value), values, atMs).matched).toBe(false)
  })

  test('of two spans of one measurement the one that counts is found', () => {
    const later: ReferenceValue = { ...tdxValue, validFromMs: untilMs, validUntilMs: 'no-end' }
    expect(matchReferenceValue(claimsOf(tdxValue), [tdxValue, later], untilMs)).toEqual({
      matched: true,
      value: later,
    })
  })
})

describe('lists', () => {
  const refusal = (text: string) => {
    try {
      parseReferenceValues(text)
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error
      expect(error.code).toBe('reference-value.malformed')
      return error.message
    }
    return 'accepted'
  }

  test('a list is what its JSON says', () => {
    const { validFrom, validUntil, ...rest } = tdx
    expect([validFrom, validUntil]).toEqual([from, until])
    expect(tdxValue).toEqual({ ...rest, validFromMs: fromMs, validUntilMs: untilMs })
    expect(snpValue.validUntilMs).toBe('no-end')
  })

  test.each(Object.keys(tdx))('%s may be neither missing, empty nor null', (field) => {
    const { [field as 'name']: _, ...without } = tdx
    expect(refusal(listOf(without))).toContain(field)
    for (const empty of ['', null, [], {}, 0])
      expect(refusal(listOf({ ...tdx, [field]: empty }))).toContain(field)
  })

  test.each<[string, object, object]>([
    ['tdx', tdx, tdx.registers],
    ['sgx', sgx, { mrEnclave: sgx.registers.mrEnclave, mrSigner: sgx.registers.mrSigner }],
    ['sev-snp', snp, snp.registers],
  ])('no register of %s may be zero, of another size, in capitals or missing', (_, value, each) => {
    const { registers } = value as { registers: Record<string, unknown> }
    for (const [name, register] of Object.entries(each as Record<string, Hex>)) {
      const size = register.length / 2 - 1
      for (const wrong of [
        hex('00', size),
        hex('a1', size - 1),
        hex('A1', size),
        '0x',
        undefined,
      ]) {
        const changed = { ...value, registers: { ...registers, [name]: wrong } }
        expect(refusal(listOf(changed))).toContain(name)
      }
    }
    expect(refusal(listOf({ ...value, registers: { ...registers, any: 1 } }))).toContain('any')
  })

  test('unknown fields, platforms and formats are refused', () => {
    expect(refusal(listOf({ ...tdx, wildcard: true }))).toContain('wildcard')
    expect(refusal(listOf({ ...tdx, platform: 'nitro' }))).toContain('platform')
    expect(refusal(listOf({ ...tdx, platform: 'sgx' }))).toContain('registers')
    expect(refusal(listOf(tdx).replace('v1', 'v2'))).toContain('format')
    expect(refusal(listOf(tdx).replace('{', '{"any":1,'))).toContain('any')
    expect(refusal(listOf({ ...tdx, producedBy: { text: 'x', by: 'y' } }))).toContain('by')
    for (const isvSvn of [-1, 65_536, 0.5, '7'])
      expect(refusal(listOf({ ...sgx, registers: { ...sgx.registers, isvSvn } }))).toContain(
        'isvSvn',
      )
  })

  test('times are exact and in order', () => {
    for (const validFrom of ['2026-01-01', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00+01:00'])
      expect(refusal(listOf({ ...tdx, validFrom }))).toContain('validFrom')
    expect(refusal(listOf({ ...tdx, validUntil: from }))).toContain('validUntil')
    expect(refusal(listOf({ ...tdx, validUntil: '2026-01-01T00:00:01Z' }))).toBe('accepted')
    expect(refusal(listOf({ ...tdx, validFrom: 'no-end' }))).toContain('validFrom')
  })

  test('a measurement is in a list once, and lists have a size', () => {
    expect(refusal(listOf(tdx, { ...tdx, name: 'other', version: '2' }))).toContain('twice')
    expect(refusal(listOf())).toContain('values')
    const many = (count: number) =>
      listOf(
        ...Array.from({ length: count }, (_, isvSvn) => ({
          ...sgx,
          registers: { ...sgx.registers, isvSvn },
        })),
      )
    expect(refusal(many(MAX_REFERENCE_VALUES))).toBe('accepted')
    expect(refusal(many(MAX_REFERENCE_VALUES + 1))).toContain('values')
    expect(refusal(listOf(tdx).padEnd(MAX_REFERENCE_CHARACTERS))).toBe('accepted')
    expect(refusal(listOf(tdx).padEnd(MAX_REFERENCE_CHARACTERS + 1))).toContain('characters')
    for (const text of ['', 'null', '[]', '{}', `${listOf(tdx)}{}`])
      expect(refusal(text)).not.toBe('accepted')
    expect(refusal(listOf(tdx).replace('"name"', '"name":"a","name"'))).not.toBe('accepted')
  })
})
