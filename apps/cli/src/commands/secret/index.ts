// `wetee secret`: the group of commands for the secrets of an application.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import type { ExitCode } from '../../error.ts'
import { withExample } from '../../options.ts'
import { secretGrantCommand, secretRevokeCommand } from './grant.ts'
import { secretListCommand } from './list.ts'
import { secretReceiptsCommand } from './receipts.ts'
import { secretRemoveCommand } from './remove.ts'
import { secretRollBackCommand } from './rollback.ts'
import { secretRotateCommand, secretSetCommand } from './set.ts'
import { secretUploadCommand } from './upload.ts'

/** `finish` takes the exit code of those that can fail a check. */
export function secretCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('secret')
    .description('Secrets of an application: sealed here, released to its attested instances alone')
    .addCommand(secretSetCommand(context))
    .addCommand(secretListCommand(context))
    .addCommand(secretRotateCommand(context))
    .addCommand(secretRollBackCommand(context))
    .addCommand(secretRemoveCommand(context))
    .addCommand(secretGrantCommand(context))
    .addCommand(secretRevokeCommand(context))
    .addCommand(secretUploadCommand(context))
    .addCommand(secretReceiptsCommand(context, finish))
  return withExample(
    command,
    'wetee secret set hello db_password --file password.txt',
    'wetee secret list hello',
  )
}
