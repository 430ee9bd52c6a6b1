// The provenance that a builder in a TEE signs: an envelope, and the evidence of the instance whose key signed it. Pure.
import { createHash } from 'node:crypto'
import {
  parseEvidenceDocument,
  serializeEvidenceDocument,
  type EvidenceDocument,
  type Hex,
} from '@wetee/attestation'
import { BuildError } from '../error.ts'
import { bytesToSign, encodeEnvelope, parseEnvelope } from './envelope.ts'

/** A statement as it was signed, by whom, and what that is shown by. */
export type SignedProvenance = {
  /** Bytes of the statement. */
  readonly payload: Uint8Array
  /** By the instance key, 65 bytes (r, s, v), as the agent's socket signs; see `provenanceDigest`. */
  readonly signature: Hex
  /** Address of the key, as a hint: the evidence decides. */
  readonly keyId: string
  /** Of the instance that signed, made when it did. */
  readonly evidence: EvidenceDocument
  /** A finalized block in which whoever keeps this has seen its lease live; nobody has signed it. */
  readonly block?: bigint
}

const format = 'wetee/provenance/v1'
const maxBytes = 7 * 2 ** 20
const signatureBytes = 65

/** The 32 bytes that the agent's socket is asked to sign: SHA-256 of DSSE's pre-authentication encoding of the statement. */
export function provenanceDigest(payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytesToSign(payload)).digest()
}

/** One line of JSON: the same provenance, the same text. */
export function encodeSignedProvenance(provenance: SignedProvenance): string {
  const { payload, signature, keyId, evidence, block } = provenance
  const bytes = Buffer.from(signature.slice(2), 'hex')
  const envelope = encodeEnvelope({ payload, signatures: [{ keyId, signature: bytes }] })
  const document = {
    format,
    ...(block === undefined ? {} : { block: String(block) }),
    envelope: JSON.parse(envelope) as unknown,
    evidence: JSON.parse(serializeEvidenceDocument(evidence)) as unknown,
  }
  return `${JSON.stringify(document)}\n`
}

/**
 * Reads one, strictly: one signature, one spelling, no field that is not known. A second statement, signature or evidence beside the
 * ones that are checked would be read by others. Throws BuildError `build.provenance-invalid`.
 */
export function parseSignedProvenance(text: string): SignedProvenance {
  if (text.length > maxBytes) throw invalid(`more than ${maxBytes} bytes`)
  const document = parseObject(text)
  const { block, envelope, evidence } = document
  if (document['format'] !== format) throw invalid(`expected the format ${format}`)
  if (block !== undefined && !(typeof block === 'string' && /^(?:0|[1-9][0-9]{0,18})$/.test(block)))
    throw invalid('its block is no number')
  const { payload, signatures } = parseEnvelope(JSON.stringify(envelope) ?? '')
  const [only, ...more] = signatures
  if (only === undefined || more.length > 0 || only.signature.length !== signatureBytes)
    throw invalid(`expected one signature of ${signatureBytes} bytes`)
  const provenance = {
    payload,
    signature: `0x${Buffer.from(only.signature).toString('hex')}` as const,
    keyId: only.keyId,
    evidence: readEvidence(evidence),
    ...(block === undefined ? {} : { block: BigInt(block) }),
  }
  if (encodeSignedProvenance(provenance).trimEnd() !== text.trimEnd())
    throw invalid('it holds more than what is checked, or is not spelled as it was written')
  return provenance
}

function readEvidence(value: unknown): EvidenceDocument {
  try {
    return parseEvidenceDocument(JSON.stringify(value) ?? '')
  } catch (cause) {
    throw new BuildError('build.provenance-invalid', 'the evidence beside it cannot be read', {
      cause,
    })
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BuildError('build.provenance-invalid', 'the signed provenance is no JSON', { cause })
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw invalid('expected an object')
}

function invalid(why: string): BuildError {
  return new BuildError(
    'build.provenance-invalid',
    `the signed provenance cannot be used: ${why}; what \`wetee build\` alone writes is unsigned`,
  )
}
