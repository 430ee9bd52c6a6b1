// Certificates, revocation lists and PEM: what is written is read, what is odd is refused.
import { describe, expect, test } from 'vitest'
import { X509Certificate } from 'node:crypto'
import {
  element,
  integer,
  octets,
  oid,
  sequence,
  time,
  yes,
  bits,
} from '../simulated/der-writer.ts'
import { issueCertificate, issueRevocationList, toPem } from '../simulated/certificates.ts'
import { P256Key } from '../simulated/ecdsa-key.ts'
import { platformCrypto } from '../crypto/node-crypto.ts'
import { parseCertificate } from './certificate.ts'
import { parseRevocationList } from './crl.ts'
import { parsePemChain } from './pem.ts'

const key = new P256Key(new Uint8Array(32).fill(7), 'test')
const issuer = { commonName: 'Simulated SGX Root CA', key }
const window = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2060, 0, 1) }
const der = issueCertificate(
  {
    commonName: 'Simulated leaf',
    publicKey: key.publicKey,
    serial: Uint8Array.of(0x81, 2),
    ...window,
  },
  issuer,
)
const refuses = (read: () => unknown, code = /malformed$/) =>
  expect(read).toThrow(
    expect.objectContaining({
      name: 'AttestationError',
      code: expect.stringMatching(code) as string,
    }),
  )

describe('a certificate', () => {
  test('is read as OpenSSL reads it', async () => {
    const certificate = parseCertificate(der)
    const reference = new X509Certificate(der)
    expect(certificate).toMatchObject({
      serial: '008102',
      commonName: 'Simulated leaf',
      isCa: reference.ca,
      notBeforeMs: Date.parse(reference.validFrom),
      notAfterMs: Date.parse(reference.validTo),
    })
    expect(reference.serialNumber).toBe('8102')
    expect(reference.verify(reference.publicKey)).toBe(true)
    const { signed, signature, publicKey } = certificate
    expect(await platformCrypto.verify(publicKey, signed, signature)).toBe(true)
  })

  test('cut or extended anywhere is refused', () => {
    for (let length = 0; length < der.length; length++)
      refuses(() => parseCertificate(der.subarray(0, length)))
    refuses(() => parseCertificate(Uint8Array.of(...der, 0)))
    refuses(() => parseCertificate(new Uint8Array(9000)))
  })

  const ECDSA = sequence(oid('1.2.840.10045.4.3.2'))
  const nameOf = (...parts: Uint8Array[]) => sequence(...parts)
  const attribute = (type: string, text: string) =>
    element(0x31, sequence(oid(type), element(0x0c, Buffer.from(text))))
  const plain = nameOf(attribute('2.5.4.3', 'x'))
  const spki = sequence(
    sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')),
    bits(Uint8Array.of(4, ...key.publicKey)),
  )
  const extension = (type: string, value: Uint8Array, critical: boolean) =>
    sequence(oid(type), ...(critical ? [yes()] : []), octets(value))
  const constraints = extension('2.5.29.19', sequence(), true)
  const usage = extension('2.5.29.15', bits(Uint8Array.of(0x80), 7), true)

  type Parts = {
    version?: Uint8Array[]
    serial?: Uint8Array
    /** Beside what belongs there. */
    inBody?: Uint8Array[]
    inOuter?: Uint8Array[]
    inner?: Uint8Array
    outer?: Uint8Array
    subject?: Uint8Array
    spki?: Uint8Array
    extensions?: Uint8Array[]
    validity?: Uint8Array
  }
  const build = (parts: Parts) => {
    const body = sequence(
      ...(parts.version ?? [element(0xa0, integer(2))]),
      integer(parts.serial ?? 5),
      parts.inner ?? ECDSA,
      plain,
      parts.validity ?? sequence(time(window.notBeforeMs), time(window.notAfterMs)),
      parts.subject ?? plain,
      parts.spki ?? spki,
      ...(parts.extensions === undefined
        ? [element(0xa3, sequence(constraints, usage))]
        : [element(0xa3, sequence(...parts.extensions))]),
      ...(parts.inBody ?? []),
    )
    const signature = key.sign(body)
    return sequence(
      body,
      parts.outer ?? ECDSA,
      bits(sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)))),
      ...(parts.inOuter ?? []),
    )
  }
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => extension(`1.2.3.${i}`, Uint8Array.of(), false))
  const long = (size: number) => [extension('1.2.3.4', new Uint8Array(size), false)]

  test('built by hand is read, up to its bounds', () => {
    expect(parseCertificate(build({})).commonName).toBe('x')
    const extensions = [constraints, usage, ...many(30)]
    expect(parseCertificate(build({ extensions })).extensions.size).toBe(32)
    const serial = new Uint8Array(20).fill(0xff)
    expect(parseCertificate(build({ serial })).serial).toBe(`00${'ff'.repeat(20)}`)
    const name = nameOf(attribute('2.5.4.3', 'x'.repeat(128)))
    expect(parseCertificate(build({ subject: name })).commonName).toHaveLength(128)
    expect(parseCertificate(build({ extensions: long(7_900) })).isCa).toBe(false)
  })

  const RSA = sequence(oid('1.2.840.113549.1.1.11'), element(5))
  test.each<[string, Parts]>([
    ['of version 1', { version: [] }],
    ['of version 2', { version: [element(0xa0, integer(1))] }],
    ['signed by RSA', { outer: RSA }],
    ['whose two algorithms differ', { inner: sequence(oid('1.2.840.10045.4.3.3')) }],
    ['of more than 8,192 bytes', { extensions: long(8_200) }],
    ['with 33 extensions', { extensions: [constraints, usage, ...many(31)] }],
    ['with a serial number of 22 bytes', { serial: new Uint8Array(21).fill(0xff) }],
    ['with a name of 129 letters', { subject: nameOf(attribute('2.5.4.3', 'x'.repeat(129))) }],
    [
      'with a name that is no text',
      { subject: nameOf(element(0x31, sequence(oid('2.5.4.3'), octets(Buffer.from('x'))))) },
    ],
    ['with something behind its extensions', { inBody: [integer(1)] }],
    ['with something behind its signature', { inOuter: [integer(1)] }],
    [
      'with three dates',
      {
        validity: sequence(
          time(window.notBeforeMs),
          time(window.notAfterMs),
          time(window.notAfterMs),
        ),
      },
    ],
    [
      'with parameters beside the algorithm',
      { outer: sequence(oid('1.2.840.10045.4.3.2'), element(5)) },
    ],
    [
      'with a P-384 key',
      {
        spki: sequence(
          sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34')),
          bits(Uint8Array.of(4, ...key.publicKey)),
        ),
      },
    ],
    [
      'with a compressed key',
      {
        spki: sequence(
          sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')),
          bits(Uint8Array.of(2, ...key.publicKey.subarray(0, 32))),
        ),
      },
    ],
    ['without a commonName', { subject: nameOf(attribute('2.5.4.10', 'x')) }],
    [
      'with two commonNames',
      { subject: nameOf(attribute('2.5.4.3', 'x'), attribute('2.5.4.3', 'y')) },
    ],
    [
      'with a zero byte in its name',
      { subject: nameOf(attribute('2.5.4.3', 'SGX Root CA\u0000')) },
    ],
    ['with an extension twice', { extensions: [constraints, usage, usage] }],
    [
      'with an unknown critical extension',
      { extensions: [constraints, usage, extension('1.2.3.4', octets(Uint8Array.of()), true)] },
    ],
    [
      'with critical name constraints',
      { extensions: [constraints, usage, extension('2.5.29.30', sequence(), true)] },
    ],
    [
      'with a path length but no CA',
      { extensions: [extension('2.5.29.19', sequence(integer(1)), true), usage] },
    ],
    ['with one date', { validity: sequence(time(window.notBeforeMs)) }],
  ])('%s is refused', (_what, parts) => refuses(() => parseCertificate(build(parts))))

  test('with an unknown extension that is not critical is read', () => {
    const extensions = [constraints, usage, extension('1.2.3.4', octets(Uint8Array.of()), false)]
    expect(parseCertificate(build({ extensions })).commonName).toBe('x')
  })
})

describe('a revocation list', () => {
  const dates = { thisUpdateMs: Date.UTC(2026, 0, 1), nextUpdateMs: Date.UTC(2026, 1, 1) }
  const serials = [Uint8Array.of(1), Uint8Array.of(0x81, 2)]

  test('names its serials as certificates do', () => {
    const list = parseRevocationList(issueRevocationList({ ...dates, serials }, issuer))
    expect([...list.revokedSerials]).toEqual(['01', '008102'])
    expect(list.revokedSerials.has(parseCertificate(der).serial)).toBe(true)
    expect(list).toMatchObject(dates)
    expect(list.issuer).toEqual(parseCertificate(der).issuer)
    const empty = parseRevocationList(issueRevocationList({ ...dates, serials: [] }, issuer))
    expect(empty.revokedSerials.size).toBe(0)
  })

  test('cut or extended anywhere is refused', () => {
    const list = issueRevocationList({ ...dates, serials }, issuer)
    for (let length = 0; length < list.length; length++)
      refuses(() => parseRevocationList(list.subarray(0, length)))
    refuses(() => parseRevocationList(Uint8Array.of(...list, 0)))
    refuses(() => parseRevocationList(new Uint8Array(65_537)), /^crl.malformed$/)
  })

  const SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
  const SHA384 = sequence(oid('1.2.840.10045.4.3.3'))
  const critical = (type: string) => sequence(oid(type), yes(), octets(integer(1)))
  const entryOf = (...more: Uint8Array[]) =>
    sequence(sequence(integer(1), time(dates.thisUpdateMs), ...more))
  type Parts = {
    version?: Uint8Array[]
    inner?: Uint8Array
    entries?: Uint8Array[]
    extensions?: Uint8Array[]
    inBody?: Uint8Array[]
    inOuter?: Uint8Array[]
  }
  const build = (parts: Parts = {}) =>
    sequence(
      sequence(
        ...(parts.version ?? [integer(1)]),
        parts.inner ?? SHA256,
        sequence(),
        time(dates.thisUpdateMs),
        time(dates.nextUpdateMs),
        ...(parts.entries ?? []),
        ...(parts.extensions ?? [element(0xa0, sequence(critical('2.5.29.20')))]),
        ...(parts.inBody ?? []),
      ),
      SHA256,
      bits(sequence(integer(1), integer(1))),
      ...(parts.inOuter ?? []),
    )

  test('built by hand is read', () => {
    expect(parseRevocationList(build())).toMatchObject(dates)
    expect(parseRevocationList(build({ extensions: [] }))).toMatchObject(dates)
    const reason = sequence(critical('2.5.29.21'))
    const entries = parseRevocationList(build({ entries: [entryOf(reason)] }))
    expect([...entries.revokedSerials]).toEqual(['01'])
  })

  test.each<[string, Parts]>([
    ['of version 1', { version: [] }],
    ['of version 3', { version: [integer(2)] }],
    ['whose two algorithms differ', { inner: SHA384 }],
    ['that is a delta', { extensions: [element(0xa0, sequence(critical('2.5.29.27')))] }],
    [
      'of some certificates only, or of several issuers',
      { extensions: [element(0xa0, sequence(critical('2.5.29.28')))] },
    ],
    ['with an entry of another issuer', { entries: [entryOf(sequence(critical('2.5.29.29')))] }],
    ['with something behind an entry', { entries: [entryOf(sequence(), integer(1))] }],
    ['with something behind its extensions', { inBody: [integer(1)] }],
    ['with something behind its signature', { inOuter: [integer(1)] }],
  ])('%s is refused', (_what, parts) => refuses(() => parseRevocationList(build(parts))))

  test('of more than 64 KiB is refused', () => {
    const entry = sequence(integer(1), time(dates.thisUpdateMs))
    const many = (count: number) => [sequence(...Array.from({ length: count }, () => entry))]
    expect(parseRevocationList(build({ entries: many(3_000) })).revokedSerials.size).toBe(1)
    refuses(() => parseRevocationList(build({ entries: many(3_600) })), /^crl.malformed$/)
  })
})

describe('PEM', () => {
  const pem = toPem(der, der)

  test('of exactly the certificates asked for is read, with either line end and white space after', () => {
    expect(parsePemChain(pem, 2)).toEqual([new Uint8Array(der), new Uint8Array(der)])
    expect(parsePemChain(`${pem.replaceAll('\n', '\r\n')}\n \n`, 2)).toHaveLength(2)
  })

  test.each([
    ['nothing', ''],
    ['one certificate less', toPem(der)],
    ['one more', toPem(der, der, der)],
    ['words before', `x${pem}`],
    ['words after', `${pem}x`],
    ['words between', pem.replace('-----END CERTIFICATE-----\n', '-----END CERTIFICATE-----\nx')],
    ['another label', pem.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
    ['a bad letter', pem.replace('MII', 'M!I')],
    ['a second NUL', `${pem}\u0000`],
    ['a text that is too long', pem + ' '.repeat(70_000)],
  ])('%s is refused', (_what, text) => refuses(() => parsePemChain(text, 2), /^pem.malformed$/))
})
