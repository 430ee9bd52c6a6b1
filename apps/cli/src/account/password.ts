// Where a password comes from: a file, or a hidden prompt; never an argument. Reads files.
import { readFileSync, statSync } from 'node:fs'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'

const maxPasswordBytes = 1024

/** `--password-file`, then `$WETEE_PASSWORD_FILE`, then `fallbackFile`, then a hidden prompt. Throws `account.password-missing`, `account.password-unreadable`. */
export async function readPassword(
  context: Context,
  options: { file?: string; fallbackFile?: string; confirm?: boolean; what: string },
): Promise<string> {
  const named = options.file ?? nonEmpty(context.env['WETEE_PASSWORD_FILE']) ?? options.fallbackFile
  if (named !== undefined) return readSecretFile(named, 'password')
  if (!context.interactive)
    throw new CliError(
      'account.password-missing',
      `${options.what} needs a password: give --password-file FILE or set WETEE_PASSWORD_FILE (there is no terminal to ask on)`,
    )
  const password = await context.readSecret(`Password for ${options.what}: `)
  if (options.confirm === true && (await context.readSecret('The same again: ')) !== password)
    throw new CliError('account.password-differs', 'the two passwords differ: nothing was written')
  return password
}

/** First line of a small file, without its end. */
export function readSecretFile(path: string, what: string): string {
  try {
    if (statSync(path).size > maxPasswordBytes) throw new Error('it is too large')
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? ''
  } catch (cause) {
    throw new CliError(
      `account.${what}-unreadable`,
      `the ${what} file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
