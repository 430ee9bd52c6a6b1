// Lists of reference values as JSON text. Pure.
import { fromHex, isZero, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { parseJson } from '../json.ts'
import {
  measurementIdOf,
  type Provenance,
  type ReferencePlatform,
  type ReferenceRegisters,
  type ReferenceValue,
} from './reference-value.ts'

/** Longest list, characters. */
export const MAX_REFERENCE_CHARACTERS = 1_048_576
/** Most values in a list. */
export const MAX_REFERENCE_VALUES = 1_024

const FORMAT = 'wetee/reference-values/v1'
const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const MAX_TEXT_CHARACTERS = 1_024
const VALUE_FIELDS = [
  'name',
  'version',
  'platform',
  'registers',
  'producedBy',
  'validFrom',
  'validUntil',
]

type Fields = Readonly<Record<string, unknown>>

/**
 * The values of a list, `{ "format": "wetee/reference-values/v1", "values": [...] }`: fields of
 * `ReferenceValue`, but `validFrom` and `validUntil` as UTC times to the second, the latter or
 * `"no-end"`. Nothing is optional but what `producedBy` may leave out; an unknown field, a zero
 * register, or a measurement that is there twice is refused, an empty list too. Throws
 * AttestationError `reference-value.malformed`, which names the field.
 */
export function parseReferenceValues(text: string): ReferenceValue[] {
  if (text.length > MAX_REFERENCE_CHARACTERS)
    throw malformed(`more than ${MAX_REFERENCE_CHARACTERS} characters`)
  const list = record(
    parseJson(text, 'reference-value.malformed'),
    'list',
    ['format', 'values'],
    [],
  )
  if (list['format'] !== FORMAT) throw malformed(`format: expected ${FORMAT}`)
  const given = list['values']
  if (!Array.isArray(given) || given.length === 0 || given.length > MAX_REFERENCE_VALUES)
    throw malformed(`values: expected a list of 1 to ${MAX_REFERENCE_VALUES}`)
  const values = given.map((value: unknown, index) => parseValue(value, `values[${index}]`))
  const seen = new Set<string>()
  for (const [index, value] of values.entries()) {
    const id = `${value.platform} ${measurementIdOf(value)}`
    if (seen.has(id)) throw malformed(`values[${index}]: its measurement is in the list twice`)
    seen.add(id)
  }
  return values
}

function parseValue(given: unknown, where: string): ReferenceValue {
  const value = record(given, where, VALUE_FIELDS, [])
  const validFromMs = instant(value['validFrom'], `${where}.validFrom`)
  const validUntilMs =
    value['validUntil'] === 'no-end'
      ? 'no-end'
      : instant(value['validUntil'], `${where}.validUntil`)
  if (validUntilMs !== 'no-end' && validUntilMs <= validFromMs)
    throw malformed(`${where}.validUntil: expected a time after validFrom`)
  return {
    name: matching(value['name'], NAME, `${where}.name`, '1 to 64 of a-z, 0-9, "." and "-"'),
    version: matching(
      value['version'],
      VERSION,
      `${where}.version`,
      '1 to 64 of letters, 0-9, .+-',
    ),
    ...parseMeasurement(value, where),
    producedBy: parseProvenance(value['producedBy'], `${where}.producedBy`),
    validFromMs,
    validUntilMs,
  }
}

type Measurement = {
  readonly [P in ReferencePlatform]: {
    readonly platform: P
    readonly registers: ReferenceRegisters[P]
  }
}[ReferencePlatform]

function parseMeasurement({ platform, registers: given }: Fields, where: string): Measurement {
  const at = `${where}.registers`
  switch (platform) {
    case 'tdx': {
      const names = ['mrtd', 'rtmr0', 'rtmr1', 'rtmr2'] as const
      const fields = record(given, at, names, [])
      const [mrtd, rtmr0, rtmr1, rtmr2] = names.map((name) =>
        register(fields[name], 48, `${at}.${name}`),
      ) as [Hex, Hex, Hex, Hex]
      return { platform, registers: { mrtd, rtmr0, rtmr1, rtmr2 } }
    }
    case 'sgx': {
      const fields = record(given, at, ['mrEnclave', 'mrSigner', 'isvProdId', 'isvSvn'], [])
      return {
        platform,
        registers: {
          mrEnclave: register(fields['mrEnclave'], 32, `${at}.mrEnclave`),
          mrSigner: register(fields['mrSigner'], 32, `${at}.mrSigner`),
          isvProdId: sixteenBits(fields['isvProdId'], `${at}.isvProdId`),
          isvSvn: sixteenBits(fields['isvSvn'], `${at}.isvSvn`),
        },
      }
    }
    case 'sev-snp': {
      const fields = record(given, at, ['measurement'], [])
      const measurement = register(fields['measurement'], 48, `${at}.measurement`)
      return { platform, registers: { measurement } }
    }
    default:
      throw malformed(`${where}.platform: expected tdx, sgx or sev-snp`)
  }
}

function parseProvenance(given: unknown, where: string): Provenance {
  const { text, sourceCommit, recipeDigest } = record(
    given,
    where,
    ['text'],
    ['sourceCommit', 'recipeDigest'],
  )
  if (typeof text !== 'string' || text.trim() === '' || text.length > MAX_TEXT_CHARACTERS)
    throw malformed(`${where}.text: expected 1 to ${MAX_TEXT_CHARACTERS} characters`)
  if (!text.isWellFormed()) throw malformed(`${where}.text: expected well-formed Unicode`)
  return {
    text,
    ...(sourceCommit === undefined
      ? {}
      : { sourceCommit: matching(sourceCommit, COMMIT, `${where}.sourceCommit`, '40 or 64 hex') }),
    ...(recipeDigest === undefined
      ? {}
      : { recipeDigest: register(recipeDigest, 32, `${where}.recipeDigest`) }),
  }
}

/** Lower-case hex that is not zero: zero is what nobody has measured. */
function register(value: unknown, size: number, where: string): Hex {
  if (typeof value !== 'string' || value !== value.toLowerCase())
    throw malformed(`${where}: expected lower-case hex`)
  if (isZero(fromHex(value, size, where, 'reference-value.malformed')))
    throw malformed(`${where}: zero stands for nothing`)
  return value as Hex
}

function sixteenBits(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff)
    return value
  throw malformed(`${where}: expected a whole number from 0 to 65535`)
}

function instant(value: unknown, where: string): number {
  const timeMs = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN
  // Dates that do not exist, such as 30 February, are read as others.
  const again = Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : ''
  if (timeMs > 0 && again.replace('.000Z', 'Z') === value) return timeMs
  throw malformed(`${where}: expected a time such as 2026-01-01T00:00:00Z`)
}

function matching(value: unknown, pattern: RegExp, where: string, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value
  throw malformed(`${where}: expected ${expected}`)
}

function record(
  value: unknown,
  where: string,
  required: readonly string[],
  optional: readonly string[],
): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${where}: expected an object`)
  for (const field of required)
    if (!Object.hasOwn(value, field)) throw malformed(`${where}: field ${field} is missing`)
  for (const field of Object.keys(value))
    if (!required.includes(field) && !optional.includes(field))
      throw malformed(`${where}: unknown field ${JSON.stringify(field.slice(0, 64))}`)
  return value as Fields
}

function malformed(message: string): AttestationError {
  return new AttestationError('reference-value.malformed', `reference values: ${message}`)
}
