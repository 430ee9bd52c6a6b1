// What a host may write into its certificate table, and what it may not.
import { expect, test } from 'vitest'
import type { SnpCertificates } from '../device.ts'
import { writeCertificateTable } from '../testing/index.ts'
import { parseCertificateTable } from './certificate-table.ts'

/** A SEQUENCE of `size` bytes in all. */
const der = (size: number, fill = 1) => {
  const head =
    size < 130
      ? [0x30, size - 2]
      : size < 259
        ? [0x30, 0x81, size - 3]
        : [0x30, 0x82, (size - 4) >> 8, (size - 4) & 255]
  return Uint8Array.from({ length: size }, (_, index) => head[index] ?? fill)
}
const all: SnpCertificates = {
  vcek: der(1300),
  vlek: der(200),
  ask: der(1600),
  ark: der(100),
  crl: der(600),
}
const refused = (table: Uint8Array, message: RegExp) => {
  const parse = () => parseCertificateTable(table)
  expect(parse).toThrow(expect.objectContaining({ code: 'tee.certificates-invalid' }) as Error)
  expect(parse).toThrow(message)
}
/** A table with one entry changed: byte offsets 0 GUID, 16 offset, 20 length. */
const changed = (certificates: SnpCertificates, at: number, value: number) => {
  const table = Buffer.from(writeCertificateTable(certificates))
  table.writeUInt32LE(value, at)
  return new Uint8Array(table)
}

test('every kind is found, with GUIDs in either byte order', () => {
  const table = writeCertificateTable(all)
  expect(parseCertificateTable(table)).toEqual(all)
  const turned = Buffer.from(table)
  for (let entry = 0; entry < 5; entry++) {
    const start = entry * 24
    turned.subarray(start, start + 4).reverse()
    turned.subarray(start + 4, start + 6).reverse()
    turned.subarray(start + 6, start + 8).reverse()
  }
  expect(parseCertificateTable(turned)).toEqual(all)
})

test('no table and one without entries are no certificates; unknown GUIDs are passed over', () => {
  expect(parseCertificateTable(new Uint8Array())).toEqual({})
  expect(parseCertificateTable(new Uint8Array(24))).toEqual({})
  expect(parseCertificateTable(new Uint8Array(16_384))).toEqual({})
  const table = writeCertificateTable({ vcek: der(50), ask: der(60) })
  table[0]! ^= 1
  expect(parseCertificateTable(table)).toEqual({ ask: der(60) })
})

test('a table that does not end, or has too many entries, is refused', () => {
  refused(new Uint8Array(23), /does not end/)
  refused(writeCertificateTable(all).subarray(0, 5 * 24), /does not end/)
  refused(new Uint8Array(20_000).fill(1), /at most 16 entries/)
  refused(new Uint8Array(32_769), /at most 32768 bytes/)
})

test('entries that leave the table, overlap it or each other are refused, also unknown ones', () => {
  const two = { vcek: der(50), ask: der(60) }
  const size = writeCertificateTable(two).length
  refused(changed(two, 20, 51), /overlaps/)
  refused(changed(two, 44, 61), new RegExp(`ends at ${size + 1}`))
  refused(changed(two, 20, 0xffff_ffff), /ends at/)
  refused(changed(two, 16, 0xffff_ffff), /ends at/)
  refused(changed(two, 16, 71), /overlaps/)
  refused(changed(two, 40, 72), /overlaps/)
  const unknown = changed(two, 16, 71)
  unknown[0]! ^= 1
  refused(unknown, /overlaps/)
})

test('a kind that comes twice is refused', () => {
  const table = writeCertificateTable({ vcek: der(50), ask: der(60) })
  table.copyWithin(24, 0, 16)
  refused(table, /vcek comes twice/)
})

test('what is not one whole DER structure is refused', () => {
  for (const vcek of [
    Buffer.from('-----BEGIN CERTIFICATE-----'),
    Uint8Array.of(0x30),
    Uint8Array.of(0x30, 0x01),
    Uint8Array.of(0x30, 0x81, 0x01, 0x00),
    Uint8Array.of(0x30, 0x80, 0x00, 0x00),
    Uint8Array.of(0x30, 0x83, 0x00, 0x00, 0x00),
    Buffer.concat([der(300), Buffer.alloc(1)]),
    der(300).subarray(0, 299),
  ])
    refused(writeCertificateTable({ vcek }), /vcek is not one DER/)
  refused(changed({ vcek: der(50) }, 20, 0), /vcek is not one DER/)
})
