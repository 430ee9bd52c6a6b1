// What a record of kind `logs` holds: lines, each as one JSON array. Pure.
import { utf8ToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod'
import { SealedLogError } from './error.ts'

/** A line as it is kept. */
export type SealedLine = {
  readonly service: string
  readonly stream: 'stdout' | 'stderr'
  /** Milliseconds since 1970, by the agent's clock. */
  readonly atMs: number
  /** Of its service in its instance, from 1: missing ones show. */
  readonly number: number
  readonly text: string
}

const lineSchema = z.tuple([
  z.string().max(63),
  z.enum(['stdout', 'stderr']),
  z.int().nonnegative(),
  z.int().min(1),
  z.string().max(65_536),
])

/** The line as text, its end included. */
export function encodeLine({ service, stream, atMs, number, text }: SealedLine): string {
  return `${JSON.stringify([service, stream, atMs, number, text])}\n`
}

/** Lines to content. */
export function encodeLines(lines: readonly SealedLine[]): Uint8Array {
  return utf8ToBytes(lines.map(encodeLine).join(''))
}

/** Content to lines. Throws SealedLogError `record.invalid`. */
export function decodeLines(content: Uint8Array): SealedLine[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    if (text !== '' && !text.endsWith('\n')) throw new Error('cut off')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [service, stream, atMs, number, said] = lineSchema.parse(JSON.parse(line))
        return { service, stream, atMs, number, text: said }
      })
  } catch (cause) {
    throw new SealedLogError('record.invalid', 'its content is no list of lines', { cause })
  }
}
