// AMD's extensions of VCEK and VLEK: each there, of its type and size, and none that is not known.
import { expect, test } from 'vitest'
import { parseBareHex } from '../../bytes.ts'
import { element, integer, octets } from '../../simulated/der-writer.ts'
import { createSimulatedAmdVendor } from '../../simulated/index.ts'
import { parseCertificate, type Certificate } from '../../x509/certificate.ts'
import { readVekExtensions, type VekKind } from './vek-extensions.ts'

const atMs = Date.UTC(2026, 5, 1)
const ARC = '1.3.6.1.4.1.3704.1'
const certificateOf = (product: 'Milan' | 'Turin', signingKey: VekKind): Certificate => {
  const vendor = createSimulatedAmdVendor({ seed: new Uint8Array(32).fill(1), atMs, product })
  const chip = vendor.createChip({ seed: new Uint8Array(32).fill(2) })
  chip.set({ signingKey })
  return parseCertificate(parseBareHex(vendor.endorsements(chip, atMs).leaf) ?? new Uint8Array())
}
const vcek = certificateOf('Milan', 'VCEK')
const vlek = certificateOf('Milan', 'VLEK')
const turin = certificateOf('Turin', 'VCEK')

/** The same with an extension that has another value, or undefined for none. */
const changed = (certificate: Certificate, oid: string, value: Uint8Array | undefined) => {
  const extensions = new Map(certificate.extensions)
  if (value === undefined) extensions.delete(oid)
  else extensions.set(oid, { critical: false, value })
  return { ...certificate, extensions }
}
const text = (value: string) => element(0x16, Buffer.from(value, 'ascii'))
const refuses = (certificate: Certificate, kind: VekKind, why = '') =>
  expect(() => readVekExtensions(certificate, kind), why).toThrow(
    expect.objectContaining({ code: 'vek.extension' }),
  )

test('what a certificate says is read', () => {
  expect(readVekExtensions(vcek, 'VCEK')).toEqual({
    product: 'Milan',
    tcb: { bootloader: 4, tee: 0, snp: 29, microcode: 222 },
    hardwareId: vcek.extensions.get(`${ARC}.4`)?.value,
    cspId: undefined,
  })
  expect(readVekExtensions(vlek, 'VLEK')).toMatchObject({
    hardwareId: undefined,
    cspId: 'CN=simulated.example',
  })
  expect(readVekExtensions(turin, 'VCEK')).toMatchObject({
    product: 'Turin',
    tcb: { fmc: 1, bootloader: 3, tee: 2, snp: 5, microcode: 97 },
  })
})

test('a stepping behind the product is no part of it', () => {
  const named = (name: string) => changed(vcek, `${ARC}.2`, text(name))
  for (const name of ['Milan', 'Milan-B0', 'Milan-B1', 'Genoa', 'Genoa-B1'])
    expect(readVekExtensions(named(name), 'VCEK').product).toBe(name.slice(0, 5))
  for (const name of [
    '',
    'milan',
    'Milano',
    'Milan-',
    'Milan-b0',
    ' Milan',
    'Milan ',
    'Naples',
    'Venice',
  ])
    refuses(named(name), 'VCEK', name)
})

test('an extension that is missing, or of another type, is refused', () => {
  for (const number of ['1', '2', '3.1', '3.2', '3.3', '3.8', '4'])
    for (const value of [
      undefined,
      new Uint8Array(),
      octets(Uint8Array.of(1)),
      element(0x0c, Buffer.from('Milan')),
    ])
      refuses(changed(vcek, `${ARC}.${number}`, value), 'VCEK', number)
  refuses(changed(turin, `${ARC}.3.9`, undefined), 'VCEK')
  refuses(changed(vlek, `${ARC}.5`, undefined), 'VLEK')
})

test('an SPL is one byte', () => {
  const spl = (value: Uint8Array) => changed(vcek, `${ARC}.3.8`, value)
  expect(readVekExtensions(spl(integer(255)), 'VCEK').tcb.microcode).toBe(255)
  refuses(spl(integer(256)), 'VCEK')
  // Negative, not minimal, with something behind it.
  refuses(spl(Uint8Array.of(2, 1, 0x80)), 'VCEK')
  refuses(spl(Uint8Array.of(2, 2, 0, 1)), 'VCEK')
  refuses(spl(Uint8Array.of(2, 1, 1, 0)), 'VCEK')
})

test('an SPL of a component that is not compared is refused', () => {
  for (const number of [4, 5, 6, 7]) {
    expect(readVekExtensions(changed(vcek, `${ARC}.3.${number}`, integer(0)), 'VCEK').product).toBe(
      'Milan',
    )
    refuses(changed(vcek, `${ARC}.3.${number}`, integer(1)), 'VCEK')
  }
  for (const number of ['9', '10', '0', '1.1']) {
    refuses(changed(vcek, `${ARC}.3.${number}`, integer(0)), 'VCEK', number)
  }
  refuses(changed(turin, `${ARC}.3.10`, integer(0)), 'VCEK')
})

test('the version of the extensions is the product’s', () => {
  refuses(changed(vcek, `${ARC}.1`, integer(1)), 'VCEK')
  refuses(changed(turin, `${ARC}.1`, integer(0)), 'VCEK')
  refuses(changed(turin, `${ARC}.1`, integer(2)), 'VCEK')
})

test('a VCEK is of a chip and a VLEK of a provider, never both', () => {
  refuses(vlek, 'VCEK')
  refuses(vcek, 'VLEK')
  const both = changed(vcek, `${ARC}.5`, text('CN=provider'))
  refuses(both, 'VCEK')
  refuses(both, 'VLEK')
  for (const size of [0, 8, 63, 65])
    refuses(changed(vcek, `${ARC}.4`, new Uint8Array(size).fill(1)), 'VCEK')
  refuses(changed(vcek, `${ARC}.4`, new Uint8Array(64)), 'VCEK', 'zero')
  for (const size of [7, 9, 64])
    refuses(changed(turin, `${ARC}.4`, new Uint8Array(size).fill(1)), 'VCEK')
  for (const name of ['', 'x'.repeat(257), 'a\nb'])
    refuses(changed(vlek, `${ARC}.5`, text(name)), 'VLEK')
})
