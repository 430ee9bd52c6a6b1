// What is remembered about a kept endorsement, and its text on disk. Pure.
import { createHash } from 'node:crypto'

/** Everything that is fetched. */
export const ENDORSEMENT_KINDS = [
  'tcb-info',
  'qe-identity',
  'pck-crl',
  'root-ca-crl',
  'evaluation-numbers',
  'vcek',
  'amd-chain',
  'amd-crl',
] as const

/** One of those. */
export type EndorsementKind = (typeof ENDORSEMENT_KINDS)[number]

/** Named texts of one endorsement: JSON as it was signed, PEM chains, DER as hex. */
export type Fields = Readonly<Record<string, string>>

/** What is remembered beside the fields; instants in milliseconds since 1970. */
export type CacheEntry = {
  readonly kind: EndorsementKind
  /** Which one of its kind, such as `tdx/b0c06f000000/standard`. */
  readonly key: string
  /** Host that it came from. */
  readonly source: string
  /** Place of that server in the list of servers, from 0. */
  readonly preference: number
  readonly fetchedAtMs: number
  /** issueDate, thisUpdate or notBefore. */
  readonly issuedAtMs: number
  /** nextUpdate or notAfter. */
  readonly nextUpdateMs: number
  /** SHA-256 of the fields' text, hex: the name of its file. */
  readonly digest: string
  readonly bytes: number
}

const FORMAT = 'wetee/endorsement-entry/v1'
const MAX_ENTRY_CHARACTERS = 4_096
const NUMBERS = ['preference', 'fetchedAtMs', 'issuedAtMs', 'nextUpdateMs', 'bytes'] as const

/** Name of an entry: SHA-256 of kind and key, hex. */
export function entryName(kind: EndorsementKind, key: string): string {
  return sha256(`${kind}\n${key}`)
}

/** SHA-256 of UTF-8 text, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** An entry's file: the digest of the second line, and the entry as JSON. */
export function serializeEntry(entry: CacheEntry): string {
  const line = JSON.stringify({ format: FORMAT, ...entry })
  return `${sha256(line)}\n${line}\n`
}

/** The entry of such a file; undefined for anything damaged. */
export function parseEntry(text: string): CacheEntry | undefined {
  const [digest, line, rest] = text.split('\n', 3)
  if (text.length > MAX_ENTRY_CHARACTERS || line === undefined || rest !== '') return undefined
  if (sha256(line) !== digest) return undefined
  const value = parseObject(line)
  if (value === undefined) return undefined
  const { format, kind, key, source, digest: object } = value
  const known = ENDORSEMENT_KINDS.find((name) => name === kind)
  const texts = typeof key === 'string' && typeof source === 'string' && typeof object === 'string'
  if (format !== FORMAT || known === undefined || !texts || !/^[0-9a-f]{64}$/.test(object))
    return undefined
  const numbers = NUMBERS.map((name) => value[name])
  if (!numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0))
    return undefined
  const [preference, fetchedAtMs, issuedAtMs, nextUpdateMs, bytes] = numbers as number[]
  return {
    kind: known,
    key,
    source,
    preference: preference ?? 0,
    fetchedAtMs: fetchedAtMs ?? 0,
    issuedAtMs: issuedAtMs ?? 0,
    nextUpdateMs: nextUpdateMs ?? 0,
    digest: object,
    bytes: bytes ?? 0,
  }
}

/** Fields as one text; the same fields in the same order give the same text. */
export function serializeFields(fields: Fields): string {
  return JSON.stringify(fields)
}

/** Fields of such a text; undefined for anything else. */
export function parseFields(text: string): Fields | undefined {
  const value = parseObject(text)
  if (value === undefined) return undefined
  return Object.values(value).every((field) => typeof field === 'string')
    ? (value as Fields)
    : undefined
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
