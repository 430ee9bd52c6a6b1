// PEM, hex and DER as servers send them.
import { expect, test } from 'vitest'
import { makeCertificate, makeRevocationList, toPem } from '../testing/der-fixtures.ts'
import { readIssuerChain, readPem, readRevocationListBody } from './encodings.ts'

const CRL = new Uint8Array(makeRevocationList('a', 0, 1_000))
const PEM = toPem(makeCertificate('a', 0, 1_000))
const refused = expect.objectContaining({ code: 'answer.malformed' }) as Error

test.each([
  ['DER', CRL],
  ['hex, as PCCS sends the root’s', Buffer.from(Buffer.from(CRL).toString('hex'))],
  ['hex with a line end', Buffer.from(`${Buffer.from(CRL).toString('hex').toUpperCase()}\n`)],
  ['PEM', Buffer.from(toPem(CRL).replaceAll('CERTIFICATE', 'X509 CRL'))],
])('a list is read from %s', (_, body) => {
  expect(readRevocationListBody(new Uint8Array(body))).toEqual(CRL)
})

test.each([
  ['nothing', ''],
  ['half a byte', '0'],
  ['other text', 'zz'],
  ['base64', 'MIIB'],
  ['a page', '<html>'],
  ['a certificate', PEM],
])('%s is no list', (_, text) => {
  expect(() => readRevocationListBody(new Uint8Array(Buffer.from(text)))).toThrow(refused)
})

test('an issuer chain is two certificates, URL-encoded', () => {
  expect(readIssuerChain(encodeURIComponent(PEM + PEM))).toBe(PEM + PEM)
})

test.each([
  ['absent', undefined],
  ['sent twice', ['a', 'b']],
  ['empty', ''],
  ['one certificate', encodeURIComponent(PEM)],
  ['three certificates', encodeURIComponent(PEM + PEM + PEM)],
  ['bad encoding', '%E0%A4%A'],
  ['text between', encodeURIComponent(`${PEM}x${PEM}`)],
  ['a key among them', encodeURIComponent(PEM + PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY'))],
  ['too long', 'a'.repeat(30_000)],
])('a chain that is %s is refused', (_, header) => {
  expect(() => readIssuerChain(header)).toThrow(refused)
})

test('a chain has at most 24 KiB as it is sent', () => {
  const header = (size: number) => {
    const chain = encodeURIComponent(PEM + PEM)
    return chain + '%0A'.repeat((size - chain.length) / 3) + ' '.repeat((size - chain.length) % 3)
  }
  expect(header(24_576)).toHaveLength(24_576)
  expect(readIssuerChain(header(24_576))).toContain(PEM + PEM)
  expect(() => readIssuerChain(header(24_577))).toThrow(refused)
})

test('labels of a PEM block have to agree', () => {
  const mixed = PEM.replace('END CERTIFICATE', 'END X509 CRL')
  expect(() => readPem(mixed, 'CERTIFICATE', 1)).toThrow(refused)
})
