// Reads a daemon's configuration file: JSON, bounded, checked by its schema. Does file I/O.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import type { z } from 'zod'
import { keysOf, nodeAt, schemaDocument, type SchemaNode } from './config-document.ts'
import { codeOf, DaemonError } from './daemon-error.ts'

/** Largest configuration file, bytes. */
export const MAX_CONFIG_BYTES = 262_144
const MAX_ISSUES = 8

/** A configuration, and what its file itself says. */
export type ReadConfig<T> = {
  /** The file's JSON; keys that it leaves out are those that have their default. */
  readonly given: unknown
  readonly config: T
}

/** As `readConfig`, without what the file itself says. */
export function loadConfig<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  return readConfig(file, schema).config
}

/**
 * Reads and parses `file`; unknown keys are refused when the schema is strict. Paths in it are taken as they are written,
 * relative ones from the working directory. Throws DaemonError `config.unreadable`, `config.too-large`, `config.not-json`
 * and `config.invalid`, which names each key with what was expected there and never shows a value.
 */
export function readConfig<S extends z.ZodType>(file: string, schema: S): ReadConfig<z.output<S>> {
  const given = parseJson(file, readBounded(file))
  const parsed = schema.safeParse(given)
  if (parsed.success) return { given, config: parsed.data }
  const document = schemaDocument(schema, '')
  const found = parsed.error.issues.flatMap((issue) => linesOf(document, issue, []))
  const lines = found.slice(0, MAX_ISSUES).map((line) => `\n  ${line}`)
  const more = found.length > MAX_ISSUES ? `\n  and ${found.length - MAX_ISSUES} more` : ''
  throw new DaemonError('config.invalid', `${file}: correct these keys${lines.join('')}${more}`)
}

function readBounded(file: string): string {
  let handle: number | undefined
  try {
    handle = openSync(file, 'r')
    const stat = fstatSync(handle)
    if (!stat.isFile()) throw new DaemonError('config.unreadable', `${file}: is not a file`)
    if (stat.size > MAX_CONFIG_BYTES)
      throw new DaemonError(
        'config.too-large',
        `${file}: has ${stat.size} bytes, a configuration has at most ${MAX_CONFIG_BYTES}`,
      )
    return readFileSync(handle, 'utf8')
  } catch (cause) {
    if (cause instanceof DaemonError) throw cause
    const why = codeOf(cause) === 'ENOENT' ? 'there is no such file' : codeOf(cause)
    throw new DaemonError('config.unreadable', `${file}: cannot be read: ${why}`, { cause })
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // The engine's message quotes the text, which may be a secret in the wrong place: only its position is kept.
    const at = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    throw new DaemonError(
      'config.not-json',
      `${file}: is not JSON${at === undefined ? '' : `, see ${at}`}`,
    )
  }
}

/** One line per wrong key, with what the key is for. Of alternatives the one that fits best speaks. */
function linesOf(
  document: SchemaNode,
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
): string[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
    return best.flatMap((inner) => linesOf(document, inner, path))
  }
  const node = nodeAt(document, path)
  const hint =
    issue.code === 'unrecognized_keys'
      ? `here may be ${keysOf(node).join(', ')}`
      : node?.description
  const where = path.length === 0 ? 'the whole' : path.map(String).join('.')
  return [`${where}: ${issue.message}${hint === undefined ? '' : ` (${hint})`}`]
}
