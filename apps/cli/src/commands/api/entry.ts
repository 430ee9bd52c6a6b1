// What adding and updating share: one entry of a Compose file. Reads it.
import { apiEntryOf, resolveApp, type planApiAdd } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import type { SigningOptions } from '../../options.ts'
import { maxComposeBytes } from '../deploy.ts'

/** Plans with the entry of that name. */
export function runEntry(
  context: Context,
  options: SigningOptions,
  { app, file, name }: { readonly app: string; readonly file: string; readonly name: string },
  plan: typeof planApiAdd,
): Promise<void> {
  const text = readText(context, file, 'a Compose file', maxComposeBytes)
  // The name of the application is on the command line: the file's own does not matter.
  const entry = apiEntryOf(text, name, { name: 'any', file })
  return runIntent(context, options, async (network) =>
    plan(network, await resolveApp(network, app), entry),
  )
}
