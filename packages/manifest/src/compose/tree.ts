// YAML text to a tree whose every value knows its line, with aliases, merge keys and
// ${VAR:-default} worked out. Pure.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, Scalar } from 'yaml'
import type { Document, Node, YAMLMap } from 'yaml'
import type { Problem, Warning } from '../error.ts'
import { interpolate } from './interpolation.ts'
import { printable } from './printable.ts'

/** Where a value stands. */
export type Place = { readonly line: number; readonly column: number; readonly path: string }

/** A key of a mapping with its value, and where the key stands. */
export type Entry = { readonly key: string; readonly at: Place; readonly value: Value }
/** A mapping, in the order it was written. */
export type MapValue = { readonly kind: 'map'; readonly at: Place; readonly entries: Entry[] }
/** A sequence. */
export type ListValue = { readonly kind: 'list'; readonly at: Place; readonly items: Value[] }
/**
 * `text` is what is written there, quotes removed: `1.10` stays `1.10`. `quoted` tells `"8080"`
 * from `8080`.
 */
export type ScalarValue = {
  readonly kind: 'scalar'
  readonly at: Place
  readonly text: string
  readonly type: 'string' | 'number' | 'boolean' | 'null'
}
/** Any node of a YAML document whose aliases are resolved. */
export type Value = MapValue | ListValue | ScalarValue

/** Collects everything wrong and everything worth knowing, up to a bound. */
export class Notes {
  readonly problems: Problem[] = []
  readonly warnings: Warning[] = []

  /** Notes what is wrong; after 200 nothing more. */
  refuse(at: Place, code: string, message: string): void {
    if (this.problems.length < 200) this.problems.push({ code, message, ...at })
  }

  /** Notes what is worth knowing; after 200 nothing more. */
  warn(at: Place, code: string, message: string): void {
    if (this.warnings.length < 200)
      this.warnings.push({ code, message: `${at.path}: ${message}`, line: at.line })
  }
}

const maxValues = 20_000
const maxDepth = 32
const maxAliases = 100

/** Reads one YAML 1.2 document; undefined after a problem that leaves nothing to look at. */
export function readTree(text: string, notes: Notes): Value | undefined {
  const lines = new LineCounter()
  let documents: ReturnType<typeof parseAllDocuments>
  try {
    documents = parseAllDocuments(text, {
      lineCounter: lines,
      // Compared below, in linear time.
      uniqueKeys: false,
      strict: true,
      prettyErrors: false,
      logLevel: 'silent',
      version: '1.2',
    })
  } catch {
    // The parser is recursive: a few thousand open brackets exhaust its stack.
    notes.refuse({ line: 1, column: 1, path: '' }, 'yaml.too-complex', 'too deeply nested')
    return undefined
  }
  if (!Array.isArray(documents) || documents.length === 0) {
    notes.refuse({ line: 1, column: 1, path: '' }, 'yaml.empty', 'expected a Compose file')
    return undefined
  }
  const [document, second] = documents as Document.Parsed[]
  if (document === undefined) return undefined
  // One slip makes many more: the first ones say where.
  for (const issue of [...document.errors, ...document.warnings].slice(0, 3)) {
    const { line, col } = lines.linePos(issue.pos[0])
    const message = (issue.message.split('\n')[0] ?? '').slice(0, 200)
    const at = { line: Math.max(line, 1), column: Math.max(col, 1), path: '' }
    notes.refuse(at, 'yaml.syntax', message)
  }
  if (second !== undefined)
    notes.refuse(placeOf(lines, second.range[0], ''), 'yaml.documents', 'expected one document')
  if (notes.problems.length > 0) return undefined
  return new TreeReader(document, lines, notes).read(document.contents, '', 0, 0)
}

function placeOf(lines: LineCounter, offset: number, path: string): Place {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1), path }
}

class TreeReader {
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  readonly #notes: Notes
  #count = 0
  #aliases = 0

  constructor(document: Document.Parsed, lines: LineCounter, notes: Notes) {
    this.#document = document
    this.#lines = lines
    this.#notes = notes
  }

  /** `offset` is used where a node has no place of its own (an empty value). */
  read(node: unknown, path: string, offset: number, depth: number): Value {
    const start = (node as Node | null)?.range?.[0] ?? offset
    const at = placeOf(this.#lines, start, path)
    if (++this.#count > maxValues || depth > maxDepth) {
      if (this.#count <= maxValues + 1 || depth > maxDepth)
        this.#notes.refuse(at, 'yaml.too-complex', `at most ${maxValues} values, ${maxDepth} deep`)
      this.#count = maxValues + 1
      return nothing(at)
    }
    if (isAlias(node)) {
      if (++this.#aliases > maxAliases) {
        if (this.#aliases === maxAliases + 1)
          this.#notes.refuse(at, 'yaml.too-complex', `at most ${maxAliases} aliases`)
        return nothing(at)
      }
      const target = node.resolve(this.#document)
      if (target !== undefined) return this.read(target, path, start, depth + 1)
      this.#notes.refuse(at, 'yaml.alias', `there is no anchor &${node.source} before`)
      return nothing(at)
    }
    const tag = (node as Node | null)?.tag
    if (tag !== undefined && !tag.startsWith('tag:yaml.org,2002:'))
      this.#notes.refuse(at, 'yaml.tag', `the tag ${tag.slice(0, 40)} is not supported: remove it`)
    if (isMap(node)) return { kind: 'map', at, entries: this.#entries(node, path, start, depth) }
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.read(item, `${path}[${i}]`, start, depth + 1))
      return { kind: 'list', at, items }
    }
    return isScalar(node) ? this.#scalar(node, at) : nothing(at)
  }

  #entries(map: YAMLMap, path: string, offset: number, depth: number): Entry[] {
    const own = new Map<string, Entry>()
    const merged = new Map<string, Entry>()
    for (const pair of map.items) {
      const key: unknown = pair.key
      const start = (key as Node | null)?.range?.[0] ?? offset
      const at = placeOf(this.#lines, start, path)
      if (!isScalar(key)) {
        this.#notes.refuse(at, 'yaml.key', 'expected a plain name as key')
        continue
      }
      if (key.type === Scalar.PLAIN && keyText(key) === '<<') {
        for (const entry of this.#merge(pair.value, path, start, depth))
          if (!merged.has(entry.key)) merged.set(entry.key, entry)
        continue
      }
      const name = keyText(key)
      const inside = path === '' ? name : `${path}.${name}`
      const value = this.read(pair.value, inside, start, depth + 1)
      if (own.has(name))
        this.#notes.refuse(
          at,
          'yaml.duplicate-key',
          `"${printable(name)}" is given twice: remove one`,
        )
      own.set(name, { key: name, at: { ...at, path: inside }, value })
    }
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry)
    return [...own.values()]
  }

  /** `<<: *anchor` or a list of them; the first one wins. */
  #merge(node: unknown, path: string, offset: number, depth: number): Entry[] {
    const value = this.read(node, path, offset, depth + 1)
    const maps = value.kind === 'list' ? value.items : [value]
    return maps.flatMap((map) => {
      if (map.kind === 'map') return map.entries
      this.#notes.refuse(map.at, 'yaml.merge', 'expected a mapping after <<')
      return []
    })
  }

  #scalar(node: Scalar, at: Place): ScalarValue {
    const { value } = node
    if (value === null || value === undefined) return nothing(at)
    if (typeof value === 'string') {
      const text = interpolate(value, (code, message) => this.#notes.refuse(at, code, message))
      return { kind: 'scalar', at, text, type: 'string' }
    }
    const text = node.source ?? JSON.stringify(value) ?? ''
    if (typeof value === 'boolean') return { kind: 'scalar', at, text, type: 'boolean' }
    return { kind: 'scalar', at, text, type: 'number' }
  }
}

function keyText(key: Scalar): string {
  return key.value === null ? '' : (key.source ?? JSON.stringify(key.value) ?? '')
}

function nothing(at: Place): ScalarValue {
  return { kind: 'scalar', at, text: '', type: 'null' }
}
