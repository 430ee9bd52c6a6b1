// PEM certificate chains (RFC 7468), strict. Pure.
import { fromBase64 } from '../base64.ts'
import { AttestationError } from '../error.ts'

const MAX_PEM_CHARACTERS = 65_536
const BLOCK = /-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*/y

/**
 * DER of exactly `count` certificates and nothing else but white space. Throws AttestationError
 * `pem.malformed`.
 */
export function parsePemChain(text: string, count: number): Uint8Array[] {
  if (text.length > MAX_PEM_CHARACTERS) throw malformed('too long')
  const blocks = new RegExp(BLOCK)
  const certificates: Uint8Array[] = []
  while (blocks.lastIndex < text.length) {
    const match = blocks.exec(text)
    const der = match && fromBase64((match[1] ?? '').replace(/[\r\n]/g, ''))
    if (!der || certificates.length === count)
      throw malformed(`expected ${count} certificates and nothing else`)
    certificates.push(der)
  }
  if (certificates.length !== count)
    throw malformed(`expected ${count} certificates, got ${certificates.length}`)
  return certificates
}

function malformed(message: string): AttestationError {
  return new AttestationError('pem.malformed', `PEM: ${message}`)
}
