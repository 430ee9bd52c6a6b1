// `wetee evidence`: the group of commands about evidence in files, and what it is judged by.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import type { ExitCode } from '../../error.ts'
import { withExample } from '../../options.ts'
import { evidenceAppraiseCommand } from './appraise.ts'

export function evidenceCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('evidence')
    .description('Judge and explain evidence of TEEs; nothing here needs a network or an account')
    .addCommand(evidenceAppraiseCommand(context, finish))
  return withExample(command, 'wetee evidence show quote.bin')
}
