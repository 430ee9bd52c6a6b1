// JSON texts that have one spelling alone (RFC 8785): written, and read back strictly. Pure.
import { utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'
import type { z } from 'zod'
import { SecretsError, type SecretsErrorCode } from './error.ts'

/** Which text is read, and how long it may be. */
export type CanonicalForm<T extends z.ZodType> = {
  readonly what: string
  readonly code: SecretsErrorCode
  readonly schema: T
  /** Bytes of UTF-8. */
  readonly maxBytes: number
}

/** The RFC 8785 text of a value that the schema takes. Throws SecretsError with the form's code. */
export function writeCanonical<T extends z.ZodType>(
  form: CanonicalForm<T>,
  value: z.input<T>,
): string {
  let text: string | undefined
  try {
    text = canonicalize(value)
  } catch (cause) {
    throw new SecretsError(form.code, `${form.what}: expected well-formed text`, { cause })
  }
  if (text === undefined) throw new SecretsError(form.code, `${form.what}: expected an object`)
  requireSize(form, text)
  readValue(form, JSON.parse(text))
  return text
}

/**
 * The RFC 8785 text of a value that the schema takes, from what the schema has read of it: `ordered` puts the fields of each object in
 * the order of their names. For schemas whose texts are well-formed and whose numbers are whole, which JSON has one spelling of. Throws
 * SecretsError with the form's code.
 */
export function writeOrdered<T extends z.ZodType>(
  form: CanonicalForm<T>,
  value: unknown,
  ordered: (read: z.output<T>) => object,
): string {
  const text = JSON.stringify(ordered(readValue(form, value)))
  requireSize(form, text)
  return text
}

/** Reads a text that is its own RFC 8785 form. Throws SecretsError with the form's code. */
export function readCanonical<T extends z.ZodType>(
  { what, code, schema, maxBytes }: CanonicalForm<T>,
  text: string,
): z.output<T> {
  requireSize({ what, code, maxBytes }, text)
  let value: unknown
  let canonical: string | undefined
  try {
    value = JSON.parse(text)
    canonical = canonicalize(value)
  } catch (cause) {
    throw new SecretsError(code, `${what}: expected one JSON document`, { cause })
  }
  if (canonical !== text)
    throw new SecretsError(code, `${what}: expected the RFC 8785 form of this document`)
  return readValue({ what, code, schema }, value)
}

/** Reads a value that was JSON. Throws SecretsError with the code. */
export function readValue<T extends z.ZodType>(
  { what, code, schema }: Pick<CanonicalForm<T>, 'what' | 'code' | 'schema'>,
  value: unknown,
): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not as expected' }
  const where = path.length === 0 ? '' : `${path.map(String).join('.').slice(0, 100)}: `
  throw new SecretsError(code, `${what}: ${where}${message.slice(0, 200)}`)
}

function requireSize(
  { what, code, maxBytes }: Omit<CanonicalForm<z.ZodType>, 'schema'>,
  text: string,
): void {
  // No character of a text has more than three bytes in UTF-8.
  if (3 * text.length <= maxBytes) return
  if (text.length > maxBytes || utf8ToBytes(text).length > maxBytes)
    throw new SecretsError(code, `${what}: expected at most ${maxBytes} bytes`)
}
