// Evidence documents and collateral in words, without verifying. Pure.
import { createHash, X509Certificate } from 'node:crypto'
import {
  AttestationError,
  parseEvidenceDocument,
  type EvidenceDocument,
  type Subject,
} from '@wetee/attestation'
import { certificateFields, pemFields } from './certificate.ts'
import { describeBytes } from './describe.ts'
import type { Description, Field, Section } from './field.ts'

/** An evidence document: its subject, its images, then the quote and the endorsements in it. */
export function describeDocument(text: string): Description {
  let document: EvidenceDocument
  try {
    document = parseEvidenceDocument(text)
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    const fields = [{ name: 'text', meaning: `unreadable: ${error.message} (${error.code})` }]
    return { what: 'evidence document', sections: [{ title: 'Document', fields }] }
  }
  const { eventLog, manifest, quote, platform } = document
  const inner = describeBytes(quote)
  const images = eventLog.map(({ service, digest }) => ({ name: service, meaning: digest }))
  const sections: Section[] = [
    {
      title: 'Subject: for whom the hardware is said to speak',
      fields: subjectFields(document.subject),
    },
    ...(images.length === 0
      ? []
      : [{ title: 'Images, in the order of their start', fields: images }]),
    ...(manifest === undefined ? [] : [{ title: 'Manifest', fields: manifestFields(manifest) }]),
    ...(inner?.sections ?? []),
    ...endorsementSections(document.endorsements),
  ]
  const name = inner === undefined ? platform : inner.what
  return { what: `evidence document (${document.format}) with a ${name}`, sections }
}

/** Collateral of Intel, or the certificates of AMD, as JSON; nothing for other JSON. */
export function describeEndorsements(value: object): Description | undefined {
  const sections = endorsementSections(value)
  return sections.length === 0 ? undefined : { what: 'endorsements', sections }
}

function subjectFields(subject: Subject): Field[] {
  return Object.entries(subject).map(([name, value]) =>
    typeof value === 'string' && value.startsWith('0x')
      ? { name, hex: value.slice(2) }
      : { name, meaning: String(value) },
  )
}

function manifestFields(manifest: string): Field[] {
  const hex = createHash('sha256').update(manifest).digest('hex')
  return [{ name: 'digest', hex, meaning: `SHA-256 of ${Buffer.byteLength(manifest)} bytes` }]
}

function endorsementSections(endorsements: object): Section[] {
  const fields = endorsements as Readonly<Record<string, unknown>>
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === 'string' ? value : undefined
  }
  const sections: Section[] = []
  for (const name of ['tcb_info', 'qe_identity']) {
    const json = text(name)
    if (json !== undefined) sections.push({ title: name, fields: signedJsonFields(json) })
  }
  for (const name of [
    'pck_crl_issuer_chain',
    'tcb_info_issuer_chain',
    'qe_identity_issuer_chain',
  ]) {
    const pem = text(name)
    if (pem !== undefined) sections.push({ title: name, fields: pemFields(pem) })
  }
  for (const name of ['leaf', 'ask']) {
    const hex = text(name)
    if (hex !== undefined)
      sections.push({
        title: name,
        fields: certificateFields('certificate', Buffer.from(hex, 'hex')),
      })
  }
  const lists = ['root_ca_crl', 'pck_crl', 'crl'].flatMap((name) => {
    const hex = text(name)
    return hex === undefined ? [] : [{ name, meaning: `${hex.length / 2} bytes` }]
  })
  if (lists.length > 0) sections.push({ title: 'Revocation lists', fields: lists })
  return sections
}

const shownNames = [
  'id',
  'version',
  'issueDate',
  'nextUpdate',
  'fmspc',
  'pceId',
  'tcbEvaluationDataNumber',
]

function signedJsonFields(json: string): Field[] {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(json) as Record<string, unknown>
  } catch {
    return [{ name: 'text', meaning: 'not JSON' }]
  }
  const fields = shownNames.flatMap((name) => {
    const shown = value[name]
    const isPlain = typeof shown === 'string' || typeof shown === 'number'
    return isPlain ? [{ name, meaning: String(shown) }] : []
  })
  const levels = Array.isArray(value['tcbLevels']) ? (value['tcbLevels'] as unknown[]) : []
  const rows = levels.slice(0, 32).map((level, index) => {
    const { tcbDate, tcbStatus } = (level ?? {}) as { tcbDate?: unknown; tcbStatus?: unknown }
    const day = typeof tcbDate === 'string' ? tcbDate.slice(0, 10) : 'no date'
    return { name: `level ${index + 1}`, meaning: `${day}  ${String(tcbStatus)}` }
  })
  return [...fields, ...rows]
}

/** A certificate by itself, DER or PEM; nothing where it is none. */
export function describeCertificate(bytes: Uint8Array): Description | undefined {
  try {
    new X509Certificate(bytes)
  } catch {
    return undefined
  }
  const text = new TextDecoder('latin1').decode(bytes)
  const fields = text.includes('-----BEGIN')
    ? pemFields(text)
    : certificateFields('certificate', bytes)
  return { what: 'certificate', sections: [{ title: 'Certificate', fields }] }
}
