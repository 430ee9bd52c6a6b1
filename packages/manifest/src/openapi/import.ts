// OpenAPI operations to entries of `x-wetee.apis`: proposals that their author reads before using them. Pure.
import { BridgeError, serializeDefinition, type Definition } from '@wetee/bridge'
import { stringify } from 'yaml'
import { isPart, printable, readOpenApi, References, type Part } from './document.ts'
import { fieldsOf, typeOf } from './schema.ts'

/** What an import proposes. */
export type OpenApiProposal = {
  /** YAML to put below `x-wetee:`, indented by two. */
  readonly block: string
  /** Names of the entries, and what was left out of each. */
  readonly entries: readonly { readonly name: string; readonly notes: readonly string[] }[]
  /** Operations that no entry can stand for. */
  readonly skipped: readonly { readonly operation: string; readonly reason: string }[]
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
/** As many as the contract takes. */
const maxEntries = 64
/** Operations that are looked at. */
const maxOperations = 1_000

/** Proposes entries for a document in YAML or JSON. Throws ManifestError `openapi.invalid`, `openapi.too-large`. */
export function importOpenApi(text: string, options: { readonly port: number }): OpenApiProposal {
  const root = readOpenApi(text)
  const references = new References(root)
  const apis: Record<string, unknown> = {}
  const entries: { name: string; notes: readonly string[] }[] = []
  const skipped: { operation: string; reason: string }[] = []
  for (const { path, method, item, operation } of operationsOf(root, references)) {
    const title = printable(`${method.toUpperCase()} ${path}`)
    const made = proposal({ path, method, item, operation }, references, options.port)
    if (typeof made === 'string') skipped.push({ operation: title, reason: made })
    else if (entries.length === maxEntries)
      skipped.push({ operation: title, reason: `an application has at most ${maxEntries} APIs` })
    else {
      const name = freeName(apis, made.name)
      apis[name] = made.entry
      entries.push({ name, notes: made.notes })
    }
  }
  const block = stringify({ apis }, { lineWidth: 100 }).replace(/^(?=.)/gm, '  ')
  return { block, entries, skipped }
}

type Operation = {
  readonly path: string
  readonly method: (typeof methods)[number]
  readonly item: Part
  readonly operation: Part
}

function operationsOf(root: Part, references: References): Operation[] {
  const { paths } = root
  const found: Operation[] = []
  for (const [path, given] of Object.entries(isPart(paths) ? paths : {})) {
    const item = references.resolve(given)
    if (typeof item === 'string') continue
    for (const method of methods) {
      const operation = item[method]
      if (isPart(operation)) found.push({ path, method, item, operation })
    }
  }
  return found.slice(0, maxOperations)
}

type Made = { readonly name: string; readonly entry: Part; readonly notes: readonly string[] }

function proposal(of: Operation, references: References, port: number): Made | string {
  const { path, method, operation } = of
  const notes: string[] = []
  const name = slug(operation['operationId']) ?? slug(`${method}-${path}`) ?? method
  const request = requestOf(of, references, notes)
  if (typeof request === 'string') return request
  const response = responseOf(operation, references, notes)
  if (typeof response === 'string') return response
  const definition = {
    format: 'wetee/api/v1',
    name,
    method: method.toUpperCase(),
    path,
    port,
    request,
    response,
  }
  try {
    serializeDefinition(definition as Definition)
  } catch (error) {
    if (error instanceof BridgeError) return printable(error.message)
    throw error
  }
  const entry = {
    method: definition.method,
    path,
    port,
    ...(request.length === 0 ? {} : { request: keyed(request) }),
    response: keyed(response),
  }
  return { name, entry, notes }
}

type Named = { readonly name: string; readonly type: string; readonly [key: string]: unknown }

/** `{ symbol: { type, in } }`. */
const keyed = (list: readonly Named[]) =>
  Object.fromEntries(list.map(({ name, ...rest }) => [name, rest]))

function requestOf(of: Operation, references: References, notes: string[]): Named[] | string {
  const { path, item, operation } = of
  const lists = [item['parameters'], operation['parameters']].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  )
  const request = new Map<string, Named>()
  for (const given of lists) {
    const parameter = references.resolve(given)
    if (typeof parameter === 'string') return parameter
    const { name, in: place } = parameter
    if (typeof name !== 'string' || typeof place !== 'string') return 'a parameter without a name'
    const needed = parameter['required'] === true || place === 'path'
    const type = typeOf(parameter['schema'], references)
    if (!needed) notes.push(`${printable(name)} may be left out, and is`)
    else if (place !== 'path' && place !== 'query' && place !== 'header')
      return `${printable(name)} is a ${printable(place)}, which no call has`
    else if (type === undefined) return `${printable(name)} is of no type that contracts have`
    else request.set(`${place} ${name}`, { name, type: type.abi, in: place })
  }
  const body = bodyOf(operation, references, notes)
  if (typeof body === 'string') return body
  const all = [...request.values(), ...body]
  const missing = [...path.matchAll(/\{([^{}]*)\}/g)].find(
    ([, inner = '']) => !request.has(`path ${inner}`),
  )
  return missing === undefined ? all : `${printable(missing[0])} of the path is not described`
}

function bodyOf(operation: Part, references: References, notes: string[]): Named[] | string {
  if (operation['requestBody'] === undefined) return []
  const body = references.resolve(operation['requestBody'])
  if (typeof body === 'string') return body
  const schema = jsonSchema(body, references)
  if (typeof schema === 'string') return body['required'] === true ? schema : []
  const { fields, problems } = fieldsOf(schema, references, 1)
  const [problem] = problems.filter(({ required }) => required)
  if (problem !== undefined) return `${printable(problem.name)} of the body: ${problem.reason}`
  for (const { name, required } of fields)
    if (!required) notes.push(`${printable(name)} of the body may be left out, and is`)
  return fields
    .filter(({ required }) => required)
    .map(({ name, type }) => ({
      name,
      type: type.abi,
      in: 'body',
      ...(type.isInteger ? { as: 'number' } : {}),
    }))
}

function responseOf(operation: Part, references: References, notes: string[]): Named[] | string {
  const responses = operation['responses']
  if (!isPart(responses)) return 'it answers nothing that is described'
  const status = Object.keys(responses).find((key) => /^2(\d\d|XX)$/i.test(key)) ?? 'default'
  const answer = references.resolve(responses[status])
  if (typeof answer === 'string') return answer
  const schema = jsonSchema(answer, references)
  const whole = [{ name: 'body', type: 'string', from: 'body' }]
  if (typeof schema === 'string') return whole
  const { fields } = fieldsOf(schema, references, 3)
  const sure = fields.filter(({ required }) => required)
  const chosen = (sure.length > 0 ? sure : fields).slice(0, 16)
  if (chosen.length < fields.length)
    notes.push(`${chosen.length} of ${fields.length} fields of the answer are taken`)
  if (chosen.length === 0) return whole
  if (sure.length === 0) notes.push('no field of the answer is required: a call fails without one')
  const used = new Set<string>()
  return chosen.map(({ name, type, pointer }) => {
    const free = freeName(Object.fromEntries([...used].map((key) => [key, true])), name)
    used.add(free)
    if (type.decimals !== undefined) notes.push(`${printable(free)} has 18 decimals`)
    return {
      name: free,
      type: type.abi,
      pointer,
      ...(type.decimals === undefined ? {} : { decimals: type.decimals }),
    }
  })
}

function jsonSchema(holder: Part, references: References): Part | string {
  const content = holder['content']
  if (!isPart(content)) return 'no content is described'
  const key = Object.keys(content).find((type) => /^application\/(json|.+\+json)\b/i.test(type))
  const media = key === undefined ? undefined : content[key]
  if (!isPart(media)) return 'its content is no JSON'
  return references.resolve(media['schema'])
}

/** `getPriceOf` becomes `get-price-of`; at most 31 characters. */
function slug(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const plain = text
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 31)
    .replace(/-+$/, '')
  return plain === '' ? undefined : plain
}

function freeName(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  if (!Object.hasOwn(taken, wanted)) return wanted
  for (let number = 2; ; number++) {
    const name = `${wanted.slice(0, 28)}${wanted.includes('_') ? '_' : '-'}${number}`
    if (!Object.hasOwn(taken, name)) return name
  }
}
