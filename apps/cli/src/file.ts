// Text files that a command is given, and those it is piped. Reads files and stdin.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from './context.ts'
import { CliError } from './error.ts'

/** The text of a file, or of stdin for `-`; throws `file.not-found`, `file.unreadable`. `what` completes "give the path of ...". */
export function readText(context: Context, file: string, what: string, maxBytes: number): string {
  try {
    const path = file === '-' ? 0 : resolve(context.cwd, file)
    if (typeof path === 'string' && statSync(path).size > maxBytes)
      throw new Error(`it is larger than ${maxBytes} bytes`)
    const text = readFileSync(path, 'utf8')
    if (Buffer.byteLength(text) > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    return text
  } catch (cause) {
    throw fileError(file, what, cause)
  }
}

/** The bytes of a file, for a digest; throws as `readText`. */
export function readBytes(
  context: Context,
  file: string,
  what: string,
  maxBytes: number,
): Uint8Array {
  readTextSize(context, file, what, maxBytes)
  return readFileSync(resolve(context.cwd, file))
}

/** Why a file could not be read: `file.not-found` or `file.unreadable`, in the words of all commands. */
export function fileError(file: string, what: string, cause: unknown): CliError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  return new CliError(
    missing ? 'file.not-found' : 'file.unreadable',
    missing
      ? `there is no file ${file}: give the path of ${what}`
      : `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
}

function readTextSize(context: Context, file: string, what: string, maxBytes: number): void {
  try {
    if (statSync(resolve(context.cwd, file)).size <= maxBytes) return
  } catch (cause) {
    throw new CliError('file.not-found', `there is no file ${file}: give the path of ${what}`, {
      cause,
    })
  }
  throw new CliError('file.unreadable', `${file} is larger than ${maxBytes} bytes`)
}
