// The certificate table that a host puts beside an SNP report: GHCB standardization 2.03, section 4.1.8.1. Pure.
import type { SnpCertificates } from '../device.ts'
import { TeeError } from '../error.ts'

/** Largest table with its certificates, bytes; the kernel allows no more. */
export const MAX_CERTIFICATE_BYTES = 32_768
/** Entries before the closing one. */
const MAX_ENTRIES = 16
/** GUID 16, offset u32, length u32. */
const ENTRY_BYTES = 24
const GUID_BYTES = 16

/** GUIDs as they are written, without dashes. */
const KINDS: readonly (readonly [guid: string, kind: keyof SnpCertificates])[] = [
  ['63da758de6644564adc5f4b93be8accd', 'vcek'],
  ['a8074bc2a25a483eaae639c045a0b8a1', 'vlek'],
  ['4ab7b379bbac4fe4a02f05aef327c782', 'ask'],
  ['c0b406a4a803495297433fb6014cd0ae', 'ark'],
  ['92f81bc358114d3d97ffd19f88dc67ea', 'crl'],
]

/**
 * Hosts write a GUID as its digits stand (RFC 9562) or with the first three groups turned round; no GUID of one order is
 * one of the other.
 */
const KIND_OF = new Map(
  KINDS.flatMap(([guid, kind]) => [[guid, kind] as const, [mixedOrder(guid), kind] as const]),
)

type Entry = { readonly guid: string; readonly offset: number; readonly end: number }

/**
 * Reads the table. Empty bytes, or a table without entries: no certificates. Unknown GUIDs are passed over, within the
 * same bounds. Throws TeeError `tee.certificates-invalid` for a table that does not end, entries that leave it or overlap,
 * a kind that comes twice, or anything that is not one whole DER structure.
 */
export function parseCertificateTable(blob: Uint8Array): SnpCertificates {
  if (blob.length === 0) return {}
  if (blob.length > MAX_CERTIFICATE_BYTES)
    throw invalid(`expected at most ${MAX_CERTIFICATE_BYTES} bytes, got ${blob.length}`)
  const certificates: Partial<Record<keyof SnpCertificates, Uint8Array>> = {}
  for (const { guid, offset, end } of readEntries(blob)) {
    const kind = KIND_OF.get(guid)
    if (kind === undefined) continue
    if (certificates[kind] !== undefined) throw invalid(`${kind} comes twice`)
    const der = new Uint8Array(blob.subarray(offset, end))
    if (!isOneDerSequence(der)) throw invalid(`${kind} is not one DER structure (is it PEM?)`)
    certificates[kind] = der
  }
  return certificates
}

/** All entries, each within the blob and apart from the others and the table. */
function readEntries(blob: Uint8Array): Entry[] {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const count = entryCount(blob)
  const entries: Entry[] = []
  for (let index = 0; index < count; index++) {
    const start = index * ENTRY_BYTES
    const offset = view.getUint32(start + GUID_BYTES, true)
    const end = offset + view.getUint32(start + GUID_BYTES + 4, true)
    if (end > blob.length) throw invalid(`entry ${index} ends at ${end}, after ${blob.length}`)
    const overlaps = entries.some((other) => offset < other.end && other.offset < end)
    if (overlaps || offset < (count + 1) * ENTRY_BYTES)
      throw invalid(`entry ${index} overlaps another, or the table`)
    const guid = Buffer.from(blob.subarray(start, start + GUID_BYTES)).toString('hex')
    entries.push({ guid, offset, end })
  }
  return entries
}

/** Entries before the one of all zeros that ends the table. */
function entryCount(blob: Uint8Array): number {
  for (let count = 0; count <= MAX_ENTRIES; count++) {
    const entry = blob.subarray(count * ENTRY_BYTES, (count + 1) * ENTRY_BYTES)
    if (entry.length < ENTRY_BYTES) throw invalid('the table does not end')
    if (entry.every((byte) => byte === 0)) return count
  }
  throw invalid(`expected at most ${MAX_ENTRIES} entries`)
}

/** Whether the bytes are a SEQUENCE with a length of two or three bytes, and nothing after it. */
function isOneDerSequence(bytes: Uint8Array): boolean {
  const [tag, form, high, low] = bytes
  if (tag !== 0x30 || form === undefined || high === undefined) return false
  if (form < 0x80) return bytes.length === 2 + form
  if (form === 0x81) return high >= 0x80 && bytes.length === 3 + high
  if (form !== 0x82 || low === undefined) return false
  return high > 0 && bytes.length === 4 + high * 256 + low
}

function mixedOrder(guid: string): string {
  const turned = (start: number, end: number) =>
    Buffer.from(guid.slice(start, end), 'hex').reverse().toString('hex')
  return turned(0, 8) + turned(8, 12) + turned(12, 16) + guid.slice(16)
}

function invalid(message: string): TeeError {
  return new TeeError('tee.certificates-invalid', `certificate table: ${message}`)
}
