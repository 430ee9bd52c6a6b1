// Schemas of OpenAPI to ABI types, and objects to fields with pointers. Pure.
import { isPart, type Part, type References } from './document.ts'

/** What a value becomes in a contract. */
export type AbiType = {
  readonly abi: string
  readonly isInteger?: true
  /** Of a fraction: the number is multiplied by 10 to this. */
  readonly decimals?: number
}

/** A value of an object. */
export type FieldProposal = {
  readonly name: string
  readonly type: AbiType
  readonly pointer: string
  readonly required: boolean
}

/** Why a value has no field. */
export type FieldProblem = {
  readonly name: string
  readonly reason: string
  readonly required: boolean
}

/** Properties of one object that are looked at, and fields altogether. */
const maxProperties = 256
const maxFields = 256
const maxParts = 32

/** The ABI type of a schema; undefined for objects, lists of lists and what has no type. */
export function typeOf(given: unknown, references: References): AbiType | undefined {
  const schema = references.resolve(given)
  if (typeof schema === 'string') return undefined
  const type = namedType(schema)
  if (type !== 'array') return elementOf(type, schema)
  const items = references.resolve(schema['items'])
  if (typeof items === 'string') return undefined
  const element = elementOf(namedType(items), items)
  return element && { ...element, abi: `${element.abi}[]` }
}

/** Values of an object down to `depth` levels, with what `allOf` adds. */
export function fieldsOf(
  schema: Part,
  references: References,
  depth: number,
): { readonly fields: FieldProposal[]; readonly problems: FieldProblem[] } {
  const fields: FieldProposal[] = []
  const problems: FieldProblem[] = []
  const walk = (part: Part, pointer: string, prefix: string, sure: boolean, left: number) => {
    const { properties, required } = objectOf(part, references)
    for (const [name, value] of properties.slice(0, maxProperties)) {
      const of = {
        name: `${prefix}${name.replace(/[^A-Za-z0-9_-]/g, '_')}`.replace(/^(?=[^A-Za-z_])/, '_'),
        required: sure && required.has(name),
      }
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const type = typeOf(value, references)
      const inner = references.resolve(value)
      if (fields.length >= maxFields) return
      if (type !== undefined) fields.push({ ...of, name: of.name.slice(0, 60), type, pointer: at })
      else if (left > 1 && typeof inner !== 'string')
        walk(inner, at, `${of.name}_`, of.required, left - 1)
      else problems.push({ ...of, reason: typeof inner === 'string' ? inner : 'not a plain value' })
    }
  }
  walk(schema, '', '', true, depth)
  return { fields, problems }
}

function objectOf(part: Part, references: References) {
  const parts = [part]
  const more = part['allOf']
  for (const given of Array.isArray(more) ? (more as unknown[]).slice(0, maxParts) : []) {
    const resolved = references.resolve(given)
    if (typeof resolved !== 'string') parts.push(resolved)
  }
  const properties = parts.flatMap((one) =>
    isPart(one['properties']) ? Object.entries(one['properties']) : [],
  )
  const required = parts.flatMap((one) =>
    Array.isArray(one['required']) ? (one['required'] as unknown[]) : [],
  )
  return { properties, required: new Set(required) }
}

/** OpenAPI 3.1 may list types: one beside `null` counts. */
function namedType(schema: Part): unknown {
  const type = schema['type']
  if (!Array.isArray(type)) return type
  const real = type.filter((one) => one !== 'null')
  return real.length === 1 ? (real[0] as unknown) : undefined
}

function elementOf(type: unknown, schema: Part): AbiType | undefined {
  const { minimum, format } = schema
  if (type === 'boolean') return { abi: 'bool' }
  if (type === 'string') return { abi: 'string' }
  if (type === 'number') return { abi: 'int256', decimals: 18 }
  if (type !== 'integer') return undefined
  const size = format === 'int32' ? '32' : format === 'int64' ? '64' : '256'
  // The highest of uint32 is above that of int32: a bound below keeps within both.
  const unsigned = typeof minimum === 'number' && minimum >= 0
  return { abi: `${unsigned ? 'u' : ''}int${size}`, isInteger: true }
}
