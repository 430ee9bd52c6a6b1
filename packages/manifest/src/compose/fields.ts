// Reading typed values out of the tree; whatever does not fit becomes a problem with its place.
// Pure.
import { printable } from './printable.ts'
import type { Entry, ListValue, Notes, Place, Value } from './tree.ts'
import { parseDurationMs, parseWhole } from './units.ts'

/** What to do with each key: read it, or the reason why it is refused. */
export type Keys = Readonly<Record<string, ((value: Value, at: Place) => void) | Refusal>>

/** Why a key is refused: its code and what to do instead. */
export type Refusal = {
  readonly code: 'key.dangerous' | 'key.unsupported'
  readonly reason: string
}

/** A key that would break the isolation of the machine or of the application. */
export function dangerous(reason: string): Refusal {
  return { code: 'key.dangerous', reason }
}

/** A key that has no meaning here. */
export function unsupported(reason: string): Refusal {
  return { code: 'key.unsupported', reason }
}

/** Walks a mapping: every key is either read or refused; `x-` keys are dropped with a warning. */
export function readKeys(value: Value, notes: Notes, keys: Keys): void {
  for (const { key, at, value: inner } of entriesOf(value, notes)) {
    const rule = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (typeof rule === 'function') rule(inner, at)
    else if (rule !== undefined) notes.refuse(at, rule.code, `${key} is refused: ${rule.reason}`)
    else if (key.startsWith('x-'))
      notes.warn(at, 'key.dropped', 'extension keys are left out of the manifest')
    else notes.refuse(at, 'key.unknown', unknownKey(key, keys))
  }
}

function unknownKey(key: string, keys: Keys): string {
  const names = Object.keys(keys).filter((name) => typeof keys[name] === 'function')
  const near = names.find((name) => distance(name, key) <= 2)
  const hint = near === undefined ? `expected one of ${names.join(', ')}` : `did you mean ${near}?`
  return `"${printable(key)}" is not a key of this section: ${hint}`
}

/** Levenshtein distance, given up above 2 by length. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    row = next
  }
  return row[b.length] ?? 3
}

/** Entries of a mapping; nothing, with a problem, for anything else. */
export function entriesOf(value: Value, notes: Notes): readonly Entry[] {
  if (value.kind === 'map') return value.entries
  notes.refuse(value.at, 'value.type', `expected a mapping, got ${described(value)}`)
  return []
}

/** Items of a list of at most `maximum`. */
export function itemsOf(value: Value, notes: Notes, maximum: number): readonly Value[] {
  if (value.kind !== 'list') {
    notes.refuse(value.at, 'value.type', `expected a list, got ${described(value)}`)
    return []
  }
  if (value.items.length > maximum) tooMany(value, notes, maximum)
  return value.items.slice(0, maximum)
}

function tooMany(value: ListValue, notes: Notes, maximum: number): void {
  notes.refuse(value.at, 'value.range', `expected at most ${maximum}, got ${value.items.length}`)
}

/** A string or number as written. */
export function textOf(value: Value, notes: Notes, what: string): string | undefined {
  if (value.kind === 'scalar' && (value.type === 'string' || value.type === 'number'))
    return checkedText(value.text, value.at, notes)
  notes.refuse(value.at, 'value.type', `expected ${what}, got ${described(value)}`)
  return undefined
}

function checkedText(text: string, at: Place, notes: Notes): string | undefined {
  if (text.isWellFormed() && !text.includes('\0')) return text
  notes.refuse(at, 'value.invalid', 'expected text without NUL and lone surrogates')
  return undefined
}

/** A string that matches, or one of a few. */
export function choiceOf<T extends string>(
  value: Value,
  notes: Notes,
  choices: readonly T[],
): T | undefined {
  const text = textOf(value, notes, choices.join(' or '))
  if (text === undefined) return undefined
  const found = choices.find((choice) => choice === text)
  if (found === undefined)
    notes.refuse(
      value.at,
      'value.invalid',
      `expected ${choices.join(' or ')}, got "${printable(text)}"`,
    )
  return found
}

/** A YAML boolean; anything else is noted and undefined. */
export function booleanOf(value: Value, notes: Notes): boolean | undefined {
  if (value.kind === 'scalar' && /^(?:true|false)$/i.test(value.text) && value.type !== 'null')
    return value.text.toLowerCase() === 'true'
  notes.refuse(value.at, 'value.type', `expected true or false, got ${described(value)}`)
  return undefined
}

/** A value parsed by `parse` within a range; the message names what was expected. */
export function amountOf(
  value: Value,
  notes: Notes,
  rule: {
    readonly what: string
    readonly parse: (text: string) => number | undefined
    readonly minimum: number
    readonly maximum: number
  },
): number | undefined {
  const text = textOf(value, notes, rule.what)
  if (text === undefined) return undefined
  const amount = rule.parse(text)
  if (amount === undefined)
    notes.refuse(value.at, 'value.invalid', `expected ${rule.what}, got "${printable(text)}"`)
  else if (amount < rule.minimum || amount > rule.maximum)
    notes.refuse(value.at, 'value.range', `"${printable(text)}" is out of range: ${rule.what}`)
  else return amount
  return undefined
}

/** A whole number. */
export function wholeOf(value: Value, notes: Notes, minimum: number, maximum: number) {
  const what = `a whole number from ${minimum} to ${maximum}`
  return amountOf(value, notes, { what, parse: parseWhole, minimum, maximum })
}

/** A duration such as `30s`, in milliseconds. */
export function durationOf(value: Value, notes: Notes, minimum: number, maximum: number) {
  const what = `a duration such as 30s, from ${minimum / 1000} s to ${maximum / 1000} s`
  return amountOf(value, notes, { what, parse: parseDurationMs, minimum, maximum })
}

function described(value: Value): string {
  if (value.kind !== 'scalar') return value.kind === 'map' ? 'a mapping' : 'a list'
  return value.type === 'null' ? 'nothing' : `"${printable(value.text)}"`
}
