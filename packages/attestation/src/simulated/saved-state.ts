// What simulated vendors and chips are restored from: JSON with a format and a seed. Pure.
import { parseBareHex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { parseJson } from '../json.ts'

/** Bytes of every seed. */
export const SEED_BYTES = 32

const MAX_CHARACTERS = 1_048_576

/** The fields of a text of this format. Throws AttestationError `simulated.malformed`. */
export function readSavedState(
  text: string,
  format: string,
): Readonly<Record<string, unknown>> & { readonly seed: Uint8Array } {
  if (text.length > MAX_CHARACTERS) throw malformedState('too long')
  const value = parseJson(text, 'simulated.malformed')
  if (typeof value !== 'object' || value === null) throw malformedState('expected an object')
  const fields = value as Record<string, unknown>
  const { format: given, seed: hex, ...rest } = fields
  if (given !== format) throw malformedState(`expected the format ${format}`)
  const seed = typeof hex === 'string' ? parseBareHex(hex) : undefined
  if (seed?.length !== SEED_BYTES) throw malformedState(`expected a seed of ${SEED_BYTES} bytes`)
  return { ...rest, seed }
}

/** A copy of a seed. Throws RangeError for another size. */
export function checkSeed(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) throw new RangeError(`seed: expected ${SEED_BYTES} bytes`)
  return new Uint8Array(seed)
}

/** The error of every text that is not one of a simulated vendor or chip. */
export function malformedState(message: string): AttestationError {
  return new AttestationError('simulated.malformed', `simulated vendor: ${message}`)
}
