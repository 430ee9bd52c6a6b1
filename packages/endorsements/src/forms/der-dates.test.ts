// Dates of certificates and lists, read from real forms and refused in damaged ones.
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { der, derTime, makeCertificate, makeRevocationList } from '../testing/der-fixtures.ts'
import { certificateDates, revocationListDates } from './der-dates.ts'

const FROM_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
const UNTIL_MS = Date.UTC(2051, 1, 3)
const bytes = (buffer: Uint8Array) => new Uint8Array(buffer)

test('a certificate’s dates are those that OpenSSL reads', () => {
  const vendor = createSimulatedVendor({ seed: new Uint8Array(32), atMs: FROM_MS })
  const { validFrom, validTo } = new X509Certificate(vendor.rootDer)
  expect(certificateDates(vendor.rootDer)).toEqual({
    fromMs: Date.parse(validFrom),
    untilMs: Date.parse(validTo),
  })
})

test('a list’s dates are those it was issued with', () => {
  const vendor = createSimulatedVendor({ seed: new Uint8Array(32), atMs: FROM_MS })
  const list = Buffer.from(vendor.collateral(FROM_MS).pck_crl, 'hex')
  expect(revocationListDates(bytes(list))).toEqual({
    fromMs: FROM_MS - 3_600_000,
    untilMs: FROM_MS + 30 * 86_400_000,
  })
})

test('both forms of time are read, on both sides of 1950 and 2050', () => {
  const dates = { fromMs: FROM_MS, untilMs: UNTIL_MS }
  expect(certificateDates(bytes(makeCertificate('a', FROM_MS, UNTIL_MS)))).toEqual(dates)
  expect(revocationListDates(bytes(makeRevocationList('a', FROM_MS, UNTIL_MS)))).toEqual(dates)
  const old = Date.UTC(1950, 0, 1)
  expect(certificateDates(bytes(makeCertificate('a', old, UNTIL_MS))).fromMs).toBe(old)
})

const GOOD = makeRevocationList('a', FROM_MS, UNTIL_MS)
const replaced = (from: Buffer, to: Buffer) => {
  const at = GOOD.indexOf(from)
  expect(at).toBeGreaterThan(0)
  return Buffer.concat([GOOD.subarray(0, at), to, GOOD.subarray(at + from.length)])
}
const TIME = derTime(FROM_MS, true)

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a byte after it', Buffer.concat([GOOD, Buffer.from([0])])],
  ['a cut end', GOOD.subarray(0, -1)],
  ['an indefinite length', Buffer.concat([Buffer.from([0x30, 0x80]), GOOD.subarray(4)])],
  ['a length that is not minimal', Buffer.concat([Buffer.from([0x30, 0x81, 3]), Buffer.alloc(3)])],
  ['an element that ends outside', Buffer.from([0x30, 0x05, 0x30, 0x20, 0, 0, 0])],
  ['a long tag', Buffer.from([0x3f, 0x01, 0x00])],
  ['a month 13', replaced(TIME, der(0x17, Buffer.from('261302030405Z')))],
  ['a 30th of February', replaced(TIME, der(0x17, Buffer.from('260230030405Z')))],
  ['a time with an offset', replaced(TIME, der(0x17, Buffer.from('2601020304+01')))],
  ['no time', replaced(TIME, der(0x04, Buffer.from('260102030405Z')))],
  ['an end before the beginning', makeRevocationList('a', FROM_MS, FROM_MS - 1_000)],
])('%s is refused', (_, list) => {
  expect(() => revocationListDates(bytes(list))).toThrow(
    expect.objectContaining({ code: 'answer.malformed' }),
  )
})

test('a list without nextUpdate is refused: it could be served for ever', () => {
  const until = derTime(UNTIL_MS)
  expect(() => revocationListDates(bytes(replaced(until, der(0x30))))).toThrow(
    expect.objectContaining({ code: 'answer.malformed' }),
  )
})
