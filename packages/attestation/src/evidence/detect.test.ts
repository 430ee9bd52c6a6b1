// Platforms are told from each other by their first bytes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectPlatform, type Platform } from '../index.ts'

const quote = (version: number, tee: number, keyType = 2, size = 48) => {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, version, true)
  view.setUint16(2, keyType, true)
  view.setUint32(4, tee, true)
  return bytes
}
const report = (version: number, size = 1184) => {
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(0, version, true)
  return bytes
}
const nitro = [0x84, 0x44, 0xa1, 0x01, 0x38, 0x22]

test.each<[string, Uint8Array, Platform | undefined]>([
  ['a quote of version 3', quote(3, 0), 'sgx'],
  ['a quote of version 3 as long as a report', quote(3, 0, 2, 1184), 'sgx'],
  ['a quote of version 4 of TDX', quote(4, 0x81), 'tdx'],
  ['a quote of version 5 of TDX', quote(5, 0x81), 'tdx'],
  ['a quote of version 4 of SGX', quote(4, 0), 'sgx'],
  ['a quote with another attestation key', quote(4, 0x81, 3), 'tdx'],
  ['a quote of another TEE', quote(4, 0x82), undefined],
  ['a quote of version 6', quote(6, 0x81), undefined],
  ['a quote of version 2', quote(2, 0x81), undefined],
  ['a header that is cut', quote(4, 0x81).subarray(0, 47), undefined],
  ['a report of version 2', report(2), 'sev-snp'],
  ['a report of version 5', report(5), 'sev-snp'],
  ['a report of version 1', report(1), undefined],
  ['a report of version 6', report(6), undefined],
  ['a report that is too short', report(3, 1183), undefined],
  ['a report that is too long', report(3, 1185), undefined],
  ['a Nitro document', Uint8Array.from(nitro), 'nitro'],
  ['a Nitro document with its tag', Uint8Array.of(0xd2, ...nitro), 'nitro'],
  ['COSE with another algorithm', Uint8Array.of(...nitro.slice(0, 5), 0x26), undefined],
  ['nothing', new Uint8Array(), undefined],
])('%s', (_, bytes, platform) => {
  expect(detectPlatform(bytes)).toBe(platform)
  // A view into a larger buffer is read from its own start.
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  expect(detectPlatform(shifted.subarray(3))).toBe(platform)
})

test('any bytes have an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), (bytes) => {
      expect([undefined, 'tdx', 'sgx', 'sev-snp', 'nitro']).toContain(detectPlatform(bytes))
    }),
  )
})
