// Certificates in words: whose, by whom, from when to when. Pure.
import { X509Certificate } from 'node:crypto'
import { shorten, type Field } from './field.ts'

/** One certificate as fields; says so where it is none. `name` is its place in a chain. */
export function certificateFields(name: string, given: Uint8Array | string): Field[] {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(given)
  } catch {
    const hex = typeof given === 'string' ? {} : { hex: shorten(given) }
    return [{ name, ...hex, meaning: 'not a certificate' }]
  }
  const { subject, issuer, serialNumber, validFromDate, validToDate } = certificate
  return [
    { name, meaning: oneLine(subject) },
    { name: '  issuer', meaning: subject === issuer ? 'itself' : oneLine(issuer) },
    { name: '  serial', hex: serialNumber.toLowerCase() },
    { name: '  valid', meaning: `${isoDay(validFromDate)} to ${isoDay(validToDate)}` },
    { name: '  SHA-256', hex: certificate.fingerprint256.replaceAll(':', '').toLowerCase() },
  ]
}

/** Every certificate of a PEM text, leaf first. */
export function pemFields(text: string): Field[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block, index) => certificateFields(`certificate ${index + 1}`, block))
}

function oneLine(name: string): string {
  return name.split('\n').join(', ')
}

function isoDay(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10)
}
