// `wetee dsecret report FILE`: shows the contract what a node signed and should not have; the node loses its stake.
import { Command } from 'commander'
import { planMisconductReport } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

/** Bytes of a misconduct file at most. */
const maxFileBytes = 131_072

export function dsecretReportCommand(context: Context): Command {
  const command = new Command('report')
    .description('Report a node for a wrong release or two messages that differ; the first earns')
    .argument('<file>', 'misconduct file: as a worker keeps it, or of two messages')
    .action((file: string, options: SigningOptions) => {
      const text = readText(context, file, 'a misconduct file', maxFileBytes)
      return runIntent(context, options, (network) => planMisconductReport(network, text))
    })
  return withExample(
    withSigning(command),
    'wetee dsecret report state/misconduct/5f0c1d2e3a4b5c6d.json --dry-run',
    'wetee dsecret report wrong.json',
  )
}
