// Files of evidence as people have them: binary, hex, base64, PEM, or within JSON. Reads files.
import { openSync, readSync, closeSync } from 'node:fs'
import { resolve } from 'node:path'
import { detectPlatform } from '@wetee/attestation'
import type { Context } from '../../context.ts'
import { fileError } from '../../file.ts'

/** Largest file that is read whole, bytes; what verifies has smaller limits of its own. */
export const maxFileBytes = 2_097_152

/**
 * The bytes of a file, of which at most one more than the limit is read. Throws CliError
 * `file.not-found`, `file.unreadable`. `what` completes "give the path of ...".
 */
export function readFileBytes(context: Context, file: string, what: string): Uint8Array {
  let descriptor: number | undefined
  try {
    descriptor = openSync(resolve(context.cwd, file), 'r')
    const bytes = new Uint8Array(maxFileBytes + 1)
    let size = 0
    while (size < bytes.length) {
      const read = readSync(descriptor, bytes, size, bytes.length - size, null)
      if (read === 0) break
      size += read
    }
    return bytes.slice(0, size)
  } catch (cause) {
    throw fileError(file, what, cause)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** What a file holds: evidence as bytes, an evidence document, or the answer of a dstack guest. */
export type EvidenceFile =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly encoding: Encoding }
  | { readonly kind: 'document'; readonly text: string }
  | { readonly kind: 'dstack'; readonly bytes: Uint8Array; readonly eventLog: string | undefined }
export type Encoding = 'binary' | 'hex' | 'base64'

/**
 * Finds out what a file holds. Text counts as hex or base64 only where its bytes then begin like
 * evidence; anything else is taken as it is, for the verifier to refuse.
 */
export function decodeEvidence(bytes: Uint8Array): EvidenceFile {
  const asIs: EvidenceFile = { kind: 'bytes', bytes, encoding: 'binary' }
  if (bytes.length > maxFileBytes || !isText(bytes)) return asIs
  const text = new TextDecoder().decode(bytes).trim()
  if (text.startsWith('{')) return decodeJson(text) ?? asIs
  for (const encoding of ['hex', 'base64'] as const) {
    const decoded = decodeText(text, encoding)
    if (decoded !== undefined && detectPlatform(decoded) !== undefined)
      return { kind: 'bytes', bytes: decoded, encoding }
  }
  return asIs
}

/** DER of the first certificate or list in PEM; bytes that are no PEM as they are. */
export function decodeDer(bytes: Uint8Array): Uint8Array {
  if (!isText(bytes)) return bytes
  const text = new TextDecoder().decode(bytes)
  const block = /-----BEGIN (CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(
    text,
  )
  return (block && decodeText(block[2] ?? '', 'base64')) ?? bytes
}

/** Lower-case hex without a prefix. */
export function bareHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte > 31 && byte < 127),
  )
}

function decodeText(text: string, encoding: 'hex' | 'base64'): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, '').replace(encoding === 'hex' ? /^0x/ : /^$/, '')
  const pattern =
    encoding === 'hex'
      ? /^(?:[0-9a-fA-F]{2})+$/
      : /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
  if (compact === '' || !pattern.test(compact)) return undefined
  return new Uint8Array(Buffer.from(compact, encoding))
}

function decodeJson(text: string): EvidenceFile | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { format, quote, event_log: eventLog } = value as Record<string, unknown>
  if (typeof format === 'string' && format.startsWith('wetee/evidence/'))
    return { kind: 'document', text }
  const bytes = typeof quote === 'string' ? decodeText(quote, 'hex') : undefined
  if (bytes === undefined) return undefined
  return { kind: 'dstack', bytes, eventLog: typeof eventLog === 'string' ? eventLog : undefined }
}
