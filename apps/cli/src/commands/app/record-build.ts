// `wetee app record-build FILE`: a builder's record of a build on chain. Reads a file.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { parseBuildRecord, planRecordBuild } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

const maxBytes = 4_096

export function appRecordBuildCommand(context: Context): Command {
  const command = new Command('record-build')
    .description('Keep on chain what a builder has signed of a build; anybody may send it')
    .argument('<file>', 'what `wetee build --builder APP --record FILE` has written')
    .action((file: string, options: SigningOptions) =>
      runIntent(context, options, (network) =>
        Promise.resolve(planRecordBuild(network, parseBuildRecord(read(context, file)))),
      ),
    )
  return withExample(withSigning(command), 'wetee app record-build app.record.json')
}

function read(context: Context, file: string): string {
  const path = resolve(context.cwd, file)
  try {
    if (statSync(path).size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CliError('usage', `${path} cannot be read: ${why}`, { cause })
  }
}
