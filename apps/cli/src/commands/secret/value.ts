// Where a secret's value comes from: a file, stdin or a hidden prompt; never an argument. Reads files and stdin.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { maxSecretBytes } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { fileError } from '../../file.ts'

/** The bytes of a file or of stdin (`-`) as they are, or one line that is typed. Throws `file.not-found`, `secret.value-missing`. */
export async function readValue(
  context: Context,
  name: string,
  file: string | undefined,
): Promise<Uint8Array> {
  if (file !== undefined) return readFrom(context, file)
  if (context.interactive)
    return new TextEncoder().encode(await context.readSecret(`Value of "${name}": `))
  throw new CliError(
    'secret.value-missing',
    `there is no terminal to ask for the value of "${name}": give --file FILE, or --file - and pipe it`,
  )
}

function readFrom(context: Context, file: string): Uint8Array {
  try {
    const path = file === '-' ? 0 : resolve(context.cwd, file)
    if (typeof path === 'string' && statSync(path).size > maxSecretBytes)
      throw new Error(`it is larger than the ${maxSecretBytes} bytes of a secret`)
    return readFileSync(path)
  } catch (cause) {
    throw fileError(file, "the secret's value", cause)
  }
}
