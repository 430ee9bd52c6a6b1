// Results to stdout: one JSON document, or text. Colours only where wanted. Writes streams.
import type { Context } from '../context.ts'

/** One JSON document; bigints as decimal strings. */
export function printJson(context: Context, value: unknown): void {
  context.stdout.write(`${toJson(value, 2)}\n`)
}

/** JSON text; bigints as decimal strings. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    indent,
  )
}

/** A line of text for people. */
export function printLine(context: Context, line = ''): void {
  context.stdout.write(`${line}\n`)
}

const codes = { red: '31', green: '32', yellow: '33', grey: '90', bold: '1', banner: '1;97;41' }

/** Text in a colour, when the terminal wants colours. */
export function paint(context: Context, colour: keyof typeof codes, text: string): string {
  return context.colour ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
}

/** Text of others: control characters cannot reach the terminal. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}

/** Columns padded to their widest cell; the last is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** `label  value` lines with aligned values. */
export function facts(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([label]) => label.length))
  return pairs.map(([label, value]) => `${label.padEnd(width)}  ${value}`)
}
