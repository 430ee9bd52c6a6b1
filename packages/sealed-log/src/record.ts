// A sealed record (docs/reference/owner-api.md, Kept logs): a header that all may read, content for the owner alone, signed by the instance.
// Pure but for the randomness of sealing.
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { openBulkWith, sealBulkTo, SealingError, type ReaderKeys } from '@wetee/sealing'
import { recoverAddress } from 'viem/utils'
import * as z from 'zod'
import { SealedLogError } from './error.ts'

const hex = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))])
const decimal = z.string().regex(/^(0|[1-9][0-9]{0,19})$/)

const headerSchema = z.strictObject({
  format: z.literal('wetee/sealed-record/v1'),
  kind: z.enum(['logs', 'bundle']),
  chainId: decimal,
  cloud: hex(20),
  appId: decimal,
  version: z.int().min(1).max(0xffff_ffff),
  replica: z.int().nonnegative().max(0xffff),
  /** Address of the instance's signing key, which signs the record. */
  instanceKey: hex(20),
  /** Position among the records of this instance key, from 0 without gaps. */
  index: z.int().nonnegative(),
  /** Digest of the record before this one; zeros before the first. */
  previous: hex(32),
})

/** What anybody may read of a record. */
export type RecordHeader = z.infer<typeof headerSchema>

/** A record as it travels. */
export type SealedRecord = {
  readonly header: RecordHeader
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes; the next record names it. */
  readonly digest: `0x${string}`
}

/** A record in its parts; its signature is the header's instance key's. */
export type ParsedRecord = SealedRecord & {
  readonly enc: Uint8Array
  readonly sealed: Uint8Array
}

/** Bytes of a whole record at most. */
export const MAX_RECORD_BYTES = 1_310_720
/** Bytes of content at most. */
export const MAX_CONTENT_BYTES = 1_048_576
const MAX_HEADER_BYTES = 1_024
const ENC_BYTES = 32
const SIGNATURE_BYTES = 65
const TAG = 'wetee/sealed-record/v1'
/** `previous` of a first record. */
export const NO_RECORD = `0x${'00'.repeat(32)}` as const

/** Seals content to the owner's key. Throws SealedLogError `record.too-large`; SealingError `key.invalid` for a key that is none. */
export async function sealRecord(
  header: Omit<RecordHeader, 'format'>,
  content: Uint8Array,
  given: {
    /** The owner's public key, 32 bytes. */
    readonly logKey: Uint8Array
    /** By the instance's signing key, over 32 bytes. */
    readonly sign: (hash: `0x${string}`) => Promise<`0x${string}`>
  },
): Promise<SealedRecord> {
  if (content.length > MAX_CONTENT_BYTES)
    throw new SealedLogError(
      'record.too-large',
      `content of ${content.length} bytes, at most ${MAX_CONTENT_BYTES}`,
    )
  const full: RecordHeader = { format: 'wetee/sealed-record/v1', ...header }
  const text = utf8ToBytes(JSON.stringify(full))
  const { enc, sealed } = await sealBulkTo(given.logKey, utf8ToBytes(TAG), text, content)
  const signature = await given.sign(await signedHash(text, enc, sealed))
  const length = Uint8Array.of(text.length >> 8, text.length & 0xff)
  const bytes = concatBytes(length, text, enc, hexToBytes(signature.slice(2)), sealed)
  return { header: full, bytes, digest: await digestOf(bytes) }
}

/**
 * Reads a record and checks the signature of the instance key that its header names. Throws SealedLogError `record.invalid`,
 * `record.unauthentic`.
 */
export async function parseRecord(bytes: Uint8Array): Promise<ParsedRecord> {
  const invalid = (why: string) => new SealedLogError('record.invalid', why)
  if (bytes.length < 2 || bytes.length > MAX_RECORD_BYTES)
    throw invalid(`a record of ${bytes.length} bytes`)
  const size = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  const encAt = 2 + size
  const signatureAt = encAt + ENC_BYTES
  const sealedAt = signatureAt + SIGNATURE_BYTES
  if (size > MAX_HEADER_BYTES || sealedAt > bytes.length) throw invalid('cut off in its header')
  const text = bytes.subarray(2, encAt)
  let header: RecordHeader
  try {
    header = headerSchema.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)) as unknown,
    )
  } catch (cause) {
    throw new SealedLogError('record.invalid', 'another header than expected', { cause })
  }
  const enc = bytes.subarray(encAt, signatureAt)
  const sealed = bytes.subarray(sealedAt)
  const signature = `0x${bytesToHex(bytes.subarray(signatureAt, sealedAt))}` as const
  const signer = await recoverAddress({
    hash: await signedHash(text, enc, sealed),
    signature,
  }).catch(() => undefined)
  if (signer?.toLowerCase() !== header.instanceKey)
    throw new SealedLogError('record.unauthentic', 'not signed by the instance that it names')
  return { header, bytes, digest: await digestOf(bytes), enc, sealed }
}

/** The content. Throws SealedLogError `record.unauthentic` where it was not sealed to these keys. */
export async function openRecord(
  { bytes, enc, sealed }: ParsedRecord,
  keys: ReaderKeys,
): Promise<Uint8Array> {
  const size = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  try {
    return await openBulkWith(keys, enc, utf8ToBytes(TAG), bytes.subarray(2, 2 + size), sealed)
  } catch (cause) {
    if (!(cause instanceof SealingError)) throw cause
    throw new SealedLogError('record.unauthentic', 'not sealed to this key', { cause })
  }
}

/** SHA-256 over tag, header, enc and the digest of the ciphertext, each after its length. */
async function signedHash(
  header: Uint8Array,
  enc: Uint8Array,
  sealed: Uint8Array,
): Promise<`0x${string}`> {
  const parts = [utf8ToBytes(TAG), header, enc, hexToBytes((await digestOf(sealed)).slice(2))]
  return digestOf(concatBytes(...parts.flatMap((part) => [lengthOf(part), part])))
}

/** 4 bytes, big-endian. */
function lengthOf(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, part.length)
  return bytes
}

/** By WebCrypto: a record is large, and hashed twice. */
async function digestOf(bytes: Uint8Array): Promise<`0x${string}`> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return `0x${bytesToHex(new Uint8Array(digest))}`
}
