// The evidence document of docs/reference/evidence.md: types, strict parse, serialize. Pure.
import { fromBase64, toBase64 } from '../base64.ts'
import type { AppraisalCache } from '../appraisal/cache.ts'
import { parseEndorsements, type EndorsementsOf } from '../endorsement/endorsements.ts'
import { AttestationError } from '../error.ts'
import { utf8 } from '../bytes.ts'
import { parseJson } from '../json.ts'
import { parseSubject, subjectFields } from './subject-fields.ts'
import type { Subject } from './subject.ts'

/** An image that the TEE has hashed and recorded in RTMR3. */
export type ImageEvent = {
  readonly register: 3
  readonly type: 'image'
  readonly service: string
  /** `sha256:` and 64 lower-case hex digits. */
  readonly digest: `sha256:${string}`
}

/** Platforms that instances and machines of the network run on. */
export type DocumentPlatform = (typeof PLATFORMS)[number]

const PLATFORMS = ['tdx', 'sev-snp', 'sgx'] as const

type DocumentOf<P extends DocumentPlatform> = {
  readonly format: 'wetee/evidence/v1'
  readonly platform: P
  /** A TDX or SGX quote, or a SEV-SNP report. */
  readonly quote: Uint8Array
  readonly endorsements: EndorsementsOf[P]
  /** Empty but on TDX: the others have no register that would hold it. */
  readonly eventLog: readonly ImageEvent[]
  readonly subject: Subject
  /** Canonical manifest text; with a subject of kind `instance` only. */
  readonly manifest?: string
  /**
   * Digest of the agent's image, of an instance that is a pod launched with initdata; absent where the guest's measurement covers the agent. On
   * TDX and SEV-SNP alone.
   */
  readonly agentImage?: `sha256:${string}`
}

/** What an attester hands to a verifier. Nothing in it is believed before it has been appraised. */
export type EvidenceDocument<P extends DocumentPlatform = DocumentPlatform> = {
  [K in P]: DocumentOf<K>
}[P]

/** Largest document, bytes of UTF-8. */
export const MAX_EVIDENCE_BYTES = 262_144
/** Largest quote, bytes. */
export const MAX_QUOTE_BYTES = 16_384
/** Most entries of an event log. */
const MAX_EVENTS = 256
const MAX_MANIFEST_BYTES = 65_536
const MAX_SERVICE_CHARACTERS = 128

const FIELDS = [
  ...['format', 'platform', 'quote', 'endorsements', 'eventLog', 'subject', 'manifest'],
  'agentImage',
]

/**
 * Reads a document: known fields only, no key twice, every size bounded.
 * Throws AttestationError `document.too-large`, `document.malformed` or `endorsement.malformed`.
 */
export function parseEvidenceDocument(text: string): EvidenceDocument {
  requireSize(text)
  return readDocument(parseJson(text, 'document.malformed'))
}

/**
 * Reads a document that is a part of another JSON text, whose parser has seen to its keys and its depth; endorsements that `cache` was
 * appraised with lately are not looked through again. Throws AttestationError as `parseEvidenceDocument` does.
 */
export function readEvidenceDocument(
  value: unknown,
  /** The whole text: a part of one that is short need not be written out to be measured. */
  text: string,
  cache?: AppraisalCache,
): EvidenceDocument {
  if (3 * text.length > MAX_EVIDENCE_BYTES) requireSize(JSON.stringify(value) ?? '')
  return readDocument(value, cache)
}

function requireSize(text: string): void {
  // No character of a text has more than three bytes in UTF-8.
  if (3 * text.length <= MAX_EVIDENCE_BYTES) return
  if (text.length > MAX_EVIDENCE_BYTES || utf8(text).length > MAX_EVIDENCE_BYTES)
    throw new AttestationError(
      'document.too-large',
      `evidence document: more than ${MAX_EVIDENCE_BYTES} bytes`,
    )
}

function readDocument(given: unknown, cache?: AppraisalCache): EvidenceDocument {
  const value = record(given, 'document', FIELDS)
  if (value['format'] !== 'wetee/evidence/v1') throw malformed('format: expected wetee/evidence/v1')
  const platform = PLATFORMS.find((known) => known === value['platform'])
  if (platform === undefined) throw malformed(`platform: expected ${PLATFORMS.join(', ')}`)
  const subject = parseSubject(value['subject'])
  const manifest = parseManifestText(value['manifest'], subject)
  const agentImage = parseAgentImage(value['agentImage'], platform, subject)
  return {
    format: 'wetee/evidence/v1',
    platform,
    quote: parseQuoteText(value['quote']),
    endorsements: parseEndorsements(
      platform,
      value['endorsements'],
      (texts) => cache?.knows(texts) === true,
    ),
    eventLog: parseEventLog(value['eventLog'], platform),
    subject,
    ...(manifest === undefined ? {} : { manifest }),
    ...(agentImage === undefined ? {} : { agentImage }),
    // Platform and endorsements go together, which TypeScript cannot follow through a union.
  } as EvidenceDocument
}

/**
 * The document as JSON that `parseEvidenceDocument` reads. Throws what that throws when it could
 * not.
 */
export function serializeEvidenceDocument(document: EvidenceDocument): string {
  const { quote, endorsements, eventLog, subject, manifest, agentImage } = document
  const text = JSON.stringify({
    format: document.format,
    platform: document.platform,
    quote: toBase64(quote),
    endorsements,
    eventLog,
    subject: subjectFields(subject),
    ...(manifest === undefined ? {} : { manifest }),
    ...(agentImage === undefined ? {} : { agentImage }),
  })
  parseEvidenceDocument(text)
  return text
}

function parseQuoteText(value: unknown): Uint8Array {
  if (typeof value !== 'string' || value.length > Math.ceil(MAX_QUOTE_BYTES / 3) * 4)
    throw malformed(`quote: expected base64 of at most ${MAX_QUOTE_BYTES} bytes`)
  const quote = fromBase64(value)
  if (quote === undefined || quote.length === 0 || quote.length > MAX_QUOTE_BYTES)
    throw malformed(`quote: expected base64 of 1 to ${MAX_QUOTE_BYTES} bytes`)
  return quote
}

function parseEventLog(value: unknown, platform: DocumentPlatform): ImageEvent[] {
  if (!Array.isArray(value) || value.length > MAX_EVENTS)
    throw malformed(`eventLog: expected a list of at most ${MAX_EVENTS} events`)
  if (platform !== 'tdx' && value.length > 0)
    throw malformed(`eventLog: ${platform} has no register that would hold it`)
  return value.map((entry: unknown, index) => {
    const where = `eventLog[${index}]`
    const event = record(entry, where, ['register', 'type', 'service', 'digest'])
    const { service, digest } = event
    if (event['register'] !== 3 || event['type'] !== 'image')
      throw malformed(`${where}: expected an image event of register 3`)
    if (
      typeof service !== 'string' ||
      service.length === 0 ||
      service.length > MAX_SERVICE_CHARACTERS ||
      !service.isWellFormed()
    )
      throw malformed(`${where}.service: expected 1 to ${MAX_SERVICE_CHARACTERS} characters`)
    return { register: 3, type: 'image', service, digest: imageDigest(digest, `${where}.digest`) }
  })
}

function parseAgentImage(
  value: unknown,
  platform: DocumentPlatform,
  subject: Subject,
): `sha256:${string}` | undefined {
  if (value === undefined) return undefined
  if (platform === 'sgx' || subject.kind !== 'instance')
    throw malformed('agentImage: expected with an instance on tdx or sev-snp alone')
  return imageDigest(value, 'agentImage')
}

function imageDigest(value: unknown, where: string): `sha256:${string}` {
  if (typeof value !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(value))
    throw malformed(`${where}: expected sha256: and 64 hex digits`)
  return value as `sha256:${string}`
}

function parseManifestText(value: unknown, subject: Subject): string | undefined {
  if (subject.kind === 'node') {
    if (value !== undefined) throw malformed('manifest: a node has none')
    return undefined
  }
  if (typeof value !== 'string' || !value.isWellFormed())
    throw malformed('manifest: expected text, as the subject is an instance')
  if (value.length > MAX_MANIFEST_BYTES || utf8(value).length > MAX_MANIFEST_BYTES)
    throw malformed(`manifest: more than ${MAX_MANIFEST_BYTES} bytes`)
  return value
}

function record(value: unknown, where: string, fields: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${where}: expected an object`)
  for (const field of Object.keys(value))
    if (!fields.includes(field))
      throw malformed(`${where}: unknown field ${JSON.stringify(field.slice(0, 64))}`)
  return value as Record<string, unknown>
}

function malformed(message: string): AttestationError {
  return new AttestationError('document.malformed', `evidence document: ${message}`)
}
