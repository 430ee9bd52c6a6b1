// What a configuration amounts to, key by key: value, where it comes from, what it is for. Pure.
import { HIDDEN_MARK, nodeAt, type SchemaNode } from './config-document.ts'

/** One key of a configuration. */
export type ConfigValue = {
  /** `outer.inner`; items of lists by their index. */
  readonly key: string
  /** What the daemon works with; `[set]` where the schema says that it is not shown. */
  readonly value: unknown
  readonly source: 'file' | 'default'
  /** Empty where the schema says nothing about it. */
  readonly description: string
}

const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/i
const HIDDEN = '[set]'

/** Every key that has a value, in the order of the schema; credentials in addresses are left out. */
export function configValues(document: SchemaNode, given: unknown, config: unknown): ConfigValue[] {
  const values: ConfigValue[] = []
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    const node = nodeAt(document, path)
    if (node?.[HIDDEN_MARK] !== true && isBranch(value)) {
      for (const [name, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(name) : name])
      return
    }
    if (value === undefined) return
    values.push({
      key: path.join('.'),
      value: node?.[HIDDEN_MARK] === true ? HIDDEN : shown(value),
      source: isGiven(given, path) ? 'file' : 'default',
      description: node?.description ?? '',
    })
  }
  walk(config, [])
  return values
}

/** An object or list with something in it: an empty one is a value of its own. */
function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function shown(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(CREDENTIALS, `$1${HIDDEN}@`) : value
}

function isGiven(given: unknown, path: readonly (string | number)[]): boolean {
  let at = given
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false
    at = (at as Record<string | number, unknown>)[key]
  }
  return true
}
