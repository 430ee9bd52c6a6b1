// `wetee evidence`: the group of commands about evidence in files, and what it is judged by.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import type { ExitCode } from '../../error.ts'
import { withExample } from '../../options.ts'
import { evidenceAppraiseCommand } from './appraise.ts'
import { evidenceConfigDigestCommand } from './config-digest.ts'
import { evidenceFetchCommand } from './fetch.ts'
import { evidenceReferencesCommand } from './references.ts'
import { evidenceShowCommand } from './show.ts'

export function evidenceCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('evidence')
    .description('Judge and explain evidence of TEEs, and what it is judged by')
    .addCommand(evidenceAppraiseCommand(context, finish))
    .addCommand(evidenceShowCommand(context))
    .addCommand(evidenceFetchCommand(context))
    .addCommand(evidenceReferencesCommand(context))
    .addCommand(evidenceConfigDigestCommand(context))
  return withExample(
    command,
    'wetee evidence show quote.bin',
    'wetee evidence fetch --evidence quote.bin --out collateral.json',
    'wetee evidence appraise --evidence quote.bin --collateral collateral.json',
  )
}
