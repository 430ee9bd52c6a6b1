// The DER reader: one encoding per value and nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bits, element, integer, oid, sequence, time } from '../simulated/der-writer.ts'
import { DerReader, readWhole, TAG } from './reader.ts'
import {
  ecdsaSignature,
  integerBytes,
  namedBits,
  objectIdentifier,
  presentTrue,
  smallInteger,
  timeMs,
  wholeBits,
} from './values.ts'

const of = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const any = (bytes: Uint8Array) => new DerReader(bytes).readAny()
const refuses = (read: () => unknown) =>
  expect(read).toThrow(expect.objectContaining({ name: 'AttestationError', code: 'der.malformed' }))

test('what is written is read back, elements of any length up to 64 KiB', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (content) => {
      const bytes = element(TAG.octetString, content.subarray(0, 65_535))
      expect(any(bytes).content).toEqual(content.subarray(0, 65_535))
    }),
    { numRuns: 20 },
  )
})

test.each([
  ['nothing', ''],
  ['a tag without a length', '30'],
  ['an indefinite length', '30800000'],
  ['a length of two bytes for 5', '3082000500000000'],
  ['a length of two bytes for 128', `30820080${'00'.repeat(128)}`],
  ['a length of three bytes for 256', `3083000100${'00'.repeat(256)}`],
  ['a length of one byte for 127', `30817f${'00'.repeat(127)}`],
  ['a length of four bytes', '308400000001ff'],
  ['a length beyond the end', '300500'],
  ['a tag of more than one byte', '1f8100'],
  ['a tag of more than one byte with a sound length behind it', '1f0100'],
  ['a length that is cut', '3082'],
])('%s is refused', (_what, hex) => refuses(() => any(of(hex))))

test('bytes left over and another tag are refused', () => {
  refuses(() => readWhole(of('300000')))
  refuses(() => readWhole(of('3100')))
  refuses(() => {
    const reader = readWhole(of('30020500'))
    reader.end()
  })
})

test.each([
  ['an empty integer', '0200'],
  ['a negative integer', '020180'],
  ['an integer with a needless zero', '02020001'],
])('%s is refused', (_what, hex) => refuses(() => integerBytes(any(of(hex)))))

test('small integers end at 32 bits', () => {
  expect(smallInteger(any(of('020105')))).toBe(5)
  expect(smallInteger(any(integer(0x1234)))).toBe(0x1234)
  refuses(() => smallInteger(any(of('02050100000000'))))
})

test('object identifiers are read back and refused when not minimal', () => {
  for (const dotted of ['2.5.29.19', '1.2.840.113741.1.13.1', '1.2.840.10045.4.3.2'])
    expect(objectIdentifier(any(oid(dotted)))).toBe(dotted)
  expect(objectIdentifier(any(of('06028837')))).toBe('2.999')
  for (const hex of ['0600', '06028001', '060181', '060690ffffffff7f'])
    refuses(() => objectIdentifier(any(of(hex))))
})

test('a boolean is TRUE or left out', () => {
  expect(presentTrue(any(of('0101ff')))).toBe(true)
  for (const hex of ['010100', '010101', '0100', '0102ffff'])
    refuses(() => presentTrue(any(of(hex))))
})

test('bit strings are whole bytes, or named bits without unused ones that are set', () => {
  expect(wholeBits(any(bits(of('abcd'))))).toEqual(of('abcd'))
  refuses(() => wholeBits(any(of('030204f0'))))
  refuses(() => wholeBits(any(of('0300'))))
  expect([...namedBits(any(of('03020106')))]).toEqual([5, 6])
  // AMD's SEV CAs have one bit more than X.690 would.
  expect([...namedBits(any(of('03020104')))]).toEqual([5])
  for (const hex of ['0300', '030100', '03020000', '03020107', '030208ff', '0303010400'])
    refuses(() => namedBits(any(of(hex))))
})

test('times are those of RFC 5280 and exist', () => {
  for (const ms of [Date.UTC(2026, 1, 28, 23, 59, 59), Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1)])
    expect(timeMs(any(time(ms)))).toBe(ms)
  const utc = (text: string) => any(element(TAG.utcTime, Buffer.from(text)))
  const general = (text: string) => any(element(TAG.generalizedTime, Buffer.from(text)))
  for (const text of [
    '260230000000Z',
    '261301000000Z',
    '260101240000Z',
    '2601010000Z',
    '260101000000+0000',
    '260101000000X',
    '2601010000000',
    '',
  ])
    refuses(() => timeMs(utc(text)))
  for (const text of ['20260101000000Z', '20500101000000X', '20500101000000.5Z', '00000101000000Z'])
    refuses(() => timeMs(general(text)))
  refuses(() => timeMs(any(integer(1))))
  for (const text of ['260101000000Z', '20500101000000Z'])
    refuses(() => timeMs(any(element(TAG.octetString, Buffer.from(text)))))
})

test('signatures are two non-negative values of at most 32 bytes', () => {
  const [r, s] = [new Uint8Array(32).fill(0xff), Uint8Array.of(1)]
  const read = ecdsaSignature(sequence(integer(r), integer(s)), 32)
  expect(read).toEqual(Uint8Array.of(...r, ...new Uint8Array(31), 1))
  refuses(() => ecdsaSignature(sequence(integer(r)), 32))
  refuses(() => ecdsaSignature(sequence(integer(r), integer(s), integer(s)), 32))
  refuses(() => ecdsaSignature(sequence(integer(new Uint8Array(33).fill(1)), integer(s)), 32))
})
