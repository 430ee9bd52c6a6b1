// Endorsements as they travel: an object of bounded texts. Pure.
import { AttestationError } from '../error.ts'

/** Longest field that is read, characters. */
const MAX_CHARACTERS = 131_072

const ASCII = /^[\t\n\r\x20-\x7e]*$/

/**
 * An object of the given text fields and nothing else; those in `optional` may be absent. Throws
 * AttestationError `endorsement.malformed`.
 */
export function parseTextFields(
  value: unknown,
  fields: readonly string[],
  optional: readonly string[] = [],
): Record<string, string> {
  if (typeof value !== 'object' || value === null) throw malformed('expected an object')
  const given = value as Record<string, unknown>
  for (const field of Object.keys(given))
    if (!fields.includes(field))
      throw malformed(`unknown field ${JSON.stringify(field.slice(0, 64))}`)
  const texts: Record<string, string> = {}
  for (const field of fields) {
    if (!Object.hasOwn(given, field) && optional.includes(field)) continue
    const text = given[field]
    if (typeof text !== 'string') throw malformed(`${field}: expected text`)
    if (text.length > MAX_CHARACTERS)
      throw malformed(`${field}: more than ${MAX_CHARACTERS} characters`)
    if (!ASCII.test(text)) throw malformed(`${field}: expected ASCII text`)
    texts[field] = text
  }
  return texts
}

function malformed(message: string): AttestationError {
  return new AttestationError('endorsement.malformed', `endorsements: ${message}`)
}
