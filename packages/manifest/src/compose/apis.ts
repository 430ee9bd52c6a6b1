// `x-wetee.apis` to definitions and terms of APIs that contracts may call. Pure.
import {
  apiLimits,
  BridgeError,
  serializeDefinition,
  type ApiTerms,
  type Definition,
} from '@wetee/bridge'
import { isAddress, type Address } from 'viem'
import {
  amountOf,
  choiceOf,
  durationOf,
  entriesOf,
  itemsOf,
  readKeys,
  textOf,
  wholeOf,
} from './fields.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'
import { parseBytes } from './units.ts'

/** An API as the file has it. Not part of the manifest: it is registered on chain, where its version and price may change alone. */
export type ApiEntry = {
  readonly name: string
  /** RFC 8785 text, as `parseDefinition` of @wetee/bridge reads it. */
  readonly definition: string
  readonly terms: ApiTerms
  /** Who alone may call; empty where anybody may. */
  readonly callers: readonly Address[]
}

/** An API whose port may still have to be found. */
export type ApiDraft = {
  readonly name: string
  readonly at: Place
  /** Of the parts that the definition's reader may complain about, by its own paths. */
  readonly places: Map<string, Place>
  readonly definition: { -readonly [K in keyof Definition]?: unknown }
  readonly terms: ApiTerms
  readonly callers: Address[]
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const defaults = { callbackGas: 200_000, maxPayloadBytes: 1_024, timeoutSeconds: 60 }
/** Native DOT has 10 decimals, the Ethereum RPC counts 18. */
const PLANCK_WEI = 100_000_000n

/** A mapping of names to APIs. */
export function readApis(value: Value, notes: Notes): ApiDraft[] {
  const entries = entriesOf(value, notes)
  if (entries.length > apiLimits.apis)
    notes.refuse(value.at, 'value.range', `expected at most ${apiLimits.apis} APIs`)
  return entries
    .slice(0, apiLimits.apis)
    .map(({ key, at, value: inner }) => readApi(key, inner, at, notes))
}

/** Definitions with their ports: the one that was named, or the only one that is published. */
export function resolveApis(
  apis: readonly ApiDraft[],
  published: readonly number[],
  notes: Notes,
): ApiEntry[] {
  const resolved: ApiEntry[] = []
  for (const { name, at, places, definition, terms, callers } of apis) {
    const port = definition.port ?? (published.length === 1 ? published[0] : undefined)
    if (port === undefined)
      notes.refuse(at, 'api.port', `expected port:, as ${published.length} ports are published`)
    else if (!published.includes(port as number))
      notes.refuse(
        places.get('port') ?? at,
        'api.port',
        `no service publishes port ${port as number}`,
      )
    if (port === undefined || notes.problems.length > 0) continue
    try {
      const text = serializeDefinition({ ...definition, port } as Definition)
      resolved.push({ name, definition: text, terms, callers })
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error
      notes.refuse(placeOf(error.message, places) ?? at, 'api.invalid', error.message)
    }
  }
  return resolved
}

function readApi(name: string, value: Value, at: Place, notes: Notes): ApiDraft {
  const definition: ApiDraft['definition'] = {
    format: 'wetee/api/v1',
    name,
    method: 'GET',
    path: `/${name}`,
    request: [],
    response: [],
  }
  const terms = { priceWei: 0n, ...defaults, restricted: false }
  const callers: Address[] = []
  const places = new Map<string, Place>()
  let request: Value | undefined
  let response: Value | undefined
  const { minPayloadBytes, maxPayloadBytes, minTimeoutSeconds, maxTimeoutSeconds } = apiLimits
  readKeys(value, notes, {
    method: (v) => {
      places.set('method', v.at)
      definition.method = choiceOf(v, notes, methods) ?? 'GET'
    },
    path: (v) => {
      places.set('path', v.at)
      definition.path = textOf(v, notes, 'a path such as /price/{symbol}') ?? ''
    },
    port: (v) => {
      places.set('port', v.at)
      definition.port = wholeOf(v, notes, 1, 65_535)
    },
    request: (v) => (request = v),
    response: (v) => (response = v),
    price: (v) => (terms.priceWei = dotOf(v, notes) ?? 0n),
    callbackGas: (v) =>
      (terms.callbackGas = wholeOf(v, notes, 0, apiLimits.callbackGas) ?? terms.callbackGas),
    maxPayload: (v) =>
      (terms.maxPayloadBytes =
        amountOf(v, notes, {
          what: `a size such as 1k, from ${minPayloadBytes} to ${maxPayloadBytes} bytes`,
          parse: parseBytes,
          minimum: minPayloadBytes,
          maximum: maxPayloadBytes,
        }) ?? terms.maxPayloadBytes),
    timeout: (v) =>
      (terms.timeoutSeconds = Math.ceil(
        (durationOf(v, notes, minTimeoutSeconds * 1_000, maxTimeoutSeconds * 1_000) ?? 60_000) /
          1_000,
      )),
    callers: (v) => void callers.push(...readCallers(v, notes)),
  })
  terms.restricted = callers.length > 0
  if (request !== undefined) definition.request = readParameters(request, definition, places, notes)
  if (response === undefined)
    notes.refuse(at, 'api.response', 'expected response: with at least one field')
  else definition.response = readFields(response, places, notes)
  return { name, at, places, definition, terms, callers }
}

/** `symbol: string`, or a mapping with `type`, `in` and `as`; in the order of the arguments. */
function readParameters(
  value: Value,
  { method, path }: ApiDraft['definition'],
  places: Map<string, Place>,
  notes: Notes,
): unknown[] {
  return entriesOf(value, notes).map(({ key, at, value: inner }, index) => {
    places.set(`request.${index}`, at)
    const bodied = method !== 'GET' && method !== 'DELETE'
    const usual = String(path).includes(`{${key}}`) ? 'path' : bodied ? 'body' : 'query'
    const parameter: Record<string, unknown> = { name: key, type: '', in: usual }
    if (inner.kind !== 'map') parameter['type'] = textOf(inner, notes, 'a type') ?? ''
    else
      readKeys(inner, notes, {
        type: (v) => (parameter['type'] = textOf(v, notes, 'a type')),
        in: (v) =>
          (parameter['in'] = choiceOf(v, notes, ['path', 'query', 'body', 'header']) ?? usual),
        as: (v) => (parameter['as'] = choiceOf(v, notes, ['number'])),
      })
    return parameter
  })
}

/** `price: uint256` of the JSON field `price`, or a mapping with `type`, `pointer`, `from` and `decimals`. */
function readFields(value: Value, places: Map<string, Place>, notes: Notes): unknown[] {
  return entriesOf(value, notes).map(({ key, at, value: inner }, index) => {
    places.set(`response.${index}`, at)
    const field: Record<string, unknown> = { name: key, type: '' }
    if (inner.kind !== 'map') field['type'] = textOf(inner, notes, 'a type') ?? ''
    else
      readKeys(inner, notes, {
        type: (v) => (field['type'] = textOf(v, notes, 'a type')),
        pointer: (v) => (field['pointer'] = textOf(v, notes, 'a JSON pointer such as /data/0')),
        from: (v) => {
          const from = choiceOf(v, notes, ['json', 'body', 'digest'])
          if (from !== undefined && from !== 'json') field['from'] = from
        },
        decimals: (v) => (field['decimals'] = wholeOf(v, notes, 0, 77)),
      })
    if (field['pointer'] === undefined && field['from'] === undefined) field['pointer'] = `/${key}`
    return field
  })
}

/** A list of addresses; contracts or accounts. */
function readCallers(value: Value, notes: Notes): Address[] {
  const callers: Address[] = []
  const items = itemsOf(value, notes, apiLimits.callers)
  if (items.length === 0 && value.kind === 'list')
    notes.refuse(value.at, 'api.callers', 'nobody may call: name a caller, or leave callers out')
  for (const item of items) {
    const text = textOf(item, notes, 'an address')
    if (text === undefined) continue
    if (!isAddress(text) || /^0x0*$/.test(text))
      notes.refuse(
        item.at,
        'api.callers',
        `expected an address of 20 bytes with a right checksum, got "${printable(text)}"`,
      )
    else if (callers.some((known) => known.toLowerCase() === text.toLowerCase()))
      notes.refuse(item.at, 'api.callers', `${text} is listed twice: remove one`)
    else callers.push(text)
  }
  return callers
}

/** DOT with up to ten decimals, in wei. */
function dotOf(value: Value, notes: Notes): bigint | undefined {
  const what = 'DOT per call such as 0.01, with up to ten decimals'
  const text = textOf(value, notes, what)
  if (text === undefined) return undefined
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,10}))?$/.exec(text) ?? []
  if (whole !== undefined) return BigInt(whole + fraction.padEnd(10, '0')) * PLANCK_WEI
  notes.refuse(value.at, 'value.invalid', `expected ${what}, got "${printable(text)}"`)
  return undefined
}

/** Where `request.0.type: ...` stands. */
function placeOf(message: string, places: ReadonlyMap<string, Place>): Place | undefined {
  const [path = ''] = /^[a-z]+(\.\d+)?/.exec(message) ?? []
  return places.get(path)
}
