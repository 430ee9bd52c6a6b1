// A subject as JSON fields: 64-bit integers as decimal strings, hex in lower case. Pure.
import type { Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import type { Subject } from './subject.ts'

/**
 * How each field is written: bytes of hex, bits of an integer as a decimal string, or bits of a
 * JSON number.
 */
type FieldForm = { hex: number } | { decimal: number } | { number: number }

const INSTANCE: Record<string, FieldForm> = {
  chainId: { decimal: 256 },
  cloud: { hex: 20 },
  workerId: { decimal: 64 },
  appId: { decimal: 64 },
  version: { number: 32 },
  replica: { number: 16 },
  blockNumber: { decimal: 64 },
  blockHash: { hex: 32 },
  signingKey: { hex: 33 },
  hpkeKey: { hex: 32 },
  tlsKeyHash: { hex: 32 },
}

const NODE: Record<string, FieldForm> = {
  chainId: { decimal: 256 },
  subnet: { hex: 20 },
  role: { number: 16 },
  nodeId: { decimal: 64 },
  statementKey: { hex: 20 },
  encryptionKey: { hex: 33 },
  tlsKeyHash: { hex: 32 },
  blockNumber: { decimal: 64 },
  blockHash: { hex: 32 },
}

/**
 * Reads a subject: exactly the fields of its kind. Throws AttestationError `document.malformed`.
 */
export function parseSubject(value: unknown): Subject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('expected an object')
  const given = value as Record<string, unknown>
  const kind = given['kind']
  if (kind !== 'instance' && kind !== 'node') throw malformed('kind: expected instance or node')
  const forms = kind === 'instance' ? INSTANCE : NODE
  for (const field of Object.keys(given))
    if (field !== 'kind' && !Object.hasOwn(forms, field))
      throw malformed(`unknown field ${JSON.stringify(field.slice(0, 64))}`)
  const subject: Record<string, unknown> = { kind }
  for (const [field, form] of Object.entries(forms))
    subject[field] = parseField(given[field], form, field)
  if (kind === 'node' && subject['role'] !== 1 && subject['role'] !== 2)
    throw malformed('role: expected 1 (worker) or 2 (dsecret)')
  return subject as Subject
}

/** The subject as values for JSON. */
export function subjectFields(subject: Subject): Record<string, string | number> {
  const forms = subject.kind === 'instance' ? INSTANCE : NODE
  const values = subject as unknown as Record<string, bigint | number | Hex>
  const fields: Record<string, string | number> = { kind: subject.kind }
  for (const [field, form] of Object.entries(forms)) {
    const value = values[field] ?? ''
    if ('number' in form) fields[field] = Number(value)
    else fields[field] = 'hex' in form ? String(value).toLowerCase() : String(value)
  }
  return fields
}

function parseField(value: unknown, form: FieldForm, field: string): bigint | number | Hex {
  if ('hex' in form) {
    if (
      typeof value === 'string' &&
      value.length === 2 + 2 * form.hex &&
      /^0x[0-9a-f]+$/.test(value)
    )
      return value as Hex
    throw malformed(`${field}: expected 0x and ${2 * form.hex} lower-case hex digits`)
  }
  if ('number' in form) {
    if (
      Number.isSafeInteger(value) &&
      (value as number) >= 0 &&
      (value as number) < 2 ** form.number
    )
      return value as number
    throw malformed(`${field}: expected an unsigned ${form.number}-bit number`)
  }
  if (typeof value === 'string' && value.length <= 78 && /^(?:0|[1-9][0-9]*)$/.test(value)) {
    const integer = BigInt(value)
    if (integer >> BigInt(form.decimal) === 0n) return integer
  }
  throw malformed(`${field}: expected an unsigned ${form.decimal}-bit integer as a decimal string`)
}

function malformed(message: string): AttestationError {
  return new AttestationError('document.malformed', `subject: ${message}`)
}
