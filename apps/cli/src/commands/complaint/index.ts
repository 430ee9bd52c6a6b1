// `wetee complaint`: the group of commands about workers that failed their applications.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { complaintAnswerCommand } from './answer.ts'
import { complaintDismissCommand } from './dismiss.ts'
import { complaintFileCommand } from './file.ts'
import { complaintListCommand } from './list.ts'
import { complaintRejectCommand } from './reject.ts'
import { complaintShowCommand } from './show.ts'
import { complaintUpholdCommand } from './uphold.ts'

export function complaintCommand(context: Context): Command {
  const command = new Command('complaint')
    .description('Complain of a worker, answer, decide')
    .addCommand(complaintListCommand(context))
    .addCommand(complaintShowCommand(context))
    .addCommand(complaintFileCommand(context))
    .addCommand(complaintAnswerCommand(context))
    .addCommand(complaintUpholdCommand(context))
    .addCommand(complaintRejectCommand(context))
    .addCommand(complaintDismissCommand(context))
  return withExample(command, 'wetee complaint list', 'wetee complaint show 5')
}
