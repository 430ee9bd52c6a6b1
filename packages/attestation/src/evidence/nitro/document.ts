// Attestation documents of AWS Nitro enclaves: COSE_Sign1 (RFC 9052) around a CBOR map. Pure.
import { bareHex, concatBytes, utf8 } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'
import { decodeCbor, encodeCborBytes, type CborValue } from './cbor.ts'

/** A parsed document; nothing in it has been verified. */
export type NitroDocument = {
  /** 1 to 256 characters. */
  readonly moduleId: string
  /** Milliseconds since 1970. */
  readonly timestampMs: number
  /** Platform configuration registers by number, 0 to 31; 48 bytes each, 0 to 2 always there. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  /** DER of the certificate whose key signs the document. */
  readonly certificate: Uint8Array
  /** DER of its issuers, the root first. */
  readonly cabundle: readonly Uint8Array[]
  readonly publicKey: Uint8Array | undefined
  readonly userData: Uint8Array | undefined
  readonly nonce: Uint8Array | undefined
  /** What the signature is over: the Sig_structure of RFC 9052 section 4.4. */
  readonly signed: Uint8Array
  /** r||s, 96 bytes. */
  readonly signature: Uint8Array
}

/** Largest document, bytes. */
const MAX_NITRO_BYTES = 16_384

const TAG_18 = 0xd2
/** Map of the algorithm (1) to ES384 (-35), the only one there is. */
const PROTECTED = 'a1013822'
/** Sig_structure (RFC 9052, section 4.4): a list of four, and its first. */
const SIGNED_HEAD = concatBytes(Uint8Array.of(0x84, 0x6a), utf8('Signature1'))
const SIGNATURE_BYTES = 96
const PCR_BYTES = 48
const MAX_PCRS = 32
const MAX_CERTIFICATE_BYTES = 1_024
const MAX_CABUNDLE = 8
const MAX_MODULE_ID_CHARACTERS = 256
const FIELDS = [
  'module_id',
  'digest',
  'timestamp',
  'pcrs',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
]

/**
 * Reads a document, tagged or not, by the rules of AWS ("Nitro Enclaves Attestation Process",
 * section 3.2). Departures: optional fields may be null, as hardware writes them; registers have
 * the size of SHA-384, the only digest allowed; PCR0 to 2 must be there. Throws AttestationError
 * `nitro.malformed`, or `nitro.unsupported` for another algorithm or digest.
 */
export function parseNitroDocument(bytes: Uint8Array): NitroDocument {
  if (bytes.length > MAX_NITRO_BYTES) throw malformed(`more than ${MAX_NITRO_BYTES} bytes`)
  const untagged = bytes[0] === TAG_18 ? bytes.subarray(1) : bytes
  const parts = decodeCbor(untagged)
  if (!isList(parts) || parts.length !== 4) throw malformed('expected COSE_Sign1, a list of four')
  const [header, unprotected, payload, signature] = parts
  if (!(header instanceof Uint8Array)) throw malformed('protected header: expected bytes')
  if (bareHex(header) !== PROTECTED)
    throw new AttestationError('nitro.unsupported', 'Nitro document: expected ES384 and no more')
  if (!isMap(unprotected) || unprotected.size !== 0)
    throw malformed('unprotected header: expected an empty map')
  if (!(payload instanceof Uint8Array)) throw malformed('payload: expected bytes')
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES)
    throw malformed(`signature: expected ${SIGNATURE_BYTES} bytes`)
  const signedParts = [header, new Uint8Array(), payload].map(encodeCborBytes)
  const signed = concatBytes(SIGNED_HEAD, ...signedParts)
  return { ...readPayload(payload), signed, signature }
}

function readPayload(payload: Uint8Array): Omit<NitroDocument, 'signed' | 'signature'> {
  const fields = decodeCbor(payload)
  if (!isMap(fields)) throw malformed('payload: expected a map')
  for (const field of fields.keys())
    if (!FIELDS.includes(String(field)))
      throw malformed(`unknown field ${JSON.stringify(String(field).slice(0, 64))}`)
  if (fields.get('digest') !== 'SHA384')
    throw new AttestationError('nitro.unsupported', 'Nitro document: expected digest SHA384')
  const cabundle = fields.get('cabundle')
  if (!isList(cabundle) || cabundle.length === 0 || cabundle.length > MAX_CABUNDLE)
    throw malformed(`cabundle: expected 1 to ${MAX_CABUNDLE} certificates`)
  return {
    moduleId: readModuleId(fields.get('module_id')),
    timestampMs: readTimestamp(fields.get('timestamp')),
    pcrs: readPcrs(fields.get('pcrs')),
    certificate: readBytes(fields.get('certificate'), 'certificate', 1, MAX_CERTIFICATE_BYTES),
    cabundle: cabundle.map((der) => readBytes(der, 'cabundle', 1, MAX_CERTIFICATE_BYTES)),
    publicKey: readOptional(fields.get('public_key'), 'public_key', 1, 1_024),
    userData: readOptional(fields.get('user_data'), 'user_data', 0, 512),
    nonce: readOptional(fields.get('nonce'), 'nonce', 0, 512),
  }
}

function readModuleId(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_MODULE_ID_CHARACTERS)
    throw malformed(`module_id: expected 1 to ${MAX_MODULE_ID_CHARACTERS} characters`)
  return value
}

function readTimestamp(value: unknown): number {
  if (typeof value !== 'number' || value <= 0)
    throw malformed('timestamp: expected milliseconds since 1970')
  return value
}

function readPcrs(value: CborValue | undefined): ReadonlyMap<number, Uint8Array> {
  if (!isMap(value)) throw malformed('pcrs: expected a map')
  const pcrs = new Map<number, Uint8Array>()
  for (const [index, register] of value) {
    if (typeof index !== 'number' || index >= MAX_PCRS)
      throw malformed(`pcrs: expected numbers from 0 to ${MAX_PCRS - 1}`)
    pcrs.set(index, readBytes(register, `PCR${index}`, PCR_BYTES, PCR_BYTES))
  }
  // Absent is not zero: without them nobody could tell an enclave that is being debugged.
  for (const index of [0, 1, 2]) if (!pcrs.has(index)) throw malformed(`no PCR${index}`)
  return pcrs
}

function readOptional(
  value: CborValue | undefined,
  what: string,
  least: number,
  most: number,
): Uint8Array | undefined {
  return value === undefined || value === null ? undefined : readBytes(value, what, least, most)
}

function readBytes(
  value: CborValue | undefined,
  what: string,
  least: number,
  most: number,
): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length < least || value.length > most)
    throw malformed(`${what}: expected ${least === most ? least : `${least} to ${most}`} bytes`)
  return value
}

function isList(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value)
}

function isMap(value: CborValue | undefined): value is ReadonlyMap<number | string, CborValue> {
  return value instanceof Map
}

function malformed(message: string): AttestationError {
  return new AttestationError('nitro.malformed', `Nitro document: ${message}`)
}
