// `wetee logs key`: makes the key that logs and failure bundles are sealed to. Writes a file.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import { withExample } from '../options.ts'
import { printJson, printLine } from '../output/print.ts'

type Options = { readonly out: string; readonly json?: boolean }

export function logsKeyCommand(context: Context): Command {
  const command = new Command('key')
    .description('Make a key that logs and failure bundles are sealed to')
    .requiredOption(
      '--out <file>',
      'where the secret half goes (new, mode 0600): keep a copy of it',
    )
    .option('--json', 'one JSON document on stdout')
    .action((options: Options) => run(context, options))
  return withExample(command, 'wetee logs key --out log.key')
}

async function run(context: Context, options: Options): Promise<void> {
  const { logKey, file } = await context.sdk.makeLogKey()
  try {
    writeFileSync(resolve(context.cwd, options.out), file, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new CliError(
      'file.unwritable',
      exists
        ? `${options.out} is there already: choose another name, a key that is replaced is lost`
        : `${options.out} cannot be written`,
      { cause },
    )
  }
  if (options.json === true) printJson(context, { logKey, file: options.out })
  else {
    printLine(context, 'x-wetee:')
    printLine(context, `  logKey: "${logKey}"`)
  }
}
