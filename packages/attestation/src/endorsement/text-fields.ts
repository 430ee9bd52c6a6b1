// Endorsements as they travel: an object of bounded texts. Pure.
import { AttestationError } from '../error.ts'

/** Longest field that is read, characters. */
const MAX_CHARACTERS = 131_072

const ASCII = /^[\t\n\r\x20-\x7e]*$/

/** Whether these texts, in the order of their fields, have been read before. */
export type AreKnown = (texts: readonly string[]) => boolean

/**
 * An object of the given text fields and nothing else; those in `optional` may be absent. Texts that
 * are known are not looked through again. Throws AttestationError `endorsement.malformed`.
 */
export function parseTextFields(
  value: unknown,
  fields: readonly string[],
  {
    optional = [],
    areKnown,
  }: { optional?: readonly string[]; areKnown?: AreKnown | undefined } = {},
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
    texts[field] = text
  }
  if (areKnown?.(Object.values(texts)) === true) return texts
  for (const [field, text] of Object.entries(texts))
    if (!ASCII.test(text)) throw malformed(`${field}: expected ASCII text`)
  return texts
}

function malformed(message: string): AttestationError {
  return new AttestationError('endorsement.malformed', `endorsements: ${message}`)
}
